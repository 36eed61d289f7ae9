/*
 * gzip, bzip2, xz, lzma and zstd unpacked for libarchive, as far as it goes. libarchive's own filters keep what they have of a block of 64 KiB or more to
 * themselves when the file ends within it: of a small file that is cut, all. This gives it, and says then what is wrong. Digests are compared.
 */
#ifndef TOCSIN_STREAM_UNPACK_H
#define TOCSIN_STREAM_UNPACK_H

#include "base/err.h"
#include "base/span.h"

/* Before the walls: libzstd, which libarchive has loaded, if it has. Without it zstd is none of what is unpacked here. */
void unpack_warm(void);

struct unpack;
enum { UNPACK_HEAD = 14 };
/* By its first UNPACK_HEAD bytes: one of the five? */
bool unpack_sniff(span first_bytes);
/* Does a frame of zstd or LZ4 begin here that is to be passed over (RFC 8878 3.1.2)? */
static inline bool unpack_is_skippable(span s)
{
	return s.n >= 4 && (s.p[0] & 0xf0) == 0x50 && span_eq(span_sub(s, 1, 3), SPAN_LIT("\x2a\x4d\x18"));
}
/* Reads from fd, or where that is -1 from bytes: they stay the caller's. first_bytes as above. NULL: memory. */
struct unpack *unpack_open(int fd, span bytes, span first_bytes);
void unpack_close(struct unpack *u);

/* The next bytes, which live until the next call; none at the end. ERR_WORLD: the file cannot be read. */
MUST_CHECK enum errc unpack_next(struct unpack *u, span *out, struct err *e);
/* Why there is no more, though there should be; NULL: there should not. */
const char *unpack_why(const struct unpack *u);
/* Packed bytes that were taken so far. */
uint64_t unpack_taken(const struct unpack *u);

#endif
