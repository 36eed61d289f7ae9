#include "stream/xml.h"

#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* How much of it is a name, up to a blank or `end`; *name is that without its prefix. */
static size_t name_take(span s, unsigned char end, span *name)
{
	static const bool marks[256] = {[' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true, ['='] = true, [':'] = true};
	size_t n = 0, from = 0;

	for (;; n++) {
		while (n < s.n && !marks[s.p[n]])
			n++;
		if (n == s.n || s.p[n] == end || is_space(s.p[n]))
			break;
		if (s.p[n] == ':' && from == 0)
			from = n + 1;
	}
	*name = span_of(s.p + from, n - from);
	return n;
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

/* A tag ends at the ">" that is not within quotes: is this it? */
static bool ends_tag(unsigned char c, unsigned char *quote)
{
	if (*quote != 0)
		*quote = c == *quote ? 0 : *quote;
	else if (c == '"' || c == '\'')
		*quote = c;
	return c == '>' && *quote == 0;
}

static size_t tag_end(span s)
{
	unsigned char quote = 0;
	size_t i = 1;

#ifdef __SSE2__
	const __m128i gt = _mm_set1_epi8('>'), one = _mm_set1_epi8('\''), two = _mm_set1_epi8('"');

	for (; s.n - i >= sizeof gt; i += sizeof gt) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i hits = _mm_or_si128(_mm_cmpeq_epi8(v, gt), _mm_or_si128(_mm_cmpeq_epi8(v, one), _mm_cmpeq_epi8(v, two)));

		for (unsigned mask = (unsigned)_mm_movemask_epi8(hits); mask != 0; mask &= mask - 1) {
			size_t at = i + (size_t)__builtin_ctz(mask);

			if (ends_tag(s.p[at], &quote))
				return at;
		}
	}
#endif
	for (; i < s.n; i++)
		if (ends_tag(s.p[i], &quote))
			return i;
	return s.n;
}

static enum xml_event tag(struct xml *x)
{
	size_t end = tag_end(x->rest);
	bool close = x->rest.n > 1 && x->rest.p[1] == '/';
	span in = span_sub(x->rest, close ? 2 : 1, end - (close ? 2 : 1));

	x->rest = span_from(x->rest, end == x->rest.n ? end : end + 1);
	x->empty = !close && in.n > 0 && in.p[in.n - 1] == '/';
	if (x->empty)
		in.n--;
	x->attributes = span_from(in, name_take(in, ' ', &x->name));
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

struct xml xml_take(struct xml *x)
{
	struct xml in = *x;
	enum xml_event event;

	for (size_t open = 1; open > 0 && (event = xml_next(x)) != XML_END;)
		if (event != XML_TEXT && span_eq(x->name, in.name))
			open = event == XML_OPEN ? open + 1 : open - 1;
	in.rest = span_first(in.rest, in.rest.n - x->rest.n);
	return in;
}

bool xml_attribute_next(span *attributes, span *name, span *value)
{
	const unsigned char *p = attributes->p, *end, *close;
	size_t n;

	if (attributes->n == 0)
		return false;
	end = p + attributes->n;
	while (p < end && is_space(*p))
		p++;
	n = name_take(span_of(p, (size_t)(end - p)), '=', name);
	if (n == 0)
		return false;
	for (p += n; p < end && (is_space(*p) || *p == '=');)
		p++;
	if (p == end || (*p != '"' && *p != '\''))
		return false;
	close = memchr(p + 1, *p, (size_t)(end - p - 1));
	if (close == NULL)
		close = end;
	*value = span_of(p + 1, (size_t)(close - p - 1));
	p = close < end ? close + 1 : end;
	*attributes = span_of(p, (size_t)(end - p));
	return true;
}

span xml_attribute(const struct xml *x, const char *name)
{
	span rest = x->attributes, wanted = span_str(name), n, v;

	while (xml_attribute_next(&rest, &n, &v))
		if (span_eq(n, wanted))
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
