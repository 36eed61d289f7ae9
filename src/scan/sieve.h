/*
 * A sieve says, before PCRE2 is asked, where a pattern cannot match: an automaton of the pattern that is run over a few bytes and dies soon.
 * What it lets through PCRE2 looks at, so it may let through too much and never too little: what looks behind or far ahead is left out of
 * it, a character past ASCII is like any other, and a pattern in words that it does not know has none.
 */
#ifndef TOCSIN_SCAN_SIEVE_H
#define TOCSIN_SCAN_SIEVE_H

#include "base/arena.h"

/* One step: a character of a set leads to the next one; or no character does, to that x and that y steps further. */
struct sieve_step { uint16_t set; int16_t x, y; };

/* What the sieves of an engine share: sets of characters, room to make one, and the states that were come to. */
struct sieves;
MUST_CHECK enum errc sieves_new(struct sieves **out, struct err *e);
void sieves_free(struct sieves *s);

struct sieve {
	const struct sieve_step *v;
	size_t n;                 /* 0: there is none, and everything passes */
	bool made;
	uint8_t class_of[257], example[130]; /* of each byte, and of the end, which characters nothing tells it apart from; of each class the last one */
	size_t n_classes;
	/* the states that were come to, and where their hashes lead */
	struct sieve_state **states;
	size_t n_states, cap_states;
	unsigned age;
	uint16_t *buckets;
};

/*
 * Makes the sieve of a pattern in extended syntax; its steps are the arena's. searched: it is run from many places of a text at a time, and
 * numbers of times are dear. false: no memory.
 */
MUST_CHECK bool sieve_make(struct sieves *s, struct arena *a, span pattern, bool fold, bool searched, struct sieve *out);

/* May the pattern match text, which is valid UTF-8, from a byte of [first, last] to `end` or behind? */
bool sieve_passes(struct sieves *s, struct sieve *v, span text, size_t first, size_t last, size_t end);

#endif
