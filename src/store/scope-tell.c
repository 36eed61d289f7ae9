/* What scope tells people: why a verdict, and which organisations another assumption would bring in or leave out. */
#include <stdlib.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/scope.h"

/*
 * In letters of another case, as a log or a person may write it, where none is spelled so. What has other signs than hexadecimal digits
 * begins no digest: those of all messages are not gone through for it.
 */
#define ABOUT_IT \
	"(v.rfc822_id = ?1 OR (v.rfc822_id = ?1 COLLATE NOCASE AND NOT EXISTS (SELECT 1 FROM verdict WHERE rfc822_id = ?1))" \
	" OR (length(?1) >= 6 AND ?1 NOT GLOB '*[^0-9A-Fa-f]*' AND v.message_id IN (SELECT id FROM message WHERE hex(sha256) LIKE ?1 || '%')))"

/*
 * Of the first and last record behind a verdict: MailItemsAccessed has a bind in the same context once an hour (Microsoft, "Use
 * MailItemsAccessed to investigate compromised accounts"), Gmail has the first opening alone (Google, "Gmail log events").
 */
#define REPEATS \
	"coalesce((SELECT max(iif(b.kind = 'mail_read_google', 2, b.kind = 'bind' AND b.operation = 'MailItemsAccessed' COLLATE NOCASE))" \
	" FROM event b WHERE b.id IN (v.first_event, v.last_event)), 0)"

enum errc verdicts_of(struct store *st, span message, enum errc (*each)(void *, const struct verdict_told *, struct err *),
    void *ctx, uint64_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT v.mailbox, v.rfc822_id, v.verdict, v.reason, v.confidence, v.n_records, v.first_utc, v.last_utc, v.missing_utc,"
	    " coalesce(" LOG_SOURCE_SHOWN ", ''), " REPEATS " FROM verdict v LEFT JOIN log_source s ON s.id = v.unread_id"
	    " WHERE " ABOUT_IT " ORDER BY v.mailbox, v.id", "s", message);
	enum errc rc = OK;

	*n = 0;
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct verdict_told v = {sql_col(q, 0), sql_col(q, 1), sql_col(q, 9), (enum verdict)sqlite3_column_int(q, 2),
		    (enum verdict_reason)sqlite3_column_int(q, 3), (enum certainty)sqlite3_column_int(q, 4), sqlite3_column_int64(q, 5),
		    sql_time(q, 6), sql_time(q, 7), sql_time(q, 8), sqlite3_column_int(q, 10)};

		++*n;
		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

static enum errc tell_messages(struct store *st, sqlite3_stmt *q, enum errc (*each)(void *, const struct message_told *, struct err *),
    void *ctx, struct err *e)
{
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct message_told m = {.rfc822_id = sql_col(q, 1), .from = sql_col(q, 5), .subject = sql_col(q, 2), .when_utc = sql_time(q, 3),
		    .verdict = (enum verdict)sqlite3_column_int(q, 4)};

		sql_digest(q, 0, &m.sha256);
		rc = each(ctx, &m, e);
	}
	sql_done(q);
	return rc;
}

#define SELECT_TOLD \
	"SELECT m.sha256, m.rfc822_id, m.subject, m.when_utc, m.verdict, (SELECT a.address FROM party p" \
	" JOIN address a ON a.id = p.address_id WHERE p.message_id = m.id AND p.role = 1 LIMIT 1) FROM message m WHERE m.id "

enum errc messages_of(struct store *st, span message, enum errc (*each)(void *, const struct message_told *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, SELECT_TOLD "IN (SELECT v.message_id FROM verdict v WHERE " ABOUT_IT ") ORDER BY m.sha256",
	    "s", message);

	return tell_messages(st, q, each, ctx, e);
}

enum errc message_of(struct store *st, int64_t id, enum errc (*each)(void *, const struct message_told *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, SELECT_TOLD "= ?", "i", id);

	return tell_messages(st, q, each, ctx, e);
}

/* "sends to a@b.example where SubjectContainsWords is "invoice" and From is "c@d.example"". */
#define RULE \
	"iif(e.kind IN ('inbox_rule', 'forwarding') AND json_valid(e.detail)," \
	" coalesce((SELECT 'sends to ' || group_concat(value, ', ') FROM json_each(e.detail, '$.targets')), '') ||" \
	" coalesce((SELECT ' where ' || group_concat(key || ' is \"' || value || '\"', ' and ') FROM json_each(e.detail, '$.rule.conditions')), ''), '')"

enum errc records_of_message(struct store *st, span message, enum errc (*each)(void *, const struct record_told *, struct err *),
    void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "WITH v AS (SELECT * FROM verdict v WHERE " ABOUT_IT "),"
	    " r AS (SELECT a.event_id AS id FROM access a WHERE a.rfc822_id <> '' AND a.rfc822_id IN (SELECT rfc822_id FROM v)"
	    /* As in judging: what no mail has so may be the one that has it in letters of another case. */
	    " UNION SELECT a.event_id FROM access a WHERE a.rfc822_id <> '' AND a.rfc822_id COLLATE NOCASE IN (SELECT rfc822_id FROM v)"
	    " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.rfc822_id = a.rfc822_id AND m.rfc822_id <> '')"
	    " UNION SELECT first_event FROM v UNION SELECT last_event FROM v)"
	    " SELECT e.when_utc, e.at_byte, e.kind, e.operation, e.record_id, c.user, c.ip, c.client_info, coalesce(p.actor, ''), s.path, coalesce(p.certain, 0), " RULE ", e.reason"
	    " FROM r JOIN event e ON e.id = r.id JOIN context c ON c.id = e.context_id JOIN log_source s ON s.id = e.source_id"
	    " LEFT JOIN suspect p ON p.event_id = e.id ORDER BY e.when_utc, e.key", "s", message);
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct record_told r = {sql_time(q, 0), sqlite3_column_int64(q, 1), sql_col(q, 2), sql_col(q, 3), sql_col(q, 4),
		    sql_col(q, 5), sql_col(q, 6), sql_col(q, 7), sql_col(q, 8), sql_col(q, 9), sql_col(q, 11), sqlite3_column_int(q, 10) != 0, sql_col(q, 12)};

		rc = each(ctx, &r, e);
	}
	sql_done(q);
	return rc;
}

/* ---- organisations before and after ---- */

struct scope_orgs {
	struct store *st;
	uint64_t *before, *after; /* by id */
	int64_t max_id;
	sqlite3_stmt *walk;
};

enum errc scope_orgs_new(struct scope_orgs **out, struct store *st, struct err *e)
{
	struct scope_orgs *o = calloc(1, sizeof *o);
	enum errc rc;

	*out = o;
	if (o == NULL)
		return err_memory(e);
	o->st = st;
	if ((rc = sql_int(st->sql, &o->max_id, 0, e, "SELECT max(id) FROM org", "")) != OK)
		return rc;
	o->before = calloc((size_t)o->max_id + 1, sizeof *o->before);
	o->after = calloc((size_t)o->max_id + 1, sizeof *o->after);
	return o->before == NULL || o->after == NULL ? err_memory(e) : OK;
}

enum errc scope_orgs_message(struct scope_orgs *o, int64_t message_id, bool before, bool after, struct err *e)
{
	sqlite3_stmt *q = sql_query(o->st->sql, e, "SELECT DISTINCT org_id FROM link WHERE message_id = ? AND counts", "i", message_id);
	enum errc rc;

	while (sql_next(o->st->sql, q, &rc, e)) {
		int64_t id = sqlite3_column_int64(q, 0);

		if (id < 0 || id > o->max_id)
			continue;
		o->before[id] += before;
		o->after[id] += after;
	}
	return rc;
}

bool scope_orgs_next(struct scope_orgs *o, struct scope_org *out, enum errc *rc, struct err *e)
{
	int64_t id;

	*rc = OK;
	if (o->walk == NULL)
		o->walk = sql_query(o->st->sql, e, "SELECT id, key FROM org WHERE origin <> 1 ORDER BY key", "");
	if (!sql_next(o->st->sql, o->walk, rc, e))
		return false;
	id = sqlite3_column_int64(o->walk, 0);
	*out = (struct scope_org){sql_col(o->walk, 1), o->before[id], o->after[id]};
	return true;
}

void scope_orgs_free(struct scope_orgs *o)
{
	if (o == NULL)
		return;
	sql_done(o->walk);
	free(o->before);
	free(o->after);
	free(o);
}

/* ---- what left scope ---- */

#define LEFT "(SELECT id FROM message WHERE NOT in_scope(verdict))"

/* Most often none has, and each statement would look at all messages to find that out. */
static enum errc any_left(struct store *st, bool *any, struct err *e)
{
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT EXISTS " LEFT, "");

	*any = n != 0;
	return rc;
}

enum errc scope_drop_findings(struct store *st, struct err *e)
{
	bool any;
	enum errc rc;

	if ((rc = any_left(st, &any, e)) != OK || !any)
		return rc;
	if ((rc = sql_run(st->sql, e, "DELETE FROM finding WHERE message_id IN " LEFT, "")) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM coverage WHERE message_id IN " LEFT, "")) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM waiting WHERE message_id IN " LEFT, "")) != OK)
		return rc;
	return sql_run(st->sql, e, "DELETE FROM scanned WHERE message_id IN " LEFT, "");
}

enum errc scope_drop_links(struct store *st, struct err *e)
{
	bool any;
	enum errc rc;

	if ((rc = any_left(st, &any, e)) != OK || !any)
		return rc;
	if ((rc = sql_run(st->sql, e, "DELETE FROM link WHERE message_id IN " LEFT, "")) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM person WHERE message_id IN " LEFT, "")) != OK)
		return rc;
	return sql_run(st->sql, e, "DELETE FROM attributed WHERE message_id IN " LEFT, "");
}
