#include "base/test.h"

#include "base/buf.h"
#include "base/limits.h"
#include "notify/template.h"

static const struct template_scope items[] = {
    {(const struct template_var[]){{"item", {(const unsigned char *)"one", 3}, NULL, 0}}, 1, NULL},
    {(const struct template_var[]){{"item", {(const unsigned char *)"two", 3}, NULL, 0}}, 1, NULL},
};
static const struct template_var vars[] = {
    {"name", {(const unsigned char *)"Ada", 3}, NULL, 0},
    {"none", {NULL, 0}, NULL, 0},
    {"list", {NULL, 0}, items, 2},
    {"empty", {NULL, 0}, NULL, 0},
    {"company", {(const unsigned char *)"Harbour Inc.", 12}, NULL, 0},
};
static const struct template_scope scope = {vars, 5, NULL};
static const struct template_name names[] = {
    {"name", NULL}, {"none", NULL}, {"list", NULL}, {"empty", NULL}, {"item", "list"}, {"company", NULL}, {NULL, NULL}};

/* Parsed, checked and written; or the error. */
static const char *rendered(struct arena *a, const char *text)
{
	struct template *t;
	struct err e = {0};
	struct buf out;
	const char *s;

	buf_init(&out, 65536);
	if (template_parse(a, span_str(text), "f", 1, &t, &e) != OK || template_check(t, names, &e) != OK ||
	    template_write(t, &scope, &out, &e) != OK)
		s = arena_printf(a, "%s", e.text);
	else
		s = arena_printf(a, "%s", buf_cstr(&out));
	buf_free(&out);
	return s;
}

static void a_template_prints_values_sections_and_lists(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_string_equal(rendered(a, "Dear {{name}},\n"), "Dear Ada,\n");
	assert_string_equal(rendered(a, "a{{#name}}+{{name}}{{/name}}{{^name}}-{{/name}}b"), "a+Adab");
	assert_string_equal(rendered(a, "a{{#none}}+{{/none}}{{^none}}-{{/none}}b"), "a-b");
	assert_string_equal(rendered(a, "{{#list}}{{item}} of {{name}}; {{/list}}"), "one of Ada; two of Ada; ");
	assert_string_equal(rendered(a, "{{^list}}x{{/list}}{{^empty}}y{{/empty}}"), "y");
	assert_string_equal(rendered(a, "{ {single} }} {{ name }}"), "{ {single} }} Ada");
	arena_free(a);
}

static void a_section_tag_alone_on_its_line_leaves_no_empty_line(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_string_equal(rendered(a, "a\n{{#list}}\n- {{item}}\n  {{/list}}  \nb\n"), "a\n- one\n- two\nb\n");
	assert_string_equal(rendered(a, "{{#none}}\nx\n{{/none}}\n{{^none}}\ny\n{{/none}}\nz"), "y\nz");
	assert_string_equal(rendered(a, "{{#name}}\n{{#list}}\n{{item}}\n{{/list}}\n{{/name}}"), "one\ntwo\n");
	/* Not alone: what stands on the line stays. */
	assert_string_equal(rendered(a, "a {{#name}}\nb{{/name}}\nc"), "a \nb\nc");
	assert_string_equal(rendered(a, "{{name}} {{#name}}\nb{{/name}}"), "Ada \nb");
	arena_free(a);
}

static void a_name_that_ends_in_a_full_stop_ends_the_sentence_with_it(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_string_equal(rendered(a, "Mail of {{company}}. Call {{name}}."), "Mail of Harbour Inc. Call Ada.");
	assert_string_equal(rendered(a, "Mail of {{#name}}{{company}}{{/name}}. It"), "Mail of Harbour Inc. It");
	assert_string_equal(rendered(a, "{{company}}: {{company}}, {{company}} ... {{company}}..."), "Harbour Inc.: Harbour Inc., Harbour Inc. ... Harbour Inc....");
	arena_free(a);
}

static void an_error_in_a_template_names_file_and_line(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_string_equal(rendered(a, "a\nb {{nobody}}\n"), "f:2: \"nobody\" is not known here");
	assert_string_equal(rendered(a, "a\n\n{{none}}\n"), "f:3: \"none\" has no value here");
	assert_string_equal(rendered(a, "a\n{{item}}\n"), "f:2: \"item\" is not known here");
	assert_string_equal(rendered(a, "{{^list}}{{item}}{{/list}}"), "f:1: \"item\" is not known here");
	assert_string_equal(rendered(a, "{{#none}}\n{{wrong}}\n{{/none}}"), "f:2: \"wrong\" is not known here");
	assert_string_equal(rendered(a, "a\n{{#name}}\nb\n"), "f:2: section \"name\" is not closed");
	assert_string_equal(rendered(a, "a\n{{#name}}\n{{/none}}\n"), "f:3: {{/none}} closes nothing that is open");
	assert_string_equal(rendered(a, "a\n\n{{/name}}\n"), "f:3: {{/name}} closes nothing that is open");
	assert_string_equal(rendered(a, "{{name\n}}"), "f:1: {{ without }} on its line");
	assert_string_equal(rendered(a, "\n{{a b}}"), "f:2: \"a b\" is no name");
	assert_string_equal(rendered(a, "{{#list}}\n{{#list}}x{{/list}}{{/list}}"), "f:2: section \"list\" stands within itself");
	assert_string_equal(rendered(a, "{{}}"), "f:1: \"\" is no name");
	arena_free(a);
}

static void a_template_nested_too_deep_is_refused(void **state)
{
	struct arena *a = test_arena();
	char text[LIMIT_TEMPLATE_DEPTH * 9 + 10] = "";

	(void)state;
	for (int i = 0; i <= LIMIT_TEMPLATE_DEPTH; i++)
		strcat(text, "{{^none}}");
	assert_non_null(strstr(rendered(a, text), "nested deeper than"));
	arena_free(a);
}

static void a_template_cut_anywhere_parses_or_is_refused(void **state)
{
	static const char text[] = "x {{name}}\n{{#list}}\n - {{item}}\n{{/list}}\n{{^none}}y{{/none}}\n";
	struct arena *a = test_arena();

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		struct template *t;
		struct err e = {0};
		span cut = arena_copy(a, span_of(text, n)); /* exact size, for the sanitizer */

		if (template_parse(a, cut, "f", 1, &t, &e) != OK)
			assert_true(strncmp(e.text, "f:", 2) == 0);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_template_prints_values_sections_and_lists),
	    cmocka_unit_test(a_section_tag_alone_on_its_line_leaves_no_empty_line),
	    cmocka_unit_test(a_name_that_ends_in_a_full_stop_ends_the_sentence_with_it),
	    cmocka_unit_test(an_error_in_a_template_names_file_and_line),
	    cmocka_unit_test(a_template_nested_too_deep_is_refused),
	    cmocka_unit_test(a_template_cut_anywhere_parses_or_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
