/* Between the keeper that collects mail and the worker that reads it: the task, and the records that come back. */
#ifndef TOCSIN_DELIVER_READER_H
#define TOCSIN_DELIVER_READER_H

#include "base/clock.h"
#include "deliver/returned.h"
#include "jail/jail.h"

/* The payload: this, and behind it for each file its size (u64). One descriptor a file, and UNIT_SPOOLS behind them. */
struct reader_task {
	uint64_t base;  /* the keeper's number of the first file */
	uint32_t first; /* the file to begin with */
	uint64_t from;  /* at which byte of it; of an archive at which mail, counted from 0 */
	uint32_t n;
};
static inline void reader_task_put(struct buf *b, const struct reader_task *t)
{
	buf_u64(b, t->base);
	buf_u32(b, t->first);
	buf_u64(b, t->from);
	buf_u32(b, t->n);
}
static inline bool reader_task_take(struct cursor *c, struct reader_task *t)
{
	t->base = cursor_u64(c);
	t->first = cursor_u32(c);
	t->from = cursor_u64(c);
	t->n = cursor_u32(c);
	return !c->bad && c->rest.n / 8 >= t->n;
}

/* The records, u8 each, then the u32 number of the file within the task. */
enum {
	READER_MAIL = 1,    /* u64 at, 32 bytes digest, what returned_put writes */
	READER_NO_MAIL = 2,
	READER_GO_ON = 3,   /* u64 at: the rest is for a next task */
	READER_LOST = 4,    /* a member of an archive could not be read; a READER_MAIL in front of it says why */
};

#endif
