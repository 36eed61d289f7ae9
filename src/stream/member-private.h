/*
 * Where the bytes of an archive come from: a file or memory, packed or not, from its beginning on or from where an archive in it ended. And how
 * a name in an archive is written. For member.c.
 */
#ifndef TOCSIN_STREAM_MEMBER_PRIVATE_H
#define TOCSIN_STREAM_MEMBER_PRIVATE_H

#include "base/err.h"
#include "base/span.h"
#include "stream/charset.h"
#include "stream/unpack.h"

struct member_source {
	int fd;
	uint64_t at;           /* of the file: where the archive under way begins */
	span bytes;            /* the same in memory, where fd is -1 */
	struct unpack *unpack; /* what unpacks it before libarchive sees it, or NULL */
	span block;            /* the newest that was unpacked, or read */
	bool again;            /* it is given once more */
	uint64_t given;        /* unpacked bytes since the archive under way began */
	unsigned char *kept;   /* bytes that were read ahead */
	span behind;           /* in memory, behind an archive of which libarchive reads one alone, wherever it lies */
};

/* From fd, whose place is `at`, or where that is -1 from bytes; head: how they begin. Both stay the caller's. */
MUST_CHECK enum errc source_open(struct member_source *s, int fd, uint64_t at, span bytes, span head, struct err *e);
void source_close(struct member_source *s);
/* Before it is opened again. */
void source_reset(struct member_source *s);
/* The archive with which the bytes in memory begin; *behind: another one, end to end with it. */
span source_first(span bytes, span *behind);

/* libarchive goes back to the beginning of a file that it may seek in: by blocks, it stays behind `at`. */
static inline bool source_blocks(const struct member_source *s) { return s->unpack != NULL || s->at > 0; }
/* The next block, none at the end; the first one of what is unpacked, which comes again. */
MUST_CHECK enum errc source_next(struct member_source *s, span *block, struct err *e);
MUST_CHECK enum errc source_peek(struct member_source *s, span *block, struct err *e);
/*
 * The archive under way has ended behind `used` bytes. What comes behind, but for what fills up blocks, is the source from then on; *head: how
 * that begins, empty at the end.
 */
MUST_CHECK enum errc source_rest(struct member_source *s, uint64_t used, span *head, struct err *e);

/* A file that begins with zeros, and is none for that the end of a tar archive: its first block. */
bool begins_with_zeros(span block);

/* What a name in an archive is written in. */
const struct charset *charset_of_name(span raw);

#endif
