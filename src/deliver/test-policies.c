/* What a domain shows the world, as those read it who rely on it. */
#include "base/clock.h"
#include "base/test.h"
#include "deliver/policies.h"

#define POLICY "version: STSv1\r\nmode: enforce\r\nmx: mx1.bank.example\r\nmx: *.mail.bank.example\r\nmax_age: 604800\r\n"

static struct dns_record hosts[2] = {{.text = "mx1.bank.example"}, {.text = "b.mail.bank.example"}};
static const struct dns_answer mx = {.v = hosts, .n = 2, .why = ""};

static void a_policy_that_names_every_host_holds(void **state)
{
	(void)state;
	assert_null(mta_sts_wrong(SPAN_LIT(POLICY), &mx));
	assert_null(mta_sts_wrong(SPAN_LIT("mode:testing\nmx:MX1.bank.example\nmx: *.mail.bank.example\nversion:STSv1\nmax_age:0"), &mx));
	assert_true(mta_sts_is_testing(SPAN_LIT("version: STSv1\nmode: testing\n")));
	assert_false(mta_sts_is_testing(SPAN_LIT(POLICY)));
}

static void a_policy_that_is_wrong_says_why(void **state)
{
	(void)state;
	assert_string_equal(mta_sts_wrong(SPAN_LIT(""), &mx), "the policy has no version: STSv1");
	assert_string_equal(mta_sts_wrong(SPAN_LIT("<html>404: not found</html>"), &mx), "the policy has no version: STSv1");
	assert_string_equal(mta_sts_wrong(SPAN_LIT("version: STSv1\nmode: enforce\nmax_age: week\n"), &mx), "the policy has no max_age");
	assert_string_equal(mta_sts_wrong(SPAN_LIT("version: STSv1\nmax_age: 1\n"), &mx), "the policy has no mode");
	assert_string_equal(mta_sts_wrong(SPAN_LIT("version: STSv1\nmode: none\nmax_age: 1\n"), &mx), "the policy's mode is none");
	assert_string_equal(mta_sts_wrong(SPAN_LIT("version: STSv1\nmode: enforce\nmx: mx1.bank.example\nmax_age: 1\n"), &mx),
	    "the policy does not name each of the MX hosts");
	for (size_t n = 0; n < sizeof POLICY - 4; n++) /* up to the last digit of max_age */
		assert_true(mta_sts_wrong(span_of(POLICY, n), &mx) != NULL || n > sizeof POLICY - 9);
}

static void a_star_is_one_label(void **state)
{
	(void)state;
	assert_true(mta_sts_matches(SPAN_LIT("*.mail.example"), SPAN_LIT("A.Mail.example")));
	assert_false(mta_sts_matches(SPAN_LIT("*.mail.example"), SPAN_LIT("a.b.mail.example")));
	assert_false(mta_sts_matches(SPAN_LIT("*.mail.example"), SPAN_LIT("mail.example")));
	assert_false(mta_sts_matches(SPAN_LIT("mail.example"), SPAN_LIT("a.mail.example")));
	assert_false(mta_sts_matches(SPAN_LIT(""), SPAN_LIT("")));
}

static void security_txt_wants_a_contact_and_a_day_to_come(void **state)
{
	int64_t now;

	(void)state;
	assert_true(time_parse(SPAN_LIT("2026-03-01T00:00:00Z"), &now));
	assert_null(security_txt_wrong(SPAN_LIT("# us\ncontact: mailto:security@bank.example\nExpires: 2026-12-31T18:37:07+01:00\n"), now));
	assert_null(security_txt_wrong(SPAN_LIT("-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\nContact: https://bank.example/tell\r\nExpires: 2026-12-31T00:00:00Z\r\n"
		"-----BEGIN PGP SIGNATURE-----\r\n"), now));
	assert_string_equal(security_txt_wrong(SPAN_LIT("Contact: mailto:a@bank.example\nExpires: 2026-03-01T00:00:00Z\n"), now), "it has expired");
	assert_string_equal(security_txt_wrong(SPAN_LIT("Contact: a@bank.example\nExpires: 2027-01-01T00:00:00Z\n"), now), "no Contact that is an address");
	assert_string_equal(security_txt_wrong(SPAN_LIT("Contact: mailto:a@bank.example\n"), now), "no Expires, more than one, or no date in it");
	assert_string_equal(security_txt_wrong(SPAN_LIT("Contact: tel:+1-555-0100\nExpires: 2027-01-01T00:00:00Z\nExpires: 2028-01-01T00:00:00Z\n"), now),
	    "no Expires, more than one, or no date in it");
	assert_string_equal(security_txt_wrong(SPAN_LIT("Contact: tel:+1-555-0100\nExpires: soon\n"), now), "no Expires, more than one, or no date in it");
	assert_non_null(security_txt_wrong(SPAN_EMPTY, now));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_policy_that_names_every_host_holds),
	    cmocka_unit_test(a_policy_that_is_wrong_says_why),
	    cmocka_unit_test(a_star_is_one_label),
	    cmocka_unit_test(security_txt_wants_a_contact_and_a_day_to_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
