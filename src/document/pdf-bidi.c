/*
 * Lines of a page in Hebrew or Arabic. A page shows glyphs from left to right whatever is written, so such words come with their
 * last letter first: they are put back into the order in which people write and search. The inverse of the simple cases of Unicode's
 * bidirectional algorithm (UAX 9), line by line.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "document/pdf.h"

enum { LINE_LETTERS = 2048 };
enum way { NEUTRAL, LEFT, RIGHT };

struct letter { uint32_t c; enum way way; };
struct line { struct letter v[LINE_LETTERS]; size_t n; };

static enum way way_of(uint32_t c)
{
	if ((c >= 0x590 && c < 0x900) || (c >= 0xfb1d && c < 0xfe00) || (c >= 0xfe70 && c < 0xfeff))
		return (c >= 0x660 && c < 0x66a) || (c >= 0x6f0 && c < 0x6fa) ? LEFT : RIGHT; /* digits go from left to right there, too */
	return (c < 0x80 && ascii_is_alnum((unsigned char)c)) || (c >= 0x80 && utf8_is_letter(c)) ? LEFT : NEUTRAL;
}

static uint32_t mirrored(uint32_t c)
{
	static const char pairs[] = "()<>[]{}";

	for (size_t i = 0; i < sizeof pairs - 1; i++)
		if (c == (unsigned char)pairs[i])
			return (unsigned char)pairs[i ^ 1];
	return c;
}

static bool read_line(span s, struct line *l)
{
	bool right = false;

	l->n = 0;
	for (size_t at = 0, n; at < s.n; at += n) {
		struct letter *letter = &l->v[l->n];

		if (l->n == LINE_LETTERS)
			return false;
		letter->c = utf8_get(span_from(s, at), &n);
		letter->way = way_of(letter->c);
		right |= letter->way == RIGHT;
		l->n++;
	}
	return right;
}

static void turn(struct letter *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].way != LEFT)
			v[i].c = mirrored(v[i].c);
	for (size_t i = 0; i < n / 2; i++) {
		struct letter one = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = one;
	}
}

/* From a letter of that way to the last one before a letter of the other, or before a tab. */
static size_t run_end(const struct line *l, size_t from, enum way way)
{
	size_t end = from + 1;

	for (size_t i = end; i < l->n && l->v[i].c != '\t' && (l->v[i].way == way || l->v[i].way == NEUTRAL); i++)
		if (l->v[i].way == way)
			end = i + 1;
	return end;
}

static void turn_runs(struct line *l, enum way way)
{
	for (size_t i = 0, end; i < l->n; i = end) {
		end = i + 1;
		if (l->v[i].way == way) {
			end = run_end(l, i, way);
			turn(l->v + i, end - i);
		}
	}
}

void pdf_letter_put(struct buf *b, uint32_t c)
{
	/* How many forms each letter has from U+FE80 on: those from U+0621 to U+063A, and from U+0641 to U+064A. */
	static const unsigned char forms[] = {1, 2, 2, 2, 2, 4, 2, 4, 2, 4, 4, 4, 4, 4, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 2, 2, 4};
	static const unsigned char alefs[] = {0x22, 0x23, 0x25, 0x27}; /* behind a lam, of two forms each */
	enum { FIRST = 0xfe80, LAM_ALEF = 0xfef5, LAST = 0xfefc, HALF = 26, BETWEEN = 6 };
	uint32_t at = FIRST, letter = 0;

	if (c < FIRST || c > LAST) {
		utf8_put(b, c);
	} else if (c >= LAM_ALEF) {
		utf8_put(b, 0x644);
		utf8_put(b, 0x600u + alefs[(c - LAM_ALEF) / 2]);
	} else {
		while (c >= at + forms[letter])
			at += forms[letter++];
		utf8_put(b, 0x621 + letter + (letter >= HALF ? BETWEEN : 0));
	}
}

/* A line that ends, at its right, in such a letter begins there. */
static bool begins_right(const struct line *l)
{
	for (size_t i = l->n; i > 0; i--)
		if (l->v[i - 1].way != NEUTRAL)
			return l->v[i - 1].way == RIGHT;
	return false;
}

void pdf_lines_turn(unsigned char *p, size_t n)
{
	UNFILLED struct line l;
	struct buf b;

	buf_init(&b, MIB);
	for (size_t from = 0, to; from < n; from = to + 1) {
		to = from + span_find_byte(span_of(p + from, n - from), '\n');
		if (!read_line(span_of(p + from, to - from), &l))
			continue;
		if (begins_right(&l)) {
			turn(l.v, l.n);
			turn_runs(&l, LEFT);
		} else {
			turn_runs(&l, RIGHT);
		}
		buf_clear(&b);
		for (size_t i = 0; i < l.n; i++)
			utf8_put(&b, l.v[i].c);
		if (!b.failed && b.n == to - from)
			memcpy(p + from, b.p, b.n);
	}
	buf_wipe(&b);
}
