#include "store/places.h"

#include "store/db.h"

enum errc places_messages(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT DISTINCT message_id FROM finding WHERE message_id > ? ORDER BY message_id LIMIT ?", "ii", after, (int64_t)max);

	return sql_ints(st->sql, q, ids, max, n, e);
}

enum errc places_of(struct store *st, struct arena *a, int64_t message_id, struct place **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT id, path, at_byte, n_bytes FROM finding WHERE message_id = ? ORDER BY path, id", "i", message_id);
	int64_t count;
	enum errc rc;

	*out = NULL;
	*n = 0;
	if ((rc = sql_int(st->sql, &count, 0, e, "SELECT count(*) FROM finding WHERE message_id = ?", "i", message_id)) != OK)
		return rc;
	if ((*out = arena_zero(a, (size_t)count, sizeof **out)) == NULL)
		return err_memory(e);
	while (*n < (size_t)count && sql_next(st->sql, q, &rc, e)) {
		struct place *p = &(*out)[(*n)++];

		*p = (struct place){sqlite3_column_int64(q, 0), sql_text(a, q, 1), (uint64_t)sqlite3_column_int64(q, 2),
		    (uint64_t)sqlite3_column_int64(q, 3)};
		if (p->path == NULL) {
			rc = err_memory(e);
			break;
		}
	}
	sql_done(q);
	return rc;
}
