/* What files name that are no logs known here. */
#include "base/limits.h"
#include "logs/test-logs.h"

static bool names(span text, const char *name)
{
	struct log_names l = {.a = test_arena()};
	bool is;

	log_names_take(&l, text);
	is = !l.over && span_among(l.v, l.n, span_str(name));
	arena_free(l.a);
	return is;
}

#define ADA "ada@us.example"

static void an_address_is_found_however_it_is_written(void **state)
{
	static const char *const texts[] = {ADA, "Ada@US.example", "<" ADA ">", "user=" ADA ",", "user='" ADA "'", "(" ADA ").", "a;" ADA "|b", "{\"who\":\"" ADA "\"}",
	    "{\\\"who\\\":\\\"" ADA "\\\"}", "x\\n" ADA "\\r\\n", "\\u003cada\\u0040us.example\\u003E", "/users/ada%40us.example/messages", "%3Cada%40us.example%3E",
	    "&lt;ada&#64;us.example&gt;", "smtp:" ADA, "i:0#.f|membership|" ADA, "bob@us.example/" ADA, "_" ADA "_", "\xe2\x80\x9e" ADA "\xe2\x80\x9c",
	    "CORP\\" ADA, "\\x22" ADA "\\x22", "a b\t" ADA "\r\n", "x/y/z:" ADA ":993"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!names(span_str(texts[i]), ADA))
			fail_msg("not in %s", texts[i]);
	assert_false(names(SPAN_LIT("ada at us.example, @us.example, ada@ , nada@us.example"), ADA));
	assert_true(names(SPAN_LIT("J\xc3\xb6rg@b\xc3\xbc" "cher.example,"), "j\xc3\xb6rg@b\xc3\xbc" "cher.example"));
}

static void so_is_one_in_utf_16(void **state)
{
	static const char text[] = "\xff\xfe" "a\0d\0a\0@\0u\0s\0.\0e\0x\0a\0m\0p\0l\0e\0;\0";
	static const char strings[] = "\1\2\0ada@us.example\0bob@us.example\0";

	(void)state;
	assert_true(names(span_of(text, sizeof text - 1), ADA));
	assert_true(names(span_of(text + 2, sizeof text - 3), ADA));
	assert_true(names(span_of(strings, sizeof strings), ADA));
}

static bool is_over(span text)
{
	struct log_names l = {.a = test_arena()};
	bool over;

	log_names_take(&l, text);
	over = l.over;
	arena_free(l.a);
	return over;
}

static void so_is_one_in_base64(void **state)
{
	static const char letters[] = "eyJ3aG8iOiAiYWRhQHVzLmV4YW1wbGUiLCAid2hhdCI6ICJvcGVuZWQiLCAiaWQiOiAiPG9uZUB0aGVtLmV4YW1wbGU+In0="; /* {"who": ... } */
	static const char twice[] = "ZXlKM2FHOGlPaUFpWVdSaFFIVnpMbVY0WVcxd2JHVWlMQ0FpZDJoaGRDSTZJQ0p2Y0dWdVpXUWlmUT09";
	char text[300];

	(void)state;
	(void)snprintf(text, sizeof text, "{\"Records\":[{\"Data\":\"%s\"}]}", letters);
	assert_true(names(span_str(text), ADA));
	assert_true(names(span_str(text), "one@them.example"));
	(void)snprintf(text, sizeof text, "a;%.50s\r\n%s;b", letters, letters + 50); /* in lines */
	assert_true(names(span_str(text), "one@them.example"));
	for (size_t cut = 0; cut < 4; cut++) /* as when a piece of a file begins within it */
		assert_true(names(span_from(span_str(letters), cut), "one@them.example"));
	assert_true(names(span_str(twice), ADA));
	/* what is packed in it cannot be looked at */
	assert_true(is_over(SPAN_LIT("{\"awslogs\":{\"data\":\"H4sIAAAAAAAAA6tWKi1OLVKyUkpMSVWqBQBfJ0cVEgAAAA==\"}}")));
	assert_false(is_over(SPAN_LIT("{\"sha256\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}")));
}

static void an_id_may_hold_any_sign(void **state)
{
	static const char *const ids[] = {"one@them.example", "a+b/c=d@h.example", "x$y@[192.0.2.1]", "{0a}@h", "a=b=c+d/e%f@mail.h.example", "x@h:25/y", "a@b@c.example"};
	static const char *const around[][2] = {{"", ""}, {"<", ">"}, {"\"", "\""}, {"\t", "\n"}, {"1,", ",2"}, {"id=", ""}, {"id: <", ">, x"}};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		for (size_t k = 0; k < sizeof around / sizeof *around; k++) {
			(void)snprintf(text, sizeof text, "%s%s%s", around[k][0], ids[i], around[k][1]);
			if (k == 5 && i > 2) /* where it begins cannot be told from what it may hold */
				continue;
			if (!names(span_str(text), ids[i]))
				fail_msg("%s is not in %s", ids[i], text);
		}
	assert_true(names(SPAN_LIT("<a b,\"c\"@h.example>"), "a b,\"c\"@h.example"));
}

static void a_guid_is_one(void **state)
{
	(void)state;
	assert_true(names(SPAN_LIT("box={0A1B2C3D-1111-2222-3333-444455556666}"), "0a1b2c3d-1111-2222-3333-444455556666"));
	assert_true(names(SPAN_LIT("a-b-c-d-0a1b2c3d-1111-2222-3333-444455556666"), "0a1b2c3d-1111-2222-3333-444455556666"));
	assert_false(names(SPAN_LIT("0A1B2C3D-1111-2222-3333-44445555666x"), "0a1b2c3d-1111-2222-3333-44445555666x"));
}

static bool path_names(const char *path, const char *name)
{
	struct log_names l = {.a = test_arena()};
	bool is;

	log_names_take_path(&l, span_str(path));
	is = span_among(l.v, l.n, span_str(name));
	arena_free(l.a);
	return is;
}

static void a_path_names_too(void **state)
{
	(void)state;
	assert_true(path_names("logs/Ada@us.example.txt", ADA));
	assert_true(path_names(ADA "/x.json.gz", ADA));
	assert_true(path_names("imap-" ADA "_2025-06.csv.gz", ADA));
	assert_true(path_names("x/audit_mary-ann@us.example-june", "mary-ann@us.example"));
	assert_false(path_names("nada@us.example", ADA));
	assert_false(path_names("ada/@us.example", "/@us.example"));
	assert_false(path_names("@", "@"));
}

static void what_is_too_much_is_said(void **state)
{
	struct log_names l = {.a = test_arena()};
	char text[64];

	(void)state;
	for (int i = 0; i < LIMIT_LOG_NAMES && !l.over; i++) {
		(void)snprintf(text, sizeof text, "u%d@x", i);
		log_names_take(&l, span_str(text));
		log_names_take(&l, span_str(text));
	}
	assert_false(l.over);
	assert_int_equal(l.n, LIMIT_LOG_NAMES);
	log_names_take(&l, SPAN_LIT("one@more"));
	assert_true(l.over);
	arena_free(l.a);
}

static void text_without_end_has_its_names(void **state)
{
	static char text[5000];

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text + 1015, "/" ADA "/", sizeof "/" ADA "/" - 1);
	assert_true(names(span_of(text, sizeof text), ADA));
	memset(text, '@', sizeof text);
	assert_false(names(span_of(text, sizeof text), ADA));
	assert_true(names(SPAN_LIT("\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n/-" ADA), ADA)); /* as many beginnings as there can be */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_is_found_however_it_is_written),
	    cmocka_unit_test(so_is_one_in_base64), cmocka_unit_test(so_is_one_in_utf_16),
	    cmocka_unit_test(an_id_may_hold_any_sign),
	    cmocka_unit_test(a_guid_is_one),
	    cmocka_unit_test(a_path_names_too),
	    cmocka_unit_test(what_is_too_much_is_said),
	    cmocka_unit_test(text_without_end_has_its_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
