#include "stream/zip-walk.h"

enum { LOCAL = 30, END = 22, DESCRIPTOR = 16, COMMENT = 65535, HAS_DESCRIPTOR = 8 };

static uint32_t number(span s, size_t at, unsigned n)
{
	uint32_t v = 0;

	for (unsigned i = n; i > 0; i--)
		v = v << 8 | s.p[at + i - 1];
	return v;
}

/* The end of the central directory (4.3.16), whose comment ends the file; n = 0: none. */
static span end_of(span bytes)
{
	span tail = bytes.n > END + COMMENT ? span_from(bytes, bytes.n - END - COMMENT) : bytes;

	for (size_t at = tail.n; at-- > 0;) {
		span s = span_from(tail, at);

		if (s.n >= END && s.p[0] == 'P' && span_starts(s, SPAN_LIT("PK\5\6")) && number(s, 20, 2) == s.n - END)
			return s;
	}
	return SPAN_EMPTY;
}

bool zip_ends(span bytes) { return end_of(bytes).n > 0; }

/* The bytes of a member whose size stands behind them, with that (4.3.9); 0: not found. */
static size_t described(span data)
{
	for (size_t at = 0; at < data.n; at++) {
		at += span_find(span_from(data, at), SPAN_LIT("PK\7\10"));
		if (data.n - at >= DESCRIPTOR && number(data, at + 8, 4) == at)
			return at + DESCRIPTOR;
	}
	return 0;
}

bool zip_forgets(span bytes)
{
	span end = end_of(bytes), s = bytes;
	size_t n = 0;

	if (end.n == 0 || !span_starts(bytes, SPAN_LIT("PK\3\4")))
		return false;
	for (; s.n >= LOCAL && span_starts(s, SPAN_LIT("PK\3\4")); n++) {
		uint32_t size = number(s, 18, 4);
		span data = span_from(s, LOCAL + number(s, 26, 2) + number(s, 28, 2));
		size_t skip = size;

		/* ZIP64 has its sizes elsewhere: then nothing can be said. */
		if (size == UINT32_MAX)
			return false;
		if (size == 0 && (number(s, 6, 2) & HAS_DESCRIPTOR) != 0 && (skip = described(data)) == 0)
			return false;
		if (skip > data.n)
			return false;
		s = span_from(data, skip);
		if (size != 0 && (s.n >= DESCRIPTOR && span_starts(s, SPAN_LIT("PK\7\10"))))
			s = span_from(s, DESCRIPTOR);
	}
	return number(end, 10, 2) < UINT16_MAX && n > number(end, 10, 2);
}
