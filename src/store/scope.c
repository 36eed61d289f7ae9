#include "store/scope.h"

#include "base/clock.h"
#include "store/db.h"

/* ---- log files ---- */

enum errc log_source_find(struct store *st, const char *path, int64_t member, struct log_source_row *out, bool *found,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT id, n_bytes, mtime_ns, state, sha256 FROM log_source WHERE path = ?1 AND member = ?2", "ti", path, member);
	enum errc rc;

	*found = false;
	if (!(*found = sql_next(st->sql, q, &rc, e)))
		return rc;
	*out = (struct log_source_row){.id = sqlite3_column_int64(q, 0),
	    .path = path,
	    .member = member,
	    .n_bytes = (uint64_t)sqlite3_column_int64(q, 1),
	    .mtime_ns = sqlite3_column_int64(q, 2),
	    .state = (enum source_state)sqlite3_column_int(q, 3)};
	sql_digest(q, 4, &out->sha256);
	sql_done(q);
	return OK;
}

enum errc log_source_after(struct store *st, struct arena *a, int64_t id, struct log_source_row *out, bool *found, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, path, n_bytes, sha256 FROM log_source WHERE id > ?1 AND member = -1 AND state = ?2 ORDER BY id LIMIT 1", "ii", id,
	    (int64_t)SOURCE_DONE);
	enum errc rc;

	if (!(*found = sql_next(st->sql, q, &rc, e)))
		return rc;
	*out = (struct log_source_row){.id = sqlite3_column_int64(q, 0), .path = sql_text(a, q, 1), .member = -1, .n_bytes = (uint64_t)sqlite3_column_int64(q, 2)};
	sql_digest(q, 3, &out->sha256);
	sql_done(q);
	return out->path == NULL ? err_memory(e) : OK;
}

enum errc log_source_put(struct store *st, const struct log_source_row *s, int64_t *id, struct err *e)
{
	enum errc rc = sql_run(st->sql, e,
	    "INSERT INTO log_source (path, member, member_name, n_bytes, mtime_ns, sha256, envelope, state, outcome, note,"
	    " n_records, n_partial, n_failed, n_duplicates) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0)"
	    " ON CONFLICT (path, member) DO UPDATE SET member_name = ?3, n_bytes = ?4, mtime_ns = ?5, sha256 = ?6, envelope = ?7,"
	    " state = ?8, outcome = ?9, note = ?10, n_records = 0, n_partial = 0, n_failed = 0, n_duplicates = 0",
	    "tisiidsiis", s->path, s->member, s->member_name, (int64_t)s->n_bytes, s->mtime_ns, &s->sha256, s->envelope,
	    (int64_t)s->state, (int64_t)s->outcome, s->note);

	if (rc != OK || (rc = sql_int(st->sql, id, 0, e, "SELECT id FROM log_source WHERE path = ?1 AND member = ?2", "ti", s->path,
			     s->member)) != OK)
		return rc;
	if ((rc = sql_run(st->sql, e, "DELETE FROM log_name WHERE source_id = ?", "i", *id)) != OK)
		return rc;
	return sql_run(st->sql, e, "DELETE FROM log_failure WHERE source_id = ?", "i", *id);
}

enum errc log_source_set(struct store *st, const struct log_source_row *s, struct err *e)
{
	return sql_run(st->sql, e,
	    "UPDATE log_source SET mtime_ns = ?2, sha256 = ?3, state = ?4, outcome = ?5, note = ?6, n_records = ?7, n_partial = ?8,"
	    " n_failed = ?9, n_duplicates = ?10, n_bytes = ?11 WHERE id = ?1",
	    "iidiisiiiii", s->id, s->mtime_ns, &s->sha256, (int64_t)s->state, (int64_t)s->outcome, s->note,
	    (int64_t)s->n_records, (int64_t)s->n_partial, (int64_t)s->n_failed, (int64_t)s->n_duplicates, (int64_t)s->n_bytes);
}

#define OPEN_EVENTS "(SELECT id FROM event WHERE source_id IN (SELECT id FROM log_source WHERE state = 0))"

enum errc log_source_drop_open(struct store *st, struct err *e)
{
	static const char *const steps[] = {
	    "DELETE FROM suspect WHERE event_id IN " OPEN_EVENTS,
	    "UPDATE verdict SET first_event = NULL WHERE first_event IN " OPEN_EVENTS,
	    "UPDATE verdict SET last_event = NULL WHERE last_event IN " OPEN_EVENTS,
	    "DELETE FROM access WHERE event_id IN " OPEN_EVENTS,
	    "UPDATE event SET same_as = NULL WHERE same_as IN " OPEN_EVENTS,
	    "DELETE FROM event WHERE source_id IN (SELECT id FROM log_source WHERE state = 0)",
	    "DELETE FROM log_failure WHERE source_id IN (SELECT id FROM log_source WHERE state = 0)",
	    "DELETE FROM log_name WHERE source_id IN (SELECT id FROM log_source WHERE state = 0)",
	    "UPDATE verdict SET unread_id = NULL WHERE unread_id IN (SELECT id FROM log_source WHERE state = 0)",
	    "DELETE FROM log_source WHERE state = 0",
	};
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT count(*) FROM log_source WHERE state = 0", "");

	if (n == 0)
		return rc;
	st->lesser_known = false;
	for (size_t i = 0; rc == OK && i < sizeof steps / sizeof *steps; i++)
		rc = sql_run(st->sql, e, steps[i], "");
	return rc;
}

enum errc log_failure_add(struct store *st, int64_t source_id, uint64_t at, uint64_t n, uint64_t line, span reason,
    struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO log_failure (source_id, at_byte, n_bytes, line, reason) VALUES (?, ?, ?, ?, ?)",
	    "iiiis", source_id, (int64_t)at, (int64_t)n, (int64_t)line, reason);
}

enum errc log_name_add(struct store *st, int64_t source_id, span name, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO log_name (source_id, name) VALUES (?, ?)", "is", source_id, name);
}

enum errc log_names_walk(struct store *st, enum errc (*each)(void *, const struct log_name_seen *, struct err *), void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT s.id, n.name FROM log_source s JOIN log_name n ON n.source_id = s.id ORDER BY s.path, s.member", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct log_name_seen v = {sqlite3_column_int64(q, 0), sql_col(q, 1)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

/* ---- records ---- */

enum errc context_put(struct store *st, const struct context_row *c, const struct digest *d, int64_t *id, struct err *e)
{
	const span *t = c->text;
	enum errc rc = sql_int(st->sql, id, 0, e, "SELECT id FROM context WHERE digest = ?", "d", d);

	if (rc != OK || *id != 0)
		return rc;
	rc = sql_run(st->sql, e,
	    "INSERT INTO context (digest, user, user_id, service_principal, ip, user_agent, client_info, session_id,"
	    " aad_session_id, unique_token_id, token_object_id, app_id, client_app_id, app_name, country, logon_type, user_type,"
	    " external) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), ?)",
	    "dssssssssssssssiii", d, t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11], t[12], t[13],
	    c->logon_type, c->user_type, (int64_t)c->external);
	*id = sql_made(st->sql);
	return rc;
}

static enum errc event_insert(struct store *st, const struct event_row *r, const struct digest *key, int64_t same_as,
    int64_t *id, struct err *e)
{
	enum errc rc = sql_run(st->sql, e,
	    "INSERT INTO event (key, content, same_as, source_id, at_byte, n_bytes, product, kind, record_type, operation,"
	    " record_id, when_utc, mailbox, mailbox_guid, context_id, success, throttled, operation_count, problems, reason,"
	    " detail) VALUES (?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, -1), ?, ?, ?)"
	    " ON CONFLICT (key) DO NOTHING", "ddiiiississussiiiiiss", key, &r->content, same_as, r->source_id, (int64_t)r->at_byte,
	    (int64_t)r->n_bytes, r->product, r->kind, (int64_t)r->record_type, r->operation, r->record_id, r->when_utc,
	    r->mailbox, r->mailbox_guid, r->context_id, (int64_t)r->success, (int64_t)r->throttled, r->operation_count,
	    (int64_t)r->problems, r->reason, r->detail);

	*id = 0;
	if (rc == OK && sql_changed(st->sql) != 0)
		*id = sql_made(st->sql);
	return rc;
}

enum errc event_store(struct store *st, const struct event_row *r, int64_t *id, struct err *e)
{
	unsigned char both[2 * DIGEST_SIZE];
	struct digest key;
	int64_t first;
	enum errc rc = event_insert(st, r, &r->key, 0, id, e);

	if (rc != OK || *id != 0)
		return rc;
	if ((rc = sql_int(st->sql, &first, 0, e, "SELECT id FROM event WHERE key = ?1 AND content IS NOT ?2", "dd", &r->key,
		 &r->content)) != OK || first == 0)
		return rc;
	/* One Id, two contents: an export may have cut the first. Both are kept, so that nothing reached is lost. */
	memcpy(both, r->key.b, DIGEST_SIZE);
	memcpy(both + DIGEST_SIZE, r->content.b, DIGEST_SIZE);
	st->lesser_known = false;
	sha256_of(span_of(both, sizeof both), &key);
	return event_insert(st, r, &key, first, id, e);
}

enum errc log_folder_put(struct store *st, span folder_id, span path, span name, int64_t *id, struct err *e)
{
	enum errc rc = sql_int(st->sql, id, 0, e, "SELECT id FROM log_folder WHERE folder_id = ? AND path = ? AND name = ?", "sss",
	    folder_id, path, name);

	if (rc != OK || *id != 0)
		return rc;
	rc = sql_run(st->sql, e, "INSERT INTO log_folder (folder_id, path, name) VALUES (?, ?, ?)", "sss", folder_id, path, name);
	*id = sql_made(st->sql);
	return rc;
}

enum errc access_add(struct store *st, int64_t event_id, int64_t seq, span rfc822_id, span item_id, span immutable_id,
    int64_t folder, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO access (event_id, seq, rfc822_id, item_id, immutable_id, folder_id)"
	    " VALUES (?, ?, ?, ?, ?, nullif(?, 0))", "iisssi", event_id, seq, rfc822_id, item_id, immutable_id, folder);
}

/* ---- reading ---- */

enum errc contexts_walk(struct store *st, enum errc (*each)(void *, const struct context_seen *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT id, user, user_id, service_principal, ip, user_agent, client_info, session_id, aad_session_id,"
	    " unique_token_id, token_object_id, app_id, client_app_id, app_name, country, logon_type, user_type, external"
	    " FROM context ORDER BY id", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct context_seen c = {.id = sqlite3_column_int64(q, 0)};

		for (int i = 0; i < CONTEXT_TEXTS; i++)
			c.row.text[i] = sql_col(q, i + 1);
		c.row.logon_type = sql_col_or(q, CONTEXT_TEXTS + 1, -1);
		c.row.user_type = sql_col_or(q, CONTEXT_TEXTS + 2, -1);
		c.row.external = sqlite3_column_int(q, CONTEXT_TEXTS + 3) != 0;
		rc = each(ctx, &c, e);
	}
	sql_done(q);
	return rc;
}

/*
 * Of records with one Id and several contents those that an export cut or flattened, where another of them is whole: of the same
 * operation, mailbox and time as far as both say it, and with all that the lesser one names. Looked for once, until another copy comes.
 */
static enum errc find_lesser(struct store *st, unsigned less, struct err *e)
{
	enum errc rc;

	if (st->lesser_known)
		return OK;
	if ((rc = sql_run(st->sql, e, "DROP TABLE IF EXISTS temp.lesser", "")) != OK || (rc = sql_run(st->sql, e, "DROP TABLE IF EXISTS temp.copy", "")) != OK ||
	    (rc = sql_run(st->sql, e, "CREATE TEMP TABLE copy AS SELECT e.id, coalesce(f.same_as, e.same_as) AS first FROM event e JOIN event f ON f.id = e.same_as", "")) != OK ||
	    (rc = sql_run(st->sql, e, "INSERT INTO temp.copy SELECT DISTINCT first, first FROM temp.copy", "")) != OK)
		return rc;
	rc = sql_run(st->sql, e, "CREATE TEMP TABLE lesser AS SELECT l.id, min(w.id) AS whole, l.first FROM temp.copy l JOIN event a ON a.id = l.id"
	    " JOIN temp.copy w ON w.first = l.first AND w.id <> l.id JOIN event b ON b.id = w.id"
	    " WHERE a.problems & ?1 <> 0 AND b.problems & ?1 = 0 AND a.operation = b.operation AND a.mailbox IN ('', b.mailbox)"
	    " AND (a.when_utc IS NULL OR a.when_utc = b.when_utc) AND NOT EXISTS (SELECT 1 FROM access x WHERE x.event_id = a.id AND"
	    " (x.rfc822_id <> '' OR x.item_id <> '') AND NOT EXISTS (SELECT 1 FROM access y WHERE y.event_id = b.id AND"
	    " y.rfc822_id = x.rfc822_id AND y.item_id = x.item_id)) GROUP BY l.id", "i", (int64_t)less);
	st->lesser_known = rc == OK;
	return rc;
}

#define LESSER_FIRST " temp.copy c JOIN temp.lesser l ON l.first = c.first AND l.id = l.first"
enum errc events_settle(struct store *st, unsigned less, struct err *e)
{
	enum errc rc = find_lesser(st, less, e);

	/* What counts once is the first: where that is a lesser one, the whole one takes its place. */
	return rc != OK ? rc : sql_run(st->sql, e, "UPDATE event SET same_as = (SELECT l.whole FROM" LESSER_FIRST
	    " WHERE c.id = event.id AND l.whole <> event.id) WHERE id IN (SELECT c.id FROM" LESSER_FIRST ")", "");
}

/* Of records that count more messages than they name (`counts`) those whose Id others have, too, and all of these together name as many: rows of a table. */
static enum errc find_complete(struct store *st, unsigned counts, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "DROP TABLE IF EXISTS temp.complete", "");

	return rc != OK ? rc : sql_run(st->sql, e, "CREATE TEMP TABLE complete AS SELECT c.id FROM temp.copy c JOIN event e ON e.id = c.id"
	    " WHERE e.problems & ?1 <> 0 AND c.first IN (SELECT c.first FROM temp.copy c JOIN event e ON e.id = c.id JOIN access a ON a.event_id = e.id"
	    " WHERE a.rfc822_id <> '' GROUP BY c.first HAVING count(DISTINCT a.rfc822_id) >= max(e.operation_count))", "i", (int64_t)counts);
}

enum errc events_walk(struct store *st, unsigned less, unsigned counts, enum errc (*each)(void *, const struct event_seen *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q;
	bool reads;
	enum errc rc;

	if ((rc = temp_begin(st, &reads, e)) != OK || (rc = find_lesser(st, less, e)) != OK || (rc = find_complete(st, counts, e)) != OK || (rc = temp_end(st, reads, e)) != OK)
		return rc;
	q = sql_query(st->sql, e,
	    "SELECT id, when_utc, context_id, product, kind, operation, mailbox, mailbox_guid, detail,"
	    " iif(id IN (SELECT id FROM temp.complete), problems & ~?1, problems), success,"
	    " throttled FROM event WHERE id NOT IN (SELECT id FROM temp.lesser) ORDER BY id", "i", (int64_t)counts);
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct event_seen v = {.id = sqlite3_column_int64(q, 0),
		    .when_utc = sql_time(q, 1),
		    .context_id = sqlite3_column_int64(q, 2),
		    .product = sql_col(q, 3),
		    .kind = sql_col(q, 4),
		    .operation = sql_col(q, 5),
		    .mailbox = sql_col(q, 6),
		    .mailbox_guid = sql_col(q, 7),
		    .detail = sql_col(q, 8),
		    .problems = (uint32_t)sqlite3_column_int64(q, 9),
		    .success = (unsigned)sqlite3_column_int(q, 10),
		    .throttled = sqlite3_column_int(q, 11) != 0};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc accesses_walk(struct store *st, enum errc (*each)(void *, const struct access_seen *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT event_id, folder_id, rfc822_id, item_id, immutable_id FROM access ORDER BY event_id, seq", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct access_seen v = {sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sql_col(q, 2), sql_col(q, 3), sql_col(q, 4)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc folders_named_walk(struct store *st, enum errc (*each)(void *, const struct folder_named *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT e.when_utc, a.folder_id, a.rfc822_id, iif(e.mailbox <> '', e.mailbox, e.mailbox_guid), e.kind IN ('move', 'soft_delete', 'hard_delete')"
	    " FROM event e CROSS JOIN access a ON a.event_id = e.id WHERE a.rfc822_id <> '' AND a.folder_id <> 0 AND e.success <> 1 ORDER BY e.id, a.seq", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct folder_named v = {sql_time(q, 0), sqlite3_column_int64(q, 1), sql_col(q, 2), sql_col(q, 3), sqlite3_column_int(q, 4) != 0};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc items_walk(struct store *st, enum errc (*each)(void *, const struct item_seen *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT item_id, immutable_id, rfc822_id FROM access WHERE rfc822_id <> '' AND (item_id <> '' OR immutable_id <> '')", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct item_seen v = {sql_col(q, 0), sql_col(q, 1), sql_col(q, 2)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc grants_walk(struct store *st, enum errc (*each)(void *, const struct grant_seen *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT when_utc, context_id, json_extract(detail, '$.target_app_id') FROM event"
	    " WHERE kind IN ('consent', 'app_role', 'app_credential') AND success <> 1 AND json_valid(detail) ORDER BY id", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct grant_seen v = {sql_time(q, 0), sqlite3_column_int64(q, 1), sql_col(q, 2)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc known_as_walk(struct store *st, enum errc (*each)(void *, const struct known_as *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT lower(mailbox_guid), lower(mailbox) FROM event WHERE mailbox_guid <> '' AND instr(mailbox, '@') > 0"
	    " UNION SELECT lower(user_id), lower(user) FROM context WHERE user_id <> '' AND instr(user, '@') > 0 ORDER BY 1, 2", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct known_as v = {sql_col(q, 0), sql_col(q, 1)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc log_folders_walk(struct store *st, enum errc (*each)(void *, const struct log_folder_seen *, struct err *),
    void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, folder_id, path, name FROM log_folder ORDER BY id", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct log_folder_seen v = {sqlite3_column_int64(q, 0), sql_col(q, 1), sql_col(q, 2), sql_col(q, 3)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc mailboxes_walk(struct store *st, enum errc (*each)(void *, const struct mailbox_seen *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, owner FROM mailbox ORDER BY id", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct mailbox_seen v = {sqlite3_column_int64(q, 0), sql_col(q, 1)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc lying_walk(struct store *st, enum errc (*each)(void *, const struct lying *, struct err *), void *ctx,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT l.message_id, i.message_id, s.mailbox_id, s.folder, i.member_name, o.received_utc, o.received_by, o.traits FROM location l"
	    " JOIN item i ON i.id = l.item_id JOIN source s ON s.id = i.source_id"
	    " LEFT JOIN location o ON o.message_id = i.message_id AND o.item_id = l.item_id AND o.nest = '' ORDER BY l.message_id, l.item_id, l.nest", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct lying v = {sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2),
		    sql_col(q, 3), sql_col(q, 4), sql_time(q, 5), sql_col(q, 6), (sqlite3_column_int64(q, 7) & TRAIT_SENT) != 0,
		    (sqlite3_column_int64(q, 7) & TRAIT_TWO_IDS) != 0};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc scope_messages_walk(struct store *st, enum errc (*each)(void *, const struct message_seen *, struct err *),
    void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT m.id, m.when_utc, m.verdict, m.rfc822_id, m.subject, (SELECT a.address FROM party p JOIN address a ON"
	    " a.id = p.address_id WHERE p.message_id = m.id AND p.role = 1 ORDER BY p.seq LIMIT 1), (SELECT group_concat(a.address, ' ')"
	    " FROM party p JOIN address a ON a.id = p.address_id WHERE p.message_id = m.id AND p.role IN (1, 2, 3, 7, 12)),"
	    " (SELECT group_concat(a.address, ' ') FROM party p JOIN address a ON a.id = p.address_id WHERE p.message_id = m.id"
	    " AND p.role IN (4, 5, 6, 8, 9, 10, 11)) FROM message m ORDER BY m.id", "");
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		struct message_seen v = {sqlite3_column_int64(q, 0), sql_time(q, 1),
		    (enum verdict)sqlite3_column_int(q, 2), sql_col(q, 3), sql_col(q, 4), sql_col(q, 5), sql_col(q, 6), sql_col(q, 7)};

		rc = each(ctx, &v, e);
	}
	sql_done(q);
	return rc;
}

enum errc scope_unreadable(struct store *st, int64_t *n, struct err *e)
{
	return sql_int(st->sql, n, 0, e, "SELECT (SELECT count(*) FROM log_failure) +"
	    " (SELECT count(*) FROM log_source WHERE outcome = 3 AND n_failed = 0)", "");
}

enum errc detail_text(struct store *st, struct arena *a, int64_t event_id, const char *path, const char **out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT json_extract(detail, ?2) FROM event WHERE id = ?1 AND json_valid(detail)",
	    "it", event_id, path);
	enum errc rc;

	*out = "";
	if (!sql_next(st->sql, q, &rc, e))
		return rc;
	*out = sql_text(a, q, 0);
	sql_done(q);
	return *out == NULL ? err_memory(e) : OK;
}

/* ---- verdicts ---- */

enum errc verdicts_begin(struct store *st, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "DELETE FROM verdict", "");

	return rc != OK ? rc : sql_run(st->sql, e, "DELETE FROM suspect", "");
}

enum errc suspect_add(struct store *st, int64_t event_id, bool certain, enum certainty c, const char *actor, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO suspect (event_id, certain, confidence, actor) VALUES (?, ?, ?, ?)", "iiit", event_id,
	    (int64_t)certain, (int64_t)c, actor);
}

enum errc verdict_add(struct store *st, const struct verdict_row *v, struct err *e)
{
	return sql_run(st->sql, e,
	    "INSERT INTO verdict (mailbox_id, mailbox, message_id, rfc822_id, verdict, reason, confidence, n_records, first_utc,"
	    " last_utc, first_event, last_event, item_id, missing_utc, unread_id)"
	    " VALUES (nullif(?, 0), ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), ?, ?, nullif(?, 0))",
	    "isisiiiiuuiisui", v->mailbox_id, v->mailbox, v->message_id, v->rfc822_id, (int64_t)v->verdict, (int64_t)v->reason,
	    (int64_t)v->confidence, v->n_records, v->first_utc, v->last_utc, v->first_event, v->last_event, v->item_id, v->missing_utc, v->unread_id);
}

enum errc message_verdict_set(struct store *st, int64_t message_id, enum verdict v, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE message SET verdict = ?2 WHERE id = ?1", "ii", message_id, (int64_t)v);
}
