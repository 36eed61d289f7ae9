/*
 * Lists of words, domains or legal forms as data (the .txt files of rules/): one a line, '#' begins a comment. Kept as a set of
 * hashes of the lower-case line; small, read once, immutable.
 */
#ifndef TOCSIN_ATTRIBUTE_WORDS_H
#define TOCSIN_ATTRIBUTE_WORDS_H

#include "base/arena.h"

struct words {
	uint64_t *slots; /* 0: empty */
	size_t n, cap;
};

/* A set of room for n words. */
MUST_CHECK enum errc words_new(struct arena *a, size_t n, struct words *out, struct err *e);
void words_add(struct words *w, uint64_t hash); /* only as many as words_new was told */
bool words_has(const struct words *w, uint64_t hash);
static inline uint64_t words_at(const struct words *w, size_t i) { return w->slots[i]; }

/* Reads a list; its bytes are left in *text for the digest of what an outcome depends on. */
MUST_CHECK enum errc words_read(struct arena *a, const char *dir, const char *name, struct words *out, span *text,
    struct err *e);

#endif
