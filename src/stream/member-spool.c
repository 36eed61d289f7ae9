/* A member's bytes on their way from libarchive to where they are wanted: the spool, or memory, up to what a member may be. */
#include <errno.h>
#include <unistd.h>

#include "base/limits.h"
#include "stream/member-library.h"
#include "stream/member-private.h"

/* A member smaller than BOMB_MIN is harmless whatever its ratio; HOLE is kept of one that is left out. */
enum { HOLE = 4096 };
#define BOMB_MIN (64 * MIB)

enum errc spool_size(struct archive_reader *r, uint64_t n, struct err *e)
{
	if (r->into == NULL)
		return ftruncate(r->spool_fd, (off_t)n) == 0 ? OK : err_sys(e, "spool: ftruncate");
	if (n == 0)
		buf_clear(r->into);
	while (r->into->n < n && !r->into->failed)
		buf_byte(r->into, 0);
	return buf_check(r->into, e);
}

static enum errc spool_write(struct archive_reader *r, const unsigned char *p, size_t n, off_t at, struct err *e)
{
	if (r->into != NULL) {
		enum errc rc = (uint64_t)at > r->into->n ? spool_size(r, (uint64_t)at, e) : OK;

		/* Blocks come in their order; one that goes back overwrites nothing that was given. */
		if (rc == OK && (uint64_t)at == r->into->n)
			buf_put(r->into, span_of(p, n));
		return rc == OK ? buf_check(r->into, e) : rc;
	}
	while (n > 0) {
		ssize_t written = pwrite(r->spool_fd, p, n, at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return err_sys(e, "spool: write");
		p += written;
		n -= (size_t)written;
		at += written;
	}
	return OK;
}

/* May the member grow to `size`? If not, says why. */
static bool within_limits(struct archive_reader *r, uint64_t size, uint64_t consumed, struct member *m)
{
	if (size > LIMIT_MEMBER_BYTES || (r->into != NULL && size > r->into->max)) {
		member_set(m, MEMBER_LIMIT, "larger than a member may be");
	} else if (size > LIMIT_ARCHIVE_BYTES - r->n_bytes) {
		member_set(m, MEMBER_LIMIT, "the archive is larger than an archive may be");
		r->ended = true;
	} else if (size > BOMB_MIN && size / LIMIT_ARCHIVE_RATIO > consumed) {
		member_set(m, MEMBER_LIMIT, "taken for a decompression bomb");
	} else {
		return true;
	}
	return false;
}

/* Bytes of the archive itself that were read so far. */
static int64_t consumed(struct archive_reader *r)
{
	return r->source.unpack != NULL ? (int64_t)unpack_taken(r->source.unpack) : la.filter_bytes(r->archive, -1);
}

/* A sparse member that is mostly holes, or would be too large with them: they are left out, but for what keeps apart what lies around them. */
static bool is_hollow(struct archive_reader *r, struct archive_entry *entry)
{
	int64_t size = la.entry_size(entry), at, n;
	uint64_t max = r->into != NULL ? r->into->max : LIMIT_MEMBER_BYTES, data = 0;

	if (la.entry_sparse_reset(entry) == 0 || size < 0)
		return false;
	while (la.entry_sparse_next(entry, &at, &n) == ARCHIVE_OK)
		data += n > 0 && data < INT64_MAX ? (uint64_t)n : 0;
	return (uint64_t)size > max || ((uint64_t)size > BOMB_MIN && (uint64_t)size / LIMIT_SPARSE_RATIO > data);
}

/* Nothing behind it is named, where its reason does not say that the archive ends there. */
static void says_the_rest(struct arena *a, struct member *m)
{
	const char *more = strstr(m->reason, " here") == NULL ? arena_printf(a, "%s: nor is what follows it in the archive read", m->reason) : NULL;

	if (more != NULL)
		m->reason = more;
}

enum errc spool_member(struct archive_reader *r, struct arena *a, struct archive_entry *entry, struct member *m, struct err *e)
{
	int64_t start = consumed(r), left_out = 0;
	bool hollow = is_hollow(r, entry);
	enum errc rc;

	if ((rc = spool_size(r, 0, e)) != OK)
		return rc;
	for (;;) {
		const void *p = NULL;
		size_t n = 0;
		int64_t at = 0;
		int got = la.read_data_block(r->archive, &p, &n, &at);
		int64_t here = consumed(r);
		bool last;

		/* A zip's directory is at its end: from there it goes back to the member. */
		if (here < start)
			start = here;
		if (got == ARCHIVE_EOF) {
			if (archive_is_raw(r) && unpack_says(r) != NULL)
				member_set(m, MEMBER_PARTIAL, archive_why(r, a));
			break;
		}
		if (got == ARCHIVE_RETRY)
			got = ARCHIVE_FAILED;
		/* That a member of a ZIP has not the size that it says is a failure to libarchive 3.7, a warning before: its last block is there. */
		last = got == ARCHIVE_FAILED && n > 0 && la.format(r->archive) == ARCHIVE_FORMAT_ZIP;
		if (got == ARCHIVE_OK || got == ARCHIVE_WARN || last) {
			if (hollow && at >= left_out && (uint64_t)(at - left_out) > m->n_bytes + HOLE)
				left_out = at - (int64_t)m->n_bytes - HOLE;
			if ((at -= left_out) < 0 || n > (uint64_t)INT64_MAX - (uint64_t)at) {
				member_set(m, MEMBER_PARTIAL, DAMAGED);
				break;
			}
			/* A block that was read ahead serves several members: counted for each. */
			if (!within_limits(r, (uint64_t)at + n, (uint64_t)(here - start) + BLOCK, m))
				break;
			if ((rc = spool_write(r, p, n, at, e)) != OK)
				return rc;
			if ((uint64_t)at + n > m->n_bytes)
				m->n_bytes = (uint64_t)at + n;
			if (got != ARCHIVE_OK)
				member_set(m, MEMBER_PARTIAL, archive_why(r, a));
			if (last)
				break;
			continue;
		}
		if (archive_wants_password(r))
			member_set(m, MEMBER_ENCRYPTED, archive_sealed_why(r));
		else
			member_set(m, m->n_bytes > 0 ? MEMBER_PARTIAL : MEMBER_FAILED, archive_why(r, a));
		if (got == ARCHIVE_FATAL) {
			says_the_rest(a, m);
			r->ended = true;
		}
		break;
	}
	r->n_bytes += m->n_bytes;
	if (left_out > 0 && m->outcome == MEMBER_READ)
		member_set(m, MEMBER_PARTIAL, "a sparse file, read without its holes: bytes that are not stored, and zero");
	/* A hole at the end of a sparse member was not written. */
	return m->outcome != MEMBER_LIMIT ? spool_size(r, m->n_bytes, e) : OK;
}
