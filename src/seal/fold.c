#include "seal/fold.h"

#include "base/utf8.h"

/* Base letters of U+00E0 to U+00FF and of U+0100 to U+017F; '/' where there is none. */
static const char latin_1[] = "aaaaaaaceeeeiiiidnooooo/ouuuuyty";
static const char latin_a[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiijjjjkkkllllllllllnnnnnnnnnoooooooo"
                              "rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* Letters and digits past ASCII: what is not punctuation, a symbol, a blank, invisible or an accent by itself. */
static bool is_letter(uint32_t c)
{
	if (c < 0xc0)
		return c == 0xaa || c == 0xb5 || c == 0xba;
	return c != 0xd7 && c != 0xf7 && !(c >= 0x300 && c < 0x370) && !(c >= 0x2000 && c < 0x2c00) &&
	       !(c >= 0x3000 && c < 0x3040) && !(c >= 0xe000 && c < 0xf900) && !(c >= 0xfe00 && c < 0xfe70) &&
	       !(c >= 0xff00 && c < 0xff10) && c != 0xfeff && c != 0xfffd && c < 0xe0000;
}

static size_t fold(uint32_t c, unsigned char out[4])
{
	if (c >= 0xff10 && c <= 0xff5a) /* fullwidth ASCII */
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

enum errc fold_text(struct arena *a, span text, struct folded *out, struct err *e)
{
	/* The longest that a character of k bytes becomes is k bytes. */
	*out = (struct folded){.p = arena_alloc(a, text.n + 4), .at = arena_alloc(a, (text.n + 4) * sizeof *out->at),
	    .end = arena_alloc(a, (text.n + 4) * sizeof *out->end)};
	if (out->p == NULL || out->at == NULL || out->end == NULL)
		return err_memory(e);
	for (size_t i = 0, n; i < text.n; i += n) {
		unsigned char c = text.p[i], high[4];
		size_t k;

		n = 1;
		if (c < 0x80) {
			if (!ascii_is_alnum(c))
				continue;
			high[0] = ascii_lower(c);
			k = 1;
		} else {
			uint32_t u = utf8_get(span_from(text, i), &n);

			if (!is_letter(u))
				continue;
			k = fold(u, high);
		}
		for (size_t j = 0; j < k; j++) {
			out->p[out->n] = high[j];
			out->at[out->n] = (uint32_t)i;
			out->end[out->n++] = (uint32_t)(i + n);
		}
	}
	return OK;
}

/* The second of two letters that are written for one: "ae" "oe" "ue" "aa". */
static bool is_second(const struct folded *t, size_t i)
{
	if (i == 0 || t->at[i] != t->end[i - 1])
		return false;
	return t->p[i] == 'e' ? strchr("aou", t->p[i - 1]) != NULL : t->p[i] == 'a' && t->p[i - 1] == 'a';
}

bool fold_may_join(const struct folded *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (is_second(t, i) || (t->end[i] - t->at[i] > 1 && (t->p[i] == 'a' || t->p[i] == 'o' || t->p[i] == 'u')))
			return true;
	return false;
}

enum errc fold_joined(struct arena *a, const struct folded *t, struct folded *out, struct err *e)
{
	*out = (struct folded){.p = arena_alloc(a, t->n + 1), .at = arena_alloc(a, (t->n + 1) * sizeof *out->at),
	    .end = arena_alloc(a, (t->n + 1) * sizeof *out->end)};
	if (out->p == NULL || out->at == NULL || out->end == NULL)
		return err_memory(e);
	for (size_t i = 0; i < t->n; i++) {
		if (is_second(t, i)) {
			out->end[out->n - 1] = t->end[i];
			continue;
		}
		out->p[out->n] = t->p[i];
		out->at[out->n] = t->at[i];
		out->end[out->n++] = t->end[i];
	}
	return OK;
}
