/*
 * What a browser and its authenticator say for a passkey (W3C Web Authentication 2, sections 7.1 and 7.2),
 * checked from bytes: the client data strictly as JSON, the attestation object as CBOR of exactly three
 * members, the authenticator data by hand before libfido2 sees it. Attestation is not asked for and not looked
 * at. Pure functions: no clock, no file, no state; a challenge is compared here, that it is used once is its
 * owner's business.
 */
#ifndef TOCSIN_SERVE_WEBAUTHN_H
#define TOCSIN_SERVE_WEBAUTHN_H

#include "base/arena.h"
#include "base/digest.h"

/* Whose passkeys: the relying party's id is the host, the origin is "https://HOST[:PORT]". */
struct webauthn { const char *rp_id, *origin; };

enum { WEBAUTHN_KEY_MAX = 600, WEBAUTHN_CREDENTIAL_MAX = 1023 };

struct webauthn_passkey {
	span id;                /* in the arena */
	int64_t alg;            /* COSE: -7 ES256, -8 EdDSA, -257 RS256 */
	span key;               /* as libfido2 has it; in the arena */
	uint32_t counter;
};

/* Once, before the walls and before the others: loads what they call. ERR_WORLD: a library is not there. */
MUST_CHECK enum errc webauthn_load(struct err *e);

/* ERR_EVIDENCE and why when anything is not as it must be. */
MUST_CHECK enum errc webauthn_register(struct arena *a, const struct webauthn *w, span challenge, span client_data,
    span attestation,
    struct webauthn_passkey *out, struct err *e);

struct webauthn_assertion { span challenge, client_data, auth_data, signature; int64_t alg; span key; };
MUST_CHECK enum errc webauthn_assert(struct arena *a, const struct webauthn *w, const struct webauthn_assertion *x,
    uint32_t *counter,
    struct err *e);

/* "webauthn.create" or "webauthn.get", this challenge, this origin, not within another site's frame. */
MUST_CHECK enum errc webauthn_client_data(struct arena *a, const struct webauthn *w, const char *type, span challenge,
    span client_data,
    struct err *e);
/* authData out of {"fmt", "attStmt", "authData"}: no other member, none twice, nothing behind. In the arena. */
MUST_CHECK enum errc webauthn_attestation(struct arena *a, span attestation, span *auth_data, struct err *e);

#endif
