/*
 * A message that was sent in pieces (message/partial, RFC 2046 5.2.2): what each says of itself, and the whole out of them. Which
 * pieces belong together and whether all are there is for who has them all.
 */
#ifndef TOCSIN_MAIL_PIECES_H
#define TOCSIN_MAIL_PIECES_H

#include "mail/mime.h"

struct piece {
	span id;         /* borrowed from the message; empty when it has none */
	uint32_t number; /* from 1; 0 when it is not said, or is no number */
	uint32_t total;  /* 0 likewise: only the last piece must say it */
};

bool part_is_piece(const struct part *p, struct piece *out);
/* The message itself is one: its own Content-Type says so, not that of a part in it. */
bool message_is_piece(const struct message *m, struct piece *out);

/* Of the first piece: its header fields that the whole keeps, each with a line end. In the arena. */
MUST_CHECK enum errc piece_outer(struct arena *a, const struct message *first, span *out, struct err *e);
/*
 * The whole message (RFC 2046 5.2.2.1): outer as piece_outer gave it, then the fields that count of the message in the pieces, then its
 * body. bodies are the decoded contents of the n pieces in their order; a piece that lost its last line end gets one. In the arena.
 */
MUST_CHECK enum errc pieces_join(struct arena *a, span outer, const span *bodies, size_t n, span *out, struct err *e);

#endif
