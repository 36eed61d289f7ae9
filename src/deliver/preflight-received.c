/*
 * Where the mail server signs, our files carry no signature: a mail that was sent from the sender's address through
 * that server, as it arrived elsewhere, shows whether it does. Anybody can write to where it arrived, so a worker
 * reads it; it gets the keys that the DNS has for our selectors, and says whether one of them signed it.
 */
#include "base/cursor.h"
#include "base/io.h"
#include "base/limits.h"
#include "deliver/preflight.h"
#include "mail/header.h"
#include "mail/mime.h"
#include "net/dkim.h"

/* ---- the worker -------------------------------------------------------------------------------------------------- */

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	enum errc rc = dkim_ready(e);

	(void)ctx;
	(void)init;
	(void)fds;
	(void)n_fds;
	return rc != OK ? rc : arena_new((struct arena **)state, 256 * MIB, e);
}

static enum errc is_from(struct arena *a, span mail, span domain, bool *from, struct err *e)
{
	struct address_list list = {0};
	const struct field *f;
	struct message *m;
	enum errc rc = mime_parse(a, mail, false, &m, e);

	*from = false;
	if (rc != OK || (f = headers_get(&m->headers, "From")) == NULL)
		return rc;
	if ((rc = header_addresses(a, f->value, m->headers.charset, &list, e)) == OK)
		*from = list.n == 1 && span_eq_nocase(list.v[0].domain, domain);
	return rc;
}

/* keys: u8 how many, then selector, record and why there is none each. *why NULL: one of them signed the mail. */
static enum errc judge(struct arena *a, span mail, span domain, struct cursor keys, const char **why, struct err *e)
{
	struct dkim_signature *v;
	bool from;
	size_t n;
	enum errc rc = is_from(a, mail, domain, &from, e);

	*why = "it is not from the sender's domain";
	if (rc != OK || !from || (rc = dkim_signatures(a, mail, &v, &n, e)) != OK)
		return rc;
	*why = n == 0 ? "it has no DKIM signature"
	              : "no signature is of the sender's domain and by a selector of case.yaml";
	for (uint8_t left = cursor_u8(&keys); left > 0; left--) {
		span selector = cursor_bytes(&keys), record = cursor_bytes(&keys), none = cursor_bytes(&keys);

		for (size_t i = 0; i < n; i++) {
			if (!span_eq_nocase(v[i].selector, selector) || !span_eq_nocase(v[i].domain, domain))
				continue;
			if ((*why = v[i].wrong) == NULL && none.n != 0) {
				*why = arena_printf(a, "%.*s._domainkey.%.*s: %.*s", (int)selector.n, selector.p, (int)domain.n, domain.p, (int)none.n, none.p);
				if (*why == NULL)
					return err_memory(e);
			} else if (*why == NULL && (rc = dkim_check(a, mail, &v[i], record, why, e)) != OK) {
				return rc;
			}
			if (*why == NULL)
				return OK;
		}
	}
	return OK;
}

/* domain, mail, keys; the result is why not, empty when it verifies. */
static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);
	span domain = cursor_bytes(&c), mail = cursor_bytes(&c);
	const char *why;
	enum errc rc;

	(void)fds;
	(void)n_fds;
	if (c.bad)
		return err_set(e, ERR_WORLD, "a task that makes no sense");
	if ((rc = jail_item(out, (struct jail_place){0, 0, 0}, e)) != OK)
		return rc;
	if ((rc = judge(state, mail, domain, c, &why, e)) == ERR_EVIDENCE || rc == ERR_LIMIT)
		why = "it cannot be read";
	else if (rc != OK)
		return rc;
	buf_bytes(jail_buf(out), span_str(why != NULL ? why : ""));
	return buf_check(jail_buf(out), e);
}

const struct jail_job received_job = {.name = "received", .start = start, .task = task};

/* ---- the keeper -------------------------------------------------------------------------------------------------- */

/* *why: "" when one of the selectors' keys signed the mail, else what is wrong. */
static enum errc ask(struct preflight *p, span mail, const struct text_list *selectors, const char **why, struct err *e)
{
	const char *died, *why_none;
	struct cursor c;
	struct buf b;
	span answer, said;
	enum errc rc = OK;

	buf_init(&b, LIMIT_FRAME_BYTES - 1);
	buf_bytes(&b, span_str(p->domain));
	buf_bytes(&b, mail);
	buf_u8(&b, (uint8_t)selectors->n);
	for (size_t i = 0; i < selectors->n && rc == OK; i++) {
		struct dns_answer x;

		rc = preflight_ask(p, arena_printf(p->a, "%s._domainkey.%s", selectors->v[i], p->domain), DNS_TXT, &x, e);
		buf_bytes(&b, span_str(selectors->v[i]));
		buf_bytes(&b, rc == OK && x.n == 1 ? x.v[0].data : SPAN_EMPTY);
		why_none = rc != OK || x.n == 1 ? "" : x.n > 1 ? "there is more than one record" : preflight_none(p, &x, "key");
		buf_bytes(&b, why_none != NULL ? span_first(span_str(why_none), 200) : SPAN_EMPTY);
	}
	if (rc == OK && (rc = buf_check(&b, e)) == OK)
		rc = pool_once(received_job.name, SPAN_EMPTY, p->d->without_jail, p->a, buf_span(&b), &answer, &died, e);
	buf_free(&b);
	if (rc != OK)
		return rc;
	c = cursor_of(answer);
	said = cursor_bytes(&c);
	*why = died != NULL || !cursor_done(&c) || said.n > 800 ? "it could not be read" : arena_cstr(p->a, said);
	return *why != NULL ? OK : err_memory(e);
}

enum errc preflight_received(struct preflight *p, const char *path, struct err *e)
{
	const struct text_list *s = &p->d->config->delivery.selectors;
	const char *why;
	span mail;
	enum errc rc;

	if (s->n == 0 || s->n > UINT8_MAX)
		return err_set(
		    e, ERR_USAGE, "case.yaml, delivery: selectors names no selector that the mail server signs with");
	if ((!p->d->without_jail && (rc = jail_possible(e)) != OK) ||
	    (rc = io_read_file(p->a, path, LIMIT_VERIFY_BYTES, &mail, e)) != OK || (rc = ask(p, mail, s, &why, e)) != OK)
		return rc;
	return preflight_row(p, "signatures", why[0] == '\0' ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
	    arena_printf(p->a,
	        "let the mail server sign what comes from %s, with the key that is published, and send another mail through it",
	        p->domain),
	    e,
	    why[0] == '\0' ? "a mail that came through the mail server verifies with the key in the DNS"
	                   : arena_printf(p->a, "the mail that came through the mail server: %s", why));
}
