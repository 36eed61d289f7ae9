/*
 * Parts of an OOXML package have whatever names its relationships give them (ECMA-376 part 2, 6.5): the main part of a document that was
 * edited in a browser is word/document2.xml. The readers ask for the names that most programs give, so a part gets that one here.
 */
#include "base/limits.h"
#include "document/legacy.h"
#include "stream/charset.h"

struct known_part { const char *relation, *name; }; /* ends with %: one of several, which are numbered */
static const struct known_part of_word[] = {{"footnotes", "word/footnotes.xml"}, {"endnotes", "word/endnotes.xml"}, {"comments", "word/comments.xml"},
    {"glossaryDocument", "word/glossary/document.xml"}, {"header", "word/header%"}, {"footer", "word/footer%"}, {NULL, NULL}};
static const struct known_part of_book[] = {{"sharedStrings", "xl/sharedStrings.xml"}, {"styles", "xl/styles.xml"}, {"connections", "xl/connections.xml"}, {NULL, NULL}};
static const struct known_part of_binary_book[] = {{"sharedStrings", "xl/sharedStrings.bin"}, {"styles", "xl/styles.bin"}, {NULL, NULL}};
static const struct known_part of_slides[] = {{"slide", "ppt/slides/slide%"}, {NULL, NULL}};

/* By the root element of its main part; that of a binary workbook is no XML. */
static const struct main_part { const char *root, *name; const struct known_part *parts; } mains[] = {
	{"document", "word/document.xml", of_word}, {"workbook", "xl/workbook.xml", of_book}, {"presentation", "ppt/presentation.xml", of_slides},
	{"", "xl/workbook.bin", of_binary_book},
};

/* The name of a member, as a relationship of a part in that folder spells it; empty: memory, or it leads out. */
static span target_resolve(struct arena *a, span folder, span target)
{
	bool absolute = span_starts(target, SPAN_LIT("/"));
	unsigned char *p = arena_alloc(a, folder.n + target.n + 1);
	size_t n = 0;

	if (p == NULL)
		return SPAN_EMPTY;
	if (!absolute && folder.n > 0)
		memcpy(p, folder.p, n = folder.n);
	for (span rest = span_from(target, absolute), step; rest.n > 0; rest = span_from(rest, step.n + 1)) {
		step = span_first(rest, span_find_byte(rest, '/'));
		if (step.n == 0 || span_eq(step, SPAN_LIT(".")))
			continue;
		if (span_eq(step, SPAN_LIT(".."))) {
			size_t up = n > 0 ? span_find_last(span_of(p, n - 1), '/') : 0;

			n = n > 0 && up < n - 1 ? up + 1 : 0;
			continue;
		}
		memcpy(p + n, step.p, step.n);
		n += step.n;
		if (step.n < rest.n)
			p[n++] = '/';
	}
	return span_of(p, n);
}

span package_target(struct arena *a, const struct zip *z, span relations, span id)
{
	struct xml x;
	enum xml_event event;

	for (x = xml_of(relations); (event = xml_next(&x)) != XML_END;)
		if (event == XML_OPEN && xml_is(&x, "Relationship") && span_eq(xml_attribute(&x, "Id"), id))
			return target_resolve(a, z->folder, xml_attribute(&x, "Target"));
	return SPAN_EMPTY;
}

/* Strict documents and others have the same last word behind different addresses. */
static bool relation_is(const struct xml *x, const char *word)
{
	span type = xml_attribute(x, "Type");
	size_t slash = span_find_last(type, '/');

	return xml_is(x, "Relationship") && slash < type.n && span_eq(span_from(type, slash + 1), span_str(word));
}

/* XML of a member, looked at before anybody reads it; what is wrong with it is said when it is read. */
static enum errc part_peek(struct layout *l, const struct zip *z, span name, span *out, struct err *e)
{
	const struct zip_member *m = zip_find(z, name);
	const struct charset *told;
	const char *why;
	span bytes;
	enum errc rc;

	*out = SPAN_EMPTY;
	if (m == NULL)
		return OK;
	if ((rc = zip_read(l->a, z, m, LIMIT_TEXT_BYTES, &bytes, &why, e)) != OK)
		return rc;
	told = charset_told(span_first(bytes, 64));
	return charset_to_utf8(l->a, told != NULL ? told : charset_utf8(), bytes, out, NULL, e);
}

static void part_rename(struct zip *z, span from, span to)
{
	const struct zip_member *m = zip_find(z, from);

	if (m != NULL && to.p != NULL && zip_find(z, to) == NULL)
		z->members[m - z->members].name = to;
}

/* "word/header%": a number that none has; a part that is called so already keeps its own. */
static enum errc part_number(struct layout *l, struct zip *z, span from, const char *form, uint32_t *last, struct err *e)
{
	span begin = span_first(span_str(form), strlen(form) - 1);
	const char *name;
	uint64_t n;

	if (span_starts_nocase(from, begin) && span_ends_nocase(from, SPAN_LIT(".xml")) &&
	    span_number(span_sub(from, begin.n, from.n - begin.n - 4), 99999999, &n))
		return OK;
	do {
		if ((name = arena_printf(l->a, "%.*s%u.xml", (int)begin.n, (const char *)begin.p, ++*last)) == NULL)
			return err_memory(e);
	} while (zip_find(z, span_str(name)) != NULL);
	part_rename(z, from, span_str(name));
	return OK;
}

/* What the main part is related to. */
static enum errc related_name(struct layout *l, struct zip *z, const struct known_part *parts, span relations, struct err *e)
{
	enum xml_event event;
	enum errc rc = OK;

	for (; parts->relation != NULL && rc == OK; parts++) {
		uint32_t last = 0;

		for (struct xml x = xml_of(relations); rc == OK && (event = xml_next(&x)) != XML_END;) {
			span from;

			if (event != XML_OPEN || !relation_is(&x, parts->relation))
				continue;
			from = target_resolve(l->a, z->folder, xml_attribute(&x, "Target"));
			if (zip_find(z, from) == NULL)
				continue;
			if (span_ends_nocase(span_str(parts->name), SPAN_LIT("%")))
				rc = part_number(l, z, from, parts->name, &last, e);
			else
				part_rename(z, from, span_str(parts->name));
		}
	}
	return rc;
}

static enum errc main_kind(struct layout *l, const struct zip *z, span name, const struct main_part **out, struct err *e)
{
	enum { MAINS = sizeof mains / sizeof *mains };
	enum xml_event event = XML_END;
	struct xml x;
	span bytes;
	enum errc rc;

	for (size_t i = 0; i < MAINS; i++)
		if (span_eq_nocase(name, span_str(mains[i].name))) {
			*out = &mains[i];
			return OK;
		}
	*out = NULL;
	if (span_ends_nocase(name, SPAN_LIT(".bin"))) {
		*out = &mains[MAINS - 1];
		return OK;
	}
	if ((rc = part_peek(l, z, name, &bytes, e)) != OK)
		return rc;
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END && event != XML_OPEN;)
		;
	for (size_t i = 0; event == XML_OPEN && i < MAINS; i++)
		if (xml_is(&x, mains[i].root))
			*out = &mains[i];
	return OK;
}

static enum errc main_name(struct layout *l, struct zip *z, span name, struct err *e)
{
	const struct main_part *kind;
	size_t folder = span_find_last(name, '/') < name.n ? span_find_last(name, '/') + 1 : 0;
	const char *related = arena_printf(l->a, "%.*s_rels/%.*s.rels", (int)folder, (const char *)name.p, (int)(name.n - folder), (const char *)name.p + folder);
	span relations;
	enum errc rc;

	if (related == NULL)
		return err_memory(e);
	if (zip_find(z, name) == NULL)
		return OK;
	if ((rc = main_kind(l, z, name, &kind, e)) != OK || kind == NULL)
		return rc;
	if ((rc = part_peek(l, z, span_str(related), &relations, e)) != OK)
		return rc;
	z->folder = span_first(name, folder);
	if ((rc = related_name(l, z, kind->parts, relations, e)) != OK)
		return rc;
	part_rename(z, name, span_str(kind->name));
	if (kind->parts == of_book)
		part_rename(z, span_str(related), SPAN_LIT("xl/_rels/workbook.xml.rels"));
	else if (kind->parts == of_binary_book)
		part_rename(z, span_str(related), SPAN_LIT("xl/_rels/workbook.bin.rels"));
	return OK;
}

/* Some programs write the paths of Windows. */
static enum errc slashes_turn(struct layout *l, struct zip *z, bool *turned, struct err *e)
{
	*turned = false;
	for (size_t i = 0; i < z->n_members; i++) {
		span *name = &z->members[i].name;
		unsigned char *p;

		if (span_find_byte(*name, '\\') == name->n)
			continue;
		if ((p = arena_alloc(l->a, name->n)) == NULL)
			return err_memory(e);
		for (size_t at = 0; at < name->n; at++)
			p[at] = name->p[at] == '\\' ? '/' : name->p[at];
		*name = span_of(p, name->n);
		*turned = true;
	}
	return OK;
}

enum errc parts_name(struct layout *l, struct zip *z, struct err *e)
{
	bool turned;
	span relations;
	enum xml_event event;
	enum errc rc;

	z->folder = SPAN_LIT("xl/");
	if ((rc = slashes_turn(l, z, &turned, e)) != OK || (turned && (rc = zip_index(l->a, z, e)) != OK) ||
	    (rc = part_peek(l, z, SPAN_LIT("_rels/.rels"), &relations, e)) != OK)
		return rc;
	for (struct xml x = xml_of(relations); (event = xml_next(&x)) != XML_END;)
		if (event == XML_OPEN && relation_is(&x, "officeDocument")) {
			if ((rc = main_name(l, z, target_resolve(l->a, SPAN_EMPTY, xml_attribute(&x, "Target")), e)) != OK)
				return rc;
			break;
		}
	return zip_index(l->a, z, e);
}
