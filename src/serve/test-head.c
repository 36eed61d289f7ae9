/* The head of a request: one that is good, cut at every length, and each way in which one is none. */
#include "base/test.h"

#include "base/limits.h"
#include "serve/head.h"

#define GET "GET /api/about HTTP/1.1\r\nHost: x.example\r\n"
#define POST "POST /api/claim HTTP/1.1\r\nHost: x.example\r\n"

static unsigned check(span s) { return head_check(s, SPAN_LIT("x.example")); }

static void one_that_is_good_is_so_at_its_end(void **state)
{
	static const char *const good[] = {GET "\r\n", GET "Accept: */*\r\nX-Odd:\ta b\t\xc3\xa9\r\nEmpty:\r\n\r\n", POST "Content-Length: 65536\r\n\r\n",
	    "HEAD /oidc?state=a&code=b HTTP/1.0\r\nhOST:x.example \r\n\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		span s = span_str(good[i]);

		assert_int_equal(check(s), HEAD_GOOD);
		for (size_t n = 0; n < s.n; n++)
			assert_int_equal(check(span_first(s, n)), HEAD_MORE);
	}
	assert_int_equal(check(SPAN_LIT(GET "\r\n\0\n")), HEAD_GOOD);
}

static void what_two_could_read_in_two_ways_is_refused(void **state)
{
	static const struct { unsigned status; span s; } bad[] = {
	    {400, SPAN_LIT("GET /api/about HTTP/1.1\nHost: x.example\n\n")}, {400, SPAN_LIT(GET "X: y\n\r\n")}, {400, SPAN_LIT(GET "X: y\rZ: a\r\n\r\n")},
	    {400, SPAN_LIT(GET "X: y\r\n z\r\n\r\n")}, {400, SPAN_LIT(GET "X: y\r\n\tz\r\n\r\n")}, {400, SPAN_LIT("GET /api/about HTTP/1.1\r\nHost:\r\n x.example\r\n\r\n")},
	    {400, SPAN_LIT(POST "Transfer-Encoding:\r\n chunked\r\n\r\n")}, {400, SPAN_LIT(POST "Transfer-Encoding: x\r\n chunked\r\n\r\n")},
	    {400, SPAN_LIT("GET /api/about HTTP/1.1\r\n Host: x.example\r\n\r\n")}, {400, SPAN_LIT(GET "X: a\0b\r\n\r\n")}, {400, SPAN_LIT(GET "X\0: a\r\n\r\n")},
	    {400, SPAN_LIT("GET /api\0/about HTTP/1.1\r\nHost: x.example\r\n\r\n")}, {400, SPAN_LIT(GET "X: a\x1f\r\n\r\n")}, {400, SPAN_LIT(GET "X: a\x7f\r\n\r\n")},
	    {400, SPAN_LIT(POST "Content-Length : 2\r\n\r\n")}, {400, SPAN_LIT(POST "Transfer-Encoding\t: chunked\r\n\r\n")}, {400, SPAN_LIT(GET ": x\r\n\r\n")},
	    {400, SPAN_LIT(GET "x\r\n\r\n")}, {400, SPAN_LIT(GET "X(y): z\r\n\r\n")}, {400, SPAN_LIT(POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n")},
	    {400, SPAN_LIT(POST "Content-Length: 2, 2\r\n\r\n")}, {400, SPAN_LIT(POST "Content-Length: +2\r\n\r\n")}, {400, SPAN_LIT(POST "Content-Length: -1\r\n\r\n")},
	    {400, SPAN_LIT(POST "Content-Length: 0x2\r\n\r\n")}, {400, SPAN_LIT(POST "Content-Length:\r\n\r\n")}, {400, SPAN_LIT(POST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n")},
	    {400, SPAN_LIT(POST "transfer-encoding: identity\r\ncontent-length: 2\r\n\r\n")}, {400, SPAN_LIT(POST "Transfer-Encoding: a\r\nTransfer-Encoding: chunked\r\n\r\n")},
	    {411, SPAN_LIT(POST "Transfer-Encoding: chunked\r\n\r\n")}, {411, SPAN_LIT(POST "Transfer-Encoding: xchunked\r\n\r\n")},
	    {413, SPAN_LIT(POST "Content-Length: 65537\r\n\r\n")}, {413, SPAN_LIT(POST "Content-Length: 18446744073709551618\r\n\r\n")},
	    {400, SPAN_LIT("GET /api/about HTTP/1.1\r\n\r\n")}, {400, SPAN_LIT(GET "Host: x.example\r\n\r\n")}, {400, SPAN_LIT("GET / HTTP/1.1\r\nHost: y.example\r\n\r\n")},
	    {400, SPAN_LIT("GET /\r\n")}, {400, SPAN_LIT("GET  / HTTP/1.1\r\n")}, {400, SPAN_LIT("GET / HTTP/1.1 \r\n")}, {400, SPAN_LIT("GET / HTTP/2.0\r\n")}, {400, SPAN_LIT("G(T / HTTP/1.1\r\n")},
	    {400, SPAN_LIT(" GET / HTTP/1.1\r\n")}, {400, SPAN_LIT("\r\nGET / HTTP/1.1\r\n")}, {400, SPAN_LIT("GET http://x.example/ HTTP/1.1\r\n")}, {400, SPAN_LIT("OPTIONS * HTTP/1.1\r\n")},
	    {400, SPAN_LIT("GET /\xf6 HTTP/1.1\r\n")}, {400, SPAN_LIT("GET /a\tb HTTP/1.1\r\n")}, {400, SPAN_LIT("\x16\x03\x01")}};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (check(bad[i].s) != bad[i].status)
			fail_msg("%zu: %.*s: %u", i, (int)bad[i].s.n, (const char *)bad[i].s.p, check(bad[i].s));
}

static unsigned filled(const char *begin, const char *piece, size_t times, const char *end)
{
	struct buf b;
	unsigned status;

	buf_init(&b, MIB);
	buf_str(&b, begin);
	for (size_t i = 0; i < times; i++)
		buf_str(&b, piece);
	buf_str(&b, end);
	status = check(buf_span(&b));
	buf_free(&b);
	return status;
}

static void what_is_too_much_is_refused(void **state)
{
	(void)state;
	assert_int_equal(filled(GET "X: ", "a", 12000, "\r\n\r\n"), HEAD_GOOD);
	assert_int_equal(filled(GET "X: ", "a", LIMIT_REQUEST_HEAD_BYTES, ""), 431);
	assert_int_equal(filled("GET /", "a", LIMIT_REQUEST_HEAD_BYTES, ""), 431);
	assert_int_equal(filled(GET, "X: y\r\n", 63, "\r\n"), HEAD_GOOD);
	assert_int_equal(filled(GET, "X: y\r\n", 64, "\r\n"), 431);
	assert_int_equal(filled("GET /", "a", 9000, " HTTP/1.1\r\nHost: x.example\r\n\r\n"), 414);
	assert_int_equal(filled("GET /?a", "&a", 32, " HTTP/1.1\r\nHost: x.example\r\n\r\n"), HEAD_GOOD);
	assert_int_equal(filled("GET /?a", "&a", 33, " HTTP/1.1\r\nHost: x.example\r\n\r\n"), 414);
	assert_int_equal(filled(GET "Cookie: ", "a", 4097, "\r\n\r\n"), 431);
	assert_int_equal(filled(GET "Cookie: a", "; a", 33, "\r\n\r\n"), 431);
}

static void a_refusal_has_what_each_answer_has(void **state)
{
	struct buf b;
	span body;

	(void)state;
	buf_init(&b, MIB);
	head_refusal(&b, 431, SPAN_LIT("GET /"));
	for (size_t i = 0; i < head_n_always; i++)
		assert_true(span_has(buf_span(&b), span_str(head_always[i].value)));
	body = span_from(buf_span(&b), span_find(buf_span(&b), SPAN_LIT("\r\n\r\n")) + 4);
	assert_span(body, "{\"error\":\"too_large\"}");
	assert_true(span_has(buf_span(&b), SPAN_LIT("Content-Length: 21\r\n")));
	buf_clear(&b);
	head_refusal(&b, 400, SPAN_LIT("HEAD /"));
	assert_true(span_ends_nocase(buf_span(&b), SPAN_LIT("\r\n\r\n")));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_good_is_so_at_its_end),
		cmocka_unit_test(what_two_could_read_in_two_ways_is_refused),
		cmocka_unit_test(what_is_too_much_is_refused),
		cmocka_unit_test(a_refusal_has_what_each_answer_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
