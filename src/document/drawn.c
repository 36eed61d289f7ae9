/*
 * What shapes of Office 97 to 2003 say beside their text (MS-ODRAW): the letters of WordArt, what somebody wrote about a picture, the file
 * that it came from, and where it leads.
 */
#include "base/limits.h"
#include "document/legacy.h"

enum { CONTAINER = 0xf, HEAD = 8, PROPERTY = 6, IS_COMPLEX = 0x8000 };
enum { WORD_ART = 0xc0, PICTURE_FILE = 0x105, NAME = 0x380, DESCRIPTION = 0x381, LINK = 0x382, TIP = 0x38d };

/* UTF-16 up to a zero; its lines are one. */
static void put_wide(span bytes, struct buf *out)
{
	struct cursor c = cursor_of(bytes);
	size_t before = out->n;
	uint32_t letter, high = 0;

	while (c.rest.n > 1 && (letter = cursor_u16(&c)) != 0)
		if (utf16_ends(&high, &letter))
			utf8_put(out, letter < 0x20 ? ' ' : letter);
	if (out->n > before)
		buf_byte(out, '\n');
}

/* What a program calls a shape ends with its number. */
static bool is_given(span wide)
{
	size_t n = wide.n & ~(size_t)1;

	while (n > 1 && wide.p[n - 2] == 0 && wide.p[n - 1] == 0)
		n -= 2;
	return n > 1 && !ascii_is_digit(wide.p[n - 2]);
}

bool drawn_is(unsigned type) { return type == 0xf00b || type == 0xf121 || type == 0xf122; }

void drawn_put(span table, unsigned n, struct buf *out)
{
	struct cursor c = cursor_of(table), values = cursor_of(span_from(table, (size_t)n * PROPERTY));

	while (n-- > 0 && !c.bad) {
		unsigned id = cursor_u16(&c);
		uint32_t value = cursor_u32(&c);
		span s;

		if ((id & IS_COMPLEX) == 0)
			continue;
		s = cursor_take(&values, value);
		id &= 0x3fff;
		if (id == WORD_ART || id == PICTURE_FILE || id == DESCRIPTION || id == TIP || (id == NAME && is_given(s)))
			put_wide(s, out);
		else if (id == LINK)
			link_put(s, out);
	}
}

void drawn_read(span records, struct buf *out)
{
	while (records.n >= HEAD && !out->failed) {
		struct cursor c = cursor_of(records);
		unsigned head = cursor_u16(&c), type = cursor_u16(&c);
		uint32_t n = cursor_u32(&c);

		if (type < 0xf000 || type > 0xf200) {
			/* In Word a byte before each drawing says where it is. */
			if (records.p[0] > 1 || !span_starts(span_from(records, 3), SPAN_LIT("\x02\xf0")))
				return;
			records = span_from(records, 1);
			continue;
		}
		if (drawn_is(type))
			drawn_put(span_sub(records, HEAD, n), head >> 4, out);
		records = span_from(records, HEAD + ((head & CONTAINER) == CONTAINER ? 0 : (size_t)n));
	}
}

/* Hyperlink objects have their targets as UTF-16 after a known class id (MS-OSHARED 2.3.7): taken as they stand. */
void link_put(span object, struct buf *out)
{
	static const unsigned char url[] = {0xe0, 0xc9, 0xea, 0x79, 0xf9, 0xba, 0xce, 0x11, 0x8c, 0x82, 0x00, 0xaa, 0x00, 0x4b, 0xa9, 0x0b};
	size_t at = span_find(object, span_of(url, sizeof url));
	struct cursor c = cursor_of(span_from(object, at + sizeof url));
	span bytes = cursor_take(&c, cursor_u32(&c));

	if (!c.bad)
		put_wide(bytes, out);
}
