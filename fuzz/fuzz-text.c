/*
 * The text of every part of a message, and of what lies in attached archives, some of it opened with a password: valid UTF-8, and each
 * place in it lies within the part and is read again.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "mail/text.h"
#include "stream/member.h"
#include "stream/passwords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct part_text *t)
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
		if (part_text_value(t, at_byte, n_bytes, &value, &e) == OK && value.n > t->utf8.n)
			abort();
	}
}

static enum errc look(void *ctx, const struct part *p, const struct part_text *t, struct err *e)
{
	(void)ctx;
	(void)e;
	if (p->path == NULL)
		abort();
	check(t);
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const span tried[] = {SPAN_LIT("secret"), SPAN_LIT("Tonne-Rot-9")}; /* as the seeds have them */
	static bool open;
	struct passwords passwords = {.v = tried, .n = 2, .work = 10000};
	struct message *m;
	struct part_text t;
	struct arena *a;
	struct err e;

	if (!open && (charset_open(&e) != OK || archive_warm(&e) != OK))
		return 0;
	open = true;
	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	if (mime_parse(a, span_of(data, size), size % 2 != 0, &m, &e) == OK) {
		for (size_t i = 0; i < LOOSE_PATHS; i++)
			if (loose_text(a, m, span_str(loose_paths[i]), &t, &e) == OK && t.outcome == TEXT_READ)
				check(&t);
		for (size_t i = 0; i < m->n_parts; i++)
			if (part_texts(a, m, &m->parts[i], &passwords, look, NULL, NULL, &e) == ERR_WORLD)
				abort();
	}
	arena_free(a);
	return 0;
}
