/* What servers say, and what of it is believed. */
#include "base/clock.h"
#include "base/test.h"
#include "contacts/private.h"

static void check_address(span got, const char *want) { assert_span(got, want); }

static void a_security_txt_names_contacts_and_when_it_expires(void **state)
{
	static const char text[] = "# us\r\nContact: mailto:sec@a.example?subject=x\r\ncontact: tel:+1-555-0100\nContact: https://a.example/report\n"
	                           "Contact: mailto:sec@a.example\nExpires: 2030-01-02T03:04:05Z\nEncryption: https://a.example/key\n"
	                           "Canonical: https://a.example/.well-known/security.txt\nContact: mailto:\"odd quoted\"@a.example\n";
	struct said s;

	(void)state;
	security_txt_read(span_str(text), SPAN_LIT("https://a.example/.well-known/security.txt"), &s);
	assert_false(s.canonical_other);
	assert_int_equal(s.n, 3);
	check_address(s.v[0].address, "sec@a.example");
	assert_true(s.v[0].mail);
	check_address(s.v[1].address, "tel:+1-555-0100");
	assert_false(s.v[1].mail);
	check_address(s.v[2].address, "https://a.example/report");
	assert_true(s.expires_utc == 1893553445);
	check_address(s.encryption, "https://a.example/key");
	security_txt_read(span_str(text), SPAN_LIT("https://b.example/security.txt"), &s);
	assert_true(s.canonical_other);
}

static void a_signed_one_is_read_within_its_armour(void **state)
{
	static const char text[] = "Contact: mailto:evil@b.example\nEncryption: https://b.example/k\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- Contact: mailto:sec@a.example\nExpires: 2020-01-01T00:00:00.000Z\n"
	                           "-----BEGIN PGP SIGNATURE-----\nContact: mailto:evil@b.example\n-----END PGP SIGNATURE-----\n";
	struct said s;

	(void)state;
	security_txt_read(span_str(text), SPAN_LIT("https://a.example/security.txt"), &s);
	assert_true(s.signed_text);
	assert_int_equal(s.n, 1); /* not what stands before or behind what is signed */
	check_address(s.v[0].address, "sec@a.example");
	assert_true(s.expires_utc == 1577836800);
	assert_int_equal(s.encryption.n, 0);
}

static void what_stands_in_the_head_of_an_armour_is_not_signed(void **state)
{
	static const char text[] = "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\nContact: mailto:evil@b.example\r\n"
	                           "Encryption: https://b.example/k\r\nExpires: 2040-01-01T00:00:00Z\r\n\r\nContact: mailto:sec@a.example\r\n\r\n"
	                           "Encryption: https://a.example/k\r\n-----BEGIN PGP SIGNATURE-----\r\n-----END PGP SIGNATURE-----\r\n";
	struct said s;

	(void)state;
	security_txt_read(span_str(text), SPAN_LIT("https://a.example/security.txt"), &s);
	assert_int_equal(s.n, 1);
	check_address(s.v[0].address, "sec@a.example");
	assert_true(s.expires_utc == TIME_NONE);
	check_address(s.encryption, "https://a.example/k");
}

static void a_page_that_is_none_names_nobody(void **state)
{
	struct said s;

	(void)state;
	security_txt_read(SPAN_LIT("<!DOCTYPE html><title>Not found</title>Contact us: webmaster@a.example\n"), SPAN_LIT("https://a.example/security.txt"), &s);
	assert_int_equal(s.n, 0);
	security_txt_read(SPAN_EMPTY, SPAN_EMPTY, &s);
	assert_int_equal(s.n, 0);
}

static void rdap_names_the_organisations_people_and_not_the_registrars(void **state)
{
	static const char text[] = "{\"objectClassName\":\"domain\",\"entities\":[{\"roles\":[\"registrar\"],\"vcardArray\":[\"vcard\",[[\"email\",{},\"text\","
	    "\"noc@registrar.example\"]]],\"entities\":[{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",[[\"email\",{},\"text\",\"abuse@registrar.example\"]]]}]},"
	    "{\"roles\":[\"registrant\",\"technical\"],\"vcardArray\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],[\"fn\",{},\"text\",\"Ann\"],"
	    "[\"email\",{},\"text\",\"it@a.example\"],[\"tel\",{\"type\":\"voice\"},\"uri\",\"tel:+1.5550100\"],[\"email\",{},\"text\",\"REDACTED FOR PRIVACY\"]]],"
	    "\"entities\":[{\"roles\":[\"abuse\"],\"vcardArray\":[\"vcard\",[[\"email\",{},\"text\",\"abuse@a.example\"]]]}]}]}";
	struct arena *a = test_arena();
	struct said s;

	(void)state;
	assert_ok(rdap_read(a, span_str(text), &s, &e));
	assert_int_equal(s.n, 3);
	check_address(s.v[0].address, "it@a.example");
	check_address(s.v[0].role, "technical");
	check_address(s.v[1].address, "tel:+1.5550100");
	check_address(s.v[2].address, "abuse@a.example");
	assert_int_equal(rdap_read(a, SPAN_LIT("[1,2]"), &s, NULL), ERR_EVIDENCE);
	for (size_t n = 0; n < sizeof text - 1; n++) /* cut at every length */
		(void)!rdap_read(a, span_of(text, n), &s, NULL);
	arena_free(a);
}

static void a_registry_is_that_of_the_longest_prefix(void **state)
{
	static const char json[] = "[[[\"example\",\"co.example\",7],[\"https://d.test/x/\"]],[[\"0.0.0.0/0\"],[\"https://any.test\"]],"
	    "[[\"192.0.0.0/8\",\"192.0.2.128/25\"],[\"https://v4.test/\"]],[[\"192.0.2.0/33\",\"192.0.2.0/\",\"192.0.2.0/2x\",\"x/24\"],[\"https://wrong.test/\"]],"
	    "[[\"2001:db8::/32\"],[\"https://v6.test/\"]],[\"x\"],[[\"co.example\"],[]],{}]";
	static const char *const want[][2] = {{"a.example", "https://d.test/x/domain/a.example"}, {"example", NULL}, {"a.test", NULL},
	    {"192.0.2.129", "https://v4.test/ip/192.0.2.129"}, {"193.0.2.1", "https://any.test/ip/193.0.2.1"},
	    {"2001:db8::1", "https://v6.test/ip/2001:db8::1"}, {"2001:db9::1", NULL}};
	struct arena *a = test_arena();
	struct json_node *root;
	const struct json_node *services[1];
	struct bootstrap b = {services, 1};
	unsigned problems = 0;
	size_t used;

	(void)state;
	assert_ok(json_read(a, span_str(json), &root, &used, &problems, &e));
	services[0] = root;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		const char *got = bootstrap_find(&b, a, want[i][0]);

		if (want[i][1] == NULL)
			assert_null(got);
		else
			assert_string_equal(got, want[i][1]);
	}
	arena_free(a);
}

static void an_address_is_one_that_mail_can_go_to(void **state)
{
	static const char *const good[] = {"a@b.example", "first.last+x@sub.b.example"};
	static const char *const bad[] = {"", "a", "a@b", "a@@b.example", "a@b..example", ".a@b.example", "a.@b.example", "a@b.example.", "a b@c.example", "a\r\n@b.example",
	    "<a@b.example>", "a@b.example,c@d.example", "a@.b.example"};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(address_is_plain(span_str(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (address_is_plain(span_str(bad[i])))
			fail_msg("%s", bad[i]);
}

static void two_ways_in_that_do_not_fail_together_are_enough(void **state)
{
#define C(source, address, state) {source, address, "", "", "", 0, 0, state, true}
	const struct contact_known c[] = {C(CONTACT_DIRECTORY, "a@x.example", CONTACT_USABLE), C(CONTACT_DIRECTORY, "b@x.example", CONTACT_USABLE),
	    C(CONTACT_SECURITY_TXT, "a@x.example", CONTACT_USABLE), C(CONTACT_SECURITY_TXT, "c@x.example", CONTACT_EXPIRED),
	    C(CONTACT_CORRESPONDENT, "d@y.example", CONTACT_REVIEW), C(CONTACT_ROLE, "abuse@x.example", CONTACT_GUESSED)};

	(void)state;
	assert_false(contacts_are_enough(c, 1));
	assert_false(contacts_are_enough(c, 2)); /* one list of one house */
	assert_false(contacts_are_enough(c + 2, 1));
	assert_true(contacts_are_enough(c, 6));
	assert_false(contacts_are_enough(c + 3, 3));
}

static void what_a_worker_sends_is_not_believed(void **state)
{
	struct said s = {.n = 1, .expires_utc = TIME_NONE}, back;
	struct buf b;
	struct cursor c;

	(void)state;
	s.v[0] = (struct said_contact){SPAN_LIT("a@b.example"), SPAN_LIT("security"), true};
	buf_init(&b, 4096);
	said_put(&b, &s);
	c = cursor_of(buf_span(&b));
	assert_true(said_get(&c, &back));
	check_address(back.v[0].address, "a@b.example");
	for (size_t n = 0; n < b.n; n++) {
		c = cursor_of(span_first(buf_span(&b), n));
		assert_false(said_get(&c, &back));
	}
	buf_clear(&b);
	s.v[0].address = SPAN_LIT("a@b.example\r\nBcc: all@c.example");
	said_put(&b, &s);
	c = cursor_of(buf_span(&b));
	assert_false(said_get(&c, &back));
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_security_txt_names_contacts_and_when_it_expires), cmocka_unit_test(a_signed_one_is_read_within_its_armour),
	    cmocka_unit_test(what_stands_in_the_head_of_an_armour_is_not_signed), cmocka_unit_test(a_page_that_is_none_names_nobody), cmocka_unit_test(rdap_names_the_organisations_people_and_not_the_registrars),
	    cmocka_unit_test(a_registry_is_that_of_the_longest_prefix), cmocka_unit_test(an_address_is_one_that_mail_can_go_to), cmocka_unit_test(two_ways_in_that_do_not_fail_together_are_enough),
	    cmocka_unit_test(what_a_worker_sends_is_not_believed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
