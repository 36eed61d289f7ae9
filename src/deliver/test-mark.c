/* The mark in a return path: only who has the case key can make one, and each is for one recipient. */
#include <stdio.h>

#include "base/test.h"
#include "deliver/private.h"

static const span key = {(const unsigned char *)"a key of thirty-two bytes, or so", 32};

static void a_mark_holds_for_its_notice_and_recipient_alone(void **state)
{
	char mark[MARK_SIZE], upper[MARK_SIZE];

	(void)state;
	mark_make(key, "TN-7Q4K-2M9D", "Ann@bank.example", mark);
	assert_int_equal(strlen(mark), MARK_SIZE - 1);
	for (size_t i = 0; i < MARK_SIZE; i++)
		upper[i] = mark[i] >= 'a' && mark[i] <= 'z' ? (char)(mark[i] - 32) : mark[i];
	assert_true(mark_ok(key, span_str(mark), "TN-7Q4K-2M9D", "ann@bank.example"));
	assert_true(mark_ok(key, span_str(upper), "TN-7Q4K-2M9D", "ann@bank.example"));
	assert_false(mark_ok(key, span_str(mark), "TN-7Q4K-2M9D", "bob@bank.example"));
	assert_false(mark_ok(key, span_str(mark), "TN-7Q4K-2M9E", "ann@bank.example"));
	assert_false(mark_ok(SPAN_LIT("another key of thirty-two bytes!"), span_str(mark), "TN-7Q4K-2M9D", "ann@bank.example"));
	for (size_t i = MARK_ID + 1; i < MARK_SIZE - 1; i++) {
		mark[i] = mark[i] == '7' ? '8' : '7';
		assert_false(mark_ok(key, span_str(mark), "TN-7Q4K-2M9D", "ann@bank.example"));
		mark_make(key, "TN-7Q4K-2M9D", "ann@bank.example", mark);
	}
}

static void marks_are_found_in_what_comes_back(void **state)
{
	char mark[MARK_SIZE], text[200], number[MARK_ID + 1];
	size_t at = 0;
	span found;

	(void)state;
	mark_make(key, "TN-7Q4K-2M9D", "ann@bank.example", mark);
	(void)snprintf(text, sizeof text, "Final-Recipient: x; TN-7Q4K-2M9D, xtn-7q4k-2m9d.short; <bounces+%s@us.example>", mark);
	assert_true(mark_find(span_str(text), &at, &found));
	assert_true(span_eq(found, span_str(mark)));
	assert_false(mark_find(span_str(text), &at, &found));
	at = 0;
	assert_true(notice_number_find(SPAN_LIT("Re: notice tn-7q4k-2m9d."), &at, &found));
	notice_number_write(found, number);
	assert_string_equal(number, "TN-7Q4K-2M9D");
	at = 0;
	assert_false(notice_number_find(SPAN_LIT("TN-7Q4K-2M9DX TN-7Q4K2M9D TN-ILOU-0000"), &at, &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mark_holds_for_its_notice_and_recipient_alone),
	    cmocka_unit_test(marks_are_found_in_what_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
