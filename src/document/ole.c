/*
 * Compound files (MS-CFB) as documents: which streams say what it is, and the objects of other programs that lie in storages
 * within, each a document of its own.
 */
#include "base/limits.h"
#include "document/legacy.h"

struct ole { struct layout *l; const struct compound *c; unsigned problems; };

/* A stream of the storage; empty when it is not there. */
static enum errc stream(struct ole *o, const struct compound_entry *in, const char *name, span *out, struct err *e)
{
	const struct compound_entry *entry = compound_find(o->c, in, span_str(name));

	*out = SPAN_EMPTY;
	if (entry == NULL || entry->kind != COMPOUND_STREAM)
		return OK;
	return compound_read(o->l->a, o->c, entry, out, &o->problems, e);
}

static bool has(const struct ole *o, const struct compound_entry *in, const char *name)
{
	const struct compound_entry *entry = compound_find(o->c, in, span_str(name));

	return entry != NULL && entry->kind == COMPOUND_STREAM;
}

/* The text up to NUL. */
static span cstring(struct cursor *c)
{
	size_t n = span_find_byte(c->rest, 0);
	span s = cursor_take(c, n);

	(void)cursor_take(c, 1);
	return s;
}

/* A file put into a document (Ole10Native of the packager): label, path, path again, then its bytes. */
enum errc ole_package_read(struct layout *l, span native, struct err *e)
{
	struct cursor c = cursor_of(native);
	span name, path, content;
	size_t slash;

	(void)cursor_take(&c, 6);
	name = cstring(&c);
	path = cstring(&c);
	(void)cursor_take(&c, 4);
	(void)cursor_bytes(&c);
	content = cursor_bytes(&c);
	if (c.bad)
		/* Other programs put their own bytes behind the length. */
		return embedded_read(l, SPAN_LIT("object"), span_from(native, 4), e);
	if (name.n == 0) {
		for (slash = path.n; slash > 0 && path.p[slash - 1] != '\\' && path.p[slash - 1] != '/'; slash--)
			;
		name = span_from(path, slash);
	}
	if ((name = utf8_clean(l->a, name)).p == NULL)
		return err_memory(e);
	return embedded_read(l, name, content, e);
}

static enum errc storage_read(struct ole *o, const struct compound_entry *in, struct err *e);

/* A form of macros (MS-OFORMS): what its fields say and hold is in streams whose order only that program knows. */
static enum errc form_letters(struct ole *o, const struct compound_entry *in, struct err *e)
{
	static const char *const streams[] = {"f", "o", "\3VBFrame"};
	enum errc rc = OK;
	span bytes;

	if (!has(o, in, "f") || !has(o, in, "o"))
		return OK;
	layout_group(o->l, false, "form of macros", in->name);
	for (size_t i = 0; i < sizeof streams / sizeof *streams && rc == OK; i++)
		if ((rc = stream(o, in, streams[i], &bytes, e)) == OK)
			letters_put(o->l, bytes);
	return rc;
}

static enum errc pivot_caches_read(struct ole *o, const struct compound_entry *in, struct err *e)
{
	const struct compound_entry *child = NULL;
	enum errc rc = OK;
	span bytes;

	while (rc == OK && (child = compound_child(o->c, in, child)) != NULL)
		if (child->kind == COMPOUND_STREAM && (rc = compound_read(o->l->a, o->c, child, &bytes, &o->problems, e)) == OK)
			pivot_cache_read(o->l, bytes);
	return rc;
}

/* What is in storages within: macros, objects. */
static enum errc children_read(struct ole *o, const struct compound_entry *in, struct err *e)
{
	const struct compound_entry *child = NULL;
	enum errc rc = OK;

	while (rc == OK && (child = compound_child(o->c, in, child)) != NULL) {
		if (child->kind != COMPOUND_STORAGE)
			continue;
		if (span_eq_nocase(child->name, SPAN_LIT("VBA")))
			rc = vba_read(o->l, o->c, child, e);
		else if (span_starts_nocase(child->name, SPAN_LIT("_SX_DB")))
			rc = pivot_caches_read(o, child, e);
		else if (child->depth < LIMIT_DOCUMENT_DEPTH)
			rc = storage_read(o, child, e);
	}
	return rc;
}

static enum errc objects_read(struct ole *o, const struct compound_entry *in, struct err *e)
{
	static const char *const whole[] = {"Package", "CONTENTS", "EmbeddedOdf"};
	span bytes;
	enum errc rc = stream(o, in, "\1Ole10Native", &bytes, e);

	if (rc == OK && bytes.n > 0)
		rc = ole_package_read(o->l, bytes, e);
	for (size_t i = 0; i < sizeof whole / sizeof *whole && rc == OK; i++)
		if ((rc = stream(o, in, whole[i], &bytes, e)) == OK && bytes.n > 0)
			rc = embedded_read(o->l, SPAN_LIT("object"), bytes, e);
	return rc;
}

static enum errc word(struct ole *o, const struct compound_entry *in, struct err *e)
{
	span text, table_0, table_1, data;
	enum errc rc;

	if ((rc = stream(o, in, "WordDocument", &text, e)) != OK || (rc = stream(o, in, "0Table", &table_0, e)) != OK ||
	    (rc = stream(o, in, "1Table", &table_1, e)) != OK)
		return rc;
	if ((rc = doc_read(o->l, text, table_0, table_1, e)) == OK && (rc = stream(o, in, "Data", &data, e)) == OK)
		doc_data_read(o->l, data);
	return rc;
}

static enum errc slides(struct ole *o, const struct compound_entry *in, struct err *e)
{
	span bytes, user;
	enum errc rc;

	if ((rc = stream(o, in, "PowerPoint Document", &bytes, e)) != OK || (rc = stream(o, in, "Current User", &user, e)) != OK)
		return rc;
	return ppt_read(o->l, bytes, user, e);
}

/* An OOXML package with a password. */
static enum errc package_read(struct ole *o, const struct compound_entry *in, struct err *e)
{
	span info, package;
	enum errc rc;

	if ((rc = stream(o, in, "EncryptionInfo", &info, e)) != OK || (rc = stream(o, in, "EncryptedPackage", &package, e)) != OK ||
	    (rc = office_unlock(o->l, info, package, &package, e)) != OK)
		return rc;
	return ooxml_read(o->l, package, e);
}

static enum errc main_read(struct ole *o, const struct compound_entry *in, bool *known, struct err *e)
{
	span bytes;
	enum errc rc;

	*known = true;
	if (has(o, in, "EncryptedPackage"))
		return package_read(o, in, e);
	if (has(o, in, "WordDocument"))
		return word(o, in, e);
	if (has(o, in, "PowerPoint Document"))
		return slides(o, in, e);
	if (has(o, in, "Workbook") || has(o, in, "Book")) {
		if ((rc = stream(o, in, has(o, in, "Workbook") ? "Workbook" : "Book", &bytes, e)) != OK)
			return rc;
		return xls_read(o->l, bytes, e);
	}
	*known = false;
	return OK;
}

static enum errc storage_read(struct ole *o, const struct compound_entry *in, struct err *e)
{
	span bytes;
	bool known, inner = in->depth > 0;
	struct err why = {0};
	enum errc rc;

	if (program_says(o->c, in) != NULL)
		return programs_read(o->l, o->c, in, e);
	rc = main_read(o, in, &known, inner ? &why : e);
	/* An object that cannot be read costs that object. */
	if (rc == ERR_EVIDENCE && inner) {
		layout_problem(o->l, "an embedded object cannot be read");
		rc = OK;
	}
	if (rc != OK || (rc = objects_read(o, in, e)) != OK)
		return rc;
	for (unsigned i = 0; i < 2 && rc == OK && !inner; i++) {
		if ((rc = stream(o, in, i == 0 ? "\5SummaryInformation" : "\5DocumentSummaryInformation", &bytes, e)) == OK && bytes.n > 0)
			property_set_read(o->l, bytes);
	}
	if (rc == OK)
		rc = form_letters(o, in, e);
	return rc == OK ? children_read(o, in, e) : rc;
}

/* Is it an office document, or an object within one? */
static bool is_document(const struct compound *c)
{
	static const char *const streams[] = {"WordDocument", "Workbook", "Book", "PowerPoint Document", "EncryptedPackage", "\1Ole10Native",
	    "Package", "CONTENTS", "EmbeddedOdf"};

	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		if (compound_find(c, &c->entries[0], span_str(streams[i])) != NULL)
			return true;
	return compound_path(c, "VBA/dir") != NULL;
}

enum errc ole_read(struct layout *l, span content, struct err *e)
{
	struct compound *c;
	struct ole o = {.l = l};
	struct err why = {0};
	enum errc rc;

	if ((rc = compound_open(l->a, content, &c, &why)) == ERR_EVIDENCE)
		return err_set(e, ERR_EVIDENCE, "a damaged Office document: %s", why.text);
	if (rc != OK)
		return err_set(e, rc, "%s", why.text);
	o.c = c;
	if (!is_document(c))
		return programs_read(l, c, &c->entries[0], e);
	rc = storage_read(&o, &c->entries[0], e);
	if ((o.problems | c->problems) != 0)
		layout_problem(l, "damaged");
	return rc;
}
