/*
 * Memory released together. An arena belongs to one lifetime (program, stage, message, scratch); what it hands
 * out is valid until arena_reset or arena_free and is never freed by itself. It gives at most `max` bytes in
 * all, so that hostile input costs its own message. Under sanitizers each allocation is one of malloc's, so
 * that use after reset is caught.
 */
#ifndef TOCSIN_BASE_ARENA_H
#define TOCSIN_BASE_ARENA_H

#include "base/err.h"
#include "base/span.h"

struct arena;

MUST_CHECK enum errc arena_new(struct arena **out, size_t max, struct err *e);
/* One for keys and what they open: what it had is overwritten before its memory is given back or used again. */
MUST_CHECK enum errc arena_new_secret(struct arena **out, size_t max, struct err *e);
void arena_free(struct arena *a); /* NULL is fine */
void arena_reset(struct arena *a); /* keeps up to 1 MiB for the next use */

/* n bytes aligned for any type, not zeroed; NULL when out of memory or past max. n may be 0. */
MUST_CHECK void *arena_alloc(struct arena *a, size_t n);
/* count * size bytes, zeroed; NULL also when the product overflows. */
MUST_CHECK void *arena_zero(struct arena *a, size_t count, size_t size);
/*
 * Room for one more in an array of n, of `size` bytes each, that doubles: v itself while there is room, else a copy with zeros behind
 * what it has, `first` long at first. NULL when out of memory: v is as it was.
 */
MUST_CHECK void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size, size_t first);
/* A copy with a NUL behind it that is not counted; p == NULL when out of memory. */
MUST_CHECK span arena_copy(struct arena *a, span s);
MUST_CHECK char *arena_cstr(struct arena *a, span s);
MUST_CHECK char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Of the newest allocation p of n bytes keeps the first `used`: for decoders that guess high. */
void arena_shrink(struct arena *a, void *p, size_t n, size_t used);

#endif
