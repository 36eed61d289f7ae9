/* Logs: reading ends, records lie one behind the other within the file, or in one text there, and what they hold is text within bounds. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "logs/logs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void text(span s)
{
	if (utf8_valid(s) != s.n)
		abort();
}

static void check(const struct log_record *r)
{
	if (r->outcome != LOG_PARSED && r->reason == NULL)
		abort();
	text(r->id);
	text(r->operation);
	text(r->user);
	text(r->mailbox);
	text(r->ip);
	text(r->role);
	text(r->query);
	for (size_t i = 0; i < r->n_items; i++) {
		text(r->items[i].message_id);
		text(r->items[i].subject);
		if (r->items[i].folder != LOG_FOLDER_NONE && r->items[i].folder >= r->n_folders)
			abort();
	}
	for (size_t i = 0; i < r->n_folders; i++) {
		text(r->folders[i].path);
		if (r->folders[i].first_item > r->n_items || r->folders[i].n_items > r->n_items - r->folders[i].first_item)
			abort();
	}
	for (size_t i = 0; i < r->n_pairs; i++)
		text(r->pairs[i].value);
	for (size_t i = 0; i < r->n_targets; i++)
		text(r->targets[i]);
}

static void read_all(struct logs *l, struct arena *a, size_t size)
{
	const struct log_record *r;
	struct err e;
	uint64_t last = 0, at = 0;

	while (logs_next(l, a, &r, &e) == OK && r != NULL) {
		bool same = r->at_byte == at && r->at_byte + r->n_bytes == last; /* of one list in a text */

		if ((r->at_byte < last && !same) || r->at_byte > size || r->n_bytes == 0 || r->n_bytes > size - r->at_byte)
			abort();
		at = r->at_byte;
		last = at + r->n_bytes;
		check(r);
		arena_reset(a);
	}
}

static void check_names(struct arena *a, span s)
{
	struct log_names l = {.a = a};

	log_names_take(&l, s);
	log_names_take_path(&l, span_first(s, 4096));
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i].n == 0 || l.v[i].n > LIMIT_LOG_NAME || (i < 100 && span_among(l.v, i, l.v[i])))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct logs *l;
	struct arena *a;
	struct err e;

	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	if (logs_open(&l, span_of(data, size), SPAN_EMPTY, &e) == OK) {
		read_all(l, a, size);
		logs_close(l);
	}
	(void)logs_looks_like(a, span_of(data, size));
	check_names(a, span_of(data, size));
	arena_free(a);
	return 0;
}
