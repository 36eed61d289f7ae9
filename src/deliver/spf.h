/*
 * Sender Policy Framework (RFC 7208): may this address send mail for that domain? For our own pre-flight, which wants to know what a
 * receiver will find. Macros are not expanded: a record that needs them for its answer is SPF_UNSURE.
 */
#ifndef TOCSIN_DELIVER_SPF_H
#define TOCSIN_DELIVER_SPF_H

#include "net/dns.h"

enum spf_result {
	SPF_NONE,      /* no record */
	SPF_NEUTRAL, SPF_PASS, SPF_FAIL, SPF_SOFTFAIL,
	SPF_TEMPERROR, /* the DNS did not answer */
	SPF_PERMERROR, /* a record that is wrong, or more than ten lookups (4.6.4) */
	SPF_UNSURE,    /* it has macros, which are not expanded here */
};

/* address is IPv4 or IPv6 as text. *why: the mechanism that decided, or what is wrong; in the arena. Errors are the world's. */
MUST_CHECK enum errc spf_check(struct dns *d, struct arena *a, const char *address, const char *domain, enum spf_result *out,
    const char **why, struct err *e);
const char *spf_result_name(enum spf_result r);

#endif
