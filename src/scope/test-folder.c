#include "base/test.h"

#include "scope/private.h"

static bool is_same(const char *path, const char *evidence) { return folder_same(span_str(path), SPAN_EMPTY, span_str(evidence)); }

static void a_folder_in_a_log_is_found_however_the_evidence_writes_it(void **state)
{
	(void)state;
	assert_true(is_same("\\Deleted Items\\\xc3\x89l\xc3\xa9ments supprim\xc3\xa9s", ".&AMk-l&AOk-ments supprim&AOk-s"));
	assert_true(is_same("\\Deleted Items", "Gel&APY-schte Elemente"));
	assert_true(is_same("\\Inbox\\Kunden", "Inbox/Kunden.mbox"));
	assert_true(is_same("\\Inbox\\Kunden", ".INBOX.Kunden"));
	assert_true(is_same("\\Inbox\\Br\xc3\xbc""cke", "Inbox/Bru\xcc\x88""cke"));
	assert_false(is_same("\\Inbox\\Kunden", "Inbox"));
	assert_false(is_same("\\Sent Items", "Drafts"));
	assert_false(is_same("\\Inbox\\Offers", "Inbox/Orders"));
	assert_false(is_same("", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_folder_in_a_log_is_found_however_the_evidence_writes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
