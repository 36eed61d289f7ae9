/*
 * Time stamps (RFC 3161) by OpenSSL: somebody who knows nothing but a digest signs when he saw it. The request is a file to be
 * sent, the reply one that came back; neither is carried by us. SHA-256 throughout, no nonce: the digest is unique by itself.
 */
#ifndef TOCSIN_NET_STAMP_H
#define TOCSIN_NET_STAMP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"

/* Appends the DER of a TimeStampReq that asks for the authority's certificate, too. */
MUST_CHECK enum errc stamp_request(const struct digest *of, struct buf *der, struct err *e);

struct stamp {
	struct digest of;
	int64_t when_utc; /* seconds; fractions are cut off */
	const char *by;   /* common name of the certificate that signed */
};
/*
 * der, a TimeStampResp, is hostile. *why is NULL when it is signed by a certificate for time stamping that leads to one of ca_pem, as of the
 * time that it states; else in words. out->of tells what was stamped also then, when it can be read.
 */
MUST_CHECK enum errc stamp_check(struct arena *a, span der, span ca_pem, struct stamp *out, const char **why, struct err *e);

#endif
