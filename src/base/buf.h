/*
 * Owned bytes that grow to a maximum and never past it. Failure is sticky: after one put did not fit, the rest
 * do nothing and `failed` is set, so a writer checks once, at the end. One that grows leaves no copy behind. buf_free wipes
 * nothing; what holds a secret is released with buf_wipe.
 */
#ifndef TOCSIN_BASE_BUF_H
#define TOCSIN_BASE_BUF_H

#include <endian.h>

#include "base/err.h"
#include "base/span.h"

struct buf {
	unsigned char *p;
	size_t n, cap, max;
	bool failed; /* out of memory, or max reached */
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);
void buf_wipe(struct buf *b); /* overwrites, then frees */
void buf_clear(struct buf *b); /* n = 0, failed = false; keeps the memory */

bool buf_grow(struct buf *b, size_t n); /* what buf_room does where there is no room yet */
/* Room for n more bytes at b->p + b->n, or false (and failed). */
static inline bool buf_room(struct buf *b, size_t n) { return (!b->failed && n <= b->cap - b->n) || buf_grow(b, n); }

static inline void buf_put(struct buf *b, span s)
{
	if (s.n == 0 || !buf_room(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

static inline void buf_byte(struct buf *b, unsigned char c)
{
	if (buf_room(b, 1))
		b->p[b->n++] = c;
}

void buf_str(struct buf *b, const char *s);
/* Percent-encoded but for what no address reserves (RFC 3986 2.3): for queries and forms. */
void buf_percent(struct buf *b, span s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Fixed fields, little-endian, for frames and our own files; struct cursor reads them back. */
static inline void buf_u8(struct buf *b, uint8_t v) { buf_byte(b, v); }

static inline void buf_u32(struct buf *b, uint32_t v)
{
	v = htole32(v);
	buf_put(b, span_of(&v, sizeof v));
}

static inline void buf_u64(struct buf *b, uint64_t v)
{
	v = htole64(v);
	buf_put(b, span_of(&v, sizeof v));
}

/* u32 length, then the bytes */
static inline void buf_bytes(struct buf *b, span s)
{
	b->failed |= s.n > UINT32_MAX;
	buf_u32(b, (uint32_t)s.n);
	buf_put(b, s);
}

void buf_set_u32(struct buf *b, size_t at, uint32_t v); /* over four bytes already put */

static inline span buf_span(const struct buf *b) { return (span){b->p, b->n}; }

/* With a terminating NUL that is not counted in n; "" when failed. For printing and for library calls. */
const char *buf_cstr(struct buf *b);

MUST_CHECK enum errc buf_check(const struct buf *b, struct err *e);

#endif
