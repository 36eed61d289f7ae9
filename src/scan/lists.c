/* Words of a list: is this one, does one stand near? */
#include "scan/private.h"

bool word_list_has(const struct word_list *l, span word)
{
	unsigned char low[64];
	span key = {low, word.n};

	assert(l->places != NULL);
	if (word.n > sizeof low || word.n == 0 ||
	    (l->begins[ascii_lower(word.p[0])] >> (word.n < 31 ? word.n : 31) & 1) == 0)
		return false;
	for (size_t i = 0; i < word.n; i++)
		low[i] = ascii_lower(word.p[i]);
	for (size_t at = span_hash(key);; at++) {
		uint32_t i = l->places[at & (l->n_places - 1)];

		if (i == 0 || span_eq(l->v[i - 1], key))
			return i != 0;
	}
}

/* Behind the last of the words in text[from, to), or SIZE_MAX; the first that is found, unless all are looked for. */
static size_t word_list_find(const struct word_list *l, span text, size_t from, size_t to, bool all)
{
	span in = span_sub(text, from, to > from ? to - from : 0);
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < l->n && (all || last == SIZE_MAX); i++) {
		size_t at = 0, hit;

		while ((hit = span_find_nocase(span_from(in, at), l->v[i])) + at < in.n) {
			size_t start = at + hit, end = start + l->v[i].n;

			if ((start == 0 || !is_letter(in.p[start - 1]) || !is_letter(in.p[start])) &&
			    (end == in.n || !is_letter(in.p[end]) || !is_letter(in.p[end - 1])) && (last == SIZE_MAX || from + end > last))
				last = from + end;
			at = start + 1;
		}
	}
	return last;
}

bool word_list_near(const struct word_list *l, span text, size_t from, size_t to)
{
	return word_list_find(l, text, from, to, false) != SIZE_MAX;
}

size_t word_list_last(const struct word_list *l, span text, size_t from, size_t to)
{
	return word_list_find(l, text, from, to, true);
}
