#include "store/mail.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "store/db.h"
#include "store/pieces.h"

/* ---- sources ---- */

#define SOURCE_COLUMNS "id, path, kind, n_bytes, mtime_ns, sha256, state, coalesce(mailbox_id, 0), folder, note, coalesce(replaces, 0)"

static enum errc source_read(sqlite3_stmt *q, struct arena *a, struct source_row *out, struct err *e)
{
	*out = (struct source_row){
	    .id = sqlite3_column_int64(q, 0),
	    .path = sql_text(a, q, 1),
	    .kind = (enum source_kind)sqlite3_column_int(q, 2),
	    .n_bytes = (uint64_t)sqlite3_column_int64(q, 3),
	    .mtime_ns = sqlite3_column_int64(q, 4),
	    .state = (enum source_state)sqlite3_column_int(q, 6),
	    .mailbox_id = sqlite3_column_int64(q, 7),
	    .folder = sql_text(a, q, 8),
	    .note = sql_text(a, q, 9),
	    .replaces = sqlite3_column_int64(q, 10),
	};
	sql_digest(q, 5, &out->sha256);
	sql_done(q);
	return out->path == NULL || out->folder == NULL || out->note == NULL ? err_memory(e) : OK;
}

static enum errc source_newest(sqlite3_stmt *q, struct store *st, struct arena *a, struct source_row *out, bool *found, struct err *e)
{
	enum errc rc;

	*found = false;
	if (!(*found = sql_next(st->sql, q, &rc, e)))
		return rc;
	return source_read(q, a, out, e);
}

enum errc store_source_by_path(struct store *st, struct arena *a, const char *path, struct source_row *out, bool *found,
    struct err *e)
{
	return source_newest(sql_query(st->sql, e, "SELECT " SOURCE_COLUMNS " FROM source WHERE path = ? ORDER BY id DESC LIMIT 1", "t", path), st, a,
	    out, found, e);
}

enum errc store_source_read(struct store *st, struct arena *a, const char *path, struct source_row *out, bool *found,
    struct err *e)
{
	return source_newest(sql_query(st->sql, e, "SELECT " SOURCE_COLUMNS " FROM source WHERE path = ? AND state = ? ORDER BY id DESC LIMIT 1", "ti", path,
	    (int64_t)SOURCE_DONE), st, a, out, found, e);
}

enum errc store_source_failures_end(struct store *st, const char *path, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE source SET state = ? WHERE path = ? AND state = ?", "iti", (int64_t)SOURCE_REPLACED, path, (int64_t)SOURCE_FAILED);
}

enum errc store_source_any(struct store *st, bool *found, struct err *e)
{
	int64_t n;
	enum errc rc = sql_int(st->sql, &n, 0, e, "SELECT EXISTS (SELECT 1 FROM source)", "");

	*found = n != 0;
	return rc;
}

enum errc store_source_get(struct store *st, struct arena *a, int64_t id, struct source_row *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT " SOURCE_COLUMNS " FROM source WHERE id = ?", "i", id);
	enum errc rc;

	if (!sql_next(st->sql, q, &rc, e))
		return rc != OK ? rc : err_set(e, ERR_WORLD, "case.db is damaged: no source %lld", (long long)id);
	return source_read(q, a, out, e);
}

enum errc store_source_after(struct store *st, struct arena *a, int64_t id, struct source_row *out, bool *found,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT " SOURCE_COLUMNS " FROM source WHERE id > ? ORDER BY id LIMIT 1", "i", id);
	enum errc rc;

	*found = false;
	if (!(*found = sql_next(st->sql, q, &rc, e)))
		return rc;
	return source_read(q, a, out, e);
}

enum errc store_source_add(struct store *st, const struct source_row *s, int64_t *id, struct err *e)
{
	enum errc rc = OK;

	if (st->last_source == 0)
		rc = sql_int(st->sql, &st->last_source, 0, e, "SELECT max(id) FROM source", "");
	if (rc != OK)
		return rc;
	*id = ++st->last_source;
	rc = sql_put(st->sql, e, "INSERT OR FAIL INTO source (id, path, kind, n_bytes, mtime_ns, sha256, state, mailbox_id, folder, note, replaces)",
	    "itiiidizttz", *id, s->path, (int64_t)s->kind, (int64_t)s->n_bytes, s->mtime_ns, &s->sha256, (int64_t)s->state,
	    s->mailbox_id, s->folder, s->note, s->replaces);
	/* One that is not read to its end yet is changed when it is. */
	return rc == OK && s->state == SOURCE_OPEN ? sql_flush(st->sql, e) : rc;
}

enum errc store_source_set(struct store *st, const struct source_row *s, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE source SET kind = ?, mtime_ns = ?, sha256 = ?, state = ?, note = ? WHERE id = ?", "iiditi",
	    (int64_t)s->kind, s->mtime_ns, &s->sha256, (int64_t)s->state, s->note, s->id);
}

enum errc store_source_own(struct store *st, int64_t id, int64_t mailbox_id, const char *folder, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE source SET mailbox_id = ?2, folder = ?3 WHERE id = ?1 AND (mailbox_id IS NOT ?2 OR folder <> ?3)", "iit", id,
	    mailbox_id, folder);
}

enum errc store_source_drop_open(struct store *st, struct err *e)
{
	int64_t n;
	enum errc rc;

	/* Messages that only such sources hold stay without a location until the rerun finds them again. */
	if ((rc = sql_int(st->sql, &n, 0, e, "SELECT count(*) FROM source WHERE state = 0", "")) != OK || n == 0)
		return rc;
	if ((rc = sql_run(st->sql, e,
		 "DELETE FROM location WHERE item_id IN (SELECT id FROM item WHERE source_id IN "
		 "(SELECT id FROM source WHERE state = 0))", "")) != OK ||
	    (rc = sql_run(st->sql, e, "DELETE FROM item WHERE source_id IN (SELECT id FROM source WHERE state = 0)", "")) != OK)
		return rc;
	return sql_run(st->sql, e, "DELETE FROM source WHERE state = 0", "");
}

enum errc store_mailbox_put(struct store *st, const char *root, const char *owner, enum owner_grade grade,
    const char *ground, int64_t *id, struct err *e)
{
	int64_t before;
	enum errc rc = sql_int(st->sql, &before, 0, e, "SELECT id FROM mailbox WHERE root = ?", "t", root);

	/* What the logs say was asked of somebody else's. */
	if (rc == OK && before != 0 && grade == OWNER_GIVEN)
		rc = sql_run(st->sql, e, "DELETE FROM verdict WHERE mailbox_id = ?1 AND EXISTS (SELECT 1 FROM mailbox WHERE id = ?1 AND owner IS NOT ?2)", "it", before, owner);
	if (rc == OK)
		rc = sql_run(st->sql, e,
		    "INSERT INTO mailbox (root, owner, grade, ground) VALUES (?1, ?2, ?3, ?4) "
		    "ON CONFLICT (root) DO UPDATE SET owner = iif(?3 = 1, ?2, owner), grade = iif(?3 = 1, 1, grade), ground = ?4 "
		    "WHERE ?3 = 1 OR grade <> 1",
		    "ttit", root, owner, (int64_t)grade, ground);
	*id = before != 0 ? before : sql_made(st->sql);
	return rc == OK && before == 0 && grade != OWNER_GIVEN ? store_mailbox_new(st, *id, span_str(root), e) : rc;
}

/* ---- items and messages ---- */

enum errc store_item_add(struct store *st, const struct item_row *i, int64_t *id, struct err *e)
{
	enum errc rc = OK;

	if (st->last_item == 0)
		rc = sql_int(st->sql, &st->last_item, 0, e, "SELECT max(id) FROM item", "");
	if (rc != OK)
		return rc;
	*id = ++st->last_item;
	return sql_put(st->sql, e, "INSERT OR FAIL INTO item (id, source_id, member, member_name, at_byte, n_bytes, outcome, reason, message_id)",
	    "iiisiiisz", *id, i->source_id, i->member, i->member_name, (int64_t)i->at_byte, (int64_t)i->n_bytes, (int64_t)i->outcome, i->reason,
	    i->message_id);
}

static uint64_t *met_slot(const struct met *m, uint64_t first)
{
	size_t i = first & (m->cap - 1);

	while (m->v[i] != 0 && m->v[i] != first)
		i = (i + 1) & (m->cap - 1);
	return &m->v[i];
}

/* Room for one more. Beyond MET_MAX it is begun anew, and what came so far is older. */
static enum errc met_room(struct store *st, struct err *e)
{
	enum { MET_MAX = 1 << 20 };
	struct met *m = &st->met, old = *m;
	enum errc rc = OK;

	if (2 * (m->n + 1) <= m->cap)
		return OK;
	if (m->n >= MET_MAX) {
		m->n = 0;
		m->before = m->last;
		memset(m->v, 0, m->cap * sizeof *m->v);
		return sql_flush(st->sql, e);
	}
	if (old.cap == 0) {
		rc = sql_int(st->sql, &m->last, 0, e, "SELECT max(id) FROM message", "");
		m->before = m->last;
	}
	m->cap = old.cap != 0 ? 2 * old.cap : 1024;
	if ((m->v = calloc(m->cap, sizeof *m->v)) == NULL) {
		*m = old;
		return err_memory(e);
	}
	for (size_t i = 0; i < old.cap; i++)
		if (old.v[i] != 0)
			*met_slot(m, old.v[i]) = old.v[i];
	free(old.v);
	return rc;
}

/* Messages are attributed again by what another copy of them says. */
enum errc store_message_unattribute(struct store *st, int64_t id, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE attributed SET ruleset_id = 0 WHERE message_id = ?", "i", id);
}

/* What one copy says and another does not. Whom junk comes from is told nothing: so a copy elsewhere counts. */
static unsigned traits_of_both(unsigned a, unsigned b)
{
	const unsigned of_each = TRAIT_BULK | TRAIT_LIST | TRAIT_AUTOMATIC | TRAIT_JUNK;

	return ((a | b) & ~of_each) | (a & b & of_each);
}

/* The message with that content, if there is one; what this copy of it says joins it. */
static enum errc message_of(struct store *st, const struct message_row *m, int64_t *id, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, traits, problems, verified_domain = '' FROM message WHERE content_digest = ?", "d",
	    &m->content_digest);
	unsigned traits, problems, had_traits, had_problems;
	bool verified;
	enum errc rc;

	if (!sql_next(st->sql, q, &rc, e))
		return rc;
	*id = sqlite3_column_int64(q, 0);
	had_traits = (unsigned)sqlite3_column_int64(q, 1);
	had_problems = (unsigned)sqlite3_column_int64(q, 2);
	verified = sqlite3_column_int(q, 3) != 0 && m->verified_domain.n != 0;
	sql_done(q);
	traits = traits_of_both(had_traits, m->traits);
	problems = had_problems | m->problems;
	if (traits == had_traits && problems == had_problems && !verified)
		return OK;
	rc = sql_run(st->sql, e, "UPDATE message SET traits = ?2, problems = ?3, verified_domain = iif(verified_domain = '', ?4, verified_domain) WHERE id = ?1", "iiis", *id,
	    (int64_t)traits, (int64_t)problems, m->verified_domain);
	return rc == OK ? store_message_unattribute(st, *id, e) : rc;
}

/*
 * Most messages are new to the case, and asking for each whether it is costs as much as its row: so what came is remembered by the first
 * bytes of its digest. What is not among that, and not older, is new. What is may lie among the rows put aside.
 */
enum errc store_message_put(struct store *st, const struct message_row *m, int64_t *id, bool *is_new, struct err *e)
{
	uint64_t first, *slot;
	bool met;
	enum errc rc;

	*id = 0;
	*is_new = false;
	memcpy(&first, m->content_digest.b, sizeof first);
	first |= first == 0;
	if ((rc = met_room(st, e)) != OK)
		return rc;
	slot = met_slot(&st->met, first);
	met = *slot != 0;
	if (met || st->met.before != 0)
		rc = message_of(st, m, id, e);
	if (rc == OK && *id == 0 && met && (rc = sql_flush(st->sql, e)) == OK)
		rc = message_of(st, m, id, e);
	if (rc != OK || *id != 0)
		return rc;
	*slot = first;
	st->met.n += !met;
	*is_new = true;
	*id = ++st->met.last;
	st->newest.message = *id;
	st->newest.n = 0;
	return sql_put(st->sql, e, "INSERT OR FAIL INTO message (id, content_digest, sha256, rfc822_id, when_utc, subject, n_bytes, traits, problems,"
	    " verified_domain)", "iddsusiiis", *id, &m->content_digest, &m->sha256, m->rfc822_id, m->when_utc, m->subject, (int64_t)m->n_bytes,
	    (int64_t)m->traits, (int64_t)m->problems, m->verified_domain);
}

enum errc store_location_add(struct store *st, const struct location_row *l, struct err *e)
{
	/* Before 1970 nothing was stamped: 0 stands for no date, and becomes NULL. */
	int64_t received = l->received_utc > 0 ? l->received_utc : 0;

	return sql_put(st->sql, e, "INSERT OR IGNORE INTO location (message_id, item_id, nest, at_byte, n_bytes, sha256, parent_id, from_quoted,"
	    " received_utc, received_by, traits, delivered_id)", "iisiidzizsiz", l->message_id, l->item_id, l->nest, l->at_byte, (int64_t)l->n_bytes, &l->sha256,
	    l->parent_id, (int64_t)l->from_quoted, received, l->received_by, (int64_t)l->traits, l->delivered_id);
}

enum errc store_part_add(struct store *st, int64_t message_id, int64_t seq, const struct part_row *p, struct err *e)
{
	return sql_put(st->sql, e, "INSERT OR FAIL INTO part (message_id, seq, path, type, content_type, filename, encoding, n_bytes, sha256, problems)",
	    "iissssiidi", message_id, seq, p->path, p->type, p->content_type, p->filename, (int64_t)p->encoding, (int64_t)p->n_bytes, &p->sha256,
	    (int64_t)p->problems);
}

/*
 * The outermost message of an item stands in the row of the same item with no nesting. Rows come in the order of
 * location's key, without sorting; of most messages there is one.
 */
#define PLACE                                                                                                          \
	"SELECT l.message_id, s.state, i.source_id, i.member, o.at_byte, o.n_bytes, o.from_quoted, l.nest, o.sha256,"    \
	" s.path, s.kind, s.n_bytes, s.mtime_ns FROM location l CROSS JOIN item i ON i.id = l.item_id"                   \
	" CROSS JOIN location o ON o.message_id = i.message_id AND o.item_id = l.item_id AND o.nest = ''"                \
	" CROSS JOIN source s ON s.id = i.source_id WHERE "
#define PLACES PLACE "l.message_id BETWEEN ?1 AND ?2 ORDER BY l.message_id, l.item_id, l.nest"
#define ELSEWHERE PLACE "l.message_id = ?1 AND instr(l.nest, '#') = 0 AND (s.state = 2, s.id) > (?2, ?3) ORDER BY s.state = 2, s.id, l.item_id, l.nest"
#define PIECES PLACE "l.message_id = ?1 AND substr(l.nest, -?3) = ?2 ORDER BY s.state = 2, l.item_id, l.nest"

/* before: the place of the message before it, whose source is most often the same. nest ends where the mark of a piece begins. */
static enum errc place_read(sqlite3_stmt *q, struct arena *a, const struct place_row *before, struct place_row *p, struct err *e)
{
	span nest = sql_col(q, 7);

	nest = span_first(nest, span_find_byte(nest, '#'));
	if (nest.n != 0 && nest.p[nest.n - 1] == '/')
		nest.n--;
	*p = (struct place_row){.message_id = p->message_id,
	    .found = true,
	    .replaced = sqlite3_column_int(q, 1) == SOURCE_REPLACED,
	    .in_pieces = p->in_pieces,
	    .source_id = sqlite3_column_int64(q, 2),
	    .member = sqlite3_column_int64(q, 3),
	    .at_byte = (uint64_t)sqlite3_column_int64(q, 4),
	    .n_bytes = (uint64_t)sqlite3_column_int64(q, 5),
	    .from_quoted = sqlite3_column_int(q, 6) != 0,
	    .kind = (enum source_kind)sqlite3_column_int(q, 10),
	    .source_bytes = (uint64_t)sqlite3_column_int64(q, 11),
	    .mtime_ns = sqlite3_column_int64(q, 12)};
	sql_digest(q, 8, &p->outer_sha256);
	if (nest.n != 0)
		memcpy(p->nest, nest.p, nest.n < sizeof p->nest ? nest.n : sizeof p->nest - 1);
	p->path = before != NULL && before->found && before->source_id == p->source_id ? before->path : sql_text(a, q, 9);
	return p->path != NULL ? OK : err_memory(e);
}

/* The pieces of the message that was put together under that mark, in the order of their items; all must be there. */
static enum errc pieces_read(struct store *st, struct arena *a, int64_t id, const struct piece_mark *mark, struct place_row *p, struct err *e)
{
	struct place_row *v = arena_zero(a, mark->total, sizeof *v), *before = NULL;
	bool *have = arena_zero(a, mark->total, sizeof *have);
	uint64_t n_bytes = 0;
	struct piece_mark m;
	sqlite3_stmt *q;
	uint32_t n = 0;
	enum errc rc = OK;

	if (v == NULL || have == NULL)
		return err_memory(e);
	q = sql_query(st->sql, e, PIECES, "isi", id, mark->set, (int64_t)mark->set.n);
	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		if (!piece_mark_read(sql_col(q, 7), &m) || m.total != mark->total || m.within.n != 0 || have[m.number - 1])
			continue;
		have[m.number - 1] = true;
		v[n].message_id = id;
		if ((rc = place_read(q, a, before, &v[n], e)) == OK) {
			before = &v[n];
			n_bytes += before->n_bytes;
			before->number = m.number;
			n++;
		}
	}
	sql_done(q);
	if (rc != OK || n != mark->total)
		return rc;
	p->found = true;
	p->pieces = v;
	p->n_pieces = n;
	p->n_bytes = n_bytes;
	*p->nest = '\0';
	memcpy(p->nest, mark->within.p, mark->within.n);
	p->nest[mark->within.n] = '\0';
	return OK;
}

/* A message that was put together, or lies in one that was: the pieces of that, where it has all of them. */
static enum errc place_in_pieces(struct store *st, struct arena *a, struct place_row *p, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT l.nest, (SELECT w.message_id FROM location w WHERE w.item_id = l.item_id AND w.nest <> ''"
	    " AND w.nest = iif(instr(substr(l.nest, instr(l.nest, '#')), '/') = 0, l.nest, substr(l.nest, 1, instr(l.nest, '#') - 2"
	    " + instr(substr(l.nest, instr(l.nest, '#')), '/'))) ORDER BY w.message_id LIMIT 1) FROM location l JOIN item i ON i.id = l.item_id"
	    " JOIN source s ON s.id = i.source_id WHERE l.message_id = ?1 AND instr(l.nest, '#') <> 0 ORDER BY s.state = 2, l.item_id, l.nest"
	    " LIMIT 1", "i", p->message_id);
	struct piece_mark mark;
	int64_t whole = 0;
	span nest = SPAN_EMPTY;
	enum errc rc;

	if (sql_next(st->sql, q, &rc, e)) {
		whole = sqlite3_column_int64(q, 1);
		nest = arena_copy(a, sql_col(q, 0));
		sql_done(q);
		if (nest.p == NULL)
			return err_memory(e);
	}
	if (rc != OK || !piece_mark_read(nest, &mark) || mark.within.n >= sizeof p->nest)
		return rc;
	return pieces_read(st, a, mark.within.n == 0 ? p->message_id : whole, &mark, p, e);
}

/* Places of messages whose ids lie close together. */
static enum errc places_between(struct store *st, struct arena *a, size_t n, struct place_row *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, PLACES, "ii", out[0].message_id, out[n - 1].message_id);
	size_t at = 0;
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e)) {
		int64_t id = sqlite3_column_int64(q, 0);
		bool old = sqlite3_column_int(q, 1) == SOURCE_REPLACED;

		while (at < n && out[at].message_id < id)
			at++;
		if (at == n || out[at].message_id != id)
			continue;
		if (span_find_byte(sql_col(q, 7), '#') < sql_col(q, 7).n) {
			out[at].in_pieces = true;
			continue;
		}
		/* In a source that another has replaced only when there is no better. */
		if ((out[at].found && (!out[at].replaced || old)) || sql_col(q, 7).n >= sizeof out->nest)
			continue;
		rc = place_read(q, a, at != 0 ? &out[at - 1] : NULL, &out[at], e);
	}
	sql_done(q);
	for (at = 0; at < n && rc == OK; at++)
		if (out[at].in_pieces && (!out[at].found || out[at].replaced))
			rc = place_in_pieces(st, a, &out[at], e);
	return rc;
}

enum errc store_places(struct store *st, struct arena *a, const int64_t *ids, size_t n, struct place_row *out, struct err *e)
{
	enum { NEAR = 16 }; /* rows in between cost less than another query */
	enum errc rc = OK;

	for (size_t i = 0; i < n; i++)
		out[i] = (struct place_row){.message_id = ids[i]};
	for (size_t i = 0, end; i < n && rc == OK; i = end) {
		for (end = i + 1; end < n && ids[end] - ids[end - 1] <= NEAR;)
			end++;
		rc = places_between(st, a, end - i, out + i, e);
	}
	return rc;
}

enum errc store_place_elsewhere(struct store *st, struct arena *a, const struct place_row *tried, struct place_row *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, ELSEWHERE, "iii", tried->message_id, (int64_t)tried->replaced, tried->source_id);
	enum errc rc = OK;

	*out = (struct place_row){.message_id = tried->message_id};
	while (rc == OK && !out->found && sql_next(st->sql, q, &rc, e))
		if (sql_col(q, 7).n < sizeof out->nest)
			rc = place_read(q, a, NULL, out, e);
	sql_done(q);
	return rc;
}
