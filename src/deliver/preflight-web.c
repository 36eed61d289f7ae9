/*
 * What stands around the mails: the name that they tell people to type, and what protects that name, the answers that
 * come back, and who looks us up. What is not there is said; what is there and does not hold keeps mail from leaving.
 * Only hosts of our own are asked: the sender's domain, its mta-sts host, and the portal.
 */
#include "base/limits.h"
#include "deliver/policies.h"
#include "deliver/preflight.h"
#include "net/http.h"

static enum errc get(struct preflight *p, const char *host, const char *path, struct http_answer *out, struct err *e)
{
	const struct network_config *net = &p->d->config->network;
	const char *const hosts[] = {host};
	const struct http_options o = {.hosts = hosts,
	    .n_hosts = 1,
	    .max = LIMIT_POLICY_BYTES,
	    .ca_file = net->ca_file,
	    .plain = net->plain,
	    .local = net->local,
	    .connect_to = net->connect_to};
	const char *url = host != NULL ? arena_printf(p->a, "https://%s%s", host, path) : NULL;
	enum errc rc;

	if (host == NULL || url == NULL)
		return err_memory(e);
	if ((rc = http_get(p->a, &o, url, out, e)) == ERR_REFUSED) {
		*out = (struct http_answer){.why = "no name that can be asked", .url = url, .type = ""};
		rc = OK;
	}
	return rc;
}

static const char *no_page(struct preflight *p, const struct http_answer *x)
{
	if (x->cut)
		return arena_printf(p->a, "%s is larger than %zu bytes", x->url, LIMIT_POLICY_BYTES);
	return x->status == 0 ? arena_printf(p->a, "%s: %s", x->url, x->why)
	                      : arena_printf(p->a, "%s: status %d", x->url, x->status);
}

/* ---- the portal -------------------------------------------------------------------------------------------------- */

/* Who may issue certificates for a name says the closest CAA record set at or above it (RFC 8659 3). */
static enum errc check_caa(struct preflight *p, const char *portal, struct err *e)
{
	struct dns_answer x = {0};
	const char *name = portal;
	enum errc rc;

	while (name != NULL) {
		if ((rc = preflight_ask(p, name, DNS_CAA, &x, e)) != OK)
			return rc;
		if (x.n != 0 || x.outcome == DNS_FAILED || x.outcome == DNS_FORGED)
			break;
		name = strchr(name, '.');
		name = name != NULL && strchr(name + 1, '.') != NULL ? name + 1 : NULL;
	}
	return preflight_row(p, "caa",
	    x.n != 0                      ? PREFLIGHT_PASSED
	        : x.outcome == DNS_FORGED ? PREFLIGHT_FAILED
	                                  : PREFLIGHT_WARNED,
	    preflight_todo(&x, arena_printf(p->a, "say which authority may issue certificates for %s: a CAA record (RFC 8659)", portal)),
	    e,
	    x.n != 0 ? arena_printf(p->a, "at %s: %s %s", name, x.v[0].tag, x.v[0].text)
	             : preflight_none(p, &x, "CAA record"));
}

static enum errc check_portal(struct preflight *p, struct err *e)
{
	const char *portal = p->d->config->portal;
	bool below = domain_is_within(span_str(portal), span_str(p->domain));
	struct http_answer x;
	enum errc rc;

	if (*portal == '\0')
		return preflight_row(p, "portal", PREFLIGHT_PASSED, "", e, "none is named");
	if ((rc = preflight_row(p, "portal", below ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
	         arena_printf(p->a, "the name in the notices belongs below %s, which their readers know", p->domain),
	         e, portal)) != OK ||
	    (rc = get(p, portal, "/", &x, e)) != OK)
		return rc;
	/* An answer, whatever it is, is one from a host whose certificate is of that name. */
	if ((rc = preflight_row(p, "portal https", x.status != 0 || x.cut ? PREFLIGHT_PASSED : PREFLIGHT_WARNED,
	         arena_printf(p->a,
	             "whoever types %s must find it before the first notice arrives: with HTTPS, and a certificate that browsers know",
	             portal),
	         e, x.status != 0 || x.cut ? arena_printf(p->a, "%s answers", portal) : no_page(p, &x))) != OK)
		return rc;
	return check_caa(p, portal, e);
}

/* ---- the sender's domain ----------------------------------------------------------------------------------------- */

static enum errc check_dnssec(struct preflight *p, struct err *e)
{
	const struct dns_answer *x = &p->mx;

	if (x->outcome == DNS_FORGED)
		return preflight_row(p, "dnssec", PREFLIGHT_FAILED,
		    "sign the zone anew: who checks signatures finds neither your keys nor your mail servers", e,
		    preflight_none(p, x, ""));
	return preflight_row(p, "dnssec", x->secure ? PREFLIGHT_PASSED : PREFLIGHT_WARNED,
	    preflight_todo(x, "sign the zone, so that nobody can forge what receivers find"), e,
	    x->secure                    ? "signed"
	        : x->outcome == DNS_FAILED ? preflight_none(p, x, "")
	                                   : "not signed, or not validated here");
}

static enum errc check_mta_sts(struct preflight *p, struct err *e)
{
	static const char advice[] =
	    "publish at _mta-sts: v=STSv1; id=1, and the policy: version: STSv1, mode: enforce, an mx: for each MX host, max_age: 604800 (RFC 8461)";
	const char *wrong;
	struct dns_answer x;
	struct http_answer page;
	size_t n;
	enum errc rc = preflight_ask(p, arena_printf(p->a, "_mta-sts.%s", p->domain), DNS_TXT, &x, e);

	if (rc != OK)
		return rc;
	(void)preflight_txt(&x, "v=STSv1", &n);
	if (n != 1)
		return preflight_row(p, "mta-sts",
		    n > 1 || x.outcome == DNS_FORGED ? PREFLIGHT_FAILED : PREFLIGHT_WARNED, preflight_todo(&x, advice), e,
		    n > 1 ? "more than one record" : preflight_none(p, &x, "MTA-STS record"));
	if ((rc = get(p, arena_printf(p->a, "mta-sts.%s", p->domain), "/.well-known/mta-sts.txt", &page, e)) != OK)
		return rc;
	wrong = page.status != 200 || page.cut ? no_page(p, &page) : mta_sts_wrong(page.body, &p->mx);
	if (wrong == NULL && mta_sts_is_testing(page.body))
		return preflight_row(p, "mta-sts", PREFLIGHT_WARNED, "mode: enforce, once nothing is reported", e,
		    "a policy that is only tried out");
	return preflight_row(p, "mta-sts", wrong == NULL ? PREFLIGHT_PASSED : PREFLIGHT_FAILED, advice, e,
	    wrong == NULL ? "a policy that names the MX hosts" : wrong);
}

static enum errc check_tls_rpt(struct preflight *p, struct err *e)
{
	struct dns_answer x;
	size_t n;
	span record;
	bool good;
	enum errc rc = preflight_ask(p, arena_printf(p->a, "_smtp._tls.%s", p->domain), DNS_TXT, &x, e);

	if (rc != OK)
		return rc;
	record = preflight_txt(&x, "v=TLSRPTv1", &n);
	good = n == 1 && preflight_tag(record, "rua").n != 0;
	return preflight_row(p, "tls-rpt",
	    good                                    ? PREFLIGHT_PASSED
	        : n != 0 || x.outcome == DNS_FORGED ? PREFLIGHT_FAILED
	                                            : PREFLIGHT_WARNED,
	    preflight_todo(&x, arena_printf(p->a,
	        "publish at _smtp._tls.%s: v=TLSRPTv1; rua=mailto:... (RFC 8460), and hear of answers that could not be delivered",
	        p->domain)),
	    e,
	    good         ? "reports are asked for"
	        : n > 1  ? "more than one record"
	        : n == 1 ? "a record without rua="
	                 : preflight_none(p, &x, "TLS-RPT record"));
}

static enum errc check_security_txt(struct preflight *p, struct err *e)
{
	const char *portal = p->d->config->portal, *wrong;
	struct http_answer x;
	enum errc rc = get(p, p->domain, "/.well-known/security.txt", &x, e);

	if (rc != OK)
		return rc;
	if (x.status != 200 || x.cut)
		return preflight_row(p, "security.txt", PREFLIGHT_WARNED,
		    arena_printf(p->a,
		        "publish https://%s/.well-known/security.txt with Contact and Expires (RFC 9116): that is where those look who doubt a notice",
		        p->domain),
		    e, no_page(p, &x));
	wrong = security_txt_wrong(x.body, p->d->now_utc);
	if (wrong == NULL && *portal != '\0' && !span_has_nocase(x.body, span_str(portal)))
		return preflight_row(p, "security.txt", PREFLIGHT_WARNED,
		    arena_printf(p->a, "let a line of https://%s/.well-known/security.txt, a comment will do, say that notices of these days name %s",
		        p->domain, portal),
		    e, "it names a contact, and does not name the portal");
	return preflight_row(p, "security.txt", wrong == NULL ? PREFLIGHT_PASSED : PREFLIGHT_FAILED,
	    arena_printf(p->a,
	        "correct https://%s/.well-known/security.txt: a Contact and one Expires that is still to come (RFC 9116)",
	        p->domain),
	    e, wrong == NULL ? "it names a contact" : wrong);
}

enum errc preflight_names(struct preflight *p, struct err *e)
{
	enum errc rc;

	if ((rc = check_portal(p, e)) != OK || (rc = check_dnssec(p, e)) != OK || (rc = check_mta_sts(p, e)) != OK ||
	    (rc = check_tls_rpt(p, e)) != OK)
		return rc;
	return check_security_txt(p, e);
}
