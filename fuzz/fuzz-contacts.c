/* What servers say of contacts: security.txt and RDAP, and the worker's frame. The first byte says which. */
#include <stdlib.h>

#include "base/limits.h"
#include "contacts/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span input = span_of(data, size);
	struct cursor c;
	struct arena *a;
	struct said s, back;
	struct buf b;
	struct err e = {0};

	if (size == 0 || arena_new(&a, 64 * MIB, &e) != OK)
		return 0;
	c = cursor_of(span_from(input, 1));
	(void)said_get(&c, &s);
	if (input.p[0] == 'j') {
		if (rdap_read(a, span_from(input, 1), &s, &e) != OK)
			goto out;
	} else {
		security_txt_read(span_from(input, 1), SPAN_LIT("https://a.example/security.txt"), &s);
	}
	buf_init(&b, MIB);
	said_put(&b, &s);
	c = cursor_of(buf_span(&b));
	if (!said_get(&c, &back) || !cursor_done(&c) || back.n != s.n)
		abort(); /* what a reader takes, the keeper takes */
	buf_free(&b);
out:
	arena_free(a);
	return 0;
}
