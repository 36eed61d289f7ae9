/* What the processes say to each other, and the text forms of ids: whole, cut at every length, and in no second form. */
#include "base/test.h"

#include <unistd.h>

#include "serve/b64.h"
#include "serve/process.h"
#include "serve/wire.h"

static void a_request_comes_back_as_it_was_and_cut_not_at_all(void **state)
{
	const struct request q = {METHOD_POST, true, SPAN_LIT("/api/claim"), SPAN_LIT("17"), SPAN_LIT("cookie"),
	    SPAN_LIT("https://x.example"), SPAN_LIT("same-origin"),
	    SPAN_LIT("192.0.2.1"), SPAN_LIT("{}")};
	struct request r;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	request_write(&b, &q);
	assert_true(request_read(buf_span(&b), &r));
	assert_int_equal(r.method, METHOD_POST);
	assert_true(r.form_ok);
	assert_span(r.path, "/api/claim");
	assert_span(r.client, "192.0.2.1");
	assert_span(r.body, "{}");
	for (size_t n = 0; n < b.n; n++)
		assert_false(request_read(span_first(buf_span(&b), n), &r));
	b.p[0] = 3;
	assert_false(request_read(buf_span(&b), &r));
	buf_free(&b);
}

static void an_answer_comes_back_as_it_was_and_cut_not_at_all(void **state)
{
	struct answer a = {.status = 200, .content = CONTENT_JSON, .set_cookie = true, .cookie = SPAN_LIT("c"),
	    .body = SPAN_LIT("{}"), .streamed = true, .stream_length = 9};
	struct answer r;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	answer_write(&b, &a);
	assert_true(answer_read(buf_span(&b), &r));
	assert_span(r.cookie, "c");
	assert_int_equal(r.stream_length, 9);
	for (size_t n = 0; n < b.n; n++)
		assert_false(answer_read(span_first(buf_span(&b), n), &r));
	buf_clear(&b);
	a.status = 100;
	answer_write(&b, &a);
	assert_false(answer_read(buf_span(&b), &r));
	buf_free(&b);
}

static void base64url_has_one_form_for_one_value(void **state)
{
	static const char *const refused[] = {"A", "AB", "QQ=", "QQ==", "Q/", "Q+", "Q Q", "QR", "QUF", "AAAAA"};
	struct arena *a = test_arena();
	unsigned char bytes[70];
	span back;

	(void)state;
	for (size_t n = 0; n < sizeof bytes; n++) {
		bytes[n] = (unsigned char)(n * 7);
		assert_true(b64_read(a, span_str(b64_text(a, span_of(bytes, n))), &back));
		assert_true(span_eq(back, span_of(bytes, n)));
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		assert_false(b64_read(a, span_str(refused[i]), &back));
	assert_true(b64_read(a, SPAN_LIT("QQ"), &back));
	assert_span(back, "A");
	assert_true(id_ok(SPAN_LIT("AAAAAAAAAAAAAAAAAAAAAA")));
	assert_false(id_ok(SPAN_LIT("AAAAAAAAAAAAAAAAAAAAAB")));
	assert_false(id_ok(SPAN_LIT("AAAAAAAAAAAAAAAAAAAAAAA")));
	arena_free(a);
}

static void a_line_for_the_journal_is_one_line_and_shown(void **state)
{
	int keep = dup(STDERR_FILENO), p[2];
	char line[8192], longest[5000];
	ssize_t n;

	(void)state;
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(pipe(p), 0);
	assert_true(keep >= 0 && dup2(p[1], STDERR_FILENO) >= 0);
	process_say("fetch", "evil.example: \x1b[31mred\ntocsin serve: logic: all is well\xff");
	assert_true((n = read(p[0], line, sizeof line)) > 0);
	assert_span(span_of(line, (size_t)n), "tocsin serve: fetch: evil.example: \xef\xbf\xbd[31mred tocsin serve: logic: all is well\xef\xbf\xbd\n");
	process_say("fetch", longest);
	assert_true((n = read(p[0], line, sizeof line)) > 0);
	assert_true(n < 5000 && line[n - 1] == '\n' && memchr(line, '\n', (size_t)n) == line + n - 1);
	(void)dup2(keep, STDERR_FILENO);
	(void)close(keep);
	(void)close(p[0]);
	(void)close(p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_request_comes_back_as_it_was_and_cut_not_at_all),
	    cmocka_unit_test(an_answer_comes_back_as_it_was_and_cut_not_at_all),
	    cmocka_unit_test(a_line_for_the_journal_is_one_line_and_shown),
	    cmocka_unit_test(base64url_has_one_form_for_one_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
