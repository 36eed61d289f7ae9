/* What waves told and has to be told anew: to whom nobody could write then, what two people withdrew, and what rests on that. */
#include "base/limits.h"
#include "store/due.h"

_Static_assert(BACK_UNREACHED == 1 && BACK_WITHDRAWN == 2 && BACK_OVERTAKEN == 3 && BACK_FAILED == 4 && BACK_OUTDATED == 5 && DELIVERY_FAILED == 10 &&
    TODO_CALL == 1 && TODO_CALL_TOO == 4, "the statements below spell these numbers");

/* Dossiers d of written waves; ?1 is the wave that tells it anew (0: none yet), ?2 the policy on mere mentions. */
#define WRITTEN " FROM dossier d JOIN wave v ON v.number = d.wave AND v.state = 3 WHERE d.track <> 2 AND"
#define NONE_ARRIVED " NOT EXISTS (SELECT 1" ITS_MAILS "AND" MAY_HAVE_ARRIVED("x") ") AND NOT" BY_HAND("d.wave", "d.org_id")
/* Nobody has called or written a letter. */
#define NOBODY_CALLED " NOT EXISTS (SELECT 1 FROM task t WHERE t.org_id = d.org_id AND t.wave = d.wave AND t.kind IN (1, 4) AND t.done_utc IS NOT NULL) "
/* None of its mails can arrive any more, or leaves for an address that is still theirs. */
#define ALL_FAILED \
	" EXISTS (SELECT 1" ITS_MAILS ") AND NOT EXISTS (SELECT 1" ITS_MAILS "AND x.state <> 10 AND NOT (x.state IN (1, 2, 5) AND" IS_MOVED("x") "))" \
	" AND" NOBODY_CALLED

/* Told, or not, and to be told anew. One that is several of these is the first. */
#define STANDS_NO_MORE \
	"SELECT d.wave, d.org_id, 2 AS why" WRITTEN IS_WITHDRAWN("d.wave", "d.org_id") \
	" UNION ALL SELECT d.wave, d.org_id, 3" WRITTEN IS_OVERTAKEN("d.wave", "d.org_id") "AND" NONE_ARRIVED \
	" UNION ALL SELECT d.wave, d.org_id, 4" WRITTEN ALL_FAILED "AND (" ANOTHER_CONTACT "OR d.org_id IN (SELECT org_id FROM told WHERE wave = ?1)) " \
	" UNION ALL SELECT d.wave, d.org_id, 5" WRITTEN NONE_ARRIVED "AND" HAS_REACHED("d") "AND" NOBODY_CALLED "AND" IS_OUTDATED("d")
#define REACHABLE_NOW \
	"SELECT d.wave, d.org_id, 1" WRITTEN " NOT" HAS_REACHED("d") "AND" CONTACT_OF("d.org_id") ") AND NOT" MAYBE_INTRUDER("d.org_id")
#define BACK_NOW STANDS_NO_MORE " UNION ALL " REACHABLE_NOW

#define UNTOLD "(wave, org_id) IN (SELECT wave, org_id FROM temp.untold)"

static enum errc record(struct store *st, struct err *e)
{
	/* A person's word that it is withdrawn is in the ledger; that somebody has a contact now is no news. */
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT o.key, u.wave, u.why FROM temp.untold u JOIN org o ON o.id = u.org_id WHERE u.why > 2"
	    " ORDER BY u.wave, o.key", "");
	struct arena *a = NULL;
	enum errc rc = arena_new(&a, MIB, e);

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		const char *org = sql_text(a, q, 0), *wave = sql_text(a, q, 1);

		rc = org == NULL || wave == NULL ? err_memory(e)
		    : ledger_say(st, "notices taken back", e, "org", org, "wave", wave, "why", back_reason_name(sqlite3_column_int(q, 2)), NULL);
		arena_reset(a);
	}
	sql_done(q);
	arena_free(a);
	return rc;
}

/* Those that are to be told anew as the case stands: what rests on them is seen when they are taken back. */
static enum errc take_back_once(struct store *st, int64_t number, bool mentioned, int64_t *n, struct err *e)
{
	enum errc rc;

	*n = 0;
	if ((rc = sql_run(st->sql, e, "DROP TABLE IF EXISTS temp.untold", "")) != OK ||
	    (rc = sql_run(st->sql, e, "CREATE TEMP TABLE untold (wave, org_id, why, PRIMARY KEY (wave, org_id))", "")) != OK ||
	    (rc = sql_run(st->sql, e, "INSERT OR IGNORE INTO temp.untold SELECT * FROM (" BACK_NOW ")", "ii", number, (int64_t)mentioned)) != OK ||
	    (rc = sql_int(st->sql, n, 0, e, "SELECT count(*) FROM temp.untold", "")) != OK || *n == 0)
		return rc;
	if ((rc = sql_run(st->sql, e, "INSERT INTO taken_back (org_id, wave, why, by_wave) SELECT org_id, wave, why, ? FROM temp.untold", "i", number)) != OK ||
	    (rc = sql_run(st->sql, e, DROP_UNFOUND(UNTOLD), "")) != OK || (rc = sql_run(st->sql, e, "DELETE FROM told WHERE " UNTOLD, "")) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM dossier WHERE " UNTOLD, "")) != OK)
		return rc;
	return record(st, e);
}

enum errc take_back(struct store *st, int64_t number, bool mentioned, int64_t *n, struct err *e)
{
	int64_t more;
	enum errc rc;

	*n = 0;
	do {
		rc = take_back_once(st, number, mentioned, &more, e);
		*n += more;
	} while (rc == OK && more != 0);
	return rc;
}

enum errc wave_due(struct store *st, bool mentioned, bool *out, struct err *e)
{
	int64_t n = 0;
	enum errc rc = sql_int(st->sql, &n, 0, e,
	    "SELECT EXISTS (" BACK_NOW ") OR EXISTS (SELECT 1 FROM link l CROSS JOIN message m ON m.id = l.message_id"
	    " WHERE in_scope(m.verdict) AND" LINK_IS_DUE
	    "AND (NOT" LINK_IS_TOLD
	    " OR" LINK_IS_PARTY "AND EXISTS (SELECT 1 FROM finding f WHERE f.message_id = l.message_id AND NOT" EXPOSURE_IS_WITHHELD("f.exposure_id") "AND NOT" EXPOSURE_IS_TOLD("l", "f.exposure_id") ")"
	    " AND NOT" TOLD_AT_ITS_ADDRESS("l") "))"
	    " OR EXISTS (SELECT 1 FROM owner o JOIN finding f ON f.exposure_id = o.exposure_id JOIN message m ON m.id = f.message_id"
	    "  WHERE in_scope(m.verdict) AND NOT" EXPOSURE_IS_WITHHELD("o.exposure_id") "AND EXISTS (SELECT 1 FROM link l WHERE l.message_id = f.message_id AND l.org_id = o.org_id AND" LINK_IS_DUE
	    "   AND NOT" TOLD_AT_ITS_ADDRESS("l") "AND NOT" EXPOSURE_IS_TOLD("l", "f.exposure_id") "))",
	    "ii", (int64_t)0, (int64_t)mentioned);

	*out = n != 0;
	return rc;
}

enum errc wave_to_tell_anew(struct store *st, bool mentioned, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e, "SELECT count(DISTINCT org_id) FROM (" STANDS_NO_MORE ")", "ii", (int64_t)0, (int64_t)mentioned);
}

enum errc wave_stale(struct store *st, int64_t number, bool mentioned, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e,
	    "SELECT count(*) FROM told t WHERE t.wave = ?1 AND (" NO_LONGER_DUE
	    " OR EXISTS (SELECT 1 FROM message m WHERE m.id = t.message_id AND (m.verdict = 1) <> t.opened)"
	    " OR t.org_id IN (SELECT org_id FROM (" STANDS_NO_MORE ")))", "ii", number, (int64_t)mentioned);
}

enum errc wave_misaddressed(struct store *st, int64_t number, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e, "SELECT count(*) FROM notice n WHERE n.wave = ? AND n.state <> 3 AND" IS_MOVED("n"), "i", number);
}
