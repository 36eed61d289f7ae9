#include "store/deliveries.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/due.h"

_Static_assert(DELIVERY_STANDBY == 1 && DELIVERY_COMPOSED == 2 && DELIVERY_HANDING == 3 && DELIVERY_UNCERTAIN == 4 &&
    DELIVERY_RETRY == 5 && DELIVERY_HANDED == 6 && DELIVERY_DELAYED == 7 && DELIVERY_RELAYED == 8 && DELIVERY_DELIVERED == 9 &&
    DELIVERY_FAILED == 10 && DELIVERY_ACKNOWLEDGED == 11 && NOTICE_WRITTEN == 2 && NOTICE_NO_CONTACT == 3 && HOLD_CEASED == 2 &&
    UNFIT_OUTDATED == 1 && UNFIT_MOVED == 2 && HAND_OVER_PERSON == 2,
    "the statements below spell these numbers");

/* It has not left, and says of an earlier one that it stands. */
#define OVERTAKEN " (d.state IN (1, 2, 5) AND" IS_OVERTAKEN("d.wave", "d.org_id") ") "
/* A hold that lasts at ?1, or what it says stands no more, or is not to be said there. */
#define IS_HELD \
	" (" ON_HOLD("d.org_id", "?1") "OR" \
	NO_LONGER_TOLD("d.wave", "d.org_id") "OR" OVERTAKEN "OR d.notice_id IN (SELECT notice_id FROM temp.unfit)) "
/* Another mail of its dossier may have arrived. */
#define BESIDE " EXISTS (SELECT 1 FROM delivery y WHERE y.wave = d.wave AND y.org_id = d.org_id AND" MAY_HAVE_ARRIVED("y") ") "

#define DELIVERY_COLUMNS                                                                                       \
	"SELECT d.notice_id, d.address, n.file, d.queue_id, d.note, o.key, o.name, o.country, d.wave, d.org_id, d.due_utc," \
	" d.intent_utc, d.version, d.place, d.state, d.attempts," IS_HELD ", coalesce((SELECT p.file_sha256 FROM notice_proof p WHERE p.notice_id = n.id), n.text_sha256)," \
	" n.address, d.escalated," IS_WITHDRAWN("d.wave", "d.org_id") "," OVERTAKEN \
	"," ANEW_WAVE("d.wave", "d.org_id") ", (SELECT u.why FROM temp.unfit u WHERE u.notice_id = d.notice_id)," \
	IS_TAKEN_BACK("d.wave", "d.org_id") "," BESIDE "," TOLD_AS_PERSON("d.wave", "d.org_id") "FROM delivery d JOIN notice n ON n.id = d.notice_id JOIN org o ON o.id = d.org_id "

enum errc store_durable(struct store *st, struct err *e)
{
	int64_t level;
	enum errc rc = sql_int(st->sql, &level, 0, e, "PRAGMA synchronous", "");

	if (rc != OK || level >= 2)
		return rc;
	/* It cannot be changed within a transaction, and one is always open in a stage. */
	return sql_script(st->sql, "COMMIT; PRAGMA synchronous = FULL; BEGIN", e);
}

static enum errc take_row(struct arena *a, sqlite3_stmt *q, struct delivery *d, struct err *e)
{
	*d = (struct delivery){
	    .notice_id = sql_text(a, q, 0), .file = sql_text(a, q, 2), .queue_id = sql_text(a, q, 3),
	    .note = sql_text(a, q, 4), .org_key = sql_text(a, q, 5), .org_name = sql_text(a, q, 6), .country = sql_text(a, q, 7),
	    .wave = sqlite3_column_int64(q, 8), .org_id = sqlite3_column_int64(q, 9), .due_utc = sql_time(q, 10),
	    .intent_utc = sql_time(q, 11), .version = sqlite3_column_int(q, 12),
	    .place = sqlite3_column_int(q, 13), .state = sqlite3_column_int(q, 14), .attempts = sqlite3_column_int(q, 15),
	    .held = sqlite3_column_int(q, 16) != 0, .address = sql_text(a, q, 18), .escalated = sqlite3_column_int(q, 19) != 0,
	    .withdrawn = sqlite3_column_int(q, 20) != 0, .overtaken = sqlite3_column_int(q, 21) != 0, .anew_wave = sqlite3_column_int64(q, 22),
	    .unfit = sqlite3_column_int(q, 23), .taken_back = sqlite3_column_int(q, 24) != 0, .beside = sqlite3_column_int(q, 25) != 0,
	    .person = sqlite3_column_int(q, 26) != 0,
	};
	sql_digest(q, 17, &d->sha256);
	if (d->notice_id == NULL || d->address == NULL || d->file == NULL || d->queue_id == NULL || d->note == NULL ||
	    d->org_key == NULL || d->org_name == NULL || d->country == NULL)
		return err_memory(e);
	return OK;
}

/* The first row of a query that is bound already. */
static enum errc take_one(struct store *st, struct arena *a, sqlite3_stmt *q, struct delivery *out, bool *found, struct err *e)
{
	enum errc rc, took = OK;

	*out = (struct delivery){0};
	if ((*found = sql_next(st->sql, q, &rc, e))) {
		took = take_row(a, q, out, e);
		sql_done(q);
	}
	return took != OK ? took : rc;
}

enum errc deliveries_enlist(struct store *st, int64_t wave, unsigned at_once, int64_t *n_new, struct err *e)
{
	int64_t before, after;
	enum errc rc;

	if ((rc = sql_int(st->sql, &before, 0, e, "SELECT count(*) FROM delivery", "")) != OK ||
	    (rc = sql_run(st->sql, e,
	        "INSERT OR IGNORE INTO delivery (notice_id, wave, org_id, version, address, place, state, attempts, queue_id, note)"
	        " SELECT n.id, n.wave, n.org_id, d.version, lower(n.address), n.place, CASE WHEN n.place < ?2 THEN 2 ELSE 1 END, 0,"
	        " '', '' FROM notice n JOIN dossier d ON d.wave = n.wave AND d.org_id = n.org_id"
	        " WHERE n.wave = ?1 AND n.state = 2 AND (SELECT by_hand FROM wave WHERE number = ?1) <> 2 ORDER BY n.id", "ii", wave, (int64_t)at_once)) != OK ||
	    (rc = sql_int(st->sql, &after, 0, e, "SELECT count(*) FROM delivery", "")) != OK)
		return rc;
	*n_new = after - before;
	return OK;
}

/* An entry of the ledger about one notice. */
static enum errc record(struct store *st, const char *what, const char *notice_id, const struct delivery_result *r, struct err *e)
{
	struct ledger_note note;

	ledger_begin(&note);
	json_str(&note.j, "notice", notice_id);
	if (r != NULL) {
		json_str(&note.j, "state", delivery_state_name((int)r->state));
		if (r->queue_id[0] != '\0')
			json_str(&note.j, "queue_id", r->queue_id);
		if (r->note[0] != '\0')
			json_str(&note.j, "note", r->note);
	}
	return ledger_end(&note, st, what, e);
}

enum errc deliveries_recover(struct store *st, int64_t *n, struct err *e)
{
	static const struct delivery_result lost = {.state = DELIVERY_UNCERTAIN, .queue_id = "",
	    .note = "the run that handed it over was cut off: it may have left", .due_utc = TIME_NONE};
	struct arena *a;
	enum errc rc;

	*n = 0;
	if ((rc = arena_new(&a, MIB, e)) != OK)
		return rc;
	for (;;) {
		sqlite3_stmt *q = sql_query(st->sql, e, "SELECT notice_id FROM delivery WHERE state = 3 ORDER BY notice_id LIMIT 1", "");
		const char *id = NULL;

		arena_reset(a);
		if (sql_next(st->sql, q, &rc, e)) {
			id = sql_text(a, q, 0);
			sql_done(q);
			if (id == NULL)
				rc = err_memory(e);
		}
		if (rc != OK || id == NULL || (rc = delivery_result(st, id, &lost, TIME_NONE, e)) != OK)
			break;
		(*n)++;
	}
	arena_free(a);
	return rc;
}

#define UNSENT "d.state IN (1, 2, 5) AND NOT" NO_LONGER_TOLD("d.wave", "d.org_id")

/*
 * An earlier dossier that has left for nobody and is outdated is told anew: what a later one adds to it waits for that. One that somebody
 * has is for people to withdraw.
 */
static enum errc compare(struct store *st, bool mentioned, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(st->sql, e, "DELETE FROM temp.unfit", "")) != OK ||
	    (rc = sql_run(st->sql, e, "WITH old AS MATERIALIZED (SELECT d.wave, d.org_id, max(" BESIDE ") AS left FROM (SELECT DISTINCT wave, org_id FROM delivery d"
	         " WHERE " UNSENT ") d WHERE" IS_OUTDATED("d") "GROUP BY d.wave, d.org_id)"
	         " INSERT INTO temp.unfit SELECT d.notice_id, 1 FROM delivery d WHERE " UNSENT "AND EXISTS (SELECT 1 FROM old o"
	         " WHERE o.org_id = d.org_id AND (o.wave = d.wave OR (o.wave < d.wave AND NOT o.left)))", "ii", (int64_t)0, (int64_t)mentioned)) != OK)
		return rc;
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO temp.unfit SELECT d.notice_id, 2 FROM delivery d WHERE " UNSENT "AND" IS_MOVED("d"), "");
}

enum errc deliveries_compare(struct store *st, bool mentioned, struct err *e)
{
	bool reads;
	enum errc rc;

	if ((rc = temp_begin(st, &reads, e)) != OK || (rc = compare(st, mentioned, e)) != OK)
		return rc;
	return temp_end(st, reads, e);
}

enum errc delivery_next(struct store *st, struct arena *a, int64_t wave, int64_t now_utc, struct delivery *out, bool *found,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, DELIVERY_COLUMNS
	    "WHERE (d.wave = ?2 OR ?2 = 0) AND d.state IN (2, 5) AND (d.due_utc IS NULL OR d.due_utc <= ?1) AND NOT" IS_HELD
	    "ORDER BY d.wave, d.state, o.key, d.place LIMIT 1", "ii", now_utc, wave);

	return take_one(st, a, q, out, found, e);
}

enum errc delivery_get(struct store *st, struct arena *a, const char *notice_id, int64_t now_utc, struct delivery *out,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, DELIVERY_COLUMNS "WHERE d.notice_id = ?2", "it", now_utc, notice_id);
	bool found;

	return take_one(st, a, q, out, &found, e);
}

enum errc delivery_to(struct store *st, struct arena *a, span sender, span domain, int64_t now_utc, struct delivery *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, DELIVERY_COLUMNS
	    "WHERE d.handed_utc IS NOT NULL AND (d.address = lower(?2) OR d.org_id = (SELECT org_id FROM org_domain WHERE domain = lower(?3)))"
	    " ORDER BY d.address <> lower(?2), d.handed_utc DESC, d.place LIMIT 1", "iss", now_utc, sender, domain);
	bool found;

	return take_one(st, a, q, out, &found, e);
}

enum errc deliveries_each(struct store *st, int64_t wave, int64_t now_utc, delivery_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, DELIVERY_COLUMNS "WHERE d.wave = ?2 OR ?2 = 0 ORDER BY d.wave, o.key, d.place",
	    "ii", now_utc, wave);
	struct arena *a = NULL;
	struct delivery d;
	enum errc rc;

	if ((rc = arena_new(&a, 64 * MIB, e)) != OK)
		return rc;
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		arena_reset(a);
		if ((rc = take_row(a, q, &d, e)) == OK)
			rc = fn(ctx, &d, e);
	}
	sql_done(q);
	arena_free(a);
	return rc;
}

enum errc delivery_intent(struct store *st, const char *notice_id, int64_t now_utc, struct err *e)
{
	enum errc rc = sql_run(st->sql, e,
	    "UPDATE delivery SET state = 3, attempts = attempts + 1, intent_utc = ?2 WHERE notice_id = ?1 AND state IN (2, 5)", "ti",
	    notice_id, now_utc);

	/* Whoever took it out of the queue meanwhile would be told twice. */
	if (rc == OK && sql_changed(st->sql) != 1)
		return err_set(e, ERR_REFUSED, "notice %.32s is not waiting to be sent", notice_id);
	return rc != OK ? rc : record(st, "notice intent", notice_id, NULL, e);
}

enum errc delivery_result(struct store *st, const char *notice_id, const struct delivery_result *r, int64_t now_utc,
    struct err *e)
{
	enum errc rc;
	bool handed = r->state == DELIVERY_HANDED;

	if ((rc = sql_run(st->sql, e,
	        "UPDATE delivery SET state = ?2, queue_id = ?3, note = ?4, due_utc = ?5, attempts = attempts - ?8,"
	        " handed_utc = CASE WHEN ?6 THEN ?7 ELSE handed_utc END WHERE notice_id = ?1", "tittuiii", notice_id,
	        (int64_t)r->state, r->queue_id, r->note, r->due_utc, (int64_t)handed, now_utc, (int64_t)r->untried)) != OK)
		return rc;
	return record(st, handed ? "notice handed over" : "notice result", notice_id, r, e);
}

/* ---- holds --------------------------------------------------------------------------------------------------- */

enum errc hold_set(struct store *st, int64_t org_id, int state, const char *why, int64_t now_utc, int64_t until_utc,
    struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "DELETE FROM hold WHERE org_id = ?", "i", org_id);

	if (rc != OK || state == 0)
		return rc;
	return sql_run(st->sql, e, "INSERT INTO hold (org_id, state, why, since_utc, until_utc) VALUES (?1, ?2, ?3, ?4, ?5)",
	    "iitiu", org_id, (int64_t)state, why, now_utc, until_utc);
}

/* ---- checks before sending ------------------------------------------------------------------------------------- */

enum errc preflight_clear(struct store *st, struct err *e) { return sql_run(st->sql, e, "DELETE FROM preflight", ""); }

enum errc preflight_put(struct store *st, int64_t seq, const struct check_row *c, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO preflight (name, seq, state, found, advice, when_utc) VALUES (?, ?, ?, ?, ?, ?)",
	    "tiitti", c->name, seq, (int64_t)c->state, c->found, c->advice, c->when_utc);
}

enum errc preflight_override(struct store *st, const char *name, const char *found, const char *why, const char *first,
    const char *second, int64_t now_utc, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO preflight_override (name, found, why, first, second, when_utc) VALUES (?, ?, ?, ?, ?, ?)",
	    "ttttti", name, found, why, first, second, now_utc);
}

enum errc preflight_each(struct store *st, preflight_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT c.name, c.found, c.advice, c.state, c.when_utc, coalesce(o.found = c.found, 0), coalesce(o.found <> c.found, 0) FROM preflight c"
	    " LEFT JOIN preflight_override o ON o.name = c.name ORDER BY c.seq", "");
	struct arena *a = NULL;
	enum errc rc;

	if ((rc = arena_new(&a, MIB, e)) != OK)
		return rc;
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct check_row c = {.name = sql_text(a, q, 0), .found = sql_text(a, q, 1), .advice = sql_text(a, q, 2),
		    .state = sqlite3_column_int(q, 3), .when_utc = sqlite3_column_int64(q, 4), .overridden = sqlite3_column_int(q, 5) != 0,
		    .lapsed = sqlite3_column_int(q, 6) != 0};

		rc = c.name == NULL || c.found == NULL || c.advice == NULL ? err_memory(e) : fn(ctx, &c, e);
		arena_reset(a);
	}
	sql_done(q);
	arena_free(a);
	return rc;
}
