#include "base/test.h"
#include "scan/alternative.h"

enum { LINES = 3000 };

static const char head[] = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n";
static const char between[] = "\n--b\nContent-Type: text/html\n\n<p>";

/* Of n values "Pw-0-x", "Pw-1-x" ... in the HTML text, those whose number is divisible by three are in the plain text. */
static void finds(size_t n, const char *want_words)
{
	struct arena *a = test_arena();
	struct bare_text bare[3] = {{0}};
	struct hit *v = arena_zero(a, n, sizeof *v);
	const struct hits hits = {.v = v, .n = n};
	struct buf mail, html;
	struct message *m;
	bool *both;

	assert_non_null(v);
	buf_init(&mail, 1 << 20);
	buf_init(&html, 1 << 20);
	buf_str(&mail, head);
	for (size_t i = 0; i < n; i += 3)
		buf_printf(&mail, "P\nw-%zu-x\n", i);
	buf_str(&mail, between);
	for (size_t i = 0; i < n; i++) {
		v[i].key_at = html.n;
		buf_printf(&html, "Pw-%zu-x", i);
		v[i].key_n = html.n - v[i].key_at;
		buf_byte(&html, '\n');
	}
	buf_put(&mail, buf_span(&html));
	buf_str(&mail, "\n--b--\n");
	assert_ok(mime_parse(a, buf_span(&mail), false, &m, &e));
	assert_int_equal(m->n_parts, 3);
	assert_ok(alternative_find(a, m, &m->parts[2], bare, buf_span(&html), &hits, &both, &e));
	assert_non_null(both);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(both[i], i % 3 == 0);
	assert_string_equal(alternative_words(&m->parts[2]), want_words);
	buf_free(&mail);
	buf_free(&html);
	arena_free(a);
}

static void what_stands_in_both_forms_of_a_mail_is_told_from_what_stands_in_one(void **state)
{
	(void)state;
	finds(4, "HTML text of the message, not in its plain text");
	finds(LINES, "HTML text of the message, not in its plain text");
}

/* One that ends another, or begins with it, is found with it. */
static void values_within_values_are_found(void **state)
{
	static const char mail[] = "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nxabcdx ushers\n"
	    "--b\nContent-Type: text/html\n\n<p>x\n--b--\n";
	static const char values[] = "he she his hers abcd bcd cd bc abcdx bcdy r q usher her rs s xabcdxushers hex";
	static const bool want[] = {true, true, false, true, true, true, true, true, true, false, true, false, true, true, true, true, true, false};
	struct arena *a = test_arena();
	struct bare_text bare[3] = {{0}};
	struct hit v[sizeof want] = {{0}};
	const struct hits hits = {.v = v, .n = sizeof want};
	struct message *m;
	size_t at = 0;
	bool *both;

	(void)state;
	for (size_t i = 0; i < hits.n; i++, at++) {
		v[i].key_at = at;
		while (values[at] != ' ' && values[at] != '\0')
			at++;
		v[i].key_n = at - v[i].key_at;
	}
	assert_ok(mime_parse(a, span_str(mail), false, &m, &e));
	assert_ok(alternative_find(a, m, &m->parts[2], bare, span_str(values), &hits, &both, &e));
	assert_non_null(both);
	for (size_t i = 0; i < hits.n; i++)
		assert_int_equal(both[i], want[i]);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_in_both_forms_of_a_mail_is_told_from_what_stands_in_one),
		cmocka_unit_test(values_within_values_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
