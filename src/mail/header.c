#include "mail/header.h"

#include "mail/words.h"

static const struct field *find(const struct headers *h, size_t from, span name)
{
	for (size_t i = from; i < h->n; i++)
		if (span_eq_nocase(h->fields[i].name, name))
			return &h->fields[i];
	return NULL;
}

const struct field *headers_get(const struct headers *h, const char *name) { return find(h, 0, span_str(name)); }

const struct field *headers_next(const struct headers *h, const struct field *f)
{
	return find(h, (size_t)(f - h->fields) + 1, f->name);
}

/* Never p NULL on success: the callers' sign of lack of memory. */
static span trimmed(span value)
{
	value = span_trim(value);
	return value.p != NULL ? value : SPAN_LIT("");
}

span header_unfold(struct arena *a, span value)
{
	unsigned char *p;
	size_t n = 0;

	value = trimmed(value);
	if (span_find_byte(value, '\n') == value.n && span_find_byte(value, '\r') == value.n)
		return value;
	if ((p = arena_alloc(a, value.n)) == NULL)
		return SPAN_EMPTY;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] != '\r' && value.p[i] != '\n')
			p[n++] = value.p[i];
	return span_of(p, n);
}

static bool is_plain(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] >= 0x7f || (s.p[i] == '=' && s.n - i > 1 && s.p[i + 1] == '?'))
			return false;
	return true;
}

span header_text(struct arena *a, span value, span charset)
{
	value = trimmed(value);
	return is_plain(value) || (value = header_unfold(a, value)).p == NULL ? value : words_decode(a, value, charset);
}

/* White space of folding within an identifier is no part of it; other blanks are, of some quoted ones. */
static span unfold_id(struct arena *a, span id)
{
	unsigned char *p;
	size_t n = 0;
	span line;

	if (span_find_byte(id, '\n') == id.n)
		return trimmed(id);
	if ((p = arena_alloc(a, id.n)) == NULL)
		return SPAN_EMPTY;
	while (span_line(&id, &line))
		for (line = span_trim(line); line.n != 0; line = span_from(line, 1))
			p[n++] = line.p[0];
	return span_of(p, n);
}

span header_message_id(struct arena *a, span value)
{
	size_t at, end;

	value = span_trim(value);
	while (value.n != 0 && value.p[0] == '(')
		value = span_trim(span_from(value, comment_end(value, 0)));
	at = span_find_byte(value, '<');
	if (at < value.n) {
		while (at + 1 < value.n && value.p[at + 1] == '<') /* "<<a@b>>" */
			at++;
		value = span_from(value, at + 1);
		if ((end = span_find_byte(value, '>')) < value.n)
			return unfold_id(a, span_first(value, end));
		value = span_trim(value);
	}
	for (end = 0; end < value.n && value.p[end] != '>' && !ascii_is_space(value.p[end]); end++)
		;
	return trimmed(span_first(value, end));
}
