/* XML that Exchange sends and that PowerShell exports. */
#include <stdlib.h>

#include "logs/test-logs.h"

#define EVENT(id)                                                                                              \
	"<Event MailboxGuid=\"1\" LastAccessed=\"2024-03-05T03:11:12-07:00\" Operation=\"HardDelete\" OperationResult=\"Succeeded\" " \
	"LogonType='Delegate' FolderPathName=\"\\Inbox\" MailboxOwnerUPN=\"ann@firm.example\" LogonUserDisplayName=\"M &amp; N\" LogonUserSid=\"S-1-5-21-7\">\n" \
	"<SourceItems><Item Id=\"RgA\" Subject=\"a &lt;b&gt; &#x263A;\" InternetMessageId=\"&lt;" id "&gt;\" FolderPathName=\"\\Inbox\" />" \
	"</SourceItems></Event>"
#define OBJ(id)                                                                                                \
	"<Obj RefId=\"0\"><TN RefId=\"0\"><T>Deserialized.Event</T></TN><ToString>Event</ToString><Props><S N=\"Operation\">MessageBind</S>" \
	"<DT N=\"LastAccessed\">2024-03-05T10:11:12Z</DT><Nil N=\"ItemId\" /><Obj N=\"LogonType\" RefId=\"1\"><TN RefId=\"1\"><T>L</T></TN>" \
	"<ToString>Admin</ToString><I32>1</I32></Obj><S N=\"MailboxOwnerUPN\">ann@firm.example</S><S N=\"ItemInternetMessageId\">&lt;" id "&gt;_x000D__x000A_</S>" \
	"</Props><MS><B N=\"PSShowComputerName\">false</B></MS></Obj>"

static void events_of_exchange_are_read(void **state)
{
	struct read got = read_text("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<SearchResults>\n" EVENT("a@x") "\n<!-- > -->" EVENT("b@x") "</SearchResults>\n");
	const struct log_record *r = got.r[0];

	(void)state;
	assert_int_equal(logs_envelope(got.l), LOG_ENVELOPE_MAILBOX_AUDIT);
	assert_int_equal(got.n, 2);
	assert_int_equal(r->outcome, LOG_PARSED);
	assert_int_equal(r->kind, LOG_HARD_DELETE);
	assert_int_equal(r->when_utc, 1709633472);
	assert_int_equal(r->logon_type, 2);
	assert_span(r->user, "M & N");
	assert_span(r->folders[0].path, "\\Inbox");
	assert_span(r->items[0].message_id, "a@x");
	assert_span(r->items[0].subject, "a <b> \xe2\x98\xba");
	assert_span(got.r[1]->items[0].message_id, "b@x");
	read_done(&got);
}

static void objects_of_powershell_are_read(void **state)
{
	static const char *const texts[] = {"<Objs Version=\"1.1.0.1\">" OBJ("a@x") "</Objs>",
	    "<Objs><Obj RefId=\"9\"><TN RefId=\"9\"><T>System.Object[]</T></TN><LST>" OBJ("a@x") "</LST></Obj></Objs>"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct read got = read_text(texts[i]);

		assert_int_equal(got.n, 1);
		assert_int_equal(got.r[0]->kind, LOG_BIND);
		assert_int_equal(got.r[0]->logon_type, 1);
		assert_span(got.r[0]->items[0].message_id, "a@x");
		read_done(&got);
	}
}

static void results_of_a_search_in_splunk_are_read(void **state)
{
	struct read got = read_text("<?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'>\n<meta>\n<fieldOrder>\n<field>_raw</field>\n</fieldOrder>\n</meta>\n"
	    "<messages>\n<msg type='DEBUG'>read &lt;3</msg>\n</messages>\n\t<result offset='0'>\n\t\t<field k='host'>\n<value><text>x</text></value>\n</field>\n"
	    "<field k='_raw'><v xml:space='preserve' trunc='0'>{\"Operation\": \"<sg h=\"1\">MailItemsAccessed</sg>\", \"CreationTime\": \"2024-03-05T10:11:12\", \"Id\": \"a\", "
	    "\"Workload\": \"Exchange\", \"Folders\": [{\"Path\": \"\\\\Inbox\", \"FolderItems\": [{\"InternetMessageId\": \"&lt;a@x&gt;\"}]}]}</v></field>\n\t</result>\n"
	    "<result offset='1'><field k='Operation'><value><text>MailItemsAccessed</text></value></field><field k='CreationTime'><value><text>2024-03-05T10:11:12</text></value></field>"
	    "<field k='Folders{}.FolderItems{}.InternetMessageId'><value><text>&lt;b@x&gt;</text></value><value><text>&lt;c@x&gt;</text></value></field></result>\n"
	    "<result offset='2'><field k='Operation'><value><text>MailItems");

	(void)state;
	assert_int_equal(got.n, 3);
	assert_int_equal(got.r[0]->kind, LOG_BIND);
	assert_span(got.r[0]->items[0].message_id, "a@x");
	assert_int_equal(got.r[1]->when_utc, 1709633472);
	assert_int_equal(got.r[1]->n_items, 2);
	assert_span(got.r[1]->items[1].message_id, "c@x");
	assert_int_equal(got.r[2]->outcome, LOG_FAILED);
	read_done(&got);
}

static void a_command_of_an_administrator_is_read(void **state)
{
	struct read got = read_text("<SearchResults><Event Caller=\"firm.example/Users/Eve\" Cmdlet=\"Set-Mailbox\" ObjectModified=\"firm.example/Users/ann\" "
	    "RunDate=\"2024-03-05T10:11:12Z\" Succeeded=\"true\" Error=\"None\"><CmdletParameters><Parameter Name=\"ForwardingSmtpAddress\" Value=\"e@x.test\" />"
	    "</CmdletParameters></Event></SearchResults>");

	(void)state;
	assert_int_equal(logs_envelope(got.l), LOG_ENVELOPE_ADMIN_AUDIT);
	assert_int_equal(got.r[0]->kind, LOG_FORWARDING);
	assert_int_equal(got.r[0]->success, LOG_YES);
	assert_span(got.r[0]->mailbox, "ann");
	assert_span(got.r[0]->targets[0], "e@x.test");
	read_done(&got);
}

static void what_stands_between_records_is_a_record_that_was_not_read(void **state)
{
	struct read got = read_text("<SearchResults>" EVENT("a@x") "rest of a line <x>" EVENT("b@x"));

	(void)state;
	assert_int_equal(got.n, 3);
	assert_int_equal(got.r[1]->outcome, LOG_FAILED);
	assert_span(got.r[2]->items[0].message_id, "b@x");
	read_done(&got);
}

static void xml_cut_at_any_length_gives_the_records_before_the_cut(void **state)
{
	static const char head[] = "<SearchResults>", first[] = "<SearchResults>" EVENT("a@x"), text[] = "<SearchResults>" EVENT("a@x") EVENT("b@x");

	(void)state;
	for (size_t n = sizeof head; n < sizeof text; n++) {
		struct arena *a = test_arena();
		const struct log_record *r;
		size_t whole = 0;
		struct logs *l;
		char *copy = malloc(n);

		memcpy(copy, text, n);
		if (logs_open(&l, span_of(copy, n), SPAN_EMPTY, NULL) == OK) {
			for (;;) {
				assert_ok(logs_next(l, a, &r, &e));
				if (r == NULL)
					break;
				whole += r->outcome == LOG_PARSED;
			}
			logs_close(l);
		}
		assert_int_equal(whole, n == sizeof text - 1 ? 2 : n >= sizeof first - 1 ? 1 : 0);
		arena_free(a);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_exchange_are_read),
		cmocka_unit_test(objects_of_powershell_are_read),
		cmocka_unit_test(results_of_a_search_in_splunk_are_read), cmocka_unit_test(a_command_of_an_administrator_is_read),
		cmocka_unit_test(what_stands_between_records_is_a_record_that_was_not_read),
		cmocka_unit_test(xml_cut_at_any_length_gives_the_records_before_the_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
