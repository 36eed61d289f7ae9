#include "base/test.h"
#include "base/buf.h"
#include "stream/decode.h"

/* Deterministic bytes: a test that fails must fail again. */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void check(enum encoding enc, const char *in, const char *want, unsigned want_problems)
{
	struct arena *a = test_arena();
	unsigned problems = 0;
	span out;

	assert_ok(decode(a, enc, span_str(in), &out, &problems, &e));
	assert_span(out, want);
	if (problems != want_problems)
		fail_msg("\"%s\": problems %u, want %u", in, problems, want_problems);
	arena_free(a);
}

static void base64(const char *in, const char *want, unsigned problems) { check(ENCODING_BASE64, in, want, problems); }

static void qp(const char *in, const char *want, unsigned problems)
{
	check(ENCODING_QUOTED_PRINTABLE, in, want, problems);
}

static void uu(const char *in, const char *want, unsigned problems) { check(ENCODING_UUENCODE, in, want, problems); }

static void test_base64_text_comes_back(void **state)
{
	(void)state;
	base64("", "", 0);
	base64("UQ==", "Q", 0);
	base64("UUI=", "QB", 0);
	base64("UUJD", "QBC", 0);
	base64("cGFzc3dvcmQ6IGh1bnRlcjIgYW5kIHRoZW4gc29tZSBtb3JlIHRleHQgdGhhdCBpcyBsb25nZXIg\r\n"
	       "dGhhbiBhIGxpbmU=\r\n",
	    "password: hunter2 and then some more text that is longer than a line", 0);
	base64("cGFzc3dvcmQ6IGh1bnRlcjIgYW5kIHRoZW4gc29tZSBtb3JlIHRleHQgdGhhdCBpcyBsb25nZXIg\n"
	       "dGhhbiBhIGxpbmU=",
	    "password: hunter2 and then some more text that is longer than a line", 0);
}

static void test_base64_skips_what_is_not_of_the_alphabet_and_says_so(void **state)
{
	(void)state;
	base64("cGFz!c3dv*cmQ6\x80IGh1bnRlcjI=", "password: hunter2", DECODE_GARBAGE);
	base64("c G\tF\rz\n c3dvcmQ=", "password", 0);
	base64("-_-_", "", DECODE_GARBAGE);
}

static void test_base64_in_the_alphabet_of_urls_is_read(void **state)
{
	(void)state;
	base64("cGFzc3dvcmQ6Pz8_Pj4-", "password:??\?>>>", DECODE_GARBAGE);
	base64("Pz8_\r\nPj4-\r\ncGFzcw==\r\n", "??\?>>>pass", DECODE_GARBAGE);
	/* Garbage, a rule, a delimiter. */
	base64("cGFz!Pz8_Pz8", "pas??\x0f\xcf", DECODE_GARBAGE | DECODE_TRUNCATED);
	base64("cGFzc3dvcmQ6\r\n____\r\n", "password:", DECODE_GARBAGE);
	base64("cGFzc3dvcmQ6\r\n--B--\r\n", "password:", DECODE_GARBAGE | DECODE_TRUNCATED);
}

static void test_base64_streams_one_behind_another_are_all_decoded(void **state)
{
	(void)state;
	base64("cGFzcw==d29yZA==", "password", DECODE_MALFORMED);
	base64("cGFzcw==\r\nd29yZA==\r\n", "password", DECODE_MALFORMED);
	base64("UUJD====UUJD", "QBCQBC", DECODE_MALFORMED);
	base64("cGFzcw=d29yZA==", "password", DECODE_MALFORMED);
}

static void test_base64_torn_groups_give_what_they_hold(void **state)
{
	(void)state;
	base64("UUJDUUJ", "QBCQB", DECODE_TRUNCATED);
	base64("UUJDUU", "QBCQ", DECODE_TRUNCATED);
	base64("UUJDU", "QBC", DECODE_TRUNCATED);
	base64("UUJDUQ=", "QBCQ", DECODE_TRUNCATED);
	base64("=", "", DECODE_MALFORMED);
}

static void test_quoted_printable_text_comes_back(void **state)
{
	(void)state;
	qp("", "", 0);
	qp("caf=C3=A9 cr=c3=a8me", "caf\xc3\xa9 cr\xc3\xa8me", 0);
	qp("pass=\r\nword: hun=\nter2=20\r\n", "password: hunter2 \r\n", 0);
	qp("a long line that has no escape in it but is longer than a vector\nand goes on",
	    "a long line that has no escape in it but is longer than a vector\nand goes on", 0);
	qp("1 =3D 1", "1 = 1", 0);
}

static void test_quoted_printable_drops_white_space_at_the_end_of_lines_only(void **state)
{
	(void)state;
	qp("word \t \nnext", "word\nnext", 0);
	qp("word \t \r\nnext  ", "word\r\nnext", 0);
	qp("word=20 \nnext=09", "word \nnext\t", 0);
	qp("word =\nnext", "word next", 0);
	qp("word =  \nnext", "word next", 0);
	qp("word= \t\r\nnext", "wordnext", 0);
	qp(" \n \n", "\n\n", 0);
	qp("a=\n  \nb", "a\nb", 0);
	qp("thirty-one bytes, then a blank: \nthirty-one bytes, then a blan:  \r\nx",
	    "thirty-one bytes, then a blank:\nthirty-one bytes, then a blan:\r\nx", 0);
}

static void test_quoted_printable_keeps_what_is_no_escape(void **state)
{
	(void)state;
	qp("a=XYb", "a=XYb", DECODE_MALFORMED);
	qp("a=4", "a=4", DECODE_TRUNCATED);
	qp("a=", "a", DECODE_TRUNCATED);
	qp("a== b", "a== b", DECODE_MALFORMED);
	qp("key=value", "key=value", DECODE_MALFORMED);
	qp("a= b", "a= b", DECODE_MALFORMED);
	qp("a=\rb", "a=\rb", DECODE_MALFORMED);
	qp("=3=44", "=3D", DECODE_MALFORMED);
}

static void test_uuencoded_files_come_back(void **state)
{
	(void)state;
	uu("begin 644 a.txt\n1<&%S<W=O<F0Z(&AU;G1E<C(\n`\nend\n", "password: hunter2", 0);
	uu("begin 644 a.txt\r\n1<&%S<W=O<F0Z(&AU;G1E<C( \r\n \r\nend\r\n", "password: hunter2", 0);
	uu("1<&%S<W=O<F0Z(&AU;G1E<C(`\n", "password: hunter2", DECODE_TRUNCATED);
	/* A checksum character behind the data. */
	uu("begin 644 a.txt\n1<&%S<W=O<F0Z(&AU;G1E<C( X\n`\nend\n", "password: hunter2", 0);
}

static void test_a_uuencoded_file_is_found_within_text(void **state)
{
	span text = SPAN_LIT("Hello,\nto begin with the report:\n\nbegin 644 my report.txt\n"
	                     "1<&%S<W=O<F0Z(&AU;G1E<C(\n`\nend\nRegards\n");
	struct uu f;

	(void)state;
	assert_true(uu_find(text, 0, &f));
	assert_span(f.name, "my report.txt");
	assert_span(span_sub(text, f.at, 6), "begin ");
	assert_span(span_from(text, f.at + f.n), "Regards\n");
	assert_span(f.body, "1<&%S<W=O<F0Z(&AU;G1E<C(\n`\nend\n");
	assert_false(uu_find(text, f.at + f.n, &f));
	assert_false(uu_find(SPAN_LIT("begin 644 of the story\nOnce upon a time there was a line\n"), 0, &f));
	assert_false(uu_find(SPAN_LIT("begin 644 a\n"), 0, &f));
	assert_false(uu_find(SPAN_LIT("I begin 644 a\n1<&%S<W=O<F0Z(&AU;G1E<C(\n`\nend\n"), 0, &f));
}

static void test_a_uuencoded_file_without_its_end_stops_where_its_lines_stop(void **state)
{
	span text = SPAN_LIT("begin 644 a\n1<&%S<W=O<F0Z(&AU;G1E<C(\nthat was it, sorry: the rest is lost\n");
	struct uu f;

	(void)state;
	assert_true(uu_find(text, 0, &f));
	assert_span(span_from(text, f.at + f.n), "that was it, sorry: the rest is lost\n");
}

static const char binhex[] =
    "(This file must be converted with BinHex 4.0)\n"
    "\n"
    ":#'j[G'8ZG(Kd!&4&@&4dG(Kd!*!&)!!!!!0kKh\"KFh0hEh*N1L\"3D@9b,8KPH#d\n"
    "i-5!pN!FJN!!+*2ebCA--3`:\n";

static void test_a_binhex_file_is_found_and_gives_its_data(void **state)
{
	static const char before[] = "see: this\n";
	char text[sizeof before + sizeof binhex], bad[sizeof binhex];
	struct arena *a = test_arena();
	unsigned problems = 0;
	struct uu f;
	span out;

	(void)state;
	memcpy(text, before, sizeof before);
	memcpy(text + sizeof before - 1, binhex, sizeof binhex);
	assert_true(binhex_find(a, span_str(text), 0, &f));
	assert_int_equal(f.at, sizeof before - 1);
	assert_span(f.name, "note.txt");
	assert_ok(decode(a, ENCODING_BINHEX, f.body, &out, &problems, &e));
	assert_span(out, "password: Pier-Hex-81 ======= \x90\n"); /* a run, and the byte that announces one */
	assert_int_equal(problems, 0);
	/* One letter of the data is another: the checksum says so. */
	memcpy(bad, binhex, sizeof bad);
	*strstr(bad, "@9b,8") = 'A';
	assert_ok(decode(a, ENCODING_BINHEX, span_str(bad), &out, &problems, &e));
	assert_true((problems & DECODE_MALFORMED) != 0);
	for (size_t n = 0; n < sizeof binhex; n++) {
		problems = 0;
		assert_ok(decode(a, ENCODING_BINHEX, span_of(binhex, n), &out, &problems, &e));
		assert_true(out.n <= 32 && (problems != 0 || out.n == 32 || n == 0));
	}
	assert_false(binhex_find(a, SPAN_LIT("(This file must be converted with BinHex 4.0)\n\nsoon: we hope\n"), 0, &f));
	arena_free(a);
}

/* 8 MiB of each: marks without what they announce, and runs of once, of which each is none. */
static void test_marks_of_binhex_without_a_file_cost_no_second_look(void **state)
{
	static const struct { const char *first, *one, *last; } texts[] = {
	    {"", "(This file must be converted with BinHex 4.0)\n", ""},
	    {"", "(This file must be converted with BinHex 4.0)\n", ":"},
	    {"", "(This file must be converted with BinHex 4.0)\n:\n", ""},
	    {"", "(This file must be converted with BinHex 4.0)\n:!!!!!!\n", ":"},
	    {"(This file must be converted with BinHex 4.0)\n\n:", "N!'3!C!\"", ""}}; /* 90 01 90 01 90 01, over and over */
	struct arena *a = test_arena();
	unsigned problems = 0;
	struct uu f;
	struct buf b;
	span out;

	(void)state;
	buf_init(&b, 3 << 20);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		buf_clear(&b);
		buf_str(&b, texts[i].first);
		while (b.n < 2 << 20)
			buf_str(&b, texts[i].one);
		buf_str(&b, texts[i].last);
		assert_false(b.failed);
		assert_false(binhex_find(a, buf_span(&b), 0, &f));
		assert_ok(decode(a, ENCODING_BINHEX, buf_span(&b), &out, &problems, &e));
		assert_int_equal(out.n, 0);
	}
	buf_free(&b);
	arena_free(a);
}

/* 8 MiB of them: by the square of the text's length they take hours. */
static void test_beginnings_of_base64_without_a_name_cost_no_second_look(void **state)
{
	struct uu f;
	struct buf b;

	(void)state;
	buf_init(&b, 9 << 20);
	while (b.n < 8 << 20)
		buf_str(&b, "begin-base64 \n");
	buf_str(&b, "begin-base64 644 note.txt\nSGVsbG8=\n====\n");
	assert_true(uu_base64_find(buf_span(&b), 0, &f));
	assert_span(f.name, "note.txt");
	assert_span(f.body, "SGVsbG8=\n");
	buf_free(&b);
}

static void test_transfer_encodings_are_known_as_mail_spells_them(void **state)
{
	(void)state;
	assert_int_equal(encoding_of(SPAN_LIT(" BASE64 ")), ENCODING_BASE64);
	assert_int_equal(encoding_of(SPAN_LIT("Quoted-Printable;")), ENCODING_QUOTED_PRINTABLE);
	assert_int_equal(encoding_of(SPAN_LIT("\"base64\"")), ENCODING_BASE64);
	assert_int_equal(encoding_of(SPAN_LIT("8bit (comment)")), ENCODING_IDENTITY);
	assert_int_equal(encoding_of(SPAN_LIT("")), ENCODING_IDENTITY);
	assert_int_equal(encoding_of(SPAN_LIT("x-uuencode")), ENCODING_UUENCODE);
	assert_int_equal(encoding_of(SPAN_LIT("x-base64")), ENCODING_BASE64);
	assert_int_equal(encoding_of(SPAN_LIT("X-Quoted-Printable")), ENCODING_QUOTED_PRINTABLE);
	assert_int_equal(encoding_of(SPAN_LIT("x-uu")), ENCODING_UUENCODE);
	assert_int_equal(encoding_of(SPAN_LIT("Quoted Printable")), ENCODING_QUOTED_PRINTABLE);
	assert_int_equal(encoding_of(SPAN_LIT("7-bit")), ENCODING_IDENTITY);
	assert_int_equal(encoding_of(SPAN_LIT("base64 or so")), ENCODING_BASE64);
	assert_int_equal(encoding_of(SPAN_LIT("B")), ENCODING_BASE64);
	assert_int_equal(encoding_of(SPAN_LIT("q")), ENCODING_QUOTED_PRINTABLE);
	assert_int_equal(encoding_of(SPAN_LIT("QP")), ENCODING_QUOTED_PRINTABLE);
	assert_int_equal(encoding_of(SPAN_LIT("zip64")), ENCODING_UNKNOWN);
}

typedef size_t decoder(span in, unsigned char *out, unsigned *problems);

/* Exact allocations, so that a sanitizer sees a byte too far. */
static void agree(decoder *fast, decoder *slow, span text)
{
	unsigned char *in = malloc(text.n + 1), *a = malloc(text.n + 1), *b = malloc(text.n + 1);
	unsigned problems_a = 0, problems_b = 0;
	size_t na, nb;

	assert_true(in != NULL && a != NULL && b != NULL);
	in = realloc(in, text.n != 0 ? text.n : 1);
	a = realloc(a, text.n != 0 ? text.n : 1);
	memcpy(in, text.p, text.n);
	na = fast(span_of(in, text.n), a, &problems_a);
	nb = slow(span_of(in, text.n), b, &problems_b);
	assert_int_equal(na, nb);
	assert_memory_equal(a, b, na);
	assert_int_equal(problems_a, problems_b);
	free(in);
	free(a);
	free(b);
}

/* Texts mostly of `common` with some of `rare`, of each length to 300. */
static void agree_on_random(decoder *fast, decoder *slow, const char *common, const char *rare)
{
	uint32_t state = 7;
	unsigned char text[300];

	for (size_t n = 0; n <= sizeof text; n++)
		for (uint32_t one_in = 2; one_in <= 128; one_in *= 4) {
			for (size_t i = 0; i < n; i++) {
				const char *from = next_random(&state) % one_in == 0 ? rare : common;

				text[i] = (unsigned char)from[next_random(&state) % strlen(from)];
			}
			agree(fast, slow, span_of(text, n));
		}
}

/* Lines of each width to 16 and some to 80, cut at each length. */
static void agree_on_lines(decoder *fast, decoder *slow, const char *filling, const char *eol)
{
	unsigned char text[300];

	for (size_t width = 1; width <= 80; width += 1 + width / 16) {
		size_t n = 0, column = 0;

		while (n < sizeof text) {
			if (column == width) {
				for (const char *c = eol; *c != '\0' && n < sizeof text; c++)
					text[n++] = (unsigned char)*c;
				column = 0;
			} else {
				text[n] = (unsigned char)filling[n % strlen(filling)];
				n++;
				column++;
			}
		}
		for (size_t cut = 0; cut <= n; cut++)
			agree(fast, slow, span_of(text, cut));
	}
}

static void test_the_vector_form_of_base64_equals_the_scalar_form(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	(void)state;
	agree_on_random(base64_decode, base64_decode_scalar, alphabet, "=\r\n \t!-_.,:@[`{\x7f\x80\xaa\xff");
	agree_on_random(base64_decode, base64_decode_scalar, alphabet, "\n");
	agree_on_lines(base64_decode, base64_decode_scalar, alphabet, "\n");
	agree_on_lines(base64_decode, base64_decode_scalar, alphabet, "\r\n");
	agree_on_lines(base64_decode, base64_decode_scalar, alphabet, "==\r\n");
	agree_on_lines(base64_decode, base64_decode_scalar, alphabet, "\r");
}

static void test_the_vector_form_of_base64_knows_every_byte(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < 40; at++) {
			unsigned char text[40];

			memset(text, 'A', sizeof text);
			text[at] = (unsigned char)c;
			agree(base64_decode, base64_decode_scalar, span_of(text, sizeof text));
		}
}

static void test_the_vector_form_of_quoted_printable_equals_the_scalar_form(void **state)
{
	static const char words[] = "the quick brown fox jumps over the lazy dog ";

	(void)state;
	agree_on_random(quoted_printable_decode, quoted_printable_decode_scalar, words, "= \t\r\n4AfF\xe9");
	agree_on_random(quoted_printable_decode, quoted_printable_decode_scalar, "ab", " \n");
	agree_on_lines(quoted_printable_decode, quoted_printable_decode_scalar, words, " \n");
	agree_on_lines(quoted_printable_decode, quoted_printable_decode_scalar, words, "\t \r\n");
	agree_on_lines(quoted_printable_decode, quoted_printable_decode_scalar, words, "=\r\n");
	agree_on_lines(quoted_printable_decode, quoted_printable_decode_scalar, words, "=4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64_text_comes_back),
		cmocka_unit_test(test_base64_skips_what_is_not_of_the_alphabet_and_says_so),
		cmocka_unit_test(test_base64_in_the_alphabet_of_urls_is_read),
		cmocka_unit_test(test_base64_streams_one_behind_another_are_all_decoded),
		cmocka_unit_test(test_base64_torn_groups_give_what_they_hold),
		cmocka_unit_test(test_quoted_printable_text_comes_back),
		cmocka_unit_test(test_quoted_printable_drops_white_space_at_the_end_of_lines_only),
		cmocka_unit_test(test_quoted_printable_keeps_what_is_no_escape),
		cmocka_unit_test(test_uuencoded_files_come_back),
		cmocka_unit_test(test_a_uuencoded_file_is_found_within_text),
		cmocka_unit_test(test_a_uuencoded_file_without_its_end_stops_where_its_lines_stop),
		cmocka_unit_test(test_marks_of_binhex_without_a_file_cost_no_second_look),
		cmocka_unit_test(test_a_binhex_file_is_found_and_gives_its_data),
		cmocka_unit_test(test_beginnings_of_base64_without_a_name_cost_no_second_look),
		cmocka_unit_test(test_transfer_encodings_are_known_as_mail_spells_them),
		cmocka_unit_test(test_the_vector_form_of_base64_equals_the_scalar_form),
		cmocka_unit_test(test_the_vector_form_of_base64_knows_every_byte),
		cmocka_unit_test(test_the_vector_form_of_quoted_printable_equals_the_scalar_form),
	};
	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
