#include "base/test.h"

#include "scope/private.h"

static enum folder_fit fits(const char *path, const char *evidence) { return folder_fits(span_str(path), SPAN_EMPTY, span_str(evidence)); }
static bool is_of(const char *folder, const char *member) { return span_eq(folder_of_member(span_str(member)), span_str(folder)); }
static bool is_same(const char *path, const char *evidence) { return fits(path, evidence) >= FOLDER_SHORT; }

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

static void the_whole_path_is_compared(void **state)
{
	(void)state;
	assert_int_equal(fits("\\Clients\\Acme", "Clients/Acme"), FOLDER_WHOLE);
	assert_int_equal(fits("\\Clients\\Acme", "Clients.sbd/Acme.mbox"), FOLDER_WHOLE);
	assert_int_equal(fits("\\Clients\\Acme", ".Clients.Acme"), FOLDER_WHOLE);
	assert_int_equal(fits("\\Clients\\Acme", "Clients.Acme"), FOLDER_WHOLE);
	assert_int_equal(fits("\\Clients\\Acme", "Top of Outlook data file/Clients/Acme"), FOLDER_WITHIN);
	assert_int_equal(fits("\\Clients\\Acme", "Acme"), FOLDER_SHORT);
	assert_int_equal(fits("\\Clients\\Acme", "Partners/Acme"), FOLDER_LEAF);
	assert_int_equal(fits("\\Acme", "Clients/Acme"), FOLDER_WITHIN);
	assert_int_equal(fits("\\Acme", "Acme/Clients"), FOLDER_NONE);
	assert_int_equal(fits("\\Inbox", "Top of Outlook data file/Posteingang"), FOLDER_WHOLE);
	assert_int_equal(fits("\\Inbox\\Kunden", "Oberste Ebene/Posteingang/Kunden"), FOLDER_WHOLE);
	assert_int_equal(folder_fits(SPAN_EMPTY, SPAN_LIT("Acme"), SPAN_LIT("Clients/Acme")), FOLDER_WITHIN);
}

static void what_lies_in_an_archive_is_in_the_folder_above_its_file(void **state)
{
	(void)state;
	assert_true(is_of("Inbox", "Inbox/12.eml"));
	assert_true(is_of("Clients/Acme", "Clients/Acme/a letter.MSG"));
	assert_true(is_of("Clients/Acme.mbox", "Clients/Acme.mbox"));
	assert_true(is_of("", "12.eml"));
	assert_true(is_of("ada/Maildir/.Clients.Acme", "ada/Maildir/.Clients.Acme/cur/1748851200.host:2,S"));
	assert_true(is_of("INBOX", "ada/Maildir/new/1748851200.host"));
	assert_true(is_of("INBOX", "cur/1748851200.host:2,S"));
	assert_true(is_of("Sent", "Sent/cur/1748851200.host:2,S"));
	assert_int_equal(fits("\\Clients\\Acme", "ada/Maildir/.Clients.Acme"), FOLDER_WITHIN);
	assert_int_equal(fits("\\Inbox", "Inbox/12"), FOLDER_WHOLE);
	assert_int_equal(fits("\\Archive\\2024", "Archive/2024"), FOLDER_WHOLE);
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
	    cmocka_unit_test(the_whole_path_is_compared),
	    cmocka_unit_test(what_lies_in_an_archive_is_in_the_folder_above_its_file),
	    cmocka_unit_test(calendars_and_contacts_hold_no_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
