/*
 * Office documents with a password (MS-OFFCRYPTO). An OOXML package lies in a compound file as EncryptedPackage: AES under a key
 * that is stretched from the password, "standard" (2.3.4.5) or "agile" (2.3.4.10). A password is right when the verifier
 * beside the key says so. Excel's own password for what is only locked against change is always tried.
 */
#include "base/limits.h"
#include "stream/cipher.h"
#include "document/legacy.h"
#include "stream/decode.h"

/* SPINS_MAX is the format's own (MS-OFFCRYPTO 2.3.4.10, ST_SpinCount). */
enum { KEY_MAX = 64, SEGMENT = 4096, STANDARD_SPINS = 50000, SPINS_MAX = 10000000 };

/* How the key is made of a password, and what a right one must fit. */
struct lock {
	bool agile;
	const EVP_MD *md, *package_md;
	const EVP_CIPHER *cipher, *package_cipher;
	size_t key_n, package_key_n;
	uint32_t spins;
	span salt, verifier, verifier_hash, sealed_key, package_salt;
};

static const EVP_MD *md_of(span name)
{
	if (span_eq_nocase(name, SPAN_LIT("SHA512")) || span_eq_nocase(name, SPAN_LIT("SHA-512")))
		return EVP_sha512();
	if (span_eq_nocase(name, SPAN_LIT("SHA384")) || span_eq_nocase(name, SPAN_LIT("SHA-384")))
		return EVP_sha384();
	if (span_eq_nocase(name, SPAN_LIT("SHA256")) || span_eq_nocase(name, SPAN_LIT("SHA-256")))
		return EVP_sha256();
	if (span_eq_nocase(name, SPAN_LIT("SHA1")) || span_eq_nocase(name, SPAN_LIT("SHA-1")))
		return EVP_sha1();
	return span_eq_nocase(name, SPAN_LIT("MD5")) ? EVP_md5() : NULL;
}

static const EVP_CIPHER *aes_of(size_t key_n, bool cbc)
{
	if (key_n == 16)
		return cbc ? EVP_aes_128_cbc() : EVP_aes_128_ecb();
	if (key_n == 24)
		return cbc ? EVP_aes_192_cbc() : EVP_aes_192_ecb();
	return key_n == 32 ? cbc ? EVP_aes_256_cbc() : EVP_aes_256_ecb() : NULL;
}

static uint32_t number(span s)
{
	uint64_t n;

	(void)span_digits(s, 9, &n);
	return (uint32_t)n;
}

/* Base64 of an attribute, in the arena; empty when it cannot be. */
static span bytes_of(struct arena *a, span text)
{
	unsigned char *out = arena_alloc(a, text.n + 1);
	unsigned problems = 0;

	return out != NULL ? span_of(out, base64_decode(text, out, &problems)) : SPAN_EMPTY;
}

static bool cipher_is_aes_cbc(const struct xml *x)
{
	return span_eq_nocase(xml_attribute(x, "cipherAlgorithm"), SPAN_LIT("AES")) &&
	    span_eq_nocase(xml_attribute(x, "cipherChaining"), SPAN_LIT("ChainingModeCBC"));
}

static bool agile_read(struct arena *a, span info, struct lock *k)
{
	struct xml x = xml_of(info);
	enum xml_event event;
	bool sound = true;

	k->agile = true;
	while ((event = xml_next(&x)) != XML_END) {
		if (event != XML_OPEN)
			continue;
		if (xml_is(&x, "keyData")) {
			sound = sound && cipher_is_aes_cbc(&x);
			k->package_salt = bytes_of(a, xml_attribute(&x, "saltValue"));
			k->package_key_n = number(xml_attribute(&x, "keyBits")) / 8;
			k->package_md = md_of(xml_attribute(&x, "hashAlgorithm"));
			k->package_cipher = aes_of(k->package_key_n, true);
		} else if (xml_is(&x, "encryptedKey") && xml_attribute(&x, "spinCount").p != NULL) {
			sound = sound && cipher_is_aes_cbc(&x);
			k->salt = bytes_of(a, xml_attribute(&x, "saltValue"));
			k->spins = number(xml_attribute(&x, "spinCount"));
			k->key_n = number(xml_attribute(&x, "keyBits")) / 8;
			k->md = md_of(xml_attribute(&x, "hashAlgorithm"));
			k->cipher = aes_of(k->key_n, true);
			k->verifier = bytes_of(a, xml_attribute(&x, "encryptedVerifierHashInput"));
			k->verifier_hash = bytes_of(a, xml_attribute(&x, "encryptedVerifierHashValue"));
			k->sealed_key = bytes_of(a, xml_attribute(&x, "encryptedKeyValue"));
		}
	}
	return sound && k->spins <= SPINS_MAX && k->md != NULL && k->package_md != NULL && k->cipher != NULL && k->package_cipher != NULL && k->salt.n >= 8 &&
	    k->salt.n <= 64 && k->package_salt.n <= 64 && k->verifier.n >= 16 && k->verifier.n <= KEY_MAX && k->verifier.n % 16 == 0 && k->verifier_hash.n >= 16 &&
	    k->verifier_hash.n <= KEY_MAX + 16 && k->verifier_hash.n % 16 == 0 && k->sealed_key.n >= k->package_key_n && k->sealed_key.n <= KEY_MAX && k->sealed_key.n % 16 == 0;
}

static bool standard_read(span info, struct lock *k)
{
	struct cursor c = cursor_of(info), header;

	(void)cursor_take(&c, 4);
	header = cursor_of(cursor_bytes(&c));
	(void)cursor_take(&header, 16);
	k->key_n = cursor_u32(&header) / 8;
	k->salt = cursor_bytes(&c);
	k->verifier = cursor_take(&c, 16);
	(void)cursor_u32(&c);
	k->verifier_hash = cursor_take(&c, 32);
	k->spins = STANDARD_SPINS;
	k->md = EVP_sha1();
	k->cipher = aes_of(k->key_n, false);
	return !c.bad && !header.bad && k->cipher != NULL && k->salt.n == 16;
}

/* The password hashed over and over: H(i || before). */
static bool stretch(const struct lock *k, span password, unsigned char *out)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	size_t n = (size_t)EVP_MD_get_size(k->md);
	span parts[] = {k->salt, password};
	bool ok = c != NULL && hash_parts(k->md, parts, 2, out);

	for (uint32_t i = 0; i < k->spins && ok; i++) {
		const unsigned char count[4] = {(unsigned char)i, (unsigned char)(i >> 8), (unsigned char)(i >> 16), (unsigned char)(i >> 24)};

		ok = EVP_DigestInit_ex(c, k->md, NULL) == 1 && EVP_DigestUpdate(c, count, 4) == 1 && EVP_DigestUpdate(c, out, n) == 1 &&
		    EVP_DigestFinal_ex(c, out, NULL) == 1;
	}
	EVP_MD_CTX_free(c);
	return ok;
}

/* The key for one purpose of an agile document, which eight bytes name (2.3.4.11 to 2.3.4.13). */
static bool agile_undo(const struct lock *k, const unsigned char *stretched, const unsigned char block[8], span sealed, unsigned char *out)
{
	unsigned char key[EVP_MAX_MD_SIZE], iv[16];
	size_t n = (size_t)EVP_MD_get_size(k->md);
	span parts[] = {span_of(stretched, n), span_of(block, 8)};

	if (!hash_parts(k->md, parts, 2, key))
		return false;
	if (n < sizeof key)
		memset(key + n, 0x36, sizeof key - n);
	memset(iv, 0x36, sizeof iv);
	memcpy(iv, k->salt.p, k->salt.n < 16 ? k->salt.n : 16);
	return cipher_run(k->cipher, false, false, key, iv, sealed, out) == sealed.n;
}

static bool agile_opens(const struct lock *k, span password, unsigned char *key)
{
	static const unsigned char input[8] = {0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79},
	    value[8] = {0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e}, secret[8] = {0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6};
	unsigned char stretched[EVP_MAX_MD_SIZE], in[KEY_MAX + 32], want[KEY_MAX + 32], is[EVP_MAX_MD_SIZE];
	size_t n = (size_t)EVP_MD_get_size(k->md);
	span part = span_first(span_of(in, k->verifier.n), k->salt.n);

	if (!stretch(k, password, stretched) || !agile_undo(k, stretched, input, k->verifier, in) ||
	    !agile_undo(k, stretched, value, k->verifier_hash, want) || !hash_parts(k->md, &part, 1, is) ||
	    memcmp(is, want, n < k->verifier_hash.n ? n : k->verifier_hash.n) != 0)
		return false;
	return agile_undo(k, stretched, secret, k->sealed_key, key);
}

/* 2.3.4.7: CryptDeriveKey as Windows does it, then ECB. */
static bool standard_opens(const struct lock *k, span password, unsigned char *key)
{
	unsigned char stretched[EVP_MAX_MD_SIZE], pad[64], derived[2 * EVP_MAX_MD_SIZE], verifier[32], want[48];
	static const unsigned char block[4] = {0};
	span parts[] = {span_of(stretched, 20), span_of(block, 4)}, whole = span_of(pad, sizeof pad), in = span_of(verifier, 16);

	if (!stretch(k, password, stretched) || !hash_parts(k->md, parts, 2, stretched))
		return false;
	for (unsigned half = 0; half < 2; half++) {
		memset(pad, half == 0 ? 0x36 : 0x5c, sizeof pad);
		for (size_t i = 0; i < 20; i++)
			pad[i] ^= stretched[i];
		if (!hash_parts(k->md, &whole, 1, derived + 20 * half))
			return false;
	}
	memcpy(key, derived, k->key_n);
	return cipher_run(k->cipher, false, false, key, NULL, k->verifier, verifier) == 16 &&
	    cipher_run(k->cipher, false, false, key, NULL, k->verifier_hash, want) == 32 && hash_parts(k->md, &in, 1, pad) &&
	    memcmp(pad, want, 20) == 0;
}

/* Length, then AES in segments with an initial vector each (agile) or in one run. */
static enum errc undo(struct arena *a, const struct lock *k, const unsigned char *key, span package, span *out, struct err *e)
{
	struct cursor c = cursor_of(package);
	uint64_t n = cursor_u64(&c);
	span sealed = span_first(c.rest, c.rest.n / 16 * 16);
	unsigned char *plain = arena_alloc(a, sealed.n + 32), iv[EVP_MAX_MD_SIZE];

	if (plain == NULL)
		return err_memory(e);
	*out = span_of(plain, n < sealed.n ? (size_t)n : sealed.n);
	if (!k->agile)
		return cipher_run(k->cipher, false, false, key, NULL, sealed, plain) == sealed.n ? OK : err_set(e, ERR_EVIDENCE, "damaged");
	for (size_t at = 0, i = 0; at < sealed.n; at += SEGMENT, i++) {
		const unsigned char count[4] = {(unsigned char)i, (unsigned char)(i >> 8), (unsigned char)(i >> 16), (unsigned char)(i >> 24)};
		span parts[] = {k->package_salt, span_of(count, 4)}, segment = span_sub(sealed, at, SEGMENT);

		if (!hash_parts(k->package_md, parts, 2, iv) ||
		    cipher_run(k->package_cipher, false, false, key, iv, segment, plain + at) != segment.n)
			return err_set(e, ERR_EVIDENCE, "damaged");
	}
	return OK;
}

enum errc office_unlock(struct layout *l, span info, span package, span *out, struct err *e)
{
	struct lock k = {0};
	unsigned version = info.n >= 4 ? (unsigned)info.p[0] | (unsigned)info.p[2] << 8 : 0;
	bool sound = version == 0x404 ? agile_read(l->a, span_from(info, 8), &k) :
	    (version & 0xff00) == 0x200 ? standard_read(span_from(info, 4), &k) : false;
	span password;

	if (!sound)
		return err_set(e, ERR_EVIDENCE, "encrypted Office document, in a way that is not known");
	for (size_t i = 0; passwords_next(l->passwords, &i, k.spins, &password);) {
		unsigned char key[KEY_MAX + 32];
		span wide;
		enum errc rc = utf16_of(l->a, password, &wide, e);

		if (rc != OK)
			return rc;
		if (!(k.agile ? agile_opens(&k, wide, key) : standard_opens(&k, wide, key)))
			continue;
		passwords_used(l->passwords, i - 1);
		rc = undo(l->a, &k, key, package, out, e);
		explicit_bzero(key, sizeof key);
		return rc;
	}
	return err_set(e, ERR_EVIDENCE, ENCRYPTED_OFFICE);
}
