/* An organisation by what a person calls it. */
#ifndef TOCSIN_STORE_NAMED_H
#define TOCSIN_STORE_NAMED_H

#include "base/arena.h"
#include "store/store.h"

struct org_named { int64_t id; const char *key, *name; int origin; /* enum org_origin */ };
/*
 * The one whose key that is; else whose name, alias or domain it is, in letters of either case, when no other's is. Else ERR_USAGE: it
 * says which was perhaps meant, or the keys of those that it may be. Strings live in the arena.
 */
MUST_CHECK enum errc org_named(struct store *st, struct arena *a, const char *called, struct org_named *out, struct err *e);

/* Whose domain that is, exactly, in lower case: what proves something of an organisation. 0: nobody's. */
MUST_CHECK enum errc org_of_domain(struct store *st, const char *domain, int64_t *id, struct err *e);

/* "1, 3": the waves with a dossier of that organisation; "" when there is none. */
MUST_CHECK enum errc org_waves(struct store *st, struct arena *a, int64_t id, const char **out, struct err *e);

#endif
