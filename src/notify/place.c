/*
 * Where something stands, in the language of who reads it. The case has places in English words (document_where): a kind and perhaps a
 * name, perhaps a cell, row, line or paragraph, and the file: "hidden sheet Hosts, cell D14 in a hidden row of inventory.xlsx". Names
 * of sheets and files are others' and stay as they are, whatever words they have.
 */
#include "notify/private.h"

/* The longest phrase that s begins with and that is a whole word there; NULL: none of this language's. */
static const struct phrase *phrase_at(const struct language *l, span s)
{
	const struct phrase *best = NULL;

	for (size_t i = 0; i < l->n_places; i++) {
		const struct phrase *p = &l->places[i];
		bool whole = s.n == p->from.n || (s.n > p->from.n && (s.p[p->from.n] == ' ' || s.p[p->from.n] == ',' || p->from.p[p->from.n - 1] == ' '));

		if (span_starts(s, p->from) && whole && (best == NULL || p->from.n > best->from.n))
			best = p;
	}
	return best;
}

/* Puts what s begins with in this language, or as it is, and goes behind it. */
static void put_phrase(struct buf *out, const struct language *l, span *s, size_t n)
{
	const struct phrase *p = phrase_at(l, *s);

	if (p != NULL) {
		buf_put(out, p->to);
		*s = span_from(*s, p->from.n);
	} else {
		buf_put(out, span_first(*s, n));
		*s = span_from(*s, n);
	}
}

/* ", cell D14", ", row 3", ", line 4", ", paragraph 2", and behind it an end, hidden words or a file: how long the word is; 0: it is none. */
static size_t unit_at(span s, size_t *value)
{
	static const char *const units[] = {", cell ", ", row ", ", line ", ", paragraph "};

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		span unit = span_str(units[i]), rest;

		if (!span_starts(s, unit))
			continue;
		rest = span_from(s, unit.n);
		for (*value = 0; *value < rest.n && ascii_is_alnum(rest.p[*value]); (*value)++)
			;
		rest = span_from(rest, *value);
		if (*value != 0 && (rest.n == 0 || span_starts(rest, SPAN_LIT(" of ")) || span_starts(rest, SPAN_LIT(" in a hidden "))))
			return unit.n;
	}
	return 0;
}

enum errc say_place(struct arena *a, const struct language *l, span place, span *out, struct err *e)
{
	static const span around[] = {SPAN_LIT("beside "), SPAN_LIT("before changes of ")};
	size_t at = 0, word = 0, value = 0;
	span s = place;
	struct buf b;
	enum errc rc;

	*out = place;
	if (phrase_at(l, s) == NULL) /* English, or a kind that this language has no word for */
		return OK;
	buf_init(&b, 4 * place.n + 4096);
	/* "beside text, paragraph 3": one kind stands in another. */
	for (size_t i = 0; i < sizeof around / sizeof around[0]; i++)
		if (span_starts(s, around[i]) && phrase_at(l, s)->from.n + 1 == around[i].n && phrase_at(l, span_from(s, around[i].n)) != NULL) {
			put_phrase(&b, l, &s, 0);
			put_phrase(&b, l, &s, 1);
		}
	put_phrase(&b, l, &s, 0);
	while (at < s.n && (word = unit_at(span_from(s, at), &value)) == 0)
		at++;
	if (word == 0)
		at = span_find(s, SPAN_LIT(" of "));
	buf_put(&b, span_first(s, at));
	s = span_from(s, at);
	if (word != 0) {
		put_phrase(&b, l, &s, word);
		buf_put(&b, span_first(s, value));
		s = span_from(s, value);
		if (span_starts(s, SPAN_LIT(" in a hidden ")))
			put_phrase(&b, l, &s, 1);
	}
	if (s.n != 0)
		put_phrase(&b, l, &s, 0);
	buf_put(&b, s);
	if ((rc = buf_check(&b, e)) == OK && (*out = arena_copy(a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_free(&b);
	return rc;
}
