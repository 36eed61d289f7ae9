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

static void calendars_and_contacts_hold_no_mail(void **state)
{
	(void)state;
	assert_true(folder_is_no_mail(SPAN_LIT("\\Calendar")));
	assert_true(folder_is_no_mail(SPAN_LIT("\\Contacts\\Recipient Cache")));
	assert_true(folder_is_no_mail(SPAN_LIT("\\Kalender")));
	assert_false(folder_is_no_mail(SPAN_LIT("\\Inbox\\Calendar")));
	assert_false(folder_is_no_mail(SPAN_LIT("\\Calendar of fairs")));
	assert_false(folder_is_no_mail(SPAN_LIT("Calendar")));
	assert_false(folder_is_no_mail(SPAN_EMPTY));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_folder_in_a_log_is_found_however_the_evidence_writes_it),
	    cmocka_unit_test(calendars_and_contacts_hold_no_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
