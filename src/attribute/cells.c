#include "attribute/cells.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "attribute/directory.h"
#include "attribute/idn.h"
#include "base/utf8.h"

#ifdef __SSE2__
static inline __m128i is_byte(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }
#endif

static const unsigned char apart_by[256] = {
    [';'] = APART_STRONG, ['|'] = APART_STRONG, ['\n'] = APART_STRONG, [','] = APART_COMMA,
    [' '] = APART_SPACE, ['\t'] = APART_SPACE, ['\r'] = APART_SPACE,
};

/* Where something stands that sets pieces apart, or s.n. */
static size_t find_apart(span s, unsigned apart)
{
	size_t at = 0;

#ifdef __SSE2__
	for (; s.n - at >= sizeof(__m128i); at += sizeof(__m128i)) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at)), hits = _mm_setzero_si128();
		unsigned mask;

		if ((apart & APART_STRONG) != 0)
			hits = _mm_or_si128(_mm_or_si128(is_byte(bytes, ';'), is_byte(bytes, '|')), is_byte(bytes, '\n'));
		if ((apart & APART_COMMA) != 0)
			hits = _mm_or_si128(hits, is_byte(bytes, ','));
		if ((apart & APART_SPACE) != 0)
			hits = _mm_or_si128(hits, _mm_or_si128(_mm_or_si128(is_byte(bytes, ' '), is_byte(bytes, '\t')), is_byte(bytes, '\r')));
		if ((mask = (unsigned)_mm_movemask_epi8(hits)) != 0)
			return at + (unsigned)__builtin_ctz(mask);
	}
#endif
	while (at < s.n && (apart_by[s.p[at]] & apart) == 0)
		at++;
	return at;
}

bool cell_next(span *rest, unsigned apart, span *piece)
{
	size_t end;

	if (rest->p == NULL || rest->n == 0)
		return false;
	end = find_apart(*rest, apart);
	*piece = span_trim(span_first(*rest, end));
	*rest = end < rest->n ? span_from(*rest, end + 1) : SPAN_EMPTY;
	return true;
}

unsigned cell_apart(span cell)
{
	return find_apart(cell, APART_STRONG) < cell.n ? APART_STRONG : APART_STRONG | APART_COMMA;
}

bool cell_is_nothing(span piece)
{
	static const struct { unsigned char n; char word[9]; } nothing[] = {{1, "-"}, {2, "--"}, {3, "n/a"}, {2, "na"},
	    {4, "none"}, {4, "null"}, {7, "(blank)"}, {5, "blank"}, {7, "unknown"}, {3, "tbd"}, {1, "?"}, {5, "keine"},
	    {6, "keiner"}, {5, "aucun"}, {5, "neant"}, {7, "inconnu"}, {9, "unbekannt"}, {1, "."}};

	if (piece.n == 0)
		return true;
	for (size_t i = 0; piece.n <= 9 && i < sizeof nothing / sizeof *nothing; i++)
		if (nothing[i].n == piece.n && span_eq_nocase(piece, span_of(nothing[i].word, piece.n)))
			return true;
	return false;
}

static const bool in_address[256] = {['!'] = true, ['#' ... '\''] = true, ['*'] = true, ['+'] = true, ['-' ... '9'] = true,
    ['='] = true, ['?' ... 'Z'] = true, ['^' ... '~'] = true, [0x80 ... 0xff] = true};

/* A control character that is no white space. */
static bool has_stray(span s)
{
	size_t at = 0;

#ifdef __SSE2__
	for (; s.n - at >= sizeof(__m128i); at += sizeof(__m128i)) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at));
		__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(' ' - 1)), bytes);

		if (_mm_movemask_epi8(_mm_or_si128(low, is_byte(bytes, 0x7f))) != 0)
			break;
	}
#endif
	for (; at < s.n; at++)
		if ((s.p[at] < ' ' && !ascii_is_space(s.p[at])) || s.p[at] == 0x7f)
			return true;
	return false;
}

bool cell_contact(span piece, span *address, span *role)
{
	size_t at = span_find_byte(piece, '@'), from = at, to = at;
	size_t open;
	span before;

	*role = SPAN_EMPTY;
	if (at == piece.n)
		return false;
	if (has_stray(piece)) /* what is left of an address behind it is somebody else's */
		return false;
	while (from > 0 && in_address[piece.p[from - 1]])
		from--;
	while (to < piece.n && in_address[piece.p[to]])
		to++;
	while (to > at && piece.p[to - 1] == '.')
		to--;
	*address = span_sub(piece, from, to - from);
	if (from == at || to == at + 1)
		return false;
	open = to + span_find_byte(span_from(piece, to), '(');
	before = span_trim(span_first(piece, from));
	if (open < piece.n) {
		span in = span_from(piece, open + 1);

		*role = span_trim(span_first(in, span_find_byte(in, ')')));
	} else if (before.n != 0 && (before.p[before.n - 1] == ':' || before.p[before.n - 1] == '=')) {
		*role = span_trim(span_first(before, before.n - 1));
	}
	if (span_eq_nocase(*role, SPAN_LIT("mailto")))
		*role = SPAN_EMPTY;
	return true;
}

/* Without a scheme, a user, a star or "www." before it, and without a path behind it. */
static span host_of(span s)
{
	size_t scheme = span_find_byte(s, ':'), sign;

	if (scheme < s.n && span_starts(span_from(s, scheme), SPAN_LIT("://")))
		s = span_from(s, scheme + 3);
	if ((sign = span_find_byte(s, '@')) < s.n)
		s = span_from(s, sign + 1);
	if (span_starts(s, SPAN_LIT("*.")))
		s = span_from(s, 2);
	while (s.n != 0 && s.p[0] == '.')
		s = span_from(s, 1);
	return span_starts_nocase(s, SPAN_LIT("www.")) ? span_from(s, 4) : s;
}

enum { LABEL_LONGEST = 63 }; /* RFC 1035, 2.3.4 */

/* Letters, digits, '-' and '_' as they stand in a domain; 0 for all else. */
static const char plain[256] = {['-'] = '-', ['_'] = '_',
    ['0'] = '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',
    ['A'] = 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
    ['a'] = 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z'};

size_t domain_clean(span cell, char out[HOST_SIZE])
{
	span s = host_of(span_trim(cell));
	size_t n = 0, labels = 1, label = 0;
	UNFILLED char utf8[HOST_SIZE];
	bool wide = false;

	for (size_t at = 0, len; at < s.n; at += len) {
		unsigned char c;

		for (; at < s.n && n <= HOST_SIZE - 8 && plain[s.p[at]] != 0; at++, label++)
			out[n++] = plain[s.p[at]];
		if (label > LABEL_LONGEST)
			return 0;
		if (at == s.n)
			break;
		if (n > HOST_SIZE - 8)
			return 0;
		c = s.p[at];
		len = 1;
		label++;
		if (c == '.' && label > 1) {
			out[n++] = '.';
			label = 0;
			labels++;
		} else if (c >= 0x80) {
			n += utf8_write((unsigned char *)out + n, utf8_fold(utf8_get(span_from(s, at), &len)));
			wide = true;
		} else if (c == '/' || c == ':' || c == '?' || c == '#') {
			label--;
			break;
		} else {
			return 0;
		}
		if (label > LABEL_LONGEST)
			return 0;
	}
	if (label == 0 && labels > 1) { /* the root's dot */
		labels--;
		n--;
	}
	out[n] = '\0';
	if (labels < 2 || n <= 2)
		return 0;
	/* What folding makes of a letter may be ASCII: the Kelvin sign is a k. */
	if (!wide || !idn_is_wide(span_of(out, n)))
		return n;
	memcpy(utf8, out, n);
	return idn_ascii(span_of(utf8, n), out, HOST_SIZE);
}
