/* Names of members that have stars in paths: see member_name_fn. */
#include <stdio.h>

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

span member_name_in(span path, const char *holder, span name, uint64_t index)
{
	char number[24];
	size_t n_stars = 0;
	span stars;

	if (!span_starts(path, span_str(holder)) || !span_starts(path = span_from(path, strlen(holder)), SPAN_LIT("/")))
		return SPAN_EMPTY;
	path = span_from(path, 1);
	(void)snprintf(number, sizeof number, "#%llu", (unsigned long long)index);
	stars = span_first(path, name.n);
	path = span_from(path, stars.n);
	if (!span_starts(path, span_str(number)))
		return SPAN_EMPTY;
	path = span_from(path, strlen(number));
	if (stars.n != name.n || (path.n > 0 && path.p[0] >= '0' && path.p[0] <= '9'))
		return SPAN_EMPTY;
	for (size_t i = 0; i < name.n; i++) {
		if (stars.p[i] != name.p[i] && stars.p[i] != '*')
			return SPAN_EMPTY;
		n_stars += stars.p[i] != name.p[i];
	}
	return n_stars > 0 ? stars : SPAN_EMPTY;
}
