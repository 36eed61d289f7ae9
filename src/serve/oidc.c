#include "serve/oidc.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "serve/b64.h"
#include "serve/host.h"
#include "stream/json-read.h"

enum {
	SKEW_SECONDS = 60, ADDRESS_MAX = 1000, TENANT_MAX = 64, SUBJECT_MAX = 255, /* Core 2: sub is at most that */
	RSA_LEAST = 256, RSA_MOST = 1024, EXPONENT_MOST = 4, P256 = 32,
};

static enum errc bad(struct err *e, const char *what) { return err_set(e, ERR_EVIDENCE, "sign-on: %s", what); }

static span member(const struct json_node *n, const char *name)
{
	const struct json_node *m = json_member(n, name);

	return m != NULL && m->type == JSON_STRING ? m->text : SPAN_EMPTY;
}

const char *oidc_address(struct arena *a, const char *issuer, span word)
{
	size_t at = span_find(span_str(issuer), SPAN_LIT(OIDC_TENANT));

	if (issuer[at] == '\0')
		return issuer;
	return arena_printf(a, "%.*s%.*s%s", (int)at, issuer, (int)word.n, (const char *)word.p, issuer + at +
	    strlen(OIDC_TENANT));
}

/* ---- metadata ------------------------------------------------------------------------------------------------------- */

static bool tenant_ok(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '-')
			return false;
	return s.n != 0 && s.n <= TENANT_MAX;
}

/* Is it one of the issuer's addresses, and which tenant's? */
static bool issuer_ok(const char *issuer, span said, span *tenant)
{
	span want = span_str(issuer), head, tail;
	size_t at = span_find(want, SPAN_LIT(OIDC_TENANT));

	*tenant = SPAN_EMPTY;
	if (at == want.n)
		return span_eq(said, want);
	head = span_first(want, at);
	tail = span_from(want, at + strlen(OIDC_TENANT));
	if (said.n < head.n + tail.n || !span_starts(said, head) || !span_eq(span_from(said, said.n - tail.n), tail))
		return false;
	*tenant = span_sub(said, head.n, said.n - head.n - tail.n);
	return tenant_ok(*tenant);
}

static bool address_ok(span s)
{
	if (!span_starts(s, SPAN_LIT("https://")) || s.n > ADDRESS_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || ascii_is_one_of(s.p[i], "\"'<>\\^`{|}#"))
			return false;
	return true;
}

static bool address_read(struct arena *a, const struct json_node *n, const char *name, const char **out)
{
	span s = member(n, name);

	return address_ok(s) && (*out = arena_cstr(a, s)) != NULL;
}

/* Is its host one of those? */
static bool host_ok(const struct oidc_issuer *s, span address)
{
	span host;
	unsigned port;

	return host_of(address, &host, &port) && host_among(host, s->hosts, s->n_hosts);
}

bool oidc_metadata_ok(const struct oidc_issuer *s, const struct oidc_said *x)
{
	const span addresses[] = {x->authorization, x->token, x->jwks};
	span tenant;

	if (!address_ok(x->issuer) || !issuer_ok(s->issuer, x->issuer, &tenant) || !span_eq(tenant, x->tenant))
		return false;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		if (!address_ok(addresses[i]) || !host_ok(s, addresses[i]))
			return false;
	return true;
}

enum errc oidc_metadata_read(struct arena *a, const char *issuer, span json, struct oidc_metadata *out, struct err *e)
{
	struct json_node *n;
	span tenant;

	*out = (struct oidc_metadata){0};
	if (json_read_strict(a, json, &n, NULL) != OK || n->type != JSON_OBJECT)
		return bad(e, "metadata that are no JSON");
	if (!issuer_ok(issuer, member(n, "issuer"), &tenant))
		return bad(e, "metadata of another issuer");
	if (!address_read(a, n, "authorization_endpoint", &out->authorization) ||
	    !address_read(a, n, "token_endpoint", &out->token) || !address_read(a, n, "jwks_uri", &out->jwks))
		return bad(e, "metadata without its addresses");
	out->issuer = arena_cstr(a, member(n, "issuer"));
	out->tenant = arena_cstr(a, tenant);
	return out->issuer != NULL && out->tenant != NULL ? OK : err_memory(e);
}

enum errc oidc_answer_read(struct arena *a, span json, span *id_token, struct err *e)
{
	struct json_node *n;

	*id_token = SPAN_EMPTY;
	if (json_read_strict(a, json, &n, NULL) != OK || n->type != JSON_OBJECT)
		return bad(e, "an answer that is no JSON");
	*id_token = member(n, "id_token");
	return id_token->n != 0 ? OK : bad(e, "an answer without an ID token");
}

/* ---- keys (RFC 7517, 7518) ------------------------------------------------------------------------------------------ */

enum alg { ALG_NONE, ALG_RS256, ALG_ES256 };

static enum alg alg_of(span name)
{
	return span_eq(name, SPAN_LIT("RS256")) ? ALG_RS256 : span_eq(name, SPAN_LIT("ES256")) ? ALG_ES256 : ALG_NONE;
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *b)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	return key;
}

static EVP_PKEY *rsa_key(struct arena *a, const struct json_node *jwk)
{
	OSSL_PARAM_BLD *b;
	BIGNUM *modulus, *exponent;
	EVP_PKEY *key = NULL;
	span n, x;

	if (!b64_read(a, member(jwk, "n"), &n) || !b64_read(a, member(jwk, "e"), &x) || n.n < RSA_LEAST || n.n > RSA_MOST ||
	    n.p[0] == 0 || x.n == 0 || x.n > EXPONENT_MOST || (x.p[x.n - 1] & 1) == 0 || (x.n == 1 && x.p[0] == 1))
		return NULL;
	b = OSSL_PARAM_BLD_new();
	modulus = BN_bin2bn(n.p, (int)n.n, NULL);
	exponent = BN_bin2bn(x.p, (int)x.n, NULL);
	if (b != NULL && modulus != NULL && exponent != NULL && OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		key = key_from("RSA", b);
	BN_free(modulus);
	BN_free(exponent);
	OSSL_PARAM_BLD_free(b);
	return key;
}

static EVP_PKEY *ec_key(const struct json_node *jwk)
{
	unsigned char point[1 + 2 * P256] = {4}; /* SEC 1, 2.3.3: not compressed */
	OSSL_PARAM_BLD *b;
	EVP_PKEY *key = NULL;

	if (!span_eq(member(jwk, "crv"), SPAN_LIT("P-256")) || !b64_read_n(member(jwk, "x"), point + 1, P256) ||
	    !b64_read_n(member(jwk, "y"), point + 1 + P256, P256))
		return NULL;
	b = OSSL_PARAM_BLD_new();
	if (b != NULL && OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) == 1)
		key = key_from("EC", b);
	OSSL_PARAM_BLD_free(b);
	return key;
}

/* A key that may have made this signature: by its type, and by its name where the token names one. */
static bool may_be(const struct json_node *jwk, enum alg alg, span kid)
{
	span use = member(jwk, "use"), of = member(jwk, "alg");

	return span_eq(member(jwk, "kty"), alg == ALG_RS256 ? SPAN_LIT("RSA") : SPAN_LIT("EC")) &&
	    (use.n == 0 || span_eq(use, SPAN_LIT("sig"))) && (of.n == 0 || alg_of(of) == alg) &&
	    (kid.n == 0 || span_eq(member(jwk, "kid"), kid));
}

/* ---- signatures (RFC 7515) ------------------------------------------------------------------------------------------ */

/* Two numbers one behind the other (RFC 7518 3.4), which OpenSSL wants as DER. */
static bool ec_der(span raw, unsigned char **der, int *n)
{
	ECDSA_SIG *s = ECDSA_SIG_new();
	BIGNUM *r = NULL, *t = NULL;

	*der = NULL;
	if (s != NULL && raw.n == 2 * P256) {
		r = BN_bin2bn(raw.p, P256, NULL);
		t = BN_bin2bn(raw.p + P256, P256, NULL);
	}
	if (r != NULL && t != NULL && ECDSA_SIG_set0(s, r, t) == 1) {
		r = t = NULL;
		*n = i2d_ECDSA_SIG(s, der);
	}
	BN_free(r);
	BN_free(t);
	ECDSA_SIG_free(s);
	return *der != NULL && *n > 0;
}

static bool holds(EVP_PKEY *key, enum alg alg, span text, span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	bool good = false;
	int n = 0;

	if (alg == ALG_ES256 && ec_der(signature, &der, &n))
		signature = span_of(der, (size_t)n);
	else if (alg == ALG_ES256)
		signature = SPAN_EMPTY;
	if (ctx != NULL && signature.n != 0 && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1)
		good = EVP_DigestVerify(ctx, signature.p, signature.n, text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	OPENSSL_free(der);
	return good;
}

static enum errc signature_verify(struct arena *a, span jwks, enum alg alg, span kid, span text, span signature,
    struct err *e)
{
	const struct json_node *keys;
	struct json_node *n;
	bool met = false, good = false;

	if (json_read_strict(a, jwks, &n, NULL) != OK || (keys = json_member(n, "keys")) == NULL || keys->type != JSON_ARRAY)
		return bad(e, "keys that are no key set");
	for (const struct json_node *k = keys->child; k != NULL && !good; k = k->next) {
		EVP_PKEY *key = NULL;

		if (may_be(k, alg, kid))
			key = alg == ALG_RS256 ? rsa_key(a, k) : ec_key(k);
		met |= key != NULL;
		good = key != NULL && holds(key, alg, text, signature);
		EVP_PKEY_free(key);
	}
	if (good)
		return OK;
	return bad(e, met ? "a signature that does not hold" : "no key that may have signed it");
}

/* header.payload.signature, in the one form that base64url has; text is what was signed. */
static bool token_split(struct arena *a, span token, span *header, span *payload, span *signature, span *text)
{
	size_t one = span_find_byte(token, '.'), two;
	span rest = span_from(token, one + 1);

	two = span_find_byte(rest, '.');
	if (one == token.n || two == rest.n)
		return false;
	*text = span_first(token, one + 1 + two);
	return b64_read(a, span_first(token, one), header) && b64_read(a, span_first(rest, two), payload) &&
	    b64_read(a, span_from(rest, two + 1), signature);
}

/* ---- claims (Core 3.1.3.7) ------------------------------------------------------------------------------------------ */

static bool time_read(const struct json_node *n, const char *name, int64_t *out)
{
	const struct json_node *m = json_member(n, name);
	uint64_t said = 0;
	bool there = m != NULL && m->type == JSON_NUMBER && span_number(m->text, 999999999999, &said);

	*out = (int64_t)said;
	return there;
}

/* For us, and where for others as well, made for us. */
static bool audience_ok(const struct json_node *n, span client)
{
	const struct json_node *aud = json_member(n, "aud"), *azp = json_member(n, "azp");
	bool ours = false, others = false;

	if (aud == NULL || (aud->type != JSON_STRING && aud->type != JSON_ARRAY))
		return false;
	for (const struct json_node *x = aud->type == JSON_ARRAY ? aud->child : aud; x != NULL;
	    x = aud->type == JSON_ARRAY ? x->next : NULL) {
		bool us = x->type == JSON_STRING && span_eq(x->text, client);

		ours |= us;
		others |= !us;
	}
	if (azp != NULL ? azp->type != JSON_STRING || !span_eq(azp->text, client) : others)
		return false;
	return ours;
}

static enum errc times_verify(const struct json_node *n, const struct oidc_expected *x, struct err *e)
{
	int64_t expires, issued, before;

	if (!time_read(n, "exp", &expires) || !time_read(n, "iat", &issued))
		return bad(e, "a token without its times");
	if (expires <= x->now - SKEW_SECONDS)
		return bad(e, "a token that has expired");
	if (issued > x->now + SKEW_SECONDS || issued < x->asked - SKEW_SECONDS)
		return bad(e, "a token of another time");
	if (json_member(n, "nbf") != NULL && (!time_read(n, "nbf", &before) || before > x->now + SKEW_SECONDS))
		return bad(e, "a token that is not yet valid");
	return OK;
}

/* The organisation's: what the issuer vouches for, and no address. */
static bool organisation_ok(const struct json_node *n, const struct oidc_expected *x)
{
	const struct json_node *m;

	if (x->domain_claim == NULL)
		return x->tenant.n != 0 && span_eq(member(n, "tid"), x->tenant);
	m = json_member(n, x->domain_claim);
	if (m == NULL || x->domain.n == 0)
		return false;
	if (m->type == JSON_STRING)
		return span_eq_nocase(m->text, x->domain);
	for (const struct json_node *d = m->type == JSON_ARRAY ? m->child : NULL; d != NULL; d = d->next)
		if (d->type == JSON_STRING && span_eq_nocase(d->text, x->domain))
			return true;
	return false;
}

static enum errc claims_verify(struct arena *a, const struct oidc_expected *x, span payload, span *subject, struct err *e)
{
	struct json_node *n;
	span nonce;
	enum errc rc;

	if (json_read_strict(a, payload, &n, NULL) != OK || n->type != JSON_OBJECT)
		return bad(e, "a token that is no JSON");
	if (!span_eq(member(n, "iss"), x->issuer) || x->issuer.n == 0)
		return bad(e, "a token of another issuer");
	if (!audience_ok(n, x->client_id))
		return bad(e, "a token for somebody else");
	nonce = member(n, "nonce");
	if (x->nonce.n == 0 || nonce.n != x->nonce.n || CRYPTO_memcmp(nonce.p, x->nonce.p, nonce.n) != 0)
		return bad(e, "a token of another sign-on");
	if ((rc = times_verify(n, x, e)) != OK)
		return rc;
	*subject = arena_copy(a, member(n, "sub"));
	if (subject->n == 0 || subject->n > SUBJECT_MAX)
		return bad(e, "a token of nobody");
	return organisation_ok(n, x) ? OK : bad(e, "an account of another organisation");
}

enum errc oidc_verify(struct arena *a, const struct oidc_expected *x, span jwks, span id_token, span *subject, struct err *e)
{
	span head, payload, signature, text, type;
	struct json_node *header;
	enum alg alg;
	enum errc rc;

	*subject = SPAN_EMPTY;
	if (!token_split(a, id_token, &head, &payload, &signature, &text))
		return bad(e, "no token");
	if (json_read_strict(a, head, &header, NULL) != OK || header->type != JSON_OBJECT)
		return bad(e, "a token without a header");
	type = member(header, "typ");
	/* RFC 7515 4.1.11: what is critical and not understood is refused; we understand nothing of that kind. */
	if (json_member(header, "crit") != NULL || (type.n != 0 && !span_eq_nocase(type, SPAN_LIT("JWT"))))
		return bad(e, "a token of another kind");
	if ((alg = alg_of(member(header, "alg"))) == ALG_NONE)
		return bad(e, "a token that is not signed as it must be");
	if ((rc = signature_verify(a, jwks, alg, member(header, "kid"), text, signature, e)) != OK)
		return rc;
	return claims_verify(a, x, payload, subject, e);
}
