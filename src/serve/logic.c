/*
 * The logic process: the state and the sealed records, no network and no key. Requests come one by one, and in
 * between what the clock ends.
 */
#include "serve/private.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "portal-schema.h"

enum { TICK_MS = 250, STEP_REST_MS = 20, STATE_VERSION = 3 /* of portal.sql */ };

enum errc logic_ask(struct logic *l, int fd, enum wire_kind kind, struct err *e)
{
	enum errc rc;

	if (l->lost)
		return err_set(e, ERR_WORLD, "a process of the portal did not answer before");
	rc = wire_ask(fd, kind, buf_span(&l->ask), &l->answer, e);
	l->lost = rc != OK;
	return rc;
}

enum errc logic_send(struct logic *l, enum wire_kind kind, struct err *e)
{
	enum errc rc;

	if (l->lost)
		return err_set(e, ERR_WORLD, "a process of the portal did not answer before");
	rc = wire_send(l->fds->fetch, kind, buf_span(&l->ask), e);
	l->lost = rc != OK;
	return rc;
}

static enum errc each_second(struct logic *l, void *ctx, struct err *e)
{
	enum errc rc;

	(void)ctx;
	if (!clock_held(l) && (rc = rooms_expire(l, e)) != OK)
		return rc;
	if ((rc = proofs_due(l, e)) != OK)
		return rc;
	return witness_due(l, e);
}

static enum errc each_minute(struct logic *l, void *ctx, struct err *e)
{
	enum errc rc;

	(void)ctx;
	if ((rc = sessions_expire(l, e)) != OK || (rc = limits_expire(l, e)) != OK ||
	    (rc = sign_ons_expire(l, e)) != OK || (rc = exports_expire(l, e)) != OK)
		return rc;
	if (!clock_held(l) && ((rc = invitations_expire(l, e)) != OK || (rc = reminders_due(l, e)) != OK))
		return rc;
	streams_expire(l);
	return OK;
}

static bool steps_left(const struct logic *l) { return l->to_look || l->stale; }

/* A step when nobody waits; while somebody always does, one every now and then. */
static enum errc take_bundles(struct logic *l, bool asked, struct err *e)
{
	enum errc rc;

	if (!steps_left(l) || (asked && time_monotonic_ms() - l->stepped < STEP_REST_MS))
		return OK;
	/* Rows of an earlier try at the same bundle go before it is tried again; while one is at hand, some are its own. */
	if (!l->stale || l->arrival != NULL) {
		rc = drop_step(l, &l->to_look, e);
	} else if ((rc = logic_do(l, records_sweep, NULL, e)) == ERR_WORLD) {
		/* No reason to answer nobody: they are removed at the next start. */
		process_say("logic", e->text);
		l->stale = false;
		rc = OK;
	}
	l->stepped = time_monotonic_ms();
	return rc;
}

static enum errc tick(struct logic *l, struct err *e)
{
	enum errc rc;

	if ((rc = clock_read(l, e)) != OK || l->now == l->last_tick)
		return rc;
	l->last_tick = l->now;
	if ((rc = clock_look(l, CLOCK_LEAP, e)) != OK || (rc = logic_do(l, each_second, NULL, e)) != OK)
		return rc;
	if (l->now - l->last_minute >= MINUTE) {
		l->last_minute = l->now;
		if ((rc = logic_do(l, each_minute, NULL, e)) != OK)
			return rc;
	}
	l->to_look |= time_monotonic_ms() >= l->drop_rests;
	/* A checkpoint of what is new: the log process knows whether there is any. */
	buf_clear(&l->ask);
	return logic_ask(l, l->fds->log, WIRE_CHECKPOINT, e);
}

static enum errc started(struct logic *l, void *ctx, struct err *e)
{
	struct json j = event_begin(l, "start", NULL);
	enum errc rc;

	(void)ctx;
	json_digest(&j, "config_sha256", &l->c->sha256);
	json_str(&j, "version", TOCSIN_VERSION);
	event_end(l, &j);
	l->sync = true;
	/* Of links that were used before it was so. */
	rc = sql_run(l->db, e, "UPDATE invitation SET wrapped_ck = x'' WHERE state = 'used' AND wrapped_ck <> x''", "");
	return rc != OK ? rc : buf_check(&l->events, e);
}

/*
 * The log's key, and how long it is. One that was put back from a copy, or lost its end with the power, is shorter than the state knows:
 * other entries will have those numbers, and be of other cases.
 */
static enum errc log_met(struct logic *l, struct err *e)
{
	struct cursor c;
	enum errc rc;
	uint64_t size;
	span key;

	buf_clear(&l->ask);
	if ((rc = logic_ask(l, l->fds->log, WIRE_LOG_KEY, e)) != OK)
		return rc;
	c = cursor_of(buf_span(&l->answer));
	key = span_trim(cursor_bytes(&c));
	size = cursor_u64(&c);
	if (!cursor_done(&c))
		return err_set(e, ERR_WORLD, "the log answers something else");
	(void)snprintf(l->log_key, sizeof l->log_key, "%.*s", (int)(key.n < sizeof l->log_key ? key.n : 0),
	    (const char *)key.p);
	if ((rc = sql_run(l->db, e, "DELETE FROM entry WHERE n >= ?", "i", (int64_t)size)) == OK && sql_changed(l->db) != 0)
		process_say("logic", "the log is shorter than it was: the entries that it lacks are no case's any more");
	return rc;
}

static enum errc begin(struct logic *l, struct err *e)
{
	int64_t used;
	enum errc rc;

	if ((rc = log_met(l, e)) != OK || (rc = sql_int(l->db, &used, 0, e, "SELECT max(used) FROM session", "")) != OK)
		return rc;
	l->last_now = used > l->looked ? used : l->looked;
	if ((rc = clock_read(l, e)) != OK || (rc = clock_look(l, DAY, e)) != OK || (rc = logic_do(l, started, NULL, e)) != OK)
		return rc;
	return sealed_sweep(l, e);
}

static enum errc on_fetched(struct logic *l, void *ctx, struct err *e)
{
	const enum wire_kind *kind = ctx;
	span answer = buf_span(&l->in);

	if (*kind == WIRE_ISSUER)
		return issuer_metadata(l, answer, e);
	if (*kind == WIRE_WITNESS)
		return witness_answer(l, answer, e);
	if (*kind == WIRE_TOKEN)
		return issuer_token(l, answer, e);
	return proof_answer(l, *kind == WIRE_DNS, answer, e);
}

static enum errc from_front(struct logic *l, struct err *e)
{
	enum wire_kind kind;
	enum errc rc;

	if ((rc = wire_receive(l->fds->front, &kind, &l->in, e)) != OK || (rc = clock_read(l, e)) != OK)
		return rc;
	buf_clear(&l->answer);
	if (kind == WIRE_CHUNK)
		stream_piece(l, buf_span(&l->in), &l->answer);
	else
		call_run(l, buf_span(&l->in), &l->answer);
	return wire_send(l->fds->front, WIRE_ANSWER, buf_span(&l->answer), e);
}

static enum errc from_fetch(struct logic *l, struct err *e)
{
	enum wire_kind kind;
	enum errc rc;

	if ((rc = wire_receive(l->fds->fetch, &kind, &l->in, e)) != OK || (rc = clock_read(l, e)) != OK)
		return rc;
	return logic_do(l, on_fetched, &kind, e);
}

static enum errc loop(struct logic *l, struct err *e)
{
	struct pollfd p[] = {{l->fds->front, POLLIN, 0}, {l->fds->fetch, POLLIN, 0}, {l->fds->operators, POLLIN, 0}};
	enum errc rc = OK;
	int asked;

	while (rc == OK) {
		if ((asked = poll(p, 3, steps_left(l) ? 0 : TICK_MS)) < 0)
			return err_sys(e, "poll");
		if (p[0].revents != 0)
			rc = from_front(l, e);
		if (rc == OK && p[1].revents != 0)
			rc = from_fetch(l, e);
		if (rc == OK && p[2].revents != 0 && (rc = clock_read(l, e)) == OK)
			operator_serve(l);
		if (rc == OK && l->lost)
			rc = err_set(e, ERR_WORLD, "a process did not answer: all begin anew");
		if (rc == OK && (rc = tick(l, e)) == OK)
			rc = take_bundles(l, asked != 0, e);
	}
	return rc;
}

enum errc logic_new(struct logic **out, const struct serve_config *c, const struct process_fds *fds, struct err *e)
{
	struct logic *l = calloc(1, sizeof *l);
	enum errc rc;

	*out = l;
	if (l == NULL)
		return err_memory(e);
	l->c = c;
	l->fds = fds;
	l->stale = true;
	for (size_t i = 0; i < STREAMS; i++)
		l->streams[i].fd = -1;
	buf_init(&l->in, WIRE_MAX);
	buf_init(&l->out, WIRE_MAX - 64 * KIB);
	buf_init(&l->answer, WIRE_MAX);
	buf_init(&l->ask, WIRE_MAX);
	buf_init(&l->events, MIB);
	if ((rc = arena_new(&l->a, 256 * MIB, e)) != OK || (rc = arena_new(&l->kept, 16 * MIB, e)) != OK)
		return rc;
	return alerts_load(l, e);
}

void logic_free(struct logic *l)
{
	if (l == NULL)
		return;
	arrival_free(l->arrival);
	sql_close(l->db);
	arena_free(l->a);
	arena_free(l->kept);
	buf_free(&l->in);
	buf_free(&l->out);
	buf_free(&l->answer);
	buf_free(&l->ask);
	buf_free(&l->events);
	free(l);
}

enum errc state_open(struct sql **out, const char *path, struct err *e)
{
	static const char settings[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
	    "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA locking_mode"
	    " = EXCLUSIVE;";
	/* Records were of a case, now they are of its sealed file. */
	static const char from_2[] = "CREATE INDEX IF NOT EXISTS room_file ON room (file); ALTER TABLE record RENAME COLUMN room TO file;"
	    " DELETE FROM record WHERE file NOT IN (SELECT id FROM room WHERE file <> '');"
	    " UPDATE record SET file = (SELECT r.file FROM room r WHERE r.id = record.file);"
	    " CREATE INDEX record_id ON record (id); CREATE INDEX exposure_id ON exposure (id); PRAGMA user_version = 3;";
	int64_t version;
	enum errc rc;

	if ((rc = sql_open(out, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "portal.db", e)) != OK)
		return rc;
	(void)sqlite3_db_config((*out)->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if ((rc = sql_script(*out, settings, e)) != OK ||
	    (rc = sql_int(*out, &version, 0, e, "PRAGMA user_version", "")) != OK)
		return rc;
	/* All of it or nothing: a version without its tables would never be mended. */
	if (version == 0)
		return (rc = sql_begin(*out, e)) != OK || (rc = sql_script(*out, portal_schema_sql, e)) != OK ? rc : sql_commit(*out, e);
	if (version == 2)
		return (rc = sql_begin(*out, e)) != OK || (rc = sql_script(*out, from_2, e)) != OK ? rc : sql_commit(*out, e);
	return version == STATE_VERSION ? OK : err_set(e, ERR_USAGE, "portal.db is of another version of tocsin");
}

/* When the state was written last; of one that is not there, now. */
static int64_t last_written(const char *path)
{
	char log[4096 + 8];
	struct stat of, of_log;
	bool there = stat(path, &of) == 0;

	(void)snprintf(log, sizeof log, "%s-wal", path);
	if (!there)
		return time_now();
	return stat(log, &of_log) == 0 && of_log.st_mtime > of.st_mtime ? of_log.st_mtime : of.st_mtime;
}

enum errc logic_run(const struct serve_config *c, const struct process_fds *fds, struct err *e)
{
	const char *const folders[] = {c->db_dir, c->sealed_dir, c->outbox_dir, c->drop, NULL};
	struct logic *l;
	char path[4096];
	int64_t written;
	enum errc rc;

	(void)snprintf(path, sizeof path, "%s/portal.db", c->db_dir);
	written = last_written(path);
	if ((rc = logic_new(&l, c, fds, e)) == OK &&
	    (rc = jail_enter(&(struct jail_walls){.folders = folders, .accepts = fds->operators >= 0,
	    .bytes = 4 * GIB}, e)) == OK &&
	    (rc = state_open(&l->db, path, e)) == OK) {
		l->looked = written;
		l->looked_up = clock_up();
		if ((rc = begin(l, e)) == OK)
			rc = loop(l, e);
	}
	logic_free(l);
	return rc;
}
