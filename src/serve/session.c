#include "serve/private.h"

#include <sodium.h>

static const char *const session_kind_names[N_SESSION_KINDS] = {"none", "claim", "invited", "account"};

static enum session_kind kind_of(span s)
{
	enum session_kind k = SESSION_ACCOUNT;

	while (k > SESSION_NONE && !span_eq(s, span_str(session_kind_names[k])))
		k--;
	return k;
}

static enum errc session_load(struct call *c, const unsigned char hash[32], struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT kind, room, subject, account, passkey, name, made, used,"
	    " coalesce(fresh, 0), challenge, challenge_for,"
	    " coalesce(challenge_at, 0) FROM session WHERE hash = ?", "b", span_of(hash, 32));
	struct session *s = &c->s;
	enum errc rc;

	if (!(c->has_session = sql_next(c->l->db, q, &rc, e)))
		return rc;
	memcpy(s->hash, hash, sizeof s->hash);
	s->kind = kind_of(sql_col(q, 0));
	s->room = sql_text(c->a, q, 1);
	s->subject = sql_text(c->a, q, 2);
	s->account = sql_text(c->a, q, 3);
	s->passkey = arena_copy(c->a, sql_col(q, 4));
	s->name = sql_text(c->a, q, 5);
	s->made = sql_col_int(q, 6);
	s->used = sql_col_int(q, 7);
	s->fresh = sql_col_int(q, 8);
	s->challenge = arena_copy(c->a, sql_col(q, 9));
	s->challenge_for = sql_text(c->a, q, 10);
	s->challenge_at = sql_col_int(q, 11);
	sql_done(q);
	return s->room == NULL || s->subject == NULL || s->account == NULL || s->name == NULL ||
	    s->challenge_for == NULL ? err_memory(e) : OK;
}

static enum errc no_session(struct call *c)
{
	c->has_session = false;
	c->s = (struct session){.room = "", .subject = "", .account = "", .name = "", .challenge_for = "",
	    .made = c->l->now, .used = c->l->now};
	return OK;
}

enum errc account_load(struct logic *l, struct arena *a, const char *room, span id, struct account *out, bool *found,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT id, name, status, roles, pending FROM account WHERE room = ?"
	    " AND id = ?", "ts", room, id);
	enum errc rc;

	*out = (struct account){0};
	if (!(*found = sql_next(l->db, q, &rc, e)))
		return rc;
	out->id = sql_text(a, q, 0);
	out->name = sql_text(a, q, 1);
	out->status = sql_text(a, q, 2);
	out->roles = (unsigned)sql_col_int(q, 3);
	out->pending = (unsigned)sql_col_int(q, 4);
	sql_done(q);
	return out->id == NULL || out->name == NULL || out->status == NULL ? err_memory(e) : OK;
}

/* Whom the cookie belongs to, if it still does: idle and absolute time, the account's status, the case. */
enum errc session_find(struct call *c, struct err *e)
{
	unsigned char token[32];
	struct digest hash;
	struct session *s = &c->s;
	bool found = false;
	enum errc rc;

	(void)no_session(c);
	if (!b64_read_n(c->q->cookie, token, sizeof token))
		return OK;
	sha256_of(span_of(token, sizeof token), &hash);
	if ((rc = session_load(c, hash.b, e)) != OK || !c->has_session)
		return rc != OK ? rc : no_session(c);
	if (c->l->now - s->used >= SESSION_IDLE || c->l->now - s->made >= SESSION_WHOLE) {
		if ((rc = sql_run(c->l->db, e, "DELETE FROM session WHERE hash = ?", "b",
		    span_of(hash.b, sizeof hash.b))) != OK)
			return rc;
		return no_session(c);
	}
	if (s->room[0] != '\0' && ((rc = room_load(c->l, c->a, s->room, &c->room, &found, e)) != OK || !found))
		return rc != OK ? rc : no_session(c);
	if (s->kind == SESSION_ACCOUNT && ((rc = account_load(c->l, c->a, s->room, span_str(s->account), &c->me,
	    &found, e)) != OK ||
	    !found || strcmp(c->me.status, "removed") == 0))
		return rc != OK ? rc : no_session(c);
	/* A write for each request would be one too many: idle time is kept to ten seconds. */
	if (c->l->now - s->used < 10)
		return OK;
	s->used = c->l->now;
	return sql_run(c->l->db, e, "UPDATE session SET used = ? WHERE hash = ?", "ib", c->l->now,
	    span_of(s->hash, sizeof s->hash));
}

enum errc session_renew(struct call *c, struct err *e)
{
	struct session *s = &c->s;
	unsigned char token[32], before[sizeof s->hash];
	struct digest hash;
	char *cookie;
	enum errc rc;

	if (c->has_session &&
	    (rc = sql_run(c->l->db, e, "DELETE FROM session WHERE hash = ?", "b", span_of(s->hash, sizeof s->hash))) != OK)
		return rc;
	randombytes_buf(token, sizeof token);
	sha256_of(span_of(token, sizeof token), &hash);
	memcpy(before, s->hash, sizeof before);
	memcpy(s->hash, hash.b, sizeof s->hash);
	s->used = c->l->now;
	if (s->kind == SESSION_ACCOUNT &&
	    (rc = sql_run(c->l->db, e, "DELETE FROM session WHERE kind = 'account' AND account = ?1 AND hash NOT IN"
	         " (SELECT hash FROM session WHERE kind = 'account' AND account = ?1 ORDER BY made DESC LIMIT ?2)",
	         "ti", s->account, (int64_t)SESSIONS_OF_ACCOUNT - 1)) != OK)
		return rc;
	if ((rc = sql_run(c->l->db, e, "INSERT INTO session (hash, kind, room, subject, account, passkey, name, made,"
	    " used, fresh, challenge,"
	         " challenge_for, challenge_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?)",
	         "bttttbtiiibti", span_of(s->hash, sizeof s->hash),
	         session_kind_names[s->kind], s->room, s->subject, s->account, s->passkey, s->name, s->made, s->used,
	         s->fresh, s->challenge,
	         s->challenge_for, s->challenge_at)) != OK)
		return rc;
	if (c->has_session && s->kind == SESSION_ACCOUNT)
		streams_follow(c->l, before, s->hash);
	c->has_session = true;
	if ((cookie = b64_text(c->a, span_of(token, sizeof token))) == NULL)
		return err_memory(e);
	c->answer.set_cookie = true;
	c->answer.cookie = span_str(cookie);
	return OK;
}

static enum errc session_end(struct call *c, struct err *e)
{
	c->answer.set_cookie = c->answer.clear_site = true;
	c->answer.cookie = SPAN_EMPTY;
	streams_end(c->l, c->s.hash);
	return sql_run(c->l->db, e, "DELETE FROM session WHERE hash = ?", "b", span_of(c->s.hash, sizeof c->s.hash));
}

enum errc sessions_end_of(struct logic *l, const char *account, struct err *e)
{
	return sql_run(l->db, e, "DELETE FROM session WHERE account = ?", "t", account);
}

enum errc sessions_expire(struct logic *l, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(l->db, e, "DELETE FROM session WHERE used <= ? OR made <= ?", "ii", l->now - SESSION_IDLE,
	    l->now - SESSION_WHOLE)) != OK)
		return rc;
	/* What only waits for an answer to its challenge waits as long as that is good for. */
	return sql_run(l->db, e, "DELETE FROM session WHERE kind = 'none' AND used <= ?", "i", l->now - CHALLENGE_SECONDS);
}

enum errc session_json(struct call *c, struct err *e)
{
	struct json j = json_to(c->out);
	const struct session *s = &c->s;
	int64_t idle = s->used + SESSION_IDLE, whole = s->made + SESSION_WHOLE;
	bool found;
	enum errc rc;

	json_open(&j, NULL, '{');
	json_str(&j, "session", session_kind_names[c->has_session ? s->kind : SESSION_NONE]);
	if (c->has_session && s->kind != SESSION_NONE) {
		json_str(&j, "case", s->room);
		json_str(&j, "state", room_state_names[c->room.state]);
		if (s->kind == SESSION_ACCOUNT) {
			if ((rc = account_load(c->l, c->a, s->room, span_str(s->account), &c->me, &found, e)) != OK)
				return rc;
			json_str(&j, "account", s->account);
			json_str(&j, "name", found ? c->me.name : "");
			/* A nominator who will read as well one day is one until then. */
			roles_json(&j, c->me.roles != 0 ? c->me.roles : c->me.pending);
			json_bool(&j, "active", found && strcmp(c->me.status, "active") == 0);
		} else if (s->kind == SESSION_INVITED) {
			int64_t role;

			if ((rc = sql_int(c->l->db, &role, 0, e, "SELECT role FROM invitation WHERE id = ?", "t",
			    s->subject)) != OK)
				return rc;
			json_str(&j, "role", role_name((unsigned)role));
			json_str(&j, "name", s->name);
		}
		json_time(&j, "idle_until", idle < whole ? idle : whole);
		json_time(&j, "until", whole);
		if (s->fresh != 0)
			json_time(&j, "fresh_until", s->fresh + SESSION_FRESH);
		else
			json_null(&j, "fresh_until");
	}
	json_close(&j, '}');
	return OK;
}

enum errc route_session(struct call *c, struct err *e) { return session_json(c, e); }

enum errc route_sign_out(struct call *c, struct err *e)
{
	struct json j;

	if (!c->has_session)
		return OK;
	if (c->s.kind == SESSION_ACCOUNT) {
		j = event_begin(c->l, "sign_out", c->room.id);
		json_str(&j, "account", c->s.account);
		event_end(c->l, &j);
	}
	return session_end(c, e);
}
