/* Who sent and who got a message: its header's parties, and those of the messages that carry it. */
#include <stdlib.h>

#include "attribute/private.h"

static const char *header_name(enum party_role role)
{
	switch (role) {
	case PARTY_FROM:
		return "From";
	case PARTY_SENDER:
		return "Sender";
	case PARTY_REPLY_TO:
		return "Reply-To";
	case PARTY_TO:
		return "To";
	case PARTY_CC:
		return "Cc";
	case PARTY_BCC:
		return "Bcc";
	case PARTY_RESENT_FROM:
		return "Resent-From";
	case PARTY_RESENT_TO:
		return "Resent-To";
	case PARTY_RESENT_CC:
		return "Resent-Cc";
	case PARTY_LIST:
		return "List-Post";
	case PARTY_DELIVERED_TO:
		return "Delivered-To";
	case PARTY_ORIGINAL_FROM:
		return "X-Original-From";
	}
	return NULL; /* a number that is none of them: a damaged case file */
}

static bool is_sender(enum party_role role)
{
	return role == PARTY_FROM || role == PARTY_SENDER || role == PARTY_REPLY_TO || role == PARTY_RESENT_FROM ||
	    role == PARTY_ORIGINAL_FROM;
}

/* Addresses that a message brought stand together: those behind the one that is asked for are read with it. */
static enum errc addresses_read(struct keeper *k, int64_t id, struct err *e)
{
	enum { TOGETHER = 16 };
	const char *read[TOGETHER];
	enum errc rc = orgs_addresses(k->store, k->keep, id, TOGETHER, read, e);

	/* The one that is asked for has none then; one that was read ahead may get it yet. */
	for (size_t i = 0; rc == OK && i < TOGETHER && (size_t)id + i < k->n_addresses; i++)
		k->addresses[(size_t)id + i].address = read[i] != NULL || i > 0 ? read[i] : "";
	return rc;
}

/* The address of a row and whose it is, looked up once a run. */
static enum errc address_of(struct keeper *k, int64_t id, struct address_of **out, struct err *e)
{
	enum errc rc;

	if (id < 0 || (uint64_t)id >= SIZE_MAX / sizeof **out / 2)
		return err_set(e, ERR_WORLD, "case.db is damaged: address %lld", (long long)id);
	if ((size_t)id >= k->n_addresses) {
		size_t n = (size_t)id + 1 + (size_t)id / 2 + 1024;
		struct address_of *more = reallocarray(k->addresses, n, sizeof *more);

		if (more == NULL)
			return err_memory(e);
		memset(more + k->n_addresses, 0, (n - k->n_addresses) * sizeof *more);
		k->addresses = more;
		k->n_addresses = n;
	}
	*out = &k->addresses[id];
	if ((*out)->is != NULL)
		return OK;
	if ((*out)->address == NULL && (rc = addresses_read(k, id, e)) != OK)
		return rc;
	(*out)->is = domains_address(k->domains, span_str((*out)->address));
	return (*out)->is != NULL ? OK : err_memory(e);
}

/* The list's own address, or one that it sends or takes bounces by: "users-bounces@" of "users@". */
static enum errc is_list_address(struct keeper *k, const struct mail_row *m, const struct address_of *address, bool *is,
    struct err *e)
{
	span whole = span_str(address->address);
	size_t at = span_find_byte(whole, '@');
	enum errc rc = OK;

	*is = false;
	for (size_t i = 0; i < m->n_parties && rc == OK && !*is; i++) {
		struct address_of *list;
		span name;
		size_t n;

		if (m->parties[i].role != PARTY_LIST)
			continue;
		if ((rc = address_of(k, m->parties[i].address_id, &list, e)) != OK)
			break;
		name = span_str(list->address);
		if ((n = span_find_byte(name, '@')) == name.n)
			n = span_find_byte(name, '.'); /* of a List-Id: "users.lists.example" */
		*is = span_eq_nocase(span_from(whole, at + 1), span_from(name, n + 1)) && span_starts_nocase(whole, span_first(name, n)) &&
		    (at == n || whole.p[n] == '-' || whole.p[n] == '+');
	}
	return rc;
}

/* A sender that our own server verified; who we wrote to ourselves; what the headers only claim. */
static enum certainty certainty_of_party(const struct keeper *k, const struct mail_row *m, const struct party_row *p,
    const struct whose_is *is, bool from_us)
{
	if (p->role == PARTY_FROM && *m->verified_domain != '\0') {
		const struct whose_is *verified = domains_host(k->domains, span_str(m->verified_domain));

		if (verified != NULL && strcmp(verified->domain, is->domain) == 0)
			return CERTAINTY_HIGH;
	}
	return from_us && !is_sender(p->role) ? CERTAINTY_MEDIUM : CERTAINTY_LOW;
}

struct party {
	const struct mail_row *mail; /* whose headers they are */
	const struct party_row *row;
	const char *carried;         /* "carried in message <...>: ", or "" */
	const char *why_not;         /* NULL, or why it makes nobody a party */
	bool from_us;
	bool has_list;               /* a list's own address is among them */
};

/* "carried in ...: From: a@b.example" */
static const char *ground_of(struct arena *a, const struct party *p, const char *header, const char *address)
{
	const char *const words[] = {p->carried, header, ": ", address};
	size_t n = 0;
	char *out;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		n += strlen(words[i]);
	if ((out = arena_alloc(a, n + 1)) != NULL)
		for (size_t i = n = 0; i < sizeof words / sizeof *words; n += strlen(words[i++]))
			memcpy(out + n, words[i], strlen(words[i]) + 1);
	return out;
}

/* An address of free mail that the directory gives to an organisation: once a run. */
static enum errc note_address(struct keeper *k, struct address_of *address, struct err *e)
{
	const char *at = strrchr(address->address, '@');
	const struct whose_is *host;
	int64_t id;
	enum errc rc;

	if (address->noted || at == NULL)
		return OK;
	address->noted = true;
	if ((host = domains_host(k->domains, span_str(at + 1))) == NULL)
		return err_memory(e);
	if (host->whose != WHOSE_PERSON)
		return OK;
	return (rc = org_id(k, address->is, &id, e)) != OK ? rc : orgs_address(k->store, id, address->address, e);
}

static enum errc add_party(struct keeper *k, int64_t message_id, const struct party *p, struct gathered *g, struct err *e)
{
	bool sends = is_sender(p->row->role) && *p->carried == '\0';
	struct link_row l = {.message_id = message_id, .role = sends ? LINK_SENDER : LINK_RECIPIENT, .why_not = "",
	    .at = header_name(p->row->role), .counts = true};
	struct address_of *address;
	struct links *links;
	enum errc rc;
	bool list = false;

	if (l.at == NULL || p->row->role == PARTY_LIST)
		return OK;
	if ((rc = address_of(k, p->row->address_id, &address, e)) != OK ||
	    (p->has_list && (rc = is_list_address(k, p->mail, address, &list, e)) != OK) || list)
		return rc;
	switch (address->is->whose) {
	case WHOSE_NOBODY:
		return OK;
	case WHOSE_PERSON:
		if (p->why_not != NULL)
			return OK;
		g->persons = true;
		if ((rc = orgs_person(k->store, message_id, p->row->address_id, l.role, e)) != OK || !k->config->notify_persons)
			return rc;
		break;
	case WHOSE_OURS:
	case WHOSE_LISTED:
	case WHOSE_CONFLICT:
	case WHOSE_DERIVED:
	case WHOSE_INFRASTRUCTURE: /* who writes from there is somebody all the same */
		break;
	}
	l.certainty = certainty_of_party(k, p->mail, p->row, address->is, p->from_us);
	if (p->why_not != NULL) {
		l.role = LINK_BULK;
		l.counts = false;
		l.why_not = p->why_not;
	}
	if ((rc = address->is->whose == WHOSE_LISTED ? note_address(k, address, e) : OK) != OK)
		return rc;
	links = address->is->whose == WHOSE_OURS ? &g->ours : &g->links;
	rc = address->is->whose == WHOSE_PERSON ? org_id_person(k, address, &l.org_id, e) : org_id(k, address->is, &l.org_id, e);
	if (rc != OK || links_had(links, &l))
		return rc;
	if ((l.ground = ground_of(k->scratch, p, l.at, address->address)) == NULL)
		return err_memory(e);
	return links_add(k->scratch, links, &l, e);
}

/* Is a mailing list's address or name in our domains? */
static enum errc list_is_ours(struct keeper *k, const struct party_row *list, bool *ours, struct err *e)
{
	struct address_of *address;
	enum errc rc = address_of(k, list->address_id, &address, e);
	const struct whose_is *is;

	if (rc != OK)
		return rc;
	is = strchr(address->address, '@') != NULL ? address->is : domains_host(k->domains, span_str(address->address));
	if (is == NULL)
		return err_memory(e);
	*ours |= is->whose == WHOSE_OURS;
	return OK;
}

/* from_us: one of us wrote it, by folder or by a From that is ours; with_us: we are in its headers; to_group: somebody else wrote to a group of ours. */
struct our_part { bool from_us, with_us, to_group; };

static enum errc our_part(struct keeper *k, const struct mail_row *m, struct our_part *out, struct err *e)
{
	bool our_list = false, others = false, to_us = false;
	enum errc rc = OK;

	out->from_us = out->with_us = (m->traits & (TRAIT_SENT | TRAIT_DRAFT)) != 0;
	for (size_t i = 0; i < m->n_parties && rc == OK; i++) {
		enum party_role role = m->parties[i].role;
		struct address_of *address;

		if (role == PARTY_LIST && (rc = list_is_ours(k, &m->parties[i], &our_list, e)) != OK)
			break;
		if (role == PARTY_DELIVERED_TO || role == PARTY_LIST)
			continue;
		if ((rc = address_of(k, m->parties[i].address_id, &address, e)) != OK)
			break;
		if (address->is->whose == WHOSE_OURS) {
			out->with_us = true;
			out->from_us |= role == PARTY_FROM;
			to_us |= !is_sender(role);
		}
		others |= is_sender(role) && address->is->whose != WHOSE_OURS && address->is->whose != WHOSE_NOBODY;
	}
	out->to_group = our_list && others && to_us;
	return rc;
}

/* Why mail is of the kind that makes nobody a party by default; NULL when it is not. */
static const char *why_bulk(const struct keeper *k, unsigned traits, const struct our_part *ours)
{
	if (k->config->notify_bulk)
		return NULL;
	if ((traits & TRAIT_JUNK) != 0)
		return "junk mail";
	if ((traits & TRAIT_AUTOMATIC) != 0)
		return "automatic mail";
	/* What a group of ours passes on has an unsubscribe link of the group's. */
	if ((traits & TRAIT_BULK) != 0 && !ours->to_group)
		return "bulk mail";
	return (traits & TRAIT_LIST) != 0 && !ours->with_us ? "mailing list, not addressed to us" : NULL;
}

static enum errc add_parties(struct keeper *k, int64_t message_id, const struct mail_row *m, const char *carried,
    struct gathered *g, struct err *e)
{
	struct party p = {.mail = m, .carried = carried};
	struct our_part ours = {0};
	enum errc rc = our_part(k, m, &ours, e);

	for (size_t i = 0; i < m->n_parties && !p.has_list; i++)
		p.has_list = m->parties[i].role == PARTY_LIST;
	p.from_us = ours.from_us;
	p.why_not = why_bulk(k, m->traits, &ours);
	if (*carried == '\0') {
		g->why_bulk = p.why_not;
		g->from_us = ours.from_us;
	}
	for (size_t i = 0; i < m->n_parties && rc == OK; i++) {
		p.row = &m->parties[i];
		rc = add_party(k, message_id, &p, g, e);
	}
	return rc;
}

/* Whoever got the carrier got this message too, and so on upwards. */
static enum errc add_carriers(struct keeper *k, const struct mail_row *m, struct gathered *g, struct err *e)
{
	enum { MAX = 256 };
	int64_t todo[MAX];
	size_t n = 0;

	for (size_t i = 0; i < m->n_carriers && n < MAX; i++)
		todo[n++] = m->carriers[i];
	for (size_t i = 0; i < n; i++) {
		struct mail_row *c;
		const char *ground;
		enum errc rc;

		if ((rc = orgs_message(k->store, k->scratch, todo[i], &c, e)) != OK)
			return rc;
		if (c == NULL || c->id == m->id)
			continue;
		ground = *c->rfc822_id != '\0' ? arena_printf(k->scratch, "carried in message <%s>: ", c->rfc822_id)
					       : arena_printf(k->scratch, "carried in message %lld: ", (long long)c->id);
		if (ground == NULL)
			return err_memory(e);
		if ((rc = add_parties(k, m->id, c, ground, g, e)) != OK)
			return rc;
		for (size_t j = 0; j < c->n_carriers && n < MAX; j++) {
			size_t known = 0;

			while (known < n && todo[known] != c->carriers[j])
				known++;
			if (known == n)
				todo[n++] = c->carriers[j];
		}
	}
	return OK;
}

enum errc parties_gather(struct keeper *k, const struct mail_row *m, struct gathered *g, struct err *e)
{
	enum errc rc;

	*g = (struct gathered){0};
	if ((rc = add_parties(k, m->id, m, "", g, e)) != OK)
		return rc;
	return add_carriers(k, m, g, e);
}
