/*
 * Events that Dovecot exports in its format tab-text (doc.dovecot.org, "Event Export"): "event:NAME", "hostname:", "start_time:", "end_time:",
 * "category:" and "field:NAME=VALUE" with tabs between them, a line each.
 */
#include "base/utf8.h"
#include "logs/private.h"

bool tabbed_sniff(span s)
{
	s = span_first(s, span_find_byte(s, '\n'));
	return span_starts(s, SPAN_LIT("event:")) && (span_has(s, SPAN_LIT("\tstart_time:")) || span_has(s, SPAN_LIT("\tend_time:")) ||
	    span_has(s, SPAN_LIT("\tfield:")));
}

/* Tabs and line ends within a value are two bytes, 0x01 and a letter; p NULL: memory. */
static span unescaped(struct arena *a, span s)
{
	unsigned char *out;
	size_t n = 0;

	if (span_find_byte(s, 1) == s.n)
		return utf8_clean(a, s);
	if ((out = arena_alloc(a, s.n)) == NULL)
		return (span){0};
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != 1 || i + 1 == s.n)
			out[n++] = s.p[i];
		else
			out[n++] = s.p[++i] == 't' ? '\t' : s.p[i] == 'n' ? '\n' : s.p[i] == 'r' ? '\r' : s.p[i] == '1' ? 1 : ' ';
	return utf8_clean(a, span_of(out, n));
}

static struct json_node *member(struct arena *a, struct json_node *of, struct json_node **last, span key, span value)
{
	struct json_node *c = arena_zero(a, 1, sizeof *c);

	if (c == NULL || (c->text = unescaped(a, value)).p == NULL || (c->key = utf8_clean(a, key)).p == NULL)
		return NULL;
	c->type = JSON_STRING;
	if (*last != NULL)
		(*last)->next = c;
	else
		of->child = c;
	*last = c;
	of->n++;
	return c;
}

enum errc tabbed_next(struct lines *l, struct arena *a, struct raw *raw, struct err *e)
{
	struct json_node *event = arena_zero(a, 1, sizeof *event), *fields = NULL, *last = NULL, *last_field = NULL;
	span line, one;

	do
		if (!lines_next(l, raw, &line))
			return OK;
	while (line.n == 0);
	if (event == NULL || (fields = member(a, event, &last, SPAN_LIT("fields"), SPAN_EMPTY)) == NULL)
		return err_memory(e);
	event->type = fields->type = JSON_OBJECT;
	for (size_t n; line.n != 0 && event->n + fields->n < LIMIT_LOG_COLUMNS; line = span_from(line, n + 1)) {
		bool field;
		size_t is;

		n = span_find_byte(line, '\t');
		one = span_first(line, n);
		field = span_starts(one, SPAN_LIT("field:"));
		one = span_from(one, field ? 6 : 0);
		is = span_find_byte(one, field ? '=' : ':');
		if ((field ? member(a, fields, &last_field, span_first(one, is), span_from(one, is + 1))
			   : member(a, event, &last, span_first(one, is), span_from(one, is + 1))) == NULL)
			return err_memory(e);
	}
	raw->problems |= line.n != 0 ? LOG_LIMITED : 0;
	raw->node = event;
	return OK;
}
