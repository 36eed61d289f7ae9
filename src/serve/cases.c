/*
 * What somebody of a case sees of it: its state and proofs, what unlocks it, its part of the log. And what
 * anybody sees of us.
 */
#include "serve/private.h"

#include "base/clock.h"

enum { LOG_PAGE = 100, LOGS_A_MINUTE = 120 };

enum errc route_about(struct call *c, struct err *e)
{
	const struct serve_config *f = c->l->c;
	char id[KEY_ID_TEXT];
	struct json j = json_to(c->out);

	(void)e;
	json_open(&j, NULL, '{');
	json_u64(&j, "v", 1);
	json_str(&j, "origin", f->origin);
	json_str(&j, "name", f->name);
	json_open(&j, "signer", '{');
	json_str(&j, "id", key_id_text(f->signer.id, id));
	json_str(&j, "key", b64_text(c->a, span_of(f->signer.key, sizeof f->signer.key)));
	json_close(&j, '}');
	json_open(&j, "log", '{');
	json_str(&j, "origin", f->log_origin);
	json_str(&j, "key", c->l->log_key);
	json_close(&j, '}');
	json_str(&j, "version", TOCSIN_VERSION);
	json_bool(&j, "testing", f->testing);
	json_close(&j, '}');
	return OK;
}

/* A browser reports that our page did what it must not. What it says is not kept: that it happened is, once an hour. */
enum errc route_csp(struct call *c, struct err *e)
{
	bool over = false;
	int64_t n = 0;
	struct json j;
	enum errc rc;

	c->answer.status = 204;
	if ((rc = limit_count(c->l, "csp", HOUR, INT64_MAX, &over, &n, e)) != OK || n != 1)
		return rc;
	j = event_begin(c->l, "alarm", NULL);
	json_str(&j, "kind", "csp");
	json_i64(&j, "n", n);
	event_end(c->l, &j);
	return OK;
}

/* ---- the case --------------------------------------------------------------------------------------------------- */

static void copy_members(struct json *j, const struct json_node *from, const char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++)
		json_span(j, names[i], json_text(json_member(from, names[i])));
}

static enum errc checks_json(struct call *c, struct json *j, span claim, const char *method, span domain, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT at, found, dnssec FROM proof_check WHERE claim = ? AND"
	    " method = ? AND target = ? ORDER BY at DESC LIMIT 20",
	    "sts", claim, method, domain);
	enum errc rc;

	json_open(j, "checks", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(j, NULL, '{');
		json_time(j, "at", sql_col_int(q, 0));
		json_bool(j, "found", sql_col_int(q, 1) != 0);
		json_span(j, "dnssec", sql_col(q, 2));
		json_close(j, '}');
	}
	json_close(j, ']');
	return rc;
}

static enum errc check_json(struct call *c, struct json *j, span claim, const char *method, span domain, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT state, coalesce(next, 0) FROM proof WHERE claim = ? AND"
	    " method = ? AND target = ?", "sts", claim, method, domain);
	bool dns = strcmp(method, "dns") == 0;
	const char *name = arena_printf(c->a, dns ? "_tocsin-challenge.%.*s" : "https://%.*s/.well-known/tocsin-claim", (int)domain.n, (const char *)domain.p);
	const char *state = "none";
	int64_t next = 0;
	enum errc rc;

	if (sql_next(c->l->db, q, &rc, e)) {
		state = sql_text(c->a, q, 0);
		next = sql_col_int(q, 1);
		sql_done(q);
	}
	if (rc != OK || state == NULL || name == NULL)
		return rc != OK ? rc : err_memory(e);
	json_open(j, NULL, '{');
	json_span(j, "domain", domain);
	json_str(j, dns ? "name" : "url", name);
	json_str(j, "state", state);
	rc = checks_json(c, j, claim, method, domain, e);
	json_time(j, "next", next != 0 ? next : TIME_NONE);
	json_close(j, '}');
	return rc;
}

/* For the claimant, as long as there is something to prove. */
static enum errc proof_json(struct call *c, struct json *j, const struct json_node *identity, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT id, value, expires FROM claim WHERE room = ? AND account ="
	    " ?", "tt", c->room.id, c->me.id);
	const struct json_node *domains = json_member(json_member(identity, "organisation"), "domains");
	span claim = SPAN_EMPTY, value = SPAN_EMPTY;
	int64_t expires = 0, called = 0;
	enum errc rc;

	if (sql_next(c->l->db, q, &rc, e)) {
		claim = arena_copy(c->a, sql_col(q, 0));
		value = arena_copy(c->a, sql_col(q, 1));
		expires = sql_col_int(q, 2);
		sql_done(q);
	}
	if (rc != OK || claim.n == 0)
		return rc;
	json_open(j, "proof", '{');
	json_str(j, "value", arena_printf(c->a, "tocsin-claim=%.*s", (int)value.n, (const char *)value.p));
	json_time(j, "expires", expires);
	json_open(j, "dns", '[');
	for (const struct json_node *d = domains != NULL ? domains->child : NULL; d != NULL && rc == OK; d = d->next)
		rc = check_json(c, j, claim, "dns", d->text, e);
	json_close(j, ']');
	json_open(j, "file", '[');
	for (const struct json_node *d = domains != NULL ? domains->child : NULL; d != NULL && rc == OK; d = d->next)
		rc = check_json(c, j, claim, "file", d->text, e);
	json_close(j, ']');
	if (rc == OK)
		rc = sign_on_json(c, j, claim, domains, e);
	if (rc == OK)
		rc = sql_int(c->l->db, &called, 0, e, "SELECT count(*) FROM proof WHERE claim = ? AND method ="
		    " 'callback'", "s", claim);
	json_open(j, "callback", '{');
	json_str(j, "state", called != 0 ? "proven" : "none");
	json_close(j, '}');
	json_close(j, '}');
	return rc;
}

static void organisation_json(struct json *j, const struct json_node *identity)
{
	static const char *const us[] = {"name", "title", "reference", "sender", "sender_title", "phone", "address", NULL};
	const struct json_node *o = json_member(identity, "organisation"), *domains = json_member(o, "domains");

	json_open(j, "organisation", '{');
	json_span(j, "name", json_text(json_member(o, "name")));
	json_open(j, "domains", '[');
	for (const struct json_node *d = domains != NULL ? domains->child : NULL; d != NULL; d = d->next)
		json_span(j, NULL, d->text);
	json_close(j, ']');
	json_close(j, '}');
	json_open(j, "us", '{');
	copy_members(j, json_member(identity, "us"), us);
	json_close(j, '}');
}

enum errc route_case(struct call *c, struct err *e)
{
	const struct json_node *identity = room_identity(c->a, &c->room);
	const struct room *r = &c->room;
	struct json j = json_to(c->out);
	int64_t all, marked;
	enum errc rc;

	if (identity == NULL)
		return err_set(e, ERR_WORLD, "a claimed case without its identity");
	if ((rc = room_marked(c->l, r, &all, &marked, e)) != OK)
		return rc;
	json_open(&j, NULL, '{');
	json_str(&j, "case", r->id);
	json_str(&j, "state", room_state_names[r->state]);
	json_time(&j, "since", r->since);
	json_time(&j, "until", r->until != 0 ? r->until : TIME_NONE);
	organisation_json(&j, identity);
	json_u64(&j, "generation", r->generation);
	json_u64(&j, "version", r->version);
	json_i64(&j, "messages", r->messages);
	json_i64(&j, "credentials", all);
	json_i64(&j, "marked", marked);
	json_bool(&j, "two_nominators", r->two_nominators);
	if ((r->state == ROOM_CLAIM_PENDING || r->state == ROOM_CLAIM_WAIT) && (c->me.roles & ROLE_CLAIMANT) != 0)
		rc = proof_json(c, &j, identity, e);
	json_time(&j, "objection_until", r->state == ROOM_CLAIM_WAIT ? r->until : TIME_NONE);
	json_str(&j, "dispute", r->state == ROOM_DISPUTED ? r->dispute : NULL);
	json_time(&j, "close_at", r->state == ROOM_RESOLVED ? r->until : TIME_NONE);
	json_close(&j, '}');
	return rc;
}

/* ---- what unlocks it --------------------------------------------------------------------------------------------- */

/* share_b and the wrapped key of the claimant's own notice: with the code that only he has, they give the case key. */
static enum errc claimant_json(struct call *c, struct json *j, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT n.id, n.wrapped_ck, r.share_b FROM claim k JOIN notice n ON"
	    " n.id = k.notice JOIN room r ON r.id = k.room"
	    " WHERE k.room = ? AND k.account = ? AND k.room = n.room", "tt", c->room.id, c->me.id);
	enum errc rc;

	if (sql_next(c->l->db, q, &rc, e)) {
		json_span(j, "notice", sql_col(q, 0));
		json_str(j, "wrapped_ck", b64_text(c->a, sql_col(q, 1)));
		json_str(j, "share_b", b64_text(c->a, sql_col(q, 2)));
		sql_done(q);
	}
	return rc;
}

enum errc route_unlock(struct call *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT version, wrapped_ck FROM earlier WHERE room = ? ORDER BY"
	    " version", "t", c->room.id);
	struct json j = json_to(c->out);
	enum errc rc;

	json_open(&j, NULL, '{');
	json_str(&j, "case", c->room.id);
	json_u64(&j, "generation", c->room.generation);
	json_u64(&j, "version", c->room.version);
	json_open(&j, "earlier", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(&j, NULL, '{');
		json_i64(&j, "version", sql_col_int(q, 0));
		json_str(&j, "wrapped_ck", b64_text(c->a, sql_col(q, 1)));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	if (rc == OK && (c->me.roles & ROLE_CLAIMANT) != 0)
		rc = claimant_json(c, &j, e);
	json_close(&j, '}');
	return rc;
}

/* ---- its part of the log ------------------------------------------------------------------------------------------ */

static void entry_json(struct call *c, struct json *j, uint64_t index, struct cursor *answer)
{
	span line = cursor_bytes(answer), salt = cursor_take(answer, 16);
	uint32_t n = cursor_u32(answer);

	json_open(j, NULL, '{');
	json_u64(j, "index", index);
	json_span(j, "line", line);
	json_str(j, "salt", b64_text(c->a, salt));
	json_open(j, "proof", '[');
	for (uint32_t i = 0; i < n && !answer->bad; i++)
		json_str(j, NULL, b64_text(c->a, cursor_take(answer, DIGEST_SIZE)));
	json_close(j, ']');
	json_close(j, '}');
}

static enum errc entries_of(struct call *c, const char *sql, int64_t from, uint64_t index[LOG_PAGE], size_t *n, bool *more, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, sql, "tii", c->room.id, from, (int64_t)LOG_PAGE + 1);
	enum errc rc = OK;

	*n = 0;
	while (*n < LOG_PAGE && sql_next(c->l->db, q, &rc, e))
		index[(*n)++] = (uint64_t)sql_col_int(q, 0);
	*more = *n == LOG_PAGE && sql_next(c->l->db, q, &rc, e);
	sql_done(q);
	return rc;
}

/* A page of entries, in the order that the query gives them. */
static enum errc log_page(struct call *c, const char *sql, span number, struct err *e)
{
	struct logic *l = c->l;
	uint64_t index[LOG_PAGE];
	struct json j = json_to(c->out);
	struct cursor answer;
	uint64_t from = 0;
	size_t n;
	bool more;
	enum errc rc;

	if (number.n != 0 && !span_number(number, INT64_MAX, &from))
		return refuse(c, BAD_REQUEST);
	/* A proof costs a walk over the whole log. */
	if ((rc = call_limit(c, "log", c->me.id, MINUTE, LOGS_A_MINUTE, e)) != OK || c->refusal != FINE ||
	    (rc = entries_of(c, sql, (int64_t)from, index, &n, &more, e)) != OK)
		return rc;
	buf_clear(&l->ask);
	buf_u32(&l->ask, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		buf_u64(&l->ask, index[i]);
	if ((rc = logic_ask(l, l->fds->log, WIRE_PROVE, e)) != OK)
		return rc;
	answer = cursor_of(buf_span(&l->answer));
	if (cursor_u8(&answer) != 1)
		return err_set(e, ERR_WORLD, "the log answers something else");
	json_open(&j, NULL, '{');
	json_span(&j, "checkpoint", cursor_bytes(&answer));
	json_open(&j, "entries", '[');
	for (size_t i = 0; i < n && !answer.bad; i++)
		entry_json(c, &j, index[i], &answer);
	json_close(&j, ']');
	json_bool(&j, "more", more);
	json_close(&j, '}');
	return cursor_done(&answer) ? OK : err_set(e, ERR_WORLD, "the log answers something else");
}

enum errc route_log(struct call *c, struct err *e)
{
	return log_page(c, "SELECT n FROM entry WHERE room = ? AND n >= ? ORDER BY n LIMIT ?", c->q->query, e);
}

/* The newest first: who looks at a long log wants to know what happened today. */
enum errc route_log_before(struct call *c, struct err *e)
{
	return log_page(c, "SELECT n FROM entry WHERE room = ? AND n < ? ORDER BY n DESC LIMIT ?", c->tail, e);
}
