/* Room for decompressed members, and for what lies in too many files: a temporary file in the case folder that never has a name. */
#ifndef TOCSIN_EVIDENCE_SPOOL_H
#define TOCSIN_EVIDENCE_SPOOL_H

#include <stdint.h>

#include "base/err.h"

MUST_CHECK enum errc spool_open(const char *case_dir, int *fd, struct err *e);

/* Bytes [at, at + n) of `from` behind what is in the spool, copied by the kernel. ERR_EVIDENCE when they are not all there. */
MUST_CHECK enum errc spool_append(int spool, int from, uint64_t at, uint64_t n, struct err *e);

#endif
