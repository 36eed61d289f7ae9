/* A PDF document: its pages in their order, with annotations and form fields; its properties; files embedded in it. */
#include "base/limits.h"
#include "base/utf8.h"
#include "document/pdf.h"

enum { PAGE_DEPTH = 48, PAGES = 100000, WORD = 64, LOOK_COSTS = 16 /* to follow a reference, beside decoding a byte */ };

enum met { MET_NOT = 0, MET_PAGE, MET_TREE };
struct reading { struct pdf *f; uint32_t page; unsigned char *met; /* by object: as what it was read */ };

enum errc pdf_line(struct pdf *f, const struct pdf_object *o, span value, const char *before, struct err *e)
{
	span written = pdf_resolve(f, value, NULL), bytes = pdf_string(f->a, written), text;
	const unsigned char **told;
	enum errc rc = OK;

	if (bytes.n == 0)
		return OK;
	if ((told = arena_grow(f->a, f->told, f->n_told, &f->cap_told, sizeof *told, 64)) == NULL)
		return err_memory(e);
	f->told = told;
	told[f->n_told++] = written.p;
	if (f->crypt != NULL && o != NULL && (rc = pdf_decrypt(f, o, false, bytes, &bytes, e)) != OK)
		return rc;
	if ((rc = pdf_text(f, bytes, &text, e)) != OK)
		return rc;
	layout_text(f->l, span_str(before));
	layout_text(f->l, text);
	layout_line(f->l);
	return OK;
}

static enum errc content_read(struct pdf *f, span bytes, span resources, unsigned depth, struct err *e)
{
	size_t from = f->l->text.n;
	enum errc rc;

	f->right_to_left = false;
	rc = pdf_content(f, bytes, resources, depth, e);
	if (f->right_to_left && from < f->l->text.n)
		pdf_lines_turn(f->l->text.p + from, f->l->text.n - from);
	return rc;
}

static enum errc contents_read(struct pdf *f, span contents, span resources, struct err *e)
{
	const struct pdf_object *o;
	struct buf all;
	span bytes, v = pdf_resolve(f, contents, &o);
	enum errc rc = OK;

	if (o != NULL && o->stream.p != NULL)
		return (rc = pdf_stream(f, o, &bytes, e)) != OK ? rc : content_read(f, bytes, resources, 0, e);
	if (v.n == 0 || v.p[0] != '[' || !pdf_spend(f, LOOK_COSTS * v.n))
		return OK;
	/* Several streams are one (7.8.2). */
	buf_init(&all, LIMIT_PDF_BYTES);
	for (span rest = span_from(v, 1), one; rc == OK && (one = pdf_next_value(&rest)).p != NULL;) {
		(void)pdf_resolve(f, one, &o);
		if (o == NULL || o->stream.p == NULL)
			continue;
		if ((rc = pdf_stream(f, o, &bytes, e)) == OK) {
			buf_put(&all, bytes);
			buf_byte(&all, '\n');
		}
	}
	if (rc == OK)
		rc = content_read(f, buf_span(&all), resources, 0, e);
	buf_wipe(&all);
	return rc;
}

/* What an annotation looks like, where it does not say it in words. The value of a signature is none. */
static enum errc appearance_read(struct pdf *f, span annotation, struct err *e)
{
	const struct pdf_object *o;
	span bytes;
	span value = pdf_get(f, annotation, "V");
	enum errc rc;

	(void)pdf_resolve(f, pdf_key(pdf_get(f, annotation, "AP"), "N"), &o);
	if (o == NULL || o->stream.p == NULL || pdf_key(annotation, "Contents").n > 0 || (value.n > 0 && !span_starts(value, SPAN_LIT("<<"))))
		return OK;
	if ((rc = pdf_stream(f, o, &bytes, e)) == OK)
		rc = content_read(f, bytes, pdf_get(f, o->value, "Resources"), 1, e);
	layout_line(f->l);
	return rc;
}

/* Notes, and the values of form fields; the appearance shows what the value says. */
static enum errc annotations_read(struct pdf *f, span list, struct err *e)
{
	enum errc rc = OK;

	if (list.n == 0 || list.p[0] != '[' || !pdf_spend(f, LOOK_COSTS * list.n))
		return OK;
	for (span rest = span_from(list, 1), one; rc == OK && (one = pdf_next_value(&rest)).p != NULL;) {
		const struct pdf_object *o;
		span d = pdf_resolve(f, one, &o), action = pdf_get(f, d, "A");

		if ((rc = pdf_line(f, o, pdf_key(d, "Contents"), "", e)) == OK)
			rc = pdf_line(f, o, pdf_key(action, "URI"), "", e);
		if (rc == OK)
			rc = appearance_read(f, d, e);
	}
	return rc;
}

static bool is_small(unsigned char c) { return (c >= 'a' && c <= 'z') || c >= 0x80; }
static bool is_letter(unsigned char c) { return ascii_is_alpha(c) || c >= 0x80; }

/* A word that a line ends within, "pass-" and "word", as one: whoever looks for it has not typed a hyphen. Both stay where they stand. */
static void divided_words(struct pdf *f, size_t from)
{
	span text = span_from(buf_span(&f->l->text), from);

	for (size_t at = 0, n; at < text.n; at++) {
		size_t before = at += span_find_byte(span_from(text, at), '\n'), after = at + 1;

		if (at < 3 || after >= text.n || text.p[at - 1] != '-' || !is_small(text.p[after]) || !is_small(text.p[at - 2]))
			continue;
		for (before--; before > 0 && is_letter(text.p[before - 1]); before--)
			;
		while (after < text.n && is_letter(text.p[after]))
			after++;
		n = after - at - 1;
		if (at - before < 3 || at - before > WORD || n > WORD)
			continue;
		buf_put(&f->actual, span_sub(text, before, at - 1 - before));
		buf_put(&f->actual, span_sub(text, at + 1, n));
		buf_byte(&f->actual, '\n');
	}
}

static enum errc page_read(struct reading *r, span page, span resources, const char *kind, struct err *e)
{
	struct pdf *f = r->f;
	char number[16];
	span own = pdf_get(f, page, "Resources");
	size_t from = f->l->text.n;
	enum errc rc;

	(void)snprintf(number, sizeof number, "%u", ++r->page);
	layout_group(f->l, false, kind, span_str(number));
	if ((rc = contents_read(f, pdf_key(page, "Contents"), own.n > 0 ? own : resources, e)) != OK)
		return rc;
	divided_words(f, from);
	layout_line(f->l);
	layout_text(f->l, buf_span(&f->actual));
	layout_line(f->l);
	buf_clear(&f->actual);
	return annotations_read(f, pdf_get(f, page, "Annots"), e);
}

/* The tree of pages (7.7.3); a node that was met is not walked again: a tree that bites its tail ends there. */
static enum errc pages_read(struct reading *r, const struct pdf_object *in, span node, span resources, unsigned depth, struct err *e)
{
	struct pdf *f = r->f;
	unsigned char nowhere = MET_NOT, *met = in != NULL ? &r->met[in - f->objects] : &nowhere;
	span kids, own;
	enum errc rc = OK;

	if (*met != MET_NOT) {
		if (*met == MET_TREE)
			layout_problem(f->l, "damaged: a tree of pages that holds itself");
		r->page += *met == MET_PAGE; /* shown once more */
		return OK;
	}
	kids = pdf_get(f, node, "Kids");
	own = pdf_get(f, node, "Resources");
	*met = kids.n == 0 ? MET_PAGE : MET_TREE;
	if (kids.n == 0)
		return node.n > 0 ? page_read(r, node, resources, "page", e) : OK;
	if (depth >= PAGE_DEPTH) {
		layout_limit(f->l, "a tree of pages deeper than is read");
		return OK;
	}
	(void)pdf_spend(f, kids.n);
	for (span rest = span_from(kids, 1), one; rc == OK && (one = pdf_next_value(&rest)).p != NULL;) {
		if (r->page >= PAGES || f->l->text.failed || f->budget == 0) {
			layout_limit(f->l, "more pages than are read of a PDF");
			return OK;
		}
		one = pdf_resolve(f, one, &in);
		rc = pages_read(r, in, one, own.n > 0 ? own : resources, depth + 1, e);
	}
	return rc;
}

/* Names that a program gave count: "Text1", "f1_04[0]". What a reader sees of such a field is its tip. */
static bool is_counted(span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (ascii_is_digit(name.p[i]))
			return true;
	return false;
}

static enum errc field_name(struct pdf *f, const struct pdf_object *o, span name, span *text, struct err *e)
{
	span bytes = pdf_string(f->a, pdf_resolve(f, name, NULL));
	enum errc rc = f->crypt != NULL ? pdf_decrypt(f, o, false, bytes, &bytes, e) : OK;

	return rc != OK ? rc : pdf_text(f, bytes, text, e);
}

static enum errc fields_read(struct pdf *f, struct err *e)
{
	bool begun = false;
	enum errc rc = OK;

	for (size_t i = 0; i < f->n_objects && rc == OK; i++) {
		const struct pdf_object *o = &f->objects[i];
		span value = pdf_key(o->value, "V"), name = pdf_key(o->value, "T"), tip = pdf_key(o->value, "TU");
		char *before;
		span text;

		/* A field has a name and a value; a string is text, a name a choice. */
		if (value.n == 0 || name.n == 0 || pdf_key(o->value, "FT").n + pdf_key(o->value, "Parent").n + pdf_key(o->value, "Kids").n == 0)
			continue;
		if ((rc = field_name(f, o, name, &text, e)) != OK || (is_counted(text) && tip.n > 0 && (rc = field_name(f, o, tip, &text, e)) != OK))
			return rc;
		if (!begun)
			layout_group(f->l, false, "form fields", SPAN_EMPTY);
		begun = true;
		if ((before = arena_printf(f->a, "%.*s: ", (int)text.n, (const char *)text.p)) == NULL)
			return err_memory(e);
		rc = pdf_line(f, o, value, before, e);
	}
	return rc;
}

static enum errc properties(struct pdf *f, struct err *e)
{
	const struct pdf_object *o;
	span d = pdf_resolve(f, pdf_key(f->trailer, "Info"), &o), rest = span_from(d, 2), key;
	enum errc rc = OK;

	if (!span_starts(d, SPAN_LIT("<<")))
		return OK;
	layout_group(f->l, false, "properties", SPAN_EMPTY);
	while (rc == OK && (key = pdf_next_value(&rest)).p != NULL && !f->l->text.failed) {
		span value = pdf_next_value(&rest);
		char *before = arena_printf(f->a, "%.*s: ", (int)(key.n < 100 ? key.n : 100) - 1, (const char *)key.p + 1);

		if (before == NULL)
			return err_memory(e);
		if (key.p[0] == '/' && !span_eq(key, SPAN_LIT("/CreationDate")) && !span_eq(key, SPAN_LIT("/ModDate")))
			rc = pdf_line(f, o, value, before, e);
	}
	return rc;
}

/* Pages that the tree does not have: all of them where there is no tree, and those that a program took out and left in the file. */
static enum errc pages_left(struct reading *r, struct err *e)
{
	struct pdf *f = r->f;
	bool any = r->page > 0;
	enum errc rc = OK;

	for (size_t i = 0; i < f->n_objects && rc == OK && !f->l->text.failed; i++) {
		span page = f->objects[i].value;

		if (r->met[i] != MET_NOT || !pdf_is_name(pdf_key(page, "Type"), "Page"))
			continue;
		if (r->page >= PAGES || f->budget == 0) {
			layout_limit(f->l, "more pages than are read of a PDF");
			break;
		}
		rc = page_read(r, page, pdf_get(f, pdf_get(f, page, "Parent"), "Resources"), any ? "page that is not shown" : "page", e);
	}
	return rc;
}

/*
 * Letters of fonts that do not say which they are: no map to Unicode, and names or codes that mean nothing outside of the font. A few of them are
 * bullets and ornaments, but for several that stand together, which are words.
 */
enum { WORD_UNKNOWN = 4, WORDS_UNKNOWN = 3 };
static void letters_unknown(struct pdf *f, size_t before)
{
	span text = span_from(buf_span(&f->l->text), before);
	size_t unknown = 0, others = 0, run = 0, words = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == 0xef && span_eq(span_sub(text, i, 3), SPAN_LIT("\xef\xbf\xbd"))) {
			unknown++;
			words += ++run == WORD_UNKNOWN;
			i += 2;
		} else {
			run = 0;
			others += text.p[i] > ' ' && (text.p[i] & 0xc0) != 0x80;
		}
	}
	if ((unknown > 4 && unknown > others / 8) || words >= WORDS_UNKNOWN)
		layout_problem(f->l, "fonts in it do not say which letters they have: these were not read");
}

static enum errc all_read(struct pdf *f, struct err *e)
{
	struct reading r = {.f = f};
	const struct pdf_object *o;
	size_t before = f->l->text.n;
	span root, tree;
	enum errc rc;

	if ((rc = pdf_objects(f, e)) != OK)
		return rc;
	if ((r.met = arena_zero(f->a, f->n_objects + 1, sizeof *r.met)) == NULL)
		return err_memory(e);
	root = pdf_get(f, f->trailer, "Root");
	tree = pdf_resolve(f, pdf_key(root, "Pages"), &o);
	if ((rc = pages_read(&r, o, tree, SPAN_EMPTY, 0, e)) != OK || (rc = pages_left(&r, e)) != OK)
		return rc;
	letters_unknown(f, before);
	if (f->l->text.n == before && f->n_objects > 0)
		layout_problem(f->l, "no text in it: pictures of pages, perhaps");
	if ((rc = fields_read(f, e)) != OK || (rc = properties(f, e)) != OK)
		return rc;
	if (f->n_objects == 0)
		return err_set(e, ERR_EVIDENCE, "a damaged PDF: no object can be found in it");
	if ((rc = pdf_extras(f, root, e)) != OK || (rc = pdf_words(f, e)) != OK)
		return rc;
	return pdf_embedded(f, root, e);
}

static enum errc version_read(struct layout *l, span content, struct err *e)
{
	struct pdf f = {.a = l->a, .l = l, .bytes = content, .budget = LIMIT_PDF_BYTES};
	enum errc rc;

	buf_init(&f.actual, LIMIT_TEXT_BYTES);
	rc = all_read(&f, e);
	buf_wipe(&f.actual);
	return rc;
}

enum errc pdf_read(struct layout *l, span content, struct err *e)
{
	size_t before = l->text.n;
	enum errc rc = version_read(l, content, e);

	return rc != OK ? rc : pdf_earlier(l, content, before, version_read, e);
}
