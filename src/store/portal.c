#include "store/portal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "case/names.h"
#include "store/db.h"

_Static_assert(VERDICT_ACCESSED == 1 && WAVE_WRITTEN == 3 && NOTICE_WRITTEN == 2, "the statements below spell these numbers");

static bool is(span s, const char *word) { return span_eq(s, span_str(word)); }

/* New keys: who claimed, read and marked until then may not have been who he said. It stands in the events, and counts no more. */
static enum errc begins_again(struct store *st, int64_t org, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "DELETE FROM remediation WHERE org_id = ?", "i", org);

	return rc != OK ? rc : sql_run(st->sql, e, "UPDATE portal_case SET claimed_utc = NULL, read_utc = NULL, n_reads = 0, n_exports = 0,"
	    " logs_done = 0, content_done = 0 WHERE org_id = ?", "i", org);
}

static enum errc take_state(struct store *st, int64_t org, const struct portal_entry *p, struct err *e)
{
	bool proven = is(p->to, "OPEN") || is(p->to, "CLAIM_WAIT");
	enum errc rc;

	if (is(p->reason, "new_keys") && (rc = begins_again(st, org, e)) != OK)
		return rc;
	return sql_run(st->sql, e, "UPDATE portal_case SET state = ?2, claimed_utc = CASE WHEN ?3 THEN coalesce(claimed_utc, ?4) ELSE claimed_utc"
	    " END WHERE org_id = ?1", "isii", org, p->to, (int64_t)proven, p->when_utc);
}

static enum errc take_mark(struct store *st, int64_t org, const struct portal_entry *p, struct err *e)
{
	if (is(p->mark, "open"))
		return sql_run(st->sql, e, "DELETE FROM remediation WHERE org_id = ? AND exposure = ?", "is", org, p->exposure);
	/* Only what is in the dossier can be marked: the reading room checks it, too. */
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO remediation (org_id, exposure, mark, person, note, application, when_utc)"
	    " SELECT ?1, exposure, ?3, ?4, ?5, ?6, ?7 FROM sealed_exposure WHERE org_id = ?1 AND exposure = ?2", "isssssi", org,
	    p->exposure, p->mark, p->person, p->note, p->application, p->when_utc);
}

static enum errc take_task(struct store *st, int64_t org, const struct portal_entry *p, struct err *e)
{
	int64_t done = is(p->done, "true");

	return is(p->task, "logs") ? sql_run(st->sql, e, "UPDATE portal_case SET logs_done = ? WHERE org_id = ?", "ii", done, org)
	                           : sql_run(st->sql, e, "UPDATE portal_case SET content_done = ? WHERE org_id = ?", "ii", done, org);
}

static enum errc take_known(struct store *st, int64_t org, const struct portal_entry *p, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "INSERT OR IGNORE INTO portal_case (org_id, state) VALUES (?, '')", "i", org);

	if (rc != OK)
		return rc;
	if (is(p->event, "state"))
		return take_state(st, org, p, e);
	if (is(p->event, "read"))
		return sql_run(st->sql, e, "UPDATE portal_case SET n_reads = n_reads + 1, read_utc = coalesce(read_utc, ?) WHERE org_id = ?", "ii",
		    p->when_utc, org);
	if (is(p->event, "export"))
		return sql_run(st->sql, e, "UPDATE portal_case SET n_exports = n_exports + 1, read_utc = coalesce(read_utc, ?) WHERE org_id = ?",
		    "ii", p->when_utc, org);
	if (is(p->event, "mark"))
		return take_mark(st, org, p, e);
	if (is(p->event, "task"))
		return take_task(st, org, p, e);
	if (is(p->event, "report"))
		return sql_run(st->sql, e, "INSERT INTO question (id, org_id, kind, record, exposure, text, person, when_utc)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "iisssssi", (int64_t)p->number, org, p->kind, p->record, p->exposure, p->text, p->person,
		    p->when_utc);
	return OK;
}

enum errc portal_take(struct store *st, const struct portal_entry *p, bool *known, struct err *e)
{
	sqlite3_stmt *q;
	int64_t org = 0;
	enum errc rc = OK;

	if (p->case_id.n != 0) {
		if ((q = sql_prepare(st->sql, "SELECT org_id FROM sealed WHERE case_id = ? LIMIT 1", e)) == NULL)
			return e->code;
		if ((rc = sql_bind(st->sql, q, e, "s", p->case_id)) != OK)
			return rc;
		if (sql_next(st->sql, q, &rc, e)) {
			org = sqlite3_column_int64(q, 0);
			sql_done(q);
		}
	}
	*known = p->case_id.n == 0 || org != 0;
	if (rc == OK)
		rc = org != 0 ? sql_run(st->sql, e, "INSERT INTO portal_event (number, org_id, when_utc, event, entry) VALUES (?, ?, ?, ?, ?)", "iiiss",
		                    (int64_t)p->number, org, p->when_utc, p->event, p->line)
		              : sql_run(st->sql, e, "INSERT INTO portal_event (number, org_id, when_utc, event, entry) VALUES (?, NULL, ?, ?, ?)", "iiss",
		                    (int64_t)p->number, p->when_utc, p->event, p->line);
	return rc == OK && org != 0 ? take_known(st, org, p, e) : rc;
}

enum errc portal_decide(struct store *st, int64_t id, bool accept, const char *by, const char *why, int64_t now_utc, bool *found,
    struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "UPDATE question SET decision = ?, decided_by = ?, why = ?, decided_utc = ? WHERE id = ? AND decision = ''",
	    "tttii", accept ? "accepted" : "rejected", by, why, now_utc, id);

	*found = rc == OK && sql_changed(st->sql) != 0;
	return rc;
}

/* ---- over all organisations ----------------------------------------------------------------------------------- */

/* ?1, ?2: seconds until a credential that was surely read, and another, must be dealt with; ?3 now. */
#define RESETS \
	"WITH cred AS (SELECT t.org_id, t.exposure_id, min(w.planned_utc)" \
	"  + CASE WHEN max(m.verdict = 1) THEN ?1 ELSE ?2 END AS due FROM told t JOIN wave w ON w.number = t.wave AND w.state = 3" \
	"  JOIN message m ON m.id = t.message_id JOIN exposure x ON x.id = t.exposure_id" \
	"  WHERE x.class NOT IN (" PERSONAL_CLASSES ") GROUP BY 1, 2)," \
	" marked AS (SELECT c.org_id, c.due, coalesce((SELECT r.mark FROM sealed_exposure s JOIN remediation r ON r.org_id = s.org_id" \
	"  AND r.exposure = s.exposure WHERE s.org_id = c.org_id AND s.exposure_id = c.exposure_id), '') AS mark FROM cred c)," \
	" sums AS (SELECT org_id, count(*) AS n, sum(mark IN ('rotated', 'revoked', 'deactivated')) AS reset," \
	"  sum(mark IN ('not_ours', 'false_alarm', 'risk_accepted')) AS not_due, sum(mark = '') AS open," \
	"  sum(mark = '' AND due < ?3) AS overdue, min(CASE WHEN mark = '' THEN due END) AS due FROM marked GROUP BY org_id)," \
	" told_orgs AS (SELECT n.org_id, min(w.planned_utc) AS told FROM notice n JOIN wave w ON w.number = n.wave JOIN org p ON p.id = n.org_id AND p.origin <> 4" \
	"  WHERE n.state = 2" \
	"  GROUP BY n.org_id)" \
	" SELECT o.key, o.name, coalesce(p.state, ''), g.told, p.claimed_utc, p.read_utc, coalesce(s.n, 0), coalesce(s.reset, 0)," \
	" coalesce(s.not_due, 0), coalesce(s.open, 0), coalesce(s.overdue, 0), s.due, coalesce(p.logs_done, 0)," \
	" coalesce(p.content_done, 0), (SELECT count(*) FROM question k WHERE k.org_id = o.id AND k.decision = '')" \
	" FROM told_orgs g JOIN org o ON o.id = g.org_id LEFT JOIN portal_case p ON p.org_id = o.id LEFT JOIN sums s ON s.org_id = o.id" \
	" ORDER BY o.key"

enum errc resets_each(struct store *st, struct reset_policy p, reset_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_prepare(st->sql, RESETS, e);
	struct arena *a = NULL;
	enum errc rc, ended = OK;

	if (q == NULL)
		return e->code;
	if ((rc = arena_new(&a, 1 << 20, e)) != OK || (rc = sql_bind(st->sql, q, e, "iii", p.immediate_s, p.credential_s, p.now_utc)) != OK)
		goto out;
	while (rc == OK && sql_next(st->sql, q, &ended, e)) {
		struct reset_row r = {.told_utc = sql_time(q, 3), .claimed_utc = sql_time(q, 4), .read_utc = sql_time(q, 5),
		    .credentials = sqlite3_column_int64(q, 6), .reset = sqlite3_column_int64(q, 7), .not_due = sqlite3_column_int64(q, 8),
		    .open = sqlite3_column_int64(q, 9), .overdue = sqlite3_column_int64(q, 10), .due_utc = sql_time(q, 11),
		    .logs_done = sqlite3_column_int(q, 12) != 0, .content_done = sqlite3_column_int(q, 13) != 0,
		    .questions = sqlite3_column_int64(q, 14)};

		arena_reset(a);
		r.key = sql_text(a, q, 0);
		r.name = sql_text(a, q, 1);
		r.state = sql_text(a, q, 2);
		rc = r.key == NULL || r.name == NULL || r.state == NULL ? err_memory(e) : fn(ctx, &r, e);
	}
	sql_done(q);
out:
	arena_free(a);
	return rc != OK ? rc : ended;
}
