/*
 * Proof of a domain: a TXT record that only whoever runs its DNS can put there, seen three times over at least
 * ten minutes, so that one forged answer on the way is not enough. fetch looks; here is what was found, and
 * what it means.
 */
#include "serve/private.h"

#include <sodium.h>

enum { CHECKS_A_DAY = 50, AGAIN_SECONDS = MINUTE, WORD_TEXT = 26, WORD_SHOWN = WORD_TEXT + (WORD_TEXT - 1) / 5 };

/* ---- asked for -------------------------------------------------------------------------------------------------- */

static bool is_ours(struct call *c, const char *domain)
{
	const struct json_node *list = json_member(json_member(room_identity(c->a, &c->room), "organisation"), "domains");

	for (const struct json_node *d = list != NULL ? list->child : NULL; d != NULL; d = d->next)
		if (span_eq(d->text, span_str(domain)))
			return true;
	return false;
}

enum errc route_proof_dns(struct call *c, struct err *e)
{
	static const char *const names[] = {"domain", NULL};
	const char *domain;
	struct json j;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "domain", 253, false, &domain))
		return OK;
	if (!is_ours(c, domain))
		return refuse(c, NOT_FOUND);
	if ((rc = call_limit(c, "dns", c->room.id, MINUTE, 1, e)) != OK ||
	    (rc = call_limit(c, "dns", c->room.id, DAY, CHECKS_A_DAY, e)) != OK || c->refusal != FINE)
		return rc;
	c->answer.status = 202;
	j = json_to(c->out);
	json_open(&j, NULL, '{');
	json_str(&j, "state", "working");
	json_close(&j, '}');
	return sql_run(c->l->db, e, "INSERT INTO proof (room, claim, method, target, state, made, next) SELECT room,"
	    " id, 'dns', ?1, 'working', ?2, ?2 FROM claim"
	    " WHERE room = ?3 AND account = ?4 ON CONFLICT DO UPDATE SET state = 'working', made = ?2, next = ?2,"
	    " waiting = 0, good = 0, first_good = NULL"
	    " WHERE state = 'failed'", "titt", domain, c->l->now, c->room.id, c->me.id);
}

/* ---- looked for ------------------------------------------------------------------------------------------------- */

/* One question at a time: fetch has one thread, and a claim can wait. */
enum errc proofs_due(struct logic *l, struct err *e)
{
	sqlite3_stmt *q;
	const char *domain = NULL;
	int64_t busy;
	enum errc rc;

	if ((rc = sql_int(l->db, &busy, 0, e, "SELECT count(*) FROM proof WHERE waiting > ?", "i",
	    l->now - AGAIN_SECONDS)) != OK || busy != 0)
		return rc;
	q = sql_query(l->db, e, "SELECT target FROM proof WHERE state = 'working' AND next <= ? ORDER BY next LIMIT"
	    " 1", "i", l->now);
	if (sql_next(l->db, q, &rc, e)) {
		domain = sql_text(l->a, q, 0);
		sql_done(q);
		if (domain == NULL)
			return err_memory(e);
	}
	if (rc != OK || domain == NULL)
		return rc;
	if ((rc = sql_run(l->db, e, "UPDATE proof SET waiting = ? WHERE state = 'working' AND next <= ? AND target ="
	    " ?", "iit", l->now, l->now, domain)) != OK)
		return rc;
	buf_clear(&l->ask);
	buf_bytes(&l->ask, span_str(arena_printf(l->a, "_tocsin-challenge.%s", domain)));
	if ((rc = buf_check(&l->ask, e)) != OK)
		return rc;
	return wire_send(l->fds->fetch, WIRE_DNS, buf_span(&l->ask), e);
}

/* ---- found ------------------------------------------------------------------------------------------------------ */

struct checked { const char *room, *claim, *target; span value; int64_t good, first_good; };

/* Every vantage point must have it, and none may have met a forgery. */
static bool holds(span answer, span value, const char **dnssec)
{
	struct cursor c = cursor_of(answer);
	span name = cursor_bytes(&c);
	uint32_t answers = cursor_u32(&c);
	bool all = answers != 0;

	(void)name;
	*dnssec = "secure";
	for (uint32_t i = 0; i < answers && !c.bad; i++) {
		span word = cursor_bytes(&c);
		uint32_t n = cursor_u32(&c);
		bool found = false;

		for (uint32_t k = 0; k < n && !c.bad; k++)
			found |= span_eq(cursor_bytes(&c), value);
		if (!span_eq(word, SPAN_LIT("secure")) && strcmp(*dnssec, "bogus") != 0)
			*dnssec = span_eq(word, SPAN_LIT("bogus")) ? "bogus" : "insecure";
		all &= found && !span_eq(word, SPAN_LIT("bogus"));
	}
	return all && cursor_done(&c);
}

/* 130 random bits as people can type them: the digits of an access code. And as a mail shows them, in groups of five. */
static void word_new(char word[WORD_TEXT + 1], char shown[WORD_SHOWN + 1])
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char bytes[WORD_TEXT];
	size_t at = 0;

	randombytes_buf(bytes, sizeof bytes);
	for (size_t i = 0; i < WORD_TEXT; i++) {
		word[i] = digits[bytes[i] & 31];
		if (i != 0 && i % 5 == 0)
			shown[at++] = '-';
		shown[at++] = word[i];
	}
	word[WORD_TEXT] = shown[at] = '\0';
}

static enum errc proven(struct logic *l, const char *room, const char *claim, struct err *e)
{
	int64_t called;
	char token[WORD_TEXT + 1], shown[WORD_SHOWN + 1];
	struct digest d;
	struct room r;
	bool found;
	enum errc rc;

	if ((rc = room_load(l, l->a, room, &r, &found, e)) != OK || !found)
		return rc;
	/* Two claims, both proven: somebody is not who he says. */
	if (r.state == ROOM_CLAIM_WAIT)
		return room_dispute(l, l->a, &r, "second_claim", e);
	if (r.state != ROOM_CLAIM_PENDING)
		return OK;
	if ((rc = sql_int(l->db, &called, 0, e, "SELECT count(*) FROM proof WHERE claim = ? AND method = 'callback'"
	    " AND state = 'proven'", "t", claim)) != OK)
		return rc;
	/* Two proofs that do not hang together: nobody need wait for an objection. */
	if (called != 0)
		return room_move(l, &r, ROOM_OPEN, "second_proof", e);
	if ((rc = room_move(l, &r, ROOM_CLAIM_WAIT, "proof", e)) != OK)
		return rc;
	word_new(token, shown);
	sha256_of(span_str(token), &d);
	if ((rc = sql_run(l->db, e, "UPDATE room SET objection = ? WHERE id = ?", "bt", digest_span(&d), r.id)) != OK)
		return rc;
	return alert(l, l->a, &r, "Your case was claimed",
	    arena_printf(l->a, "Somebody claimed the case of your organisation at %s, and has shown that he"
	    " controls\n"
	    "the DNS of your domain. If nobody objects within %lld hours, the case is opened to him.\n\n"
	    "If it was nobody of yours, object: type the name %s into your browser, choose \"Somebody\nelse claimed"
	    " our case\", and give this word:\n\n    %s\n\n"
	    "or number and access code of a notice that you were sent. Or call us.\n", l->c->host,
	    (long long)(l->c->objection_seconds / HOUR), l->c->host, shown), e);
}

static enum errc check_one(struct logic *l, const struct checked *x, span answer, struct err *e)
{
	const char *dnssec, *want = arena_printf(l->a, "tocsin-claim=%.*s", (int)x->value.n, (const char *)x->value.p);
	int64_t good = x->good + 1, first, pause;
	struct digest d;
	struct json j;
	bool found, done;
	enum errc rc;

	if (want == NULL)
		return err_memory(e);
	found = holds(answer, span_str(want), &dnssec);
	first = x->first_good != 0 ? x->first_good : l->now;
	done = found && good >= l->c->checks && l->now - first >= l->c->checks_seconds;
	pause = l->c->checks_seconds / (l->c->checks - 1);
	if (pause < l->c->check_pause)
		pause = l->c->check_pause;
	sha256_of(answer, &d);
	j = event_begin(l, "proof", x->room);
	json_str(&j, "method", "dns");
	json_str(&j, "domain", x->target);
	json_bool(&j, "found", found);
	json_str(&j, "dnssec", dnssec);
	json_str(&j, "vantage", l->c->second_resolver != NULL ? "two" : "one");
	json_digest(&j, "answer_sha256", &d);
	event_end(l, &j);
	if ((rc = sql_run(l->db, e, "INSERT INTO proof_check (claim, method, target, at, found, dnssec) VALUES (?,"
	    " 'dns', ?, ?, ?, ?)", "ttiit", x->claim, x->target, l->now,
	         (int64_t)found, dnssec)) != OK ||
	    (rc = sql_run(l->db, e, "UPDATE proof SET waiting = 0, state = ?, good = ?, first_good = ?, next ="
	    " nullif(?, 0) WHERE claim = ? AND method = 'dns' AND target = ?",
	         "tiiitt", done ? "proven" : found ? "working" : "failed", found ? good : (int64_t)0,
	         found ? first : (int64_t)0,
	         found && !done ? l->now + pause : (int64_t)0, x->claim, x->target)) != OK)
		return rc;
	return done ? proven(l, x->room, x->claim, e) : OK;
}

enum errc proof_answer(struct logic *l, span answer, struct err *e)
{
	enum { MOST = 16 };
	struct checked x[MOST];
	struct cursor c = cursor_of(answer);
	span name = cursor_bytes(&c), domain = span_from(name, strlen("_tocsin-challenge."));
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT p.room, p.claim, p.target, k.value, p.good,"
	    " coalesce(p.first_good, 0) FROM proof p JOIN claim k ON k.id = p.claim"
	    " WHERE p.waiting > 0 AND p.state = 'working' AND p.method = 'dns' AND p.target = ? AND k.expires > ?"
	    " LIMIT 16", "si", domain, l->now);
	size_t n = 0;
	enum errc rc = OK;

	while (n < MOST && sql_next(l->db, q, &rc, e)) {
		x[n] = (struct checked){sql_text(l->a, q, 0), sql_text(l->a, q, 1), sql_text(l->a, q, 2),
		    arena_copy(l->a, sql_col(q, 3)), sql_col_int(q, 4), sql_col_int(q, 5)};
		if (x[n].room == NULL || x[n].claim == NULL || x[n].target == NULL || x[n].value.p == NULL)
			return err_memory(e);
		n++;
	}
	sql_done(q);
	if (q == NULL)
		return ERR_WORLD;
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = check_one(l, &x[i], answer, e);
	return rc;
}
