/* Charsets in which escape sequences say what the bytes behind them mean: ISO-2022-JP (RFC 1468, 1554, 2237) and HZ (RFC 1843); and what of JIS X 0213
 * iconv is not asked. */
#include "base/utf8.h"
#include "stream/charset-private.h"

enum set { SET_ASCII, SET_PAIRS, SET_PAIRS_0212, SET_0213, SET_0213_2, SET_KATAKANA, SET_GB2312, SET_KSC5601, SET_SINGLE, SET_LATIN1, SET_GREEK };

/* Behind an escape character: the set that it begins, and how many bytes say so; 0 when that is none. */
static size_t escape(span s, enum set *set)
{
	static const struct { const char *mark; enum set set; } marks[] = {{"(B", SET_ASCII}, {"(J", SET_ASCII}, {"(H", SET_ASCII},
		{"(I", SET_KATAKANA}, {"$@", SET_PAIRS}, {"$B", SET_PAIRS}, {"$(D", SET_PAIRS_0212}, {"$(O", SET_0213},
		{"$(Q", SET_0213}, {"$(P", SET_0213_2}, {"$(@", SET_PAIRS}, {"$(B", SET_PAIRS}, {"$A", SET_GB2312}, {"$(A", SET_GB2312}, {"$(C", SET_KSC5601}, {"&@", SET_ASCII},
		/* One character of a set that has bytes past ASCII (N), and which set that is. */
		{"N", SET_SINGLE}, {".A", SET_LATIN1}, {".F", SET_GREEK}};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_starts(s, span_str(marks[i].mark))) {
			*set = marks[i].set;
			return strlen(marks[i].mark);
		}
	return 0;
}

static size_t put_0213(struct run *r, unsigned char *out, unsigned plane, unsigned row, unsigned cell)
{
	uint32_t second, c = charset_jisx0213(plane, row, cell, &second);
	size_t n = charset_put(r, out, c, c != 0);

	return second != 0 ? n + charset_put(r, out + n, second, true) : n;
}

/* What follows an escape character and "N". */
static size_t put_single(struct run *r, unsigned char *out)
{
	const struct charset *c = charset_named(r->single == SET_GREEK ? SPAN_LIT("iso-8859-7") : SPAN_LIT("iso-8859-1"));
	unsigned char byte = r->at < r->in.n ? r->in.p[r->at] & 0x7f : 0;

	r->at += r->at < r->in.n;
	if (byte < 0x20 || r->single == SET_ASCII || c == NULL)
		return charset_put(r, out, 0, false);
	return charset_put(r, out, c->high[byte], c->high[byte] != REPLACEMENT);
}

/* Two bytes below 0x7f, or one that is a katakana, as EUC-JP has them. */
size_t charset_fill_2022jp(struct run *r, unsigned char *out, size_t stop)
{
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		const unsigned char *p = r->in.p + r->at;
		bool two = r->in.n - r->at >= 2 && p[0] > 0x20 && p[0] < 0x7f && p[1] > 0x20 && p[1] < 0x7f;
		unsigned char euc[3] = {0x8f, 0, 0};
		enum set set = (enum set)r->set;
		size_t used;

		if (p[0] == 0x1b && (used = escape(span_from(r->in, r->at + 1), &set)) != 0) {
			r->at += 1 + used;
			if (set == SET_SINGLE)
				n += put_single(r, out + n);
			else if (set == SET_LATIN1 || set == SET_GREEK)
				r->single = (unsigned char)set;
			else
				r->set = (unsigned char)set;
			continue;
		}
		if (p[0] == 0x0e || p[0] == 0x0f) {
			r->shifted = p[0] == 0x0e;
			r->at++;
			continue;
		}
		/* A line ends in ASCII, said or not. */
		if (p[0] == '\n') {
			r->set = r->single = SET_ASCII;
			r->shifted = false;
		}
		if (p[0] <= 0x20 || (set == SET_ASCII && !r->shifted)) {
			n += charset_put(r, out + n, p[0], p[0] < 0x80);
			r->at++;
		} else if (set == SET_KATAKANA || r->shifted) {
			n += charset_one(r, out + n, (const unsigned char[]){0x8e, p[0] | 0x80}, 2);
			r->at++;
		} else if (two) {
			euc[1] = p[0] | 0x80;
			euc[2] = p[1] | 0x80;
			n += set == SET_0213 || set == SET_0213_2 ? put_0213(r, out + n, set == SET_0213_2, p[0] - 0x21u, p[1] - 0x21u) :
			    set == SET_PAIRS_0212 ? charset_one(r, out + n, euc, 3) :
			    set == SET_PAIRS ? charset_one(r, out + n, euc + 1, 2) :
			    charset_one_of(r, set == SET_GB2312 ? SLOT_GB18030 : SLOT_CP949, out + n, euc + 1, 2);
			r->at += 2;
		} else {
			n += charset_put(r, out + n, 0, false);
			r->at++;
		}
	}
	return n;
}

/* Of Shift_JIS-2004: two bytes, the second of which tells of two rows that share the first. */
static size_t put_sjis(struct run *r, unsigned char *out, unsigned first, unsigned second)
{
	static const unsigned char rows[5][2] = {{1, 8}, {3, 4}, {5, 12}, {13, 14}, {15, 78}}; /* of plane 2, from 0xf0 on */
	unsigned t = second - 0x40u - (second > 0x7f), half = t >= 94;

	if (second < 0x40 || second == 0x7f || second > 0xfc)
		return put_0213(r, out, 2, 0, 0);
	if (first < 0xf0)
		return put_0213(r, out, 0, 2 * (first < 0xa0 ? first - 0x81 : first - 0xc1) + half, t % 94);
	return put_0213(r, out, 1, (first < 0xf5 ? rows[first - 0xf0][half] : 79 + 2 * (first - 0xf5) + half) - 1u, t % 94);
}

size_t charset_fill_0213(struct run *r, unsigned char *out, size_t stop)
{
	bool euc = r->c->kind == CHARSET_EUC_0213;
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		const unsigned char *p = r->in.p + r->at;
		size_t left = r->in.n - r->at, used = 2;

		if (p[0] < 0x80) {
			out[n++] = p[0];
			used = 1;
		} else if (!euc && p[0] > 0xa0 && p[0] < 0xe0) { /* katakana of half width */
			n += charset_put(r, out + n, 0xff61u + p[0] - 0xa1u, true);
			used = 1;
		} else if (euc && p[0] == 0x8e && left >= 2 && p[1] > 0xa0 && p[1] < 0xe0) {
			n += charset_put(r, out + n, 0xff61u + p[1] - 0xa1u, true);
		} else if (euc && p[0] == 0x8f && left >= 3 && p[1] > 0xa0 && p[2] > 0xa0) {
			n += put_0213(r, out + n, 1, p[1] - 0xa1u, p[2] - 0xa1u);
			used = 3;
		} else if (euc && p[0] > 0xa0 && left >= 2 && p[1] > 0xa0) {
			n += put_0213(r, out + n, 0, p[0] - 0xa1u, p[1] - 0xa1u);
		} else if (!euc && p[0] > 0x80 && p[0] != 0xa0 && p[0] < 0xfd && left >= 2 && p[1] >= 0x40) {
			n += put_sjis(r, out + n, p[0], p[1]);
		} else {
			n += charset_put(r, out + n, 0, false);
			used = 1;
		}
		r->at += used;
	}
	return n;
}

size_t charset_fill_hz(struct run *r, unsigned char *out, size_t stop)
{
	size_t n = 0;

	while (r->at < r->in.n && n < stop) {
		const unsigned char *p = r->in.p + r->at;
		bool two = r->in.n - r->at >= 2;

		if (p[0] == '\n')
			r->set = SET_ASCII;
		if (two && p[0] == '~' && (p[1] == '{' || p[1] == '}' || p[1] == '\n')) {
			r->set = p[1] == '{' ? SET_PAIRS : SET_ASCII;
			r->at += 2;
		} else if (r->in.n - r->at >= 3 && p[0] == '~' && p[1] == '\r' && p[2] == '\n') {
			r->at += 3; /* a line that goes on, as mail ends it */
		} else if (r->set == SET_PAIRS && two && p[0] > 0x20 && p[1] > 0x20) {
			n += charset_one(r, out + n, (const unsigned char[]){p[0] | 0x80, p[1] | 0x80}, 2);
			r->at += 2;
		} else {
			r->at += two && p[0] == '~' && p[1] == '~' ? 2 : 1;
			n += charset_put(r, out + n, p[0], p[0] < 0x80);
		}
	}
	return n;
}

void charset_fill_nec(unsigned char *out, size_t n)
{
	enum { PRIVATE = 0xe000, ROW_FIRST = 85, CELLS = 94, NEC_FIRST = PRIVATE + (89 - ROW_FIRST) * CELLS, NEC_END = NEC_FIRST + 4 * CELLS };

	for (size_t i = 0; (i += span_find_byte(span_of(out + i, n - i), 0xee)) + 3 <= n; i += 3) { /* as their UTF-8 begins */
		size_t used;
		uint32_t c = utf8_get(span_of(out + i, 3), &used);
		unsigned row, cell;
		unsigned char sjis[2], to[STEP_MAX];
		struct run r = {0};

		if (c < NEC_FIRST || c >= NEC_END)
			continue;
		row = ROW_FIRST + (c - PRIVATE) / CELLS;
		cell = (c - PRIVATE) % CELLS + 1;
		sjis[0] = (unsigned char)((row - 1) / 2 + 0xc1);
		sjis[1] = (unsigned char)(row % 2 == 0 ? cell + 0x9e : cell + (cell < 64 ? 0x3f : 0x40));
		if (charset_one_of(&r, SLOT_CP932, to, sjis, sizeof sjis) == 3 && r.bad == 0)
			memcpy(out + i, to, 3);
	}
}

void charset_note_shift(struct run *r, size_t end)
{
	for (size_t at = end; r->c->shifts && at > r->at; at--)
		if (r->in.p[at - 1] == 0x0e || r->in.p[at - 1] == 0x0f) {
			r->shifted = r->in.p[at - 1] == 0x0e;
			return;
		}
}
