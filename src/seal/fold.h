/*
 * A text as its letters and digits alone, folded (case, accents), with the place of each: what names and values are
 * compared in, so that blanks, hyphens, line ends and invisible characters between letters hide nothing, nor "%20" in an
 * address of the web.
 */
#ifndef TOCSIN_SEAL_FOLD_H
#define TOCSIN_SEAL_FOLD_H

#include "base/arena.h"

struct folded {
	unsigned char *p;
	uint32_t *at;   /* where the character of each byte begins in the text */
	uint32_t *end;  /* and ends */
	size_t n;
};

/* text: valid UTF-8 under 4 GiB. */
MUST_CHECK enum errc fold_text(struct arena *a, span text, struct folded *out, struct err *e);

/*
 * The same with one letter for the two that stand for an umlaut, a ring or a barred o where there is no such key: "Müller"
 * and "Mueller" are both muller. For a second look: "Suez" is suz in it, and "CasaEuropa" casauropa.
 */
MUST_CHECK enum errc fold_joined(struct arena *a, const struct folded *t, struct folded *out, struct err *e);
/* Is a name worth the second look? */
bool fold_may_join(const struct folded *t);

#endif
