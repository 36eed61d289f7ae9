#include "stream/html-private.h"

#define T(a, b, c, d, e, f, g, h)                                                                              \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32 |  \
	    (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

/* By the first eight letters of the name, which tell all the names below apart from each other. */
static enum html_kind kind_of(span name)
{
	uint64_t key = 0;

	if (name.n > 10)
		return HTML_INLINE;
	for (size_t i = 0; i < name.n && i < 8; i++)
		key |= (uint64_t)ascii_lower(name.p[i]) << (8 * i);
	switch (key) {
	case T('b', 'r', 0, 0, 0, 0, 0, 0):
		return HTML_BREAK;
	case T('t', 'd', 0, 0, 0, 0, 0, 0):
	case T('t', 'h', 0, 0, 0, 0, 0, 0):
		return HTML_CELL;
	case T('p', 'r', 'e', 0, 0, 0, 0, 0):
	case T('t', 'e', 'x', 't', 'a', 'r', 'e', 'a'):
		return HTML_PRE;
	case T('s', 'c', 'r', 'i', 'p', 't', 0, 0):
	case T('s', 't', 'y', 'l', 'e', 0, 0, 0):
		return HTML_HIDDEN;
	case T('a', 0, 0, 0, 0, 0, 0, 0):
		return HTML_ANCHOR;
	case T('i', 'm', 'g', 0, 0, 0, 0, 0):
	case T('i', 'n', 'p', 'u', 't', 0, 0, 0):
	case T('m', 'e', 't', 'a', 0, 0, 0, 0):
	case T('a', 'r', 'e', 'a', 0, 0, 0, 0):
	case T('i', 'f', 'r', 'a', 'm', 'e', 0, 0):
	case T('p', 'a', 'r', 'a', 'm', 0, 0, 0):
	case T('b', 'u', 't', 't', 'o', 'n', 0, 0):
	case T('a', 'b', 'b', 'r', 0, 0, 0, 0):
		return HTML_FIELD;
	case T('p', 0, 0, 0, 0, 0, 0, 0):
	case T('d', 'i', 'v', 0, 0, 0, 0, 0):
	case T('t', 'r', 0, 0, 0, 0, 0, 0):
	case T('l', 'i', 0, 0, 0, 0, 0, 0):
	case T('u', 'l', 0, 0, 0, 0, 0, 0):
	case T('o', 'l', 0, 0, 0, 0, 0, 0):
	case T('d', 'l', 0, 0, 0, 0, 0, 0):
	case T('d', 't', 0, 0, 0, 0, 0, 0):
	case T('d', 'd', 0, 0, 0, 0, 0, 0):
	case T('h', '1', 0, 0, 0, 0, 0, 0):
	case T('h', '2', 0, 0, 0, 0, 0, 0):
	case T('h', '3', 0, 0, 0, 0, 0, 0):
	case T('h', '4', 0, 0, 0, 0, 0, 0):
	case T('h', '5', 0, 0, 0, 0, 0, 0):
	case T('h', '6', 0, 0, 0, 0, 0, 0):
	case T('h', 'r', 0, 0, 0, 0, 0, 0):
	case T('b', 'o', 'd', 'y', 0, 0, 0, 0):
	case T('h', 'e', 'a', 'd', 0, 0, 0, 0):
	case T('h', 't', 'm', 'l', 0, 0, 0, 0):
	case T('t', 'i', 't', 'l', 'e', 0, 0, 0):
	case T('t', 'a', 'b', 'l', 'e', 0, 0, 0):
	case T('t', 'h', 'e', 'a', 'd', 0, 0, 0):
	case T('t', 'b', 'o', 'd', 'y', 0, 0, 0):
	case T('t', 'f', 'o', 'o', 't', 0, 0, 0):
	case T('c', 'a', 'p', 't', 'i', 'o', 'n', 0):
	case T('f', 'o', 'r', 'm', 0, 0, 0, 0):
	case T('f', 'i', 'e', 'l', 'd', 's', 'e', 't'):
	case T('l', 'e', 'g', 'e', 'n', 'd', 0, 0):
	case T('o', 'p', 't', 'i', 'o', 'n', 0, 0):
	case T('s', 'e', 'l', 'e', 'c', 't', 0, 0):
	case T('c', 'e', 'n', 't', 'e', 'r', 0, 0):
	case T('a', 'd', 'd', 'r', 'e', 's', 's', 0):
	case T('s', 'e', 'c', 't', 'i', 'o', 'n', 0):
	case T('a', 'r', 't', 'i', 'c', 'l', 'e', 0):
	case T('a', 's', 'i', 'd', 'e', 0, 0, 0):
	case T('h', 'e', 'a', 'd', 'e', 'r', 0, 0):
	case T('f', 'o', 'o', 't', 'e', 'r', 0, 0):
	case T('n', 'a', 'v', 0, 0, 0, 0, 0):
	case T('m', 'a', 'i', 'n', 0, 0, 0, 0):
	case T('f', 'i', 'g', 'u', 'r', 'e', 0, 0):
	case T('f', 'i', 'g', 'c', 'a', 'p', 't', 'i'): /* figcaption */
	case T('b', 'l', 'o', 'c', 'k', 'q', 'u', 'o'): /* blockquote */
		return HTML_BLOCK;
	default:
		return HTML_INLINE;
	}
}

/* Behind the ">" of the tag, quoted values passed over; 0 when there is none. */
static size_t end_quoted(span in, size_t at)
{
	while (at < in.n) {
		unsigned char c = in.p[at++];

		if (c == '>')
			return at;
		/* A quote opens a value only behind "=": an apostrophe elsewhere in a tag is a mistake. */
		if ((c == '"' || c == '\'') && at >= 2) {
			size_t before = at - 2;

			while (before > 0 && ascii_is_space(in.p[before]))
				before--;
			if (in.p[before] != '=')
				continue;
			size_t close = span_find_byte(span_from(in, at), c);

			if (close == in.n - at)
				return 0;
			at += close + 1;
		}
	}
	return 0;
}

bool html_tag(span in, size_t at, bool *quotes_off, struct html_tag *t)
{
	size_t name = at + 1, end;

	t->closing = name < in.n && in.p[name] == '/';
	name += t->closing;
	if (name >= in.n || !ascii_is_alpha(in.p[name]))
		return false;
	for (end = name + 1; end < in.n; end++)
		if (in.p[end] == '>' || in.p[end] == '/' || ascii_is_space(in.p[end]))
			break;
	t->name = span_of(in.p + name, end - name);
	/* "<alice@example.org>" and "<https://...>" that somebody forgot to write as &lt; are text. */
	if (span_find_byte(t->name, '@') < t->name.n || (end < in.n && in.p[end] == '/' && in.p[end - 1] == ':'))
		return false;
	t->attributes = end;
	t->end = 0;
	if (!*quotes_off && (t->end = end_quoted(in, end)) == 0)
		*quotes_off = true;
	if (t->end == 0) {
		size_t raw = end + span_find_byte(span_from(in, end), '>');

		if (raw >= in.n)
			return false;
		t->end = raw + 1;
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
