/*
 * What stands anywhere else in an office package: a part that nobody asked for by name (settings, custom XML, masters, caches of
 * pivot tables), links to the outside, files that are to be put into the text. Whoever hides something hides it there.
 */
#include "base/limits.h"
#include "document/legacy.h"

/* Parts that say how something looks, in every document: in attributes, and no text. Where one has some, somebody put it there. */
static bool is_looks(span name)
{
	static const char *const within[] = {"[Content_Types].xml", "/theme/", "/styles.xml", "/stylesWithEffects.xml", "/fontTable.xml",
	    "/webSettings.xml", "/calcChain.xml", "/viewProps.xml", "/presProps.xml", "/tableStyles.xml",
	    "/charts/style", "/charts/colors", "/diagrams/layout", "/diagrams/quickStyle", "/diagrams/colors", "manifest.xml"};

	for (size_t i = 0; i < sizeof within / sizeof *within; i++)
		if (span_has(name, span_str(within[i])))
			return true;
	return span_starts(name, SPAN_LIT("Configurations2/"));
}

/* Is there more than blanks behind any tag? A ">" within one may say so wrongly. */
static bool has_text(span xml)
{
	for (size_t at = 0; at < xml.n; at++) {
		at += span_find_byte(span_from(xml, at), '>') + 1;
		while (at < xml.n && ascii_is_space(xml.p[at]))
			at++;
		if (at < xml.n && xml.p[at] != '<')
			return true;
	}
	return false;
}

/*
 * In a part that nobody knows an attribute of any of these names may hold words: of variables, tags, cached cells; or say who commented,
 * by which account, and what somebody called a shape, a query, a slicer.
 */
static bool holds_words(const struct xml *x, span attribute, span value)
{
	if (span_eq(attribute, SPAN_LIT("v")))
		return xml_is(x, "s");
	if (span_eq(attribute, SPAN_LIT("name")) && IS_ANY(x->name, "cmAuthor", "author", "queryTable", "slicer"))
		return true;
	return IS_ANY(attribute, "val", "value", "author", "userId", "displayName", "sourceName", "caption", "text", "connection", "url") ||
	       attribute_says(x, attribute) || names_shape(x, attribute, value);
}

struct part { struct layout *l; span name; struct buf scratch; bool begun; };

static void put(struct part *p, span written, bool cdata)
{
	if (!p->begun)
		layout_group(p->l, false, "part", p->name);
	p->begun = true;
	buf_clear(&p->scratch);
	if (!cdata)
		xml_unescape(&p->scratch, written);
	layout_text(p->l, cdata ? written : buf_span(&p->scratch));
}

/* "name: value", where the element has a name beside it. */
static void put_attributes(struct part *p, const struct xml *x)
{
	span rest = x->attributes, name, value, called = SPAN_EMPTY;

	if (span_starts(x->name, SPAN_LIT("rsid")))
		return;
	while (xml_attribute_next(&rest, &name, &value)) {
		if (span_eq(name, SPAN_LIT("name")))
			called = value;
		if (value.n < 4 || !holds_words(x, name, value))
			continue;
		if (called.n > 0 && called.p != value.p) {
			put(p, called, false);
			layout_text(p->l, SPAN_LIT(": "));
		}
		put(p, value, false);
		layout_line(p->l);
	}
}

/* Runs of a paragraph are one text; what another element says has its name before it ("password: ..."). */
static void put_words(struct part *p, const struct xml *x, span element)
{
	bool run = span_eq(element, SPAN_LIT("t"));

	if (span_trim(x->text).n == 0 && !run)
		return;
	if (!run)
		layout_line(p->l);
	if (element.n > 4) {
		put(p, element, true);
		layout_text(p->l, SPAN_LIT(": "));
	}
	put(p, x->text, x->cdata);
	if (!run)
		layout_line(p->l);
}

static enum errc part_read(struct layout *l, const struct zip *z, const struct zip_member *m, struct err *e)
{
	struct part p = {.l = l, .name = m->name};
	bool looks = is_looks(m->name);
	span bytes, element = SPAN_EMPTY;
	enum xml_event event;
	bool taken;
	struct xml x;
	enum errc rc = package_member_xml(l->a, l, z, m, &bytes, e);

	if (rc != OK || bytes.n == 0 || (looks && !has_text(bytes)))
		return rc;
	buf_init(&p.scratch, LIMIT_TEXT_BYTES);
	for (x = xml_of(bytes); rc == OK && (event = xml_next(&x)) != XML_END && !l->text.failed;) {
		if (event == XML_OPEN) {
			element = x.name;
			if (x.attributes.n > 0 && !looks)
				put_attributes(&p, &x);
		} else if (event == XML_TEXT) {
			if ((rc = base64_read(l, m->name, x.text, false, &taken, e)) == OK && !taken)
				put_words(&p, &x, element);
			p.begun &= !taken; /* what comes next begins a group anew */
		} else if (p.begun && IS_ANY(x.name, "p", "si", "is", "comment")) {
			layout_line(l);
		}
	}
	layout_line(l);
	if (rc == OK && p.scratch.failed)
		rc = err_memory(e);
	buf_wipe(&p.scratch);
	return rc;
}

/* Where links lead to that leave the document: an address may have its password in it. */
static enum errc links_read(struct layout *l, const struct zip *z, const struct zip_member *m, struct err *e)
{
	struct part p = {.l = l, .name = m->name};
	enum xml_event event;
	struct xml x;
	span bytes;
	enum errc rc = package_member_xml(l->a, l, z, m, &bytes, e);

	if (rc != OK || !span_has(bytes, SPAN_LIT("External")))
		return rc;
	buf_init(&p.scratch, LIMIT_TEXT_BYTES);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END;)
		if (event == XML_OPEN && span_eq_nocase(xml_attribute(&x, "TargetMode"), SPAN_LIT("External"))) {
			put(&p, xml_attribute(&x, "Target"), false);
			layout_line(l);
		}
	rc = p.scratch.failed ? err_memory(e) : OK;
	buf_wipe(&p.scratch);
	return rc;
}

/* A file that the document takes its text from (altChunk), or that was put there by hand. */
static enum errc file_read(struct layout *l, const struct zip *z, const struct zip_member *m, struct err *e)
{
	span bytes;
	enum errc rc = package_member(l->a, l, z, m, &bytes, e);

	return rc != OK ? rc : embedded_read(l, m->name, bytes, e);
}

static bool is_chunk(span name)
{
	static const char *const ends[] = {".html", ".htm", ".xhtml", ".mht", ".mhtml", ".txt", ".rtf", ".csv", ".json", ".docx", ".xlsx", ".pptx",
	    ".doc", ".xls", ".pdf"};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends_nocase(name, span_str(ends[i])))
			return true;
	return false;
}

static bool is_xml(span name)
{
	return span_ends_nocase(name, SPAN_LIT(".xml")) || span_ends_nocase(name, SPAN_LIT(".vml")) || span_ends_nocase(name, SPAN_LIT(".svg")) ||
	       span_ends_nocase(name, SPAN_LIT(".rdf"));
}

/* Of a part in pieces (xps.c), its name. */
static span part_of(span name)
{
	return span_ends_nocase(name, SPAN_LIT(".piece")) ? span_first(name, span_find(name, SPAN_LIT("/["))) : name;
}

/* Read by others, or of use to a program and its printer alone. The drawing of a diagram has the words of its data (ooxml.c). */
static bool is_passed(const struct zip_member *m)
{
	static const char *const within[] = {"/media/", "/fonts/", "/printerSettings", "Thumbnail", "thumbnail", "ObjectReplacements/", "Pictures/",
	    ".piece", "layout-cache"};
	static const char *const ends[] = {"/", ".emf", ".wmf", ".odttf", ".fntdata", ".ttf", ".fdoc", ".fdseq", ".sigs", ".bin"};
	span name = part_of(m->name);
	bool words = is_xml(name) || is_chunk(name);

	/* Words among pictures are none of theirs. */
	for (size_t i = 0; i < sizeof within / sizeof *within && !words; i++)
		if (span_has(m->name, span_str(within[i])))
			return true;
	/* Parts in binary: of a workbook (xlsb.c), of controls, which are compound files. */
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends_nocase(m->name, span_str(ends[i])) && !span_has(m->name, SPAN_LIT("/activeX/")))
			return true;
	return m->read || span_has(m->name, SPAN_LIT("/diagrams/drawing")) || span_eq(m->name, SPAN_LIT("mimetype")) ||
	       (span_starts(m->name, SPAN_LIT("Object ")) && span_find_byte(m->name, '/') == m->name.n);
}

enum errc package_rest_read(struct layout *l, const struct zip *z, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < z->n_members && rc == OK && !l->text.failed; i++) {
		const struct zip_member *m = &z->members[i];

		if (span_ends_nocase(m->name, SPAN_LIT(".rels")))
			rc = links_read(l, z, m, e);
		else if (span_ends_nocase(m->name, SPAN_LIT(".svg")) ? !m->read : !is_passed(m))
			rc = is_xml(m->name) ? part_read(l, z, m, e) : file_read(l, z, m, e);
	}
	return rc;
}
