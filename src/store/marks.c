#include "store/marks.h"

#include "store/db.h"

static bool take_credential(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct credential *c = row;

	sql_digest(q, 0, &c->digest);
	c->class = sql_text(a, q, 1);
	c->open = sqlite3_column_int(q, 2) != 0;
	return c->class != NULL;
}

enum errc credentials_named(struct store *st, struct arena *a, int64_t org, const char *name, struct credential **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "WITH c AS (SELECT DISTINCT t.org_id, t.exposure_id, x.digest, x.class" FROM_CREDENTIALS_TOLD "AND t.org_id = ?1) SELECT c.digest, c.class," MARK_OF " = '' FROM c WHERE ?2 IS NULL"
	    " OR (length(?2) >= 6 AND ?2 NOT GLOB '*[^0-9A-Fa-f]*' AND hex(c.digest) LIKE ?2 || '%')"
	    " OR EXISTS (SELECT 1 FROM sealed_exposure s WHERE s.org_id = c.org_id AND s.exposure_id = c.exposure_id AND s.exposure = ?2)"
	    " ORDER BY c.digest", "it", org, name);

	return GATHER(st, a, q, take_credential, out, n, e);
}

enum errc credential_mark(struct store *st, int64_t org, const struct digest *d, const char *mark, const char *by, const char *note, int64_t now_utc,
    struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO marked (org_id, digest, mark, person, note, when_utc) VALUES (?, ?, ?, ?, ?, ?)", "idttti", org, d,
	    mark, by, note, now_utc);
}
