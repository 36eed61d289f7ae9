/* Compound files: opened or refused, the tree is sound, and no file gives more bytes than it has (twice: small streams). */
#include <stdlib.h>

#include "stream/compound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, span file)
{
	struct compound *c;
	struct err e;
	uint64_t n = 0;

	if (compound_open(a, file, &c, &e) != OK)
		return;
	for (size_t i = 0; i < c->n_entries; i++) {
		const struct compound_entry *s = &c->entries[i];
		span got;

		if ((i != 0 && s->parent >= i) || (i != 0 && c->entries[s->parent].kind == COMPOUND_STREAM))
			abort();
		if (compound_read(a, c, s, &got, NULL, &e) != OK)
			return;
		n += got.n;
	}
	if (n > file.n)
		abort();
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
