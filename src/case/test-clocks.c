/* The arithmetic of legal clocks, against days that anybody can count on a calendar. */
#include "case/clocks.h"

#include "base/clock.h"
#include "base/test.h"

static int64_t at(const char *text)
{
	int64_t t;

	assert_true(time_parse(span_str(text), &t));
	return t;
}

static const struct clocks *with(const char *law, const char *yaml, const char *now)
{
	static struct clocks c;
	struct arena *a = test_arena_kept();
	struct case_config config = {.detected_utc = at("2025-09-18T10:40:00Z")};
	struct yaml *y;

	assert_ok(yaml_read(a, span_str(yaml), "case.yaml", &y, &e));
	config.clocks = y;
	assert_ok(clocks_read(a, law, &config, at(now), &c, &e));
	return &c;
}

static const char *folder;

static const struct clock *named(const struct clocks *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].id, id) == 0)
			return &c->v[i];
	fail_msg("no clock %s", id);
	return NULL;
}

static void due_is(const char *id, const char *from, const char *want, bool want_by_day)
{
	const struct clock *k = named(with(folder, "{country: IE}", "2025-01-01"), id);
	bool by_day;
	char t[TIME_TEXT];

	assert_string_equal(time_rfc3339(clock_due(k, at(from), time_offset(span_str(from)), &by_day), t), want);
	assert_int_equal(by_day, want_by_day);
}

static void hours_run_through_nights_and_weekends(void **state)
{
	(void)state;
	due_is("gdpr-33", "2025-09-19T16:30:00Z", "2025-09-22T16:30:00Z", false); /* a Friday */
	due_is("nis2-early", "2024-02-28T23:00:00Z", "2024-02-29T23:00:00Z", false);
}

static void business_days_pass_over_weekends_and_federal_holidays(void **state)
{
	(void)state;
	due_is("sec-8k", "2025-09-18T20:00:00Z", "2025-09-24T00:00:00Z", true);
	due_is("sec-8k", "2025-11-25T12:00:00Z", "2025-12-02T00:00:00Z", true); /* Thanksgiving on the 27th */
	due_is("sec-8k", "2026-07-01T12:00:00Z", "2026-07-08T00:00:00Z", true); /* 4 July 2026 is a Saturday: observed on the 3rd */
	due_is("sec-8k", "2021-12-28T12:00:00Z", "2022-01-04T00:00:00Z", true); /* New Year of 2022 is observed in 2021 */
	due_is("sec-8k", "2025-01-16T12:00:00Z", "2025-01-23T00:00:00Z", true); /* the third Monday of January */
}

static void months_end_on_their_day_or_the_next_working_day(void **state)
{
	(void)state;
	due_is("nis2-final", "2025-09-22", "2025-10-22T00:00:00Z", true);
	due_is("nis2-final", "2025-01-31", "2025-02-28T00:00:00Z", true);
	due_is("nis2-final", "2024-01-31", "2024-02-29T00:00:00Z", true);
	due_is("nis2-final", "2025-03-21", "2025-04-22T00:00:00Z", true); /* the 21st of April 2025 is Easter Monday */
	due_is("nis2-final", "2025-11-25", "2025-12-29T00:00:00Z", true); /* Christmas, its second day, a weekend */
}

static void days_without_a_calendar_end_when_they_end(void **state)
{
	(void)state;
	due_is("hipaa-individuals", "2025-09-18", "2025-11-17T00:00:00Z", true);
	due_is("us-ca-1798-82", "2026-01-02", "2026-02-01T00:00:00Z", true); /* a Sunday */
}

/* An evening of the west is the next day in UTC: the period begins by the day where it was noticed, and ends where that ends. */
static void days_are_those_of_the_zone_that_the_time_says(void **state)
{
	static const char us[] = "{country: US, dates: {aware: '2025-09-18T22:00:00-07:00'}}";

	(void)state;
	due_is("us-ca-1798-82", "2025-09-18T22:00:00-07:00", "2025-10-18T00:00:00Z", true);
	due_is("us-ca-1798-82", "2025-09-19T05:00:00Z", "2025-10-19T00:00:00Z", true);
	due_is("nis2-final", "2025-09-22T01:00:00+02:00", "2025-10-22T00:00:00Z", true);
	due_is("gdpr-33", "2025-09-18T23:30:00+02:00", "2025-09-21T21:30:00Z", false);
	assert_int_equal(named(with(folder, us, "2025-10-18T23:59:59-07:00"), "us-ca-1798-82")->state, CLOCK_RUNNING);
	assert_int_equal(named(with(folder, us, "2025-10-19T00:00:00-07:00"), "us-ca-1798-82")->state, CLOCK_OVERDUE);
	assert_true(clock_from_midnight(named(with(folder, "{country: IE, dates: {aware: 2025-09-18}}", "2025-09-19"), "gdpr-33")));
	assert_false(clock_from_midnight(named(with(folder, "{country: IE, dates: {aware: '2025-09-18T00:00:00+02:00'}}", "2025-09-19"), "gdpr-33")));
}

static void a_case_says_what_is_on_and_what_is_done(void **state)
{
	const struct clocks *c = with(folder, "{country: IE, on: [sec-8k], off: [gdpr-34], dates: {material: 2025-09-19}, done: {gdpr-33: 2025-09-20}}",
	    "2025-10-01");

	(void)state;
	assert_int_equal(named(c, "gdpr-33")->state, CLOCK_DONE);
	assert_int_equal(named(c, "gdpr-34")->state, CLOCK_OFF);
	assert_int_equal(named(c, "uk-gdpr-33")->state, CLOCK_OFF);
	assert_int_equal(named(c, "sec-8k")->state, CLOCK_OVERDUE);
	assert_int_equal(named(with(folder, "{country: IE}", "2025-09-19"), "gdpr-33")->state, CLOCK_RUNNING);
	assert_int_equal(named(with(folder, "{country: IE}", "2025-09-22"), "gdpr-33")->state, CLOCK_OVERDUE);
	assert_int_equal(named(with(folder, "{country: IE, done: {gdpr-33: 2025-09-22}}", "2025-10-01"), "gdpr-33")->state, CLOCK_DONE_LATE);
}

static void a_case_has_clocks_and_holidays_of_its_own(void **state)
{
	const struct clocks *c = with(folder, "{country: IE, holidays: ['2025-10-20'], own: [{id: contract-7, law: 'Master agreement 7.3', does: tell the client, to: the client,"
	    " from: aware, period: 2 business days, calendar: eu, evidence: mail, source: contract}]}", "2025-09-18T12:00:00Z");
	char t[TIME_TEXT];

	(void)state;
	assert_string_equal(time_date(named(c, "contract-7")->due_utc, t), "2025-09-22");
	assert_int_equal(named(c, "contract-7")->state, CLOCK_RUNNING);
	c = with(folder, "{country: IE, on: [nis2-final], holidays: ['2025-10-20'], done: {nis2-notification: 2025-09-20}}", "2025-09-18T12:00:00Z");
	assert_string_equal(time_date(named(c, "nis2-final")->due_utc, t), "2025-10-21");
}

static void a_clock_can_count_from_when_another_was_done(void **state)
{
	const struct clocks *c = with(folder, "{country: US, dates: {aware: 2026-01-05}}", "2026-01-06");
	char t[TIME_TEXT];

	(void)state;
	assert_int_equal(named(c, "us-ca-1798-82-f")->state, CLOCK_WAITING);
	c = with(folder, "{country: US, dates: {aware: 2026-01-05}, done: {us-ca-1798-82: 2026-01-20}}", "2026-01-21");
	assert_int_equal(named(c, "us-ca-1798-82-f")->state, CLOCK_RUNNING);
	assert_string_equal(time_date(named(c, "us-ca-1798-82-f")->due_utc, t), "2026-02-04");
}

/* Evidence enough comes with or after the first suspicion: who does not say when is shown the earlier end. */
static void determined_is_when_it_was_noticed_until_the_case_says_later(void **state)
{
	const struct clocks *c = with(folder, "{country: US, dates: {aware: 2026-01-05}}", "2026-01-06");
	char t[TIME_TEXT];

	(void)state;
	assert_true(named(c, "us-co-6-1-716")->assumed);
	assert_string_equal(time_date(named(c, "us-co-6-1-716")->due_utc, t), "2026-02-04");
	c = with(folder, "{country: US, dates: {aware: 2026-01-05, determined: 2026-01-12}}", "2026-01-13");
	assert_false(named(c, "us-co-6-1-716")->assumed);
	assert_string_equal(time_date(named(c, "us-co-6-1-716")->due_utc, t), "2026-02-11");
	assert_false(named(c, "us-fl-501-171")->assumed);
}

static void a_name_that_no_clock_has_is_refused_with_its_line(void **state)
{
	struct case_config config = {.detected_utc = TIME_NONE};
	struct arena *a = test_arena_kept();
	struct clocks c;
	struct yaml *y;
	struct err e = {0};

	(void)state;
	assert_int_equal(yaml_read(a, SPAN_LIT("country: IE\noff: [gdpr-35]\n"), "case.yaml", &y, &e), OK);
	config.clocks = y;
	assert_int_equal(clocks_read(a, folder, &config, 0, &c, &e), ERR_USAGE);
	assert_non_null(strstr(e.text, "case.yaml:2"));
}

static void what_letters_to_persons_have_to_say_is_the_law_of_their_country_or_of_ours(void **state)
{
	const struct clocks *c = with(folder, "{country: IE}", "2025-09-20");
	const struct clock *k = named(c, "person-us-states");

	(void)state;
	assert_true(clock_for_person(k, c, "us"));
	assert_false(clock_for_person(k, c, "de"));
	assert_false(clock_for_person(k, c, ""));
	assert_false(clock_for_person(named(c, "recipient-us-states"), c, "us"));
	assert_true(clock_told(named(c, "recipient-us-states"), c, false, "us"));
	assert_false(clock_told(named(c, "recipient-us-states"), c, true, "us"));
	assert_true(clock_told(named(c, "person-gdpr"), c, true, ""));
	assert_false(clock_told(named(c, "person-gdpr"), c, true, "us"));
	c = with(folder, "{country: US}", "2025-09-20");
	assert_true(clock_for_person(named(c, "person-us-states"), c, ""));
	assert_false(clock_for_person(named(c, "person-us-states"), c, "de"));
	c = with(folder, "{country: IE, on: [person-us-states]}", "2025-09-20");
	assert_true(clock_for_person(named(c, "person-us-states"), c, ""));
	c = with(folder, "{country: US, off: [person-us-states]}", "2025-09-20");
	assert_false(clock_for_person(named(c, "person-us-states"), c, "us"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hours_run_through_nights_and_weekends),
	    cmocka_unit_test(business_days_pass_over_weekends_and_federal_holidays),
	    cmocka_unit_test(months_end_on_their_day_or_the_next_working_day),
	    cmocka_unit_test(days_without_a_calendar_end_when_they_end),
	    cmocka_unit_test(days_are_those_of_the_zone_that_the_time_says),
	    cmocka_unit_test(a_case_says_what_is_on_and_what_is_done),
	    cmocka_unit_test(a_case_has_clocks_and_holidays_of_its_own),
	    cmocka_unit_test(a_clock_can_count_from_when_another_was_done),
	    cmocka_unit_test(determined_is_when_it_was_noticed_until_the_case_says_later),
	    cmocka_unit_test(what_letters_to_persons_have_to_say_is_the_law_of_their_country_or_of_ours),
	    cmocka_unit_test(a_name_that_no_clock_has_is_refused_with_its_line),
	};

	folder = argc > 1 ? argv[1] : "law";
	return cmocka_run_group_tests(tests, NULL, test_arenas_free);
}
