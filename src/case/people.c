#include "case/people.h"

#include "base/utf8.h"

static bool is_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* Marks that stand above or below another letter, and what shows nothing. */
static bool is_no_letter(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36f) || c == 0xad || c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff;
}

/* The letter without its marks, of Latin letters up to U+017F; in small letters, and those of full width in their own. */
static uint32_t bare_letter(uint32_t c)
{
	static const char bases[] = /* from U+00DF on; a dot: the letter itself */
	    ".aaaaaa.ceeeeiiiidnooooo.ouuuuy.yaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkk."
	    "llllll..llnnnnnn...oooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xfee0;
	c = utf8_fold(c);
	if (c == 0x3c2) /* the sigma that ends a word */
		return 0x3c3;
	return c >= 0xdf && c - 0xdf < sizeof bases - 1 && bases[c - 0xdf] != '.' ? (uint32_t)bases[c - 0xdf] : c;
}

void person_fold(struct buf *b, span name)
{
	bool blank = false, begun = false;

	for (size_t at = 0, n; at < name.n; at += n) {
		uint32_t c = utf8_get(span_from(name, at), &n);

		if (is_space(c)) {
			blank = true;
			continue;
		}
		if (is_no_letter(c))
			continue;
		if (blank && begun)
			buf_byte(b, ' ');
		blank = false;
		begun = true;
		c = bare_letter(c);
		if (c == 0xdf || c == 0x1e9e)
			buf_str(b, "ss");
		else
			utf8_put(b, c);
	}
}

enum errc person_same(const char *x, const char *y, bool *same, struct err *e)
{
	struct buf a, b;
	enum errc rc;

	buf_init(&a, 4096);
	buf_init(&b, 4096);
	person_fold(&a, span_str(x));
	person_fold(&b, span_str(y));
	*same = span_eq(buf_span(&a), buf_span(&b));
	if ((rc = buf_check(&a, e)) == OK)
		rc = buf_check(&b, e);
	buf_free(&a);
	buf_free(&b);
	return rc;
}
