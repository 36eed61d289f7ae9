/* CSV as an object of strings for each row. A quote that does not end costs its line, or what is over the limit. */
#include "logs/private.h"
#include "base/utf8.h"
#include "stream/csv.h"

#define FIELDS "#Fields: " /* protocol logs of Exchange: what begins with # is no row, and this has the names */
enum { HEADER_ROWS = 10, HEADER_NAMES = 3, HEADERS = 1000 };

/* A cell as it was meant: ="x", which keeps a spreadsheet from counting, and 'x of =, +, - or @, which keeps it from calculating. */
static span bare_cell(span s)
{
	static const char guarded[] = "=+-@<{['";

	if (s.n > 2 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"')
		return span_sub(s, 2, s.n - 3);
	return s.n > 1 && s.p[0] == '\'' && strchr(guarded, s.p[1]) != NULL ? span_from(s, 1) : s;
}

static span bare_name(span s)
{
	s = span_trim(span_from(s, span_starts(s, SPAN_LIT(UTF8_MARK)) ? 3 : 0));
	return span_from(s, span_starts(s, SPAN_LIT(FIELDS)) ? strlen(FIELDS) : 0);
}

/* Names of columns: three that mean something here, and those are half of all. */
static bool looks_header(const struct rows *r, const span *fields, size_t n)
{
	size_t known = 0, filled = 0;

	for (size_t i = 0; i < n; i++) {
		span name = bare_name(fields[i]);

		filled += name.n != 0;
		known += name.n != 0 && name.n < 80 && field_find(r->table, name) != F_COUNT;
	}
	return known >= HEADER_NAMES && 2 * known >= filled;
}

static enum errc take_names(struct rows *r, const span *fields, size_t n, struct err *e)
{
	if (n > LIMIT_LOG_COLUMNS)
		n = LIMIT_LOG_COLUMNS;
	if ((r->names = arena_zero(r->a, n + 1, sizeof *r->names)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++) {
		span name = utf8_clean(r->a, bare_name(fields[i]));

		if ((r->names[i] = arena_copy(r->a, name)).p == NULL)
			return err_memory(e);
	}
	r->n_names = n;
	return OK;
}

/* A row that stands in quotes as a whole: who opened a CSV as one column, and saved that. */
static enum errc unpacked(const struct rows *r, struct arena *a, span **fields, size_t *n, struct err *e)
{
	struct csv c = {.rest = (*fields)[0], .separator = r->inner, .next_line = 1};

	return csv_next(&c, a, fields, n, e);
}

/* Into *c what is behind the names. They stand in one of the first rows, behind a title; when none looks so, in the first. */
static enum errc find_names(struct rows *r, struct csv *c, size_t from, struct err *e)
{
	span s = span_first(span_from(r->file, from), LIMIT_LOG_RECORD_BYTES), *fields, *first = NULL;
	size_t n, n_first = 0;
	struct csv row, behind_first = {0};
	struct err ignored;
	enum errc rc;

	for (unsigned i = 0; i < HEADER_ROWS; i++) {
		csv_open(&row, i == 0 ? s : c->rest);
		row.next_line = i == 0 ? row.next_line : c->next_line;
		*c = row;
		if ((rc = csv_next(c, r->a, &fields, &n, &ignored)) == ERR_MEMORY)
			return err_memory(e);
		if (rc != OK || n == 0)
			break;
		if (i == 0) {
			first = fields;
			n_first = n;
			behind_first = *c;
		}
		if (n == 1 && fields[0].n > 2) {
			csv_open(&row, fields[0]);
			r->inner = row.separator;
			if (unpacked(r, r->a, &fields, &n, &ignored) != OK || !looks_header(r, fields, n))
				r->inner = 0;
			if (n == 0) /* nothing but line ends in quotes */
				continue;
		}
		r->commented = span_starts(bare_cell(fields[0]), SPAN_LIT(FIELDS));
		if (r->inner != 0 || looks_header(r, fields, n))
			return take_names(r, fields, n, e);
	}
	*c = behind_first;
	return n_first == 0 ? err_set(e, ERR_EVIDENCE, "no row of column names") : take_names(r, first, n_first, e);
}

enum errc rows_open(struct rows *r, struct arena *a, const struct field_table *table, span file, struct err *e)
{
	struct csv c;
	enum errc rc;

	/* Windows PowerShell's Export-Csv begins so unless told otherwise. */
	size_t type = span_starts(file, SPAN_LIT("#TYPE ")) ? span_find_byte(file, '\n') + 1 : 0;

	*r = (struct rows){.file = file, .a = a, .table = table};
	if ((rc = find_names(r, &c, type, e)) != OK)
		return rc;
	r->separator = c.separator;
	r->end = c.end;
	r->at = (size_t)(c.rest.p - file.p);
	r->line = c.next_line + (type != 0);
	return OK;
}

enum errc rows_names(struct rows *r, size_t at, struct err *e)
{
	struct csv c = {.rest = span_sub(r->file, at, LIMIT_LOG_RECORD_BYTES), .separator = r->separator, .end = r->end, .next_line = 1};
	span *fields;
	size_t n;
	enum errc rc = csv_next(&c, r->a, &fields, &n, e);

	r->names_at = at;
	return rc == OK ? take_names(r, fields, n, e) : rc;
}

static enum errc row_object(const struct rows *r, struct arena *a, const span *fields, size_t n, struct raw *raw,
    struct err *e)
{
	struct json_node *nodes;
	span cell;

	for (; n > r->n_names; n--)
		if (fields[n - 1].n != 0)
			raw->problems |= LOG_ODD_SHAPE;
	if ((nodes = arena_zero(a, n + 1, sizeof *nodes)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++) {
		nodes[i + 1].type = JSON_STRING;
		nodes[i + 1].key = r->names[i];
		cell = bare_cell(fields[i]);
		nodes[i + 1].text = utf8_clean(a, cell);
		if (nodes[i + 1].text.p == NULL && cell.n != 0)
			return err_memory(e);
		if (nodes[i + 1].text.p != cell.p)
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

/* Past a row that is no row: to the next line, or to the end of the file once too much was looked at again. */
static void rows_resync(struct rows *r, span window, struct raw *raw)
{
	span rest = span_from(r->file, r->at);
	size_t n = span_find_byte(rest, r->end);

	r->looked_again += n > window.n ? n : window.n;
	if (r->looked_again > LIMIT_LOG_RESYNC_BYTES || n >= rest.n)
		n = rest.n - 1;
	if (n >= window.n) {
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

static bool is_blank(const span *fields, size_t n)
{
	while (n > 0 && span_trim(fields[n - 1]).n == 0)
		n--;
	return n == 0;
}

/* The cells of a part of a line; one that is empty where nothing stands. */
static bool part_of(const struct rows *r, struct arena *a, span part, span **fields, size_t *n)
{
	struct csv c = {.rest = part, .separator = r->separator, .end = r->end, .next_line = 1};

	if (csv_next(&c, a, fields, n, NULL) != OK)
		return false;
	if (*n == 0)
		*fields = arena_zero(a, *n = 1, sizeof **fields);
	return *fields != NULL;
}

/*
 * JSON in a cell whose quotes were not doubled ("{"a": 1}"), or were escaped as in JSON ("{\"a\": 1}"), or that has none around it, or none
 * in it either: such a line has more cells than names. *fields and *n are the line's, then; false when it is not that.
 */
static bool with_json(const struct rows *r, struct arena *a, span line, span **fields, size_t *n)
{
	static const char *const begins[] = {"\"{\"", "\"{\\\"", "{\"", "{"};
	span json = SPAN_EMPTY, *before = NULL, *behind = NULL, *all;
	size_t n_before = 0, n_behind = 0, end = 0, at = line.n;
	struct json_node *text;
	unsigned problems = 0, k = 0;

	while (k < sizeof begins / sizeof *begins && (at = span_find(line, span_str(begins[k]))) == line.n)
		k++;
	if (at == line.n || (at > 0 && line.p[at - 1] != r->separator))
		return false;
	if (k == 1) {
		if (json_read(a, span_from(line, at), &text, &end, &problems, NULL) != OK || text->type != JSON_STRING)
			return false;
		json = text->text;
		end += at;
	} else if (k == 3) {
		if (!bare_sniff(span_from(line, at)) || bare_quoted(a, span_from(line, at), &json, &end, NULL) != OK || json.n == 0)
			return false;
		json = span_sub(line, at, end);
		end += at;
	} else {
		bool quoted = k == 0;
		size_t extent = json_extent(span_from(line, at + quoted));

		json = span_first(span_from(line, at + quoted), extent != 0 ? extent : line.n); /* it is cut: up to the end of the line */
		end = at + quoted + json.n;
		end += quoted && end < line.n && line.p[end] == '"';
	}
	if (end < line.n && line.p[end] != r->separator)
		return false;
	if ((at > 0 && !part_of(r, a, span_first(line, at - 1), &before, &n_before)) ||
	    (end < line.n && !part_of(r, a, span_from(line, end + 1), &behind, &n_behind)) || n_before + 1 + n_behind > r->n_names ||
	    (all = arena_zero(a, n_before + 1 + n_behind, sizeof *all)) == NULL)
		return false;
	for (size_t i = 0; i < n_before; i++)
		all[i] = before[i];
	all[n_before] = json;
	for (size_t i = 0; i < n_behind; i++)
		all[n_before + 1 + i] = behind[i];
	*fields = all;
	*n = n_before + 1 + n_behind;
	return true;
}

/* The cells of the row that window begins with, and how far it goes in *c. *rescued: it is one line, whatever its quotes say. *cut: the file ends in it. */
static enum errc row_cells(const struct rows *r, struct arena *a, span window, struct csv *c, span **fields, size_t *n, bool *rescued, bool *cut, struct err *why)
{
	size_t end = span_find_byte(window, r->end);
	span line = span_first(window, end);
	enum errc rc;

	*rescued = *cut = false;
	*c = (struct csv){.rest = window, .separator = r->separator, .end = r->end, .next_line = r->line};
	if ((rc = csv_next(c, a, fields, n, why)) == OK && r->inner != 0 && *n == 1)
		rc = unpacked(r, a, fields, n, why);
	if (rc == ERR_MEMORY || (rc == OK && *n <= r->n_names))
		return rc;
	while (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (with_json(r, a, line, fields, n)) {
		*rescued = true;
		*cut = rc != OK && end >= window.n && window.p + window.n == r->file.p + r->file.n;
		c->rest = span_from(window, end + 1);
		c->next_line = r->line + 1;
		return OK;
	}
	return rc;
}

enum errc rows_next(struct rows *r, struct arena *a, struct raw *raw, struct err *e)
{
	span window, *fields;
	struct err why = {0};
	struct csv c;
	bool rescued;
	enum errc rc;
	size_t n;

again:
	*raw = (struct raw){0};
	while (r->at < r->file.n && (r->file.p[r->at] == '\n' || r->file.p[r->at] == '\r')) {
		r->line += r->file.p[r->at] == r->end;
		r->at++;
	}
	if (r->at >= r->file.n)
		return OK;
	window = span_sub(r->file, r->at, LIMIT_LOG_RECORD_BYTES);
	if (r->commented && window.p[0] == '#' && !span_starts(window, SPAN_LIT(FIELDS))) {
		r->at += span_find_byte(window, r->end);
		goto again;
	}
	raw->at = r->at;
	raw->line = r->line;
	rc = row_cells(r, a, window, &c, &fields, &n, &rescued, &r->cut, &why);
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
	if (is_header(r, fields, n) || is_blank(fields, n))
		goto again;
	/* Exports with other columns were put one behind the other. */
	if (!rescued && r->inner == 0 && r->n_headers < HEADERS && looks_header(r, fields, n)) {
		r->n_headers++;
		if ((rc = rows_names(r, (size_t)raw->at, e)) != OK)
			return rc;
		goto again;
	}
	r->n++;
	raw->n_rows = r->entered || span_trim(span_from(r->file, r->at)).n != 0 ? 0 : r->n;
	return row_object(r, a, fields, n, raw, e);
}

span undoubled(struct arena *a, span s)
{
	unsigned char *p = arena_alloc(a, s.n);
	size_t n = 0;

	if (p == NULL)
		return SPAN_EMPTY;
	for (size_t i = 0; i < s.n; i++) {
		p[n++] = s.p[i];
		i += s.p[i] == '"' && i + 1 < s.n && s.p[i + 1] == '"';
	}
	return span_of(p, n);
}

/* "{""a"": ..." whose end is missing, so that it is no row of CSV any more. */
static span cut_cell(struct arena *a, span line)
{
	line = span_from(line, span_find(line, SPAN_LIT("\"{\"\"")) + 1);
	return line.n == 0 ? SPAN_EMPTY : undoubled(a, line);
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
