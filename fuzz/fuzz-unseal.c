/* Archives that passwords open: little work is spent, and what is said to be plain is read like any archive. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "stream/member.h"
#include "stream/unseal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORK = 500000 };

static void check(struct arena *a, span plain)
{
	struct archive_reader *r;
	struct member *m;
	struct buf into;
	struct err e;
	unsigned n = 0;

	buf_init(&into, (size_t)1 << 24);
	if (archive_open_span(&r, plain, &into, SPAN_EMPTY, &e) != OK)
		abort();
	while (n++ < 1000 && archive_next(r, a, &m, &e) == OK && m != NULL)
		if (utf8_valid(m->name) != m->name.n || (m->outcome == MEMBER_READ && into.n != m->n_bytes))
			abort();
	archive_close(r);
	buf_free(&into);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const span words[] = {SPAN_LIT("hunter2"), SPAN_LIT("K\xc3\xa4pt\xe2\x80\x99n-8")};
	struct passwords p = {.v = words, .n = 2, .work = WORK};
	struct unsealed u;
	struct arena *a;
	struct err e;

	if (archive_warm(&e) != OK || arena_new(&a, (size_t)1 << 28, &e) != OK || archive_unseal(span_of(data, size), &p, &u, &e) != OK)
		abort();
	if (p.work > WORK || (u.plain.n > 0 && !u.known) || (p.n_used > 0 && u.plain.n == 0))
		abort();
	if (u.plain.n > 0)
		check(a, buf_span(&u.plain));
	unsealed_free(&u);
	arena_free(a);
	return 0;
}
