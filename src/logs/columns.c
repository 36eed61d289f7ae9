/*
 * A table by its columns, as Splunk answers for output_mode=json_cols: {"fields": ["a", {"name": "b"}], "columns": [["1", "2"], ["3", "4"]]}. Its
 * rows are made of it, an object behind the other, so that they are read as all others are.
 */
#include "base/buf.h"
#include "logs/private.h"

struct column { span name, rest; }; /* as they stand: in quotes; behind what was taken */

static span behind_space(span s)
{
	while (s.n > 0 && (ascii_is_space(s.p[0]) || s.p[0] == ','))
		s = span_from(s, 1);
	return s;
}

/* The next value of a list that is given from behind its '['; empty at its end. */
static span take_value(span *list)
{
	span s = behind_space(*list);
	size_t n = s.n == 0 || s.p[0] == ']' ? 0 : json_extent(s);

	*list = n != 0 ? span_from(s, n) : SPAN_EMPTY;
	return span_first(s, n);
}

/* Columns of one length each: else it is not known which values are of one row. */
static bool is_by_columns(const struct json_node *n)
{
	const struct json_node *fields = json_get(n, "fields"), *columns = json_get(n, "columns");

	if (fields == NULL || columns == NULL || fields->type != JSON_ARRAY || columns->type != JSON_ARRAY || columns->n == 0 ||
	    columns->n != fields->n || columns->n > LIMIT_LOG_COLUMNS)
		return false;
	for (const struct json_node *c = columns->child; c != NULL; c = c->next)
		if (c->type != JSON_ARRAY || c->n != columns->child->n)
			return false;
	return true;
}

/* What stands behind the colon of the member of that name. */
static span member_of(span object, span name)
{
	size_t at = 0, n;
	span key;

	while (++at < object.n && walk_name(object, &at, &key)) {
		if (span_eq(key, name))
			return span_from(object, at);
		if ((n = json_extent(span_from(object, at))) == 0)
			break;
		at += n;
		at += span_find_byte(span_from(object, at), ',');
	}
	return SPAN_EMPTY;
}

/* A name in its quotes: "b" or {"name": "b"}. */
static span name_of(span field)
{
	span name = field.n > 0 && field.p[0] == '{' ? member_of(field, SPAN_LIT("name")) : field;

	return name.n > 0 && name.p[0] == '"' ? span_first(name, json_string_extent(name)) : SPAN_EMPTY;
}

enum errc columns_turned(struct arena *a, const struct json_node *n, span text, span *rows, struct err *e)
{
	span fields, columns;
	struct column *c;
	struct buf b;
	bool any = true;
	size_t count;

	*rows = SPAN_EMPTY;
	if (!is_by_columns(n))
		return OK;
	fields = span_from(member_of(text, SPAN_LIT("fields")), 1);
	columns = span_from(member_of(text, SPAN_LIT("columns")), 1);
	count = json_get(n, "columns")->n;
	if ((c = arena_zero(a, count, sizeof *c)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < count; i++) {
		span name = name_of(take_value(&fields)), list = take_value(&columns);

		if (name.n == 0 || list.n == 0 || list.p[0] != '[')
			return OK;
		c[i] = (struct column){name, span_from(list, 1)};
	}
	buf_init(&b, 6 * LIMIT_LOG_RECORD_BYTES);
	while (any && !b.failed) {
		any = false;
		for (size_t i = 0; i < count; i++) {
			span value = take_value(&c[i].rest);

			if (value.n == 0)
				continue;
			buf_str(&b, any ? "," : "{");
			buf_put(&b, c[i].name);
			buf_byte(&b, ':');
			buf_put(&b, value);
			any = true;
		}
		buf_str(&b, any ? "}\n" : "");
	}
	if (!b.failed && (*rows = arena_copy(a, buf_span(&b))).p == NULL) {
		buf_free(&b);
		return err_memory(e);
	}
	buf_free(&b);
	return OK;
}
