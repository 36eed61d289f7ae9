#include "store/waves.h"

#include "base/clock.h"
#include "store/deliveries.h"
#include "store/due.h"

/*
 * The numbers below are those of case/names.h: verdict 3 is not_accessed; roles 1 sender, 2 recipient, 3 mentioned,
 * 4 owner, 5 bulk; wave state 3 written; notice state 3 no_contact; origin 1 ourselves, 2 the directory.
 */
_Static_assert(VERDICT_ACCESSED == 1 && VERDICT_NOT_ACCESSED == 3 && LINK_SENDER == 1 && LINK_RECIPIENT == 2 && LINK_MENTIONED == 3 &&
    LINK_OWNER == 4 && LINK_BULK == 5 && WAVE_WRITTEN == 3 && NOTICE_NO_CONTACT == 3 && ORG_OURSELVES == 1 && ORG_DIRECTORY == 2 && ORG_PERSON == 4 && TRACK_PERSON == 3,
    "the statements below spell these numbers");

/* ---- waves --------------------------------------------------------------------------------------------------- */

#define WAVE_COLUMNS "number, state, plan_digest, planned_utc, by_hand"

static enum errc wave_row(struct store *st, sqlite3_stmt *q, struct wave *out, struct err *e)
{
	enum errc rc;

	*out = (struct wave){0};
	if (sql_next(st->sql, q, &rc, e)) {
		out->number = sqlite3_column_int64(q, 0);
		out->state = sqlite3_column_int(q, 1);
		sql_digest(q, 2, &out->plan);
		out->planned_utc = sqlite3_column_int64(q, 3);
		out->by_hand = sqlite3_column_int(q, 4);
		sql_done(q);
	}
	return rc;
}

enum errc wave_newest(struct store *st, struct wave *out, struct err *e)
{
	return wave_row(st, sql_query(st->sql, e, "SELECT " WAVE_COLUMNS " FROM wave ORDER BY number DESC LIMIT 1", ""), out, e);
}

enum errc wave_get(struct store *st, int64_t number, struct wave *out, struct err *e)
{
	return wave_row(st, sql_query(st->sql, e, "SELECT " WAVE_COLUMNS " FROM wave WHERE number = ?", "i", number), out, e);
}

/*
 * What is due and stands in no wave yet. The joins are CROSS JOINs because their order is known: links in the order of
 * the index that covers them, and from the few messages with findings to their links, most of which may be no party's, and only then to
 * the findings.
 */
static enum errc freeze_told(struct store *st, int64_t number, bool mentioned, struct err *e)
{
	int64_t policy = mentioned;
	enum errc rc;

	if ((rc = sql_run(st->sql, e,
	        "INSERT INTO told (wave, org_id, message_id, role, exposure_id, opened)"
	        " SELECT ?1, l.org_id, l.message_id, l.role, 0, m.verdict = 1 FROM link l CROSS JOIN message m ON m.id = l.message_id"
	        " WHERE in_scope(m.verdict) AND" LINK_IS_DUE "AND NOT" LINK_IS_TOLD
	        " ORDER BY l.org_id, l.message_id, l.role", "ii", number, policy)) != OK)
		return rc;
	/* One exposure in one message can come by several roles and findings: the first one stays. */
	if ((rc = sql_run(st->sql, e,
	        "INSERT OR IGNORE INTO told (wave, org_id, message_id, role, exposure_id, opened)"
	        " SELECT ?1, l.org_id, f.message_id, 0, f.exposure_id, m.verdict = 1 FROM (SELECT DISTINCT message_id AS id FROM finding) d"
	        " CROSS JOIN message m ON m.id = d.id CROSS JOIN link l ON l.message_id = d.id CROSS JOIN finding f ON f.message_id = d.id"
	        " WHERE in_scope(m.verdict) AND" LINK_IS_DUE "AND" LINK_IS_PARTY "AND NOT" EXPOSURE_IS_WITHHELD("f.exposure_id")
	        "AND NOT" EXPOSURE_IS_TOLD("l", "f.exposure_id") "AND NOT" TOLD_AT_ITS_ADDRESS("l") "ORDER BY l.org_id, f.message_id, f.exposure_id", "ii", number, policy)) != OK)
		return rc;
	return sql_run(st->sql, e,
	    "INSERT OR IGNORE INTO told (wave, org_id, message_id, role, exposure_id, opened)"
	    " SELECT ?1, o.org_id, f.message_id, 0, f.exposure_id, m.verdict = 1 FROM owner o"
	    " JOIN finding f ON f.exposure_id = o.exposure_id JOIN message m ON m.id = f.message_id"
	    " WHERE in_scope(m.verdict) AND NOT" EXPOSURE_IS_WITHHELD("o.exposure_id") "AND EXISTS (SELECT 1 FROM link l WHERE l.message_id = f.message_id"
	    " AND l.org_id = o.org_id AND" LINK_IS_DUE "AND NOT" TOLD_AT_ITS_ADDRESS("l") "AND NOT" EXPOSURE_IS_TOLD("l", "f.exposure_id") ")"
	    " ORDER BY o.org_id, f.message_id, f.exposure_id", "ii", number, policy);
}

enum errc wave_freeze(struct store *st, int64_t number, int64_t now_utc, bool mentioned, int64_t *n_told, struct err *e)
{
	struct digest none = {{0}};
	int64_t n, more;
	enum errc rc;

	*n_told = 0;
	if ((rc = take_back(st, number, mentioned, &n, e)) != OK ||
	    (rc = sql_run(st->sql, e, "INSERT INTO wave (number, state, plan_digest, planned_utc) VALUES (?, 1, ?, ?)", "idi",
	         number, &none, now_utc)) != OK ||
	    (rc = freeze_told(st, number, mentioned, e)) != OK || (rc = take_back(st, number, mentioned, &more, e)) != OK ||
	    (more != 0 && (rc = freeze_told(st, number, mentioned, e)) != OK) ||
	    (n + more != 0 && (rc = tasks_end(st, now_utc, e)) != OK) ||
	    (rc = sql_int(st->sql, n_told, 0, e, "SELECT count(*) FROM told WHERE wave = ?", "i", number)) != OK)
		return rc;
	if (*n_told == 0)
		return sql_run(st->sql, e, "DELETE FROM wave WHERE number = ?", "i", number);
	/* Earlier dossiers count when they reached somebody: a written notice, or our own people. */
	return sql_run(st->sql, e,
	    "INSERT INTO dossier (wave, org_id, version, n_messages, n_exposures, track)"
	    " SELECT ?1, t.org_id, 1 + (SELECT count(*) FROM dossier d WHERE d.org_id = t.org_id AND d.wave < ?1 AND"
	    "   NOT EXISTS (SELECT 1 FROM notice n WHERE n.wave = d.wave AND n.org_id = d.org_id AND n.state = 3))"
	    "  + (SELECT count(DISTINCT n.wave) FROM notice n WHERE n.org_id = t.org_id AND n.wave < ?1 AND" TAKEN_BACK("n") "),"
	    " count(DISTINCT t.message_id), count(DISTINCT nullif(t.exposure_id, 0)), CASE o.origin WHEN 1 THEN 2 WHEN 4 THEN 3 ELSE 1 END"
	    " FROM told t JOIN org o ON o.id = t.org_id WHERE t.wave = ?1 GROUP BY t.org_id", "i", number);
}

enum errc wave_drop(struct store *st, int64_t number, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(st->sql, e, DROP_UNFOUND("wave = ?1"), "i", number)) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM told WHERE wave = ?", "i", number)) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM dossier WHERE wave = ?", "i", number)) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM notice WHERE wave = ?", "i", number)) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM approval WHERE wave = ?", "i", number)) != OK)
		return rc;
	return sql_run(st->sql, e, "DELETE FROM wave WHERE number = ?", "i", number);
}

void wave_not_approved(struct store *st, int64_t number) { st->not_approved = number; }

static void not_approved(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const struct store *st = sqlite3_user_data(ctx);

	(void)n;
	sqlite3_result_int(ctx, st->not_approved != 0 && sqlite3_value_int64(v[0]) == st->not_approved);
}

enum errc wave_not_approved_install(struct store *st, struct err *e)
{
	if (sqlite3_create_function_v2(st->sql->db, "wave_not_approved", 1, SQLITE_UTF8 | SQLITE_INNOCUOUS, st, not_approved, NULL, NULL, NULL) != SQLITE_OK)
		return sql_failed(st->sql, e, "wave_not_approved");
	return OK;
}

enum errc wave_mark(struct store *st, int64_t number, enum wave_state state, const struct digest *plan, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE wave SET state = ?, plan_digest = ? WHERE number = ?", "idi", (int64_t)state, plan, number);
}

/* By what it tells whom: a domain that an organisation has only since is none by which it was told. */
static enum errc note_domains(struct store *st, int64_t number, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "INSERT OR IGNORE INTO org_was SELECT d.domain, d.org_id FROM notice n JOIN org_domain d ON d.org_id = n.org_id WHERE n.wave = ?", "i", number);

	return rc != OK ? rc : sql_run(st->sql, e, "INSERT OR IGNORE INTO org_was SELECT lower(o.key), o.id FROM notice n JOIN org o ON o.id = n.org_id AND o.origin = 4"
	    " WHERE n.wave = ?", "i", number);
}

/* A row of delivery is what says that a notice of a wave that goes by hand was not handed over. */
static enum errc keep_held(struct store *st, int64_t number, int64_t now_utc, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO delivery (notice_id, wave, org_id, version, address, place, state, attempts, queue_id, note)"
	    " SELECT n.id, n.wave, n.org_id, d.version, lower(n.address), n.place, iif(n.place = 0, 2, 1), 0, '', '' FROM notice n"
	    " JOIN dossier d ON d.wave = n.wave AND d.org_id = n.org_id WHERE n.wave = ?1 AND n.state = 2 AND" ON_HOLD("n.org_id", "?2") "ORDER BY n.id", "ii",
	    number, now_utc);
}

enum errc wave_written(struct store *st, int64_t number, const struct digest *plan, bool by_hand, int64_t now_utc, struct err *e)
{
	enum errc rc = note_domains(st, number, e);

	if (rc != OK || (rc = wave_keep_numbers(st, number, e)) != OK || (rc = sql_run(st->sql, e, "UPDATE wave SET state = 3, plan_digest = ?, by_hand = ? WHERE number = ?", "dii", plan, (int64_t)by_hand, number)) != OK)
		return rc;
	return by_hand ? keep_held(st, number, now_utc, e) : OK;
}

/* Notices that nothing waits to be sent of. */
static enum errc count_in_hand(struct store *st, int64_t number, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e, "SELECT count(*) FROM notice n JOIN dossier d ON d.wave = n.wave AND d.org_id = n.org_id"
	    " WHERE n.wave = ?1 AND n.state = 2 AND n.org_id NOT IN (SELECT org_id FROM delivery WHERE wave = ?1)", "i", number);
}

enum errc wave_handed_over(struct store *st, int64_t number, bool yes, int64_t now_utc, int64_t *n, int64_t *n_held, struct err *e)
{
	int64_t before = 0;
	struct wave w;
	enum errc rc = wave_get(st, number, &w, e);

	*n_held = 0;
	if (rc == OK && w.by_hand == HAND_OVER_PERSON && yes)
		rc = count_in_hand(st, number, &before, e);
	if (rc != OK || (rc = sql_run(st->sql, e, "UPDATE wave SET by_hand = ? WHERE number = ?", "ii", (int64_t)(yes ? HAND_OVER_PERSON : HAND_OVER_TOCSIN), number)) != OK)
		return rc;
	if (yes && (rc = sql_run(st->sql, e, "DELETE FROM delivery WHERE wave = ?1 AND org_id NOT IN (SELECT org_id FROM delivery WHERE wave = ?1 AND attempts <> 0)"
	                " AND NOT" ON_HOLD("delivery.org_id", "?2"), "ii", number, now_utc)) != OK)
		return rc;
	/* Who is held since the first time that it was said was handed his then. */
	if (yes && w.by_hand != HAND_OVER_PERSON && (rc = keep_held(st, number, now_utc, e)) != OK)
		return rc;
	if (yes && (rc = sql_int(st->sql, n_held, 0, e, "SELECT count(*) FROM delivery d WHERE d.wave = ?1 AND d.attempts = 0 AND d.state IN (1, 2) AND" ON_HOLD("d.org_id", "?2"),
	                "ii", number, now_utc)) != OK)
		return rc;
	rc = count_in_hand(st, number, n, e);
	*n -= before;
	return rc;
}

enum errc wave_never_sent(struct store *st, int64_t before, int64_t *out, struct err *e)
{
	return sql_int(st->sql, out, 0, e, "SELECT min(w.number) FROM wave w WHERE w.number < ? AND w.state = 3 AND NOT w.by_hand AND NOT EXISTS (SELECT 1"
	    " FROM delivery d WHERE d.wave = w.number) AND EXISTS (SELECT 1 FROM notice n JOIN dossier d ON d.wave = n.wave AND d.org_id = n.org_id"
	    " WHERE n.wave = w.number AND n.state = 2)", "i", before);
}

enum errc wave_to_leave(struct store *st, int64_t number, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e, "SELECT count(*) FROM notice n JOIN wave w ON w.number = n.wave AND w.by_hand <> 2 WHERE n.wave = ? AND n.state = 2"
	    " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.notice_id = n.id AND d.handed_utc IS NOT NULL)", "i", number);
}

static bool take_org(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct wave_org *o = row;

	o->id = sqlite3_column_int64(q, 0);
	o->key = sql_text(a, q, 1);
	o->name = sql_text(a, q, 2);
	o->country = sql_text(a, q, 3);
	o->language = sql_text(a, q, 4);
	o->version = sqlite3_column_int(q, 5);
	o->track = sqlite3_column_int(q, 6);
	o->n_messages = sqlite3_column_int64(q, 7);
	o->n_exposures = sqlite3_column_int64(q, 8);
	o->hold = sqlite3_column_int(q, 9);
	o->hold_until_utc = sql_time(q, 10);
	o->has_domain = sqlite3_column_int(q, 11) != 0;
	return o->key != NULL && o->name != NULL && o->country != NULL && o->language != NULL;
}

enum errc wave_orgs(struct store *st, struct arena *a, int64_t number, struct wave_org **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT o.id, o.key, o.name, o.country, o.language, d.version, d.track, d.n_messages, d.n_exposures, h.state, h.until_utc,"
	    " EXISTS (SELECT 1 FROM org_domain od WHERE od.org_id = o.id)"
	    " FROM dossier d JOIN org o ON o.id = d.org_id LEFT JOIN hold h ON h.org_id = o.id WHERE d.wave = ? ORDER BY o.key", "i", number);

	return GATHER(st, a, q, take_org, out, n, e);
}

enum errc wave_reason(struct store *st, struct arena *a, int64_t number, const char **out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT" REASON_OF("?1"), "i", number);
	enum errc rc;

	*out = "";
	if (sql_next(st->sql, q, &rc, e)) {
		if ((*out = sql_text(a, q, 0)) == NULL)
			rc = err_memory(e);
		sql_done(q);
	}
	return rc;
}

/* ---- what one organisation is told --------------------------------------------------------------------------- */

/* BEFORE: did an earlier wave tell of the message, and was it not known then that it was opened; only asked where there was one. */
#define TOLD_ROWS(BEFORE)                                                                                      \
	"SELECT t.message_id, t.role, t.exposure_id, m.when_utc, m.verdict,"                                   \
	" EXISTS (SELECT 1 FROM coverage c WHERE c.message_id = t.message_id), " BEFORE ", m.content_digest,"  \
	" CASE WHEN t.exposure_id <> 0 THEN (SELECT x.digest FROM exposure x WHERE x.id = t.exposure_id) END," \
	SENT_BY_INTRUDER ", t.role = 4 AND EXISTS (SELECT 1 FROM link g WHERE g.message_id = t.message_id"      \
	" AND g.org_id = t.org_id AND g.role = 4 AND g.certainty = 1)"                                          \
	" FROM told t JOIN message m ON m.id = t.message_id WHERE t.wave = ?1 AND t.org_id = ?2"               \
	" ORDER BY t.message_id, t.role, t.exposure_id"

#define EARLIER " FROM told b WHERE b.org_id = ?2 AND b.message_id = t.message_id AND b.wave < ?1"

enum errc told_each(struct store *st, int64_t wave, const struct wave_org *org, told_fn *fn, void *ctx, struct err *e)
{
	const char *rows = org->version <= 1 ? TOLD_ROWS("0, 0")
	    : TOLD_ROWS("EXISTS (SELECT 1" EARLIER "), t.opened AND EXISTS (SELECT 1" EARLIER ") AND NOT EXISTS (SELECT 1" EARLIER " AND b.opened)");
	sqlite3_stmt *q = sql_query(st->sql, e, rows, "ii", wave, org->id);
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct told_row row = {
		    .message_id = sqlite3_column_int64(q, 0),
		    .role = sqlite3_column_int(q, 1),
		    .exposure_id = sqlite3_column_int64(q, 2),
		    .when_utc = sql_time(q, 3),
		    .verdict = sqlite3_column_int(q, 4),
		    .unread = sqlite3_column_int(q, 5) != 0,
		    .before = sqlite3_column_int(q, 6) != 0,
		    .now_opened = sqlite3_column_int(q, 7) != 0,
		};

		sql_digest(q, 8, &row.message);
		sql_digest(q, 9, &row.exposure);
		row.forged = sqlite3_column_int(q, 10) != 0;
		row.guessed = sqlite3_column_int(q, 11) != 0;
		rc = fn(ctx, &row, e);
	}
	sql_done(q);
	return rc;
}

static bool take_exposure(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct told_exposure *x = row;

	x->class = sql_text(a, q, 0);
	x->masked = sql_text(a, q, 1);
	x->n_messages = sqlite3_column_int64(q, 2);
	x->first_utc = sql_time(q, 3);
	x->before = sqlite3_column_int(q, 4) != 0;
	x->opened = sqlite3_column_int(q, 5) != 0;
	x->whose = (enum whose)sqlite3_column_int(q, 6);
	return x->class != NULL && x->masked != NULL;
}

enum errc told_exposures(struct store *st, struct arena *a, int64_t wave, const struct wave_org *org,
    struct told_exposure **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q;

	*out = NULL;
	*n = 0;
	if (org->n_exposures == 0)
		return OK;
	q = sql_query(st->sql, e,
	    "SELECT x.class, x.masked, count(*), min(m.when_utc), t.exposure_id IN (SELECT b.exposure_id FROM told b"
	    " WHERE b.org_id = ?2 AND b.wave < ?1), max(t.opened)," WHOSE("x.id", "x.class", "?2") "FROM told t JOIN exposure x ON x.id = t.exposure_id"
	    " JOIN message m ON m.id = t.message_id WHERE t.wave = ?1 AND t.org_id = ?2 AND t.exposure_id <> 0"
	    /* The order of the reading room. */
	    " GROUP BY t.exposure_id ORDER BY x.class IN (" PERSONAL_CLASSES "), max(m.verdict = 1) DESC, x.severity DESC, min(m.when_utc),"
	    " x.class, x.masked, x.digest", "ii", wave, org->id);
	enum errc rc = GATHER(st, a, q, take_exposure, out, n, e);

	/* Its user's as well as the service's: a person is told what stands in his mail, but not what of it is whose. */
	for (size_t i = 0; rc == OK && org->track == TRACK_PERSON && i < *n; i++)
		(*out)[i].whose = WHOSE_READERS;
	return rc;
}

static bool take_withdrawn(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct told_withdrawn *w = row;

	*w = (struct told_withdrawn){sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sql_text(a, q, 2), sql_text(a, q, 3)};
	return w->id != NULL && w->address != NULL;
}

/* What may have arrived and no wave has said since to be withdrawn. */
static enum errc told_withdrawn(struct store *st, struct arena *a, int64_t wave, int64_t org_id, struct told_before *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT v.number, v.planned_utc, n.id, n.address FROM taken_back b JOIN wave v ON v.number = b.wave JOIN notice n ON n.wave = b.wave"
	    " AND n.org_id = b.org_id AND n.state = 2 LEFT JOIN delivery d ON d.notice_id = n.id WHERE b.org_id = ?2 AND b.wave < ?1 AND b.why IN (2, 3)"
	    /* A wave names it when none that stood then had known of it. */
	    " AND NOT EXISTS (SELECT 1 FROM dossier k WHERE k.org_id = ?2 AND k.wave >= b.by_wave AND k.wave < ?1 AND" HAS_REACHED("k")
	    "  AND NOT EXISTS (SELECT 1 FROM taken_back y WHERE y.org_id = ?2 AND y.wave >= b.by_wave AND y.wave < k.wave AND y.by_wave > k.wave AND y.why <> 1))"
	    " AND (" MAY_HAVE_ARRIVED("d") "OR" BY_HAND("b.wave", "?2") ") ORDER BY v.number, n.address", "ii", wave, org_id);

	return GATHER(st, a, q, take_withdrawn, &out->withdrawn, &out->n_withdrawn, e);
}

enum errc told_before(struct store *st, struct arena *a, int64_t wave, const struct wave_org *org, struct told_before *out, struct err *e)
{
	sqlite3_stmt *q;
	enum errc rc;

	*out = (struct told_before){.planned_utc = TIME_NONE};
	if (org->version <= 1)
		return OK;
	q = sql_query(st->sql, e,
	    "WITH b AS (SELECT d.wave FROM dossier d WHERE d.org_id = ?2 AND d.wave < ?1 AND" HAS_REACHED("d") ")"
	    " SELECT max(w.planned_utc), (SELECT count(DISTINCT message_id) FROM told WHERE org_id = ?2 AND wave IN b),"
	    " (SELECT count(DISTINCT nullif(exposure_id, 0)) FROM told WHERE org_id = ?2 AND wave IN b)," HAD_BEFORE("?1", "?2")
	    " FROM b JOIN wave w ON w.number = b.wave", "ii", wave, org->id);
	if (sql_next(st->sql, q, &rc, e)) {
		out->planned_utc = sql_time(q, 0);
		out->messages = sqlite3_column_int64(q, 1);
		out->exposures = sqlite3_column_int64(q, 2);
		out->anything = sqlite3_column_int(q, 3) != 0;
		sql_done(q);
	}
	return rc == OK ? told_withdrawn(st, a, wave, org->id, out, e) : rc;
}

/* ---- contacts, notices, approvals ---------------------------------------------------------------------------- */

static bool take_contact(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct wave_contact *c = row;

	c->address = sql_text(a, q, 0);
	c->role = sql_text(a, q, 1);
	return c->address != NULL && c->role != NULL;
}

enum errc wave_contacts(struct store *st, struct arena *a, int64_t org_id, struct wave_contact **out, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT c.address, c.role FROM usable_contact c WHERE c.org_id = ?1 AND" CONTACT_IS_USABLE
	    "AND NOT EXISTS (SELECT 1 FROM usable_contact b WHERE b.org_id = ?1"
	    "  AND (b.source, b.seq, b.address) < (c.source, c.seq, c.address)"
	    "  AND lower(b.address) = lower(c.address)) ORDER BY c.source, c.seq, c.address", "i", org_id);

	return GATHER(st, a, q, take_contact, out, n, e);
}

enum errc wave_maybe_intruder(struct store *st, int64_t org_id, bool *out, struct err *e)
{
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT 1 WHERE" MAYBE_INTRUDER("?1"), "i", org_id);

	*out = n != 0;
	return rc;
}

enum errc notice_put(struct store *st, int64_t wave, int64_t org_id, const struct notice *n, struct err *e)
{
	return sql_run(st->sql, e,
	    "INSERT INTO notice (id, wave, org_id, address, contact_role, language, state, text_sha256, file, place)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, NULL, '', ?)", "tiitttii", n->id, wave, org_id, n->address, n->contact_role,
	    n->language, (int64_t)n->state, (int64_t)n->place);
}

enum errc notice_exists(struct store *st, const char *id, bool *out, struct err *e)
{
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT 1 FROM notice WHERE id = ?", "t", id);

	*out = n != 0;
	return rc;
}

static bool take_notice(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct notice *v = row;

	v->id = sql_text(a, q, 0);
	v->address = sql_text(a, q, 1);
	v->contact_role = sql_text(a, q, 2);
	v->language = sql_text(a, q, 3);
	v->file = sql_text(a, q, 4);
	v->state = sqlite3_column_int(q, 5);
	sql_digest(q, 6, &v->sha256);
	return v->id != NULL && v->address != NULL && v->contact_role != NULL && v->language != NULL && v->file != NULL;
}

enum errc notices_of(struct store *st, struct arena *a, int64_t wave, int64_t org_id, struct notice **out, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT id, address, contact_role, language, file, state, text_sha256 FROM notice"
	    " WHERE org_id = ?2 AND wave = ?1 ORDER BY address", "ii", wave, org_id);

	return GATHER(st, a, q, take_notice, out, n, e);
}

enum errc notice_set_digest(struct store *st, const char *id, const struct digest *sha256, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE notice SET text_sha256 = ? WHERE id = ?", "dt", sha256, id);
}

enum errc notice_set_written(struct store *st, const char *id, const char *file, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE notice SET state = 2, file = ? WHERE id = ?", "tt", file, id);
}

enum errc approval_put(struct store *st, int64_t wave, const struct approval *v, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO approval (wave, name, plan_digest, when_utc) VALUES (?, ?, ?, ?)", "itdi", wave,
	    v->name, &v->plan, v->when_utc);
}

enum errc approval_drop(struct store *st, int64_t wave, const char *name, struct err *e)
{
	return sql_run(st->sql, e, "DELETE FROM approval WHERE wave = ? AND name = ?", "it", wave, name);
}

static bool take_approval(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct approval *v = row;

	v->name = sql_text(a, q, 0);
	sql_digest(q, 1, &v->plan);
	v->when_utc = sqlite3_column_int64(q, 2);
	return v->name != NULL;
}

enum errc approvals_of(struct store *st, struct arena *a, int64_t wave, struct approval **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT name, plan_digest, when_utc FROM approval WHERE wave = ? ORDER BY when_utc, name", "i", wave);

	return GATHER(st, a, q, take_approval, out, n, e);
}

static bool take_conflict(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct conflict_row *c = row;

	c->domain = sql_text(a, q, 0);
	c->first = sql_text(a, q, 1);
	c->second = sql_text(a, q, 2);
	return c->domain != NULL && c->first != NULL && c->second != NULL;
}

enum errc wave_conflicts(struct store *st, struct arena *a, struct conflict_row **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT domain, first, second FROM conflict ORDER BY domain, first, second", "");

	return GATHER(st, a, q, take_conflict, out, n, e);
}

enum errc wave_unreached(struct store *st, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e,
	    "SELECT count(DISTINCT d.org_id) FROM dossier d JOIN wave w ON w.number = d.wave"
	    " JOIN notice n ON n.org_id = d.org_id AND n.wave = d.wave WHERE w.state = 3 AND n.state = 3 AND d.track = 1"
	    " AND d.org_id NOT IN (SELECT org_id FROM joined)", "");
}

enum errc wave_messages(struct store *st, int64_t *all, int64_t *in_scope, struct err *e)
{
	enum errc rc = sql_int(st->sql, all, 0, e, "SELECT count(*) FROM message", "");

	return rc != OK ? rc : sql_int(st->sql, in_scope, 0, e, "SELECT count(*) FROM message WHERE in_scope(verdict)", "");
}

enum errc wave_persons(struct store *st, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e,
	    "SELECT " PERSONS " JOIN message m ON m.id = p.message_id WHERE in_scope(m.verdict)", "");
}

enum errc wave_untold(struct store *st, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e, "SELECT count(*) FROM exposure x WHERE" IS_UNTOLD("x"), "");
}

enum errc wave_behind(struct store *st, int64_t *unjudged, int64_t *unscanned, int64_t *unattributed, struct err *e)
{
	enum errc rc = sql_int(st->sql, unjudged, 0, e, "SELECT count(DISTINCT l.message_id) FROM location l JOIN item i ON i.id = l.item_id JOIN source s ON s.id = i.source_id"
	    " WHERE EXISTS (SELECT 1 FROM verdict) AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.message_id = l.message_id"
	    " AND coalesce(v.mailbox_id, 0) = coalesce(s.mailbox_id, 0))", "");

	if (rc == OK)
		rc = sql_int(st->sql, unscanned, 0, e, "SELECT count(*) FROM message m WHERE in_scope(m.verdict)"
		    " AND (" WAITS("m.id") " OR NOT EXISTS (SELECT 1 FROM scanned s WHERE s.message_id = m.id))"
		    " AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.message_id = m.id AND c.path = '' AND c.outcome = 3)", "");
	return rc != OK ? rc : sql_int(st->sql, unattributed, 0, e,
	    "SELECT count(*) FROM message m LEFT JOIN attributed a ON a.message_id = m.id LEFT JOIN scanned s ON s.message_id = m.id"
	    " WHERE in_scope(m.verdict) AND (a.message_id IS NULL OR a.ruleset_id <> " SCANNED_BY("m.id", "s") ")", "");
}
