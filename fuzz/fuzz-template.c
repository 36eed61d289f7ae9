/* A notice template of any bytes is parsed, checked and written out, or refused. */
#include <stdlib.h>

#include "base/buf.h"
#include "notify/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct template_name names[] = {{"a", NULL}, {"b", NULL}, {"list", NULL}, {"item", "list"}, {NULL, NULL}};
	const struct template_var items[] = {{"item", SPAN_LIT("x"), NULL, 0}};
	const struct template_scope entries[] = {{items, 1, NULL}, {items, 1, NULL}};
	const struct template_var vars[] = {{"a", SPAN_LIT("value"), NULL, 0}, {"b", {NULL, 0}, NULL, 0}, {"list", {NULL, 0}, entries, 2}};
	const struct template_scope scope = {vars, 3, NULL};
	struct template *t;
	struct arena *a;
	struct err e;
	struct buf out;

	if (arena_new(&a, (size_t)64 << 20, &e) != OK)
		abort();
	buf_init(&out, (size_t)16 << 20);
	if (template_parse(a, span_of(data, n), "fuzz", 1, &t, &e) == OK) {
		enum errc known = template_check(t, names, &e);

		/* What was checked does not meet an unknown name when it is written. */
		if (template_write(t, &scope, &out, &e) != OK && known == OK && strstr(e.text, "not known") != NULL)
			abort();
	}
	buf_free(&out);
	arena_free(a);
	return 0;
}
