/* SHA-256 and HMAC-SHA-256 over OpenSSL, and hexadecimal. */
#ifndef TOCSIN_BASE_DIGEST_H
#define TOCSIN_BASE_DIGEST_H

#include "base/err.h"
#include "base/span.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX (2 * DIGEST_SIZE + 1)

struct digest { unsigned char b[DIGEST_SIZE]; };

/*
 * Before anything else of libcrypto, in a process that digests and does no more: libcrypto then makes no tables of the names of
 * ciphers and reads no configuration, which take 1.5 ms of each start. TLS, CMS, DKIM and keys in PEM want those tables.
 */
void digests_only(void);

/* A running SHA-256; one can be used again after sha256_done. */
struct sha256;
MUST_CHECK enum errc sha256_new(struct sha256 **out, struct err *e);
void sha256_free(struct sha256 *h);
void sha256_start(struct sha256 *h);
void sha256_add(struct sha256 *h, span s);
void sha256_done(struct sha256 *h, struct digest *out);
/* The digest of what was added so far; more can be added behind it. */
void sha256_so_far(struct sha256 *h, struct digest *out);

void sha256_of(span s, struct digest *out);
void hmac_sha256(span key, span s, struct digest *out);
/* The same with one key, of HMAC_BLOCK bytes at most, for many short texts: a quarter of the work, since the key is taken in once and nothing is looked up. */
#define HMAC_BLOCK 64
struct hmac;
MUST_CHECK enum errc hmac_new(span key, struct hmac **out, struct err *e);
void hmac_free(struct hmac *h);
void hmac_of(struct hmac *h, span s, struct digest *out);

static inline span digest_span(const struct digest *d) { return (span){d->b, DIGEST_SIZE}; }
/* Lower-case hexadecimal with a NUL; returns out. */
const char *digest_hex(const struct digest *d, char out[DIGEST_HEX]);
/* Crockford's digits of base 32, without letters that are taken for others on the telephone. */
#define CROCKFORD "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
void hex_write(char *out, span s); /* 2 * s.n + 1 bytes */
static inline int hex_value(unsigned char digit) /* -1: none */
{
	if (ascii_is_digit(digit))
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}
bool hex_read(span text, unsigned char *out, size_t n); /* exactly 2 * n digits */
/* Does s have "%2B" at i (RFC 3986 2.1)? Then *b is its byte. */
static inline bool percent_read(span s, size_t i, unsigned char *b)
{
	return s.p[i] == '%' && hex_read(span_sub(s, i + 1, 2), b, 1);
}

#endif
