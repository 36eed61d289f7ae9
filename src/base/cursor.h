/*
 * A sticky reader of fixed fields over untrusted bytes: once a field was not all there, `bad` is set and every
 * further read gives zero or empty. Check once, at the end. Little-endian, the twin of the buf_u* writers.
 */
#ifndef TOCSIN_BASE_CURSOR_H
#define TOCSIN_BASE_CURSOR_H

#include "base/span.h"

struct cursor {
	span rest;
	bool bad;
};

static inline struct cursor cursor_of(span s) { return (struct cursor){.rest = s}; }

/* The next n bytes, borrowed from the span the cursor was made of. */
span cursor_take(struct cursor *c, size_t n);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_u16(struct cursor *c);
uint32_t cursor_u32(struct cursor *c);
uint64_t cursor_u64(struct cursor *c);
span cursor_bytes(struct cursor *c); /* u32 length, then the bytes */

/* True when all was read and nothing was bad. */
static inline bool cursor_done(const struct cursor *c) { return !c->bad && c->rest.n == 0; }

#endif
