#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/test.h"
#include "base/utf8.h"
#include "seal/redact.h"

static struct arena *arena;

#define KEY SPAN_LIT("0123456789abcdef0123456789abcdef")
static const struct needle needles[] = {
	{NEEDLE_NAME, MASK_NONE, {(const unsigned char *)"Acme Bank", 9}, ""},
	{NEEDLE_DOMAIN, MASK_NONE, {(const unsigned char *)"acme.example", 12}, ""},
	{NEEDLE_VALUE, MASK_NONE, {(const unsigned char *)"hunter2!", 8}, ""},
	{NEEDLE_ADDRESS, MASK_NONE, {(const unsigned char *)"ann.signs@free.example", 22}, ""},
	{NEEDLE_NAME, MASK_ORGANISATION, {(const unsigned char *)"Nordwind Energie", 16}, "NNNNN"},
	{NEEDLE_NAME, MASK_ORGANISATION, {(const unsigned char *)"nordwind", 8}, "NNNNN"},
	{NEEDLE_NAME, MASK_ORGANISATION, {(const unsigned char *)"Acme", 4}, "CCCCC"},
	{NEEDLE_NAME, MASK_ORGANISATION, {(const unsigned char *)"IBX", 3}, "BBBBB"},
	{NEEDLE_DOMAIN, MASK_ORGANISATION, {(const unsigned char *)"nordwind.example", 16}, "NNNNN"},
	{NEEDLE_NAME, MASK_PERSON, {(const unsigned char *)"J\xc3\xbcrgen K\xc3\xb6hler", 15}, "JJJJJ"},
	{NEEDLE_NAME, MASK_PERSON, {(const unsigned char *)"K\xc3\xb6hler J\xc3\xbcrgen", 15}, "JJJJJ"},
	{NEEDLE_NAME, MASK_PERSON, {(const unsigned char *)"Dana (dana@third.example) Whitlow", 33}, "WWWWW"},
	{NEEDLE_NAME, MASK_ORGANISATION, {(const unsigned char *)"Smedegaarden", 12}, "GGGGG"},
	{NEEDLE_NAME, MASK_ORGANISATION, {(const unsigned char *)"No\xc3\xab", 4}, "EEEEE"},
	{NEEDLE_VALUE, MASK_SECRET, {(const unsigned char *)"s3cr3t-Wind", 11}, "SSSSS"},
	{NEEDLE_VALUE, MASK_DATA, {(const unsigned char *)"DE89 3704 0044 0532 0130 00", 27}, "DDDDD"},
};
static const struct needle ours[] = {
	{NEEDLE_NAME, MASK_NONE, {(const unsigned char *)"Steelyard", 9}, ""},
	{NEEDLE_DOMAIN, MASK_NONE, {(const unsigned char *)"steelyard.example", 17}, ""},
};
static const struct redact_rules rules = {needles, sizeof needles / sizeof needles[0], ours, sizeof ours / sizeof ours[0], {NULL, 0}};

static struct redactor *redactor(void)
{
	struct redact_rules *r = arena_zero(arena, 1, sizeof *r);
	struct redactor *out;
	struct err e;

	assert_non_null(r);
	*r = rules;
	r->token_key = KEY;
	assert_int_equal(redactor_new(arena, r, &out, &e), OK);
	return out;
}

static int setup(void **state)
{
	(void)state;
	arena = test_arena();
	return 0;
}
static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static span redacted(const char *in)
{
	struct redacted r;
	struct err e;

	assert_int_equal(redact_text(redactor(), arena, span_str(in), &r, &e), OK);
	return r.text;
}

static void becomes(const char *in, const char *want)
{
	span got = redacted(in);

	if (!span_eq(got, span_str(want)))
		fail_msg("%s\nbecame %.*s\n  want %s", in, (int)got.n, got.p, want);
}

static void names_are_masked_however_they_are_written(void **state)
{
	(void)state;
	becomes("with Nordwind Energie, today", "with [organisation NNNNN], today");
	becomes("NORDWIND", "[organisation NNNNN]");
	becomes("Nord-\r\n> wind said", "[organisation NNNNN] said");
	becomes("N\xe2\x80\x8bord\xc2\xadwind", "[organisation NNNNN]");
	becomes("Nordwinds", "[organisation NNNNN]s");
	becomes("ask Juergen Koehler", "ask [person JJJJJ]");
	becomes("ask Juergen K\xc3\xb6hler", "ask [person JJJJJ]");
	becomes("Smedeg\xc3\xa5rden, Smedegaarden", "[organisation GGGGG], [organisation GGGGG]");
	becomes("ask J\xc3\xbcrgen K\xc3\xb6hler or JURGEN KOHLER", "ask [person JJJJJ] or [person JJJJJ]");
	becomes("sites/Nordwind%20Energie/J%C3%BCrgen%20K%c3%b6hler, 5% Nordwind, %NORDWIND%", "sites/[organisation NNNNN]/[person JJJJJ], 5% [organisation NNNNN], %[organisation NNNNN]%");
	becomes("no, Noe", "no, [organisation EEEEE]");
	becomes("IBX and IBXtra, ibx", "[organisation BBBBB] and IBXtra, [organisation BBBBB]");
}

static void what_is_the_readers_own_or_ours_stays(void **state)
{
	(void)state;
	becomes("Acme Bank and Acme", "Acme Bank and [organisation CCCCC]");
	becomes("ann@acme.example, bob@mail.acme.example, it@steelyard.example", "ann@acme.example, bob@mail.acme.example, it@steelyard.example");
	becomes("Steelyard, hunter2!", "Steelyard, hunter2!");
	assert_false(span_has(redacted("ann@notacme.example"), SPAN_LIT("notacme")));
	becomes("Ann.Signs@free.example", "Ann.Signs@free.example");
	assert_false(span_has(redacted("joann.signs@free.example, ann@free.example"), SPAN_LIT("ann")));
}

static void a_name_does_not_run_on_into_an_address(void **state)
{
	span got = redacted("From: Juergen Koehler <juergen@third.example>\n");

	(void)state;
	if (!span_starts(got, SPAN_LIT("From: [person JJJJJ] <[address ")) || !span_ends_nocase(got, SPAN_LIT("]>\n")) ||
	    got.n != sizeof "From: [person JJJJJ] <[address AAAAA]>\n" - 1)
		fail_msg("became %.*s", (int)got.n, got.p);
}

static void a_name_with_an_address_in_it_is_masked_to_its_end(void **state)
{
	span got = redacted("From: Dana (dana@third.example) Whitlow <dana@third.example>\n");

	(void)state;
	if (!span_starts(got, SPAN_LIT("From: [person WWWWW] <[address ")) || span_has(got, SPAN_LIT("Whitlow")))
		fail_msg("became %.*s", (int)got.n, got.p);
}

static void unknown_addresses_and_hosts_are_masked_too(void **state)
{
	span s = redacted("mail x.y@else.example, see https://www.some-host.test/a?b=c and vpn.nordwind.example; read notes.txt. Thanks");

	(void)state;
	assert_true(!span_has(s, SPAN_LIT("else")) && !span_has(s, SPAN_LIT("some-host")));
	assert_true(span_has(s, SPAN_LIT("[organisation NNNNN]")));
	assert_true(span_has(s, SPAN_LIT("notes.txt. Thanks")));
	assert_true(span_eq(redacted("a@b.test"), redacted("A@B.TEST"))); /* the same thing, the same token */
}

static void secrets_of_others_are_masked_in_any_spacing(void **state)
{
	(void)state;
	becomes("pw: s3cr3t-Wind.", "pw: [credential SSSSS].");
	becomes("DE89370400440532013000", "[datum DDDDD]");
	becomes("s3cr3t-\nWind", "[credential SSSSS]");
	becomes("xs3cr3t-Windx", "x[credential SSSSS]x");
}

static void marks_are_where_the_tokens_are(void **state)
{
	struct redacted r;
	struct err e;

	(void)state;
	assert_int_equal(redact_text(redactor(), arena, SPAN_LIT("a Nordwind b IBX"), &r, &e), OK);
	assert_int_equal(r.n_marks, 2);
	for (size_t i = 0; i < r.n_marks; i++) {
		span token = span_sub(r.text, r.marks[i].at, r.marks[i].n);

		assert_true(span_eq(token, span_str(r.marks[i].token)));
		assert_int_equal(r.marks[i].reason, MASK_ORGANISATION);
	}
}

static void one_that_is_only_named_sees_the_surroundings(void **state)
{
	struct redacted r;
	struct err e;
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	for (int i = 0; i < 200; i++)
		buf_str(&b, "Nothing that is theirs stands in this line.\n");
	buf_str(&b, "The portal of Acme Bank has a new password from Nordwind.\n");
	for (int i = 0; i < 200; i++)
		buf_str(&b, "Nor in this one.\n");
	assert_int_equal(redact_around(redactor(), arena, buf_span(&b), &r, &e), OK);
	assert_true(span_has(r.text, SPAN_LIT("The portal of Acme Bank has a new password from [organisation NNNNN].")));
	assert_true(r.text.n < 1000);
	assert_true(span_starts(r.text, SPAN_LIT("[...]\n")));
	assert_int_equal(r.marks[0].reason, MASK_OUTSIDE);
	assert_int_equal(redact_around(redactor(), arena, SPAN_LIT("about nobody"), &r, &e), OK);
	assert_int_equal(r.text.n, 0);
	buf_free(&b);
}

static void the_check_sees_what_is_left(void **state)
{
	struct err e;
	bool clean;

	(void)state;
	assert_int_equal(redact_check(redactor(), arena, redacted("Nordwind, a@b.test, s3cr3t-Wind"), &clean, &e), OK);
	assert_true(clean);
	assert_int_equal(redact_check(redactor(), arena, SPAN_LIT("x nord wind y"), &clean, &e), OK);
	assert_false(clean);
}

/*
 * The property: whatever words, names, secrets, tags and blanks are thrown together, nothing that belongs to somebody
 * else is in what is given out, as it stands or folded.
 */
static void nothing_of_others_is_ever_given_out(void **state)
{
	static const char *const bits[] = {"Nordwind Energie", "nordwind", "NORDWIND", "Nord wind", "J\xc3\xbcrgen K\xc3\xb6hler", "jurgen kohler",
	    "s3cr3t-Wind", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "x@nordwind.example", "vpn.nordwind.example", "Acme Bank",
	    "ann@acme.example", "hunter2!", "Acme", "the", "password", ":", "\n", " ", "-", "=", "<", ">", "(", ")", ",", ".", "/", "@", "\xe2\x80\x8b", "\xc2\xa0",
	    "[", "]", "[organisation ", "[...]", "\xf0\x9f\x99\x82", "q"};
	static const char *const never[] = {"nordwind", "Nordwind", "NORDWIND", "Nord wind", "s3cr3t-Wind", "3704 0044", "37040044", "K\xc3\xb6hler", "jurgen kohler"};
	struct redactor *r = redactor();
	struct arena *scratch = test_arena();
	unsigned seed = 20250601;
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	for (int round = 0; round < 4000; round++) {
		struct redacted whole, around;
		struct err e;
		bool clean;

		buf_clear(&b);
		for (unsigned n = 1 + (seed = seed * 1103515245 + 12345) / 65536 % 60; n != 0; n--) {
			seed = seed * 1103515245 + 12345;
			buf_str(&b, bits[seed / 65536 % (sizeof bits / sizeof bits[0])]);
			if (seed / 16 % 2 != 0)
				buf_byte(&b, ' ');
		}
		assert_int_equal(redact_text(r, scratch, buf_span(&b), &whole, &e), OK);
		assert_int_equal(redact_around(r, scratch, buf_span(&b), &around, &e), OK);
		for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
			if (span_has(whole.text, span_str(never[i])) || span_has(around.text, span_str(never[i])))
				fail_msg("%s is in\n%.*s\nof\n%s", never[i], (int)whole.text.n, whole.text.p, buf_cstr(&b));
		assert_int_equal(redact_check(r, scratch, whole.text, &clean, &e), OK);
		if (!clean)
			fail_msg("not clean:\n%.*s\nof\n%s", (int)whole.text.n, whole.text.p, buf_cstr(&b));
		assert_int_equal(redact_check(r, scratch, around.text, &clean, &e), OK);
		assert_true(clean);
		arena_reset(scratch);
	}
	buf_free(&b);
	arena_free(scratch);
}

/* Each is found only once the one before it is masked: what is looked at anew for each of twenty thousand does not end. */
static void names_without_number_in_one_word_are_masked_with_it(void **state)
{
	enum { MANY = 20000 };
	struct arena *scratch = test_arena();
	struct redacted r;
	struct err e;
	struct buf b;
	bool clean;

	(void)state;
	becomes("AcmeAcmeIBX Acme", "[organisation CCCCC][organisation CCCCC][organisation BBBBB] [organisation CCCCC]");
	buf_init(&b, MIB);
	buf_str(&b, "before ");
	for (int i = 0; i < MANY; i++)
		buf_str(&b, "Acme");
	buf_str(&b, " behind");
	assert_int_equal(redact_text(redactor(), scratch, buf_span(&b), &r, &e), OK);
	assert_true(span_starts(r.text, SPAN_LIT("before [organisation CCCCC]")) && span_ends_nocase(r.text, SPAN_LIT(" behind")));
	assert_false(span_has(r.text, SPAN_LIT("Acme")));
	assert_int_equal(redact_check(redactor(), scratch, r.text, &clean, &e), OK);
	assert_true(clean);
	buf_free(&b);
	arena_free(scratch);
}

/* At every length: half of somebody's address, name or secret is none that is looked for, and half a letter is no text. */
static void a_text_is_cut_in_the_middle_of_nothing_that_is_masked(void **state)
{
	static const char text[] = "ask jane.doe@nordwind.example, Nord-\r\n> wind\xc2\xb7s3cr3t-Wind, DE89 3704 0044 0532 0130 00\xf0\x9f\x99\x82 J\xc3\xbcrgen K\xc3\xb6hler "
	    "Acme Bank hunter2! \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac";
	static const char *const never[] = {"jane", "Nord", "s3", "DE8", "rgen"};
	struct redactor *r = redactor();
	size_t longest = 0;

	(void)state;
	for (size_t most = 0; most <= sizeof text; most++) {
		struct redacted out;
		span cut;
		bool clean;

		assert_ok(redact_cut(r, arena, span_str(text), most, &cut, &e));
		assert_true(cut.n <= most && cut.n >= longest);
		longest = cut.n;
		assert_int_equal(utf8_valid(cut), cut.n);
		assert_ok(redact_text(r, arena, cut, &out, &e));
		assert_ok(redact_check(r, arena, out.text, &clean, &e));
		assert_true(clean);
		for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
			if (span_has(out.text, span_str(never[i])))
				fail_msg("%s is in the first %zu bytes:\n%.*s", never[i], most, (int)out.text.n, out.text.p);
	}
	assert_int_equal(longest, sizeof text - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_text_is_cut_in_the_middle_of_nothing_that_is_masked),
	    cmocka_unit_test(names_without_number_in_one_word_are_masked_with_it),
	    cmocka_unit_test(names_are_masked_however_they_are_written),
	    cmocka_unit_test(what_is_the_readers_own_or_ours_stays),
	    cmocka_unit_test(a_name_does_not_run_on_into_an_address),
	    cmocka_unit_test(a_name_with_an_address_in_it_is_masked_to_its_end),
	    cmocka_unit_test(unknown_addresses_and_hosts_are_masked_too),
	    cmocka_unit_test(secrets_of_others_are_masked_in_any_spacing),
	    cmocka_unit_test(marks_are_where_the_tokens_are),
	    cmocka_unit_test(one_that_is_only_named_sees_the_surroundings),
	    cmocka_unit_test(the_check_sees_what_is_left),
	    cmocka_unit_test(nothing_of_others_is_ever_given_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
