/* The words of a sentence as the lists of a rule have them: in lower case, with the letters and apostrophes that people write. */
#include "base/utf8.h"
#include "scan/private.h"

/* The bytes of the apostrophe at `at`, which has two forms; 0: none is there. */
static size_t apostrophe(span text, size_t at)
{
	return span_starts(span_from(text, at), SPAN_LIT("'")) ? 1 : span_starts(span_from(text, at), SPAN_LIT("\xe2\x80\x99")) ? 3 : 0;
}

size_t word_fold(span text, size_t at, unsigned char out[WORD_MAX], size_t *n)
{
	size_t from = *n, mark;

	while (at < text.n && (is_letter(text.p[at]) || text.p[at] == '\'')) {
		unsigned char c = ascii_lower(text.p[at]);

		if ((mark = apostrophe(text, at)) > 0 && *n > from + 1 && at + mark < text.n && is_letter(text.p[at + mark])) {
			at += mark;
			c = '\'';
		} else if (c == '\'') {
			break;
		} else if (c == 0xe2) { /* the typographic marks */
			return at + 3 < text.n ? at + 3 : text.n;
		} else {
			at++;
		}
		if (*n > 0 && out[*n - 1] == 0xc3 && c >= 0x80 && c <= 0x9e)
			c = (unsigned char)(c + 0x20);
		if (*n < WORD_MAX - 1)
			out[(*n)++] = c;
	}
	return at;
}

bool word_list_tells(const struct word_list *l, span phrase, bool one_word)
{
	size_t mark = one_word ? span_find_byte(phrase, '\'') : phrase.n;

	if (word_list_has(l, phrase) || (mark < phrase.n && word_list_has(l, span_from(phrase, mark + 1))))
		return true;
	if (span_ends_nocase(phrase, SPAN_LIT("'s")) && word_list_has(l, phrase = span_first(phrase, phrase.n - 2)))
		return true;
	/* "*schloss": the last part of a compound; the list is in order, and some marks stand before "*" */
	if (!one_word || phrase.n == 0 || (l->ends[ascii_lower(phrase.p[phrase.n - 1]) / 64] >> ascii_lower(phrase.p[phrase.n - 1]) % 64 & 1) == 0)
		return false;
	for (size_t i = 0; i < l->n && l->v[i].p[0] <= '*'; i++)
		if (l->v[i].p[0] == '*' && span_ends_nocase(phrase, span_from(l->v[i], 1)))
			return true;
	return false;
}

span word_before(span text, size_t at, unsigned char out[WORD_MAX], size_t *begin)
{
	size_t from, end, n = 0;

	while (at > 0 && text.p[at - 1] == '\'')
		at--;
	for (from = at; from > 0 && at - from < 40 && (is_letter(text.p[from - 1]) || text.p[from - 1] == '\'');)
		from--;
	/* "l'armoire", "“armoire": what stands before the last word goes */
	for (*begin = from; (end = word_fold(span_first(text, at), from, out, &n)) < at; *begin = from, n = 0)
		from = end > from ? end : from + 1;
	return span_of(out, n);
}

span words_joined(span first, span second, unsigned char out[PHRASE_MAX])
{
	memcpy(out, first.p, first.n);
	out[first.n] = ' ';
	memcpy(out + first.n + 1, second.p, second.n);
	return span_of(out, first.n + 1 + second.n);
}

span word_behind(span text, size_t at, unsigned char out[WORD_MAX])
{
	size_t n = 0;

	while (at < text.n && ascii_is_one_of(text.p[at], " \t\"')*"))
		at++;
	if (at < text.n && ascii_is_one_of(text.p[at], "%$"))
		return span_of(text.p + at, 1);
	word_fold(span_first(text, at + WORD_MAX), at, out, &n);
	return span_of(out, n);
}

bool capitals_of(struct arena *a, span text, enum capitals way, span *out)
{
	unsigned char *v;
	size_t n = 0;
	bool other = false;

	for (size_t i = 0; i < text.n; i++)
		other |= text.p[i] >= 0x80;
	if (!other || (way == CAPITALS_FIRST && text.p[0] < 0x80))
		return false;
	other = false;
	v = arena_alloc(a, 2 * text.n);
	*out = span_of(v, 0);
	for (size_t i = 0, k; v != NULL && i < text.n; i += k) {
		uint32_t c = utf8_get(span_from(text, i), &k), big = c < 0x80 || (way == CAPITALS_FIRST && i > 0) ? c : utf8_capital(c);

		other |= big != c;
		n += utf8_write(v + n, big);
	}
	out->n = n;
	return other || v == NULL;
}
