#include "attribute/cells.h"

#include "attribute/directory.h"
#include "base/utf8.h"

bool cell_next(span *rest, const char *separators, span *piece)
{
	size_t end = 0;

	if (rest->p == NULL || rest->n == 0)
		return false;
	while (end < rest->n && (rest->p[end] == '\0' || strchr(separators, rest->p[end]) == NULL))
		end++;
	*piece = span_trim(span_first(*rest, end));
	*rest = end < rest->n ? span_from(*rest, end + 1) : SPAN_EMPTY;
	return true;
}

const char *cell_separators(span cell)
{
	for (size_t i = 0; i < cell.n; i++)
		if (cell.p[i] == ';' || cell.p[i] == '|' || cell.p[i] == '\n')
			return ";|\n";
	return ";|\n,";
}

bool cell_is_nothing(span piece)
{
	static const char *const words[] = {"-", "--", "n/a", "na", "none", "null", "(blank)", "blank", "unknown", "tbd", "?",
	    "keine", "keiner", "aucun", "neant", "inconnu", "unbekannt", "."};

	if (piece.n == 0)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_eq_nocase(piece, span_str(words[i])))
			return true;
	return false;
}

static bool in_address(unsigned char c)
{
	return ascii_is_alnum(c) || c >= 0x80 || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.@", c) != NULL);
}

bool cell_contact(span piece, span *address, span *role)
{
	size_t at = span_find_byte(piece, '@'), from = at, to = at;
	size_t open;
	span before;

	*role = SPAN_EMPTY;
	if (at == piece.n)
		return false;
	while (from > 0 && in_address(piece.p[from - 1]))
		from--;
	while (to < piece.n && in_address(piece.p[to]))
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

size_t domain_clean(span cell, char out[HOST_SIZE])
{
	span s = span_trim(cell);
	size_t scheme = span_find(s, SPAN_LIT("://")), n = 0, labels = 1, label = 0;

	if (scheme < s.n)
		s = span_from(s, scheme + 3);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '@') {
			s = span_from(s, i + 1);
			break;
		}
	if (span_starts(s, SPAN_LIT("*.")))
		s = span_from(s, 2);
	while (s.n != 0 && s.p[0] == '.')
		s = span_from(s, 1);
	if (span_starts_nocase(s, SPAN_LIT("www.")))
		s = span_from(s, 4);
	for (size_t at = 0; at < s.n && s.p[at] != '/' && s.p[at] != ':' && s.p[at] != '?' && s.p[at] != '#';) {
		size_t len;
		uint32_t c = utf8_fold(utf8_get(span_from(s, at), &len));

		if (n > HOST_SIZE - 8 || !(c >= 0x80 || c == '-' || c == '.' || c == '_' || ascii_is_alnum((unsigned char)c)))
			return 0;
		if (c == '.') {
			if (label == 0)
				return 0;
			label = 0;
			labels++;
		} else if (++label > 63) {
			return 0;
		}
		n += utf8_write((unsigned char *)out + n, c);
		at += len;
	}
	if (label == 0 && labels > 1) { /* the root's dot */
		labels--;
		n--;
	}
	out[n] = '\0';
	return labels >= 2 && n > 2 ? n : 0;
}
