/* Waves around a notice that two people have withdrawn: what it told is told anew, and whoever has it reads that once. */
#include "notify/test-case.h"

#include <limits.h>

#include "base/clock.h"
#include "store/checks.h"
#include "store/db.h"
#include "store/deliveries.h"
#include "store/figures.h"
#include "store/proofs.h"

static void says_that_it_no_longer_holds(struct fixture *f, const char *notice, const char *by)
{
	assert_ok(withdrawal_put(f->n.store, notice, by, by, "a wrong date", f->n.now_utc, &e));
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
	both_approve(f);
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
	assert_non_null(strstr(said, arena_printf(f->a, "We have withdrawn the notice that we sent you on 5 March 2024 (%s): it no longer holds. This one takes its place.", first)));
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
		int64_t org, wave, n, overtaken;

		assert_ok(sql_script(f->n.store->sql, arena_printf(f->a, "DELETE FROM delivery; INSERT INTO delivery VALUES ('%s', 1, 2, 1,"
		    " 'security@customer.example', 0, %d, 1, NULL, 1, %s, '', '', 0)", first, mails[i].state, mails[i].handed), &e));
		assert_ok(withdrawal_reached(f->n.store, first, &org, &wave, &n, &overtaken, &e));
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

static int64_t told_anew_by(struct fixture *f, const char *notice)
{
	struct delivery d;

	assert_ok(delivery_get(f->n.store, f->a, notice, f->n.now_utc, &d, &e));
	return d.anew_wave;
}

static void what_does_not_hold_at_all_is_told_anew_by_no_wave(void **state)
{
	struct fixture *f = fixture_new();
	const char *first;
	int64_t n;

	(void)state;
	small_case(f);
	first = told(f);
	assert_ok(deliveries_enlist(f->n.store, 1, 2, &n, &e));
	withdraw(f, first);
	assert_ok(sql_script(f->n.store->sql, "UPDATE link SET counts = 0", &e));
	assert_int_equal(plan(f).wave.number, 0);
	assert_int_equal(told_anew_by(f, first), 0);
	assert_ok(sql_script(f->n.store->sql, "UPDATE link SET counts = 1", &e));
	assert_int_equal(plan(f).wave.number, 2);
	assert_int_equal(told_anew_by(f, first), 2);
	fixture_free(f);
}

static void of_several_withdrawn_notices_each_is_named(void **state)
{
	struct fixture *f = fixture_new();
	const char *first, *second;

	(void)state;
	small_case(f);
	first = told(f);
	one_more(f, 3);
	second = told(f);
	withdraw(f, second);
	withdraw(f, first);
	(void)plan(f);
	assert_non_null(strstr(text(f), arena_printf(f->a, "We have withdrawn the notices that we sent you on these days: 5 March 2024 (%s); 6 March 2024 (%s). They no longer"
	    " hold. This one takes their place.", first, second)));
	fixture_free(f);
}

static void what_was_withdrawn_in_the_second_of_a_plan_is_named_once(void **state)
{
	struct fixture *f = fixture_new();
	const char *first;

	(void)state;
	small_case(f);
	first = told(f);
	f->n.now_utc -= 86400;
	withdraw(f, first);
	(void)plan(f);
	assert_non_null(strstr(text(f), "We have withdrawn"));
	approve_write(f);
	one_more(f, 3);
	(void)plan(f);
	assert_null(strstr(text(f), "We have withdrawn"));
	fixture_free(f);
}

static void a_supplement_that_had_not_left_is_told_with_what_was_withdrawn(void **state)
{
	const struct delivery_result away = {.state = DELIVERY_HANDED, .queue_id = "", .note = "", .due_utc = TIME_NONE};
	struct fixture *f = fixture_new();
	struct notify_planned p;
	struct delivery d;
	const char *first, *said;
	int64_t n;
	bool found;

	(void)state;
	f->config.delivery.by = DELIVERY_BY_SENDMAIL;
	small_case(f);
	first = told(f);
	assert_ok(deliveries_enlist(f->n.store, 1, 1, &n, &e));
	assert_ok(delivery_intent(f->n.store, first, f->n.now_utc, &e));
	assert_ok(delivery_result(f->n.store, first, &away, f->n.now_utc, &e));
	one_more(f, 3);
	(void)told(f);
	assert_ok(deliveries_enlist(f->n.store, 2, 1, &n, &e));
	withdraw(f, first);
	assert_ok(delivery_next(f->n.store, f->a, 0, f->n.now_utc, &d, &found, &e));
	assert_false(found);
	p = plan(f);
	assert_int_equal(p.wave.orgs[0].messages, 3);
	assert_true(p.wave.orgs[0].anew);
	said = text(f);
	assert_non_null(strstr(said, arena_printf(f->a, "We have withdrawn the notice that we sent you on 5 March 2024 (%s): it no longer holds. This one takes its place.", first)));
	assert_null(strstr(said, "6 March 2024"));
	assert_null(strstr(said, "stands"));
	assert_null(strstr(said, "supplement to what we told you"));
	approve_write(f);
	assert_int_equal(plan(f).wave.number, 0);
	fixture_free(f);
}

/* The new address is asked what the old one could not be. */
static void what_no_address_took_is_told_to_the_next_one_that_is_known(void **state)
{
	const struct delivery_result back = {.state = DELIVERY_FAILED, .queue_id = "", .note = "no such user", .due_utc = TIME_NONE};
	struct fixture *f = fixture_new();
	struct notify_planned p;
	const char *first;
	int64_t n;

	(void)state;
	f->config.delivery.by = DELIVERY_BY_SENDMAIL;
	small_case(f);
	first = told(f);
	assert_ok(deliveries_enlist(f->n.store, 1, 1, &n, &e));
	assert_ok(delivery_intent(f->n.store, first, f->n.now_utc, &e));
	assert_ok(delivery_result(f->n.store, first, &back, f->n.now_utc, &e));
	assert_int_equal(plan(f).wave.number, 0); /* nobody else is known */
	rows_contact(f->n.store, 2, 1, "abuse@customer.example");
	p = plan(f);
	assert_int_equal(p.wave.orgs[0].messages, 2);
	assert_null(strstr(text(f), "we told you"));
	assert_null(strstr(text(f), "withdrawn"));
	fixture_free(f);
}

/* The second adds to what nobody has, and is told with it. */
static void what_does_not_leave_any_more_is_published_as_such(void **state)
{
	const struct delivery_result away = {.state = DELIVERY_HANDED, .queue_id = "", .note = "", .due_utc = TIME_NONE},
	    back = {.state = DELIVERY_FAILED, .queue_id = "", .note = "no such user", .due_utc = TIME_NONE};
	struct fixture *f = fixture_new();
	struct proof_row *rows;
	const char *id[2];
	int64_t n;
	size_t n_rows;

	(void)state;
	f->config.delivery.by = DELIVERY_BY_SENDMAIL;
	small_case(f);
	id[0] = told(f);
	assert_ok(deliveries_enlist(f->n.store, 1, 1, &n, &e));
	assert_ok(delivery_intent(f->n.store, id[0], f->n.now_utc, &e));
	assert_ok(delivery_result(f->n.store, id[0], &away, f->n.now_utc, &e));
	one_more(f, 3);
	id[1] = told(f);
	assert_ok(delivery_result(f->n.store, id[0], &back, f->n.now_utc, &e));
	for (int i = 0; i < 2; i++)
		assert_ok(proof_put(f->n.store, &(struct proof_row){.id = id[i], .statement = "{}", .log_index = i}, &e));
	rows_contact(f->n.store, 2, 1, "abuse@customer.example");
	assert_int_equal(plan(f).wave.number, 3);
	assert_ok(proofs_all(f->n.store, f->a, &rows, &n_rows, &e));
	assert_int_equal(n_rows, 2);
	for (size_t i = 0; i < 2; i++) /* the facts of the first hold, wherever it may turn up */
		assert_int_equal(rows[i].withdrawn_utc, strcmp(rows[i].id, id[1]) == 0 ? f->n.now_utc : TIME_NONE);
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

enum { ORGS = 4, MESSAGES = 16, WAVES = 160 };

/* What a reader makes of each wave: which it says stand, and which it says were withdrawn. */
static struct reading { bool stand[WAVES], withdrawn[WAVES]; } readings[ORGS + 2][WAVES];

/* It is done, or refused. */
static void may(enum errc rc) { assert_true(rc == OK || rc == ERR_REFUSED || rc == ERR_USAGE); }

static int64_t how_many(struct fixture *f, const char *sql, int64_t wave, int64_t org)
{
	return rows_count(f->n.store, arena_printf(f->a, "WITH x(wave, org) AS (SELECT %lld, %lld) SELECT count(*) %s", (long long)wave, (long long)org, sql));
}

static bool stands(struct fixture *f, int64_t wave, int64_t org)
{
	return how_many(f, "FROM dossier, x WHERE dossier.wave = x.wave AND org_id = org", wave, org) != 0;
}

static bool is_gone(struct fixture *f, int64_t wave, int64_t org)
{
	return how_many(f, "FROM (SELECT 1 FROM withdrawal JOIN notice n ON n.id = notice_id, x WHERE n.wave = x.wave AND n.org_id = org"
	    " GROUP BY notice_id HAVING count(*) > 1)", wave, org) != 0;
}

static bool has_it(struct fixture *f, int64_t wave, int64_t org)
{
	return how_many(f, "FROM delivery d, x WHERE d.wave = x.wave AND org_id = org AND state IN (4, 6)", wave, org) != 0;
}

/* An address goes, two organisations become one, or what was one's is another's. */
static void correct_directory(struct fixture *f)
{
	unsigned org = 2 + draw(ORGS), other = 2 + draw(ORGS);

	if (draw(6) == 0)
		assert_ok(sql_script(f->n.store->sql, arena_printf(f->a, "DELETE FROM contact WHERE org_id = %u AND seq = (SELECT min(seq) FROM contact WHERE org_id = %u)"
		    " AND (SELECT count(*) FROM contact WHERE org_id = %u) > 1", org, org, org), &e));
	if (draw(10) == 0 && org != other)
		assert_ok(sql_script(f->n.store->sql, arena_printf(f->a, "UPDATE OR IGNORE link SET org_id = %u WHERE org_id = %u; DELETE FROM link WHERE org_id = %u",
		    other, org, org), &e));
}

/* Something more is known, or no more; or somebody else is known there. */
static void go_on(struct fixture *f)
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned message = 1 + draw(MESSAGES), org = 2 + draw(ORGS);

		rows_unlink(f->n.store, message, org);
		if (draw(6) != 0)
			rows_link(f->n.store, message, org, draw(2) != 0 ? LINK_SENDER : LINK_RECIPIENT, true);
	}
	if (draw(8) == 0) {
		unsigned org = 2 + draw(ORGS);
		static int64_t n = 2; /* the first two each has had from the beginning */

		rows_contact(f->n.store, org, n, arena_printf(f->a, "n%d@of%u.example", (int)n, org));
		n++;
	}
	correct_directory(f);
	assert_ok(ledger_say(f->n.store, "attribute", &e, NULL)); /* so that what is due and not yet told waits for a plan */
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
	q = sql_query(f->n.store->sql, &why, "SELECT id FROM notice WHERE state = 2 ORDER BY wave DESC, id LIMIT 1 OFFSET ?", "i", (int64_t)draw(n < 12 ? (unsigned)n : 12));
	if (sql_next(f->n.store->sql, q, &rc, &why)) {
		id = sql_text(f->a, q, 0);
		sql_done(q);
	}
	for (unsigned i = 0, most = 1 + draw(3); i < most; i++)
		may(withdrawal_put(f->n.store, id, people[i], people[i], "wrong", f->n.now_utc, &why));
}

/* The wave that was planned: it names each that they have and no standing one has said to be withdrawn. */
static void read_plan(struct fixture *f, int64_t wave)
{
	struct wave_org *orgs;
	size_t n;

	assert_in_range(wave, 1, WAVES - 1);
	assert_ok(wave_orgs(f->n.store, f->a, wave, &orgs, &n, &e));
	for (size_t i = 0; i < n; i++) {
		struct reading *r = &readings[orgs[i].id][wave];
		struct told_before before;
		bool named[WAVES] = {false};

		assert_ok(told_before(f->n.store, f->a, wave, &orgs[i], &before, &e));
		for (size_t k = 0; k < before.n_withdrawn; k++)
			named[before.withdrawn[k].wave] = true;
		*r = (struct reading){.stand = {false}};
		for (int64_t w = 1; w < wave; w++) {
			r->stand[w] = stands(f, w, orgs[i].id);
			r->withdrawn[w] = !r->stand[w] && is_gone(f, w, orgs[i].id) && has_it(f, w, orgs[i].id);
			for (int64_t x = w + 1; x < wave && r->withdrawn[w]; x++)
				r->withdrawn[w] = !(stands(f, x, orgs[i].id) && readings[orgs[i].id][x].withdrawn[w]);
			if (named[w] != r->withdrawn[w])
				fail_msg("wave %d to organisation %d: wave %d %s", (int)wave, (int)orgs[i].id, (int)w, named[w] ? "is named" : "is not named");
		}
	}
}

/* What leaves says what is due, to who is to have it, and that nothing stands that does not. */
static void leaves(struct fixture *f, const struct delivery *d, bool well)
{
	static const int states[] = {6, 6, 6, 4, 5, 10};
	struct delivery_result r = {.state = (enum delivery_state)(well ? 6 : states[draw(6)]), .queue_id = "", .note = "", .due_utc = TIME_NONE};

	assert_false(is_gone(f, d->wave, d->org_id));
	assert_int_equal(how_many(f, "FROM told t, x WHERE t.wave = x.wave AND t.org_id = org AND NOT EXISTS (SELECT 1 FROM link l WHERE l.org_id = t.org_id"
	    " AND l.message_id = t.message_id AND l.role = t.role)", d->wave, d->org_id), 0);
	assert_int_equal(rows_count(f->n.store, arena_printf(f->a, "SELECT count(*) FROM contact WHERE org_id = %d AND address = '%s'", (int)d->org_id, d->address)), 1);
	for (int64_t w = 1; w < d->wave; w++)
		if (readings[d->org_id][d->wave].stand[w] && (is_gone(f, w, d->org_id) || !stands(f, w, d->org_id)))
			fail_msg("%s of wave %d leaves and says that wave %d stands", d->notice_id, (int)d->wave, (int)w);
	assert_ok(delivery_intent(f->n.store, d->notice_id, f->n.now_utc, &e));
	assert_ok(delivery_result(f->n.store, d->notice_id, &r, f->n.now_utc, &e));
}

/* Some mails leave, of some nobody knows, some come back; who does not answer has somebody else asked. */
static void send_some(struct fixture *f, unsigned most, bool well)
{
	const struct escalation x = {.now_utc = f->n.now_utc, .no_answer_utc = f->n.now_utc - 5 * 86400, .due_utc = f->n.now_utc, .at_once = 1, .owner = "Ada"};
	int64_t n = rows_count(f->n.store, "SELECT coalesce(max(number), 0) FROM wave WHERE state = 3"), n_tasks;
	struct delivery d;
	bool found = true;

	for (int64_t w = 1; w <= n; w++)
		assert_ok(deliveries_enlist(f->n.store, w, 1, &n_tasks, &e));
	assert_ok(deliveries_compare(f->n.store, true, &e));
	for (unsigned i = 0; i < most && found; i++) {
		assert_ok(delivery_next(f->n.store, f->a, 0, f->n.now_utc, &d, &found, &e));
		if (found)
			leaves(f, &d, well);
	}
	if (!well)
		assert_ok(sql_script(f->n.store->sql, draw(2) != 0 ? "UPDATE delivery SET state = 2 WHERE state = 4" : "UPDATE delivery SET state = 10 WHERE state = 6"
		    " AND handed_utc % 5 = 0 AND place = 0", &e));
	assert_ok(deliveries_escalate(f->n.store, &x, &n, &n_tasks, &e));
}

static struct fixture *model_new(void)
{
	struct fixture *f = fixture_new();

	f->config.delivery.by = DELIVERY_BY_SENDMAIL;
	rows_org(f->n.store, 1, "us", ORG_OURSELVES, "", "");
	for (int64_t i = 1; i <= MESSAGES; i++)
		rows_message(f->n.store, i, 1706000000 + i, VERDICT_PRESUMED);
	for (int64_t i = 2; i < 2 + ORGS; i++) {
		const char *key = arena_printf(f->a, "of%d.example", (int)i);

		rows_org(f->n.store, i, key, ORG_DIRECTORY, "", "en");
		rows_contact(f->n.store, i, 0, arena_printf(f->a, "a@%s", key));
		rows_contact(f->n.store, i, 1, arena_printf(f->a, "b@%s", key));
	}
	return f;
}

#define ARRIVED(w, o) "EXISTS (SELECT 1 FROM delivery d WHERE d.wave = " w " AND d.org_id = " o " AND d.state IN (4, 6))"

static void whatever_is_withdrawn_in_the_end_each_is_told_once_what_holds(void **state)
{
	struct fixture *f = model_new();

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		struct notify_written written;
		struct notify_approved approved;
		struct notify_planned planned;
		struct err why = {0};

		go_on(f);
		if (notify_plan(&f->n, f->a, &planned, &why) != OK) /* one is approved: it is written first */
			assert_int_equal(notify_write(&f->n, f->a, 0, &written, &why), OK);
		else if (planned.wave.number != 0)
			read_plan(f, planned.wave.number);
		if (draw(3) == 0)
			doubt(f);
		may(notify_approve(&f->n, 0, "Ada", &approved, &why));
		if (draw(3) != 0)
			may(notify_approve(&f->n, 0, "Bob", &approved, &why));
		if (draw(3) == 0)
			doubt(f);
		may(notify_write(&f->n, f->a, 0, &written, &why));
		if (draw(3) == 0)
			go_on(f);
		send_some(f, draw(5), false);
		if (draw(2) == 0)
			doubt(f);
		send_some(f, draw(3), false);
		f->n.now_utc += draw(3) * 1800;
		assert_ok(checks_run(f->n.store, (struct check_policy){2, true}, is_whole, NULL, &e));
	}
	send_some(f, UINT_MAX, true);
	for (struct notify_planned p; (p = plan(f)).wave.number != 0;) {
		read_plan(f, p.wave.number);
		approve_write(f);
		send_some(f, UINT_MAX, true);
	}
	assert_true(rows_count(f->n.store, "SELECT count(*) FROM (SELECT 1 FROM withdrawal GROUP BY notice_id HAVING count(*) > 1)") > 10);
	for (int why = BACK_WITHDRAWN; why <= BACK_OUTDATED; why++) /* the model has met all */
		assert_true(rows_count(f->n.store, arena_printf(f->a, "SELECT count(*) FROM taken_back WHERE why = %d", why)) > 2);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM told t WHERE" IS_WITHDRAWN("t.wave", "t.org_id")), 0);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM taken_back b WHERE b.why > 2 AND " ARRIVED("b.wave", "b.org_id")), 0);
	/* All that is due was told by a mail that may have arrived, or a person has to call. */
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM link l WHERE l.org_id <> 1 AND NOT EXISTS (SELECT 1 FROM told t WHERE t.org_id = l.org_id"
	    " AND t.message_id = l.message_id AND (t.role = l.role OR (t.role IN (1, 2, 5) AND l.role IN (1, 2, 5))) AND (" ARRIVED("t.wave", "t.org_id") " OR EXISTS (SELECT 1 FROM task k WHERE k.org_id = t.org_id"
	    " AND k.wave = t.wave AND k.kind = 1 AND k.done_utc IS NULL)))"), 0);
	assert_ok(checks_run(f->n.store, (struct check_policy){2, true}, is_whole, NULL, &e));
	fixture_free(f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wave_is_not_written_once_what_it_adds_to_was_withdrawn),
	    cmocka_unit_test(that_a_notice_takes_the_place_of_another_is_said_once),
	    cmocka_unit_test(a_supplement_that_tells_something_anew_does_not_say_that_all_before_it_stands),
	    cmocka_unit_test(what_does_not_hold_at_all_is_told_anew_by_no_wave),
	    cmocka_unit_test(of_several_withdrawn_notices_each_is_named),
	    cmocka_unit_test(what_was_withdrawn_in_the_second_of_a_plan_is_named_once),
	    cmocka_unit_test(a_supplement_that_had_not_left_is_told_with_what_was_withdrawn),
	    cmocka_unit_test(what_no_address_took_is_told_to_the_next_one_that_is_known),
	    cmocka_unit_test(what_was_withdrawn_counts_as_told_to_nobody),
	    cmocka_unit_test(what_does_not_leave_any_more_is_published_as_such),
	    cmocka_unit_test(whatever_is_withdrawn_in_the_end_each_is_told_once_what_holds),
	    cmocka_unit_test(who_cannot_have_a_notice_is_not_told_that_it_was_withdrawn),
	};

	templates = argc > 1 ? argv[1] : "templates";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
