/* Waves around a notice that two people have withdrawn: what it told is told anew, and whoever has it reads that once. */
#include "notify/test-case.h"

#include "store/checks.h"
#include "store/db.h"
#include "store/figures.h"
#include "store/proofs.h"

static void says_that_it_no_longer_holds(struct fixture *f, const char *notice, const char *by)
{
	assert_ok(withdrawal_put(f->n.store, notice, by, "a wrong date", f->n.now_utc, &e));
}

static void withdraw(struct fixture *f, const char *notice)
{
	says_that_it_no_longer_holds(f, notice, "Ada");
	says_that_it_no_longer_holds(f, notice, "Bob");
}

/* The customer's notice of the wave that is planned and written. */
static const char *told(struct fixture *f)
{
	struct notify_planned p = plan(f);

	approve_write(f);
	f->n.now_utc += 86400;
	return p.wave.orgs[0].notices[0];
}

/* Its notice of today, on one line. */
static const char *text(struct fixture *f)
{
	char *s = arena_printf(f->a, "%s", text_of(f, "Customer plc"));

	for (char *p = s; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
	return s;
}

static void one_more(struct fixture *f, int64_t message)
{
	rows_message(f->n.store, message, 1708000000, VERDICT_PRESUMED);
	rows_link(f->n.store, message, 2, LINK_RECIPIENT, true);
}

static void a_wave_is_not_written_once_what_it_adds_to_was_withdrawn(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_written written;
	struct notify_planned p;
	struct err why = {0};
	const char *first;

	(void)state;
	small_case(f);
	first = told(f);
	one_more(f, 3);
	(void)plan(f);
	(void)approve(f, "Ada");
	(void)approve(f, "Bob");
	says_that_it_no_longer_holds(f, first, "Ada"); /* one alone withdraws nothing */
	says_that_it_no_longer_holds(f, first, "Bob");
	assert_int_equal(notify_write(&f->n, f->a, 0, &written, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "a link or an earlier notice was withdrawn"));
	p = plan(f);
	assert_int_equal(p.wave.number, 2);
	assert_int_equal(p.wave.orgs[0].messages, 3);
	assert_null(strstr(text(f), "still stands"));
	approve_write(f);
	assert_int_equal(plan(f).wave.number, 0);
	fixture_free(f);
}

static void that_a_notice_takes_the_place_of_another_is_said_once(void **state)
{
	struct fixture *f = fixture_new();
	const char *first;

	(void)state;
	small_case(f);
	first = told(f);
	withdraw(f, first);
	f->n.now_utc += 86400;
	(void)told(f);
	assert_non_null(strstr(text(f), "This one takes its place"));
	says_that_it_no_longer_holds(f, first, "Cyd"); /* a third one, afterwards */
	one_more(f, 3);
	f->n.now_utc += 86400;
	(void)plan(f);
	assert_non_null(strstr(text(f), "This notice says only what is new. What we told you before still stands."));
	assert_null(strstr(text(f), "takes its place"));
	fixture_free(f);
}

static void a_supplement_that_tells_something_anew_does_not_say_that_all_before_it_stands(void **state)
{
	struct fixture *f = fixture_new();
	const char *first, *said;

	(void)state;
	small_case(f);
	first = told(f);
	one_more(f, 3);
	(void)told(f);
	withdraw(f, first);
	f->n.now_utc += 86400;
	(void)plan(f);
	said = text(f);
	assert_non_null(strstr(said, "On 6 March 2024 we told you"));
	assert_non_null(strstr(said, "We have withdrawn the notice that we sent you on 5 March 2024: it no longer holds. This one takes its place."));
	assert_non_null(strstr(said, "What we told you in other notices still stands."));
	assert_null(strstr(said, "only what is new"));
	assert_null(strstr(said, "What we told you before"));
	fixture_free(f);
}

static void who_cannot_have_a_notice_is_not_told_that_it_was_withdrawn(void **state)
{
	/* A state of its mail, and whether it may have arrived: failed though it had left; uncertain; delivered. */
	static const struct { int state; const char *handed; bool there; } mails[] = {{10, "1", false}, {10, "NULL", false}, {2, "NULL", false},
	    {4, "NULL", true}, {9, "1", true}};
	struct fixture *f = fixture_new();
	const char *first;

	(void)state;
	small_case(f);
	first = told(f);
	withdraw(f, first);
	for (size_t i = 0; i < sizeof mails / sizeof mails[0]; i++) {
		int64_t org, wave, n;

		assert_ok(sql_script(f->n.store->sql, arena_printf(f->a, "DELETE FROM delivery; INSERT INTO delivery VALUES ('%s', 1, 2, 1,"
		    " 'security@customer.example', 0, %d, 1, NULL, 1, %s, '', '', 0)", first, mails[i].state, mails[i].handed), &e));
		assert_ok(withdrawal_reached(f->n.store, first, &org, &wave, &n, &e));
		assert_int_equal(n, mails[i].there);
		(void)plan(f);
		assert_int_equal(strstr(text(f), "We have withdrawn") != NULL, mails[i].there);
	}
	fixture_free(f);
}

static void what_was_withdrawn_counts_as_told_to_nobody(void **state)
{
	struct fixture *f = fixture_new();
	struct figures n;
	const char *first;

	(void)state;
	small_case(f);
	first = told(f);
	says_that_it_no_longer_holds(f, first, "Ada");
	assert_ok(figures_read(f->n.store, &n, &e));
	assert_int_equal(n.told_orgs, 1);
	assert_int_equal(n.told_messages, 2);
	assert_int_equal(n.told_exposures, 1);
	says_that_it_no_longer_holds(f, first, "Bob");
	assert_ok(figures_read(f->n.store, &n, &e));
	assert_int_equal(n.told_orgs, 0);
	assert_int_equal(n.told_messages, 0);
	assert_int_equal(n.told_exposures, 0);
	(void)told(f);
	assert_ok(figures_read(f->n.store, &n, &e));
	assert_int_equal(n.told_orgs, 1);
	assert_int_equal(n.told_messages, 2);
	fixture_free(f);
}

static uint64_t seed = 7;
static unsigned draw(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

static enum errc is_whole(void *ctx, const struct check_result *r, struct err *e)
{
	(void)ctx;
	(void)e;
	/* Nothing is signed here, of which these speak. */
	if (r->state == CHECK_BROKEN && strcmp(r->name, "proofs") != 0 && strcmp(r->name, "log") != 0)
		fail_msg("%s: %.*s", r->name, r->n_rows != 0 ? (int)r->rows[0].n : 0, r->n_rows != 0 ? (const char *)r->rows[0].p : "");
	return OK;
}

enum { ORGS = 4, MESSAGES = 16 };

/* It is done, or refused. */
static void may(enum errc rc) { assert_true(rc == OK || rc == ERR_REFUSED || rc == ERR_USAGE); }

/* Something more is known, or no more. */
static void go_on(struct fixture *f)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned message = 1 + draw(MESSAGES), org = 2 + draw(ORGS);

		rows_unlink(f->n.store, message, org);
		if (draw(6) != 0)
			rows_link(f->n.store, message, org, draw(2) != 0 ? LINK_SENDER : LINK_RECIPIENT, true);
	}
}

/* One, two or three people say it of a notice that was written, if there is one. */
static void doubt(struct fixture *f)
{
	static const char *const people[] = {"Ada", "Bob", "Cyd"};
	int64_t n = rows_count(f->n.store, "SELECT count(*) FROM notice WHERE state = 2");
	sqlite3_stmt *q;
	const char *id = NULL;
	struct err why = {0};
	enum errc rc;

	if (n == 0)
		return;
	q = sql_query(f->n.store->sql, &why, "SELECT id FROM notice WHERE state = 2 ORDER BY id LIMIT 1 OFFSET ?", "i", (int64_t)draw((unsigned)n));
	if (sql_next(f->n.store->sql, q, &rc, &why)) {
		id = sql_text(f->a, q, 0);
		sql_done(q);
	}
	for (unsigned i = 0, most = 1 + draw(3); i < most; i++)
		may(withdrawal_put(f->n.store, id, people[i], "wrong", f->n.now_utc, &why));
}

static void whatever_is_withdrawn_in_the_end_each_is_told_once_what_holds(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	rows_org(f->n.store, 1, "us", ORG_OURSELVES, "", "");
	for (int64_t i = 1; i <= MESSAGES; i++)
		rows_message(f->n.store, i, 1706000000 + i, VERDICT_PRESUMED);
	for (int64_t i = 2; i < 2 + ORGS; i++) {
		const char *key = arena_printf(f->a, "of%d.example", (int)i);

		rows_org(f->n.store, i, key, ORG_DIRECTORY, "", "en");
		rows_contact(f->n.store, i, 0, arena_printf(f->a, "a@%s", key));
		rows_contact(f->n.store, i, 1, arena_printf(f->a, "b@%s", key));
	}
	for (unsigned round = 0; round < 60; round++) {
		struct notify_written written;
		struct notify_approved approved;
		struct notify_planned planned;
		struct err why = {0};

		go_on(f);
		if (notify_plan(&f->n, f->a, &planned, &why) != OK) /* one is approved: it is written first */
			assert_int_equal(notify_write(&f->n, f->a, 0, &written, &why), OK);
		if (draw(3) == 0)
			doubt(f);
		may(notify_approve(&f->n, 0, "Ada", &approved, &why));
		if (draw(3) != 0)
			may(notify_approve(&f->n, 0, "Bob", &approved, &why));
		if (draw(3) == 0)
			doubt(f);
		may(notify_write(&f->n, f->a, 0, &written, &why));
		if (draw(2) == 0)
			doubt(f);
		f->n.now_utc += 3600;
		assert_ok(checks_run(f->n.store, (struct check_policy){2, true}, is_whole, NULL, &e));
	}
	while (plan(f).wave.number != 0)
		approve_write(f);
	assert_true(rows_count(f->n.store, "SELECT count(*) FROM (SELECT 1 FROM withdrawal GROUP BY notice_id HAVING count(*) > 1)") > 10);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM told t WHERE" IS_WITHDRAWN("t.wave", "t.org_id")), 0);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM (SELECT 1 FROM told GROUP BY org_id, message_id, role, exposure_id HAVING count(*) > 1)"), 0);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM link l WHERE l.org_id <> 1 AND NOT EXISTS (SELECT 1 FROM told t JOIN notice n"
	    " ON n.wave = t.wave AND n.org_id = t.org_id AND n.state = 2 WHERE t.org_id = l.org_id AND t.message_id = l.message_id AND t.role = l.role)"), 0);
	assert_ok(checks_run(f->n.store, (struct check_policy){2, true}, is_whole, NULL, &e));
	fixture_free(f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wave_is_not_written_once_what_it_adds_to_was_withdrawn),
	    cmocka_unit_test(that_a_notice_takes_the_place_of_another_is_said_once),
	    cmocka_unit_test(a_supplement_that_tells_something_anew_does_not_say_that_all_before_it_stands),
	    cmocka_unit_test(what_was_withdrawn_counts_as_told_to_nobody),
	    cmocka_unit_test(whatever_is_withdrawn_in_the_end_each_is_told_once_what_holds),
	    cmocka_unit_test(who_cannot_have_a_notice_is_not_told_that_it_was_withdrawn),
	};

	templates = argc > 1 ? argv[1] : "templates";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
