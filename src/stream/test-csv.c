#include "base/test.h"
#include "stream/csv.h"

/* All records as one text: fields in brackets, a record a line with its line number. */
static const char *shown(struct arena *a, const char *in, size_t n)
{
	char *out = arena_zero(a, 1, 8192);
	size_t used = 0;
	struct csv c;
	span text, *fields;

	assert_non_null(out);
	assert_ok(csv_text(a, span_of(in, n), &text, &e));
	csv_open(&c, text);
	for (;;) {
		assert_ok(csv_next(&c, a, &fields, &n, &e));
		if (n == 0)
			return out;
		used += (size_t)snprintf(out + used, 8192 - used, "%d:", (int)c.line);
		for (size_t i = 0; i < n; i++)
			used += (size_t)snprintf(out + used, 8192 - used, "[%.*s]", (int)fields[i].n, (const char *)fields[i].p);
		used += (size_t)snprintf(out + used, 8192 - used, "\n");
	}
}

static void check(const char *in, size_t n, const char *want)
{
	struct arena *a = test_arena();

	assert_string_equal(shown(a, in, n), want);
	arena_free(a);
}
#define CHECK(in, want) check(in, sizeof(in) - 1, want)

static void test_fields_and_records(void **state)
{
	(void)state;
	CHECK("", "");
	CHECK("a,b\nc,d\n", "1:[a][b]\n2:[c][d]\n");
	CHECK("a,b\r\nc,\r\n,d", "1:[a][b]\n2:[c][]\n3:[][d]\n");
	CHECK("a\n\n\r\nb\n", "1:[a]\n4:[b]\n");
	CHECK("a,b,\n", "1:[a][b][]\n");
}

static void test_quotes_keep_separators_and_line_ends(void **state)
{
	(void)state;
	CHECK("\"a,b\",\"c\"\"d\"\n\"e\r\nf\",g\nh\n", "1:[a,b][c\"d]\n2:[e\r\nf][g]\n4:[h]\n");
	CHECK("\"\",\"\"\"\"\r\n", "1:[][\"]\n");
	CHECK("\"a\" b,c\n", "1:[a b][c]\n");
	CHECK("a \"b\" c,d\n", "1:[a \"b\" c][d]\n");
	CHECK("\"a\"", "1:[a]\n");
}

static void test_the_files_of_spreadsheets(void **state)
{
	(void)state;
	CHECK("\xef\xbb\xbfname;domains\r\nM\xc3\xbcller, Sohn;mueller.example\r\n", "1:[name][domains]\n2:[Müller, Sohn][mueller.example]\n");
	CHECK("a\tb\n1,5\t2\n", "1:[a][b]\n2:[1,5][2]\n");
	CHECK("a;b\rc;\"d\re\"\r\rf;g", "1:[a][b]\n2:[c][d\re]\n5:[f][g]\n");
	CHECK("a,\"b\rc\"\nd,e\n", "1:[a][b\rc]\n2:[d][e]\n");
	CHECK("sep=;\r\na;b,c\r\n", "2:[a][b,c]\n");
	CHECK("\"a,a,a\";b\n", "1:[a,a,a][b]\n");
	CHECK("\xff\xfe" "a\0;\0\xe9\0\r\0\n\0", "1:[a][é]\n");
	CHECK("M\xfcller,x\n", "1:[Müller][x]\n");
}

static void test_a_quote_that_is_not_closed_is_named_by_its_line(void **state)
{
	struct arena *a = test_arena();
	struct csv c;
	struct err wrong;
	span *fields;
	size_t n;

	(void)state;
	csv_open(&c, SPAN_LIT("a,b\nc,\"d\ne\n"));
	assert_ok(csv_next(&c, a, &fields, &n, &e));
	assert_int_equal(csv_next(&c, a, &fields, &n, &wrong), ERR_USAGE);
	assert_string_equal(wrong.text, "line 2: a quote is not closed");
	arena_free(a);
}

static void test_a_file_cut_anywhere_gives_records_or_says_what_is_wrong(void **state)
{
	static const char whole[] = "name,\"do\"\"mains\"\r\n\"a\r\nb\",c\r\n\r\n;x\"y\",z";

	(void)state;
	for (size_t cut = 0; cut < sizeof whole; cut++) {
		struct arena *a = test_arena();
		unsigned char *exact = malloc(cut != 0 ? cut : 1);
		struct csv c;
		struct err e;
		span *fields;
		size_t n, records = 0;

		assert_non_null(exact);
		memcpy(exact, whole, cut);
		csv_open(&c, span_of(exact, cut));
		while (csv_next(&c, a, &fields, &n, &e) == OK && n != 0)
			records++;
		assert_true(records <= 4);
		free(exact);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_and_records),
		cmocka_unit_test(test_quotes_keep_separators_and_line_ends),
		cmocka_unit_test(test_the_files_of_spreadsheets),
		cmocka_unit_test(test_a_quote_that_is_not_closed_is_named_by_its_line),
		cmocka_unit_test(test_a_file_cut_anywhere_gives_records_or_says_what_is_wrong),
	};
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
