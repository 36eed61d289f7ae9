#include "base/test.h"
#include "proof/keys.h"

/* Made by minisign 0.11; the keys are nobody's. The password is "tocsin". */
static const char their_key[] =
	"untrusted comment: minisign encrypted secret key\n"
	"RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAqiAZEVpFcYICQ9Wh0B128sV/0v+r+x+1+6QYEVcbJ2JKjRJa2WuI1J5IKTuebQxugOlhIQCLqqZfyyguiHFnpCVYtRoCYL4UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
static const char their_pub[] =
	"untrusted comment: minisign public key 8271455A111920AA\n"
	"RWSqIBkRWkVxgp5IKTuebQxugOlhIQCLqqZfyyguiHFnpCVYtRoCYL4U\n";
static const char their_signature[] =
	"untrusted comment: signature from minisign secret key\n"
	"RUSqIBkRWkVxgkW4vPrbw1e3JrluZCjsGRIf6GI55WCuxkC0Sw/RREyQsHTJhD+QKPj5JNPw7sxjgOhnrayEk12AipPQycDXfAQ=\n"
	"trusted comment: made by minisign\n"
	"joWsobEuUufUOHjsHDTE+O/jnDXVceaLZkUtfiyHRCn/GdB/X2doWQjAqQEUvMeJCdn+P3xqKgposBOE9RulAw==\n";
static const char their_old_signature[] =
	"untrusted comment: signature from minisign secret key\n"
	"RWSqIBkRWkVxghCQWmZAQWYnRJCvZGJMCIEhXR+2P5OKOVrv29+argYM3Zv0ZZdRuL/RO7K+RZdQ1amuoLfPjUFvV+JZWWKnTQ4=\n"
	"trusted comment: legacy\n"
	"c/yNc9u9hNVuQIHG6O5bVWSuETTvoB/6Qyc8DuwU+LWT2bLSkh2IXdmOim/RAY920SEM0HbD1aL/i3R1JwocBg==\n";
static const char locked_key[] =
	"untrusted comment: minisign encrypted secret key\n"
	"RWRTY0IyfDCx6AuscNUqI4xMANk7myp+Y7MCu2A6MlnpLfD9NlUAAAACAAAAAAAAAEAAAAAAZYEfUqghtPbIFPgDEpDyj66WkokkyqQ3WUMGf+xTVfiVxpX6zv0X2lMkr1I4UbvUxNR1/UKgbnwSN0Pql0Zh+nOj01aqmfoJYSXhi2+/b3DKpEnMdn03HeWUvLrVEQPsvJeDnAQZBDQ=\n";
static const char message[] = "line one\n";

static void what_minisign_made_is_read(void **state)
{
	struct verify_key k, again;
	struct sign_key *s;
	span comment, rest;

	(void)state;
	assert_ok(verify_key_read(span_str(their_pub), &k, &e));
	assert_ok(sign_key_read(span_str(their_key), &s, &e));
	sign_key_public(s, &again);
	assert_memory_equal(&k, &again, sizeof k);
	assert_ok(minisign_verify(&k, span_str(message), span_str(their_signature), &comment, &rest, &e));
	assert_span(comment, "made by minisign");
	assert_int_equal(rest.n, 0);
	assert_ok(minisign_verify(&k, span_str(message), span_str(their_old_signature), &comment, NULL, &e));
	assert_span(comment, "legacy");
	sign_key_free(s);
}

static void a_key_under_a_password_is_refused_and_how_to_take_it_off_is_said(void **state)
{
	struct sign_key *s;
	struct err why;

	(void)state;
	assert_int_equal(sign_key_read(span_str(locked_key), &s, &why), ERR_REFUSED);
	assert_null(s);
	assert_non_null(strstr(why.text, "minisign -C -W"));
}

static void a_key_comes_back_from_its_file(void **state)
{
	struct verify_key k, again;
	struct sign_key *s, *t;
	struct buf b;

	(void)state;
	assert_ok(sign_key_new(&s, &e));
	sign_key_public(s, &k);
	buf_init(&b, 4096);
	assert_ok(sign_key_write(s, &b, &e));
	assert_ok(sign_key_read(buf_span(&b), &t, &e));
	sign_key_public(t, &again);
	assert_memory_equal(&k, &again, sizeof k);
	buf_clear(&b);
	verify_key_write(&k, &b);
	assert_ok(verify_key_read(buf_span(&b), &again, &e));
	assert_memory_equal(&k, &again, sizeof k);
	buf_wipe(&b);
	sign_key_free(s);
	sign_key_free(t);
}

static void a_damaged_secret_key_is_refused(void **state)
{
	char bad[sizeof their_key];
	struct sign_key *s;
	struct err why;
	size_t n_refused = 0;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof their_key; i++) {
		memcpy(bad, their_key, sizeof bad);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		if (sign_key_read(span_str(bad), &s, &why) != OK)
			n_refused++;
		else
			sign_key_free(s);
		assert_int_not_equal(sign_key_read(span_of(their_key, i < sizeof their_key - 2 ? i : 0), &s, &why), OK);
	}
	assert_true(n_refused > 100); /* what is left: comment, salt, key id, sum */
}

static void a_changed_byte_of_message_or_signature_is_refused(void **state)
{
	struct verify_key k;
	struct err why;
	size_t first = 0, last = 0;
	char bad[sizeof their_signature];

	(void)state;
	assert_ok(verify_key_read(span_str(their_pub), &k, &e));
	assert_int_equal(minisign_verify(&k, SPAN_LIT("line One\n"), span_str(their_signature), NULL, NULL, &why), ERR_EVIDENCE);
	first = span_find_byte(span_str(their_signature), '\n') + 1; /* the first line is not signed */
	last = sizeof their_signature - 2;
	for (size_t i = first; i < last; i++) {
		memcpy(bad, their_signature, sizeof bad);
		bad[i] ^= 1;
		assert_int_not_equal(minisign_verify(&k, span_str(message), span_str(bad), NULL, NULL, &why), OK);
	}
	for (size_t i = 0; i < last; i++)
		assert_int_not_equal(minisign_verify(&k, span_str(message), span_of(their_signature, i), NULL, NULL, &why), OK);
}

static void lines_behind_a_signature_are_left_alone(void **state)
{
	struct sign_key *s;
	struct verify_key k;
	span comment, rest;
	struct buf b;

	(void)state;
	assert_ok(sign_key_new(&s, &e));
	sign_key_public(s, &k);
	buf_init(&b, 8192);
	assert_ok(minisign_write(s, span_str(message), SPAN_LIT("two\twords"), &b, &e));
	buf_str(&b, "a proof\n");
	assert_ok(minisign_verify(&k, span_str(message), buf_span(&b), &comment, &rest, &e));
	assert_span(comment, "two\twords");
	assert_span(rest, "a proof\n");
	assert_int_equal(minisign_write(s, span_str(message), SPAN_LIT("two\nlines"), &b, NULL), ERR_USAGE);
	buf_free(&b);
	sign_key_free(s);
}

/* RFC 8032 7.1, test 3: the same bytes for the same key and message. */
static void signatures_are_those_of_rfc_8032(void **state)
{
	static const unsigned char key[32] = {0xfc, 0x51, 0xcd, 0x8e, 0x62, 0x18, 0xa1, 0xa3, 0x8d, 0xa4, 0x7e, 0xd0, 0x02, 0x30,
	    0xf0, 0x58, 0x08, 0x16, 0xed, 0x13, 0xba, 0x33, 0x03, 0xac, 0x5d, 0xeb, 0x91, 0x15, 0x48, 0x90, 0x80, 0x25};
	static const unsigned char signature[64] = {0x62, 0x91, 0xd6, 0x57, 0xde, 0xec, 0x24, 0x02, 0x48, 0x27, 0xe6, 0x9c, 0x3a,
	    0xbe, 0x01, 0xa3, 0x0c, 0xe5, 0x48, 0xa2, 0x84, 0x74, 0x3a, 0x44, 0x5e, 0x36, 0x80, 0xd7, 0xdb, 0x5a, 0xc3, 0xac, 0x18,
	    0xff, 0x9b, 0x53, 0x8d, 0x16, 0xf2, 0x90, 0xae, 0x67, 0xf7, 0x60, 0x98, 0x4d, 0xc6, 0x59, 0x4a, 0x7c, 0x15, 0xe9, 0x71,
	    0x6e, 0xd2, 0x8d, 0xc0, 0x27, 0xbe, 0xce, 0xea, 0x1e, 0xc4, 0x0a};

	(void)state;
	assert_true(verify_bytes(key, SPAN_LIT("\xaf\x82"), signature));
	assert_false(verify_bytes(key, SPAN_LIT("\xaf\x83"), signature));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_minisign_made_is_read), cmocka_unit_test(a_key_under_a_password_is_refused_and_how_to_take_it_off_is_said),
	    cmocka_unit_test(a_key_comes_back_from_its_file), cmocka_unit_test(a_damaged_secret_key_is_refused),
	    cmocka_unit_test(a_changed_byte_of_message_or_signature_is_refused),
	    cmocka_unit_test(lines_behind_a_signature_are_left_alone), cmocka_unit_test(signatures_are_those_of_rfc_8032),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
