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
	buf_init(&p.scratch, MIB);
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

/* A part may be cut into pieces, "1.fpage/[0].piece", "1.fpage/[1].last.piece" (OPC 10.2.4): those of that part from member i on. */
static enum errc pieces_join(struct layout *l, const struct zip *z, size_t i, struct buf *out, struct err *e)
{
	span name = z->members[i].name, part = span_first(name, span_find(name, SPAN_LIT("/[0].piece")));

	for (unsigned piece = 0; i < z->n_members; i++) {
		char end[32];
		const char *why;
		span bytes, rest = span_from(z->members[i].name, part.n);
		enum errc rc;

		(void)snprintf(end, sizeof end, "/[%u].", piece);
		if (!span_starts(z->members[i].name, part) || !span_starts(rest, span_str(end)))
			continue;
		if ((rc = zip_read(l->a, z, &z->members[i], LIMIT_TEXT_BYTES, &bytes, &why, e)) != OK)
			return rc;
		buf_put(out, bytes);
		piece++;
	}
	return OK;
}

enum errc xps_read(struct layout *l, const struct zip *z, struct err *e)
{
	struct buf joined;
	uint32_t n = 0;
	enum errc rc = OK;

	buf_init(&joined, LIMIT_TEXT_BYTES);
	for (size_t i = 0; i < z->n_members && rc == OK && !l->text.failed; i++) {
		span name = z->members[i].name, bytes = SPAN_EMPTY;

		if (span_ends_nocase(name, SPAN_LIT(".fpage"))) {
			rc = package_xml(l, z, name, &bytes, e);
		} else if (span_ends_nocase(name, SPAN_LIT(".fpage/[0].piece"))) {
			buf_clear(&joined);
			if ((rc = pieces_join(l, z, i, &joined, e)) == OK)
				rc = charset_to_utf8(l->a, charset_guess(buf_span(&joined)), buf_span(&joined), &bytes, NULL, e);
		}
		if (rc == OK && bytes.n > 0)
			rc = page_read(l, bytes, ++n, e);
	}
	buf_wipe(&joined);
	return rc;
}
