/* What was heard of the notices, what follows from it for each delivery, and who is asked next. */
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "store/due.h"
#include "store/deliveries.h"

_Static_assert(HEARD_FAILED == 1 && HEARD_DELAYED == 2 && HEARD_DELIVERED == 3 && HEARD_RELAYED == 4 && HEARD_READ == 5 &&
    HEARD_AUTOMATIC == 6 && HEARD_ANSWER == 7 && HEARD_ABSENT == 8 && HEARD_OTHER == 9 && DELIVERY_COMPOSED == 2 && DELIVERY_UNCERTAIN == 4 &&
    DELIVERY_RETRY == 5 && DELIVERY_HANDED == 6 && DELIVERY_RELAYED == 8 && DELIVERY_FAILED == 10 && DELIVERY_ACKNOWLEDGED == 11 && TODO_CALL == 1 && TODO_CSIRT == 2 && TODO_CALL_TOO == 4 && CONTACT_CSIRT == 6,
    "the statements below spell these numbers");

/*
 * An answer counts most, then a failure, then delivery. What was relayed is no longer delayed here, and no server will say more of it; it may
 * be in the mailbox (LMTP) or not, so it is told apart from what was delivered. An automatic reply says nothing, but that nobody is
 * there says that there is a mailbox. A certain report about a notice of which nobody knew whether it had left, or of which somebody said that
 * it had not, shows that it had.
 */
static enum errc state_anew(struct store *st, const char *notice_id, int64_t now_utc, struct err *e)
{
	enum errc rc = sql_run(st->sql, e,
	    "UPDATE delivery SET handed_utc = coalesce(handed_utc, intent_utc, ?2), state = (SELECT CASE"
	    " WHEN max(h.kind = 7) THEN 11 WHEN max(h.kind = 1) THEN 10 WHEN max(h.kind IN (3, 5, 8)) THEN 9"
	    " WHEN max(h.kind = 4) THEN 8 WHEN max(h.kind = 2) THEN 7 ELSE 6 END FROM heard h WHERE h.notice_id = ?1 AND h.certain = 1)"
	    " WHERE notice_id = ?1 AND (state IN (4, 6, 7, 8, 9, 11) OR (state = 10 AND handed_utc IS NOT NULL) OR (state IN (2, 5) AND intent_utc IS NOT NULL))"
	    " AND EXISTS (SELECT 1 FROM heard h WHERE h.notice_id = ?1 AND h.certain = 1 AND h.kind <> 9)", "ti", notice_id, now_utc);

	if (rc != OK)
		return rc;
	return sql_run(st->sql, e,
	    "UPDATE delivery SET note = coalesce((SELECT h.status FROM heard h WHERE h.notice_id = ?1 AND h.certain = 1 AND h.kind = 1"
	    " ORDER BY h.id LIMIT 1), note) WHERE notice_id = ?1 AND state = 10", "t", notice_id);
}

enum errc heard_put(struct store *st, const struct heard *h, bool *added, struct err *e)
{
	enum errc rc = sql_run(st->sql, e,
	    "INSERT OR IGNORE INTO heard (digest, path, at_byte, kind, notice_id, certain, how, sent_utc, collected_utc, sender,"
	    " subject, status, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)", "dtiitituitttt",
	    &h->digest, h->path, h->at_byte, (int64_t)h->kind, h->notice_id, (int64_t)h->certain, h->how, h->sent_utc,
	    h->collected_utc, h->sender, h->subject, h->status, h->text);

	*added = rc == OK && sql_changed(st->sql) == 1;
	if (rc != OK || !*added || !h->certain || h->notice_id[0] == '\0')
		return rc;
	return state_anew(st, h->notice_id, h->collected_utc, e);
}

/* One that has no such row yet; the statement cannot make the digest that heard rows are known by. */
static enum errc next_claim(struct store *st, struct arena *a, const char **id, int64_t *when_utc, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT d.notice_id, p.claimed_utc FROM delivery d JOIN portal_case p ON p.org_id = d.org_id AND p.claimed_utc >= d.handed_utc"
	    " WHERE d.state BETWEEN 6 AND 10 AND NOT EXISTS (SELECT 1 FROM heard h WHERE h.notice_id = d.notice_id AND h.kind = 7"
	    " AND h.certain = 1) ORDER BY d.notice_id LIMIT 1", "");
	enum errc rc;

	*id = NULL;
	if (sql_next(st->sql, q, &rc, e)) {
		*id = sql_text(a, q, 0);
		*when_utc = sqlite3_column_int64(q, 1);
		sql_done(q);
		if (*id == NULL)
			return err_memory(e);
	}
	return rc;
}

enum errc heard_claims(struct store *st, int64_t now_utc, struct err *e)
{
	struct arena *a = NULL;
	const char *id, *key;
	int64_t when_utc = 0;
	bool added;
	enum errc rc = arena_new(&a, MIB, e);

	while (rc == OK && (rc = next_claim(st, a, &id, &when_utc, e)) == OK && id != NULL) {
		struct heard h = {.path = "", .notice_id = id, .kind = HEARD_ANSWER, .certain = true, .how = "claimed in the reading room",
		    .sent_utc = when_utc, .collected_utc = now_utc, .sender = "", .subject = "", .status = "", .text = ""};

		if ((key = arena_printf(a, "claimed %s", id)) == NULL) {
			rc = err_memory(e);
			break;
		}
		sha256_of(span_str(key), &h.digest);
		rc = heard_put(st, &h, &added, e);
		arena_reset(a);
	}
	arena_free(a);
	return rc;
}

/* ---- who is asked next ----------------------------------------------------------------------------------------- */

/*
 * The dossiers of written waves that nobody answered and nobody holds back; of each how many of its mails wait. One that is
 * uncertain waits as long as one that left. One that was overtaken, is outdated or goes nowhere any more does not leave: where none
 * did that it could follow, it is told anew.
 */
#define STAYS(d) " (" d ".notice_id IN (SELECT notice_id FROM temp.unfit) OR" IS_OVERTAKEN(d ".wave", d ".org_id") ") "
/* Asked outside of the groups, where SQLite makes an index of all contacts once: within, it goes through them for each group. */
#define OPEN_DOSSIERS                                                                                          \
	"SELECT d.org_id, d.wave, d.waiting, d.standby, d.moved AND NOT d.arrived AND" ANOTHER_CONTACT "AS elsewhere FROM (SELECT d.org_id, d.wave," \
	" sum((d.state IN (2, 5) AND NOT d.stays) OR d.state = 3 OR (d.state = 4 AND d.intent_utc > ?2)" \
	" OR (d.state IN (6, 7, 8, 9) AND d.handed_utc > ?2)) AS waiting, sum(d.state = 1 AND NOT d.stays) AS standby," \
	" max(d.moved) AS moved, max(d.arrived) AS arrived FROM (SELECT y.*," MAY_HAVE_ARRIVED("y") "AS arrived," STAYS("y") "AS stays," \
	" y.notice_id IN (SELECT notice_id FROM temp.unfit WHERE why = 2) AS moved FROM delivery y) d" \
	" WHERE NOT" TOLD_AS_PERSON("d.wave", "d.org_id") \
	" AND NOT" ON_HOLD("d.org_id", "?1") "AND NOT" NO_LONGER_TOLD("d.wave", "d.org_id") "GROUP BY d.org_id, d.wave, d.version" \
	" HAVING max(d.state) < 11 AND NOT (max(d.stays AND NOT d.moved) AND NOT max(d.arrived))) d"

/* The rows of a query, of up to four texts, in the arena: what it finds is changed while one goes through them. */
struct found { const char *v[4]; };
static enum errc find_all(struct store *st, struct arena *a, sqlite3_stmt *q, struct found **out, int64_t *n, struct err *e)
{
	int64_t cap = 0;
	enum errc rc = OK;

	*out = NULL;
	*n = 0;
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		if (*n == cap) {
			struct found *more = arena_zero(a, (size_t)(cap = cap * 2 + 64), sizeof *more);

			if (more == NULL) {
				rc = err_memory(e);
				break;
			}
			if (*n != 0)
				memcpy(more, *out, (size_t)*n * sizeof *more);
			*out = more;
		}
		for (int i = 0; i < sqlite3_column_count(q) && i < 4 && rc == OK; i++)
			if (((*out)[*n].v[i] = sql_text(a, q, i)) == NULL)
				rc = err_memory(e);
		(*n)++;
	}
	sql_done(q);
	return rc;
}

static enum errc promote(struct store *st, struct arena *a, const struct escalation *x, int64_t *n, struct err *e)
{
	struct found *v;
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT s.notice_id FROM (SELECT notice_id, org_id, wave, row_number() OVER (PARTITION BY org_id, wave ORDER BY place) AS turn"
	    "  FROM delivery x WHERE state = 1 AND NOT" STAYS("x") ") s JOIN (" OPEN_DOSSIERS ") o ON o.org_id = s.org_id AND o.wave = s.wave"
	    " WHERE s.turn <= ?3 - o.waiting ORDER BY s.notice_id", "iii", x->now_utc, x->no_answer_utc, (int64_t)x->at_once);
	enum errc rc;

	if ((rc = find_all(st, a, q, &v, n, e)) != OK)
		return rc;
	for (int64_t i = 0; i < *n && rc == OK; i++)
		if ((rc = sql_run(st->sql, e, "UPDATE delivery SET state = 2, escalated = 1, note = 'those before it failed or did not answer'"
		         " WHERE notice_id = ?", "t", v[i].v[0])) == OK)
			rc = ledger_say(st, "next contact is due", e, "notice", v[i].v[0], NULL);
	return rc;
}

#define NEW_TASK "INSERT OR IGNORE INTO task (org_id, wave, kind, what, owner, made_utc, due_utc, done_by, note) "

static enum errc add_tasks(struct store *st, const struct escalation *x, struct err *e)
{
	enum errc rc;

	/* The next one in line is a relay: a person asks it to pass a word on; it is not told what was exposed. */
	if ((rc = sql_run(st->sql, e, NEW_TASK
	         "SELECT o.org_id, o.wave, 2, 'ask ' || c.role || ' (' || c.address || ') to pass on that we look for a contact', ?3, ?1, ?4,"
	         " '', '' FROM (" OPEN_DOSSIERS ") o JOIN contact_known c ON c.org_id = o.org_id AND c.source = 6"
	         " WHERE o.waiting = 0 AND o.standby = 0 AND NOT o.elsewhere ORDER BY o.org_id, c.address", "iiti", x->now_utc, x->no_answer_utc, x->owner,
	         x->due_utc)) != OK ||
	    (rc = sql_run(st->sql, e, NEW_TASK
	         "SELECT o.org_id, o.wave, 1, 'nobody answered, and no further address is known: call or write a letter', ?3, ?1, ?4, '', ''"
	         " FROM (" OPEN_DOSSIERS ") o WHERE o.waiting = 0 AND o.standby = 0 AND NOT o.elsewhere AND (NOT EXISTS (SELECT 1 FROM contact_known c"
	         " WHERE c.org_id = o.org_id AND c.source = 6) OR EXISTS (SELECT 1 FROM task t WHERE t.org_id = o.org_id AND t.wave = o.wave"
	         " AND t.kind = 2 AND (t.done_utc IS NOT NULL OR t.due_utc < ?1))) ORDER BY o.org_id", "iiti", x->now_utc,
	         x->no_answer_utc, x->owner, x->due_utc)) != OK)
		return rc;
	return sql_run(st->sql, e, NEW_TASK
	    "SELECT n.org_id, n.wave, iif(n.state = 3, 1, 4), CASE WHEN n.state = 3 THEN 'no address is known: call or write a letter'"
	    " WHEN n.mails = 1 THEN 'only one address is known: call or write a letter too'"
	    " ELSE 'no two addresses are independent: call or write a letter too' END, ?2, ?1, ?3, '', ''"
	    " FROM (SELECT n.org_id, n.wave, max(n.state) AS state, count(*) AS mails FROM notice n JOIN wave w ON w.number = n.wave AND w.state = 3"
	    " WHERE NOT" TOLD_AS_PERSON("n.wave", "n.org_id") "AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id")
	    "AND NOT" ON_HOLD("n.org_id", "?1") "GROUP BY n.org_id, n.wave) n WHERE n.mails = 1 OR NOT EXISTS ("
	    /* Another source, or another house, as contacts_are_enough has it. */
	    "SELECT 1 FROM usable_contact a JOIN usable_contact b ON b.org_id = a.org_id AND lower(b.address) > lower(a.address)"
	    " WHERE a.org_id = n.org_id AND instr(a.address, '@') > 1 AND instr(b.address, '@') > 1 AND (a.source <> b.source OR"
	    " lower(substr(a.address, instr(a.address, '@'))) <> lower(substr(b.address, instr(b.address, '@')))))"
	    " ORDER BY n.org_id", "iti", x->now_utc, x->owner, x->due_utc);
}

/* Those behind the number `after`, into the ledger. */
static enum errc record_tasks(struct store *st, struct arena *a, int64_t after, int64_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT t.id, o.key, t.what, t.owner FROM task t JOIN org o ON o.id = t.org_id WHERE t.id > ? ORDER BY t.id", "i", after);
	struct found *v;
	enum errc rc = find_all(st, a, q, &v, n, e);

	for (int64_t i = 0; rc == OK && i < *n; i++)
		rc = ledger_say(st, "task made", e, "task", v[i].v[0], "org", v[i].v[1], "what", v[i].v[2], "owner", v[i].v[3], NULL);
	return rc;
}

enum errc deliveries_escalate(struct store *st, const struct escalation *x, int64_t *n, int64_t *n_tasks, struct err *e)
{
	struct arena *a;
	int64_t last;
	enum errc rc;

	if ((rc = arena_new(&a, 256 * MIB, e)) != OK)
		return rc;
	if ((rc = sql_int(st->sql, &last, 0, e, "SELECT max(id) FROM task", "")) == OK && (rc = promote(st, a, x, n, e)) == OK &&
	    (rc = add_tasks(st, x, e)) == OK)
		rc = record_tasks(st, a, last, n_tasks, e);
	arena_free(a);
	return rc;
}

enum errc task_put(struct store *st, const struct task_row *t, bool *added, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, NEW_TASK "VALUES (?, ?, ?, ?, ?, ?, ?, '', '')", "iiittii", t->org_id, t->wave, (int64_t)t->kind,
	    t->what, t->owner, t->made_utc, t->due_utc);

	*added = rc == OK && sql_changed(st->sql) == 1;
	return rc;
}

enum errc tasks_end(struct store *st, int64_t now_utc, struct err *e)
{
	char many[24];
	enum errc rc = sql_run(st->sql, e, "UPDATE task SET done_utc = ?, done_by = 'tocsin', note = 'what it was about was withdrawn' WHERE done_utc IS NULL"
	    " AND kind IN (1, 2, 4) AND (" IS_WITHDRAWN("task.wave", "task.org_id") "OR EXISTS (SELECT 1 FROM taken_back b WHERE b.org_id = task.org_id"
	    " AND b.wave = task.wave AND b.why = 3))", "i", now_utc);

	if (rc != OK || sql_changed(st->sql) == 0)
		return rc;
	(void)snprintf(many, sizeof many, "%lld", (long long)sql_changed(st->sql));
	return ledger_say(st, "tasks ended", e, "tasks", many, "why", "withdrawn", NULL);
}

enum errc task_done(struct store *st, int64_t id, const char *by, const char *note, int64_t now_utc, bool *found, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "UPDATE task SET done_utc = ?, done_by = ?, note = ? WHERE id = ? AND done_utc IS NULL", "itti",
	    now_utc, by, note, id);

	*found = rc == OK && sql_changed(st->sql) == 1;
	return rc;
}

enum errc task_last_done(struct store *st, struct arena *a, int64_t org_id, struct task_said *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT done_utc, done_by, note FROM task WHERE org_id = ? AND kind IN (1, 4) AND done_utc IS NOT NULL"
	    " AND done_by <> 'tocsin' ORDER BY done_utc DESC, id DESC LIMIT 1", "i", org_id);
	enum errc rc;

	*out = (struct task_said){.when_utc = TIME_NONE, .by = "", .note = ""};
	if (sql_next(st->sql, q, &rc, e)) {
		*out = (struct task_said){sqlite3_column_int64(q, 0), sql_text(a, q, 1), sql_text(a, q, 2)};
		rc = out->by == NULL || out->note == NULL ? err_memory(e) : rc;
	}
	sql_done(q);
	return rc;
}

enum errc tasks_open(struct store *st, task_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT t.id, t.org_id, t.wave, t.made_utc, t.due_utc, t.kind, o.key, o.name, t.what, t.owner"
	    " FROM task t JOIN org o ON o.id = t.org_id WHERE t.done_utc IS NULL ORDER BY t.due_utc, o.key, t.kind, t.id", "");
	struct arena *a = NULL;
	enum errc rc;

	if ((rc = arena_new(&a, MIB, e)) != OK)
		return rc;
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct task_row t = {.id = sqlite3_column_int64(q, 0), .org_id = sqlite3_column_int64(q, 1),
		    .wave = sqlite3_column_int64(q, 2), .made_utc = sqlite3_column_int64(q, 3), .due_utc = sqlite3_column_int64(q, 4),
		    .kind = sqlite3_column_int(q, 5), .org_key = sql_text(a, q, 6), .org_name = sql_text(a, q, 7), .what = sql_text(a, q, 8),
		    .owner = sql_text(a, q, 9)};

		if (t.org_key == NULL || t.org_name == NULL || t.what == NULL || t.owner == NULL)
			rc = err_memory(e);
		else
			rc = fn(ctx, &t, e);
		arena_reset(a);
	}
	sql_done(q);
	arena_free(a);
	return rc;
}
