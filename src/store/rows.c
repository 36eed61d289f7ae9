/* Walks a table of store/tables.c: the order in which messages lie, and columns into cells. */
#include "store/rows.h"

#include "case/names.h"
#include "store/db.h"
#include "store/tables.h"

/* One row with its lists; a message with LIMIT_ADDRESSES recipients is far below it. */
#define ROW_BYTES ((size_t)256 << 20)

struct walker {
	struct store *st;
	const struct table *t;
	struct arena *a;
	struct cell *cells;
	row_fn *row;
	void *ctx;
};

const struct table *table_named(const char *name)
{
	size_t n;
	const struct table *const *all = tables(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i];
	return NULL;
}

static bool json_fits_on_a_line(struct walker *w, span s)
{
	struct err e = {0};
	int64_t valid = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20)
			return false;
	return sql_int(w->st->sql, &valid, 0, &e, "SELECT json_valid(?)", "s", s) == OK && valid == 1;
}

static enum errc words(struct walker *w, struct cell *c, struct err *e)
{
	char text[256];
	span *list, rest;
	size_t n = 0;

	(void)message_trait_names((unsigned)c->number, text, sizeof text);
	rest = arena_copy(w->a, span_str(text));
	if (rest.p == NULL || (list = arena_zero(w->a, 32, sizeof *list)) == NULL)
		return err_memory(e);
	while (rest.n != 0 && n < 32) {
		size_t comma = span_find_byte(rest, ',');

		list[n++] = span_first(rest, comma);
		rest = span_from(rest, comma + 1);
	}
	c->list = list;
	c->n = n;
	return OK;
}

/* Copies, because the row's own statement may be stepped or another one run before the cell is used. */
static enum errc plain_cell(struct walker *w, const struct column *col, sqlite3_stmt *q, int at, struct cell *c, struct err *e)
{
	*c = (struct cell){.kind = col->kind};
	if (sqlite3_column_type(q, at) == SQLITE_NULL) {
		c->kind = CELL_NULL;
		return OK;
	}
	switch (col->kind) {
	case CELL_TEXT:
	case CELL_DIGEST:
	case CELL_JSON:
		c->text = arena_copy(w->a, sql_col(q, at));
		if (c->text.p == NULL)
			return err_memory(e);
		if (col->kind == CELL_DIGEST && c->text.n != DIGEST_SIZE)
			c->kind = CELL_NULL;
		if (col->kind == CELL_JSON && !json_fits_on_a_line(w, c->text))
			c->kind = CELL_TEXT;
		return OK;
	case CELL_WORD:
		c->number = sqlite3_column_int64(q, at);
		c->text = span_str(col->word((int)c->number));
		return OK;
	case CELL_WORDS:
		c->number = sqlite3_column_int64(q, at);
		return words(w, c, e);
	case CELL_NUMBER:
	case CELL_BOOL:
	case CELL_TIME:
	case CELL_PROBLEMS:
		c->number = sqlite3_column_int64(q, at);
		return OK;
	case CELL_NULL:
	case CELL_LIST:
	case CELL_ROWS:
		break;
	}
	assert(false && "a plain column");
	return OK;
}

/* A list that grows while its row is filled. */
struct growing { span *v; size_t n, cap; };

static enum errc grow(struct arena *a, struct growing *g, span text, struct err *e)
{
	span *more = arena_grow(a, g->v, g->n, &g->cap, sizeof *more, 4);

	if (more == NULL)
		return err_memory(e);
	g->v = more;
	g->v[g->n] = arena_copy(a, text);
	return g->v[g->n++].p != NULL ? OK : err_memory(e);
}

/* The texts of a column's own query. */
static enum errc one_list(struct walker *w, const struct column *col, int64_t id, struct cell *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(w->st->sql, e, col->sql, "i", id);
	struct growing list = {0};
	enum errc rc = OK;

	while (rc == OK && sql_next(w->st->sql, q, &rc, e))
		rc = grow(w->a, &list, sql_col(q, 0), e);
	sql_done(q);
	*c = (struct cell){.kind = CELL_LIST, .list = list.v, .n = list.n};
	return rc;
}

/* The rows of a column's own query, one behind the other. */
static enum errc inner_rows(struct walker *w, const struct column *col, int64_t id, struct cell *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(w->st->sql, e, col->sql, "i", id);
	size_t width = col->n_columns, n = 0, cap = 0;
	struct cell *cells = NULL;
	enum errc rc = OK;

	while (rc == OK && sql_next(w->st->sql, q, &rc, e)) {
		struct cell *more = arena_grow(w->a, cells, n, &cap, width * sizeof *more, 2);

		if (more == NULL) {
			rc = err_memory(e);
			break;
		}
		cells = more;
		for (size_t i = 0; i < width && rc == OK; i++)
			rc = plain_cell(w, &col->columns[i], q, (int)i, &cells[n * width + i], e);
		n++;
	}
	sql_done(q);
	*c = (struct cell){.kind = CELL_ROWS, .rows = cells, .n = n};
	return rc;
}

enum { LISTS_MAX = 8 };

/* One query that fills several lists: it saves a message the seven queries of its parties. */
static enum errc several_lists(struct walker *w, const struct column *col, int64_t id, struct cell *cells, struct err *e)
{
	struct growing lists[LISTS_MAX] = {0};
	sqlite3_stmt *q = sql_query(w->st->sql, e, col->sql, "i", id);
	enum errc rc = OK;

	assert(col->n_lists <= LISTS_MAX);
	while (rc == OK && sql_next(w->st->sql, q, &rc, e)) {
		for (int i = 0; i + 1 < sqlite3_column_count(q) && rc == OK; i += 2) {
			int64_t which = sqlite3_column_int64(q, i);

			if (sqlite3_column_type(q, i) != SQLITE_NULL && which >= 0 && which < (int64_t)col->n_lists)
				rc = grow(w->a, &lists[which], sql_col(q, i + 1), e);
		}
	}
	sql_done(q);
	for (size_t i = 0; i < col->n_lists; i++)
		cells[i] = (struct cell){.kind = CELL_LIST, .list = lists[i].v, .n = lists[i].n};
	return rc;
}

/* Every row of the table's query, with ?1 bound to `of` unless the table is walked whole. */
static enum errc table_rows(struct walker *w, int64_t of, struct err *e)
{
	sqlite3_stmt *q = sql_query(w->st->sql, e, w->t->sql, w->t->walk != WALK_ALL ? "i" : "", of);
	enum errc rc = OK;

	while (rc == OK && sql_next(w->st->sql, q, &rc, e)) {
		int64_t id = sqlite3_column_int64(q, 0);
		int at = 1;

		arena_reset(w->a);
		for (size_t i = 0; i < w->t->n_columns && rc == OK; i++) {
			const struct column *col = &w->t->columns[i];

			if (col->n_lists != 0) {
				rc = several_lists(w, col, id, &w->cells[i], e);
				i += col->n_lists - 1;
			} else if (col->kind == CELL_LIST) {
				rc = one_list(w, col, id, &w->cells[i], e);
			} else if (col->kind == CELL_ROWS) {
				rc = inner_rows(w, col, id, &w->cells[i], e);
			} else {
				rc = plain_cell(w, col, q, at++, &w->cells[i], e);
			}
		}
		if (rc == OK)
			rc = w->row(w->ctx, w->t, id, w->cells, e);
	}
	sql_done(q);
	return rc;
}

/* A bit a message id: which were met already on the way through the sources. */
struct seen { unsigned char *bits; int64_t max; };

static enum errc message_once(struct walker *w, struct seen *seen, int64_t id, struct err *e)
{
	if (id < 0 || id > seen->max || (seen->bits[id / 8] >> (id % 8) & 1) != 0)
		return OK;
	seen->bits[id / 8] = (unsigned char)(seen->bits[id / 8] | 1u << (id % 8));
	return table_rows(w, id, e);
}

/* The messages of one source in the order of their bytes, each followed by those nested in it. */
static enum errc messages_of_source(struct walker *w, struct seen *seen, int64_t source, struct err *e)
{
	sqlite3_stmt *items = sql_query(w->st->sql, e,
	    "SELECT id, message_id FROM item WHERE source_id = ? AND message_id IS NOT NULL ORDER BY member, at_byte, id", "i", source);
	enum errc rc = OK;

	while (rc == OK && sql_next(w->st->sql, items, &rc, e)) {
		sqlite3_stmt *nested;

		if ((rc = message_once(w, seen, sqlite3_column_int64(items, 1), e)) != OK)
			break;
		nested = sql_query(w->st->sql, e, "SELECT message_id FROM location WHERE item_id = ? AND nest <> '' ORDER BY nest",
		    "i", sqlite3_column_int64(items, 0));
		while (rc == OK && sql_next(w->st->sql, nested, &rc, e))
			rc = message_once(w, seen, sqlite3_column_int64(nested, 0), e);
		sql_done(nested);
	}
	sql_done(items);
	return rc;
}

static enum errc by_source(struct walker *w, struct err *e)
{
	sqlite3_stmt *sources = sql_query(w->st->sql, e, "SELECT id FROM source ORDER BY path, sha256, state, id", "");
	struct arena *a = NULL;
	struct seen seen = {0};
	enum errc rc = OK;

	if (w->t->walk == WALK_MESSAGES) {
		if ((rc = sql_int(w->st->sql, &seen.max, 0, e, "SELECT max(id) FROM message", "")) != OK ||
		    (rc = arena_new(&a, (size_t)1 << 30, e)) != OK)
			return rc;
		if (seen.max < 0 || (seen.bits = arena_zero(a, (size_t)seen.max / 8 + 1, 1)) == NULL) {
			arena_free(a);
			return err_memory(e);
		}
	}
	rc = OK;
	while (rc == OK && sql_next(w->st->sql, sources, &rc, e)) {
		int64_t id = sqlite3_column_int64(sources, 0);

		rc = w->t->walk == WALK_MESSAGES ? messages_of_source(w, &seen, id, e) : table_rows(w, id, e);
	}
	sql_done(sources);
	arena_free(a);
	return rc;
}

enum errc rows_walk(struct store *st, const struct table *t, row_fn *row, void *ctx, struct err *e)
{
	struct walker w = {.st = st, .t = t, .row = row, .ctx = ctx};
	struct arena *own = NULL;
	enum errc rc;

	if ((rc = arena_new(&w.a, ROW_BYTES, e)) != OK || (rc = arena_new(&own, 65536, e)) != OK)
		goto out;
	if ((w.cells = arena_zero(own, t->n_columns, sizeof *w.cells)) == NULL)
		rc = err_memory(e);
	else
		rc = t->walk == WALK_ALL ? table_rows(&w, 0, e) : by_source(&w, e);
out:
	arena_free(own);
	arena_free(w.a);
	return rc;
}
