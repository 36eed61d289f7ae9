/* Where the rules of the verdict would say too much: what logs leave out or say twice, and dates that anybody can write. */
#include "scope/test-world.h"

#include "store/mail.h"

static void for_24_hours_after_a_throttle_nothing_is_proved(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "there@x", "Inbox", BEFORE);
	mail(w, "within@x", "Inbox", JUNE(11) + 20 * 3600, JUNE(11) + 20 * 3600);
	mail(w, "behind@x", "Inbox", JUNE(12) + 11 * 3600 + 1, JUNE(12) + 11 * 3600 + 1);
	/* Whoever was throttled: no record of anybody is written then. */
	record(w, HEAD("11", "1", "MailItemsAccessed", "50") GOOD "\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"},"
	    "{\"Name\":\"IsThrottled\",\"Value\":\"True\"}],\"OperationCount\":1," ITEMS("Inbox", ITEM("<a@x>")) "}");
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "there@x", "presumed throttled");
	assert_verdict(w, "within@x", "presumed throttled");
	assert_verdict(w, "behind@x", "not_accessed covered");
	/* Before the intruder came it does not matter. */
	judge(w, "actors:\n  - {name: x, session_id: evil}\nwindow: {from: 2025-06-12T11:00:00Z, to: 2025-06-12T12:00:00Z}\n" VOUCHED);
	assert_verdict(w, "there@x", "not_accessed covered");
	world_free(w);
}

static void a_later_record_of_somebody_else_does_not_end_what_was_reached(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	/* The intruder, and a day later somebody else: whose record is the last says nothing of the intruder. */
	record(w, BIND("11", "1", EVIL, "<m1@x>"));
	record(w, BIND("12", "2", GOOD, "<m1@x>"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "accessed named");
	world_free(w);
}

static void a_bind_that_does_not_name_all_reaches_the_whole_mailbox(void **state)
{
	static const char *const records[] = {
	    HEAD("11", "1", "MailItemsAccessed", "50") EVIL ACCESS("Bind") "\"OperationCount\":3,\"Folders\":[]}",
	    HEAD("11", "2", "MailItemsAccessed", "50") EVIL ACCESS("Bind") "\"OperationCount\":2," ITEMS("Inbox", ITEM("<m1@x>")) "}",
	    HEAD("11", "3", "MailItemsAccessed", "50") EVIL ACCESS("Bind") "\"OperationCount\":2," ITEMS("Inbox", ITEM("<m1@x>") "," ITEM("")) "}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		struct world *w = world_new();

		mail(w, "m1@x", "Inbox", BEFORE);
		mail(w, "m2@x", "Archive", BEFORE);
		mail(w, "later@x", "Inbox", JUNE(20), JUNE(20));
		record(w, records[i]);
		judge(w, ACTOR VOUCHED);
		assert_verdict(w, "m1@x", i == 0 ? "presumed not_narrowed" : "accessed named");
		assert_verdict(w, "m2@x", "presumed not_narrowed");
		assert_verdict(w, "later@x", "not_accessed arrived_after");
		world_free(w);
	}
}

static void one_bind_can_name_several_folders(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	mail(w, "m2@x", "Archive", BEFORE);
	record(w, HEAD("11", "1", "MailItemsAccessed", "50") EVIL ACCESS("Bind") "\"OperationCount\":2,\"Folders\":["
	    "{\"Path\":\"\\\\Inbox\",\"FolderItems\":[" ITEM("<m1@x>") "]},{\"Path\":\"\\\\Archive\",\"FolderItems\":[" ITEM("m2@x") "]}]}");
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "accessed named");
	assert_verdict(w, "m2@x", "accessed named");
	world_free(w);
}

static void the_same_id_counts_once(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	for (int i = 0; i < 3; i++)
		record(w, BIND("11", "1", EVIL, "<m1@x>"));
	judge(w, ACTOR VOUCHED);
	{
		struct scope_tally t = {0};
		struct actor_file *f = arena_zero(w->a, 1, sizeof *f);
		struct judge *j;

		assert_ok(actor_read(w->a, SPAN_LIT(ACTOR VOUCHED), "a", f, &e));
		assert_ok(judge_new(&j, w->st, &w->config, f, &e));
		assert_ok(judge_write(j, &t, &e));
		assert_int_equal(t.events, 1);
		assert_int_equal(t.of_actor, 1);
		judge_free(j);
	}
	world_free(w);
}

static void mail_without_an_id_is_not_proved_where_mail_was_opened(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	mail(w, "", "Inbox", BEFORE);
	record(w, BIND("11", "1", EVIL, "<m1@x>"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "", "unknown no_message_id");
	world_free(w);
}

/* ---- dates ---- */

static void a_date_that_anybody_can_write_proves_nothing(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "ahead@x", "Inbox", JUNE(30), JUNE(2));   /* dated ahead; our server says when it came */
	mail(w, "unstamped@x", "Inbox", JUNE(30), 0);
	mail(w, "undated@x", "Inbox", TIME_NONE, 0);
	mail(w, "future@x", "Inbox", JUNE(400), 0);
	mail(w, "honest@x", "Inbox", JUNE(30), JUNE(30));
	record(w, SYNC("11", "1", EVIL, "Inbox"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "ahead@x", "presumed folder_sync");
	assert_verdict(w, "unstamped@x", "unknown date_only");
	assert_verdict(w, "undated@x", "presumed folder_sync");
	assert_verdict(w, "future@x", "presumed folder_sync");
	assert_verdict(w, "honest@x", "not_accessed arrived_after");
	world_free(w);
}

static enum errc keep_confidence(void *ctx, const struct verdict_told *v, struct err *e)
{
	(void)e;
	*(enum certainty *)ctx = v->confidence;
	return OK;
}

static enum certainty confidence_of(struct world *w, const char *id)
{
	enum certainty c = CERTAINTY_LOW;
	uint64_t n;

	assert_ok(verdicts_of(w->st, span_str(id), keep_confidence, &c, &n, &e));
	return c;
}

static void a_forwarding_rule_reaches_what_came_since(void **state)
{
	static const char made[] = HEAD("11", "1", "New-InboxRule", "1") EVIL "\"ObjectId\":\"ada@us.example\\\\r\",\"Parameters\":["
	    "{\"Name\":\"Name\",\"Value\":\"r\"},{\"Name\":\"ForwardTo\",\"Value\":\"smtp:drop@evil.test\"}]}";
	static const char detail[] = "{\"rule\":{\"name\":\"r\",\"removed\":false,\"conditions\":{%s}},\"targets\":[\"drop@evil.test\"]}";
	struct world *w = world_new();
	char text[300];

	(void)state;
	mail(w, "since@x", "Inbox", JUNE(12), JUNE(12));
	mail(w, "before@x", "Inbox", BEFORE);
	mail(w, "behind@x", "Inbox", JUNE(1) - 100 * DAY, JUNE(12)); /* dated behind, came since */
	mail(w, "old@x", "Inbox", JUNE(1) - 100 * DAY, 0);           /* only its Date says that it came before */
	mail(w, "waited@x", "Inbox", JUNE(8), JUNE(8));              /* stamped by one server of ours, it may have waited for another */
	mail(w, "sent@x", "Sent Items", JUNE(12), 0);                /* that a copy of it came is not known */
	(void)snprintf(text, sizeof text, detail, "");
	record_with(w, made, text);
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "since@x", "presumed forwarded");
	assert_verdict(w, "behind@x", "presumed forwarded");
	assert_verdict(w, "before@x", "not_accessed covered");
	assert_verdict(w, "old@x", "unknown date_only");
	assert_verdict(w, "waited@x", "presumed forwarded");
	assert_int_equal(confidence_of(w, "since@x"), CERTAINTY_HIGH);
	assert_int_equal(confidence_of(w, "waited@x"), CERTAINTY_LOW);
	assert_verdict(w, "sent@x", "unknown not_narrowed");
	world_free(w);
	w = world_new();
	mail(w, "since@x", "Inbox", JUNE(12), JUNE(12));
	(void)snprintf(text, sizeof text, detail, "\"SubjectContainsWords\":\"payment;salary\"");
	record_with(w, made, text);
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "since@x", "not_accessed covered"); /* "invoice 7" */
	world_free(w);
}

#define RULE(day, id, operation) HEAD(day, id, operation, "1") EVIL "\"ObjectId\":\"t1\",\"Parameters\":[{\"Name\":\"Name\",\"Value\":\"t1\"}]}"
#define DETAIL(name, fate) "{\"rule\":{\"name\":\"" name "\"," fate ",\"conditions\":{}}"
#define TO_EVIL ",\"targets\":[\"drop@evil.test\"]}"

/* Every mail is from x@them.example, which the actor file can call ada's. */
static void a_condition_on_the_sender_excludes_only_what_it_can(void **state)
{
	static const struct { const char *conditions, *want, *want_of_alias; } rules[] = {
		{"\"FromAddressContainsWords\":\"acme.example\"", "not_accessed covered", "not_accessed covered"},
		{"\"FromAddressContainsWords\":\"acme.example\",\"SenderAddressLocation\":\"Header\"", "not_accessed covered", "not_accessed covered"},
		{"\"FromAddressContainsWords\":\"acme.example\",\"SenderAddressLocation\":\"Envelope\"", "presumed forwarded", "presumed forwarded"},
		{"\"From\":\"kim@acme.example\",\"SenderAddressLocation\":\"HeaderOrEnvelope\"", "presumed forwarded", "presumed forwarded"},
		{"\"From\":\"kim@acme.example\"", "not_accessed covered", "not_accessed covered"},
		{"\"From\":\"kim@acme.example;ada@us.example\"", "not_accessed covered", "presumed forwarded"},
		{"\"From\":\"x@them.example\"", "presumed forwarded", "presumed forwarded"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct world *w = world_new();

		mail(w, "since@x", "Inbox", JUNE(12), JUNE(12));
		record_with(w, RULE("11", "1", "New-TransportRule"),
		    arena_printf(w->a, "{\"rule\":{\"name\":\"t1\",\"removed\":false,\"conditions\":{%s}}" TO_EVIL, rules[i].conditions));
		judge(w, ACTOR VOUCHED);
		assert_verdict(w, "since@x", rules[i].want);
		judge(w, ACTOR VOUCHED "aliases:\n  - {mailbox: ada@us.example, also: x@them.example}\n");
		assert_verdict(w, "since@x", rules[i].want_of_alias);
		world_free(w);
	}
}

static void a_rule_that_is_made_disabled_counts_once_it_is_enabled(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "asleep@x", "Inbox", JUNE(5), JUNE(5));
	mail(w, "awake@x", "Inbox", JUNE(13), JUNE(13));
	record_with(w, RULE("10", "1", "New-TransportRule"), DETAIL("t1", "\"removed\":true") TO_EVIL);
	judge(w, ACTOR "coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-20, quiet_days: true, ground: test}\n");
	assert_verdict(w, "awake@x", "not_accessed arrived_after");
	record_with(w, RULE("12", "2", "Enable-TransportRule"), DETAIL("t1", "\"removed\":false") "}");
	judge(w, ACTOR "coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-20, quiet_days: true, ground: test}\n");
	assert_verdict(w, "asleep@x", "not_accessed covered");
	assert_verdict(w, "awake@x", "presumed forwarded");
	world_free(w);
}

static void a_rule_with_another_name_is_not_ended_by_its_old_one(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "since@x", "Inbox", JUNE(13), JUNE(13));
	record_with(w, RULE("10", "1", "New-InboxRule"), DETAIL("t1", "\"removed\":false") TO_EVIL);
	record_with(w, RULE("12", "3", "Remove-InboxRule"), DETAIL("t1", "\"removed\":true") "}");
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "since@x", "not_accessed arrived_after");
	record_with(w, RULE("11", "2", "Set-InboxRule"), DETAIL("zz", "\"removed\":false,\"changed\":true,\"renamed\":true") "}");
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "since@x", "presumed forwarded");
	world_free(w);
}

static void what_is_done_with_a_search_is_of_the_mailboxes_that_it_was_made_for(void **state)
{
#define SEARCHED(id, operation) HEAD("11", id, operation, "24") EVIL "\"Workload\":\"SecurityComplianceCenter\""
	static const struct { const char *of, *made, *changed, *exported, *want, *also; } cases[] = {
	    {"bob@us.example", "{\"search\":\"s1\",\"search_made\":true}", NULL, "{\"search\":\"S1_Export\"}", "not_accessed covered"},
	    {"bob@us.example", "{\"search\":\"s1\",\"search_made\":true}", NULL, "{\"search\":\"s1\"}", "not_accessed covered"},
	    {"bob@us.example;ada@us.example", "{\"search\":\"s1\",\"search_made\":true}", NULL, "{\"search\":\"s1\"}", "presumed exported"},
	    {"bob@us.example", "{\"search\":\"s1\",\"search_made\":true}", NULL, "{\"search\":\"s2\"}", "presumed exported"},
	    {"bob@us.example", "{\"search\":\"s1\"}", NULL, "{\"search\":\"s1\"}", "presumed exported"}, /* it was made where no log is */
	    {"bob@us.example", "{\"search\":\"s1\",\"search_made\":true}", "{\"search\":\"s1\",\"search_anywhere\":true}", "{\"search\":\"s1\"}",
	     "presumed exported"},
	    {"nada@us.example", "{\"search\":\"s1\",\"search_made\":true}", "{\"search\":\"s1\"}", "{\"search\":\"s1\"}", "presumed exported", "ada@us.example"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *also = cases[i].also;
		struct world *w = world_new();
		int64_t bob;

		assert_ok(store_mailbox_put(w->st, "bob", "bob@us.example", OWNER_GIVEN, "given", &bob, &e));
		mail(w, "m1@x", "Inbox", BEFORE);
		record_with(w, SEARCHED("1", "SearchExported") "}", cases[i].exported);
		record_with(w, arena_printf(w->a, SEARCHED("2", "SearchCreated") ",\"ExchangeLocations\":\"%s\"}", cases[i].of), cases[i].made);
		if (cases[i].changed != NULL)
			record_with(w, also == NULL ? SEARCHED("3", "SearchUpdated") "}"
			    : arena_printf(w->a, SEARCHED("3", "SearchUpdated") ",\"ExchangeLocations\":\"%s\"}", also), cases[i].changed);
		judge(w, ACTOR VOUCHED);
		assert_verdict(w, "m1@x", cases[i].want);
		world_free(w);
	}
}

static void what_the_intruder_did_to_mail_and_mailboxes_reaches_it(void **state)
{
	static const struct { const char *record, *want; } cases[] = {
	    {HEAD("11", "1", "HardDelete", "3") EVIL "\"AffectedItems\":[" ITEM("<m1@x>") "]}", "accessed destroyed"},
	    {HEAD("11", "1", "Send", "2") EVIL "\"Item\":" ITEM("<m1@x>") "}", "accessed sent"},
	    {HEAD("11", "1", "SearchQueryInitiatedExchange", "2") EVIL "\"SearchQueryText\":\"x\"}", "unknown searched"},
	    {HEAD("11", "1", "Add-MailboxPermission", "1") EVIL "\"ObjectId\":\"ada@us.example\",\"Parameters\":["
	     "{\"Name\":\"Identity\",\"Value\":\"ada@us.example\"},{\"Name\":\"User\",\"Value\":\"eve\"},{\"Name\":\"AccessRights\",\"Value\":\"FullAccess\"}]}",
	     "presumed delegated"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new();

		mail(w, "m1@x", "Inbox", BEFORE);
		record(w, cases[i].record);
		judge(w, ACTOR VOUCHED);
		assert_verdict(w, "m1@x", cases[i].want);
		world_free(w);
	}
}

static void a_mailbox_in_the_intruders_hands_is_presumed(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	mail(w, "later@x", "Inbox", JUNE(12), JUNE(12));
	record(w, BIND("11", "1", GOOD, "<a@x>"));
	judge(w, ACTOR VOUCHED "hands:\n  - {mailbox: ada@us.example, from: 2025-06-10, to: 2025-06-11T00:00:00Z}\n");
	assert_verdict(w, "m1@x", "presumed whole_mailbox");
	assert_verdict(w, "later@x", "not_accessed covered");
	world_free(w);
}

static void gmails_first_openings_prove_nothing(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	record(w, "{\"kind\":\"admin#reports#activity\",\"id\":{\"time\":\"2025-06-11T10:00:00Z\",\"uniqueQualifier\":\"1\",\"applicationName\":\"gmail\"},"
	    "\"actor\":{\"email\":\"ada@us.example\"},\"ipAddress\":\"192.0.2.1\",\"events\":[{\"name\":\"message_open\",\"parameters\":["
	    "{\"name\":\"message_id\",\"value\":\"<a@x>\"}]}]}");
	judge(w, "actors:\n  - {name: x, ip: 203.0.113.1}\nwindow: {from: 2025-06-11, to: 2025-06-11T12:00:00Z}\n"
	    "coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-13, ground: test}\n");
	assert_verdict(w, "m1@x", "unknown gap");
	world_free(w);
}

/* Another mailbox's record says nothing of ours; one that does not say whose may be of any. */
static void records_count_for_their_mailbox(void **state)
{
#define OF(guid) "{" WHEN("11") "\"Id\":\"" guid "\",\"Operation\":\"MailItemsAccessed\",\"RecordType\":50,\"Workload\":\"Exchange\"," \
	"\"MailboxGuid\":\"" guid "\",\"UserId\":\"app\"," EVIL ACCESS("Bind") "\"OperationCount\":1," ITEMS("Inbox", ITEM("<m1@x>")) "}"
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	mail(w, "m2@x", "Inbox", BEFORE);
	record(w, "{" WHEN("11") "\"Id\":\"2\",\"Operation\":\"MailItemsAccessed\",\"RecordType\":50,\"Workload\":\"Exchange\",\"MailboxOwnerUPN\":"
	    "\"bo@us.example\",\"MailboxGuid\":\"22222222-0000-0000-0000-000000000000\",\"UserId\":\"bo@us.example\"," EVIL ACCESS("Bind")
	    "\"OperationCount\":1," ITEMS("Inbox", ITEM("<m2@x>")) "}");
	judge(w, ACTOR VOUCHED);
	/* The same content lies with us: it was reached, in a mailbox that we do not have. */
	assert_verdict(w, "m2@x", "accessed named");
	record(w, OF("22222222-0000-0000-0000-000000000000"));
	judge(w, ACTOR VOUCHED);
	record(w, OF("33333333-0000-0000-0000-000000000000"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "accessed named");
	world_free(w);
}

/* AttachmentAccess, and what was bound without its Message-ID: by the id of the item alone. */
static void an_item_is_the_message_that_another_record_knows_it_as(void **state)
{
#define ID(id) "\"Id\":\"RgAAAA-" id "\""
#define KNOWN(id, message, more) HEAD("02", "k" id, "MailItemsAccessed", "50") GOOD ACCESS("Bind") "\"OperationCount\":1," \
	ITEMS("Inbox", "{" ID(id) more ",\"InternetMessageId\":\"" message "\"}") "}"
#define BARE(operation, items) HEAD("11", "b", operation, "50") EVIL ACCESS("Bind") "\"OperationCount\":1," ITEMS("Inbox", items) "}"
	static const struct { const char *record, *first, *other; } cases[] = {
	    {BARE("MailItemsAccessed", "{" ID("1") "}"), "accessed named", "not_accessed covered"},
	    {BARE("MailItemsAccessed", "{" ID("7") ",\"ImmutableId\":\"imm-1\"}"), "accessed named", "not_accessed covered"},
	    {BARE("MailItemsAccessed", "{" ID("1") "},{" ID("9") "}"), "accessed named", "presumed not_narrowed"},
	    {BARE("MailItemsAccessed", "{" ID("1") "},{\"SizeInBytes\":7}"), "accessed named", "presumed not_narrowed"},
	    {BARE("MailItemsAccessed", "{" ID("1") ",\"InternetMessageId\":\"<m\xff@x>\"}"), "presumed not_narrowed", "presumed not_narrowed"},
	    {HEAD("11", "b", "AttachmentAccess", "50") EVIL "\"AffectedItems\":[{" ID("1") ",\"Attachments\":\"a.pdf (7b)\"}],\"Folder\":{\"Path\":\"\\\\Inbox\"}}", "accessed named", "not_accessed covered"},
	    {HEAD("11", "b", "HardDelete", "3") EVIL "\"AffectedItems\":[{" ID("1") "}]}", "accessed destroyed", "not_accessed covered"},
	    {HEAD("11", "b", "HardDelete", "3") EVIL "\"AffectedItems\":[{" ID("9") "}]}", "unknown not_narrowed", "unknown not_narrowed"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world *w = world_new();

		mail(w, "m1@x", "Inbox", BEFORE);
		mail(w, "m2@x", "Inbox", BEFORE);
		record(w, KNOWN("1", "<m1@x>", ",\"ImmutableId\":\"imm-1\""));
		record(w, cases[i].record);
		judge(w, ACTOR VOUCHED);
		assert_verdict(w, "m1@x", cases[i].first);
		assert_verdict(w, "m2@x", cases[i].other);
		world_free(w);
	}
}

/* It lies in Done now. Records of its owner's say when it lay in the folder that the intruder synchronised on 11 June. */
static void what_lay_in_a_folder_when_it_was_synchronised_is_presumed_wherever_it_lies_now(void **state)
{
#define MOVED(day, item) HEAD(day, "m", "Move", "3") GOOD "\"AffectedItems\":[" item "],\"DestFolder\":{\"Path\":\"\\\\Done\"}}"
#define FROM(path, id) "{\"InternetMessageId\":\"" id "\",\"ParentFolder\":{\"Path\":\"\\\\" path "\"}}"
	static const struct { const char *record, *want, *unmoved; } cases[] = {
	    {MOVED("12", FROM("Inbox", "<m1@x>")), "presumed folder_sync", "presumed folder_sync"},
	    {MOVED("05", FROM("Inbox", "<m1@x>")), "unknown elsewhere", "not_accessed covered"},
	    {MOVED("12", FROM("Other", "<m1@x>")), "unknown elsewhere", "not_accessed covered"},
	    {MOVED("12", FROM("Inbox", "<m9@x>")), "unknown elsewhere", "not_accessed covered"},
	    {BIND("12", "b", GOOD, "<m1@x>"), "presumed folder_sync", "presumed folder_sync"},
	    {BIND("05", "b", GOOD, "<m1@x>"), "unknown elsewhere", "unknown elsewhere"},
	};

	(void)state;
	for (size_t i = 0; i < 2 * (sizeof cases / sizeof *cases); i++) {
		struct world *w = world_new();

		mail(w, "m1@x", "Done", BEFORE);
		mail(w, "m2@x", "Inbox", BEFORE);
		record(w, SYNC("11", "s", EVIL, "Inbox"));
		record(w, cases[i / 2].record);
		judge(w, i % 2 == 0 ? ACTOR VOUCHED : ACTOR VOUCHED UNMOVED);
		assert_verdict(w, "m1@x", i % 2 == 0 ? cases[i / 2].want : cases[i / 2].unmoved);
		world_free(w);
	}
}

static void an_id_that_is_encoded_may_be_the_one_that_a_record_names(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "=?utf-8?q?=3Ck=40x=3E?=", "Inbox", BEFORE);
	mail(w, "m1@x", "Inbox", BEFORE);
	record(w, BIND("11", "1", GOOD, "<k@x>"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "=?utf-8?q?=3Ck=40x=3E?=", "not_accessed covered");
	record(w, BIND("11", "2", EVIL, "<k@x>"));
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "=?utf-8?q?=3Ck=40x=3E?=", "unknown not_narrowed");
	assert_verdict(w, "m1@x", "not_accessed covered");
	world_free(w);
}

#define THEIRS "00aa11bb-22cc-33dd-44ee-55ff66aa77bb"
#define BY_IP(predicates) "actors:\n  - {name: x, " predicates "}\nwindow: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}\n" VOUCHED

/* Of two addresses in a record either may be who acted (Office 365 Management Activity API schema: ClientIP may be a trusted application's). */
static void any_address_of_a_record_can_be_the_intruders(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	mail(w, "m2@x", "Inbox", BEFORE);
	record(w, BIND("11", "1", "\"ClientIPAddress\":\"198.51.100.7\",\"ClientIP\":\"203.0.113.9:443\",", "<m1@x>"));
	record(w, BIND("11", "2", "\"ClientIPAddress\":\"198.51.100.7\",\"ClientIP\":\"198.51.100.8\",", "<m2@x>"));
	judge(w, BY_IP("ip: 203.0.113.9"));
	assert_verdict(w, "m1@x", "accessed named");
	assert_verdict(w, "m2@x", "not_accessed covered");
	world_free(w);
}

static void a_session_that_the_intruder_had_may_be_his_wherever_it_is(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	mail(w, "m2@x", "Inbox", BEFORE);
	mail(w, "m3@x", "Inbox", BEFORE);
	record(w, HEAD("10", "1", "UserLoggedIn", "15") "\"ClientIP\":\"203.0.113.9\",\"SessionId\":\"" THEIRS "\"}");
	record(w, BIND("11", "2", "\"ClientIPAddress\":\"198.51.100.7\",\"AppAccessContext\":{\"AADSessionId\":\"" THEIRS "\"},", "<m1@x>"));
	record(w, BIND("11", "3", "\"ClientIPAddress\":\"198.51.100.7\",\"SessionId\":\"11aa11bb-22cc-33dd-44ee-55ff66aa77bb\",", "<m2@x>"));
	record(w, BIND("09", "4", "\"ClientIPAddress\":\"198.51.100.7\",\"SessionId\":\"" THEIRS "\",", "<m3@x>"));
	judge(w, BY_IP("ip: 203.0.113.9"));
	assert_verdict(w, "m1@x", "unknown may_be_actor");
	assert_verdict(w, "m2@x", "not_accessed covered");
	assert_verdict(w, "m3@x", "not_accessed covered"); /* before the intruder came */
	/* Its owner had it, too, and somebody says so. */
	judge(w, BY_IP("ip: 203.0.113.9") "others:\n  - {ip: 198.51.100.0/24}\n");
	assert_verdict(w, "m1@x", "not_accessed covered");
	/* Whoever names the session has judged it. */
	judge(w, BY_IP("all: [{ip: 203.0.113.9}, {session_id: " THEIRS "}]"));
	assert_verdict(w, "m1@x", "not_accessed covered");
	world_free(w);
}

/* By one command: what the intruder read then is in no log. */
static void forwarding_that_also_changes_auditing_hides_what_was_read(void **state)
{
	struct world *w = world_new();

	(void)state;
	mail(w, "m1@x", "Inbox", BEFORE);
	record_with(w, HEAD("11", "1", "Set-Mailbox", "1") EVIL "\"Parameters\":[{\"Name\":\"ForwardingSmtpAddress\",\"Value\":\"d@evil.test\"}]}", "{}");
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "not_accessed covered");
	record_with(w, HEAD("11", "2", "Set-Mailbox", "1") EVIL "\"Parameters\":[{\"Name\":\"ForwardingSmtpAddress\",\"Value\":\"d@evil.test\"},"
	    "{\"Name\":\"AuditEnabled\",\"Value\":\"False\"}]}", "{\"audit_too\":true}"); /* as the worker says it */
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "m1@x", "unknown audit_changed");
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(for_24_hours_after_a_throttle_nothing_is_proved),
	    cmocka_unit_test(a_later_record_of_somebody_else_does_not_end_what_was_reached),
	    cmocka_unit_test(a_bind_that_does_not_name_all_reaches_the_whole_mailbox),
	    cmocka_unit_test(one_bind_can_name_several_folders),
	    cmocka_unit_test(the_same_id_counts_once),
	    cmocka_unit_test(mail_without_an_id_is_not_proved_where_mail_was_opened),
	    cmocka_unit_test(a_date_that_anybody_can_write_proves_nothing),
	    cmocka_unit_test(a_forwarding_rule_reaches_what_came_since),
	    cmocka_unit_test(a_condition_on_the_sender_excludes_only_what_it_can),
	    cmocka_unit_test(a_rule_that_is_made_disabled_counts_once_it_is_enabled),
	    cmocka_unit_test(a_rule_with_another_name_is_not_ended_by_its_old_one),
	    cmocka_unit_test(what_is_done_with_a_search_is_of_the_mailboxes_that_it_was_made_for),
	    cmocka_unit_test(what_the_intruder_did_to_mail_and_mailboxes_reaches_it),
	    cmocka_unit_test(a_mailbox_in_the_intruders_hands_is_presumed),
	    cmocka_unit_test(gmails_first_openings_prove_nothing),
	    cmocka_unit_test(records_count_for_their_mailbox),
	    cmocka_unit_test(what_lay_in_a_folder_when_it_was_synchronised_is_presumed_wherever_it_lies_now),
	    cmocka_unit_test(an_id_that_is_encoded_may_be_the_one_that_a_record_names),
	    cmocka_unit_test(any_address_of_a_record_can_be_the_intruders),
	    cmocka_unit_test(a_session_that_the_intruder_had_may_be_his_wherever_it_is),
	    cmocka_unit_test(forwarding_that_also_changes_auditing_hides_what_was_read),
	    cmocka_unit_test(an_item_is_the_message_that_another_record_knows_it_as),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
