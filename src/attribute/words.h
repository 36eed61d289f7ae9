/*
 * Words, domains or legal forms as data (the .txt files of rules/): one a line, '#' begins a comment. Kept as a set of hashes
 * of the lower-case line, each with the kinds of word that it is, so that one look tells all of them; small, read once.
 */
#ifndef TOCSIN_ATTRIBUTE_WORDS_H
#define TOCSIN_ATTRIBUTE_WORDS_H

#include "base/arena.h"

enum word_kind { WORD_LISTED = 1, WORD_COMMON = 1, WORD_LEGAL = 2, WORD_TENANTS = 2, WORD_GIVEN = 4, WORD_KINDS = 7 };

/* Zero is the empty set. A slot is a hash whose lowest bits are the kinds; 0: empty. */
struct words {
	uint64_t *slots;
	size_t n, cap;
};

MUST_CHECK enum errc words_add(struct arena *a, struct words *w, uint64_t hash, unsigned kinds, struct err *e);
/* The kinds of that word, 0 when it is not in the set. */
unsigned words_kinds(const struct words *w, uint64_t hash);

/* Adds a list; its bytes are left in *text for the digest of what an outcome depends on. */
MUST_CHECK enum errc words_read(struct arena *a, const char *dir, const char *name, enum word_kind kind, struct words *w, span *text,
    struct err *e);

#endif
