/* The little of tar (POSIX ustar) that an export is: plain files with short ASCII names, written and read back. */
#ifndef TOCSIN_SEAL_TAR_H
#define TOCSIN_SEAL_TAR_H

#include "base/span.h"

enum { TAR_BLOCK = 512, TAR_NAME = 100 };

/* name under 100 bytes; mode 0644, time 0. */
void tar_header(const char *name, uint64_t n, unsigned char out[TAR_BLOCK]);

/* Of a block: a plain file's name and length. False: the end (all zeros), and *bad when it is no header of ours. */
bool tar_read(const unsigned char block[TAR_BLOCK], char name[TAR_NAME + 1], uint64_t *n, bool *bad);

#endif
