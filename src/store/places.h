/* Where findings lie in their messages, for reading their values again. */
#ifndef TOCSIN_STORE_PLACES_H
#define TOCSIN_STORE_PLACES_H

#include "store/store.h"

/* Messages with findings, with ids above `after`, ascending: up to max, how many in *n. */
MUST_CHECK enum errc places_messages(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e);

struct place {
	int64_t finding_id;
	const char *path; /* of the part */
	uint64_t at_byte, n_bytes;
};
/* The findings of one message, by part and then id, in the arena. */
MUST_CHECK enum errc places_of(struct store *st, struct arena *a, int64_t message_id, struct place **out, size_t *n,
    struct err *e);

#endif
