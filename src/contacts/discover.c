/* Asking: what each organisation's domains, RDAP and the DNS say, an answer at a time; what they say is read in a worker. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/progress.h"
#include "contacts/private.h"
#include "net/dns.h"
#include "net/http.h"
#include "stream/csv.h"
#include "stream/json-read.h"

enum { DOMAINS_OF_ONE = 8, ANSWER_BYTES = 256 * 1024, HOSTS = 64, DNS_MS = 4000 };
/* So many questions without an answer, one behind the other, and the name server is taken to be out of reach. */
enum { DNS_GIVE_UP = 2 };

/* One thing to ask: a domain's security.txt, or what RDAP says of it. */
struct question { enum answer_kind kind; const char *domain, *url, *host; bool second; };

struct discovering {
	struct store *st;
	const struct case_config *config;
	const struct contacts_discover *o;
	struct contacts_tally *tally;
	struct arena *a, *scratch;
	struct question *q;
	size_t n, cap, next;
	uint32_t *answered;             /* those with a page, in the order in which their tasks are done */
	size_t n_answered, done;
	const struct json_node *rdap;   /* "services" of RFC 9224; NULL: no file */
	unsigned no_dns;                /* questions to the DNS without an answer, in a row */
	bool had_first;                 /* the domain before has a file at the first place */
	struct progress progress;
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

/* The server for a domain: the longest suffix that the file has (RFC 9224 4). NULL when there is none. */
static const char *rdap_base(const struct discovering *d, const char *domain)
{
	span name = span_str(domain), best = SPAN_EMPTY;
	const char *url = NULL;

	for (const struct json_node *s = d->rdap != NULL ? d->rdap->child : NULL; s != NULL; s = s->next) {
		const struct json_node *zones = s->type == JSON_ARRAY ? s->child : NULL, *urls = zones != NULL ? zones->next : NULL;

		for (const struct json_node *z = zones != NULL && zones->type == JSON_ARRAY ? zones->child : NULL; z != NULL; z = z->next)
			if (z->type == JSON_STRING && z->text.n > best.n && z->text.n < name.n && span_ends_nocase(name, z->text) &&
			    name.p[name.n - z->text.n - 1] == '.' && urls != NULL && urls->type == JSON_ARRAY && urls->child != NULL) {
				best = z->text;
				url = arena_cstr(d->a, urls->child->text);
			}
	}
	return url;
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

static enum errc plan(struct discovering *d, const struct contact_org *o, struct err *e)
{
	const char *scheme = d->config->network.plain ? "http" : "https";
	enum errc rc = OK;

	for (size_t i = 0; i < o->n_domains && i < DOMAINS_OF_ONE && rc == OK; i++) {
		const char *domain = o->domains[i], *base = rdap_base(d, domain);
		size_t n = base != NULL ? strlen(base) : 0;

		d->tally->domains++;
		if ((rc = add(d, (struct question){ANSWER_SECURITY_TXT, domain, arena_printf(d->a, "%s://%s/.well-known/security.txt", scheme, domain),
		         domain, false}, e)) != OK ||
		    (rc = add(d, (struct question){ANSWER_SECURITY_TXT, domain, arena_printf(d->a, "%s://%s/security.txt", scheme, domain), domain,
		         true}, e)) != OK)
			return rc;
		if (base != NULL)
			rc = add(d, (struct question){ANSWER_RDAP, domain, arena_printf(d->a, "%s%sdomain/%s", base, n != 0 && base[n - 1] == '/' ? "" : "/",
			    domain), host_of(d->a, base), false}, e);
	}
	return rc;
}

/* A setting that is not there is empty. */
static const char *given(const char *s) { return s != NULL && *s != '\0' ? s : NULL; }

/* ---- one answer -------------------------------------------------------------------------------------------------- */

static enum errc ask(struct discovering *d, const struct question *q, struct fetched *out, struct err *e)
{
	const struct network_config *net = &d->config->network;
	const char *hosts[HOSTS + 3] = {q->host, q->domain, arena_printf(d->scratch, "www.%s", q->domain)};
	struct http_options o = {.hosts = hosts, .n_hosts = q->kind == ANSWER_RDAP ? 1 : 3, .max = ANSWER_BYTES, .ca_file = net->ca_file,
	    .accept = q->kind == ANSWER_RDAP ? "application/rdap+json" : "text/plain", .plain = net->plain, .local = net->local,
	    .connect_to = net->connect_to};
	struct http_answer got;
	enum errc rc;

	if (hosts[2] == NULL)
		return err_memory(e);
	for (size_t i = 0; q->kind == ANSWER_RDAP && i < net->hosts.n && i < HOSTS; i++)
		hosts[o.n_hosts++] = net->hosts.v[i];
	*out = (struct fetched){.url = q->url, .final_url = q->url, .type = "", .note = "", .when_utc = d->o->now_utc};
	if ((rc = http_get(d->scratch, &o, q->url, &got, e)) == ERR_REFUSED) {
		if ((out->note = arena_cstr(d->scratch, span_str(e->text))) == NULL)
			return err_memory(e);
		return fetched_put(d->st, out, e);
	}
	if (rc != OK)
		return rc;
	out->status = got.status;
	out->final_url = got.url != NULL ? got.url : q->url;
	out->type = got.type != NULL ? got.type : "";
	out->note = got.cut ? "larger than 256 KiB" : got.why != NULL ? got.why : "";
	out->body = got.cut ? SPAN_EMPTY : got.body;
	return fetched_put(d->st, out, e);
}

static enum contact_source source_of(enum answer_kind k) { return k == ANSWER_RDAP ? CONTACT_RDAP_DOMAIN : CONTACT_SECURITY_TXT; }

/* From the case where it is fresh, else from the network. */
static enum errc answer(struct discovering *d, const struct question *q, struct fetched *out, struct err *e)
{
	enum errc rc = fetched_get(d->st, d->scratch, q->url, out, e);

	if (rc != OK || (out->url != NULL && out->when_utc >= d->o->stale_utc)) {
		d->tally->cached++;
		return rc;
	}
	d->tally->asked++;
	if ((rc = ask(d, q, out, e)) != OK || (rc = store_commit(d->st, e)) != OK)
		return rc;
	d->tally->failed += out->status == 0;
	return OK;
}

static enum errc next_task(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct discovering *d = ctx;

	while (d->next < d->n) {
		const struct question *q = &d->q[d->next++];
		struct fetched f;
		enum errc rc;

		progress_show(&d->progress);
		d->progress.done_items++;
		if (q->second && d->had_first)
			continue;
		arena_reset(d->scratch);
		if ((rc = answer(d, q, &f, e)) != OK)
			return rc;
		if (q->kind == ANSWER_SECURITY_TXT)
			d->had_first = f.status == 200 && f.body.n != 0;
		/* No answer says nothing; an answer without a page says that what stood there is gone. */
		if (f.status != 0 && !(q->second) && (rc = contacts_forget(d->st, q->domain, source_of(q->kind), e)) != OK)
			return rc;
		if (f.status != 200 || f.body.n == 0)
			continue;
		buf_u8(&t->payload, (uint8_t)q->kind);
		buf_bytes(&t->payload, span_str(f.final_url));
		buf_bytes(&t->payload, f.body);
		d->answered[d->n_answered++] = (uint32_t)(q - d->q);
		*more = true;
		return buf_check(&t->payload, e);
	}
	return OK;
}

static enum errc take(struct discovering *d, const struct question *q, span url, const struct said *s, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < s->n && rc == OK; i++) {
		bool expired = s->expires_utc != TIME_NONE && s->expires_utc < d->o->now_utc;
		struct contact_known c = {.source = source_of(q->kind), .address = arena_cstr(d->scratch, s->v[i].address),
		    .role = arena_cstr(d->scratch, s->v[i].role), .ground = arena_cstr(d->scratch, url), .seen_utc = d->o->now_utc,
		    .expires_utc = s->expires_utc, .state = expired ? CONTACT_EXPIRED : s->canonical_other ? CONTACT_REVIEW : CONTACT_USABLE,
		    .note = expired ? "the file says that it has expired" : s->canonical_other ? "the file says that it belongs elsewhere (Canonical)" :
		        s->signed_text ? "signed, and nobody has checked by whom" :
		        q->kind == ANSWER_SECURITY_TXT && s->expires_utc == TIME_NONE ? "without a day on which it expires" : ""};

		if (c.address == NULL || c.role == NULL || c.ground == NULL)
			return err_memory(e);
		rc = contact_put(d->st, q->domain, &c, e);
	}
	return rc;
}

/* What a worker said of the question that was asked then. */
static enum errc done_task(void *ctx, const struct task_result *r, struct buf *rest, struct err *e)
{
	struct discovering *d = ctx;
	struct cursor said = cursor_of(r->bytes), asked = cursor_of(r->payload);
	const struct question *q = &d->q[d->answered[d->done++]];
	struct said s;
	span url;

	(void)rest;
	(void)cursor_u8(&asked);
	url = cursor_bytes(&asked);
	if (r->died != NULL) /* a page that kills its reader names nobody */
		return OK;
	if (!said_get(&said, &s))
		return err_set(e, ERR_WORLD, "a worker sent contacts that are none");
	return take(d, q, url, &s, e);
}

/* ---- what needs no page -------------------------------------------------------------------------------------------- */

/* Does the domain take mail? Asked of the DNS once, and kept like a page. */
static enum errc takes_mail(struct discovering *d, struct dns **dns, const char *domain, bool *out, bool *known, struct err *e)
{
	const char *url = arena_printf(d->scratch, "dns:mx:%s", domain);
	struct dns_answer mx;
	struct fetched f;
	enum errc rc;

	*out = *known = false;
	if (url == NULL)
		return err_memory(e);
	if ((rc = fetched_get(d->st, d->scratch, url, &f, e)) != OK)
		return rc;
	if (f.url != NULL && f.when_utc >= d->o->stale_utc) {
		d->tally->cached++;
		*known = f.status != 0;
		*out = f.status == 200;
		return OK;
	}
	if (d->no_dns >= DNS_GIVE_UP) {
		d->tally->failed++;
		return OK;
	}
	if (*dns == NULL && (rc = dns_open(dns, &(struct dns_options){.timeout_ms = DNS_MS, .server = given(d->config->network.dns_server),
	        .trust_anchor = given(d->config->network.dns_trust_anchor)}, e)) != OK)
		return rc;
	d->tally->asked++;
	if ((rc = dns_ask(*dns, d->scratch, domain, DNS_MX, &mx, e)) != OK)
		return rc;
	*known = mx.outcome == DNS_FOUND || mx.outcome == DNS_NO_DATA || mx.outcome == DNS_NO_NAME;
	/* A null MX says that it takes none (RFC 7505). */
	*out = mx.outcome == DNS_FOUND && mx.n != 0 && mx.v[0].text != NULL && *mx.v[0].text != '\0' && strcmp(mx.v[0].text, ".") != 0;
	d->tally->failed += !*known;
	d->no_dns = *known ? 0 : d->no_dns + 1;
	return fetched_put(d->st, &(struct fetched){.url = url, .final_url = url, .type = "MX", .note = mx.why != NULL ? mx.why : "",
	    .when_utc = d->o->now_utc, .status = !*known ? 0 : *out ? 200 : 404}, e);
}

/* RFC 2142: security@ of a domain that takes mail should reach somebody, abuse@ does more often. */
static enum errc put_roles(struct discovering *d, struct dns **dns, const struct contact_org *o, struct err *e)
{
	static const char *const roles[] = {"security", "abuse"};
	enum errc rc = OK;

	for (size_t i = 0; i < o->n_domains && i < DOMAINS_OF_ONE && rc == OK; i++) {
		bool mail, known;

		arena_reset(d->scratch);
		if ((rc = takes_mail(d, dns, o->domains[i], &mail, &known, e)) != OK || !known ||
		    (rc = contacts_forget(d->st, o->domains[i], CONTACT_ROLE, e)) != OK)
			continue;
		for (size_t k = 0; mail && k < 2 && rc == OK; k++) {
			struct contact_known c = {.source = CONTACT_ROLE, .address = arena_printf(d->scratch, "%s@%s", roles[k], o->domains[i]),
			    .role = roles[k], .ground = "RFC 2142, and the domain takes mail", .note = "guessed: nobody has said that it is read",
			    .seen_utc = d->o->now_utc, .expires_utc = TIME_NONE, .state = CONTACT_GUESSED};

			rc = c.address == NULL ? err_memory(e) : contact_put(d->st, o->domains[i], &c, e);
		}
	}
	return rc;
}

static enum errc put_correspondents(struct discovering *d, const struct contact_org *o, const char *whose, struct err *e)
{
	struct correspondent *v;
	size_t n;
	enum errc rc = contacts_forget(d->st, whose, CONTACT_CORRESPONDENT, e);

	if (rc == OK)
		rc = contact_correspondents(d->st, d->scratch, o->id, &v, &n, e);
	for (size_t i = 0; rc == OK && i < n; i++) {
		struct contact_known c = {.source = CONTACT_CORRESPONDENT, .address = v[i].address, .role = "correspondent",
		    .ground = "took part in the exposed mail", .note = arena_printf(d->scratch, "in %" PRId64 " messages; for a person to judge",
		    v[i].messages), .seen_utc = d->o->now_utc, .expires_utc = TIME_NONE, .state = CONTACT_REVIEW};

		rc = c.note == NULL ? err_memory(e) : contact_put(d->st, whose, &c, e);
	}
	return rc;
}

/* Rows of country, name, address, source, checked. */
static enum errc put_csirt(struct discovering *d, const struct contact_org *o, const char *whose, span list, struct err *e)
{
	struct csv csv;
	span *f;
	size_t n;
	enum errc rc = contacts_forget(d->st, whose, CONTACT_CSIRT, e);

	if (rc != OK || *o->country == '\0')
		return rc;
	csv_open(&csv, list);
	while ((rc = csv_next(&csv, d->scratch, &f, &n, e)) == OK && n != 0) {
		struct contact_known c;

		if (n < 5 || !span_eq_nocase(span_trim(f[0]), span_str(o->country)) || !address_is_plain(span_trim(f[2])))
			continue;
		c = (struct contact_known){.source = CONTACT_CSIRT, .address = arena_cstr(d->scratch, span_trim(f[2])),
		    .role = arena_cstr(d->scratch, span_trim(f[1])), .ground = arena_cstr(d->scratch, span_trim(f[3])),
		    .note = arena_printf(d->scratch, "asked to pass on, never told what was exposed; checked: %.*s", (int)f[4].n, f[4].p),
		    .seen_utc = d->o->now_utc, .expires_utc = TIME_NONE, .state = CONTACT_RELAY};
		if (c.address == NULL || c.role == NULL || c.ground == NULL || c.note == NULL)
			return err_memory(e);
		if ((rc = contact_put(d->st, whose, &c, e)) != OK)
			return rc;
	}
	return rc;
}

/* ---- the run ---------------------------------------------------------------------------------------------------------- */

static enum errc read_bootstrap(struct discovering *d, struct err *e)
{
	const char *path = given(d->config->network.rdap_bootstrap);
	struct json_node *root = NULL;
	unsigned problems = 0;
	size_t used;
	span file;
	enum errc rc;

	if (path == NULL)
		return OK;
	if ((rc = io_read_file(d->a, path, 4 * MIB, &file, e)) != OK)
		return rc;
	rc = json_read_most(d->a, file, 200000, &root, &used, &problems, e);
	if (rc != OK && rc != ERR_EVIDENCE && rc != ERR_LIMIT)
		return rc;
	d->rdap = rc == OK && root != NULL ? json_get(root, "services") : NULL;
	if (d->rdap == NULL || d->rdap->type != JSON_ARRAY)
		return err_set(e, ERR_USAGE, "%s: not a bootstrap file of RDAP (RFC 9224)", path);
	return OK;
}

static enum errc note(struct discovering *d, struct err *e)
{
	struct buf b;
	struct json j = json_to(&b);
	enum errc rc;

	buf_init(&b, 64 * KIB);
	json_open(&j, NULL, '{');
	json_str(&j, "org", d->o->org);
	json_u64(&j, "domains", d->tally->domains);
	json_u64(&j, "asked", d->tally->asked);
	json_u64(&j, "cached", d->tally->cached);
	json_u64(&j, "failed", d->tally->failed);
	json_close(&j, '}');
	if ((rc = buf_check(&b, e)) == OK)
		rc = ledger_add(d->st, "contacts discovered", buf_cstr(&b), e);
	buf_free(&b);
	return rc;
}

enum errc contacts_discover(struct store *st, const struct case_config *config, const struct contacts_discover *o,
    struct contacts_tally *tally, struct err *e)
{
	struct discovering d = {.st = st, .config = config, .o = o, .tally = tally};
	struct pool p = {.job = "contacts", .n_workers = 1, .without_jail = o->without_jail, .ctx = &d, .next = next_task, .done = done_task};
	struct contact_org *orgs = NULL;
	struct contact_known *known;
	struct dns *dns = NULL;
	span csirts = SPAN_EMPTY;
	size_t n = 0, n_known;
	enum errc rc;

	*tally = (struct contacts_tally){0};
	if ((rc = arena_new(&d.a, GIB, e)) != OK || (rc = arena_new(&d.scratch, 64 * MIB, e)) != OK || (rc = read_bootstrap(&d, e)) != OK ||
	    (o->csirts != NULL && (rc = io_read_file(d.a, o->csirts, 4 * MIB, &csirts, e)) != OK) ||
	    (rc = contact_orgs(st, d.a, o->org, &orgs, &n, e)) != OK)
		goto out;
	if (n == 0 && o->org != NULL) {
		rc = err_set(e, ERR_USAGE, "no organisation that the mail concerns is called \"%s\": tocsin list orgs", o->org);
		goto out;
	}
	tally->orgs = n;
	progress_begin(&d.progress, o->progress, "contacts", "questions", 0);
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = plan(&d, &orgs[i], e);
	if (rc == OK && (d.answered = arena_zero(d.a, d.n + 1, sizeof *d.answered)) == NULL)
		rc = err_memory(e);
	if (rc == OK && d.n != 0)
		rc = pool_run(&p, e);
	for (size_t i = 0; i < n && rc == OK; i++) {
		const char *whose = orgs[i].n_domains != 0 ? orgs[i].domains[0] : orgs[i].key;

		if ((rc = put_roles(&d, &dns, &orgs[i], e)) != OK)
			break;
		arena_reset(d.scratch);
		if ((rc = put_csirt(&d, &orgs[i], whose, csirts, e)) == OK && (rc = put_correspondents(&d, &orgs[i], whose, e)) == OK &&
		    (rc = contacts_of(st, d.scratch, orgs[i].id, &known, &n_known, e)) == OK) {
			contacts_count(known, n_known, tally);
			rc = store_commit(st, e);
		}
	}
	progress_end(&d.progress);
	if (rc == OK && (rc = note(&d, e)) == OK)
		rc = store_commit(st, e);
out:
	dns_close(dns);
	arena_free(d.scratch);
	arena_free(d.a);
	return rc;
}
