/*
 * Binary documents with a password (MS-OFFCRYPTO 2.3.5, 2.3.6): RC4 under a key for each block of the stream, by MD5 ("office binary") or
 * SHA-1 (CryptoAPI). Records of a workbook keep their heads; of a document the first 68 bytes stay.
 */
#include "base/limits.h"
#include "stream/cipher.h"
#include "document/legacy.h"

enum { BLOCK_XLS = 1024, BLOCK_DOC = 512, FIB_OPEN = 68 };

struct legacy_key { bool capi; size_t key_n; unsigned char base[EVP_MAX_MD_SIZE]; };

static const unsigned char *le(uint32_t v, unsigned char out[4])
{
	for (unsigned i = 0; i < 4; i++)
		out[i] = (unsigned char)(v >> (8 * i));
	return out;
}

static bool block_start(const struct legacy_key *k, uint32_t block, struct rc4 *r)
{
	unsigned char count[4], key[EVP_MAX_MD_SIZE] = {0};
	span parts[] = {span_of(k->base, k->capi ? 20 : 5), span_of(le(block, count), 4)};

	if (!hash_parts(k->capi ? EVP_sha1() : EVP_md5(), parts, 2, key))
		return false;
	/* A key of 40 bits is one of 128 whose rest is zero. */
	if (k->capi && k->key_n == 5)
		memset(key + 5, 0, 11);
	rc4_start(r, span_of(key, !k->capi || k->key_n == 5 ? 16 : k->key_n));
	return true;
}

static bool fits(const struct legacy_key *k, span verifier, span verifier_hash)
{
	unsigned char plain[16], want[32], is[EVP_MAX_MD_SIZE];
	span in = span_of(plain, 16);
	struct rc4 r;

	if (verifier_hash.n > sizeof want || !block_start(k, 0, &r))
		return false;
	rc4_run(&r, verifier.p, plain, 16);
	rc4_run(&r, verifier_hash.p, want, verifier_hash.n);
	return hash_parts(k->capi ? EVP_sha1() : EVP_md5(), &in, 1, is) && memcmp(is, want, verifier_hash.n) == 0;
}

static bool key_make(struct legacy_key *k, span password, span salt)
{
	unsigned char digest[EVP_MAX_MD_SIZE], many[16 * (5 + 16)];
	span parts[] = {salt, password}, whole = span_of(many, sizeof many);

	if (k->capi)
		return hash_parts(EVP_sha1(), parts, 2, k->base);
	if (salt.n != 16 || !hash_parts(EVP_md5(), &password, 1, digest))
		return false;
	for (unsigned i = 0; i < 16; i++) {
		memcpy(many + 21 * i, digest, 5);
		memcpy(many + 21 * i + 5, salt.p, 16);
	}
	return hash_parts(EVP_md5(), &whole, 1, k->base);
}

/* The header of the encryption: version, then what it says of the password. */
static enum errc unlock(struct layout *l, span header, struct legacy_key *k, struct err *e)
{
	struct cursor c = cursor_of(header);
	uint32_t version = cursor_u32(&c), hash_n = 16;
	span salt, verifier, verifier_hash, password;

	if (version == 0x00010001) {
		k->capi = false;
		k->key_n = 5;
		salt = cursor_take(&c, 16);
	} else if ((version >> 16) == 2 && (version & 0xffff) >= 2 && (version & 0xffff) <= 4) {
		struct cursor h;

		k->capi = true;
		(void)cursor_u32(&c);
		h = cursor_of(cursor_bytes(&c));
		(void)cursor_take(&h, 16);
		k->key_n = cursor_u32(&h) / 8;
		k->key_n = k->key_n == 0 ? 5 : k->key_n;
		salt = cursor_bytes(&c);
	} else {
		return err_set(e, ERR_EVIDENCE, "encrypted Office document, in a way that is not known");
	}
	verifier = cursor_take(&c, 16);
	if (k->capi)
		hash_n = cursor_u32(&c);
	verifier_hash = cursor_take(&c, hash_n);
	if (c.bad || hash_n < 16 || hash_n > 20 || k->key_n < 5 || k->key_n > 16)
		return err_set(e, ERR_EVIDENCE, "encrypted Office document, in a way that is not known");
	for (size_t i = 0; passwords_next(l->passwords, &i, 1, &password);) {
		span wide;
		enum errc rc = utf16_of(l->a, password, &wide, e);

		if (rc != OK)
			return rc;
		if (!key_make(k, wide, salt) || !fits(k, verifier, verifier_hash))
			continue;
		passwords_used(l->passwords, i - 1);
		return OK;
	}
	return err_set(e, ERR_EVIDENCE, ENCRYPTED_OFFICE);
}

/* Undoes the whole of p in blocks; the bytes below `open` stay as they were. */
static bool run(const struct legacy_key *k, unsigned char *p, size_t n, size_t block, size_t open)
{
	struct rc4 r;

	for (size_t at = 0, i = 0; at < n; at += block, i++) {
		size_t here = n - at < block ? n - at : block, skip = at < open ? open - at : 0;

		if (!block_start(k, (uint32_t)i, &r))
			return false;
		skip = skip < here ? skip : here;
		rc4_run(&r, p + at, NULL, skip);
		rc4_run(&r, p + at + skip, p + at + skip, here - skip);
	}
	return true;
}

/* What of a record of a workbook is not encrypted (MS-XLS 2.2.10). */
static size_t open_bytes(unsigned type, size_t n)
{
	switch (type) {
	case 0x809: case 0x2f: case 0x194: case 0x195: case 0xe1: case 0x196: case 0x138:
		return n;
	case 0x85: /* BoundSheet8: where the sheet lies */
		return n < 4 ? n : 4;
	default:
		return 0;
	}
}

enum errc xls_unlock(struct layout *l, span workbook, span filepass, span *out, struct err *e)
{
	struct legacy_key k = {0};
	unsigned char *plain;
	enum errc rc;

	/* u16 kind: 0 is XOR, 1 is RC4. */
	if (filepass.n < 6 || filepass.p[0] != 1)
		return err_set(e, ERR_EVIDENCE, ENCRYPTED_OFFICE);
	if ((rc = unlock(l, span_from(filepass, 2), &k, e)) != OK)
		return rc;
	if ((plain = arena_alloc(l->a, workbook.n + 1)) == NULL)
		return err_memory(e);
	memcpy(plain, workbook.p, workbook.n);
	if (!run(&k, plain, workbook.n, BLOCK_XLS, 0))
		return err_memory(e);
	for (size_t at = 0; at + 4 <= workbook.n;) {
		unsigned type = (unsigned)workbook.p[at] | (unsigned)workbook.p[at + 1] << 8;
		size_t n = (size_t)workbook.p[at + 2] | (size_t)workbook.p[at + 3] << 8;

		n = n < workbook.n - at - 4 ? n : workbook.n - at - 4;
		memcpy(plain + at, workbook.p + at, 4 + open_bytes(type, n));
		/* Unlocked, it asks no more. */
		if (type == 0x2f)
			plain[at] = plain[at + 1] = 0xff;
		at += 4 + n;
	}
	explicit_bzero(&k, sizeof k);
	*out = span_of(plain, workbook.n);
	return OK;
}

enum errc doc_unlock(struct layout *l, span *text, span *table, struct err *e)
{
	struct legacy_key k = {0};
	struct cursor c = cursor_of(span_from(*text, 14));
	span header = span_first(*table, cursor_u32(&c));
	span *streams[] = {text, table};
	enum errc rc;

	if ((rc = unlock(l, header, &k, e)) != OK)
		return rc;
	for (unsigned i = 0; i < 2; i++) {
		unsigned char *plain = arena_alloc(l->a, streams[i]->n + 1);

		if (plain == NULL)
			return err_memory(e);
		memcpy(plain, streams[i]->p, streams[i]->n);
		if (!run(&k, plain, streams[i]->n, BLOCK_DOC, i == 0 ? FIB_OPEN : 0))
			return err_memory(e);
		*streams[i] = span_of(plain, streams[i]->n);
	}
	explicit_bzero(&k, sizeof k);
	return OK;
}
