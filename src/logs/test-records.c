/* What records mean: the shapes of the unified audit log and their traps, sign-ins, Graph, Google, lists. */
#include "logs/test-logs.h"

#define HEAD                                                                                                   \
	"\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x1\",\"RecordType\":50,\"Workload\":\"Exchange\","     \
	"\"UserId\":\"eve@firm.example\",\"MailboxOwnerUPN\":\"ann@firm.example\""
#define ACCESSED(kind) "\"Operation\":\"MailItemsAccessed\",\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"" kind "\"}]"

static struct read got;

static const struct log_record *one(const char *text)
{
	got = read_text(text);
	assert_int_equal(got.n, 1);
	return got.r[0];
}

static int done(void **state)
{
	(void)state;
	read_done(&got);
	got = (struct read){0};
	return 0;
}

static void a_bind_can_name_several_folders(void **state)
{
	const struct log_record *r = one("{" HEAD "," ACCESSED("Bind") ",\"OperationCount\":3,\"Folders\":["
	    "{\"Id\":\"A\",\"Path\":\"\\\\Inbox\",\"FolderItems\":[{\"InternetMessageId\":\" <a@x> \",\"Id\":\"I1\",\"SizeInBytes\":12},"
	    "{\"InternetMessageId\":\"<B@x>\\r\\n\"}]},{\"Id\":\"C\",\"Path\":\"\\\\Deleted Items\\\\\\u00c9l\\u00e9ments\","
	    "\"FolderItems\":[{\"InternetMessageId\":\"c@x\"}]}]}");

	(void)state;
	assert_int_equal(r->outcome, LOG_PARSED);
	assert_int_equal(r->n_items, 3);
	assert_span(r->items[0].message_id, "a@x");
	assert_span(r->items[0].item_id, "I1");
	assert_int_equal(r->items[0].size, 12);
	assert_span(r->items[1].message_id, "B@x");
	assert_int_equal(r->items[2].folder, 1);
	assert_int_equal(r->n_folders, 2);
	assert_int_equal(r->folders[0].n_items, 2);
	assert_int_equal(r->folders[1].first_item, 2);
	assert_span(r->folders[1].name, "\xc3\x89l\xc3\xa9ments");
}

static void a_bind_without_items_is_a_finding(void **state)
{
	const struct log_record *r = one("{" HEAD "," ACCESSED("Bind") ",\"Folders\":[]}");

	(void)state;
	assert_int_equal(r->kind, LOG_BIND);
	assert_int_equal(r->problems, LOG_NO_ITEMS);
	assert_int_equal(r->outcome, LOG_PARTIAL);
}

static void an_operation_count_that_does_not_fit_is_a_finding(void **state)
{
	const struct log_record *r = one("{" HEAD "," ACCESSED("Bind") ",\"OperationCount\":2,\"Folders\":[{\"Path\":\"\\\\Inbox\","
	    "\"FolderItems\":[{\"InternetMessageId\":\"<a@x>\"}]}]}");

	(void)state;
	assert_int_equal(r->problems, LOG_COUNT_MISMATCH);
	assert_int_equal(r->operation_count, 2);
}

static void a_sync_names_folders_by_path(void **state)
{
	const struct log_record *r = one("{" HEAD "," ACCESSED("Sync") ",\"Folders\":[{\"Id\":\"A\",\"Path\":\"\\\\Inbox\"},"
	    "{\"Id\":\"B\",\"Path\":\"\\\\Sent Items\"}]}");

	(void)state;
	assert_int_equal(r->kind, LOG_SYNC);
	assert_int_equal(r->outcome, LOG_PARSED);
	assert_int_equal(r->n_folders, 2);
	assert_int_equal(r->n_items, 0);
	assert_span(r->folders[1].path, "\\Sent Items");
}

static void a_sync_of_record_type_2_names_the_folder_in_its_item(void **state)
{
	const struct log_record *r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x1\",\"RecordType\":2,"
	    "\"Operation\":\"MailItemsAccessed\",\"OperationProperties\":[{\"Name\":\"MailAccessType\",\"Value\":\"Sync\"},"
	    "{\"Name\":\"IsThrottled\",\"Value\":\"True\"}],\"MailboxOwnerUPN\":\"ann@firm.example\",\"Item\":{\"Id\":\"LgF\","
	    "\"ParentFolder\":{\"Id\":\"LgF\",\"Name\":\"Bo\\u00eete\",\"Path\":\"Not Available\"}}}");

	(void)state;
	assert_int_equal(r->kind, LOG_SYNC);
	assert_true(r->is_throttled);
	assert_int_equal(r->n_folders, 1);
	assert_int_equal(r->n_items, 0);
	assert_span(r->folders[0].id, "LgF");
	assert_span(r->folders[0].path, "");
	assert_span(r->folders[0].name, "Bo\xc3\xaete");
}

static void the_newer_context_is_kept_when_it_is_there(void **state)
{
	const struct log_record *r = one("{\"AppAccessContext\":{\"AADSessionId\":\"S\",\"UniqueTokenId\":\"U\",\"ClientAppId\":\"C\"},"
	    HEAD "," ACCESSED("Bind") ",\"TokenObjectId\":\"T\",\"AppId\":\"A\",\"ClientInfoString\":\"Client=REST;\","
	    "\"SessionId\":\"Z\",\"LogonType\":2,\"UserType\":5,\"ExternalAccess\":\"True\",\"Folders\":[{\"Id\":\"F\",\"FolderItems\":"
	    "[{\"InternetMessageId\":\"<a@x>\",\"ImmutableId\":\"IM\"}]}]}");

	(void)state;
	assert_span(r->aad_session_id, "S");
	assert_span(r->unique_token_id, "U");
	assert_span(r->token_object_id, "T");
	assert_span(r->app_id, "A");
	assert_span(r->client_app_id, "C");
	assert_span(r->client_info, "Client=REST;");
	assert_span(r->session_id, "Z");
	assert_int_equal(r->logon_type, 2);
	assert_int_equal(r->user_type, 5);
	assert_true(r->external_access);
	assert_span(r->items[0].immutable_id, "IM");
}

static void of_a_member_that_stands_twice_the_last_is_taken_and_it_is_noted(void **state)
{
	const struct log_record *r = one("{" HEAD ",\"Operation\":\"Send\",\"UserId\":\"mallory@firm.example\"}");

	(void)state;
	assert_span(r->user, "mallory@firm.example");
	assert_int_equal(r->problems, LOG_DUPLICATE_KEY);
}

static void addresses_come_without_ports_and_brackets(void **state)
{
	static const struct { const char *logged, *ip; } ips[] = {
		{"192.0.2.1:62589", "192.0.2.1"}, {"[2001:DB8::1]:443", "2001:db8::1"}, {"[2001:db8::2]", "2001:db8::2"},
		{"2001:0db8:0:0::3", "2001:db8::3"}, {"::ffff:192.0.2.9", "192.0.2.9"}, {"fe80::1%eth0", "fe80::1"},
		{"<null>", ""}, {"unknown", ""}, {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof ips / sizeof *ips; i++) {
		char text[500];
		const struct log_record *r;

		snprintf(text, sizeof text, "{" HEAD ",\"Operation\":\"Send\",\"ClientIP\":\"%s\"}", ips[i].logged);
		r = one(text);
		assert_span(r->ip, ips[i].ip);
		done(NULL);
	}
	one("{" HEAD ",\"Operation\":\"Send\"}");
}

static void dates_are_read_in_every_form(void **state)
{
	static const struct { const char *text; int64_t when; uint32_t nanos; bool problem; } dates[] = {
		{"2024-03-05T10:11:12", 1709633472, 0, false}, {"2024-03-05T10:11:12Z", 1709633472, 0, false},
		{"2024-03-05T10:11:12.1234567Z", 1709633472, 123456700, false},
		{"2024-03-05T12:11:12+02:00", 1709633472, 0, false}, {"2024-03-05 10:11:12", 1709633472, 0, false},
		{"2024-03-05 10:11:12.5 UTC", 1709633472, 500000000, false},
		{"Mar 5, 2024, 11:11:12 AM GMT+1", 1709633472, 0, false}, {"Mar 5, 2024, 3:41:12\xe2\x80\xaf" "PM UTC+5:30", 1709633472, 0, false},
		{"2024-03-05 11:11:12 CET", 1709633472, 0, false}, {"2024-03-05T06:11:12 EDT", 1709633472, 0, false},
		{"2024-03-05 10:11:12 CST", 1709633472, 0, true}, {"2024-03-05 10:11:12 CET and more", TIME_NONE, 0, true}, {"3/25/2024 10:11:12 PM", 1711404672, 0, false},
		{"3/5/2024 10:11:12 AM", 1709633472, 0, true}, {"3/25/2024, 12:00:00.000\xe2\x80\xaf" "AM", 1711324800, 0, false},
		{"25/3/2024 00:00:00", 1711324800, 0, false}, {"25.03.2024 00:00:00", 1711324800, 0, false},
		{"2024-03-05", 1709596800, 0, false}, {"1709633472", 1709633472, 0, false}, {"1709633472123", 1709633472, 123000000, false},
		{"/Date(1709633472000)/", 1709633472, 0, false},
		{"99999-01-01T00:00:00Z", TIME_NONE, 0, true}, {"2024-13-05T10:11:12", TIME_NONE, 0, true},
		{"2024-03-05T10:11:12 and more", TIME_NONE, 0, true}, {"soon", TIME_NONE, 0, true}, {"", TIME_NONE, 0, true},
		{"13/13/2024 00:00:00", TIME_NONE, 0, true}, {"2024-03-05T25:11:12", TIME_NONE, 0, true},
		{"999999999999999999", 999999999, 999999999, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
		char text[500];
		const struct log_record *r;

		snprintf(text, sizeof text, "{\"CreationTime\":\"%s\",\"Id\":\"x\",\"Operation\":\"Other\",\"RecordType\":1}",
		    dates[i].text);
		r = one(text);
		if (r->when_utc != dates[i].when || r->when_nanos != dates[i].nanos ||
		    (r->problems != 0) != dates[i].problem)
			fail_msg("%s: %lld %u %x", dates[i].text, (long long)r->when_utc, r->when_nanos, r->problems);
		done(NULL);
	}
	one("{" HEAD ",\"Operation\":\"Send\"}");
}

static void a_deletion_that_names_nothing_is_a_finding(void **state)
{
	const struct log_record *r = one("{" HEAD ",\"Operation\":\"HardDelete\",\"Folder\":{\"Path\":\"\\\\Inbox\"}}");

	(void)state;
	assert_int_equal(r->kind, LOG_HARD_DELETE);
	assert_int_equal(r->problems, LOG_NO_ITEMS);
}

static void a_folder_that_was_opened_is_its_own_item(void **state)
{
	const struct log_record *r = one("{" HEAD ",\"Operation\":\"FolderBind\",\"RecordType\":2,\"Item\":{\"Id\":\"LgF\","
	    "\"ParentFolder\":{\"Id\":\"LgF\",\"Name\":\"Inbox\",\"Path\":\"\\\\Inbox\"}}}");

	(void)state;
	assert_int_equal(r->kind, LOG_FOLDER_OPENED);
	assert_int_equal(r->n_items, 0);
	assert_span(r->folders[0].path, "\\Inbox");
}

static void sent_and_destroyed_mail_is_named(void **state)
{
	const struct log_record *r = one("{" HEAD ",\"Operation\":\"HardDelete\",\"AffectedItems\":[{\"InternetMessageId\":\"<a@x>\","
	    "\"Subject\":\"s\",\"ParentFolder\":{\"Id\":\"P\",\"Path\":\"\\\\Drafts\"}},{\"InternetMessageId\":\"<b@x>\",\"ParentFolder\":"
	    "{\"Id\":\"P\",\"Path\":\"\\\\Drafts\"}}],\"Folder\":{\"Id\":\"P\",\"Path\":\"\\\\Drafts\"},\"DestFolder\":{\"Path\":\"\\\\Bin\"}}");

	(void)state;
	assert_int_equal(r->kind, LOG_HARD_DELETE);
	assert_int_equal(r->n_items, 2);
	assert_int_equal(r->n_folders, 1);
	assert_int_equal(r->items[1].folder, 0);
	assert_span(r->items[0].subject, "s");
	assert_span(r->target_folder.path, "\\Bin");
	done(NULL);
	r = one("{" HEAD ",\"Operation\":\"Send\",\"Item\":{\"Id\":\"i\",\"InternetMessageId\":\"<s@x>\",\"Subject\":\"hi\"}}");
	assert_int_equal(r->kind, LOG_SEND);
	assert_span(r->items[0].message_id, "s@x");
}

static void a_sign_in_with_an_error_of_logon_let_nobody_in(void **state)
{
	const struct log_record *r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"UserLoggedIn\",\"RecordType\":15,"
	    "\"UserId\":\"ann@firm.example\",\"ResultStatus\":\"Succeeded\",\"LogonError\":\"InvalidUserNameOrPassword\"}");

	(void)state;
	assert_int_equal(r->kind, LOG_SIGN_IN);
	assert_int_equal(r->success, LOG_NO);
	done(NULL);
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"UserLoggedIn\",\"RecordType\":15,\"ResultStatus\":\"Success\"}");
	assert_int_equal(r->success, LOG_YES);
	done(NULL);
}

static void rules_say_what_they_match_and_where_they_send(void **state)
{
	const struct log_record *r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"New-InboxRule\","
	    "\"RecordType\":1,\"UserId\":\"ann@firm.example\",\"Parameters\":[{\"Name\":\"Name\",\"Value\":\".\"},{\"Name\":"
	    "\"SubjectContainsWords\",\"Value\":\"invoice;iban\"},{\"Name\":\"ForwardTo\",\"Value\":\"smtp:eve@out.example;"
	    "\\\"M\\\" [SMTP:m@out.example]\"},{\"Name\":\"DeleteMessage\",\"Value\":\"True\"}]}");

	(void)state;
	assert_int_equal(r->kind, LOG_INBOX_RULE);
	assert_span(r->mailbox, "ann@firm.example");
	assert_int_equal(r->n_targets, 2);
	assert_span(r->targets[0], "eve@out.example");
	assert_span(r->targets[1], "m@out.example");
	assert_int_equal(r->rule.n_conditions, 1);
	assert_span(r->rule.conditions[0].value, "invoice;iban");
	assert_true(r->rule.deletes);
	done(NULL);
	r = one("{" HEAD ",\"Operation\":\"UpdateInboxRules\",\"OperationProperties\":[{\"Name\":\"RuleOperation\",\"Value\":"
	        "\"AddMailboxRule\"},{\"Name\":\"RuleCondition\",\"Value\":\"{(Exists(ItemClass))}\"},{\"Name\":\"RuleName\"},{\"Name\":"
	        "\"RuleActions\",\"Value\":\"[{\\\"ActionType\\\":\\\"Forward\\\",\\\"Recipients\\\":[\\\"e@out.example\\\"]}]\"}]}");
	assert_int_equal(r->kind, LOG_INBOX_RULE);
	assert_span(r->targets[0], "e@out.example");
	assert_span(r->rule.conditions[0].name, "RuleCondition");
	done(NULL);
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"Set-Mailbox\",\"RecordType\":1,"
	        "\"ObjectId\":\"PROD/Hosted/firm/ann\",\"Parameters\":[{\"Name\":\"ForwardingSmtpAddress\",\"Value\":\"smtp:e@o.example\"}]}");
	assert_int_equal(r->kind, LOG_FORWARDING);
	assert_span(r->mailbox, "ann");
	assert_span(r->targets[0], "e@o.example");
	done(NULL);
	/* Over every mailbox: what stands as Identity is the rule's own name. */
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"Set-TransportRule\",\"RecordType\":1,\"ObjectId\":"
	        "\"firm\\\\copies\",\"Parameters\":[{\"Name\":\"Identity\",\"Value\":\"copies\"},{\"Name\":\"BlindCopyTo\",\"Value\":\"e@o.example\"}]}");
	assert_int_equal(r->kind, LOG_FORWARDING);
	assert_span(r->mailbox, "");
	assert_span(r->targets[0], "e@o.example");
	assert_span(r->rule.name, "copies");
	assert_true(r->rule.changed && !r->rule.removed && !r->rule.renamed);
	done(NULL);
	/* Whose a rule is says what was changed, not who did it; a directory's id, or a person's name, says nothing. */
	for (size_t i = 0; i < 3; i++) {
		static const char *const whose[][2] = {{"bob", "bob"}, {"3f0c6e3e-0000-4000-8000-000000000007", "ada@us.example"}, {"Bob Other", "ada@us.example"}};
		char text[500];

		(void)snprintf(text, sizeof text, "{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"Set-InboxRule\",\"RecordType\":1,"
		        "\"UserId\":\"ada@us.example\",\"ObjectId\":\"PROD/Hosted/firm/%s\\\\123\",\"Parameters\":[{\"Name\":\"Identity\",\"Value\":\"123\"},"
		        "{\"Name\":\"Name\",\"Value\":\"zz\"},{\"Name\":\"ForwardTo\",\"Value\":\"e@o.example\"}]}", whose[i][0]);
		r = one(text);
		assert_span(r->mailbox, whose[i][1]);
		assert_true(r->rule.renamed);
		done(NULL);
	}
	/* A parameter may call the mailbox by its place in the directory. */
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"New-InboxRule\",\"RecordType\":1,\"Parameters\":["
	        "{\"Name\":\"Mailbox\",\"Value\":\"firm.example/Users/bob\"},{\"Name\":\"ForwardTo\",\"Value\":\"e@o.example\"}]}");
	assert_span(r->mailbox, "bob");
	done(NULL);
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"New-TransportRule\",\"RecordType\":1,\"Parameters\":["
	        "{\"Name\":\"Name\",\"Value\":\"copies\"},{\"Name\":\"SubjectContainsWords\",\"Value\":\"iban\"},{\"Name\":\"BlindCopyTo\",\"Value\":\"e@o.example\"},"
	        "{\"Name\":\"Mode\",\"Value\":\"Enforce\"}]}");
	assert_int_equal(r->rule.n_conditions, 1);
	assert_span(r->rule.conditions[0].name, "SubjectContainsWords");
	assert_false(r->rule.changed || r->rule.removed);
	done(NULL);
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"Disable-TransportRule\",\"RecordType\":1,\"Parameters\":["
	        "{\"Name\":\"Identity\",\"Value\":\"copies\"}]}");
	assert_span(r->rule.name, "copies");
	assert_true(r->rule.removed);
}

static void consents_roles_and_credentials_are_told_apart(void **state)
{
	const struct log_record *r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":"
	    "\"Add app role assignment to service principal.\",\"RecordType\":8,\"ModifiedProperties\":[{\"Name\":\"AppRole.Value\","
	    "\"NewValue\":\"full_access_as_app\",\"OldValue\":\"\"},{\"Name\":\"ServicePrincipal.DisplayName\",\"NewValue\":\"Sync\"},"
	    "{\"Name\":\"ServicePrincipal.AppId\",\"NewValue\":\"APP\"}]}");

	(void)state;
	assert_int_equal(r->kind, LOG_APP_ROLE);
	assert_span(r->role, "full_access_as_app");
	assert_span(r->target_app_id, "APP");
	assert_span(r->target_name, "Sync");
	done(NULL);
	r = one("{\"id\":\"d1\",\"activityDateTime\":\"2024-03-05T10:11:12.1Z\",\"activityDisplayName\":\"Update application \xe2\x80\x93 "
	        "Certificates and secrets management \",\"category\":\"ApplicationManagement\",\"result\":\"success\",\"initiatedBy\":{\"user\":"
	        "{\"id\":\"u\",\"userPrincipalName\":\"eve@firm.example\",\"ipAddress\":\"192.0.2.8\"}},\"targetResources\":[{\"id\":\"t\","
	        "\"displayName\":\"Sync\",\"modifiedProperties\":[]}]}");
	assert_int_equal(r->product, LOG_ENTRA_AUDIT);
	assert_int_equal(r->kind, LOG_APP_CREDENTIAL);
	assert_span(r->user, "eve@firm.example");
	assert_span(r->ip, "192.0.2.8");
	assert_span(r->target_name, "Sync");
	done(NULL);
	r = one("Date (UTC),CorrelationId,Service,Category,Activity,Result,ActorUserPrincipalName,IpAddress,Target1DisplayName,"
	        "Target1ModifiedProperty1Name,Target1ModifiedProperty1OldValue,Target1ModifiedProperty1NewValue\n2024-03-05T10:11:12Z,"
	        "c,Core Directory,ApplicationManagement,Add app role assignment to service principal,success,eve@firm.example,"
	        "192.0.2.8,Exchange,AppRole.Value,,\"\"\"Mail.Read\"\"\"\n");
	assert_int_equal(r->product, LOG_ENTRA_AUDIT);
	assert_int_equal(r->kind, LOG_APP_ROLE);
	assert_span(r->user, "eve@firm.example");
	assert_span(r->role, "Mail.Read");
	assert_span(r->resource, "Exchange");
	done(NULL);
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"Consent to application.\",\"RecordType\":8,"
	        "\"ObjectId\":\"APP\",\"ModifiedProperties\":[{\"Name\":\"ConsentAction.Permissions\",\"NewValue\":\"[] => [[Id: q, "
	        "ConsentType: Principal, Scope:  Mail.Read User.Read]]; \"}]}");
	assert_int_equal(r->kind, LOG_CONSENT);
	assert_span(r->role, "Mail.Read User.Read");
	assert_span(r->target_app_id, "APP");
	done(NULL);
	r = one("{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"Operation\":\"Update application â Certificates and "
	        "secrets management \",\"RecordType\":8,\"ObjectId\":\"Application_A1\",\"Target\":[{\"ID\":\"Application\",\"Type\":2},"
	        "{\"ID\":\"Sync\",\"Type\":1}]}");
	assert_int_equal(r->kind, LOG_APP_CREDENTIAL);
	assert_span(r->target_app_id, "A1");
	assert_span(r->target_name, "Sync");
}

static void sign_ins_are_read_from_graph_diagnostics_and_the_portal(void **state)
{
	static const char *const logs[] = {
		"{\"value\":[{\"id\":\"s1\",\"createdDateTime\":\"2024-03-05T10:11:12Z\",\"userPrincipalName\":\"ann@firm.example\","
		"\"appId\":\"A\",\"appDisplayName\":\"Mail\",\"ipAddress\":\"192.0.2.5\",\"clientAppUsed\":\"Browser\",\"status\":"
		"{\"errorCode\":50126,\"failureReason\":\"bad password\"}}]}",
		("{\"time\":\"2024-03-05T10:15:00Z\",\"category\":\"SignInLogs\",\"resultType\":\"50126\",\"properties\":{\"id\":\"s1\","
		"\"createdDateTime\":\"2024-03-05T10:11:12+00:00\",\"userPrincipalName\":\"ann@firm.example\",\"appId\":\"A\","
		"\"appDisplayName\":\"Mail\",\"ipAddress\":\"192.0.2.5\",\"clientAppUsed\":\"Browser\"}}"),
		"Date (UTC),Request ID,Username,Application,Application ID,IP address,Client app,Status,Sign-in error code\n"
		"2024-03-05T10:11:12Z,s1,ann@firm.example,Mail,A,192.0.2.5,Browser,Failure,50126\n",
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct log_record *r = one(logs[i]);

		assert_int_equal(r->product, LOG_ENTRA_SIGN_IN);
		assert_int_equal(r->kind, LOG_SIGN_IN);
		assert_int_equal(r->when_utc, 1709633472);
		assert_span(r->id, "s1");
		assert_span(r->user, "ann@firm.example");
		assert_span(r->ip, "192.0.2.5");
		assert_span(r->app_id, "A");
		assert_span(r->app_name, "Mail");
		assert_span(r->client_info, "Browser");
		assert_span(r->result, "50126");
		assert_int_equal(r->success, LOG_NO);
		if (i < 2)
			done(NULL);
	}
}

static void a_graph_request_names_items_by_their_graph_id(void **state)
{
	const struct log_record *r = one("{\"TimeGenerated\":\"2024-03-05T10:11:12Z\",\"RequestId\":\"q\",\"RequestMethod\":\"GET\","
	    "\"RequestUri\":\"https://graph.microsoft.com/v1.0/users/ann@firm.example/mailFolders('inbox')/messages/AAMk1=/$value?x=1\","
	    "\"ResponseStatusCode\":\"200\",\"AppId\":\"A\",\"ServicePrincipalId\":\"SP\",\"SignInActivityId\":\"U\"}");

	(void)state;
	assert_int_equal(r->kind, LOG_GRAPH_REQUEST);
	assert_span(r->mailbox, "ann@firm.example");
	assert_span(r->items[0].item_id, "AAMk1=");
	assert_span(r->folders[0].id, "inbox");
	assert_span(r->unique_token_id, "U");
	assert_int_equal(r->success, LOG_YES);
}

static void google_activities_are_read(void **state)
{
	const struct log_record *r = one("{\"kind\":\"admin#reports#activities\",\"items\":[{\"kind\":\"admin#reports#activity\",\"id\":"
	    "{\"time\":\"2024-03-05T10:11:12.000Z\",\"uniqueQualifier\":\"-7\",\"applicationName\":\"gmail\"},\"actor\":{\"email\":"
	    "\"ann@firm.example\"},\"ipAddress\":\"192.0.2.5\",\"events\":[{\"type\":\"delivery\",\"name\":\"delivery\",\"parameters\":["
	    "{\"name\":\"event_info\",\"messageValue\":{\"parameter\":[{\"name\":\"mail_event_type\",\"intValue\":\"7\"}]}},{\"name\":"
	    "\"message_info\",\"messageValue\":{\"parameter\":[{\"name\":\"rfc2822_message_id\",\"value\":\"<g@x>\"}]}}]}]}]}");

	(void)state;
	assert_int_equal(r->product, LOG_GOOGLE);
	assert_int_equal(r->kind, LOG_MAIL_READ_GOOGLE);
	assert_span(r->mailbox, "ann@firm.example");
	assert_span(r->items[0].message_id, "g@x");
	assert_span(r->id, "gmail:-7:2024-03-05T10:11:12.000Z");
}

static void a_list_of_accesses_is_read(void **state)
{
	const struct log_record *r = one("time,mailbox,message_id,client,ip,actor\n2024-03-05T10:11:12Z,ann@firm.example,<l@x>,imap,"
	                                 "192.0.2.5,eve\n");

	(void)state;
	assert_int_equal(r->product, LOG_LIST);
	assert_int_equal(r->kind, LOG_BIND);
	assert_span(r->items[0].message_id, "l@x");
	assert_span(r->user, "eve");
	done(NULL);
	r = one("{\"time\":\"2024-03-05T10:11:12Z\",\"mailbox\":\"ann@firm.example\",\"folder\":\"\\\\Inbox\"}");
	assert_int_equal(r->kind, LOG_SYNC);
	assert_span(r->folders[0].path, "\\Inbox");
}

static void parameters_may_be_one_line_as_they_were_typed(void **state)
{
#define TYPED(operation, parameters) "{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"RecordType\":18," \
	"\"Workload\":\"SecurityComplianceCenter\",\"Operation\":\"" operation "\",\"Parameters\":\"" parameters "\"}"
	const struct log_record *r = one(TYPED("New-ComplianceSearchAction", "-SearchName \\\"s - 1\\\" -Export -Format \\\"FxStream\\\""));

	(void)state;
	assert_int_equal(r->kind, LOG_EXPORT);
	assert_span(r->search, "s - 1");
	assert_false(r->search_made || r->search_anywhere);
	assert_int_equal(r->n_pairs, 3);
	assert_span(r->pairs[0].value, "s - 1");
	done(NULL);
	r = one(TYPED("New-ComplianceSearch", "-ExchangeLocation \\\"ann@firm.example\\\",\\\"bob@firm.example\\\" -ContentMatchQuery \\\"a -b\\\""));
	assert_int_equal(r->kind, LOG_SEARCH);
	assert_span(r->mailbox, "ann@firm.example;bob@firm.example");
	assert_span(r->query, "a -b");
	assert_true(r->search_made && !r->search_anywhere);
	done(NULL);
	r = one(TYPED("New-ComplianceSearch", "-ExchangeLocation All"));
	assert_span(r->mailbox, "");
	assert_true(r->search_anywhere);
}

static void what_opens_mailboxes_without_naming_mail_is_known(void **state)
{
#define CHANGED(operation, parameters) "{\"CreationTime\":\"2024-03-05T10:11:12\",\"Id\":\"x\",\"RecordType\":1,\"UserId\":\"adm@firm.example\"," \
	"\"Operation\":\"" operation "\",\"ObjectId\":\"firm\\\\o\",\"Parameters\":[" parameters "]}"
#define PARAMETER(name, value) "{\"Name\":\"" name "\",\"Value\":\"" value "\"}"
#define ADMIN(event, more) "{\"kind\":\"admin#reports#activity\",\"id\":{\"time\":\"2024-03-05T10:11:12Z\",\"uniqueQualifier\":\"1\"," \
	"\"applicationName\":\"admin\"},\"actor\":{\"email\":\"adm@firm.example\"},\"events\":[{\"name\":\"" event "\",\"parameters\":[{" \
	"\"name\":\"USER_EMAIL\",\"value\":\"ann@firm.example\"}" more "]}]}"
#define TO ",{\"name\":\"EMAIL_MONITOR_DEST_EMAIL\",\"value\":\"eve@firm.example\"}"
	static const struct { const char *record; enum log_kind kind; const char *mailbox; bool targets, removed; } cases[] = {
	    {CHANGED("New-ManagementRoleAssignment", PARAMETER("Role", "ApplicationImpersonation") "," PARAMETER("User", "eve")), LOG_MAILBOX_PERMISSION, "", false, false},
	    {CHANGED("New-ManagementRoleAssignment", PARAMETER("Role", "Application Mail.ReadWrite") "," PARAMETER("App", "a")), LOG_MAILBOX_PERMISSION, "", false, false},
	    {CHANGED("New-ManagementRoleAssignment", PARAMETER("Role", "Audit Logs") "," PARAMETER("User", "eve")), LOG_OTHER, "", false, false},
	    {CHANGED("New-MailboxRestoreRequest", PARAMETER("SourceMailbox", "ann@firm.example") "," PARAMETER("TargetMailbox", "eve@firm.example")), LOG_EXPORT,
	     "ann@firm.example", false, false},
	    {ADMIN("CREATE_EMAIL_MONITOR", TO), LOG_FORWARDING, "ann@firm.example", true, false},
	    {ADMIN("DELETE_EMAIL_MONITOR", TO), LOG_FORWARDING, "ann@firm.example", true, true},
	    {ADMIN("REQUEST_MAILBOX_DUMP", ""), LOG_EXPORT, "ann@firm.example", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct log_record *r = one(cases[i].record);

		assert_int_equal(r->kind, cases[i].kind);
		assert_span(r->mailbox, cases[i].mailbox);
		assert_int_equal(r->n_targets, cases[i].targets);
		assert_int_equal(r->rule.removed, cases[i].removed);
		done(NULL);
	}
}

static void message_ids_may_be_a_list_within_a_cell(void **state)
{
	static const char *const lists[] = {"[\"\"<a@x>\"\", \"\"<b@x>\"\"]", "['<a@x>', '<b@x>']", "<a@x>; <b@x>", "[\"\"a@x\"\",\"\"b@x\"\"]"};

	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		char text[400];
		const struct log_record *r;

		(void)snprintf(text, sizeof text, "CreationTime,Id,Operation,MailboxOwnerUPN,MailAccessType,IsThrottled,OperationCount,InternetMessageIds\n"
		    "2024-03-05T10:11:12,x,MailItemsAccessed,ann@firm.example,Bind,False,2,\"%s\"\n", lists[i]);
		r = one(text);
		assert_int_equal(r->n_items, 2);
		assert_span(r->items[0].message_id, "a@x");
		assert_span(r->items[1].message_id, "b@x");
		done(NULL);
	}
}

static void what_uid_is_put_before_is_a_command_of_its_own(void **state)
{
	static const struct { const char *command; enum log_kind kind; } cases[] = {{"uid,\"fetch 1:3 (BODY.PEEK[])\"", LOG_BIND},
	    {"uid fetch,1:3 (BODY.PEEK[])", LOG_BIND}, {"uid,fetch 1:* (ENVELOPE)", LOG_FOLDER_OPENED}, {"uid,\"search TEXT x\"", LOG_SEARCH},
	    {"uid,fetch 1:* (FLAGS)", LOG_OTHER}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[400];

		(void)snprintf(text, sizeof text, "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid\n"
		    "2024-03-05T10:11:12.000Z,A,1,192.0.2.1:993,203.0.113.5:5,ann,1,2,3,%s,R=ok,\n", cases[i].command);
		assert_int_equal(one(text)->kind, cases[i].kind);
		done(NULL);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_teardown(f, done)
	const struct CMUnitTest tests[] = {
		T(a_bind_can_name_several_folders),
		T(a_bind_without_items_is_a_finding),
		T(an_operation_count_that_does_not_fit_is_a_finding),
		T(a_sync_names_folders_by_path),
		T(a_sync_of_record_type_2_names_the_folder_in_its_item),
		T(the_newer_context_is_kept_when_it_is_there),
		T(of_a_member_that_stands_twice_the_last_is_taken_and_it_is_noted),
		T(addresses_come_without_ports_and_brackets),
		T(dates_are_read_in_every_form),
		T(a_deletion_that_names_nothing_is_a_finding),
		T(a_folder_that_was_opened_is_its_own_item),
		T(sent_and_destroyed_mail_is_named),
		T(a_sign_in_with_an_error_of_logon_let_nobody_in),
		T(rules_say_what_they_match_and_where_they_send),
		T(consents_roles_and_credentials_are_told_apart),
		T(sign_ins_are_read_from_graph_diagnostics_and_the_portal),
		T(a_graph_request_names_items_by_their_graph_id),
		T(google_activities_are_read),
		T(a_list_of_accesses_is_read),
		T(parameters_may_be_one_line_as_they_were_typed),
		T(what_opens_mailboxes_without_naming_mail_is_known),
		T(message_ids_may_be_a_list_within_a_cell),
		T(what_uid_is_put_before_is_a_command_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
