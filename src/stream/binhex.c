/*
 * BinHex 4.0 (RFC 1741, appendix A): a Macintosh file as text. Six bits a character between two colons; in what they give 0x90 and
 * a number repeat the byte before; in that a header, the data fork, the resource fork, each with a CRC.
 */
#include "stream/binhex.h"

#include <string.h>

#include "stream/decode.h"

enum { COLON_WITHIN = 1024 }; /* of the mark: a version and an empty line, in practice */

static const char mark[] = "(This file must be converted with BinHex";

struct reader {
	span in;
	size_t at;
	uint32_t bits;
	unsigned n_bits;
	unsigned char last; /* the byte that a run repeats */
	unsigned repeat;    /* so often still */
	bool ended, bad;
	uint16_t crc;
};

static int value_of(unsigned char c)
{
	static const char alphabet[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";
	const char *p = c != 0 ? strchr(alphabet, c) : NULL;

	return p != NULL ? (int)(p - alphabet) : -1;
}

/* The next eight bits, before runs are written out; false at the end. */
static bool raw_byte(struct reader *r, unsigned char *out)
{
	while (r->n_bits < 8) {
		int v;

		if (r->at == r->in.n || r->in.p[r->at] == ':') {
			r->ended = true;
			return false;
		}
		v = value_of(r->in.p[r->at]);
		if (v < 0)
			r->bad = r->bad || !ascii_is_space(r->in.p[r->at]);
		r->at++;
		if (v < 0)
			continue;
		r->bits = r->bits << 6 | (uint32_t)v;
		r->n_bits += 6;
	}
	r->n_bits -= 8;
	*out = (unsigned char)(r->bits >> r->n_bits);
	return true;
}

static void crc_add(struct reader *r, unsigned char c)
{
	for (int i = 7; i >= 0; i--)
		r->crc = (uint16_t)((unsigned)(r->crc << 1 | (c >> i & 1)) ^ ((r->crc & 0x8000) != 0 ? 0x1021u : 0u));
}

static bool next_byte(struct reader *r, unsigned char *out)
{
	unsigned char c, n;

	for (bool nothing = r->repeat == 0; nothing;) {
		if (!raw_byte(r, &c))
			return false;
		nothing = false;
		if (c != 0x90) {
			r->last = c;
			continue;
		}
		if (!raw_byte(r, &n))
			return false;
		if (n == 0)
			r->last = 0x90;
		else if (n > 1)
			r->repeat = n - 1u;
		else
			nothing = true; /* once, which it has been */
	}
	if (r->repeat > 0)
		r->repeat--;
	*out = r->last;
	crc_add(r, r->last);
	return true;
}

static uint32_t number(struct reader *r, unsigned n_bytes)
{
	uint32_t v = 0;
	unsigned char c;

	for (unsigned i = 0; i < n_bytes && next_byte(r, &c); i++)
		v = v << 8 | c;
	return v;
}

/* A CRC is that of what stands before it and two zeros; false when it is another. */
static bool crc_fits(struct reader *r)
{
	uint16_t want;

	crc_add(r, 0);
	crc_add(r, 0);
	want = r->crc;
	return number(r, 2) == want;
}

/* Up to the data fork: how long it says that it is. name has room for 63 bytes and may be NULL. */
static bool header_read(struct reader *r, span in, unsigned char *name, size_t *n_name, uint32_t *n_data)
{
	size_t colon = span_find_byte(in, ':');
	unsigned char n, c;

	*r = (struct reader){.in = span_from(in, colon + 1)};
	if (!next_byte(r, &n) || n == 0 || n > 63)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (!next_byte(r, &c))
			return false;
		if (name != NULL)
			name[i] = c;
	}
	if (n_name != NULL)
		*n_name = n;
	(void)number(r, 1 + 4 + 4 + 2); /* version, type, creator, flags */
	*n_data = number(r, 4);
	(void)number(r, 4);             /* of the resource fork */
	return crc_fits(r) && !r->ended;
}

/* Text before it may have colons: what begins behind the mark does not. */
static span from_mark(span in)
{
	size_t at = span_find(in, span_str(mark));

	return at < in.n ? span_from(in, at + sizeof mark - 1) : in;
}

size_t binhex_size(span in, size_t most)
{
	struct reader r;
	uint32_t n_data;
	unsigned char c;
	size_t n = 0;

	if (header_read(&r, from_mark(in), NULL, NULL, &n_data))
		while (n < n_data && n < most && next_byte(&r, &c))
			n++;
	return n;
}

size_t binhex_decode(span in, unsigned char *out, size_t room, unsigned *problems)
{
	struct reader r;
	uint32_t n_data;
	size_t n = 0;

	if (!header_read(&r, from_mark(in), NULL, NULL, &n_data)) {
		*problems |= DECODE_TRUNCATED;
		return 0;
	}
	r.crc = 0;
	while (n < n_data && n < room && next_byte(&r, &out[n]))
		n++;
	if (n < n_data)
		*problems |= DECODE_TRUNCATED;
	else if (!crc_fits(&r))
		*problems |= DECODE_MALFORMED;
	if (r.bad)
		*problems |= DECODE_GARBAGE;
	return n;
}

bool binhex_find(struct arena *a, span text, size_t from, struct uu *out)
{
	while (from < text.n) {
		size_t at = from + span_find(span_from(text, from), span_str(mark)), n_name, end;
		unsigned char name[63], *copy;
		struct reader r;
		uint32_t n_data;
		span body, near;

		if (at >= text.n)
			return false;
		from = at + 1;
		body = span_from(text, at);
		near = span_first(body, COLON_WITHIN);
		/* Marks without what they announce are passed over as fast as they are written. */
		if (span_find_byte(near, ':') == near.n || (at > 0 && text.p[at - 1] != '\n') || !header_read(&r, from_mark(body), name, &n_name, &n_data))
			continue;
		if ((copy = arena_alloc(a, n_name)) == NULL)
			return false;
		memcpy(copy, name, n_name);
		end = (size_t)(r.in.p - body.p);
		end += span_find_byte(span_from(body, end), ':');
		*out = (struct uu){.at = at, .n = end < body.n ? end + 1 : body.n, .name = span_of(copy, n_name)};
		out->body = span_first(body, out->n);
		return true;
	}
	return false;
}
