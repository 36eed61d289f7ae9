/*
 * The second host: checkpoints of the log go to a witness (c2sp.org/tlog-witness), which sees that each goes on from the one
 * before and signs that, so that whoever owns this host can add to the log, and cannot take back. log makes the proofs and
 * checks the signature, fetch carries them; here is when, and what it means that it did not work. What the witness says of
 * itself (409: it has seen another size than we thought) nobody signed: it is where the next proof begins, it is asked no
 * sooner for that, and once an hour the proof begins all the same where it last signed.
 */
#include "serve/private.h"

enum { AGAIN = MINUTE, AT_LEAST = HOUR };

/* size: of the log that it last signed; said: what it says that it has seen, -1 for nothing. */
struct witness { int64_t size, at, alarmed, said; };

/* From the first start on: a witness that never answered is late, too. */
static enum errc witness_load(struct logic *l, struct witness *w, struct err *e)
{
	sqlite3_stmt *q;
	enum errc rc;

	if ((rc = sql_run(l->db, e, "INSERT INTO witness (name, size, at) VALUES (?, 0, ?) ON CONFLICT DO NOTHING", "ti",
	    l->c->witness_name, l->now)) != OK)
		return rc;
	q = sql_query(l->db, e, "SELECT size, at, alarmed, coalesce(said, -1) FROM witness WHERE name = ?", "t", l->c->witness_name);
	if (!sql_next(l->db, q, &rc, e))
		return rc != OK ? rc : err_set(e, ERR_WORLD, "portal.db has lost a row");
	*w = (struct witness){sql_col_int(q, 0), sql_col_int(q, 1), sql_col_int(q, 2), sql_col_int(q, 3)};
	sql_done(q);
	return OK;
}

/* In the log, which the evidence side takes, and in the journal; again when that long has gone by again. */
static enum errc alarm_raise(struct logic *l, const char *kind, int64_t n, const char *text, struct err *e)
{
	struct json j = event_begin(l, "alarm", NULL);

	json_str(&j, "kind", kind);
	json_i64(&j, "n", n);
	event_end(l, &j);
	process_say("logic", text);
	return sql_run(l->db, e, "UPDATE witness SET alarmed = ? WHERE name = ?", "it", l->now, l->c->witness_name);
}

static enum errc late(struct logic *l, const struct witness *w, struct err *e)
{
	int64_t most = (int64_t)l->c->witness_hours * HOUR;

	if (l->now - w->at < most || l->now - w->alarmed < most)
		return OK;
	return alarm_raise(l, "witness", (l->now - w->at) / HOUR, "the witness has not signed the log for hours", e);
}

/* A log that is shorter than what was seen of it: put back from a copy, or cut. */
static enum errc shorter(struct logic *l, const struct witness *w, int64_t by, struct err *e)
{
	if (l->now - w->alarmed < (int64_t)l->c->witness_hours * HOUR)
		return OK;
	return alarm_raise(l, "log_shorter", by, "the log is shorter than what the witness has seen of it", e);
}

static enum errc ask(struct logic *l, const struct witness *w, struct err *e)
{
	bool signed_one = w->said < 0 || l->now - l->witness_signed >= AT_LEAST, can;
	int64_t from = signed_one ? w->size : w->said;
	struct cursor c;
	uint64_t size;
	span request;
	enum errc rc;

	if (signed_one)
		l->witness_signed = l->now;
	buf_clear(&l->ask);
	buf_u64(&l->ask, (uint64_t)from);
	if ((rc = logic_ask(l, l->fds->log, WIRE_GROWTH, e)) != OK)
		return rc;
	c = cursor_of(buf_span(&l->answer));
	can = cursor_u8(&c) == 1;
	size = cursor_u64(&c);
	if (!can)
		return shorter(l, w, from - (int64_t)size, e);
	request = cursor_bytes(&c);
	if (!cursor_done(&c))
		return err_set(e, ERR_WORLD, "the log answers something else");
	/* Nothing new: once an hour is enough to show that it is still so. */
	if (w->said < 0 && size == (uint64_t)w->size && l->now - w->at < AT_LEAST)
		return OK;
	buf_clear(&l->ask);
	buf_put(&l->ask, request);
	if ((rc = buf_check(&l->ask, e)) != OK)
		return rc;
	return logic_send(l, WIRE_WITNESS, e);
}

enum errc witness_due(struct logic *l, struct err *e)
{
	struct witness w = {0};
	enum errc rc;

	if (l->c->witness == NULL || l->now - l->witness_tried < AGAIN)
		return OK;
	l->witness_tried = l->now;
	if ((rc = witness_load(l, &w, e)) != OK || (rc = late(l, &w, e)) != OK)
		return rc;
	return ask(l, &w, e);
}

/* The decimal number that a 409 has for its body. */
static enum errc seen(struct logic *l, span said, struct err *e)
{
	uint64_t size;

	if (!span_number(span_trim(said), INT64_MAX, &size))
		return OK;
	return sql_run(l->db, e, "UPDATE witness SET said = nullif(?1, size) WHERE name = ?2", "it", (int64_t)size, l->c->witness_name);
}

enum errc witness_answer(struct logic *l, span answer, struct err *e)
{
	struct cursor c = cursor_of(answer);
	uint32_t status = cursor_u32(&c);
	span said = cursor_bytes(&c);
	enum errc rc;

	if (!cursor_done(&c) || l->c->witness == NULL)
		return OK;
	if (status == 409)
		return seen(l, said, e);
	if (status != 200)
		return OK;
	buf_clear(&l->ask);
	buf_bytes(&l->ask, said);
	buf_u64(&l->ask, (uint64_t)l->now);
	if ((rc = buf_check(&l->ask, e)) != OK || (rc = logic_ask(l, l->fds->log, WIRE_COSIGNED, e)) != OK)
		return rc;
	c = cursor_of(buf_span(&l->answer));
	if (cursor_u8(&c) != 1)
		return OK;
	return sql_run(l->db, e, "UPDATE witness SET size = ?, at = ?, alarmed = 0, said = NULL WHERE name = ?", "iit", (int64_t)cursor_u64(&c),
	    l->now, l->c->witness_name);
}
