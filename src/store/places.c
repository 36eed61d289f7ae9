#include "store/places.h"

#include "store/db.h"

enum errc places_messages(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *q = db_prepare(st,
	    "SELECT DISTINCT message_id FROM finding WHERE message_id > ? ORDER BY message_id LIMIT ?", e);
	enum errc rc;

	*n = 0;
	if (q == NULL)
		return e->code;
	if ((rc = db_bind(st, q, e, "ii", after, (int64_t)max)) != OK)
		return rc;
	while (*n < max && db_row(st, q, &rc, e))
		ids[(*n)++] = sqlite3_column_int64(q, 0);
	(void)sqlite3_reset(q);
	return rc;
}

enum errc places_of(struct store *st, struct arena *a, int64_t message_id, struct place **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = db_prepare(st, "SELECT id, path, at_byte, n_bytes FROM finding WHERE message_id = ? ORDER BY path, id", e);
	int64_t count;
	enum errc rc;

	*out = NULL;
	*n = 0;
	if ((rc = db_int(st, &count, 0, e, "SELECT count(*) FROM finding WHERE message_id = ?", "i", message_id)) != OK)
		return rc;
	if (q == NULL)
		return e->code;
	if ((*out = arena_zero(a, (size_t)count, sizeof **out)) == NULL)
		return err_memory(e);
	if ((rc = db_bind(st, q, e, "i", message_id)) != OK)
		return rc;
	while (*n < (size_t)count && db_row(st, q, &rc, e)) {
		struct place *p = &(*out)[(*n)++];

		*p = (struct place){sqlite3_column_int64(q, 0), db_text(a, q, 1), (uint64_t)sqlite3_column_int64(q, 2),
		    (uint64_t)sqlite3_column_int64(q, 3)};
		if (p->path == NULL) {
			rc = err_memory(e);
			break;
		}
	}
	(void)sqlite3_reset(q);
	return rc;
}
