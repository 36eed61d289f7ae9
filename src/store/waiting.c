#include "store/waiting.h"

#include "base/buf.h"
#include "base/limits.h"
#include "case/names.h"
#include "store/db.h"

/* Of row w: none of its key stands before it. */
#define FIRST "NOT EXISTS (SELECT 1 FROM waiting o WHERE o.key = w.key AND (o.message_id, o.path) < (w.message_id, w.path))"
/* Rows of part ?2 of message ?1: its own, and those of what lies in it ("2!/dir/hosts.csv"). */
#define OF_PART(t) t ".message_id = ?1 AND (" t ".path = ?2 OR (" t ".path >= ?2 || '!' AND " t ".path < ?2 || '\"'))"
/* The others of its key, and the path that a row of it has there. */
#define OTHERS "w.key = ?3 AND (w.message_id, w.path) <> (?1, ?2)"
#define PATH_THERE(t) "w.path || substr(" t ".path, length(?2) + 1)"

enum errc waiting_begin(struct store *st, struct err *e)
{
	static const char *const sql[] = {
	    "DELETE FROM coverage WHERE (message_id, path) IN (SELECT message_id, path FROM waiting WHERE state = 2)",
	    ("UPDATE scanned SET n_parts = n_parts - w.n, n_unread = n_unread - w.n FROM (SELECT message_id, count(*) AS n FROM waiting"
	     " WHERE state = 2 GROUP BY message_id) w WHERE w.message_id = scanned.message_id"),
	    "UPDATE waiting SET state = 0 WHERE state <> 0"};
	int64_t any;
	enum errc rc = sql_int(st->sql, &any, 0, e, "SELECT EXISTS (SELECT 1 FROM waiting WHERE state <> 0)", "");

	for (size_t i = 0; i < sizeof sql / sizeof *sql && rc == OK && any != 0; i++)
		rc = sql_run(st->sql, e, sql[i], "");
	return rc;
}

/* What is damaged is like nothing else: what decoding leaves is not all that its reading rests on. */
static enum errc key_of(struct store *st, int64_t message_id, span path, span charset, struct digest *key, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT sha256, type, filename, problems FROM part WHERE message_id = ?1 AND path = ?2", "is", message_id, path);
	struct buf b;
	enum errc rc;

	buf_init(&b, 64 * KIB);
	if (sql_next(st->sql, q, &rc, e)) {
		for (int i = 0; i < 3; i++)
			buf_bytes(&b, sql_col(q, i));
		buf_bytes(&b, charset);
		if (sqlite3_column_int64(q, 3) != 0) {
			buf_u64(&b, (uint64_t)message_id);
			buf_bytes(&b, path);
		}
		sha256_of(buf_span(&b), key);
		rc = buf_check(&b, e);
	} else if (rc == OK) {
		rc = err_set(e, ERR_EVIDENCE, "the worker's answer makes no sense");
	}
	sql_done(q);
	buf_free(&b);
	return rc;
}

enum errc waiting_put(struct store *st, int64_t message_id, span path, span charset, struct err *e)
{
	struct digest key;
	enum errc rc = key_of(st, message_id, path, charset, &key, e);

	return rc != OK ? rc : sql_run(st->sql, e, "INSERT INTO waiting (message_id, path, key, state) VALUES (?1, ?2, ?3, 0)"
	    " ON CONFLICT DO NOTHING", "isd", message_id, path, &key);
}

enum errc waiting_messages(struct store *st, enum waiting_state state, int64_t after, int64_t *ids, size_t max, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT DISTINCT w.message_id FROM waiting w WHERE w.message_id > ?1 AND w.state = ?2 AND " FIRST
	    " ORDER BY w.message_id LIMIT ?3", "iii", after, (int64_t)state, (int64_t)max);

	return sql_ints(st->sql, q, ids, max, n, e);
}

enum errc waiting_paths(struct store *st, struct arena *a, int64_t message_id, enum waiting_state state, span **paths, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT w.path FROM waiting w WHERE w.message_id = ?1 AND w.state = ?2 AND " FIRST
	    " ORDER BY w.path LIMIT iif(?2 = 1, 1, -1)", "ii", message_id, (int64_t)state);
	size_t cap = 0;
	enum errc rc;

	*paths = NULL;
	*n = 0;
	while (sql_next(st->sql, q, &rc, e)) {
		span *more = arena_grow(a, *paths, *n, &cap, sizeof **paths, 8), path = arena_copy(a, sql_col(q, 0));

		if (more == NULL || path.p == NULL) {
			rc = err_memory(e);
			break;
		}
		*paths = more;
		(*paths)[(*n)++] = path;
	}
	sql_done(q);
	return rc;
}

enum errc waiting_forget(struct store *st, int64_t message_id, span path, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "DELETE FROM finding WHERE " OF_PART("finding"), "is", message_id, path);

	return rc != OK ? rc : sql_run(st->sql, e, "DELETE FROM coverage WHERE " OF_PART("coverage"), "is", message_id, path);
}

/* The key of a part that waits; none has that of one that does not. */
static enum errc key_waiting(struct store *st, int64_t message_id, span path, struct digest *key, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT key FROM waiting WHERE message_id = ?1 AND path = ?2", "is", message_id, path);
	enum errc rc;

	*key = (struct digest){{0}};
	if (sql_next(st->sql, q, &rc, e))
		sql_digest(q, 0, key);
	sql_done(q);
	return rc;
}

/* Rows of the part for the others of its key. */
static enum errc copy_rows(struct store *st, int64_t message_id, span path, const struct digest *key, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "INSERT INTO finding (message_id, path, part_type, at_byte, n_bytes, class, detector, severity,"
	    " certainty, masked, host, place, exposure_id) SELECT w.message_id, " PATH_THERE("f") ", f.part_type, f.at_byte, f.n_bytes,"
	    " f.class, f.detector, f.severity, f.certainty, f.masked, f.host, f.place, f.exposure_id FROM waiting w CROSS JOIN finding f"
	    " WHERE " OTHERS " AND " OF_PART("f") " ORDER BY w.message_id, w.path, f.id", "isd", message_id, path, key);

	return rc != OK ? rc : sql_run(st->sql, e, "INSERT INTO coverage (message_id, path, type, filename, n_bytes, outcome, reason)"
	    " SELECT w.message_id, " PATH_THERE("c") ", c.type, c.filename, c.n_bytes, c.outcome, c.reason FROM waiting w"
	    " CROSS JOIN coverage c WHERE " OTHERS " AND " OF_PART("c") " ON CONFLICT DO NOTHING", "isd", message_id, path, key);
}

enum errc waiting_read(struct store *st, int64_t message_id, span path, const struct scanned *s, uint64_t *copies, struct err *e)
{
	struct digest key;
	int64_t n;
	enum errc rc;

	*copies = 0;
	if ((rc = key_waiting(st, message_id, path, &key, e)) != OK ||
	    (rc = sql_int(st->sql, &n, 0, e, "SELECT count(*) FROM waiting w WHERE " OTHERS, "isd", message_id, path, &key)) != OK)
		return rc;
	*copies = (uint64_t)n;
	if (n != 0 && (rc = copy_rows(st, message_id, path, &key, e)) != OK)
		return rc;
	/* A message may hold the same twice. */
	if ((rc = sql_run(st->sql, e, "UPDATE scanned SET n_text = n_text + w.n * ?2, n_parts = n_parts + w.n * ?3, n_members = n_members + w.n * ?4,"
	         " n_unread = (SELECT count(*) FROM coverage c WHERE c.message_id = scanned.message_id)"
	         " FROM (SELECT message_id, count(*) AS n FROM waiting WHERE key = ?1 GROUP BY message_id) w"
	         " WHERE w.message_id = scanned.message_id", "diii", &key, (int64_t)s->n_text, (int64_t)s->n_parts,
	         (int64_t)s->n_members)) != OK ||
	    /* Whom it concerns was asked without it, where it failed before. */
	    (rc = sql_run(st->sql, e, "UPDATE attributed SET ruleset_id = 0 WHERE message_id IN (SELECT message_id FROM waiting WHERE key = ?1)",
	         "d", &key)) != OK)
		return rc;
	return sql_run(st->sql, e, "DELETE FROM waiting WHERE key = ?1", "d", &key);
}

enum errc waiting_alone(struct store *st, int64_t message_id, span path, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE waiting SET state = 1 WHERE message_id = ?1 AND path = ?2", "is", message_id, path);
}

enum errc waiting_failed(struct store *st, int64_t message_id, span path, span reason, uint64_t *n, struct err *e)
{
	struct digest key;
	enum errc rc = key_waiting(st, message_id, path, &key, e);

	*n = 0;
	if (rc != OK || (rc = sql_run(st->sql, e, "INSERT INTO coverage (message_id, path, type, filename, n_bytes, outcome, reason)"
	    " SELECT w.message_id, w.path, p.type, p.filename, p.n_bytes, ?2, ?3 FROM waiting w JOIN part p ON p.message_id = w.message_id"
	    " AND p.path = w.path WHERE w.key = ?1 ORDER BY w.message_id, w.path ON CONFLICT DO UPDATE SET outcome = excluded.outcome,"
	    " reason = excluded.reason", "dis", &key, (int64_t)COVERAGE_FAILED, reason)) != OK)
		return rc;
	*n = (uint64_t)sql_changed(st->sql);
	rc = sql_run(st->sql, e, "UPDATE scanned SET n_parts = n_parts + w.n, n_unread = (SELECT count(*) FROM coverage c"
	    " WHERE c.message_id = scanned.message_id) FROM (SELECT message_id, count(*) AS n FROM waiting WHERE key = ?1"
	    " GROUP BY message_id) w WHERE w.message_id = scanned.message_id", "d", &key);
	return rc != OK ? rc : sql_run(st->sql, e, "UPDATE waiting SET state = 2 WHERE key = ?1", "d", &key);
}
