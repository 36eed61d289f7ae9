/*
 * The value behind an announcement: where it begins and ends. Quotes, brackets and marks of emphasis around it are
 * not part of it, nor is the full stop of the sentence; the punctuation that belongs to a password is.
 */
#include "base/utf8.h"
#include "scan/private.h"

#define VALUE_MAX 200

struct pair { const char *open, *close; };

/* What a person puts around a value. Longer forms first. */
static const struct pair pairs[] = {
    {"**", "**"}, {"\"\"\"", "\"\"\""}, {"'''", "'''"}, {"\\\"", "\\\""}, {"\"", "\""}, {"'", "'"}, {"`", "`"}, {"\xe2\x80\x9c", "\xe2\x80\x9d"}, /* “ ” */
    {"\xe2\x80\x9e", "\xe2\x80\x9c"}, {"\xe2\x80\x9e", "\xe2\x80\x9d"},                     /* „ “, „ ” */
    {"\xe2\x80\x98", "\xe2\x80\x99"}, {"\xe2\x80\x9a", "\xe2\x80\x98"}, {"\xc2\xab", "\xc2\xbb"}, /* ‘ ’, ‚ ‘, « » */
    {"\xc2\xbb", "\xc2\xab"}, {"``", "''"}, {"*", "*"}, {"_", "_"},
};

/* Length of the white space or unprintable character at s, 0 when there is none. Line ends do not count. */
static size_t blank_n(span s)
{
	size_t n;
	uint32_t c;

	if (s.n == 0)
		return 0;
	if (s.p[0] < 0x80)
		return s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] < 0x20 ? s.p[0] != '\n' && s.p[0] != '\r' : 0;
	c = utf8_get(s, &n);
	return c == 0xa0 || (c >= 0x2000 && c <= 0x200f) || c == 0x202f || c == 0x205f || c == 0x2060 || c == 0x3000 ||
		c == 0xfeff ? n : 0;
}

static size_t skip_blanks(span text, size_t at)
{
	size_t n;

	while ((n = blank_n(span_from(text, at))) > 0)
		at += n;
	return at;
}

static size_t token_end(span text, size_t at)
{
	size_t from = at;

	while (at < text.n && at - from < VALUE_MAX && ((text.p[at] > ' ' && text.p[at] < 0x80) ||
	    (text.p[at] != '\n' && text.p[at] != '\r' && blank_n(span_from(text, at)) == 0)))
		at++;
	return at;
}

/* Text within a pair of quotes that begins at `at`. */
static bool take_quoted(span text, size_t at, struct candidate *c)
{
	span rest = span_from(text, at);

	for (size_t i = 0; rest.n > 0 && i < sizeof pairs / sizeof *pairs; i++) {
		span open, close, in;
		size_t end;

		if (rest.p[0] != (unsigned char)pairs[i].open[0] || !span_starts(rest, open = span_str(pairs[i].open)))
			continue;
		close = span_str(pairs[i].close);
		in = span_sub(rest, open.n, VALUE_MAX);
		in = span_first(in, span_find_byte(in, '\n'));
		/* An escaped quote within belongs to the value. */
		for (end = span_find(in, close); end < in.n && end > 0 && close.n == 1 && close.p[0] == '"' &&
		    in.p[end - 1] == '\\' && end + 1 < in.n;)
			end += 1 + span_find(span_from(in, end + 1), close);
		if (end >= in.n || end == 0)
			continue;
		/* "*" and "_" are emphasis only around one word that ends there. */
		if ((open.p[0] == '*' || open.p[0] == '_') && (span_find_byte(span_first(in, end), ' ') < end ||
		    (end + close.n < in.n && ascii_is_alnum(in.p[end + close.n]))))
			continue;
		c->at = at + open.n;
		c->n = end;
		c->quoted = open.p[0] != '*' && open.p[0] != '_';
		return true;
	}
	return false;
}

static bool holds(span s, unsigned char c)
{
	return span_find_byte(s, c) < s.n;
}

/* The last bytes that belong to the sentence and not to the value. */
static size_t tail_n(span v, enum strength strength)
{
	static const char *const marks[] = {"\xe2\x80\x9d", "\xe2\x80\x9c", "\xe2\x80\x99", "\xc2\xbb", "\xe2\x80\xa6"};
	unsigned char last = v.p[v.n - 1];

	if (v.n == 1)
		return 0;
	switch (last) {
	case '.': case ',': case ';': case ':': case '"': case '\'': case '`': case '\\': case '|':
		return 1;
	case '?':
		return strength != STRENGTH_LABEL ? 1 : 0;
	case ')': return !holds(v, '(');
	case ']': return !holds(v, '[');
	case '}': return !holds(v, '{');
	case '>': return !holds(v, '<');
	case '/': return strength == STRENGTH_PROSE;
	default: break;
	}
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		span m = span_str(marks[i]);

		if (v.n > m.n && span_eq(span_from(v, v.n - m.n), m))
			return m.n;
	}
	return 0;
}

/* Where markup or the next field of a line begins within a token. */
static size_t stop_at(span v)
{
	static const char *const stops[] = {"</", "<br", "\",", "';", "\";", "\"}", "')", "\")", ",\"", "\\n", "\\r", "&quot;", "&nbsp;", "&lt;", "{color}"};
	size_t n = v.n, first = 0;

	/* most tokens have nothing that any of these begins with */
	while (first < v.n && !ascii_is_one_of(v.p[first], "<\"',;)\\&{"))
		first++;
	if (first == v.n)
		return n;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
		size_t at = holds(v, (unsigned char)stops[i][0]) ? span_find(span_first(v, n), span_str(stops[i])) : n;

		if (at > 0 && at < n)
			n = at;
	}
	/* "&user=", ";UID=", ",ssl=": the next parameter of a query or connection string */
	for (size_t at = 0; at < n; at++) {
		size_t k = at + 1;

		if (v.p[at] != '&' && v.p[at] != ';' && v.p[at] != ',')
			continue;
		while (k < n && (ascii_is_alnum(v.p[k]) || v.p[k] == '_' || (v.p[k] == '.' && k > at + 1)))
			k++;
		if (k > at + 1 && k < n && v.p[k] == '=')
			return at;
	}
	return n;
}

/* Where the next parameter of a query begins: "Abc123&x=1", "Abc123&save"; but "Sparrow&3309x" and "Zle8&NSRvwtp" go on. */
static size_t parameter_end(span v)
{
	size_t at = span_find_byte(v, '&'), odd = 0;

	for (size_t i = at; i < v.n; i++)
		odd += ascii_is_digit(v.p[i]) || (v.p[i] >= 'A' && v.p[i] <= 'Z');
	return at < v.n && (odd == 0 || span_find_byte(span_from(v, at), '=') < v.n - at) ? at : v.n;
}

/* "e.g. smit1980": how one looks, and none */
static bool is_example(span before)
{
	static const char *const words[] = {"e.g. ", "(eg ", " eg ", "z.b. ", "z. b. ", "p.ex. ", "p. ex. ", "par ex. ", "p.ej. ", "p. ej. ", "bijv. ", "ad es. "};

	/* each odd word of a mail comes by here, few behind a full stop */
	if (before.n < 4 || before.p[before.n - 1] != ' ' || (before.p[before.n - 2] != '.' && ascii_lower(before.p[before.n - 2]) != 'g'))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_ends_nocase(before, span_str(words[i])))
			return true;
	return false;
}

bool take_value(span text, size_t from, enum take take, enum strength strength, struct candidate *c)
{
	size_t at = skip_blanks(text, from), n;
	span v;

	if (span_starts_nocase(span_from(text, at), SPAN_LIT("{color:"))) { /* of Jira's markup */
		n = span_find_byte(span_sub(text, at, 24), '}');
		at += n < 24 && at + n < text.n ? n + 1 : 0;
	}

	if (is_example(span_first(text, at)))
		return false;
	/* N'...' of SQL, b'...' of Python, @"..." of C# */
	if (at + 1 < text.n && ascii_is_one_of(text.p[at], "NnbruBRU@") && (text.p[at + 1] == '\'' || text.p[at + 1] == '"') &&
	    take_quoted(text, at + 1, c))
		return true;
	if (take_quoted(text, at, c))
		return true;
	/* {password:"",token:null}; but ""Reef"" stands in a cell that is quoted itself */
	if (at + 2 < text.n && (text.p[at] == '"' || text.p[at] == '\'') && text.p[at + 1] == text.p[at] && ascii_is_one_of(text.p[at + 2], ",;})] \r\n"))
		return false;
	if (at < text.n && (text.p[at] == '"' || text.p[at] == '(' || text.p[at] == '['))
		at++;
	v = span_sub(text, at, token_end(text, at) - at);
	if (take == TAKE_LINE) {
		v = span_sub(text, at, VALUE_MAX);
		v = span_first(v, span_find_byte(v, '\n'));
		v = span_trim(v);
		at = (size_t)(v.p - text.p);
	}
	v.n = stop_at(v);
	if (strength == STRENGTH_CODE)
		v.n = parameter_end(v);
	while (v.n > 0 && (n = tail_n(v, strength)) > 0)
		v.n -= n;
	if (v.n == 0)
		return false;
	c->at = at;
	c->n = v.n;
	c->quoted = false;
	return true;
}

/* "encrypted_password:", "hashedPassword": what stands there is not the password. "WITH ENCRYPTED PASSWORD" of SQL is. */
bool label_says_sealed(span text, size_t label_at)
{
	static const char *const words[] = {"crypted", "hashed", "hash", "cipher", "ciphered", "sealed"};
	span before = span_first(text, label_at);

	if (before.n > 0 && (before.p[before.n - 1] == '_' || before.p[before.n - 1] == '-'))
		before.n--;
	else if (before.n == 0 || !ascii_is_alpha(before.p[before.n - 1]))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_ends_nocase(before, span_str(words[i])))
			return true;
	return false;
}

size_t sentence_end(span text, size_t at, size_t n, bool secret_last)
{
	const char *marks = secret_last ? ".,;:" : ".,;:!?)]}>";

	while (n > 1 && ascii_is_one_of(text.p[at + n - 1], marks))
		n--;
	return n;
}
