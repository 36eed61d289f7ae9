/* Words of a list: read from rule files; is this one, does one stand near? */
#include <stdlib.h>

#include "scan/private.h"
#include "scan/weigh.h"

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
	for (size_t at = span_hash_word(key);; at++) {
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

static int span_order(const void *a, const void *b)
{
	return span_cmp(*(const span *)a, *(const span *)b);
}

/* A list in order has no word twice: one more would say nothing, and look as if it did. */
static enum errc no_word_twice(const struct word_list *list, const struct yaml *l, struct err *e)
{
	for (size_t i = 1; i < list->n; i++) {
		const struct yaml *v = l->first;
		bool second = false;

		if (!span_eq(list->v[i], list->v[i - 1]))
			continue;
		while (!span_eq_nocase(v->text, list->v[i]) || !second) {
			second |= span_eq_nocase(v->text, list->v[i]);
			v = v->next;
		}
		return yaml_err(v, e, "\"%.*s\" a second time in this list", (int)v->text.n, (const char *)v->text.p);
	}
	return OK;
}

/* What several files call by one name is one list. */
static enum errc add_words(struct arena *a, struct rule_set *set, size_t *cap, struct word_list list, struct err *e)
{
	struct word_list *same = NULL;
	span *v;
	size_t n = 0;

	for (size_t i = 0; i < set->n_words && same == NULL; i++)
		same = span_eq(set->words[i].name, list.name) ? &set->words[i] : NULL;
	if (same == NULL) {
		if ((set->words = arena_grow(a, set->words, set->n_words, cap, sizeof list, 64)) == NULL)
			return err_memory(e);
		set->words[set->n_words++] = list;
		return OK;
	}
	if ((v = arena_zero(a, same->n + list.n + 1, sizeof *v)) == NULL)
		return err_memory(e);
	if (same->n > 0)
		memcpy(v, same->v, same->n * sizeof *v);
	if (list.n > 0)
		memcpy(v + same->n, list.v, list.n * sizeof *v);
	qsort(v, same->n + list.n, sizeof *v, span_order);
	for (size_t i = 0; i < same->n + list.n; i++)
		if (n == 0 || !span_eq(v[n - 1], v[i]))
			v[n++] = v[i];
	same->v = v;
	same->n = n;
	return OK;
}

enum errc word_lists_read(struct arena *a, struct rule_set *set, size_t *cap, const struct yaml *y, struct err *e)
{
	for (const struct yaml *l = y != NULL ? y->first : NULL; l != NULL; l = l->next) {
		struct word_list list = {.name = l->key};
		bool weights = span_eq(l->key, SPAN_LIT("weights")) || span_eq(l->key, SPAN_LIT("plain-weights"));
		const struct yaml *v;
		enum errc rc;

		for (v = l->first; v != NULL; v = v->next)
			list.n++;
		if ((list.v = arena_zero(a, list.n + 1, sizeof *list.v)) == NULL)
			return err_memory(e);
		list.n = 0;
		for (v = l->first; v != NULL; v = v->next) {
			span w = v->text;
			unsigned char *lower = arena_alloc(a, w.n + 1);

			if (v->kind != YAML_SCALAR || w.n == 0 || w.n > LIMIT_RULE_ANCHOR)
				return yaml_err(v, e, "a word has 1 to %zu bytes", LIMIT_RULE_ANCHOR);
			if (lower == NULL)
				return err_memory(e);
			for (size_t i = 0; i < w.n; i++)
				lower[i] = ascii_lower(w.p[i]);
			if (weights && !weight_is_known(span_of(lower, w.n)))
				return yaml_err(v, e, "\"%.*s\" is no feature and number", (int)w.n, (const char *)w.p);
			list.v[list.n++] = span_of(lower, w.n);
		}
		qsort(list.v, list.n, sizeof *list.v, span_order);
		if ((rc = no_word_twice(&list, l, e)) != OK || (rc = add_words(a, set, cap, list, e)) != OK)
			return rc;
	}
	return OK;
}
