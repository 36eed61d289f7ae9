/* What a PDF says outside of its pages: bookmarks, tooltips, alternate words for pictures, scripts, metadata, XFA forms, attached files. */
#include "base/limits.h"
#include "document/pdf.h"
#include "stream/html.h"

enum { NAMES_DEPTH = 16 };

/* Metadata has its properties as attributes, too. */
static void attribute_lines(struct pdf *f, const struct xml *x, struct buf *value)
{
	span rest = x->attributes, name, v;

	while (rest.n > 3 && xml_attribute_next(&rest, &name, &v)) {
		if (v.n < 4 || span_starts(v, SPAN_LIT("http://ns.")) || span_starts(v, SPAN_LIT("http://www.w3.org/")) || span_starts(v, SPAN_LIT("http://purl.org/")))
			continue;
		buf_clear(value);
		xml_unescape(value, v);
		layout_text(f->l, name);
		layout_text(f->l, SPAN_LIT(": "));
		layout_text(f->l, buf_span(value));
		layout_line(f->l);
	}
}

/* Text of XML as "name: value", a line each: metadata (14.3.2), and the packets of a form in XFA (12.7.8). */
static enum errc xml_lines(struct pdf *f, const struct pdf_object *o, const char *group, struct err *e)
{
	span bytes, element = SPAN_EMPTY;
	struct buf value;
	enum xml_event event;
	struct xml x;
	enum errc rc = pdf_stream(f, o, &bytes, e);

	if (rc != OK)
		return rc;
	layout_group(f->l, false, group, SPAN_EMPTY);
	buf_init(&value, LIMIT_TEXT_BYTES);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END && !f->l->text.failed;) {
		if (event == XML_OPEN) {
			element = x.name;
			attribute_lines(f, &x, &value);
		}
		if (event != XML_TEXT || span_trim(x.text).n == 0)
			continue;
		buf_clear(&value);
		if (x.cdata)
			buf_put(&value, x.text);
		else
			xml_unescape(&value, x.text);
		layout_text(f->l, element);
		layout_text(f->l, SPAN_LIT(": "));
		layout_text(f->l, buf_span(&value));
		layout_line(f->l);
	}
	rc = value.failed ? err_memory(e) : OK;
	buf_wipe(&value);
	return rc;
}

static enum errc xfa_read(struct pdf *f, span xfa, struct err *e)
{
	const struct pdf_object *o;
	span v = pdf_resolve(f, xfa, &o);
	enum errc rc = OK;

	if (o != NULL && o->stream.p != NULL)
		return xml_lines(f, o, "form", e);
	for (span rest = span_from(v, 1), one; v.n > 0 && v.p[0] == '[' && rc == OK && (one = pdf_next_value(&rest)).p != NULL;) {
		(void)pdf_resolve(f, one, &o);
		if (o != NULL && o->stream.p != NULL)
			rc = xml_lines(f, o, "form", e);
	}
	return rc;
}

enum errc pdf_markup(struct pdf *f, span text, struct err *e)
{
	span shown;
	enum errc rc = html_text(f->a, text, &shown, e);

	if (rc != OK)
		return rc;
	layout_text(f->l, shown);
	layout_line(f->l);
	return OK;
}

/* A script is a string or a stream. */
static enum errc script_read(struct pdf *f, const struct pdf_object *in, span script, struct err *e)
{
	const struct pdf_object *o = NULL;
	span text;
	enum errc rc = OK;

	(void)pdf_resolve(f, script, &o);
	layout_group(f->l, false, "script", SPAN_EMPTY);
	if (o == NULL || o->stream.p == NULL)
		return pdf_line(f, o != NULL ? o : in, script, "", e);
	if ((rc = pdf_stream(f, o, &text, e)) == OK && (rc = pdf_text(f, text, &text, e)) == OK) {
		layout_text(f->l, text);
		layout_line(f->l);
	}
	return rc;
}

/* Actions lie in objects of their own, or within others. */
static enum errc scripts_read(struct pdf *f, const struct pdf_object *o, struct err *e)
{
	enum errc rc = OK;

	for (span rest = o->value; rc == OK && !f->l->text.failed;) {
		rest = span_from(rest, span_find(rest, SPAN_LIT("/JS")));
		if (rest.n == 0)
			break;
		rest = span_from(rest, 3);
		if (rest.n > 0 && !ascii_is_alnum(rest.p[0]))
			rc = script_read(f, o, pdf_next_value(&rest), e);
	}
	return rc;
}

enum errc pdf_extras(struct pdf *f, span root, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < f->n_objects && rc == OK; i++) {
		const struct pdf_object *o = &f->objects[i];

		if (o->stream.p != NULL && pdf_is_name(pdf_key(o->value, "Type"), "Metadata"))
			rc = xml_lines(f, o, "metadata", e);
		else if (o->stream.p == NULL)
			rc = scripts_read(f, o, e);
	}
	return rc != OK ? rc : xfa_read(f, pdf_key(pdf_get(f, root, "AcroForm"), "XFA"), e);
}

/* ---- attached files -------------------------------------------------------------------------------------------------- */

/* A file specification (7.11.3); in: the object that it stands in. */
static enum errc file_read(struct pdf *f, const struct pdf_object *in, span specification, struct err *e)
{
	const struct pdf_object *file;
	span streams = pdf_get(f, specification, "EF"), name, bytes;
	enum errc rc;

	(void)pdf_resolve(f, pdf_key(streams, "F").n > 0 ? pdf_key(streams, "F") : pdf_key(streams, "UF"), &file);
	if (file == NULL || file->stream.p == NULL)
		return OK;
	if (pdf_files_sealed(f)) {
		layout_problem(f->l, "an attached file is encrypted: needs a password");
		return OK;
	}
	name = pdf_string(f->a, pdf_get(f, specification, "F"));
	if (name.n == 0)
		name = pdf_string(f->a, pdf_get(f, specification, "UF"));
	if (f->crypt != NULL && in != NULL && name.n > 0 && (rc = pdf_decrypt(f, in, false, name, &name, e)) != OK)
		return rc;
	if ((rc = pdf_stream(f, file, &bytes, e)) != OK || (rc = pdf_text(f, name, &name, e)) != OK)
		return rc;
	return embedded_read(f->l, name, bytes, e);
}

/* Names of attached files (7.7.4), where their specifications stand in the list itself. seen: by object, each is a node once. */
static enum errc names_read(struct pdf *f, span node, const struct pdf_object *in, unsigned depth, bool *seen, struct err *e)
{
	span names = pdf_get(f, node, "Names"), kids = pdf_get(f, node, "Kids");
	enum errc rc = OK;

	if (!pdf_spend(f, names.n + kids.n))
		return OK;
	for (span rest = span_from(names, 1), one; names.n > 0 && rc == OK && (one = pdf_next_value(&rest)).p != NULL;)
		if (span_starts(one, SPAN_LIT("<<")) && pdf_key(one, "EF").n > 0)
			rc = file_read(f, in, one, e);
	if (depth >= NAMES_DEPTH && kids.n > 0)
		layout_limit(f->l, "names of attached files, deeper than is read");
	for (span rest = span_from(kids, 1), one; kids.n > 0 && depth < NAMES_DEPTH && rc == OK && (one = pdf_next_value(&rest)).p != NULL;) {
		const struct pdf_object *o;
		span kid = pdf_resolve(f, one, &o);

		if (o != NULL && seen[o - f->objects])
			continue;
		if (o != NULL)
			seen[o - f->objects] = true;
		rc = names_read(f, kid, o != NULL ? o : in, depth + 1, seen, e);
	}
	return rc;
}

enum errc pdf_embedded(struct pdf *f, span root, struct err *e)
{
	const struct pdf_object *o = NULL;
	span names = pdf_resolve(f, pdf_key(root, "Names"), &o), files = pdf_key(names, "EmbeddedFiles");
	const struct pdf_object *of_files = o;
	bool *seen;
	enum errc rc = OK;

	for (size_t i = 0; i < f->n_objects && rc == OK; i++)
		if (pdf_key(f->objects[i].value, "EF").n > 0)
			rc = file_read(f, &f->objects[i], f->objects[i].value, e);
	if (rc != OK || files.n == 0)
		return rc;
	if ((seen = arena_zero(f->a, f->n_objects + 1, sizeof *seen)) == NULL)
		return err_memory(e);
	files = pdf_resolve(f, files, &o);
	return names_read(f, files, o != NULL ? o : of_files, 0, seen, e);
}
