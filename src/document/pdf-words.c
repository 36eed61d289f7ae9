/*
 * Words in a PDF that nobody asked for by their key: of annotations, bookmarks, actions, choices of fields, alternate descriptions, data that
 * programs keep for themselves. Each string of each object is looked at once all else was read.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "document/pdf.h"

enum { WORDS_DEPTH = 24 };

struct words { struct pdf *f; const struct pdf_object *o; bool begun; };

/* Dates, looks, digests, names that programs give to things. */
static bool is_none(span key)
{
	return IS_ANY(span_from(key, 1), "ID", "CreationDate", "ModDate", "M", "DA", "DS", "Lang", "O", "U", "OE", "UE", "Perms", "Registry",
	    "Ordering", "CharSet", "FontFamily", "NM", "F", "UF", "Cert", "Limits", "Names", "Producer", "CheckSum", "LastModified",
	    "PTEX.Fullbanner", "JS", "Lookup", "Panose", "ColorSpace", "CS", "D", "Dest", "IDS", "Style");
}

/* What says what it is for itself. */
static bool is_plain(span key)
{
	return IS_ANY(span_from(key, 1), "Title", "TU", "Alt", "ActualText", "Contents", "Subj", "E", "CA", "URI", "Opt", "RC", "RV");
}

static int by_place(const void *va, const void *vb)
{
	const unsigned char *const *a = va, *const *b = vb;

	return *a < *b ? -1 : *a > *b;
}

static bool was_told(const struct pdf *f, span value)
{
	return f->n_told > 0 && bsearch(&value.p, f->told, f->n_told, sizeof *f->told, by_place) != NULL;
}

static bool is_text(span text, size_t least)
{
	size_t letters = 0;

	for (size_t at = 0, n; at < text.n; at += n) {
		uint32_t c = utf8_get(span_from(text, at), &n);

		if (c == 0xfffd || (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || (c >= 0x7f && c < 0xa0))
			return false;
		letters += c > ' ';
	}
	return letters > least;
}

/* As the reader of fields: "name: value", where the dictionary has a name (/T), which is what it is called. */
static enum errc put(struct words *w, span called, span key, span value, struct err *e)
{
	struct pdf *f = w->f;
	span bytes = pdf_string(f->a, value), name = SPAN_EMPTY, text;
	enum errc rc = OK;

	if (bytes.n < (is_plain(key) ? 1 : 4) || was_told(f, value))
		return OK;
	if (f->crypt != NULL && (rc = pdf_decrypt(f, w->o, false, bytes, &bytes, e)) != OK)
		return rc;
	if ((rc = pdf_text(f, bytes, &text, e)) != OK || !is_text(text, is_plain(key) ? 0 : 3))
		return rc;
	if (IS_ANY(span_from(key, 1), "DV", "V", "RV") && (name = pdf_string(f->a, called)).n > 0) {
		if (f->crypt != NULL && (rc = pdf_decrypt(f, w->o, false, name, &name, e)) != OK)
			return rc;
		if ((rc = pdf_text(f, name, &name, e)) != OK)
			return rc;
	} else if (key.n > 1 && !is_plain(key)) {
		name = span_from(key, 1);
	}
	if (!w->begun)
		layout_group(f->l, false, "beside the pages", SPAN_EMPTY);
	w->begun = true;
	if (name.n > 0) {
		layout_text(f->l, name);
		layout_text(f->l, SPAN_LIT(": "));
	}
	/* Rich text is a piece of XHTML. */
	if (IS_ANY(span_from(key, 1), "RC", "RV"))
		return pdf_markup(f, text, e);
	layout_text(f->l, text);
	layout_line(f->l);
	return OK;
}

static enum errc value_words(struct words *w, span called, span key, span value, unsigned depth, struct err *e);

static enum errc dictionary_words(struct words *w, span d, unsigned depth, struct err *e)
{
	bool signature = pdf_key(d, "ByteRange").n > 0;
	span called = pdf_key(d, "T");
	enum errc rc = OK;

	for (span rest = span_from(d, 2), key; rc == OK && !w->f->l->text.failed && (key = pdf_next_value(&rest)).p != NULL;) {
		span value = pdf_next_value(&rest);

		if (key.n > 1 && key.p[0] == '/' && !(signature && pdf_is_name(key, "Contents")))
			rc = value_words(w, called, key, value, depth, e);
	}
	return rc;
}

static enum errc value_words(struct words *w, span called, span key, span value, unsigned depth, struct err *e)
{
	enum errc rc = OK;

	if (value.n < 3)
		return OK;
	if (value.p[0] == '(' || (value.p[0] == '<' && value.p[1] != '<'))
		return is_none(key) ? OK : put(w, called, key, value, e);
	if (value.p[0] != '<' && value.p[0] != '[')
		return OK;
	/* The bytes of a value are looked at once for each level of it. */
	if (depth >= WORDS_DEPTH) {
		layout_limit(w->f->l, "values within values, deeper than is read of a PDF");
		return OK;
	}
	if (value.p[0] == '<')
		rc = dictionary_words(w, value, depth + 1, e);
	else
		for (span rest = span_from(value, 1), one; rc == OK && !w->f->l->text.failed && (one = pdf_next_value(&rest)).p != NULL;)
			rc = value_words(w, called, key, one, depth + 1, e);
	return rc;
}

/* A field's value may be a stream. */
static enum errc stream_value(struct words *w, const struct pdf_object *field, const char *key, struct err *e)
{
	struct pdf *f = w->f;
	const struct pdf_object *o;
	span bytes, text;
	enum errc rc;

	(void)pdf_resolve(f, pdf_key(field->value, key), &o);
	if (o == NULL || o->stream.p == NULL || pdf_key(field->value, "T").n == 0)
		return OK;
	if ((rc = pdf_stream(f, o, &bytes, e)) != OK || (rc = pdf_text(f, bytes, &text, e)) != OK || !is_text(text, 3))
		return rc;
	layout_group(f->l, false, "form fields", SPAN_EMPTY);
	w->begun = false;
	return pdf_markup(f, text, e);
}

enum errc pdf_words(struct pdf *f, struct err *e)
{
	struct words w = {.f = f};
	enum errc rc = OK;

	if (f->n_told > 0)
		qsort(f->told, f->n_told, sizeof *f->told, by_place);
	for (size_t i = 0; i < f->n_objects && rc == OK && !f->l->text.failed; i++) {
		w.o = &f->objects[i];
		if (pdf_is_name(pdf_key(w.o->value, "Type"), "XRef") || pdf_is_name(pdf_key(w.o->value, "Filter"), "Standard"))
			continue;
		if ((rc = value_words(&w, SPAN_EMPTY, SPAN_EMPTY, w.o->value, 0, e)) == OK && (rc = stream_value(&w, w.o, "V", e)) == OK)
			rc = stream_value(&w, w.o, "RV", e);
	}
	return rc;
}
