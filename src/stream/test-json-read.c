#include "base/buf.h"
#include "base/limits.h"
#include "base/test.h"
#include "stream/json-read.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = test_arena();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct json_node *read_ok(const char *text, unsigned *problems)
{
	struct json_node *n;
	size_t used;
	struct err e = {0};

	*problems = 0;
	if (json_read(arena, span_str(text), &n, &used, problems, &e) != OK)
		fail_msg("%s: %s", text, e.text);
	assert_int_equal(used, strlen(text));
	return n;
}

static void values_are_read_as_they_are_written(void **state)
{
	unsigned problems;
	const struct json_node *n = read_ok("{\"a\": [1, -2.5e3, true, false, null, \"x\"], \"b\": {}, \"c\": []}", &problems),
	                       *a = json_get(n, "A");

	(void)state;
	assert_int_equal(problems, 0);
	assert_int_equal(n->n, 3);
	assert_int_equal(a->n, 6);
	assert_span(a->child->text, "1");
	assert_span(a->child->next->text, "-2.5e3");
	assert_span(json_text(a->child->next->next), "true");
	assert_int_equal(json_get(n, "b")->type, JSON_OBJECT);
	assert_int_equal(json_get(n, "c")->n, 0);
	assert_null(json_get(n, "d"));
	assert_span(json_get_text(n, "a"), "");
}

static void escapes_become_the_characters_they_stand_for(void **state)
{
	unsigned problems;
	const struct json_node *n = read_ok("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00z\"", &problems);

	(void)state;
	assert_int_equal(problems, 0);
	assert_span(n->text, "a\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
}

static void what_is_not_quite_json_is_read_and_noted(void **state)
{
	static const struct { const char *text; unsigned problem; } odd[] = {
		{"{\"a\": NaN}", JSON_LENIENT}, {"[1, 2,]", JSON_LENIENT}, {"{\"a\": 1,}", JSON_LENIENT},
		{"\"a\tb\"", JSON_LENIENT}, {"\"a\\xb\"", JSON_LENIENT}, {"[1,,2]", JSON_LENIENT}, {"[01]", JSON_LENIENT},
		{"[-Infinity]", JSON_LENIENT}, {"[True]", JSON_LENIENT},
		{"\"\xff\"", JSON_BAD_UTF8}, {"\"\\ud800\"", JSON_BAD_UTF8}, {"\"\\u0000\"", JSON_BAD_UTF8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		unsigned problems;

		(void)read_ok(odd[i].text, &problems);
		if (problems != odd[i].problem)
			fail_msg("%s: %u", odd[i].text, problems);
	}
}

static void bad_bytes_become_replacement_characters(void **state)
{
	unsigned problems;

	(void)state;
	assert_span(read_ok("\"a\xff\\n\"", &problems)->text, "a\xef\xbf\xbd\n");
	assert_span(read_ok("\"\\ud800x\"", &problems)->text, "\xef\xbf\xbdx");
	assert_span(read_ok("\"\\udc00\\ud83d\"", &problems)->text, "\xef\xbf\xbd\xef\xbf\xbd");
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const bad[] = {"", "  ", "{", "[", "{\"a\"", "{\"a\":", "{\"a\":}", "{a:1}", "[1 2]", "]", "}", ",",
	    "\"abc", "\"abc\\", "{\"a\":1]", "[1}", "nul", "hello", "{\"a\" 1}", "{1:2}"};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct json_node *n;
		unsigned problems = 0;
		size_t used;

		if (json_read(arena, span_str(bad[i]), &n, &used, &problems, NULL) != ERR_EVIDENCE)
			fail_msg("%s was taken for JSON", bad[i]);
		assert_true(used <= strlen(bad[i]));
	}
}

static void ten_thousand_levels_cost_only_the_levels_too_deep(void **state)
{
	char text[40100] = "{\"a\":";
	size_t at = strlen(text);
	unsigned problems;
	const struct json_node *n;

	(void)state;
	memset(text + at, '[', 20000);
	memset(text + at + 20000, ']', 20000);
	strcpy(text + at + 40000, ",\"b\":\"still read\"}");
	n = read_ok(text, &problems);
	assert_int_equal(problems, JSON_LEFT_OUT);
	assert_span(json_get_text(n, "b"), "still read");
}

static void too_many_values_are_refused(void **state)
{
	struct buf b;
	struct json_node *n;
	unsigned problems = 0;
	size_t used;

	(void)state;
	buf_init(&b, 4 * MIB);
	buf_byte(&b, '[');
	for (int i = 0; i < LIMIT_JSON_NODES + 10; i++)
		buf_str(&b, "1,");
	buf_str(&b, "1]");
	assert_int_equal(json_read(arena, buf_span(&b), &n, &used, &problems, NULL), ERR_LIMIT);
	buf_free(&b);
}

static void the_extent_of_a_value_is_found_without_reading_it(void **state)
{
	static const struct { const char *text; size_t n; } values[] = {
		{"{\"a\":\"}]\\\"}\"} rest", 13}, {" [1,[2]],", 8}, {"\"x\\\\\",", 5}, {"12,", 2}, {"true}", 4}, {"[", 0},
		{"{\"a\":\"", 0}, {"]", 0}, {"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (json_extent(span_str(values[i].text)) != values[i].n)
			fail_msg("%s: %zu", values[i].text, json_extent(span_str(values[i].text)));
}

static void a_value_cut_at_any_length_is_refused_and_keeps_what_was_whole(void **state)
{
	static const char text[] = "{\"id\":\"a\\u00e9b\",\"n\":[1,{\"x\":-12.5e7},null],\"long\":\"0123456789abcdef0123456789\"}";

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++) {
		char *copy = malloc(n + 1); /* exactly as long, so that the sanitizer sees a step too far */
		struct json_node *node;
		unsigned problems = 0;
		size_t used;

		memcpy(copy, text, n);
		assert_int_equal(json_read(arena, span_of(copy, n), &node, &used, &problems, NULL), ERR_EVIDENCE);
		assert_int_equal(json_extent(span_of(copy, n)), 0);
		if (n >= 16)
			assert_span(json_get_text(node, "id"), "a\xc3\xa9" "b");
		if (n == 50)
			assert_null(json_get(node, "long"));
		free(copy);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(values_are_read_as_they_are_written),
		T(escapes_become_the_characters_they_stand_for),
		T(what_is_not_quite_json_is_read_and_noted),
		T(bad_bytes_become_replacement_characters),
		T(what_is_no_json_is_refused),
		T(ten_thousand_levels_cost_only_the_levels_too_deep),
		T(too_many_values_are_refused),
		T(the_extent_of_a_value_is_found_without_reading_it),
		T(a_value_cut_at_any_length_is_refused_and_keeps_what_was_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
