/* Lines of Dovecot's log, in a syslog of all kinds. */
#include <stdlib.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_is_read_from_its_login_to_its_end),
		cmocka_unit_test(lines_cut_at_any_length_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
