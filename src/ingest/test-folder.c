#include "base/test.h"

#include "case/names.h"
#include "ingest/folder.h"
#include "mail/summary.h"

static void check(const char *path, const char *base, const char *root, const char *folder)
{
	struct mailbox_path box;

	assert_true(mailbox_of_path(span_str(path), span_str(base), &box));
	assert_span(box.root, root);
	assert_span(box.folder, folder);
}

static void a_path_says_whose_mailbox_and_which_folder(void **state)
{
	struct mailbox_path box;

	(void)state;
	check("/e/allen/_sent_mail/1.", "/e", "/e/allen", "_sent_mail");
	check("/e/allen/inbox/old/1.", "/e", "/e/allen", "inbox/old");
	check("/e/jo/cur/1:2,S", "/e", "/e/jo", "INBOX");
	check("/e/jo/.Sent.2024/new/1", "/e", "/e/jo", "Sent.2024");
	check("/e/jo/mailboxes/Work/2024/dbox-Mails/u.7", "/e", "/e/jo", "Work/2024");
	check("/e/jo/Inbox.mbox", "/e", "/e/jo", "Inbox.mbox");
	check("/e/jo/Inbox/3.eml", "/e/jo/Inbox", "/e/jo", "Inbox");
	assert_false(mailbox_of_path(SPAN_LIT("/e/papers/1.txt"), SPAN_LIT("/e"), &box));
}

static void folders_are_known_in_many_languages_and_spellings(void **state)
{
	(void)state;
	assert_int_equal(folder_kind(SPAN_LIT("Sent Items")), FOLDER_SENT);
	assert_int_equal(folder_kind(SPAN_LIT("_sent_mail")), FOLDER_SENT);
	assert_int_equal(folder_kind(SPAN_LIT("Gesendete Elemente")), FOLDER_SENT);
	assert_int_equal(folder_kind(SPAN_LIT("Junk E-mail.mbox")), FOLDER_JUNK);
	assert_int_equal(folder_kind(SPAN_LIT("Papelera")), FOLDER_TRASH);
	assert_int_equal(folder_kind(SPAN_LIT("presents")), FOLDER_OTHER);
	/* With capital and with decomposed accents, in modified UTF-7, in scripts without capitals. */
	assert_int_equal(folder_kind(SPAN_LIT("\xc3\x89l\xc3\xa9ments envoy\xc3\xa9s")), FOLDER_SENT);
	assert_int_equal(folder_kind(SPAN_LIT("E\xcc\x81le\xcc\x81ments envoye\xcc\x81s")), FOLDER_SENT);
	assert_int_equal(folder_kind(SPAN_LIT(".Gel&APY-schte Elemente")), FOLDER_TRASH);
	assert_int_equal(folder_kind(SPAN_LIT("&g0l6Pw-")), FOLDER_DRAFTS);
	assert_int_equal(folder_kind(SPAN_LIT("Prullenbak.mbox.gz")), FOLDER_TRASH);
	assert_int_equal(folder_path_kind(SPAN_LIT(".Archive.Sent")), FOLDER_SENT);
	assert_int_equal(folder_path_kind(SPAN_LIT("Inbox/Junk/old")), FOLDER_JUNK);
	assert_span(folder_of_file(SPAN_LIT("/e/jo-Sent.mbox")), "Sent");
	assert_span(folder_of_file(SPAN_LIT("/e/essent.mbox")), "");
}

static void plain_is(const char *name, const char *plain)
{
	unsigned char out[FOLDER_NAME_SIZE];

	assert_span(folder_plain(span_str(name), out), plain);
}

static void modified_utf_7_is_undone_only_where_it_is_some(void **state)
{
	unsigned char long_name[2 * FOLDER_NAME_SIZE], out[FOLDER_NAME_SIZE];

	(void)state;
	plain_is("R&D-Berichte", "r&d berichte");
	plain_is("Q&-A", "q&a");
	plain_is("&", "&");
	plain_is("a&AOk", "a&aok");
	plain_is("&2Dzf+Q-", "\xf0\x9f\x8f\xb9");
	plain_is("&2Dw-", "&2dw ");
	memset(long_name, 0xc3, sizeof long_name);
	assert_true(folder_plain(span_of(long_name, sizeof long_name), out).n <= sizeof out);
}

static void the_names_of_folders_are_in_order(void **state)
{
	static const char *const some[] = {"archief", "arquivo", "sent", "wyslane", "\xd1\x81\xd0\xbf\xd0\xb0\xd0\xbc", "\xec\x8a\xa4\xed\x8c\xb8"};

	(void)state;
	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		assert_int_not_equal(folder_plain_kind(span_str(some[i])), FOLDER_OTHER);
}

static void files_of_other_programs_are_known_by_their_names(void **state)
{
	(void)state;
	assert_true(named_as_olk(SPAN_LIT("Data/Message Sources/0/1A2B.olk15MsgSource")));
	assert_true(named_as_olk(SPAN_LIT("x.olk14Message")));
	assert_false(named_as_olk(SPAN_LIT("olk15Message")));
	assert_false(named_as_olk(SPAN_LIT("x.olk15/message")));
	assert_true(named_as_apart(SPAN_LIT("INBOX.mbox/Data/Attachments/2071/1.2/hosts.csv")));
	assert_true(named_as_apart(SPAN_LIT("INBOX.mbox/Messages/2071.2.emlxpart")));
	assert_false(named_as_apart(SPAN_LIT("Attachments/2071/hosts.csv")));
	assert_false(named_as_apart(SPAN_LIT("Files/2071/2/hosts.csv")));
}

static void roles_and_traits_have_the_same_numbers_on_paper_and_in_the_case(void **state)
{
	(void)state;
	assert_int_equal(ROLE_FROM, PARTY_FROM);
	assert_int_equal(ROLE_CC, PARTY_CC);
	assert_int_equal(ROLE_LIST, PARTY_LIST);
	assert_int_equal(ROLE_DELIVERED_TO, PARTY_DELIVERED_TO);
	assert_int_equal(ROLE_ORIGINAL_FROM, PARTY_ORIGINAL_FROM);
	assert_int_equal(SUMMARY_BULK, TRAIT_BULK);
	assert_int_equal(SUMMARY_LIST, TRAIT_LIST);
	assert_int_equal(SUMMARY_AUTOMATIC, TRAIT_AUTOMATIC);
	assert_int_equal(SUMMARY_JUNK, TRAIT_JUNK);
	assert_int_equal(SUMMARY_TWO_IDS, TRAIT_TWO_IDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_says_whose_mailbox_and_which_folder),
	    cmocka_unit_test(folders_are_known_in_many_languages_and_spellings),
	    cmocka_unit_test(modified_utf_7_is_undone_only_where_it_is_some),
	    cmocka_unit_test(the_names_of_folders_are_in_order),
	    cmocka_unit_test(files_of_other_programs_are_known_by_their_names),
	    cmocka_unit_test(roles_and_traits_have_the_same_numbers_on_paper_and_in_the_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
