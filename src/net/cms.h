/*
 * S/MIME (RFC 8551) by OpenSSL's CMS: detached signatures for multipart/signed, and enveloped data. Wire formats without
 * policy. Entities are MIME with CRLF line ends. With RSA keys a signature is deterministic: its time is given.
 */
#ifndef TOCSIN_NET_CMS_H
#define TOCSIN_NET_CMS_H

#include "base/arena.h"
#include "base/buf.h"

/* Before walls: has OpenSSL and the C library open what they look up. */
MUST_CHECK enum errc cms_ready(struct err *e);

struct cms_identity; /* certificate, its chain, and its private key */
MUST_CHECK enum errc cms_identity_read(span certificates_pem, span key_pem, struct cms_identity **out, struct err *e);
void cms_identity_free(struct cms_identity *i);

/* Appends the DER of the signature over the entity. */
MUST_CHECK enum errc cms_sign(const struct cms_identity *i, span entity, int64_t when_utc, struct buf *der, struct err *e);

struct cms_signer {
	const char *name;      /* of the certificate, for people */
	struct { const char **v; size_t n; } addresses; /* mail addresses the certificate is for */
	int64_t when_utc;      /* as the signer says; TIME_NONE */
};
/*
 * *why is NULL when the signature fits and its certificate leads to one of ca_pem, as of the time of signing; else in words.
 * der is hostile.
 */
MUST_CHECK enum errc cms_check(struct arena *a, span der, span entity, span ca_pem, struct cms_signer *out, const char **why,
    struct err *e);

/* *why is NULL when the first certificate is one to encrypt to for that address and time; else what is wrong with it. */
MUST_CHECK enum errc cms_recipient_check(span certificates_pem, span address, int64_t when_utc, const char **why, struct err *e);

/* Appends the DER of the entity encrypted (AES-256) to each of the certificates. Different bytes each time. */
MUST_CHECK enum errc cms_encrypt(span entity, span certificates_pem, struct buf *der, struct err *e);

#endif
