/* What activities of Google's administrators, groups and Vault mean for mail, from the Reports API and from tables of the console. */
#include <stdio.h>

#include "logs/test-logs.h"

#define PARAMETER(name, value) "{\"name\":\"" name "\",\"value\":\"" value "\"}"

static const struct { const char *app, *event, *parameters; enum log_kind kind; const char *mailbox, *target; } activities[] = {
	{"login", "email_forwarding_out_of_domain", PARAMETER("email_forwarding_destination_address", "d@evil.test"), LOG_FORWARDING, "eve@firm.example", "d@evil.test"},
	{"admin", "MAIL_ROUTING_DESTINATION_ADDED", PARAMETER("USER_EMAIL", "ann@firm.example") "," PARAMETER("NEW_VALUE", "d@evil.test"), LOG_FORWARDING,
	    "ann@firm.example", "d@evil.test"},
	{"admin", "ADD_GROUP_MEMBER", PARAMETER("USER_EMAIL", "d@evil.test") "," PARAMETER("GROUP_EMAIL", "all@firm.example"), LOG_FORWARDING, "", "d@evil.test"},
	{"groups_enterprise", "add_user", PARAMETER("member_id", "d@evil.test") "," PARAMETER("group_id", "all@firm.example"), LOG_FORWARDING, "", "d@evil.test"},
	{"groups_enterprise", "accept_invitation", PARAMETER("group_id", "all@firm.example"), LOG_FORWARDING, "", "eve@firm.example"},
	{"admin", "AUTHORIZE_API_CLIENT_ACCESS", PARAMETER("API_CLIENT_NAME", "77") "," PARAMETER("API_SCOPES", "https://mail.google.com/"), LOG_TOKEN, "", ""},
	{"admin", "SECURITY_INVESTIGATION_CONTENT_ACCESS", PARAMETER("INVESTIGATION_DATA_SOURCE", "DRIVE"), LOG_OTHER, "", ""},
	{"vault", "create_export_begin", PARAMETER("target_user", "ann@firm.example"), LOG_EXPORT, "ann@firm.example", ""},
	{"vault", "export_file_download", PARAMETER("matter_id", "m"), LOG_EXPORT, "", ""},
	{"vault", "search", PARAMETER("query", "invoice"), LOG_SEARCH, "", ""},
	{"vault", "view_document", PARAMETER("target_user", "ann@firm.example"), LOG_MAIL_READ_GOOGLE, "ann@firm.example", ""},
	{"vault", "view_document", PARAMETER("resource_url", "https://drive.google.com/open?id=1"), LOG_OTHER, "", ""},
};

static void what_administrators_do_with_mail_is_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof activities / sizeof *activities; i++) {
		char text[900];
		struct read got;
		const struct log_record *r;

		(void)snprintf(text, sizeof text, "{\"kind\":\"admin#reports#activity\",\"id\":{\"time\":\"2024-03-05T10:11:12Z\",\"uniqueQualifier\":\"7\","
		    "\"applicationName\":\"%s\"},\"actor\":{\"email\":\"eve@firm.example\"},\"events\":[{\"name\":\"%s\",\"parameters\":[%s]}]}",
		    activities[i].app, activities[i].event, activities[i].parameters);
		got = read_text(text);
		assert_int_equal(got.n, 1);
		r = got.r[0];
		assert_string_equal(log_kind_name(r->kind), log_kind_name(activities[i].kind));
		assert_span(r->mailbox, activities[i].mailbox);
		assert_int_equal(r->n_targets, activities[i].target[0] != '\0');
		if (r->n_targets != 0)
			assert_span(r->targets[0], activities[i].target);
		read_done(&got);
	}
}

static void a_message_that_was_looked_at_in_the_investigation_tool_is_named(void **state)
{
	struct read got = read_text("{\"kind\":\"admin#reports#activity\",\"id\":{\"time\":\"2024-03-05T10:11:12Z\",\"uniqueQualifier\":\"7\",\"applicationName\":"
	    "\"admin\"},\"actor\":{\"email\":\"eve@firm.example\"},\"events\":[{\"name\":\"SECURITY_INVESTIGATION_CONTENT_ACCESS\",\"parameters\":["
	    PARAMETER("INVESTIGATION_DATA_SOURCE", "GMAIL") "," PARAMETER("INVESTIGATION_CONTENT_ACCESS_ENTITY_ID", "(<m1@x> ann@firm.example)") "]}]}");

	(void)state;
	assert_int_equal(got.r[0]->kind, LOG_MAIL_READ_GOOGLE);
	assert_span(got.r[0]->mailbox, "ann@firm.example");
	assert_span(got.r[0]->items[0].message_id, "m1@x");
	read_done(&got);
}

#define CONSOLE "Date,Message ID,Event,Owner,Actor,Delegate,IP address\n2024-03-05T10:11:12Z,<m1@x>,"

static void who_acted_is_the_delegate_and_of_a_forwarded_copy_nobody(void **state)
{
	struct read got = read_text(CONSOLE "Open,ann@firm.example,ann@firm.example,eve@firm.example,192.0.2.5\n");

	(void)state;
	assert_int_equal(got.r[0]->kind, LOG_MAIL_READ_GOOGLE);
	assert_span(got.r[0]->mailbox, "ann@firm.example");
	assert_span(got.r[0]->user, "eve@firm.example");
	read_done(&got);
	got = read_text(CONSOLE "Autoforward,ann@firm.example,ann@firm.example,,\n");
	assert_int_equal(got.r[0]->kind, LOG_MAIL_READ_GOOGLE);
	assert_span(got.r[0]->mailbox, "ann@firm.example");
	assert_span(got.r[0]->user, "");
	read_done(&got);
}

static void tables_of_the_console_tell_of_forwarding_and_takeouts(void **state)
{
	struct read got = read_text("Date,Event,Description,User,IP address\n"
	    "2024-03-05T10:11:12Z,Out of domain email forwarding enabled,ann@firm.example has enabled forwarding to d@evil.test,ann@firm.example,192.0.2.5\n"
	    "2024-03-05T10:11:13Z,User completed a Takeout,x,ann@firm.example,192.0.2.5\n"
	    "2024-03-05T10:11:14Z,Customer Takeout Created,x,eve@firm.example,192.0.2.5\n");

	(void)state;
	assert_int_equal(got.n, 3);
	assert_int_equal(got.r[0]->kind, LOG_FORWARDING);
	assert_span(got.r[0]->mailbox, "ann@firm.example");
	assert_int_equal(got.r[0]->n_targets, 1);
	assert_int_equal(got.r[1]->kind, LOG_EXPORT);
	assert_span(got.r[1]->mailbox, "ann@firm.example");
	assert_int_equal(got.r[2]->kind, LOG_EXPORT);
	assert_span(got.r[2]->mailbox, "");
	read_done(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_administrators_do_with_mail_is_told_apart),
	    cmocka_unit_test(a_message_that_was_looked_at_in_the_investigation_tool_is_named),
	    cmocka_unit_test(who_acted_is_the_delegate_and_of_a_forwarded_copy_nobody),
	    cmocka_unit_test(tables_of_the_console_tell_of_forwarding_and_takeouts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
