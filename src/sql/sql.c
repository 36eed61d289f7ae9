#include "sql/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum errc sql_failed(const struct sql *db, struct err *e, const char *what)
{
	int extended = db->db != NULL ? sqlite3_extended_errcode(db->db) : SQLITE_NOMEM, code = extended & 0xff;

	if (code == SQLITE_NOMEM)
		return err_memory(e);
	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return err_set(e, ERR_LOCKED, "%s is in use by another tocsin", db->name);
	if (code == SQLITE_FULL || extended == SQLITE_IOERR_SHMSIZE || (code == SQLITE_IOERR && sqlite3_system_errno(db->db) == ENOSPC))
		return err_set(e, ERR_WORLD, "%s: the disk is full", db->name);
	if (code == SQLITE_IOERR && sqlite3_system_errno(db->db) != 0)
		return err_set(e, ERR_WORLD, "%s: %s: %s", db->name, sqlite3_errmsg(db->db), strerror(sqlite3_system_errno(db->db)));
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return err_set(e, ERR_WORLD, "%s is damaged: %s; go on with the last good copy of the case", db->name, sqlite3_errmsg(db->db));
	if (code == SQLITE_ERROR && strncmp(sqlite3_errmsg(db->db), "no such ", strlen("no such ")) == 0)
		return err_set(e, ERR_USAGE, "%s is of another version of tocsin, with which it must be read, or be made anew: %s", db->name, sqlite3_errmsg(db->db));
	return err_set(e, ERR_WORLD, "%s: %s: %s", db->name, what, sqlite3_errmsg(db->db));
}

enum errc sql_open(struct sql **out, const char *path, int flags, const char *name, struct err *e)
{
	struct sql *db = calloc(1, sizeof *db);

	if ((*out = db) == NULL)
		return err_memory(e);
	db->name = name;
	if (sqlite3_open_v2(path, &db->db, flags | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK)
		return OK;
	enum errc rc = sql_failed(db, e, "open");
	err_in(e, "%s", path);
	return rc;
}

void sql_close(struct sql *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->cap_kept; i++)
		(void)sqlite3_finalize(db->kept[i].q);
	free(db->kept);
	rows_free(db);
	(void)sqlite3_close(db->db);
	free(db);
}

enum errc sql_script(struct sql *db, const char *script, struct err *e)
{
	return sqlite3_exec(db->db, script, NULL, NULL, NULL) == SQLITE_OK ? OK : sql_failed(db, e, "script");
}

enum errc sql_begin(struct sql *db, struct err *e) { return sql_run(db, e, "BEGIN IMMEDIATE", ""); }
enum errc sql_commit(struct sql *db, struct err *e) { return sql_run(db, e, "COMMIT", ""); }

void sql_rollback(struct sql *db)
{
	if (!sqlite3_get_autocommit(db->db))
		(void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Literals have one address each, so the address is the key. */
static struct kept *slot(struct sql *db, const char *sql)
{
	size_t i = ((uintptr_t)sql * 0x9e3779b97f4a7c15u >> 32) & (db->cap_kept - 1);

	while (db->kept[i].sql != NULL && db->kept[i].sql != sql)
		i = (i + 1) & (db->cap_kept - 1);
	return &db->kept[i];
}

static bool grow(struct sql *db)
{
	struct kept *old = db->kept;
	size_t n = db->cap_kept;

	db->cap_kept = n != 0 ? 2 * n : 128;
	if ((db->kept = calloc(db->cap_kept, sizeof *db->kept)) == NULL) {
		db->kept = old;
		db->cap_kept = n;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (old[i].sql != NULL)
			*slot(db, old[i].sql) = old[i];
	free(old);
	return true;
}

/* Reset and with its bindings cleared. */
static sqlite3_stmt *prepare(struct sql *db, const char *sql, struct err *e)
{
	struct kept *k;

	if (db->n_kept >= db->cap_kept / 2 && !grow(db)) {
		(void)err_memory(e);
		return NULL;
	}
	k = slot(db, sql);
	if (k->sql == NULL) {
		sqlite3_stmt *q;

		if (sqlite3_prepare_v3(db->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL) != SQLITE_OK) {
			(void)sql_failed(db, e, sql);
			return NULL;
		}
		*k = (struct kept){sql, q};
		db->n_kept++;
		return q;
	}
	(void)sqlite3_reset(k->q);
	(void)sqlite3_clear_bindings(k->q);
	return k->q;
}

static enum errc bind(struct sql *db, sqlite3_stmt *q, struct err *e, const char *types, va_list ap)
{
	int ok = SQLITE_OK;
	va_list own;

	va_copy(own, ap);
	for (int col = 1; *types != '\0' && ok == SQLITE_OK; types++, col++) {
		struct value v = value_next(*types, &own);

		ok = value_bind(q, col, &v);
	}
	va_end(own);
	return ok == SQLITE_OK ? OK : sql_failed(db, e, "bind");
}

/* sql_query for what has its values in ap. */
static sqlite3_stmt *bound(struct sql *db, struct err *e, const char *sql, const char *types, va_list ap)
{
	sqlite3_stmt *q = prepare(db, sql, e);

	return q != NULL && bind(db, q, e, types, ap) == OK ? q : NULL;
}

sqlite3_stmt *sql_query(struct sql *db, struct err *e, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q;
	va_list ap;

	va_start(ap, types);
	q = bound(db, e, sql, types, ap);
	va_end(ap);
	return q;
}

bool sql_next(struct sql *db, sqlite3_stmt *q, enum errc *rc, struct err *e)
{
	int step;

	if (q == NULL) {
		*rc = e != NULL && e->code != OK ? e->code : ERR_WORLD;
		return false;
	}
	*rc = OK;
	if ((step = sqlite3_step(q)) == SQLITE_ROW)
		return true;
	if (step != SQLITE_DONE)
		*rc = sql_failed(db, e, "step");
	(void)sqlite3_reset(q);
	return false;
}

void sql_done(sqlite3_stmt *q)
{
	if (q != NULL)
		(void)sqlite3_reset(q);
}

enum errc sql_run(struct sql *db, struct err *e, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q;
	enum errc rc;
	va_list ap;

	va_start(ap, types);
	q = bound(db, e, sql, types, ap);
	va_end(ap);
	while (sql_next(db, q, &rc, e))
		;
	return rc;
}

int64_t sql_changed(const struct sql *db) { return sqlite3_changes64(db->db); }
int64_t sql_made(const struct sql *db) { return sqlite3_last_insert_rowid(db->db); }

enum errc sql_int(struct sql *db, int64_t *out, int64_t none, struct err *e, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q;
	enum errc rc;
	va_list ap;

	va_start(ap, types);
	q = bound(db, e, sql, types, ap);
	va_end(ap);
	*out = none;
	if (sql_next(db, q, &rc, e)) {
		*out = sql_col_or(q, 0, none);
		sql_done(q);
	}
	return rc;
}

enum errc sql_ints(struct sql *db, sqlite3_stmt *q, int64_t *out, size_t max, size_t *n, struct err *e)
{
	enum errc rc = OK;

	*n = 0;
	while (*n < max && sql_next(db, q, &rc, e))
		out[(*n)++] = sqlite3_column_int64(q, 0);
	sql_done(q);
	return rc;
}

span sql_col(sqlite3_stmt *q, int col)
{
	const void *p = sqlite3_column_blob(q, col);

	return span_of(p, p != NULL ? (size_t)sqlite3_column_bytes(q, col) : 0);
}

const char *sql_text(struct arena *a, sqlite3_stmt *q, int col) { return arena_cstr(a, sql_col(q, col)); }

int64_t sql_col_or(sqlite3_stmt *q, int col, int64_t none)
{
	return sqlite3_column_type(q, col) == SQLITE_NULL ? none : sqlite3_column_int64(q, col);
}

int64_t sql_time(sqlite3_stmt *q, int col) { return sql_col_or(q, col, TIME_NONE); }

void sql_digest(sqlite3_stmt *q, int col, struct digest *out)
{
	span s = sql_col(q, col);

	*out = (struct digest){{0}};
	if (s.n == DIGEST_SIZE)
		memcpy(out->b, s.p, DIGEST_SIZE);
}
