/*
 * Messages that are pieces of another (message/partial), and where one lies that was put together out of them. Ingest puts
 * together, and says of each item with a piece in it what became of the whole; re-reading, scan and lists go by that.
 *
 * A message that was put together has a row in location for each place of each piece: item and nest are the piece's, with a mark behind
 * it, "#2of5-1a2b3c4d": piece 2 of 5 of those whose id has that digest. A message within it has the path that leads to it behind the
 * mark, "#2of5-1a2b3c4d/1.2". parent_id is the piece's message, or the one put together.
 */
#ifndef TOCSIN_STORE_PIECES_H
#define TOCSIN_STORE_PIECES_H

#include "base/arena.h"
#include "base/digest.h"
#include "store/store.h"

#define PIECE_MARK_BYTES 40 /* with a NUL */
/* The mark of that piece; returns out. */
const char *piece_mark(uint32_t number, uint32_t total, const struct digest *id, char out[PIECE_MARK_BYTES]);

/* What the mark in a nest says. number and total are not 0, number not above total, total at most LIMIT_PIECES; else false. */
struct piece_mark {
	uint32_t number, total;
	span set;    /* "-1a2b3c4d" */
	span within; /* the path behind the mark; empty for the message put together itself */
};
bool piece_mark_read(span nest, struct piece_mark *out);

struct piece_message { int64_t id; unsigned traits; struct digest content; };
/* Messages above `after` that are pieces and lie somewhere of their own, not only in what was put together; ascending. */
MUST_CHECK enum errc store_pieces(struct store *st, int64_t after, struct piece_message *out, size_t max, size_t *n, struct err *e);
/* Those places of it, in the order of items. nest lives until each returns. */
MUST_CHECK enum errc store_piece_places(struct store *st, int64_t message_id,
    enum errc (*each)(void *ctx, int64_t item_id, span nest, struct err *e), void *ctx, struct err *e);

/* What items say of pieces begins so; ingest says it anew when it knows more. */
#define PIECE_SAYS "message/partial"
#define PIECE_JOINED "put together"
#define PIECE_ALONE "not put together: "
/* Behind what the item's reason says else, in place of what it said of pieces before. */
MUST_CHECK enum errc store_item_pieces(struct store *st, int64_t item_id, span says, struct err *e);
/* What became of the message that this piece is of: *why empty when ingest has said nothing of it. *why in the arena. */
MUST_CHECK enum errc store_piece_fate(struct store *st, struct arena *a, int64_t message_id, bool *joined, span *why, struct err *e);
/* Rows of coverage of pieces whose message was put together, or is known to be incomplete, since they were scanned. */
MUST_CHECK enum errc store_piece_coverage(struct store *st, struct err *e);

#endif
