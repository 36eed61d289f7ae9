/*
 * The other cases of a name, as texts have them whose language declines names: "des Landkreises Oberau", "Krakowskiej Spółki
 * Drukarskiej", "Kaarnalle". Words are folded (tokens.h). No grammar: the endings that names of organisations mostly have.
 */
#ifndef TOCSIN_ATTRIBUTE_INFLECT_H
#define TOCSIN_ATTRIBUTE_INFLECT_H

#include "base/span.h"

enum { INFLECT_CASES = 4, INFLECT_ALONE = 9 };

/* A language that a legal form tells: only in it a name of one word is declined. */
enum tongue { TONGUE_OTHER, TONGUE_FINNISH, TONGUE_CZECH, TONGUE_POLISH };

/* May a word be one that has other cases? By its last letters; it need not be folded. */
bool inflects(span word);
/* How a word of a name of several is declined: a number for inflect, 0 where it is the same in all cases. */
size_t inflect_kind(span word);
/* out is the word in that case, below INFLECT_CASES. 0: no room. */
size_t inflect(span word, size_t kind, size_t grammatical_case, char *out, size_t size);
/* A name of one word: the form of that number, below INFLECT_ALONE; 0 for none. */
size_t inflect_alone(enum tongue tongue, span word, size_t number, char *out, size_t size);

#endif
