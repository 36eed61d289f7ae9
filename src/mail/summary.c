#include "mail/summary.h"

#include "base/clock.h"
#include "base/limits.h"
#include "mail/words.h"

enum use {
	USE_ID, USE_DATE, USE_SUBJECT,
	USE_ADDRESSES,  /* of the role in .what */
	USE_LIST_ID,
	USE_TRAIT,      /* .what, whatever the value */
	USE_PRECEDENCE, USE_AUTO_SUBMITTED, USE_RETURN_PATH, USE_SPAM, USE_FOREFRONT,
};

static const struct use_of {
	const char *name;
	unsigned char n, use, what;
} uses[] = {
#define FIELD(name, use, what) {name, sizeof(name) - 1, use, what}
    FIELD("message-id", USE_ID, 0), FIELD("date", USE_DATE, 0), FIELD("subject", USE_SUBJECT, 0),
    FIELD("from", USE_ADDRESSES, ROLE_FROM), FIELD("sender", USE_ADDRESSES, ROLE_SENDER),
    FIELD("reply-to", USE_ADDRESSES, ROLE_REPLY_TO), FIELD("to", USE_ADDRESSES, ROLE_TO),
    FIELD("cc", USE_ADDRESSES, ROLE_CC), FIELD("bcc", USE_ADDRESSES, ROLE_BCC),
    FIELD("resent-from", USE_ADDRESSES, ROLE_RESENT_FROM), FIELD("resent-sender", USE_ADDRESSES, ROLE_RESENT_FROM),
    FIELD("resent-to", USE_ADDRESSES, ROLE_RESENT_TO), FIELD("resent-cc", USE_ADDRESSES, ROLE_RESENT_CC),
    FIELD("resent-bcc", USE_ADDRESSES, ROLE_RESENT_CC), FIELD("delivered-to", USE_ADDRESSES, ROLE_DELIVERED_TO),
    FIELD("x-original-to", USE_ADDRESSES, ROLE_DELIVERED_TO), FIELD("envelope-to", USE_ADDRESSES, ROLE_DELIVERED_TO),
    FIELD("x-envelope-to", USE_ADDRESSES, ROLE_DELIVERED_TO), FIELD("list-post", USE_ADDRESSES, ROLE_LIST),
    FIELD("x-original-from", USE_ADDRESSES, ROLE_ORIGINAL_FROM), FIELD("x-google-original-from", USE_ADDRESSES, ROLE_ORIGINAL_FROM),
    FIELD("x-beenthere", USE_ADDRESSES, ROLE_LIST), FIELD("x-mailing-list", USE_ADDRESSES, ROLE_LIST),
    FIELD("list-id", USE_LIST_ID, 0), FIELD("list-unsubscribe", USE_TRAIT, SUMMARY_BULK),
    FIELD("feedback-id", USE_TRAIT, SUMMARY_BULK), FIELD("x-autoreply", USE_TRAIT, SUMMARY_AUTOMATIC),
    FIELD("x-autorespond", USE_TRAIT, SUMMARY_AUTOMATIC), FIELD("precedence", USE_PRECEDENCE, 0),
    FIELD("auto-submitted", USE_AUTO_SUBMITTED, 0), FIELD("return-path", USE_RETURN_PATH, 0),
    FIELD("x-spam-flag", USE_SPAM, 0), FIELD("x-spam-status", USE_SPAM, 0), FIELD("x-spam", USE_SPAM, 0),
    FIELD("x-forefront-antispam-report", USE_FOREFRONT, 0),
#undef FIELD
};

static const struct use_of *use_find(span name)
{
	if (name.n == 0)
		return NULL;
	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++)
		if (uses[i].n == name.n && (name.p[0] | 32) == uses[i].name[0] &&
		    span_eq_nocase(name, span_of(uses[i].name, uses[i].n)))
			return &uses[i];
	return NULL;
}

struct gather {
	struct arena *arena;
	struct summary *to;
	span charset;             /* of the body */
	struct address_list list; /* used again for each field */
	size_t cap;               /* of to->parties */
};

static enum errc party_put(struct gather *g, const struct address *from, enum summary_role role, struct err *e)
{
	struct summary *s = g->to;
	struct party *grown;
	bool sender = role == ROLE_FROM || role == ROLE_SENDER || role == ROLE_REPLY_TO || role == ROLE_RESENT_FROM || role == ROLE_ORIGINAL_FROM;
	span address = address_unwrap(g->arena, from->address, sender);

	if (address.p == NULL)
		return err_memory(e);
	if (s->n_parties >= LIMIT_ADDRESSES) {
		s->cut = true;
		return OK;
	}
	if (s->n_parties == g->cap) {
		size_t cap = g->cap != 0 ? g->cap * 2 : 8;

		if ((grown = arena_alloc(g->arena, cap * sizeof *grown)) == NULL)
			return err_memory(e);
		if (s->n_parties != 0)
			memcpy(grown, s->parties, s->n_parties * sizeof *grown);
		s->parties = grown;
		g->cap = cap;
	}
	s->parties[s->n_parties++] = (struct party){
	    .role = (int)role,
	    .address = address,
	    .domain = address.p == from->address.p ? from->domain
	                                           : span_from(address, span_find_byte(address, '@') + 1),
	    .name = from->name,
	};
	return OK;
}

static enum errc parties_of(struct gather *g, const struct field *f, enum summary_role role, struct err *e)
{
	enum errc rc;

	g->list.n = 0;
	if ((rc = header_addresses(g->arena, f->value, g->charset, &g->list, e)) != OK)
		return rc;
	g->to->cut |= g->list.n >= LIMIT_ADDRESSES;
	for (size_t i = 0; i < g->list.n && rc == OK; i++)
		if (role != ROLE_LIST || g->list.v[i].domain.n != 0)
			rc = party_put(g, &g->list.v[i], role, e);
	return rc;
}

/* RFC 2919: "Name of it <list.host.example>"; what stands in the brackets is no address. */
static enum errc list_id(struct gather *g, const struct field *f, struct err *e)
{
	size_t open = span_find_byte(f->value, '<'), dot;
	struct address id = {.address = header_message_id(g->arena, f->value)};

	if (id.address.p == NULL)
		return err_memory(e);
	id.name = header_text(g->arena, span_first(f->value, open < f->value.n ? open : 0), g->charset);
	id.address = words_raw(g->arena, id.address, g->charset);
	if (id.name.p == NULL || id.address.p == NULL)
		return err_memory(e);
	dot = span_find_byte(id.address, '.');
	if (dot == id.address.n)
		return OK;
	id.domain = span_from(id.address, dot + 1);
	if (span_find_byte(id.domain, '.') == id.domain.n) /* "list.example": all of it */
		id.domain = id.address;
	return party_put(g, &id, ROLE_LIST, e);
}

static unsigned precedence(span value)
{
	value = span_trim(value);
	if (span_eq_nocase(value, SPAN_LIT("bulk")) || span_eq_nocase(value, SPAN_LIT("junk")))
		return SUMMARY_BULK;
	if (span_eq_nocase(value, SPAN_LIT("list")))
		return SUMMARY_LIST;
	return span_eq_nocase(value, SPAN_LIT("auto_reply")) ? SUMMARY_AUTOMATIC : 0;
}

static enum errc field_take(struct gather *g, const struct field *f, const struct use_of *use, struct err *e)
{
	struct summary *s = g->to;
	span value = span_trim(f->value);
	enum errc rc = OK;

	switch ((enum use)use->use) {
	case USE_ID:
		if ((value = header_message_id(g->arena, value)).p == NULL || (value = words_raw(g->arena, value, g->charset)).p == NULL)
			return err_memory(e);
		if (s->rfc822_id.n == 0)
			s->rfc822_id = value;
		else if (value.n != 0 && !span_eq(value, s->rfc822_id))
			s->traits |= SUMMARY_TWO_IDS;
		break;
	case USE_DATE:
		if (s->when_utc == TIME_NONE && (value = header_text(g->arena, value, g->charset)).p == NULL)
			return err_memory(e);
		if (s->when_utc == TIME_NONE)
			s->when_utc = header_date(value);
		break;
	case USE_SUBJECT:
		if (s->subject.n == 0 && (s->subject = header_text(g->arena, value, g->charset)).p == NULL)
			return err_memory(e);
		break;
	case USE_ADDRESSES:
		if (use->what == ROLE_LIST)
			s->traits |= SUMMARY_LIST;
		rc = parties_of(g, f, use->what, e);
		break;
	case USE_LIST_ID:
		s->traits |= SUMMARY_LIST;
		rc = list_id(g, f, e);
		break;
	case USE_TRAIT:
		s->traits |= use->what;
		break;
	case USE_PRECEDENCE:
		s->traits |= precedence(value);
		break;
	case USE_AUTO_SUBMITTED: /* RFC 3834 5 */
		if (!span_starts_nocase(value, SPAN_LIT("no")))
			s->traits |= SUMMARY_AUTOMATIC;
		break;
	case USE_RETURN_PATH:
		if (span_starts(value, SPAN_LIT("<>")))
			s->traits |= SUMMARY_AUTOMATIC;
		break;
	case USE_SPAM:
		if (span_starts_nocase(value, SPAN_LIT("yes")))
			s->traits |= SUMMARY_JUNK;
		break;
	case USE_FOREFRONT:
		if (span_has(value, SPAN_LIT("SFV:SPM")))
			s->traits |= SUMMARY_JUNK;
		break;
	}
	return rc;
}

/* By role, those of one role as they stood. */
static enum errc parties_sort(struct arena *a, struct summary *s, struct err *e)
{
	struct party *sorted;
	size_t n = 1;

	while (n < s->n_parties && s->parties[n - 1].role <= s->parties[n].role)
		n++;
	if (n >= s->n_parties)
		return OK;
	if ((sorted = arena_alloc(a, s->n_parties * sizeof *sorted)) == NULL)
		return err_memory(e);
	n = 0;
	for (int role = ROLE_FROM; role <= ROLE_ORIGINAL_FROM; role++)
		for (size_t i = 0; i < s->n_parties; i++)
			if (s->parties[i].role == role)
				sorted[n++] = s->parties[i];
	s->parties = sorted;
	return OK;
}

static span from_domain(const struct summary *s)
{
	return s->n_parties != 0 && s->parties[0].role == ROLE_FROM ? s->parties[0].domain : SPAN_EMPTY;
}

enum errc summary_read(struct arena *a, const struct message *m, const char *const *trusted, size_t n_trusted,
    struct summary *out, struct err *e)
{
	struct gather g = {.arena = a, .to = out, .charset = m->headers.charset};
	const struct use_of *use;
	enum errc rc;

	*out = (struct summary){.rfc822_id = SPAN_LIT(""), .when_utc = TIME_NONE, .subject = SPAN_LIT("")};
	for (size_t i = 0; i < m->headers.n; i++)
		if ((use = use_find(m->headers.fields[i].name)) != NULL &&
		    (rc = field_take(&g, &m->headers.fields[i], use, e)) != OK)
			return rc;
	if (span_eq(m->parts[0].type, SPAN_LIT("multipart/report")))
		out->traits |= SUMMARY_AUTOMATIC;
	arrival_read(&m->headers, &out->arrival);
	if ((rc = parties_sort(a, out, e)) != OK)
		return rc;
	out->verified_domain = auth_results_domain(a, &m->headers, trusted, n_trusted, from_domain(out));
	return out->verified_domain.p != NULL ? OK : err_memory(e);
}
