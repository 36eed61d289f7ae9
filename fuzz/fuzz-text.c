/* The text of every part of a message: valid UTF-8, and each place in it lies within the part and is read again. */
#include <stdlib.h>

#include "base/utf8.h"
#include "mail/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, const struct part_text *t)
{
	struct err e;

	if ((t->outcome == TEXT_READ) != (t->reason == NULL) || utf8_valid(t->utf8) != t->utf8.n)
		abort();
	for (size_t at = 0; at < t->utf8.n; at += 1 + t->utf8.n / 4) {
		uint64_t at_byte, n_bytes;
		span value;

		part_text_place(t, at, 1, &at_byte, &n_bytes);
		if (at_byte > t->content.n || n_bytes > t->content.n - at_byte)
			abort();
		if (part_text_value(a, t, at_byte, n_bytes, &value, &e) == OK && value.n > t->utf8.n)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message *m;
	struct part_text t;
	struct arena *a;
	struct err e;

	if (charset_open(&e) != OK || arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	if (mime_parse(a, span_of(data, size), size % 2 != 0, &m, &e) == OK) {
		for (size_t i = 0; i < LOOSE_PATHS; i++)
			if (loose_text(a, m, span_str(loose_paths[i]), &t, &e) == OK && t.outcome == TEXT_READ)
				check(a, &t);
		for (size_t i = 0; i < m->n_parts; i++)
			if (m->parts[i].kind == PART_LEAF && part_text(a, m, &m->parts[i], NULL, &t, &e) == OK)
				check(a, &t);
	}
	arena_free(a);
	return 0;
}
