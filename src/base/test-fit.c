#include "base/test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fit.h"

static const struct fit_column columns[] = {{"mailbox", FIT_TEXT, 20, .spared = true}, {"day", FIT_WHOLE, 10, .spared = true},
    {"maybe_actor", FIT_NUMBER, 11, .spared = false}, {"can_prove", FIT_WHOLE, 9, .spared = true}, {"path", FIT_TEXT, 8, .spared = false}};
static const char *const rows[][5] = {{"ada.example@kestrelgate.example", "2025-07-28", "7", "yes", "/evidence/first/2025/mail.mbox"},
    {"bob@kestrelgate.example", "2025-07-29", "12345", "no", "/m.eml"}};

static void fitted(unsigned room, struct buf *out)
{
	struct fit f;

	buf_init(out, 65536);
	fit_init(&f, room);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		fit_add(&f, &columns[i]);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		fit_keep(&f, rows[i]);
	fit_print(&f, out, "--json has all");
	fit_free(&f);
}

#define IS_FITTED(room, want) \
	do { \
		struct buf out_; \
		fitted(room, &out_); \
		assert_span(buf_span(&out_), want); \
		buf_free(&out_); \
	} while (0)

static void a_table_that_goes_to_no_terminal_is_whole_and_has_the_widths_it_is_given(void **state)
{
	(void)state;
	IS_FITTED(0, "mailbox               day         maybe_actor  can_prove  path\n"
		     "ada.example@kestrelgate.example  2025-07-28            7  yes        /evidence/first/2025/mail.mbox\n"
		     "bob@kestrelgate.example  2025-07-29        12345  no         /m.eml\n");
}

static void where_there_is_room_each_column_is_as_wide_as_what_is_in_it(void **state)
{
	(void)state;
	IS_FITTED(200, "mailbox                          day         maybe_actor  can_prove  path\n"
		       "ada.example@kestrelgate.example  2025-07-28            7  yes        /evidence/first/2025/mail.mbox\n"
		       "bob@kestrelgate.example          2025-07-29        12345  no         /m.eml\n");
}

static void headings_are_broken_first_then_text_is_cut_and_paths_at_their_beginning(void **state)
{
	(void)state;
	IS_FITTED(80, "                                        maybe  can    \n"
		      "mailbox                     day         actor  prove  path\n"
		      "ada.example@kestrelgate.e…  2025-07-28      7  yes    …ence/first/2025/mail.mbox\n"
		      "bob@kestrelgate.example     2025-07-29  12345  no     /m.eml\n");
}

static void then_columns_are_left_out_the_spared_ones_last_and_that_is_said(void **state)
{
	(void)state;
	IS_FITTED(50, "                                      maybe  can\n"
		      "mailbox                   day         actor  prove\n"
		      "ada.example@kestrelgate…  2025-07-28      7  yes\n"
		      "bob@kestrelgate.example   2025-07-29  12345  no\n"
		      "Not shown in the 50 columns of this terminal: path (--json has all)\n");
	IS_FITTED(20, "mailbox\n"
		      "ada.example@kestrel…\n"
		      "bob@kestrelgate.exa…\n"
		      "Not shown in the 20 columns of this terminal: day, maybe_actor, can_prove, path (--json has all)\n");
}

static void letters_of_two_cells_count_two_and_what_a_terminal_would_obey_is_shown(void **state)
{
	static const struct fit_column two[] = {{"subject", FIT_TEXT, 8, .spared = false}, {"n", FIT_NUMBER, 2, .spared = false}};
	struct buf out;
	struct fit f;

	(void)state;
	buf_init(&out, 65536);
	fit_init(&f, 24);
	fit_add(&f, &two[0]);
	fit_add(&f, &two[1]);
	fit_keep(&f, (const char *const[]){"\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8\xe3\x81\xae\xe4\xbb\xb6\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8\xe3\x81\xae\xe4\xbb\xb6\xe8\xa6\x8b\xe7\xa9\x8d", "1"});
	fit_keep(&f, (const char *const[]){"a\033[31m", "20"});
	fit_print(&f, &out, "");
	/* Of 20 cells nine letters of two, the ellipsis and a blank. */
	assert_span(buf_span(&out), "subject                n\n"
				    "\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8\xe3\x81\xae\xe4\xbb\xb6\xe8\xa6\x8b\xe7\xa9\x8d\xe6\x9b\xb8\xe3\x81\xae\xe2\x80\xa6    1\n"
				    "a\xef\xbf\xbd[31m                20\n");
	fit_free(&f);
	buf_free(&out);
}

static void a_pipe_is_no_terminal_whatever_COLUMNS_says(void **state)
{
	int p[2];

	(void)state;
	assert_int_equal(setenv("COLUMNS", "100", 1), 0);
	assert_int_equal(pipe(p), 0);
	assert_int_equal(fit_terminal(p[1]), 0);
	(void)close(p[0]);
	(void)close(p[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_table_that_goes_to_no_terminal_is_whole_and_has_the_widths_it_is_given),
	    cmocka_unit_test(where_there_is_room_each_column_is_as_wide_as_what_is_in_it),
	    cmocka_unit_test(headings_are_broken_first_then_text_is_cut_and_paths_at_their_beginning),
	    cmocka_unit_test(then_columns_are_left_out_the_spared_ones_last_and_that_is_said),
	    cmocka_unit_test(letters_of_two_cells_count_two_and_what_a_terminal_would_obey_is_shown),
	    cmocka_unit_test(a_pipe_is_no_terminal_whatever_COLUMNS_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
