#include "serve/sql.h"

#include <stdarg.h>
#include <stdlib.h>

#include "portal-schema.h"

enum { KEPT = 512 };

struct sql {
	sqlite3 *db;
	struct { const char *sql; sqlite3_stmt *q; } kept[KEPT];
};

static enum errc failed(const struct sql *db, struct err *e, const char *what)
{
	return err_set(e, ERR_WORLD, "portal.db: %s: %s", what, db->db != NULL ? sqlite3_errmsg(db->db) : "out of memory");
}

enum errc sql_script(struct sql *db, const char *script, struct err *e)
{
	return sqlite3_exec(db->db, script, NULL, NULL, NULL) == SQLITE_OK ? OK : failed(db, e, "state");
}

enum errc sql_open(struct sql **out, const char *path, struct err *e)
{
	static const char settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
	    "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA locking_mode"
	    " = EXCLUSIVE;";
	struct sql *db = calloc(1, sizeof *db);
	int64_t version;
	enum errc rc;

	*out = db;
	if (db == NULL)
		return err_memory(e);
	if (sqlite3_open_v2(path, &db->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
	    NULL) != SQLITE_OK)
		return failed(db, e, path);
	(void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if ((rc = sql_script(db, settings, e)) != OK ||
	    (rc = sql_int(db, &version, 0, e, "PRAGMA user_version", "")) != OK)
		return rc;
	if (version == 0)
		return sql_script(db, portal_schema_sql, e);
	return version == 1 ? OK : err_set(e, ERR_USAGE, "portal.db is of another version of tocsin");
}

void sql_close(struct sql *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < KEPT; i++)
		(void)sqlite3_finalize(db->kept[i].q);
	(void)sqlite3_close(db->db);
	free(db);
}

/* Literals have one address each, so the address is the key. */
static sqlite3_stmt *prepared(struct sql *db, const char *sql, struct err *e)
{
	size_t i = ((uintptr_t)sql * 0x9e3779b97f4a7c15u >> 32) % KEPT, seen = 0;

	while (db->kept[i].sql != NULL && db->kept[i].sql != sql && seen++ < KEPT)
		i = (i + 1) % KEPT;
	assert(seen < KEPT && "more statements than KEPT");
	if (db->kept[i].sql == NULL) {
		if (sqlite3_prepare_v3(db->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &db->kept[i].q, NULL) != SQLITE_OK) {
			(void)failed(db, e, sql);
			return NULL;
		}
		db->kept[i].sql = sql;
	}
	(void)sqlite3_reset(db->kept[i].q);
	(void)sqlite3_clear_bindings(db->kept[i].q);
	return db->kept[i].q;
}

static int bind_span(sqlite3_stmt *q, int col, span s, bool text)
{
	const void *p = s.p != NULL ? (const void *)s.p : "";

	return text ? sqlite3_bind_text64(q, col, p, s.n, SQLITE_STATIC, SQLITE_UTF8) : sqlite3_bind_blob64(q, col, p,
	    s.n, SQLITE_STATIC);
}

static sqlite3_stmt *bound(struct sql *db, struct err *e, const char *sql, const char *types, va_list ap)
{
	sqlite3_stmt *q = prepared(db, sql, e);
	int ok = SQLITE_OK;

	for (int col = 1; q != NULL && *types != '\0' && ok == SQLITE_OK; types++, col++) {
		switch (*types) {
		case 'i': ok = sqlite3_bind_int64(q, col, va_arg(ap, int64_t)); break;
		case 't': ok = sqlite3_bind_text(q, col, va_arg(ap, const char *), -1, SQLITE_STATIC); break;
		case 's': ok = bind_span(q, col, va_arg(ap, span), true); break;
		case 'b': ok = bind_span(q, col, va_arg(ap, span), false); break;
		case 'n': ok = sqlite3_bind_null(q, col); break;
		default: assert(false && "a letter of sql_query");
		}
	}
	if (ok == SQLITE_OK)
		return q;
	(void)failed(db, e, "bind");
	return NULL;
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
		*rc = ERR_WORLD;
		return false;
	}
	*rc = OK;
	if ((step = sqlite3_step(q)) == SQLITE_ROW)
		return true;
	if (step != SQLITE_DONE)
		*rc = failed(db, e, "step");
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
		if (sqlite3_column_type(q, 0) != SQLITE_NULL)
			*out = sqlite3_column_int64(q, 0);
		sql_done(q);
	}
	return rc;
}

enum errc sql_begin(struct sql *db, struct err *e) { return sql_run(db, e, "BEGIN IMMEDIATE", ""); }
enum errc sql_commit(struct sql *db, struct err *e) { return sql_run(db, e, "COMMIT", ""); }

void sql_rollback(struct sql *db)
{
	if (!sqlite3_get_autocommit(db->db))
		(void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
}

span sql_col(sqlite3_stmt *q, int col)
{
	const void *p = sqlite3_column_blob(q, col);

	return span_of(p, p == NULL ? 0 : (size_t)sqlite3_column_bytes(q, col));
}

const char *sql_text(struct arena *a, sqlite3_stmt *q, int col) { return arena_cstr(a, sql_col(q, col)); }
