#include "base/limits.h"
#include "base/test.h"

#include "mail/foreign.h"

#define SIZE "C_             12             155               1               0              12               0"
#define ENVELOPE SIZE "T\0211730541600 123456" "S\022jo@kestrel.example" "R\016b@tern.example"
#define POINTER "p\017"

static span reads(struct arena *a, span file, const char *missing)
{
	struct foreign f;

	assert_true(foreign_sniff(file));
	assert_ok(foreign_read(a, file, &f, &e));
	if (f.form != NULL)
		assert_string_equal(f.missing, missing);
	return f.form != NULL ? f.rendered : SPAN_EMPTY;
}

static const char cut[] = "the file of the queue ends within the message: was it copied whole?";

static void a_message_in_the_queue_is_read(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_span(reads(a, SPAN_LIT(ENVELOPE "M\0" "N\012Subject: x" "N\0" "L\004long" "N\005 line" "X\0" "R\001z" "E\0"), ""), "Subject: x\n\nlong line\n");
	/* More than 127 bytes. */
	assert_span(reads(a, SPAN_LIT(SIZE "A\201\001" "123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
	    "123456789 123456789 123456789" "M\0" "N\001a" "X\0"), ""), "a\n");
	/* With a filter of its own before the time. */
	assert_span(reads(a, SPAN_LIT(SIZE "L\003f:x" "T\001 " "M\0" "N\001a" "X\0"), ""), "a\n");
	assert_span(reads(a, SPAN_LIT(ENVELOPE "M\0" "N\001a" "N\011cut h"), cut), "a\ncut h");
	assert_span(reads(a, SPAN_LIT(ENVELOPE "E\0"), ""), "");
	arena_free(a);
}

static void what_a_milter_changed_is_behind_pointers(void **state)
{
	struct arena *a = test_arena();
	/* SIZE has 97 bytes: at 101 stands the pointer to the line that took the place of another, at 149, and at 123 where to go on. */
	static const char file[] = SIZE "T\0" "M\0" POINTER "            149" "N\003old" POINTER "              0" "N\001b" "X\0" "w\0" "w\0"
	    "N\003new" POINTER "            123" "E\0";
	static const char loop[] = SIZE "T\0" "M\0" "N\001a" POINTER "            101" "X\0";

	(void)state;
	assert_span(reads(a, span_of(file, sizeof file - 1), ""), "new\nb\n");
	/* One that points at itself ends. */
	assert_true(reads(a, span_of(loop, sizeof loop - 1), cut).n < 2 * sizeof loop);
	arena_free(a);
}

static void a_file_of_the_queue_cut_anywhere_is_read_or_none(void **state)
{
	static const char whole[] = ENVELOPE "M\0" "N\012Subject: x" "N\0" "N\004text" "X\0" "E\0";

	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		struct arena *a = test_arena();
		struct foreign f;
		char *copy = malloc(n + 1);

		memcpy(copy, whole, n);
		if (foreign_sniff(span_of(copy, n)))
			assert_ok(foreign_read(a, span_of(copy, n), &f, &e));
		free(copy);
		arena_free(a);
	}
	assert_false(foreign_sniff(SPAN_LIT("C_ it is no number, though the length of the line would be that of a record that says how large it all is  T\0")));
	assert_false(foreign_sniff(SPAN_LIT("Copy of all")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_message_in_the_queue_is_read),
	    cmocka_unit_test(what_a_milter_changed_is_behind_pointers),
	    cmocka_unit_test(a_file_of_the_queue_cut_anywhere_is_read_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
