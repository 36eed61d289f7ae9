/*
 * gzip unpacked for libarchive, as far as it goes. libarchive's own filter keeps what it has of a block of 64 KiB to itself when the
 * file ends within it: of a small file that is cut, all. This one gives it, and says then what is wrong. It compares the digests too.
 */
#ifndef TOCSIN_STREAM_GUNZIP_H
#define TOCSIN_STREAM_GUNZIP_H

#include "base/err.h"
#include "base/span.h"

struct gunzip;
/* Reads from fd, or where that is -1 from bytes: they stay the caller's. NULL: memory. */
struct gunzip *gunzip_open(int fd, span bytes);
void gunzip_close(struct gunzip *g);
bool gunzip_sniff(span first_bytes);

/* The next bytes, which live until the next call; none at the end. ERR_WORLD: the file cannot be read. */
MUST_CHECK enum errc gunzip_next(struct gunzip *g, span *out, struct err *e);
/* Why there is no more, though there should be; NULL: there should not. */
const char *gunzip_why(const struct gunzip *g);
/* Packed bytes that were taken so far. */
uint64_t gunzip_taken(const struct gunzip *g);

#endif
