/*
 * Where credentials stand that somebody has to reset, by what a person here has of it otherwise than by the reading room: an organisation said it
 * by telephone, letter or mail, and of our own credentials we know ourselves.
 */
#ifndef TOCSIN_STORE_MARKS_H
#define TOCSIN_STORE_MARKS_H

#include "base/arena.h"
#include "store/store.h"

/* What the ledger says of one. */
#define SAID_MARKED "credential marked"

struct credential {
	struct digest digest; /* of its exposure */
	const char *class;
	bool open;            /* not marked, by nobody */
};
/*
 * Those that the organisation was told of, or of ourselves are in a dossier, and have that name: the beginning of the exposure's digest (six digits
 * or more), or what its bundle calls it. All of them for NULL. In the order of their digests.
 */
MUST_CHECK enum errc credentials_named(struct store *st, struct arena *a, int64_t org, const char *name, struct credential **out, size_t *n, struct err *e);
/* What was marked before, here or in the reading room, counts no more; what the reading room's log says later does. */
MUST_CHECK enum errc credential_mark(struct store *st, int64_t org, const struct digest *d, const char *mark, const char *by, const char *note,
    int64_t now_utc, struct err *e);

#endif
