/*
 * OpenDocument (ISO/IEC 26300): content.xml holds texts, sheets and slides in one vocabulary; styles.xml the headers and
 * footers of pages; meta.xml the properties.
 */
#include "base/limits.h"
#include "document/private.h"

enum { REPEATED_COLUMNS = 64, REPEATED_ROWS = 100 };

struct flow {
	struct layout *l;
	struct buf scratch;
	unsigned cells, paragraphs; /* open ones */
	uint32_t row, column, paragraph, slide;
	uint32_t repeat;            /* columns that the cell under way stands for */
	bool in_sheet;
};

static uint32_t repeated(const struct xml *x, const char *name, uint32_t most)
{
	span v = xml_attribute(x, name);
	uint32_t n = 0;

	for (size_t i = 0; i < v.n && i < 9 && ascii_is_digit(v.p[i]); i++)
		n = n * 10 + (uint32_t)(v.p[i] - '0');
	return n == 0 ? 1 : n < most ? n : most;
}

static void put_tabs(struct flow *f, uint32_t n)
{
	while (n-- > 0)
		layout_byte(f->l, '\t');
}

/* Words in attributes: of fields and variables, hidden text, forms, links. */
static void put_words(struct flow *f, const struct xml *x)
{
	static const char *const names[] = {"string-value", "current-value", "href", "expression"};

	for (size_t i = 0; x->attributes.n > 0 && i < sizeof names / sizeof *names; i++) {
		span v = xml_attribute(x, names[i]);

		if (v.n == 0 || span_starts(v, SPAN_LIT("#")) || span_starts(v, SPAN_LIT("Pictures/")))
			continue;
		attribute_words(f->l, v);
	}
}

static void open(struct flow *f, const struct xml *x)
{
	struct layout *l = f->l;

	if (xml_is(x, "p") || xml_is(x, "h")) {
		f->paragraphs += !x->empty || true;
		if (f->cells == 0)
			layout_at(l, ++f->paragraph, 0);
	} else if (xml_is(x, "s")) {
		for (uint32_t n = repeated(x, "c", 200); n > 0; n--)
			layout_byte(l, ' ');
	} else if (xml_is(x, "tab")) {
		layout_byte(l, f->cells > 0 ? ' ' : '\t');
	} else if (xml_is(x, "line-break")) {
		layout_byte(l, f->cells > 0 ? ' ' : '\n');
	} else if (xml_is(x, "table")) {
		span name = xml_attribute(x, "name");

		if (f->cells == 0) {
			buf_clear(&f->scratch);
			xml_unescape(&f->scratch, name);
			layout_group(l, true, "sheet", buf_span(&f->scratch));
			f->row = 0;
			f->in_sheet = true;
		}
	} else if (xml_is(x, "table-row")) {
		f->row += f->cells == 0;
		f->column = 0;
		f->repeat = f->cells == 0 ? repeated(x, "number-rows-repeated", 1u << 24) - 1 : 0;
	} else if (xml_is(x, "table-cell") || xml_is(x, "covered-table-cell")) {
		if (f->cells++ == 0)
			layout_at(l, f->row, ++f->column);
	} else if (xml_is(x, "page")) {
		char number[16];

		(void)snprintf(number, sizeof number, "%u", ++f->slide);
		layout_group(l, false, "slide", span_str(number));
		f->paragraph = 0;
	} else if (xml_is(x, "notes") || (f->cells == 0 && (xml_is(x, "note-body") || xml_is(x, "annotation") || xml_is(x, "text-box")))) {
		layout_line(l);
	} else {
		put_words(f, x);
	}
}

static void close(struct flow *f, const struct xml *x, uint32_t columns)
{
	struct layout *l = f->l;

	if (xml_is(x, "p") || xml_is(x, "h")) {
		f->paragraphs -= f->paragraphs > 0;
		layout_byte(l, f->cells > 0 ? ' ' : '\n');
	} else if (xml_is(x, "table-cell") || xml_is(x, "covered-table-cell")) {
		if (f->cells == 1) {
			layout_unblank(l);
			put_tabs(f, columns);
			f->column += columns - 1;
		}
		f->cells -= f->cells > 0;
	} else if (xml_is(x, "table-row")) {
		if (f->cells == 0) {
			layout_line(l);
			f->row += f->repeat;
			f->repeat = 0;
		}
	} else if (xml_is(x, "table")) {
		if (f->cells == 0)
			layout_line(l);
	}
}

static enum errc flow_read(struct layout *l, const struct zip *z, span member, const char *kind, struct err *e)
{
	struct flow f = {.l = l};
	uint32_t columns[8] = {1}; /* of the cells that are open */
	span bytes;
	struct xml x;
	enum xml_event event;
	enum errc rc = package_xml(l, z, member, &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	layout_group(l, false, kind, SPAN_EMPTY);
	buf_init(&f.scratch, LIMIT_TEXT_BYTES);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END && !l->text.failed;) {
		if (event == XML_OPEN) {
			if ((xml_is(&x, "table-cell") || xml_is(&x, "covered-table-cell")) && f.cells < 8)
				columns[f.cells] = repeated(&x, "number-columns-repeated", REPEATED_COLUMNS);
			open(&f, &x);
		} else if (event == XML_CLOSE) {
			close(&f, &x, f.cells > 0 && f.cells <= 8 ? columns[f.cells - 1] : 1);
		} else if (f.paragraphs > 0) {
			buf_clear(&f.scratch);
			if (x.cdata)
				buf_put(&f.scratch, x.text);
			else
				xml_unescape(&f.scratch, x.text);
			for (size_t i = 0; i < f.scratch.n; i++)
				if (f.scratch.p[i] == '\n' || f.scratch.p[i] == '\r' || f.scratch.p[i] == '\t')
					f.scratch.p[i] = ' ';
			layout_text(l, buf_span(&f.scratch));
		}
	}
	layout_line(l);
	rc = f.scratch.failed ? err_memory(e) : OK;
	buf_wipe(&f.scratch);
	return rc;
}

enum errc odf_read(struct layout *l, span content, struct err *e)
{
	struct zip z;
	span manifest;
	enum errc rc;

	if ((rc = zip_open(l->a, content, LIMIT_DOCUMENT_MEMBERS, LIMIT_DOCUMENT_BYTES, &z, e)) != OK ||
	    (rc = package_xml(l, &z, SPAN_LIT("META-INF/manifest.xml"), &manifest, e)) != OK)
		return rc;
	if (span_find(manifest, SPAN_LIT("encryption-data")) < manifest.n)
		return err_set(e, ERR_EVIDENCE, "encrypted OpenDocument document");
	if (z.damaged)
		layout_problem(l, "damaged: its directory is not whole");
	if (z.cut)
		layout_problem(l, "more files in it than are read of a document");
	if ((rc = flow_read(l, &z, SPAN_LIT("content.xml"), "text", e)) != OK ||
	    (rc = flow_read(l, &z, SPAN_LIT("styles.xml"), "page headers and footers", e)) != OK)
		return rc;
	for (size_t i = 0; i < z.n_members && rc == OK; i++) {
		span name = z.members[i].name, bytes;
		const char *why;

		/* "Object 1/content.xml" is a chart or formula; a package of its own is an embedded document. */
		if (span_starts(name, SPAN_LIT("Object ")) && span_ends_nocase(name, SPAN_LIT("/content.xml"))) {
			rc = flow_read(l, &z, name, "object", e);
		} else if (span_starts(name, SPAN_LIT("Object ")) && span_find_byte(name, '/') == name.n) {
			if ((rc = zip_read(l->a, &z, &z.members[i], LIMIT_TEXT_BYTES, &bytes, &why, e)) != OK)
				return rc;
			if (why != NULL)
				layout_problem(l, why);
			rc = embedded_read(l, name, bytes, e);
		}
	}
	if (rc != OK || (rc = properties_read(l, &z, SPAN_LIT("meta.xml"), e)) != OK)
		return rc;
	return package_rest_read(l, &z, e); /* macros among it */
}
