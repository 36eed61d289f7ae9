/*
 * The operators' door: a socket on this machine, asked by `tocsin serve operator`. Who they are the kernel says
 * (SO_PEERCRED), by the users of the configuration. What changes a case takes effect when a second operator
 * says the same within a day; both names are in the log.
 */
#include "serve/private.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"

enum { OPERATOR_SECONDS = DAY, LINE_MOST = 4096, PATIENCE_SECONDS = 2 };

struct asked {
	const char *by;
	uid_t uid;
	char word[12], room[SEAL_CASE_HEX], notice[SEAL_NOTICE_ID + 4], note[TEXT_NOTE + 1];
	struct buf *out;
	const char *why;           /* refused, and why; NULL: not */
};

static enum errc no(struct asked *x, const char *why)
{
	x->why = why;
	return OK;
}

/* ---- looking ------------------------------------------------------------------------------------------------------ */

static void room_json(struct json *j, struct arena *a, const struct room *r)
{
	const struct json_node *identity = room_identity(a, r);

	json_str(j, "case", r->id);
	json_str(j, "state", room_state_names[r->state]);
	json_time(j, "since", r->since);
	json_time(j, "until", r->until != 0 ? r->until : TIME_NONE);
	if (identity != NULL)
		json_span(j, "organisation", json_text(json_member(json_member(identity, "organisation"), "name")));
	else
		json_null(j, "organisation");
	json_str(j, "dispute", r->state == ROOM_DISPUTED ? r->dispute : NULL);
}

/* Those whom an operator can do something for; unclaimed ones are not named, and so not listed. */
static enum errc list(struct logic *l, struct asked *x, struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT id FROM room WHERE identity IS NOT NULL ORDER BY state <> ?,"
	    " since", "i", (int64_t)ROOM_DISPUTED);
	struct arena *a = l->a;
	enum errc rc;

	while (sql_next(l->db, q, &rc, e)) {
		const char *id = sql_text(a, q, 0);
		struct json j = json_to(x->out);
		struct room r;
		bool found;

		if (id == NULL)
			return err_memory(e);
		if ((rc = room_load(l, a, id, &r, &found, e)) != OK)
			return rc;
		json_open(&j, NULL, '{');
		room_json(&j, a, &r);
		json_close(&j, '}');
		json_end_line(&j);
	}
	return rc;
}

static enum errc claims_json(struct logic *l, struct json *j, const char *room, struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT k.notice, k.made, k.network, coalesce(a.name, ''), (SELECT"
	    " count(*) FROM proof p WHERE p.claim = k.id AND p.state = 'proven')"
	    " FROM claim k LEFT JOIN account a ON a.id = k.account WHERE k.room = ? ORDER BY k.made", "t", room);
	enum errc rc;

	json_open(j, "claims", '[');
	while (sql_next(l->db, q, &rc, e)) {
		json_open(j, NULL, '{');
		json_span(j, "notice", sql_col(q, 0));
		json_time(j, "made", sql_col_int(q, 1));
		json_span(j, "network", sql_col(q, 2));
		json_span(j, "person", sql_col(q, 3));
		json_i64(j, "proofs", sql_col_int(q, 4));
		json_close(j, '}');
	}
	json_close(j, ']');
	return rc;
}

static enum errc show(struct logic *l, struct asked *x, const struct room *r, struct err *e)
{
	sqlite3_stmt *q;
	struct json j = json_to(x->out);
	enum errc rc;

	json_open(&j, NULL, '{');
	room_json(&j, l->a, r);
	if ((rc = claims_json(l, &j, r->id, e)) != OK)
		return rc;
	q = sql_query(l->db, e, "SELECT what, name, at, note FROM word WHERE room = ? AND at > ? ORDER BY at", "ti",
	    r->id, l->now - OPERATOR_SECONDS);
	json_open(&j, "words", '[');
	while (sql_next(l->db, q, &rc, e)) {
		json_open(&j, NULL, '{');
		json_span(&j, "what", sql_col(q, 0));
		json_span(&j, "by", sql_col(q, 1));
		json_time(&j, "at", sql_col_int(q, 2));
		json_span(&j, "note", sql_col(q, 3));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	json_end_line(&j);
	return rc;
}

/* ---- deciding ----------------------------------------------------------------------------------------------------- */

static enum errc claim_of(struct logic *l, const struct asked *x, const char **claim, struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT id FROM claim WHERE room = ? AND notice = ? AND account IS NOT"
	    " NULL", "tt", x->room, x->notice);
	enum errc rc;

	*claim = NULL;
	if (sql_next(l->db, q, &rc, e)) {
		*claim = sql_text(l->a, q, 0);
		sql_done(q);
		if (*claim == NULL)
			return err_memory(e);
	}
	return rc;
}

static enum errc effect(struct logic *l, const struct asked *x, struct room *r, const char *claim, struct err *e)
{
	enum errc rc;

	if (strcmp(x->word, "withdraw") == 0)
		return room_move(l, r, ROOM_WITHDRAWN, "operators", e);
	if (strcmp(x->word, "revoke") == 0)
		return room_move(l, r, ROOM_REVOKED, "operators", e);
	if (strcmp(x->word, "open") == 0) {
		if ((rc = claims_end(l, r->id, claim, e)) != OK || (rc = room_move(l, r, ROOM_OPEN, "operators", e)) != OK)
			return rc;
		return alert(l, l->a, r, "decided", NULL, e);
	}
	if ((rc = sql_run(l->db, e, "INSERT OR REPLACE INTO proof (room, claim, method, target, state, made) VALUES"
	    " (?, ?, 'callback', '', 'proven', ?)", "tti", r->id, claim, l->now)) != OK)
		return rc;
	return claim_stands(l, r->id, claim, e);
}

/* The first to say so is written down; a second one, and it is done. */
static enum errc word(struct logic *l, struct asked *x, struct room *r, const char *claim, struct err *e)
{
	const char *what = arena_printf(l->a, "%s %s", x->word, x->notice), *first = NULL;
	sqlite3_stmt *q;
	struct json j;
	enum errc rc;

	if (what == NULL)
		return err_memory(e);
	q = sql_query(l->db, e, "SELECT name FROM word WHERE room = ? AND what = ? AND uid <> ? AND at > ? LIMIT 1",
	    "ttii", r->id, what, (int64_t)x->uid, l->now - OPERATOR_SECONDS);
	if (sql_next(l->db, q, &rc, e)) {
		first = sql_text(l->a, q, 0);
		sql_done(q);
	}
	if (rc != OK)
		return rc;
	j = event_begin(l, "operator", r->id);
	json_str(&j, "decision", x->word);
	json_str(&j, "by", first != NULL ? first : x->by);
	json_str(&j, "and", first != NULL ? x->by : "");
	event_end(l, &j);
	j = json_to(x->out);
	json_open(&j, NULL, '{');
	json_str(&j, "result", first != NULL ? "done" : "waits for a second operator");
	json_close(&j, '}');
	json_end_line(&j);
	if (first == NULL)
		return sql_run(l->db, e, "INSERT OR REPLACE INTO word (room, what, uid, name, at, note) VALUES (?, ?,"
		    " ?, ?, ?, ?)", "ttitit", r->id, what, (int64_t)x->uid, x->by, l->now,
		    x->note);
	if ((rc = sql_run(l->db, e, "DELETE FROM word WHERE room = ?", "t", r->id)) != OK)
		return rc;
	return effect(l, x, r, claim, e);
}

static enum errc decide(struct logic *l, struct asked *x, struct room *r, struct err *e)
{
	const char *claim;
	bool revoke = strcmp(x->word, "revoke") == 0, callback = strcmp(x->word, "callback") == 0;
	bool withdraw = strcmp(x->word, "withdraw") == 0;
	enum errc rc;

	if (withdraw && room_over(r->state))
		return no(x, "the case is over");
	if (callback && r->state != ROOM_CLAIM_PENDING && r->state != ROOM_CLAIM_WAIT)
		return no(x, "the case waits for no proof");
	if (!callback && !withdraw && r->state != ROOM_DISPUTED)
		return no(x, "the case is not disputed");
	if (x->note[0] == '\0')
		return no(x, "a decision wants a note: whom did you call, at which number, and from where is that?");
	if ((rc = claim_of(l, x, &claim, e)) != OK)
		return rc;
	if (claim == NULL && !revoke && !withdraw)
		return no(x, "nobody claims the case by that notice");
	return word(l, x, r, claim, e);
}

static enum errc answer(struct logic *l, void *ctx, struct err *e)
{
	struct asked *x = ctx;
	struct room r;
	bool found;
	enum errc rc;

	if (strcmp(x->word, "list") == 0)
		return list(l, x, e);
	if ((rc = room_load(l, l->a, x->room, &r, &found, e)) != OK)
		return rc;
	/* Of a case that nobody claimed nothing is told; what was sealed by mistake can be taken back all the same. */
	if (!found || (r.identity.n == 0 && strcmp(x->word, "withdraw") != 0))
		return no(x, "no claimed case is called that");
	if (strcmp(x->word, "show") == 0)
		return show(l, x, &r, e);
	if (strcmp(x->word, "open") != 0 && strcmp(x->word, "revoke") != 0 && strcmp(x->word, "callback") != 0 &&
	    strcmp(x->word, "withdraw") != 0)
		return no(x, "no such word");
	return decide(l, x, &r, e);
}

/* ---- the door ----------------------------------------------------------------------------------------------------- */

static bool member(const struct json_node *n, const char *name, char *to, size_t size)
{
	const struct json_node *m = json_member(n, name);

	if (m == NULL || m->type != JSON_STRING || !text_fits(m->text, size - 1, false))
		return false;
	(void)snprintf(to, size, "%.*s", (int)m->text.n, (const char *)m->text.p);
	return true;
}

/* One line of JSON; false when it is none. */
static bool line_read(struct logic *l, int fd, struct asked *x)
{
	static const char *const names[] = {"word", "case", "notice", "note", NULL};
	struct json_node *n;

	buf_clear(&l->in);
	while (l->in.n < LINE_MOST && (l->in.n == 0 || l->in.p[l->in.n - 1] != '\n')) {
		ssize_t got = buf_room(&l->in, LINE_MOST) ? recv(fd, l->in.p + l->in.n, LINE_MOST - l->in.n, 0) : -1;

		if (got <= 0)
			return false;
		l->in.n += (size_t)got;
	}
	arena_reset(l->a);
	if (json_read_strict(l->a, span_trim(buf_span(&l->in)), &n, NULL) != OK || !json_only(n, names))
		return false;
	return member(n, "word", x->word, sizeof x->word) && member(n, "case", x->room, sizeof x->room) &&
	    member(n, "notice", x->notice, sizeof x->notice) &&
	    member(n, "note", x->note, sizeof x->note);
}

static const struct operator_row *operator_of(const struct logic *l, int fd)
{
	struct ucred peer = {0};
	socklen_t n = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0)
		for (size_t i = 0; i < l->c->n_operators; i++)
			if (l->c->operators[i].uid == peer.uid)
				return &l->c->operators[i];
	return NULL;
}

static void refused(struct buf *out, const char *why)
{
	struct json j = json_to(out);

	buf_clear(out);
	json_open(&j, NULL, '{');
	json_str(&j, "refused", why);
	json_close(&j, '}');
	json_end_line(&j);
}

void operator_serve(struct logic *l)
{
	const struct timeval patience = {.tv_sec = PATIENCE_SECONDS}, briefly = {.tv_usec = 50000};
	int fd = accept4(l->fds->operators, NULL, NULL, SOCK_CLOEXEC);
	const struct operator_row *who;
	struct asked x = {.out = &l->out};
	struct err e = {0};
	enum errc rc;

	if (fd < 0)
		return;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	buf_clear(&l->out);
	if ((who = operator_of(l, fd)) == NULL) {
		/* What he says is taken off the socket, so that the answer is not lost in a reset; nobody waits for it. */
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &briefly, sizeof briefly);
		if (buf_room(&l->out, LINE_MOST))
			(void)recv(fd, l->out.p, LINE_MOST, 0);
		refused(&l->out, "you are no operator of this reading room");
	} else if (!line_read(l, fd, &x)) {
		refused(&l->out, "that is no question");
	} else {
		x.by = who->name;
		x.uid = who->uid;
		if ((rc = logic_do(l, answer, &x, &e)) != OK) {
			process_say("logic", e.text);
			refused(&l->out, "unavailable: nothing was done");
		} else if (x.why != NULL) {
			refused(&l->out, x.why);
		}
	}
	if (io_write(fd, buf_span(&l->out), &e) != OK)
		process_say("logic", e.text);
	(void)close(fd);
}
