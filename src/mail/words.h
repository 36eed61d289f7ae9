/* Encoded words (RFC 2047) and text in the arena that grows while it is put together; for header.c, params.c and
 * address.c. */
#ifndef TOCSIN_MAIL_WORDS_H
#define TOCSIN_MAIL_WORDS_H

#include "base/arena.h"

/* Text that is put together; `failed` sticks, and says that memory ran out. */
struct text {
	struct arena *arena;
	unsigned char *p;
	size_t n, cap;
	bool failed;
};

void text_put(struct text *t, span s);
void text_byte(struct text *t, unsigned char c);
/* p NULL when it failed. */
span text_span(const struct text *t);

/* Behind the comment that begins at `at` (RFC 5322 3.2.2), with those in it; one without end goes on to the end of s. */
size_t comment_end(span s, size_t at);

/* Unfolded bytes with or without encoded words to valid UTF-8 without NUL or line ends; `body` as below. p NULL: memory. */
MUST_CHECK span words_decode(struct arena *a, span in, span body);

/*
 * Bytes of a header field whose charset is not said: as they say of themselves (UTF-8, ISO-2022-JP), else in that of the body, by its
 * name, where they are valid in it, else a guess. p NULL: memory.
 */
MUST_CHECK span words_raw(struct arena *a, span bytes, span body);

/*
 * Does `at` lie within an encoded word that begins at `from` or behind it? Comma and semicolon should be encoded there, and are not always;
 * charsets have names with a colon.
 */
bool in_encoded_word(span s, size_t from, size_t at);

/* Is there anything but ASCII in it? */
bool words_are_raw(span bytes);

/* Bytes in a charset by its name, unknown ones as words_raw. p NULL: memory. */
MUST_CHECK span words_charset(struct arena *a, span charset, span bytes, span body);

#endif
