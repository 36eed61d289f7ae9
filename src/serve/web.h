/*
 * What fetch asks over HTTPS: issuers of identities, and the file by which a web site proves its domain. One host a question,
 * from the configuration's list or the domain asked for, found by our own resolver; public addresses only (but for the
 * witness, which only the configuration names), no redirect, bounded in time and size. Questions and answers are those of wire.h; an answer begins with what was asked.
 */
#ifndef TOCSIN_SERVE_WEB_H
#define TOCSIN_SERVE_WEB_H

#include "serve/config.h"
#include "serve/wire.h"

#define WEB_CLAIM_PATH "/.well-known/tocsin-claim"

struct web {
	const struct serve_config *c;
	const char **secrets; /* of the issuers, in their order; NULL: none */
	bool can;             /* libcurl is there */
};

/* Before the walls: libraries and secrets. Without libcurl there are no proofs by file, and neither issuers nor witness may be configured. */
MUST_CHECK enum errc web_open(struct web *w, struct arena *a, const struct serve_config *c, struct err *e);

/* tag, u32 issuer, domain; answered tag, u8 1, and of the metadata: issuer, tenant, authorization, token, jwks; or tag, u8 0. */
MUST_CHECK enum errc web_issuer(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e);
/* tag, u32 issuer, token address, jwks address, code, verifier; answered tag, u8 1, jwks, ID token; or tag, u8 0. */
MUST_CHECK enum errc web_token(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e);
/* What add-checkpoint is to be told; answered u32 status (0: none) and what it said. */
MUST_CHECK enum errc web_witness(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e);
/* domain; answered domain, u8 there, what stands in the file. */
MUST_CHECK enum errc web_file(const struct web *w, struct arena *a, span question, struct buf *out, struct err *e);

#endif
