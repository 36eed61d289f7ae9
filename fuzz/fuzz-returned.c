/* Mail that came back: read, written as the worker does, and read back as the keeper does. Also the record alone. */
#include <stdlib.h>

#include "base/limits.h"
#include "deliver/returned.h"
#include "stream/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct forms forms;
	static struct arena *own;
	static const struct text_list none = {0};
	span input = span_of(data, size);
	struct cursor c = cursor_of(input);
	struct returned r;
	struct message *m;
	struct arena *a;
	struct buf b;
	struct err e = {0};

	if (own == NULL && (charset_open(&e) != OK || arena_new(&own, 64 * MIB, &e) != OK || forms_read(own, RULES_DIR, &none, &forms, &e) != OK))
		abort();
	(void)returned_take(&c, &r);
	if (arena_new(&a, LIMIT_MESSAGE_ARENA, &e) != OK)
		return 0;
	if (mime_parse(a, input, false, &m, &e) == OK && returned_read(a, m, &forms, &r, &e) == OK) {
		buf_init(&b, MIB);
		returned_put(&r, &b);
		c = cursor_of(buf_span(&b));
		if (!returned_take(&c, &r) || !cursor_done(&c))
			abort();
		buf_free(&b);
	}
	arena_free(a);
	return 0;
}
