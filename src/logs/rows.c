/* CSV as an object of strings for each row. A quote that does not end costs its line, or what is over the limit. */
#include "logs/private.h"
#include "base/utf8.h"
#include "stream/csv.h"

enum errc rows_open(struct rows *r, struct arena *a, span file, struct err *e)
{
	struct csv c;
	enum errc rc;

	/* Windows PowerShell's Export-Csv begins so unless told otherwise. */
	size_t type = span_starts(file, SPAN_LIT("#TYPE ")) ? span_find_byte(file, '\n') + 1 : 0;

	*r = (struct rows){.file = file, .a = a};
	csv_open(&c, span_first(span_from(file, type), LIMIT_LOG_RECORD_BYTES));
	rc = csv_next(&c, a, &r->names, &r->n_names, e);
	if (rc == ERR_MEMORY)
		return rc;
	if (rc != OK || r->n_names == 0)
		return err_set(e, ERR_EVIDENCE, "no row of column names");
	for (size_t i = 0; i < r->n_names; i++)
		if ((r->names[i] = utf8_clean(a, span_trim(r->names[i]))).p == NULL)
			return err_memory(e);
	if (r->n_names > LIMIT_LOG_COLUMNS)
		r->n_names = LIMIT_LOG_COLUMNS;
	r->separator = c.separator;
	r->end = c.end;
	r->at = (size_t)(c.rest.p - file.p);
	r->line = c.next_line + (type != 0);
	return OK;
}

static enum errc row_object(const struct rows *r, struct arena *a, const span *fields, size_t n, struct raw *raw,
    struct err *e)
{
	struct json_node *nodes;

	if (n > r->n_names) {
		raw->problems |= LOG_ODD_SHAPE;
		n = r->n_names;
	}
	if ((nodes = arena_zero(a, n + 1, sizeof *nodes)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++) {
		nodes[i + 1].type = JSON_STRING;
		nodes[i + 1].key = r->names[i];
		nodes[i + 1].text = utf8_clean(a, fields[i]);
		if (nodes[i + 1].text.p == NULL && fields[i].n != 0)
			return err_memory(e);
		if (nodes[i + 1].text.p != fields[i].p)
			raw->problems |= LOG_BAD_UTF8;
		if (i + 1 < n)
			nodes[i + 1].next = &nodes[i + 2];
	}
	nodes[0].type = JSON_OBJECT;
	nodes[0].n = (uint32_t)n;
	nodes[0].child = n > 0 ? &nodes[1] : NULL;
	raw->node = nodes;
	return OK;
}

/* Past a row that is no row: to the next line, or past the whole window once too much was looked at again. */
static void rows_resync(struct rows *r, span window, struct raw *raw)
{
	size_t n = span_find_byte(window, r->end);
	bool whole = window.n < r->file.n - r->at;

	r->looked_again += window.n;
	if (r->looked_again > LIMIT_LOG_RESYNC_BYTES || n >= window.n)
		n = window.n - 1;
	if (n + 1 >= window.n && whole) {
		raw->problems |= LOG_LIMITED;
		raw->reason = "a row of more than 16 MiB";
	} else {
		raw->problems |= LOG_TRUNCATED;
		raw->reason = "a quote is not closed";
	}
	raw->n = n + 1;
	r->at += n + 1;
	r->line++;
}

/* The names once more, where exports were put one behind the other. */
static bool is_header(const struct rows *r, const span *fields, size_t n)
{
	if (n != r->n_names || n < 2)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!span_eq(span_trim(fields[i]), r->names[i]))
			return false;
	return true;
}

enum errc rows_next(struct rows *r, struct arena *a, struct raw *raw, struct err *e)
{
	struct csv c = {.separator = r->separator, .end = r->end, .next_line = r->line};
	span window, *fields;
	struct err why = {0};
	enum errc rc;
	size_t n;

again:
	*raw = (struct raw){0};
	while (r->at < r->file.n && (r->file.p[r->at] == '\n' || r->file.p[r->at] == '\r')) {
		r->line += r->file.p[r->at] == r->end;
		r->at++;
	}
	c = (struct csv){.separator = r->separator, .end = r->end, .next_line = r->line};
	if (r->at >= r->file.n)
		return OK;
	c.rest = window = span_sub(r->file, r->at, LIMIT_LOG_RECORD_BYTES);
	raw->at = r->at;
	raw->line = r->line;
	rc = csv_next(&c, a, &fields, &n, &why);
	if (rc == ERR_MEMORY) {
		*e = why;
		return rc;
	}
	if (rc == OK && n == 0)
		return OK; /* nothing but an empty line was left */
	if (rc != OK || (c.rest.n == 0 && window.n < r->file.n - r->at)) {
		rows_resync(r, window, raw);
		return OK;
	}
	raw->n = window.n - c.rest.n;
	r->at += raw->n;
	r->line = c.next_line;
	if (is_header(r, fields, n))
		goto again;
	return row_object(r, a, fields, n, raw, e);
}

/* "{""a"": ..." whose end is missing, so that it is no row of CSV any more. */
static span cut_cell(struct arena *a, span line)
{
	size_t at = span_find(line, SPAN_LIT("\"{\"\"")), n = 0;
	unsigned char *p;

	line = span_from(line, at + 1);
	if (line.n == 0 || (p = arena_alloc(a, line.n)) == NULL)
		return SPAN_EMPTY;
	for (size_t i = 0; i < line.n; i++) {
		p[n++] = line.p[i];
		i += line.p[i] == '"' && i + 1 < line.n && line.p[i + 1] == '"';
	}
	return span_of(p, n);
}

span row_find_json(struct arena *a, span line)
{
	struct csv c = {.rest = line, .separator = ',', .next_line = 1};
	span *fields;
	size_t n;

	if (csv_next(&c, a, &fields, &n, NULL) != OK)
		return cut_cell(a, line);
	for (size_t i = 0; i < n; i++)
		if (fields[i].n > 1 && fields[i].p[0] == '{')
			return fields[i];
	return SPAN_EMPTY;
}
