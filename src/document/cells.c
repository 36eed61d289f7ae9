#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "document/legacy.h"

enum { GAP_COLUMNS = 64 };

/* Built-in formats (ECMA-376 part 1, 18.8.30) and those with days, months or years outside of quotes and brackets. */
static bool is_date(unsigned number, span code)
{
	bool quoted = false;

	if ((number >= 14 && number <= 17) || number == 22 || (number >= 27 && number <= 36) || (number >= 50 && number <= 58))
		return true;
	for (size_t i = 0; i < code.n; i++) {
		unsigned char c = ascii_lower(code.p[i]);

		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' || c == '_' || c == '*')
			i++;
		else if (c == '[')
			i += span_find_byte(span_from(code, i), ']');
		else if (!quoted && (c == 'd' || c == 'y'))
			return true;
	}
	return false;
}

unsigned char format_form(unsigned number, span code)
{
	size_t n = 0;

	if (is_date(number, code))
		return FORM_DATE;
	while (n < code.n && code.p[n] == '0')
		n++;
	return n > 1 && n == code.n && n <= FORM_DIGITS ? (unsigned char)n : FORM_STORED;
}

const struct charset *sheet_charset(unsigned page)
{
	char name[24];

	if (page == 1200 || page == 0x8001) /* Unicode, and what Windows was set to */
		return NULL;
	(void)snprintf(name, sizeof name, page == 0x8000 || page == 10000 ? "macintosh" : "windows-%u", page);
	return charset_find(span_str(name));
}

/* What "%.15g" writes of a number with at most four digits behind the point, as most in sheets are; false: it is another. */
static bool put_plain(struct layout *l, double value)
{
	double whole = floor(fabs(value) * 10000 + 0.5);
	char text[24];
	size_t at = sizeof text, places = 4;
	uint64_t n;

	if (!(whole < 1e15) || whole / 10000 != fabs(value) || (value == 0 && signbit(value)))
		return false;
	n = (uint64_t)whole;
	for (; places > 0 && n % 10 == 0; places--)
		n /= 10;
	do {
		text[--at] = (char)('0' + n % 10);
		n /= 10;
		if (places > 0 && --places == 0) {
			text[--at] = '.';
			if (n == 0)
				text[--at] = '0';
		}
	} while (n > 0 || places > 0);
	if (value < 0)
		text[--at] = '-';
	layout_text(l, span_of(text + at, sizeof text - at));
	return true;
}

void put_number(struct layout *l, double value, unsigned char form, bool from_1904)
{
	char text[TIME_TEXT > 40 ? TIME_TEXT : 40];

	if (form == FORM_DATE && value >= 1 && value < 2958466) {
		double days = floor(value), seconds = floor((value - days) * 86400 + 0.5);
		int64_t when = time_of_serial((int64_t)days, from_1904) + (int64_t)seconds;

		layout_text(l, span_str(seconds > 0 ? time_rfc3339(when, text) : time_date(when, text)));
		return;
	}
	if (form > FORM_STORED && form <= FORM_DIGITS && value >= 0 && value < 1e15) {
		(void)snprintf(text, sizeof text, "%0*.0f", (int)form, floor(value + 0.5));
		layout_text(l, span_str(text));
		return;
	}
	if (put_plain(l, value))
		return;
	/* Numbers of cards and accounts are whole, and as long as a double tells apart. */
	(void)snprintf(text, sizeof text, fabs(value) < 9007199254740992.0 && value == floor(value) && value != 0 ? "%.0f" : "%.15g", value);
	layout_text(l, span_str(text));
}

static bool parts_lines(unsigned char c) { return c < ' ' && (c == '\n' || c == '\t' || c == '\r'); }

void put_flat(struct layout *l, span text)
{
	while (text.n > 0) {
		size_t n = 0;

		while (n < text.n && !parts_lines(text.p[n]))
			n++;
		layout_text(l, span_first(text, n));
		if (n < text.n)
			layout_byte(l, ' ');
		text = span_from(text, n + 1);
	}
}

/* How long the code behind '&' is in &L, &"Arial,Bold", &12, &K01+000, &D; 0 where it is none (MS-XLS 2.5.159) */
static size_t code_n(span s)
{
	size_t n = 1;

	if (s.n == 0)
		return 0;
	if (s.p[0] == '"') {
		n += span_find_byte(span_from(s, 1), '"');
		return n < s.n ? n + 1 : 0;
	}
	if (s.p[0] == 'K')
		return s.n < 7 ? 0 : 7;
	if (!ascii_is_digit(s.p[0]))
		return ascii_is_one_of(s.p[0], "LCRPNDTZFAGBIUESXYHO") ? 1 : 0;
	while (n < s.n && n < 3 && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

void page_header_words(struct buf *out, span text)
{
	while (text.n > 0) {
		size_t n = span_find_byte(text, '&'), code = code_n(span_from(text, n + 1));

		buf_put(out, span_first(text, n));
		text = span_from(text, n);
		if (text.n > 0 && (code == 0 || ascii_is_one_of(text.p[1], "LCR")))
			buf_byte(out, code == 0 ? '&' : ' ');
		/* "&&" is the sign itself. */
		text = span_from(text, code > 0 ? code + 1 : text.n > 1 && text.p[1] == '&' ? 2 : 1);
	}
}

double rk_value(uint32_t rk)
{
	double v;

	if ((rk & 2) != 0) {
		v = (double)((int32_t)rk >> 2);
	} else {
		uint64_t bits = (uint64_t)(rk & ~3u) << 32;

		memcpy(&v, &bits, sizeof v);
	}
	return (rk & 1) != 0 ? v / 100 : v;
}

void grid_cell(struct grid *g, uint32_t row, uint32_t column)
{
	uint32_t from;

	if (!g->open || row != g->row) {
		layout_line(g->l);
		g->column = 0;
	}
	from = g->column;
	g->open = true;
	g->row = row;
	g->column = column;
	/* A gap is not endless. */
	for (uint32_t i = from; i < column && i - from < GAP_COLUMNS; i++)
		layout_byte(g->l, '\t');
	layout_at(g->l, row + 1, column + 1);
}
