/* Where a sentence of mail begins and ends: with a mark, or with a line that nothing wrapped. */
#include "scan/told-private.h"

bool sentence_ends(span text, size_t at)
{
	unsigned char c;

	if (at >= text.n)
		return true;
	c = text.p[at];
	if (c == '\n') /* where none was wrapped, or an item of a list follows; below an empty line stands what a long one leads to */
		return at - span_line_begin(text, at, SOFT_LINE) < SOFT_LINE || at + 1 >= text.n || ascii_is_one_of(text.p[at + 1], "-*");
	if (c != '.' && c != '!' && c != '?')
		return false;
	if (c == '.' && at > 1 && is_letter(text.p[at - 1]) && !is_letter(text.p[at - 2])) /* "i.e. " */
		return false;
	return at + 1 >= text.n || is_blank(text.p[at + 1]);
}

size_t sentence_start(span text, size_t at, size_t least)
{
	while (at > least && !sentence_ends(text, at - 1))
		at--;
	return at;
}

size_t sentence_stop(span text, size_t at, size_t most)
{
	size_t end = text.n - at > most ? at + most : text.n;

	while (at < end && !sentence_ends(text, at))
		at++;
	return at;
}

unsigned sentences_within(span text, size_t from, size_t to, size_t *last)
{
	unsigned n = 0;

	*last = from;
	for (size_t i = from; i < to; i++)
		if (sentence_ends(text, i)) {
			n += !ascii_is_one_of(text.p[i], "\r\n") || i == from || !sentence_ends(text, i - 1);
			*last = i + 1;
		}
	return n;
}
