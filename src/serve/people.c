/* Who may do what in a case: invitations, approvals, removals. */
#include <openssl/crypto.h>

#include "serve/private.h"

enum { NOMINATORS = 3, INVITATIONS_A_DAY = 20, WRAP_BYTES = 60 };

static bool may_invite(const struct call *c, unsigned role)
{
	return ((c->me.roles & ROLE_CLAIMANT) != 0 && role == ROLE_NOMINATOR) ||
	    ((c->me.roles & ROLE_NOMINATOR) != 0 && (role == ROLE_REVIEWER || role == ROLE_OBSERVER));
}

/* network: of whom opened it, else NULL. */
static void invitation_event(struct logic *l, const char *room, const char *id, unsigned role, const char *by,
    const char *action, const char *network)
{
	struct json j = event_begin(l, "invitation", room);

	json_str(&j, "invitation", id);
	json_str(&j, "role", role_name(role));
	json_str(&j, "by", by);
	json_str(&j, "action", action);
	if (network != NULL)
		json_str(&j, "network", network);
	event_end(l, &j);
}

static bool body_number(struct call *c, const char *name, uint32_t *out)
{
	const struct json_node *n = json_member(c->body, name);
	uint64_t v = 0;

	if (n == NULL || n->type != JSON_NUMBER || !span_number(n->text, UINT32_MAX, &v))
		(void)refuse(c, BAD_REQUEST);
	*out = (uint32_t)v;
	return c->refusal == FINE;
}

enum errc route_invite(struct call *c, struct err *e)
{
	static const char *const names[] = {"invitation", "role", "name", "auth_sha256", "wrapped_ck", "generation",
	    "version", NULL};
	const char *id, *role_name, *name, *auth_hex;
	unsigned char auth[DIGEST_SIZE];
	uint32_t generation, version;
	struct json j;
	unsigned role;
	int64_t n;
	span wrapped;
	enum errc rc;

	if (!body_only(c, names) || !body_id(c, "invitation", &id) || !body_text(c, "role", 20, false, &role_name) ||
	    !body_text(c, "name", TEXT_NAME, false, &name) || !body_text(c, "auth_sha256", 64, false, &auth_hex) ||
	    !body_b64(c, "wrapped_ck", 0, WRAP_BYTES, false, &wrapped) ||
	    !body_number(c, "generation", &generation) || !body_number(c, "version", &version))
		return OK;
	role = role_of(span_str(role_name));
	if (!hex_read(span_str(auth_hex), auth, sizeof auth) || role == 0 || name[0] == '\0' ||
	    wrapped.n != (role == ROLE_OBSERVER ? 0 : WRAP_BYTES) ||
	    generation != c->room.generation || version > c->room.version)
		return refuse(c, BAD_REQUEST);
	if (!may_invite(c, role))
		return refuse(c, REFUSED);
	if ((rc = sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM invitation WHERE id = ?", "t", id)) != OK)
		return rc;
	if (n != 0)
		return refuse(c, BAD_REQUEST);
	if (role == ROLE_NOMINATOR) {
		if ((rc = sql_int(c->l->db, &n, 0, e, "SELECT (SELECT count(*) FROM account WHERE room = ?1 AND"
		    " status <> 'removed' AND roles & 2 <> 0) +"
		         " (SELECT count(*) FROM invitation WHERE room = ?1 AND state = 'open' AND role = 2 AND"
		         " expires > ?2)", "ti", c->room.id, c->l->now)) != OK)
			return rc;
		if (n >= NOMINATORS)
			return refuse(c, LIMIT);
	}
	if ((rc = call_limit(c, "invite", c->room.id, DAY, INVITATIONS_A_DAY, e)) != OK || c->refusal != FINE)
		return rc;
	invitation_event(c->l, c->room.id, id, role, c->me.id, "made", NULL);
	j = json_to(c->out);
	json_open(&j, NULL, '{');
	json_time(&j, "expires", c->l->now + INVITATION_SECONDS);
	json_close(&j, '}');
	return sql_run(c->l->db, e, "INSERT INTO invitation (id, room, role, name, auth, wrapped_ck, generation,"
	    " version, made_by, made, expires, state)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')", "ttitbbiitii", id, c->room.id, (int64_t)role, name,
	    span_of(auth, sizeof auth), wrapped,
	    (int64_t)generation, (int64_t)version, c->me.id, c->l->now, c->l->now + INVITATION_SECONDS);
}

/* The link's other half, proven: what comes back can be unwrapped only with it. */
enum errc route_invitation(struct call *c, struct err *e)
{
	static const char *const names[] = {"invitation", "auth", NULL};
	static const unsigned char none[DIGEST_SIZE];
	const char *id, *network = client_network(c->a, c->q->client), *room = "", *name = "", *by = "";
	span auth, wrapped = SPAN_EMPTY, kept = span_of(none, sizeof none);
	int64_t role = 0, generation = 0, version = 0;
	bool found, right;
	sqlite3_stmt *q;
	struct digest d;
	struct json j;
	enum errc rc;

	if (!body_only(c, names) || !body_id(c, "invitation", &id) ||
	    !body_b64(c, "auth", DIGEST_SIZE, DIGEST_SIZE, false, &auth))
		return OK;
	if ((rc = call_limit(c, "invitation", network, MINUTE, 20, e)) != OK || c->refusal != FINE)
		return rc;
	q = sql_query(c->l->db, e, "SELECT room, role, name, auth, wrapped_ck, generation, version, made_by FROM invitation"
	    " WHERE id = ? AND state = 'open' AND expires > ?", "ti", id, c->l->now);
	if ((found = sql_next(c->l->db, q, &rc, e))) {
		room = sql_text(c->a, q, 0);
		role = sql_col_int(q, 1);
		name = sql_text(c->a, q, 2);
		kept = arena_copy(c->a, sql_col(q, 3));
		wrapped = arena_copy(c->a, sql_col(q, 4));
		generation = sql_col_int(q, 5);
		version = sql_col_int(q, 6);
		by = sql_text(c->a, q, 7);
		sql_done(q);
	}
	if (rc != OK || room == NULL || name == NULL || by == NULL || network == NULL)
		return rc != OK ? rc : err_memory(e);
	sha256_of(auth, &d);
	right = kept.n == DIGEST_SIZE && CRYPTO_memcmp(kept.p, d.b, DIGEST_SIZE) == 0 && found;
	if (right && (rc = room_load(c->l, c->a, room, &c->room, &found, e)) != OK)
		return rc;
	if (!right || !found || (c->route->states & 1u << c->room.state) == 0)
		return refuse(c, REFUSED);
	/* Who has the key from here on need not register to keep it. */
	invitation_event(c->l, room, id, (unsigned)role, by, "opened", network);
	c->s.kind = SESSION_INVITED;
	c->s.room = room;
	c->s.subject = id;
	c->s.account = c->s.challenge_for = "";
	c->s.challenge = c->s.passkey = SPAN_EMPTY;
	c->s.name = name;
	c->s.made = c->l->now;
	c->s.fresh = 0;
	j = json_to(c->out);
	json_open(&j, NULL, '{');
	json_str(&j, "role", role_name((unsigned)role));
	json_str(&j, "name", name);
	json_str(&j, "case", room);
	json_str(&j, "wrapped_ck", b64_text(c->a, wrapped));
	json_i64(&j, "generation", generation);
	json_i64(&j, "version", version);
	json_close(&j, '}');
	return session_renew(c, e);
}

static enum errc account_make(struct call *c, unsigned roles, unsigned pending, const char *by, struct err *e)
{
	struct json j = event_begin(c->l, "account", c->room.id);

	json_str(&j, "account", c->s.account);
	json_str(&j, "person", c->s.name);
	roles_json(&j, roles | pending);
	json_str(&j, "by", by);
	json_str(&j, "action", "made");
	event_end(c->l, &j);
	return sql_run(c->l->db, e, "INSERT INTO account (id, room, name, roles, pending, status, since, made_by)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "tttiitit",
	    c->s.account, c->room.id, c->s.name, (int64_t)roles, (int64_t)pending,
	    pending != 0 ? "waiting" : "active", c->l->now, by);
}

enum errc claimant_made(struct call *c, bool *ok, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(c->l->db, e, "UPDATE claim SET account = ? WHERE id = ? AND account IS NULL", "tt",
	    c->s.account, c->s.subject)) != OK)
		return rc;
	*ok = sql_changed(c->l->db) == 1;
	return *ok ? account_make(c, ROLE_CLAIMANT, 0, "", e) : OK;
}

/* An invitation is used once: the first passkey wins. The key went with it when it was opened, and a link that lies about in somebody's mail opens nothing. */
enum errc invited_made(struct call *c, bool *ok, struct err *e)
{
	sqlite3_stmt *q;
	const char *by, *invited;
	unsigned role, pending;
	struct account inviter;
	bool found;
	enum errc rc;

	if ((rc = sql_run(c->l->db, e, "UPDATE invitation SET state = 'used', wrapped_ck = x'' WHERE id = ? AND"
	    " state = 'open' AND expires > ?", "ti", c->s.subject, c->l->now)) != OK)
		return rc;
	if (!(*ok = sql_changed(c->l->db) == 1))
		return OK;
	c->l->sweep = true;
	q = sql_query(c->l->db, e, "SELECT role, made_by, name FROM invitation WHERE id = ?", "t", c->s.subject);
	if (!sql_next(c->l->db, q, &rc, e))
		return rc != OK ? rc : err_set(e, ERR_WORLD, "an invitation is gone");
	role = (unsigned)sql_col_int(q, 0);
	by = sql_text(c->a, q, 1);
	invited = sql_text(c->a, q, 2);
	sql_done(q);
	if (by == NULL || invited == NULL)
		return err_memory(e);
	pending = role == ROLE_REVIEWER && c->room.two_nominators ? role : 0;
	invitation_event(c->l, c->room.id, c->s.subject, role, by, "used", NULL);
	if ((rc = account_make(c, role & ~pending, pending, by, e)) != OK ||
	    (rc = account_load(c->l, c->a, c->room.id, span_str(by), &inviter, &found, e)) != OK)
		return rc;
	if (found && (inviter.roles & ROLE_NOMINATOR) != 0 &&
	    (rc = sql_run(c->l->db, e, "INSERT OR IGNORE INTO approval (account, made_by, at) VALUES (?, ?, ?)",
	    "tti", c->s.account, by, c->l->now)) != OK)
		return rc;
	/* Whoever has the link comes in by it, under a name of his choice: who made it knows for whom it was. */
	if ((rc = alert(c->l, c->a, &c->room, "joined", (const struct alert_value[]){{"person", c->s.name}, {"by", found ? inviter.name : by},
	    {"invited", invited}, {NULL, NULL}}, e)) != OK)
		return rc;
	if (role == ROLE_REVIEWER && pending == 0 && c->room.state == ROOM_OPEN)
		return room_move(c->l, &c->room, ROOM_REVIEWING, "reviewer", e);
	return OK;
}

/* Sixteen at a time: the events of one transaction are bounded. */
enum errc invitations_expire(struct logic *l, struct err *e)
{
	enum { MOST = 16 };
	struct { const char *id, *room, *by; unsigned role; } x[MOST];
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT id, room, made_by, role FROM invitation WHERE state = 'open'"
	    " AND expires <= ? LIMIT 16", "i", l->now);
	size_t n = 0;
	enum errc rc = OK;

	while (n < MOST && rc == OK && sql_next(l->db, q, &rc, e)) {
		x[n].id = sql_text(l->a, q, 0);
		x[n].room = sql_text(l->a, q, 1);
		x[n].by = sql_text(l->a, q, 2);
		x[n].role = (unsigned)sql_col_int(q, 3);
		if (x[n].id == NULL || x[n].room == NULL || x[n].by == NULL)
			rc = err_memory(e);
		n++;
	}
	sql_done(q);
	l->sweep |= n != 0;
	for (size_t i = 0; i < n && rc == OK; i++) {
		invitation_event(l, x[i].room, x[i].id, x[i].role, x[i].by, "expired", NULL);
		rc = sql_run(l->db, e, "UPDATE invitation SET state = 'expired', wrapped_ck = x'' WHERE id = ?", "t",
		    x[i].id);
	}
	return rc;
}

enum errc route_cancel(struct call *c, struct err *e)
{
	static const char *const names[] = {"invitation", NULL};
	const char *id;
	int64_t role;
	enum errc rc;

	if (!body_only(c, names) || !body_id(c, "invitation", &id))
		return OK;
	if ((rc = sql_int(c->l->db, &role, 0, e, "SELECT role FROM invitation WHERE id = ? AND room = ? AND made_by ="
	    " ? AND state = 'open'", "ttt", id, c->room.id, c->me.id)) != OK)
		return rc;
	if (role == 0)
		return not_ours(c, "invitation", "SELECT count(*) FROM invitation WHERE id = ?", span_str(id), e);
	invitation_event(c->l, c->room.id, id, (unsigned)role, c->me.id, "cancelled", NULL);
	c->l->sweep = true;
	if ((rc = sql_run(c->l->db, e, "DELETE FROM session WHERE kind = 'invited' AND subject = ?", "t", id)) != OK)
		return rc;
	return sql_run(c->l->db, e, "UPDATE invitation SET state = 'cancelled', wrapped_ck = x'' WHERE id = ?", "t", id);
}

static void account_event(struct call *c, const struct account *a, unsigned roles, const char *action)
{
	struct json j = event_begin(c->l, "account", c->room.id);

	json_str(&j, "account", a->id);
	json_str(&j, "person", a->name);
	roles_json(&j, roles);
	json_str(&j, "by", c->me.id);
	json_str(&j, "action", action);
	event_end(c->l, &j);
}

static enum errc other_account(struct call *c, struct account *out, bool *found, struct err *e)
{
	const char *id;
	enum errc rc;

	*found = false;
	if (!body_id(c, "account", &id))
		return OK;
	if ((rc = account_load(c->l, c->a, c->room.id, span_str(id), out, found, e)) != OK)
		return rc;
	if (*found && strcmp(out->status, "removed") != 0)
		return OK;
	*found = false;
	return not_ours(c, "account", "SELECT count(*) FROM account WHERE id = ?", span_str(id), e);
}

/* Enough nominators said so? Then the waiting role is there, and with the first reviewer the case is being reviewed. */
static enum errc activate(struct call *c, const struct account *a, bool *active, struct err *e)
{
	int64_t n;
	enum errc rc;

	*active = false;
	if ((rc = sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM approval p JOIN account a ON a.id = p.made_by"
	    " WHERE p.account = ? AND a.roles & 2 <> 0 AND a.status <> 'removed'",
	         "t", a->id)) != OK)
		return rc;
	if (n < (c->room.two_nominators ? 2 : 1))
		return OK;
	*active = true;
	account_event(c, a, a->roles | a->pending, "active");
	if ((rc = sql_run(c->l->db, e, "UPDATE account SET roles = roles | pending, pending = 0, status = 'active'"
	    " WHERE id = ?", "t", a->id)) != OK)
		return rc;
	if ((a->pending & ROLE_REVIEWER) != 0 && c->room.state == ROOM_OPEN)
		return room_move(c->l, &c->room, ROOM_REVIEWING, "reviewer", e);
	return OK;
}

static enum errc approve(struct call *c, const struct account *a, struct err *e)
{
	struct json j = json_to(c->out);
	bool active;
	enum errc rc;

	if ((rc = sql_run(c->l->db, e, "INSERT OR IGNORE INTO approval (account, made_by, at) VALUES (?, ?, ?)",
	    "tti", a->id, c->me.id, c->l->now)) != OK)
		return rc;
	if (sql_changed(c->l->db) == 1)
		account_event(c, a, a->roles | a->pending, "approved");
	if ((rc = activate(c, a, &active, e)) != OK)
		return rc;
	json_open(&j, NULL, '{');
	json_str(&j, "status", active ? "active" : "waiting");
	json_close(&j, '}');
	return OK;
}

enum errc route_approve(struct call *c, struct err *e)
{
	static const char *const names[] = {"account", NULL};
	struct account a;
	bool found;
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	if ((rc = other_account(c, &a, &found, e)) != OK || !found)
		return rc;
	if (a.pending == 0)
		return refuse(c, WRONG_STATE);
	return strcmp(a.id, c->me.id) == 0 ? refuse(c, REFUSED) : approve(c, &a, e);
}

enum errc route_role(struct call *c, struct err *e)
{
	static const char *const names[] = {"account", "role", NULL};
	const char *role;
	struct account a;
	bool found;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "role", 20, false, &role))
		return OK;
	if ((rc = other_account(c, &a, &found, e)) != OK || !found)
		return rc;
	/* Nobody makes himself a reader; an observer holds no key to read with. */
	if (strcmp(role, "reviewer") != 0 || strcmp(a.id, c->me.id) == 0 ||
	    (a.roles & (ROLE_CLAIMANT | ROLE_NOMINATOR)) == 0)
		return refuse(c, REFUSED);
	if (((a.roles | a.pending) & ROLE_REVIEWER) != 0)
		return refuse(c, WRONG_STATE);
	account_event(c, &a, a.roles | ROLE_REVIEWER, "role");
	if ((rc = sql_run(c->l->db, e, "UPDATE account SET pending = ? WHERE id = ?", "it", (int64_t)ROLE_REVIEWER,
	    a.id)) != OK ||
	    (rc = sql_run(c->l->db, e, "DELETE FROM approval WHERE account = ?", "t", a.id)) != OK)
		return rc;
	a.pending = ROLE_REVIEWER;
	return approve(c, &a, e);
}

/* What a removed person did stays; what he could do ends now, also a download that is under way and links that he made. */
enum errc route_remove(struct call *c, struct err *e)
{
	static const char *const names[] = {"account", NULL};
	struct account a;
	bool found, myself;
	unsigned has;
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	if ((rc = other_account(c, &a, &found, e)) != OK || !found)
		return rc;
	has = a.roles | a.pending;
	myself = strcmp(a.id, c->me.id) == 0;
	if (!myself && !((c->me.roles & ROLE_NOMINATOR) != 0 && (has & (ROLE_CLAIMANT | ROLE_NOMINATOR)) == 0) &&
	    !((c->me.roles & ROLE_CLAIMANT) != 0 && (has & ROLE_NOMINATOR) != 0))
		return refuse(c, REFUSED);
	account_event(c, &a, has, "removed");
	c->l->sweep = true;
	if ((rc = sql_run(c->l->db, e, "UPDATE account SET roles = 0, pending = 0, status = 'removed' WHERE id = ?",
	    "t", a.id)) != OK ||
	    (rc = sql_run(c->l->db, e, "DELETE FROM passkey WHERE account = ?", "t", a.id)) != OK ||
	    (rc = sql_run(c->l->db, e, "DELETE FROM wrap WHERE account = ?", "t", a.id)) != OK ||
	    (rc = sql_run(c->l->db, e, "DELETE FROM session WHERE kind = 'invited' AND subject IN (SELECT id FROM"
	    " invitation WHERE made_by = ?)", "t", a.id)) != OK ||
	    (rc = sql_run(c->l->db, e, "UPDATE invitation SET state = 'cancelled', wrapped_ck = x'' WHERE made_by = ?"
	    " AND state = 'open'", "t", a.id)) != OK ||
	    (rc = sessions_end_of(c->l, a.id, e)) != OK)
		return rc;
	if (myself)
		c->answer.set_cookie = c->answer.clear_site = true;
	return alert(c->l, c->a, &c->room, "removed", (const struct alert_value[]){{"person", a.name}, {"by", c->me.name}, {NULL, NULL}}, e);
}

static enum errc approvals_json(struct call *c, struct json *j, const char *account, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT made_by FROM approval WHERE account = ? ORDER BY at", "t", account);
	enum errc rc;

	json_open(j, "approved_by", '[');
	while (sql_next(c->l->db, q, &rc, e))
		json_span(j, NULL, sql_col(q, 0));
	json_close(j, ']');
	return rc;
}

enum errc route_people(struct call *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT id, name, roles | pending, CASE WHEN pending <> 0 THEN"
	    " 'waiting' ELSE status END, since, made_by FROM account"
	    " WHERE room = ? AND status <> 'removed' ORDER BY since, id", "t", c->room.id);
	struct json j = json_to(c->out);
	enum errc rc;

	json_open(&j, NULL, '{');
	json_open(&j, "people", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		const char *id = sql_text(c->a, q, 0), *by = sql_text(c->a, q, 5);

		if (id == NULL || by == NULL)
			return err_memory(e);
		json_open(&j, NULL, '{');
		json_str(&j, "account", id);
		json_span(&j, "name", sql_col(q, 1));
		roles_json(&j, (unsigned)sql_col_int(q, 2));
		json_span(&j, "status", sql_col(q, 3));
		json_time(&j, "since", sql_col_int(q, 4));
		json_str(&j, "by", by[0] != '\0' ? by : NULL);
		if ((rc = approvals_json(c, &j, id, e)) != OK)
			return rc;
		json_bool(&j, "me", strcmp(id, c->me.id) == 0);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	if (rc != OK)
		return rc;
	json_open(&j, "invitations", '[');
	q = sql_query(c->l->db, e, "SELECT id, role, name, made, expires, made_by FROM invitation WHERE room = ? AND"
	    " state = 'open' AND expires > ? ORDER BY made, id", "ti", c->room.id, c->l->now);
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(&j, NULL, '{');
		json_span(&j, "invitation", sql_col(q, 0));
		json_str(&j, "role", role_name((unsigned)sql_col_int(q, 1)));
		json_span(&j, "name", sql_col(q, 2));
		json_time(&j, "made", sql_col_int(q, 3));
		json_time(&j, "expires", sql_col_int(q, 4));
		json_span(&j, "by", sql_col(q, 5));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	return rc;
}

/* ---- the case key, wrapped for its holder: opaque to us ---- */

enum errc route_wraps(struct call *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT id, kind, credential, generation, version, blob FROM wrap"
	    " WHERE account = ? ORDER BY id", "t", c->me.id);
	struct json j = json_to(c->out);
	struct digest salt;
	enum errc rc;

	json_open(&j, NULL, '{');
	json_open(&j, "wraps", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		span credential = sql_col(q, 2);

		json_open(&j, NULL, '{');
		json_span(&j, "wrap", sql_col(q, 0));
		json_span(&j, "kind", sql_col(q, 1));
		if (credential.n != 0)
			json_span(&j, "credential", credential);
		else
			json_null(&j, "credential");
		json_i64(&j, "generation", sql_col_int(q, 3));
		json_i64(&j, "version", sql_col_int(q, 4));
		json_str(&j, "blob", b64_text(c->a, sql_col(q, 5)));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	prf_salt(&c->room, &salt);
	json_str(&j, "prf_salt", b64_text(c->a, digest_span(&salt)));
	json_close(&j, '}');
	return rc;
}

enum errc route_wrap_put(struct call *c, struct err *e)
{
	static const char *const names[] = {"kind", "credential", "generation", "version", "blob", NULL};
	const char *kind, *credential = "";
	char id[ID_TEXT + 1];
	uint32_t generation, version;
	struct json j;
	int64_t n;
	span raw, blob;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "kind", 20, false, &kind) ||
	    !body_b64(c, "credential", 1, 1023, true, &raw) ||
	    !body_number(c, "generation", &generation) || !body_number(c, "version", &version) ||
	    !body_b64(c, "blob", WRAP_BYTES, WRAP_BYTES, false, &blob))
		return OK;
	if ((strcmp(kind, "reading_key") != 0 || raw.n != 0) && (strcmp(kind, "prf") != 0 || raw.n == 0))
		return refuse(c, BAD_REQUEST);
	if (generation != c->room.generation || version > c->room.version)
		return refuse(c, BAD_REQUEST);
	if (raw.n != 0) {
		if ((rc = sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM passkey WHERE id = ? AND account = ?",
		    "bt", raw, c->me.id)) != OK)
			return rc;
		if (n == 0)
			return not_ours(c, "credential", "SELECT count(*) FROM passkey WHERE id = ?", raw, e);
		if ((credential = b64_text(c->a, raw)) == NULL)
			return err_memory(e);
	}
	id_new(id);
	if ((rc = sql_run(c->l->db, e, "DELETE FROM wrap WHERE account = ? AND kind = ? AND credential = ?", "ttt",
	    c->me.id, kind, credential)) != OK ||
	    (rc = sql_run(c->l->db, e, "INSERT INTO wrap (id, room, account, kind, credential, generation, version,"
	    " blob) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", "tttttiib", id,
	         c->room.id, c->me.id, kind, credential, (int64_t)generation, (int64_t)version, blob)) != OK)
		return rc;
	j = json_to(c->out);
	json_open(&j, NULL, '{');
	json_str(&j, "wrap", id);
	json_close(&j, '}');
	return OK;
}

enum errc route_wrap_remove(struct call *c, struct err *e)
{
	static const char *const names[] = {"wrap", NULL};
	const char *id;
	enum errc rc;

	if (!body_only(c, names) || !body_id(c, "wrap", &id))
		return OK;
	if ((rc = sql_run(c->l->db, e, "DELETE FROM wrap WHERE id = ? AND account = ?", "tt", id, c->me.id)) != OK)
		return rc;
	return sql_changed(c->l->db) == 1 ? OK : not_ours(c, "wrap", "SELECT count(*) FROM wrap WHERE id = ?",
	    span_str(id), e);
}
