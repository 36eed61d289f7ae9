#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <unistd.h>

void digests_only(void)
{
	(void)OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS |
	    OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

/* SHA-256 fails for want of memory alone, and whoever asks for a digest has no way on without one: the process ends with a word. */
static void memory_sufficed(bool so)
{
	static const char said[] = "tocsin: out of memory\n";

	if (so)
		return;
	(void)!write(STDERR_FILENO, said, sizeof said - 1);
	_exit(err_exit_status(ERR_MEMORY));
}

/*
 * OpenSSL's one-shot calls look the algorithm up each time; a context that was initialised once is copied
 * instead, which halves the cost of the digest of a small message.
 */
struct sha256 { EVP_MD_CTX *ctx, *copy; };

enum errc sha256_new(struct sha256 **out, struct err *e)
{
	struct sha256 *h = calloc(1, sizeof *h);

	*out = NULL;
	if (h == NULL || (h->ctx = EVP_MD_CTX_new()) == NULL || (h->copy = EVP_MD_CTX_new()) == NULL || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1) {
		sha256_free(h);
		return err_memory(e);
	}
	*out = h;
	return OK;
}

void sha256_free(struct sha256 *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_CTX_free(h->copy);
	free(h);
}

void sha256_start(struct sha256 *h)
{
	memory_sufficed(EVP_DigestInit_ex(h->ctx, NULL, NULL) == 1);
}

void sha256_add(struct sha256 *h, span s)
{
	memory_sufficed(s.n == 0 || EVP_DigestUpdate(h->ctx, s.p, s.n) == 1);
}

void sha256_done(struct sha256 *h, struct digest *out)
{
	memory_sufficed(EVP_DigestFinal_ex(h->ctx, out->b, NULL) == 1);
}

void sha256_so_far(struct sha256 *h, struct digest *out)
{
	memory_sufficed(EVP_MD_CTX_copy_ex(h->copy, h->ctx) == 1 && EVP_DigestFinal_ex(h->copy, out->b, NULL) == 1);
}

void sha256_of(span s, struct digest *out)
{
	static const unsigned char none;

	memory_sufficed(EVP_Digest(s.n != 0 ? s.p : &none, s.n, out->b, NULL, EVP_sha256(), NULL) == 1);
}

void hmac_sha256(span key, span s, struct digest *out)
{
	static const unsigned char none;
	unsigned n = DIGEST_SIZE;

	memory_sufficed(HMAC(EVP_sha256(), key.p, (int)key.n, s.n != 0 ? s.p : &none, s.n, out->b, &n) != NULL);
}

struct hmac { EVP_MD_CTX *inner, *outer, *run; };

/* A context that has one block: the key, of which each byte is xored with `with` (RFC 2104). */
static EVP_MD_CTX *keyed(span key, unsigned char with)
{
	unsigned char block[HMAC_BLOCK];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert(key.n <= sizeof block);
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = (unsigned char)((i < key.n ? key.p[i] : 0) ^ with);
	if (ctx != NULL && (EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1 || EVP_DigestUpdate(ctx, block, sizeof block) != 1)) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	explicit_bzero(block, sizeof block);
	return ctx;
}

enum errc hmac_new(span key, struct hmac **out, struct err *e)
{
	struct hmac *h = calloc(1, sizeof *h);

	*out = NULL;
	if (h == NULL || (h->inner = keyed(key, 0x36)) == NULL || (h->outer = keyed(key, 0x5c)) == NULL || (h->run = EVP_MD_CTX_new()) == NULL) {
		hmac_free(h);
		return err_memory(e);
	}
	*out = h;
	return OK;
}

void hmac_free(struct hmac *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->inner);
	EVP_MD_CTX_free(h->outer);
	EVP_MD_CTX_free(h->run);
	free(h);
}

void hmac_of(struct hmac *h, span s, struct digest *out)
{
	memory_sufficed(EVP_MD_CTX_copy_ex(h->run, h->inner) == 1 && (s.n == 0 || EVP_DigestUpdate(h->run, s.p, s.n) == 1) && EVP_DigestFinal_ex(h->run, out->b, NULL) == 1 &&
	    EVP_MD_CTX_copy_ex(h->run, h->outer) == 1 && EVP_DigestUpdate(h->run, out->b, DIGEST_SIZE) == 1 && EVP_DigestFinal_ex(h->run, out->b, NULL) == 1);
}

void hex_write(char *out, span s)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		out[2 * i] = digits[s.p[i] >> 4];
		out[2 * i + 1] = digits[s.p[i] & 15];
	}
	out[2 * s.n] = '\0';
}

const char *digest_hex(const struct digest *d, char out[DIGEST_HEX])
{
	hex_write(out, digest_span(d));
	return out;
}

bool hex_read(span text, unsigned char *out, size_t n)
{
	if (text.n / 2 != n || text.n % 2 != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_value(text.p[2 * i]), lo = hex_value(text.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}
