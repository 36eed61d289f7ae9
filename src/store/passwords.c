/* What could not be read for want of a password, and the mail in which one may stand. */
#include "base/clock.h"
#include "case/names.h"
#include "store/db.h"
#include "store/findings.h"
#include "store/parties.h"

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
	if (message_id != 0)
		return sql_run(st->sql, e, "UPDATE attributed SET ruleset_id = 0 WHERE message_id = ?1", "i", message_id);
	return sql_run(st->sql, e, "UPDATE attributed SET ruleset_id = 0 WHERE message_id IN (SELECT m.id" OPENED ")", "");
}

enum errc findings_with_password(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT DISTINCT message_id FROM finding WHERE message_id > ?1"
	    " AND class IN ('password', 'username_password', 'passcode_pin') ORDER BY message_id LIMIT ?2", "ii", after, (int64_t)max);

	return sql_ints(st->sql, q, ids, max, n, e);
}

enum errc findings_sent(struct store *st, struct arena *a, int64_t message_id, struct sent *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT m.when_utc, m.subject, coalesce(l.list, '[]') FROM message m LEFT JOIN party_list l"
	    " ON l.message_id = m.id WHERE m.id = ?1", "i", message_id);
	struct party_seen party;
	size_t cap = 0;
	enum errc rc;

	*out = (struct sent){.when_utc = TIME_NONE};
	if (!sql_next(st->sql, q, &rc, e))
		return rc;
	out->when_utc = sql_time(q, 0);
	if ((out->subject = arena_copy(a, sql_col(q, 1))).p == NULL)
		rc = err_memory(e);
	for (span list = sql_col(q, 2); rc == OK && party_next(&list, &party);) {
		if (party.role != PARTY_FROM)
			continue;
		if ((out->from = arena_grow(a, out->from, out->n_from, &cap, sizeof *out->from, 4)) == NULL)
			rc = err_memory(e);
		else
			out->from[out->n_from++] = party.address_id;
	}
	sql_done(q);
	return rc;
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
