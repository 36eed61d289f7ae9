/* Pieces of messages behind the walls: what each says of itself, and the message they come to taken apart like any other. */
#include <stdlib.h>

#include "evidence/evidence.h"
#include "ingest/private.h"
#include "mail/pieces.h"

struct piece_worker { struct hashes h; struct text_list trusted; };

static enum errc piece_start(void **state, span init, int init_fd, struct err *e)
{
	struct piece_worker *w = calloc(1, sizeof *w);
	enum errc rc;

	(void)init_fd;
	if (w == NULL)
		return err_memory(e);
	*state = w;
	if ((rc = sha256_new(&w->h.raw, e)) != OK || (rc = sha256_new(&w->h.part, e)) != OK || (rc = sha256_new(&w->h.content, e)) != OK)
		return rc;
	return trusted_read(init, &w->trusted, e);
}

static enum errc say(struct piece_worker *w, struct arena *scratch, const struct message *m, struct buf *out, struct err *e)
{
	struct piece p = {0};
	struct digest id, text, bytes;
	bool is = message_is_piece(m, &p);
	unsigned problems = 0;
	span content;
	enum errc rc = part_content(scratch, m, &m->parts[0], &content, &problems, e);

	if (rc != OK)
		return rc;
	sha256_of(p.id, &id);
	hash_text(w->h.part, content, &text, &bytes);
	buf_u8(out, is);
	buf_u8(out, p.id.n != 0);
	buf_put(out, digest_span(&id));
	buf_u32(out, p.number);
	buf_u32(out, p.total);
	buf_put(out, digest_span(&text));
	return OK;
}

static enum errc piece_message(void *state, struct arena *scratch, const struct message *m, span input, struct buf *out, struct err *e)
{
	struct piece_worker *w = state;
	struct taken_list list;
	enum errc rc;

	if (input.n == 1 && input.p[0] == PIECE_SAY)
		return say(w, scratch, m, out, e);
	if ((rc = message_take(scratch, &w->h, m->raw, m->from_quoted, NULL, &w->trusted, &list, e)) != OK)
		return rc;
	for (size_t i = 0; i < list.n; i++)
		message_write(out, list.v[i]);
	return OK;
}

const struct evidence_job pieces_job = {.name = "pieces", .start = piece_start, .message = piece_message};
