#include "base/test.h"

#include "base/clock.h"
#include "mail/summary.h"

static struct message *parse(struct arena *a, const char *text)
{
	struct message *m;

	assert_ok(mime_parse(a, span_str(text), false, &m, &e));
	return m;
}

static struct summary summarise(struct arena *a, const char *text)
{
	struct summary s;

	static const char *const trusted[] = {"mx.own.example"};

	assert_ok(summary_read(a, parse(a, text), trusted, 1, &s, &e));
	return s;
}

static void a_summary_has_identity_and_everybody_who_took_part(void **state)
{
	struct arena *a = test_arena();
	struct summary s = summarise(a,
	    "Delivered-To: me@own.example\nAuthentication-Results: mx.own.example; dmarc=pass header.from=host.example\n"
	    "Message-ID: <1@host.example>\nDate: Fri, 1 Mar 2024 09:30:00 +0100\n"
	    "Subject: =?utf-8?Q?caf=C3=A9?=\nFrom: Jane Doe <jane@Host.example>\nTo: a@b.example, c@d.example\n"
	    "Resent-To: r@s.example\n\nx");
	static const struct { enum summary_role role; const char *address; } want[] = {
	    {ROLE_FROM, "jane@host.example"}, {ROLE_TO, "a@b.example"}, {ROLE_TO, "c@d.example"},
	    {ROLE_RESENT_TO, "r@s.example"}, {ROLE_DELIVERED_TO, "me@own.example"}};

	(void)state;
	assert_span(s.rfc822_id, "1@host.example");
	assert_span(s.subject, "caf\xc3\xa9");
	assert_int_equal(s.when_utc, 1709281800);
	assert_int_equal(s.n_parties, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(s.parties[i].role, want[i].role);
		assert_span(s.parties[i].address, want[i].address);
	}
	assert_span(s.parties[0].name, "Jane Doe");
	assert_span(s.parties[0].domain, "host.example");
	assert_span(s.verified_domain, "host.example");
	assert_int_equal(s.traits, 0);
	s = summarise(a, "no header");
	assert_int_equal(s.when_utc, TIME_NONE);
	assert_int_equal(s.n_parties, 0);
	arena_free(a);
}

static void bulk_list_automatic_and_junk_mail_is_known(void **state)
{
	static const struct { const char *header; unsigned traits; } cases[] = {
	    {"List-Unsubscribe: <mailto:x@y.example>\n", SUMMARY_BULK}, {"Precedence: Bulk\n", SUMMARY_BULK},
	    {"Precedence: list\n", SUMMARY_LIST}, {"List-Id: X <x.y.example>\n", SUMMARY_LIST},
	    {"Auto-Submitted: auto-replied\n", SUMMARY_AUTOMATIC}, {"Auto-Submitted: no\n", 0},
	    {"Return-Path: <>\n", SUMMARY_AUTOMATIC}, {"Return-Path: <a@b.example>\n", 0},
	    {"Content-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b--\n", SUMMARY_AUTOMATIC},
	    {"X-Spam-Flag: YES\n", SUMMARY_JUNK}, {"X-Spam-Status: No, score=1\n", 0},
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (summarise(a, arena_printf(a, "From: x\n%s\n", cases[i].header)).traits != cases[i].traits)
			fail_msg("%s", cases[i].header);
	arena_free(a);
}

static void a_list_is_a_party(void **state)
{
	struct arena *a = test_arena();
	struct summary s = summarise(a, "List-Id: The list <talk.lists.host.example>\nList-Post: <mailto:talk@host.example>\n"
	    "List-Post: NO\n\n");

	(void)state;
	assert_int_equal(s.n_parties, 2);
	assert_span(s.parties[0].address, "talk.lists.host.example");
	assert_span(s.parties[0].domain, "lists.host.example");
	assert_span(s.parties[0].name, "The list");
	assert_span(s.parties[1].address, "talk@host.example");
	s = summarise(a, "X-Original-From: Jane <jane@orig.example>\nFrom: \"'Jane' via Talk\" <talk@host.example>\n\n");
	assert_int_equal(s.parties[0].role, ROLE_FROM);
	assert_int_equal(s.parties[1].role, ROLE_ORIGINAL_FROM);
	assert_span(s.parties[1].address, "jane@orig.example");
	s = summarise(a, "Sender: talk-bounces+jane=host.example@lists.example\n\n");
	assert_span(s.parties[0].address, "talk-bounces+jane=host.example@lists.example");
	assert_span(s.parties[0].domain, "lists.example");
	s = summarise(a, "To: talk-bounces+jane=host.example@lists.example\n\n");
	assert_span(s.parties[0].address, "jane@host.example");
	assert_span(s.parties[0].domain, "host.example");
	arena_free(a);
}

static void addresses_made_by_forwarders_and_lists_are_seen_through(void **state)
{
	static const char *const cases[][2] = {
	    {"SRS0=HHH=TT=orig.example=jane@forwarder.example", "jane@orig.example"},
	    {"srs0=HHH=TT=Orig.example=jane=doe@forwarder.example", "jane=doe@orig.example"},
	    {"SRS1=HHH=first.example==HHH=TT=orig.example=jane@second.example", "jane@orig.example"},
	    {"prvs=0123456789=jane@host.example", "jane@host.example"},
	    {"prvs=jane/0123456789@host.example", "jane@host.example"},
	    {"talk-bounces+jane=host.example@lists.example", "jane@host.example"},
	    {"bounces+123456-9f3a-jane=host.example@mailer.example", "jane@host.example"},
	    {"bounce-77-jane=host.example@mailer.example", "jane@host.example"},
	    {"jane.doe=40Host.example@dmarc.list.example", "jane.doe@host.example"},
	    {"jane=host.example@groups.io", "jane@host.example"},
	    {"jane@host.example.invalid", "jane@host.example"},
	    {"jane@host.invalid", "jane@host.invalid"},
	    {"IMCEASMTP-jane+2Edoe+40Host+2Eexample@exchange.example", "jane.doe@host.example"},
	    {"imceanotes-+22Doe+2C+20Jane+22+20+3Cjane+5Fd+40host+2Eexample+3E+40ACME@exchange.example", "jane_d@host.example"},
	    {"IMCEANOTES-Jane+20Doe_ACME+40ACME@exchange.example", "IMCEANOTES-Jane+20Doe_ACME+40ACME@exchange.example"},
	    {"IMCEAEX-_O=ACME_OU=X_CN=JANE@exchange.example", "IMCEAEX-_O=ACME_OU=X_CN=JANE@exchange.example"},
	    {"IMCEASMTP-+40+2E+40@exchange.example", "IMCEASMTP-+40+2E+40@exchange.example"},
	    {"IMCEA@exchange.example", "IMCEA@exchange.example"},
	    {"jane@host.example", "jane@host.example"},
	    {"a=b@host.example", "a=b@host.example"},
	    {"SRS0=x@host.example", "SRS0=x@host.example"},
	    {"no address", "no address"},
	    {"", ""},
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_span(address_unwrap(a, span_str(cases[i][0]), false), cases[i][1]);
	arena_free(a);
}

static bool verified(struct arena *a, const char *headers, const char *from)
{
	static const char *const trusted[] = {"mx.own.example"};

	return auth_results_domain(a, &parse(a, headers)->headers, trusted, 1, span_str(from)).n != 0;
}

static void only_results_of_a_trusted_host_at_the_top_verify_a_sender(void **state)
{
	struct arena *a = test_arena();
	static const char *const any[] = {""};

	(void)state;
	assert_true(verified(a, "Authentication-Results: mx.own.example 1; spf=fail smtp.mailfrom=x.example;\n"
	    " dmarc=pass (p=none; dis=none) header.from=Host.example\n\n", "host.example"));
	assert_true(verified(a, "Authentication-Results: MX.own.example; dkim=pass header.d=host.example\n\n", "mail.host.example"));
	assert_true(verified(a, "Authentication-Results: mx.own.example; dkim=pass header.i=@host.example\n\n", "host.example"));
	assert_true(verified(a, "Authentication-Results: mx.own.example; spf=pass smtp.mailfrom=bounce@mail.host.example\n\n",
	    "host.example"));
	assert_true(verified(a, "Received: x\nAuthentication-Results: mx.own.example; none\n"
	    "Authentication-Results: mx.own.example; dkim=pass header.d=host.example\nReceived: y\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; dkim=fail header.d=host.example\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; dkim=pass header.d=other.example\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; dkim=pass header.d=nothost.example\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; dkim=pass header.d=example\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; x=\"; dkim=pass header.d=host.example\"\n\n", "other.example"));
	assert_false(verified(a, "Authentication-Results: mx.evil.example; dkim=pass header.d=host.example\n\n", "host.example"));
	/* Large providers write theirs below the stamp with which they took the message over. */
	assert_true(verified(a, "Received: from mail.host.example by mx.own.example; x\nReceived-SPF: pass\n"
	    "Authentication-Results: mx.own.example; dkim=pass header.d=host.example\nReceived: from a by b; x\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; none\nReceived: x\n"
	    "Authentication-Results: mx.own.example; dkim=pass header.d=host.example\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; dmarc=fail header.from=host.example\n"
	    "Authentication-Results: mx.own.example; dkim=pass header.d=host.example\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; dkim=pass header.d=host.example;\n"
	    " dmarc=fail (p=reject) header.from=host.example\n\n", "host.example"));
	assert_true(verified(a, "Authentication-Results: mx.own.example; dkim=pass header.d=host.example;\n"
	    " dmarc=fail header.from=other.example\n\n", "host.example"));
	assert_false(verified(a, "Authentication-Results: mx.own.example; (dkim=pass header.d=host.example)\n\n", "host.example"));
	assert_int_equal(auth_results_domain(a, &parse(a, "Authentication-Results: spf=none; dmarc=pass action=none "
	    "header.from=host.example;compauth=pass\n\n")->headers, any, 1, SPAN_LIT("host.example")).n, 12);
	assert_false(verified(a, "Authentication-Results: dmarc=pass header.from=host.example\n\n", "host.example"));
	arena_free(a);
}

static void a_date_in_encoded_words_is_read(void **state)
{
	struct arena *a = test_arena();
	struct summary s = summarise(a, "Date: =?utf-8?Q?Fri=2C_1_Mar_2024_09:30:00_=2B0100?=\n\nx");

	(void)state;
	assert_int_equal(s.when_utc, 1709281800);
	arena_free(a);
}

static void mail_arrived_when_the_topmost_named_server_says(void **state)
{
#define AT(hour) "Fri, 1 Mar 2024 " hour ":00:00 +0000"
	static const struct { const char *header, *by; int hour; } cases[] = {
	    {"Received: from a by mx.own.example (Postfix) with SMTP id 1; " AT("09") "\n", "mx.own.example", 9},
	    {"Received: from a (by evil.example) by\n mx.own.example with ESMTPS (by the way; yes); " AT("09") "\n", "mx.own.example", 9},
	    /* Whatever stands below, a sender may have written. */
	    {"Received: from a by mx.own.example; " AT("09") "\nReceived: by mx.own.example; " AT("03") "\n", "mx.own.example", 9},
	    {"Delivery-date: " AT("10") "\nReceived: from a by mx.own.example; " AT("09") "\n", "mx.own.example", 9},
	    {"Delivery-date: " AT("10") "\nReceived: from a by mx.own.example\nReceived: by b.example; " AT("03") "\n", "mx.own.example", 10},
	    {"Received: by mx.own.example; " AT("09") "\nDelivery-date: " AT("03") "\n", "mx.own.example", 9},
	    /* Passed over, but the earliest counts: a stamp of our own below it may be forged. */
	    {"Received: by 2002:a05:6402:1::1 with SMTP id x; " AT("05") "\nReceived: from a by mx.google.com; " AT("09") "\n", "mx.google.com", 5},
	    {"Received: from mx by localhost (Dovecot) with LMTP; " AT("11") "\nReceived: by mail01 ; " AT("10") "\n"
	     "Received: from a by mx.own.example; " AT("09") "\n", "mx.own.example", 9},
	    {"Received: from imap.a.example by desk.own.example with IMAP (fetchmail-6.4); " AT("11") "\n"
	     "Received: from a by mx.own.example; " AT("09") "\n", "mx.own.example", 9},
	    {"Received: from a by [192.0.2.1]; " AT("09") "\n", "", 9},
	    {"Received: by\n", "", -1}, {"Received: ;;by\n", "", -1}, {"Received: by a.example; yesterday\n", "a.example", -1},
	    {"Date: " AT("09") "\n", "", -1},
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct summary s = summarise(a, arena_printf(a, "%s\nx", cases[i].header));

		assert_int_equal(s.arrival.when_utc, cases[i].hour < 0 ? TIME_NONE : 1709251200 + cases[i].hour * 3600);
		assert_true(span_eq(s.arrival.by, span_str(cases[i].by)));
	}
	arena_free(a);
}

/* RFC 5322, 3.6: there is to be one. */
static void a_second_message_id_that_differs_is_seen(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_int_equal(summarise(a, "Message-ID: <1@x>\nMessage-ID: <2@x>\n\nx").traits, SUMMARY_TWO_IDS);
	assert_span(summarise(a, "Message-ID: <1@x>\nMessage-ID: <2@x>\n\nx").rfc822_id, "1@x");
	assert_int_equal(summarise(a, "Message-ID: <1@x>\nMessage-ID: <1@x>\nMessage-ID:\n\nx").traits, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_summary_has_identity_and_everybody_who_took_part),
	    cmocka_unit_test(a_second_message_id_that_differs_is_seen),
	    cmocka_unit_test(bulk_list_automatic_and_junk_mail_is_known),
	    cmocka_unit_test(a_date_in_encoded_words_is_read),
	    cmocka_unit_test(mail_arrived_when_the_topmost_named_server_says),
	    cmocka_unit_test(a_list_is_a_party),
	    cmocka_unit_test(addresses_made_by_forwarders_and_lists_are_seen_through),
	    cmocka_unit_test(only_results_of_a_trusted_host_at_the_top_verify_a_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
