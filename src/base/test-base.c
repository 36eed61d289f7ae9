#include "base/test.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bisect.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/json.h"
#include "base/near.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "base/limits.h"
#include "base/yaml.h"

static void a_cursor_reads_what_a_buf_wrote_and_stays_bad_after_a_cut(void **state)
{
	struct buf b;
	struct cursor c;

	(void)state;
	buf_init(&b, 1000);
	buf_u8(&b, 7);
	buf_u32(&b, 0xdeadbeef);
	buf_u64(&b, 1ull << 40);
	buf_bytes(&b, SPAN_LIT("text"));
	for (size_t cut = 0; cut <= b.n; cut++) {
		c = cursor_of(span_first(buf_span(&b), cut));
		(void)cursor_u8(&c);
		(void)cursor_u32(&c);
		(void)cursor_u64(&c);
		(void)cursor_bytes(&c);
		assert_int_equal(cursor_done(&c), cut == b.n);
	}
	c = cursor_of(buf_span(&b));
	assert_int_equal(cursor_u8(&c), 7);
	assert_int_equal(cursor_u32(&c), 0xdeadbeef);
	assert_true(cursor_u64(&c) == 1ull << 40);
	assert_span(cursor_bytes(&c), "text");
	buf_free(&b);
}

/* Memory is looked at as it is given back. realloc is one that always moves, as it may. */
static bool left_behind;
void __real_free(void *p);
void __wrap_free(void *p);
void *__wrap_realloc(void *p, size_t n);

void __wrap_free(void *p)
{
	if (p != NULL && malloc_usable_size(p) >= 6 && memcmp(p, "secret", 6) == 0)
		left_behind = true;
	__real_free(p);
}

void *__wrap_realloc(void *p, size_t n)
{
	size_t had = p != NULL ? malloc_usable_size(p) : 0;
	void *to = malloc(n);

	if (to == NULL)
		return NULL;
	if (had != 0)
		memcpy(to, p, had < n ? had : n);
	__wrap_free(p);
	return to;
}

static void a_buf_that_grows_leaves_no_copy_behind(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100000);
	buf_str(&b, "secret");
	for (int i = 0; i < 1000; i++)
		buf_str(&b, "0123456789");
	assert_int_equal(b.n, 10006);
	assert_false(left_behind);
	buf_wipe(&b);
	assert_false(left_behind);
}

static void a_buf_never_grows_past_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_str(&b, "12345678");
	assert_false(b.failed);
	buf_str(&b, "90x");
	assert_true(b.failed);
	assert_int_equal(b.n, 8);
	buf_free(&b);
}

static void a_needle_is_found_where_it_first_stands(void **state)
{
	unsigned char text[96], needle[40];
	uint32_t dice = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t n, m, at = 0;

		dice = dice * 1664525 + 1013904223;
		n = (dice >> 8) % (sizeof text + 1);
		m = (dice >> 20) % (round % 2 != 0 ? 4 : sizeof needle) + 1;
		for (size_t i = 0; i < sizeof text; i++) {
			dice = dice * 1664525 + 1013904223;
			text[i] = (dice >> 28) == 0 ? 'b' : 'a';
		}
		memcpy(needle, text + dice % (sizeof text - sizeof needle), m);
		while (at + m <= n && memcmp(text + at, needle, m) != 0)
			at++;
		assert_int_equal(span_find(span_of(text, n), span_of(needle, m)), at + m <= n ? at : n);
	}
}

/* Each place and length of a needle in texts of each length around the width of a register, in both cases; "@" and "`" are no letters. */
static void a_needle_is_found_whatever_its_case(void **state)
{
	static const char text[] = "..........@`[{Password: mIxEd]}~@@``..aAzZ..received: BY";

	(void)state;
	for (size_t n = 0; n < sizeof text; n++)
		for (size_t m = 1; m <= 12; m++)
			for (size_t at = 0; at + m < sizeof text; at++) {
				unsigned char needle[12];
				size_t want = n, i = 0;

				for (size_t k = 0; k < m; k++)
					needle[k] = (unsigned char)(ascii_is_alpha((unsigned char)text[at + k]) && k % 2 == 0 ? text[at + k] ^ 0x20 : text[at + k]);
				for (; i + m <= n && want == n; i++)
					want = span_eq_nocase(span_of(text + i, m), span_of(needle, m)) ? i : n;
				assert_int_equal(span_find_nocase(span_of(text, n), span_of(needle, m)), want);
			}
	assert_int_equal(span_find_nocase(SPAN_LIT("................`...................."), SPAN_LIT("@")), 37);
}

static void a_host_is_within_its_domain_and_those_above(void **state)
{
	static const struct { const char *host, *domain; bool within; } cases[] = {{"a.example", "a.example", true}, {"www.A.example", "a.Example", true},
	    {"xa.example", "a.example", false}, {"example", "a.example", false}, {".example", "example", true}, {"a.example", "", false},
	    {"", "", false}, {"", "a.example", false}, {"a.", "", false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (domain_is_within(span_str(cases[i].host), span_str(cases[i].domain)) != cases[i].within)
			fail_msg("%s in %s", cases[i].host, cases[i].domain);
}

static void a_word_is_one_of_those_that_it_equals(void **state)
{
	const char *const *words = SPAN_WORDS("to", "reply-to", "");

	(void)state;
	assert_true(span_is_one_of(SPAN_LIT("reply-to"), words));
	assert_false(span_is_one_of(SPAN_LIT("Reply-To"), words));
	assert_true(span_is_one_of_nocase(SPAN_LIT("Reply-To"), words));
	assert_true(span_is_one_of(SPAN_EMPTY, words));
	assert_false(span_is_one_of_nocase(SPAN_LIT("t"), words));
	assert_false(span_is_one_of_nocase(SPAN_LIT("reply-to:"), words));
	assert_false(span_is_one_of(SPAN_EMPTY, words + 3));
}

static void a_number_is_all_of_its_text_and_fits(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_true(span_number(SPAN_LIT("0"), 0, &v) && v == 0);
	assert_true(span_number(SPAN_LIT("007"), 7, &v) && v == 7);
	assert_true(span_number(SPAN_LIT("9999999999999999999"), UINT64_MAX, &v) && v == 9999999999999999999u);
	assert_false(span_number(SPAN_LIT("18446744073709551616"), UINT64_MAX, &v) || v != 0);
	assert_false(span_number(SPAN_LIT("4294967296"), UINT32_MAX, &v) || v != 0);
	assert_false(span_number(SPAN_EMPTY, 9, &v) || span_number(SPAN_LIT("1x"), 9, &v) || span_number(SPAN_LIT("-1"), 9, &v) || v != 0);
	assert_true(span_digits(SPAN_LIT("12345"), 3, &v) == 3 && v == 123);
	assert_true(span_digits(SPAN_LIT("x"), 3, &v) == 0 && v == 0);
}

static void no_list_of_signs_holds_nul(void **state)
{
	(void)state;
	assert_true(ascii_is_one_of('|', "<|>"));
	assert_true(ascii_is_one_of(0xff, "P\xff"));
	assert_false(ascii_is_one_of('-', "<|>"));
	assert_false(ascii_is_one_of('\0', "<|>"));
	assert_false(ascii_is_one_of('\0', ""));
}

static void dates_come_back_as_they_went(void **state)
{
	char text[TIME_TEXT], mail[TIME_MAIL_TEXT];
	int64_t t;

	(void)state;
	assert_true(time_parse(SPAN_LIT("2024-02-29T23:59:59Z"), &t));
	assert_string_equal(time_rfc3339(t, text), "2024-02-29T23:59:59Z");
	assert_true(time_parse(SPAN_LIT("2024-03-01T01:30:00.25+02:00"), &t));
	assert_string_equal(time_rfc3339(t, text), "2024-02-29T23:30:00Z");
	assert_int_equal(time_offset(SPAN_LIT("2024-03-01T01:30:00.25+02:00")), 7200);
	assert_int_equal(time_offset(SPAN_LIT("2024-03-01T01:30-03:30")), -12600);
	assert_int_equal(time_offset(SPAN_LIT("2024-02-29T23:59:59Z")), 0);
	assert_int_equal(time_offset(SPAN_LIT("2024-02-29")), 0);
	assert_true(time_parse_end(SPAN_LIT("2024-02-29"), &t));
	assert_string_equal(time_rfc3339(t, text), "2024-02-29T23:59:59Z");
	assert_true(time_parse_end(SPAN_LIT("2024-02-29T00:00:00Z"), &t));
	assert_string_equal(time_rfc3339(t, text), "2024-02-29T00:00:00Z");
	assert_false(time_parse(SPAN_LIT("2023-02-29"), &t));
	assert_false(time_parse(SPAN_LIT("2024-01-01T25:00:00Z"), &t));
	assert_false(time_parse(SPAN_LIT("2024-01-01T12:00:00+99:00"), &t));
	assert_false(time_parse(SPAN_LIT("2024-01-01T12:00:00-01:60"), &t));
	assert_false(time_parse(SPAN_LIT("9999-12-31T23:59:59-01:00"), &t)); /* in UTC of the year 10000, which would be written 0000 */
	assert_false(time_parse(SPAN_LIT("0001-01-01T00:00:00+01:00"), &t));
	assert_true(time_parse(SPAN_LIT("9999-12-31T23:59:59+23:59"), &t));
	assert_int_equal(time_from_civil((struct civil){1970, 1, 1, 0, 0, 0}), 0);
	assert_int_equal(time_weekday(0), 4);
	assert_string_equal(time_rfc5322(1709285400, mail), "Fri, 1 Mar 2024 09:30:00 +0000");
	assert_int_equal(time_weekday(-1), 3);
	assert_int_equal(month_named(SPAN_LIT("Mar")), 3);
	assert_int_equal(month_named(SPAN_LIT("Oktober")), 10);
	assert_int_equal(month_named(SPAN_LIT("août")), 8);
	assert_int_equal(month_named(SPAN_LIT("Monday")), 0);
	assert_int_equal(month_named(SPAN_EMPTY), 0);
	for (int64_t d = -700000; d < 2900000; d += 997)
		assert_int_equal(time_from_civil(time_to_civil(d * 86400 + 12345)), d * 86400 + 12345);
}

static void bad_utf8_becomes_replacement_characters(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_span(utf8_clean(a, SPAN_LIT("caf\xe9 \xc3\xa9 \xed\xa0\x80 \xf4\x90\x80\x80")),
	    "caf\xef\xbf\xbd \xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_span(utf8_clean(a, span_of("a\0b", 3)), "a\xef\xbf\xbd" "b");
	arena_free(a);
}

static void text_is_cut_between_characters(void **state)
{
	span s = SPAN_LIT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z");
	static const size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

	(void)state;
	for (size_t most = 0; most < sizeof ends / sizeof ends[0]; most++)
		assert_int_equal(utf8_first(s, most).n, ends[most]);
	assert_int_equal(utf8_first(SPAN_LIT("\x80\x80\x80\x80\x80\x80\x80\x80"), 7).n, 4); /* no end of it is a character's */
	assert_int_equal(utf8_first(SPAN_EMPTY, 5).n, 0);
}

static void text_from_evidence_cannot_steer_a_terminal(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	utf8_show(&b, SPAN_LIT("a\x1b[2Jb\xc2\x9b" "c\xe2\x80\xae" "d\te\xd8\x9c" "12-34"));
	assert_span(buf_span(&b), "a\xef\xbf\xbd[2Jb\xef\xbf\xbd" "c\xef\xbf\xbd" "d e\xef\xbf\xbd" "12-34");
	buf_free(&b);
}

static void json_is_valid_whatever_the_bytes(void **state)
{
	struct buf b;
	struct json j;

	(void)state;
	buf_init(&b, 1000);
	j = json_to(&b);
	json_open(&j, NULL, '{');
	json_span(&j, "k", SPAN_LIT("a\"\\\n\x01\xff\xc3\xa9\xef\xbf\xbd"));
	json_open(&j, "l", '[');
	json_u64(&j, NULL, 1);
	json_null(&j, NULL);
	json_close(&j, ']');
	json_close(&j, '}');
	assert_span(buf_span(&b), "{\"k\":\"a\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\",\"l\":[1,null]}");
	buf_free(&b);
}

static void json_shows_a_terminal_nothing_to_obey(void **state)
{
	struct buf b;
	struct json j;

	(void)state;
	buf_init(&b, 1000);
	j = json_to(&b);
	json_open(&j, NULL, '[');
	json_span(&j, NULL, SPAN_LIT("a\x1b[m\xc2\x9b" "31m\x7f\xe2\x80\xae" "b\xe2\x81\xa9\xc2\xa0\xe2\x82\xac\xf0\x9f\x94\x94"));
	json_close(&j, ']');
	assert_span(buf_span(&b), "[\"a\\u001b[m\\u009b31m\\u007f\\u202eb\\u2069\xc2\xa0\xe2\x82\xac\xf0\x9f\x94\x94\"]");
	buf_free(&b);
}

static void digests_are_the_published_ones(void **state)
{
	struct digest d, of;
	char hex[DIGEST_HEX];
	struct sha256 *h;
	struct hmac *keyed;

	(void)state;
	sha256_of(SPAN_LIT("abc"), &d); /* FIPS 180-2, B.1 */
	assert_string_equal(digest_hex(&d, hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_ok(sha256_new(&h, &e));
	for (int i = 0; i < 2; i++) {
		sha256_start(h);
		sha256_add(h, SPAN_LIT("a"));
		sha256_so_far(h, &d);
		assert_string_equal(digest_hex(&d, hex),
		    "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
		sha256_add(h, SPAN_LIT("bc"));
		sha256_done(h, &d);
		assert_string_equal(digest_hex(&d, hex),
		    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	}
	sha256_free(h);
	hmac_sha256(SPAN_LIT("Jefe"), SPAN_LIT("what do ya want for nothing?"), &d); /* RFC 4231, case 2 */
	assert_string_equal(digest_hex(&d, hex), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	assert_ok(hmac_new(SPAN_LIT("Jefe"), &keyed, &e));
	for (int again = 0; again < 2; again++) {
		hmac_of(keyed, SPAN_LIT("what do ya want for nothing?"), &d);
		assert_string_equal(digest_hex(&d, hex), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
		hmac_sha256(SPAN_LIT("Jefe"), SPAN_EMPTY, &of);
		hmac_of(keyed, SPAN_EMPTY, &d);
		assert_memory_equal(&d, &of, sizeof d);
	}
	hmac_free(keyed);
}

static void what_a_secret_arena_had_is_not_there_again(void **state)
{
	static const unsigned char zeros[64];
	struct arena *a;
	unsigned char *p, *again;

	(void)state;
	assert_ok(arena_new_secret(&a, 4096, &e));
	assert_non_null(p = arena_alloc(a, sizeof zeros));
	memset(p, 'k', sizeof zeros);
	arena_reset(a);
	assert_non_null(again = arena_alloc(a, sizeof zeros));
	if (again == p) /* not under sanitizers, where it was given back */
		assert_memory_equal(again, zeros, sizeof zeros);
	arena_free(a);
}

static void an_arena_stops_at_its_maximum(void **state)
{
	struct arena *a;

	(void)state;
	assert_ok(arena_new(&a, 4096, &e));
	assert_non_null(arena_alloc(a, 4000));
	assert_null(arena_alloc(a, 4000));
	assert_null(arena_alloc(a, SIZE_MAX));
	arena_reset(a);
	assert_non_null(arena_alloc(a, 4000));
	assert_null(arena_zero(a, SIZE_MAX / 2, 3));
	arena_free(a);
}

static void yaml_says_the_line_of_what_is_wrong(void **state)
{
	struct arena *a = test_arena();
	struct yaml *y;
	struct err e = {0};
	struct buf many;
	static const char *const known[] = {"one", "two", NULL};

	(void)state;
	assert_int_equal(yaml_read(a, SPAN_LIT("one: 1\ntwo:\n  - a\n  - b: c\n"), "f", &y, &e), OK);
	assert_span(yaml_text(y, "one"), "1");
	assert_int_equal(yaml_get(y, "two")->first->next->line, 4);
	assert_int_equal(yaml_only(y, known, &e), OK);
	assert_int_equal(yaml_read(a, SPAN_LIT("one: 1\nthree: 2\n"), "f", &y, &e), OK);
	assert_int_equal(yaml_only(y, known, &e), ERR_USAGE);
	assert_string_equal(e.text, "f:2: unknown setting \"three\"");
	assert_int_equal(yaml_read(a, SPAN_LIT("one: 1\none: 2\n"), "f", &y, &e), ERR_USAGE);
	assert_int_equal(yaml_read(a, SPAN_LIT("one: [1\n"), "f", &y, &e), ERR_USAGE);
	assert_int_equal(yaml_read(a, SPAN_LIT("a: &x 1\nb: *x\n"), "f", &y, &e), ERR_USAGE);
	assert_int_equal(yaml_read(a, SPAN_LIT("one: {}\ntwo:\n  ? a:\t\0\0\0 "), "f", &y, &e), ERR_USAGE);
	assert_string_equal(e.text, "f:3: a control character (0x00), which may not stand here");
	/* Each name is compared with those before it: as many as a file has room for would be an hour. */
	buf_init(&many, MIB);
	for (int i = 0; i <= LIMIT_YAML_MEMBERS; i++)
		buf_printf(&many, "k%d: 1\n", i);
	assert_int_equal(yaml_read(a, buf_span(&many), "f", &y, &e), ERR_USAGE);
	assert_string_equal(e.text, "f:1: more than 2000 names in one map");
	assert_int_equal(yaml_read(a, span_first(buf_span(&many), many.n - strlen("k2000: 1\n")), "f", &y, &e), OK);
	buf_free(&many);
	arena_free(a);
}

static const char *meant(const char *typed)
{
	static const char *const words[] = {"scan", "scope", "status", "ingest", "attribute", "no"};
	static struct near near;

	near = near_to(span_str(typed));
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		near_try(&near, span_str(words[i]));
	return near_says(&near);
}

static void who_mistypes_is_told_the_nearest_word(void **state)
{
	char long_word[200];

	(void)state;
	assert_string_equal(meant("sacn"), " (did you mean scan?)");
	assert_string_equal(meant("STATUS2"), " (did you mean status?)");
	assert_string_equal(meant("atribute"), " (did you mean attribute?)");
	assert_string_equal(meant("scan"), ""); /* it is the word */
	assert_string_equal(meant("n"), "");
	assert_string_equal(meant("on"), ""); /* half of it is wrong */
	assert_string_equal(meant("list"), "");
	memset(long_word, 'a', sizeof long_word - 1);
	long_word[sizeof long_word - 1] = '\0';
	assert_string_equal(meant(long_word), "");
	assert_string_equal(meant(""), "");
}

/* Words that somebody has looked for until they fall on one place of a table. */
static void who_knows_a_hash_does_not_know_a_process_s_own(void **state)
{
	enum { PLACES = 1024, WORDS = 64 };
	bool taken[PLACES] = {false};
	unsigned places = 0;
	char word[16], upper[16];

	(void)state;
	for (unsigned i = 0, n = 0; n < WORDS; i++) {
		span s = span_of(word, (size_t)snprintf(word, sizeof word, "a%u.example", i));
		bool *place = &taken[span_hash_own(s) % PLACES];

		if (span_hash(s) % PLACES != 0)
			continue;
		places += !*place;
		*place = true;
		n++;
		(void)snprintf(upper, sizeof upper, "A%u.ExAmPlE", i);
		assert_true(span_hash_own_nocase(s) == span_hash_own_nocase(span_of(upper, s.n)));
		assert_true(span_hash_own_nocase(s) != span_hash_own_nocase(span_first(s, s.n - 1)));
		assert_true(span_hash_own(s) != span_hash_own(span_first(s, s.n - 1)));
	}
	assert_true(places > WORDS / 2);
}

static void descriptors_are_closed_and_none_between_them(void **state)
{
	int fds[6], left[5];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		assert_true((fds[i] = dup(STDIN_FILENO)) >= 0);
	memcpy(left, (const int[]){fds[5], fds[0], fds[1], fds[2], fds[4]}, sizeof left);
	io_close_all(left, 5);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(fcntl(fds[i], F_GETFD) >= 0, i == 3);
	(void)close(fds[3]);
	io_close_all(NULL, 0);
}

/* Beside a walk from the beginning. */
static void a_sorted_list_is_searched_by_halves(void **state)
{
	static const int v[] = {1, 3, 3, 3, 4, 8, 8};

	(void)state;
	for (size_t n = 0; n <= sizeof v / sizeof *v; n++)
		for (int key = 0; key < 10; key++) {
			size_t found, walked = 0;

			while (walked < n && v[walked] < key)
				walked++;
			BISECT(found, n, v[found] < key);
			assert_int_equal(found, walked);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_cursor_reads_what_a_buf_wrote_and_stays_bad_after_a_cut),
	    cmocka_unit_test(a_buf_never_grows_past_its_maximum), cmocka_unit_test(a_buf_that_grows_leaves_no_copy_behind),
	    cmocka_unit_test(a_needle_is_found_where_it_first_stands),
	    cmocka_unit_test(a_needle_is_found_whatever_its_case),
	    cmocka_unit_test(a_host_is_within_its_domain_and_those_above),
	    cmocka_unit_test(a_word_is_one_of_those_that_it_equals),
	    cmocka_unit_test(a_number_is_all_of_its_text_and_fits),
	    cmocka_unit_test(no_list_of_signs_holds_nul),
	    cmocka_unit_test(dates_come_back_as_they_went),
	    cmocka_unit_test(bad_utf8_becomes_replacement_characters),
	    cmocka_unit_test(text_is_cut_between_characters),
	    cmocka_unit_test(text_from_evidence_cannot_steer_a_terminal),
	    cmocka_unit_test(json_is_valid_whatever_the_bytes), cmocka_unit_test(json_shows_a_terminal_nothing_to_obey),
	    cmocka_unit_test(digests_are_the_published_ones),
	    cmocka_unit_test(what_a_secret_arena_had_is_not_there_again),
	    cmocka_unit_test(an_arena_stops_at_its_maximum),
	    cmocka_unit_test(yaml_says_the_line_of_what_is_wrong),
	    cmocka_unit_test(a_sorted_list_is_searched_by_halves),
	    cmocka_unit_test(who_mistypes_is_told_the_nearest_word),
	    cmocka_unit_test(who_knows_a_hash_does_not_know_a_process_s_own),
	    cmocka_unit_test(descriptors_are_closed_and_none_between_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
