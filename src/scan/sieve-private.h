/* Between how a sieve is read (sieve-read.c) and how it is run (sieve.c). */
#ifndef TOCSIN_SCAN_SIEVE_PRIVATE_H
#define TOCSIN_SCAN_SIEVE_PRIVATE_H

#include "scan/sieve.h"

#define SETS_MAX 4096
#define STEPS_MAX 16384 /* of one pattern; jumps are 16 bits */

/* What is no set: steps that no character leads away from. Those that look at one have its set in y. */
enum { JUMP = SETS_MAX, LOOK, LOOK_NOT, DONE };

/* Characters: those of ASCII, then all others as one, then the end of the text, which is in the set of "\z" alone. */
enum { OTHER = 128, END };
#define PAST_BYTES 256 /* where class_of has the end */
#define WORDS 3
struct character_set { uint64_t has[WORDS]; };

struct sieves {
	struct character_set sets[SETS_MAX];
	size_t n_sets;
	uint16_t set_of[SETS_MAX], same_hash[SETS_MAX]; /* 1 + index of a set: where its hash leads, and the next where that one's does */
	struct sieve_step v[STEPS_MAX]; /* of the pattern that is read */
	/* of the run under way */
	uint32_t seen[STEPS_MAX], turn; /* the turn in which a step was come to last */
	uint16_t next[STEPS_MAX], open[STEPS_MAX];
	struct arena *cache; /* of the states of all sieves */
	bool full;
	unsigned age;        /* how often it was emptied */
};

static inline bool set_eq(const struct character_set *a, const struct character_set *b)
{
	return a->has[0] == b->has[0] && a->has[1] == b->has[1] && a->has[2] == b->has[2];
}

static inline bool set_has(const struct character_set *s, unsigned c) { return (s->has[c / 64] >> c % 64 & 1) != 0; }

#endif
