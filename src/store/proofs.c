#include "store/proofs.h"

#include "base/clock.h"
#include "case/names.h"
#include "store/db.h"

_Static_assert(BACK_OVERTAKEN == 3 && BACK_OUTDATED == 5, "the statements below spell these numbers");

/* When a plan took b back. A plan that found nothing else to tell has left no wave. */
#define BACK_UTC(b) \
	" coalesce((SELECT bw.planned_utc FROM wave bw WHERE bw.number = " b ".by_wave), (SELECT max(bl.when_utc) FROM ledger bl WHERE bl.what = 'notices taken back')) "

enum errc proof_put(struct store *st, const struct proof_row *p, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO notice_proof (notice_id, statement, log_index, file_sha256) VALUES (?, ?, ?, ?)"
	    " ON CONFLICT (notice_id) DO UPDATE SET statement = excluded.statement, log_index = excluded.log_index,"
	    " file_sha256 = excluded.file_sha256", "ttid", p->id, p->statement, p->log_index, &p->file_sha256);
}

enum errc proofs_all(struct store *st, struct arena *a, struct proof_row **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q;
	int64_t count;
	enum errc rc = sql_int(st->sql, &count, 0, e, "SELECT count(*) FROM notice_proof", "");

	*n = 0;
	if (rc != OK)
		return rc;
	if ((*out = arena_zero(a, (size_t)count, sizeof **out)) == NULL)
		return err_memory(e);
	/* One that does not leave any more is nothing that we say: should it turn up, it is none of ours to rely on. */
	q = sql_query(st->sql, e, "SELECT p.notice_id, p.statement, p.log_index, p.file_sha256, coalesce(" WITHDRAWN_UTC("n.wave", "n.org_id")
	    ", (SELECT" BACK_UTC("b") "FROM taken_back b WHERE b.org_id = n.org_id AND b.wave = n.wave AND b.why IN (3, 5)), CASE WHEN"
	    IS_OVERTAKEN("n.wave", "n.org_id") "AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.wave = n.wave AND d.org_id = n.org_id AND"
	    MAY_HAVE_ARRIVED("d") ") AND NOT" BY_HAND("n.wave", "n.org_id") "THEN coalesce((SELECT max(x.when_utc) FROM withdrawal x"
	    " JOIN notice xn ON xn.id = x.notice_id WHERE xn.org_id = n.org_id AND xn.wave < n.wave),"
	    " (SELECT max(" BACK_UTC("b") ") FROM taken_back b WHERE b.org_id = n.org_id AND b.wave < n.wave)) END)"
	    " FROM notice_proof p JOIN notice n ON n.id = p.notice_id ORDER BY p.notice_id", "");
	while (*n < (size_t)count && sql_next(st->sql, q, &rc, e)) {
		struct proof_row *p = &(*out)[(*n)++];

		p->id = sql_text(a, q, 0);
		p->statement = sql_text(a, q, 1);
		p->log_index = sqlite3_column_int64(q, 2);
		sql_digest(q, 3, &p->file_sha256);
		p->withdrawn_utc = sql_time(q, 4);
		if (p->id == NULL || p->statement == NULL)
			rc = err_memory(e);
		if (rc != OK)
			break;
	}
	sql_done(q);
	return rc;
}

enum errc withdrawal_put(struct store *st, const char *id, const char *name, const char *said_by, const char *why, int64_t when_utc,
    struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO withdrawal (notice_id, name, said_by, why, when_utc) VALUES (?, ?, ?, ?, ?)", "tttti", id,
	    name, said_by, why, when_utc);
}

enum errc withdrawal_said(struct store *st, const char *id, const char *name, bool *out, struct err *e)
{
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT count(*) FROM withdrawal WHERE notice_id = ? AND name = ?", "tt", id, name);

	*out = rc == OK && n != 0;
	return rc;
}

enum errc withdrawal_count(struct store *st, const char *id, bool *known, int64_t *n, struct err *e)
{
	int64_t have;
	enum errc rc = sql_int(st->sql, &have, 0, e, "SELECT count(*) FROM notice_proof WHERE notice_id = ?", "t", id);

	*known = rc == OK && have != 0;
	return rc != OK ? rc : sql_int(st->sql, n, 0, e, "SELECT count(*) FROM withdrawal WHERE notice_id = ?", "t", id);
}

enum errc withdrawal_reached(struct store *st, const char *id, int64_t *org_id, int64_t *wave, int64_t *n, int64_t *n_overtaken,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT n.org_id, n.wave, (SELECT count(*) FROM notice m LEFT JOIN delivery d ON d.notice_id = m.id"
	    " WHERE m.wave = n.wave AND m.org_id = n.org_id AND (" MAY_HAVE_ARRIVED("d") "OR" BY_HAND("n.wave", "n.org_id") ")),"
	    " (SELECT count(*) FROM notice m LEFT JOIN delivery d ON d.notice_id = m.id WHERE m.org_id = n.org_id AND m.wave > n.wave AND m.state = 2"
	    "  AND coalesce(d.state, 2) IN (1, 2, 5) AND NOT" NO_LONGER_TOLD("m.wave", "m.org_id") "AND" IS_OVERTAKEN("m.wave", "m.org_id") ")"
	    " FROM notice n WHERE n.id = ?", "t", id);
	enum errc rc;

	*org_id = *wave = *n = *n_overtaken = 0;
	if (sql_next(st->sql, q, &rc, e)) {
		*org_id = sqlite3_column_int64(q, 0);
		*wave = sqlite3_column_int64(q, 1);
		*n = sqlite3_column_int64(q, 2);
		*n_overtaken = sqlite3_column_int64(q, 3);
		sql_done(q);
	}
	return rc;
}
