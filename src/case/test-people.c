/* Two different people must say so: one may spell a name in more than one way. */
#include "base/test.h"
#include "case/people.h"

static bool one(const char *x, const char *y)
{
	bool same;

	assert_ok(person_same(x, y, &same, &e));
	return same;
}

static void one_person_however_spelled(void **state)
{
	(void)state;
	assert_true(one("Ann  Roe ", "ann roe"));
	assert_true(one("Straße A", "STRASSE A"));
	assert_true(one("Jos\u00e9", "Jose\u0301"));
	assert_true(one("Ann\u200b Roe", "Ann Roe"));
	assert_true(one("\uff2ao Roe", "Jo Roe"));
	assert_true(one("\u03a3\u0391\u03a3", "\u03c3\u03b1\u03c2"));
	assert_true(one("Łukasz Ørsted", "lukasz orsted"));
	assert_true(one("Ann\u2003Roe", "Ann Roe"));
}

static void two_people(void **state)
{
	(void)state;
	assert_false(one("Ann Roe", "Anna Roe"));
	assert_false(one("Ann Roe", "Annroe"));
	assert_false(one("Иван", "Ивана"));
	assert_false(one("王", "李"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_person_however_spelled), cmocka_unit_test(two_people)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
