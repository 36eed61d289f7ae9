/*
 * Rows as BigQuery's API answers them, {"f": [{"v": "x"}, {"v": {"f": [...]}}]}, by a schema that has the names (Google, "REST Resource: tabledata",
 * "TableSchema"): as objects. Elastic keeps a row with its schema for each event, {"row": {...}, "schema": {...}}.
 */
#include <math.h>
#include <stdlib.h>

#include "logs/private.h"
#include "stream/decode.h"

enum { DEPTH = 12, NUMBER = 40 };

static bool is_one_of(const struct json_node *field, const char *name, const char *const *words)
{
	return span_is_one_of_nocase(json_get_text(field, name), words);
}

/* Seconds as "1.749636E9", or microseconds: as microseconds. */
static span timestamp(struct arena *a, span s)
{
	char text[NUMBER];

	if (s.n >= sizeof text || (span_find_byte(s, '.') == s.n && span_find_byte(s, 'E') == s.n))
		return s;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return span_str(arena_printf(a, "%.0f", floor(strtod(text, NULL) * 1e6 + 0.5)));
}

/* An address in Google's own tables is BYTES. What is no text stays as it is. */
static span bytes(struct arena *a, span s)
{
	unsigned char *out = arena_alloc(a, s.n + 1);
	unsigned problems = 0;
	size_t n = out != NULL ? base64_decode(s, out, &problems) : 0;

	for (size_t i = 0; i < n; i++)
		if (out[i] < ' ' || out[i] >= 0x7f)
			return s;
	return n != 0 && problems == 0 ? span_of(out, n) : s;
}

static bool row(struct arena *a, const struct json_node *fields, const struct json_node *f, unsigned depth, struct json_node *out);

static bool value(struct arena *a, const struct json_node *field, const struct json_node *v, unsigned depth, struct json_node *out)
{
	static const char *const records[] = {"RECORD", "STRUCT", NULL}, *const times[] = {"TIMESTAMP", NULL}, *const raw[] = {"BYTES", NULL};

	if (v == NULL || v->type == JSON_NULL) {
		out->type = JSON_NULL;
		return true;
	}
	if (is_one_of(field, "type", records))
		return row(a, json_get(field, "fields"), json_get(v, "f"), depth + 1, out);
	if (v->type == JSON_ARRAY || v->type == JSON_OBJECT)
		return false;
	out->type = v->type;
	out->text = is_one_of(field, "type", times) ? timestamp(a, v->text) : is_one_of(field, "type", raw) ? bytes(a, v->text) : v->text;
	return out->text.p != NULL || v->text.p == NULL;
}

/* [{"v": ...}, ...] */
static bool values(struct arena *a, const struct json_node *field, const struct json_node *v, unsigned depth, struct json_node *out)
{
	struct json_node **tail = &out->child;

	out->type = JSON_ARRAY;
	for (const struct json_node *c = v->child; c != NULL; c = c->next, tail = &(*tail)->next, out->n++)
		if ((*tail = arena_zero(a, 1, sizeof **tail)) == NULL || !value(a, field, json_get(c, "v"), depth, *tail))
			return false;
	return true;
}

static bool row(struct arena *a, const struct json_node *fields, const struct json_node *f, unsigned depth, struct json_node *out)
{
	static const char *const repeated[] = {"REPEATED", NULL};
	struct json_node **tail = &out->child;
	const struct json_node *c, *field;

	if (fields == NULL || f == NULL || fields->type != JSON_ARRAY || f->type != JSON_ARRAY || fields->n != f->n || depth > DEPTH)
		return false;
	out->type = JSON_OBJECT;
	out->n = f->n;
	for (c = f->child, field = fields->child; c != NULL; c = c->next, field = field->next, tail = &(*tail)->next) {
		const struct json_node *v = json_get(c, "v");

		if ((*tail = arena_zero(a, 1, sizeof **tail)) == NULL)
			return false;
		if (!(v != NULL && v->type == JSON_ARRAY && is_one_of(field, "mode", repeated) ? values : value)(a, field, v, depth, *tail))
			return false;
		(*tail)->key = json_get_text(field, "name");
	}
	return true;
}

const struct json_node *bigquery_row(struct arena *a, const struct json_node *fields, const struct json_node *n)
{
	struct json_node *out = arena_zero(a, 1, sizeof *out);

	return out != NULL && row(a, fields, json_get(n, "f"), 0, out) ? out : NULL;
}
