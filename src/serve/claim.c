/* The first step: an access code, and what anybody with one may say against a claim. */
#include "serve/private.h"

#include <openssl/crypto.h>
#include <sodium.h>

struct notice_row {
	span id, auth, identity;
	const char *room, *claim;
	int64_t locked_until;
	bool known;
};

/* Row '' is nobody's: an unknown notice takes the same way, in the same statements. */
static enum errc notice_load(struct call *c, span id, struct notice_row *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT id, room, auth, identity, locked_until, claim FROM notice WHERE id IN (?, '')"
	    " ORDER BY id DESC LIMIT 1", "s", id);
	enum errc rc;

	if (!sql_next(c->l->db, q, &rc, e))
		return rc != OK ? rc : err_set(e, ERR_WORLD, "portal.db has lost a row");
	*out = (struct notice_row){.id = arena_copy(c->a, sql_col(q, 0)), .known = sql_col(q, 0).n != 0,
	    .room = sql_text(c->a, q, 1), .auth = arena_copy(c->a, sql_col(q, 2)), .identity = arena_copy(c->a, sql_col(q, 3)),
	    .locked_until = sql_col_int(q, 4), .claim = sql_text(c->a, q, 5)};
	sql_done(q);
	return out->id.p == NULL || out->room == NULL || out->auth.p == NULL || out->claim == NULL ? err_memory(e) : OK;
}

enum { CODES_A_MINUTE = 5, CODES_AN_HOUR = 30 };

/* *first: the first that is one too many, of its minute or its hour. */
static enum errc code_limits(struct call *c, const char *network, bool *over, bool *first, struct err *e)
{
	char key[128];
	int64_t n = 0, of_minute = 0, of_hour = 0;
	bool many = false;
	enum errc rc;

	(void)snprintf(key, sizeof key, "code %s", network);
	if ((rc = limit_count(c->l, key, MINUTE, CODES_A_MINUTE, over, &of_minute, e)) != OK ||
	    (rc = limit_count(c->l, key, HOUR, CODES_AN_HOUR, over, &of_hour, e)) != OK ||
	    (rc = limit_count(c->l, "codes", MINUTE, 60, &many, &n, e)) != OK)
		return rc;
	*first = of_minute == CODES_A_MINUTE + 1 || of_hour == CODES_AN_HOUR + 1;
	if (many && n == 61) {
		struct json j = event_begin(c->l, "alarm", NULL);

		json_str(&j, "kind", "codes");
		json_i64(&j, "n", n);
		event_end(c->l, &j);
	}
	return OK;
}

static void attempt(struct call *c, span notice, const char *network, const char *result)
{
	struct json j = event_begin(c->l, "attempt", NULL);

	json_span(&j, "notice", notice_id_ok(notice) ? notice : SPAN_EMPTY);
	json_str(&j, "network", network);
	json_str(&j, "result", result);
	event_end(c->l, &j);
}

/* The same statements whether the notice exists or not; one that is locked counts no more. */
static enum errc count_wrong(struct call *c, const struct notice_row *n, bool counts, struct err *e)
{
	int64_t locked;
	struct json j;
	enum errc rc;

	if ((rc = sql_run(c->l->db, e, "UPDATE notice SET locked_until = CASE WHEN wrong + ?4 >= ?2 AND id <> '' THEN"
	    " ?3 ELSE locked_until END,"
	         " wrong = CASE WHEN wrong + ?4 >= ?2 THEN 0 ELSE wrong + ?4 END WHERE id = ?1", "siii", n->id,
	         (int64_t)WRONG_SECRETS, c->l->now + LOCK_SECONDS, (int64_t)counts)) != OK ||
	    (rc = sql_int(c->l->db, &locked, 0, e, "SELECT locked_until FROM notice WHERE id = ?", "s", n->id)) != OK)
		return rc;
	if (locked <= c->l->now || locked == n->locked_until)
		return OK;
	j = event_begin(c->l, "locked", n->room);
	json_span(&j, "notice", n->id);
	json_time(&j, "until", locked);
	event_end(c->l, &j);
	return OK;
}

/* A right code, or the refusal that is the same for every other case. *n is what it belongs to. */
static enum errc code_right(struct call *c, span notice, span auth, struct notice_row *n, bool *right, struct err *e)
{
	const char *network = client_network(c->a, c->q->client);
	struct digest d;
	bool over = false, first, locked, logged = true;
	enum errc rc;

	*right = false;
	if (network == NULL)
		return err_memory(e);
	if ((rc = code_limits(c, network, &over, &first, e)) != OK)
		return rc;
	if (over) {
		/* The log is kept for good, and in memory: who goes on must not make it grow. */
		if (first && (rc = refusal_logged(c->l, &logged, e)) != OK)
			return rc;
		if (first && logged)
			attempt(c, notice, network, "limit");
		c->retry_after = MINUTE;
		(void)refuse(c, LIMIT);
		return call_keep(c->l, e);
	}
	if ((rc = notice_load(c, notice, n, e)) != OK)
		return rc;
	sha256_of(auth, &d);
	*right = n->auth.n == DIGEST_SIZE && CRYPTO_memcmp(n->auth.p, d.b, DIGEST_SIZE) == 0 && n->known;
	locked = n->locked_until > c->l->now;
	*right = *right && !locked;
	if (!*right && (rc = refusal_logged(c->l, &logged, e)) != OK)
		return rc;
	if (logged)
		attempt(c, notice, network, locked ? "locked" : *right ? "right" : "wrong");
	if (*right) {
		rc = sql_run(c->l->db, e, "UPDATE notice SET wrong = 0 WHERE id = ?", "s", n->id);
	} else {
		(void)refuse(c, REFUSED);
		rc = count_wrong(c, n, !locked, e);
	}
	return rc == OK ? call_keep(c->l, e) : rc;
}

/* A claim lives as long as it has a passkey, or a session in which one can be registered. */
static enum errc claim_alive(struct call *c, const char *claim, bool *alive, struct err *e)
{
	int64_t n = 0;
	enum errc rc = OK;

	if (claim[0] != '\0')
		rc = sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM claim k WHERE id = ?1 AND (account IS NOT NULL"
		    " OR EXISTS"
		    " (SELECT 1 FROM session WHERE kind = 'claim' AND subject = ?1 AND used > ?2 AND made > ?3))",
		    "tii", claim,
		    c->l->now - SESSION_IDLE, c->l->now - SESSION_WHOLE);
	*alive = n != 0;
	return rc;
}

static enum errc claim_make(struct call *c, struct room *r, const struct notice_row *n, struct err *e)
{
	unsigned char value[32];
	char id[ID_TEXT + 1];
	enum errc rc;

	id_new(id);
	randombytes_buf(value, sizeof value);
	if ((rc = sql_run(c->l->db, e, "DELETE FROM claim WHERE id = ?", "t", n->claim)) != OK ||
	    (rc = sql_run(c->l->db, e, "INSERT INTO claim (id, room, notice, made, network, value, expires) VALUES"
	    " (?, ?, ?, ?, ?, ?, ?)", "ttsitti", id, r->id, n->id,
	         c->l->now, client_network(c->a, c->q->client), b64_text(c->a, span_of(value, sizeof value)),
	         c->l->now + CLAIM_SECONDS)) != OK ||
	    (rc = sql_run(c->l->db, e, "UPDATE notice SET claim = ? WHERE id = ?", "ts", id, n->id)) != OK)
		return rc;
	if (r->state == ROOM_NOTIFIED && (rc = room_move(c->l, r, ROOM_CLAIM_PENDING, "claim", e)) != OK)
		return rc;
	c->s.kind = SESSION_CLAIM;
	c->s.room = arena_cstr(c->a, span_str(r->id));
	c->s.subject = arena_cstr(c->a, span_str(id));
	c->s.account = c->s.name = c->s.challenge_for = "";
	c->s.challenge = c->s.passkey = SPAN_EMPTY;
	c->s.made = c->l->now;
	c->s.fresh = 0;
	return c->s.room == NULL || c->s.subject == NULL ? err_memory(e) : session_renew(c, e);
}

static void state_answer(struct call *c, const struct room *r, bool with_case)
{
	struct json j = json_to(c->out);

	json_open(&j, NULL, '{');
	if (with_case)
		json_str(&j, "case", r->id);
	json_str(&j, "state", room_state_names[r->state]);
	json_close(&j, '}');
}

enum errc route_claim(struct call *c, struct err *e)
{
	static const char *const names[] = {"notice", "auth_a", NULL};
	const char *notice;
	struct notice_row n;
	struct room r;
	bool right, found, alive, ok;
	span auth;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "notice", 64, false, &notice) ||
	    !body_b64(c, "auth_a", SEAL_KEY, SEAL_KEY, false, &auth))
		return OK;
	if ((rc = code_right(c, span_str(notice), auth, &n, &right, e)) != OK || !right)
		return rc;
	if ((rc = room_load(c->l, c->a, n.room, &r, &found, e)) != OK || (rc = claim_alive(c, n.claim, &alive, e)) != OK)
		return rc;
	if (!found || alive)
		return refuse(c, REFUSED);
	if (r.state == ROOM_CLAIM_WAIT) {
		if ((rc = room_dispute(c->l, c->a, &r, "second_claim", e)) == OK)
			state_answer(c, &r, true);
		return rc;
	}
	if (r.state != ROOM_NOTIFIED && r.state != ROOM_CLAIM_PENDING)
		return refuse(c, REFUSED);
	if ((rc = identity_open(c->l, c->a, &r, n.id, n.identity, auth, &ok, e)) != OK)
		return rc;
	if (!ok)
		return refuse(c, REFUSED);
	if ((rc = claim_make(c, &r, &n, e)) == OK)
		state_answer(c, &r, true);
	return rc;
}

static enum errc object(struct call *c, struct room *r, span notice, const char *by, const char *text, struct err *e)
{
	struct json j;
	enum errc rc;

	if (r->state != ROOM_CLAIM_WAIT)
		return refuse(c, REFUSED);
	j = event_begin(c->l, "objection", r->id);
	json_span(&j, "notice", notice);
	json_str(&j, "by", by);
	json_str(&j, "text", text);
	event_end(c->l, &j);
	if ((rc = room_dispute(c->l, c->a, r, "objection", e)) == OK)
		state_answer(c, r, false);
	return rc;
}

/* The token of the alert, typed in: for contacts that got no notice. */
static enum errc object_by_token(struct call *c, const char *token, const char *text, struct err *e)
{
	const char *network = client_network(c->a, c->q->client);
	sqlite3_stmt *q;
	const char *id = NULL;
	bool over = false, first, found;
	struct digest d;
	struct room r;
	enum errc rc;

	if (network == NULL)
		return err_memory(e);
	if ((rc = code_limits(c, network, &over, &first, e)) != OK)
		return rc;
	if (over) {
		c->retry_after = MINUTE;
		return refuse(c, LIMIT);
	}
	sha256_of(span_str(token), &d);
	q = sql_query(c->l->db, e, "SELECT id FROM room WHERE objection = ?", "b", digest_span(&d));
	if (sql_next(c->l->db, q, &rc, e)) {
		id = sql_text(c->a, q, 0);
		sql_done(q);
	}
	if (rc != OK || id == NULL)
		return rc != OK ? rc : refuse(c, REFUSED);
	if ((rc = room_load(c->l, c->a, id, &r, &found, e)) != OK)
		return rc;
	return object(c, &r, SPAN_EMPTY, "token", text, e);
}

enum errc route_objection(struct call *c, struct err *e)
{
	static const char *const names[] = {"notice", "auth_a", "token", "text", NULL};
	const char *notice, *token, *text;
	struct notice_row n;
	struct room r;
	bool right, found;
	span auth;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "text", TEXT_REPORT, true, &text))
		return OK;
	if (json_member(c->body, "token") != NULL)
		return body_text(c, "token", 64, false, &token) ? object_by_token(c, token, text, e) : OK;
	if (!body_text(c, "notice", 64, false, &notice) || !body_b64(c, "auth_a", SEAL_KEY, SEAL_KEY, false, &auth))
		return OK;
	if ((rc = code_right(c, span_str(notice), auth, &n, &right, e)) != OK || !right)
		return rc;
	if ((rc = room_load(c->l, c->a, n.room, &r, &found, e)) != OK)
		return rc;
	return found ? object(c, &r, n.id, "code", text, e) : refuse(c, REFUSED);
}
