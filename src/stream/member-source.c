#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "stream/member-library.h"
#include "stream/member-private.h"
#include "stream/member.h"
#include "stream/seven-zip.h"
#include "stream/zip-walk.h"

/*
 * AHEAD: libarchive looks so far ahead for what a file is (ISO 9660: 48 KiB), a block of unpack.h is as long. PADDING: between two archives;
 * longer, it is told as what cannot be read.
 */
enum { AHEAD = 64 * 1024, KEPT = 2 * AHEAD, PADDING = 1024 * 1024, TAR_BLOCK = 512 };

enum errc source_open(struct member_source *s, int fd, uint64_t at, span bytes, span head, struct err *e)
{
	*s = (struct member_source){.fd = fd, .at = at, .bytes = bytes, .kept = s->kept, .behind = s->behind};
	if (unpack_sniff(head))
		s->unpack = unpack_open(fd, bytes, head);
	else if (at > 0 && s->kept == NULL)
		s->kept = malloc(KEPT);
	return (unpack_sniff(head) ? s->unpack == NULL : at > 0 && s->kept == NULL) ? err_memory(e) : OK;
}

/* Zeros up to the next multiple of a block, or the line end of a mail. */
static size_t padding(span s)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] == 0 || s.p[n] == '\r' || s.p[n] == '\n'))
		n++;
	return n;
}

span source_first(span bytes, span *behind)
{
	size_t end = seven_sniff(bytes) ? seven_end(bytes) : zip_end(bytes);

	*behind = span_from(bytes, end);
	*behind = span_from(*behind, padding(span_first(*behind, PADDING)));
	if (archive_sniff(*behind))
		return span_first(bytes, end);
	*behind = SPAN_EMPTY;
	return bytes;
}

void source_reset(struct member_source *s)
{
	unpack_close(s->unpack);
	s->unpack = NULL;
}

void source_close(struct member_source *s)
{
	source_reset(s);
	free(s->kept);
}

static enum errc file_next(struct member_source *s, span *block, struct err *e)
{
	ssize_t n;

	do
		n = read(s->fd, s->kept, AHEAD);
	while (n < 0 && errno == EINTR);
	*block = n > 0 ? span_of(s->kept, (size_t)n) : SPAN_EMPTY;
	return n < 0 ? err_sys(e, "archive") : OK;
}

enum errc source_next(struct member_source *s, span *block, struct err *e)
{
	enum errc rc = OK;

	*block = s->block;
	if (!s->again && (rc = s->unpack != NULL ? unpack_next(s->unpack, block, e) : file_next(s, block, e)) != OK)
		*block = SPAN_EMPTY;
	s->again = false;
	if (block->n != 0) /* asked for more at the end, libarchive has not used the last one */
		s->block = *block;
	s->given += block->n;
	return rc;
}

enum errc source_peek(struct member_source *s, span *block, struct err *e)
{
	enum errc rc = source_next(s, block, e);

	s->again = rc == OK;
	s->given -= block->n;
	return rc;
}

static enum errc rest_of_file(struct member_source *s, span *head, struct err *e)
{
	ssize_t n;

	for (uint64_t end = s->at + PADDING; (n = pread(s->fd, s->kept, AHEAD, (off_t)s->at)) != 0;) {
		size_t skip;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "archive");
		skip = padding(span_of(s->kept, (size_t)n));
		*head = span_of(s->kept + skip, (size_t)n - skip);
		s->at += skip;
		if (head->n != 0 || s->at > end)
			break;
	}
	return lseek(s->fd, (off_t)s->at, SEEK_SET) < 0 ? err_sys(e, "archive") : OK;
}

/* What libarchive has of the newest block and did not use, and what follows: so much of it that it is not asked for two blocks at once. */
static enum errc rest_unpacked(struct member_source *s, uint64_t left, span *head, struct err *e)
{
	size_t n = left < s->block.n ? (size_t)left : s->block.n, skip = 0, skipped = 0;
	span more = SPAN_EMPTY;
	enum errc rc;

	if (n != 0)
		memmove(s->kept, s->block.p + s->block.n - n, n);
	for (;;) {
		skip += padding(span_of(s->kept + skip, n - skip));
		if (n - skip >= AHEAD || skipped + skip > PADDING)
			break;
		memmove(s->kept, s->kept + skip, n - skip);
		n -= skip;
		skipped += skip;
		skip = 0;
		if ((rc = unpack_next(s->unpack, &more, e)) != OK)
			return rc;
		if (more.n == 0)
			break;
		memcpy(s->kept + n, more.p, more.n);
		n += more.n;
	}
	s->block = *head = span_of(s->kept + skip, n - skip);
	s->again = true;
	s->given = 0;
	return OK;
}

enum errc source_rest(struct member_source *s, uint64_t used, span *head, struct err *e)
{
	*head = SPAN_EMPTY;
	if (s->kept == NULL && (s->kept = malloc(KEPT)) == NULL)
		return err_memory(e);
	if (s->unpack != NULL)
		return rest_unpacked(s, s->given > used ? s->given - used : 0, head, e);
	if (s->fd >= 0) {
		s->at += used;
		return rest_of_file(s, head, e);
	}
	s->bytes = span_from(s->bytes, used < s->bytes.n ? (size_t)used : s->bytes.n);
	s->bytes = span_from(s->bytes, padding(span_first(s->bytes, PADDING)));
	*head = span_first(s->bytes, AHEAD);
	return OK;
}

bool begins_with_zeros(span block)
{
	size_t zeros = 0;

	while (zeros < block.n && block.p[zeros] == 0)
		zeros++;
	/* Nothing but zeros, and not so many that more may follow: an archive in which nothing is. */
	if (zeros < TAR_BLOCK || (zeros == block.n && zeros < AHEAD))
		return false;
	return !tar_sniff(span_from(block, zeros - zeros % TAR_BLOCK));
}

static la_ssize_t block_read(struct archive *a, void *ctx, const void **block)
{
	struct err why;
	span got;

	if (source_next(ctx, &got, &why) != OK) {
		la.set_error(a, EIO, "%s", why.text);
		return -1;
	}
	*block = got.p;
	return (la_ssize_t)got.n;
}

void source_begin(struct archive *a, struct member_source *s)
{
	if (source_blocks(s))
		(void)la.read_open(a, s, NULL, block_read, NULL);
	else if (s->fd >= 0)
		(void)la.read_open_fd(a, s->fd, BLOCK);
	else
		(void)la.read_open_memory(a, s->bytes.p, s->bytes.n);
}

bool filter_sniff(span head)
{
	return span_starts(head, SPAN_LIT("\x04\x22\x4d\x18")) || span_starts(head, SPAN_LIT("\x02\x21\x4c\x18")) ||
	       span_starts(head, SPAN_LIT("LZIP")) || span_starts(head, SPAN_LIT("\x1f\x9d"));
}

enum errc filter_peek(struct member_source *s, bool *zeros, struct err *e)
{
	enum { HEAD = 64 * 1024 };
	struct archive *a = la_new(AS_RAW);
	struct archive_entry *entry;
	struct buf head;
	const void *p;
	size_t n;
	int64_t at;

	*zeros = false;
	if (a == NULL)
		return err_memory(e);
	buf_init(&head, HEAD);
	source_begin(a, s);
	if (la.read_next_header(a, &entry) == ARCHIVE_OK)
		while (head.n < HEAD && la.read_data_block(a, &p, &n, &at) == ARCHIVE_OK)
			buf_put(&head, span_first(span_of(p, n), HEAD - head.n));
	(void)la.read_free(a);
	*zeros = begins_with_zeros(buf_span(&head));
	buf_free(&head);
	return s->fd < 0 || lseek(s->fd, (off_t)s->at, SEEK_SET) >= 0 ? OK : err_sys(e, "archive");
}
