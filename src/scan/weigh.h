/*
 * Values weighed by the words around them, as examples taught it: no list of constructions knows all the ways in which people tell a code or
 * a password ("have changed it from the dog one to X", "the telehandler is still on 1 1 3 8"). Each number and odd word near a word for a secret or for
 * what has one is described by features: its form, the words before and behind it, and what the word lists of the rules say of them; so are unusual
 * plain words, and phrases. The word lists "weights" and "plain-weights" of the rules say what each feature adds in hundredths ("b1=is 34"; "d.b1=is 12"
 * of numbers only); where the sum is positive, the value is told. tools/learn-weights makes those lists.
 */
#ifndef TOCSIN_SCAN_WEIGH_H
#define TOCSIN_SCAN_WEIGH_H

#include "scan/private.h"

struct weigher;
#define WEIGH_ROLES 19
extern const char *const weigh_role_lists[WEIGH_ROLES]; /* the names of the lists that say what a word is */
/* Where the rules have no such list, NULL. */
struct weigher_lists {
	const struct word_list *values, *plain;      /* the weights of numbers and odd words, and of plain words */
	const struct word_list *roles[WEIGH_ROLES];  /* beside weigh_role_lists */
	struct told_words codes, passwords;
};
/* The lists outlive it; false: no memory. */
bool weigher_new(struct arena *a, const struct weigher_lists *lists, struct weigher **out);
/* Is that an entry of such a list? */
bool weight_is_known(span line);

/* A number, an odd word, and plain ones. */
enum weighed { WEIGHED_CODE, WEIGHED_WORD, WEIGHED_PLAIN };
/* sum in hundredths; false ends. */
typedef bool (*weighed_found)(void *ctx, size_t at, size_t n, enum weighed what, int sum);
/* What a value's sum is made of, for tools/learn-weights and explanations; found is called behind its features. */
typedef void (*weighed_feature)(void *ctx, const char *slot, span value);
/* feature NULL: nobody asks for features, and found is called where the sum is positive; else of every value. */
struct weighed_reader { weighed_found found; weighed_feature feature; void *ctx; };

/* All values in text[from, to), in order. */
bool weigh(const struct weigher *w, span text, size_t from, size_t to, const struct weighed_reader *reader);
/* What the engine weighs from now on goes to the reader, and is no finding; NULL: no more. */
void engine_ask(struct engine *en, const struct weighed_reader *reader);

#endif
