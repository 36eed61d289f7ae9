/*
 * Any bytes are a message: parsing fails for memory only, every part lies within the message or was made of one, its parent stands before
 * it, no two paths are equal, and its content can be had. The first byte says whether it lies in an mbox.
 */
#include <stdlib.h>
#include <string.h>

#include "mail/mime.h"
#include "mail/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_part(struct arena *a, const struct message *m, size_t i)
{
	const struct part *p = &m->parts[i];
	unsigned problems = 0;
	struct err e;
	span out;

	if (!p->made && (p->body.p < m->text.p || p->body.n > m->text.n - (size_t)(p->body.p - m->text.p)))
		abort();
	if (p->parent != SIZE_MAX && (p->parent >= i || m->parts[p->parent].kind != PART_MULTIPART))
		abort();
	if (i != 0 && strcmp(p->path, m->parts[i - 1].path) == 0)
		abort();
	if (p->kind != PART_MULTIPART && part_content(a, m, p, &out, &problems, &e) != OK)
		abort();
	(void)part_sealed(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const trusted[] = {"mx.own.example"};
	struct summary s;
	struct message *m;
	struct arena *a;
	struct err e;

	if (size == 0 || arena_new(&a, (size_t)1 << 30, &e) != OK)
		return 0;
	if (mime_parse(a, span_of(data + 1, size - 1), (data[0] & 1) != 0, &m, &e) != OK || m->n_parts == 0)
		abort();
	for (size_t i = 0; i < m->n_parts; i++)
		check_part(a, m, i);
	if (summary_read(a, m, trusted, 1, &s, &e) != OK)
		abort();
	arena_free(a);
	return 0;
}
