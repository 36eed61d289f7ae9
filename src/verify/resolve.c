#include "base/limits.h"
#include "net/dns.h"
#include "verify/private.h"

enum { TIMEOUT_MS = 5000 };

/* Letters, digits, hyphens, underscores and dots: what comes from the mail is asked for, and nothing else. */
static bool is_name(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
			return false;
	return s.n != 0 && s.n <= 253;
}

static enum errc resolve_one(struct arena *a, struct dns *d, span name, struct buf *zone, struct err *e)
{
	const char *n = arena_cstr(a, name);
	struct dns_answer answer;
	enum errc rc;

	if (n == NULL)
		return err_memory(e);
	if (!is_name(name))
		return OK;
	if ((rc = dns_ask(d, a, n, DNS_TXT, &answer, e)) != OK)
		return rc;
	if (answer.outcome == DNS_FAILED || answer.outcome == DNS_FORGED)
		return err_set(e, ERR_WORLD, "%s: %s", n, answer.why);
	for (size_t i = 0; i < answer.n; i++)
		if (span_find_byte(answer.v[i].data, '"') == answer.v[i].data.n && span_find_byte(answer.v[i].data, '\n') == answer.v[i].data.n)
			buf_printf(zone, "%s. IN TXT \"%.*s\"\n", n, (int)answer.v[i].data.n, (const char *)answer.v[i].data.p);
	return buf_check(zone, e);
}

enum errc verify_resolve(const char *server, struct verify_with *w, struct arena *a, struct verify_result *r, struct err *e)
{
	const struct dns_options o = {.server = strcmp(server, "system") == 0 ? NULL : server, .timeout_ms = TIMEOUT_MS};
	span rest = span_str(r->selectors), line;
	const char *notice = arena_printf(a, "%s._notice.%s", r->id, r->domain);
	struct dns *d = NULL;
	struct buf dkim, dns;
	enum errc rc;

	if (notice == NULL)
		return err_memory(e);
	buf_init(&dkim, MIB);
	buf_init(&dns, MIB);
	buf_put(&dkim, w->dkim);
	buf_put(&dns, w->dns);
	if ((rc = dns_open(&d, &o, e)) == OK) {
		while (rc == OK && span_line(&rest, &line))
			rc = resolve_one(a, d, line, &dkim, e);
		if (rc == OK && r->id[0] != '\0')
			rc = resolve_one(a, d, span_str(notice), &dns, e);
	}
	w->dkim = arena_copy(a, buf_span(&dkim));
	w->dns = arena_copy(a, buf_span(&dns));
	if (rc == OK && ((dkim.n != 0 && w->dkim.p == NULL) || (dns.n != 0 && w->dns.p == NULL)))
		rc = err_memory(e);
	dns_close(d);
	buf_free(&dkim);
	buf_free(&dns);
	return rc != OK ? rc : verify_notice(w, a, r, e);
}
