#include "stream/html-private.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/*
 * Elements by the first eight letters of their name, which tell these apart, in a table without collisions: the
 * multiplier was searched for until there were none, and the compiler says so when a new name makes one.
 */
#define KEY(a, b, c, d, e, f, g, h)                                                                            \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 |  \
	    (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)
#define SLOT(key) ((key) * 0x75870c56a480a56du >> 56)
#define E(kind, ...) [SLOT(KEY(__VA_ARGS__))] = {KEY(__VA_ARGS__), kind}

static const struct { uint64_t key; enum html_kind kind; } elements[256] = {
	E(HTML_BREAK, 'b', 'r', 0, 0, 0, 0, 0, 0),
	E(HTML_CELL, 't', 'd', 0, 0, 0, 0, 0, 0),
	E(HTML_CELL, 't', 'h', 0, 0, 0, 0, 0, 0),
	E(HTML_PRE, 'p', 'r', 'e', 0, 0, 0, 0, 0),
	E(HTML_PRE, 't', 'e', 'x', 't', 'a', 'r', 'e', 'a'),
	E(HTML_PRE, 'l', 'i', 's', 't', 'i', 'n', 'g', 0),
	E(HTML_PRE, 'x', 'm', 'p', 0, 0, 0, 0, 0),
	E(HTML_HIDDEN, 's', 'c', 'r', 'i', 'p', 't', 0, 0),
	E(HTML_HIDDEN, 's', 't', 'y', 'l', 'e', 0, 0, 0),
	E(HTML_ANCHOR, 'a', 0, 0, 0, 0, 0, 0, 0),
	E(HTML_FIELD, 'i', 'm', 'g', 0, 0, 0, 0, 0),
	E(HTML_FIELD, 'i', 'n', 'p', 'u', 't', 0, 0, 0),
	E(HTML_FIELD, 'm', 'e', 't', 'a', 0, 0, 0, 0),
	E(HTML_FIELD, 'a', 'r', 'e', 'a', 0, 0, 0, 0),
	E(HTML_FIELD, 'i', 'f', 'r', 'a', 'm', 'e', 0, 0),
	E(HTML_FIELD, 'p', 'a', 'r', 'a', 'm', 0, 0, 0),
	E(HTML_FIELD, 'b', 'u', 't', 't', 'o', 'n', 0, 0),
	E(HTML_FIELD, 'a', 'b', 'b', 'r', 0, 0, 0, 0),
	E(HTML_BLOCK, 'p', 0, 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'd', 'i', 'v', 0, 0, 0, 0, 0),
	E(HTML_ROW, 't', 'r', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'l', 'i', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'n', 'o', 's', 'c', 'r', 'i', 'p', 't'),
	E(HTML_BLOCK, 't', 'e', 'm', 'p', 'l', 'a', 't', 'e'),
	E(HTML_BLOCK, 'u', 'l', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'o', 'l', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'd', 'l', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'd', 't', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'd', 'd', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', '1', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', '2', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', '3', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', '4', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', '5', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', '6', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', 'r', 0, 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'b', 'o', 'd', 'y', 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', 'e', 'a', 'd', 0, 0, 0, 0),
	E(HTML_BLOCK, 'h', 't', 'm', 'l', 0, 0, 0, 0),
	E(HTML_BLOCK, 't', 'i', 't', 'l', 'e', 0, 0, 0),
	E(HTML_BLOCK, 't', 'a', 'b', 'l', 'e', 0, 0, 0),
	E(HTML_BLOCK, 't', 'h', 'e', 'a', 'd', 0, 0, 0),
	E(HTML_BLOCK, 't', 'b', 'o', 'd', 'y', 0, 0, 0),
	E(HTML_BLOCK, 't', 'f', 'o', 'o', 't', 0, 0, 0),
	E(HTML_BLOCK, 'c', 'a', 'p', 't', 'i', 'o', 'n', 0),
	E(HTML_BLOCK, 'f', 'o', 'r', 'm', 0, 0, 0, 0),
	E(HTML_BLOCK, 'f', 'i', 'e', 'l', 'd', 's', 'e', 't'),
	E(HTML_BLOCK, 'l', 'e', 'g', 'e', 'n', 'd', 0, 0),
	E(HTML_BLOCK, 'o', 'p', 't', 'i', 'o', 'n', 0, 0),
	E(HTML_BLOCK, 's', 'e', 'l', 'e', 'c', 't', 0, 0),
	E(HTML_BLOCK, 'c', 'e', 'n', 't', 'e', 'r', 0, 0),
	E(HTML_BLOCK, 'a', 'd', 'd', 'r', 'e', 's', 's', 0),
	E(HTML_BLOCK, 's', 'e', 'c', 't', 'i', 'o', 'n', 0),
	E(HTML_BLOCK, 'a', 'r', 't', 'i', 'c', 'l', 'e', 0),
	E(HTML_BLOCK, 'a', 's', 'i', 'd', 'e', 0, 0, 0),
	E(HTML_BLOCK, 'h', 'e', 'a', 'd', 'e', 'r', 0, 0),
	E(HTML_BLOCK, 'f', 'o', 'o', 't', 'e', 'r', 0, 0),
	E(HTML_BLOCK, 'n', 'a', 'v', 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'm', 'a', 'i', 'n', 0, 0, 0, 0),
	E(HTML_BLOCK, 'f', 'i', 'g', 'u', 'r', 'e', 0, 0),
	E(HTML_BLOCK, 'f', 'i', 'g', 'c', 'a', 'p', 't', 'i'),
	E(HTML_BLOCK, 'd', 'e', 't', 'a', 'i', 'l', 's', 0),
	E(HTML_BLOCK, 's', 'u', 'm', 'm', 'a', 'r', 'y', 0),
	E(HTML_BLOCK, 'd', 'i', 'a', 'l', 'o', 'g', 0, 0),
	E(HTML_BLOCK, 'h', 'g', 'r', 'o', 'u', 'p', 0, 0),
	E(HTML_BLOCK, 'm', 'e', 'n', 'u', 0, 0, 0, 0),
	E(HTML_BLOCK, 'd', 'i', 'r', 0, 0, 0, 0, 0),
	E(HTML_BLOCK, 'd', 'e', 's', 'c', 0, 0, 0, 0), /* of SVG, and the next one */
	E(HTML_BLOCK, 't', 'e', 'x', 't', 0, 0, 0, 0),
	E(HTML_BREAK, 'n', 'l', 0, 0, 0, 0, 0, 0), /* of text/richtext (RFC 1341) */
	E(HTML_BLOCK, 'p', 'a', 'r', 'a', 'g', 'r', 'a', 'p'),
	E(HTML_BLOCK, 'n', 'o', 'f', 'r', 'a', 'm', 'e', 's'),
	E(HTML_BLOCK, 'n', 'o', 'e', 'm', 'b', 'e', 'd', 0),
	E(HTML_BLOCK, 'o', 'b', 'j', 'e', 'c', 't', 0, 0),
	E(HTML_BLOCK, 'b', 'l', 'o', 'c', 'k', 'q', 'u', 'o'),
};

static enum html_kind kind_of(span name)
{
	uint64_t key = 0;

	for (size_t i = 0; i < name.n && i < 8; i++)
		key |= (uint64_t)(name.p[i] | 0x20) << (8 * i);
	return elements[SLOT(key)].key == key && name.n <= 10 ? elements[SLOT(key)].kind : HTML_INLINE;
}

/* The first '>', '"' or '\'' at or behind `at`; in.n when there is none. */
static size_t tag_event(span in, size_t at)
{
#if defined(__SSE2__)
	const __m128i gt = _mm_set1_epi8('>'), quote = _mm_set1_epi8('"'), apostrophe = _mm_set1_epi8('\'');

	while (in.n - at >= 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(in.p + at));
		__m128i event = _mm_or_si128(_mm_cmpeq_epi8(x, gt),
		    _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, apostrophe)));
		unsigned mask = (unsigned)_mm_movemask_epi8(event);

		if (mask != 0)
			return at + (unsigned)__builtin_ctz(mask);
		at += 16;
	}
#endif
	while (at < in.n && in.p[at] != '>' && in.p[at] != '"' && in.p[at] != '\'')
		at++;
	return at;
}

/* A quote opens a value only behind "=": an apostrophe elsewhere in a tag is a mistake. */
static bool opens_value(span in, size_t quote)
{
	size_t before = quote - 1;

	while (before > 0 && ascii_is_space(in.p[before]))
		before--;
	return in.p[before] == '=';
}

/* Behind the first ">", where no quote can be open at it; 0 when that is not plain. */
static size_t end_plain(span in, size_t at)
{
#if defined(__SSE2__)
	const __m128i gt = _mm_set1_epi8('>'), quote = _mm_set1_epi8('"'), apostrophe = _mm_set1_epi8('\'');
	unsigned odd = 0;

	while (in.n - at >= 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(in.p + at));
		unsigned ends = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, gt));
		unsigned before = ends != 0 ? (ends & -ends) - 1 : 0xffff;

		if (((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, apostrophe)) & before) != 0)
			return 0;
		odd ^= (unsigned)__builtin_parity((unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, quote)) & before);
		if (ends != 0)
			return odd != 0 ? 0 : at + (unsigned)__builtin_ctz(ends) + 1;
		at += 16;
	}
#else
	(void)in;
	(void)at;
#endif
	return 0;
}

/* Behind the ">" of the tag, quoted values passed over; 0 when there is none. */
static size_t end_quoted(span in, size_t at)
{
	while ((at = tag_event(in, at)) < in.n) {
		unsigned char c = in.p[at++];

		if (c == '>')
			return at;
		if (!opens_value(in, at - 1))
			continue;
		/* The other quote and ">" are of the value. */
		while ((at = tag_event(in, at)) < in.n && in.p[at] != c)
			at++;
		if (at == in.n)
			return 0;
		at++;
	}
	return 0;
}

bool html_tag(span in, size_t at, struct html_missing *missing, struct html_tag *t)
{
	size_t name = at + 1, end;

	t->closing = name < in.n && in.p[name] == '/';
	name += t->closing;
	if (missing->tag_end || name >= in.n || !ascii_is_alpha(in.p[name]))
		return false;
	/* "<alice@example.org>" and "<https://...>" that somebody forgot to write as &lt; are text. */
	for (end = name + 1; end < in.n && in.p[end] != '>' && in.p[end] != '/' && !ascii_is_space(in.p[end]); end++)
		if (in.p[end] == '@' || in.p[end] == '<')
			return false;
	if (end < in.n && in.p[end] == '/' && in.p[end - 1] == ':')
		return false;
	t->name = span_of(in.p + name, end - name);
	t->attributes = end;
	t->end = missing->quoted_end ? 0 : end_plain(in, end);
	if (t->end == 0 && !missing->quoted_end && (t->end = end_quoted(in, end)) == 0)
		missing->quoted_end = true;
	if (t->end == 0)
		t->end = end + span_find_byte(span_from(in, end), '>') + 1;
	if (t->end > in.n) {
		missing->tag_end = true;
		return false;
	}
	t->kind = kind_of(t->name);
	return true;
}

static bool value_next(const unsigned char *p, size_t end, size_t *at, span *value)
{
	size_t i = *at, from;
	unsigned char quote;

	while (i < end && ascii_is_space(p[i]))
		i++;
	if (i == end || p[i] != '=')
		return false;
	i++;
	while (i < end && ascii_is_space(p[i]))
		i++;
	quote = i < end && (p[i] == '"' || p[i] == '\'') ? p[i] : 0;
	from = i += quote != 0;
	while (i < end && (quote != 0 ? p[i] != quote : !ascii_is_space(p[i])))
		i++;
	*value = span_of(p + from, i - from);
	*at = i + (quote != 0 && i < end);
	return true;
}

bool html_attribute(span in, const struct html_tag *t, size_t *at, struct html_attribute *a)
{
	size_t end = t->end - 1, i = *at < t->attributes ? t->attributes : *at, from;

	while (i < end && (ascii_is_space(in.p[i]) || in.p[i] == '/'))
		i++;
	if (i >= end)
		return false;
	from = i++;
	while (i < end && in.p[i] != '=' && in.p[i] != '/' && !ascii_is_space(in.p[i]))
		i++;
	a->name = span_of(in.p + from, i - from);
	a->value = SPAN_EMPTY;
	(void)value_next(in.p, end, &i, &a->value);
	*at = i;
	return true;
}

bool html_names_program(span in, const struct html_tag *t)
{
	struct html_attribute a;

	if (!span_eq_nocase(t->name, SPAN_LIT("meta")))
		return false;
	for (size_t at = 0; html_attribute(in, t, &at, &a);)
		if (span_eq_nocase(a.name, SPAN_LIT("name")))
			return span_is_one_of_nocase(span_trim(a.value), SPAN_WORDS("generator", "originator", "progid"));
	return false;
}

bool html_shows_typed(span in, const struct html_tag *t)
{
	struct html_attribute a;

	if (!span_eq_nocase(t->name, SPAN_LIT("input")))
		return false;
	for (size_t at = 0; html_attribute(in, t, &at, &a);)
		if (span_eq_nocase(a.name, SPAN_LIT("type")))
			return span_is_one_of_nocase(span_trim(a.value), SPAN_WORDS("", "text", "email", "tel", "url", "number", "date", "search"));
	return true;
}
