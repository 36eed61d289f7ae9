/* How a message is parted. */
#include "base/limits.h"
#include "mail/lines.h"
#include "mail/test-mime.h"

static void a_plain_message_is_one_part(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Subject: hello\r\nFrom: a@b.example\r\n\r\nText\r\n");

	(void)state;
	assert_tree(m, "1 text/plain");
	assert_int_equal(m->headers.n, 2);
	assert_span(m->headers.fields[0].value, "hello");
	assert_span(m->headers.raw, "Subject: hello\r\nFrom: a@b.example\r\n");
	assert_span(content(a, m, 0), "Text\r\n");
	assert_int_equal(m->problems, 0);
	assert_false(m->parts[0].declared);
	arena_free(a);
}

static const char NESTED[] =
    "Content-Type: multipart/mixed; boundary=\"out er\"\n\npreamble\n--out er\n"
    "Content-Type: multipart/alternative; boundary=in\n\n--in\n\none\n--in\nContent-Type: TEXT/HTML; charset=UTF-8\n"
    "Content-Transfer-Encoding: base64\n\nPGI+\n--in--\nepilogue\n--out er  \n"
    "Content-Type: message/rfc822\n\nSubject: x\n\nbody\n--out er--\nepilogue\n";

static void parts_have_the_paths_of_imap_and_their_own_bytes(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, NESTED);

	(void)state;
	assert_tree(m, "1.1 text/plain|1.2 text/html|2 message/rfc822");
	assert_span(content(a, m, 2), "one");
	assert_span(content(a, m, 3), "<b>");
	assert_span(m->parts[3].charset, "UTF-8");
	assert_span(content(a, m, 4), "Subject: x\n\nbody");
	assert_int_equal(m->parts[4].kind, PART_MESSAGE);
	assert_int_equal(m->parts[3].parent, 1);
	assert_int_equal(m->parts[3].depth, 2);
	assert_int_equal(m->problems, 0);
	arena_free(a);
}

static void an_outer_delimiter_ends_an_inner_multipart_that_was_left_open(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a,
	    "Content-Type: multipart/mixed; boundary=out\n\n--out\n"
	    "Content-Type: multipart/mixed; boundary=in\n\n--in\n\none\n--out\n\ntwo\n--out--\n");

	(void)state;
	assert_tree(m, "1.1 text/plain|2 text/plain");
	assert_span(content(a, m, 2), "one");
	assert_span(content(a, m, 3), "two");
	assert_int_equal(m->problems, MIME_BOUNDARY_UNCLOSED);
	arena_free(a);
}

static void a_boundary_that_begins_another_one_is_not_taken_for_it(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a,
	    "Content-Type: multipart/mixed; boundary=abc\n\n--abc\n"
	    "Content-Type: multipart/mixed; boundary=abcd\n\n--abcd\n\none\n--abcd\n\ntwo\n--abcd--\n--abc\n\nthree\n--abc--\n");

	(void)state;
	assert_tree(m, "1.1 text/plain|1.2 text/plain|2 text/plain");
	assert_span(content(a, m, 4), "three");
	arena_free(a);
}

static void a_message_that_is_cut_keeps_what_it_has(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntw");

	(void)state;
	assert_tree(m, "1 text/plain|2 text/plain");
	assert_span(content(a, m, 2), "tw");
	assert_int_equal(m->problems, MIME_BOUNDARY_UNCLOSED | MIME_TRUNCATED);
	arena_free(a);
}

static void a_multipart_without_usable_boundary_is_read_as_text(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n");

	(void)state;
	assert_tree(m, "1 text/plain");
	assert_int_equal(m->problems, MIME_NO_BOUNDARY);
	assert_span(content(a, m, 0), "--b\n\none\n--b--\n");
	m = parse_str(a, "Content-Type: multipart/mixed; boundary=x\n\n--b\n\none\n--b--\n");
	assert_tree(m, "1 text/plain");
	assert_int_equal(m->problems, MIME_BOUNDARY_MISSING);
	assert_span(content(a, m, 0), "--b\n\none\n--b--\n");
	arena_free(a);
}

static void part_headers_without_the_empty_line_end_where_they_must(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a,
	    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n--b\n\n--b\nno header here\nat all\n--b--\n");

	(void)state;
	assert_tree(m, "1 text/html|2 text/plain|3 text/plain");
	assert_span(content(a, m, 1), "");
	assert_span(content(a, m, 2), "");
	assert_span(content(a, m, 3), "no header here\nat all");
	arena_free(a);
}

static void delimiters_in_a_row_make_no_parts(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\none\n--b\n--b--\n");

	(void)state;
	assert_tree(m, "1 text/plain");
	assert_span(content(a, m, 1), "one");
	assert_tree(parse_str(a, "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b"), "1 text/plain");
	arena_free(a);
}

static void a_blank_line_that_has_spaces_ends_the_header_where_no_field_follows(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_span(content(a, parse_str(a, "Subject: x\n \nbody\n"), 0), "body\n");
	assert_tree(parse_str(a, "Content-Type: multipart/mixed; boundary=b\n \n--b\nContent-Type: text/html\n\nx\n--b--\n"),
	    "1 text/html");
	assert_int_equal(parse_str(a, "Subject: x\n \nTo: y\n\n")->headers.n, 2);
	arena_free(a);
}

static void parts_of_a_digest_are_messages_unless_they_say_otherwise(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a,
	    "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b\nContent-Type: text/plain\n\nz\n--b--\n");

	(void)state;
	assert_tree(m, "1 message/rfc822|2 text/plain");
	arena_free(a);
}

static void content_types_are_read_as_they_are_written_in_real_mail(void **state)
{
	static const struct { const char *value, *type, *charset; } cases[] = {
	    {"text", "text/plain", ""},
	    {"text/", "text/plain", ""},
	    {"/html", "text/plain", ""},
	    {"", "text/plain", ""},
	    {"application", "application/octet-stream", ""},
	    {";charset=utf-8", "text/plain", "utf-8"},
	    {"charset=utf-8", "text/plain", "utf-8"},
	    {"TEXT/Plain charset=us-ascii", "text/plain", "us-ascii"},
	    {"text / html; charset = \"a\"", "text/html", "a"},
	    {"(c) text/html (d); (e) charset=us-ascii (Plain text)", "text/html", "us-ascii"},
	    {"text/html;\n charset=\n\t\"x y", "text/html", "x y"},
	    {"text/html; charset=a; charset=b", "text/html", "a"},
	    {"text/html; charset=a format=flowed", "text/html", "a"},
	    {"text/html; charset='a'", "text/html", "'a'"},
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct message *m = parse_str(a, arena_printf(a, "Content-Type: %s\nContent-Type: image/png\n\nx", cases[i].value));

		assert_span(m->parts[0].type, cases[i].type);
		assert_span(m->parts[0].charset, cases[i].charset);
	}
	arena_free(a);
}

static void bytes_without_header_are_all_body(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "just text\nof two lines\n");

	(void)state;
	assert_int_equal(m->problems, MIME_NO_HEADERS);
	assert_span(content(a, m, 0), "just text\nof two lines\n");
	m = parse_str(a, "");
	assert_tree(m, "1 text/plain");
	m = parse(a, SPAN_EMPTY);
	assert_span(content(a, m, 0), "");
	arena_free(a);
}

static void a_line_that_is_no_field_does_not_end_the_header(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, ">From x\nSubject: a\nnonsense line\nFrom : b@c.example\n\nbody\n");

	(void)state;
	assert_int_equal(m->headers.n, 2);
	assert_span(m->headers.fields[1].name, "From");
	assert_span(content(a, m, 0), "body\n");
	assert_int_equal(m->problems, MIME_BAD_HEADER_LINE);
	m = parse_str(a, "Subject: a\nThis is the body,\nthe empty line was forgotten.\n");
	assert_span(content(a, parse_str(a, "Subject: a\none\ntwo\nTo: x\n\nbody"), 0), "one\ntwo\nTo: x\n\nbody");
	assert_span(content(a, m, 0), "This is the body,\nthe empty line was forgotten.\n");
	arena_free(a);
}

static void leading_empty_lines_or_a_byte_order_mark_do_not_hide_a_message(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "\r\n\nFrom: a@b.example\nTo: c@d.example\nSubject: x\n\nbody");

	(void)state;
	assert_int_equal(m->headers.n, 3);
	assert_span(content(a, m, 0), "body");
	assert_int_equal(parse_str(a, "\xef\xbb\xbf" "From: a@b.example\n\nx")->headers.n, 1);
	arena_free(a);
}

static void odd_bytes_are_noted(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_int_equal(parse(a, SPAN_LIT("Subject: \xe9\n\na\0b\rc"))->problems, MIME_NUL | MIME_BARE_CR | MIME_HEADER_8BIT);
	arena_free(a);
}

static void depth_and_number_of_parts_are_bounded_and_it_is_noted(void **state)
{
	struct arena *a = test_arena();
	struct text { char *p; size_t n; } t = {malloc(1 << 20), 0};
	struct message *m;

	(void)state;
	assert_non_null(t.p);
	for (unsigned i = 0; i < LIMIT_MIME_DEPTH + 10; i++)
		t.n += (size_t)sprintf(t.p + t.n, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
	m = parse(a, span_of(t.p, t.n));
	assert_int_equal(m->n_parts, LIMIT_MIME_DEPTH + 1);
	assert_true((m->problems & MIME_LIMIT_DEPTH) != 0);
	t.n = (size_t)sprintf(t.p, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (unsigned i = 0; i < LIMIT_MIME_PARTS + 10; i++)
		t.n += (size_t)sprintf(t.p + t.n, "--b\n\nx\n");
	m = parse(a, span_of(t.p, t.n));
	assert_int_equal(m->n_parts, LIMIT_MIME_PARTS);
	assert_true((m->problems & MIME_LIMIT_PARTS) != 0);
	free(t.p);
	arena_free(a);
}

/* A delimiter is the innermost multipart's, as for GMime; Python's email takes it for the outer one's and loses what stands behind its end. */
static void multiparts_within_each_other_with_one_boundary_lose_no_part(void **state)
{
#define OUTER "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n"
	struct arena *a = test_arena();
	struct message *m = parse_str(a, OUTER "--b--\n\n--b\nContent-Type: application/pdf\n\nthree\n--b--\n");

	(void)state;
	assert_tree(m, "1.1 text/plain|1.2 text/html|2 application/pdf");
	assert_int_equal(m->problems, 0);
	m = parse_str(a, OUTER "--b\nContent-Type: application/pdf\n\nthree\n--b--\n");
	assert_tree(m, "1.1 text/plain|1.2 text/html|1.3 application/pdf");
	/* More ends than there are multiparts: what is encoded behind them is a part all the same. */
	m = parse_str(a, OUTER "--b--\n--b--\n--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nVGhlIHRoaXJkIHBhcnQ=\n--b--\n");
	assert_tree(m, "1.1 text/plain|1.2 text/html|u1 application/pdf");
	assert_span(content(a, m, m->n_parts - 1), "The third part");
	arena_free(a);
}

/* Every span of the result lies within the message, and the parse does not depend on what follows the bytes. */
static void a_message_cut_at_any_length_is_parsed(void **state)
{
	(void)state;
	for (size_t n = 0; n <= sizeof NESTED - 1; n++) {
		struct arena *a = test_arena();
		unsigned char *cut = malloc(n + 1);
		struct message *m;

		memcpy(cut, NESTED, n);
		m = parse(a, span_of(cut, n));
		for (size_t i = 0; i < m->n_parts; i++) {
			if (m->parts[i].kind != PART_MULTIPART)
				(void)content(a, m, i);
			assert_true(m->parts[i].body.p >= cut && m->parts[i].body.p + m->parts[i].body.n <= cut + n);
		}
		free(cut);
		arena_free(a);
	}
}

static void the_vector_search_finds_what_the_scalar_one_finds(void **state)
{
	unsigned char text[300];
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n;

		for (size_t i = 0; i < sizeof text; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (unsigned char)("\n--ab\r>x"[seed >> 29]);
		}
		seed = seed * 1664525 + 1013904223;
		n = (seed >> 8) % sizeof text;
		text[(seed >> 3) % sizeof text] = (unsigned char)(round % 3 == 0 ? '\0' : 'x');
		assert_int_equal(bytes_odd(span_of(text, n)), bytes_odd_scalar(span_of(text, n)));
		for (size_t at = 0; at <= n; at += 7) {
			assert_int_equal(line_find(span_of(text, n), at, '-', '-'), line_find_scalar(span_of(text, n), at, '-', '-'));
			assert_int_equal(line_find(span_of(text, n), at, '>', LINE_ANY),
			    line_find_scalar(span_of(text, n), at, '>', LINE_ANY));
		}
	}
}

static void problems_have_names(void **state)
{
	char out[200];

	(void)state;
	mime_problem_names(MIME_NUL | MIME_LIMIT_NEST | MIME_LIMIT_ADDRESSES, out, sizeof out);
	assert_string_equal(out, "nul,limit_nest,limit_addresses");
	mime_problem_names(0, out, sizeof out);
	assert_string_equal(out, "");
}



int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_message_is_one_part),
	    cmocka_unit_test(parts_have_the_paths_of_imap_and_their_own_bytes),
	    cmocka_unit_test(an_outer_delimiter_ends_an_inner_multipart_that_was_left_open),
	    cmocka_unit_test(a_boundary_that_begins_another_one_is_not_taken_for_it),
	    cmocka_unit_test(a_message_that_is_cut_keeps_what_it_has),
	    cmocka_unit_test(a_multipart_without_usable_boundary_is_read_as_text),
	    cmocka_unit_test(part_headers_without_the_empty_line_end_where_they_must),
	    cmocka_unit_test(delimiters_in_a_row_make_no_parts),
	    cmocka_unit_test(a_blank_line_that_has_spaces_ends_the_header_where_no_field_follows),
	    cmocka_unit_test(parts_of_a_digest_are_messages_unless_they_say_otherwise),
	    cmocka_unit_test(content_types_are_read_as_they_are_written_in_real_mail),
	    cmocka_unit_test(bytes_without_header_are_all_body),
	    cmocka_unit_test(a_line_that_is_no_field_does_not_end_the_header),
	    cmocka_unit_test(leading_empty_lines_or_a_byte_order_mark_do_not_hide_a_message),
	    cmocka_unit_test(odd_bytes_are_noted),
	    cmocka_unit_test(depth_and_number_of_parts_are_bounded_and_it_is_noted),
	    cmocka_unit_test(multiparts_within_each_other_with_one_boundary_lose_no_part),
	    cmocka_unit_test(a_message_cut_at_any_length_is_parsed),
	    cmocka_unit_test(the_vector_search_finds_what_the_scalar_one_finds),
	    cmocka_unit_test(problems_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
