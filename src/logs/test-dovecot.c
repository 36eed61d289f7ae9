/* Lines of Dovecot's log, in a syslog of all kinds. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "logs/test-logs.h"

#define LOGIN "Jun 11 10:00:00 mx dovecot: imap-login: Login: user=<ann@firm.example>, method=PLAIN, rip=::ffff:203.0.113.9, lip=10.0.0.1, session=<a+b/c>\n"
#define EVENT "Jun 11 10:00:01 mx dovecot: imap(ann@firm.example)<77><a+b/c>: copy from INBOX: box=Old/2024, uid=5, msgid=<a@x>, size=1\n"
#define END "Jun 11 10:00:02 mx dovecot: imap(ann@firm.example)<77><a+b/c>: Connection closed in=1 out=2 hdr_count=3 body_count=4 body_bytes=5\n"
#define OTHER "Jun 11 10:00:00 mx postfix/smtpd[2]: connect from dovecot: imap-login: Login: user=<x>, rip=1.2.3.4\n"

static void a_session_is_read_from_its_login_to_its_end(void **state)
{
	struct read got = read_text(OTHER LOGIN OTHER EVENT END OTHER);
	const struct log_record *r = got.r[0];

	(void)state;
	assert_int_equal(logs_envelope(got.l), LOG_ENVELOPE_DOVECOT);
	assert_int_equal(got.n, 3);
	assert_int_equal(r->line, 2);
	assert_int_equal(r->at_byte, sizeof OTHER - 1);
	assert_int_equal(r->kind, LOG_SIGN_IN);
	assert_int_equal(r->success, LOG_YES);
	assert_span(r->mailbox, "ann@firm.example");
	assert_span(r->ip, "203.0.113.9");
	assert_span(r->session_id, "a+b/c");
	assert_int_equal(r->problems, LOG_TIME_GUESSED | LOG_NO_YEAR);
	assert_int_equal(got.r[1]->kind, LOG_MOVE);
	assert_span(got.r[1]->session_id, "a+b/c");
	assert_span(got.r[1]->items[0].message_id, "a@x");
	assert_span(got.r[1]->target_folder.path, "Old/2024");
	assert_int_equal(got.r[2]->kind, LOG_BIND);
	assert_int_equal(got.r[2]->operation_count, 4);
	read_done(&got);
}

static void lines_cut_at_any_length_do_no_harm(void **state)
{
	static const char text[] = LOGIN EVENT END;

	(void)state;
	for (size_t n = sizeof LOGIN - 1; n < sizeof text; n++) {
		struct arena *a = test_arena();
		const struct log_record *r;
		size_t read = 0;
		struct logs *l;
		char *copy = malloc(n);

		memcpy(copy, text, n);
		assert_ok(logs_open(&l, span_of(copy, n), SPAN_EMPTY, &e));
		for (;;) {
			assert_ok(logs_next(l, a, &r, &e));
			if (r == NULL)
				break;
			read++;
		}
		assert_true(read >= 1 + (n >= sizeof LOGIN EVENT - 1));
		logs_close(l);
		arena_free(a);
		free(copy);
	}
}

#define SAID "imap-login: Login: user=<ann@firm.example>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1, session=<a+b/c>"

static void a_line_is_read_behind_every_kind_of_header(void **state)
{
	static const char *const heads[] = {"<22>Jun 11 10:00:00 mx dovecot: ", "<22>1 2025-06-11T12:00:00.5+02:00 mx dovecot 77 - - ",
	    "<22>1 2025-06-11T12:00:00.5+02:00 mx dovecot 77 IMAP [a b=\"c\\\"]d\"][e] \xef\xbb\xbf", "Wed 2025-06-11 10:00:00 UTC mx dovecot[77]: ",
	    "2025-06-11T10:00:00+0000 mx dovecot[77]: ", "dovecot: Jun 11 10:00:00 Info: "};
	struct civil c;

	(void)state;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		char text[400];
		struct read got;

		(void)snprintf(text, sizeof text, "%s" SAID "\n", heads[i]);
		got = read_text(text);
		assert_int_equal(got.n, 1);
		assert_span(got.r[0]->session_id, "a+b/c");
		c = time_to_civil(got.r[0]->when_utc);
		assert_int_equal(c.month * 100 + c.day, 611);
		assert_int_equal(c.hour, 10);
		read_done(&got);
	}
}

static void a_line_that_rfc_5424_says_is_of_another_program_is_passed_over(void **state)
{
	struct read got = read_text(LOGIN "<22>1 2025-06-11T12:00:00Z mx notdovecot 77 - - " SAID "\n");

	(void)state;
	assert_int_equal(got.n, 1);
	read_done(&got);
}

/* More lines than are looked at, one an hour from the day on, with no year, and when each was. */
static void the_year_turns_where_it_turned(void **state)
{
	enum { HOURS = 24 * 900 };
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t first = time_from_civil((struct civil){2022, 11, 5, 0, 0, 0}), end = first + (HOURS - 1) * 3600LL;
	char *text = malloc(HOURS * 160), *p = text;
	struct arena *a = test_arena();
	const struct log_record *r;
	struct logs *l;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < HOURS; i++) {
		struct civil c = time_to_civil(first + i * 3600LL);

		p += sprintf(p, "%.3s %2d %02d:00:00 mx dovecot: " SAID "\n", months + (c.month - 1) * 3, c.day, c.hour);
	}
	assert_ok(logs_open(&l, span_of(text, (size_t)(p - text)), SPAN_EMPTY, &e));
	for (;; n++) {
		arena_reset(a);
		assert_ok(logs_next(l, a, &r, &e));
		if (r == NULL)
			break;
		assert_int_equal(when_before(r->when_utc, r->last_utc, r->years_back, end + 86400), first + (int64_t)n * 3600);
	}
	assert_int_equal(n, HOURS);
	logs_close(l);
	arena_free(a);
	free(text);
}

static void where_lines_are_in_no_order_no_turn_is_told(void **state)
{
	struct read got = read_text("Jan 02 10:00:00 mx dovecot: " SAID "\nDec 30 10:00:00 mx dovecot: " SAID "\nFeb 02 10:00:00 mx dovecot: " SAID
	    "\nJan 20 10:00:00 mx dovecot: " SAID "\n");

	(void)state;
	assert_int_equal(got.n, 4);
	for (size_t i = 0; i < got.n; i++)
		assert_true(got.r[i]->last_utc == TIME_NONE);
	read_done(&got);
}

static void events_with_tabs_are_those_of_json(void **state)
{
	struct read got = read_text(
	    "event:imap_command_finished\thostname:mx\tstart_time:2025-06-10T10:00:00.000000Z\tend_time:2025-06-10T10:00:01.000000Z\tcategory:imap\t"
	    "field:user=ann@firm.example\tfield:session=S=1\tfield:remote_ip=203.0.113.9\tfield:cmd_name=UID FETCH\tfield:cmd_args=1:5 (BODY[])\t"
	    "field:tagged_reply_state=OK\n"
	    "\n"
	    "event:auth_request_finished\tend_time:2025-06-10T10:00:02.000000Z\tfield:user=a\001tb\0011\tfield:success=yes\tfield:error=\n");
	const struct log_record *r = got.r[0];

	(void)state;
	assert_int_equal(logs_envelope(got.l), LOG_ENVELOPE_DOVECOT);
	assert_int_equal(got.n, 2);
	assert_int_equal(r->kind, LOG_BIND);
	assert_span(r->mailbox, "ann@firm.example");
	assert_span(r->session_id, "S=1");
	assert_span(r->ip, "203.0.113.9");
	assert_int_equal(r->when_utc, 1749549601);
	assert_int_equal(got.r[1]->kind, LOG_SIGN_IN);
	assert_int_equal(got.r[1]->success, LOG_YES);
	assert_span(got.r[1]->user, "a\tb\001");
	assert_int_equal(got.r[1]->line, 3);
	read_done(&got);
}

/* Pigeonhole says of whose mail it was and to whom it went, not who wrote the script; a session that was sent a kilobyte opened a folder. */
static void what_a_script_hands_on_is_named_and_who_acted_is_not(void **state)
{
	static const char *const lines[] = {
	    "Jun 11 10:00:00 mx dovecot: lmtp(ann@firm.example)<77><a+b/c>: sieve: msgid=<a@x>: forwarded to <d@evil.test>\n",
	    "Jun 11 10:00:00 mx dovecot: lmtp(77, ann@firm.example): a+b/c: sieve: msgid=<a@x>: redirect action: forwarded to <d@evil.test>\n"};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct read got = read_text(lines[i]);
		const struct log_record *r = got.r[0];

		assert_int_equal(got.n, 1);
		assert_int_equal(r->kind, LOG_BIND);
		assert_span(r->mailbox, "ann@firm.example");
		assert_span(r->user, "");
		assert_span(r->ip, "");
		assert_span(r->session_id, "");
		assert_span(r->items[0].message_id, "a@x");
		assert_span(r->targets[0], "d@evil.test");
		read_done(&got);
	}
}

static void a_session_that_was_sent_more_than_it_takes_to_log_in_may_have_seen_previews(void **state)
{
#define SENT(bytes) "Jun 11 10:00:02 mx dovecot: imap(ann@firm.example)<77><a+b/c>: Logged out in=1 out=" bytes " hdr_count=0 body_count=0 body_bytes=0\n"
	struct read got = read_text(SENT("800") SENT("1500"));

	(void)state;
	assert_int_equal(got.n, 2);
	assert_int_equal(got.r[0]->kind, LOG_OTHER);
	assert_int_equal(got.r[1]->kind, LOG_FOLDER_OPENED);
	read_done(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_read_from_its_login_to_its_end),
		cmocka_unit_test(events_with_tabs_are_those_of_json),
		cmocka_unit_test(lines_cut_at_any_length_do_no_harm),
		cmocka_unit_test(a_line_is_read_behind_every_kind_of_header),
		cmocka_unit_test(a_line_that_rfc_5424_says_is_of_another_program_is_passed_over),
		cmocka_unit_test(the_year_turns_where_it_turned),
		cmocka_unit_test(where_lines_are_in_no_order_no_turn_is_told),
		cmocka_unit_test(what_a_script_hands_on_is_named_and_who_acted_is_not),
		cmocka_unit_test(a_session_that_was_sent_more_than_it_takes_to_log_in_may_have_seen_previews),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
