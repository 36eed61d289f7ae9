/*
 * What is said beside the running text: in attributes of fields and pictures, and what a paragraph was before its tracked changes. It
 * must not stand between the words of the text, so it is kept until the part is read, and put behind it.
 */
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "document/private.h"

/* Each level reads what is anchored once more. */
enum { ANCHORS_DEPTH = 8 };

void beside_init(struct beside *b, struct layout *l)
{
	*b = (struct beside){.l = l};
	buf_init(&b->before, LIMIT_TEXT_BYTES);
}

static void keep(struct beside *b, struct beside_said said)
{
	struct beside_said *v = arena_grow(b->l->a, b->said, b->n, &b->cap, sizeof *v, 16);

	said.group = b->l->group;
	said.row = b->l->row;
	said.column = b->l->column;
	if (v == NULL) {
		b->failed = true;
		return;
	}
	b->said = v;
	v[b->n++] = said;
}

void beside_say(struct beside *b, span name, span written)
{
	if (span_trim(written).n > 0)
		keep(b, (struct beside_said){.name = name, .text = written});
}

void beside_before(struct beside *b, span text)
{
	buf_put(&b->before, text);
}

void beside_unblank(struct beside *b)
{
	while (b->before.n > 0 && b->before.p[b->before.n - 1] == ' ')
		b->before.n--;
}

void beside_paragraph(struct beside *b)
{
	span text = span_trim(buf_span(&b->before));

	/* What grew to the limit is kept as far as it goes; what failed before that is memory's. */
	if (b->changed && b->before.failed && b->before.n > LIMIT_TEXT_BYTES / 2)
		layout_limit(b->l, "longer than what is read of a document");
	else
		b->failed |= b->changed && b->before.failed;
	if (b->changed && text.n > 0) {
		text = arena_copy(b->l->a, text);
		keep(b, (struct beside_said){.text = text, .was = true});
		b->failed |= text.p == NULL;
	}
	b->changed = false;
	if (b->before.n > 0)
		buf_clear(&b->before);
}

/* "beside sheet Hosts", of the group that it stood in. */
static void group_begin(struct beside *b, uint32_t group, const char *kind)
{
	struct document_group g = {0};

	if (group > 0)
		memcpy(&g, b->l->groups.p + (group - 1) * sizeof g, sizeof g);
	layout_group(b->l, g.cells, kind, span_starts(g.name, b->l->prefix) ? span_from(g.name, b->l->prefix.n) : g.name);
}

static void put_all(struct beside *b, bool was, struct buf *scratch)
{
	uint32_t group = UINT32_MAX;

	for (size_t i = 0; i < b->n; i++) {
		const struct beside_said *s = &b->said[i];

		if (s->was != was)
			continue;
		if (s->group != group)
			group_begin(b, s->group, was ? "before changes of" : "beside");
		group = s->group;
		layout_at(b->l, s->row, s->column);
		buf_clear(scratch);
		xml_unescape(scratch, s->name);
		if (s->name.n > 0)
			buf_str(scratch, ": ");
		if (was)
			buf_put(scratch, s->text);
		else
			xml_unescape(scratch, s->text);
		layout_text(b->l, buf_span(scratch));
		layout_line(b->l);
	}
}

enum errc beside_done(struct beside *b, struct err *e)
{
	struct buf scratch;
	enum errc rc;

	beside_paragraph(b);
	buf_init(&scratch, LIMIT_TEXT_BYTES);
	if (!b->l->groups.failed) {
		put_all(b, true, &scratch);
		put_all(b, false, &scratch);
	}
	rc = b->failed || scratch.failed ? err_memory(e) : OK;
	buf_wipe(&scratch);
	buf_wipe(&b->before);
	return rc;
}

bool anchor_take(struct anchors *k, struct layout *l, struct xml *x)
{
	struct anchored *v;

	if (k->depth >= ANCHORS_DEPTH || (v = arena_grow(l->a, k->v, k->n, &k->cap, sizeof *v, 4)) == NULL)
		return false;
	k->v = v;
	v[k->n++] = (struct anchored){.row = l->row, .column = l->column, .row_hidden = l->row_hidden, .at = xml_take(x)};
	return true;
}

/* Asked of nearly every attribute of a document: by its first letter, so that few words are compared. */
bool attribute_says(const struct xml *x, span attribute)
{
	switch (attribute.n > 2 ? attribute.p[0] : 0) {
	case 'H': return IS_ANY(attribute, "HelpText", "HRefScreenTip");
	case 'a': return IS_ANY(attribute, "alt") || (span_eq(attribute, SPAN_LIT("author")) && xml_is(x, "comment"));
	case 'c': return IS_ANY(attribute, "comment", "command", "condition");
	case 'd':
		return (span_eq(attribute, SPAN_LIT("dest")) && xml_is(x, "hlink")) || IS_ANY(attribute, "descr", "description", "displayText", "dde-topic", "dde-item");
	case 'e': return IS_ANY(attribute, "error", "errorTitle");
	/* Where a shape of VML leads to; of OpenDocument's elements none is called so and has one. */
	case 'h': return span_eq(attribute, SPAN_LIT("href")) && IS_ANY(x->name, "shape", "rect", "roundrect", "oval", "group", "polyline");
	case 'i': return IS_ANY(attribute, "instr");
	case 'l': return IS_ANY(attribute, "label");
	case 'n': return IS_ANY(attribute, "name") && IS_ANY(x->name, "custShow", "section", "cSld", "scenario", "page", "show");
	case 'p': return IS_ANY(attribute, "prompt", "promptTitle");
	case 's':
		return IS_ANY(attribute, "string", "screentip", "supertip", "string-value-if-true", "string-value-if-false", "sql-statement");
	case 't':
		return IS_ANY(attribute, "title", "tooltip") || (span_eq(attribute, SPAN_LIT("text")) && xml_is(x, "cfRule"));
	case 'v':
		if (span_eq(attribute, SPAN_LIT("val")))
			return IS_ANY(x->name, "alias", "tag", "default", "listEntry", "helpText", "statusText", "attr", "lvlText", "item", "inputCells", "filter");
		return span_eq(attribute, SPAN_LIT("value")) &&
		       IS_ANY(x->name, "listItem", "label", "param", "filter-condition", "property", "ocxPr");
	default: return false;
	}
}

/* Programs call them "Rectangle 7", "Google Shape;92;p1", "_Toc4711", "OLE_LINK1": a number at the end, and nothing that parts a word from what it means. */
bool names_shape(const struct xml *x, span attribute, span value)
{
	if (!span_eq(attribute, SPAN_LIT("name")) || value.n == 0 || value.p[0] == '_' ||
	    !IS_ANY(x->name, "cNvPr", "docPr", "frame", "custom-shape", "bookmarkStart", "bookmark-start", "bookmark"))
		return false;
	return !ascii_is_digit(value.p[value.n - 1]) || span_find_byte(value, ':') < value.n || span_find_byte(value, '=') < value.n ||
	       span_find_byte(value, '@') < value.n;
}

void attributes_say(struct beside *b, const struct xml *x)
{
	span rest = x->attributes, name, value;

	while (rest.n > 3 && xml_attribute_next(&rest, &name, &value))
		if (value.n > 3 && (attribute_says(x, name) || names_shape(x, name, value)))
			beside_say(b, SPAN_EMPTY, value);
}

static bool hex_four(span s, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < 4 && i < s.n; i++) {
		int digit = hex_value(s.p[i]);

		if (digit < 0)
			return false;
		*out = *out * 16 + (uint32_t)digit;
	}
	return s.n > 4 && s.p[4] == '_';
}

void string_unescape(struct buf *b, size_t from)
{
	size_t at = from + span_find(span_from(buf_span(b), from), SPAN_LIT("_x")), n = at;
	uint32_t c;

	while (at < b->n) {
		if (b->p[at] == '_' && at + 6 < b->n && b->p[at + 1] == 'x' && hex_four(span_sub(buf_span(b), at + 2, 5), &c) &&
		    (c < 0xd800 || c > 0xdfff)) {
			/* A line of a title that goes on; a carriage return has its line end behind it. */
			n += utf8_write(b->p + n, c == 0x0b ? '\n' : c == 0x0d ? ' ' : c);
			at += 7;
		} else {
			b->p[n++] = b->p[at++];
		}
	}
	b->n = n < b->n ? n : b->n;
}

void backslash_unescape(struct buf *b, span s, bool n_is_line)
{
	while (s.n > 0) {
		size_t n = span_find_byte(s, '\\');

		buf_put(b, span_first(s, n));
		if (n + 1 >= s.n)
			return;
		buf_byte(b, n_is_line && ascii_lower(s.p[n + 1]) == 'n' ? '\n' : s.p[n + 1]);
		s = span_from(s, n + 2);
	}
}
