/* HTML to text: never longer than the page, valid UTF-8, every piece from within it and found again from there. */
#include <stdlib.h>

#include "base/utf8.h"
#include "stream/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, span in)
{
	struct html_places *places;
	struct err e;
	span out;
	bool cut;

	/* A field that is commented out is put with its comment, and for itself. */
	if (html_hidden(a, in, &out, &cut, &e) == OK && (out.n > 3 * in.n + 1 || utf8_valid(out) != out.n))
		abort();
	if (html_text(a, in, &out, &e) != OK || html_places_new(a, in, &places, &e) != OK)
		return;
	if (out.n > in.n || utf8_valid(out) != out.n)
		abort();
	for (size_t at = 0; at < out.n; at += 1 + out.n / 8) {
		size_t from, to, found_at, found_n;

		html_place(places, at, 1, &from, &to);
		if (from > to || to > in.n)
			abort();
		html_find(places, from, to, &found_at, &found_n);
		if (from < to && (found_at > at || at >= found_at + found_n || found_n > out.n - found_at))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	struct err e;
	span in;

	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	in = utf8_clean(a, span_of(data, size));
	if (in.p != NULL)
		check(a, in);
	arena_free(a);
	return 0;
}
