/*
 * What an OpenID Connect issuer says (OpenID Connect Core 1.0, Discovery 1.0), checked from bytes: its metadata, the answer
 * of its token endpoint, an ID token with the keys that it may be signed with. It proves one thing here, that somebody
 * has an account with the organisation that has a domain, and it proves it by what the issuer itself vouches for: its
 * tenant, or the domain that it has verified. An address is never looked at. RS256 and ES256; everything else, "none"
 * and keys that are shared among them, is refused. Pure functions: no clock, no file, no network.
 */
#ifndef TOCSIN_SERVE_OIDC_H
#define TOCSIN_SERVE_OIDC_H

#include "base/arena.h"

/* In an issuer's address: the tenant, for issuers that have one address for each. */
#define OIDC_TENANT "{tenant}"
/* Where issuers send people back to: the page. */
#define OIDC_RETURN "/oidc"

struct oidc_issuer {
	const char *issuer;       /* as its tokens must say; may hold OIDC_TENANT once */
	const char *name;
	const char *client_id, *secret_file; /* secret_file: or NULL */
	const char *domain_claim; /* which claim is the verified domain; NULL: it goes by tenant */
	const char *const *hosts; /* that may be asked and sent to: the issuer's own and those named */
	size_t n_hosts;
};

/* issuer with word for OIDC_TENANT; NULL when out of memory. */
const char *oidc_address(struct arena *a, const char *issuer, span word);

struct oidc_metadata { const char *issuer, *tenant, *authorization, *token, *jwks; /* tenant: "" without */ };
/* Metadata of the issuer that was asked. ERR_EVIDENCE: it is none, or another one's. */
MUST_CHECK enum errc oidc_metadata_read(struct arena *a, const char *issuer, span json, struct oidc_metadata *out,
    struct err *e);

/* The same as another process says that it read it: whoever sends a browser there looks once more, and at the hosts too. */
struct oidc_said { span issuer, tenant, authorization, token, jwks; };
bool oidc_metadata_ok(const struct oidc_issuer *s, const struct oidc_said *x);

/* The ID token out of what the token endpoint answered. */
MUST_CHECK enum errc oidc_answer_read(struct arena *a, span json, span *id_token, struct err *e);

struct oidc_expected {
	span issuer, client_id, nonce;
	const char *domain_claim;  /* must be, or hold, that domain; or NULL: */
	span domain, tenant;       /* "tid" must be that tenant */
	int64_t now, asked;        /* when we sent him there */
};
/* ERR_EVIDENCE and why (words of ours only) when anything is not as it must be. subject: in the arena. */
MUST_CHECK enum errc oidc_verify(struct arena *a, const struct oidc_expected *x, span jwks, span id_token, span *subject,
    struct err *e);

#endif
