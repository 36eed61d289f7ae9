/*
 * Two files that a domain shows the world, read as those do who rely on them: the policy of MTA-STS (RFC 8461) and security.txt
 * (RFC 9116). For our own before sending: only whether they hold. Bytes in, a word out; they come over TLS from hosts of our own
 * name, and nothing of them is kept.
 */
#ifndef TOCSIN_DELIVER_POLICIES_H
#define TOCSIN_DELIVER_POLICIES_H

#include "net/dns.h"

/* Why senders that follow this policy could not reach the hosts of mx, or would not follow it at all; NULL: neither. Static. */
const char *mta_sts_wrong(span policy, const struct dns_answer *mx);
/* A policy that is only tried out. */
bool mta_sts_is_testing(span policy);
/* A host as a line mx: names it; "*." stands for one label. */
bool mta_sts_matches(span pattern, span host);

/* Why nobody should believe this security.txt at that time, NULL: they may. Static. */
const char *security_txt_wrong(span text, int64_t now_utc);

#endif
