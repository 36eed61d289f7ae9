/*
 * yEnc (yenc.org, version 1.3): bytes moved by 42 in lines between "=ybegin" and "=yend". It came from news to mail. A
 * file in several parts has one of them in each message.
 */
#include "stream/yenc.h"

#include "stream/decode.h"

static bool is_keyword(span line, span word) { return span_starts(line, SPAN_LIT("=y")) && span_starts(span_from(line, 2), word); }

bool yenc_find(span text, size_t from, struct uu *out)
{
	while (from < text.n) {
		size_t at = from + span_find(span_from(text, from), SPAN_LIT("=ybegin ")), name;
		span rest, line;

		if (at >= text.n)
			return false;
		from = at + 1;
		rest = span_from(text, at);
		if ((at > 0 && text.p[at - 1] != '\n') || !span_line(&rest, &line) ||
		    !span_has(line, SPAN_LIT("line=")) || (name = span_find(line, SPAN_LIT(" name="))) == line.n)
			continue;
		out->name = span_trim(span_from(line, name + 6));
		out->body = rest;
		while (span_line(&rest, &line) && !is_keyword(line, SPAN_LIT("end")))
			;
		out->body.n = (size_t)(rest.p - out->body.p);
		out->at = at;
		out->n = (size_t)(rest.p - (text.p + at));
		return true;
	}
	return false;
}

size_t yenc_decode(span in, unsigned char *out, unsigned *problems)
{
	span rest = in, line;
	size_t n = 0;

	while (span_line(&rest, &line)) {
		if (is_keyword(line, SPAN_LIT("end")))
			return n;
		if (is_keyword(line, SPAN_LIT("begin")) || is_keyword(line, SPAN_LIT("part")))
			continue;
		/* Two dots at the beginning were one (RFC 5321 4.5.2), where a program forgot to take it off. */
		if (span_starts(line, SPAN_LIT("..")))
			line = span_from(line, 1);
		for (size_t i = 0; i < line.n; i++) {
			unsigned c = line.p[i];

			if (c == '\r')
				continue;
			if (c == '=' && i + 1 == line.n) {
				*problems |= DECODE_GARBAGE;
				break;
			}
			if (c == '=')
				c = line.p[++i] - 64u;
			out[n++] = (unsigned char)(c - 42u);
		}
	}
	*problems |= DECODE_TRUNCATED;
	return n;
}
