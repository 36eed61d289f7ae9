#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "document/pdf.h"
#include "stream/charset.h"

/* White space and delimiters (7.2.3), and of those what begins or ends something that others may lie in. */
enum { WHITE = 1, DELIMITER = 2, NESTS = 4 };
static const unsigned char kinds[256] = {
    [' '] = WHITE, ['\n'] = WHITE, ['\r'] = WHITE, ['\t'] = WHITE, ['\f'] = WHITE, ['\0'] = WHITE,
    [')'] = DELIMITER, ['{'] = DELIMITER, ['}'] = DELIMITER, ['/'] = DELIMITER,
    ['('] = DELIMITER | NESTS, ['<'] = DELIMITER | NESTS, ['>'] = DELIMITER | NESTS, ['['] = DELIMITER | NESTS, [']'] = DELIMITER | NESTS,
    ['%'] = DELIMITER | NESTS};

static bool is_white(unsigned char c) { return (kinds[c] & WHITE) != 0; }

static bool is_dictionary(span s) { return s.n > 1 && s.p[0] == '<' && s.p[1] == '<'; }

static span without_blanks(span s)
{
	for (;;) {
		while (s.n > 0 && is_white(s.p[0]))
			s = span_from(s, 1);
		if (s.n == 0 || s.p[0] != '%')
			return s;
		while (s.n > 0 && s.p[0] != '\n' && s.p[0] != '\r')
			s = span_from(s, 1);
	}
}

/* "(a(b)\))": brackets are balanced or escaped. */
static size_t literal_n(span s)
{
	unsigned depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '(')
			depth++;
		else if (s.p[i] == ')' && --depth == 0)
			return i + 1;
	}
	return s.n;
}

/* The end of "<< ... >>" or "[ ... ]", with what lies within; nesting is counted, not called. */
static size_t nested_n(span s)
{
	unsigned depth = 0;
	size_t i = 0;

	while (i < s.n) {
		unsigned char c = s.p[i];
		bool two;

		if ((kinds[c] & NESTS) == 0) {
			i++;
			continue;
		}
		two = i + 1 < s.n && s.p[i + 1] == c;
		if (c == '(') {
			i += literal_n(span_from(s, i));
			continue;
		}
		if (c == '%') {
			while (i < s.n && s.p[i] != '\n' && s.p[i] != '\r')
				i++;
			continue;
		}
		if (c == '[' || (c == '<' && two)) {
			depth++;
			i += c == '[' ? 1 : 2;
		} else if (c == ']' || (c == '>' && two)) {
			i += c == ']' ? 1 : 2;
			if (depth <= 1)
				return i;
			depth--;
		} else {
			i++;
		}
	}
	return s.n;
}

static span take(span *rest, size_t n)
{
	span v = span_first(*rest, n);

	*rest = span_from(*rest, v.n);
	return v;
}

span pdf_next(span *rest)
{
	span s = *rest = without_blanks(*rest);
	size_t n = 0;

	if (s.n == 0)
		return SPAN_EMPTY;
	if (s.p[0] == '(')
		return take(rest, literal_n(s));
	if (s.p[0] == '[' || is_dictionary(s))
		return take(rest, nested_n(s));
	if (s.p[0] == '<')
		return take(rest, span_find_byte(s, '>') + 1);
	if (s.p[0] == '/')
		n = 1;
	else if (kinds[s.p[0]] != 0)
		return take(rest, 1);
	while (n < s.n && kinds[s.p[n]] == 0)
		n++;
	return take(rest, n);
}

static bool is_digits(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

span pdf_next_value(span *rest)
{
	span v = pdf_next(rest), ahead = *rest;

	if (v.n > 0 && (v.p[0] == ']' || v.p[0] == '>'))
		return SPAN_EMPTY;
	if (!is_digits(v) || !is_digits(pdf_next(&ahead)))
		return v;
	ahead = without_blanks(ahead);
	if (ahead.n == 0 || ahead.p[0] != 'R' || (ahead.n > 1 && kinds[ahead.p[1]] == 0))
		return v;
	*rest = span_from(ahead, 1);
	return span_of(v.p, (size_t)(rest->p - v.p));
}

unsigned char pdf_name_next(span *name)
{
	int high = name->n > 2 && name->p[0] == '#' ? hex_value(name->p[1]) : -1, low = high >= 0 ? hex_value(name->p[2]) : -1;
	unsigned char c = low >= 0 ? (unsigned char)(high << 4 | low) : name->p[0];

	*name = span_from(*name, low >= 0 ? 3 : 1);
	return c;
}

/* name is as it stands in the file, without its slash. */
static bool is_called(span name, span wanted)
{
	if (name.n <= wanted.n || span_find_byte(name, '#') == name.n)
		return span_eq(name, wanted);
	for (; name.n > 0 && wanted.n > 0; wanted = span_from(wanted, 1))
		if (pdf_name_next(&name) != wanted.p[0])
			return false;
	return name.n == 0 && wanted.n == 0;
}

span pdf_key(span dictionary, const char *key)
{
	span rest = dictionary, wanted = span_str(key), k;

	if (!is_dictionary(rest))
		return SPAN_EMPTY;
	rest = span_from(rest, 2);
	while ((k = pdf_next(&rest)).p != NULL && k.n > 0) {
		span v;

		if (k.p[0] != '/')
			return SPAN_EMPTY; /* ">>" */
		v = pdf_next_value(&rest);
		if (is_called(span_from(k, 1), wanted))
			return v;
	}
	return SPAN_EMPTY;
}

bool pdf_is_name(span value, const char *name)
{
	return value.n > 1 && value.p[0] == '/' && is_called(span_from(value, 1), span_str(name));
}

/* "-12.345" of so few digits that the quotient is as exact as what strtod gives; false: another kind of number. */
static bool plain_number(span s, double *out)
{
	static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11};
	bool minus = s.n > 0 && s.p[0] == '-';
	size_t digits = 0, behind = 0;
	int64_t n = 0;

	for (size_t i = minus, point = 0; i < s.n; i++) {
		if (s.p[i] == '.' && point == 0) {
			point = 1;
			continue;
		}
		if (!ascii_is_digit(s.p[i]) || ++digits > sizeof powers / sizeof *powers - 1)
			return false;
		n = n * 10 + (s.p[i] - '0');
		behind += point;
	}
	*out = (minus ? -1.0 : 1.0) * (double)n / powers[behind];
	return digits > 0;
}

double pdf_number(span value, double otherwise)
{
	char text[32];
	char *end;
	double d;

	if (plain_number(value, &d))
		return d;
	if (value.n == 0 || value.n >= sizeof text)
		return otherwise;
	memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	d = strtod(text, &end);
	return end != text && d == d && d < 1e12 && d > -1e12 ? d : otherwise;
}

size_t pdf_hex(span in, unsigned char *out)
{
	size_t n = 0;
	int high = -1;

	for (size_t i = 0; i < in.n; i++) {
		int d = hex_value(in.p[i]);

		if (d < 0)
			continue;
		if (high < 0) {
			high = d;
		} else {
			out[n++] = (unsigned char)(high << 4 | d);
			high = -1;
		}
	}
	if (high >= 0)
		out[n++] = (unsigned char)(high << 4);
	return n;
}

/* 7.3.4.2 */
static size_t literal_string(span in, unsigned char *out)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		const char *escape;
		unsigned v = 0, digits = 0;

		if (in.p[i] != '\\') {
			out[n++] = in.p[i];
			continue;
		}
		if (++i == in.n)
			break;
		while (digits < 3 && i + digits < in.n && in.p[i + digits] >= '0' && in.p[i + digits] <= '7')
			v = v * 8 + (unsigned)(in.p[i + digits++] - '0');
		if (digits > 0) {
			out[n++] = (unsigned char)v;
			i += digits - 1;
		} else if (in.p[i] == '\r' || in.p[i] == '\n') {
			i += in.p[i] == '\r' && i + 1 < in.n && in.p[i + 1] == '\n';
		} else if (in.p[i] != '\0' && (escape = strchr(from, in.p[i])) != NULL) {
			out[n++] = (unsigned char)to[escape - from];
		} else {
			out[n++] = in.p[i];
		}
	}
	return n;
}

span pdf_string(struct arena *a, span value)
{
	unsigned char *out;

	if (value.n < 2 || (value.p[0] != '(' && value.p[0] != '<') || is_dictionary(value) ||
	    (out = arena_alloc(a, value.n)) == NULL)
		return SPAN_EMPTY;
	if (value.p[0] == '<')
		return span_of(out, pdf_hex(span_from(value, 1), out));
	value = span_sub(value, 1, value.p[value.n - 1] == ')' ? value.n - 2 : value.n - 1);
	return span_of(out, literal_string(value, out));
}

enum errc pdf_text(struct pdf *f, span bytes, span *out, struct err *e)
{
	bool marked = span_starts(bytes, SPAN_LIT("\xfe\xff")) || span_starts(bytes, SPAN_LIT("\xff\xfe")) ||
		      span_starts(bytes, SPAN_LIT(UTF8_MARK));
	/* Without a mark it is PDFDocEncoding, which is Latin-1 for what people write. */
	const struct charset *c = marked ? charset_guess(bytes) : charset_find(SPAN_LIT("windows-1252"));

	return charset_to_utf8(f->a, c, bytes, out, NULL, e);
}
