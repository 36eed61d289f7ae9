/*
 * "Did you mean": of the words that would have been right, the one that somebody who typed another may have meant: at most two letters
 * are wrong, missing, too many or swapped, and less than half of it. For messages only; nothing is ever done on a guess.
 */
#ifndef TOCSIN_BASE_NEAR_H
#define TOCSIN_BASE_NEAR_H

#include "base/span.h"

struct near {
	span typed;
	span best;     /* the nearest so far; borrowed */
	unsigned away; /* 0: there is none */
	char says[96]; /* of near_says */
};

static inline struct near near_to(span typed) { return (struct near){.typed = typed}; }
void near_try(struct near *n, span word);
/* Of words that NULL ends. */
struct near near_among(span typed, const char *const *words);
/* " (did you mean scan?)", or "" */
const char *near_says(struct near *n);

#endif
