/* JSON: every value is read or refused, and where it was read its extent by brackets alone is the same. */
#include <stdlib.h>

#include "base/utf8.h"
#include "stream/json-read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t check(const struct json_node *n)
{
	size_t count = 1, children = 0;

	if (utf8_valid(n->key) != n->key.n || utf8_valid(n->text) != n->text.n)
		abort();
	for (const struct json_node *c = n->child; c != NULL; c = c->next, children++)
		count += check(c);
	if (children != n->n)
		abort();
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_node *n;
	struct arena *a;
	struct err e;
	unsigned problems = 0;
	size_t used;
	span s = span_of(data, size);
	enum errc rc;

	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	rc = json_read(a, s, &n, &used, &problems, &e);
	if (used > size || json_extent(s) > size || (rc == OK && (n == NULL || used == 0)))
		abort();
	if (n != NULL && rc == OK && check(n) > size)
		abort();
	if (rc == OK && (n->type == JSON_OBJECT || n->type == JSON_ARRAY || n->type == JSON_STRING) && json_extent(s) != used)
		abort();
	/* Whom the strict reader believes, the other one has nothing to note on. */
	if (json_read_strict(a, s, &n, &e) == OK && (rc != OK || problems != 0))
		abort();
	arena_free(a);
	return 0;
}
