/*
 * Binary workbooks in an OOXML package (MS-XLSB): records whose type and length are numbers of seven bits a byte. Sheets, shared
 * strings, formats and comments are parts of their own, as in xlsx.
 */
#include "base/limits.h"
#include "document/legacy.h"

enum record {
	B_ROW = 0, B_RK = 2, B_BOOL = 4, B_REAL = 5, B_TEXT = 6, B_SHARED = 7, B_FORMULA_TEXT = 8, B_FORMULA_REAL = 9, B_FORMULA_BOOL = 10,
	B_STRING = 19, B_FORMAT = 44, B_STYLE = 47, B_SHEET = 156, B_BOOK = 153, B_STYLES = 617, B_STYLES_END = 618, B_COMMENT = 635,
	B_COMMENT_TEXT = 637, B_LINK = 494, B_COLUMNS = 60, B_RICH_TEXT = 62, B_HEADERS = 479, B_PROMPTS = 64,
};
enum { FORMATS = 4096, BOOK_SHEETS = 4096 };

struct book {
	struct layout *l;
	const struct zip *z;
	span *strings;
	size_t n_strings, strings_cap;
	unsigned char format_forms[FORMATS], forms[FORMATS]; /* of numbers, by their format and by style */
	size_t n_styles;
	bool from_1904;
};

struct record_of { unsigned type; struct cursor c; };

static bool number(span *s, unsigned most, uint32_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < most && i < s->n; i++) {
		*out |= (uint32_t)(s->p[i] & 0x7f) << (7 * i);
		if ((s->p[i] & 0x80) == 0 || i + 1 == most) {
			*s = span_from(*s, i + 1);
			return true;
		}
	}
	return false;
}

static bool take(span *s, struct record_of *r)
{
	uint32_t n;

	if (!number(s, 2, &r->type) || !number(s, 4, &n))
		return false;
	r->c = cursor_of(span_first(*s, n));
	*s = span_from(*s, n);
	return true;
}

/* XLWideString: characters, in UTF-16. In the arena. */
static span wide(struct book *b, struct cursor *c)
{
	uint32_t n = cursor_u32(c);
	span bytes = cursor_take(c, 2 * (size_t)n), out;

	if (charset_to_utf8(b->l->a, charset_find(SPAN_LIT("utf-16le")), bytes, &out, NULL, NULL) != OK)
		return SPAN_EMPTY;
	return out;
}

static enum errc part(struct book *b, span name, span *out, struct err *e)
{
	const struct zip_member *m = zip_find(b->z, name);

	*out = SPAN_EMPTY;
	return m == NULL ? OK : package_member(b->l->a, b->l, b->z, m, out, e);
}

static enum errc strings_add(struct book *b, span s, struct err *e)
{
	span *v = arena_grow(b->l->a, b->strings, b->n_strings, &b->strings_cap, sizeof *v, 256);

	if (v == NULL)
		return err_memory(e);
	b->strings = v;
	b->strings[b->n_strings++] = s;
	return OK;
}

static enum errc shared_read(struct book *b, struct err *e)
{
	struct record_of r;
	span s;
	enum errc rc = part(b, SPAN_LIT("xl/sharedStrings.bin"), &s, e);

	while (rc == OK && take(&s, &r))
		if (r.type == B_STRING) {
			(void)cursor_u8(&r.c);
			rc = strings_add(b, wide(b, &r.c), e);
		}
	return rc;
}

static enum errc styles_read(struct book *b, struct err *e)
{
	struct record_of r;
	bool in = false;
	span s;
	enum errc rc = part(b, SPAN_LIT("xl/styles.bin"), &s, e);

	while (rc == OK && take(&s, &r)) {
		unsigned id;

		if (r.type == B_STYLES || r.type == B_STYLES_END)
			in = r.type == B_STYLES;
		else if (r.type == B_FORMAT && (id = cursor_u16(&r.c)) < FORMATS)
			b->format_forms[id] = format_form(id, wide(b, &r.c));
		else if (r.type == B_STYLE && in && b->n_styles < FORMATS) {
			(void)cursor_u16(&r.c);
			id = cursor_u16(&r.c);
			b->forms[b->n_styles++] = style_form(b->format_forms, FORMATS, id);
		}
	}
	return rc;
}

static double real(struct cursor *c)
{
	uint64_t bits = cursor_u64(c);
	double v;

	memcpy(&v, &bits, sizeof v);
	return v;
}

static void cell(struct book *b, struct grid *g, uint32_t row, struct record_of *r)
{
	uint32_t column = cursor_u32(&r->c), style = cursor_u32(&r->c) & 0xffffff, index;
	unsigned char form = style < b->n_styles ? b->forms[style] : FORM_STORED;

	if (r->c.bad || column > 16384)
		return;
	grid_cell(g, row, column);
	switch (r->type) {
	case B_RK: put_number(b->l, rk_value(cursor_u32(&r->c)), form, b->from_1904); break;
	case B_REAL: case B_FORMULA_REAL: put_number(b->l, real(&r->c), form, b->from_1904); break;
	case B_BOOL: case B_FORMULA_BOOL: layout_text(b->l, cursor_u8(&r->c) != 0 ? SPAN_LIT("TRUE") : SPAN_LIT("FALSE")); break;
	case B_TEXT: case B_FORMULA_TEXT: put_flat(b->l, wide(b, &r->c)); break;
	case B_RICH_TEXT:
		(void)cursor_u8(&r->c);
		put_flat(b->l, wide(b, &r->c));
		break;
	case B_SHARED:
		if ((index = cursor_u32(&r->c)) < b->n_strings)
			put_flat(b->l, b->strings[index]);
		else
			layout_problem(b->l, "damaged: a cell without its text");
		break;
	default: break;
	}
}

/* BrtRowHdr (MS-XLSB 2.4.740): number, style, height, and in the bits behind them whether it has none. */
static uint32_t row_begin(struct book *b, struct record_of *r)
{
	uint32_t row = cursor_u32(&r->c);

	(void)cursor_take(&r->c, 7);
	layout_hide_rows(b->l, (cursor_u8(&r->c) & 0x10) != 0);
	return row;
}

/* BrtColInfo (2.4.323): first, last, width, style, flags. */
static void columns_read(struct book *b, struct record_of *r)
{
	uint32_t first = cursor_u32(&r->c), last = cursor_u32(&r->c);

	(void)cursor_take(&r->c, 8);
	if ((cursor_u8(&r->c) & 1) != 0 && last < INT32_MAX)
		layout_hide_columns(b->l, first + 1, last + 1);
}

/* That many strings, each of which may be none: headers and footers of pages (2.4.61), or what a cell asks for (2.4.351). */
static void words_put(struct book *b, struct record_of *r, unsigned n, bool headers, struct buf *out)
{
	while (n-- > 0 && !r->c.bad) {
		struct cursor c = r->c;
		span s = SPAN_EMPTY;

		if (cursor_u32(&c) == UINT32_MAX)
			r->c = c;
		else
			s = wide(b, &r->c);
		if (headers)
			page_header_words(out, s);
		else
			buf_put(out, s);
		if (s.n > 0)
			buf_byte(out, '\n');
	}
}

static enum errc sheet_read(struct book *b, span member, bool hidden, span name, struct err *e)
{
	struct grid g = {.l = b->l};
	struct buf beside;
	struct record_of r;
	uint32_t row = 0;
	span s;
	enum errc rc = part(b, member, &s, e);

	if (rc != OK)
		return rc;
	buf_init(&beside, 16 * MIB);
	layout_sheet(b->l, hidden, name);
	while (take(&s, &r) && !b->l->text.failed) {
		if (r.type == B_ROW)
			row = row_begin(b, &r);
		else if (r.type == B_COLUMNS)
			columns_read(b, &r);
		else if ((r.type >= B_RK && r.type <= B_FORMULA_BOOL) || r.type == B_RICH_TEXT)
			cell(b, &g, row, &r);
		else if (r.type == B_LINK) {
			/* Where it stands, and two ids; then the place, the tip and the text shown. */
			(void)cursor_take(&r.c, 16);
			(void)wide(b, &r.c);
			for (unsigned i = 0; i < 3 && !r.c.bad; i++)
				put_flat(b->l, wide(b, &r.c));
		} else if (r.type == B_HEADERS) {
			(void)cursor_u16(&r.c);
			words_put(b, &r, 6, true, &beside);
		} else if (r.type == B_PROMPTS) {
			uint32_t ranges;

			(void)cursor_u32(&r.c);
			ranges = cursor_u32(&r.c);
			(void)cursor_take(&r.c, 16 * (size_t)ranges);
			words_put(b, &r, 4, false, &beside);
		}
	}
	layout_line(b->l);
	if (beside.n > 0) {
		span rest = buf_span(&beside), line;

		layout_group(b->l, false, "comments, boxes and links of sheet", name);
		while (span_line(&rest, &line)) {
			put_flat(b->l, line);
			layout_line(b->l);
		}
	}
	rc = beside.failed && beside.n < 16 * MIB ? err_memory(e) : OK;
	buf_wipe(&beside);
	return rc;
}

static enum errc comments_read(struct book *b, span member, struct err *e)
{
	struct record_of r;
	span s;
	enum errc rc = part(b, member, &s, e);

	layout_group(b->l, true, "comments", SPAN_EMPTY);
	while (rc == OK && take(&s, &r)) {
		if (r.type == B_COMMENT) {
			uint32_t row;

			(void)cursor_u32(&r.c);
			row = cursor_u32(&r.c);
			(void)cursor_u32(&r.c);
			layout_at(b->l, row + 1, cursor_u32(&r.c) + 1);
		} else if (r.type == B_COMMENT_TEXT) {
			(void)cursor_u8(&r.c);
			put_flat(b->l, wide(b, &r.c));
			layout_line(b->l);
		}
	}
	return rc;
}

enum errc xlsb_read(struct layout *l, const struct zip *z, struct err *e)
{
	struct book *b = arena_zero(l->a, 1, sizeof *b);
	struct record_of r;
	span s, relations;
	size_t n = 0;
	enum errc rc;

	if (b == NULL)
		return err_memory(e);
	b->l = l;
	b->z = z;
	if ((rc = shared_read(b, e)) != OK || (rc = styles_read(b, e)) != OK || (rc = part(b, SPAN_LIT("xl/workbook.bin"), &s, e)) != OK ||
	    (rc = part(b, SPAN_LIT("xl/_rels/workbook.bin.rels"), &relations, e)) != OK)
		return rc;
	while (rc == OK && take(&s, &r) && !l->text.failed) {
		if (r.type == B_BOOK) {
			b->from_1904 = (cursor_u32(&r.c) & 1) != 0;
		} else if (r.type == B_SHEET && n++ < BOOK_SHEETS) {
			bool hidden = cursor_u32(&r.c) != 0;
			span id;

			(void)cursor_u32(&r.c);
			id = wide(b, &r.c);
			rc = sheet_read(b, package_target(l->a, z, relations, id), hidden, wide(b, &r.c), e);
		}
	}
	for (size_t i = 0; i < z->n_members && rc == OK; i++)
		if (span_starts_nocase(z->members[i].name, SPAN_LIT("xl/comments")) && span_ends_nocase(z->members[i].name, SPAN_LIT(".bin")))
			rc = comments_read(b, z->members[i].name, e);
	return rc;
}
