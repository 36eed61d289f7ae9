#include "mail/emlx.h"

#include "mail/mbox.h"

enum { DIGITS_MAX = 12 };

/* The property list that ends the file: where it begins, or file.n. */
static size_t plist_at(span file)
{
	static const char begin[] = "\n<?xml version";
	size_t at = file.n;

	if (!span_ends_nocase(span_trim(file), SPAN_LIT("</plist>")))
		return file.n;
	for (size_t i = 0; (i += span_find(span_from(file, i), span_str(begin))) < file.n; i++)
		at = i + 1;
	return at;
}

static bool begins_plist(span s) { return span_starts(s, SPAN_LIT("<?xml")) || span_starts(s, SPAN_LIT("<!DOCTYPE plist")); }

bool emlx_message(span file, size_t *at, size_t *n)
{
	span line = span_first(file, span_find_byte(span_first(file, 32), '\n')), tail, word;
	uint64_t length;
	size_t end;

	if (line.n == 0 || line.n >= 32 || line.n >= file.n)
		return false;
	word = span_trim(line);
	if (word.n == 0 || span_digits(word, DIGITS_MAX, &length) != word.n)
		return false;
	*at = line.n + 1;
	*n = length < file.n - *at ? (size_t)length : file.n - *at;
	tail = span_trim(span_from(file, *at + *n));
	/* Line ends that were changed on the way changed the length: then the property list says where the message ends. */
	if (!begins_plist(tail) && (end = plist_at(file)) < file.n && end > *at) {
		*n = end - *at;
		tail = span_from(file, end);
	}
	/* A number on the first line is not much: what stands around the message must fit as well. */
	return (tail.n == 0 || begins_plist(tail)) && message_sniff(span_sub(file, *at, *n));
}
