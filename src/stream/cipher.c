#include "stream/cipher.h"

void rc4_start(struct rc4 *r, span key)
{
	unsigned j = 0;

	r->i = r->j = 0;
	for (unsigned i = 0; i < 256; i++)
		r->s[i] = (unsigned char)i;
	for (unsigned i = 0; i < 256 && key.n > 0; i++) {
		unsigned char swap = r->s[i];

		j = (j + swap + key.p[i % key.n]) & 255;
		r->s[i] = r->s[j];
		r->s[j] = swap;
	}
}

void rc4_run(struct rc4 *r, const unsigned char *in, unsigned char *out, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		unsigned char swap;

		r->i = (r->i + 1) & 255;
		swap = r->s[r->i];
		r->j = (r->j + swap) & 255;
		r->s[r->i] = r->s[r->j];
		r->s[r->j] = swap;
		if (out != NULL)
			out[k] = in[k] ^ r->s[(r->s[r->i] + swap) & 255];
	}
}

bool hash_parts(const EVP_MD *md, const span *parts, size_t n, unsigned char *out)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool ok = c != NULL && EVP_DigestInit_ex(c, md, NULL) == 1;

	for (size_t i = 0; i < n && ok; i++)
		ok = EVP_DigestUpdate(c, parts[i].p, parts[i].n) == 1;
	ok = ok && EVP_DigestFinal_ex(c, out, NULL) == 1;
	EVP_MD_CTX_free(c);
	return ok;
}

size_t cipher_run(const EVP_CIPHER *cipher, bool encrypt, bool padded, const unsigned char *key, const unsigned char *iv, span in,
    unsigned char *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0, more = 0;
	bool ok = c != NULL && in.n < INT32_MAX && EVP_CipherInit_ex(c, cipher, NULL, key, iv, encrypt) == 1 &&
	    EVP_CIPHER_CTX_set_padding(c, padded) == 1 && EVP_CipherUpdate(c, out, &n, in.p, (int)in.n) == 1;

	/* Wrong padding at the end costs the last block only. */
	if (ok && EVP_CipherFinal_ex(c, out + n, &more) == 1)
		n += more;
	EVP_CIPHER_CTX_free(c);
	return ok ? (size_t)n : 0;
}
