/*
 * Drawings of Visio 5 to 2010 (.vsd): the stream "VisioDocument" holds streams of its own, most of them packed, to which pointers in
 * others lead. Which piece of one is text is not asked: of each stream the runs of letters are put.
 */
#include "base/limits.h"
#include "document/legacy.h"

enum {
	VERSION_AT = 26, TRAILER_AT = 36,
	POINTER_BYTES = 18, POINTER_BYTES_5 = 16, /* the latter up to Visio 5 */
	HEADER_BYTES = 4,                         /* before what a packed stream holds */
	TRAILER = 20,                             /* a type: of the stream from which all others are found */
	DEPTH = 16, WINDOW = 4096, SHORTEST = 3,
};

/* left: bytes of streams that are yet looked at. The streams of a file do not overlap; pointers that lead in circles end. */
struct drawing { struct layout *l; span bytes; bool five; size_t left; };
struct pointer { uint32_t type, offset, length; unsigned format; };

/* LZSS: a byte of flags says which of the next eight are a letter, and which a place in the last 4096 and a length. */
static void unpack(span s, struct buf *out)
{
	unsigned char window[WINDOW] = {0};
	struct cursor c = cursor_of(s);
	size_t at = 0;

	while (c.rest.n > 0 && !out->failed) {
		unsigned flags = cursor_u8(&c);

		for (unsigned bit = 1; bit < 0x100 && c.rest.n > 0; bit <<= 1) {
			if (flags & bit) {
				buf_byte(out, window[at++ % WINDOW] = cursor_u8(&c));
			} else {
				unsigned low = cursor_u8(&c), high = cursor_u8(&c), from = ((high & 0xf0) << 4 | low) + 18;

				for (unsigned n = (high & 15) + SHORTEST; n > 0 && !c.bad; n--)
					buf_byte(out, window[at++ % WINDOW] = window[from++ % WINDOW]);
			}
		}
	}
}

static struct pointer pointer_take(const struct drawing *d, struct cursor *c)
{
	struct pointer p = {0};

	if (d->five) {
		p.type = cursor_u16(c) & 0xff;
		p.format = cursor_u16(c);
	} else {
		p.type = cursor_u32(c);
	}
	(void)cursor_u32(c);
	p.offset = cursor_u32(c);
	p.length = cursor_u32(c);
	if (!d->five)
		p.format = cursor_u16(c);
	return p;
}

static bool leads_on(const struct drawing *d, const struct pointer *p)
{
	unsigned f = p->format & 0xff;

	return p->type == TRAILER || (!(d->five && p->type == 22) && ((f >= 0x1d && f < 0x1f) || (f >= 0x50 && f < 0x60)));
}

/* Where the number of pointers stands, of which they follow; c begins there then. */
static uint32_t pointers_begin(const struct drawing *d, const struct pointer *p, span content, struct cursor *c)
{
	uint32_t n, at;

	if (d->five) {
		at = p->type == TRAILER ? 130 : p->type == 0x1e ? 54 : p->type == 0x1d || p->type == 0x4e ? 30 : 10;
		*c = cursor_of(span_from(content, at));
		return cursor_u16(c);
	}
	*c = cursor_of(content);
	at = cursor_u32(c);
	*c = cursor_of(span_from(content, at));
	n = cursor_u32(c);
	(void)cursor_u32(c);
	return n;
}

/* False: out of memory. */
static bool stream_put(struct drawing *d, const struct pointer *p, int depth)
{
	span s = span_sub(d->bytes, p->offset, p->length);
	struct buf unpacked;
	bool ok = true;

	if (p->type == 0 || s.n == 0 || s.n > d->left || depth == DEPTH)
		return true;
	d->left -= s.n;
	buf_init(&unpacked, LIMIT_TEXT_BYTES);
	if (p->format & 2) {
		unpack(s, &unpacked);
		s = span_from(buf_span(&unpacked), HEADER_BYTES);
	}
	if (leads_on(d, p)) {
		struct cursor c;
		uint32_t n = pointers_begin(d, p, s, &c);

		while (n-- > 0 && ok && c.rest.n >= (d->five ? (size_t)POINTER_BYTES_5 : POINTER_BYTES)) {
			struct pointer next = pointer_take(d, &c);

			ok = stream_put(d, &next, depth + 1);
		}
	} else {
		letters_put(d->l, s);
	}
	ok &= !unpacked.failed || unpacked.n >= LIMIT_TEXT_BYTES;
	buf_free(&unpacked);
	return ok && !d->l->text.failed;
}

enum errc visio_read(struct layout *l, span bytes, bool *done, struct err *e)
{
	struct drawing d = {.l = l, .bytes = bytes, .left = bytes.n};
	struct cursor c = cursor_of(span_from(bytes, TRAILER_AT));
	struct pointer trailer;

	*done = false;
	if (bytes.n < TRAILER_AT + POINTER_BYTES || !span_starts(bytes, SPAN_LIT("Visio (TM) Drawing")) || bytes.p[VERSION_AT] < 5)
		return OK;
	d.five = bytes.p[VERSION_AT] == 5;
	trailer = pointer_take(&d, &c);
	if (trailer.type != TRAILER || span_sub(bytes, trailer.offset, trailer.length).n == 0)
		return OK;
	*done = true;
	return stream_put(&d, &trailer, 0) ? OK : err_memory(e);
}
