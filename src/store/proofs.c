#include "store/proofs.h"

#include "base/clock.h"
#include "store/db.h"

enum errc proof_put(struct store *st, const struct proof_row *p, struct err *e)
{
	return db_run(st, e, "INSERT INTO notice_proof (notice_id, statement, log_index, file_sha256) VALUES (?, ?, ?, ?)"
	    " ON CONFLICT (notice_id) DO UPDATE SET statement = excluded.statement, log_index = excluded.log_index,"
	    " file_sha256 = excluded.file_sha256", "ttid", p->id, p->statement, p->log_index, &p->file_sha256);
}

enum errc proofs_all(struct store *st, struct arena *a, struct proof_row **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q;
	int64_t count;
	enum errc rc = db_int(st, &count, 0, e, "SELECT count(*) FROM notice_proof", "");

	*n = 0;
	if (rc != OK)
		return rc;
	if ((*out = arena_zero(a, (size_t)count, sizeof **out)) == NULL)
		return err_memory(e);
	/* A second person makes a withdrawal hold. */
	q = db_prepare(st, "SELECT p.notice_id, p.statement, p.log_index, p.file_sha256,"
	    " (SELECT w.when_utc FROM withdrawal w WHERE w.notice_id = p.notice_id ORDER BY w.when_utc, w.name LIMIT 1 OFFSET 1)"
	    " FROM notice_proof p ORDER BY p.notice_id", e);
	if (q == NULL)
		return e->code;
	while (*n < (size_t)count && db_row(st, q, &rc, e)) {
		struct proof_row *p = &(*out)[(*n)++];

		p->id = db_text(a, q, 0);
		p->statement = db_text(a, q, 1);
		p->log_index = sqlite3_column_int64(q, 2);
		db_digest(q, 3, &p->file_sha256);
		p->withdrawn_utc = db_time(q, 4);
		if (p->id == NULL || p->statement == NULL)
			rc = err_memory(e);
		if (rc != OK)
			break;
	}
	(void)sqlite3_reset(q);
	return rc;
}

enum errc withdrawal_put(struct store *st, const char *id, const char *name, const char *why, int64_t when_utc,
    struct err *e)
{
	return db_run(st, e, "INSERT OR IGNORE INTO withdrawal (notice_id, name, why, when_utc) VALUES (?, ?, ?, ?)", "ttti", id,
	    name, why, when_utc);
}

enum errc withdrawal_count(struct store *st, const char *id, bool *known, int64_t *n, struct err *e)
{
	int64_t have;
	enum errc rc = db_int(st, &have, 0, e, "SELECT count(*) FROM notice_proof WHERE notice_id = ?", "t", id);

	*known = rc == OK && have != 0;
	return rc != OK ? rc : db_int(st, n, 0, e, "SELECT count(*) FROM withdrawal WHERE notice_id = ?", "t", id);
}
