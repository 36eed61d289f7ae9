#include "store/portal.h"

#include <stdlib.h>

#include "base/clock.h"
#include "case/names.h"
#include "store/db.h"

_Static_assert(VERDICT_ACCESSED == 1 && WAVE_WRITTEN == 3 && NOTICE_WRITTEN == 2 && ORG_OURSELVES == 1, "the statements below spell these numbers");

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

/*
 * "Not ours" is a question to us: what they say may be wrong, or our attribution. Said again it is the same one, taken back it is
 * withdrawn, and stays; one that was decided is not asked again by the same words.
 */
static enum errc take_not_ours(struct store *st, int64_t org, const struct portal_entry *p, struct err *e)
{
	enum errc rc;

	if (!is(p->mark, "not_ours"))
		return sql_run(st->sql, e, "UPDATE question SET decision = 'withdrawn', decided_by = ?1, decided_utc = ?2 WHERE org_id = ?3"
		    " AND kind = 'not_ours' AND record = ?4 AND exposure = ?5 AND decision = ''", "siiss", p->person, p->when_utc, org, p->record,
		    p->exposure);
	if ((rc = sql_run(st->sql, e, "UPDATE question SET text = ?1, person = ?2, when_utc = ?3 WHERE org_id = ?4 AND kind = 'not_ours'"
	    " AND record = ?5 AND exposure = ?6 AND decision = ''", "ssiiss", p->note, p->person, p->when_utc, org, p->record, p->exposure)) != OK ||
	    sql_changed(st->sql) != 0)
		return rc;
	/* Only what is in the dossier: the reading room checks it, too. */
	return sql_run(st->sql, e, "INSERT INTO question (id, org_id, kind, record, exposure, text, person, when_utc)"
	    " SELECT ?1, ?2, 'not_ours', ?3, ?4, ?5, ?6, ?7 WHERE (EXISTS (SELECT 1 FROM sealed_record WHERE org_id = ?2 AND record = ?3)"
	    " OR EXISTS (SELECT 1 FROM sealed_exposure WHERE org_id = ?2 AND exposure = ?4)) AND NOT EXISTS (SELECT 1 FROM question"
	    " WHERE org_id = ?2 AND kind = 'not_ours' AND record = ?3 AND exposure = ?4 AND text = ?5 AND decision IN ('accepted', 'rejected'))",
	    "iissssi", (int64_t)p->number, org, p->record,
	    p->exposure, p->note, p->person, p->when_utc);
}

static enum errc take_mark(struct store *st, int64_t org, const struct portal_entry *p, struct err *e)
{
	enum errc rc = take_not_ours(st, org, p, e);

	if (rc != OK || p->record.n != 0 || (rc = sql_run(st->sql, e, "DELETE FROM marked WHERE org_id = ?1 AND when_utc < ?3 AND digest IN (SELECT x.digest"
	    " FROM sealed_exposure s JOIN exposure x ON x.id = s.exposure_id WHERE s.org_id = ?1 AND s.exposure = ?2)", "isi", org, p->exposure,
	    p->when_utc)) != OK)
		return rc;
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
	int64_t org = 0;
	enum errc rc = OK;

	if (p->case_id.n != 0) {
		if ((rc = sql_int(st->sql, &org, 0, e, "SELECT org_id FROM sealed WHERE case_id = ? LIMIT 1", "s", p->case_id)) != OK)
			return rc;
	}
	*known = p->case_id.n == 0 || org != 0;
	if (rc == OK)
		rc = org != 0 ? sql_run(st->sql, e, "INSERT INTO portal_event (number, org_id, when_utc, event, entry) VALUES (?, ?, ?, ?, ?)", "iiiss",
		                    (int64_t)p->number, org, p->when_utc, p->event, p->line)
		              : sql_run(st->sql, e, "INSERT INTO portal_event (number, org_id, when_utc, event, entry) VALUES (?, NULL, ?, ?, ?)", "iiss",
		                    (int64_t)p->number, p->when_utc, p->event, p->line);
	return rc == OK && org != 0 ? take_known(st, org, p, e) : rc;
}

enum errc portal_questions(struct store *st, uint64_t *open, struct err *e)
{
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT count(*) FROM question WHERE decision = ''", "");

	*open = (uint64_t)n;
	return rc;
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

/* ?1, ?2: seconds until a credential that was surely read, and another, must be dealt with; ?3 now; ?4, ?5 until logs and content are. */
#define RESETS \
	"WITH c AS (SELECT t.org_id, t.exposure_id, min(w.planned_utc" \
	"  + CASE WHEN t.opened THEN ?1 ELSE ?2 END) AS due" FROM_CREDENTIALS_TOLD "GROUP BY 1, 2)," \
	" stands AS MATERIALIZED (SELECT c.org_id, c.due," MARK_OF " AS mark FROM c)," \
	" sums AS (SELECT org_id, count(*) AS n, sum(mark IN ('rotated', 'revoked', 'deactivated')) AS reset," \
	"  sum(mark IN ('not_ours', 'false_alarm', 'risk_accepted')) AS needs_no_reset, sum(mark = '') AS open," \
	"  sum(mark = '' AND due < ?3) AS overdue, min(CASE WHEN mark = '' THEN due END) AS due FROM stands GROUP BY org_id)," \
	" told_orgs AS (SELECT n.org_id, min(w.planned_utc) AS told, max(w.planned_utc) AS told_last FROM notice n JOIN wave w ON w.number = n.wave" \
	"  WHERE n.state = 2 AND NOT" TOLD_AS_PERSON("n.wave", "n.org_id") "AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id") "GROUP BY n.org_id" \
	"  UNION ALL SELECT c.org_id, NULL, NULL FROM c JOIN org u ON u.id = c.org_id AND u.origin = 1 GROUP BY c.org_id)" \
	" SELECT o.key, o.name, coalesce(p.state, ''), g.told, p.claimed_utc, p.read_utc, coalesce(s.n, 0), coalesce(s.reset, 0)," \
	" coalesce(s.needs_no_reset, 0), coalesce(s.open, 0), coalesce(s.overdue, 0), s.due, coalesce(p.logs_done, 0)," \
	" coalesce(p.content_done, 0), (SELECT count(*) FROM question k WHERE k.org_id = o.id AND k.decision = '')," \
	" CASE WHEN EXISTS (SELECT 1 FROM sealed z WHERE z.org_id = o.id) THEN g.told_last + ?4 END," \
	" CASE WHEN EXISTS (SELECT 1 FROM sealed z WHERE z.org_id = o.id) THEN g.told_last + ?5 END, o.id, o.origin = 1" \
	" FROM told_orgs g JOIN org o ON o.id = g.org_id LEFT JOIN portal_case p ON p.org_id = o.id LEFT JOIN sums s ON s.org_id = o.id" \
	" ORDER BY o.key"

/* ?1 org, ?2 since when, ?3 now, ?4, ?5 as ?1, ?2 above. */
#define CHANGES \
	"WITH c AS (SELECT t.org_id, t.exposure_id, min(w.planned_utc) AS told, min(w.planned_utc" \
	"  + CASE WHEN t.opened THEN ?4 ELSE ?5 END) AS due" FROM_CREDENTIALS_TOLD "AND t.org_id = ?1 GROUP BY 1, 2)," \
	" h AS (SELECT mark, digest FROM marked WHERE org_id = ?1 AND when_utc >= ?2 AND when_utc < ?3)," \
	" r AS (SELECT mark FROM h UNION ALL SELECT q.mark FROM remediation q WHERE q.org_id = ?1 AND q.when_utc >= ?2 AND q.when_utc < ?3" \
	"  AND NOT EXISTS (SELECT 1 FROM sealed_exposure s JOIN exposure y ON y.id = s.exposure_id JOIN h ON h.digest = y.digest" \
	"  WHERE s.org_id = q.org_id AND s.exposure = q.exposure))," \
	" p AS (SELECT event, CASE WHEN json_valid(entry) THEN entry ELSE '{}' END AS entry FROM portal_event WHERE org_id = ?1 AND when_utc >= ?2" \
	"  AND when_utc < ?3)" \
	" SELECT (SELECT count(*) FROM c WHERE told >= ?2 AND told < ?3)," \
	" (SELECT count(*) FROM c WHERE due >= ?2 AND due < ?3 AND" MARK_OF " = '')," \
	" (SELECT count(*) FROM r WHERE mark IN ('rotated', 'revoked', 'deactivated'))," \
	" (SELECT count(*) FROM r WHERE mark IN ('not_ours', 'false_alarm', 'risk_accepted'))," \
	" (SELECT count(DISTINCT json_extract(entry, '$.exposure')) FROM p WHERE event = 'mark' AND json_extract(entry, '$.mark') = 'open')" \
	"  + (SELECT count(*) FROM h WHERE mark = 'open')," \
	" (SELECT count(*) FROM p WHERE event IN ('read', 'export'))," \
	" (SELECT count(*) FROM question WHERE org_id = ?1 AND when_utc >= ?2 AND when_utc < ?3)," \
	" (SELECT count(*) FROM question WHERE org_id = ?1 AND decided_utc >= ?2 AND decided_utc < ?3 AND decision <> 'withdrawn')," \
	" (SELECT count(*) FROM p WHERE event IN ('state', 'mark', 'task', 'report', 'read', 'export', 'account')) + (SELECT count(*) FROM h)"

static enum errc changes_of(struct store *st, int64_t org, struct reset_policy p, struct reset_changes *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, CHANGES, "iiiii", org, p.since_utc, p.now_utc, p.immediate_s, p.credential_s);
	enum errc rc;

	*out = (struct reset_changes){0};
	if (sql_next(st->sql, q, &rc, e)) {
		int64_t *const to[] = {&out->told, &out->newly_overdue, &out->reset, &out->needs_no_reset, &out->reopened, &out->reads, &out->asked,
		    &out->decided, &out->entries};

		for (int i = 0; i < (int)(sizeof to / sizeof to[0]); i++)
			*to[i] = sqlite3_column_int64(q, i);
		sql_done(q);
	}
	return rc;
}

struct reset_policy reset_policy_of(const struct case_config *config, int64_t now_utc, int64_t since_utc)
{
	enum { DAY = 86400 };
	const struct case_remediation *r = &config->remediation;

	return (struct reset_policy){(int64_t)r->immediate_days * DAY, (int64_t)r->credential_days * DAY, (int64_t)r->logs_days * DAY,
	    (int64_t)r->content_days * DAY, now_utc, since_utc};
}

enum errc resets_each(struct store *st, struct reset_policy p, reset_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, RESETS, "iiiii", p.immediate_s, p.credential_s, p.now_utc, p.logs_s, p.content_s);
	struct arena *a = NULL;
	enum errc rc;

	if ((rc = arena_new(&a, 1 << 20, e)) != OK)
		return rc;
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct reset_row r = {.told_utc = sql_time(q, 3), .claimed_utc = sql_time(q, 4), .read_utc = sql_time(q, 5),
		    .credentials = sqlite3_column_int64(q, 6), .reset = sqlite3_column_int64(q, 7), .needs_no_reset = sqlite3_column_int64(q, 8),
		    .open = sqlite3_column_int64(q, 9), .overdue = sqlite3_column_int64(q, 10), .due_utc = sql_time(q, 11),
		    .logs_done = sqlite3_column_int(q, 12) != 0, .content_done = sqlite3_column_int(q, 13) != 0,
		    .questions = sqlite3_column_int64(q, 14), .logs_due_utc = sql_time(q, 15), .content_due_utc = sql_time(q, 16),
		    .ours = sqlite3_column_int(q, 18) != 0};

		if (r.logs_due_utc != TIME_NONE)
			r.tasks_overdue = (!r.logs_done && r.logs_due_utc < p.now_utc) + (!r.content_done && r.content_due_utc < p.now_utc);
		arena_reset(a);
		r.key = sql_text(a, q, 0);
		r.name = sql_text(a, q, 1);
		r.state = sql_text(a, q, 2);
		rc = r.key == NULL || r.name == NULL || r.state == NULL ? err_memory(e) : OK;
		if (rc == OK && p.since_utc != TIME_NONE)
			rc = changes_of(st, sqlite3_column_int64(q, 17), p, &r.since, e);
		if (rc == OK)
			rc = fn(ctx, &r, e);
	}
	sql_done(q);
	arena_free(a);
	return rc;
}
