/* A time stamp authority's reply (RFC 3161), looked at in a jailed worker. */
#ifndef TOCSIN_VERIFY_STAMP_H
#define TOCSIN_VERIFY_STAMP_H

#include "base/arena.h"
#include "jail/jail.h"
#include "net/stamp.h"

extern const struct jail_job stamp_job;

/* As stamp_check: *why is NULL when it holds. Texts live in the arena. */
MUST_CHECK enum errc verify_stamp(span reply, span ca_pem, bool without_jail, struct arena *a, struct stamp *out, const char **why,
    struct err *e);

#endif
