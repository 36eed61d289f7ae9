/* The rules that come with the program, and what they find in a text. */
#ifndef TOCSIN_SCAN_TEST_DETECT_H
#define TOCSIN_SCAN_TEST_DETECT_H

#include "base/test.h"
#include "case/names.h"
#include "scan/private.h"

struct fixture { struct arena *a; struct rule_set *set; struct buf packed; struct engine *en; };

static inline int rules_open(void **state)
{
	static struct fixture f;
	struct digest d;
	struct err e;

	f.a = test_arena();
	buf_init(&f.packed, 64 * MIB);
	if (rules_read_dir(f.a, RULES_DIR, &f.set, &e) != OK || rules_pack(f.set, &f.packed, &d, &e) != OK ||
	    rules_unpack(f.a, buf_span(&f.packed), &f.set, &e) != OK || engine_open(&f.en, buf_span(&f.packed), &e) != OK)
		return -1;
	*state = &f;
	return 0;
}

static inline int rules_close(void **state)
{
	struct fixture *f = *state;

	engine_close(f->en);
	buf_free(&f->packed);
	arena_free(f->a);
	return 0;
}

static inline struct hits detect(struct fixture *f, const char *text)
{
	struct hits hits;

	assert_ok(engine_detect(f->en, span_str(text), &hits, &e));
	return hits;
}

/* Exactly this value is found, in one of the two classes. */
static inline void finds(struct fixture *f, const char *text, const char *value, enum secret_class class, enum secret_class other)
{
	struct hits hits = detect(f, text);

	for (size_t i = 0; i < hits.n; i++) {
		span got = span_sub(span_str(text), hits.v[i].at, hits.v[i].n);
		unsigned c = engine_rule(f->en, hits.v[i].rule)->class;

		if (span_eq(got, span_str(value)) && (c == class || c == other))
			return;
		print_message("found \"%.*s\" as %s\n", (int)got.n, (const char *)got.p, class_name(c));
	}
	fail_msg("\"%s\" is not found in \"%s\"", value, text);
}

#endif
