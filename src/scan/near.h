/*
 * Mail in which a password was found, by when it was sent, by its subject and by who sent it: what stands near a message is looked up in
 * here, however much mail there is.
 */
#ifndef TOCSIN_SCAN_NEAR_H
#define TOCSIN_SCAN_NEAR_H

#include "base/arena.h"
#include "base/buf.h"

struct store;
enum { NEAR_MESSAGES = 200 }; /* that are near one */

struct near {
	struct arena *a;            /* keys */
	struct arena *one;          /* of one message */
	struct buf ids;             /* int64_t, ascending */
	struct buf subjects, from;  /* struct kept of near.c, in its order */
	bool cut;                   /* more mail with passwords than is kept */
};

/* Closed by near_close also when it fails. */
MUST_CHECK enum errc near_open(struct near *r, struct store *st, struct err *e);
void near_close(struct near *r); /* zeros are fine */
/*
 * Messages in which a password was found and that stand near that one: itself, those of its thread (the same subject), those of the same
 * sender within three days. Of more than NEAR_MESSAGES those that are nearest in time. Ascending.
 */
MUST_CHECK enum errc near_of(struct near *r, struct store *st, int64_t message_id, int64_t ids[NEAR_MESSAGES], size_t *n, struct err *e);

#endif
