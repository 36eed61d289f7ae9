/* A case as the portal has it: its states, and what ends by the clock. */
#include "serve/private.h"

const char *const room_state_names[N_ROOM_STATES] = {"NONE", "SEALED", "NOTIFIED", "CLAIM_PENDING", "CLAIM_WAIT",
    "DISPUTED", "OPEN",
    "REVIEWING", "RESOLVED", "CLOSED", "WITHDRAWN", "REVOKED"};

static const struct { const char *name; unsigned role; } roles[] = {
    {"claimant", ROLE_CLAIMANT}, {"nominator", ROLE_NOMINATOR}, {"reviewer", ROLE_REVIEWER}, {"observer", ROLE_OBSERVER}};

unsigned role_of(span name)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (span_eq(name, span_str(roles[i].name)))
			return roles[i].role;
	return 0;
}

const char *role_name(unsigned role)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (roles[i].role == role)
			return roles[i].name;
	return "";
}

void roles_json(struct json *j, unsigned of)
{
	json_open(j, "roles", '[');
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if ((of & roles[i].role) != 0)
			json_str(j, NULL, roles[i].name);
	json_close(j, ']');
}

enum errc room_load(struct logic *l, struct arena *a, const char *id, struct room *r, bool *found, struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT state, since, coalesce(until, 0), generation, version,"
	    " two_nominators, messages, file, dispute,"
	    " identity, manifest_at, manifest_n, signature_at, signature_n FROM room WHERE id = ?", "t", id);
	enum errc rc;

	*r = (struct room){0};
	if (!(*found = sql_next(l->db, q, &rc, e)))
		return rc;
	(void)snprintf(r->id, sizeof r->id, "%s", id);
	r->state = (enum room_state)sql_col_int(q, 0);
	r->since = sql_col_int(q, 1);
	r->until = sql_col_int(q, 2);
	r->generation = (uint32_t)sql_col_int(q, 3);
	r->version = (uint32_t)sql_col_int(q, 4);
	r->two_nominators = sql_col_int(q, 5) != 0;
	r->messages = sql_col_int(q, 6);
	r->file = sql_text(a, q, 7);
	r->dispute = sql_text(a, q, 8);
	r->identity = arena_copy(a, sql_col(q, 9));
	r->manifest_at = sql_col_int(q, 10);
	r->manifest_n = sql_col_int(q, 11);
	r->signature_at = sql_col_int(q, 12);
	r->signature_n = sql_col_int(q, 13);
	sql_done(q);
	if (r->file == NULL || r->dispute == NULL || r->identity.p == NULL)
		return err_memory(e);
	return r->state < N_ROOM_STATES ? OK : err_set(e, ERR_WORLD, "room %s is in a state that is none: %d", id, (int)r->state);
}

const struct json_node *room_identity(struct arena *a, const struct room *r)
{
	struct json_node *n;

	return r->identity.n != 0 && json_read_strict(a, r->identity, &n, NULL) == OK ? n : NULL;
}

/* The claims that were not the one: their codes can be used again, what they made is gone. winner "" ends all. */
enum errc claims_end(struct logic *l, const char *room, const char *winner, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(l->db, e, "DELETE FROM session WHERE room = ?1 AND kind = 'claim' AND subject <> ?2", "tt",
	    room, winner)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM session WHERE account IN (SELECT account FROM claim WHERE room = ?1"
	    " AND id <> ?2)", "tt", room, winner)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM passkey WHERE account IN (SELECT account FROM claim WHERE room = ?1"
	    " AND id <> ?2)", "tt", room, winner)) != OK ||
	    (rc = sql_run(l->db, e, "UPDATE account SET status = 'removed', roles = 0 WHERE id IN (SELECT account"
	    " FROM claim WHERE room = ?1 AND id <> ?2)", "tt", room, winner)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM proof WHERE room = ?1 AND claim <> ?2", "tt", room, winner)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM sign_on WHERE room = ?1 AND claim <> ?2", "tt", room, winner)) != OK ||
	    (rc = sql_run(l->db, e, "UPDATE notice SET claim = NULL WHERE room = ?1 AND claim <> ?2", "tt", room,
	    winner)) != OK)
		return rc;
	return sql_run(l->db, e, "DELETE FROM claim WHERE room = ?1 AND id <> ?2", "tt", room, winner);
}

/*
 * Who proved the most, for the sake of whom the others end: the claim with a proof of the domain, which all that proves a
 * person together does not outweigh.
 */
static enum errc winner_of(struct logic *l, const char *room, char out[ID_TEXT + 1], struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT c.id FROM claim c LEFT JOIN proof p ON p.claim = c.id AND"
	    " p.state = 'proven'"
	    " WHERE c.room = ? AND c.account IS NOT NULL GROUP BY c.id ORDER BY total(CASE p.method WHEN 'dns' THEN"
	    " 8 WHEN 'file' THEN 4 WHEN 'oidc' THEN 1 WHEN 'callback' THEN 1 END) DESC, c.made LIMIT 1",
	    "t", room);
	enum errc rc;

	out[0] = '\0';
	if (sql_next(l->db, q, &rc, e)) {
		span id = sql_col(q, 0);

		(void)snprintf(out, ID_TEXT + 1, "%.*s", (int)id.n, (const char *)id.p);
		sql_done(q);
	}
	return rc;
}

static int64_t ends(const struct logic *l, enum room_state to, int64_t notified)
{
	switch (to) {
	case ROOM_NOTIFIED: return notified + NOTIFIED_SECONDS;
	case ROOM_CLAIM_PENDING: return l->now + CLAIM_SECONDS;
	case ROOM_CLAIM_WAIT: return l->now + l->c->objection_seconds;
	case ROOM_RESOLVED: return l->now + RESOLVED_SECONDS;
	case ROOM_NONE:
	case ROOM_SEALED:
	case ROOM_DISPUTED:
	case ROOM_OPEN:
	case ROOM_REVIEWING:
	case ROOM_CLOSED:
	case ROOM_WITHDRAWN:
	case ROOM_REVOKED:
	case N_ROOM_STATES: return 0;
	}
	return 0;
}

/* Sealed records, wraps and keys go, and in steps where the records were; accounts of a closed case stay, to read its status and log. */
static enum errc room_erase(struct logic *l, const struct room *r, struct err *e)
{
	enum errc rc;

	l->sweep = l->stale = true;
	streams_end_room(l, r->id);
	if ((rc = sql_run(l->db, e, "UPDATE room SET file = '', share_b = NULL, identity = CASE WHEN state = ?1 THEN"
	    " identity END WHERE id = ?2",
	         "it", (int64_t)ROOM_CLOSED, r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM earlier WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM notice WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM wrap WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM sign_on WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM invitation WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM export WHERE room = ?", "t", r->id)) != OK)
		return rc;
	if (r->state == ROOM_CLOSED)
		return sql_run(l->db, e, "DELETE FROM session WHERE room = ? AND kind <> 'account'", "t", r->id);
	if ((rc = sql_run(l->db, e, "DELETE FROM session WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM passkey WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM claim WHERE room = ?", "t", r->id)) != OK ||
	    (rc = sql_run(l->db, e, "DELETE FROM proof WHERE room = ?", "t", r->id)) != OK)
		return rc;
	return sql_run(l->db, e, "DELETE FROM account WHERE room = ?", "t", r->id);
}

static enum errc entered(struct logic *l, struct room *r, struct err *e)
{
	char winner[ID_TEXT + 1] = "";
	enum errc rc;

	switch (r->state) {
	case ROOM_NOTIFIED:
		return claims_end(l, r->id, "", e);
	case ROOM_OPEN:
		if ((rc = winner_of(l, r->id, winner, e)) != OK)
			return rc;
		return claims_end(l, r->id, winner, e);
	case ROOM_CLOSED:
	case ROOM_WITHDRAWN:
	case ROOM_REVOKED:
		return room_erase(l, r, e);
	case ROOM_NONE:
	case ROOM_SEALED:
	case ROOM_CLAIM_PENDING:
	case ROOM_CLAIM_WAIT:
	case ROOM_DISPUTED:
	case ROOM_REVIEWING:
	case ROOM_RESOLVED:
	case N_ROOM_STATES:
		break;
	}
	return OK;
}

enum errc room_move(struct logic *l, struct room *r, enum room_state to, const char *reason, struct err *e)
{
	struct json j = event_begin(l, "state", r->id);
	int64_t notified, until;
	enum errc rc;

	json_str(&j, "from", room_state_names[r->state]);
	json_str(&j, "to", room_state_names[to]);
	json_str(&j, "reason", reason);
	event_end(l, &j);
	l->sync = true;
	if ((rc = sql_int(l->db, &notified, l->now, e, "SELECT notified FROM room WHERE id = ?", "t", r->id)) != OK)
		return rc;
	until = ends(l, to, notified);
	r->state = to;
	r->since = l->now;
	r->until = until;
	if ((rc = sql_run(l->db, e, "UPDATE room SET state = ?, since = ?, until = nullif(?, 0), dispute = ?,"
	    " objection = NULL,"
	         " notified = CASE WHEN ? THEN coalesce(notified, ?) ELSE notified END WHERE id = ?", "iiitiit",
	         (int64_t)to, l->now, until,
	         to == ROOM_DISPUTED ? reason : NULL, (int64_t)(to == ROOM_NOTIFIED), l->now, r->id)) != OK)
		return rc;
	return entered(l, r, e);
}

enum errc room_dispute(struct logic *l, struct arena *a, struct room *r, const char *reason, struct err *e)
{
	enum errc rc;

	if ((rc = room_move(l, r, ROOM_DISPUTED, reason, e)) != OK)
		return rc;
	return alert(l, a, r, "disputed", NULL, e);
}

static enum errc expire_one(struct logic *l, const char *id, struct err *e)
{
	struct room r;
	bool found;
	enum errc rc;

	if ((rc = room_load(l, l->a, id, &r, &found, e)) != OK || !found)
		return rc;
	switch (r.state) {
	case ROOM_NOTIFIED: return room_move(l, &r, ROOM_WITHDRAWN, "expired", e);
	case ROOM_CLAIM_PENDING:
		/* Whoever claims it anew each week must not find it open when its time to be claimed is over. */
		if ((rc = room_move(l, &r, ROOM_NOTIFIED, "expired", e)) != OK || r.until > l->now)
			return rc;
		return room_move(l, &r, ROOM_WITHDRAWN, "expired", e);
	case ROOM_CLAIM_WAIT:
		if ((rc = room_move(l, &r, ROOM_OPEN, "no_objection", e)) != OK)
			return rc;
		return alert(l, l->a, &r, "open", NULL, e);
	case ROOM_RESOLVED: return room_move(l, &r, ROOM_CLOSED, "expired", e);
	case ROOM_NONE:
	case ROOM_SEALED:
	case ROOM_DISPUTED:
	case ROOM_OPEN:
	case ROOM_REVIEWING:
	case ROOM_CLOSED:
	case ROOM_WITHDRAWN:
	case ROOM_REVOKED:
	case N_ROOM_STATES: break;
	}
	return sql_run(l->db, e, "UPDATE room SET until = NULL WHERE id = ?", "t", id);
}

enum errc rooms_expire(struct logic *l, struct err *e)
{
	char ids[16][SEAL_CASE_HEX];
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT id FROM room WHERE until <= ? LIMIT 16", "i", l->now);
	size_t n = 0;
	enum errc rc = OK;

	while (n < 16 && sql_next(l->db, q, &rc, e)) {
		span id = sql_col(q, 0);

		(void)snprintf(ids[n++], SEAL_CASE_HEX, "%.*s", (int)id.n, (const char *)id.p);
	}
	sql_done(q);
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = expire_one(l, ids[i], e);
	return rc;
}

enum errc room_marked(struct logic *l, const struct room *r, int64_t *all, int64_t *marked, struct err *e)
{
	enum errc rc;

	if ((rc = sql_int(l->db, all, 0, e, "SELECT count(*) FROM exposure WHERE room = ?", "t", r->id)) != OK)
		return rc;
	return sql_int(l->db, marked, 0, e, "SELECT count(*) FROM exposure x JOIN mark m ON m.room = x.room AND"
	    " m.exposure = x.id WHERE x.room = ?", "t", r->id);
}
