/*
 * uuencode (POSIX uuencode(1)) as it came through decades of mail: spaces or grave accents for zero, trailing
 * spaces lost, a checksum character at the end of lines, lines of '>' quotes between, the "end" line missing, and lines that were damaged
 * or put in between.
 */
#include "stream/uuencode.h"

#include "stream/decode.h"

/* The next line, without what some programs leave of more line ends than one: CR CR LF. */
static bool next_line(span *rest, span *line)
{
	if (!span_line(rest, line))
		return false;
	while (line->n != 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static bool uu_char(unsigned char c) { return c >= 32 && c <= 96; }

static unsigned uu_value(unsigned char c) { return (c - 32u) & 63u; }

static size_t chars_for(unsigned n_bytes) { return (n_bytes + 2) / 3 * 4; }

/* Could this be a line of data? Trailing spaces may be lost, and one or two characters may be more; as many as `bad` may be of no data. */
static bool line_fits(span line, size_t bad)
{
	size_t want;

	if (line.n == 0 || !uu_char(line.p[0]))
		return false;
	want = 1 + chars_for(uu_value(line.p[0]));
	if (line.n > want + 2)
		return false;
	for (size_t i = 0; i < line.n; i++)
		if (!uu_char(line.p[i]) && bad-- == 0)
			return false;
	/* Half of it lost is more than spaces. */
	return line.n > want / 2;
}

static bool line_plausible(span line) { return line_fits(line, 0); }

/* As all lines of a file are but the last: few others begin with "M" and are so long. */
static bool line_full(span line) { return line.n > chars_for(uu_value('M')) && line.p[0] == 'M' && line_plausible(line); }

static bool line_is_end(span line) { return span_eq(span_trim(line), SPAN_LIT("end")); }

static bool line_last(span line)
{
	line = span_trim(line);
	return line.n == 0 || (line.n == 1 && line.p[0] == '`');
}

/* Does nothing come but the end of the file? */
static bool ends_here(span rest)
{
	span line = SPAN_EMPTY;

	while (next_line(&rest, &line) && line_last(line))
		;
	return line_is_end(line);
}

/* Does the file go on behind a line that is none of it? A full line says so, or the end of the file at most a line further on. */
static bool goes_on(span rest)
{
	span line;

	if (!next_line(&rest, &line))
		return false;
	if (line_is_end(line) || line_full(line))
		return true;
	return (line_plausible(line) || line_last(line)) && ends_here(rest);
}

/* "begin 644 name" */
static bool line_begins(span line, span *name)
{
	size_t at = 6;

	if (!span_starts(line, SPAN_LIT("begin ")))
		return false;
	while (at < line.n && line.p[at] >= '0' && line.p[at] <= '7')
		at++;
	if (at < 9 || at > 10 || at == line.n || line.p[at] != ' ')
		return false;
	*name = span_trim(span_from(line, at));
	return name->n > 0;
}

bool uu_find(span text, size_t from, struct uu *out)
{
	while (from < text.n) {
		size_t at = from + span_find(span_from(text, from), SPAN_LIT("begin "));
		span rest, line, first, body, next;
		bool ended = false;

		if (at >= text.n)
			return false;
		from = at + 1;
		rest = span_from(text, at);
		if ((at > 0 && text.p[at - 1] != '\n') || !next_line(&rest, &line) || !line_begins(line, &out->name))
			continue;
		body = first = rest;
		if (!next_line(&first, &line))
			continue;
		if (line_last(line)) { /* of a file without bytes, or an empty line before those of one */
			if (!next_line(&first, &line) || !line_full(line))
				continue;
		} else if (!line_plausible(line) && !goes_on(first)) {
			continue;
		}
		while (!ended) {
			span before = rest;

			if (!next_line(&rest, &line))
				break;
			ended = line_is_end(line);
			if (!ended && !line_plausible(line) && !line_last(line) && (line_begins(line, &next) || !goes_on(rest))) {
				rest = before; /* no end line: what follows is not of the file */
				break;
			}
		}
		out->at = at;
		out->n = (size_t)(rest.p - (text.p + at));
		out->body = span_of(body.p, (size_t)(rest.p - body.p));
		return true;
	}
	return false;
}

bool uu_base64_find(span text, size_t from, struct uu *out)
{
	static const char word[] = "begin-base64 ";

	for (size_t at; (at = from + span_find(span_from(text, from), span_str(word))) < text.n; from = at + 1) {
		span rest = span_from(text, at), line, begin;
		size_t name = sizeof word - 1;

		if ((at > 0 && text.p[at - 1] != '\n') || !next_line(&rest, &begin))
			continue;
		while (name < begin.n && ascii_is_digit(begin.p[name]))
			name++;
		out->name = span_trim(span_from(begin, name));
		if (out->name.n == 0)
			continue;
		out->body = span_of(rest.p, 0);
		while (next_line(&rest, &line) && !span_starts(line, SPAN_LIT("====")) && span_trim(line).n != 0)
			out->body.n = (size_t)(rest.p - out->body.p);
		out->at = at;
		out->n = (size_t)(rest.p - (text.p + at));
		if (out->body.n != 0)
			return true;
	}
	return false;
}

static size_t line_decode(span line, unsigned char *out, unsigned *problems)
{
	unsigned n_bytes = uu_value(line.p[0]);
	size_t want = chars_for(n_bytes), written = 0;
	span data = span_from(line, 1);

	/* Spaces lost at the end of the line are put back, but never more than there is of the line itself. */
	if (data.n < want / 2) {
		*problems |= DECODE_TRUNCATED;
		n_bytes = (unsigned)(data.n / 4 * 3 + (data.n % 4 != 0 ? data.n % 4 - 1 : 0));
	}
	for (size_t i = 0; written < n_bytes; i += 4) {
		uint32_t v = 0;

		for (size_t k = i; k < i + 4; k++) {
			unsigned char c = k < data.n ? data.p[k] : ' ';

			if (!uu_char(c))
				*problems |= DECODE_GARBAGE;
			v = v << 6 | uu_value(c);
		}
		for (unsigned shift = 16; written < n_bytes; shift -= 8) {
			out[written++] = (unsigned char)(v >> shift);
			if (shift == 0)
				break;
		}
	}
	return written;
}

size_t uu_decode(span in, unsigned char *out, unsigned *problems)
{
	enum { DAMAGED = 4 }; /* more characters that are no data: no line of it */
	span rest = in, line, name;
	size_t n = 0;
	struct uu file;
	bool last = false;

	if (uu_find(in, 0, &file))
		rest = file.body;
	else if (next_line(&rest, &line) && !line_begins(line, &name))
		rest = in;
	while (next_line(&rest, &line)) {
		if (line_is_end(line))
			return n;
		if (line_last(line)) {
			last = true;
			continue;
		}
		last &= !line_full(line) && !(line_plausible(line) && ends_here(rest));
		if (last || !line_fits(line, DAMAGED)) {
			*problems |= DECODE_GARBAGE;
			continue;
		}
		n += line_decode(line, out + n, problems);
	}
	*problems |= DECODE_TRUNCATED;
	return n;
}
