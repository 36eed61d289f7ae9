/* What the files that weigh what is told in sentences share (told.c, told-codes.c, told-odd.c, told-answer.c, told-spelled.c, plain.c, sentence.c). */
#ifndef TOCSIN_SCAN_TOLD_PRIVATE_H
#define TOCSIN_SCAN_TOLD_PRIVATE_H

#include "scan/private.h"

#define TOLD_ENOUGH 6 /* this much is a code; a password wants one more, of which the odd look of the word is a part */
#define SOFT_LINE 55  /* a line as long as this was wrapped, and its end ends no sentence */

/* How much the words around a place say that it is a secret, and what of it they are sure of. */
struct weight {
	int sum, lead;
	bool topic, thing; /* one at all; one in the sentence */
	bool here, near;   /* either in the sentence; in those before */
	bool busy;         /* two acts in the sentence */
	bool typed;        /* what one does to type it stands beside it */
	bool alone;        /* nothing that it would be for, or something else that is told so */
};

/* Weighs text[at, end), to which what stands before leads; a sum below zero: it is none. */
struct weight told_weight(const struct told_words *words, span text, size_t at, size_t end, int lead);
/* Does the sentence end at byte `at`: with a mark, an item of a list, or a line that no wrapping broke? */
bool sentence_ends(span text, size_t at);
/* The start of the sentence that byte `at` is in, not further back than `least`; its last byte, or `most` bytes behind `at`. */
size_t sentence_start(span text, size_t at, size_t least);
size_t sentence_stop(span text, size_t at, size_t most);
/* How many sentences end in text[from, to), and where the last of them does. */
unsigned sentences_within(span text, size_t from, size_t to, size_t *last);
/* "not", "pas", "for example": does the text tell what is none? */
bool says_no(span s);
/* The bytes of the mark of quoting at `at`; 0: none is there. */
size_t quote_n(span text, size_t at);
/* "xk3p9w", "Lq7tt2mn": letters and digits that change places at least twice */
bool word_is_mixed(span v);
/* "gw-oslo-03 sshd[2117]: Failed password": is the word that ends there the host that a line of a log begins with? */
bool word_is_logging(span text, size_t end);
/* Is the word at byte `at` what a thing is called: one of some that are numbered alike, or named again and again? Or such a host. */
bool word_is_of_thing(span text, size_t at, span v);
/*
 * Is what the words around say of secrets enough for a word that few but passwords look like? Of twenty thousand mails fewer than twenty have such a one
 * that is none. spoken: the text speaks of what has a secret somewhere.
 */
bool told_odd_enough(span text, const struct candidate *c, const struct weight *w, int odd, bool name, bool spoken);
void tell_codes(const struct told_words *words, span text, size_t from, size_t to, told_found found, void *ctx);

#endif
