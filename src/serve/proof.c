/*
 * Proof of a domain: a TXT record that only whoever runs its DNS can put there, or a file that only whoever runs its web site
 * can, seen three times over at least ten minutes, so that one forged answer on the way is not enough. fetch looks; here is
 * what was found.
 */
#include "serve/private.h"

#define CHALLENGE "_tocsin-challenge."

enum { CHECKS_A_DAY = 50, AGAIN_SECONDS = MINUTE };

/* ---- asked for -------------------------------------------------------------------------------------------------- */

bool domain_is_ours(struct call *c, const char *domain)
{
	const struct json_node *list = json_member(json_member(room_identity(c->a, &c->room), "organisation"), "domains");

	for (const struct json_node *d = list != NULL ? list->child : NULL; d != NULL; d = d->next)
		if (span_eq(d->text, span_str(domain)))
			return true;
	return false;
}

static enum errc proof_begin(struct call *c, const char *method, struct err *e)
{
	static const char *const names[] = {"domain", NULL};
	const char *domain;
	struct json j;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "domain", 253, false, &domain))
		return OK;
	if (!domain_is_ours(c, domain))
		return refuse(c, NOT_FOUND);
	/* One too many in a minute is none of the day's: who is impatient can still prove it today. */
	if ((rc = call_limit(c, method, c->room.id, MINUTE, 1, e)) != OK || c->refusal != FINE ||
	    (rc = call_limit(c, method, c->room.id, DAY, CHECKS_A_DAY, e)) != OK || c->refusal != FINE)
		return rc;
	c->answer.status = 202;
	j = json_to(c->out);
	json_open(&j, NULL, '{');
	json_str(&j, "state", "working");
	json_close(&j, '}');
	return sql_run(c->l->db, e, "INSERT INTO proof (room, claim, method, target, state, made, next) SELECT room,"
	    " id, ?5, ?1, 'working', ?2, ?2 FROM claim"
	    " WHERE room = ?3 AND account = ?4 ON CONFLICT DO UPDATE SET state = 'working', made = ?2, next = ?2,"
	    " waiting = 0, good = 0, first_good = NULL"
	    " WHERE state = 'failed'", "tittt", domain, c->l->now, c->room.id, c->me.id, method);
}

enum errc route_proof_dns(struct call *c, struct err *e) { return proof_begin(c, "dns", e); }
enum errc route_proof_file(struct call *c, struct err *e) { return proof_begin(c, "file", e); }

/* ---- looked for ------------------------------------------------------------------------------------------------- */

static enum errc look(struct logic *l, const char *method, const char *domain, struct err *e)
{
	bool dns = strcmp(method, "dns") == 0;
	enum errc rc;

	if ((rc = sql_run(l->db, e, "UPDATE proof SET waiting = ?1 WHERE state = 'working' AND next <= ?1 AND target = ?2"
	    " AND method = ?3", "itt", l->now, domain, method)) != OK)
		return rc;
	buf_clear(&l->ask);
	buf_bytes(&l->ask, span_str(dns ? arena_printf(l->a, CHALLENGE "%s", domain) : domain));
	if ((rc = buf_check(&l->ask, e)) != OK)
		return rc;
	return logic_send(l, dns ? WIRE_DNS : WIRE_FILE, e);
}

/* One question at a time: fetch has one thread, and a claim can wait. */
enum errc proofs_due(struct logic *l, struct err *e)
{
	sqlite3_stmt *q;
	const char *domain = NULL, *method = NULL;
	int64_t busy;
	enum errc rc;

	if ((rc = sql_int(l->db, &busy, 0, e, "SELECT count(*) FROM proof WHERE waiting > ?", "i",
	    l->now - AGAIN_SECONDS)) != OK || busy != 0)
		return rc;
	/* Nobody takes an answer for a claim that has expired: it would be asked for first, for ever, and no other at all. */
	q = sql_query(l->db, e, "SELECT p.target, p.method FROM proof p JOIN claim k ON k.id = p.claim WHERE p.state = 'working' AND p.next <= ?1"
	    " AND k.expires > ?1 ORDER BY p.next LIMIT 1", "i", l->now);
	if (sql_next(l->db, q, &rc, e)) {
		domain = sql_text(l->a, q, 0);
		method = sql_text(l->a, q, 1);
		sql_done(q);
		if (domain == NULL || method == NULL)
			return err_memory(e);
	}
	return rc != OK || domain == NULL ? rc : look(l, method, domain, e);
}

/* ---- found ------------------------------------------------------------------------------------------------------ */

struct checked { const char *method, *room, *claim, *target; span value; int64_t good, first_good; };

/* Every vantage point must have it, and none may have met a forgery. c: behind the name. */
static bool dns_holds(struct cursor c, span value, const char **dnssec)
{
	uint32_t answers = cursor_u32(&c);
	bool all = answers != 0;

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

/* The value and nothing else stands in the file. c: behind the domain. */
static bool file_holds(struct cursor c, span value, const char **dnssec)
{
	bool there = cursor_u8(&c) == 1;
	span text = cursor_bytes(&c);

	*dnssec = "";
	return cursor_done(&c) && there && span_eq(text, value);
}

/* behind: the answer behind its name, which is how its claims were found. */
static enum errc check_one(struct logic *l, const struct checked *x, span answer, struct cursor behind, struct err *e)
{
	const char *dnssec, *want = arena_printf(l->a, "tocsin-claim=%.*s", (int)x->value.n, (const char *)x->value.p);
	int64_t good = x->good + 1, first, pause;
	struct digest d;
	struct json j;
	bool dns = strcmp(x->method, "dns") == 0, found, done;
	enum errc rc;

	if (want == NULL)
		return err_memory(e);
	found = (dns ? dns_holds : file_holds)(behind, span_str(want), &dnssec);
	first = x->first_good != 0 ? x->first_good : l->now;
	done = found && good >= l->c->checks && l->now - first >= l->c->checks_seconds;
	pause = l->c->checks_seconds / (l->c->checks - 1);
	if (pause < l->c->check_pause)
		pause = l->c->check_pause;
	sha256_of(answer, &d);
	j = event_begin(l, "proof", x->room);
	json_str(&j, "method", x->method);
	json_str(&j, "domain", x->target);
	json_bool(&j, "found", found);
	json_str(&j, "dnssec", dnssec);
	json_str(&j, "vantage", dns && l->c->second_resolver != NULL ? "two" : "one");
	json_digest(&j, "answer_sha256", &d);
	event_end(l, &j);
	if ((rc = sql_run(l->db, e, "INSERT INTO proof_check (claim, method, target, at, found, dnssec) VALUES (?,"
	    " ?, ?, ?, ?, ?)", "tttiit", x->claim, x->method, x->target, l->now,
	         (int64_t)found, dnssec)) != OK ||
	    (rc = sql_run(l->db, e, "UPDATE proof SET waiting = 0, state = ?, good = ?, first_good = ?, next ="
	    " nullif(?, 0) WHERE claim = ? AND method = ? AND target = ?",
	         "tiiittt", done ? "proven" : found ? "working" : "failed", found ? good : (int64_t)0,
	         found ? first : (int64_t)0,
	         found && !done ? l->now + pause : (int64_t)0, x->claim, x->method,
	         x->target)) != OK)
		return rc;
	return done ? claim_stands(l, x->room, x->claim, e) : OK;
}

enum errc proof_answer(struct logic *l, bool dns, span answer, struct err *e)
{
	enum { MOST = 16 };
	struct checked x[MOST];
	struct cursor c = cursor_of(answer);
	span name = cursor_bytes(&c), domain = dns ? span_from(name, strlen(CHALLENGE)) : name;
	const char *method = dns ? "dns" : "file";
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT p.room, p.claim, p.target, k.value, p.good,"
	    " coalesce(p.first_good, 0) FROM proof p JOIN claim k ON k.id = p.claim"
	    " WHERE p.waiting > 0 AND p.state = 'working' AND p.method = ? AND p.target = ? AND k.expires > ?"
	    " LIMIT 16", "tsi", method, domain, l->now);
	size_t n = 0;
	enum errc rc = OK;

	while (n < MOST && rc == OK && sql_next(l->db, q, &rc, e)) {
		x[n] = (struct checked){method, sql_text(l->a, q, 0), sql_text(l->a, q, 1), sql_text(l->a, q, 2),
		    arena_copy(l->a, sql_col(q, 3)), sql_col_int(q, 4), sql_col_int(q, 5)};
		if (x[n].room == NULL || x[n].claim == NULL || x[n].target == NULL || x[n].value.p == NULL)
			rc = err_memory(e);
		n++;
	}
	sql_done(q);
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = check_one(l, &x[i], answer, c, e);
	return rc;
}
