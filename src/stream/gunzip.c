#include "stream/gunzip.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { PACKED = 32 * 1024, PLAIN = 64 * 1024, MAGIC = 2, GZIP = 16 /* added to the bits of the window: gzip alone */ };

struct gunzip {
	z_stream z;
	int fd;
	span rest;       /* of the bytes, where there is no descriptor */
	bool within;     /* a stream has begun and not ended */
	bool over;
	const char *why;
	uint64_t taken;
	unsigned char packed[PACKED], plain[PLAIN];
};

bool gunzip_sniff(span first_bytes) { return span_starts(first_bytes, SPAN_LIT("\x1f\x8b")); }

struct gunzip *gunzip_open(int fd, span bytes)
{
	struct gunzip *g = calloc(1, sizeof *g);

	if (g == NULL || inflateInit2(&g->z, MAX_WBITS + GZIP) != Z_OK) {
		free(g);
		return NULL;
	}
	g->fd = fd;
	g->z.next_in = g->packed;
	g->rest = bytes;
	return g;
}

void gunzip_close(struct gunzip *g)
{
	if (g == NULL)
		return;
	(void)inflateEnd(&g->z);
	free(g);
}

const char *gunzip_why(const struct gunzip *g) { return g->why; }

uint64_t gunzip_taken(const struct gunzip *g) { return g->taken; }

/* Bytes behind those that wait: up to n, 0 at the end. */
static enum errc take(struct gunzip *g, unsigned char *to, size_t n, size_t *got, struct err *e)
{
	ssize_t bytes;

	if (g->fd < 0) {
		span some = span_first(g->rest, n);

		memcpy(to, some.p, some.n);
		g->rest = span_from(g->rest, some.n);
		*got = some.n;
		return OK;
	}
	do
		bytes = read(g->fd, to, n);
	while (bytes < 0 && errno == EINTR);
	if (bytes < 0)
		return err_sys(e, "read");
	*got = (size_t)bytes;
	return OK;
}

/* At least n packed bytes, unless the end comes before. */
static enum errc fill(struct gunzip *g, size_t n, struct err *e)
{
	size_t got = 1;
	enum errc rc = OK;

	if (g->z.avail_in >= n)
		return OK;
	memmove(g->packed, g->z.next_in, g->z.avail_in);
	g->z.next_in = g->packed;
	while (g->z.avail_in < n && got != 0 && rc == OK && (rc = take(g, g->packed + g->z.avail_in, PACKED - g->z.avail_in, &got, e)) == OK) {
		g->z.avail_in += (uInt)got;
		g->taken += got;
	}
	return rc;
}

/* Streams may follow each other (RFC 1952 2.2); what follows and is none is passed over. */
static enum errc begin(struct gunzip *g, struct err *e)
{
	enum errc rc = fill(g, MAGIC, e);

	if (rc == OK && gunzip_sniff(span_of(g->z.next_in, g->z.avail_in)))
		g->within = inflateReset(&g->z) == Z_OK;
	g->over = !g->within;
	return rc;
}

static void end(struct gunzip *g, const char *why)
{
	g->why = why;
	g->over = true;
}

enum errc gunzip_next(struct gunzip *g, span *out, struct err *e)
{
	enum errc rc = OK;

	g->z.next_out = g->plain;
	g->z.avail_out = PLAIN;
	while (!g->over && g->z.avail_out != 0) {
		int got;

		if ((!g->within && (rc = begin(g, e)) != OK) || (g->within && (rc = fill(g, 1, e)) != OK))
			return rc;
		if (g->over)
			break;
		if (g->z.avail_in == 0) {
			end(g, "the archive is cut off here (truncated gzip input)");
			break;
		}
		got = inflate(&g->z, Z_NO_FLUSH);
		if (got == Z_MEM_ERROR)
			return err_memory(e);
		if (got == Z_STREAM_END)
			g->within = false;
		else if (got != Z_OK && got != Z_BUF_ERROR)
			end(g, "the archive is damaged here (gzip)");
	}
	*out = span_of(g->plain, PLAIN - g->z.avail_out);
	return OK;
}
