/*
 * weigh-features RULES FILE...: what the values in each text are weighed by (weigh.h), for tools/learn-weights. A line "= FILE" for each text; then for
 * each value its place, its bytes and its features, with tabs between.
 */
#include <stdio.h>

#include "base/io.h"
#include "base/utf8.h"
#include "scan/weigh.h"

static void on_feature(void *ctx, const char *slot, span value)
{
	struct buf *b = ctx;

	buf_printf(b, "\t%s=", slot);
	buf_put(b, value);
}

static bool on_value(void *ctx, size_t at, size_t n, enum weighed what, int sum)
{
	struct buf *b = ctx;

	(void)what;
	printf("%zu\t%zu\t%d%s\n", at, n, sum, buf_cstr(b));
	buf_clear(b);
	return true;
}

static enum errc tell(struct engine *en, struct arena *a, const char *path, struct err *e)
{
	struct hits hits;
	span raw, text;
	enum errc rc = io_read_file(a, path, GIB, &raw, e);

	if (rc != OK)
		return rc;
	text = utf8_clean(a, raw);
	if (text.p == NULL && raw.n > 0)
		return err_memory(e);
	printf("= %s\n", path);
	return engine_detect(en, text, &hits, e);
}

int main(int argc, char **argv)
{
	struct arena *a = NULL, *scratch = NULL;
	struct engine *en = NULL;
	struct rule_set *set;
	struct buf packed, features;
	struct weighed_reader reader = {on_value, on_feature, &features};
	struct digest d;
	struct err e = {0};
	enum errc rc;

	if (argc < 2) {
		fprintf(stderr, "usage: weigh-features RULES FILE...\n");
		return 2;
	}
	buf_init(&packed, 64 * MIB);
	buf_init(&features, MIB);
	if ((rc = arena_new(&a, GIB, &e)) == OK && (rc = arena_new(&scratch, GIB, &e)) == OK && (rc = rules_read_dir(a, argv[1], &set, &e)) == OK &&
	    (rc = rules_pack(set, &packed, &d, &e)) == OK && (rc = engine_open(&en, buf_span(&packed), &e)) == OK) {
		engine_ask(en, &reader);
		for (int i = 2; i < argc && rc == OK; i++) {
			arena_reset(scratch);
			rc = tell(en, scratch, argv[i], &e);
		}
	}
	if (rc != OK)
		fprintf(stderr, "weigh-features: %s\n", e.text);
	engine_close(en);
	buf_free(&features);
	buf_free(&packed);
	arena_free(scratch);
	arena_free(a);
	return rc == OK ? 0 : 1;
}
