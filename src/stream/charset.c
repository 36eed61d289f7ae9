#include "stream/charset.h"

#include <errno.h>
#include <iconv.h>

#include "base/later.h"
#include "base/utf8.h"
#include "stream/charset-private.h"

/*
 * The descriptors that iconv needs the disk for: opened by charset_open before the walls go up, and never
 * closed. The one piece of state that outlives a call here; a worker has one thread.
 */
static iconv_t opened[ICONV_SLOTS];
static bool is_open[ICONV_SLOTS];

enum errc charset_open(struct err *e)
{
	(void)e;
	if (later_waits(LATER_CHARSETS))
		return OK;
	for (size_t slot = 0; slot < ICONV_SLOTS; slot++) {
		if (is_open[slot])
			continue;
		/* A module that is not installed makes its charsets unknown ones, which is said of each text. */
		opened[slot] = iconv_open("UTF-8", charset_of_slot(slot)->iconv_name);
		is_open[slot] = opened[slot] != (iconv_t)-1;
	}
	return OK;
}

const struct charset *charset_find(span name)
{
	const struct charset *c = charset_named(name);

	if (c == NULL || !charset_needs_iconv(c) || is_open[c->slot])
		return c;
	later_need(LATER_CHARSETS);
	return NULL;
}

const struct charset *charset_utf8(void) { return charset_of_kind(CHARSET_UTF8); }

const char *charset_name(const struct charset *c) { return c->name; }

/* How many of the first bytes at even and at odd places are zero: UTF-16 text in a Latin script shows by it. */
static void zeros(span s, size_t *even, size_t *odd)
{
	*even = *odd = 0;
	s = span_first(s, 1024);
	for (size_t i = span_find_byte(s, 0); i < s.n; i++)
		if (s.p[i] == 0)
			++*(i % 2 == 0 ? even : odd);
}

static enum charset_kind by_bom(span s, size_t *bom)
{
	static const struct { span mark; enum charset_kind kind; } boms[] = {
		{{(const unsigned char *)UTF8_MARK, 3}, CHARSET_UTF8},
		{{(const unsigned char *)"\xff\xfe\0\0", 4}, CHARSET_UTF32LE},
		{{(const unsigned char *)"\0\0\xfe\xff", 4}, CHARSET_UTF32BE},
		{{(const unsigned char *)"\xff\xfe", 2}, CHARSET_UTF16LE},
		{{(const unsigned char *)"\xfe\xff", 2}, CHARSET_UTF16BE},
	};

	for (size_t i = 0; i < sizeof boms / sizeof *boms; i++)
		if (span_starts(s, boms[i].mark)) {
			*bom = boms[i].mark.n;
			return boms[i].kind;
		}
	*bom = 0;
	return CHARSET_GUESS;
}

const struct charset *charset_told(span bytes)
{
	size_t bom, even, odd, looked = bytes.n < 1024 ? bytes.n : 1024;
	enum charset_kind kind = by_bom(bytes, &bom);
	const struct charset *japanese;
	size_t escape;

	if (kind != CHARSET_GUESS)
		return charset_of_kind(kind);
	zeros(bytes, &even, &odd);
	if (bytes.n >= 4 && bytes.n % 2 == 0 && even + odd > looked / 4) {
		if (even <= odd / 8)
			return charset_of_kind(CHARSET_UTF16LE);
		if (odd <= even / 8)
			return charset_of_kind(CHARSET_UTF16BE);
	}
	escape = span_find_byte(bytes, 0x1b);
	if (bytes.n - escape > 2 &&
	    (span_starts(span_from(bytes, escape + 1), SPAN_LIT("$B")) ||
	        span_starts(span_from(bytes, escape + 1), SPAN_LIT("$@"))) &&
	    (japanese = charset_find(SPAN_LIT("iso-2022-jp"))) != NULL)
		return japanese;
	return utf8_valid(bytes) == bytes.n ? charset_of_kind(CHARSET_UTF8) : NULL;
}

const struct charset *charset_guess(span bytes)
{
	const struct charset *told = charset_told(bytes);

	return told != NULL ? told : charset_by_letters(bytes);
}

/* The charset as it is for these very bytes: guesses made, byte order found. *bom bytes are passed over. */
static const struct charset *settle(const struct charset *c, span in, size_t *bom)
{
	enum charset_kind by = by_bom(in, bom);
	size_t even, odd;

	switch (c->kind) {
	case CHARSET_GUESS:
		return charset_guess(in);
	case CHARSET_UTF16:
		if (by == CHARSET_UTF16LE || by == CHARSET_UTF16BE)
			return charset_of_kind(by);
		*bom = 0;
		zeros(in, &even, &odd);
		return charset_of_kind(even > odd ? CHARSET_UTF16BE : CHARSET_UTF16LE);
	case CHARSET_UTF32:
		if (by == CHARSET_UTF32LE || by == CHARSET_UTF32BE)
			return charset_of_kind(by);
		*bom = 0;
		return charset_of_kind(in.n > 0 && in.p[0] == 0 ? CHARSET_UTF32BE : CHARSET_UTF32LE);
	case CHARSET_UTF8:
	case CHARSET_UTF16LE:
	case CHARSET_UTF16BE:
	case CHARSET_UTF32LE:
	case CHARSET_UTF32BE:
		if (by != c->kind)
			*bom = 0;
		return c;
	case CHARSET_TABLE:
	case CHARSET_EBCDIC:
	case CHARSET_UTF7:
	case CHARSET_2022JP:
	case CHARSET_HZ:
	case CHARSET_EUC_0213:
	case CHARSET_SJIS_0213:
	case CHARSET_ICONV:
		break;
	}
	*bom = 0;
	return c;
}

static struct run run_start(const struct charset *c, span in)
{
	struct run r = {.in = in};
	size_t bom;

	r.c = settle(c, in, &bom);
	r.at = bom;
	if (charset_needs_iconv(r.c))
		(void)iconv(opened[r.c->slot], NULL, NULL, NULL, NULL);
	return r;
}

static bool ascii8(const unsigned char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return (w & 0x8080808080808080u) == 0;
}

size_t charset_put(struct run *r, unsigned char *out, uint32_t c, bool good)
{
	if (!good)
		r->bad++;
	return utf8_write(out, good ? c : REPLACEMENT);
}

size_t charset_one_of(struct run *r, size_t slot, unsigned char *out, const unsigned char *bytes, size_t n_bytes)
{
	char *from = (char *)(uintptr_t)bytes, *to = (char *)out;
	size_t left = n_bytes, room = STEP_MAX;

	if (!is_open[slot])
		later_need(LATER_CHARSETS);
	if (is_open[slot] && iconv(opened[slot], &from, &left, &to, &room) != (size_t)-1 && left == 0) {
		if (slot == SLOT_EUC_JP)
			charset_fill_nec(out, STEP_MAX - room);
		return STEP_MAX - room;
	}
	return charset_put(r, out, 0, false);
}

size_t charset_one(struct run *r, unsigned char *out, const unsigned char *bytes, size_t n_bytes)
{
	return charset_one_of(r, r->c->slot, out, bytes, n_bytes);
}

static size_t fill_table(struct run *r, unsigned char *out, size_t stop)
{
	const unsigned char *p = r->in.p;
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		unsigned char c = p[r->at];

		if (r->in.n - r->at >= 8 && stop - n >= 8 && ascii8(p + r->at)) {
			memcpy(out + n, p + r->at, 8);
			r->at += 8;
			n += 8;
			continue;
		}
		r->at++;
		if (c < 0x80)
			out[n++] = c;
		else
			n += charset_put(r, out + n, r->c->high[c - 0x80], r->c->high[c - 0x80] != REPLACEMENT);
	}
	return n;
}

static size_t fill_ebcdic(struct run *r, unsigned char *out, size_t stop)
{
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		uint16_t c = r->c->high[r->in.p[r->at++]];

		n += charset_put(r, out + n, c, c != REPLACEMENT);
	}
	return n;
}

static size_t fill_utf8(struct run *r, unsigned char *out, size_t stop)
{
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		span rest = span_sub(r->in, r->at, stop - n);
		size_t good = utf8_valid(rest), used;
		uint32_t c;

		memcpy(out + n, rest.p, good);
		n += good;
		r->at += good;
		if (n == stop || r->at == r->in.n)
			break;
		rest = span_from(r->in, r->at);
		c = utf8_get(rest, &used);
		n += charset_put(r, out + n, c, c != REPLACEMENT || used == 3);
		r->at += used;
	}
	return n;
}

static uint32_t unit16(const unsigned char *p, bool big)
{
	return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t unit32(const unsigned char *p, bool big)
{
	return big ? unit16(p, big) << 16 | unit16(p + 2, big) : unit16(p + 2, big) << 16 | unit16(p, big);
}

static bool is_high(uint32_t c) { return c >= 0xd800 && c < 0xdc00; }
static bool is_low(uint32_t c) { return c >= 0xdc00 && c < 0xe000; }

static uint32_t pair(uint32_t high, uint32_t low) { return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00); }

static size_t fill_utf16(struct run *r, unsigned char *out, size_t stop, bool big)
{
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		const unsigned char *p = r->in.p + r->at;
		size_t left = r->in.n - r->at;
		uint32_t c = left >= 2 ? unit16(p, big) : 0, low = left >= 4 ? unit16(p + 2, big) : 0;

		if (left < 2) {
			n += charset_put(r, out + n, 0, false);
			r->at++;
		} else if (is_high(c) && is_low(low)) {
			n += charset_put(r, out + n, pair(c, low), true);
			r->at += 4;
		} else {
			n += charset_put(r, out + n, c, !is_high(c) && !is_low(c));
			r->at += 2;
		}
	}
	return n;
}

static size_t fill_utf32(struct run *r, unsigned char *out, size_t stop, bool big)
{
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		size_t left = r->in.n - r->at;
		uint32_t c = left >= 4 ? unit32(r->in.p + r->at, big) : UINT32_MAX;

		n += charset_put(r, out + n, c, c <= 0x10ffff && !is_high(c) && !is_low(c));
		r->at += left < 4 ? left : 4;
	}
	return n;
}

static int base64_value(unsigned char c)
{
	if (ascii_is_alpha(c))
		return c >= 'a' ? c - 'a' + 26 : c - 'A';
	if (ascii_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* A UTF-16 unit of UTF-7's base64: up to two characters come of it. */
static size_t unit7(struct run *r, unsigned char *out, uint32_t unit)
{
	uint32_t high = r->high;
	size_t n = 0;

	r->high = 0;
	if (high != 0 && is_low(unit))
		return charset_put(r, out, pair(high, unit), true);
	if (high != 0)
		n = charset_put(r, out, 0, false);
	if (is_high(unit))
		r->high = unit;
	else
		n += charset_put(r, out + n, unit, !is_low(unit));
	return n;
}

/* RFC 2152 */
static size_t fill_utf7(struct run *r, unsigned char *out, size_t stop)
{
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		unsigned char c = r->in.p[r->at++];
		int v = r->in_base64 ? base64_value(c) : -1;

		if (v >= 0) {
			r->bits = r->bits << 6 | (uint32_t)v;
			r->n_bits += 6;
			if (r->n_bits >= 16) {
				r->n_bits -= 16;
				n += unit7(r, out + n, r->bits >> r->n_bits & 0xffff);
			}
			continue;
		}
		if (r->in_base64) {
			r->in_base64 = false;
			if (r->high != 0)
				n += charset_put(r, out + n, 0, false);
			r->high = 0;
			if (c == '-')
				continue;
		}
		if (c == '+' && r->at < r->in.n && r->in.p[r->at] == '-') {
			r->at++;
			out[n++] = '+';
		} else if (c == '+') {
			r->in_base64 = true;
			r->bits = 0;
			r->n_bits = 0;
		} else {
			n += charset_put(r, out + n, c, c < 0x80);
		}
	}
	return n;
}

static size_t fill_iconv(struct run *r, unsigned char *out, size_t stop)
{
	iconv_t cd = opened[r->c->slot];
	char *to = (char *)out;
	size_t room = stop;

	while (r->at < r->in.n && room > 0) {
		char *from = (char *)(uintptr_t)(r->in.p + r->at);
		size_t left = r->in.n - r->at;
		size_t rc = iconv(cd, &from, &left, &to, &room);
		bool wrong = rc == (size_t)-1 && errno != E2BIG;

		charset_note_shift(r, r->in.n - left);
		r->at = r->in.n - left;
		if (rc != (size_t)-1)
			break;
		if (!wrong || room < 3)
			break;
		/* EILSEQ: one byte is replaced; EINVAL: the text ends within a character. */
		bool euro = r->c->slot == SLOT_GB18030 && errno == EILSEQ && r->in.p[r->at] == 0x80; /* as Windows has it in GBK */

		r->at = errno == EINVAL ? r->in.n : r->at + 1;
		to += charset_put(r, (unsigned char *)to, 0x20ac, euro);
		room -= 3;
	}
	/* What a charset with combining marks held back. */
	if (r->at == r->in.n && room >= STEP_MAX)
		(void)iconv(cd, NULL, NULL, &to, &room);
	if (r->c->slot == SLOT_EUC_JP)
		charset_fill_nec(out, (size_t)((unsigned char *)to - out));
	return (size_t)((unsigned char *)to - out);
}

/* The next piece of about `stop` bytes; out has room for STEP_MAX more. 0 at the end. */
static size_t fill(struct run *r, unsigned char *out, size_t stop)
{
	switch (r->c->kind) {
	case CHARSET_TABLE:
		return fill_table(r, out, stop);
	case CHARSET_EBCDIC:
		return fill_ebcdic(r, out, stop);
	case CHARSET_UTF8:
		return fill_utf8(r, out, stop);
	case CHARSET_UTF16LE:
	case CHARSET_UTF16BE:
		return fill_utf16(r, out, stop, r->c->kind == CHARSET_UTF16BE);
	case CHARSET_UTF32LE:
	case CHARSET_UTF32BE:
		return fill_utf32(r, out, stop, r->c->kind == CHARSET_UTF32BE);
	case CHARSET_UTF7:
		return fill_utf7(r, out, stop);
	case CHARSET_2022JP:
		return charset_fill_2022jp(r, out, stop);
	case CHARSET_HZ:
		return charset_fill_hz(r, out, stop);
	case CHARSET_EUC_0213:
	case CHARSET_SJIS_0213:
		return charset_fill_0213(r, out, stop);
	case CHARSET_ICONV:
		return fill_iconv(r, out, stop);
	case CHARSET_GUESS:
	case CHARSET_UTF16:
	case CHARSET_UTF32:
		break;
	}
	assert(false && "settled");
	return 0;
}

/* Bytes that ASCII alone would not have: with none of them the text is its own UTF-8. */
static size_t foreign(const struct charset *c, span s)
{
	size_t n = 0;

	for (size_t i = span_ascii(s); i < s.n; i++)
		n += s.p[i] >> 7;
	if (c->kind == CHARSET_UTF7)
		n += span_find_byte(s, '+') < s.n;
	if (c->kind == CHARSET_HZ)
		n += span_find_byte(s, '~') < s.n;
	if (c->kind == CHARSET_2022JP || (c->kind == CHARSET_ICONV && c->shifts))
		n += span_find_byte(s, 0x1b) < s.n || span_find_byte(s, 0x0e) < s.n || span_find_byte(s, 0x0f) < s.n;
	return n;
}

/* The most that `in` can become, or SIZE_MAX when it stays as it is. */
static size_t bound(const struct run *r)
{
	span rest = span_from(r->in, r->at);
	size_t n;

	switch (r->c->kind) {
	case CHARSET_UTF8:
		return utf8_valid(rest) == rest.n ? SIZE_MAX : 3 * rest.n;
	case CHARSET_TABLE:
		n = foreign(r->c, rest);
		return n == 0 ? SIZE_MAX : rest.n + 2 * n;
	case CHARSET_UTF7:
	case CHARSET_2022JP:
	case CHARSET_HZ:
	case CHARSET_EUC_0213:
	case CHARSET_SJIS_0213:
	case CHARSET_ICONV:
		return foreign(r->c, rest) == 0 ? SIZE_MAX : 3 * rest.n;
	case CHARSET_UTF16LE:
	case CHARSET_UTF16BE:
		return rest.n / 2 * 3 + 3;
	case CHARSET_EBCDIC:
		return 3 * rest.n;
	case CHARSET_UTF32LE:
	case CHARSET_UTF32BE:
		return rest.n + 3;
	case CHARSET_GUESS:
	case CHARSET_UTF16:
	case CHARSET_UTF32:
		break;
	}
	return SIZE_MAX;
}

enum errc charset_to_utf8(struct arena *a, const struct charset *c, span in, span *out, size_t *bad, struct err *e)
{
	struct run r = run_start(c, in);
	size_t most = bound(&r), n = 0, got;
	unsigned char *p;

	if (bad != NULL)
		*bad = 0;
	*out = span_from(in, r.at);
	if (most == SIZE_MAX)
		return OK;
	if (in.n > SIZE_MAX / 4 || (p = arena_alloc(a, most + STEP_MAX)) == NULL)
		return err_memory(e);
	while (n < most && (got = fill(&r, p + n, most - n)) != 0)
		n += got;
	arena_shrink(a, p, most + STEP_MAX, n);
	*out = span_of(p, n);
	if (bad != NULL)
		*bad = r.bad;
	return OK;
}

struct charset_places {
	const struct charset *c;
	struct run before; /* not long before the place that was asked for last */
	size_t n;          /* bytes of the text before it */
};

enum { PIECE = 4096 };

enum errc charset_places_new(struct arena *a, const struct charset *c, span in, struct charset_places **out,
    struct err *e)
{
	if ((*out = arena_zero(a, 1, sizeof **out)) == NULL)
		return err_memory(e);
	(*out)->c = c;
	(*out)->before = run_start(c, in);
	return OK;
}

/* Behind what was read for the question before, or from the beginning. */
static struct run resumed(struct charset_places *p, bool goes_back)
{
	if (goes_back) {
		p->before = run_start(p->c, p->before.in);
		p->n = 0;
	} else if (charset_needs_iconv(p->before.c)) {
		iconv_t cd = opened[p->before.c->slot];
		char so[] = "\x0e", none[STEP_MAX], *from = so, *to = none;
		size_t left = 1, room = sizeof none;

		(void)iconv(cd, NULL, NULL, NULL, NULL);
		if (p->before.c->shifts && p->before.shifted)
			(void)iconv(cd, &from, &left, &to, &room);
	}
	return p->before;
}

/* Big5-HKSCS has four letters of two characters each; between the two its descriptor has a state. */
static bool is_resumable(const struct run *r)
{
	const unsigned char *p = r->in.p + r->at;

	return !r->c->remembers || r->at < 2 || p[-2] != 0x88 || memchr("\x62\x64\xa3\xa5", p[-1], 4) == NULL;
}

size_t charset_place(struct charset_places *p, size_t at)
{
	unsigned char piece[PIECE + STEP_MAX];
	struct run r;
	size_t n, got, place;

	r = resumed(p, at < p->n);
	for (n = p->n; n < at && (got = fill(&r, piece, at - n < PIECE ? at - n : PIECE)) != 0 && n + got < at;) {
		n += got;
		if (is_resumable(&r)) {
			p->n = n;
			p->before = r;
		}
	}
	place = r.at;
	/* What is left may be a shift sequence that means no character any more. */
	return fill(&r, piece, STEP_MAX) == 0 ? r.in.n : place;
}

size_t charset_text_at(struct charset_places *p, size_t at)
{
	unsigned char piece[PIECE + STEP_MAX];
	struct run r = resumed(p, at < p->before.at);
	span in = r.in;
	size_t n = p->n, got;

	/* Only now is it cut: a guess looks at all of it. */
	r.in = span_first(in, at);
	while (r.at < r.in.n && (got = fill(&r, piece, PIECE)) != 0) {
		n += got;
		if (r.at == r.in.n) /* perhaps within a character */
			break;
		if (is_resumable(&r)) {
			p->n = n;
			p->before = r;
			p->before.in = in;
		}
	}
	return n;
}
