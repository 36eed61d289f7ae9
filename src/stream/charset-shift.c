/* Charsets in which escape sequences say what the bytes behind them mean: ISO-2022-JP (RFC 1468, 2237) and HZ (RFC 1843). */
#include "stream/charset-private.h"

enum set { SET_ASCII, SET_PAIRS, SET_PAIRS_0212, SET_KATAKANA, SET_OTHER };

/* Behind an escape character: the set that it begins, and how many bytes say so; 0 when that is none. */
static size_t escape(span s, enum set *set)
{
	static const struct { const char *mark; enum set set; } marks[] = {{"(B", SET_ASCII}, {"(J", SET_ASCII}, {"(H", SET_ASCII},
		{"(I", SET_KATAKANA}, {"$@", SET_PAIRS}, {"$B", SET_PAIRS}, {"$(D", SET_PAIRS_0212}, {"$(O", SET_PAIRS},
		{"$(Q", SET_PAIRS}, {"$(@", SET_PAIRS}, {"$(B", SET_PAIRS}, {"$A", SET_OTHER}, {"$(C", SET_OTHER}, {"&@", SET_ASCII}};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_starts(s, span_str(marks[i].mark))) {
			*set = marks[i].set;
			return strlen(marks[i].mark);
		}
	return 0;
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
			r->set = (unsigned char)set;
			r->at += 1 + used;
			continue;
		}
		if (p[0] == 0x0e || p[0] == 0x0f) {
			r->shifted = p[0] == 0x0e;
			r->at++;
			continue;
		}
		/* A line ends in ASCII, said or not. */
		if (p[0] == '\n') {
			r->set = SET_ASCII;
			r->shifted = false;
		}
		if (p[0] <= 0x20 || (set == SET_ASCII && !r->shifted)) {
			n += charset_put(r, out + n, p[0], p[0] < 0x80);
			r->at++;
		} else if (set == SET_KATAKANA || r->shifted) {
			n += charset_one(r, out + n, (const unsigned char[]){0x8e, p[0] | 0x80}, 2);
			r->at++;
		} else if (two && set != SET_OTHER) {
			euc[1] = p[0] | 0x80;
			euc[2] = p[1] | 0x80;
			n += set == SET_PAIRS ? charset_one(r, out + n, euc + 1, 2) : charset_one(r, out + n, euc, 3);
			r->at += 2;
		} else {
			n += charset_put(r, out + n, 0, false);
			r->at += two ? 2 : 1;
		}
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

void charset_note_shift(struct run *r, size_t end)
{
	for (size_t at = end; r->c->shifts && at > r->at; at--)
		if (r->in.p[at - 1] == 0x0e || r->in.p[at - 1] == 0x0f) {
			r->shifted = r->in.p[at - 1] == 0x0e;
			return;
		}
}
