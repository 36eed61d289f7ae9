/*
 * Documents that are one file of XML: WordprocessingML and SpreadsheetML of Office 2003, a package of OOXML that is not packed
 * (pkg:package, "Flat OPC"), flat OpenDocument. Their words are those of the packed formats; files in them are base64.
 */
#include "base/limits.h"
#include "document/legacy.h"

enum flat { FLAT_NONE, FLAT_WORD, FLAT_EXCEL, FLAT_ODF };

/* By the root element, in UTF-8 or UTF-16. */
static enum flat flat_of(span s)
{
	unsigned char bytes[1024];
	size_t n = 0;
	span head;

	if (s.n < 5 || (s.p[0] != '<' && s.p[0] != 0xef && s.p[0] < 0xfe))
		return FLAT_NONE;
	for (size_t i = 0; i < s.n && i < 2 * sizeof bytes && n < sizeof bytes; i++)
		if (s.p[i] != 0)
			bytes[n++] = s.p[i];
	head = span_of(bytes, n);
	if (span_has(head, SPAN_LIT("<w:wordDocument")) || span_has(head, SPAN_LIT("<pkg:package")))
		return FLAT_WORD;
	if (span_has(head, SPAN_LIT("<office:document")) && span_has(head, SPAN_LIT("opendocument:xmlns")))
		return FLAT_ODF;
	if (span_has(head, SPAN_LIT("Workbook")) && span_has(head, SPAN_LIT("urn:schemas-microsoft-com:office:spreadsheet")))
		return FLAT_EXCEL;
	return FLAT_NONE;
}

bool flat_is(span content) { return flat_of(content) != FLAT_NONE; }

/* ---- SpreadsheetML ---- */

#define DAY SPAN_LIT("1980-03-12")
#define MIDNIGHT SPAN_LIT("T00:00:00.000")

struct book { struct layout *l; struct beside beside; struct buf text; uint32_t row, column, told /* last of those that Column is of */; bool data, comment, in_cell; };

static uint32_t number_of(const struct xml *x, const char *name, uint32_t otherwise)
{
	span v = xml_attribute(x, name);
	uint64_t n;

	(void)span_digits(v, 7, &n);
	return n > 0 ? (uint32_t)n : otherwise;
}

static bool is_hidden(const struct xml *x) { return span_eq(xml_attribute(x, "Hidden"), SPAN_LIT("1")); }

static void book_attributes(struct book *b, const struct xml *x)
{
	static const char *const names[] = {"Formula", "HRef", "HRefScreenTip", "RefersTo", "Data"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		span v = xml_attribute(x, names[i]);

		/* A formula without words in it says nothing. */
		if (i == 1 || i == 2 || i == 4 || span_has(v, SPAN_LIT("&quot;")))
			beside_say(&b->beside, SPAN_EMPTY, v);
	}
}

static void book_open(struct book *b, const struct xml *x)
{
	if (xml_is(x, "Worksheet")) {
		buf_clear(&b->text);
		xml_unescape(&b->text, xml_attribute(x, "Name"));
		layout_sheet(b->l, false, buf_span(&b->text));
		buf_clear(&b->text);
		b->row = b->told = 0;
	} else if (xml_is(x, "Column")) {
		uint32_t from = number_of(x, "Index", b->told + 1);

		b->told = from + number_of(x, "Span", 0); /* and so many behind it */
		if (is_hidden(x))
			layout_hide_columns(b->l, from, b->told);
	} else if (xml_is(x, "Row")) {
		b->row = number_of(x, "Index", b->row + 1);
		b->column = 0;
		layout_hide_rows(b->l, is_hidden(x));
	} else if (xml_is(x, "Cell")) {
		uint32_t column = number_of(x, "Index", b->column + 1);

		for (uint32_t i = b->column == 0 ? 1 : b->column; i < column && i < b->column + 64; i++)
			layout_byte(b->l, '\t');
		b->column = column;
		b->in_cell = true;
		layout_at(b->l, b->row, b->column);
	} else if (xml_is(x, "Data") && !b->comment) {
		b->data = b->in_cell;
	} else if (xml_is(x, "Comment")) {
		b->comment = true;
	}
	if (x->attributes.n > 0)
		book_attributes(b, x);
}

static void book_close(struct book *b, const struct xml *x)
{
	if (xml_is(x, "Comment")) {
		span said = arena_copy(b->l->a, buf_span(&b->text));

		b->beside.failed |= b->text.failed || said.p == NULL;
		beside_say(&b->beside, SPAN_LIT("comment"), said);
		buf_clear(&b->text);
		b->comment = false;
	} else if (xml_is(x, "Data")) {
		b->data = false;
	} else if (xml_is(x, "Cell")) {
		b->in_cell = false;
	} else if (xml_is(x, "Row") || xml_is(x, "Worksheet")) {
		layout_line(b->l);
		if (xml_is(x, "Worksheet"))
			layout_at(b->l, 0, 0);
	}
}

static enum errc book_read(struct layout *l, span bytes, struct err *e)
{
	struct book b = {.l = l};
	span element = SPAN_EMPTY;
	enum xml_event event;
	struct xml x;
	enum errc rc;

	beside_init(&b.beside, l);
	buf_init(&b.text, LIMIT_TEXT_BYTES);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END && !l->text.failed;) {
		if (event == XML_OPEN) {
			element = x.name;
			book_open(&b, &x);
		} else if (event == XML_CLOSE) {
			book_close(&b, &x);
		} else if (b.comment) {
			buf_put(&b.text, x.text); /* as written, in pieces of their own looks */
		} else if (b.data) {
			buf_clear(&b.text);
			xml_unescape(&b.text, x.text);
			/* A day is a date, as people write it. */
			put_flat(l, b.text.n == DAY.n + MIDNIGHT.n && span_ends_nocase(buf_span(&b.text), MIDNIGHT) ? span_first(buf_span(&b.text), DAY.n) : buf_span(&b.text));
			buf_clear(&b.text);
		} else if (span_trim(x.text).n > 3) {
			/* names, headers, properties */
			beside_say(&b.beside, element, x.text);
		}
	}
	layout_line(l);
	rc = beside_done(&b.beside, e);
	if (rc == OK && b.text.failed)
		rc = err_memory(e);
	buf_wipe(&b.text);
	return rc;
}

/* ---- properties of text documents, files in any of them ---- */

/* Elements that hold files in base64: a part of a package, of Word 2003 and of OpenDocument; most are pictures. */
static bool is_file(span element)
{
	return IS_ANY(element, "binaryData", "binData", "binary-data");
}

enum errc others_read(struct layout *l, span bytes, bool words, struct err *e)
{
	span element = SPAN_EMPTY, name;
	struct beside beside;
	enum xml_event event;
	bool taken;
	struct xml x, opened = {0};
	enum errc rc = OK, done;

	layout_group(l, false, "properties and links", SPAN_EMPTY);
	beside_init(&beside, l);
	for (x = xml_of(bytes); rc == OK && (event = xml_next(&x)) != XML_END && !l->text.failed;) {
		if (event == XML_OPEN) {
			element = x.name;
			opened = x;
			if (words && span_eq_nocase(xml_attribute(&x, "TargetMode"), SPAN_LIT("External")))
				beside_say(&beside, SPAN_EMPTY, xml_attribute(&x, "Target"));
		} else if (event == XML_CLOSE) {
			element = SPAN_EMPTY;
		} else if (span_trim(x.text).n > 0) {
			name = xml_attribute(&opened, "name");
			rc = base64_read(l, name.n > 0 ? name : element, x.text, is_file(element), &taken, e);
			if (rc == OK && !taken && (words || is_file(element)) && !flow_takes(element) && span_trim(x.text).n > 3)
				beside_say(&beside, element, x.text);
		}
	}
	done = beside_done(&beside, e);
	return rc != OK ? rc : done;
}

enum errc flat_read(struct layout *l, span content, struct err *e)
{
	enum flat flat = flat_of(content);
	span bytes;
	enum errc rc = charset_to_utf8(l->a, charset_guess(content), content, &bytes, NULL, e);

	if (rc != OK)
		return rc;
	switch (flat) {
	case FLAT_WORD: rc = flow_bytes_read(l, bytes, "text", SPAN_EMPTY, e); break;
	case FLAT_EXCEL: rc = book_read(l, bytes, e); break;
	case FLAT_ODF: rc = odf_bytes_read(l, bytes, "text", e); break;
	case FLAT_NONE: break;
	}
	return rc != OK ? rc : others_read(l, bytes, flat == FLAT_WORD, e);
}
