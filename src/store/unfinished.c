/*
 * Which paths a run has begun to read and not come to the end of. A run that is stopped in a folder leaves rows that are whole in
 * themselves: nothing in them says that more lies there. So it is said before the first of them is read, and taken back behind the last.
 */
#include <errno.h>
#include <stdlib.h>

#include "store/db.h"

static const char *const kinds[] = {[READING_MAIL] = READING_MAIL_KEY, [READING_LOGS] = READING_LOGS_KEY};

/* A path that is not there is the run's to refuse. */
static enum errc each(struct store *st, const char *sql, enum reading_kind r, const char *const *paths, size_t n, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < n && rc == OK; i++) {
		char *real = realpath(paths[i], NULL);

		if (real == NULL && errno == ENOMEM)
			return err_memory(e);
		if (real != NULL)
			rc = sql_run(st->sql, e, sql, "tt", kinds[r], real);
		free(real);
	}
	return rc;
}

enum errc reading_begin(struct store *st, enum reading_kind r, const char *const *paths, size_t n, struct err *e)
{
	enum errc rc = each(st, "INSERT OR REPLACE INTO setting (key, value) VALUES (?1 || ?2, '')", r, paths, n, e);

	return rc == OK ? store_commit(st, e) : rc;
}

/* What lies below a folder was read with it. */
enum errc reading_end(struct store *st, enum reading_kind r, const char *const *paths, size_t n, struct err *e)
{
	return each(st, "DELETE FROM setting WHERE key = ?1 || ?2 OR substr(key, 1, length(?1 || ?2) + 1) = ?1 || rtrim(?2, '/') || '/'", r, paths, n, e);
}

enum errc reading_abandon(struct store *st, enum reading_kind r, const char *path, struct err *e)
{
	struct ledger_note note;
	enum errc rc = sql_run(st->sql, e, "DELETE FROM setting WHERE key = ?1 || ?2", "tt", kinds[r], path);

	if (rc != OK)
		return rc;
	if (sql_changed(st->sql) == 0)
		return err_set(e, ERR_USAGE, "no reading of \"%s\" was stopped; tocsin status names those that were", path);
	ledger_begin(&note);
	json_str(&note.j, "path", path);
	return (rc = ledger_end(&note, st, "reading abandoned", e)) == OK ? store_commit(st, e) : rc;
}

static bool take_path(struct arena *a, sqlite3_stmt *q, void *row)
{
	const char **path = row;

	return (*path = sql_text(a, q, 0)) != NULL;
}

enum errc reading_unfinished(struct store *st, struct arena *a, enum reading_kind r, const char ***out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT substr(key, length(?1) + 1) FROM setting WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key", "t", kinds[r]);

	return GATHER(st, a, q, take_path, out, n, e);
}
