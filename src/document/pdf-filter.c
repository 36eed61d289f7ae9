/* Filters of streams (ISO 32000-1, 7.4): Flate, LZW, ASCII85, ASCIIHex, RunLength, and the predictors of the first two. */
#include <zlib.h>

#include "base/limits.h"
#include "document/pdf.h"

/* More room for a text that grows in the arena. */
static bool grown(struct pdf *f, unsigned char **p, size_t n, size_t *cap, size_t want)
{
	unsigned char *more;
	size_t size = *cap;

	if (want <= *cap)
		return true;
	while (size < want)
		size = size < 4096 ? 4096 : 2 * size;
	if ((more = arena_alloc(f->a, size)) == NULL)
		return false;
	if (n > 0)
		memcpy(more, *p, n);
	*p = more;
	*cap = size;
	return true;
}

static enum errc flate(struct pdf *f, span in, span *out, const char **why, struct err *e)
{
	size_t cap = 0, n = 0;
	unsigned char *p = NULL;
	z_stream s = {.next_in = (unsigned char *)(uintptr_t)in.p, .avail_in = (uInt)(in.n < UINT32_MAX ? in.n : UINT32_MAX)};
	int rc = Z_OK;

	if (!grown(f, &p, 0, &cap, 4 * in.n < MIB ? 4 * in.n + 1 : MIB) || inflateInit(&s) != Z_OK)
		return err_memory(e);
	while (rc == Z_OK && n < f->budget) {
		if (n == cap && !grown(f, &p, n, &cap, n + 1)) {
			(void)inflateEnd(&s);
			return err_memory(e);
		}
		s.next_out = p + n;
		s.avail_out = (uInt)(cap - n < UINT32_MAX ? cap - n : UINT32_MAX);
		rc = inflate(&s, Z_NO_FLUSH);
		n = (size_t)(s.next_out - p);
	}
	(void)inflateEnd(&s);
	if (rc == Z_MEM_ERROR)
		return err_memory(e);
	if (rc != Z_STREAM_END)
		*why = n >= f->budget ? "larger than what is read of a PDF" : n == 0 ? "a stream is damaged" : NULL;
	arena_shrink(f->a, p, cap, n);
	*out = span_of(p, n);
	return OK;
}

struct lzw_entry { uint16_t before; unsigned char last; uint32_t n; };

static size_t lzw_n(const struct lzw_entry *table, unsigned code)
{
	return code < 256 ? 1 : table[code].n;
}

/* 7.4.4: codes of 9 to 12 bits, 256 clears, 257 ends; early: widths change one code early. */
static enum errc lzw(struct pdf *f, span in, bool early, span *out, struct err *e)
{
	struct lzw_entry *table = arena_zero(f->a, 4096, sizeof *table);
	unsigned bits = 0, width = 9, next = 258;
	uint32_t hold = 0;
	int previous = -1;
	size_t cap = 0, n = 0;
	unsigned char *p = NULL;

	if (table == NULL)
		return err_memory(e);
	for (size_t i = 0; i < in.n || bits >= width;) {
		unsigned code, c;
		size_t length, at;

		if (bits < width) {
			hold = hold << 8 | in.p[i++];
			bits += 8;
			continue;
		}
		bits -= width;
		code = hold >> bits & ((1u << width) - 1);
		if (code == 257)
			break;
		if (code == 256) {
			width = 9;
			next = 258;
			previous = -1;
			continue;
		}
		if (code > next || (code == next && previous < 0) || n > f->budget)
			break;
		length = code == next ? lzw_n(table, (unsigned)previous) + 1 : lzw_n(table, code);
		if (!grown(f, &p, n, &cap, n + length))
			return err_memory(e);
		/* Backwards; of the code that is being made only its last byte, which is its first, is not known yet. */
		at = n + length - (code == next);
		for (c = code == next ? (unsigned)previous : code; c >= 256; c = table[c].before)
			p[--at] = table[c].last;
		p[--at] = (unsigned char)c;
		if (code == next)
			p[n + length - 1] = p[n];
		if (previous >= 0 && next < 4096) {
			table[next].before = (uint16_t)previous;
			table[next].last = p[n];
			table[next].n = (uint32_t)lzw_n(table, (unsigned)previous) + 1;
			next++;
		}
		n += length;
		previous = (int)code;
		if (next + (early ? 1 : 0) >= (1u << width) && width < 12)
			width++;
	}
	*out = span_of(p, n);
	return OK;
}

static enum errc ascii85(struct pdf *f, span in, span *out, struct err *e)
{
	unsigned char *p = arena_alloc(f->a, in.n * 4 + 8);
	size_t n = 0;
	uint32_t v = 0;
	unsigned count = 0;

	if (p == NULL)
		return err_memory(e);
	for (size_t i = 0; i < in.n && in.p[i] != '~'; i++) {
		unsigned char c = in.p[i];

		if (c == 'z' && count == 0) {
			memset(p + n, 0, 4);
			n += 4;
		} else if (c >= '!' && c <= 'u') {
			v = v * 85 + (uint32_t)(c - '!');
			if (++count == 5) {
				for (int k = 3; k >= 0; k--)
					p[n++] = (unsigned char)(v >> (8 * k));
				v = count = 0;
			}
		}
	}
	if (count > 1) {
		for (unsigned k = count; k < 5; k++)
			v = v * 85 + 84;
		for (unsigned k = 0; k + 1 < count; k++)
			p[n++] = (unsigned char)(v >> (24 - 8 * k));
	}
	*out = span_of(p, n);
	return OK;
}

static enum errc run_length(struct pdf *f, span in, span *out, struct err *e)
{
	unsigned char *p = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < in.n && in.p[i] != 128 && n < f->budget;) {
		size_t count = in.p[i] < 128 ? (size_t)in.p[i] + 1 : 257 - (size_t)in.p[i];
		bool copy = in.p[i++] < 128;

		if (!grown(f, &p, n, &cap, n + count))
			return err_memory(e);
		if (copy) {
			span s = span_sub(in, i, count);

			if (s.n > 0)
				memcpy(p + n, s.p, s.n);
			n += s.n;
			i += count;
		} else if (i < in.n) {
			memset(p + n, in.p[i++], count);
			n += count;
		}
	}
	*out = span_of(p, n);
	return OK;
}

static unsigned char paeth(int a, int b, int c)
{
	int p = a + b - c, pa = p > a ? p - a : a - p, pb = p > b ? p - b : b - p, pc = p > c ? p - c : c - p;

	return (unsigned char)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* 7.4.4.4; PNG predictors choose one a row, TIFF's (2) of 8 bits differences from the left. */
static enum errc unpredict(struct pdf *f, span parameters, span in, span *out, struct err *e)
{
	double predictor = pdf_number(pdf_get(f, parameters, "Predictor"), 1), columns = pdf_number(pdf_get(f, parameters, "Columns"), 1);
	double colors = pdf_number(pdf_get(f, parameters, "Colors"), 1), depth = pdf_number(pdf_get(f, parameters, "BitsPerComponent"), 8);
	size_t pixel, row, n = 0;
	unsigned char *p;

	*out = in;
	if (predictor < 2 || columns < 1 || columns > 1e6 || colors < 1 || colors > 64 || depth < 1 || depth > 16)
		return OK;
	pixel = (size_t)(colors * depth + 7) / 8;
	row = (size_t)(columns * colors * depth + 7) / 8;
	if ((p = arena_alloc(f->a, in.n + row)) == NULL)
		return err_memory(e);
	if (predictor < 10) {
		for (size_t at = 0; at < in.n; at++)
			p[at] = (unsigned char)(in.p[at] + (at % row >= pixel && depth == 8 ? p[at - pixel] : 0));
		*out = span_of(p, in.n);
		return OK;
	}
	for (size_t at = 0; at + 1 < in.n; at += row + 1, n += row) {
		size_t have = in.n - at - 1 < row ? in.n - at - 1 : row;

		for (size_t i = 0; i < row; i++) {
			int v = i < have ? in.p[at + 1 + i] : 0, left = i >= pixel ? p[n + i - pixel] : 0, up = n > 0 ? p[n + i - row] : 0;
			int corner = n > 0 && i >= pixel ? p[n + i - row - pixel] : 0;

			switch (in.p[at]) {
			case 1: v += left; break;
			case 2: v += up; break;
			case 3: v += (left + up) / 2; break;
			case 4: v += paeth(left, up, corner); break;
			default: break;
			}
			p[n + i] = (unsigned char)v;
		}
		if (have < row) {
			n += have;
			break;
		}
	}
	*out = span_of(p, n);
	return OK;
}

enum errc pdf_unfilter(struct pdf *f, span name, span parameters, span in, span *out, const char **why, struct err *e)
{
	enum errc rc = OK;

	if (pdf_is_name(name, "FlateDecode") || pdf_is_name(name, "Fl")) {
		if ((rc = flate(f, in, out, why, e)) == OK)
			rc = unpredict(f, parameters, *out, out, e);
	} else if (pdf_is_name(name, "LZWDecode") || pdf_is_name(name, "LZW")) {
		if ((rc = lzw(f, in, pdf_number(pdf_get(f, parameters, "EarlyChange"), 1) != 0, out, e)) == OK)
			rc = unpredict(f, parameters, *out, out, e);
	} else if (pdf_is_name(name, "ASCII85Decode") || pdf_is_name(name, "A85")) {
		rc = ascii85(f, in, out, e);
	} else if (pdf_is_name(name, "ASCIIHexDecode") || pdf_is_name(name, "AHx")) {
		unsigned char *p = arena_alloc(f->a, in.n + 1);

		if (p == NULL)
			return err_memory(e);
		*out = span_of(p, pdf_hex(span_first(in, span_find_byte(in, '>')), p));
	} else if (pdf_is_name(name, "RunLengthDecode") || pdf_is_name(name, "RL")) {
		rc = run_length(f, in, out, e);
	} else if (!pdf_is_name(name, "Crypt")) {
		*out = SPAN_EMPTY; /* an image's */
	}
	f->budget -= rc == OK && out->n < f->budget ? out->n : rc == OK ? f->budget : 0;
	return rc;
}
