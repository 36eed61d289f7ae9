/*
 * Passwords for what one of them has opened: what scan read behind a password, attribute and --reveal read again. scan has the passwords
 * and says which message they go with (scan_reopen); they live in memory that is wiped, and go into the workers that try them.
 */
#ifndef TOCSIN_EVIDENCE_REOPEN_H
#define TOCSIN_EVIDENCE_REOPEN_H

#include "base/buf.h"
#include "base/cursor.h"
#include "stream/passwords.h"

/*
 * The keeper's side. all: as bytes the passwords for every such message, then of each, ascending, u64 id, and as bytes its own. Those
 * bytes are u32 how many, and each; or none.
 */
struct reopen { span all; struct cursor rest; int64_t asked, id; span shared, own; };
/* Both for that message, to stand before what else its worker is told; messages are asked for in the order of their ids. */
void reopen_put(struct reopen *r, int64_t message_id, struct buf *out);

/* The worker's side: takes them off *c. *out borrows from it; its n is 0 for a message of which nothing was opened. */
MUST_CHECK enum errc reopen_get(struct arena *a, struct cursor *c, struct passwords *out, struct err *e);

#endif
