#include "document/xml.h"

#include "base/utf8.h"

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static span unprefixed(span name)
{
	size_t colon = span_find_byte(name, ':');

	return colon < name.n ? span_from(name, colon + 1) : name;
}

/* Past what ends with `end`; the rest of the bytes when it never does. */
static void skip_past(struct xml *x, span end)
{
	size_t at = span_find(x->rest, end);

	x->rest = span_from(x->rest, at == x->rest.n ? at : at + end.n);
}

/* "<!...": a comment, a CDATA section (then true), or a declaration, which may have an internal subset in brackets. */
static bool bang(struct xml *x)
{
	if (span_starts(x->rest, SPAN_LIT("<![CDATA["))) {
		span body = span_from(x->rest, 9);
		size_t n = span_find(body, SPAN_LIT("]]>"));

		x->text = span_first(body, n);
		x->cdata = true;
		x->rest = span_from(body, n == body.n ? n : n + 3);
		return true;
	}
	if (span_starts(x->rest, SPAN_LIT("<!--"))) {
		x->rest = span_from(x->rest, 4);
		skip_past(x, SPAN_LIT("-->"));
	} else {
		size_t close = span_find_byte(x->rest, '>');

		if (span_find_byte(span_first(x->rest, close), '[') < close)
			skip_past(x, SPAN_LIT("]"));
		skip_past(x, SPAN_LIT(">"));
	}
	return false;
}

/* A tag ends at the ">" that is not within quotes. */
static size_t tag_end(span s)
{
	unsigned char quote = 0;

	for (size_t i = 1; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return i;
	}
	return s.n;
}

static enum xml_event tag(struct xml *x)
{
	size_t end = tag_end(x->rest), n = 0;
	bool close = x->rest.n > 1 && x->rest.p[1] == '/';
	span in = span_sub(x->rest, close ? 2 : 1, end - (close ? 2 : 1));

	x->rest = span_from(x->rest, end == x->rest.n ? end : end + 1);
	x->empty = !close && in.n > 0 && in.p[in.n - 1] == '/';
	if (x->empty)
		in.n--;
	while (n < in.n && !is_space(in.p[n]))
		n++;
	x->name = unprefixed(span_first(in, n));
	x->attributes = span_from(in, n);
	x->close_due = x->empty;
	return close ? XML_CLOSE : XML_OPEN;
}

enum xml_event xml_next(struct xml *x)
{
	if (x->close_due) {
		x->close_due = false;
		x->empty = false;
		return XML_CLOSE;
	}
	while (x->rest.n > 0) {
		if (x->rest.p[0] != '<') {
			size_t n = span_find_byte(x->rest, '<');

			x->text = span_first(x->rest, n);
			x->cdata = false;
			x->rest = span_from(x->rest, n);
			return XML_TEXT;
		}
		if (x->rest.n > 1 && x->rest.p[1] == '!') {
			if (bang(x))
				return XML_TEXT;
		} else if (x->rest.n > 1 && x->rest.p[1] == '?') {
			skip_past(x, SPAN_LIT("?>"));
		} else {
			return tag(x);
		}
	}
	return XML_END;
}

bool xml_attribute_next(span *attributes, span *name, span *value)
{
	span s = *attributes;
	size_t n = 0;

	while (s.n > 0 && is_space(s.p[0]))
		s = span_from(s, 1);
	while (n < s.n && s.p[n] != '=' && !is_space(s.p[n]))
		n++;
	if (n == 0 || n == s.n)
		return false;
	*name = unprefixed(span_first(s, n));
	s = span_from(s, n);
	while (s.n > 0 && (is_space(s.p[0]) || s.p[0] == '='))
		s = span_from(s, 1);
	if (s.n == 0 || (s.p[0] != '"' && s.p[0] != '\''))
		return false;
	n = span_find_byte(span_from(s, 1), s.p[0]);
	*value = span_sub(s, 1, n);
	*attributes = span_from(s, n + 2 < s.n ? n + 2 : s.n);
	return true;
}

span xml_attribute(const struct xml *x, const char *name)
{
	span rest = x->attributes, n, v;

	while (xml_attribute_next(&rest, &n, &v))
		if (span_eq(n, span_str(name)))
			return v;
	return SPAN_EMPTY;
}

/* "#228", "#xE4", "amp" */
static uint32_t entity(span s)
{
	static const struct { const char *name; unsigned char c; } known[] = {
	    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
	uint32_t c = 0;
	bool hex;

	if (s.n < 2 || s.p[0] != '#') {
		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (span_eq(s, span_str(known[i].name)))
				return known[i].c;
		return 0;
	}
	hex = s.p[1] == 'x';
	for (size_t i = hex ? 2 : 1; i < s.n && c < 0x110000; i++) {
		unsigned char d = ascii_lower(s.p[i]);

		if (ascii_is_digit(d))
			c = c * (hex ? 16 : 10) + (uint32_t)(d - '0');
		else if (hex && d >= 'a' && d <= 'f')
			c = c * 16 + (uint32_t)(d - 'a' + 10);
		else
			return 0;
	}
	return c < 0x110000 && (c < 0xd800 || c > 0xdfff) ? c : 0;
}

void xml_unescape(struct buf *out, span s)
{
	while (s.n > 0) {
		size_t n = span_find_byte(s, '&'), end;
		uint32_t c;

		buf_put(out, span_first(s, n));
		s = span_from(s, n);
		if (s.n == 0)
			return;
		end = span_find_byte(span_first(s, 12), ';');
		c = end < s.n && end < 12 ? entity(span_sub(s, 1, end - 1)) : 0;
		if (c == 0) {
			buf_byte(out, '&');
			s = span_from(s, 1);
			continue;
		}
		utf8_put(out, c);
		s = span_from(s, end + 1);
	}
}
