/*
 * Passwords that are tried on documents and archives that ask for one: those that somebody gave, and those that stood near them in the
 * mail. They are borrowed, never written anywhere; which of them opened something is remembered by its number.
 */
#ifndef TOCSIN_STREAM_PASSWORDS_H
#define TOCSIN_STREAM_PASSWORDS_H

#include "base/arena.h"

enum { PASSWORDS_USED = 16 };

struct passwords {
	const span *v;   /* UTF-8 */
	size_t n;
	uint64_t work;   /* rounds of hashing that may still be spent */
	bool cut;        /* they were not all tried: there was too much work */
	size_t used[PASSWORDS_USED], n_used; /* which have opened something; more than there is room for are not remembered */
};

/*
 * The next to try on something that costs `rounds` a password; *i counts from 0. False at the end. Excel's own comes first, so
 * that *i - 1 is one more than the index in v. p may be NULL: Excel's own is all there is.
 */
bool passwords_next(struct passwords *p, size_t *i, uint64_t rounds, span *password);
/* Pays for work whose size is known only with the password. False when so much is not left: noted. */
bool passwords_pay(struct passwords *p, uint64_t rounds);
/* The one that passwords_next gave for this *i - 1 was right. */
void passwords_used(struct passwords *p, size_t i);
/* UTF-16LE without a mark. */
MUST_CHECK enum errc utf16_of(struct arena *a, span utf8, span *out, struct err *e);

#endif
