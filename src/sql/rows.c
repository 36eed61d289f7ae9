/* Rows that are put aside and inserted some at a time. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "sql/private.h"

enum { TOGETHER = 16, COLUMNS = 32 };
/* Large rows are not put aside; the largest is a list of parties. */
#define ASIDE_BYTES MIB
#define BYTES_MAX (512 * MIB)

struct cell { struct value v; size_t at; }; /* at: of its bytes */

struct rows {
	struct rows *next;
	const char *into;
	sqlite3_stmt *one, *all; /* of one row, of TOGETHER */
	size_t n_columns, n;     /* rows put aside */
	struct buf bytes;
	struct cell cells[]; /* TOGETHER rows */
};

void rows_free(struct sql *db)
{
	for (struct rows *r = db->rows, *next; r != NULL; r = next) {
		next = r->next;
		(void)sqlite3_finalize(r->one);
		(void)sqlite3_finalize(r->all);
		buf_free(&r->bytes);
		free(r);
	}
	db->rows = NULL;
}

static enum errc prepare(struct sql *db, const struct rows *r, size_t n, sqlite3_stmt **q, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, 64 * KIB);
	buf_str(&b, r->into);
	for (size_t i = 0; i < n; i++) {
		buf_str(&b, i == 0 ? " VALUES " : ", ");
		for (size_t c = 0; c < r->n_columns; c++)
			buf_str(&b, c == 0 ? "(?" : ", ?");
		buf_byte(&b, ')');
	}
	if ((rc = buf_check(&b, e)) == OK && sqlite3_prepare_v3(db->db, buf_cstr(&b), -1, SQLITE_PREPARE_PERSISTENT, q, NULL) != SQLITE_OK)
		rc = sql_failed(db, e, r->into);
	buf_free(&b);
	return rc;
}

static enum errc rows_of(struct sql *db, const char *into, const char *types, struct rows **out, struct err *e)
{
	size_t n = strlen(types);
	struct rows *r;

	for (*out = db->rows; *out != NULL && (*out)->into != into; *out = (*out)->next)
		;
	if (*out != NULL)
		return OK;
	assert(n != 0 && n <= COLUMNS);
	if ((r = *out = calloc(1, sizeof *r + TOGETHER * n * sizeof *r->cells)) == NULL)
		return err_memory(e);
	r->into = into;
	r->n_columns = n;
	buf_init(&r->bytes, BYTES_MAX);
	r->next = db->rows;
	db->rows = r;
	return OK;
}

/* Rows [from, from + n) as one statement. */
static enum errc insert(struct sql *db, const struct rows *r, size_t from, size_t n, sqlite3_stmt *q, struct err *e)
{
	const struct cell *c = &r->cells[from * r->n_columns];
	int ok = SQLITE_OK;
	enum errc rc;

	for (size_t i = 0; i < n * r->n_columns && ok == SQLITE_OK; i++) {
		struct value v = c[i].v;

		if (v.kind == 's' || v.kind == 'b')
			v.p = v.n != 0 ? (const void *)(r->bytes.p + c[i].at) : "";
		ok = value_bind(q, (int)i + 1, &v);
	}
	if (ok != SQLITE_OK)
		return sql_failed(db, e, "bind");
	while (sql_next(db, q, &rc, e))
		;
	return rc;
}

static enum errc flush(struct sql *db, struct rows *r, struct err *e)
{
	bool all = r->n == TOGETHER;
	enum errc rc = OK;

	if (r->n != 0 && *(all ? &r->all : &r->one) == NULL)
		rc = prepare(db, r, all ? TOGETHER : 1, all ? &r->all : &r->one, e);
	if (rc == OK && all)
		rc = insert(db, r, 0, TOGETHER, r->all, e);
	for (size_t i = 0; i < r->n && rc == OK && !all; i++)
		rc = insert(db, r, i, 1, r->one, e);
	r->n = 0;
	buf_clear(&r->bytes);
	return rc;
}

enum errc sql_put(struct sql *db, struct err *e, const char *into, const char *types, ...)
{
	struct rows *r;
	struct cell *c;
	enum errc rc = rows_of(db, into, types, &r, e);
	va_list ap;

	if (rc != OK)
		return rc;
	c = &r->cells[r->n * r->n_columns];
	va_start(ap, types);
	for (; *types != '\0'; types++, c++) {
		*c = (struct cell){value_next(*types, &ap), r->bytes.n};
		if (c->v.kind == 's' || c->v.kind == 'b')
			buf_put(&r->bytes, span_of(c->v.p, (size_t)c->v.n));
	}
	va_end(ap);
	if ((rc = buf_check(&r->bytes, e)) == OK && (++r->n == TOGETHER || r->bytes.n > ASIDE_BYTES))
		rc = flush(db, r, e);
	return rc;
}

enum errc sql_flush(struct sql *db, struct err *e)
{
	enum errc rc = OK;

	for (struct rows *r = db->rows; r != NULL && rc == OK; r = r->next)
		rc = flush(db, r, e);
	return rc;
}
