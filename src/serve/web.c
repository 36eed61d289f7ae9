#include "serve/web.h"

#include <arpa/inet.h>

#include "base/io.h"
#include "base/utf8.h"
#include "net/dns.h"
#include "net/http.h"
#include "serve/host.h"
#include "serve/process.h"

enum { TIMEOUT_MS = 6000, DNS_TIMEOUT_MS = 5000, ANSWER_MAX = 256 << 10, FILE_MAX = 4 << 10, SECRET_MAX = 4 << 10 };

static enum errc no_sense(struct err *e) { return err_set(e, ERR_WORLD, "a question that makes no sense"); }

enum errc web_open(struct web *w, struct arena *a, const struct serve_config *c, struct err *e)
{
	enum errc rc;

	*w = (struct web){.c = c, .secrets = arena_zero(a, c->n_issuers + 1, sizeof *w->secrets)};
	if (w->secrets == NULL)
		return err_memory(e);
	for (size_t i = 0; i < c->n_issuers; i++) {
		span secret;

		if (c->issuers[i].secret_file == NULL)
			continue;
		if ((rc = io_read_file(a, c->issuers[i].secret_file, SECRET_MAX, &secret, e)) != OK)
			return rc;
		if ((w->secrets[i] = arena_cstr(a, span_trim(secret))) == NULL)
			return err_memory(e);
	}
	rc = net_ready(e);
	w->can = rc == OK;
	if (w->can || c->n_issuers != 0 || c->witness != NULL)
		return rc;
	process_say("fetch", e->text);
	return OK;
}

/* ---- one question ------------------------------------------------------------------------------------------------------ */

static enum errc addresses(const struct web *w, struct arena *a, const char *host, struct buf *out, struct err *e)
{
	struct dns_options o = {.server = w->c->resolver, .trust_anchor = w->c->trust_anchor, .timeout_ms = DNS_TIMEOUT_MS};
	static const enum dns_type types[] = {DNS_A, DNS_AAAA};
	struct dns_answer d;
	struct dns *dns = NULL;
	size_t n = 0;
	enum errc rc = dns_open(&dns, &o, e);

	for (size_t t = 0; t < 2 && rc == OK; t++) {
		if ((rc = dns_ask(dns, a, host, types[t], &d, e)) != OK || d.outcome != DNS_FOUND)
			continue;
		for (size_t i = 0; i < d.n; i++)
			buf_printf(out, types[t] == DNS_A ? "%s%s" : "%s[%s]", n++ == 0 ? "" : ",", d.v[i].text);
	}
	dns_close(dns);
	if (rc == OK && n == 0)
		rc = err_set(e, ERR_REFUSED, "%.200s has no address", host);
	return rc != OK ? rc : buf_check(out, e);
}

/* ERR_REFUSED: it could not be asked, and why. The system's resolver never is: it may load code. */
static enum errc reach(const struct web *w, struct arena *a, const char *url, struct http_options *o, struct http_answer *got,
    struct err *e)
{
	const char *host;
	struct buf at;
	unsigned port;
	span name;
	enum errc rc;

	if (!w->can)
		return err_set(e, ERR_REFUSED, "%.200s: cannot be asked without libcurl", url);
	if (!host_of(span_str(url), &name, &port))
		return err_set(e, ERR_REFUSED, "%.200s: not an address that can be asked", url);
	if ((host = arena_cstr(a, name)) == NULL)
		return err_memory(e);
	if (!host_among(name, o->hosts, o->n_hosts))
		return err_set(e, ERR_REFUSED, "%.200s is not among the hosts of its issuer", host);
	buf_init(&at, 64 * KIB);
	buf_printf(&at, "%s:%u:", host, port);
	o->timeout_ms = TIMEOUT_MS;
	o->ca_file = w->c->ca_file;
	o->local |= w->c->local;
	o->stay = true;
	if (inet_pton(AF_INET, host, &(struct in_addr){0}) == 1)
		rc = http_get(a, o, url, got, e);
	else if ((rc = addresses(w, a, host, &at, e)) == OK) {
		o->resolved = buf_cstr(&at);
		rc = o->resolved == NULL ? err_memory(e) : http_get(a, o, url, got, e);
	}
	if (rc == OK && (got->status == 0 || got->cut))
		rc = err_set(e, ERR_REFUSED, "%.100s: %s%.200s", host, got->cut ? "too large" : "", got->why);
	buf_free(&at);
	return rc;
}

static enum errc ask(const struct web *w, struct arena *a, const char *url, struct http_options *o, span *body, struct err *e)
{
	struct http_answer got;
	enum errc rc = reach(w, a, url, o, &got, e);

	if (rc == OK && got.status != 200)
		rc = err_set(e, ERR_REFUSED, "%.200s: status %d", url, got.status);
	else if (rc == OK)
		*body = got.body;
	return rc;
}

/* A failure out there is an answer, and a line in the journal. */
static enum errc or_no(enum errc rc, struct buf *out, size_t from, struct err *e)
{
	if (rc == OK || rc == ERR_MEMORY)
		return rc;
	process_say("fetch", e->text);
	out->n = from;
	buf_u8(out, 0);
	return OK;
}

/* ---- issuers ------------------------------------------------------------------------------------------------------------ */

static const struct oidc_issuer *issuer_of(const struct web *w, struct cursor *q, uint32_t *i)
{
	*i = cursor_u32(q);
	return q->bad || *i >= w->c->n_issuers ? NULL : &w->c->issuers[*i];
}

static enum errc metadata(const struct web *w, struct arena *a, const struct oidc_issuer *s, span domain, struct buf *out,
    struct err *e)
{
	const char *base = oidc_address(a, s->issuer, domain), *url;
	struct http_options o = {.hosts = s->hosts, .n_hosts = s->n_hosts, .max = ANSWER_MAX};
	struct oidc_metadata m;
	enum errc rc;
	span json;

	/* Discovery 4: whether the issuer ends with a '/' or not. */
	if (base == NULL || (url = arena_printf(a, "%.*s/.well-known/openid-configuration",
	    (int)(strlen(base) - (base[strlen(base) - 1] == '/')), base)) == NULL)
		return err_memory(e);
	if ((rc = ask(w, a, url, &o, &json, e)) != OK || (rc = oidc_metadata_read(a, s->issuer, json, &m, e)) != OK)
		return rc;
	buf_u8(out, 1);
	buf_bytes(out, span_str(m.issuer));
	buf_bytes(out, span_str(m.tenant));
	buf_bytes(out, span_str(m.authorization));
	buf_bytes(out, span_str(m.token));
	buf_bytes(out, span_str(m.jwks));
	return OK;
}

enum errc web_issuer(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e)
{
	struct cursor q = cursor_of(question);
	span tag = cursor_bytes(&q), domain;
	size_t from;
	uint32_t i;
	enum errc rc;
	const struct oidc_issuer *s = issuer_of(w, &q, &i);

	domain = cursor_bytes(&q);
	if (s == NULL || !cursor_done(&q))
		return no_sense(e);
	buf_bytes(out, tag);
	from = out->n;
	rc = metadata(w, a, s, domain, out, e);
	return or_no(rc, out, from, e);
}

static const char *escaped_text(struct arena *a, const char *text)
{
	struct buf b;
	const char *out;

	buf_init(&b, 16 * KIB);
	buf_percent(&b, span_str(text));
	out = b.failed ? NULL : arena_cstr(a, buf_span(&b));
	buf_free(&b);
	return out;
}

struct token_question { span token, jwks, code, verifier; };

static enum errc token(const struct web *w, struct arena *a, const struct oidc_issuer *s, const char *secret,
    const struct token_question *q, struct buf *out, struct err *e)
{
	struct http_options o = {.hosts = s->hosts, .n_hosts = s->n_hosts, .max = ANSWER_MAX, .accept = "application/json"};
	struct http_options get = o;
	const char *address = arena_cstr(a, q->token), *keys = arena_cstr(a, q->jwks);
	span json, jwks = SPAN_EMPTY, id_token;
	struct buf form;
	enum errc rc;

	buf_init(&form, 64 * KIB);
	buf_str(&form, "grant_type=authorization_code&code=");
	buf_percent(&form, q->code);
	buf_str(&form, "&code_verifier=");
	buf_percent(&form, q->verifier);
	buf_str(&form, "&redirect_uri=");
	buf_percent(&form, span_str(w->c->origin));
	buf_percent(&form, SPAN_LIT(OIDC_RETURN));
	buf_str(&form, "&client_id=");
	buf_percent(&form, span_str(s->client_id));
	o.form = buf_cstr(&form);
	/* RFC 6749 2.3.1: both are encoded as in a form before they are put together. */
	if (secret != NULL) {
		o.user = escaped_text(a, s->client_id);
		o.password = escaped_text(a, secret);
	}
	if (address == NULL || keys == NULL || o.form == NULL || (secret != NULL && (o.user == NULL || o.password == NULL)))
		rc = err_memory(e);
	else if ((rc = ask(w, a, address, &o, &json, e)) == OK && (rc = oidc_answer_read(a, json, &id_token, e)) == OK &&
	    (rc = ask(w, a, keys, &get, &jwks, e)) == OK) {
		buf_u8(out, 1);
		buf_bytes(out, jwks);
		buf_bytes(out, id_token);
	}
	buf_free(&form);
	return rc;
}

enum errc web_token(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e)
{
	struct cursor c = cursor_of(question);
	span tag = cursor_bytes(&c);
	struct token_question q;
	size_t from;
	uint32_t i;
	enum errc rc;
	const struct oidc_issuer *s = issuer_of(w, &c, &i);

	q.token = cursor_bytes(&c);
	q.jwks = cursor_bytes(&c);
	q.code = cursor_bytes(&c);
	q.verifier = cursor_bytes(&c);
	if (s == NULL || !cursor_done(&c))
		return no_sense(e);
	buf_bytes(out, tag);
	from = out->n;
	rc = token(w, a, s, w->secrets[i], &q, out, e);
	return or_no(rc, out, from, e);
}

/* ---- a file on a web site ----------------------------------------------------------------------------------------------- */

enum errc web_file(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e)
{
	struct cursor q = cursor_of(question);
	span domain = cursor_bytes(&q), body = SPAN_EMPTY;
	const char *host = arena_cstr(a, domain), *url;
	struct http_options o = {.hosts = &host, .n_hosts = 1, .max = FILE_MAX};
	size_t from;
	enum errc rc;

	if (!cursor_done(&q))
		return no_sense(e);
	url = arena_printf(a, "https://%.*s:%u" WEB_CLAIM_PATH, (int)domain.n, (const char *)domain.p,
	    w->c->web_port != 0 ? w->c->web_port : HTTPS_PORT);
	if (host == NULL || url == NULL)
		return err_memory(e);
	buf_bytes(out, domain);
	from = out->n;
	if ((rc = ask(w, a, url, &o, &body, e)) == OK)
		buf_u8(out, 1);
	if ((rc = or_no(rc, out, from, e)) == OK)
		buf_bytes(out, span_trim(body));
	return rc;
}

/* ---- the witness (c2sp.org/tlog-witness) ---------------------------------------------------------------------------------- */

enum errc web_witness(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e)
{
	const char *base = w->c->witness, *url, *host;
	struct http_options o = {.hosts = &host, .n_hosts = 1, .max = FILE_MAX, .local = true, .form_type = "text/plain",
	    .form = arena_cstr(a, question)};
	struct http_answer got;
	unsigned port;
	span name;
	enum errc rc;

	url = arena_printf(a, "%.*s/add-checkpoint", (int)(strlen(base) - (base[strlen(base) - 1] == '/')), base);
	if (url == NULL || o.form == NULL)
		return err_memory(e);
	/* What is no address at all is said by reach. */
	host = host_of(span_str(url), &name, &port) ? arena_cstr(a, name) : "";
	if (host == NULL)
		return err_memory(e);
	if ((rc = reach(w, a, url, &o, &got, e)) == OK) {
		buf_u32(out, (uint32_t)got.status);
		buf_bytes(out, got.body);
		return OK;
	}
	process_say("fetch", e->text);
	buf_u32(out, 0);
	buf_bytes(out, SPAN_EMPTY);
	return rc == ERR_MEMORY ? rc : OK;
}
