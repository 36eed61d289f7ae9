/* Asking: what each organisation's domains, RDAP and the DNS say, an answer at a time; what they say is read in a worker. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "contacts/private.h"
#include "net/openpgp.h"
#include "stream/csv.h"

enum { DOMAINS_OF_ONE = 8, NAMES = 5 };

/* What the DNS says of one domain: who takes its mail, and where that host and the domain's own are. */
enum { NAME_MX, NAME_WEB, NAME_WEB6, NAME_MAIL, NAME_MAIL6 };
struct domain { const char *name; const struct contact_org *org; bool network; /* its hosts' is asked for */ struct name_asked v[NAMES]; };

struct discovering {
	struct asking k;
	struct arena *a;
	struct contact_org *orgs;
	size_t n_orgs;
	struct domain *domains;         /* those of an organisation stand together, as in orgs */
	size_t n_domains;
	struct bootstrap rdap;
	struct question *q, *keys;      /* keys: of files that are signed */
	size_t n, cap, n_keys, cap_keys;
	/* ---- while the workers read ---- */
	struct question *reading;       /* q or keys */
	size_t n_reading, next, done;
	uint32_t *answered;             /* those with a page, in the order in which their tasks are done */
	size_t n_answered;
};

/* ---- what to ask ----------------------------------------------------------------------------------------------- */

static enum errc add(struct discovering *d, struct question q, struct err *e)
{
	struct question *v = arena_grow(d->a, d->q, d->n, &d->cap, sizeof *v, 64);

	if (v == NULL)
		return err_memory(e);
	d->q = v;
	if (q.url == NULL || q.host == NULL)
		return err_memory(e);
	d->q[d->n++] = q;
	return OK;
}

static const char *host_of(struct arena *a, const char *url)
{
	span s = span_str(url);
	size_t at = span_find(s, SPAN_LIT("://")), n = 0;

	if (at >= s.n)
		return arena_cstr(a, SPAN_EMPTY);
	s = span_from(s, at + 3);
	while (n < s.n && s.p[n] != '/' && s.p[n] != ':')
		n++;
	return arena_cstr(a, span_first(s, n));
}

/* Does the DNS say where its hosts are, or that they are nowhere? */
static bool hosts_known(const struct domain *o)
{
	const struct name_asked *v = o->v;
	bool mail = v[NAME_MX].found == NULL || v[NAME_MAIL].found != NULL || (v[NAME_MAIL].known && v[NAME_MAIL6].known);

	return v[NAME_MX].known && mail && (v[NAME_WEB].found != NULL || (v[NAME_WEB].known && v[NAME_WEB6].known));
}

/* The network of a host, unless no registry is known for it, or the domain's other host is in it too. */
static enum errc add_network(struct discovering *d, struct domain *o, const char *what, const char *host, const struct name_asked *v4,
    const struct name_asked *v6, struct err *e)
{
	const char *address = v4->found != NULL ? v4->found : v6->found, *url;
	/* Of hosts that the DNS did not tell what was known before is still the best that is. */
	struct question q = {.kind = ANSWER_NETWORK, .domain = o->name, .org = o->org, .unread = !hosts_known(o)};

	if (address == NULL || (url = bootstrap_find(&d->rdap, d->a, address)) == NULL)
		return OK;
	if (d->n != 0 && d->q[d->n - 1].kind == ANSWER_NETWORK && d->q[d->n - 1].domain == o->name && strcmp(d->q[d->n - 1].url, url) == 0)
		return OK;
	q.url = url;
	q.host = host_of(d->a, url);
	o->network = true;
	if ((q.about = arena_printf(d->a, "%s %s (%s)", what, host, address)) == NULL)
		return err_memory(e);
	return add(d, q, e);
}

static enum errc plan_one(struct discovering *d, struct domain *o, struct err *e)
{
	const char *scheme = d->k.config->network.plain ? "http" : "https", *url = bootstrap_find(&d->rdap, d->a, o->name);
	struct question q = {.kind = ANSWER_SECURITY_TXT, .domain = o->name, .host = o->name, .org = o->org};
	enum errc rc;

	q.url = arena_printf(d->a, "%s://%s/.well-known/security.txt", scheme, o->name);
	if ((rc = add(d, q, e)) != OK)
		return rc;
	q.url = arena_printf(d->a, "%s://%s/security.txt", scheme, o->name);
	q.later = true;
	if ((rc = add(d, q, e)) != OK)
		return rc;
	if (url != NULL && (rc = add(d, (struct question){.kind = ANSWER_RDAP, .domain = o->name, .url = url, .host = host_of(d->a, url),
	        .org = o->org}, e)) != OK)
		return rc;
	if ((rc = add_network(d, o, "mail host", o->v[NAME_MAIL].name, &o->v[NAME_MAIL], &o->v[NAME_MAIL6], e)) != OK)
		return rc;
	return add_network(d, o, "web host", o->name, &o->v[NAME_WEB], &o->v[NAME_WEB6], e);
}

/* ---- the DNS ------------------------------------------------------------------------------------------------------ */

static enum errc list_domains(struct discovering *d, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_orgs; i++)
		n += d->orgs[i].n_domains < DOMAINS_OF_ONE ? d->orgs[i].n_domains : DOMAINS_OF_ONE;
	if ((d->domains = arena_zero(d->a, n, sizeof *d->domains)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < d->n_orgs; i++)
		for (size_t k = 0; k < d->orgs[i].n_domains && k < DOMAINS_OF_ONE; k++)
			d->domains[d->n_domains++] = (struct domain){.name = d->orgs[i].domains[k], .org = &d->orgs[i]};
	d->k.tally->domains = n;
	return OK;
}

/* Of all domains one name, of those that have one to ask for, all at once. */
static enum errc ask_names(struct discovering *d, int which, struct err *e)
{
	struct name_asked *v = arena_zero(d->a, d->n_domains, sizeof *v);
	size_t n = 0;
	enum errc rc;

	if (v == NULL)
		return err_memory(e);
	for (size_t i = 0; i < d->n_domains; i++)
		if (d->domains[i].v[which].name != NULL)
			v[n++] = d->domains[i].v[which];
	if ((rc = names_ask(&d->k, d->a, v, n, e)) != OK)
		return rc;
	n = 0;
	for (size_t i = 0; i < d->n_domains; i++)
		if (d->domains[i].v[which].name != NULL)
			d->domains[i].v[which] = v[n++];
	return OK;
}

/* Does it take mail, and, where registries of networks are known, where are its hosts? IPv6 only where IPv4 has nothing. */
static enum errc ask_dns(struct discovering *d, struct err *e)
{
	static const enum dns_type types[NAMES] = {DNS_MX, DNS_A, DNS_AAAA, DNS_A, DNS_AAAA};
	enum errc rc = OK;

	for (int which = 0; which < NAMES && rc == OK; which++) {
		if (which > NAME_MX && d->rdap.n == 0)
			break;
		for (size_t i = 0; i < d->n_domains; i++) {
			struct name_asked *v = d->domains[i].v;
			bool six = which == NAME_WEB6 || which == NAME_MAIL6;

			if (six && v[which - 1].found != NULL)
				continue;
			v[which] = (struct name_asked){.type = types[which], .name = which >= NAME_MAIL ? v[NAME_MX].found : d->domains[i].name};
		}
		rc = ask_names(d, which, e);
	}
	return rc;
}

/* ---- one answer -------------------------------------------------------------------------------------------------- */

static enum contact_source source_of(enum answer_kind k)
{
	return k == ANSWER_RDAP ? CONTACT_RDAP_DOMAIN : k == ANSWER_NETWORK ? CONTACT_RDAP_NETWORK : CONTACT_SECURITY_TXT;
}

static enum errc next_task(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct discovering *d = ctx;

	while (d->next < d->n_reading) {
		const struct question *q = &d->reading[d->next++];
		struct fetched page, file = {0};
		enum errc rc;

		if (!q->has_page)
			continue;
		arena_reset(d->k.scratch);
		if ((rc = fetched_get(d->k.st, d->k.scratch, q->url, &page, e)) != OK ||
		    (q->kind == ANSWER_SIGNATURE && (rc = fetched_get(d->k.st, d->k.scratch, d->q[q->file].url, &file, e)) != OK))
			return rc;
		buf_u8(&t->payload, (uint8_t)q->kind);
		buf_u64(&t->payload, (uint64_t)d->k.o->now_utc);
		buf_bytes(&t->payload, span_str(page.final_url));
		buf_bytes(&t->payload, page.body);
		buf_bytes(&t->payload, file.body);
		d->answered[d->n_answered++] = (uint32_t)(q - d->reading);
		*more = true;
		return buf_check(&t->payload, e);
	}
	return OK;
}

/* At one of its domains, or below? What stands in the registry for a network is often its provider. */
static bool is_of(const struct contact_org *o, span address)
{
	span host = span_from(address, span_find_byte(address, '@') + 1);

	for (size_t i = 0; i < o->n_domains; i++)
		if (domain_is_within(host, span_str(o->domains[i])))
			return true;
	return false;
}

/* What a registry calls it, for people: nothing that a terminal would obey. */
static const char *shown(struct arena *a, span name)
{
	const char *text = NULL;
	struct buf b;

	buf_init(&b, KIB);
	utf8_show(&b, name);
	if (!b.failed)
		text = arena_cstr(a, buf_span(&b));
	buf_free(&b);
	return text;
}

static enum errc judge(struct discovering *d, const struct question *q, const struct said *s, struct contact_known *c, struct err *e)
{
	c->state = CONTACT_USABLE;
	c->note = "";
	if (s->expires_utc != TIME_NONE && s->expires_utc < d->k.o->now_utc) {
		c->state = CONTACT_EXPIRED;
		c->note = "the file says that it has expired";
	} else if (s->canonical_other) {
		c->state = CONTACT_REVIEW;
		c->note = "the file says that it belongs elsewhere (Canonical)";
	} else if (s->signed_text) {
		c->note = "signed, and nobody has checked by whom";
	} else if (q->kind == ANSWER_SECURITY_TXT && s->expires_utc == TIME_NONE) {
		c->note = "without a day on which it expires";
	} else if (q->kind == ANSWER_NETWORK) {
		bool own = is_of(q->org, span_str(c->address));
		const char *name = shown(d->k.scratch, s->name);

		if (name == NULL)
			return err_memory(e);
		c->state = own ? CONTACT_USABLE : CONTACT_REVIEW;
		c->note = arena_printf(d->k.scratch, "of the network%s%s of its %s%s", *name != '\0' ? " " : "", name, q->about,
		    own ? "" : "; perhaps of a provider, who is not to know: for a person to judge");
	}
	return c->note != NULL ? OK : err_memory(e);
}

static enum errc take(struct discovering *d, const struct question *q, span url, const struct said *s, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < s->n && rc == OK; i++) {
		struct contact_known c = {.source = source_of(q->kind), .address = arena_cstr(d->k.scratch, s->v[i].address),
		    .role = arena_cstr(d->k.scratch, s->v[i].role), .ground = arena_cstr(d->k.scratch, url), .seen_utc = d->k.o->now_utc,
		    .expires_utc = s->expires_utc};

		if (c.address == NULL || c.role == NULL || c.ground == NULL)
			return err_memory(e);
		if ((rc = judge(d, q, s, &c, e)) == OK && s->more &&
		    (c.note = arena_printf(d->k.scratch, "%s%smore are named there than the %zu that are taken", c.note, *c.note != '\0' ? "; " : "", s->n)) == NULL)
			return err_memory(e);
		if (rc == OK)
			rc = contact_put(d->k.st, q->domain, &c, e);
	}
	return rc;
}

/* A file that is signed says where a key lies: asked for when all files are read. */
static enum errc add_key(struct discovering *d, const struct question *q, const struct said *s, struct err *e)
{
	struct question *v;
	const char *url;

	if (q->kind != ANSWER_SECURITY_TXT || !s->signed_text || s->encryption.n == 0)
		return OK;
	if ((v = arena_grow(d->a, d->keys, d->n_keys, &d->cap_keys, sizeof *v, 16)) == NULL || (url = arena_cstr(d->a, s->encryption)) == NULL)
		return err_memory(e);
	d->keys = v;
	v[d->n_keys++] = (struct question){.kind = ANSWER_SIGNATURE, .domain = q->domain, .url = url, .host = host_of(d->a, url), .org = q->org,
	    .file = (size_t)(q - d->q)};
	return v[d->n_keys - 1].host != NULL ? OK : err_memory(e);
}

static enum errc take_signature(struct discovering *d, const struct question *q, const struct said_signature *s, struct err *e)
{
	static const char *const words[] = {[SIGNATURE_NONE] = "signed in a way that cannot be checked; its key would lie at",
	    [SIGNATURE_VALID] = "its signature holds for the key at", [SIGNATURE_OTHER_KEY] = "signed with another key than that at",
	    [SIGNATURE_WRONG] = "its signature does NOT hold for the key at", [SIGNATURE_EXPIRED] = "its signature has expired, or the key at",
	    [SIGNATURE_NO_KEY] = "signed, and there is no OpenPGP key at"};
	const char *note = arena_printf(d->k.scratch, "%s %s%s%.*s%s", words[s->how], q->url, s->fingerprint.n != 0 ? " (fingerprint " : "",
	    (int)s->fingerprint.n, s->fingerprint.p, s->how == SIGNATURE_VALID ? ": compare it with its owner)"
	    : s->how == SIGNATURE_NO_KEY ? ", or more than one" : s->fingerprint.n != 0 ? ")" : "");

	if (note == NULL)
		return err_memory(e);
	return contacts_judge(d->k.st, q->domain, CONTACT_SECURITY_TXT, s->how == SIGNATURE_WRONG ? CONTACT_REVIEW : CONTACT_USABLE, note, e);
}

/* Is it an answer to that question? Nothing is one, too. */
static bool is_answer(const struct question *q, span said)
{
	struct cursor c = cursor_of(said);
	struct said_signature sig;
	struct said s;

	return said.n == 0 || (q->kind == ANSWER_SIGNATURE ? said_signature_get(&c, &sig) : said_get(&c, &s));
}

/* What a worker said of the question that was asked then: kept until all pages are read. */
static enum errc done_task(void *ctx, const struct task_result *r, struct buf *rest, struct err *e)
{
	struct discovering *d = ctx;
	struct cursor asked = cursor_of(r->payload);
	struct question *q = &d->reading[d->answered[d->done++]];

	(void)rest;
	(void)cursor_u8(&asked);
	(void)cursor_u64(&asked);
	if (r->died != NULL || !is_answer(q, r->bytes)) { /* what was known before is still the best that is */
		q->unread = true;
		d->k.tally->unread++;
		return ledger_say(d->k.st, "answer not read", e, "url", q->url, "why", r->died != NULL ? r->died : "the worker said of it what makes no sense", NULL);
	}
	q->at = arena_copy(d->a, cursor_bytes(&asked));
	q->said = arena_copy(d->a, r->bytes);
	return q->at.p != NULL && q->said.p != NULL ? OK : err_memory(e);
}

static enum errc take_said(struct discovering *d, const struct question *q, struct err *e)
{
	struct cursor c = cursor_of(q->said);
	struct said_signature sig;
	struct said s;
	enum errc rc;

	if (q->said.n == 0)
		return OK;
	arena_reset(d->k.scratch);
	if (q->kind == ANSWER_SIGNATURE)
		return said_signature_get(&c, &sig) ? take_signature(d, q, &sig, e) : err_set(e, ERR_WORLD, "a worker sent a signature that is none");
	if (!said_get(&c, &s))
		return err_set(e, ERR_WORLD, "a worker sent contacts that are none");
	d->k.tally->unread += s.more;
	if ((rc = take(d, q, q->at, &s, e)) != OK)
		return rc;
	return add_key(d, q, &s, e);
}

/*
 * What a source says of a domain now stands for what it said before. No answer, or a page that could not be read, says nothing; an answer
 * without a page says that what stood there is gone. Of two networks both must have answered, and of two places of security.txt each that
 * was asked: the second is for later still where the first had a page.
 */
static enum errc take_all(struct discovering *d, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0, end; i < d->n && rc == OK; i = end) {
		const struct question *q = &d->q[i];
		bool all = true;

		for (end = i; end < d->n && d->q[end].domain == q->domain && d->q[end].kind == q->kind; end++) {
			const struct question *x = &d->q[end];

			all = all && !x->unread && (x->status != 0 || x->later);
		}
		if (all)
			rc = contacts_forget(d->k.st, q->domain, source_of(q->kind), e);
		for (size_t k = i; k < end && rc == OK; k++)
			rc = take_said(d, &d->q[k], e);
	}
	return rc;
}

static enum errc read_pages(struct discovering *d, struct question *v, size_t n, span init, struct err *e)
{
	struct pool p = {.job = "contacts", .init = init, .n_workers = 1, .without_jail = d->k.o->without_jail, .ctx = d, .next = next_task,
	    .done = done_task};

	d->reading = v;
	d->n_reading = n;
	d->next = d->done = d->n_answered = 0;
	if (n == 0)
		return OK;
	if ((d->answered = arena_zero(d->a, n, sizeof *d->answered)) == NULL)
		return err_memory(e);
	return pool_run(&p, e);
}

/* All pages: the second place of security.txt only where there is nothing at the first (RFC 9116 3). */
static enum errc ask_pages(struct discovering *d, struct err *e)
{
	enum errc rc;

	if ((rc = pages_ask(&d->k, d->q, d->n, e)) != OK)
		return rc;
	for (size_t i = 1; i < d->n; i++)
		if (d->q[i].later && !d->q[i - 1].has_page)
			d->q[i].later = false;
	if ((rc = pages_ask(&d->k, d->q, d->n, e)) != OK || (rc = read_pages(d, d->q, d->n, SPAN_EMPTY, e)) != OK ||
	    (rc = take_all(d, e)) != OK || (rc = pages_ask(&d->k, d->keys, d->n_keys, e)) != OK ||
	    (rc = read_pages(d, d->keys, d->n_keys, SPAN_LIT("keys"), e)) != OK)
		return rc;
	for (size_t i = 0; i < d->n_keys && rc == OK; i++)
		rc = take_said(d, &d->keys[i], e);
	return rc;
}

/* A domain that has no host any more, or none in a network of which a registry is known, has nobody who is asked for it. */
static enum errc put_no_network(struct discovering *d, const struct domain *o, struct err *e)
{
	return d->rdap.n == 0 || o->network || !hosts_known(o) ? OK : contacts_forget(d->k.st, o->name, CONTACT_RDAP_NETWORK, e);
}

/* ---- what needs no page -------------------------------------------------------------------------------------------- */

/* RFC 2142: security@ of a domain that takes mail should reach somebody, abuse@ does more often. */
static enum errc put_roles(struct discovering *d, const struct domain *o, struct err *e)
{
	static const char *const roles[] = {"security", "abuse"};
	enum errc rc = OK;

	if (!o->v[NAME_MX].known)
		return OK;
	if ((rc = contacts_forget(d->k.st, o->name, CONTACT_ROLE, e)) != OK)
		return rc;
	for (size_t i = 0; o->v[NAME_MX].found != NULL && i < 2 && rc == OK; i++) {
		struct contact_known c = {.source = CONTACT_ROLE, .address = arena_printf(d->k.scratch, "%s@%s", roles[i], o->name),
		    .role = roles[i], .ground = "RFC 2142, and the domain takes mail", .note = "guessed: nobody has said that it is read",
		    .seen_utc = d->k.o->now_utc, .expires_utc = TIME_NONE, .state = CONTACT_GUESSED};

		rc = c.address == NULL ? err_memory(e) : contact_put(d->k.st, o->name, &c, e);
	}
	return rc;
}

static enum errc put_correspondents(struct discovering *d, const struct contact_org *o, const char *whose, struct err *e)
{
	struct correspondent *v;
	size_t n;
	enum errc rc = contacts_forget(d->k.st, whose, CONTACT_CORRESPONDENT, e);

	if (rc == OK)
		rc = contact_correspondents(d->k.st, d->k.scratch, o->id, &v, &n, e);
	for (size_t i = 0; rc == OK && i < n; i++) {
		struct contact_known c = {.source = CONTACT_CORRESPONDENT, .address = v[i].address, .role = "correspondent",
		    .ground = "took part in the exposed mail", .note = arena_printf(d->k.scratch, "in %" PRId64 " messages; for a person to judge",
		    v[i].messages), .seen_utc = d->k.o->now_utc, .expires_utc = TIME_NONE, .state = CONTACT_REVIEW};

		rc = c.note == NULL ? err_memory(e) : contact_put(d->k.st, whose, &c, e);
	}
	return rc;
}

/* Rows of country, name, address, source, checked. */
static enum errc put_csirt(struct discovering *d, const struct contact_org *o, const char *whose, span list, struct err *e)
{
	struct csv csv;
	span *f;
	size_t n;
	enum errc rc = contacts_forget(d->k.st, whose, CONTACT_CSIRT, e);

	if (rc != OK || *o->country == '\0')
		return rc;
	csv_open(&csv, list);
	while ((rc = csv_next(&csv, d->k.scratch, &f, &n, e)) == OK && n != 0) {
		struct contact_known c;

		if (n < 5 || !span_eq_nocase(span_trim(f[0]), span_str(o->country)) || !address_is_plain(span_trim(f[2])))
			continue;
		c = (struct contact_known){.source = CONTACT_CSIRT, .address = arena_cstr(d->k.scratch, span_trim(f[2])),
		    .role = arena_cstr(d->k.scratch, span_trim(f[1])), .ground = arena_cstr(d->k.scratch, span_trim(f[3])),
		    .note = arena_printf(d->k.scratch, "asked to pass on, never told what was exposed; checked: %.*s", (int)f[4].n, f[4].p),
		    .seen_utc = d->k.o->now_utc, .expires_utc = TIME_NONE, .state = CONTACT_RELAY};
		if (c.address == NULL || c.role == NULL || c.ground == NULL || c.note == NULL)
			return err_memory(e);
		if ((rc = contact_put(d->k.st, whose, &c, e)) != OK)
			return rc;
	}
	return rc;
}

/* ---- the run ---------------------------------------------------------------------------------------------------------- */

static enum errc note(struct discovering *d, struct err *e)
{
	struct ledger_note note;

	ledger_begin(&note);
	json_str(&note.j, "org", d->k.o->org);
	json_u64(&note.j, "domains", d->k.tally->domains);
	json_u64(&note.j, "asked", d->k.tally->asked);
	json_u64(&note.j, "cached", d->k.tally->cached);
	json_u64(&note.j, "failed", d->k.tally->failed);
	json_u64(&note.j, "not_read_whole", d->k.tally->unread);
	return ledger_end(&note, d->k.st, "contacts discovered", e);
}

static enum errc put_rest(struct discovering *d, span csirts, struct err *e)
{
	const struct domain *at = d->domains, *end = d->domains + d->n_domains;
	struct contact_known *known;
	size_t n_known;
	enum errc rc = OK;

	for (size_t i = 0; i < d->n_orgs && rc == OK; i++) {
		const struct contact_org *o = &d->orgs[i];
		const char *whose = o->n_domains != 0 ? o->domains[0] : o->key;

		arena_reset(d->k.scratch);
		for (; at < end && at->org == o && rc == OK; at++)
			if ((rc = put_no_network(d, at, e)) == OK)
				rc = put_roles(d, at, e);
		if (rc == OK && (rc = put_csirt(d, o, whose, csirts, e)) == OK && (rc = put_correspondents(d, o, whose, e)) == OK &&
		    (rc = contacts_of(d->k.st, d->k.scratch, o->id, &known, &n_known, e)) == OK) {
			contacts_count(known, n_known, d->k.tally);
			rc = store_commit(d->k.st, e);
		}
	}
	return rc;
}

enum errc contacts_discover(struct store *st, const struct case_config *config, const struct contacts_discover *o,
    struct contacts_tally *tally, struct err *e)
{
	struct discovering d = {.k = {.st = st, .config = config, .o = o, .tally = tally}};
	span csirts = SPAN_EMPTY;
	enum errc rc;

	*tally = (struct contacts_tally){0};
	if ((rc = arena_new(&d.a, GIB, e)) != OK || (rc = arena_new(&d.k.scratch, 64 * MIB, e)) != OK ||
	    (rc = bootstrap_read(d.a, &config->network.rdap_bootstrap, &d.rdap, e)) != OK ||
	    (o->csirts != NULL && (rc = io_read_file(d.a, o->csirts, 4 * MIB, &csirts, e)) != OK) ||
	    (rc = contact_orgs(st, d.a, o->org, &d.orgs, &d.n_orgs, e)) != OK)
		goto out;
	tally->orgs = d.n_orgs;
	progress_begin(&d.k.progress, o->progress, "contacts", "questions", 0);
	if ((rc = list_domains(&d, e)) == OK)
		rc = ask_dns(&d, e);
	for (size_t i = 0; i < d.n_domains && rc == OK; i++)
		rc = plan_one(&d, &d.domains[i], e);
	if (rc == OK && (rc = ask_pages(&d, e)) == OK)
		rc = put_rest(&d, csirts, e);
	progress_end(&d.k.progress);
	if (rc == OK && (rc = note(&d, e)) == OK)
		rc = store_commit(st, e);
out:
	dns_close(d.k.dns);
	arena_free(d.k.scratch);
	arena_free(d.a);
	return rc;
}
