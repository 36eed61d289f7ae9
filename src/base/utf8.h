/*
 * UTF-8 as evidence has it: often, but not always, valid. What goes into the case store, onto a terminal or
 * into a report has been through utf8_clean or utf8_show first.
 */
#ifndef TOCSIN_BASE_UTF8_H
#define TOCSIN_BASE_UTF8_H

#include "base/arena.h"
#include "base/buf.h"

/* The byte order mark. It begins a table for people: without it Excel takes UTF-8 for the charset of its country. */
#define UTF8_MARK "\xef\xbb\xbf"

/* How many leading bytes are well-formed (Unicode 15, table 3-7: no surrogates, no overlong forms). */
size_t utf8_valid(span s);

/* The character at s.p[0] (s.n > 0) and its length; U+FFFD and 1 when it is not well-formed. */
uint32_t utf8_get(span s, size_t *n);
void utf8_put(struct buf *b, uint32_t c);
/* Writes 1 to 4 bytes at out, returns how many. */
size_t utf8_write(unsigned char out[4], uint32_t c);

/* At most so many bytes of its beginning, and not a part of a character at the end; of what is no UTF-8 up to three bytes fewer. */
span utf8_first(span s, size_t most);

/* The start of the character that byte `at` of well-formed text is in; the first at or behind `at`, or the end. */
size_t utf8_start(span s, size_t at);
size_t utf8_end(span s, size_t at);

/* s itself when valid and free of NUL; else a copy with U+FFFD for each bad byte and NUL. p == NULL: memory. */
MUST_CHECK span utf8_clean(struct arena *a, span s);

/* Would a terminal do it rather than show it? Control characters (C0, DEL, C1), what turns directions (UAX 9), line separators, U+FEFF. */
bool utf8_obeyed(uint32_t c);

/*
 * A character that nobody sees: a soft hyphen, no width, a joiner, a mark of direction, a variant of what stands before it, a tag. Words hide none.
 * Its first byte is one of utf8_unseen_begins.
 */
static inline bool utf8_unseen(uint32_t c)
{
	return c == 0xad || c == 0x34f || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe01ef);
}
static inline bool utf8_unseen_begins(unsigned char c) { return c == 0xc2 || c == 0xe2 || c == 0xef || c == 0xcd || c == 0xd8 || c == 0xe1 || c == 0xf3; }

/*
 * UTF-16, a unit behind the other (RFC 2781, 2.2). False: it is the first half of a character, which *high keeps for the next one; begin
 * with 0. Else *c is the character that it ends, U+FFFD for a second half alone.
 */
static inline bool utf16_ends(uint32_t *high, uint32_t *c)
{
	uint32_t first = *high;

	*high = *c >= 0xd800 && *c < 0xdc00 ? *c : 0;
	if (*high != 0)
		return false;
	if (*c >= 0xdc00 && *c < 0xe000)
		*c = first != 0 ? 0x10000 + ((first - 0xd800) << 10) + (*c - 0xdc00) : 0xfffd;
	return true;
}

/* For a terminal or plain text: as utf8_clean, and what it would obey as U+FFFD. */
void utf8_show(struct buf *b, span s);

/*
 * Simple case folding and nothing else: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic letters to lower
 * case. Enough to compare names; not full Unicode folding.
 */
uint32_t utf8_fold(uint32_t c);
/* The capital that folds to c; c itself where none does. */
uint32_t utf8_capital(uint32_t c);

/* A letter or digit past ASCII: no punctuation, symbol, blank, invisible character or accent by itself. */
bool utf8_is_letter(uint32_t c);

/* c folded and without its accent, 1 to 4 bytes at out: "E" and "e" with any accent are e, "ss" stands for a sharp s, and
 * fullwidth ASCII is ASCII. Returns how many. */
size_t utf8_base(uint32_t c, unsigned char out[4]);

#endif
