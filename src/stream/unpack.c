#include "stream/unpack.h"

#include <bzlib.h>
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cursor.h"
#include "base/library.h"
#include "base/limits.h"

enum { PACKED = 32 * 1024, PLAIN = 64 * 1024, GZIP = 16 /* added to the bits of the window: gzip alone */ };

/* What a reader made of its bytes: all of them or no more room; a stream ends; it is damaged; there is no memory for it. */
enum step { STEP_ON, STEP_END, STEP_DAMAGED, STEP_MEMORY };

/* libzstd, whose headers libarchive does not bring; of zstd.h what is stable since 1.0. */
struct zstd_in { const void *p; size_t n, at; };
struct zstd_out { void *p; size_t n, at; };
static struct {
	void *(*new)(void);
	size_t (*free)(void *);
	size_t (*next)(void *, struct zstd_out *, struct zstd_in *);
	unsigned (*is_error)(size_t);
} zstd;

struct unpack {
	const struct form *form;
	z_stream z;
	bz_stream bz;
	lzma_stream xz;
	void *zst;
	int fd;
	span rest;       /* of the bytes, where there is no descriptor */
	bool within;     /* a stream has begun and not ended */
	bool begun;      /* one has */
	bool last;       /* there are no more packed bytes */
	bool over;
	const char *why;
	uint64_t taken;
	unsigned char *in, *out; /* where the next packed bytes lie and plain ones go */
	size_t n_in, n_out;      /* how many are there, and how many fit */
	unsigned char packed[PACKED], plain[PLAIN];
};

/* ---- the five ---- */

static bool gzip_begin(struct unpack *u)
{
	return (u->z.state != NULL ? inflateReset(&u->z) : inflateInit2(&u->z, MAX_WBITS + GZIP)) == Z_OK;
}

static enum step gzip_next(struct unpack *u)
{
	int got;

	u->z.next_in = u->in;
	u->z.avail_in = (uInt)u->n_in;
	u->z.next_out = u->out;
	u->z.avail_out = (uInt)u->n_out;
	got = inflate(&u->z, Z_NO_FLUSH);
	u->in = u->z.next_in;
	u->n_in = u->z.avail_in;
	u->out = u->z.next_out;
	u->n_out = u->z.avail_out;
	return got == Z_STREAM_END ? STEP_END : got == Z_MEM_ERROR ? STEP_MEMORY : got == Z_OK || got == Z_BUF_ERROR ? STEP_ON : STEP_DAMAGED;
}

static bool bzip2_begin(struct unpack *u)
{
	(void)BZ2_bzDecompressEnd(&u->bz);
	u->bz = (bz_stream){0};
	return BZ2_bzDecompressInit(&u->bz, 0, 0) == BZ_OK;
}

static enum step bzip2_next(struct unpack *u)
{
	int got;

	u->bz.next_in = (char *)u->in;
	u->bz.avail_in = (unsigned)u->n_in;
	u->bz.next_out = (char *)u->out;
	u->bz.avail_out = (unsigned)u->n_out;
	got = BZ2_bzDecompress(&u->bz);
	u->in = (unsigned char *)u->bz.next_in;
	u->n_in = u->bz.avail_in;
	u->out = (unsigned char *)u->bz.next_out;
	u->n_out = u->bz.avail_out;
	return got == BZ_STREAM_END ? STEP_END : got == BZ_MEM_ERROR ? STEP_MEMORY : got == BZ_OK ? STEP_ON : STEP_DAMAGED;
}

/* Streams that follow each other, and what fills up between them, are liblzma's. */
static bool xz_begin(struct unpack *u)
{
	lzma_end(&u->xz);
	u->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&u->xz, LIMIT_WORKER_BYTES / 2, LZMA_CONCATENATED) == LZMA_OK;
}

static enum step xz_next(struct unpack *u)
{
	lzma_ret got;

	u->xz.next_in = u->in;
	u->xz.avail_in = u->n_in;
	u->xz.next_out = u->out;
	u->xz.avail_out = u->n_out;
	got = lzma_code(&u->xz, u->last ? LZMA_FINISH : LZMA_RUN);
	u->in += u->n_in - u->xz.avail_in;
	u->n_in = u->xz.avail_in;
	u->out = u->xz.next_out;
	u->n_out = u->xz.avail_out;
	return got == LZMA_STREAM_END ? STEP_END : got == LZMA_MEM_ERROR || got == LZMA_MEMLIMIT_ERROR ? STEP_MEMORY :
	    got == LZMA_OK || got == LZMA_BUF_ERROR ? STEP_ON : STEP_DAMAGED;
}

/* As LZMA was before xz: a header without a mark and without a digest. */
static bool lzma_begin(struct unpack *u)
{
	lzma_end(&u->xz);
	u->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_alone_decoder(&u->xz, LIMIT_WORKER_BYTES / 2) == LZMA_OK;
}

static bool zstd_begin(struct unpack *u) { return u->zst != NULL || (u->zst = zstd.new()) != NULL; }

static enum step zstd_next(struct unpack *u)
{
	struct zstd_in in = {u->in, u->n_in, 0};
	struct zstd_out out = {u->out, u->n_out, 0};
	size_t got = zstd.next(u->zst, &out, &in);

	u->in += in.at;
	u->n_in -= in.at;
	u->out += out.at;
	u->n_out -= out.at;
	return zstd.is_error(got) ? STEP_DAMAGED : got == 0 ? STEP_END : STEP_ON;
}

static bool gzip_sniff(span s) { return span_starts(s, SPAN_LIT("\x1f\x8b")); }

/* Its first block, or its end where nothing is in it. */
static bool bzip2_sniff(span s)
{
	return span_starts(s, SPAN_LIT("BZh")) &&
	       (span_eq(span_sub(s, 4, 6), SPAN_LIT("1AY&SY")) || span_eq(span_sub(s, 4, 6), SPAN_LIT("\x17\x72\x45\x38\x50\x90")));
}

static bool xz_sniff(span s) { return span_starts(s, SPAN_LIT("\xfd" "7zXZ\0")); }

/*
 * lc, lp and pb in one byte; a dictionary of a power of two, or of one and a half; the size, or that it is not known; and the coder's first
 * byte is 0: that is all there is to know it by.
 */
static bool lzma_sniff(span s)
{
	uint32_t dictionary = le32_at(s, 1), low = dictionary & -dictionary;
	uint64_t size = le64_at(s, 5);

	if (s.n < UNPACK_HEAD || s.p[0] >= 225 || s.p[0] % 9 + s.p[0] / 9 % 5 > 4 || s.p[13] != 0)
		return false;
	return dictionary >= 1u << 12 && (dictionary == low || dictionary == low + (low << 1)) && (size == UINT64_MAX || size < (uint64_t)1 << 38);
}

static bool zstd_sniff(span s) { return zstd.next != NULL && (span_starts(s, SPAN_LIT("\x28\xb5\x2f\xfd")) || unpack_is_skippable(s)); }

static const struct form {
	bool (*sniff)(span first_bytes);
	bool (*begin)(struct unpack *u);
	enum step (*next)(struct unpack *u);
	const char *cut, *damaged;
} forms[] = {
	{gzip_sniff, gzip_begin, gzip_next, "the archive is cut off here (truncated gzip input)", "the archive is damaged here (gzip)"},
	{bzip2_sniff, bzip2_begin, bzip2_next, "the archive is cut off here (truncated bzip2 input)", "the archive is damaged here (bzip2)"},
	{xz_sniff, xz_begin, xz_next, "the archive is cut off here (truncated xz input)", "the archive is damaged here (xz)"},
	{lzma_sniff, lzma_begin, xz_next, "the archive is cut off here (truncated lzma input)", "the archive is damaged here (lzma)"},
	{zstd_sniff, zstd_begin, zstd_next, "the archive is cut off here (truncated zstd input)", "the archive is damaged here (zstd)"},
};

void unpack_warm(void)
{
	static const struct library_name names[] = {{"ZSTD_createDStream", &zstd.new}, {"ZSTD_freeDStream", &zstd.free},
	    {"ZSTD_isError", &zstd.is_error}, {"ZSTD_decompressStream", &zstd.next}};
	static struct library library = LIBRARY("libzstd.so.1", names);
	struct err ignored;

	/* The last of them is there when all are. */
	if (library_load(&library, &ignored) != OK)
		zstd.next = NULL;
}

static const struct form *form_of(span first_bytes)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (forms[i].sniff(first_bytes))
			return &forms[i];
	return NULL;
}

bool unpack_sniff(span first_bytes) { return form_of(first_bytes) != NULL; }

struct unpack *unpack_open(int fd, span bytes, span first_bytes)
{
	struct unpack *u = calloc(1, sizeof *u);

	if (u == NULL)
		return NULL;
	u->form = form_of(first_bytes);
	assert(u->form != NULL);
	u->in = u->packed;
	u->fd = fd;
	u->rest = bytes;
	return u;
}

void unpack_close(struct unpack *u)
{
	if (u == NULL)
		return;
	(void)inflateEnd(&u->z);
	(void)BZ2_bzDecompressEnd(&u->bz);
	lzma_end(&u->xz);
	if (u->zst != NULL)
		(void)zstd.free(u->zst);
	free(u);
}

const char *unpack_why(const struct unpack *u) { return u->why; }

uint64_t unpack_taken(const struct unpack *u) { return u->taken; }

/* Bytes behind those that wait: up to n, 0 at the end. */
static enum errc take(struct unpack *u, unsigned char *to, size_t n, size_t *got, struct err *e)
{
	ssize_t bytes;

	if (u->fd < 0) {
		span some = span_first(u->rest, n);

		memcpy(to, some.p, some.n);
		u->rest = span_from(u->rest, some.n);
		*got = some.n;
		return OK;
	}
	do
		bytes = read(u->fd, to, n);
	while (bytes < 0 && errno == EINTR);
	if (bytes < 0)
		return err_sys(e, "read");
	*got = (size_t)bytes;
	return OK;
}

/* At least n packed bytes, unless the end comes before. */
static enum errc fill(struct unpack *u, size_t n, struct err *e)
{
	size_t got = 1;
	enum errc rc = OK;

	if (u->n_in >= n)
		return OK;
	memmove(u->packed, u->in, u->n_in);
	u->in = u->packed;
	while (u->n_in < n && got != 0 && rc == OK && (rc = take(u, u->packed + u->n_in, PACKED - u->n_in, &got, e)) == OK) {
		u->n_in += got;
		u->taken += got;
		u->last = got == 0;
	}
	return rc;
}

/* Streams may follow each other (RFC 1952 2.2), with zeros or a mail's line end between them; what else follows is told. */
static enum errc begin(struct unpack *u, struct err *e)
{
	enum errc rc = fill(u, UNPACK_HEAD, e);

	while (rc == OK && u->n_in > 0 && u->begun && (u->in[0] == 0 || u->in[0] == '\r' || u->in[0] == '\n')) {
		u->in++;
		u->n_in--;
		rc = fill(u, UNPACK_HEAD, e);
	}
	if (rc != OK)
		return rc;
	if (u->form->sniff(span_of(u->in, u->n_in))) {
		if (!u->form->begin(u))
			return err_memory(e);
		u->within = u->begun = true;
	}
	u->over = !u->within;
	if (u->over && u->n_in > 0 && u->begun)
		u->why = "what stands behind the end of the packed data is none, and was not read";
	return OK;
}

static void end(struct unpack *u, const char *why)
{
	u->why = why;
	u->over = true;
}

enum errc unpack_next(struct unpack *u, span *out, struct err *e)
{
	enum errc rc = OK;

	u->out = u->plain;
	u->n_out = PLAIN;
	while (!u->over && u->n_out != 0) {
		size_t before, room;

		if ((!u->within && (rc = begin(u, e)) != OK) || (u->within && (rc = fill(u, 1, e)) != OK))
			return rc;
		if (u->over)
			break;
		before = u->n_in;
		room = u->n_out;
		switch (u->form->next(u)) {
		case STEP_ON:
			/* It has taken and given all. */
			if (u->last && u->n_in == before && u->n_out == room)
				end(u, u->form->cut);
			break;
		case STEP_END: u->within = false; break;
		case STEP_DAMAGED: end(u, u->form->damaged); break;
		case STEP_MEMORY: return err_memory(e);
		}
	}
	*out = span_of(u->plain, PLAIN - u->n_out);
	return OK;
}
