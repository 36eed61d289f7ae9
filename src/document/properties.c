/* Property sets (MS-OLEPS): title, author, and what its users added, as "name: value". */
#include <stdio.h>

#include "document/legacy.h"

enum { TYPE_STRING = 30, TYPE_WIDE = 31, PROPERTY_DICTIONARY = 0, PROPERTY_CODEPAGE = 1, PROPERTIES = 4096, NAMED = 256 };
/* Elements of a vector are said by this bit. */
#define TYPE_VECTOR 0x1000u

struct set {
	struct layout *l;
	span bytes;               /* of the section */
	const struct charset *charset;
	bool wide;                /* code page 1200 */
	bool summary;
	struct { uint32_t id; span name; } named[NAMED];
	size_t n_named;
};

static span text_of(struct set *s, span bytes, bool wide)
{
	span out;

	if (charset_to_utf8(s->l->a, wide ? charset_find(SPAN_LIT("utf-16le")) : s->charset, bytes, &out, NULL, NULL) != OK)
		return SPAN_EMPTY;
	return span_first(out, span_find_byte(out, 0));
}

static void charset_read(struct set *s, uint32_t at)
{
	uint32_t page = le32_at(s->bytes, at + 4) & 0xffff;
	const struct charset *c;
	char name[24];

	(void)snprintf(name, sizeof name, page == 65001 ? "utf-8" : page == 10000 ? "macintosh" : "windows-%u", page);
	s->wide = page == 1200;
	if (!s->wide && (c = charset_find(span_str(name))) != NULL)
		s->charset = c;
}

/* The names of the properties that a user made (2.17). */
static void dictionary_read(struct set *s, uint32_t at)
{
	struct cursor c = cursor_of(span_from(s->bytes, at));
	uint32_t n = cursor_u32(&c);

	for (uint32_t i = 0; i < n && s->n_named < NAMED && !c.bad; i++) {
		uint32_t id = cursor_u32(&c), length = cursor_u32(&c);
		span name = cursor_take(&c, s->wide ? 2 * (size_t)length : length);

		if (s->wide && length % 2 != 0)
			(void)cursor_take(&c, 2);
		if (c.bad)
			return;
		s->named[s->n_named].id = id;
		s->named[s->n_named++].name = text_of(s, name, s->wide);
	}
}

static span name_of(const struct set *s, uint32_t id)
{
	static const char *const summary[] = {[2] = "title", [3] = "subject", [4] = "author", [5] = "keywords", [6] = "comments",
	    [7] = "template", [8] = "last author", [9] = "revision", [18] = "application"};
	static const char *const document[] = {[2] = "category", [3] = "format", [13] = "part", [14] = "manager", [15] = "company", [26] = "content type",
	    [27] = "status", [28] = "language"};
	const char *name = NULL;

	for (size_t i = 0; i < s->n_named; i++)
		if (s->named[i].id == id)
			return s->named[i].name;
	if (s->summary && id < sizeof summary / sizeof *summary)
		name = summary[id];
	else if (!s->summary && id < sizeof document / sizeof *document)
		name = document[id];
	return name != NULL ? span_str(name) : SPAN_LIT("property");
}

static void value_put(struct set *s, uint32_t id, uint32_t at)
{
	struct cursor c = cursor_of(span_from(s->bytes, at));
	uint32_t type = cursor_u32(&c), n = (type & TYPE_VECTOR) != 0 ? cursor_u32(&c) : 1;
	bool wide;
	span text;

	type &= 0xfff;
	if (type != TYPE_STRING && type != TYPE_WIDE)
		return;
	wide = type == TYPE_WIDE || s->wide;
	for (uint32_t i = 0; i < n && i < PROPERTIES && !c.bad; i++) {
		uint32_t length = cursor_u32(&c);

		text = text_of(s, cursor_take(&c, type == TYPE_WIDE ? 2 * (size_t)length : length), wide);
		if (type == TYPE_WIDE && length % 2 != 0)
			(void)cursor_take(&c, 2);
		if (text.n == 0)
			continue;
		layout_text(s->l, name_of(s, id));
		layout_text(s->l, SPAN_LIT(": "));
		put_flat(s->l, text);
		layout_line(s->l);
	}
}

static void section_read(struct set *s)
{
	uint32_t n = le32_at(s->bytes, 4);

	n = n < PROPERTIES ? n : PROPERTIES;
	for (uint32_t i = 0; i < n; i++)
		if (le32_at(s->bytes, 8 + 8 * (size_t)i) == PROPERTY_CODEPAGE)
			charset_read(s, le32_at(s->bytes, 12 + 8 * (size_t)i));
	for (uint32_t i = 0; i < n; i++)
		if (le32_at(s->bytes, 8 + 8 * (size_t)i) == PROPERTY_DICTIONARY)
			dictionary_read(s, le32_at(s->bytes, 12 + 8 * (size_t)i));
	for (uint32_t i = 0; i < n && 8 + 8 * (size_t)i < s->bytes.n; i++)
		if (le32_at(s->bytes, 8 + 8 * (size_t)i) > PROPERTY_CODEPAGE)
			value_put(s, le32_at(s->bytes, 8 + 8 * (size_t)i), le32_at(s->bytes, 12 + 8 * (size_t)i));
}

void property_set_read(struct layout *l, span stream)
{
	static const unsigned char summary[4] = {0xe0, 0x85, 0x9f, 0xf2};
	uint32_t n = le32_at(stream, 24);

	layout_group(l, false, "properties", SPAN_EMPTY);
	for (uint32_t i = 0; i < n && i < 2; i++) {
		struct set s = {.l = l, .charset = charset_find(SPAN_LIT("windows-1252"))};
		size_t at = 28 + 20 * (size_t)i;

		s.summary = span_eq(span_sub(stream, at, 4), span_of(summary, sizeof summary));
		s.bytes = span_from(stream, le32_at(stream, at + 16));
		section_read(&s);
	}
}
