/* AES-256-GCM with nonces that the content gives, padding, and the associated data of each kind of sealed value. */
#include <limits.h>
#include <openssl/evp.h>

#include "base/limits.h"
#include "seal/keys.h"

size_t seal_padded(size_t n)
{
	size_t e = 0, s = 0, mask;

	if (n <= SEAL_PADDED_LEAST)
		return SEAL_PADDED_LEAST;
	while (n >> (e + 1) != 0)
		e++;
	while (e >> (s + 1) != 0)
		s++;
	mask = ((size_t)1 << (e - s - 1)) - 1;
	return (n + mask) & ~mask;
}

static void put_u32(struct buf *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_byte(b, (unsigned char)(v >> shift));
}

static void put_u64(struct buf *b, uint64_t v)
{
	put_u32(b, (uint32_t)(v >> 32));
	put_u32(b, (uint32_t)v);
}

static void put_case(struct buf *b, const struct case_id *c) { buf_put(b, span_of(c->b, sizeof c->b)); }

static void put_name(struct buf *b, const char *name)
{
	buf_str(b, name);
	buf_byte(b, 0);
}

void seal_aad_record(struct buf *b, const struct case_id *c, const char *record, size_t padded)
{
	put_name(b, "tocsin record v1");
	put_case(b, c);
	put_name(b, record);
	put_u64(b, padded);
}

void seal_aad_ck(struct buf *b, const struct case_id *c, const char *notice_id, struct seal_round r)
{
	put_name(b, "tocsin ck v1");
	put_case(b, c);
	put_name(b, notice_id);
	put_u32(b, r.generation);
	put_u32(b, r.version);
}

void seal_aad_next(struct buf *b, const struct case_id *c, uint32_t generation, uint32_t from, uint32_t to)
{
	put_name(b, "tocsin next ck v1");
	put_case(b, c);
	put_u32(b, generation);
	put_u32(b, from);
	put_u32(b, to);
}

void seal_aad_identity(struct buf *b, const struct case_id *c, const char *notice_id, size_t padded)
{
	put_name(b, "tocsin identity v1");
	put_case(b, c);
	put_name(b, notice_id);
	put_u64(b, padded);
}

/* HMAC over associated data and plaintext: content that differs has another nonce, so that a key may meet two. */
static enum errc nonce_of(const struct seal_key *k, span aad, span plain, unsigned char nonce[SEAL_NONCE], struct err *e)
{
	EVP_PKEY *pkey = NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct seal_key mac;
	unsigned char out[DIGEST_SIZE];
	size_t n = sizeof out;
	bool ok;

	hkdf_sha256(span_of(k->b, sizeof k->b), SPAN_EMPTY, SPAN_LIT("tocsin nonce v1"), mac.b, sizeof mac.b);
	pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, mac.b, sizeof mac.b);
	ok = ctx != NULL && pkey != NULL && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, pkey) == 1 &&
	     EVP_DigestSignUpdate(ctx, aad.p, aad.n) == 1 && (plain.n == 0 || EVP_DigestSignUpdate(ctx, plain.p, plain.n) == 1) &&
	     EVP_DigestSignFinal(ctx, out, &n) == 1;
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	explicit_bzero(&mac, sizeof mac);
	if (!ok)
		return err_memory(e);
	memcpy(nonce, out, SEAL_NONCE);
	return OK;
}

enum errc seal_put(const struct seal_key *k, span aad, span plain, struct buf *out, struct err *e)
{
	unsigned char nonce[SEAL_NONCE], *to;
	EVP_CIPHER_CTX *ctx = NULL;
	int n;
	enum errc rc;

	if (plain.n > INT_MAX - SEAL_OVERHEAD)
		return err_set(e, ERR_LIMIT, "a record of more than 2 GiB");
	if ((rc = nonce_of(k, aad, plain, nonce, e)) != OK)
		return rc;
	if ((ctx = EVP_CIPHER_CTX_new()) == NULL || !buf_room(out, plain.n + SEAL_OVERHEAD)) {
		rc = err_memory(e);
		goto end;
	}
	to = out->p + out->n;
	memcpy(to, nonce, SEAL_NONCE);
	if (EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, k->b, nonce) != 1 ||
	    EVP_EncryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) != 1 ||
	    EVP_EncryptUpdate(ctx, to + SEAL_NONCE, &n, plain.p, (int)plain.n) != 1 ||
	    EVP_EncryptFinal_ex(ctx, to + SEAL_NONCE + plain.n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, SEAL_TAG, to + SEAL_NONCE + plain.n) != 1)
		rc = err_set(e, ERR_WORLD, "AES-256-GCM is not to be had");
	else
		out->n += plain.n + SEAL_OVERHEAD;
end:
	EVP_CIPHER_CTX_free(ctx);
	return rc;
}

enum errc seal_open(const struct seal_key *k, span aad, span sealed, struct buf *out, struct err *e)
{
	unsigned char tag[SEAL_TAG];
	EVP_CIPHER_CTX *ctx = NULL;
	size_t n_plain;
	int n;
	bool ok;

	if (sealed.n < SEAL_OVERHEAD || sealed.n > INT_MAX)
		return err_set(e, ERR_EVIDENCE, "too short or too long to be a sealed value");
	n_plain = sealed.n - SEAL_OVERHEAD;
	if ((ctx = EVP_CIPHER_CTX_new()) == NULL || !buf_room(out, n_plain + 1)) {
		EVP_CIPHER_CTX_free(ctx);
		return err_memory(e);
	}
	memcpy(tag, sealed.p + SEAL_NONCE + n_plain, SEAL_TAG);
	ok = EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, k->b, sealed.p) == 1 &&
	     EVP_DecryptUpdate(ctx, NULL, &n, aad.p, (int)aad.n) == 1 &&
	     EVP_DecryptUpdate(ctx, out->p + out->n, &n, sealed.p + SEAL_NONCE, (int)n_plain) == 1 &&
	     EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, SEAL_TAG, tag) == 1 &&
	     EVP_DecryptFinal_ex(ctx, out->p + out->n + n_plain, &n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok) {
		explicit_bzero(out->p + out->n, n_plain);
		return err_set(e, ERR_EVIDENCE, "does not open with this key: another key, or changed bytes");
	}
	out->n += n_plain;
	return OK;
}

/* ---- records, identities, wrapped keys ----------------------------------------------------------------------- */

enum { AAD_MAX = 512 };

static enum errc put_padded(const struct seal_key *k, span aad, span json, size_t padded, struct buf *out, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, padded + 1);
	buf_put(&b, json);
	while (b.n < padded && !b.failed)
		buf_byte(&b, ' ');
	rc = buf_check(&b, e);
	if (rc == OK)
		rc = seal_put(k, aad, buf_span(&b), out, e);
	buf_wipe(&b);
	return rc;
}

/* Which associated data: a record's or an identity's. */
typedef void aad_fn(struct buf *b, const struct case_id *c, const char *id, size_t padded);

static enum errc padded_put(const struct seal_key *k, aad_fn *aad_of, const struct case_id *c, const char *id, span json,
    struct buf *out, struct err *e)
{
	size_t padded = seal_padded(json.n);
	struct buf aad;
	enum errc rc;

	buf_init(&aad, AAD_MAX);
	aad_of(&aad, c, id, padded);
	if ((rc = buf_check(&aad, e)) == OK)
		rc = put_padded(k, buf_span(&aad), json, padded, out, e);
	buf_free(&aad);
	return rc;
}

static enum errc padded_open(const struct seal_key *k, aad_fn *aad_of, const struct case_id *c, const char *id, span sealed,
    struct buf *out, struct err *e)
{
	struct buf aad;
	enum errc rc;

	buf_init(&aad, AAD_MAX);
	aad_of(&aad, c, id, sealed.n > SEAL_OVERHEAD ? sealed.n - SEAL_OVERHEAD : 0);
	if ((rc = buf_check(&aad, e)) == OK)
		rc = seal_open(k, buf_span(&aad), sealed, out, e);
	buf_free(&aad);
	return rc;
}

enum errc seal_put_record(const struct seal_key *ck, const struct case_id *c, const char *record, span json,
    struct buf *out, struct err *e)
{
	struct seal_key k;
	enum errc rc;

	seal_record_key(ck, c, record, &k);
	rc = padded_put(&k, seal_aad_record, c, record, json, out, e);
	explicit_bzero(&k, sizeof k);
	return rc;
}

enum errc seal_open_record(const struct seal_key *ck, const struct case_id *c, const char *record, span sealed,
    struct buf *out, struct err *e)
{
	struct seal_key k;
	enum errc rc;

	seal_record_key(ck, c, record, &k);
	rc = padded_open(&k, seal_aad_record, c, record, sealed, out, e);
	explicit_bzero(&k, sizeof k);
	return rc;
}

enum errc seal_put_identity(const struct seal_key *auth_a, const struct case_id *c, const char *notice_id, span json,
    struct buf *out, struct err *e)
{
	struct seal_key k;
	enum errc rc;

	seal_identity_key(auth_a, c, &k);
	rc = padded_put(&k, seal_aad_identity, c, notice_id, json, out, e);
	explicit_bzero(&k, sizeof k);
	return rc;
}

static enum errc wrap(const struct seal_key *k, struct buf *aad, const struct seal_key *ck, unsigned char *out, struct err *e)
{
	struct buf b;
	enum errc rc = buf_check(aad, e);

	buf_init(&b, SEAL_WRAPPED + 1);
	if (rc == OK && (rc = seal_put(k, buf_span(aad), span_of(ck->b, sizeof ck->b), &b, e)) == OK)
		memcpy(out, b.p, SEAL_WRAPPED);
	buf_free(&b);
	buf_free(aad);
	return rc;
}

static enum errc unwrap(const struct seal_key *k, struct buf *aad, const unsigned char *wrapped, struct seal_key *ck,
    struct err *e)
{
	struct buf b;
	enum errc rc = buf_check(aad, e);

	buf_init(&b, 2 * SEAL_KEY);
	if (rc == OK && (rc = seal_open(k, buf_span(aad), span_of(wrapped, SEAL_WRAPPED), &b, e)) == OK)
		memcpy(ck->b, b.p, SEAL_KEY);
	buf_wipe(&b);
	buf_free(aad);
	return rc;
}

enum errc seal_wrap_ck(const struct seal_key *kek, const struct case_id *c, const char *notice_id, struct seal_round r,
    const struct seal_key *ck, unsigned char out[SEAL_WRAPPED], struct err *e)
{
	struct buf aad;

	buf_init(&aad, AAD_MAX);
	seal_aad_ck(&aad, c, notice_id, r);
	return wrap(kek, &aad, ck, out, e);
}

enum errc seal_unwrap_ck(const struct seal_key *kek, const struct case_id *c, const char *notice_id, struct seal_round r,
    const unsigned char wrapped[SEAL_WRAPPED], struct seal_key *ck, struct err *e)
{
	struct buf aad;

	buf_init(&aad, AAD_MAX);
	seal_aad_ck(&aad, c, notice_id, r);
	return unwrap(kek, &aad, wrapped, ck, e);
}

enum errc seal_wrap_next(const struct seal_key *earlier, const struct case_id *c, uint32_t generation, uint32_t from,
    uint32_t to, const struct seal_key *ck, unsigned char out[SEAL_WRAPPED], struct err *e)
{
	struct seal_key k;
	struct buf aad;
	enum errc rc;

	buf_init(&aad, AAD_MAX);
	seal_aad_next(&aad, c, generation, from, to);
	seal_next_key(earlier, c, from, to, &k);
	rc = wrap(&k, &aad, ck, out, e);
	explicit_bzero(&k, sizeof k);
	return rc;
}

enum errc seal_unwrap_next(const struct seal_key *earlier, const struct case_id *c, uint32_t generation, uint32_t from,
    uint32_t to, const unsigned char wrapped[SEAL_WRAPPED], struct seal_key *ck, struct err *e)
{
	struct seal_key k;
	struct buf aad;
	enum errc rc;

	buf_init(&aad, AAD_MAX);
	seal_aad_next(&aad, c, generation, from, to);
	seal_next_key(earlier, c, from, to, &k);
	rc = unwrap(&k, &aad, wrapped, ck, e);
	explicit_bzero(&k, sizeof k);
	return rc;
}
