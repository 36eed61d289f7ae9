/* What came back, as servers and people write it. argv[1] is rules/: each form must know its own example. */
#include "base/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "deliver/returned.h"
#include "stream/charset.h"

static const char *rules;
static struct forms forms;
static const char *const trusted[] = {"mx.us.example"};
#define MARK "tn-7q4k-2m9d.0123456789abcdef"

static struct returned read_span(struct arena *a, span mail)
{
	struct message *m;
	struct returned r;

	assert_ok(mime_parse(a, mail, false, &m, &e));
	assert_ok(returned_read(a, m, &forms, &r, &e));
	return r;
}
static struct returned read_mail(struct arena *a, const char *mail) { return read_span(a, span_str(mail)); }

/* A report as Postfix writes it; the returned header has the Message-ID. */
#define REPORT(encoding, status)                                                                               \
	"From: MAILER-DAEMON@mx.us.example (Mail Delivery System)\nTo: bounces+" MARK "@us.example\n"              \
	"Subject: Undelivered Mail Returned to Sender\nDate: Fri, 1 Mar 2024 09:30:00 +0000\nAuto-Submitted: auto-replied\n"     \
	"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\n"   \
	"Content-Type: text/plain\n\nThis is the mail system.\n\n--b\nContent-Type: message/delivery-status\n" encoding "\n" status \
	"\n--b\nContent-Type: text/rfc822-headers\n\nReturn-Path: <bounces+" MARK "@us.example>\nMessage-ID: <TN-7Q4K-2M9D@us.example>\n\n--b--\n"
#define GROUPS(action, status)                                                                                 \
	"Reporting-MTA: dns; mx.us.example\nOriginal-Envelope-Id: " MARK "\n\nFinal-Recipient: rfc822; bob@bank.example\nAction: " action \
	"\nStatus: " status "\nDiagnostic-Code: smtp; " status " says\n the server\n"

static void a_report_says_what_became_of_a_notice(void **state)
{
	static const struct { const char *mail; int kind; const char *status; } cases[] = {
	    {REPORT("", GROUPS("failed", "5.1.1")), HEARD_FAILED, "5.1.1 says the server"},
	    {REPORT("", GROUPS("delayed", "4.4.1")), HEARD_DELAYED, "4.4.1 says the server"},
	    {REPORT("", GROUPS("delivered", "2.0.0")), HEARD_DELIVERED, "2.0.0 says the server"},
	    {REPORT("", GROUPS("relayed (to a system without reports)", "2.0.0")), HEARD_RELAYED, "2.0.0 says the server"},
	    {REPORT("", GROUPS("expanded", "2.0.0")), HEARD_DELIVERED, "2.0.0 says the server"},
	    {REPORT("", GROUPS("", "5.7.1")), HEARD_FAILED, "5.7.1 says the server"},
	    /* an alias: one of its recipients failed */
	    {REPORT("", GROUPS("delivered", "2.0.0") "\nAction: failed\nStatus: 5.2.2\n"), HEARD_FAILED, "5.2.2"},
	    /* "Original-Envelope-Id: tn-...\n\nAction: failed\nStatus: 5.1.1\n" */
	    {REPORT("Content-Transfer-Encoding: base64\n",
	         "T3JpZ2luYWwtRW52ZWxvcGUtSWQ6IHRuLTdxNGstMm05ZC4wMTIzNDU2Nzg5YWJjZGVmCgpBY3Rp\nb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCg==\n"),
	        HEARD_FAILED, "5.1.1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = test_arena();
		struct returned r = read_mail(a, cases[i].mail);

		assert_int_equal(r.kind, cases[i].kind);
		assert_span(r.status, cases[i].status);
		assert_int_equal(r.n_marks, 1);
		assert_span(r.marks[0].text, MARK);
		assert_int_equal(r.marks[0].place, CLUE_ENVELOPE);
		assert_int_equal(r.n_numbers, 1);
		assert_span(r.numbers[0].text, "TN-7Q4K-2M9D");
		assert_int_equal(r.when_utc, 1709285400);
		arena_free(a);
	}
}

static void each_form_knows_its_own_example(void **state)
{
	(void)state;
	assert_true(forms.n >= 30);
	for (size_t i = 0; i < forms.n; i++) {
		struct arena *a = test_arena();
		const struct form *f = &forms.v[i];
		struct returned r = read_span(a, f->example);
		span name = span_of(r.status.p, r.status.n);
		const char *want = arena_printf(a, "(%.*s)", (int)f->name.n, (const char *)f->name.p);

		if (r.kind != f->says || !span_ends_nocase(name, span_str(want)))
			fail_msg("%s: the example is kind %d, \"%.*s\"", want, r.kind, (int)name.n, (const char *)name.p);
		/* Those that bring the notice back, or its subject, name it. */
		if (span_has(f->example, SPAN_LIT("TN-7Q4K-2M9D")) && (r.n_numbers != 1 || !span_eq(r.numbers[0].text, SPAN_LIT("TN-7Q4K-2M9D"))))
			fail_msg("%s: the notice is not found", want);
		arena_free(a);
	}
}

static void programs_and_people_are_told_apart(void **state)
{
	static const struct { const char *header, *text; int kind; } cases[] = {
	    {"From: a@b.example\nSubject: Re: Notice\nIn-Reply-To: <TN-7Q4K-2M9D@us.example>\n", "We have reset it.", HEARD_ANSWER},
	    {"From: a@b.example\nAuto-Submitted: no\n", "Thanks.", HEARD_ANSWER},
	    {"From: a@b.example\nAuto-Submitted: auto-replied\n", "Ticket opened.", HEARD_AUTOMATIC},
	    {"From: a@b.example\nX-Auto-Response-Suppress: All\n", "Ticket opened.", HEARD_AUTOMATIC},
	    {"From: a@b.example\nPrecedence: auto_reply\n", "Ticket opened.", HEARD_AUTOMATIC},
	    {"From: a@b.example\nPrecedence: bulk\n", "Buy.", HEARD_AUTOMATIC},
	    {"Return-Path: <>\nFrom: a@b.example\n", "x", HEARD_AUTOMATIC},
	    {"From: a@b.example\nPrecedence: list\nList-Id: <security.b.example>\nList-Unsubscribe: <mailto:x@b.example>\n", "We have reset it.", HEARD_ANSWER},
	    {"From: a@b.example\nContent-Type: multipart/report; boundary=b\n", "--b\n\nSomething.\n--b--", HEARD_OTHER},
	    /* a person writes about bounces and holidays */
	    {"From: a@b.example\nSubject: Re: Notice\n", "I was out of the office. Your first mail: THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE", HEARD_ANSWER},
	    {"From: a@b.example\nSubject: Undeliverable: Notice\n", "Your message couldn't be delivered, says our server.", HEARD_ANSWER},
	    /* a server's words that no form knows may mean anything */
	    {"From: MAILER-DAEMON@b.example\nAuto-Submitted: auto-replied\n", "Quux.", HEARD_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = test_arena();
		struct returned r = read_mail(a, arena_printf(a, "%s\n%s\n", cases[i].header, cases[i].text));

		if (r.kind != cases[i].kind)
			fail_msg("%s%s: kind %d", cases[i].header, cases[i].text, r.kind);
		arena_free(a);
	}
}

static void a_receipt_names_the_notice_by_its_message_id(void **state)
{
	struct arena *a = test_arena();
	struct returned r = read_mail(a,
	    "Authentication-Results: mx.us.example; dmarc=pass header.from=bank.example\nFrom: bob@bank.example\nSubject: Read: Notice\n"
	    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nSeen.\n--b\n"
	    "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; bob@bank.example\n"
	    "Original-Message-ID: <TN-7Q4K-2M9D@us.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n");

	(void)state;
	assert_int_equal(r.kind, HEARD_READ);
	assert_int_equal(r.numbers[0].place, CLUE_REPLY);
	assert_span(r.verified_domain, "bank.example");
	assert_int_equal(r.n_marks, 0);
	r = read_mail(a, "From: b@c.example\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/disposition-notification\n\n"
			 "Disposition: automatic-action/MDN-sent-automatically; deleted\n--b--\n");
	assert_int_equal(r.kind, HEARD_AUTOMATIC);
	arena_free(a);
}

/* A mail that lists many notices is about none of them; what it costs is bounded. */
static void a_mail_that_names_many_notices_says_so(void **state)
{
	struct arena *a = test_arena();
	struct buf b;
	struct returned r;

	(void)state;
	buf_init(&b, MIB);
	buf_str(&b, "From: a@b.example\nSubject: list\n\n");
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "TN-7Q4K-2M%02d\n", i);
	r = read_span(a, buf_span(&b));
	assert_true(r.n_numbers > CLUES);
	buf_free(&b);
	arena_free(a);
}

static void a_report_about_more_recipients_than_are_looked_at_says_so(void **state)
{
	struct arena *a = test_arena();
	struct buf b;
	struct returned r;

	(void)state;
	buf_init(&b, MIB);
	buf_str(&b, "From: x@y.example\nContent-Type: message/delivery-status\n\n");
	for (int i = 0; i < LIMIT_REPORT_GROUPS + 5; i++)
		buf_printf(&b, "Action: %s\nStatus: 2.0.0\n\n", i < LIMIT_REPORT_GROUPS ? "delivered" : "failed");
	r = read_span(a, buf_span(&b));
	assert_int_equal(r.kind, HEARD_OTHER);
	assert_span(r.status, "2.0.0 (of more recipients than are looked at)");
	buf_free(&b);
	arena_free(a);
}

static void what_the_worker_writes_the_keeper_reads_and_nothing_less(void **state)
{
	struct arena *a = test_arena();
	struct returned r = read_mail(a, REPORT("", GROUPS("failed", "5.1.1"))), back;
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	returned_put(&r, &b);
	for (size_t n = 0; n < b.n; n++) {
		struct cursor c = cursor_of(span_of(b.p, n));

		assert_false(returned_take(&c, &back));
	}
	struct cursor c = cursor_of(buf_span(&b));

	assert_true(returned_take(&c, &back));
	assert_true(cursor_done(&c));
	assert_int_equal(back.kind, HEARD_FAILED);
	assert_span(back.status, "5.1.1 says the server");
	assert_span(back.marks[0].text, MARK);
	buf_free(&b);
	arena_free(a);
}

static void a_mail_may_end_anywhere(void **state)
{
	static const char mail[] = REPORT("", GROUPS("failed", "5.1.1"));

	(void)state;
	for (size_t n = 0; n < sizeof mail; n++) {
		struct arena *a = test_arena();

		(void)read_span(a, span_of(mail, n));
		arena_free(a);
	}
}

static void a_form_that_makes_no_sense_is_refused_with_its_line(void **state)
{
	static const struct text_list none = {0};
	char dir[] = "/tmp/tocsin-forms.XXXXXX", path[80], sub[64];
	struct arena *a = test_arena();
	struct forms f;
	struct err e = {0};
	FILE *out;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(sub, sizeof sub, "%s/returned", dir);
	(void)snprintf(path, sizeof path, "%s/forms.yaml", sub);
	assert_int_equal(mkdir(sub, 0700), 0);
	assert_non_null(out = fopen(path, "w"));
	(void)fputs("daemons: []\nforms:\n- name: x\n  says: nonsense\n  text: y\n  example: z\n", out);
	(void)fclose(out);
	assert_int_equal(forms_read(a, dir, &none, &f, &e), ERR_USAGE);
	assert_non_null(strstr(e.text, "forms.yaml:3"));
	(void)unlink(path);
	(void)rmdir(sub);
	(void)rmdir(dir);
	arena_free(a);
}

static int set_up(void **state)
{
	static struct arena *a;
	const struct text_list t = {(const char **)(uintptr_t)trusted, 1};
	struct err e = {0};

	(void)state;
	if (charset_open(&e) != OK || arena_new(&a, (size_t)64 << 20, &e) != OK || forms_read(a, rules, &t, &forms, &e) != OK) {
		(void)fprintf(stderr, "%s\n", e.text);
		return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_report_says_what_became_of_a_notice),
	    cmocka_unit_test(each_form_knows_its_own_example),
	    cmocka_unit_test(programs_and_people_are_told_apart),
	    cmocka_unit_test(a_receipt_names_the_notice_by_its_message_id),
	    cmocka_unit_test(a_mail_that_names_many_notices_says_so),
	    cmocka_unit_test(a_report_about_more_recipients_than_are_looked_at_says_so),
	    cmocka_unit_test(what_the_worker_writes_the_keeper_reads_and_nothing_less),
	    cmocka_unit_test(a_mail_may_end_anywhere),
	    cmocka_unit_test(a_form_that_makes_no_sense_is_refused_with_its_line),
	};

	assert(argc == 2);
	rules = argv[1];
	return cmocka_run_group_tests(tests, set_up, NULL);
}
