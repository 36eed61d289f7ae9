#include "store/pieces.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "case/names.h"
#include "store/db.h"

const char *piece_mark(uint32_t number, uint32_t total, const struct digest *id, char out[PIECE_MARK_BYTES])
{
	(void)snprintf(out, PIECE_MARK_BYTES, "#%" PRIu32 "of%" PRIu32 "-%02x%02x%02x%02x", number, total, id->b[0], id->b[1], id->b[2], id->b[3]);
	return out;
}

static uint32_t number_off(span *s)
{
	uint64_t n;

	*s = span_from(*s, span_digits(*s, 9, &n));
	return (uint32_t)n;
}

bool piece_mark_read(span nest, struct piece_mark *out)
{
	span s = span_from(nest, span_find_byte(nest, '#') + 1);

	*out = (struct piece_mark){.number = number_off(&s)};
	if (!span_starts(s, SPAN_LIT("of")))
		return false;
	s = span_from(s, 2);
	out->total = number_off(&s);
	out->set = span_first(s, span_find_byte(s, '/'));
	out->within = span_from(s, out->set.n + 1);
	return out->number != 0 && out->number <= out->total && out->total <= LIMIT_PIECES && out->set.n == 9;
}

enum errc store_pieces(struct store *st, int64_t after, struct piece_message *out, size_t max, size_t *n, struct err *e)
{
	_Static_assert(TRAIT_PIECE == 128, "the bit below");
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, traits, content_digest FROM message m WHERE id > ?1 AND traits & 128"
	    " AND EXISTS (SELECT 1 FROM location l WHERE l.message_id = m.id AND instr(l.nest, '#') = 0) ORDER BY id LIMIT ?2", "ii",
	    after, (int64_t)max);
	enum errc rc;

	for (*n = 0; *n < max && sql_next(st->sql, q, &rc, e); ++*n) {
		out[*n] = (struct piece_message){.id = sqlite3_column_int64(q, 0), .traits = (unsigned)sqlite3_column_int64(q, 1)};
		sql_digest(q, 2, &out[*n].content);
	}
	if (*n < max)
		return rc;
	sql_done(q);
	return OK;
}

enum errc store_piece_places(struct store *st, int64_t message_id,
    enum errc (*each)(void *ctx, int64_t item_id, span nest, struct err *e), void *ctx, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT item_id, nest FROM location WHERE message_id = ?1 AND instr(nest, '#') = 0"
	    " ORDER BY item_id, nest", "i", message_id);
	enum errc rc = OK;

	while (rc == OK && sql_next(st->sql, q, &rc, e))
		rc = each(ctx, sqlite3_column_int64(q, 0), sql_col(q, 1), e);
	sql_done(q);
	return rc;
}

enum errc store_item_pieces(struct store *st, int64_t item_id, span says, struct err *e)
{
	return sql_run(st->sql, e, "UPDATE item SET reason = (SELECT b || iif(b = '' OR ?2 = '', '', '; ') || ?2 FROM (SELECT"
	    " rtrim(substr(item.reason, 1, instr(item.reason || '" PIECE_SAYS "', '" PIECE_SAYS "') - 1), '; ') AS b)) WHERE id = ?1", "is",
	    item_id, says);
}

/* What an item that holds the piece at that path says of it: behind "message/partial: " or "message/partial in PATH: ". */
static span says_of(span reason, span nest)
{
	for (size_t at; (at = span_find(reason, SPAN_LIT(PIECE_SAYS))) < reason.n;) {
		span of, rest = span_from(reason, at + sizeof PIECE_SAYS - 1);

		reason = rest;
		rest = span_first(rest, span_find(rest, SPAN_LIT("; " PIECE_SAYS)));
		of = span_first(rest, span_find_byte(rest, ':'));
		rest = span_from(rest, of.n + 2);
		if (span_starts(of, SPAN_LIT(" in ")) ? span_eq(span_from(of, 4), nest) : nest.n == 0)
			return rest;
	}
	return SPAN_EMPTY;
}

enum errc store_piece_fate(struct store *st, struct arena *a, int64_t message_id, bool *joined, span *why, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT i.reason, l.nest FROM location l JOIN item i ON i.id = l.item_id"
	    " WHERE l.message_id = ?1 AND instr(l.nest, '#') = 0 AND instr(i.reason, '" PIECE_SAYS "') <> 0 ORDER BY l.item_id, l.nest", "i", message_id);
	enum errc rc;

	*joined = false;
	*why = SPAN_EMPTY;
	while (why->n == 0 && sql_next(st->sql, q, &rc, e)) {
		span says = says_of(sql_col(q, 0), sql_col(q, 1));
		size_t alone = span_find(says, SPAN_LIT(PIECE_ALONE));

		if (says.n == 0)
			continue;
		*joined = alone >= says.n;
		*why = arena_copy(a, says);
		if (why->p == NULL) {
			sql_done(q);
			return err_memory(e);
		}
	}
	if (why->n == 0)
		return rc;
	sql_done(q);
	return OK;
}

/* The row of one piece, which an earlier scan wrote. */
static enum errc coverage_again(struct store *st, struct arena *a, int64_t id, struct err *e)
{
	bool joined;
	span why;
	enum errc rc = store_piece_fate(st, a, id, &joined, &why, e);

	if (rc != OK || why.n == 0)
		return rc;
	if (!joined)
		return sql_run(st->sql, e, "UPDATE coverage SET reason = ?2 WHERE message_id = ?1 AND path = '1' AND type = '" PIECE_SAYS "'"
		    " AND outcome = 1 AND reason <> ?2", "is", id, why);
	if ((rc = sql_run(st->sql, e, "DELETE FROM coverage WHERE message_id = ?1 AND path = '1' AND type = '" PIECE_SAYS "' AND outcome = 1",
	    "i", id)) != OK)
		return rc;
	return sql_run(st->sql, e, "UPDATE scanned SET n_unread = (SELECT count(*) FROM coverage c WHERE c.message_id = ?1)"
	    " WHERE message_id = ?1", "i", id);
}

enum errc store_piece_coverage(struct store *st, struct err *e)
{
	enum { MANY = 256 };
	int64_t ids[MANY], after = 0;
	struct arena *a;
	size_t n;
	enum errc rc = arena_new(&a, MIB, e);

	if (rc != OK)
		return rc;
	do {
		rc = sql_ints(st->sql, sql_query(st->sql, e, "SELECT message_id FROM coverage WHERE message_id > ?1 AND path = '1'"
		    " AND type = '" PIECE_SAYS "' AND outcome = 1 ORDER BY message_id LIMIT ?2", "ii", after, (int64_t)MANY), ids, MANY, &n, e);
		for (size_t i = 0; rc == OK && i < n; i++) {
			arena_reset(a);
			rc = coverage_again(st, a, ids[i], e);
			after = ids[i];
		}
	} while (rc == OK && n == MANY);
	arena_free(a);
	return rc;
}
