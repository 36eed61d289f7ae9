/* CSV: every record is read or refused with its line, fields lie where they should, and the end is reached. */
#include <stdlib.h>

#include "stream/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, span file)
{
	struct csv c;
	struct err e;
	span text, *fields;
	uint64_t last = 0;
	size_t n, rest;

	if (csv_text(a, file, &text, &e) != OK)
		return;
	csv_open(&c, text);
	for (rest = c.rest.n; csv_next(&c, a, &fields, &n, &e) == OK && n != 0; rest = c.rest.n) {
		if (c.line <= last || c.rest.n >= rest)
			abort();
		last = c.line;
		for (size_t i = 0; i < n; i++)
			if (fields[i].n > text.n)
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	struct err e;

	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	check(a, span_of(data, size));
	arena_free(a);
	return 0;
}
