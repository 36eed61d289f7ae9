/* Mailbox files of Outlook: every unit, as ingest asks for them; one asked for alone is the same. */
#include <stdlib.h>

#include "mail/box.h"
#include "mail/mime.h"
#include "stream/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { UNITS_MAX = 300 };

static void check(struct arena *a, struct box *b, span file)
{
	struct box *again;
	struct box_unit u, alone;
	struct message *m;
	struct err e;
	bool found = true;

	for (uint64_t i = 0; i < UNITS_MAX; i++) {
		arena_reset(a);
		if (box_unit(b, a, i, BOX_ALL, &u, &found, &e) != OK || !found)
			return;
		if ((u.outcome == BOX_NOTHING || u.outcome == BOX_FAILED || u.outcome == BOX_PARTIAL) && u.reason == NULL)
			abort();
		if (u.outcome != BOX_MESSAGE && u.outcome != BOX_PARTIAL)
			continue;
		if (mime_parse(a, u.message, false, &m, &e) == OK && m->n_parts == 0)
			abort();
		if (i % 16 != 1 || box_open(&again, file, &e) != OK)
			continue;
		if (box_unit(again, a, i, BOX_ALL, &alone, &found, &e) == OK && (!found || !span_eq(alone.message, u.message)))
			abort();
		box_close(again);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool open;
	struct arena *a;
	struct box *b;
	struct err e;

	if ((!open && charset_open(&e) != OK) || box_sniff(span_of(data, size)) == BOX_NONE)
		return 0;
	open = true;
	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	if (box_open(&b, span_of(data, size), &e) == OK) {
		check(a, b, span_of(data, size));
		box_close(b);
	}
	arena_free(a);
	return 0;
}
