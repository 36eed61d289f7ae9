/*
 * The fetch process: asks the network, and holds no data. It gets a name and gives back the TXT records found
 * there, with what DNSSEC said; or what an issuer of identities or a web site answers (web.h). What that means is logic's business. Each question begins with an empty cache,
 * so that looking three times is looking three times.
 */
#include <unistd.h>

#include "base/limits.h"
#include "jail/jail.h"
#include "net/dns.h"
#include "serve/process.h"
#include "serve/web.h"

enum { DNS_TIMEOUT_MS = 8000, NAME_MAX_BYTES = 300 };

static const char *dnssec_word(const struct dns_answer *d)
{
	return d->outcome == DNS_FORGED ? "bogus" : d->secure ? "secure" : "insecure";
}

/* Two vantage points where there are two resolvers: a record must be seen from both. */
static void look(struct arena *a, const struct serve_config *c, const char *server, const char *name, struct buf *out)
{
	struct dns_options o = {.server = server, .trust_anchor = c->trust_anchor, .timeout_ms = DNS_TIMEOUT_MS};
	struct dns_answer d;
	struct dns *dns = NULL;
	struct err why, *e = &why;
	enum errc rc;

	/* Without a resolver nothing is found: the claim waits, the portal goes on. */
	if ((rc = dns_open(&dns, &o, e)) == OK)
		rc = dns_ask(dns, a, name, DNS_TXT, &d, e);
	if (rc == OK) {
		buf_bytes(out, span_str(dnssec_word(&d)));
		/* A forged answer has no records here, whatever it held. */
		buf_u32(out, d.outcome == DNS_FOUND ? (uint32_t)d.n : 0);
		for (size_t i = 0; d.outcome == DNS_FOUND && i < d.n; i++)
			buf_bytes(out, d.v[i].data);
	} else {
		process_say("fetch", e->text);
		buf_bytes(out, SPAN_LIT("failed"));
		buf_u32(out, 0);
	}
	dns_close(dns);
}

/* name; answered: name, u32 answers, and each: word, u32 n, records. */
static enum errc on_dns(struct arena *a, const struct serve_config *c, span question, struct buf *out, struct err *e)
{
	struct cursor q = cursor_of(question);
	span name = cursor_bytes(&q);
	const char *text = arena_cstr(a, name);

	if (!cursor_done(&q) || name.n > NAME_MAX_BYTES)
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if (text == NULL)
		return err_memory(e);
	buf_bytes(out, name);
	buf_u32(out, c->second_resolver != NULL ? 2 : 1);
	look(a, c, c->resolver, text, out);
	if (c->second_resolver != NULL)
		look(a, c, c->second_resolver, text, out);
	return OK;
}

static enum errc answer_one(struct arena *a, const struct web *w, enum wire_kind kind, span question, struct buf *out, struct err *e)
{
	if (kind == WIRE_DNS)
		return on_dns(a, w->c, question, out, e);
	if (kind == WIRE_ISSUER)
		return web_issuer(w, a, question, out, e);
	if (kind == WIRE_TOKEN)
		return web_token(w, a, question, out, e);
	if (kind == WIRE_WITNESS && w->c->witness != NULL)
		return web_witness(w, a, question, out, e);
	if (kind == WIRE_FILE)
		return web_file(w, a, question, out, e);
	return err_set(e, ERR_WORLD, "a question that makes no sense");
}

enum errc fetch_run(const struct serve_config *c, const struct process_fds *fds, struct err *e)
{
	const char *may[] = {"/etc/resolv.conf", "/etc/hosts", "/usr/share/dns/root.key", "/var/lib/unbound/root.key",
	    "/etc/ssl/openssl.cnf", "/etc/ssl/certs", c->ca_file, c->trust_anchor};
	const char *readable[sizeof may / sizeof may[0] + 1];
	struct buf question, out;
	struct arena *a = NULL, *kept = NULL;
	struct web w;
	size_t n = 0;
	enum errc rc;

	for (size_t i = 0; i < sizeof may / sizeof may[0]; i++)
		if (may[i] != NULL && access(may[i], R_OK) == 0)
			readable[n++] = may[i];
	readable[n] = NULL;
	buf_init(&question, WIRE_MAX);
	buf_init(&out, WIRE_MAX);
	if ((rc = arena_new(&a, 16 * MIB, e)) == OK && (rc = arena_new(&kept, MIB, e)) == OK &&
	    (rc = dns_ready(e)) == OK && (rc = web_open(&w, kept, c, e)) == OK)
		rc = jail_enter(&(struct jail_walls){.readable = readable, .connects = true}, e);
	while (rc == OK) {
		enum wire_kind kind;

		arena_reset(a);
		buf_clear(&out);
		if ((rc = wire_receive(fds->logic, &kind, &question, e)) != OK)
			break;
		rc = answer_one(a, &w, kind, buf_span(&question), &out, e);
		if (rc == OK && (rc = buf_check(&out, e)) == OK)
			rc = wire_send(fds->logic, kind, buf_span(&out), e);
	}
	arena_free(a);
	arena_free(kept);
	buf_free(&question);
	buf_free(&out);
	return rc;
}
