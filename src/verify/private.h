/* What the worker does and the keeper reads: a result is for each check u8 outcome and its words, then its texts and what they come to. */
#ifndef TOCSIN_VERIFY_PRIVATE_H
#define TOCSIN_VERIFY_PRIVATE_H

#include "proof/note.h"
#include "verify/verify.h"

/* Everything of one notice. Evidence is never an error: it is an outcome. */
MUST_CHECK enum errc notice_check(struct arena *a, const struct verify_with *w, struct verify_result *out, struct err *e);

/*
 * A log as it is published, by any of the keys: its checkpoint, and a line of hexadecimal digits a leaf, of which there may be more
 * than the checkpoint speaks of. ERR_EVIDENCE and why when it does not have what b has (leaf is its leaf, then its checkpoint says
 * of how many) or does not go on from that; ERR_REFUSED when that cannot be said: it is older, or signed by another key.
 */
MUST_CHECK enum errc published_check(const struct verify_with *w, span origin, const struct digest *leaf, uint64_t index,
    const struct checkpoint *then, struct checkpoint *now, struct err *e);

/* Keys as minisign writes them, one behind the other: one is older than another after a rotation. False at the end. */
bool key_next(span *keys, struct verify_key *k);

#endif
