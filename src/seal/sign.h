/*
 * The signer of bundles and exports: an Ed25519 key that is derived from the case key and never written. What it signs is a
 * minisign file in the plain form ("Ed": over the bytes themselves), which WebCrypto can check; proof/keys.h reads it.
 */
#ifndef TOCSIN_SEAL_SIGN_H
#define TOCSIN_SEAL_SIGN_H

#include "base/buf.h"
#include "proof/keys.h"

struct seal_signer { struct verify_key public; unsigned char secret[64]; };

/* From 32 secret bytes (a case key). The caller wipes it. */
MUST_CHECK enum errc sign_derive(span key, struct seal_signer *out, struct err *e);
/* A signature file over bytes, appended. comment: the trusted one, on one line. */
MUST_CHECK enum errc sign_put(const struct seal_signer *s, span bytes, const char *comment, struct buf *out, struct err *e);
#endif
