/* What a part is encoded in: by its header field, and where that cannot be, by its body. */
#include "base/utf8.h"
#include "mail/mime-private.h"
#include "mail/text-kind.h"

span encoding_word(span value)
{
	value = span_trim(value);
	while (value.n != 0 && value.p[0] == '(' && span_find_byte(value, ')') < value.n)
		value = span_trim(span_from(value, span_find_byte(value, ')') + 1));
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == ';' || value.p[i] == '(')
			return span_trim(span_first(value, i));
	return value;
}

bool is_base64_line(span line)
{
	line = span_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (!ascii_is_alnum(line.p[i]) && line.p[i] != '+' && line.p[i] != '/' && line.p[i] != '=')
			return false;
	return line.n != 0;
}

void encoding_again(struct part *p, span value)
{
	enum { LINE_LEAST = 16 };
	enum encoding again = encoding_of(encoding_word(value));
	span rest = p->body, line = SPAN_EMPTY;

	if (value.p == NULL || p->encoding != ENCODING_IDENTITY)
		return;
	while (span_line(&rest, &line) && span_trim(line).n == 0)
		;
	if (again == ENCODING_QUOTED_PRINTABLE ||
	    (again == ENCODING_BASE64 && span_trim(line).n >= LINE_LEAST && span_trim(line).n % 4 == 0 && is_base64_line(line)))
		p->encoding = again;
}

/* Without what a program on the way put before or behind each line, as "> ": not of base64, and passed over in it (RFC 2045 6.8). */
static span without_marks(span line)
{
	while (line.n != 0 && !is_base64_line(span_first(line, 1)))
		line = span_from(line, 1);
	while (line.n != 0 && !is_base64_line(span_from(line, line.n - 1)))
		line.n--;
	return line;
}

enum { ENCODED_LOOK = 1024 };

/* Is what s, of at most ENCODED_LOOK bytes, decodes to text in UTF-8? */
static bool decodes_to_text(span s, unsigned *problems)
{
	UNFILLED unsigned char out[ENCODED_LOOK];
	span decoded = span_of(out, base64_decode_either(s, out, problems));

	return utf8_valid(decoded) == decoded.n && text_looks(decoded);
}

/* Words have more that is not of base64: spaces at least. */
static bool is_mostly_base64(span s)
{
	enum { LEAST = 64, DAMAGED = 32 /* one of so many */ };
	size_t of = 0, other = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' && s.p[i] != '\n')
			*(is_base64_line(span_sub(s, i, 1)) ? &of : &other) += 1;
	return of >= LEAST && other <= of / DAMAGED;
}

void encoding_doubt(struct part *p)
{
	enum { LINE_LEAST = 20, MARKED_LEAST = 56 /* no word is so long */ };
	span head = span_first(p->body, ENCODED_LOOK), rest = head, line;
	unsigned problems = 0, ignored = 0;
	bool words = false;

	if (p->encoding != ENCODING_BASE64 || !(span_starts(p->type, SPAN_LIT("text/")) || span_starts(p->type, SPAN_LIT("message/"))))
		return;
	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (line.n > MARKED_LEAST && is_base64_line(without_marks(line)) && without_marks(line).n >= MARKED_LEAST)
			return;
		if (is_base64_line(line) && (line.n >= LINE_LEAST || line.p[line.n - 1] == '=' || (!words && decodes_to_text(line, &ignored))))
			return;
		words |= line.n != 0;
	}
	if (words && !is_mostly_base64(head) && !decodes_to_text(head, &problems) && (problems & DECODE_GARBAGE) != 0 && text_looks(head)) {
		p->encoding = ENCODING_IDENTITY;
		p->problems |= MIME_BAD_ENCODING;
	}
}

/* Words, or the rule above a signature: no letters that were damaged on the way. */
static bool has_words(span text)
{
	span line;

	while (span_line(&text, &line)) {
		line = span_trim(line);
		if (span_starts(line, SPAN_LIT("--")) || span_starts(line, SPAN_LIT("__")) || span_find_byte(line, ' ') < line.n)
			return true;
	}
	return false;
}

/* How many letters of base64 there are in a row, at most. */
static size_t longest_run(span s)
{
	size_t best = 0, n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n = is_base64_line(span_sub(s, i, 1)) ? n + 1 : 0;
		best = n > best ? n : best;
	}
	return best;
}

size_t base64_text_begin(span body)
{
	enum { LINE_LEAST = 20, RUN_MOST = 40 /* a longer one was a line, and damaged */, SPACES = 2 };
	span rest = body, line, before = SPAN_EMPTY;
	size_t spaces = 0;

	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (is_base64_line(line) && (before.n == 0 || line.n >= LINE_LEAST))
			return spaces >= SPACES && text_looks(before) ? before.n : 0;
		if (line.n != 0 && longest_run(line) >= RUN_MOST)
			return 0;
		for (size_t i = 0; i < line.n; i++)
			spaces += line.p[i] == ' ';
		before = span_first(body, body.n - rest.n);
	}
	return 0;
}

/* Is it a file that says what it is in more than a letter or two? */
static bool is_known_file(span head)
{
	bool certain;

	return text_kind(head, &certain) != NULL && certain;
}

bool base64_is_known(span body, bool text)
{
	/* So many bytes without one that no text has are no chance; fewer have to be UTF-8 as well, and be called text. */
	enum { LETTERS_LEAST = 16, BYTES_SURE = 96 };
	UNFILLED unsigned char out[ENCODED_LOOK];
	span rest = body, line, decoded;
	size_t width = 0, last = 0, n = 0;
	unsigned ignored = 0;

	while (span_line(&rest, &line)) {
		line = span_trim(line);
		if (!is_base64_line(line) || last != width || line.n > (width != 0 ? width : line.n))
			return false;
		last = line.n;
		width = width == 0 ? line.n : width;
		n += line.n;
	}
	if (n < LETTERS_LEAST || n % 4 != 0)
		return false;
	decoded = span_of(out, base64_decode_either(span_first(body, sizeof out), out, &ignored));
	return ((decoded.n >= BYTES_SURE || (text && utf8_valid(decoded) == decoded.n)) && text_looks(decoded)) || is_known_file(decoded);
}

bool base64_ends(span body)
{
	size_t at;

	body = span_trim(body);
	for (at = body.n; at != 0 && body.p[at - 1] != '\n'; at--)
		;
	return body.n == 0 || is_base64_line(span_from(body, at));
}

size_t base64_text_end(span body)
{
	enum { LINE_LEAST = 20 };
	span rest = body, line;
	size_t width = 0, n = 0, end = 0;

	/* All lines but the last are of one length. */
	while (span_line(&rest, &line) && is_base64_line(line)) {
		line = span_trim(line);
		n += line.n;
		width = width == 0 ? line.n : width;
		end = (size_t)(line.p + line.n - body.p);
		if (line.n != width || line.p[line.n - 1] == '=')
			break;
	}
	rest = span_from(body, end);
	if (n == 0 || n % 4 != 0 || !has_words(rest) || !text_looks(rest))
		return body.n;
	while (span_line(&rest, &line))
		if (span_trim(line).n >= LINE_LEAST && is_base64_line(line))
			return body.n;
	return end;
}
