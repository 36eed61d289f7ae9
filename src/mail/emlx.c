#include "mail/emlx.h"

#include "mail/mbox.h"

enum { DIGITS_MAX = 12 };

bool emlx_message(span file, size_t *at, size_t *n)
{
	span line = span_first(file, span_find_byte(span_first(file, 32), '\n')), tail, word;
	uint64_t length = 0;

	if (line.n == 0 || line.n >= 32 || line.n >= file.n)
		return false;
	word = span_trim(line);
	if (word.n == 0 || word.n > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		if (!ascii_is_digit(word.p[i]))
			return false;
		length = length * 10 + (uint64_t)(word.p[i] - '0');
	}
	*at = line.n + 1;
	*n = length < file.n - *at ? (size_t)length : file.n - *at;
	tail = span_trim(span_from(file, *at + *n));
	/* A number on the first line is not much: what stands around the message must fit as well. */
	return (tail.n == 0 || span_starts(tail, SPAN_LIT("<?xml")) || span_starts(tail, SPAN_LIT("<!DOCTYPE plist"))) &&
	       message_sniff(span_sub(file, *at, *n));
}
