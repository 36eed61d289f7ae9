#include "attribute/cells.h"

#include "attribute/directory.h"
#include "attribute/idn.h"
#include "base/utf8.h"

static const unsigned char apart_by[256] = {
    [';'] = APART_STRONG, ['|'] = APART_STRONG, ['\n'] = APART_STRONG, [','] = APART_COMMA,
    [' '] = APART_SPACE, ['\t'] = APART_SPACE, ['\r'] = APART_SPACE,
};

bool cell_next(span *rest, unsigned apart, span *piece)
{
	size_t end = 0;

	if (rest->p == NULL || rest->n == 0)
		return false;
	while (end < rest->n && (apart_by[rest->p[end]] & apart) == 0)
		end++;
	*piece = span_trim(span_first(*rest, end));
	*rest = end < rest->n ? span_from(*rest, end + 1) : SPAN_EMPTY;
	return true;
}

unsigned cell_apart(span cell)
{
	for (size_t i = 0; i < cell.n; i++)
		if (apart_by[cell.p[i]] == APART_STRONG)
			return APART_STRONG;
	return APART_STRONG | APART_COMMA;
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

bool cell_contact(span piece, span *address, span *role)
{
	size_t at = span_find_byte(piece, '@'), from = at, to = at;
	size_t open;
	bool stray = false;
	span before;

	*role = SPAN_EMPTY;
	if (at == piece.n)
		return false;
	/* What is left of an address behind a stray byte is somebody else's. */
	for (size_t i = 0; i < piece.n; i++)
		stray |= (piece.p[i] < ' ' && !ascii_is_space(piece.p[i])) || piece.p[i] == 0x7f;
	if (stray)
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
		unsigned char c = s.p[at];

		if (n > HOST_SIZE - 8)
			return 0;
		len = 1;
		label++;
		if (plain[c] != 0) {
			out[n++] = plain[c];
		} else if (c == '.' && label > 1) {
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
		if (label > 63) /* RFC 1035 2.3.4 */
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
