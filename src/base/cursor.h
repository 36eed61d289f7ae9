/*
 * A sticky reader of fixed fields over untrusted bytes: once a field was not all there, `bad` is set and every
 * further read gives zero or empty. Check once, at the end. Little-endian, the twin of the buf_u* writers.
 */
#ifndef TOCSIN_BASE_CURSOR_H
#define TOCSIN_BASE_CURSOR_H

#include <endian.h>

#include "base/span.h"

struct cursor {
	span rest;
	bool bad;
};

static inline struct cursor cursor_of(span s) { return (struct cursor){.rest = s}; }

/* The next n bytes, borrowed from the span the cursor was made of. */
static inline span cursor_take(struct cursor *c, size_t n)
{
	span s = {c->rest.p, n};

	if (c->bad || n > c->rest.n) {
		c->bad = true;
		return SPAN_EMPTY;
	}
	c->rest = span_from(c->rest, n);
	return s;
}

/* They as they lie, into *to, which stays as it was when they are not all there. */
static inline void cursor_copy(struct cursor *c, void *to, size_t n)
{
	span s = cursor_take(c, n);

	if (s.n != 0)
		memcpy(to, s.p, n);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	uint8_t v = 0;

	cursor_copy(c, &v, sizeof v);
	return v;
}

static inline uint16_t cursor_u16(struct cursor *c)
{
	uint16_t v = 0;

	cursor_copy(c, &v, sizeof v);
	return le16toh(v);
}

static inline uint32_t cursor_u32(struct cursor *c)
{
	uint32_t v = 0;

	cursor_copy(c, &v, sizeof v);
	return le32toh(v);
}

static inline uint64_t cursor_u64(struct cursor *c)
{
	uint64_t v = 0;

	cursor_copy(c, &v, sizeof v);
	return le64toh(v);
}

static inline span cursor_bytes(struct cursor *c) { return cursor_take(c, cursor_u32(c)); } /* u32 length, then the bytes */

/* True when all was read and nothing was bad. */
static inline bool cursor_done(const struct cursor *c) { return !c->bad && c->rest.n == 0; }

/* The field at a place; 0 when it is not all there. */
static inline uint32_t le32_at(span s, size_t at)
{
	struct cursor c = cursor_of(span_from(s, at));

	return cursor_u32(&c);
}

static inline uint64_t le64_at(span s, size_t at)
{
	struct cursor c = cursor_of(span_from(s, at));

	return cursor_u64(&c);
}

#endif
