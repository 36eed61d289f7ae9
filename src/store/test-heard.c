/* What a delivery's state is after what was heard of it, in whatever order; and who is asked next, by the clock. */
#include "base/test.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/deliveries.h"
#include "store/test-rows.h"

enum { DAY = 86400, BEGIN = 1750000000 };

static struct store *st;
static char dir[] = "/tmp/tocsin-heard.XXXXXX";

#define RUN(...) assert_ok(sql_run(st->sql, &e, __VA_ARGS__))

/* One organisation with n notices of a written wave; the first `at_once` left at BEGIN. */
static void fresh(int n, int at_once)
{
	RUN("DELETE FROM heard", "");
	RUN("DELETE FROM task", "");
	RUN("DELETE FROM hold", "");
	RUN("DELETE FROM delivery", "");
	RUN("DELETE FROM notice", "");
	RUN("DELETE FROM contact_found", "");
	for (int i = 0; i < n; i++) {
		char id[16];

		(void)snprintf(id, sizeof id, "TN-%d", i);
		RUN("INSERT INTO notice SELECT ?1, 1, 1, ?1 || '@them.example', 'security', 'en', 2, zeroblob(32), 'out/1.eml', ?2", "ti", id, (int64_t)i);
		RUN("INSERT INTO delivery (notice_id, wave, org_id, version, address, place, state, attempts, intent_utc, handed_utc, queue_id, note)"
		    " SELECT ?1, 1, 1, 1, lower(?1) || '@them.example', ?2, CASE WHEN ?2 < ?3 THEN 6 ELSE 1 END, 1, ?4,"
		    " CASE WHEN ?2 < ?3 THEN ?4 END, '', ''", "tiii", id, (int64_t)i, (int64_t)at_once, (int64_t)BEGIN);
	}
}

static int state_of(const char *id)
{
	int64_t state = 0;

	assert_ok(sql_int(st->sql, &state, 0, &e, "SELECT state FROM delivery WHERE notice_id = ?", "t", id));
	return (int)state;
}

static bool hear(const char *id, int kind, bool certain)
{
	struct heard h = {.path = "box", .notice_id = id, .how = "test", .sender = "", .subject = "", .status = "said so", .text = "",
	    .sent_utc = TIME_NONE, .collected_utc = BEGIN + 60, .kind = kind, .certain = certain};
	char name[32];
	bool added;

	(void)snprintf(name, sizeof name, "%s %d %d", id, kind, certain);
	sha256_of(span_str(name), &h.digest);
	assert_ok(heard_put(st, &h, &added, &e));
	return added;
}

/* All orders of v[at..n), each with each mail heard twice; what state comes of it is the same. */
static void in_all_orders(int *v, int at, int n, int want)
{
	if (at == n) {
		fresh(1, 1);
		for (int i = 0; i < n; i++) {
			assert_true(hear("TN-0", v[i], true));
			assert_false(hear("TN-0", v[i], true));
		}
		assert_int_equal(state_of("TN-0"), want);
		return;
	}
	for (int i = at; i < n; i++) {
		int kept = v[at];

		v[at] = v[i];
		v[i] = kept;
		in_all_orders(v, at + 1, n, want);
		v[i] = v[at];
		v[at] = kept;
	}
}

static void the_order_in_which_mail_is_heard_does_not_matter(void **state)
{
	static const struct { int heard[4], n, want; } cases[] = {
	    {{HEARD_DELAYED, HEARD_DELIVERED, HEARD_FAILED, HEARD_ANSWER}, 4, DELIVERY_ACKNOWLEDGED},
	    {{HEARD_DELAYED, HEARD_DELIVERED, HEARD_FAILED, HEARD_AUTOMATIC}, 4, DELIVERY_FAILED},
	    {{HEARD_DELAYED, HEARD_DELIVERED, HEARD_RELAYED, HEARD_OTHER}, 4, DELIVERY_DELIVERED},
	    {{HEARD_DELAYED, HEARD_ABSENT}, 2, DELIVERY_DELIVERED},
	    {{HEARD_DELAYED, HEARD_RELAYED}, 2, DELIVERY_RELAYED},
	    {{HEARD_RELAYED, HEARD_FAILED, HEARD_AUTOMATIC}, 3, DELIVERY_FAILED},
	    {{HEARD_RELAYED, HEARD_READ}, 2, DELIVERY_DELIVERED},
	    {{HEARD_DELAYED, HEARD_AUTOMATIC}, 2, DELIVERY_DELAYED},
	    {{HEARD_READ, HEARD_OTHER}, 2, DELIVERY_DELIVERED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int v[4];

		memcpy(v, cases[i].heard, sizeof v);
		in_all_orders(v, 0, cases[i].n, cases[i].want);
	}
}

static void what_proves_nothing_changes_nothing(void **state)
{
	(void)state;
	for (int kind = HEARD_FAILED; kind <= HEARD_OTHER; kind++) {
		fresh(1, 1);
		assert_true(hear("TN-0", kind, false));
		assert_int_equal(state_of("TN-0"), DELIVERY_HANDED);
	}
	/* Nor does what is certain make a mail leave that was never tried. */
	fresh(2, 1);
	assert_true(hear("TN-1", HEARD_FAILED, true));
	assert_int_equal(state_of("TN-1"), DELIVERY_STANDBY);
}

static void a_report_shows_that_an_uncertain_notice_left(void **state)
{
	(void)state;
	fresh(1, 1);
	RUN("UPDATE delivery SET state = 4, handed_utc = NULL", "");
	assert_true(hear("TN-0", HEARD_DELAYED, true));
	assert_int_equal(state_of("TN-0"), DELIVERY_DELAYED);
	/* Also when a person was wrong about it: else it would be sent again. */
	fresh(1, 1);
	RUN("UPDATE delivery SET state = 2, handed_utc = NULL", "");
	assert_true(hear("TN-0", HEARD_DELIVERED, true));
	assert_int_equal(state_of("TN-0"), DELIVERY_DELIVERED);
}

struct next { int64_t promoted, tasks; };
static struct next escalate_at(int64_t now)
{
	struct escalation x = {.now_utc = now, .no_answer_utc = now - 7 * DAY, .due_utc = now + 3 * DAY, .at_once = 1, .owner = "Ada"};
	struct next n;

	assert_ok(deliveries_escalate(st, &x, &n.promoted, &n.tasks, &e));
	return n;
}

static int64_t tasks_of(int kind)
{
	int64_t n = 0;

	assert_ok(sql_int(st->sql, &n, 0, &e, "SELECT count(*) FROM task WHERE kind = ?", "i", (int64_t)kind));
	return n;
}

static void without_an_answer_the_next_contact_the_csirt_and_a_person_follow(void **state)
{
	(void)state;
	fresh(2, 1);
	RUN("INSERT INTO contact_found (whose, source, address, role, ground, seen_utc, state, note)"
	    " VALUES ((SELECT key FROM org WHERE id = 1), 6, 'cert@cert.example', 'CERT', 'test', 0, 4, '')", "");
	assert_int_equal(escalate_at(BEGIN + 6 * DAY).promoted, 0);
	assert_int_equal(escalate_at(BEGIN + 8 * DAY).promoted, 1);
	assert_int_equal(state_of("TN-1"), DELIVERY_COMPOSED);
	assert_int_equal(escalate_at(BEGIN + 8 * DAY).promoted, 0);
	RUN("UPDATE delivery SET state = 6, intent_utc = ?1, handed_utc = ?1 WHERE notice_id = 'TN-1'", "i", (int64_t)BEGIN + 8 * DAY);
	assert_int_equal(escalate_at(BEGIN + 14 * DAY).tasks, 0);
	assert_int_equal(escalate_at(BEGIN + 16 * DAY).tasks, 1);
	assert_int_equal(tasks_of(TODO_CSIRT), 1);
	assert_int_equal(tasks_of(TODO_CALL), 0);
	/* Its day passes and nobody did it. */
	assert_int_equal(escalate_at(BEGIN + 20 * DAY).tasks, 1);
	assert_int_equal(tasks_of(TODO_CALL), 1);
	assert_int_equal(escalate_at(BEGIN + 21 * DAY).tasks, 0);
}

/* That it was relayed is no answer: the next contact is due when it would be, and not sooner. */
static void what_was_relayed_waits_for_an_answer_like_what_was_delivered(void **state)
{
	(void)state;
	fresh(2, 1);
	assert_true(hear("TN-0", HEARD_RELAYED, true));
	assert_int_equal(state_of("TN-0"), DELIVERY_RELAYED);
	assert_int_equal(escalate_at(BEGIN + 6 * DAY).promoted, 0);
	assert_int_equal(escalate_at(BEGIN + 8 * DAY).promoted, 1);
}

static void who_fails_is_followed_at_once_and_who_answers_or_is_held_is_not(void **state)
{
	(void)state;
	fresh(3, 1);
	assert_true(hear("TN-0", HEARD_FAILED, true));
	assert_int_equal(escalate_at(BEGIN + 60).promoted, 1);
	assert_true(hear("TN-0", HEARD_ANSWER, true));
	assert_int_equal(escalate_at(BEGIN + 30 * DAY).promoted, 0);
	assert_int_equal(tasks_of(TODO_CALL), 0);
	fresh(2, 1);
	assert_ok(hold_set(st, 1, HOLD_HELD, "asked to", BEGIN, BEGIN + 20 * DAY, &e));
	assert_int_equal(escalate_at(BEGIN + 10 * DAY).promoted, 0);
	assert_int_equal(escalate_at(BEGIN + 21 * DAY).promoted, 1);
	fresh(2, 1);
	assert_ok(hold_set(st, 1, HOLD_CEASED, "gone", BEGIN, TIME_NONE, &e));
	assert_int_equal(escalate_at(BEGIN + 100 * DAY).promoted, 0);
}

static void who_has_no_two_independent_addresses_is_called_too(void **state)
{
	(void)state;
	fresh(2, 1);
	assert_int_equal(escalate_at(BEGIN).tasks, 0);
	RUN("UPDATE contact SET address = 'B@Them.example' WHERE seq = 1", "");
	assert_int_equal(escalate_at(BEGIN).tasks, 1);
	assert_int_equal(tasks_of(TODO_CALL_TOO), 1);
	assert_int_equal(escalate_at(BEGIN + DAY).tasks, 0);
	/* One that another source names is independent, though it is of the same house. */
	fresh(2, 1);
	RUN("INSERT INTO contact_found (whose, source, address, role, ground, seen_utc, state, note)"
	    " VALUES ((SELECT key FROM org WHERE id = 1), 2, 'security@them.example', 'x', 'test', 0, 1, '')", "");
	assert_int_equal(escalate_at(BEGIN).tasks, 0);
	RUN("DELETE FROM contact_found", "");
	RUN("UPDATE contact SET address = 'b@house.example' WHERE seq = 1", "");
}

/* Organisations [from, to), each with two contacts and the notices of a written wave to them. */
static void more_orgs(int from, int to)
{
	for (int i = from; i < to; i++) {
		const int64_t id = i;

		RUN("INSERT INTO org SELECT ?1, 'Org ' || ?1, 'Org ' || ?1, 2, 'GB', 'en', '', ''", "i", id);
		RUN("INSERT INTO contact SELECT ?1, v.value, v.value || '@org' || ?1 || '.example', 'x' FROM json_each('[0, 1]') v", "i", id);
		RUN("INSERT INTO notice SELECT 'TN-' || ?1 || '-' || c.seq, 1, ?1, c.address, c.role, 'en', 2, zeroblob(32), 'out/1.eml', c.seq FROM contact c"
		    " WHERE c.org_id = ?1", "i", id);
		RUN("INSERT INTO delivery (notice_id, wave, org_id, version, address, place, state, attempts, queue_id, note)"
		    " SELECT n.id, 1, ?1, 1, n.address, n.place, 2 - n.place, 0, '', '' FROM notice n WHERE n.org_id = ?1", "i", id);
	}
}

static int step(void *n)
{
	++*(uint64_t *)n;
	return 0;
}

static uint64_t steps_to_escalate(void)
{
	uint64_t n = 0;

	sqlite3_progress_handler(st->sql->db, 100, step, &n);
	(void)escalate_at(BEGIN);
	sqlite3_progress_handler(st->sql->db, 0, NULL, NULL);
	return n;
}

/* Four times as many take four times as long, or little more; as their square they would take sixteen times. */
static void each_organisation_costs_the_same_however_many_there_are(void **state)
{
	uint64_t few;

	(void)state;
	fresh(2, 1);
	more_orgs(2, 102);
	few = steps_to_escalate();
	more_orgs(102, 402);
	assert_true(steps_to_escalate() < 6 * few);
}

static int set_up(void **state)
{
	struct err e = {0};

	(void)state;
	st = rows_case(dir);
	rows_org(st, 1, "Them", ORG_DIRECTORY, "GB", "en");
	if (sql_run(st->sql, &e, "INSERT INTO contact VALUES (1, 0, 'a@them.example', 'x'), (1, 1, 'b@house.example', 'x')", "") != OK)
		return -1;
	return sql_run(st->sql, &e, "INSERT INTO wave VALUES (1, 3, zeroblob(32), 0, 0)", "") == OK ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rows_case_end(st, dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_order_in_which_mail_is_heard_does_not_matter),
	    cmocka_unit_test(what_proves_nothing_changes_nothing),
	    cmocka_unit_test(who_has_no_two_independent_addresses_is_called_too),
	    cmocka_unit_test(a_report_shows_that_an_uncertain_notice_left),
	    cmocka_unit_test(without_an_answer_the_next_contact_the_csirt_and_a_person_follow),
	    cmocka_unit_test(what_was_relayed_waits_for_an_answer_like_what_was_delivered),
	    cmocka_unit_test(who_fails_is_followed_at_once_and_who_answers_or_is_held_is_not),
	    cmocka_unit_test(each_organisation_costs_the_same_however_many_there_are),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
