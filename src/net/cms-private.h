/* Certificates and times of CMS, for the formats that are built on it. */
#ifndef TOCSIN_NET_CMS_PRIVATE_H
#define TOCSIN_NET_CMS_PRIVATE_H

#include <openssl/x509.h>

#include "base/span.h"

/* Of PEM, however many there are; NULL when out of memory. */
STACK_OF(X509) *cms_certificates(span pem);
/* That trusts them, as of a time unless it is TIME_NONE; NULL when out of memory. */
X509_STORE *cms_store(STACK_OF(X509) *ca, int64_t when_utc);
int64_t cms_time(const ASN1_TIME *t); /* TIME_NONE for NULL and for what is no time */

#endif
