#include "base/test.h"

#include "mail/pieces.h"

static struct message *parse(struct arena *a, const char *text)
{
	struct message *m;

	assert_ok(mime_parse(a, span_str(text), false, &m, &e));
	return m;
}

/* RFC 2046 5.2.2.2, but for the text. */
static const char FIRST[] =
    "X-Weird-Header-1: Foo\nFrom: Bill@host.example\nTo: joe@other.example,\n jim@other.example\nDate: Fri, 26 Mar 1993 12:59:38 -0500 (EST)\n"
    "Subject: Audio mail (part 1 of 2)\nMessage-ID: <id1@host.example>\nMIME-Version: 1.0\n"
    "Content-type: message/partial; id=\"ABC@host.example\";\n\tnumber=1; total=2\n\n"
    "X-Weird-Header-1: Bar\nX-Weird-Header-2: Hello\nMessage-ID: <anotherid@foo.example>\nSubject: Audio mail\nMIME-Version: 1.0\n"
    "Content-type: audio/basic\nContent-transfer-encoding: base64\nEncrypted: no\n\nfirst half\n";

static void test_the_whole_has_the_fields_that_the_standard_gives_it(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse(a, FIRST);
	struct piece p;
	span outer, whole, bodies[2] = {m->body, SPAN_LIT("second half\n")};

	(void)state;
	assert_true(message_is_piece(m, &p));
	assert_span(p.id, "ABC@host.example");
	assert_int_equal(p.number, 1);
	assert_int_equal(p.total, 2);
	assert_ok(piece_outer(a, m, &outer, &e));
	assert_ok(pieces_join(a, outer, bodies, 2, &whole, &e));
	assert_span(whole,
	    "X-Weird-Header-1: Foo\nFrom: Bill@host.example\nTo: joe@other.example,\n jim@other.example\nDate: Fri, 26 Mar 1993 12:59:38 -0500 (EST)\n"
	    "Message-ID: <anotherid@foo.example>\nSubject: Audio mail\nMIME-Version: 1.0\n"
	    "Content-type: audio/basic\nContent-transfer-encoding: base64\nEncrypted: no\n\nfirst half\nsecond half\n");
	arena_free(a);
}

static span joined(struct arena *a, const char *one, const char *two, const char *three)
{
	span bodies[3] = {span_str(one), span_str(two), span_str(three)}, whole;

	assert_ok(pieces_join(a, SPAN_LIT("From: a@b.example\n"), bodies, three[0] != '\0' ? 3 : 2, &whole, &e));
	return whole;
}

static void test_pieces_are_cut_anywhere(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	/* within the fields, and where the line end was lost */
	assert_span(joined(a, "Subject: x\nContent-Type:", " text/html\n\n<p>", "y</p>"), "From: a@b.example\nSubject: x\nContent-Type:\n text/html\n\n<p>\ny</p>");
	/* without fields of its own, and without an empty line */
	assert_span(joined(a, "\nText: y\n", "z\n", ""), "From: a@b.example\n\nText: y\nz\n");
	assert_span(joined(a, "no field\n", "z\n", ""), "From: a@b.example\n\nno field\nz\n");
	/* with the line ends of the network */
	assert_span(joined(a, "Subject: x\r\nTo: c@d.example\r\n\r\na\r\n", "b\r\n", ""), "From: a@b.example\nSubject: x\n\na\r\nb\r\n");
	assert_span(joined(a, "", "", ""), "From: a@b.example\n\n");
	arena_free(a);
}

static void test_what_a_piece_says_may_be_anything(void **state)
{
	static const struct { const char *text; bool is; uint32_t number, total; } odd[] = {
	    {"Content-Type: message/partial\n\nx\n", true, 0, 0},
	    {"Content-Type: message/partial; id=a; number=0; total=99999999999\n\nx\n", true, 0, 0},
	    {"Content-Type: message/partial; id=a; number=\" 3 \"; total=-1\n\nx\n", true, 3, 0},
	    {"Content-Type: Message/Partial; total*=us-ascii''4; number=\"3\"; id=a\n\nx\n", true, 3, 4},
	    {"Content-Type: text/plain; number=1; total=1\n\nx\n", false, 0, 0},
	    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/partial; id=a; number=1; total=1\n\nx\n--b--\n", false, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		struct arena *a = test_arena();
		struct piece p = {0};

		assert_int_equal(message_is_piece(parse(a, odd[i].text), &p), odd[i].is);
		assert_int_equal(p.number, odd[i].number);
		assert_int_equal(p.total, odd[i].total);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_whole_has_the_fields_that_the_standard_gives_it),
	    cmocka_unit_test(test_pieces_are_cut_anywhere),
	    cmocka_unit_test(test_what_a_piece_says_may_be_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
