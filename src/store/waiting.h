/*
 * Attachments that scan has put off until the text of all mail is read. Those with the same content, type, name and charset
 * have one key: the first of them is read, and what was found in it is written for all. A row goes when its part has its
 * outcome; one that could not be read stays, with its row in coverage, and is tried again by the next run.
 */
#ifndef TOCSIN_STORE_WAITING_H
#define TOCSIN_STORE_WAITING_H

#include "base/arena.h"
#include "store/findings.h"

/* Those that failed in an earlier run wait again. */
MUST_CHECK enum errc waiting_begin(struct store *st, struct err *e);
/* ERR_EVIDENCE when the message has no part of that path. */
MUST_CHECK enum errc waiting_put(struct store *st, int64_t message_id, span path, span charset, struct err *e);

/* Failed: those that were read together with others when it went wrong, and are now to be read alone. */
enum waiting_state { WAITING_NEW, WAITING_ALONE, WAITING_FAILED };
/* Messages above `after` that hold the first of some key in that state, ascending. */
MUST_CHECK enum errc waiting_messages(struct store *st, enum waiting_state state, int64_t after, int64_t *ids, size_t max, size_t *n,
    struct err *e);
/* The paths of those in it, ascending; with WAITING_ALONE only one. */
MUST_CHECK enum errc waiting_paths(struct store *st, struct arena *a, int64_t message_id, enum waiting_state state, span **paths,
    size_t *n, struct err *e);

/* The rows of the part, whole: nothing of it was found. */
MUST_CHECK enum errc waiting_forget(struct store *st, int64_t message_id, span path, struct err *e);
/*
 * The part has been read and its rows are written: they are written for all others of its key, too. s is what it counts for in its
 * message, *copies how many others there were.
 */
MUST_CHECK enum errc waiting_read(struct store *st, int64_t message_id, span path, const struct scanned *s, uint64_t *copies,
    struct err *e);
MUST_CHECK enum errc waiting_alone(struct store *st, int64_t message_id, span path, struct err *e);
/* It could not be read, and so none of its key: a row in coverage each, *n of them. */
MUST_CHECK enum errc waiting_failed(struct store *st, int64_t message_id, span path, span reason, uint64_t *n, struct err *e);

#endif
