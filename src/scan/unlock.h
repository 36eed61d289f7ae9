/*
 * The keeper's second look at what asks for a password: which messages, and the passwords that are tried on each, those of a file that
 * somebody gave and those that stand in the mail near it. Values live in memory, wiped at the end, and go nowhere but into
 * the workers that try them on our own evidence.
 */
#ifndef TOCSIN_SCAN_UNLOCK_H
#define TOCSIN_SCAN_UNLOCK_H

#include "base/arena.h"
#include "base/buf.h"
#include "scan/near.h"

struct store;
struct unlock {
	struct store *store;
	struct arena *a;
	bool cut;           /* more passwords stand in the mail than are kept */
	bool near;          /* those that stand near are tried too */
	bool near_cut;      /* of the message that was last asked about, not all that are near it */
	struct buf given;   /* the file's, as workers are given them at their start: u32 how many, then each */
	uint32_t n_given;
	struct near around; /* of unlock_near: what stands near a message */
	struct buf values;  /* those of messages near: id, value; the messages ascend */
	struct buf values_at; /* where in them each message begins */
	struct buf ids;     /* of the messages under way */
	size_t next;
};

/* Reads the file, a password a line; path may be NULL. Closed by unlock_close also when it fails. */
MUST_CHECK enum errc unlock_open(struct unlock *u, struct store *st, const char *path, bool near, struct err *e);
void unlock_close(struct unlock *u);
/* The messages under way are now those with something that asks for a password. */
MUST_CHECK enum errc unlock_sealed(struct unlock *u, size_t *n, struct err *e);
/* The messages under way are now those of which something was opened. */
MUST_CHECK enum errc unlock_opened(struct unlock *u, size_t *n, struct err *e);
/* The messages under way are now those near them in which a password was found. */
MUST_CHECK enum errc unlock_near(struct unlock *u, struct err *e);
void unlock_next(struct unlock *u, int64_t *ids, size_t max, size_t *n);
/* A worker's answer: the passwords that stand in one message. */
MUST_CHECK enum errc unlock_values(struct unlock *u, int64_t message_id, span result, struct err *e);
/* What a worker is to try on one message behind those given: ASK_ALL or ASK_ALL_CUT of scan/task.h. */
MUST_CHECK enum errc unlock_input(struct unlock *u, int64_t message_id, struct buf *out, struct err *e);
/* What is tried on one message behind those given, as bytes: u32 how many, and each. */
MUST_CHECK enum errc unlock_own(struct unlock *u, int64_t message_id, struct buf *out, struct err *e);
/* Where the password of that number came from: the message, or 0 for the file. */
MUST_CHECK enum errc unlock_from(struct unlock *u, int64_t message_id, uint32_t number, int64_t *from, struct err *e);

#endif
