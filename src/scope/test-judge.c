/* The rules of the verdict, each on a case of a few messages and records: those of tocsin-scope(1), and the traps of logs. */
#include "base/test.h"

#include <dirent.h>
#include <unistd.h>

#include "base/clock.h"
#include "scope/judge.h"
#include "store/mail.h"

#define DAY ((int64_t)86400)
#define JUNE(day) (1748736000 + ((day) - 1) * DAY) /* 2025-06-01T00:00:00Z + day - 1 */

static const char *const domains[] = {"us.example"};

struct world {
	char dir[64];
	struct arena *a;
	struct store *st;
	struct case_config config;
	int64_t mailbox, n;
};

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof *w);

	assert_non_null(w);
	(void)setenv("TOCSIN_NOW", "2025-07-10T00:00:00Z", 1);
	test_name(w->dir, sizeof w->dir);
	assert_non_null(mkdtemp(w->dir));
	assert_ok(store_create(w->dir, &e));
	assert_ok(store_open(&w->st, w->dir, STORE_WRITE, &e));
	w->a = test_arena();
	w->config = (struct case_config){.dir = w->dir, .contained_by_utc = TIME_NONE, .our_domains = {(const char **)(uintptr_t)domains, 1},
	    .scope = 7};
	assert_ok(store_mailbox_put(w->st, "ada", "ada@us.example", OWNER_GIVEN, "given", &w->mailbox, &e));
	return w;
}

static void world_free(struct world *w)
{
	char path[400];
	DIR *d = opendir(w->dir);

	store_close(w->st);
	arena_free(w->a);
	for (struct dirent *x; d != NULL && (x = readdir(d)) != NULL;) {
		(void)snprintf(path, sizeof path, "%s/%s", w->dir, x->d_name);
		(void)remove(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(w->dir);
	free(w);
}

/* Message-ID, folder, Date, stamp of our own server (0: none): a message in ada's mailbox. */
static void mail(struct world *w, const char *id, const char *folder, int64_t date, int64_t received)
{
	struct source_row s = {.path = arena_printf(w->a, "ada/%lld", (long long)++w->n), .kind = SOURCE_MESSAGE, .state = SOURCE_DONE,
	    .mailbox_id = w->mailbox, .folder = folder, .note = ""};
	struct message_row m = {.rfc822_id = span_str(id), .subject = SPAN_LIT("invoice 7"), .verified_domain = SPAN_LIT(""), .when_utc = date};
	struct item_row i = {.member = -1, .outcome = OUTCOME_PARSED, .member_name = SPAN_LIT(""), .reason = SPAN_LIT("")};
	struct location_row l = {.nest = SPAN_LIT(""), .received_utc = received != 0 ? received : TIME_NONE,
	    .received_by = received != 0 ? SPAN_LIT("mx.us.example") : SPAN_LIT("")};
	const struct mail_party from = {PARTY_FROM, SPAN_LIT("x@them.example"), SPAN_LIT("them.example"), SPAN_LIT("")};
	bool is_new;

	sha256_of(span_of(&w->n, sizeof w->n), &m.content_digest);
	assert_ok(store_source_add(w->st, &s, &i.source_id, &e));
	assert_ok(store_message_put(w->st, &m, &i.message_id, &is_new, &e));
	assert_ok(store_parties_put(w->st, i.message_id, &from, 1, &e));
	assert_ok(store_item_add(w->st, &i, &l.item_id, &e));
	l.message_id = i.message_id;
	assert_ok(store_location_add(w->st, &l, &e));
	assert_ok(store_commit(w->st, &e));
}

/* ---- records: logs/ reads them, and they are put into the store as read.c does ---- */

static void put_record(struct world *w, const struct log_record *r, int64_t source, const char *detail)
{
	struct context_row c = {.text = {r->user, r->user_id, r->service_principal, r->ip, r->user_agent, r->client_info, r->session_id,
	    r->aad_session_id, r->unique_token_id, r->token_object_id, r->app_id, r->client_app_id, r->app_name, r->country},
	    .logon_type = -1, .user_type = -1};
	struct event_row v = {.source_id = source, .product = span_str(log_product_name(r->product)), .kind = span_str(log_kind_name(r->kind)),
	    .operation = r->operation, .record_id = r->id, .mailbox = r->mailbox, .mailbox_guid = r->mailbox_guid, .reason = SPAN_LIT(""),
	    .detail = span_str(detail), .problems = r->problems, .when_utc = r->when_utc, .success = r->success, .throttled = r->is_throttled,
	    .operation_count = -1};
	struct digest d;
	int64_t id, seq = 0, *folders = arena_zero(w->a, r->n_folders + 1, sizeof *folders);

	w->n++;
	sha256_of(span_of(&w->n, sizeof w->n), &d);
	sha256_of(r->id, &v.key);
	sha256_of(r->id, &v.content);
	assert_ok(context_put(w->st, &c, &d, &v.context_id, &e));
	assert_ok(event_store(w->st, &v, &id, &e));
	for (size_t i = 0; i < r->n_folders; i++)
		assert_ok(log_folder_put(w->st, r->folders[i].id, r->folders[i].path, r->folders[i].name, &folders[i], &e));
	for (size_t i = 0; i < r->n_items && id != 0; i++)
		assert_ok(access_add(w->st, id, seq++, r->items[i].message_id, r->items[i].item_id, r->items[i].immutable_id,
		    r->items[i].folder < r->n_folders ? folders[r->items[i].folder] : 0, &e));
	for (size_t i = 0; i < r->n_folders && id != 0; i++)
		if (r->folders[i].n_items == 0)
			assert_ok(access_add(w->st, id, seq++, SPAN_EMPTY, SPAN_EMPTY, SPAN_EMPTY, folders[i], &e));
}

static void record_with(struct world *w, const char *json, const char *detail)
{
	struct log_source_row s = {.path = arena_printf(w->a, "log-%lld", (long long)++w->n), .member = -1, .member_name = SPAN_LIT(""),
	    .envelope = SPAN_LIT("x"), .state = SOURCE_DONE, .outcome = OUTCOME_PARSED, .note = SPAN_LIT("")};
	const struct log_record *r;
	struct logs *l;

	assert_ok(log_source_put(w->st, &s, &s.id, &e));
	assert_ok(logs_open(&l, span_str(json), SPAN_EMPTY, &e));
	for (;;) {
		assert_ok(logs_next(l, w->a, &r, &e));
		if (r == NULL)
			break;
		put_record(w, r, s.id, detail);
	}
	logs_close(l);
}

static void record(struct world *w, const char *json) { record_with(w, json, "{}"); }

#define WHEN(day) "\"CreationTime\":\"2025-06-" day "T10:00:00\","
#define HEAD(day, id, operation, type) "{" WHEN(day) "\"Id\":\"" id "\",\"Operation\":\"" operation "\",\"RecordType\":" type "," \
	"\"Workload\":\"Exchange\",\"MailboxOwnerUPN\":\"ada@us.example\",\"UserId\":\"ada@us.example\","
#define EVIL "\"SessionId\":\"evil\","
#define GOOD "\"SessionId\":\"good\","
#define ACCESS(how) "\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"" how "\"}],"
#define ITEMS(path, items) "\"Folders\":[{\"Id\":\"F-" path "\",\"Path\":\"\\\\" path "\",\"FolderItems\":[" items "]}]"
#define ITEM(id) "{\"InternetMessageId\":\"" id "\"}"
#define BIND(day, id, who, item) HEAD(day, id, "MailItemsAccessed", "50") who ACCESS("Bind") "\"OperationCount\":1," ITEMS("Inbox", ITEM(item)) "}"
#define SYNC(day, id, who, path) HEAD(day, id, "MailItemsAccessed", "50") who ACCESS("Sync") "\"Folders\":[{\"Id\":\"F-" path "\",\"Path\":\"\\\\" path "\"}]}"

/* From 10 to 12 June; the logs are vouched for, and days without a record are no gap. */
#define ACTOR "actors:\n  - {name: x, session_id: evil}\nwindow: {from: 2025-06-10, to: 2025-06-12T12:00:00Z}\n"
#define VOUCHED "coverage:\n  - {mailbox: all, from: 2025-05-01, to: 2025-06-12, quiet_days: true, ground: test}\n"
#define UNMOVED "folders_unchanged: true\n"

static enum errc keep(void *ctx, const struct verdict_told *v, struct err *e)
{
	(void)e;
	/* The worst, as the message's own verdict is. */
	(void)snprintf(ctx, 64, "%s %s", verdict_name((int)v->verdict), verdict_reason_name((int)v->reason));
	return OK;
}

static void judge(struct world *w, const char *actor)
{
	struct actor_file *f = NULL;
	struct scope_tally tally = {0};
	struct judge *j;

	if (actor != NULL) {
		f = arena_zero(w->a, 1, sizeof *f);
		assert_ok(actor_read(w->a, span_str(actor), "actor.yaml", f, &e));
	}
	assert_ok(judge_new(&j, w->st, &w->config, f, &e));
	assert_ok(judge_write(j, &tally, &e));
	judge_free(j);
}

#define assert_verdict(w, id, want)                                                                            \
	do {                                                                                                   \
		char got_[64] = "none";                                                                        \
		uint64_t n_;                                                                                   \
		assert_ok(verdicts_of((w)->st, span_str(id), keep, got_, &n_, &e));                            \
		if (strcmp(got_, want) != 0)                                                                   \
			fail_msg("%s: %s instead of %s", id, got_, want);                                      \
	} while (0)

#define BEFORE JUNE(2), JUNE(2)

/* ---- the rules ---- */

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

/* ---- the traps of logs ---- */

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
	(void)snprintf(text, sizeof text, detail, "");
	record_with(w, made, text);
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "since@x", "presumed forwarded");
	assert_verdict(w, "behind@x", "presumed forwarded");
	assert_verdict(w, "before@x", "not_accessed covered");
	assert_verdict(w, "old@x", "unknown date_only");
	world_free(w);
	w = world_new();
	mail(w, "since@x", "Inbox", JUNE(12), JUNE(12));
	(void)snprintf(text, sizeof text, detail, "\"SubjectContainsWords\":\"payment;salary\"");
	record_with(w, made, text);
	judge(w, ACTOR VOUCHED);
	assert_verdict(w, "since@x", "not_accessed covered"); /* "invoice 7" */
	world_free(w);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_logs_or_an_actor_nothing_is_known),
	    cmocka_unit_test(what_a_record_names_was_accessed_and_the_rest_is_proved),
	    cmocka_unit_test(a_record_that_lacks_what_is_asked_for_may_be_the_intruders),
	    cmocka_unit_test(nothing_is_proved_where_nobody_vouches_or_a_day_is_missing),
	    cmocka_unit_test(a_date_alone_ends_with_its_day), cmocka_unit_test(records_that_could_not_be_read_prove_nothing_until_looked_at),
	    cmocka_unit_test(a_sync_reaches_its_folder_and_perhaps_others),
	    cmocka_unit_test(a_sync_of_record_type_2_is_resolved_by_id_then_by_name),
	    cmocka_unit_test(a_folder_that_no_evidence_has_reaches_the_whole_mailbox),
	    cmocka_unit_test(for_24_hours_after_a_throttle_nothing_is_proved),
	    cmocka_unit_test(a_later_record_of_somebody_else_does_not_end_what_was_reached),
	    cmocka_unit_test(a_bind_that_does_not_name_all_reaches_the_whole_mailbox),
	    cmocka_unit_test(one_bind_can_name_several_folders),
	    cmocka_unit_test(the_same_id_counts_once),
	    cmocka_unit_test(mail_without_an_id_is_not_proved_where_mail_was_opened),
	    cmocka_unit_test(a_date_that_anybody_can_write_proves_nothing),
	    cmocka_unit_test(a_forwarding_rule_reaches_what_came_since),
	    cmocka_unit_test(what_the_intruder_did_to_mail_and_mailboxes_reaches_it),
	    cmocka_unit_test(a_mailbox_in_the_intruders_hands_is_presumed),
	    cmocka_unit_test(gmails_first_openings_prove_nothing),
	    cmocka_unit_test(records_count_for_their_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
