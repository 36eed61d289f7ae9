/*
 * Workbooks of Excel 97 to 2003 (BIFF8, MS-XLS), and of 5.0 and 95 (BIFF5), whose strings are in the code page that the file
 * names. The globals come first (names of sheets, shared strings, formats); then each sheet is read at its place.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "document/biff.h"
#include "document/legacy.h"

enum record {
	R_FORMULA = 0x06, R_EOF = 0x0a, R_HEADER = 0x14, R_FOOTER = 0x15, R_NAME = 0x18, R_NOTE = 0x1c, R_DATE_1904 = 0x22,
	R_FILEPASS = 0x2f, R_CODEPAGE = 0x42, R_BOUNDSHEET = 0x85, R_MULRK = 0xbd, R_RSTRING = 0xd6, R_XF = 0xe0,
	R_SST = 0xfc, R_LABELSST = 0xfd, R_TXO = 0x1b6, R_HLINK = 0x1b8, R_DV = 0x1be, R_DCONNAME = 0x52,
	R_NUMBER = 0x203, R_LABEL = 0x204, R_STRING = 0x207, R_RK = 0x27e, R_FORMAT = 0x41e, R_FORMAT_5 = 0x1e, R_BOF = 0x809,
	R_BOOLERR = 0x205, R_SXSTRING = 0xcd, R_EXTERNNAME = 0x23, R_CRN = 0x5a, R_SCENARIO = 0xaf, R_AUTOFILTER = 0x9e, R_CF = 0x1b1, R_CF12 = 0x87a,
	R_TOOLTIP = 0x800, R_ROW = 0x208, R_COLINFO = 0x7d, R_DRAWING = 0xec, R_CHART_TEXT = 0x100d, R_HEADERS_MORE = 0x89c,
};
enum { VERSION_5 = 0x500, BOOK_SHEETS = 4096, FORMATS = 4096, ROWS = 65536 };

struct sheet { uint32_t at; bool hidden; span name; };
struct book {
	struct layout *l;
	bool narrow;          /* BIFF5: strings of bytes in a code page */
	const struct charset *charset;
	span *strings;
	size_t n_strings, strings_cap;
	struct sheet *sheets;
	size_t n_sheets, sheets_cap;
	unsigned char *format_forms; /* by number of format */
	unsigned char *forms; /* by style */
	size_t n_styles;
	bool from_1904;
	unsigned char rows_hidden[ROWS / 8]; /* of the sheet under way */
	struct buf scratch;
};

/* Text of n bytes in the code page, into scratch. */
static void narrow_chars(struct book *b, struct biff *r, size_t n)
{
	span bytes = span_first(r->here, n), out;

	r->bad |= bytes.n < n;
	r->here = span_from(r->here, n);
	if (charset_to_utf8(b->l->a, b->charset, bytes, &out, NULL, NULL) == OK)
		buf_put(&b->scratch, out);
	else
		b->scratch.failed = true;
}

/* A string whose length is a number of `length_bytes` (1 or 2), into scratch. */
static span string_read(struct book *b, struct biff *r, unsigned length_bytes)
{
	size_t n = length_bytes == 1 ? biff_u8(r) : biff_u16(r);

	buf_clear(&b->scratch);
	if (b->narrow)
		narrow_chars(b, r, n);
	else /* an empty one has its flags, too */
		biff_string(r, n, &b->scratch);
	return buf_span(&b->scratch);
}

static enum errc shared_read(struct book *b, struct biff *r, struct err *e)
{
	uint32_t n;

	biff_skip(r, 4);
	n = biff_u32(r);
	for (uint32_t i = 0; i < n && biff_more(r) && !r->bad; i++) {
		span s = string_read(b, r, 2);

		span *v = arena_grow(b->l->a, b->strings, b->n_strings, &b->strings_cap, sizeof *v, 64);

		if (b->scratch.failed || v == NULL || (v[b->n_strings] = arena_copy(b->l->a, s)).p == NULL)
			return err_memory(e);
		b->strings = v;
		b->n_strings++;
	}
	if (b->n_strings < n)
		layout_problem(b->l, "damaged: not all of its strings are there");
	return OK;
}

static enum errc sheet_add(struct book *b, struct biff *r, struct err *e)
{
	struct sheet s = {.at = biff_u32(r)}, *v;

	s.hidden = (biff_u8(r) & 3) != 0;
	biff_skip(r, 1);
	s.name = arena_copy(b->l->a, string_read(b, r, 1));
	if (s.name.p == NULL || (v = arena_grow(b->l->a, b->sheets, b->n_sheets, &b->sheets_cap, sizeof *v, 64)) == NULL)
		return err_memory(e);
	b->sheets = v;
	if (b->n_sheets < BOOK_SHEETS && !r->bad)
		b->sheets[b->n_sheets++] = s;
	else
		layout_problem(b->l, "damaged, or more sheets than are read");
	return OK;
}

static void style_add(struct book *b, struct biff *r)
{
	unsigned number;

	biff_skip(r, 2);
	number = biff_u16(r);
	if (b->n_styles < FORMATS)
		b->forms[b->n_styles++] = style_form(b->format_forms, FORMATS, number);
}

/* A name of a range may hold a constant: its characters are what it is worth. */
static void name_read(struct book *b, struct biff *r)
{
	size_t n, n_formula;

	biff_skip(r, 3);
	n = biff_u8(r);
	n_formula = biff_u16(r);
	biff_skip(r, 8);
	buf_clear(&b->scratch);
	if (b->narrow)
		narrow_chars(b, r, n);
	else
		biff_string(r, n, &b->scratch);
	if (r->bad || b->scratch.n < 2)
		return;
	layout_text(b->l, buf_span(&b->scratch));
	/* ptgStr (MS-XLS 2.5.198.89): a string constant. */
	if (n_formula > 3 && biff_u8(r) == 0x17) {
		layout_text(b->l, SPAN_LIT(": "));
		put_flat(b->l, string_read(b, r, 1));
	}
	layout_line(b->l);
}

static enum errc globals_read(struct book *b, span *stream, struct err *e)
{
	struct biff r = biff_of(*stream);
	enum errc rc = OK;

	while (rc == OK && biff_next(&r) && r.type != R_EOF)
		switch (r.type) {
		case R_BOF:
			b->narrow = biff_u16(&r) <= VERSION_5;
			break;
		case R_FILEPASS:
			/* From here on it is read unlocked; the places in it stay the same. */
			if ((rc = xls_unlock(b->l, *stream, r.record, stream, e)) == OK)
				r.rest = span_from(*stream, stream->n - r.rest.n);
			break;
		case R_CODEPAGE: {
			const struct charset *charset = sheet_charset(biff_u16(&r));

			if (charset != NULL)
				b->charset = charset;
			break;
		}
		case R_DATE_1904: b->from_1904 = biff_u16(&r) == 1; break;
		case R_BOUNDSHEET: rc = sheet_add(b, &r, e); break;
		case R_SST: rc = shared_read(b, &r, e); break;
		case R_FORMAT: case R_FORMAT_5: {
			unsigned number = biff_u16(&r);
			span code = string_read(b, &r, b->narrow ? 1 : 2);

			if (number < FORMATS)
				b->format_forms[number] = format_form(number, code);
			break;
		}
		case R_XF: style_add(b, &r); break;
		default: break;
		}
	return rc;
}

static void number_put(struct book *b, unsigned style, double v)
{
	put_number(b->l, v, style < b->n_styles ? b->forms[style] : FORM_STORED, b->from_1904);
}

/* The value of a formula as it was computed last (2.5.133); a string stands in the record behind it. */
static void formula_put(struct book *b, struct biff *r, unsigned style)
{
	span v = span_first(r->here, 8);

	if (v.n < 8)
		return;
	if (v.p[6] != 0xff || v.p[7] != 0xff)
		number_put(b, style, biff_double(r));
	else if (v.p[0] == 1)
		layout_text(b->l, v.p[2] != 0 ? SPAN_LIT("TRUE") : SPAN_LIT("FALSE"));
}

/* To the cell, which stands in a row that is shown or not. */
static void cell_begin(struct book *b, struct grid *g, uint32_t row, uint32_t column)
{
	layout_hide_rows(b->l, row < ROWS && (b->rows_hidden[row / 8] >> row % 8 & 1) != 0);
	grid_cell(g, row, column);
}

/* Row (2.4.221): a height of nothing. */
static void row_read(struct book *b, struct biff *r)
{
	unsigned row = biff_u16(r);

	biff_skip(r, 10);
	if ((biff_u16(r) & 0x20) != 0 && !r->bad)
		b->rows_hidden[row / 8] |= (unsigned char)(1u << row % 8);
}

/* ColInfo (2.4.53): first, last, width, style, flags. */
static void columns_read(struct book *b, struct biff *r)
{
	uint32_t first = biff_u16(r), last = biff_u16(r);

	biff_skip(r, 4);
	if ((biff_u16(r) & 1) != 0 && !r->bad)
		layout_hide_columns(b->l, first + 1, last + 1);
}

/* A cell's record: row, column, style, value. */
static void cell_put(struct book *b, struct grid *g, struct biff *r)
{
	uint32_t row = biff_u16(r), column = biff_u16(r);
	unsigned style = biff_u16(r);
	uint32_t index;

	if (r->bad)
		return;
	cell_begin(b, g, row, column);
	switch (r->type) {
	case R_LABELSST:
		index = biff_u32(r);
		if (index < b->n_strings)
			put_flat(b->l, b->strings[index]);
		else
			layout_problem(b->l, "damaged: a cell without its text");
		break;
	case R_LABEL: case R_RSTRING: put_flat(b->l, string_read(b, r, 2)); break;
	case R_NUMBER: number_put(b, style, biff_double(r)); break;
	case R_RK: number_put(b, style, rk_value(biff_u32(r))); break;
	case R_BOOLERR: {
		unsigned v = biff_u8(r);

		if (biff_u8(r) == 0)
			layout_text(b->l, v != 0 ? SPAN_LIT("TRUE") : SPAN_LIT("FALSE"));
		break;
	}
	case R_FORMULA: formula_put(b, r, style); break;
	default:
		break;
	}
}

static void many_put(struct book *b, struct grid *g, struct biff *r)
{
	uint32_t row = biff_u16(r), column = biff_u16(r);

	/* Six bytes a cell; the last column behind them. */
	while (r->here.n >= 8) {
		unsigned style = biff_u16(r);

		cell_begin(b, g, row, column++);
		number_put(b, style, rk_value(biff_u32(r)));
	}
}

/* Text of a comment or a drawn box: behind the record its characters, then its formatting, in Continue records. */
static void box_read(struct book *b, struct biff *r, struct buf *boxes)
{
	size_t n;
	bool wide;

	biff_skip(r, 10);
	n = biff_u16(r);
	r->here = SPAN_EMPTY;
	if (n == 0 || !biff_more(r))
		return;
	wide = (biff_u8(r) & 1) != 0;
	biff_chars(r, n, wide, boxes);
	buf_byte(boxes, '\n');
	(void)b;
}

/* What a cell that checks its values says to who types: titles and texts of a prompt and an error. */
static void prompts_read(struct book *b, struct biff *r, struct buf *boxes)
{
	biff_skip(r, 4);
	for (int i = 0; i < 4 && !r->bad && !b->narrow; i++) {
		buf_put(boxes, string_read(b, r, 2));
		buf_byte(boxes, '\n');
	}
}

/* HeaderFooter (MS-XLS 2.4.137): headers and footers of even pages and of the first; lengths before, and a string for each that has one. */
static void more_headers_read(struct book *b, struct biff *r, struct buf *boxes)
{
	unsigned n = 0;

	biff_skip(r, 30);
	for (int i = 0; i < 4; i++)
		n += biff_u16(r) != 0;
	while (n-- > 0 && !r->bad) {
		page_header_words(boxes, string_read(b, r, 2));
		buf_byte(boxes, '\n');
	}
}

static void put_lines(struct layout *l, const char *kind, span name, span lines)
{
	span line;

	if (lines.n == 0)
		return;
	layout_group(l, false, kind, name);
	while (span_line(&lines, &line)) {
		layout_text(l, line);
		layout_byte(l, '\n');
	}
}

/* Where the formula of a cell has a text in it (PtgStr, 2.5.198.89), the formula; of records that hold strings among their numbers, all. */
static span record_words(const struct biff *r)
{
	span formula = span_from(r->record, 22);

	switch (r->type) {
	case R_FORMULA: return span_find_byte(formula, 0x17) < formula.n ? formula : SPAN_EMPTY;
	case R_DV: case R_EXTERNNAME: case R_CRN: case R_SCENARIO: case R_AUTOFILTER: case R_CF: case R_CF12: case R_TOOLTIP: return r->record;
	default: return SPAN_EMPTY;
	}
}

/* Letters of what stands beside the cells: formulas, scenarios, filters, values of other workbooks; from a substream's beginning to its end. */
static void words_read(struct book *b, span substream, const char *kind, span name)
{
	struct biff r = biff_of(substream);
	bool any = false;
	unsigned depth = 0;

	while (biff_next(&r) && !b->l->text.failed) {
		span words = record_words(&r);

		depth += r.type == R_BOF;
		if (depth == 0)
			return; /* it does not begin where it should */
		if (r.type == R_EOF && --depth == 0)
			return;
		if (words.n == 0)
			continue;
		if (!any)
			layout_group(b->l, true, kind, name);
		any = true;
		if (r.type == R_FORMULA) {
			uint32_t row = biff_u16(&r), column = biff_u16(&r);

			layout_at(b->l, row + 1, column + 1);
		} else {
			layout_at(b->l, 0, 0);
		}
		letters_put(b->l, words);
	}
}

static enum errc sheet_read(struct book *b, span stream, const struct sheet *s, struct err *e)
{
	struct biff r = biff_of(span_from(stream, s->at));
	struct grid g = {.l = b->l};
	struct buf boxes;
	unsigned depth = 0;

	buf_init(&boxes, 16 * MIB);
	layout_sheet(b->l, s->hidden, s->name);
	memset(b->rows_hidden, 0, sizeof b->rows_hidden);
	while (biff_next(&r) && !b->l->text.failed) {
		if (r.type == R_BOF) {
			depth++; /* charts lie within */
			continue;
		}
		if (depth == 0) {
			layout_problem(b->l, "damaged: a sheet does not begin where it should");
			break;
		}
		if (r.type == R_EOF && --depth == 0)
			break;
		switch (r.type) {
		case R_LABELSST: case R_LABEL: case R_RSTRING: case R_NUMBER: case R_RK: case R_BOOLERR: case R_FORMULA:
			cell_put(b, &g, &r);
			break;
		case R_MULRK: many_put(b, &g, &r); break;
		case R_ROW: row_read(b, &r); break;
		case R_COLINFO: columns_read(b, &r); break;
		case R_STRING: put_flat(b->l, string_read(b, &r, 2)); break;
		case R_TXO: box_read(b, &r, &boxes); break;
		case R_HLINK:
			if (!b->narrow)
				link_put(r.record, &boxes);
			break;
		case R_DRAWING: drawn_read(r.record, &boxes); break;
		case R_CHART_TEXT:
			biff_skip(&r, 2);
			buf_put(&boxes, string_read(b, &r, 1));
			buf_byte(&boxes, '\n');
			break;
		case R_HEADERS_MORE: more_headers_read(b, &r, &boxes); break;
		case R_DV: prompts_read(b, &r, &boxes); break;
		case R_NOTE:
			if (b->narrow && r.here.n > 6) {
				biff_skip(&r, 4);
				put_flat(b->l, string_read(b, &r, 2));
			}
			break;
		case R_HEADER: case R_FOOTER:
			if (r.record.n > 2)
				page_header_words(&boxes, string_read(b, &r, b->narrow ? 1 : 2));
			buf_byte(&boxes, '\n');
			break;
		case R_SXSTRING: case R_DCONNAME:
			if (r.record.n > 2)
				buf_put(&boxes, string_read(b, &r, b->narrow ? 1 : 2));
			buf_byte(&boxes, '\n');
			break;
		default: break;
		}
	}
	layout_line(b->l);
	put_lines(b->l, "comments, boxes and links of sheet", s->name, buf_span(&boxes));
	words_read(b, span_from(stream, s->at), "formulas and notes of sheet", s->name);
	buf_wipe(&boxes);
	return b->scratch.failed ? err_memory(e) : OK;
}

static enum errc names_read(struct book *b, span stream)
{
	struct biff r = biff_of(stream);
	bool first = true;

	while (biff_next(&r) && r.type != R_EOF) {
		if (r.type != R_NAME)
			continue;
		if (first)
			layout_group(b->l, false, "defined names", SPAN_EMPTY);
		first = false;
		name_read(b, &r);
	}
	return OK;
}

void pivot_cache_read(struct layout *l, span stream)
{
	struct biff r = biff_of(stream);
	bool any = false;

	while (biff_next(&r) && !l->text.failed) {
		if (r.type != R_SXSTRING)
			continue;
		if (!any)
			layout_group(l, false, "cache of a pivot table", SPAN_EMPTY);
		any = true;
		letters_put(l, span_from(r.record, 2));
	}
}

enum errc xls_read(struct layout *l, span workbook, struct err *e)
{
	struct book b = {.l = l, .charset = charset_find(SPAN_LIT("windows-1252"))};
	enum errc rc;

	if ((b.format_forms = arena_zero(l->a, FORMATS, sizeof *b.format_forms)) == NULL ||
	    (b.forms = arena_zero(l->a, FORMATS, sizeof *b.forms)) == NULL)
		return err_memory(e);
	buf_init(&b.scratch, 16 * MIB);
	rc = globals_read(&b, &workbook, e);
	for (size_t i = 0; i < b.n_sheets && rc == OK; i++)
		rc = sheet_read(&b, workbook, &b.sheets[i], e);
	if (rc == OK)
		rc = names_read(&b, workbook);
	words_read(&b, workbook, "names and values of other workbooks", SPAN_EMPTY);
	buf_wipe(&b.scratch);
	return rc;
}
