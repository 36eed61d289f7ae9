/* The sanitiser: whatever comes in, what goes out has only tags of the list, and going in again comes out the same. */
#include <stdlib.h>

#include "base/utf8.h"
#include "seal/sanitize.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum errc safe(struct arena *a, span in, span *out, struct err *e)
{
	struct html_pieces p;
	enum errc rc = html_safe(a, in, &p, e);

	return rc == OK ? html_write(a, &p, out, e) : rc;
}

static void check(struct arena *a, span in)
{
	struct err e;
	span once, twice;

	if (html_load(&e) != OK)
		abort();
	if (safe(a, in, &once, &e) != OK)
		return;
	if (utf8_valid(once) != once.n || safe(a, once, &twice, &e) != OK || !span_eq(once, twice))
		abort();
	for (size_t i = 0; i < once.n; i++)
		if (once.p[i] == '<' && (i + 1 == once.n || (once.p[i + 1] != '/' && !ascii_is_alpha(once.p[i + 1]))))
			abort();
	if (span_has_nocase(once, SPAN_LIT("<script")) || span_has_nocase(once, SPAN_LIT("<img")) ||
	    span_has_nocase(once, SPAN_LIT("<svg")) || span_has_nocase(once, SPAN_LIT("<a")))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;
	struct err e;
	span in;

	if (size > 64 * 1024 || arena_new(&a, (size_t)1 << 30, &e) != OK)
		return 0;
	in = utf8_clean(a, span_of(data, size));
	if (in.p != NULL)
		check(a, in);
	arena_free(a);
	return 0;
}
