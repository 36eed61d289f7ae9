/*
 * Pages of an XML paper specification (ECMA-388) in its package. What stands on a page is runs of glyphs with a place each: runs on one
 * line are one line, and whether a blank is between them is told by where the first ends.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "document/legacy.h"

struct page { struct layout *l; struct beside beside; struct buf scratch; double end, line; bool begun; };

static double number(span s)
{
	char text[32];
	size_t n = s.n < sizeof text - 1 ? s.n : sizeof text - 1;

	if (n > 0)
		memcpy(text, s.p, n);
	text[n] = '\0';
	return strtod(text, NULL);
}

/* Advances as Indices gives them ("36,55.6;37"), in hundredths of an em; what is not given is taken as half an em. */
static double width_of(span indices, size_t n_characters, double em)
{
	double width = 0;
	size_t given = 0;

	while (indices.n > 0) {
		span one = span_first(indices, span_find_byte(indices, ';'));
		size_t comma = span_find_byte(one, ',');

		width += comma < one.n ? number(span_from(one, comma + 1)) / 100 : 0.5;
		given++;
		indices = span_from(indices, one.n + 1);
	}
	return em * (width + (given < n_characters ? 0.5 * (double)(n_characters - given) : 0));
}

static size_t characters(span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

static void glyphs(struct page *p, const struct xml *x)
{
	span written = xml_attribute(x, "UnicodeString"), text;
	double em = number(xml_attribute(x, "FontRenderingEmSize")), left = number(xml_attribute(x, "OriginX")), line = number(xml_attribute(x, "OriginY"));

	buf_clear(&p->scratch);
	xml_unescape(&p->scratch, span_starts(written, SPAN_LIT("{}")) ? span_from(written, 2) : written);
	text = buf_span(&p->scratch);
	if (text.n == 0)
		return;
	if (p->begun && (line - p->line > 1 || p->line - line > 1))
		layout_line(p->l);
	else if (p->begun && left - p->end > 0.25 * em && em > 0)
		layout_byte(p->l, ' ');
	p->begun = true;
	p->line = line;
	p->end = left + width_of(xml_attribute(x, "Indices"), characters(text), em);
	layout_text(p->l, text);
}

static void page_attributes(struct page *p, const struct xml *x)
{
	static const char *const names[] = {"AutomationProperties.HelpText", "AutomationProperties.Name", "FixedPage.NavigateUri"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		beside_say(&p->beside, SPAN_EMPTY, xml_attribute(x, names[i]));
}

static enum errc page_read(struct layout *l, span bytes, uint32_t number_of_page, struct err *e)
{
	struct page p = {.l = l};
	enum xml_event event;
	struct xml x;
	char name[16];
	enum errc rc;

	(void)snprintf(name, sizeof name, "%u", number_of_page);
	layout_group(l, false, "page", span_str(name));
	beside_init(&p.beside, l);
	buf_init(&p.scratch, LIMIT_TEXT_BYTES);
	for (x = xml_of(bytes); (event = xml_next(&x)) != XML_END && !l->text.failed;) {
		if (event != XML_OPEN || x.attributes.n == 0)
			continue;
		if (xml_is(&x, "Glyphs"))
			glyphs(&p, &x);
		page_attributes(&p, &x);
	}
	layout_line(l);
	rc = beside_done(&p.beside, e);
	if (rc == OK && p.scratch.failed)
		rc = err_memory(e);
	buf_wipe(&p.scratch);
	return rc;
}

/* A part may be cut into pieces, "1.fpage/[0].piece", "1.fpage/[1].last.piece" (OPC 10.2.4), that lie anywhere. */
struct piece { span part; uint32_t number; bool last; size_t member; };
struct pieces { struct piece *v; size_t n, *at; /* of v, from 1, by the member that is the first piece of a part */ };

static bool piece_of(span name, struct piece *out)
{
	size_t slash = name.n, n = 1;
	uint32_t number = 0;
	span rest;

	while (slash > 0 && name.p[--slash] != '/')
		continue;
	*out = (struct piece){.part = span_first(name, slash)};
	rest = span_from(name, slash + 1);
	while (n < rest.n && n < 9 && ascii_is_digit(rest.p[n]))
		number = number * 10 + (uint32_t)(rest.p[n++] - '0');
	out->number = number;
	out->last = span_eq_nocase(span_from(rest, n), SPAN_LIT("].last.piece"));
	return span_ends_nocase(out->part, SPAN_LIT(".fpage")) && n > 1 && rest.p[0] == '[' &&
	       (out->last || span_eq_nocase(span_from(rest, n), SPAN_LIT("].piece")));
}

static int by_part(const void *va, const void *vb)
{
	const struct piece *a = va, *b = vb;
	int order = span_cmp(a->part, b->part);

	if (order == 0)
		order = (a->number > b->number) - (a->number < b->number);
	return order != 0 ? order : (a->member > b->member) - (a->member < b->member);
}

static bool pieces_find(struct arena *a, const struct zip *z, struct pieces *out)
{
	out->v = arena_zero(a, z->n_members + 1, sizeof *out->v);
	out->at = arena_zero(a, z->n_members + 1, sizeof *out->at);
	if (out->v == NULL || out->at == NULL)
		return false;
	for (size_t i = 0; i < z->n_members; i++)
		if (piece_of(z->members[i].name, &out->v[out->n]))
			out->v[out->n++].member = i;
	if (out->n > 0)
		qsort(out->v, out->n, sizeof *out->v, by_part);
	for (size_t i = 0; i < out->n; i++)
		if (i == 0 || !span_eq(out->v[i].part, out->v[i - 1].part))
			out->at[out->v[i].member] = i + 1;
	return true;
}

/* All pieces of the part that begins there, as one. */
static enum errc pieces_join(struct layout *l, const struct zip *z, const struct pieces *p, size_t at, struct buf *out, struct err *e)
{
	span part = p->v[at].part;
	uint32_t number = 0;
	bool whole = true, last = false;

	buf_clear(out);
	for (size_t i = at; i < p->n && span_eq(p->v[i].part, part); i++) {
		span bytes;
		enum errc rc = package_member(l->a, l, z, &z->members[p->v[i].member], &bytes, e);

		if (rc != OK)
			return rc;
		whole &= p->v[i].number == number++;
		last = p->v[i].last;
		buf_put(out, bytes);
	}
	if (out->failed)
		layout_limit(l, "a page in pieces that is larger than what is read of one");
	else if (!whole || !last)
		layout_problem(l, "damaged: a page in pieces that are not all there");
	return OK;
}

static enum errc pages_read(struct layout *l, const struct zip *z, struct buf *joined, bool *pages, struct err *e)
{
	struct pieces pieces = {0};
	uint32_t n = 0;
	enum errc rc = OK;

	*pages = false;
	if (!pieces_find(l->a, z, &pieces))
		return err_memory(e);
	for (size_t i = 0; i < z->n_members && rc == OK && !l->text.failed; i++) {
		span bytes = SPAN_EMPTY;

		if (span_ends_nocase(z->members[i].name, SPAN_LIT(".fpage")))
			rc = package_member_xml(l->a, l, z, &z->members[i], &bytes, e);
		else if (pieces.at[i] > 0 && (rc = pieces_join(l, z, &pieces, pieces.at[i] - 1, joined, e)) == OK)
			rc = charset_to_utf8(l->a, charset_guess(buf_span(joined)), buf_span(joined), &bytes, NULL, e);
		if (rc == OK && bytes.n > 0)
			rc = page_read(l, bytes, ++n, e);
	}
	*pages = n > 0;
	return rc;
}

enum errc xps_read(struct layout *l, const struct zip *z, struct err *e)
{
	size_t before = l->text.n;
	struct buf joined;
	bool pages;
	enum errc rc;

	buf_init(&joined, LIMIT_TEXT_BYTES);
	rc = pages_read(l, z, &joined, &pages, e);
	if (pages && l->text.n == before)
		layout_problem(l, "no text in it: pictures of pages, perhaps");
	buf_wipe(&joined);
	return rc;
}
