/* vectorscan, which is loaded where rules are made ready and where texts are scanned, and nowhere else (base/library.h). */
#ifndef TOCSIN_SCAN_VECTORSCAN_H
#define TOCSIN_SCAN_VECTORSCAN_H

#include <hs/hs.h>

#include "base/err.h"

#define HS_CALLS(X) \
	X(alloc_scratch) X(compile_lit_multi) X(deserialize_database) X(free_compile_error) X(free_database) X(free_scratch) X(scan) \
	X(serialize_database)

struct hs_calls {
#define HS_CALL(name) __typeof__(hs_##name) *name;
	HS_CALLS(HS_CALL)
#undef HS_CALL
};

/* The calls, once hs_load has said OK. */
extern struct hs_calls hs;
/* Before the walls. ERR_WORLD: the library is not there. */
MUST_CHECK enum errc hs_load(struct err *e);

#endif
