/*
 * Where each record lies in a sealed file. A bundle may have fifty thousand, which are written, and removed, in steps between which
 * people are answered: rows are of a file, and it is only when a case has that file that anybody is given what they say.
 */
#include "seal/bundle.h"
#include "serve/private.h"

enum errc records_put(struct logic *l, struct records_put *p, struct err *e)
{
	enum errc rc = OK;

	for (size_t done = 0; p->n <= p->b->n_records && done < RECORDS_STEP && rc == OK; done++, p->n++) {
		const struct bundle_blob *r = p->n < p->b->n_records ? &p->b->records[p->n] : &p->b->export;

		rc = sql_run(l->db, e, "INSERT INTO record (file, id, at, n, sha256) VALUES (?, ?, ?, ?, ?)", "ttiib", p->file, r->record,
		    (int64_t)(p->data_at + r->offset), (int64_t)r->length, digest_span(&r->sha256));
	}
	return rc;
}

enum errc records_sweep(struct logic *l, void *ctx, struct err *e)
{
	/* From one file to the next, not row by row. */
	sqlite3_stmt *q = sql_query(l->db, e, "WITH RECURSIVE f (file) AS (SELECT min(file) FROM record UNION ALL"
	    " SELECT (SELECT min(file) FROM record WHERE file > f.file) FROM f WHERE f.file IS NOT NULL)"
	    " SELECT file FROM f WHERE file IS NOT NULL AND NOT EXISTS (SELECT 1 FROM room WHERE room.file = f.file) LIMIT 1", "");
	const char *file = NULL;
	enum errc rc;

	(void)ctx;
	if (sql_next(l->db, q, &rc, e)) {
		file = sql_text(l->a, q, 0);
		sql_done(q);
		if (file == NULL)
			return err_memory(e);
	}
	if (rc != OK)
		return rc;
	l->stale = file != NULL;
	return file == NULL ? OK : sql_run(l->db, e, "DELETE FROM record WHERE file = ?1 AND id IN"
	    " (SELECT id FROM record WHERE file = ?1 LIMIT ?2)", "ti", file, (int64_t)RECORDS_STEP);
}
