/* What stands near a message, beside what the words of near.h come to when each message is looked at. */
#include "base/test.h"

#include "base/clock.h"
#include "scan/near.h"
#include "store/test-rows.h"

enum { MESSAGES = 1500, DAY = 86400 };

static char dir[64];
static struct store *st;
static struct mail { const char *subject; int64_t when_utc, from; bool password; } mail[MESSAGES + 1];

static int set_up(void **state)
{
	(void)state;
	test_name(dir, sizeof dir);
	st = rows_case(dir);
	rows_exposure(st, 1, "password", SEVERITY_HIGH, "P***");
	rows_exposure(st, 2, "iban", SEVERITY_HIGH, "D***");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return rows_case_end(st, dir);
}

static void put(int64_t id, struct mail m)
{
	mail[id] = m;
	rows_message(st, id, m.when_utc, VERDICT_UNKNOWN);
	rows_written(st, id, m.subject, m.from);
	rows_finding(st, id, m.password ? 1 : 2);
}

static uint64_t between(int64_t a, int64_t b) { return a > b ? (uint64_t)(a - b) : (uint64_t)(b - a); }

/* The subjects of below, and what is left of each. */
static const char *const subjects[][2] = {{"Contract", "Contract"}, {"Re: AW:  Contract", "Contract"}, {"Password of your Contract", "Password of your Contract"},
    {"Re: Re:", ""}, {"Ö no", "Ö no"}, {"no", "no"}, {"Fwd: Ö no", "Ö no"}, {"The contract", "The contract"}};

static bool is_near(size_t id, size_t of, const char *base)
{
	const struct mail *m = &mail[id], *o = &mail[of];
	size_t n = strlen(m->subject), n_base = strlen(base);

	if (!m->password)
		return false;
	return id == of || (strcmp(base, "no") != 0 && n_base > 0 && n >= n_base && strcmp(m->subject + n - n_base, base) == 0) ||
	    (m->from == o->from && between(m->when_utc, o->when_utc) <= 3 * DAY);
}

static void looked_up(struct near *near, int64_t of, const char *base)
{
	int64_t ids[NEAR_MESSAGES];
	uint64_t farthest = 0;
	size_t n, n_near = 0, at = 0, nearer = 0;

	assert_ok(near_of(near, st, of, ids, &n, &e));
	for (size_t i = 0; i < n; i++)
		farthest = between(mail[ids[i]].when_utc, mail[of].when_utc) > farthest ? between(mail[ids[i]].when_utc, mail[of].when_utc) : farthest;
	for (size_t id = 1; id <= MESSAGES; id++) {
		bool found = at < n && ids[at] == (int64_t)id, is = is_near(id, (size_t)of, base);

		at += found;
		n_near += is;
		nearer += is && !found && between(mail[id].when_utc, mail[of].when_utc) < farthest;
		assert_false(found && !is);
	}
	assert_int_equal(at, n); /* ascending, each once */
	assert_int_equal(n, n_near < NEAR_MESSAGES ? n_near : NEAR_MESSAGES);
	assert_int_equal(nearer, 0);
}

static void nearest_are_found(void **state)
{
	struct near near;
	uint64_t x = 88172645463325252u;
	size_t which[MESSAGES + 1];

	(void)state;
	for (size_t id = 1; id <= MESSAGES; id++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		which[id] = x % 8;
		put((int64_t)id, (struct mail){subjects[which[id]][0], 1700000000 + (int64_t)(x >> 8) % (60 * DAY), (int64_t)(x >> 50) % 6, (x >> 40) % 3 != 0});
	}
	assert_ok(near_open(&near, st, &e));
	for (size_t id = 1; id <= MESSAGES; id++)
		looked_up(&near, (int64_t)id, subjects[which[id]][1]);
	near_close(&near);
}

/* A message without a date stands last, and is near by its subject alone. */
static void without_a_date(void **state)
{
	struct near near;
	int64_t ids[NEAR_MESSAGES];
	size_t n;

	(void)state;
	put(1, (struct mail){"Contract", 1700000000, 1, false});
	put(2, (struct mail){"Re: Contract", TIME_NONE, 2, true});
	put(3, (struct mail){"other", TIME_NONE, 1, true});
	put(4, (struct mail){"Contract", TIME_NONE, 3, false});
	for (int64_t id = 5; id < 5 + NEAR_MESSAGES - 1; id++)
		put(id, (struct mail){"Contract", 1600000000 + id, 4, true});
	assert_ok(near_open(&near, st, &e));
	assert_ok(near_of(&near, st, 1, ids, &n, &e));
	assert_int_equal(n, NEAR_MESSAGES);
	assert_int_equal(ids[0], 2);
	assert_int_equal(ids[1], 5);
	assert_ok(near_of(&near, st, 4, ids, &n, &e));
	assert_int_equal(n, NEAR_MESSAGES);
	near_close(&near);
	put(1000, (struct mail){"Contract", 1500000000, 4, true});
	assert_ok(near_open(&near, st, &e));
	assert_ok(near_of(&near, st, 1, ids, &n, &e));
	assert_int_equal(n, NEAR_MESSAGES);
	assert_int_equal(ids[0], 5);
	near_close(&near);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(nearest_are_found, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(without_a_date, set_up, tear_down)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
