/* Outlook messages and .emlx: what is rendered is a message that MIME reads without a fault of ours. */
#include <stdlib.h>

#include "mail/emlx.h"
#include "mail/foreign.h"
#include "stream/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, span file)
{
	struct foreign f;
	struct message *m;
	struct err e;
	size_t at, n;

	if (emlx_message(file, &at, &n) && (at > file.n || n > file.n - at))
		abort();
	if (foreign_read(a, file, &f, &e) != OK || f.form == NULL)
		return;
	if (f.missing == NULL || f.rendered.n == 0)
		abort();
	if (mime_parse(a, f.rendered, false, &m, &e) == OK && m->n_parts == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool open;
	struct arena *a;
	struct err e;

	if (!open && charset_open(&e) != OK)
		return 0;
	open = true;
	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	check(a, span_of(data, size));
	arena_free(a);
	return 0;
}
