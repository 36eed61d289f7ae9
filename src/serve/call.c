/*
 * A request to its answer, within one transaction: who asks, may they, in this state; then the route's own
 * work; then the events are in the log; then the transaction is committed. A fault of the world undoes it all
 * and is a 503. The log may so tell of something that was undone; it never lacks what was done.
 */
#include "serve/private.h"

#include <poll.h>

#include "base/limits.h"
#include "base/utf8.h"

static const struct { unsigned status; const char *code; } refusals[] = {
    [FINE] = {200, ""}, [BAD_REQUEST] = {400, "bad_request"}, [SIGN_IN] = {401, "sign_in"}, [STALE] = {401, "fresh"},
    [REFUSED] = {403, "refused"}, [NOT_FOUND] = {404, "not_found"}, [WRONG_STATE] = {409, "state"}, [LIMIT] = {429, "limit"},
    [UNAVAILABLE] = {503, "unavailable"}, [BAD_TYPE] = {415, "content_type"}, [BAD_METHOD] = {405, "method"},
    [TOO_LARGE] = {413, "too_large"},
};

enum errc refuse(struct call *c, enum refusal why)
{
	if (c->refusal == FINE)
		c->refusal = why;
	return OK;
}

/* Who asks for more of them has been told of. */
enum { FOREIGN_AN_HOUR = 1000 };

enum errc not_ours(struct call *c, const char *kind, const char *sql, span id, struct err *e)
{
	char key[64];
	int64_t n;
	bool over = false;
	struct json j;
	enum errc rc;

	(void)refuse(c, NOT_FOUND);
	if ((rc = sql_int(c->l->db, &n, 0, e, sql, strcmp(kind, "credential") == 0 ? "b" : "s", id)) != OK || n == 0)
		return rc;
	(void)snprintf(key, sizeof key, "foreign %s", c->s.account);
	if ((rc = limit_count(c->l, key, HOUR, FOREIGN_AN_HOUR, &over, NULL, e)) != OK || over)
		return rc;
	j = event_begin(c->l, "foreign", c->room.id);
	json_str(&j, "account", c->s.account);
	json_str(&j, "kind", kind);
	event_end(c->l, &j);
	return call_keep(c->l, e);
}

bool text_fits(span s, size_t max, bool lines)
{
	if (s.n > max || utf8_valid(s) != s.n)
		return false;
	for (size_t at = 0, n; at < s.n; at += n)
		if (utf8_obeyed(utf8_get(span_from(s, at), &n)) && !(lines && s.p[at] == '\n'))
			return false;
	return true;
}

static bool bad(struct call *c)
{
	(void)refuse(c, BAD_REQUEST);
	return false;
}

bool body_only(struct call *c, const char *const names[]) { return json_only(c->body, names) || bad(c); }

bool body_text(struct call *c, const char *name, size_t max, bool lines, const char **out)
{
	const struct json_node *n = json_member(c->body, name);

	if (n == NULL || n->type != JSON_STRING || !text_fits(n->text, max, lines))
		return bad(c);
	*out = arena_cstr(c->a, n->text);
	return *out != NULL || bad(c);
}

bool body_id(struct call *c, const char *name, const char **out)
{
	return body_text(c, name, ID_TEXT, false, out) && (id_ok(span_str(*out)) || bad(c));
}

bool body_b64(struct call *c, const char *name, size_t least, size_t most, bool null_ok, span *out)
{
	const struct json_node *n = json_member(c->body, name);

	*out = SPAN_EMPTY;
	if (null_ok && (n == NULL || n->type == JSON_NULL))
		return true;
	if (n == NULL || n->type != JSON_STRING || !b64_read(c->a, n->text, out) || out->n < least || out->n > most)
		return bad(c);
	return true;
}

/* Cross-site requests carry no cookie (SameSite); those that change something must prove that our page made them. */
static bool same_site(const struct call *c)
{
	const struct request *q = c->q;

	if (q->fetch_site.n != 0 && !span_eq(q->fetch_site, SPAN_LIT("same-origin")) &&
	    !(q->method == METHOD_GET && span_eq(q->fetch_site, SPAN_LIT("none"))))
		return false;
	return q->method == METHOD_GET || span_eq(q->origin, span_str(c->l->c->origin));
}

static bool gate(struct call *c)
{
	const struct route *r = c->route;

	if (r->run == route_csp)
		return true;
	if (!same_site(c))
		return refuse(c, REFUSED), false;
	if (c->q->method == METHOD_POST && !c->q->form_ok)
		return refuse(c, BAD_TYPE), false;
	if (r->kinds != 0 && (!c->has_session || (r->kinds & 1u << c->s.kind) == 0))
		return refuse(c, SIGN_IN), false;
	if (r->kinds != 0 && r->states != 0 && (r->states & 1u << c->room.state) == 0)
		return refuse(c, WRONG_STATE), false;
	if (r->roles != 0 && ((c->me.roles | ((r->roles & ROLE_WAITING) != 0 ? c->me.pending : 0)) & r->roles) == 0)
		return refuse(c, REFUSED), false;
	if (r->fresh && c->s.kind == SESSION_ACCOUNT && c->l->now - c->s.fresh >= SESSION_FRESH)
		return refuse(c, STALE), false;
	return true;
}

static bool read_body(struct call *c)
{
	struct json_node *n;
	struct err e;

	if (c->q->method == METHOD_GET || c->route->run == route_csp)
		return true;
	if (json_read_strict(c->a, c->q->body, &n, &e) != OK || n->type != JSON_OBJECT)
		return bad(c);
	c->body = n;
	return true;
}

enum errc call_keep(struct logic *l, struct err *e)
{
	enum errc rc;

	l->n_kept = l->n_events;
	l->kept_bytes = l->events.n;
	if ((rc = sql_run(l->db, e, "RELEASE request", "")) != OK)
		return rc;
	return sql_run(l->db, e, "SAVEPOINT request", "");
}

/* A refusal: what was done goes, what was counted stays. */
static enum errc undo(struct logic *l, struct err *e)
{
	l->n_events = l->n_kept;
	l->events.n = l->kept_bytes;
	l->sync = l->sweep = false;
	return sql_run(l->db, e, "ROLLBACK TO request", "");
}

static enum errc begin(struct logic *l, struct err *e)
{
	enum errc rc;

	events_drop(l);
	l->sweep = false;
	if ((rc = sql_begin(l->db, e)) != OK)
		return rc;
	return sql_run(l->db, e, "SAVEPOINT request", "");
}

static enum errc commit(struct logic *l, struct err *e)
{
	enum errc rc;

	if ((rc = events_commit(l, e)) != OK || (rc = sql_run(l->db, e, "RELEASE request", "")) != OK ||
	    (rc = sql_commit(l->db, e)) != OK)
		return rc;
	/*
	 * It is done: a file that could not be removed is for the journal, and for the next start. What was erased also stands in SQLite's
	 * log of what it writes, until that is written over.
	 */
	if (l->sweep && (sealed_sweep(l, e) != OK || sql_script(l->db, "PRAGMA wal_checkpoint(TRUNCATE)", e) != OK))
		process_say("logic", e->text);
	l->sweep = false;
	return OK;
}

enum errc logic_do(struct logic *l, enum errc (*work)(struct logic *l, void *ctx, struct err *e), void *ctx, struct err *e)
{
	enum errc rc;

	arena_reset(l->a);
	if ((rc = begin(l, e)) == OK && (rc = work(l, ctx, e)) == OK && (rc = commit(l, e)) == OK)
		return OK;
	sql_rollback(l->db);
	events_drop(l);
	return rc;
}

static enum errc work(struct call *c, struct err *e)
{
	enum errc rc;

	if ((rc = begin(c->l, e)) != OK || (rc = session_find(c, e)) != OK || (rc = call_keep(c->l, e)) != OK)
		return rc;
	if (gate(c) && read_body(c) && (rc = c->route->run(c, e)) != OK)
		return rc;
	if ((rc = buf_check(c->out, e)) != OK || (c->refusal != FINE && (rc = undo(c->l, e)) != OK))
		return rc;
	return commit(c->l, e);
}

/* Everybody there? A closed channel is one that reads as its end. */
static bool all_alive(const struct logic *l)
{
	struct pollfd p[] = {{l->fds->log, POLLRDHUP, 0}, {l->fds->auth, POLLRDHUP, 0}, {l->fds->fetch, POLLRDHUP, 0}};

	return poll(p, 3, 0) >= 0 && ((p[0].revents | p[1].revents | p[2].revents) & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

static void finish(struct call *c, struct buf *answer)
{
	struct answer *a = &c->answer;
	struct json j;

	if (c->refusal != FINE) {
		buf_clear(c->out);
		j = json_to(c->out);
		json_open(&j, NULL, '{');
		json_str(&j, "error", refusals[c->refusal].code);
		json_close(&j, '}');
		a->status = refusals[c->refusal].status;
		a->content = CONTENT_JSON;
		a->streamed = a->set_cookie = a->clear_site = false;
		a->retry_after = c->retry_after;
	} else if (a->content == CONTENT_NONE && a->status == 0) {
		a->content = CONTENT_JSON;
		if (c->out->n == 0)
			buf_str(c->out, "{}");
	}
	if (a->status == 0)
		a->status = 200;
	a->body = buf_span(c->out);
	buf_clear(answer);
	answer_write(answer, a);
}

void call_run(struct logic *l, span frame, struct buf *answer)
{
	struct call c = {.l = l, .a = l->a, .out = &l->out};
	struct request q;
	struct err e = {0};

	arena_reset(l->a);
	buf_clear(&l->out);
	if (!request_read(frame, &q)) {
		c.refusal = BAD_REQUEST;
	} else if ((c.route = route_find(q.method, q.path, &c.tail)) == NULL) {
		c.refusal = route_find(q.method == METHOD_GET ? METHOD_POST : METHOD_GET, q.path,
		    &c.tail) != NULL ? BAD_METHOD : NOT_FOUND;
	} else if (l->lost || !all_alive(l)) {
		c.refusal = UNAVAILABLE;
	} else {
		c.q = &q;
		if (work(&c, &e) != OK) {
			sql_rollback(l->db);
			events_drop(l);
			process_say("logic", e.text);
			c.refusal = UNAVAILABLE;
		}
	}
	finish(&c, answer);
}
