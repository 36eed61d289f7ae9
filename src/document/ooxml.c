/*
 * Office Open XML (ECMA-376): documents and presentations. What stands in paragraphs is found by the names of the elements,
 * which word processing (w:) and drawing (a:) share: t is text, p a paragraph, tc a cell, tr a row.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "document/legacy.h"
#include "stream/charset.h"

enum { DTD_BYTES = 64 << 10 }; /* a DTD stands before the first element */

enum errc package_member(struct arena *a, struct layout *l, const struct zip *z, const struct zip_member *m, span *out, struct err *e)
{
	const char *why;
	enum errc rc = zip_read(a, z, m, LIMIT_TEXT_BYTES, out, &why, e);

	if (rc == OK && why != NULL)
		layout_problem(l, why);
	return rc;
}

enum errc package_xml(struct arena *a, struct layout *l, const struct zip *z, span name, span *out, struct err *e)
{
	const struct zip_member *m = zip_find(z, name);

	*out = SPAN_EMPTY;
	return m == NULL ? OK : package_member_xml(a, l, z, m, out, e);
}

enum errc package_member_xml(struct arena *a, struct layout *l, const struct zip *z, const struct zip_member *m, span *out, struct err *e)
{
	const struct charset *told;
	span bytes;
	enum errc rc;

	*out = SPAN_EMPTY;
	z->members[m - z->members].read = true;
	if ((rc = package_member(a, l, z, m, &bytes, e)) != OK)
		return rc;
	/* XML that says nothing of itself is UTF-8, also where its first bytes end within a character. */
	told = charset_told(span_first(bytes, 64));
	rc = charset_to_utf8(a, told != NULL ? told : charset_utf8(), bytes, out, NULL, e);
	/* No office program writes a DTD, and Word opens nothing with one: whoever hides words there is not passed over in silence. */
	if (rc == OK && span_has(span_first(*out, DTD_BYTES), SPAN_LIT("<!ENTITY")))
		layout_problem(l, "XML with entities of its own: what they stand for was not read");
	return rc;
}

enum errc properties_read(struct layout *l, const struct zip *z, span name, struct err *e)
{
	span bytes, element = SPAN_EMPTY;
	struct buf value;
	struct xml x;
	enum xml_event event;
	enum errc rc = package_xml(l->a, l, z, name, &bytes, e);

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

struct flow {
	struct layout *l;
	struct beside beside;
	struct buf scratch, instruction; /* of a field, as written: in pieces */
	struct buf aloud;                /* how words of the paragraph are read, as written */
	unsigned cells, paragraphs, tables, deleted, inserted, reading, formulas; /* open ones */
	struct anchors anchors;          /* text boxes */
	bool text, instructs;
	uint32_t paragraph;
	uint64_t annotations; /* of Word 2003, the open ones: two bits each, which of them delete or insert */
};

/* What stands in the text as it is, and in the text as it was before tracked changes. */
static void flow_byte(struct flow *f, unsigned char c)
{
	layout_byte(f->l, c);
	beside_before(&f->beside, span_of(&c, 1));
}

static void flow_text(struct flow *f, span text)
{
	if (f->deleted == 0)
		layout_text(f->l, text);
	if (f->inserted == 0)
		beside_before(&f->beside, text);
	f->beside.changed |= f->deleted + f->inserted > 0;
}

static bool is_text(span element)
{
	return IS_ANY(element, "t", "delText", "text");
}

static bool is_instruction(span element)
{
	return IS_ANY(element, "instrText", "delInstrText");
}

bool flow_takes(span element) { return is_text(element) || is_instruction(element); }

/* What a field is told to do would part the words around it. */
static void instruction_end(struct flow *f)
{
	span said = f->instruction.n > 0 ? arena_copy(f->l->a, buf_span(&f->instruction)) : SPAN_EMPTY;

	f->beside.failed |= f->instruction.failed || (f->instruction.n > 0 && said.p == NULL);
	beside_say(&f->beside, SPAN_EMPTY, said);
	buf_clear(&f->instruction);
}

/* How words are read aloud would part them, too. */
static void aloud_end(struct flow *f)
{
	span said = f->aloud.n > 0 ? arena_copy(f->l->a, buf_span(&f->aloud)) : SPAN_EMPTY;

	f->beside.failed |= f->aloud.failed || (f->aloud.n > 0 && said.p == NULL);
	beside_say(&f->beside, SPAN_EMPTY, said);
	buf_clear(&f->aloud);
}

/* What formulas draw, as it is typed: a fraction 1/2, powers x^2, what has a place of its own apart from what is before it. */
static void formula_open(struct flow *f, const struct xml *x)
{
	if (xml_is(x, "sup"))
		flow_byte(f, '^');
	else if (xml_is(x, "sub"))
		flow_byte(f, '_');
	else if (xml_is(x, "e") && f->l->text.n > 0 && !ascii_is_space(f->l->text.p[f->l->text.n - 1]))
		flow_byte(f, ' ');
}

enum { ANNOTATES = 0, DELETES = 1, INSERTS = 2 };

static void annotation_open(struct flow *f, span type)
{
	unsigned what = span_eq(type, SPAN_LIT("Word.Deletion")) ? DELETES : span_eq(type, SPAN_LIT("Word.Insertion")) ? INSERTS : ANNOTATES;

	f->annotations = f->annotations << 2 | what;
	f->deleted += what == DELETES;
	f->inserted += what == INSERTS;
}

static void annotation_close(struct flow *f)
{
	unsigned what = f->annotations & 3;

	f->annotations >>= 2;
	f->deleted -= what == DELETES && f->deleted > 0;
	f->inserted -= what == INSERTS && f->inserted > 0;
}

static void paragraph_open(struct flow *f)
{
	f->paragraphs++;
	layout_at(f->l, ++f->paragraph, 0);
}

static void flow_open(struct flow *f, const struct xml *x)
{
	if (is_text(x->name))
		f->text = !x->empty;
	else if (is_instruction(x->name))
		f->instructs = !x->empty;
	else if (xml_is(x, "fldChar"))
		instruction_end(f);
	else if ((xml_is(x, "tab") && xml_attribute(x, "pos").p == NULL /* where one stops is none */) || xml_is(x, "ptab"))
		flow_byte(f, '\t');
	else if (xml_is(x, "br") || xml_is(x, "cr"))
		flow_byte(f, f->cells > 0 ? ' ' : '\n');
	else if (xml_is(x, "noBreakHyphen"))
		flow_byte(f, '-');
	else if (xml_is(x, "tc"))
		f->cells++;
	else if (xml_is(x, "p"))
		paragraph_open(f);
	else if (xml_is(x, "tbl"))
		f->tables += !x->empty;
	else if (xml_is(x, "del") || xml_is(x, "moveFrom"))
		f->deleted++;
	else if (xml_is(x, "ins") || xml_is(x, "moveTo"))
		f->inserted++;
	else if (xml_is(x, "annotation"))
		annotation_open(f, xml_attribute(x, "type"));
	else if (xml_is(x, "rt"))
		f->reading += !x->empty;
	else if (xml_is(x, "oMath"))
		f->formulas += !x->empty;
	else if (f->formulas > 0 && IS_ANY(x->name, "sup", "sub", "e"))
		formula_open(f, x);
	else if (x->attributes.n > 0)
		attributes_say(&f->beside, x); /* a picture's words for who cannot see it, what a form is filled with */
}

static void flow_close(struct flow *f, const struct xml *x)
{
	if (is_text(x->name)) {
		f->text = false;
	} else if (is_instruction(x->name)) {
		f->instructs = false;
	} else if (xml_is(x, "p")) {
		f->paragraphs -= f->paragraphs > 0;
		aloud_end(f);
		flow_byte(f, f->cells > 0 ? ' ' : '\n');
		if (f->cells == 0)
			beside_paragraph(&f->beside);
	} else if (xml_is(x, "tc")) {
		layout_unblank(f->l);
		beside_unblank(&f->beside);
		flow_byte(f, '\t');
		f->cells -= f->cells > 0;
	} else if (xml_is(x, "tr")) {
		layout_line(f->l);
		beside_paragraph(&f->beside);
	} else if (xml_is(x, "tbl")) {
		f->tables -= f->tables > 0;
	} else if (xml_is(x, "del") || xml_is(x, "moveFrom")) {
		f->deleted -= f->deleted > 0;
	} else if (xml_is(x, "ins") || xml_is(x, "moveTo")) {
		f->inserted -= f->inserted > 0;
	} else if (xml_is(x, "annotation")) {
		annotation_close(f);
	} else if (xml_is(x, "rt")) {
		f->reading -= f->reading > 0;
	} else if (xml_is(x, "oMath")) {
		f->formulas -= f->formulas > 0;
		flow_byte(f, ' '); /* apart from what follows */
	} else if (f->formulas > 0 && xml_is(x, "num")) {
		flow_byte(f, '/');
	}
}

static void flow_characters(struct flow *f, const struct xml *x)
{
	if (f->instructs) {
		buf_put(&f->instruction, x->text);
	} else if (f->text && f->reading > 0) {
		buf_put(&f->aloud, x->text);
	} else if (f->text && span_find_byte(x->text, '&') == x->text.n && !span_has(x->text, SPAN_LIT("_x"))) {
		flow_text(f, x->text);
	} else if (f->text) {
		buf_clear(&f->scratch);
		if (x->cdata)
			buf_put(&f->scratch, x->text);
		else
			xml_unescape(&f->scratch, x->text);
		string_unescape(&f->scratch, 0);
		flow_text(f, buf_span(&f->scratch));
	}
}

static void flow_events(struct flow *f, struct xml *x, enum xml_event event);

static void anchored_read(struct flow *f)
{
	struct anchors k = f->anchors;

	for (size_t i = 0; i < k.n && !f->l->text.failed; i++) {
		f->anchors = (struct anchors){.depth = k.depth + 1};
		layout_line(f->l);
		flow_events(f, &k.v[i].at, XML_OPEN);
		/* Of what is damaged something may be open yet. */
		f->cells = f->paragraphs = f->tables = 0;
		if (f->anchors.n > 0)
			anchored_read(f);
	}
	f->anchors = (struct anchors){.depth = k.depth};
}

static void flow_events(struct flow *f, struct xml *x, enum xml_event event)
{
	for (; event != XML_END && !f->l->text.failed; event = xml_next(x)) {
		if (event == XML_OPEN) {
			if (f->paragraphs == 0 || !xml_is(x, "txbxContent") || !anchor_take(&f->anchors, f->l, x))
				flow_open(f, x);
		} else if (event == XML_CLOSE) {
			flow_close(f, x);
			if (f->anchors.n > 0 && f->paragraphs + f->tables == 0)
				anchored_read(f);
		} else {
			flow_characters(f, x);
		}
	}
}

enum errc flow_bytes_read(struct layout *l, span bytes, const char *kind, span name, struct err *e)
{
	struct flow f = {.l = l};
	struct xml x = xml_of(bytes);
	enum errc rc;

	layout_group(l, false, kind, name);
	beside_init(&f.beside, l);
	buf_init(&f.scratch, LIMIT_TEXT_BYTES);
	buf_init(&f.instruction, LIMIT_TEXT_BYTES);
	buf_init(&f.aloud, LIMIT_TEXT_BYTES);
	flow_events(&f, &x, xml_next(&x));
	if (f.anchors.n > 0)
		anchored_read(&f);
	instruction_end(&f);
	aloud_end(&f);
	layout_line(l);
	rc = beside_done(&f.beside, e);
	if (rc == OK && f.scratch.failed)
		rc = err_memory(e);
	buf_wipe(&f.scratch);
	buf_wipe(&f.instruction);
	buf_wipe(&f.aloud);
	return rc;
}

/* Paragraphs and tables of one part of the package. */
static enum errc flow_read(struct layout *l, const struct zip *z, const struct zip_member *m, const char *kind, span name, struct err *e)
{
	span bytes;
	enum errc rc = package_member_xml(l->a, l, z, m, &bytes, e);

	return rc != OK || bytes.n == 0 ? rc : flow_bytes_read(l, bytes, kind, name, e);
}

/* The number in "ppt/slides/slide12.xml", 0 when the member is none of that kind. */
static uint32_t numbered(span name, const char *begin)
{
	span rest = span_from(name, strlen(begin));
	uint64_t n;

	if (!span_starts_nocase(name, span_str(begin)) || !span_ends_nocase(name, SPAN_LIT(".xml")) || rest.n < 5)
		return 0;
	(void)span_number(span_first(rest, rest.n - 4), 99999999, &n);
	return (uint32_t)n;
}

struct numbered { uint32_t number; size_t member; };

static int by_number(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return x->number != y->number ? (x->number < y->number ? -1 : 1) : (x->member > y->member) - (x->member < y->member);
}

/* Members of a numbered kind, by their numbers; of those with one number the first. */
static enum errc numbered_read(struct layout *l, const struct zip *z, const char *begin, const char *kind, struct err *e)
{
	struct numbered *v = NULL;
	size_t n = 0, cap = 0;
	enum errc rc = OK;

	for (size_t i = 0; i < z->n_members; i++) {
		struct numbered *more, m = {numbered(z->members[i].name, begin), i};

		if (m.number == 0)
			continue;
		if ((more = arena_grow(l->a, v, n, &cap, sizeof *v, 8)) == NULL)
			return err_memory(e);
		v = more;
		v[n++] = m;
	}
	if (n > 1)
		qsort(v, n, sizeof *v, by_number);
	for (size_t i = 0; i < n && rc == OK; i++) {
		char number[16];

		if (i > 0 && v[i].number == v[i - 1].number)
			continue;
		(void)snprintf(number, sizeof number, "%u", v[i].number);
		rc = flow_read(l, z, &z->members[v[i].member], kind, span_str(number), e);
	}
	return rc;
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
		span bytes;
		enum errc rc;

		if (!lies_in(m->name, "/embeddings/"))
			continue;
		z->members[i].read = true;
		if ((rc = package_member(l->a, l, z, m, &bytes, e)) != OK)
			return rc;
		if ((rc = embedded_read(l, m->name, bytes, e)) != OK)
			return rc;
	}
	return OK;
}

static enum errc macros_read(struct layout *l, const struct zip *z, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < z->n_members && rc == OK; i++) {
		const struct zip_member *m = &z->members[i];
		span bytes;

		if (!lies_in(m->name, "/vbaProject") || !span_ends_nocase(m->name, SPAN_LIT(".bin")))
			continue;
		z->members[i].read = true;
		if ((rc = package_member(l->a, l, z, m, &bytes, e)) != OK)
			return rc;
		/* Beside it may lie its signature. */
		if (compound_sniff(bytes) && (rc = ole_read(l, bytes, e)) == ERR_EVIDENCE) {
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

	for (size_t i = 0; i < sizeof parts / sizeof *parts && rc == OK; i++) {
		const struct zip_member *m = zip_find(z, span_str(parts[i].member));

		if (m != NULL)
			rc = flow_read(l, z, m, parts[i].kind, SPAN_EMPTY, e);
	}
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

static bool has_diagrams(const struct zip *z)
{
	for (size_t i = 0; i < z->n_members; i++)
		if (lies_in(z->members[i].name, "/diagrams/data"))
			return true;
	return false;
}

/*
 * Diagrams have their text in parts of their own, in each kind of document. The drawing that a program made of one has the same words: it
 * is read where it is all that there is.
 */
static enum errc drawings_read(struct layout *l, const struct zip *z, struct err *e)
{
	const char *diagram = has_diagrams(z) ? "/diagrams/data" : "/diagrams/drawing";
	enum errc rc = OK;

	for (size_t i = 0; i < z->n_members && rc == OK; i++) {
		span name = z->members[i].name;

		if (span_ends_nocase(name, SPAN_LIT(".xml")) && (lies_in(name, diagram) || lies_in(name, "xl/drawings/drawing")))
			rc = flow_read(l, z, &z->members[i], "drawing", SPAN_EMPTY, e);
	}
	return rc;
}

enum errc ooxml_read(struct layout *l, span content, struct err *e)
{
	struct zip z;
	enum errc rc;

	if ((rc = zip_open(l->a, content, LIMIT_DOCUMENT_MEMBERS, LIMIT_DOCUMENT_BYTES, &z, e)) != OK)
		return rc;
	if ((rc = parts_name(l, &z, e)) != OK)
		return rc;
	if (z.damaged)
		layout_problem(l, "damaged: its directory is not whole");
	if (z.cut)
		layout_problem(l, "more files in it than are read of a document");
	if ((rc = word_read(l, &z, e)) != OK || (rc = sheets_read(l, &z, e)) != OK || (rc = slides_read(l, &z, e)) != OK ||
	    (rc = xps_read(l, &z, e)) != OK || (rc = drawings_read(l, &z, e)) != OK || (rc = properties_read(l, &z, SPAN_LIT("docProps/core.xml"), e)) != OK ||
	    (rc = properties_read(l, &z, SPAN_LIT("docProps/custom.xml"), e)) != OK ||
	    (rc = properties_read(l, &z, SPAN_LIT("docProps/app.xml"), e)) != OK || (rc = macros_read(l, &z, e)) != OK ||
	    (rc = embedded_all(l, &z, e)) != OK)
		return rc;
	return package_rest_read(l, &z, e);
}
