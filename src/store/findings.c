#include "store/findings.h"

#include <stdio.h>

#include "case/names.h"
#include "store/db.h"
#include "store/parties.h"

_Static_assert(COVERAGE_FAILED == 3, "a statement below spells this number");

enum errc findings_begin(struct store *st, const struct digest *rules, size_t n_rules, int64_t *ruleset_id, bool *fresh,
    struct err *e)
{
	int64_t any;
	enum errc rc;

	if ((rc = sql_run(st->sql, e, "INSERT INTO ruleset (digest, n_rules) VALUES (?1, ?2) ON CONFLICT DO NOTHING", "di", rules,
	    (int64_t)n_rules)) != OK ||
	    (rc = sql_int(st->sql, ruleset_id, 0, e, "SELECT id FROM ruleset WHERE digest = ?1", "d", rules)) != OK ||
	    (rc = sql_int(st->sql, &any, 0, e, "SELECT EXISTS (SELECT 1 FROM scanned) OR EXISTS (SELECT 1 FROM coverage)", "")) != OK)
		return rc;
	*fresh = any == 0;
	return OK;
}

#define DUE " FROM message m LEFT JOIN scanned s ON s.message_id = m.id WHERE m.id > ?1 AND in_scope(m.verdict) AND s.ruleset_id IS NOT ?2"

enum errc findings_due(struct store *st, int64_t ruleset_id, int64_t after, int64_t *ids, size_t max, size_t *n,
    struct err *e)
{
	return sql_ints(st->sql, sql_query(st->sql, e, "SELECT m.id" DUE " ORDER BY m.id LIMIT ?3", "iii", after, ruleset_id, (int64_t)max), ids, max, n, e);
}

enum errc findings_due_bytes(struct store *st, int64_t ruleset_id, uint64_t *n, struct err *e)
{
	int64_t bytes;
	enum errc rc = sql_int(st->sql, &bytes, 0, e, "SELECT sum(m.n_bytes)" DUE, "ii", (int64_t)0, ruleset_id);

	*n = rc == OK ? (uint64_t)bytes : 0;
	return rc;
}

enum errc findings_done(struct store *st, int64_t ruleset_id, uint64_t *n, struct err *e)
{
	int64_t count;
	enum errc rc = sql_int(st->sql, &count, 0, e, "SELECT count(*) FROM scanned WHERE ruleset_id = ?1", "i", ruleset_id);

	*n = (uint64_t)count;
	return rc;
}

enum errc findings_forget(struct store *st, int64_t message_id, struct err *e)
{
	enum errc rc;

	if ((rc = sql_run(st->sql, e, "DELETE FROM finding WHERE message_id = ?1", "i", message_id)) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM coverage WHERE message_id = ?1", "i", message_id)) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM waiting WHERE message_id = ?1", "i", message_id)) != OK)
		return rc;
	return sql_run(st->sql, e, "DELETE FROM scanned WHERE message_id = ?1", "i", message_id);
}

enum errc findings_scanned(struct store *st, int64_t message_id, int64_t ruleset_id, const struct scanned *s, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO scanned (message_id, ruleset_id, n_text, n_parts, n_members, n_unread)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, (SELECT count(*) FROM coverage WHERE message_id = ?1))", "iiiii",
	    message_id, ruleset_id, (int64_t)s->n_text, (int64_t)s->n_parts, (int64_t)s->n_members);
}

enum errc findings_coverage(struct store *st, int64_t message_id, const struct coverage_row *c, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO coverage (message_id, path, type, filename, n_bytes, outcome, reason)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING", "isssiis", message_id, c->path, c->type, c->filename,
	    (int64_t)c->n_bytes, (int64_t)c->outcome, c->reason);
}

static bool take_unread(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct unread *u = row;

	*u = (struct unread){.message_id = sqlite3_column_int64(q, 0), .path = arena_copy(a, sql_col(q, 1)), .failed = sqlite3_column_int(q, 2) != 0};
	return u->path.p != NULL;
}

#define HAS_FAILED " (outcome = 3 AND path <> '') "
enum errc findings_unread(struct store *st, struct arena *a, int64_t first, int64_t last, bool failed_only, struct unread **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT message_id, path," HAS_FAILED "FROM coverage WHERE message_id BETWEEN ?1 AND ?2"
	    " AND (NOT ?3 OR" HAS_FAILED ") ORDER BY message_id, path", "iii", first, last, (int64_t)failed_only);

	return GATHER(st, a, q, take_unread, out, n, e);
}

enum errc findings_put(struct store *st, int64_t message_id, const struct finding *f, struct err *e)
{
	int64_t exposure;
	enum errc rc;

	if ((rc = sql_run(st->sql, e, "INSERT INTO exposure (digest, class, severity, masked) VALUES (?1, ?2, ?3, ?4)"
	    " ON CONFLICT DO NOTHING", "dtis", &f->exposure, f->class, (int64_t)f->severity, f->masked)) != OK ||
	    (rc = sql_int(st->sql, &exposure, 0, e, "SELECT id FROM exposure WHERE digest = ?1", "d", &f->exposure)) != OK)
		return rc;
	return sql_run(st->sql, e, "INSERT INTO finding (message_id, path, part_type, at_byte, n_bytes, class, detector, severity,"
	    " certainty, masked, host, place, exposure_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)", "issiitsiisssi",
	    message_id, f->path, f->part_type, (int64_t)f->at_byte, (int64_t)f->n_bytes, f->class, f->detector,
	    (int64_t)f->severity, (int64_t)f->certainty, f->masked, f->host, f->place, exposure);
}

/* Bytes [?2, ?2 + ?3) of a text. */
#define IS_STARRED(text) text " = CAST(substr(CAST(" text " AS BLOB), 1, ?2) AS TEXT)" \
	" || replace(hex(zeroblob(min(?3, length(CAST(" text " AS BLOB)) - ?2))), '00', '*')" \
	" || CAST(substr(CAST(" text " AS BLOB), ?2 + ?3 + 1) AS TEXT)"

enum errc findings_mask_subject(struct store *st, int64_t message_id, uint64_t at_byte, uint64_t n_bytes, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE message SET " IS_STARRED("subject") " WHERE id = ?1 AND length(CAST(subject AS BLOB)) > ?2", "iii",
	    message_id, (int64_t)at_byte, (int64_t)n_bytes);
}

/* A part by message and path, and those that wait and are the same. */
#define IS_THAT_PART "((message_id = ?1 AND path = ?4) OR (message_id, path) IN (SELECT o.message_id, o.path FROM waiting w JOIN waiting o ON o.key = w.key" \
	" WHERE w.message_id = ?1 AND w.path = ?4)) AND length(CAST(filename AS BLOB)) > ?2"

enum errc findings_mask_name(struct store *st, int64_t message_id, span path, uint64_t at_byte, uint64_t n_bytes, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "UPDATE part SET " IS_STARRED("filename") " WHERE " IS_THAT_PART, "iiis", message_id, (int64_t)at_byte,
	    (int64_t)n_bytes, path);

	return rc != OK ? rc : sql_run(st->sql, e, "UPDATE coverage SET " IS_STARRED("filename") " WHERE " IS_THAT_PART, "iiis", message_id,
	    (int64_t)at_byte, (int64_t)n_bytes, path);
}

static bool take_digest(struct arena *a, sqlite3_stmt *q, void *row)
{
	(void)a;
	sql_digest(q, 0, row);
	return true;
}

enum errc findings_digests(struct store *st, struct arena *a, struct digest **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT digest FROM exposure WHERE id IN (SELECT exposure_id FROM finding)", "");

	return GATHER(st, a, q, take_digest, out, n, e);
}

/* One that is wanted. */
struct keeps { struct arena *a; kept_wanted_fn *wanted; void *ctx; struct kept_words *v; size_t n, cap; };
static enum errc kept_add(struct keeps *k, int64_t message_id, span what, span words, struct err *e)
{
	struct kept_words *more, row = {.message_id = message_id};

	if (!k->wanted(k->ctx, words))
		return OK;
	if ((more = arena_grow(k->a, k->v, k->n, &k->cap, sizeof *more, 64)) == NULL || (row.what = arena_copy(k->a, what)).p == NULL ||
	    (row.words = arena_copy(k->a, words)).p == NULL)
		return err_memory(e);
	k->v = more;
	k->v[k->n++] = row;
	return OK;
}

/* The view of parties takes seven times as long. */
static enum errc parties_kept(struct keeps *k, struct arena *scratch, int64_t message_id, span list, struct err *e)
{
	struct party_seen p;
	char what[32];
	enum errc rc = OK;

	arena_reset(scratch);
	for (size_t i = 0; rc == OK && party_next(&list, &p); i++) {
		span name = p.json_name;

		if (name.n == 0)
			continue;
		if (span_find_byte(name, '\\') < name.n) {
			const char *decoded = party_name(scratch, &p);

			if (decoded == NULL)
				return err_memory(e);
			name = span_str(decoded);
		}
		(void)snprintf(what, sizeof what, KEPT_PARTY "%zu", i);
		rc = kept_add(k, message_id, span_str(what), name, e);
	}
	return rc;
}

enum errc findings_kept(struct store *st, struct arena *a, struct arena *scratch, kept_wanted_fn *wanted, void *ctx, struct kept_words **out, size_t *n,
    struct err *e)
{
	struct keeps k = {.a = a, .wanted = wanted, .ctx = ctx};
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, 'subject', subject FROM message WHERE subject <> ''"
	    " UNION ALL SELECT message_id, path, filename FROM part WHERE filename <> ''"
	    " UNION ALL SELECT message_id, path, filename FROM coverage WHERE filename <> ''", "");
	enum errc rc;

	while (sql_next(st->sql, q, &rc, e) && (rc = kept_add(&k, sqlite3_column_int64(q, 0), sql_col(q, 1), sql_col(q, 2), e)) == OK)
		;
	sql_done(q);
	if (rc != OK)
		return rc;
	q = sql_query(st->sql, e, "SELECT message_id, list FROM party_list", "");
	while (sql_next(st->sql, q, &rc, e) && (rc = parties_kept(&k, scratch, sqlite3_column_int64(q, 0), sql_col(q, 1), e)) == OK)
		;
	sql_done(q);
	*out = k.v;
	*n = k.n;
	return rc;
}

/* Messages with a secret in the name of a member that are due to be attributed again. */
#define ASKED_BEFORE \
	"SELECT f.message_id FROM finding f JOIN attributed a ON a.message_id = f.message_id JOIN scanned s ON s.message_id = f.message_id" \
	" WHERE f.place = 'name' AND a.ruleset_id <> s.ruleset_id"

enum errc findings_finish(struct store *st, uint64_t *n_exposures, struct err *e)
{
	int64_t n = 0;
	enum errc rc;

	if ((rc = sql_run(st->sql, e, "DELETE FROM owner WHERE exposure_id NOT IN (SELECT exposure_id FROM finding)", "")) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM exposure WHERE id NOT IN (SELECT exposure_id FROM finding)"
	    " AND id NOT IN (SELECT exposure_id FROM told)", "")) != OK ||
	    (rc = sql_run(st->sql, e, "UPDATE exposure SET (class, severity, masked) = (SELECT f.class, f.severity, f.masked"
	    " FROM finding f WHERE f.exposure_id = exposure.id ORDER BY f.severity DESC, f.certainty DESC, f.id LIMIT 1)"
	    " WHERE id IN (SELECT exposure_id FROM finding)", "")) != OK ||
	    /* Whom a message concerns was asked before a name in it was known to hold a secret: until it is asked again only the archive is said. */
	    (rc = sql_run(st->sql, e, "UPDATE link SET at = substr(at, 1, instr(at, '!/')) WHERE instr(at, '!/') > 0 AND message_id IN (" ASKED_BEFORE ")", "")) != OK ||
	    (rc = sql_run(st->sql, e, "UPDATE attributed SET ruleset_id = 0 WHERE message_id IN (" ASKED_BEFORE ")", "")) != OK ||
	    (rc = sql_int(st->sql, &n, 0, e, "SELECT count(DISTINCT exposure_id) FROM finding", "")) != OK)
		return rc;
	*n_exposures = (uint64_t)n;
	return OK;
}
