/* Names of members that have stars in paths: see member_name_fn. */
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

/* "#4" and no more digits: off *s. */
static bool number_off(span *s, uint64_t index)
{
	uint64_t n = 0;
	size_t i = 1;

	if (!span_starts(*s, SPAN_LIT("#")))
		return false;
	for (; i < s->n && i < 20 && ascii_is_digit(s->p[i]); i++)
		n = 10 * n + (s->p[i] - '0');
	if (i == 1 || n != index || (s->n > i && ascii_is_digit(s->p[i])))
		return false;
	*s = span_from(*s, i);
	return true;
}

span member_name_in(span path, const char *holder, span name, uint64_t index)
{
	size_t n_stars = 0;
	span stars;

	if (!span_starts(path, span_str(holder)) || !span_starts(path = span_from(path, strlen(holder)), SPAN_LIT("/")))
		return SPAN_EMPTY;
	stars = span_sub(path, 1, name.n);
	path = span_from(path, 1 + stars.n);
	if (stars.n != name.n || !number_off(&path, index))
		return SPAN_EMPTY;
	for (size_t i = 0; i < name.n; i++) {
		if (stars.p[i] != name.p[i] && stars.p[i] != '*')
			return SPAN_EMPTY;
		n_stars += stars.p[i] != name.p[i];
	}
	return n_stars > 0 ? stars : SPAN_EMPTY;
}
