/*
 * Lines of lists and tables that nothing but their form makes one: a name and a value apart by a mark or by blanks, and columns
 * that were printed too near each other.
 */
#include "scan/private.h"

#define NAME_MAX ((size_t)40)
#define ROW_LINE_MAX ((size_t)120)

span line_of(span text, size_t at)
{
	size_t from = span_line_begin(text, at, ROW_LINE_MAX), to = at;

	while (to < text.n && text.p[to] != '\n' && to - at < ROW_LINE_MAX)
		to++;
	return span_sub(text, from, to - from);
}

bool value_of_row(span text, span line, struct candidate *c)
{
	/* a form's, not a person's */
	static const char *const labels[] = {"user", "name", "login", "logon", "mail", "account", " id", "passw", "pin", "benutzer", "kennung",
	    "kennwort", "utilis", "usuario", "identifiant", "mot de", NULL};
	size_t base = (size_t)(line.p - text.p), end = line.n, from, name, blanks = 0, words = 0;

	while (end > 0 && is_blank(line.p[end - 1]))
		end--;
	for (from = end; from > 0 && !is_blank(line.p[from - 1]);)
		from--;
	for (name = from; name > 0 && is_blank(line.p[name - 1]); name--)
		blanks += line.p[name - 1] == '\t' ? 2 : 1;
	if (name < 2 || name > NAME_MAX || end - from < 6 || (blanks < 2 && !ascii_is_one_of(line.p[name - 1], ":=-/|")))
		return false;
	if (span_has_one_of_nocase(span_first(line, name), labels))
		return false;
	for (size_t i = 0; i < name; i++)
		words += !is_blank(line.p[i]) && is_blank(line.p[i + 1]);
	*c = (struct candidate){.text = text, .at = base + from, .n = end - from};
	return words <= 4;
}

/* Where the cell ends that stands before the one at `at`, apart by a mark, a tab or two blanks; SIZE_MAX: none does. */
static size_t cell_before(span line, size_t at)
{
	size_t blanks = 0;
	bool mark = false;

	for (; at > 0 && (is_blank(line.p[at - 1]) || (!mark && ascii_is_one_of(line.p[at - 1], ";|"))); at--) {
		mark |= ascii_is_one_of(line.p[at - 1], ";|");
		blanks += line.p[at - 1] == '\t' ? 2 : 1;
	}
	return at > 0 && (mark || blanks > 1) ? at : SIZE_MAX;
}

bool row_has_user_before(span text, size_t at)
{
	span line = line_of(text, at), user, name;
	size_t end = cell_before(line, at - (size_t)(line.p - text.p)), from, last;

	if (end == SIZE_MAX)
		return false;
	for (from = end; from > 0 && !is_blank(line.p[from - 1]) && !ascii_is_one_of(line.p[from - 1], ";|"); from--)
		;
	user = span_sub(line, from, end - from);
	if (user.n < 4 || kind_of(user.p[0]) != 2 || span_find_byte(user, '@') < user.n || (end = cell_before(line, from)) == SIZE_MAX || end > NAME_MAX)
		return false;
	for (from = 0; from < end && !is_letter(line.p[from]); from++)
		;
	name = span_sub(line, from, end - from);
	for (last = name.n; last > 0 && name.p[last - 1] != ' '; last--)
		;
	return name.n > 2 && (row_names_value(name, user) || (last > 0 && ascii_lower(name.p[0]) == user.p[0] && ascii_lower(name.p[last]) == user.p[1]));
}

span word_from_end(span line, size_t k)
{
	size_t end = line.n, from;

	for (;; k--) {
		while (end > 0 && is_blank(line.p[end - 1]))
			end--;
		for (from = end; from > 0 && !is_blank(line.p[from - 1]);)
			from--;
		if (k == 0 || from == 0)
			return span_sub(line, from, k == 0 ? end - from : 0);
		end = from;
	}
}

bool is_ruled(span line)
{
	size_t marks = 0;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '-' || line.p[i] == '=' || line.p[i] == '_') {
			marks++;
		} else if (line.p[i] == 0xe2 && i + 2 < line.n && (line.p[i + 1] == 0x94 || line.p[i + 1] == 0x95)) {
			/* U+2500 to U+257F, with which frames are drawn */
			marks += line.p[i + 1] == 0x94 && line.p[i + 2] <= 0x81 ? 1 : line.p[i + 1] == 0x95 && line.p[i + 2] == 0x90;
			i += 2;
		} else if (!is_blank(line.p[i]) && line.p[i] != '|' && line.p[i] != '+' && line.p[i] != ':') {
			return false;
		}
	}
	return marks >= 3;
}

/* x300_impl, Boost_106600: letters, digits and low lines that do not end in a number of one to four digits; Target1DisplayName */
bool is_identifier(span v)
{
	struct looks l = looks_of(v);

	for (size_t i = 0; i < v.n; i++)
		if (!ascii_is_alnum(v.p[i]) && v.p[i] != '_' && v.p[i] != '.')
			return false;
	if (l.digits < 3 && l.humps > 0 && l.uppers * 4 <= v.n && l.lowers + l.uppers + l.digits == v.n && v.n > 12 && v.p[v.n - 1] >= 'a')
		return true;
	return span_find_byte(v, '_') < v.n && has_digit(v) &&
	    (!ascii_is_digit(v.p[v.n - 1]) || (v.n >= 5 && ascii_is_digit(v.p[v.n - 5])));
}

bool is_named_phone(span v)
{
	size_t at = 0, n, groups = 0;

	while (at < v.n && is_letter(v.p[at]))
		at++;
	if (at < 3 || v.p[0] < 'A' || v.p[0] > 'Z')
		return false;
	at += at < v.n && v.p[at] == '-';
	for (; at < v.n; at += n + (at + n < v.n)) {
		for (n = 0; at + n < v.n && ascii_is_digit(v.p[at + n]);)
			n++;
		if (n == 0 || (at + n < v.n ? v.p[at + n] != '-' || n > 3 : n != 4))
			return false;
		groups++;
	}
	return groups > 1;
}

bool row_names_value(span line, span value)
{
	for (size_t at = 0, n; at < line.n && line.p + at < value.p; at += n + 1) {
		for (n = 0; at + n < line.n && is_letter(line.p[at + n]);)
			n++;
		if (n > 3 && span_has_nocase(value, span_sub(line, at, n)))
			return true;
	}
	return false;
}

bool is_alike(span a, span v)
{
	for (size_t i = 0; i < a.n; i++)
		if (ascii_is_alnum(a.p[i]) ? !ascii_is_alnum(v.p[i]) : a.p[i] != v.p[i])
			return false;
	return true;
}
