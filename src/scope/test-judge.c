/* The rules of the verdict, each on a case of a few messages and records: those of tocsin-scope(1). */
#include "scope/test-world.h"

#include "store/mail.h"

static void without_logs_or_an_actor_nothing_is_known(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "unknown no_logs");
	record(w, BIND("11", "1", EVIL, "<m1@x>"));
	judge(w, NULL);
	assert_verdict(w, "m1@x", "unknown no_actor");
	world_free(w);
}

static void what_a_record_names_was_accessed_and_the_rest_is_proved(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	mail(w, "m2@x", "Inbox", BEFORE);
	mail(w, "M1@x", "Inbox", BEFORE); /* another id: case counts where mail has it */
	record(w, BIND("11", "1", EVIL, " \\t<m1@x> "));
	record(w, BIND("11", "2", GOOD, "<m2@x>"));
	record(w, BIND("11", "3", EVIL, "<gone@x>"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "accessed named");
	assert_verdict(w, "m2@x", "not_accessed covered");
	assert_verdict(w, "M1@x", "not_accessed covered");
	assert_verdict(w, "gone@x", "accessed named");
	world_free(w);
}

static void a_record_that_lacks_what_is_asked_for_may_be_the_intruders(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	record(w, BIND("11", "1", "", "<m1@x>"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "unknown may_be_actor");
	/* Somebody who is certainly not the intruder settles it. */
	judge(w, ACTOR VOUCHED "others:\n  - user: ada@us.example\n");
	assert_verdict(w, "m1@x", "not_accessed covered");
	world_free(w);
}

/* Whoever made it, it reached no other folder. */
static void a_folder_that_may_be_the_intruders_is_that_folder(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "in@x", "Inbox", BEFORE);
	mail(w, "sent@x", "Sent Items", BEFORE);
	record(w, SYNC("11", "1", "", "Sent Items"));
	judge(w, ACTOR VOUCHED UNMOVED);
	assert_verdict(w, "sent@x", "unknown may_be_actor");
	assert_verdict(w, "in@x", "not_accessed covered");
	judge(w, ACTOR VOUCHED); /* it may have lain there */
	assert_verdict(w, "in@x", "unknown elsewhere");
	world_free(w);
}

static void nothing_is_proved_where_nobody_vouches_or_a_day_is_missing(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	record(w, BIND("11", "1", GOOD, "<other@x>"));
	judge(w, ACTOR);
	assert_verdict(w, "m1@x", "unknown not_declared");
	judge(w, ACTOR "coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-13, ground: test}\n");
	assert_verdict(w, "m1@x", "unknown gap"); /* 10 and 12 June have no record */
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "not_accessed covered");
	judge(w, "actors:\n  - {name: x, session_id: evil}\n" VOUCHED);
	assert_verdict(w, "m1@x", "unknown no_window");
	record(w, HEAD("11", "9", "Set-Mailbox", "1") GOOD "\"Parameters\":[{\"Name\":\"AuditEnabled\",\"Value\":\"False\"}]}");
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "unknown audit_changed");
	world_free(w);
}

#define SET(day, id, name, value) HEAD(day, id, "Set-Mailbox", "1") GOOD "\"Parameters\":[{\"Name\":\"" name "\",\"Value\":\"" value "\"}]}"

static enum errc see(void *ctx, const struct record_told *r, struct err *e)
{
	(void)e;
	(void)snprintf(ctx, 16, "%.*s", (int)r->record_id.n, (const char *)r->record_id.p);
	return OK;
}

/* Turned on, or changed once the intruder was gone, it hides nothing. */
static void a_change_of_auditing_counts_where_it_may_hide_something(void **state)
{
	struct world *w = world_new();
	char named[16] = "";

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	record(w, BIND("11", "1", GOOD, "<other@x>"));
	record_with(w, SET("11", "2", "AuditEnabled", "True"), "{\"audit_on\":true}"); /* as the worker says it */
	record(w, SET("20", "3", "AuditEnabled", "False"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "not_accessed covered");
	record(w, SET("12", "4", "AuditOwner", "Update"));
	record(w, SET("05", "5", "AuditEnabled", "False"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "unknown audit_changed");
	assert_ok(records_of_message(w->st, SPAN_LIT("m1@x"), see, named, &e));
	assert_string_equal(named, "5");
	world_free(w);
}

static void mail_without_a_folder_may_have_lain_in_the_one_that_was_synchronised(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "loose@x", "", BEFORE);
	mail(w, "moved@x", "", BEFORE);
	mail(w, "in@x", "Inbox", BEFORE);
	record(w, SYNC("11", "1", EVIL, "Inbox"));
	record(w, BIND("12", "2", GOOD, "<moved@x>"));
	judge(w, ACTOR VOUCHED UNMOVED);
	assert_verdict(w, "loose@x", "presumed not_narrowed");
	assert_verdict(w, "moved@x", "presumed folder_sync"); /* somebody read it there */
	assert_verdict(w, "in@x", "presumed folder_sync");
	world_free(w);
}

static void a_date_alone_ends_with_its_day(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "last@x", "Inbox", JUNE(12) + 36000, JUNE(12) + 36000);
	record(w, BIND("11", "1", GOOD, "<other@x>"));
	w->config.contained_by_utc = JUNE(12) + 86399;
	judge(w, "actors:\n  - {name: x, ip: 192.0.2.9}\n");
	assert_verdict(w, "last@x", "unknown not_declared"); /* he may have been in on that day */
	judge(w, "actors:\n  - {name: x, ip: 192.0.2.9}\nwindow: {to: 2025-06-12}\n");
	assert_verdict(w, "last@x", "unknown not_declared");
	world_free(w);
}

static void records_that_could_not_be_read_prove_nothing_until_looked_at(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	record(w, BIND("11", "1", GOOD, "<other@x>"));
	assert_ok(log_failure_add(w->st, 1, 5, 5, 0, SPAN_LIT("cut"), &e));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "unknown unreadable_records");
	judge(w, ACTOR VOUCHED "accept_unreadable: true\n");
	assert_verdict(w, "m1@x", "not_accessed covered");
	world_free(w);
}

static void a_sync_reaches_its_folder_and_perhaps_others(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "in@x", "Inbox", BEFORE);
	mail(w, "elsewhere@x", "Archive", BEFORE);
	mail(w, "later@x", "Inbox", JUNE(20), JUNE(20));
	record(w, SYNC("11", "1", EVIL, "Inbox"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "in@x", "presumed folder_sync");
	assert_verdict(w, "elsewhere@x", "unknown elsewhere");
	assert_verdict(w, "later@x", "not_accessed arrived_after");
	judge(w, ACTOR VOUCHED UNMOVED);
	assert_verdict(w, "elsewhere@x", "not_accessed covered");
	world_free(w);
}

/* RecordType 2 has no Folders, and a path "Not Available"; the id names the folder where another record has its path. */
static void a_sync_of_record_type_2_is_resolved_by_id_then_by_name(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "in@x", "Deleted Items/\xc3\x89l\xc3\xa9ments supprim\xc3\xa9s", BEFORE);
	mail(w, "kunden@x", "Inbox/Kunden", BEFORE);
	mail(w, "other@x", "Archive", BEFORE);
	record(w, HEAD("11", "1", "MailItemsAccessed", "2") EVIL ACCESS("Sync")
	    "\"Item\":{\"Id\":\"Unknown\",\"ParentFolder\":{\"Id\":\"F9\",\"Name\":\"\xc3\x89l\xc3\xa9ments supprim\xc3\xa9s\",\"Path\":\"Not Available\"}}}");
	record(w, HEAD("11", "2", "MailItemsAccessed", "2") EVIL ACCESS("Sync")
	    "\"Item\":{\"ParentFolder\":{\"Id\":\"F-Inbox\\\\Kunden\",\"Name\":\"Unknown\",\"Path\":\"Not Available\"}}}");
	record(w, HEAD("11", "3", "MailItemsAccessed", "50") GOOD ACCESS("Bind") "\"OperationCount\":1,"
	    "\"Folders\":[{\"Id\":\"F-Inbox\\\\Kunden\",\"Path\":\"\\\\Inbox\\\\Kunden\",\"FolderItems\":[" ITEM("<a@x>") "]}]}");
	judge(w, ACTOR VOUCHED UNMOVED);
	assert_verdict(w, "in@x", "presumed folder_sync");
	assert_verdict(w, "kunden@x", "presumed folder_sync");
	assert_verdict(w, "other@x", "not_accessed covered");
	world_free(w);
}

static void a_folder_that_no_evidence_has_reaches_the_whole_mailbox(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	record(w, SYNC("11", "1", EVIL, "Nowhere"));
	judge(w, ACTOR VOUCHED UNMOVED);
	assert_verdict(w, "m1@x", "presumed not_narrowed");
	world_free(w);
}

/* So many that the table of folders grows; one in another mailbox is another folder. */
static void of_many_folders_in_two_mailboxes_one_is_reached(void **state)
{
	struct world *w = world_new();
	int64_t ada = w->mailbox, bob;
	char id[32], folder[32];

	(void)state;
	assert_ok(store_mailbox_put(w->st, "bob", "bob@us.example", OWNER_GIVEN, "given", &bob, &e));
	for (int i = 0; i < 150; i++) {
		(void)snprintf(folder, sizeof folder, "Clients/C%d", i);
		(void)snprintf(id, sizeof id, "b%d@x", i);
		w->mailbox = bob;
		mail(w, id, folder, BEFORE);
		if (i == 140)
			continue;
		w->mailbox = ada;
		*id = 'a';
		mail(w, id, folder, BEFORE);
	}
	w->mailbox = ada;
	mail(w, "again@x", "Clients/C7", BEFORE);
	record(w, SYNC("11", "1", EVIL, "Clients\\C7"));
	judge(w, ACTOR VOUCHED UNMOVED);
	assert_verdict(w, "a7@x", "presumed folder_sync");
	assert_verdict(w, "again@x", "presumed folder_sync");
	assert_verdict(w, "a149@x", "not_accessed covered");
	assert_verdict(w, "b7@x", "not_accessed covered");
	/* What only the other mailbox has is not what the record means. */
	record(w, SYNC("11", "2", EVIL, "Clients\\C140"));
	judge(w, ACTOR VOUCHED UNMOVED);
	assert_verdict(w, "a149@x", "presumed not_narrowed");
	assert_verdict(w, "b140@x", "not_accessed covered");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_logs_or_an_actor_nothing_is_known),
	    cmocka_unit_test(what_a_record_names_was_accessed_and_the_rest_is_proved),
	    cmocka_unit_test(a_record_that_lacks_what_is_asked_for_may_be_the_intruders),
	    cmocka_unit_test(a_folder_that_may_be_the_intruders_is_that_folder),
	    cmocka_unit_test(nothing_is_proved_where_nobody_vouches_or_a_day_is_missing),
	    cmocka_unit_test(a_change_of_auditing_counts_where_it_may_hide_something),
	    cmocka_unit_test(mail_without_a_folder_may_have_lain_in_the_one_that_was_synchronised),
	    cmocka_unit_test(a_date_alone_ends_with_its_day),
	    cmocka_unit_test(records_that_could_not_be_read_prove_nothing_until_looked_at),
	    cmocka_unit_test(a_sync_reaches_its_folder_and_perhaps_others),
	    cmocka_unit_test(a_sync_of_record_type_2_is_resolved_by_id_then_by_name),
	    cmocka_unit_test(a_folder_that_no_evidence_has_reaches_the_whole_mailbox),
	    cmocka_unit_test(of_many_folders_in_two_mailboxes_one_is_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
