#include "serve/webauthn.h"

#include <cbor.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/library.h"
#include "serve/b64.h"
#include "stream/json-read.h"

#define FIDO_CALLS(X) \
	X(assert_free) X(assert_new) X(assert_set_authdata_raw) X(assert_set_clientdata) X(assert_set_count) \
	X(assert_set_extensions) X(assert_set_rp) X(assert_set_sig) X(assert_set_up) X(assert_set_uv) X(assert_verify) X(cred_free) \
	X(cred_id_len) X(cred_id_ptr) X(cred_new) X(cred_pubkey_len) X(cred_pubkey_ptr) X(cred_set_authdata_raw) X(cred_set_type) \
	X(cred_sigcount) X(cred_type) X(init)
#define KEY_CALLS(X) \
	X(eddsa_pk_free) X(eddsa_pk_from_ptr) X(eddsa_pk_new) X(es256_pk_free) X(es256_pk_from_ptr) X(es256_pk_new) \
	X(rs256_pk_free) X(rs256_pk_from_ptr) X(rs256_pk_new)
#define CBOR_CALLS(X) \
	X(bytestring_handle) X(bytestring_is_definite) X(bytestring_length) X(decref) X(isa_bytestring) X(isa_map) X(isa_string) \
	X(load) X(map_handle) X(map_is_definite) X(map_size) X(string_handle) X(string_is_definite) X(string_length)

static struct {
#define FIDO_CALL(name) __typeof__(fido_##name) *name;
#define KEY_CALL(name) __typeof__(name) *name;
	FIDO_CALLS(FIDO_CALL)
	KEY_CALLS(KEY_CALL)
#undef FIDO_CALL
#undef KEY_CALL
} fido;

static struct {
#define CBOR_CALL(name) __typeof__(cbor_##name) *name;
	CBOR_CALLS(CBOR_CALL)
#undef CBOR_CALL
} cbor;

#define FIDO_NAME(name) {"fido_" #name, &fido.name},
#define KEY_NAME(name) {#name, &fido.name},
#define CBOR_NAME(name) {"cbor_" #name, &cbor.name},
static const struct library_name fido_names[] = {FIDO_CALLS(FIDO_NAME) KEY_CALLS(KEY_NAME)}, cbor_names[] = {CBOR_CALLS(CBOR_NAME)};
#undef FIDO_NAME
#undef KEY_NAME
#undef CBOR_NAME
static struct library fido_library = LIBRARY(SONAME_FIDO2, fido_names), cbor_library = LIBRARY(SONAME_CBOR, cbor_names);

enum errc webauthn_load(struct err *e)
{
	enum errc rc;

	if ((rc = library_load(&fido_library, e)) == OK && (rc = library_load(&cbor_library, e)) == OK)
		fido.init(0);
	return rc;
}

enum { FLAG_UP = 1, FLAG_UV = 4, FLAG_AT = 0x40, FLAG_ED = 0x80 };
enum { AUTH_DATA_LEAST = 37, AT_LEAST = AUTH_DATA_LEAST + 16 + 2, DEPTH = 8 };

static enum errc bad(struct err *e, const char *what) { return err_set(e, ERR_EVIDENCE, "passkey: %s", what); }

/* ---- client data ----------------------------------------------------------------------------------------------- */

static bool member_is(const struct json_node *n, const char *name, span want)
{
	const struct json_node *m = json_member(n, name);

	return m != NULL && m->type == JSON_STRING && span_eq(m->text, want);
}

/* Browsers may add members (5.8.1), so others are passed over; a repeated one is refused by the strict reader. */
enum errc webauthn_client_data(struct arena *a, const struct webauthn *w, const char *type, span challenge,
    span client_data, struct err *e)
{
	const struct json_node *cross;
	struct json_node *n;
	const char *want = b64_text(a, challenge);

	if (want == NULL)
		return err_memory(e);
	if (json_read_strict(a, client_data, &n, NULL) != OK || n->type != JSON_OBJECT)
		return bad(e, "client data that are no JSON");
	if (!member_is(n, "type", span_str(type)))
		return bad(e, "client data of another type");
	if (challenge.n == 0 || !member_is(n, "challenge", span_str(want)))
		return bad(e, "another challenge");
	if (!member_is(n, "origin", span_str(w->origin)))
		return bad(e, "another origin");
	cross = json_member(n, "crossOrigin");
	if ((cross != NULL && cross->type != JSON_FALSE) || json_member(n, "topOrigin") != NULL)
		return bad(e, "made within another site's page");
	return OK;
}

/* ---- CBOR ---------------------------------------------------------------------------------------------------------- */

/*
 * One item off the front, with all that it holds: definite lengths only (CTAP2's canonical form has no others),
 * no tags, nothing that says to hold more than there are bytes. The libraries take memory for what a length
 * says before they look whether it is there.
 */
static bool item_take(span *rest, unsigned depth)
{
	unsigned char head = rest->n != 0 ? rest->p[0] : 0xff, major = head >> 5, info = head & 31;
	size_t extra = info < 24 ? 0 : (size_t)1 << (info - 24);
	uint64_t n = info;

	if (info > 27 || major == 6 || depth > DEPTH || rest->n < 1 + extra)
		return false;
	if (extra != 0)
		n = 0;
	for (size_t i = 1; i <= extra; i++)
		n = n << 8 | rest->p[i];
	*rest = span_from(*rest, 1 + extra);
	if (major == 0 || major == 1 || major == 7)
		return true;
	if (n > rest->n)
		return false;
	if (major == 2 || major == 3) {
		*rest = span_from(*rest, (size_t)n);
		return true;
	}
	for (uint64_t i = major == 5 ? 2 * n : n; i != 0; i--)
		if (!item_take(rest, depth + 1))
			return false;
	return true;
}

/* ---- attestation object ----------------------------------------------------------------------------------------- */

static bool key_is(const cbor_item_t *k, const char *name)
{
	return cbor.isa_string(k) && cbor.string_is_definite(k) && cbor.string_length(k) == strlen(name) &&
	    memcmp(cbor.string_handle(k), name, strlen(name)) == 0;
}

static enum errc members(struct arena *a, const cbor_item_t *map, span *auth_data, struct err *e)
{
	const struct cbor_pair *p = cbor.map_handle(map);
	unsigned seen = 0;

	for (size_t i = 0; i < cbor.map_size(map); i++) {
		if (key_is(p[i].key, "fmt") && cbor.isa_string(p[i].value)) {
			seen |= 1;
		} else if (key_is(p[i].key, "attStmt") && cbor.isa_map(p[i].value)) {
			seen |= 2;
		} else if (key_is(p[i].key, "authData") && cbor.isa_bytestring(p[i].value) &&
		    cbor.bytestring_is_definite(p[i].value)) {
			seen |= 4;
			*auth_data = arena_copy(a, span_of(cbor.bytestring_handle(p[i].value),
			    cbor.bytestring_length(p[i].value)));
			if (auth_data->p == NULL)
				return err_memory(e);
		} else {
			return bad(e, "an attestation object with other members");
		}
	}
	/* Three members, all seen: so none stood twice. */
	return seen == 7 ? OK : bad(e, "an attestation object without its members");
}

enum errc webauthn_attestation(struct arena *a, span attestation, span *auth_data, struct err *e)
{
	struct cbor_load_result r;
	span rest = attestation;
	cbor_item_t *item;
	enum errc rc;

	if (!item_take(&rest, 0) || rest.n != 0)
		return bad(e, "an attestation object that is no CBOR, or not alone");
	item = cbor.load(attestation.p, attestation.n, &r);
	if (item == NULL)
		return bad(e, "an attestation object that is no CBOR");
	if (r.read != attestation.n || !cbor.isa_map(item) || !cbor.map_is_definite(item) || cbor.map_size(item) != 3)
		rc = bad(e, "an attestation object with other members");
	else
		rc = members(a, item, auth_data, e);
	cbor.decref(&item);
	return rc;
}

/* ---- authenticator data ----------------------------------------------------------------------------------------- */

/* The part that both have: for us, with a person there who was verified. */
static enum errc auth_data_check(const struct webauthn *w, span d, unsigned flags, struct err *e)
{
	struct digest rp;

	if (d.n < AUTH_DATA_LEAST)
		return bad(e, "authenticator data that are too short");
	sha256_of(span_str(w->rp_id), &rp);
	if (memcmp(d.p, rp.b, DIGEST_SIZE) != 0)
		return bad(e, "made for another site");
	if ((d.p[32] & flags) != flags)
		return bad(e, "nobody was verified");
	return OK;
}

/* Behind the fixed part: a key where there is one to be, extensions where a flag says so, and nothing else (6.1). */
static enum errc rest_check(span d, bool key, struct err *e)
{
	span rest = span_from(d, AUTH_DATA_LEAST);

	if (key && d.n >= AT_LEAST)
		rest = span_from(d, AT_LEAST + ((size_t)d.p[AT_LEAST - 2] << 8 | d.p[AT_LEAST - 1]));
	if (key && !item_take(&rest, 0))
		return bad(e, "authenticator data without a key");
	if ((d.p[32] & FLAG_ED) != 0 && !item_take(&rest, 0))
		return bad(e, "authenticator data without their extensions");
	return rest.n == 0 ? OK : bad(e, "authenticator data with something behind them");
}

/* libfido2 takes a credential of the type that it was told: so each in turn. */
static fido_cred_t *credential(span d, int alg)
{
	fido_cred_t *c = fido.cred_new();

	if (c != NULL && fido.cred_set_type(c, alg) == FIDO_OK && fido.cred_set_authdata_raw(c, d.p, d.n) == FIDO_OK)
		return c;
	fido.cred_free(&c);
	return NULL;
}

enum errc webauthn_register(struct arena *a, const struct webauthn *w, span challenge, span client_data, span attestation,
    struct webauthn_passkey *out, struct err *e)
{
	static const int algorithms[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};
	fido_cred_t *c = NULL;
	enum errc rc;
	span d;

	if ((rc = webauthn_client_data(a, w, "webauthn.create", challenge, client_data, e)) != OK ||
	    (rc = webauthn_attestation(a, attestation, &d, e)) != OK ||
	    (rc = auth_data_check(w, d, FLAG_UP | FLAG_UV | FLAG_AT, e)) != OK ||
	    (rc = rest_check(d, true, e)) != OK)
		return rc;
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0] && c == NULL; i++)
		c = credential(d, algorithms[i]);
	if (c == NULL)
		return bad(e, "a key of another kind");
	*out = (struct webauthn_passkey){.alg = fido.cred_type(c), .counter = fido.cred_sigcount(c)};
	out->id = arena_copy(a, span_of(fido.cred_id_ptr(c), fido.cred_id_len(c)));
	out->key = arena_copy(a, span_of(fido.cred_pubkey_ptr(c), fido.cred_pubkey_len(c)));
	if (out->id.p == NULL || out->key.p == NULL)
		rc = err_memory(e);
	else if (out->id.n == 0 || out->id.n > WEBAUTHN_CREDENTIAL_MAX || out->key.n == 0 || out->key.n > WEBAUTHN_KEY_MAX)
		rc = bad(e, "an id or a key of no sensible length");
	fido.cred_free(&c);
	return rc;
}

/* ---- assertion --------------------------------------------------------------------------------------------------- */

union public_key { es256_pk_t *es256; eddsa_pk_t *eddsa; rs256_pk_t *rs256; void *any; };

static bool key_load(int64_t alg, span key, union public_key *k)
{
	switch (alg) {
	case COSE_ES256: return (k->es256 = fido.es256_pk_new()) != NULL && fido.es256_pk_from_ptr(k->es256, key.p, key.n) == FIDO_OK;
	case COSE_EDDSA: return (k->eddsa = fido.eddsa_pk_new()) != NULL && fido.eddsa_pk_from_ptr(k->eddsa, key.p, key.n) == FIDO_OK;
	case COSE_RS256: return (k->rs256 = fido.rs256_pk_new()) != NULL && fido.rs256_pk_from_ptr(k->rs256, key.p, key.n) == FIDO_OK;
	default: return false;
	}
}

static void key_free(int64_t alg, union public_key *k)
{
	if (alg == COSE_ES256)
		fido.es256_pk_free(&k->es256);
	else if (alg == COSE_EDDSA)
		fido.eddsa_pk_free(&k->eddsa);
	else if (alg == COSE_RS256)
		fido.rs256_pk_free(&k->rs256);
}

static bool verified(const struct webauthn *w, const struct webauthn_assertion *x, const void *key, int extensions)
{
	fido_assert_t *f = fido.assert_new();
	bool good = f != NULL && fido.assert_set_clientdata(f, x->client_data.p, x->client_data.n) == FIDO_OK &&
	    fido.assert_set_rp(f, w->rp_id) == FIDO_OK && fido.assert_set_up(f, FIDO_OPT_TRUE) == FIDO_OK &&
	    fido.assert_set_uv(f, FIDO_OPT_TRUE) == FIDO_OK && fido.assert_set_extensions(f, extensions) == FIDO_OK &&
	    fido.assert_set_count(f, 1) == FIDO_OK && fido.assert_set_authdata_raw(f, 0, x->auth_data.p,
	    x->auth_data.n) == FIDO_OK &&
	    fido.assert_set_sig(f, 0, x->signature.p, x->signature.n) == FIDO_OK &&
	    fido.assert_verify(f, 0, (int)x->alg, key) == FIDO_OK;

	fido.assert_free(&f);
	return good;
}

enum errc webauthn_assert(struct arena *a, const struct webauthn *w, const struct webauthn_assertion *x,
    uint32_t *counter, struct err *e)
{
	union public_key key = {.any = NULL};
	bool good = false;
	enum errc rc;

	if ((rc = webauthn_client_data(a, w, "webauthn.get", x->challenge, x->client_data, e)) != OK ||
	    (rc = auth_data_check(w, x->auth_data, FLAG_UP | FLAG_UV, e)) != OK ||
	    (rc = rest_check(x->auth_data, false, e)) != OK)
		return rc;
	/*
	 * Extensions in what was signed must be those asked for; PRF is CTAP's hmac-secret, and some
	 * authenticators answer it here.
	 */
	if (key_load(x->alg, x->key, &key))
		good = verified(w, x, key.any, 0) || ((x->auth_data.p[32] & FLAG_ED) != 0 &&
		    verified(w, x, key.any, FIDO_EXT_HMAC_SECRET));
	key_free(x->alg, &key);
	if (!good)
		return bad(e, "a signature that does not fit");
	*counter = (uint32_t)x->auth_data.p[33] << 24 | (uint32_t)x->auth_data.p[34] << 16 | (uint32_t)x->auth_data.p[35] << 8 | x->auth_data.p[36];
	return OK;
}
