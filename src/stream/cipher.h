/* The ciphers and digests of documents and archives that have passwords: by OpenSSL, but for RC4, which it no longer gives. */
#ifndef TOCSIN_STREAM_CIPHER_H
#define TOCSIN_STREAM_CIPHER_H

#include <openssl/evp.h>

#include "base/span.h"

struct rc4 { unsigned char s[256]; unsigned i, j; };
void rc4_start(struct rc4 *r, span key);
/* Undoes (and does) n bytes; NULL for out only moves on. */
void rc4_run(struct rc4 *r, const unsigned char *in, unsigned char *out, size_t n);

/* Of all parts one after the other; out has room for EVP_MAX_MD_SIZE. */
bool hash_parts(const EVP_MD *md, const span *parts, size_t n, unsigned char *out);
/* Bytes written, 0 when it cannot be. Without padding in.n must be whole blocks. */
size_t cipher_run(const EVP_CIPHER *cipher, bool encrypt, bool padded, const unsigned char *key, const unsigned char *iv, span in,
    unsigned char *out);

#endif
