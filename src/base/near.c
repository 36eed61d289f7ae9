#include "base/near.h"

#include <stdio.h>

#include "base/utf8.h"

enum { MAX_WORD = 40, MAX_AWAY = 2 };

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* Optimal string alignment: letters changed, left out, put in, or two neighbours swapped. Both words are short. */
static unsigned distance(span a, span b)
{
	unsigned rows[3][MAX_WORD + 1];

	for (size_t j = 0; j <= b.n; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			unsigned char x = ascii_lower(a.p[i - 1]), y = ascii_lower(b.p[j - 1]);

			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == ascii_lower(b.p[j - 2]) && ascii_lower(a.p[i - 2]) == y)
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return rows[a.n % 3][b.n];
}

void near_try(struct near *n, span word)
{
	unsigned d;

	if (n->typed.n < 2 || n->typed.n > MAX_WORD || word.n > MAX_WORD)
		return;
	d = distance(n->typed, word);
	if (span_eq(n->typed, word) || d > MAX_AWAY || 2 * d >= word.n)
		return;
	d = d == 0 ? 1 : d; /* the same in capitals */
	if (n->away == 0 || d < n->away) {
		n->best = word;
		n->away = d;
	}
}

struct near near_among(span typed, const char *const *words)
{
	struct near near = near_to(typed);

	for (; *words != NULL; words++)
		near_try(&near, span_str(*words));
	return near;
}

const char *near_says(struct near *n)
{
	if (n->away == 0)
		return "";
	(void)snprintf(n->says, sizeof n->says, " (did you mean %.*s?)", (int)n->best.n, n->best.p);
	return n->says;
}
