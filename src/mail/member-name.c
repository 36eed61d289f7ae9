/* Names of members that have stars in paths: see member_name_fn. */
#include <stdlib.h>

#include "base/bisect.h"
#include "base/utf8.h"
#include "mail/text.h"

span name_without_ending(span name)
{
	size_t at = name.n;

	while (at > 1 && name.n - at < 6 && name.p[at - 1] != '.')
		at--;
	return at > 1 && name.p[at - 1] == '.' ? span_first(name, at - 1) : name;
}

span member_name_text(struct arena *a, span name)
{
	unsigned char *text;

	name = name_without_ending(name);
	if ((text = arena_alloc(a, name.n + 1)) == NULL)
		return (span){NULL, 0};
	for (size_t i = 0; i < name.n; i++)
		text[i] = name.p[i] == '/' || name.p[i] == '\\' ? '\n' : name.p[i];
	return span_of(text, name.n);
}

/* "#4" and no more digits, at the beginning of s. */
static bool number_at(span s, uint64_t *number)
{
	size_t i = 1;

	*number = 0;
	for (; i < s.n && i < 20 && ascii_is_digit(s.p[i]); i++)
		*number = 10 * *number + (s.p[i] - '0');
	return s.n > 1 && s.p[0] == '#' && i > 1 && (s.n == i || !ascii_is_digit(s.p[i]));
}

enum errc member_names_add(struct arena *a, struct member_names *l, span path, struct err *e)
{
	uint64_t index;

	if (l->n > 0 && span_eq(l->v[l->n - 1].path, path))
		return OK;
	for (size_t at = span_find_byte(path, '*'); at < path.n; at++) {
		struct member_name *more;

		if (!number_at(span_from(path, at), &index))
			continue;
		if ((more = arena_grow(a, l->v, l->n, &l->cap, sizeof *more, 16)) == NULL)
			return err_memory(e);
		l->v = more;
		l->v[l->n++] = (struct member_name){index, at, path};
	}
	return OK;
}

static int by_index(const void *a, const void *b)
{
	const struct member_name *x = a, *y = b;

	return x->index != y->index ? x->index < y->index ? -1 : 1 : span_cmp(x->path, y->path);
}

void member_names_sort(struct member_names *l)
{
	if (l->n > 1)
		qsort(l->v, l->n, sizeof *l->v, by_index);
}

/* The name of a member of holder, when it is this one with stars. */
static span stars_of(const struct member_name *m, span holder, span name)
{
	size_t at = holder.n + 1, n_stars = 0;
	span stars;

	if (m->at < at || m->at - at != name.n || !span_starts(m->path, holder) || m->path.p[holder.n] != '/')
		return SPAN_EMPTY;
	stars = span_sub(m->path, at, name.n);
	for (size_t i = 0; i < name.n; i++) {
		if (stars.p[i] != name.p[i] && stars.p[i] != '*')
			return SPAN_EMPTY;
		n_stars += stars.p[i] != name.p[i];
	}
	return n_stars > 0 ? stars : SPAN_EMPTY;
}

span member_name_in(const struct member_names *l, const char *holder, span name, uint64_t index)
{
	size_t low;
	span stars = SPAN_EMPTY;

	BISECT(low, l->n, l->v[low].index < index);
	for (; low < l->n && l->v[low].index == index && stars.n == 0; low++)
		stars = stars_of(&l->v[low], span_str(holder), name);
	return stars;
}
