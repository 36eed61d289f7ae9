/*
 * Sheets of records that lie in no compound file: of Excel 2 to 4 (BIFF2 to BIFF4), and of the many programs of web sites that write one
 * sheet of BIFF5 record by record and call it "xls". Excel opens both. A file is one sheet; BIFF4 may bind several into one.
 */
#include "base/limits.h"
#include "document/biff.h"
#include "document/legacy.h"

/* Numbers of records have the version in their upper byte, but for those that never changed. */
enum record {
	R_INTEGER = 0x02, R_NUMBER = 0x03, R_LABEL = 0x04, R_BOOLERR = 0x05, R_FORMULA = 0x06, R_STRING = 0x07, R_BOF = 0x09, R_EOF = 0x0a,
	R_HEADER = 0x14, R_FOOTER = 0x15, R_NOTE = 0x1c, R_FORMAT = 0x1e, R_DATE_1904 = 0x22, R_FILEPASS = 0x2f, R_CODEPAGE = 0x42, R_XF = 0x43,
	R_RK = 0x7e, R_SHEET = 0x8f, R_MULRK = 0xbd, R_RSTRING = 0xd6, R_XF_5 = 0xe0,
};
enum { GLOBALS = 0x05, RECORD_MOST = 8228, STYLES = 4096, FORMATS = 1024 };

struct old {
	struct layout *l;
	unsigned version;     /* 2 to 5 */
	const struct charset *charset;
	unsigned char *formats, *styles; /* forms: of formats by number, of cells by style */
	size_t n_formats, n_styles;
	bool from_1904;
	struct grid grid;
	struct buf boxes;
};

/* What kind of substream begins there; 0: none. */
static unsigned begins(span s)
{
	struct biff r = biff_of(s);
	unsigned kind;

	if (!biff_next(&r) || (r.type & 0xff) != R_BOF || (r.type >> 8) > 8 || (r.type & 0x100) != 0 || r.record.n < 4 || r.record.n > 16)
		return 0;
	biff_skip(&r, 2);
	kind = biff_u16(&r);
	/* The last is 10 hexadecimal with its bytes the wrong way round, which Excel takes, too. */
	if (kind != GLOBALS && kind != 0x10 && kind != 0x20 && kind != 0x40 && kind != 0x100 && kind != 0x1000)
		return 0;
	return biff_next(&r) && r.type > 0 && r.type < 0x900 && (r.rest.p - s.p) - 4 >= (ptrdiff_t)r.record.n && r.record.n < RECORD_MOST ? kind : 0;
}

bool old_sheet_is(span s) { return s.n > 8 && s.p[0] == R_BOF && begins(s) != 0; }

static void text_put(struct old *o, struct biff *r, unsigned length_bytes, struct buf *out)
{
	size_t n = length_bytes == 1 ? biff_u8(r) : biff_u16(r);
	span text;

	if (charset_to_utf8(o->l->a, o->charset, span_first(r->here, n), &text, NULL, NULL) != OK)
		return;
	if (out == NULL) {
		put_flat(o->l, text);
		return;
	}
	buf_put(out, text);
	buf_byte(out, '\n');
}

static void number_put(struct old *o, unsigned style, double v)
{
	put_number(o->l, v, style < o->n_styles ? o->styles[style] : FORM_STORED, o->from_1904);
}

/* Row, column, style, value. Of BIFF2 the style has three bytes, and lengths have one. */
static void cell_put(struct old *o, struct biff *r, unsigned kind)
{
	uint32_t row = biff_u16(r), column = biff_u16(r);
	unsigned style = o->version == 2 ? biff_u8(r) & 0x3f : biff_u16(r), v;
	span result;

	if (o->version == 2)
		biff_skip(r, 2);
	if (r->bad)
		return;
	grid_cell(&o->grid, row, column);
	switch (kind) {
	case R_INTEGER: number_put(o, style, biff_u16(r)); break;
	case R_NUMBER: number_put(o, style, biff_double(r)); break;
	case R_RK: number_put(o, style, rk_value(biff_u32(r))); break;
	case R_LABEL: case R_RSTRING: text_put(o, r, o->version == 2 ? 1 : 2, NULL); break;
	case R_BOOLERR:
		v = biff_u8(r);
		if (biff_u8(r) == 0)
			layout_text(o->l, v != 0 ? SPAN_LIT("TRUE") : SPAN_LIT("FALSE"));
		break;
	case R_FORMULA:
		/* As it was computed last; a string stands in the record behind it. */
		result = span_first(r->here, 8);
		if (result.n == 8 && (result.p[6] != 0xff || result.p[7] != 0xff))
			number_put(o, style, biff_double(r));
		break;
	case R_MULRK:
		for (; r->here.n >= 6; style = biff_u16(r), column++) {
			grid_cell(&o->grid, row, column);
			number_put(o, style, rk_value(biff_u32(r)));
		}
		break;
	default: break;
	}
}

/* Styles and formats are known by their order, but for formats of BIFF5. */
static void style_add(struct old *o, struct biff *r)
{
	unsigned number;

	biff_skip(r, o->version == 5 ? 2 : 1);
	if (o->version == 2)
		biff_skip(r, 1);
	number = o->version == 5 ? biff_u16(r) : o->version == 2 ? biff_u8(r) & 0x3f : biff_u8(r);
	if (o->n_styles < STYLES && !r->bad)
		o->styles[o->n_styles++] = o->version == 5 ? style_form(o->formats, FORMATS, number) : number < FORMATS ? o->formats[number] : FORM_STORED;
}

static void format_add(struct old *o, struct biff *r)
{
	size_t number = o->version == 5 ? biff_u16(r) : o->n_formats++, n;

	if (o->version == 4)
		biff_skip(r, 2);
	n = biff_u8(r);
	if (number < FORMATS && !r->bad)
		o->formats[number] = format_form(164, span_first(r->here, n));
}

static void code_page(struct old *o, unsigned page)
{
	const struct charset *charset = sheet_charset(page);

	if (charset != NULL)
		o->charset = charset;
}

/* Notes, headers and footers of the sheet that ends. */
static void sheet_end(struct old *o)
{
	span rest = buf_span(&o->boxes), line;

	layout_line(o->l);
	if (rest.n > 0)
		layout_group(o->l, false, "comments and headers of the sheet", SPAN_EMPTY);
	while (span_line(&rest, &line)) {
		layout_text(o->l, line);
		layout_byte(o->l, '\n');
	}
	buf_clear(&o->boxes);
}

static void sheet_begin(struct old *o, span name)
{
	sheet_end(o);
	layout_sheet(o->l, false, name);
	o->grid = (struct grid){.l = o->l};
}

static enum errc record_read(struct old *o, struct biff *r, struct err *e)
{
	unsigned version = r->type >> 8, kind = version == 0 || ((version == 2 || version == 4) && (r->type & 0xff) < 0x80) ? r->type & 0xff : 0;
	span name;

	switch (kind) {
	case R_FILEPASS: return err_set(e, ERR_EVIDENCE, ENCRYPTED_OFFICE);
	case R_SHEET:
		biff_skip(r, 4);
		if (charset_to_utf8(o->l->a, o->charset, span_first(span_from(r->record, 5), biff_u8(r)), &name, NULL, NULL) == OK)
			sheet_begin(o, name);
		break;
	case R_INTEGER: case R_NUMBER: case R_LABEL: case R_BOOLERR: case R_FORMULA: case R_RK: case R_MULRK: case R_RSTRING:
		cell_put(o, r, kind);
		break;
	case R_STRING: text_put(o, r, o->version == 2 ? 1 : 2, NULL); break;
	case R_NOTE:
		biff_skip(r, 4);
		text_put(o, r, 2, &o->boxes);
		break;
	case R_HEADER: case R_FOOTER:
		if (r->record.n > 1)
			text_put(o, r, 1, &o->boxes);
		break;
	case R_FORMAT: format_add(o, r); break;
	case R_XF: case R_XF_5: style_add(o, r); break;
	case R_CODEPAGE: code_page(o, biff_u16(r)); break;
	case R_DATE_1904: o->from_1904 = biff_u16(r) == 1; break;
	default: break;
	}
	return OK;
}

enum errc old_sheet_read(struct layout *l, span content, struct err *e)
{
	struct old o = {.l = l, .charset = charset_find(SPAN_LIT("windows-1252"))};
	struct biff r = biff_of(content);
	enum errc rc = OK;

	if (begins(content) == GLOBALS)
		return xls_read(l, content, e);
	if ((o.formats = arena_zero(l->a, FORMATS, 1)) == NULL || (o.styles = arena_zero(l->a, STYLES, 1)) == NULL)
		return err_memory(e);
	buf_init(&o.boxes, 16 * MIB);
	sheet_begin(&o, SPAN_EMPTY);
	while (rc == OK && !l->text.failed && biff_next(&r)) {
		if ((r.type & 0xff) == R_BOF && o.version == 0)
			o.version = r.type < 0x100 ? 2 : r.type >> 8 == 2 ? 3 : r.type >> 8 == 4 ? 4 : 5;
		else
			rc = record_read(&o, &r, e);
	}
	sheet_end(&o);
	if (rc == OK && o.boxes.failed)
		rc = err_memory(e);
	buf_wipe(&o.boxes);
	return rc;
}
