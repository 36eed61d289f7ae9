/* What every unit test includes: cmocka in the order it wants, and three checks that read well. */
#ifndef TOCSIN_BASE_TEST_H
#define TOCSIN_BASE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

#define assert_span(s, text)                                                                                   \
	do {                                                                                                   \
		span assert_a_ = (s), assert_b_ = span_str(text);                                              \
		if (!span_eq(assert_a_, assert_b_))                                                            \
			fail_msg("got \"%.*s\", want \"%.*s\"", (int)assert_a_.n, (const char *)assert_a_.p,   \
			    (int)assert_b_.n, (const char *)assert_b_.p);                                      \
	} while (0)
#define assert_ok(call)                                                                                        \
	do {                                                                                                   \
		struct err e = {0};                                                                            \
		if ((call) != OK)                                                                              \
			fail_msg("%s: %s", #call, e.text);                                                     \
	} while (0)

/* How often the word stands in the text. */
static inline size_t times(span text, const char *word)
{
	size_t n = 0;

	for (size_t at; (at = span_find(text, span_str(word))) < text.n; n++)
		text = span_from(text, at + 1);
	return n;
}

/* What mkdtemp makes a folder of: below TMPDIR, as tools/check-all sets it, where no test waits for a disk. */
static inline void test_name(char *dir, size_t size)
{
	const char *t = getenv("TMPDIR");

	(void)snprintf(dir, size, "%s/tocsin-test-XXXXXX", t != NULL ? t : "/tmp");
}

/* An arena of 256 MiB for one test; the test frees it. */
static inline struct arena *test_arena(void)
{
	struct arena *a;
	struct err e = {0};

	if (arena_new(&a, (size_t)256 << 20, &e) != OK)
		abort();
	return a;
}

/* Arenas of a group of tests, whose helpers give back what lies in one: freed by the group's teardown. */
struct test_arenas { struct arena *v[64]; size_t n; };

static inline struct test_arenas *test_arenas(void)
{
	static struct test_arenas all;

	return &all;
}

static inline struct arena *test_arena_kept(void)
{
	struct test_arenas *all = test_arenas();

	assert_true(all->n < sizeof all->v / sizeof *all->v);
	return all->v[all->n++] = test_arena();
}

static inline int test_arenas_free(void **state)
{
	struct test_arenas *all = test_arenas();

	(void)state;
	while (all->n > 0)
		arena_free(all->v[--all->n]);
	return 0;
}

#endif
