#include "seal/fold.h"

#include "base/utf8.h"

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

			if (!utf8_is_letter(u))
				continue;
			k = utf8_base(u, high);
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
