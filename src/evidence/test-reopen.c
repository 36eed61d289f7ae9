#include "base/test.h"

#include "evidence/reopen.h"

/* One list of passwords as keeper and workers pass it on. */
static void list_put(struct buf *out, const char *a, const char *b)
{
	size_t at = out->n;

	buf_u32(out, 0);
	buf_u32(out, (uint32_t)((a != NULL) + (b != NULL)));
	if (a != NULL)
		buf_bytes(out, span_str(a));
	if (b != NULL)
		buf_bytes(out, span_str(b));
	buf_set_u32(out, at, (uint32_t)(out->n - at - sizeof(uint32_t)));
}

static void told(struct reopen *r, int64_t id, size_t n, const char *first, const char *last)
{
	struct arena *a = test_arena();
	struct passwords got;
	struct cursor c;
	struct buf task;

	buf_init(&task, 4096);
	reopen_put(r, id, &task);
	c = cursor_of(buf_span(&task));
	assert_ok(reopen_get(a, &c, &got, &e));
	assert_true(cursor_done(&c));
	assert_int_equal(got.n, n);
	if (n > 0) {
		assert_true(span_eq(got.v[0], span_str(first)));
		assert_true(span_eq(got.v[n - 1], span_str(last)));
	}
	buf_free(&task);
	arena_free(a);
}

static void test_a_message_is_told_the_shared_passwords_and_its_own(void **state)
{
	struct reopen r = {0};
	struct buf all;

	(void)state;
	buf_init(&all, 4096);
	list_put(&all, "Kranbahn44", "Zima-Reef-31");
	buf_u64(&all, 3);
	list_put(&all, "heron", NULL);
	buf_u64(&all, 7);
	list_put(&all, NULL, NULL);
	r.all = buf_span(&all);
	told(&r, 1, 0, NULL, NULL);
	told(&r, 3, 3, "Kranbahn44", "heron");
	told(&r, 5, 0, NULL, NULL);
	told(&r, 7, 2, "Kranbahn44", "Zima-Reef-31");
	told(&r, 3, 3, "Kranbahn44", "heron");
	buf_free(&all);
}

static void test_without_shared_passwords_its_own_are_told(void **state)
{
	struct reopen r = {0};
	struct buf all;

	(void)state;
	buf_init(&all, 4096);
	told(&r, 1, 0, NULL, NULL);
	buf_bytes(&all, SPAN_EMPTY);
	buf_u64(&all, 3);
	list_put(&all, "heron", NULL);
	r.all = buf_span(&all);
	told(&r, 3, 1, "heron", "heron");
	buf_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_is_told_the_shared_passwords_and_its_own),
		cmocka_unit_test(test_without_shared_passwords_its_own_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
