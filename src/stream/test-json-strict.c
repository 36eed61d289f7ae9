#include "base/buf.h"
#include "base/limits.h"
#include "base/test.h"
#include "stream/json-read.h"

static enum errc read(struct arena *a, const char *text)
{
	struct json_node *n;

	return json_read_strict(a, span_str(text), &n, NULL);
}

static void what_programs_write_is_read(void **state)
{
	static const char *const good[] = {"{}", " {\"a\":1,\"A\":2}\r\n", "[1,[2,[3]]]", "\"x\"", "{\"a\":{\"b\":1},\"b\":1}", "{\"\\u00e9\":null}",
	    "[[[[[[[[]]]]]]]]"};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (read(a, good[i]) != OK)
			fail_msg("refused: %s", good[i]);
	arena_free(a);
}

static void what_two_readers_could_take_for_two_things_is_refused(void **state)
{
	static const char *const bad[] = {"", " ", "{", "{}{}", "{} x", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}",
	    "{\"a\":1,}", "[1,,2]", "NaN", "[01]", "[+1]", "[.5]", "\"\x01\"", "\"\xff\"", "\"\\ud800\"", "\"\\x\"", "\"\\u0000\"", "True", "{'a':1}",
	    "\xef\xbb\xbf{}", "[[[[[[[[[]]]]]]]]]", "/* */{}", "[1 2]"};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (read(a, bad[i]) != ERR_EVIDENCE)
			fail_msg("believed: %s", bad[i]);
	arena_free(a);
}

static void an_object_of_very_many_members_is_refused(void **state)
{
	struct arena *a = test_arena();
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	for (unsigned i = 0; i <= LIMIT_JSON_STRICT_MEMBERS; i++)
		buf_printf(&b, "%s\"k%u\":0", i == 0 ? "{" : ",", i);
	buf_byte(&b, '}');
	assert_int_equal(read(a, buf_cstr(&b)), ERR_EVIDENCE);
	buf_free(&b);
	arena_free(a);
}

static void a_member_is_found_by_its_exact_name(void **state)
{
	static const char *const names[] = {"a", "B", NULL}, *const fewer[] = {"a", NULL};
	struct arena *a = test_arena();
	struct json_node *n;

	(void)state;
	assert_int_equal(json_read_strict(a, SPAN_LIT("{\"a\":1,\"B\":2}"), &n, NULL), OK);
	assert_span(json_text(json_member(n, "B")), "2");
	assert_null(json_member(n, "b"));
	assert_null(json_member(json_member(n, "a"), "a"));
	assert_true(json_only(n, names));
	assert_false(json_only(n, fewer));
	assert_false(json_only(json_member(n, "a"), names));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_programs_write_is_read),
	    cmocka_unit_test(what_two_readers_could_take_for_two_things_is_refused),
	    cmocka_unit_test(an_object_of_very_many_members_is_refused),
	    cmocka_unit_test(a_member_is_found_by_its_exact_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
