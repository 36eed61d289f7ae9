#include "document/biff.h"

#include "base/utf8.h"

enum { CONTINUE = 0x3c };
/* Flags of a string: characters of two bytes, phonetic data and runs of formatting behind them. */
enum { STRING_WIDE = 1, STRING_PHONETIC = 4, STRING_RICH = 8 };

static unsigned le16(const unsigned char *p)
{
	return (unsigned)p[0] | (unsigned)p[1] << 8;
}

/* Takes one record off *s; what is cut at the end of the stream is as long as it is. */
static bool take(span *s, unsigned *type, span *content)
{
	if (s->n < 4)
		return false;
	*type = le16(s->p);
	*content = span_sub(*s, 4, le16(s->p + 2));
	*s = span_from(*s, 4 + (size_t)le16(s->p + 2));
	return true;
}

bool biff_next(struct biff *b)
{
	span next, content;
	unsigned type;

	if (!take(&b->rest, &b->type, &b->record))
		return false;
	b->here = b->record;
	b->bad = false;
	b->more = b->rest;
	for (next = b->rest; take(&next, &type, &content) && type == CONTINUE;)
		b->rest = next;
	b->more.n -= b->rest.n;
	return true;
}

/* Goes on in the next Continue record, when this one is used up. False when nothing is left. */
static bool refill(struct biff *b)
{
	unsigned type;

	while (b->here.n == 0)
		if (!take(&b->more, &type, &b->here))
			return false;
	return true;
}

bool biff_more(const struct biff *b)
{
	return b->here.n != 0 || b->more.n > 4;
}

unsigned biff_u8(struct biff *b)
{
	unsigned v;

	if (!refill(b)) {
		b->bad = true;
		return 0;
	}
	v = b->here.p[0];
	b->here = span_from(b->here, 1);
	return v;
}

unsigned biff_u16(struct biff *b)
{
	unsigned low = biff_u8(b);

	return low | biff_u8(b) << 8;
}

uint32_t biff_u32(struct biff *b)
{
	uint32_t low = biff_u16(b);

	return low | (uint32_t)biff_u16(b) << 16;
}

double biff_double(struct biff *b)
{
	uint64_t bits = biff_u32(b);
	double v;

	bits |= (uint64_t)biff_u32(b) << 32;
	memcpy(&v, &bits, sizeof v);
	return v;
}

void biff_skip(struct biff *b, size_t n)
{
	while (n > 0 && refill(b)) {
		size_t step = n < b->here.n ? n : b->here.n;

		b->here = span_from(b->here, step);
		n -= step;
	}
	b->bad |= n > 0;
}

void biff_chars(struct biff *b, size_t n, bool wide, struct buf *out)
{
	uint32_t high = 0;

	for (; n > 0 && !out->failed; n--) {
		uint32_t c;

		if (b->here.n == 0) {
			/* Cut between two characters: the continuation begins with how wide they are from here on. */
			if (!refill(b)) {
				b->bad = true;
				return;
			}
			wide = (biff_u8(b) & STRING_WIDE) != 0;
		}
		c = wide ? biff_u16(b) : biff_u8(b);
		if (b->bad)
			return;
		if (utf16_ends(&high, &c))
			utf8_put(out, c);
	}
}

void biff_string(struct biff *b, size_t n, struct buf *out)
{
	unsigned flags = biff_u8(b);
	size_t runs = (flags & STRING_RICH) != 0 ? biff_u16(b) : 0;
	size_t phonetic = (flags & STRING_PHONETIC) != 0 ? biff_u32(b) : 0;

	biff_chars(b, n, (flags & STRING_WIDE) != 0, out);
	if (!b->bad)
		biff_skip(b, 4 * runs + phonetic);
}
