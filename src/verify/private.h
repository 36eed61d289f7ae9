/* What the worker does and the keeper reads: a result is for each check u8 outcome and its words, then five texts. */
#ifndef TOCSIN_VERIFY_PRIVATE_H
#define TOCSIN_VERIFY_PRIVATE_H

#include "verify/verify.h"

/* Everything of one notice. Evidence is never an error: it is an outcome. */
MUST_CHECK enum errc notice_check(struct arena *a, const struct verify_with *w, struct verify_result *out, struct err *e);

/* Keys as minisign writes them, one behind the other: one is older than another after a rotation. False at the end. */
bool key_next(span *keys, struct verify_key *k);

#endif
