/* What could not be read for want of a password, and the mail near it in which one may stand. */
#include "case/names.h"
#include "store/db.h"
#include "store/findings.h"

enum errc findings_sealed(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT DISTINCT c.message_id FROM coverage c JOIN message m ON m.id = c.message_id"
	    " WHERE c.message_id > ?1 AND c.outcome = 2 AND c.reason LIKE 'encrypted%password%' AND in_scope(m.verdict)"
	    " ORDER BY c.message_id LIMIT ?2", "ii", after, (int64_t)max);

	return sql_ints(st->sql, q, ids, max, n, e);
}

enum errc findings_untried(struct store *st, int64_t message_id, span why, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE coverage SET reason = iif(instr(reason, ?3) = 0, reason, substr(reason, 1, instr(reason, ?3) - 1)) || ?3 || ?2"
	    " WHERE message_id = ?1 AND outcome = 2 AND reason LIKE 'encrypted%password%'", "ist", message_id, why, "; not all were tried: ");
}

/* The ledger has it, and none of the passwords. */
#define OPENED " FROM ledger l JOIN message m ON m.id = json_extract(l.detail, '$.message') WHERE l.what = 'open' AND in_scope(m.verdict)"

enum errc findings_opened(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT DISTINCT m.id" OPENED " AND m.id > ?1 ORDER BY m.id LIMIT ?2", "ii", after, (int64_t)max);

	return sql_ints(st->sql, q, ids, max, n, e);
}

enum errc findings_whose_again(struct store *st, int64_t message_id, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE attributed SET ruleset_id = 0 WHERE message_id = ?1 OR (?1 = 0 AND message_id IN (SELECT m.id" OPENED "))",
	    "i", message_id);
}

/* Without "Re:", "AW:" and their like at its beginning. */
static span subject_base(span s)
{
	static const char *const prefixes[] = {"re:", "aw:", "fw:", "fwd:", "wg:", "tr:", "sv:", "antw:"};
	bool again = true;

	while (again) {
		again = false;
		s = span_trim(s);
		for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && !again; i++)
			if (span_starts_nocase(s, span_str(prefixes[i]))) {
				s = span_from(s, strlen(prefixes[i]));
				again = true;
			}
	}
	return s;
}

enum errc findings_near(struct store *st, struct arena *a, int64_t message_id, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT subject FROM message WHERE id = ?1", "i", message_id);
	span base = SPAN_EMPTY;
	enum errc rc;

	*n = 0;
	if (sql_next(st->sql, q, &rc, e) && (base = arena_copy(a, subject_base(sql_col(q, 0)))).p == NULL)
		rc = err_memory(e);
	sql_done(q);
	if (rc != OK)
		return rc;
	q = sql_query(st->sql, e, "SELECT id FROM (SELECT DISTINCT m.id, m.id <> s.id AS other, abs(m.when_utc - s.when_utc) AS away"
	    " FROM finding f JOIN message m ON m.id = f.message_id"
	    " JOIN message s ON s.id = ?1 WHERE f.class IN ('password', 'username_password', 'passcode_pin') AND (m.id = s.id"
	    " OR (length(?2) >= 4 AND substr(m.subject, -length(?2)) = ?2)"
	    " OR (abs(m.when_utc - s.when_utc) <= 259200 AND EXISTS (SELECT 1 FROM party x JOIN party y ON y.address_id = x.address_id"
	    " WHERE x.message_id = s.id AND x.role = 1 AND y.message_id = m.id AND y.role = 1)))"
	    " ORDER BY other, away IS NULL, away, m.id LIMIT ?3) ORDER BY id", "isi", message_id, base, (int64_t)max);
	return sql_ints(st->sql, q, ids, max, n, e);
}

enum errc findings_counts(struct store *st, int64_t message_id, uint64_t *findings, uint64_t *coverage, struct err *e)
{
	int64_t f = 0, c = 0;
	enum errc rc;

	if ((rc = sql_int(st->sql, &f, 0, e, "SELECT count(*) FROM finding WHERE message_id = ?1", "i", message_id)) != OK ||
	    (rc = sql_int(st->sql, &c, 0, e, "SELECT count(*) FROM coverage WHERE message_id = ?1", "i", message_id)) != OK)
		return rc;
	*findings = (uint64_t)f;
	*coverage = (uint64_t)c;
	return OK;
}
