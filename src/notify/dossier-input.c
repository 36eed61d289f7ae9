/* What the worker is told of a message: whose names, domains, people and secrets it is to look for. */
#include "notify/dossier.h"
#include "store/findings.h"

struct listing { struct buf *out; size_t count_at; uint32_t n; };

static struct listing list_begin(struct buf *out)
{
	struct listing l = {out, out->n, 0};

	buf_u32(out, 0);
	return l;
}

static void list_end(struct listing *l)
{
	if (!l->out->failed)
		buf_set_u32(l->out, l->count_at, l->n);
}

static void put_needle(struct listing *l, enum needle_kind kind, enum mask_reason reason, const char *token, span text)
{
	if (span_trim(text).n == 0)
		return;
	buf_u8(l->out, (uint8_t)kind);
	buf_u8(l->out, (uint8_t)reason);
	buf_bytes(l->out, span_str(token));
	buf_bytes(l->out, text);
	l->n++;
}

static span token_key(const struct dossier *d) { return span_of(d->token_key.b, sizeof d->token_key.b); }

/* "nordwall" of nordwall.example: people write it as a name. Short ones say nothing. */
static span label_of(const char *domain)
{
	span d = span_str(domain), label = span_first(d, span_find_byte(d, '.'));

	return label.n >= 5 ? label : SPAN_EMPTY;
}

static enum errc put_others(struct dossier *d, int64_t message, struct listing *l, struct err *e)
{
	struct sealed_other *names, *domains;
	size_t n_names, n_domains;
	char token[REDACT_TOKEN_ID];
	enum errc rc = sealed_others(d->n->store, d->scratch, message, d->org.id, &names, &n_names, &domains, &n_domains, e);

	if (rc != OK)
		return rc;
	for (size_t i = 0; i < n_names; i++) {
		redact_token_id(token_key(d), "organisation", span_str(names[i].key), token);
		put_needle(l, NEEDLE_NAME, MASK_ORGANISATION, token, span_str(names[i].text));
	}
	for (size_t i = 0; i < n_domains; i++) {
		redact_token_id(token_key(d), "organisation", span_str(domains[i].key), token);
		put_needle(l, NEEDLE_DOMAIN, MASK_ORGANISATION, token, span_str(domains[i].text));
		put_needle(l, NEEDLE_NAME, MASK_ORGANISATION, token, label_of(domains[i].text));
	}
	return OK;
}

static bool is_theirs_or_ours(const struct dossier *d, const char *domain)
{
	span h = span_str(domain);

	for (size_t i = 0; i < d->org.n_domains + d->n->config->our_domains.n; i++)
		if (domain_is_within(h, span_str(i < d->org.n_domains ? d->org.domains[i] : d->n->config->our_domains.v[i - d->org.n_domains])))
			return true;
	return false;
}

/* The address that we wrote to is the reader's, whoever has the domain: one of free mail, say. */
static bool is_written_to(const struct dossier *d, const char *address)
{
	for (size_t i = 0; i < d->n_notices; i++)
		if (span_eq_nocase(span_str(d->notices[i].address), span_str(address)))
			return true;
	return false;
}

/* Names of people who are neither theirs nor ours; "Doe, Jane" is "Jane Doe". In view "spans" also each name alone. */
static enum errc put_people(struct dossier *d, int64_t message, bool full, struct listing *l, struct err *e)
{
	struct sealed_person *people;
	size_t n;
	enum errc rc = sealed_people(d->n->store, d->scratch, message, &people, &n, e);

	for (size_t i = 0; i < n && rc == OK; i++) {
		span name = span_trim(span_str(people[i].name)), rest;
		size_t comma = span_find_byte(name, ','), space;
		char token[REDACT_TOKEN_ID], *turned;

		if (name.n == 0 || is_theirs_or_ours(d, people[i].domain) || is_written_to(d, people[i].address))
			continue;
		redact_token_id(token_key(d), "person", span_str(people[i].address), token);
		put_needle(l, NEEDLE_NAME, MASK_PERSON, token, name);
		for (space = name.n; space > 0 && name.p[space - 1] != ' '; space--)
			;
		if (comma == name.n && space != 0)
			comma = space - 1;
		if (comma < name.n) {
			span first = span_trim(span_from(name, comma + 1)), last = span_trim(span_first(name, comma));

			if ((turned = arena_printf(d->scratch, "%.*s %.*s", (int)first.n, first.p, (int)last.n, last.p)) == NULL)
				return err_memory(e);
			put_needle(l, NEEDLE_NAME, MASK_PERSON, token, span_str(turned));
		}
		for (rest = name; !full && rest.n != 0;) {
			size_t k = span_find_byte(rest, ' ');
			span one = span_trim(span_first(rest, k));

			rest = span_from(rest, k + 1);
			if (one.n >= 4)
				put_needle(l, NEEDLE_NAME, MASK_PERSON, token, one);
		}
	}
	return rc;
}

static enum errc put_own(struct dossier *d, int64_t message, struct listing *l, struct err *e)
{
	const char **called;
	size_t n;
	enum errc rc = sealed_called(d->n->store, d->scratch, message, d->org.id, &called, &n, e);

	for (size_t i = 0; i < d->org.n_names && rc == OK; i++)
		put_needle(l, NEEDLE_NAME, MASK_NONE, "", span_str(d->org.names[i]));
	for (size_t i = 0; i < n && rc == OK; i++)
		put_needle(l, NEEDLE_NAME, MASK_NONE, "", span_str(called[i]));
	for (size_t i = 0; i < d->org.n_domains && rc == OK; i++) {
		put_needle(l, NEEDLE_DOMAIN, MASK_NONE, "", span_str(d->org.domains[i]));
		put_needle(l, NEEDLE_NAME, MASK_NONE, "", label_of(d->org.domains[i]));
	}
	for (size_t i = 0; i < d->n_notices && rc == OK; i++)
		put_needle(l, NEEDLE_ADDRESS, MASK_NONE, "", span_str(d->notices[i].address));
	return rc;
}

static void put_ours(const struct dossier *d, struct buf *out)
{
	const struct case_config *c = d->n->config;
	struct listing l = list_begin(out);

	for (size_t i = 0; i <= c->our_names.n + c->our_domains.n; i++) {
		bool domain = i > c->our_names.n;
		const char *s = i == 0 ? c->our_name : domain ? c->our_domains.v[i - c->our_names.n - 1] : c->our_names.v[i - 1];

		buf_u8(out, domain ? NEEDLE_DOMAIN : NEEDLE_NAME);
		buf_bytes(out, span_str(s));
		l.n++;
	}
	list_end(&l);
}

static enum errc put_secrets(struct dossier *d, const struct sealed_message *m, struct buf *out, struct err *e)
{
	struct sealed_finding *f;
	size_t n;
	enum errc rc = sealed_findings(d->n->store, d->scratch, m->id, d->org.id, d->wave, &f, &n, e);

	if (rc != OK)
		return rc;
	buf_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		bool personal = class_is_personal(f[i].class);
		/* Who neither sent nor received it sees no names of files, and only where its own things stand. */
		const char *where = message_is_full(m) ? f[i].where : f[i].theirs ? f[i].place : "";
		char token[REDACT_TOKEN_ID];

		redact_token_id(token_key(d), personal ? "datum" : "credential", digest_span(&f[i].exposure), token);
		buf_bytes(out, span_str(f[i].path));
		buf_u64(out, f[i].at_byte);
		buf_u64(out, f[i].n_bytes);
		buf_u8(out, f[i].theirs);
		buf_u8(out, personal ? MASK_DATA : MASK_SECRET);
		buf_bytes(out, span_str(token));
		buf_bytes(out, span_str(where));
		buf_bytes(out, span_str(f[i].theirs ? f[i].beside : ""));
	}
	return OK;
}

/* Paths of parts that were not wholly read, then of those that ended a worker. */
static enum errc put_unread(struct dossier *d, const struct sealed_message *m, struct buf *out, struct err *e)
{
	struct unread *unread;
	size_t n;
	enum errc rc = findings_unread(d->n->store, d->scratch, m->id, m->id, false, &unread, &n, e);

	for (int failed = 0; failed <= 1 && rc == OK; failed++) {
		struct listing l = list_begin(out);

		for (size_t i = 0; i < n; i++)
			if (!failed || unread[i].failed) {
				buf_bytes(out, unread[i].path);
				l.n++;
			}
		list_end(&l);
	}
	return rc;
}

enum errc record_input(struct dossier *d, size_t at, struct buf *out, struct err *e)
{
	const struct sealed_message *m = &d->messages[at];
	struct listing l;
	enum errc rc;

	arena_reset(d->scratch);
	buf_u8(out, message_is_full(m));
	buf_bytes(out, token_key(d));
	l = list_begin(out);
	if ((rc = put_own(d, m->id, &l, e)) != OK || (rc = put_others(d, m->id, &l, e)) != OK ||
	    (rc = put_people(d, m->id, message_is_full(m), &l, e)) != OK)
		return rc;
	list_end(&l);
	put_ours(d, out);
	if ((rc = put_secrets(d, m, out, e)) != OK || (rc = put_unread(d, m, out, e)) != OK)
		return rc;
	return buf_check(out, e);
}
