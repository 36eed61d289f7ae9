/*
 * What the files of member.h share: where the bytes of an archive come from (member-source.c: a file or memory, packed or not, from its
 * beginning on or from where an archive in it ended), who reads them (member.c), where a member's bytes go (member-spool.c), and how a name
 * in an archive is written (member-name.c).
 */
#ifndef TOCSIN_STREAM_MEMBER_PRIVATE_H
#define TOCSIN_STREAM_MEMBER_PRIVATE_H

#include "base/err.h"
#include "base/span.h"
#include "stream/charset.h"
#include "stream/member-library.h"
#include "stream/member.h"
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

enum { BLOCK = 32 * 1024 }; /* that libarchive reads at a time */
/* Gives them to libarchive. What is wrong with the bytes is said when the first header is asked for. */
void source_begin(struct archive *a, struct member_source *s);

/* What libarchive alone unpacks: LZ4, lzip, and compress. */
bool filter_sniff(span head);
/* Does such a file have zeros at its beginning, and is for that no tar archive? It is read again from where it begins. */
MUST_CHECK enum errc filter_peek(struct member_source *s, bool *zeros, struct err *e);
/* A file that begins with zeros, and is none for that the end of a tar archive: its first block. */
bool begins_with_zeros(span block);

/* What a name in an archive is written in. */
const struct charset *charset_of_name(span raw);

struct archive_reader {
	struct archive *archive;
	struct member_source source;
	int spool_fd;
	struct buf *into; /* instead of the spool */
	uint64_t index;   /* of the next member */
	uint64_t n_bytes; /* spooled in all */
	unsigned n_archives; /* before the one under way */
	bool ended;
	bool password;    /* one is there to be tried */
	span key;         /* that one, or p NULL */
	bool told;        /* that it is damaged: by a member */
	bool waits;       /* a header that was found behind damage, or the end; the damage is told first */
	int waiting_as;
	struct archive_entry *waiting;
	int64_t written_utc; /* of what a gzip file packed (RFC 1952, 2.3.1); 0: not said */
};

static inline int archive_format_of(const struct archive_reader *r) { return la.format(r->archive) & ARCHIVE_FORMAT_BASE_MASK; }

/* What is wrong with what lies around all members. */
static inline const char *unpack_says(const struct archive_reader *r) { return r->source.unpack != NULL ? unpack_why(r->source.unpack) : NULL; }

static inline bool archive_is_raw(const struct archive_reader *r) { return la.format(r->archive) == ARCHIVE_FORMAT_RAW; }

static inline void member_set(struct member *m, enum member_outcome outcome, const char *reason)
{
	m->outcome = outcome;
	m->reason = reason;
}

#define DAMAGED "the archive is damaged or cut off here"
/* What libarchive says is wrong, which is then told. Is it about a password? */
const char *archive_why(struct archive_reader *r, struct arena *a);
bool archive_wants_password(struct archive_reader *r);
/* Why a member stays sealed: libarchive decrypts ZIP alone; of what is in memory unseal.h opens 7z and RAR. */
const char *archive_sealed_why(const struct archive_reader *r);

/* The spool made empty, or with zeros up to n bytes. */
MUST_CHECK enum errc spool_size(struct archive_reader *r, uint64_t n, struct err *e);
/* All bytes of the entry whose header was read last, into the spool; what became of them is said in *m. */
MUST_CHECK enum errc spool_member(struct archive_reader *r, struct arena *a, struct archive_entry *entry, struct member *m, struct err *e);

#endif
