/*
 * SQLite, thinly: a statement is a literal, prepared once and kept by its address; values are bound by letter, never
 * written into SQL. Letters: i int64_t, t const char * (NULL is NULL), s span as text, b span as blob, d const struct
 * digest *, u int64_t that may be TIME_NONE (NULL), z int64_t of which 0 is NULL, n nothing (NULL, takes no argument). What is pointed
 * to must live until the statement has run.
 */
#ifndef TOCSIN_SQL_SQL_H
#define TOCSIN_SQL_SQL_H

#include <sqlite3.h>

#include "base/arena.h"
#include "base/digest.h"

struct sql {
	sqlite3 *db;
	const char *name; /* of the file, as errors call it */
	struct kept { const char *sql; sqlite3_stmt *q; } *kept; /* by the literal's address; a power of two */
	size_t n_kept, cap_kept;
	struct rows *rows; /* sql_put */
};

/*
 * name lives as long as the connection. On failure too *out, unless it is NULL, is to be closed. Flags are those of
 * sqlite3_open_v2; SQLITE_OPEN_NOMUTEX is added: a connection belongs to one thread.
 */
MUST_CHECK enum errc sql_open(struct sql **out, const char *path, int flags, const char *name, struct err *e);
void sql_close(struct sql *db); /* NULL is fine */
/* Statements of ours without values, one after the other. */
MUST_CHECK enum errc sql_script(struct sql *db, const char *script, struct err *e);

MUST_CHECK enum errc sql_begin(struct sql *db, struct err *e);
MUST_CHECK enum errc sql_commit(struct sql *db, struct err *e);
void sql_rollback(struct sql *db); /* outside of a transaction: nothing */

/*
 * Bound and ready for sql_next; the connection's, one use at a time. NULL on failure, with e set: sql_next then says so, so
 * that a caller looks once.
 */
sqlite3_stmt *sql_query(struct sql *db, struct err *e, const char *sql, const char *types, ...);
/* A row is there: true. The end or an error (of sql_query too, when q is NULL): false and *rc says which. */
bool sql_next(struct sql *db, sqlite3_stmt *q, enum errc *rc, struct err *e);
/* To leave rows unread. */
void sql_done(sqlite3_stmt *q);

/* To the end: for writes. */
MUST_CHECK enum errc sql_run(struct sql *db, struct err *e, const char *sql, const char *types, ...);
/* Rows that the last sql_run changed; the rowid that it made. */
int64_t sql_changed(const struct sql *db);
int64_t sql_made(const struct sql *db);
/*
 * A row to be inserted; into is a literal, "INSERT OR FAIL INTO table (columns)". It is copied and put aside until there are some, since a
 * third of a statement is opening and closing the table. It is in the table, or is found to be in the way of another there, by sql_flush at
 * the latest, which store_commit does, and which must be done before the table is asked. OR FAIL or OR IGNORE: else SQLite keeps a copy of
 * each page to be able to take the statement back. What was put aside and not flushed is gone with the connection, as with a rollback.
 */
MUST_CHECK enum errc sql_put(struct sql *db, struct err *e, const char *into, const char *types, ...);
MUST_CHECK enum errc sql_flush(struct sql *db, struct err *e);
/* One integer of the first row; none when there is no row or NULL. */
MUST_CHECK enum errc sql_int(struct sql *db, int64_t *out, int64_t none, struct err *e, const char *sql, const char *types, ...);

/* The integers of its first column, at most so many; it is done then. */
MUST_CHECK enum errc sql_ints(struct sql *db, sqlite3_stmt *q, int64_t *out, size_t max, size_t *n, struct err *e);

/* A column: borrowed until the next step; or in the arena, NULL when out of memory. NULL in the table is "". */
span sql_col(sqlite3_stmt *q, int col);
const char *sql_text(struct arena *a, sqlite3_stmt *q, int col);
/* As an integer: 0, or none, for NULL; as a time: TIME_NONE for NULL; as a digest: zeros for what is none. */
static inline int64_t sql_col_int(sqlite3_stmt *q, int col) { return sqlite3_column_int64(q, col); }
int64_t sql_col_or(sqlite3_stmt *q, int col, int64_t none);
int64_t sql_time(sqlite3_stmt *q, int col);
void sql_digest(sqlite3_stmt *q, int col, struct digest *out);

/* What SQLite says went wrong, while `what` was done. */
enum errc sql_failed(const struct sql *db, struct err *e, const char *what);

#endif
