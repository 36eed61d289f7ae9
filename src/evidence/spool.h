/* Room for decompressed members: a temporary file in the case folder that never has a name. */
#ifndef TOCSIN_EVIDENCE_SPOOL_H
#define TOCSIN_EVIDENCE_SPOOL_H

#include "base/err.h"

MUST_CHECK enum errc spool_open(const char *case_dir, int *fd, struct err *e);

#endif
