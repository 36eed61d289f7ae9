/*
 * The portal's state file, thinly: a statement is a literal, prepared once and kept by its address; values are
 * bound by letter, never written into SQL. Letters: i int64_t, t const char * (NULL is NULL), s span as text, b
 * span as blob, n nothing (NULL).
 */
#ifndef TOCSIN_SERVE_SQL_H
#define TOCSIN_SERVE_SQL_H

#include <sqlite3.h>

#include "base/arena.h"

struct sql;

MUST_CHECK enum errc sql_open(struct sql **out, const char *path, struct err *e);
void sql_close(struct sql *db); /* NULL is fine */
/* Statements of ours without values, one after the other. */
MUST_CHECK enum errc sql_script(struct sql *db, const char *script, struct err *e);

MUST_CHECK enum errc sql_begin(struct sql *db, struct err *e);
MUST_CHECK enum errc sql_commit(struct sql *db, struct err *e);
void sql_rollback(struct sql *db);

/*
 * Bound and ready for sql_next; NULL on failure, with e set. What is pointed to must live until it has run. One
 * use at a time.
 */
sqlite3_stmt *sql_query(struct sql *db, struct err *e, const char *sql, const char *types, ...);
/* A row is there: true. The end or an error: false and *rc says which. */
bool sql_next(struct sql *db, sqlite3_stmt *q, enum errc *rc, struct err *e);
/* To leave rows unread. */
void sql_done(sqlite3_stmt *q);

MUST_CHECK enum errc sql_run(struct sql *db, struct err *e, const char *sql, const char *types, ...);
/* Rows that the last sql_run changed. */
int64_t sql_changed(const struct sql *db);
/* One integer of the first row; none when there is no row or NULL. */
MUST_CHECK enum errc sql_int(struct sql *db, int64_t *out, int64_t none, struct err *e, const char *sql,
    const char *types, ...);

/* Borrowed until the next step. */
span sql_col(sqlite3_stmt *q, int col);
static inline int64_t sql_col_int(sqlite3_stmt *q, int col) { return sqlite3_column_int64(q, col); }
/* In the arena; NULL when out of memory. NULL in the table is "". */
const char *sql_text(struct arena *a, sqlite3_stmt *q, int col);

#endif
