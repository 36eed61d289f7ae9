#include "base/utf8.h"

/* Length of the well-formed character at p, or 0. */
static size_t one(const unsigned char *p, size_t n)
{
	unsigned char c = p[0];
	size_t len;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
	    (c == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

size_t utf8_start(span s, size_t at)
{
	while (at > 0 && at < s.n && (s.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

size_t utf8_end(span s, size_t at)
{
	while (at < s.n && (s.p[at] & 0xc0) == 0x80)
		at++;
	return at < s.n ? at : s.n;
}

span utf8_first(span s, size_t most)
{
	size_t n = most;

	if (most >= s.n)
		return s;
	while (n > 0 && most - n < 3 && (s.p[n] & 0xc0) == 0x80)
		n--;
	return span_first(s, n);
}

size_t utf8_valid(span s)
{
	size_t at = 0;

	while ((at += span_ascii(span_from(s, at))) < s.n) {
		size_t len = one(s.p + at, s.n - at);

		if (len == 0)
			break;
		at += len;
	}
	return at;
}

uint32_t utf8_get(span s, size_t *n)
{
	const unsigned char *p = s.p;

	assert(s.n > 0);
	*n = one(p, s.n);
	switch (*n) {
	case 1:
		return p[0];
	case 2:
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	case 3:
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	case 4:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
	default:
		*n = 1;
		return 0xfffd;
	}
}

size_t utf8_write(unsigned char out[4], uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c < 0x80) {
		out[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (unsigned char)(0xc0 | c >> 6);
		out[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (unsigned char)(0xe0 | c >> 12);
		out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (unsigned char)(0xf0 | c >> 18);
	out[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}

void utf8_put(struct buf *b, uint32_t c)
{
	unsigned char out[4];

	if (c < 0x80)
		buf_byte(b, (unsigned char)c);
	else
		buf_put(b, span_of(out, utf8_write(out, c)));
}

span utf8_clean(struct arena *a, span s)
{
	unsigned char *p;
	size_t n = 0;

	if (utf8_valid(s) == s.n && span_find_byte(s, 0) == s.n)
		return s.p != NULL ? s : SPAN_LIT("");
	if (s.n > SIZE_MAX / 3 || (p = arena_alloc(a, 3 * s.n)) == NULL)
		return SPAN_EMPTY;
	for (size_t at = 0; at < s.n;) {
		size_t len;
		uint32_t c = utf8_get(span_from(s, at), &len);

		n += utf8_write(p + n, c != 0 ? c : 0xfffd);
		at += len;
	}
	arena_shrink(a, p, 3 * s.n, n);
	return (span){p, n};
}

bool utf8_obeyed(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void utf8_show(struct buf *b, span s)
{
	for (size_t at = 0; at < s.n;) {
		size_t len;
		uint32_t c = utf8_get(span_from(s, at), &len);

		utf8_put(b, utf8_obeyed(c) ? (c == '\t' || c == '\n' ? ' ' : 0xfffd) : c);
		at += len;
	}
}

uint32_t utf8_fold(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if (c >= 0xc0 && c <= 0xde && c != 0xd7)
		return c + 32;
	if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14a && c <= 0x177))
		return c | 1;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
		return c + (c & 1);
	if (c == 0x178)
		return 0xff;
	if (c == 0x386 || c == 0x38c)
		return c == 0x386 ? 0x3ac : 0x3cc;
	if ((c >= 0x388 && c <= 0x38a) || c == 0x38e || c == 0x38f)
		return c + (c <= 0x38a ? 37 : 63);
	if (c == 0x490)
		return 0x491;
	if (c >= 0x391 && c <= 0x3ab)
		return c + 32;
	if (c >= 0x410 && c <= 0x42f)
		return c + 32;
	if (c >= 0x400 && c <= 0x40f)
		return c + 80;
	return c;
}

uint32_t utf8_capital(uint32_t c)
{
	/* how far before its small letter a capital stands, in one of the alphabets */
	static const unsigned char steps[] = {1, 32, 37, 38, 63, 64, 80};

	if (c == 0xff || c == 0x3c2) /* the sigma at the end of a word */
		return c == 0xff ? 0x178 : 0x3a3;
	for (size_t i = 0; i < sizeof steps; i++)
		if (c > steps[i] && utf8_fold(c - steps[i]) == c)
			return c - steps[i];
	return c;
}

bool utf8_is_letter(uint32_t c)
{
	if (c < 0xc0)
		return c == 0xaa || c == 0xb5 || c == 0xba;
	return c != 0xd7 && c != 0xf7 && !(c >= 0x300 && c < 0x370) && !(c >= 0x2000 && c < 0x2c00) && !(c >= 0x3000 && c < 0x3040) &&
	    !(c >= 0xe000 && c < 0xf900) && !(c >= 0xfe00 && c < 0xfe70) && !(c >= 0xff00 && c < 0xff10) && c != 0xfeff && c != 0xfffd &&
	    c < 0xe0000;
}

/* Base letters of U+00E0 to U+00FF and of U+0100 to U+017F; '/' where there is none. */
static const char latin_1[] = "aaaaaaaceeeeiiiidnooooo/ouuuuyty";
static const char latin_a[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkkllllllllllnnnnnnnnnoooooooo"
			      "rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

size_t utf8_base(uint32_t c, unsigned char out[4])
{
	if (c >= 0xff10 && c <= 0xff5a)
		c -= 0xfee0;
	c = utf8_fold(c);
	if (c == 0xdf || c == 0xe6 || c == 0x153) {
		memcpy(out, c == 0xdf ? "ss" : c == 0xe6 ? "ae" : "oe", 2);
		return 2;
	}
	if (c >= 0xe0 && c < 0x100)
		c = (unsigned char)latin_1[c - 0xe0];
	else if (c >= 0x100 && c < 0x180)
		c = (unsigned char)latin_a[c - 0x100];
	return utf8_write(out, c);
}
