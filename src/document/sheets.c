/*
 * Sheets of an OOXML package (ECMA-376 part 1, 18): one line a row, a tab between columns, so that a value stands under
 * its header. Numbers stand as they are stored, dates as ISO 8601. Hidden sheets, rows and columns are read like others.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "document/legacy.h"

enum { BLANK_COLUMNS = 64, BOOK_SHEETS = 4096 };

struct book {
	struct layout *l;
	const struct zip *z;
	struct buf strings; /* as layout text, one behind the other */
	size_t *ends;  /* of each */
	bool *shown;   /* those that a cell has */
	size_t n_strings;
	unsigned char *forms; /* of numbers, by style */
	size_t n_styles;
	bool from_1904;
	struct buf scratch;
	struct arena *xml; /* of the member under way: the sheets of a book are not kept beside each other */
	struct aside { uint32_t row, column; span written; bool header; } *asides; /* of the sheet under way */
	size_t n_asides, cap_asides;
};

static uint32_t number_of(span s)
{
	uint64_t n;

	(void)span_digits(s, 9, &n);
	return (uint32_t)n;
}

/* "AB12": column 28, row 12. */
static void cell_place(span ref, uint32_t *column, uint32_t *row)
{
	size_t i = 0;

	*column = 0;
	for (; i < ref.n && i < 3 && ascii_is_alpha(ref.p[i]); i++)
		*column = *column * 26 + (uint32_t)(ascii_lower(ref.p[i]) - 'a' + 1);
	*row = number_of(span_from(ref, i));
}

/* Text of an si or is element: all t within it, but for rPh (how it is read aloud). Returns behind its close. */
static void rich_text(struct xml *x, const char *until, struct buf *out)
{
	bool text = false, aloud = false;
	size_t from = out->n;
	enum xml_event event;

	if (x->empty)
		return;
	while ((event = xml_next(x)) != XML_END && !(event == XML_CLOSE && xml_is(x, until))) {
		if (event == XML_TEXT) {
			if (text && x->cdata)
				buf_put(out, x->text);
			else if (text)
				xml_unescape(out, x->text);
		} else if (xml_is(x, "rPh")) {
			aloud = event == XML_OPEN;
		} else if (xml_is(x, "t")) {
			text = event == XML_OPEN && !aloud;
		}
	}
	string_unescape(out, from);
}

/* *out lives until the next is read. */
static enum errc member_xml(struct book *b, span member, span *out, struct err *e)
{
	arena_reset(b->xml);
	return package_xml(b->xml, b->l, b->z, member, out, e);
}

static enum errc strings_read(struct book *b, struct err *e)
{
	size_t cap = 0, *v;
	span bytes;
	struct xml x;
	enum xml_event event;
	enum errc rc = member_xml(b, SPAN_LIT("xl/sharedStrings.xml"), &bytes, e);

	if (rc != OK)
		return rc;
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END;) {
		if (event != XML_OPEN || !xml_is(&x, "si"))
			continue;
		if ((v = arena_grow(b->l->a, b->ends, b->n_strings, &cap, sizeof *v, 256)) == NULL)
			return err_memory(e);
		b->ends = v;
		rich_text(&x, "si", &b->strings);
		if (b->strings.failed)
			return err_memory(e);
		b->ends[b->n_strings++] = b->strings.n;
	}
	return (b->shown = arena_zero(b->l->a, b->n_strings + 1, sizeof *b->shown)) == NULL ? err_memory(e) : OK;
}

static span string_at(const struct book *b, size_t i)
{
	size_t from = i > 0 ? b->ends[i - 1] : 0;

	return span_sub(buf_span(&b->strings), from, b->ends[i] - from);
}

/* Of cells that were emptied, by some programs. */
static void strings_left(struct book *b)
{
	bool any = false;

	for (size_t i = 0; i < b->n_strings && !b->l->text.failed; i++) {
		span text = string_at(b, i);

		if (b->shown[i] || text.n == 0)
			continue;
		if (!any)
			layout_group(b->l, false, "texts that no cell shows", SPAN_EMPTY);
		any = true;
		layout_at(b->l, (uint32_t)(i + 1), 0);
		put_flat(b->l, text);
		layout_line(b->l);
	}
}

static enum errc styles_read(struct book *b, struct err *e)
{
	unsigned char custom[1024] = {0};
	bool in_formats = false;
	size_t cap = 4096;
	span bytes;
	struct xml x;
	enum xml_event event;
	enum errc rc = member_xml(b, SPAN_LIT("xl/styles.xml"), &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	if ((b->forms = arena_zero(b->l->a, cap, sizeof *b->forms)) == NULL)
		return err_memory(e);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END;) {
		if (event == XML_TEXT)
			continue;
		if (event == XML_OPEN && xml_is(&x, "numFmt")) {
			uint32_t id = number_of(xml_attribute(&x, "numFmtId"));

			buf_clear(&b->scratch);
			xml_unescape(&b->scratch, xml_attribute(&x, "formatCode"));
			if (id < sizeof custom / sizeof *custom)
				custom[id] = format_form(id, buf_span(&b->scratch));
		} else if (xml_is(&x, "cellXfs")) {
			in_formats = event == XML_OPEN;
		} else if (event == XML_OPEN && in_formats && xml_is(&x, "xf") && b->n_styles < cap) {
			uint32_t id = number_of(xml_attribute(&x, "numFmtId"));

			b->forms[b->n_styles++] = style_form(custom, sizeof custom, id);
		}
	}
	return OK;
}

static void put_date(struct book *b, span value)
{
	uint32_t days = number_of(value);
	int64_t when = time_of_serial(days, b->from_1904);
	char date[TIME_TEXT];

	if (days == 0 || days > 2958465) {
		layout_text(b->l, value);
		return;
	}
	layout_text(b->l, span_str(time_date(when, date)));
}

/* A PIN of four digits may begin with zeros. */
static void put_digits(struct book *b, size_t digits, span value)
{
	bool whole = true;

	for (size_t i = 0; i < value.n; i++)
		whole = whole && ascii_is_digit(value.p[i]);
	for (size_t n = value.n; whole && n > 0 && n < digits; n++)
		layout_byte(b->l, '0');
	put_flat(b->l, value);
}

static void put_value(struct book *b, span type, span style, span value)
{
	uint32_t index = number_of(value), s = number_of(style);

	if (span_eq(type, SPAN_LIT("s"))) {
		if (index < b->n_strings) {
			put_flat(b->l, string_at(b, index));
			b->shown[index] = true;
		} else {
			layout_problem(b->l, "damaged: a cell without its text");
		}
	} else if (span_eq(type, SPAN_LIT("b"))) {
		layout_text(b->l, span_eq(value, SPAN_LIT("1")) ? SPAN_LIT("TRUE") : SPAN_LIT("FALSE"));
	} else if ((type.n == 0 || span_eq(type, SPAN_LIT("n"))) && style.n > 0 && s < b->n_styles && b->forms[s] > 0) {
		if (b->forms[s] == FORM_DATE)
			put_date(b, value);
		else
			put_digits(b, b->forms[s], value);
	} else {
		put_flat(b->l, value);
	}
}

/* What a sheet says beside its cells: formulas with words in them, page headers, prompts. It must not stand between the cells. */
static void aside(struct book *b, uint32_t row, uint32_t column, span written, bool header)
{
	struct aside *v = arena_grow(b->l->a, b->asides, b->n_asides, &b->cap_asides, sizeof *v, 16);

	if (v == NULL) {
		b->scratch.failed = true;
		return;
	}
	b->asides = v;
	v[b->n_asides++] = (struct aside){row, column, written, header};
}

static void asides_put(struct book *b, const char *kind, span name)
{
	struct buf plain;

	buf_init(&plain, LIMIT_TEXT_BYTES);
	if (b->n_asides > 0)
		layout_group(b->l, true, kind, name);
	for (size_t i = 0; i < b->n_asides; i++) {
		layout_at(b->l, b->asides[i].row, b->asides[i].column);
		buf_clear(&b->scratch);
		xml_unescape(&b->scratch, b->asides[i].written);
		if (b->asides[i].header) {
			page_header_words(&plain, buf_span(&b->scratch));
			buf_clear(&b->scratch);
			buf_put(&b->scratch, buf_span(&plain));
			buf_clear(&plain);
		}
		put_flat(b->l, buf_span(&b->scratch));
		layout_line(b->l);
	}
	b->scratch.failed |= plain.failed;
	buf_wipe(&plain);
	b->n_asides = 0;
}

static bool has_words(span formula)
{
	return span_find_byte(formula, '"') < formula.n || span_has(formula, SPAN_LIT("&quot;"));
}

/* Prompts of a cell that checks what is typed, tips of links, names of scenarios; at the cell where it is said of one. */
static void attributes_aside(struct book *b, const struct xml *x)
{
	span rest = x->attributes, name, value, ref = xml_attribute(x, "sqref");
	uint32_t column, row;

	if (ref.n == 0)
		ref = xml_attribute(x, "ref");
	cell_place(ref, &column, &row);
	while (xml_attribute_next(&rest, &name, &value))
		if (value.n > 3 && (attribute_says(x, name) || (xml_is(x, "hyperlink") && span_eq(name, SPAN_LIT("location")))))
			aside(b, row, column, value, false);
}

static bool is_formula(const struct xml *x)
{
	return xml_is(x, "formula1") || xml_is(x, "formula2") || xml_is(x, "formula") || xml_is(x, "f");
}

static bool is_beside(const struct xml *x)
{
	return span_ends_nocase(x->name, SPAN_LIT("Header")) || span_ends_nocase(x->name, SPAN_LIT("Footer"));
}

struct cell { span ref, style, type; };

/* Most of a workbook are cells: their attributes are looked through once. */
static struct cell cell_of(const struct xml *x)
{
	struct cell c = {0};
	span rest = x->attributes, name, value;

	while (rest.n > 0 && xml_attribute_next(&rest, &name, &value)) {
		if (name.n != 1)
			continue;
		if (name.p[0] == 'r')
			c.ref = value;
		else if (name.p[0] == 's')
			c.style = value;
		else if (name.p[0] == 't')
			c.type = value;
	}
	return c;
}

/* "<v>12</v></c>": how nearly every cell goes on. False when this one does not; then nothing was taken. */
static bool plain_value(struct xml *x, span *value)
{
	span s = span_starts(x->rest, SPAN_LIT("<v>")) ? span_from(x->rest, 3) : SPAN_EMPTY;
	size_t n = span_find_byte(s, '<');

	if (n == 0 || !span_starts(span_from(s, n), SPAN_LIT("</v></c>")))
		return false;
	*value = span_first(s, n);
	x->rest = span_from(s, n + 8);
	return true;
}

static void value_put(struct book *b, const struct cell *cell, span written)
{
	if (span_find_byte(written, '&') == written.n && !span_has(written, SPAN_LIT("_x"))) {
		put_value(b, cell->type, cell->style, written);
		return;
	}
	buf_clear(&b->scratch);
	xml_unescape(&b->scratch, written);
	string_unescape(&b->scratch, 0);
	put_value(b, cell->type, cell->style, buf_span(&b->scratch));
}

static void cell_read(struct book *b, struct xml *x, uint32_t *column)
{
	struct cell cell = cell_of(x);
	uint32_t at = *column + 1, row = b->l->row;
	enum xml_event event;
	bool value = false, formula = false;
	span written;

	if (cell.ref.n > 0)
		cell_place(cell.ref, &at, &row);
	/* Columns between are blanks; a gap is not endless. */
	for (uint32_t i = *column == 0 ? 1 : *column; i < at && i < (*column == 0 ? 1 : *column) + BLANK_COLUMNS; i++)
		layout_byte(b->l, '\t');
	*column = at;
	layout_at(b->l, row, at);
	if (x->empty)
		return;
	if (plain_value(x, &written)) {
		value_put(b, &cell, written);
		return;
	}
	while ((event = xml_next(x)) != XML_END && !(event == XML_CLOSE && xml_is(x, "c"))) {
		if (event == XML_OPEN && xml_is(x, "is")) {
			buf_clear(&b->scratch);
			rich_text(x, "is", &b->scratch);
			put_flat(b->l, buf_span(&b->scratch));
		} else if (event == XML_TEXT && value) {
			value_put(b, &cell, x->text);
		} else if (event == XML_TEXT && formula && has_words(x->text)) {
			aside(b, row, at, x->text, false);
		} else if (event != XML_TEXT) {
			value = event == XML_OPEN && xml_is(x, "v") && !x->empty;
			formula = event == XML_OPEN && xml_is(x, "f") && !x->empty;
		}
	}
}

static bool is_set(span boolean) { return IS_ANY(boolean, "1", "true", "on"); }

/* Tabs that end a line are cut off by layout_line, those that begin one are the columns that are empty. */
static enum errc sheet_read(struct book *b, span member, bool hidden, span name, struct err *e)
{
	uint32_t row = 0, column = 0;
	span bytes;
	struct xml x;
	enum xml_event event;
	bool beside = false, formula = false;
	enum errc rc = member_xml(b, member, &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	layout_sheet(b->l, hidden, name);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END && !b->l->text.failed;) {
		if (event == XML_OPEN && xml_is(&x, "row")) {
			span r = xml_attribute(&x, "r");

			row = r.n > 0 ? number_of(r) : row + 1;
			column = 0;
			layout_hide_rows(b->l, is_set(xml_attribute(&x, "hidden")));
			layout_at(b->l, row, 0);
		} else if (event == XML_OPEN && xml_is(&x, "col") && is_set(xml_attribute(&x, "hidden"))) {
			layout_hide_columns(b->l, number_of(xml_attribute(&x, "min")), number_of(xml_attribute(&x, "max")));
		} else if (event == XML_OPEN && xml_is(&x, "c")) {
			cell_read(b, &x, &column);
		} else if (event == XML_CLOSE && xml_is(&x, "row")) {
			layout_line(b->l);
		} else if (event == XML_TEXT && (beside || (formula && has_words(x.text)))) {
			aside(b, 0, 0, x.text, beside);
		} else if (event != XML_TEXT) {
			beside = event == XML_OPEN && is_beside(&x);
			formula = event == XML_OPEN && is_formula(&x);
			if (event == XML_OPEN && x.attributes.n > 0)
				attributes_aside(b, &x);
		}
	}
	layout_line(b->l);
	asides_put(b, "formulas and notes of sheet", name);
	return b->scratch.failed ? err_memory(e) : OK;
}

/* xl/comments1.xml, xl/threadedComments/threadedComment1.xml */
static enum errc comments_read(struct book *b, const struct zip_member *m, struct err *e)
{
	span bytes;
	struct xml x;
	enum xml_event event;
	bool author = false;
	enum errc rc = package_member_xml(b->l->a, b->l, b->z, m, &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	layout_group(b->l, true, "comments", SPAN_EMPTY);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END;) {
		bool threaded = event == XML_OPEN && xml_is(&x, "threadedComment");
		uint32_t column, row;

		author = event == XML_TEXT ? author : event == XML_OPEN && xml_is(&x, "author");
		if (event == XML_TEXT && author) {
			buf_clear(&b->scratch);
			xml_unescape(&b->scratch, x.text);
			put_flat(b->l, buf_span(&b->scratch));
			layout_line(b->l);
		}
		if (!threaded && !(event == XML_OPEN && xml_is(&x, "comment")))
			continue;
		cell_place(xml_attribute(&x, "ref"), &column, &row);
		layout_at(b->l, row, column);
		buf_clear(&b->scratch);
		if (threaded) {
			while ((event = xml_next(&x)) != XML_END && !(event == XML_CLOSE && xml_is(&x, "threadedComment")))
				if (event == XML_TEXT)
					xml_unescape(&b->scratch, span_trim(x.text));
		} else {
			rich_text(&x, "comment", &b->scratch);
		}
		layout_text(b->l, buf_span(&b->scratch));
		layout_line(b->l);
	}
	return OK;
}

/* Attributes of connections.xml hold connection strings; a defined name may hold anything. */
static enum errc attributes_read(struct book *b, span member, const char *kind, struct err *e)
{
	span bytes, rest, name, value;
	struct xml x;
	enum xml_event event;
	enum errc rc = member_xml(b, member, &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	layout_group(b->l, true, kind, SPAN_EMPTY);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END;) {
		if (event != XML_OPEN)
			continue;
		for (rest = x.attributes; xml_attribute_next(&rest, &name, &value);) {
			if (value.n == 0 || !IS_ANY(name, "connection", "localConnection", "command", "serverCommand", "url", "post", "editPage",
			        "sourceFile", "odcFile", "name", "description", "prompt", "string"))
				continue;
			buf_clear(&b->scratch);
			xml_unescape(&b->scratch, value);
			layout_text(b->l, buf_span(&b->scratch));
			layout_line(b->l);
		}
	}
	return OK;
}

static enum errc book_read(struct book *b, span workbook, struct err *e)
{
	span relations;
	struct xml x;
	enum xml_event event;
	size_t n = 0;
	bool named = false;
	enum errc rc = package_xml(b->l->a, b->l, b->z, SPAN_LIT("xl/_rels/workbook.xml.rels"), &relations, e);

	for (x = xml_of(workbook); rc == OK && (event = xml_next(&x)) != XML_END && !b->l->text.failed;) {
		if (event == XML_TEXT && named && has_words(x.text))
			aside(b, 0, 0, x.text, false);
		named = event == XML_OPEN && xml_is(&x, "definedName") && !x.empty;
		if (named && xml_attribute(&x, "comment").n > 0)
			aside(b, 0, 0, xml_attribute(&x, "comment"), false);
		if (event != XML_OPEN)
			continue;
		if (xml_is(&x, "workbookPr")) {
			span v = xml_attribute(&x, "date1904");

			b->from_1904 = span_eq(v, SPAN_LIT("1")) || span_eq(v, SPAN_LIT("true"));
		} else if (xml_is(&x, "sheet") && n++ < BOOK_SHEETS) {
			span state = xml_attribute(&x, "state"), written = xml_attribute(&x, "name"), name;

			buf_clear(&b->scratch);
			xml_unescape(&b->scratch, written);
			if ((name = arena_copy(b->l->a, buf_span(&b->scratch))).p == NULL)
				return err_memory(e);
			rc = sheet_read(b, package_target(b->l->a, b->z, relations, xml_attribute(&x, "id")),
			    span_starts_nocase(state, SPAN_LIT("hidden")) || span_starts_nocase(state, SPAN_LIT("veryHidden")), name, e);
		}
	}
	asides_put(b, "defined names", SPAN_EMPTY);
	return rc;
}

enum errc sheets_read(struct layout *l, const struct zip *z, struct err *e)
{
	struct book b = {.l = l, .z = z};
	span workbook;
	enum errc rc;

	if ((rc = package_xml(l->a, l, z, SPAN_LIT("xl/workbook.xml"), &workbook, e)) != OK)
		return rc;
	if (workbook.n == 0) {
		if (zip_find(z, SPAN_LIT("xl/workbook.bin")) != NULL)
			return xlsb_read(l, z, e);
		return OK;
	}
	if ((rc = arena_new(&b.xml, LIMIT_DOCUMENT_BYTES, e)) != OK)
		return rc;
	buf_init(&b.scratch, LIMIT_TEXT_BYTES);
	buf_init(&b.strings, 2 * LIMIT_TEXT_BYTES); /* UTF-16 grows */
	if ((rc = strings_read(&b, e)) == OK && (rc = styles_read(&b, e)) == OK && (rc = book_read(&b, workbook, e)) == OK)
		rc = attributes_read(&b, SPAN_LIT("xl/connections.xml"), "connections", e);
	if (rc == OK)
		strings_left(&b);
	for (size_t i = 0; i < z->n_members && rc == OK; i++) {
		span name = z->members[i].name;

		if (span_ends_nocase(name, SPAN_LIT(".xml")) && (span_starts_nocase(name, SPAN_LIT("xl/comments")) ||
		    span_starts_nocase(name, SPAN_LIT("xl/threadedComments/"))))
			rc = comments_read(&b, &z->members[i], e);
	}
	buf_wipe(&b.scratch);
	buf_wipe(&b.strings);
	arena_free(b.xml);
	return rc;
}
