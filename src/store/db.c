#include "store/db.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/clock.h"

enum errc db_err(struct store *st, struct err *e, const char *what)
{
	int code = st->db != NULL ? sqlite3_extended_errcode(st->db) & 0xff : SQLITE_NOMEM;

	if (code == SQLITE_NOMEM)
		return err_memory(e);
	if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
		return err_set(e, ERR_LOCKED, "the case is in use by another tocsin");
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return err_set(e, ERR_WORLD, "case.db is damaged (%s): %s", what, sqlite3_errmsg(st->db));
	return err_set(e, ERR_WORLD, "case.db: %s: %s", what, sqlite3_errmsg(st->db));
}

/* Literals have one address each, so the address is the key. */
static struct cached *slot(struct store *st, const char *sql)
{
	size_t i = ((uintptr_t)sql * 0x9e3779b97f4a7c15u >> 32) & (st->cap_cache - 1);

	while (st->cache[i].sql != NULL && st->cache[i].sql != sql)
		i = (i + 1) & (st->cap_cache - 1);
	return &st->cache[i];
}

static bool cache_grow(struct store *st)
{
	struct cached *old = st->cache;
	size_t n = st->cap_cache;

	st->cap_cache = n != 0 ? 2 * n : 128;
	if ((st->cache = calloc(st->cap_cache, sizeof *st->cache)) == NULL) {
		st->cache = old;
		st->cap_cache = n;
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (old[i].sql != NULL)
			*slot(st, old[i].sql) = old[i];
	free(old);
	return true;
}

sqlite3_stmt *db_prepare(struct store *st, const char *sql, struct err *e)
{
	struct cached *c;

	if (st->n_cache >= st->cap_cache / 2 && !cache_grow(st)) {
		(void)err_memory(e);
		return NULL;
	}
	c = slot(st, sql);
	if (c->sql == NULL) {
		sqlite3_stmt *q;

		if (sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL) != SQLITE_OK) {
			(void)db_err(st, e, "prepare");
			return NULL;
		}
		*c = (struct cached){sql, q};
		st->n_cache++;
		return q;
	}
	(void)sqlite3_reset(c->st);
	(void)sqlite3_clear_bindings(c->st);
	return c->st;
}

static enum errc bind(struct store *st, sqlite3_stmt *q, struct err *e, const char *types, va_list ap)
{
	int col = 1, ok = SQLITE_OK;

	for (; *types != '\0' && ok == SQLITE_OK; types++, col++) {
		switch (*types) {
		case 'i':
			ok = sqlite3_bind_int64(q, col, va_arg(ap, int64_t));
			break;
		case 't':
			ok = sqlite3_bind_text(q, col, va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 's':
		case 'b': {
			span s = va_arg(ap, span);
			const void *p = s.p != NULL ? (const void *)s.p : "";

			ok = *types == 's' ? sqlite3_bind_text64(q, col, p, s.n, SQLITE_STATIC, SQLITE_UTF8)
					   : sqlite3_bind_blob64(q, col, p, s.n, SQLITE_STATIC);
			break;
		}
		case 'd':
			ok = sqlite3_bind_blob(q, col, va_arg(ap, const struct digest *)->b, DIGEST_SIZE, SQLITE_STATIC);
			break;
		case 'n':
			ok = sqlite3_bind_null(q, col);
			break;
		default:
			assert(false && "a letter of db_bind");
		}
	}
	return ok == SQLITE_OK ? OK : db_err(st, e, "bind");
}

enum errc db_bind(struct store *st, sqlite3_stmt *q, struct err *e, const char *types, ...)
{
	va_list ap;
	enum errc rc;

	va_start(ap, types);
	rc = bind(st, q, e, types, ap);
	va_end(ap);
	return rc;
}

bool db_row(struct store *st, sqlite3_stmt *q, enum errc *rc, struct err *e)
{
	int step = sqlite3_step(q);

	*rc = OK;
	if (step == SQLITE_ROW)
		return true;
	if (step != SQLITE_DONE)
		*rc = db_err(st, e, "step");
	(void)sqlite3_reset(q);
	return false;
}

enum errc db_run(struct store *st, struct err *e, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q = db_prepare(st, sql, e);
	enum errc rc;
	va_list ap;

	if (q == NULL)
		return e != NULL && e->code != OK ? e->code : ERR_WORLD;
	va_start(ap, types);
	rc = bind(st, q, e, types, ap);
	va_end(ap);
	while (rc == OK && db_row(st, q, &rc, e))
		;
	return rc;
}

enum errc db_int(struct store *st, int64_t *out, int64_t none, struct err *e, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q = db_prepare(st, sql, e);
	enum errc rc;
	va_list ap;

	*out = none;
	if (q == NULL)
		return e != NULL && e->code != OK ? e->code : ERR_WORLD;
	va_start(ap, types);
	rc = bind(st, q, e, types, ap);
	va_end(ap);
	if (rc == OK && db_row(st, q, &rc, e)) {
		if (sqlite3_column_type(q, 0) != SQLITE_NULL)
			*out = sqlite3_column_int64(q, 0);
		(void)sqlite3_reset(q);
	}
	return rc;
}

span db_col(sqlite3_stmt *q, int col)
{
	const void *p = sqlite3_column_blob(q, col);

	return span_of(p, p != NULL ? (size_t)sqlite3_column_bytes(q, col) : 0);
}

const char *db_text(struct arena *a, sqlite3_stmt *q, int col) { return arena_cstr(a, db_col(q, col)); }

int64_t db_col_int(sqlite3_stmt *q, int col, int64_t none)
{
	return sqlite3_column_type(q, col) == SQLITE_NULL ? none : sqlite3_column_int64(q, col);
}

int64_t db_time(sqlite3_stmt *q, int col) { return db_col_int(q, col, TIME_NONE); }

void db_digest(sqlite3_stmt *q, int col, struct digest *out)
{
	span s = db_col(q, col);

	*out = (struct digest){{0}};
	if (s.n == DIGEST_SIZE)
		memcpy(out->b, s.p, DIGEST_SIZE);
}
