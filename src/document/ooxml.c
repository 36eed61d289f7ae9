/*
 * Office Open XML (ECMA-376): documents and presentations. What stands in paragraphs is found by the names of the elements,
 * which word processing (w:) and drawing (a:) share: t is text, p a paragraph, tc a cell, tr a row.
 */
#include "base/limits.h"
#include "document/legacy.h"
#include "stream/charset.h"

enum errc package_xml(struct layout *l, const struct zip *z, span name, span *out, struct err *e)
{
	const struct zip_member *m = zip_find(z, name);
	const char *why;
	span bytes;
	enum errc rc;

	*out = SPAN_EMPTY;
	if (m == NULL)
		return OK;
	z->members[m - z->members].read = true;
	if ((rc = zip_read(l->a, z, m, LIMIT_TEXT_BYTES, &bytes, &why, e)) != OK)
		return rc;
	if (why != NULL)
		layout_problem(l, why);
	return charset_to_utf8(l->a, charset_guess(span_first(bytes, 64)), bytes, out, NULL, e);
}

enum errc properties_read(struct layout *l, const struct zip *z, span name, struct err *e)
{
	span bytes, element = SPAN_EMPTY;
	struct buf value;
	struct xml x;
	enum xml_event event;
	enum errc rc = package_xml(l, z, name, &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	layout_group(l, false, "properties", SPAN_EMPTY);
	buf_init(&value, MIB);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END;) {
		if (event == XML_OPEN) {
			span named = xml_attribute(&x, "name");

			/* A property of one's own has its name in an attribute, its value in an element of its type. */
			element = named.n > 0 ? named : xml_is(&x, "lpwstr") && element.n > 0 ? element : x.name;
		} else if (event == XML_TEXT && span_trim(x.text).n > 0) {
			buf_clear(&value);
			xml_unescape(&value, span_trim(x.text));
			layout_text(l, element);
			layout_text(l, SPAN_LIT(": "));
			layout_text(l, buf_span(&value));
			layout_line(l);
		}
	}
	rc = value.failed && value.n < MIB / 2 ? err_memory(e) : OK;
	buf_wipe(&value);
	return rc;
}

struct flow { unsigned cells; bool text, deleted; uint32_t paragraph; };

void attribute_words(struct layout *l, span written)
{
	struct buf b;

	if (written.n == 0)
		return;
	buf_init(&b, written.n + 64);
	xml_unescape(&b, written);
	layout_byte(l, ' ');
	layout_text(l, buf_span(&b));
	layout_byte(l, ' ');
	buf_wipe(&b);
}

static void flow_open(struct layout *l, struct flow *f, const struct xml *x)
{
	if (xml_is(x, "t") || xml_is(x, "delText") || xml_is(x, "instrText") || xml_is(x, "delInstrText") || xml_is(x, "text"))
		f->text = !x->empty;
	else if (xml_is(x, "tab"))
		layout_byte(l, '\t');
	else if (xml_is(x, "br") || xml_is(x, "cr"))
		layout_byte(l, f->cells > 0 ? ' ' : '\n');
	else if (xml_is(x, "noBreakHyphen"))
		layout_byte(l, '-');
	else if (xml_is(x, "tc"))
		f->cells++;
	else if (xml_is(x, "p"))
		layout_at(l, ++f->paragraph, 0);
	else if (xml_is(x, "docPr") || xml_is(x, "cNvPr"))
		attribute_words(l, xml_attribute(x, "descr")); /* what is said of a picture to who cannot see it */
}

static void flow_close(struct layout *l, struct flow *f, const struct xml *x)
{
	if (xml_is(x, "t") || xml_is(x, "delText") || xml_is(x, "instrText") || xml_is(x, "delInstrText") || xml_is(x, "text")) {
		f->text = false;
	} else if (xml_is(x, "p")) {
		if (f->cells > 0)
			layout_byte(l, ' ');
		else
			layout_byte(l, '\n');
	} else if (xml_is(x, "tc")) {
		layout_unblank(l);
		layout_byte(l, '\t');
		f->cells -= f->cells > 0;
	} else if (xml_is(x, "tr")) {
		layout_line(l);
	}
}

/* Paragraphs and tables of one part of the package. */
static enum errc flow_read(struct layout *l, const struct zip *z, span member, const char *kind, span name, struct err *e)
{
	struct flow f = {0};
	struct buf text;
	span bytes;
	struct xml x;
	enum xml_event event;
	enum errc rc = package_xml(l, z, member, &bytes, e);

	if (rc != OK || bytes.n == 0)
		return rc;
	layout_group(l, false, kind, name);
	buf_init(&text, LIMIT_TEXT_BYTES);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END && !l->text.failed;) {
		if (event == XML_OPEN) {
			flow_open(l, &f, &x);
		} else if (event == XML_CLOSE) {
			flow_close(l, &f, &x);
		} else if (f.text && x.cdata) {
			layout_text(l, x.text);
		} else if (f.text && span_find_byte(x.text, '&') == x.text.n) {
			layout_text(l, x.text);
		} else if (f.text) {
			buf_clear(&text);
			xml_unescape(&text, x.text);
			layout_text(l, buf_span(&text));
		}
	}
	layout_line(l);
	rc = text.failed ? err_memory(e) : OK;
	buf_wipe(&text);
	return rc;
}

/* The number in "ppt/slides/slide12.xml", 0 when the member is none of that kind. */
static uint32_t numbered(span name, const char *begin)
{
	span rest = span_from(name, strlen(begin));
	uint32_t n = 0;

	if (!span_starts_nocase(name, span_str(begin)) || !span_ends_nocase(name, SPAN_LIT(".xml")) || rest.n < 5 || rest.n > 12)
		return 0;
	for (size_t i = 0; i + 4 < rest.n; i++) {
		if (!ascii_is_digit(rest.p[i]))
			return 0;
		n = n * 10 + (uint32_t)(rest.p[i] - '0');
	}
	return n;
}

/* Members of a numbered kind, by their numbers. */
static enum errc numbered_read(struct layout *l, const struct zip *z, const char *begin, const char *kind, struct err *e)
{
	uint32_t after = 0;

	for (;;) {
		const struct zip_member *next = NULL;
		uint32_t least = UINT32_MAX;
		char number[16];
		enum errc rc;

		for (size_t i = 0; i < z->n_members; i++) {
			uint32_t n = numbered(z->members[i].name, begin);

			if (n > after && n < least) {
				least = n;
				next = &z->members[i];
			}
		}
		if (next == NULL)
			return OK;
		(void)snprintf(number, sizeof number, "%u", least);
		if ((rc = flow_read(l, z, next->name, kind, span_str(number), e)) != OK)
			return rc;
		after = least;
	}
}

/* Whether a member lies in a folder of the package ("word/embeddings/"). */
static bool lies_in(span name, const char *folder)
{
	size_t at = span_find(name, span_str(folder));

	return at < name.n && at + strlen(folder) < name.n;
}

static enum errc embedded_all(struct layout *l, const struct zip *z, struct err *e)
{
	for (size_t i = 0; i < z->n_members; i++) {
		const struct zip_member *m = &z->members[i];
		const char *why;
		span bytes;
		enum errc rc;

		if (!lies_in(m->name, "/embeddings/"))
			continue;
		if ((rc = zip_read(l->a, z, m, LIMIT_TEXT_BYTES, &bytes, &why, e)) != OK)
			return rc;
		if (why != NULL)
			layout_problem(l, why);
		if ((rc = embedded_read(l, m->name, bytes, e)) != OK)
			return rc;
	}
	return OK;
}

static enum errc macros_read(struct layout *l, const struct zip *z, struct err *e)
{
	static const char *const members[] = {"word/vbaProject.bin", "xl/vbaProject.bin", "ppt/vbaProject.bin"};
	enum errc rc = OK;

	for (size_t i = 0; i < sizeof members / sizeof *members && rc == OK; i++) {
		const struct zip_member *m = zip_find(z, span_str(members[i]));
		const char *why;
		span bytes;

		if (m == NULL)
			continue;
		if ((rc = zip_read(l->a, z, m, LIMIT_TEXT_BYTES, &bytes, &why, e)) != OK)
			return rc;
		if (why != NULL)
			layout_problem(l, why);
		if ((rc = ole_read(l, bytes, e)) == ERR_EVIDENCE) {
			layout_problem(l, "damaged: its macros cannot be read");
			rc = OK;
		}
	}
	return rc;
}

static enum errc word_read(struct layout *l, const struct zip *z, struct err *e)
{
	static const struct { const char *member, *kind; } parts[] = {
	    {"word/document.xml", "text"}, {"word/footnotes.xml", "footnotes"}, {"word/endnotes.xml", "endnotes"},
	    {"word/comments.xml", "comments"}, {"word/glossary/document.xml", "building blocks"}};
	enum errc rc = OK;

	for (size_t i = 0; i < sizeof parts / sizeof *parts && rc == OK; i++)
		rc = flow_read(l, z, span_str(parts[i].member), parts[i].kind, SPAN_EMPTY, e);
	if (rc == OK && (rc = numbered_read(l, z, "word/header", "page header", e)) == OK)
		rc = numbered_read(l, z, "word/footer", "page footer", e);
	return rc;
}

static enum errc slides_read(struct layout *l, const struct zip *z, struct err *e)
{
	enum errc rc;

	if ((rc = numbered_read(l, z, "ppt/slides/slide", "slide", e)) != OK ||
	    (rc = numbered_read(l, z, "ppt/notesSlides/notesSlide", "notes page", e)) != OK)
		return rc;
	return numbered_read(l, z, "ppt/comments/comment", "comments", e);
}

/* Diagrams have their text in parts of their own, in each kind of document. */
static enum errc drawings_read(struct layout *l, const struct zip *z, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < z->n_members && rc == OK; i++) {
		span name = z->members[i].name;

		if (span_ends_nocase(name, SPAN_LIT(".xml")) && (lies_in(name, "/diagrams/data") || lies_in(name, "xl/drawings/drawing")))
			rc = flow_read(l, z, name, "drawing", SPAN_EMPTY, e);
	}
	return rc;
}

enum errc ooxml_read(struct layout *l, span content, struct err *e)
{
	struct zip z;
	enum errc rc;

	if ((rc = zip_open(l->a, content, LIMIT_DOCUMENT_MEMBERS, LIMIT_DOCUMENT_BYTES, &z, e)) != OK)
		return rc;
	if (z.damaged)
		layout_problem(l, "damaged: its directory is not whole");
	if (z.cut)
		layout_problem(l, "more files in it than are read of a document");
	if ((rc = word_read(l, &z, e)) != OK || (rc = sheets_read(l, &z, e)) != OK || (rc = slides_read(l, &z, e)) != OK ||
	    (rc = drawings_read(l, &z, e)) != OK || (rc = properties_read(l, &z, SPAN_LIT("docProps/core.xml"), e)) != OK ||
	    (rc = properties_read(l, &z, SPAN_LIT("docProps/custom.xml"), e)) != OK ||
	    (rc = properties_read(l, &z, SPAN_LIT("docProps/app.xml"), e)) != OK || (rc = package_rest_read(l, &z, e)) != OK)
		return rc;
	if ((rc = macros_read(l, &z, e)) != OK)
		return rc;
	return embedded_all(l, &z, e);
}
