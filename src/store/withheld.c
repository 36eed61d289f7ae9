#include "store/withheld.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/due.h"

_Static_assert(WITHHELD_MESSAGE == 1 && WITHHELD_EXPOSURE == 2 && LINK_OWNER == 4 && WAVE_WRITTEN == 3 && NOTICE_WRITTEN == 2 && ORG_OURSELVES == 1 &&
    ORG_PERSON == 4, "the statements below spell these numbers");

/* What has other signs than hexadecimal digits begins no digest. */
#define BEGINS(digest) " hex(" digest ") LIKE ?1 || '%' "
#define IS_BEGINNING " length(?1) >= 6 AND ?1 NOT GLOB '*[^0-9A-Fa-f]*' "
#define LEFT_OVER(kind, known) \
	" UNION ALL SELECT w.digest, w.digest, '', w.name, w.when_utc FROM withheld w WHERE w.kind = " kind " AND w.digest NOT IN (" known ") AND" \
	IS_BEGINNING "AND" BEGINS("w.digest") "ORDER BY 1 LIMIT 20"

static bool take_withheld(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct withheld_row *w = row;

	sql_digest(q, 0, &w->digest);
	sql_digest(q, 1, &w->shown);
	w->what = sql_text(a, q, 2);
	w->by = sql_text(a, q, 3);
	w->when_utc = sql_time(q, 4);
	return w->what != NULL && w->by != NULL;
}

#define MESSAGES \
	"SELECT m.content_digest, m.sha256, m.rfc822_id, w.name, w.when_utc FROM message m LEFT JOIN withheld w ON w.kind = 1" \
	" AND w.digest = m.content_digest WHERE "
#define EXPOSURES \
	"SELECT x.digest, x.digest, x.class, w.name, w.when_utc FROM exposure x LEFT JOIN withheld w ON w.kind = 2 AND w.digest = x.digest WHERE "

enum errc withheld_named(struct store *st, struct arena *a, enum withheld_kind kind, span name, struct withheld_row **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q;
	enum errc rc = OK;

	*n = 0;
	/* First as it is spelled, which an index has: a list of thousands would go through all messages for each. */
	if (kind == WITHHELD_MESSAGE) {
		q = sql_query(st->sql, e, MESSAGES "m.rfc822_id = ?1 AND m.rfc822_id <> '' ORDER BY 1 LIMIT 20", "s", name);
		rc = GATHER(st, a, q, take_withheld, out, n, e);
	}
	if (rc != OK || *n != 0)
		return rc;
	q = sql_query(st->sql, e, kind == WITHHELD_MESSAGE
	    ? MESSAGES "(m.rfc822_id = ?1 COLLATE NOCASE AND ?1 <> '') OR (" IS_BEGINNING "AND (" BEGINS("m.sha256") "OR" BEGINS("m.content_digest") "))"
	      LEFT_OVER("1", "SELECT content_digest FROM message")
	    : EXPOSURES IS_BEGINNING "AND" BEGINS("x.digest") LEFT_OVER("2", "SELECT digest FROM exposure"), "s", name);
	return GATHER(st, a, q, take_withheld, out, n, e);
}

enum errc withheld_begin(struct store *st, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "DROP TABLE IF EXISTS temp.these", "");

	return rc != OK ? rc : sql_run(st->sql, e, "CREATE TEMP TABLE these (id INTEGER PRIMARY KEY)", "");
}

static enum errc note(struct store *st, enum withheld_kind kind, const struct digest *d, struct err *e)
{
	return sql_run(st->sql, e, kind == WITHHELD_MESSAGE ? "INSERT OR IGNORE INTO temp.these SELECT id FROM message WHERE content_digest = ?"
	                                                    : "INSERT OR IGNORE INTO temp.these SELECT id FROM exposure WHERE digest = ?", "d", d);
}

enum errc withheld_put(struct store *st, enum withheld_kind kind, const struct digest *d, const char *by, const char *why, int64_t now_utc, struct err *e)
{
	enum errc rc = note(st, kind, d, e);

	return rc != OK ? rc : sql_run(st->sql, e, "INSERT INTO withheld (kind, digest, name, why, when_utc) VALUES (?, ?, ?, ?, ?)", "idtti", (int64_t)kind, d,
	    by, why, now_utc);
}

enum errc withheld_drop(struct store *st, enum withheld_kind kind, const struct digest *d, struct err *e)
{
	enum errc rc = note(st, kind, d, e);

	return rc != OK ? rc : sql_run(st->sql, e, "DELETE FROM withheld WHERE kind = ? AND digest = ?", "id", (int64_t)kind, d);
}

/* Rows t of told that tell one of them. */
#define TELLS(column) " FROM told t JOIN wave v ON v.number = t.wave WHERE t." column " IN (SELECT id FROM temp.these) AND v.state "
#define HAS_NOTICE " EXISTS (SELECT 1 FROM notice n WHERE n.wave = t.wave AND n.org_id = t.org_id AND n.state = 2) "
/* The numbers of withheld_stands in its order, of messages or of exposures. */
#define STANDS(column, sealed, within) \
	"SELECT (SELECT count(DISTINCT t.org_id)" TELLS(column) "= 3 AND" HAS_NOTICE "), (SELECT max(t.wave)" TELLS(column) "<> 3)," \
	" (SELECT count(DISTINCT org_id) FROM " sealed " WHERE " column " IN (SELECT id FROM temp.these)), " within
#define WITHIN \
	"(SELECT count(DISTINCT message_id) FROM location WHERE parent_id IN (SELECT id FROM temp.these) AND NOT" MESSAGE_IS_WITHHELD("message_id") ")"

enum errc withheld_stands(struct store *st, enum withheld_kind kind, struct withheld_stands *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, kind == WITHHELD_MESSAGE ? STANDS("message_id", "sealed_record", WITHIN)
	                                                                 : STANDS("exposure_id", "sealed_exposure", "0"), "");
	enum errc rc;

	*out = (struct withheld_stands){0};
	if (sql_next(st->sql, q, &rc, e)) {
		*out = (struct withheld_stands){sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2), sqlite3_column_int64(q, 3)};
		sql_done(q);
	}
	return rc;
}

/* Organisations and persons g that a decision is about, that were told nothing and are due nothing now. */
#define LEFT_WITH_NOTHING \
	"WITH h AS (SELECT l.org_id FROM withheld_message wm CROSS JOIN link l ON l.message_id = wm.id JOIN message m ON m.id = l.message_id" \
	" WHERE in_scope(m.verdict) AND" LINK_WOULD_BE_DUE "UNION SELECT l.org_id FROM withheld_exposure we CROSS JOIN owner o ON o.exposure_id = we.id" \
	" CROSS JOIN finding f ON f.exposure_id = we.id JOIN message m ON m.id = f.message_id JOIN link l ON l.message_id = m.id AND l.org_id = o.org_id" \
	" WHERE in_scope(m.verdict) AND" LINK_WOULD_BE_DUE ") SELECT count(*) FROM h JOIN org g ON g.id = h.org_id WHERE g.origin"
#define NOTHING_LEFT \
	" AND NOT EXISTS (SELECT 1 FROM link l JOIN message m ON m.id = l.message_id WHERE l.org_id = g.id AND in_scope(m.verdict) AND" LINK_IS_DUE ")" \
	" AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.org_id = g.id AND n.state = 2 AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id") ")"

enum errc withheld_totals(struct store *st, bool mentioned, struct withheld_totals *out, struct err *e)
{
	const int64_t policy = mentioned;
	enum errc rc;

	*out = (struct withheld_totals){0};
	if ((rc = sql_int(st->sql, &out->messages, 0, e, "SELECT count(*) FROM withheld WHERE kind = 1", "")) != OK ||
	    (rc = sql_int(st->sql, &out->exposures, 0, e, "SELECT count(*) FROM withheld WHERE kind = 2", "")) != OK || out->messages + out->exposures == 0)
		return rc;
	if ((rc = sql_int(st->sql, &out->within, 0, e, "SELECT count(DISTINCT f.exposure_id) FROM withheld_message wm CROSS JOIN finding f ON f.message_id = wm.id"
	         " WHERE NOT" EXPOSURE_IS_WITHHELD("f.exposure_id") "AND NOT EXISTS (SELECT 1 FROM finding g WHERE g.exposure_id = f.exposure_id AND NOT"
	         MESSAGE_IS_WITHHELD("g.message_id") ")", "")) != OK ||
	    (rc = sql_int(st->sql, &out->orgs, 0, e, LEFT_WITH_NOTHING " NOT IN (1, 4)" NOTHING_LEFT, "ii", (int64_t)0, policy)) != OK)
		return rc;
	return sql_int(st->sql, &out->persons, 0, e, LEFT_WITH_NOTHING " = 4" NOTHING_LEFT, "ii", (int64_t)0, policy);
}
