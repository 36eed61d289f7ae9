/*
 * What the families of checks before sending share: each check is a row with what was found and, where it is not as it should be,
 * what to do. A failed one keeps mail from leaving; a warned one is said.
 */
#ifndef TOCSIN_DELIVER_PREFLIGHT_H
#define TOCSIN_DELIVER_PREFLIGHT_H

#include "deliver/private.h"
#include "net/dns.h"

struct preflight {
	const struct deliver *d;
	struct arena *a;
	struct dns *dns;
	struct deliver_preflight *out;
	int64_t seq;
	const char *received; /* a mail that went through our mail server, or NULL */
	const char *domain;  /* of the sender's address */
	bool verified;       /* every mail is signed, with keys that are published: preflight_mails */
	struct dns_answer mx; /* of domain; asked by check_hosts, which comes first */
};

/* name, found or advice NULL: out of memory. */
MUST_CHECK enum errc preflight_row(struct preflight *p, const char *name, enum preflight_state state, const char *advice, struct err *e,
    const char *found);
/* dns_ask; name NULL: out of memory. */
MUST_CHECK enum errc preflight_ask(struct preflight *p, const char *name, enum dns_type type, struct dns_answer *out, struct err *e);
/* What an answer without the record says: "no MX record", or why nobody knows. */
const char *preflight_none(struct preflight *p, const struct dns_answer *x, const char *what);
/* What to do: with an answer that says nothing, or that is forged, not what the check would advise. */
const char *preflight_todo(const struct dns_answer *x, const char *advice);
/* The one TXT record that begins so; *n is how many do. */
span preflight_txt(const struct dns_answer *x, const char *begin, size_t *n);
/* "p" of "v=DMARC1; p=reject; adkim=s" */
span preflight_tag(span record, const char *tag);

/* preflight-mail.c: the mails as they will leave, and that their signatures verify with the keys that are published. */
MUST_CHECK enum errc preflight_mails(struct preflight *p, struct err *e);
/* preflight-received.c: the row "signatures" where the mail server signs, from a mail as it arrived. */
MUST_CHECK enum errc preflight_received(struct preflight *p, const char *path, struct err *e);
/* preflight-web.c: what is around them: the portal's name, CAA, DNSSEC, MTA-STS, TLS-RPT, our security.txt. */
MUST_CHECK enum errc preflight_names(struct preflight *p, struct err *e);

#endif
