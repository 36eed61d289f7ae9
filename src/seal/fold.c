#include "seal/fold.h"

#include "base/digest.h"
#include "base/utf8.h"

/* "%XX" (RFC 3986 2.1) at the beginning of s: its byte, or -1 */
static int escaped_byte(span s)
{
	int high, low;

	if (s.n < 3 || s.p[0] != '%' || (high = hex_value(s.p[1])) < 0 || (low = hex_value(s.p[2])) < 0)
		return -1;
	return high << 4 | low;
}

/* The character that "%20", or "%C3%BC", is in an address of the web, and how many bytes it takes there; *n 0: it is none. */
static uint32_t escaped(span s, size_t *n)
{
	unsigned char bytes[4];
	size_t have = 0, len;
	uint32_t u;

	*n = 0;
	for (int b; have < sizeof bytes && (b = escaped_byte(span_from(s, 3 * have))) >= 0; have++)
		bytes[have] = (unsigned char)b;
	if (have == 0)
		return 0;
	u = utf8_get(span_of(bytes, have), &len);
	if (bytes[0] < 0x80 || len > 1)
		*n = 3 * len;
	return u;
}

enum errc fold_text(struct arena *a, span text, struct folded *out, struct err *e)
{
	/* The longest that a character of k bytes becomes is k bytes. */
	*out = (struct folded){.p = arena_alloc(a, text.n + 4), .at = arena_alloc(a, (text.n + 4) * sizeof *out->at),
	    .end = arena_alloc(a, (text.n + 4) * sizeof *out->end)};
	if (out->p == NULL || out->at == NULL || out->end == NULL)
		return err_memory(e);
	for (size_t i = 0, n; i < text.n; i += n) {
		uint32_t c = text.p[i];
		unsigned char high[4];
		size_t k, as_escape;

		n = 1;
		if (c >= 0x80) {
			c = utf8_get(span_from(text, i), &n);
		} else if (c == '%') {
			uint32_t u = escaped(span_from(text, i), &as_escape);

			if (as_escape != 0) {
				c = u;
				n = as_escape;
			}
		}
		if (c < 0x80) {
			if (!ascii_is_alnum((unsigned char)c))
				continue;
			high[0] = ascii_lower((unsigned char)c);
			k = 1;
		} else {
			if (!utf8_is_letter(c))
				continue;
			k = utf8_base(c, high);
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
	return t->p[i] == 'e' ? ascii_is_one_of(t->p[i - 1], "aou") : t->p[i] == 'a' && t->p[i - 1] == 'a';
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
