/*
 * JSON of any framing: one value, JSON lines, arrays, pages of an interface ({"value": [...]}), several of them one behind
 * the other. Behind a damaged record the next one is found by the line, or by the member that records begin with.
 */
#include <stdio.h>

#include "logs/private.h"

/* Members that stand around records in answers of interfaces; the second list holds the records. */
static const char *const around[] = {"@odata.context", "@odata.count", "@odata.nextlink", "kind", "etag", "value",
    "records", "items", "took", "timed_out", "_shards", "hits", "results", "nextpagetoken", "nextlink", "data", "count",
    "total", "pit_id", "schema", "stats",
    "tables", "preview", "init_offset", "messages", "fields", "columns",
    "body", "offset", "sequencenumber", "enqueuedtimeutc", "partitionkey", "systemproperties", /* of Event Hubs */
    "messagetype", "owner", "loggroup", "logstream", "subscriptionfilters", "logevents", "events", /* of CloudWatch */
    "entries", NULL}; /* of Google Cloud Logging */
static const char *const lists[] = {"value", "records", "items", "hits", "results", "data", "tables", "body", "logevents", "entries", NULL};

enum { MEMBERS = 16 }; /* of a table, before its rows */

static size_t space_end(span s, size_t at)
{
	while (at < s.n && ascii_is_space(s.p[at]))
		at++;
	return at;
}

/* A member's name at s.p[at]; *at behind its colon. Names with escapes are compared as they stand. */
bool walk_name(span s, size_t *at, span *name)
{
	size_t i = space_end(s, *at), n;

	if (i >= s.n || s.p[i] != '"' || (n = json_string_extent(span_first(span_from(s, i), 4 * KIB))) == 0)
		return false;
	*name = span_sub(s, i + 1, n - 2);
	i = space_end(s, i + n);
	if (i >= s.n || s.p[i] != ':')
		return false;
	*at = space_end(s, i + 1);
	return *at < s.n;
}

/* Is the object at s.p[at] one that holds a list of records? Then *first is behind the list's '[' and *objects counts. */
static bool holds_list(span s, size_t at, size_t *first, unsigned *objects)
{
	span name;
	size_t n;

	*objects = 1;
	for (unsigned members = 0; members < 64; members++) {
		if (++at > s.n || !walk_name(s, &at, &name) || (members == 0 && !span_is_one_of_nocase(name, around)))
			return false;
		/* "events" first: of "aws logs". Elsewhere it is a member of Google's records. */
		if ((span_is_one_of_nocase(name, lists) || (members == 0 && span_eq_nocase(name, SPAN_LIT("events")))) && s.p[at] == '[') {
			n = space_end(s, at + 1);
			*first = at + 1;
			return n < s.n && (s.p[n] == '{' || s.p[n] == ']' || s.p[n] == '"');
		}
		if (span_is_one_of_nocase(name, lists) && s.p[at] == '{' && *objects < 3) {
			++*objects;
			members = 0;
			continue;
		}
		if ((n = json_extent(span_first(span_from(s, at), MIB))) == 0)
			return false;
		at = space_end(s, at + n);
		if (at >= s.n || s.p[at] != ',')
			return false;
	}
	return false;
}

/* Does a token of the next page stand between a schema, which ends at s.p[at], and the rows? */
static bool more_pages(span s, size_t at)
{
	span name;
	size_t n;

	for (unsigned members = 0; members < MEMBERS && (at = space_end(s, at)) < s.n && s.p[at] == ','; members++) {
		if (++at > s.n || !walk_name(s, &at, &name) || span_eq_nocase(name, SPAN_LIT("rows")))
			return false;
		if (span_eq_nocase(name, SPAN_LIT("pageToken")) && s.p[at] == '"')
			return true;
		if ((n = json_extent(span_first(span_from(s, at), MIB))) == 0)
			return false;
		at += n;
	}
	return false;
}

/* "columns": [{"name": "a"}, ...] of Log Analytics and Kusto; ColumnName of older ones; "fields": ["a", ...] of Splunk. */
enum errc walk_columns(struct walk *w, size_t at, struct err *e)
{
	struct json_node *list;
	unsigned problems = 0;
	size_t used;
	enum errc rc = json_read(w->a, span_sub(w->file, at, LIMIT_LOG_RECORD_BYTES), &list, &used, &problems, e);

	if (rc != OK)
		return rc;
	w->schema = json_get(list, "fields");
	w->more_pages = w->schema != NULL && more_pages(w->file, at + used);
	if ((w->columns = arena_zero(w->a, list->n + 1, sizeof *w->columns)) == NULL)
		return err_memory(e);
	w->n_columns = 0;
	w->columns_at = at;
	for (const struct json_node *c = w->schema == NULL ? list->child : NULL; c != NULL; c = c->next) {
		span name = c->type == JSON_STRING ? c->text : json_get_text(c, "name");

		w->columns[w->n_columns++] = name.n != 0 ? name : json_get_text(c, "ColumnName");
	}
	return OK;
}

/* Is the object at s.p[at] a table, {"name": ..., "columns": [...], "rows": [[...]]}, or BigQuery's with a schema? *rows is behind the rows' '['. */
static bool holds_rows(span s, size_t at, size_t *columns, size_t *rows)
{
	span name;
	size_t n;

	*columns = 0;
	for (unsigned members = 0; members < (*columns != 0 ? MEMBERS : 8); members++) {
		if (++at > s.n || !walk_name(s, &at, &name))
			return false;
		if (span_eq_nocase(name, SPAN_LIT("rows")) && s.p[at] == '[' && *columns != 0) {
			*rows = at + 1;
			return true;
		}
		if ((span_eq_nocase(name, SPAN_LIT("columns")) || span_eq_nocase(name, SPAN_LIT("fields"))) && s.p[at] == '[')
			*columns = at;
		else if (span_eq_nocase(name, SPAN_LIT("schema")) && s.p[at] == '{')
			*columns = at;
		else if (span_eq_nocase(name, SPAN_LIT("jobReference")) && s.p[at] == '{')
			;
		else if (!ascii_is_one_of(s.p[at], "\"tf") && !ascii_is_digit(s.p[at]) && !span_eq_nocase(name, SPAN_LIT("messages")))
			return false;
		if ((n = json_extent(span_first(span_from(s, at), MIB))) == 0)
			return false;
		at = space_end(s, at + n);
		if (at >= s.n || s.p[at] != ',')
			return false;
	}
	return false;
}

/* A row as an object of its columns. */
static enum errc row_named(const struct walk *w, struct arena *a, struct json_node *row, struct json_node **out, struct err *e)
{
	struct json_node *o = arena_zero(a, 1, sizeof *o);
	size_t i = 0;

	if ((*out = o) == NULL)
		return err_memory(e);
	o->type = JSON_OBJECT;
	o->child = row->child;
	for (struct json_node *c = row->child; c != NULL; c = c->next, i++)
		c->key = i < w->n_columns ? w->columns[i] : SPAN_LIT("");
	o->n = row->n;
	return OK;
}

/* A row of BigQuery's as an object. The last one says that there are more pages. */
static void row_by_schema(const struct walk *w, struct arena *a, struct json_node *row, struct raw *raw)
{
	size_t behind = space_end(w->file, w->at);

	raw->node = bigquery_row(a, w->schema, row);
	if (raw->node == NULL)
		raw->reason = "a row that does not fit its schema";
	else if (w->more_pages && (behind >= w->file.n || w->file.p[behind] != ','))
		raw->problems |= LOG_RESULTS_CUT;
}

/* White space before the value in its line; SIZE_MAX when something else stands before it. */
static size_t indent_of(span s, size_t at)
{
	size_t i = at;

	while (i > 0 && (s.p[i - 1] == ' ' || s.p[i - 1] == '\t'))
		i--;
	return i == 0 || s.p[i - 1] == '\n' ? at - i : SIZE_MAX;
}

/* The next line that begins as the damaged record's line did, or the end. What was found is kept for the next one. */
static size_t next_like_line(struct walk *w, size_t at)
{
	span s = w->file;
	size_t indent = indent_of(s, at), i = at;

	if (indent == SIZE_MAX)
		indent = 0;
	if (indent == w->line_indent && at >= w->line_from && at < w->line_at)
		return w->line_at;
	w->line_indent = indent;
	w->line_from = at;
	w->line_at = s.n;
	while ((i += span_find_byte(span_from(s, i), '\n')) < s.n) {
		size_t begin = ++i;

		while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
			i++;
		if (i < s.n && i - begin == indent && (s.p[i] == '{' || s.p[i] == '[')) {
			w->line_at = i;
			break;
		}
	}
	w->looked_again += w->line_at - at;
	return w->line_at;
}

/* The next object that begins with the same member, behind a comma or bracket; or s.n. */
static size_t next_like_name(span s, size_t at)
{
	size_t i = at, key = space_end(s, at + 1), n, before;
	span prefix;

	if (s.p[at] != '{' || key >= s.n || s.p[key] != '"' ||
	    (n = json_string_extent(span_first(span_from(s, key), KIB))) == 0)
		return s.n;
	prefix = span_sub(s, at, key + n - at);
	while ((i += 1 + span_find(span_from(s, i + 1), prefix)) < s.n) {
		for (before = i; before > at && ascii_is_space(s.p[before - 1]); before--)
			;
		if (before > at && (s.p[before - 1] == ',' || s.p[before - 1] == '[' || before < i))
			return i;
	}
	return s.n;
}

/* Where the damaged record at `at` ends. */
static size_t damaged_end(struct walk *w, size_t at)
{
	span s = w->file;
	size_t by_line, by_name, extent, end;

	if (w->looked_again > LIMIT_LOG_RESYNC_BYTES)
		return s.n;
	by_line = next_like_line(w, at);
	by_name = next_like_name(span_first(s, by_line), at);
	end = by_name < by_line ? by_name : by_line;
	w->looked_again += end - at;
	if (s.p[at] == '{' && (extent = json_extent(span_sub(s, at, end - at))) != 0) {
		size_t behind = space_end(s, at + extent);

		if (behind >= s.n || behind == end || s.p[behind] == ',' || s.p[behind] == ']' || s.p[behind] == '}')
			return at + extent;
	}
	while (end > at + 1 && (ascii_is_space(s.p[end - 1]) || s.p[end - 1] == ','))
		end--;
	return end;
}

/* Brackets and members around the records, up to the next one; false at the end of the file. */
static bool to_next(struct walk *w)
{
	span s = w->file, name;
	size_t first, columns, n;
	struct err ignored;
	unsigned objects;

	for (;;) {
		while (w->at < s.n && (ascii_is_space(s.p[w->at]) || s.p[w->at] == ',' || s.p[w->at] == 0x1e))
			w->at++; /* 0x1e: JSON text sequences (RFC 7464) */
		if (w->at >= s.n)
			return false;
		if (w->depth > 0 && s.p[w->at] == (w->tail[w->depth - 1] ? '}' : ']')) {
			w->rows_depth = w->depth == w->rows_depth ? 0 : w->rows_depth;
			w->depth--;
			w->at++;
		} else if (w->rows_depth != 0 && w->depth == w->rows_depth) {
			return true;
		} else if (w->depth > 0 && w->tail[w->depth - 1]) {
			size_t at = w->at;

			if (!walk_name(s, &at, &name) || (n = json_extent(span_from(s, at))) == 0) {
				w->depth = 0;
				return true;
			}
			w->at = at + n;
		} else if (s.p[w->at] == '[' && w->depth < WALK_DEPTH) {
			w->tail[w->depth++] = false;
			w->at++;
		} else if (s.p[w->at] == '{' && w->depth + 2 < WALK_DEPTH && holds_rows(s, w->at, &columns, &first) &&
		           walk_columns(w, columns, &ignored) == OK) {
			w->tail[w->depth++] = true;
			w->tail[w->depth++] = false;
			w->rows_depth = w->depth;
			w->at = first;
		} else if (s.p[w->at] == '{' && holds_list(s, w->at, &first, &objects) && w->depth + objects < WALK_DEPTH) {
			while (objects-- > 0)
				w->tail[w->depth++] = true;
			w->tail[w->depth++] = false;
			w->at = first;
		} else {
			return true;
		}
	}
}

unsigned walk_problems(unsigned json)
{
	return ((json & JSON_BAD_UTF8) != 0 ? LOG_BAD_UTF8 : 0) | ((json & JSON_LENIENT) != 0 ? LOG_LENIENT_JSON : 0) |
	       ((json & JSON_LEFT_OUT) != 0 ? LOG_LIMITED : 0);
}

/* What can be had of a damaged record: the members before the damage. Its end is known by now. */
static enum errc salvage(struct walk *w, struct arena *a, size_t end, struct raw *raw, struct err *e)
{
	struct json_node *node;
	unsigned problems = 0;
	size_t used;
	enum errc rc = json_read(a, span_sub(w->file, w->at, end - w->at), &node, &used, &problems, e);

	if (rc == ERR_MEMORY)
		return rc;
	if (node != NULL && node->type == JSON_OBJECT && node->child != NULL) {
		raw->node = node;
		raw->problems |= LOG_TRUNCATED;
	}
	return OK;
}

static enum errc walk_damaged(struct walk *w, struct arena *a, struct raw *raw, struct err *why, struct err *e)
{
	size_t end = damaged_end(w, w->at);
	span s = w->file;
	enum errc rc;

	w->cut = end >= s.n && s.p[s.n - 1] != '\n' && json_extent(span_from(s, w->at)) == 0;

	if (end - w->at > LIMIT_LOG_RECORD_BYTES) {
		snprintf(why->text, sizeof why->text, "a record of more than %zu MiB", LIMIT_LOG_RECORD_BYTES / MIB);
		why->code = ERR_LIMIT;
	} else if (why->code == ERR_EVIDENCE && (rc = salvage(w, a, end, raw, e)) != OK) {
		return rc;
	}
	if (why->code == ERR_LIMIT)
		raw->problems |= LOG_LIMITED;
	if ((raw->reason = arena_cstr(a, span_str(why->text))) == NULL)
		return err_memory(e);
	w->at = end;
	return OK;
}

/* ---- records in a text ---- */

/* The list in a member that holds what a queue passed on ("body" of Event Hubs, "message", "value"): behind its '['. Empty: none. */
static span list_within(const struct json_node *n)
{
	static const char *const bodies[] = {"body", "message", "value", "data", "content", "payload", NULL};
	static const char *const own[] = {"Operation", "RecordType", "CreationTime", "AuditData", "events", "createdDateTime", "category"};
	size_t at, first;
	unsigned objects;

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (json_get(n, own[i]) != NULL) /* a record itself */
			return SPAN_EMPTY;
	for (const struct json_node *c = n->type == JSON_OBJECT ? n->child : NULL; c != NULL; c = c->next) {
		if (c->type != JSON_STRING || !span_is_one_of_nocase(c->key, bodies) || (at = space_end(c->text, 0)) == c->text.n)
			continue;
		if (c->text.p[at] == '[' && (first = space_end(c->text, at + 1)) < c->text.n && c->text.p[first] == '{')
			return span_from(c->text, at + 1);
		if (c->text.p[at] == '{' && holds_list(c->text, at, &first, &objects))
			return span_from(c->text, first);
	}
	return SPAN_EMPTY;
}

/* Up to the next record; without one the list is done, and the file goes on behind its object. */
static void list_advance(struct walk *w, size_t n)
{
	w->list = span_from(w->list, n);
	while (w->list.n > 0 && (ascii_is_space(w->list.p[0]) || w->list.p[0] == ','))
		w->list = span_from(w->list, 1);
	if (w->list.n == 0 || w->list.p[0] != '{') {
		w->list = SPAN_EMPTY;
		w->at = w->list_end;
	}
}

/* The object at w->at, which ends at `end`, holds `list`, in memory that will not stay. */
static enum errc list_begin(struct walk *w, span list, size_t end, struct err *e)
{
	enum errc rc;

	if (w->inside == NULL && (rc = arena_new(&w->inside, LIMIT_LOG_ARENA, e)) != OK)
		return rc;
	arena_reset(w->inside);
	if ((w->list = arena_copy(w->inside, list)).p == NULL)
		return err_memory(e);
	w->list_end = end;
	list_advance(w, 0);
	for (w->list_read = 0; w->list.n != 0 && w->list_read < w->list_skip; w->list_read++) {
		size_t n = json_extent(w->list);

		list_advance(w, n != 0 ? n : w->list.n);
	}
	w->list_skip = 0;
	return OK;
}

static enum errc list_next(struct walk *w, struct arena *a, struct raw *raw, struct err *e)
{
	struct json_node *node;
	struct err why = {0};
	unsigned problems = 0;
	size_t used, n = json_extent(w->list);
	span text = arena_copy(a, span_first(w->list, n != 0 ? n : w->list.n)); /* what is read stays in it */
	enum errc rc;

	*raw = (struct raw){.at = w->at, .n = w->list_end - w->at};
	if (text.p == NULL)
		return err_memory(e);
	rc = json_read(a, text, &node, &used, &problems, &why);
	if (rc == ERR_MEMORY)
		return err_memory(e);
	raw->node = rc == OK ? node : NULL;
	raw->problems = walk_problems(problems);
	if (rc != OK) {
		used = w->list.n;
		if ((raw->reason = arena_cstr(a, span_str(why.text))) == NULL)
			return err_memory(e);
	}
	w->list_read++;
	list_advance(w, used);
	return OK;
}

void walk_close(struct walk *w)
{
	arena_free(w->inside);
	w->inside = NULL;
}

/* *list: the records, where it is what an interface answered. */
static enum errc python_read(const struct walk *w, struct arena *a, struct json_node **node, span *list, size_t *used, unsigned *problems, struct err *why)
{
	span text;
	size_t n, first;
	unsigned objects;
	enum errc rc = python_json(a, span_sub(w->file, w->at, LIMIT_LOG_RECORD_BYTES), &text, used, why);

	if (rc == OK && (rc = json_read(a, text, node, &n, problems, why)) == OK) {
		*problems |= JSON_LENIENT;
		if (holds_list(text, 0, &first, &objects))
			*list = span_from(text, first);
	}
	return rc;
}

enum errc walk_next(struct walk *w, struct arena *a, struct raw *raw, struct err *e)
{
	while (w->list.n == 0) {
		struct json_node *node;
		struct err why = {0};
		unsigned problems = 0;
		size_t used;
		span list = SPAN_EMPTY;
		enum errc rc;

		*raw = (struct raw){0};
		if (!to_next(w))
			return OK;
		raw->at = w->at;
		rc = json_read(a, span_sub(w->file, w->at, LIMIT_LOG_RECORD_BYTES), &node, &used, &problems, &why);
		if (rc == ERR_EVIDENCE && python_sniff(span_from(w->file, w->at)))
			rc = python_read(w, a, &node, &list, &used, &problems, &why);
		if (rc == ERR_MEMORY)
			return err_memory(e);
		raw->problems = walk_problems(problems);
		if (rc == OK && list.n == 0 && (list = list_within(node)).n == 0 &&
		    (rc = columns_turned(a, node, span_sub(w->file, w->at, used), &list, e)) != OK)
			return rc;
		if (rc == OK && list.n != 0) {
			if ((rc = list_begin(w, list, w->at + used, e)) != OK)
				return rc;
			continue;
		}
		w->list_skip = 0;
		if (rc == OK) {
			w->at += used;
			if (w->rows_depth != 0 && w->schema != NULL && json_get(node, "f") != NULL) {
				row_by_schema(w, a, node, raw);
				raw->n = w->at - raw->at;
				return OK;
			}
			if (w->rows_depth != 0 && node->type == JSON_ARRAY && (rc = row_named(w, a, node, &node, e)) != OK)
				return rc;
			raw->node = node;
		} else {
			w->looked_again += used;
			if ((rc = walk_damaged(w, a, raw, &why, e)) != OK)
				return rc;
		}
		raw->n = w->at - raw->at;
		return OK;
	}
	return list_next(w, a, raw, e);
}
