#include <stdio.h>

#include "base/limits.h"
#include "base/test.h"
#include "seal/keys.h"

static unsigned char case_key[SEAL_KEY] = {1, 2, 3};
#define KEY span_of(case_key, sizeof case_key)
#define NOTICE "TN-7Q4K-2M9D"

static void hkdf_is_that_of_rfc_5869(void **state)
{
	unsigned char ikm[22], salt[13], info[10], out[42];
	char hex[2 * sizeof out + 1];

	(void)state;
	memset(ikm, 0x0b, sizeof ikm);
	for (size_t i = 0; i < sizeof salt; i++)
		salt[i] = (unsigned char)i;
	for (size_t i = 0; i < sizeof info; i++)
		info[i] = (unsigned char)(0xf0 + i);
	hkdf_sha256(span_of(ikm, sizeof ikm), span_of(salt, sizeof salt), span_of(info, sizeof info), out, sizeof out);
	hex_write(hex, span_of(out, sizeof out));
	assert_string_equal(hex, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
	/* A.3: no salt, no info. */
	hkdf_sha256(span_of(ikm, sizeof ikm), SPAN_EMPTY, SPAN_EMPTY, out, sizeof out);
	hex_write(hex, span_of(out, sizeof out));
	assert_string_equal(hex, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

static void a_code_is_read_as_people_type_it(void **state)
{
	char code[SEAL_CODE + 1], text[SEAL_CODE_TEXT], typed[80], again[SEAL_CODE + 1];
	size_t n = 0;

	(void)state;
	seal_code(KEY, NOTICE, 1, code);
	code_text(NOTICE, code, text);
	assert_int_equal(strlen(text), 32);
	assert_true(code_read(NOTICE, span_str(text), again));
	assert_string_equal(code, again);
	for (size_t i = 0; text[i] != '\0'; i++) {
		char c = text[i] == '-' ? ' ' : text[i] == '0' ? 'o' : text[i] == '1' ? 'l' : (char)ascii_lower((unsigned char)text[i]);

		typed[n++] = c;
		if (i % 3 == 0)
			typed[n++] = ' ';
	}
	assert_true(code_read(NOTICE, span_of(typed, n), again));
	assert_string_equal(code, again);
}

static void a_wrong_character_is_seen_before_anything_is_sent(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char code[SEAL_CODE + 1], text[SEAL_CODE_TEXT], again[SEAL_CODE + 1];

	(void)state;
	seal_code(KEY, NOTICE, 1, code);
	code_text(NOTICE, code, text);
	for (size_t i = 0; text[i] != '\0'; i++) {
		char was = text[i];

		for (const char *d = digits; *d != '\0' && was != '-'; d++) {
			text[i] = *d;
			assert_int_equal(code_read(NOTICE, span_str(text), again), *d == was);
		}
		text[i] = was;
	}
	for (size_t n = 0; n < sizeof text - 1; n++) /* cut at every length */
		assert_false(code_read(NOTICE, span_of(text, n), again));
	assert_false(code_read("TN-7Q4K-2M9E", span_str(text), again));
	assert_false(code_read("no notice id", span_str(text), again));
}

static void each_notice_and_generation_has_another_code(void **state)
{
	char a[SEAL_CODE + 1], b[SEAL_CODE + 1], c[SEAL_CODE + 1];

	(void)state;
	seal_code(KEY, NOTICE, 1, a);
	seal_code(KEY, NOTICE, 2, b);
	seal_code(KEY, "TN-7Q4K-2M9E", 1, c);
	assert_string_not_equal(a, b);
	assert_string_not_equal(a, c);
}

static void what_is_sealed_opens_with_its_key_and_place_only(void **state)
{
	struct case_id id, other;
	struct seal_key ck, other_ck;
	struct buf sealed, plain, again;
	struct err e;

	(void)state;
	seal_case_id(KEY, "Acme Bank", &id);
	seal_case_id(KEY, "Acme", &other);
	seal_ck(KEY, &id, (struct seal_round){1, 1}, &ck);
	seal_ck(KEY, &id, (struct seal_round){1, 2}, &other_ck);
	buf_init(&sealed, MIB);
	buf_init(&again, MIB);
	buf_init(&plain, MIB);
	assert_int_equal(seal_put_record(&ck, &id, "index", SPAN_LIT("{\"a\":1}"), &sealed, &e), OK);
	assert_int_equal(sealed.n, SEAL_PADDED_LEAST + SEAL_OVERHEAD);
	assert_int_equal(seal_put_record(&ck, &id, "index", SPAN_LIT("{\"a\":1}"), &again, &e), OK);
	assert_true(span_eq(buf_span(&sealed), buf_span(&again)));
	assert_int_equal(seal_open_record(&ck, &id, "index", buf_span(&sealed), &plain, &e), OK);
	assert_true(span_eq(span_trim(buf_span(&plain)), SPAN_LIT("{\"a\":1}")));
	assert_int_equal(seal_open_record(&other_ck, &id, "index", buf_span(&sealed), &plain, &e), ERR_EVIDENCE);
	assert_int_equal(seal_open_record(&ck, &other, "index", buf_span(&sealed), &plain, &e), ERR_EVIDENCE);
	assert_int_equal(seal_open_record(&ck, &id, "list-0", buf_span(&sealed), &plain, &e), ERR_EVIDENCE);
	for (size_t i = 0; i < sealed.n; i++) { /* each byte flipped, and cut at every length */
		sealed.p[i] ^= 1;
		assert_int_equal(seal_open_record(&ck, &id, "index", buf_span(&sealed), &plain, &e), ERR_EVIDENCE);
		sealed.p[i] ^= 1;
		assert_int_equal(seal_open_record(&ck, &id, "index", span_of(sealed.p, i), &plain, &e), ERR_EVIDENCE);
	}
	buf_free(&sealed);
	buf_free(&again);
	buf_free(&plain);
}

static void other_content_has_another_nonce(void **state)
{
	struct seal_key k = {{9}};
	struct buf a, b;
	struct err e;

	(void)state;
	buf_init(&a, KIB);
	buf_init(&b, KIB);
	assert_int_equal(seal_put(&k, SPAN_LIT("x"), SPAN_LIT("one"), &a, &e), OK);
	assert_int_equal(seal_put(&k, SPAN_LIT("x"), SPAN_LIT("two"), &b, &e), OK);
	assert_memory_not_equal(a.p, b.p, SEAL_NONCE);
	buf_free(&a);
	buf_free(&b);
}

static void the_notice_and_the_portal_together_open_the_key(void **state)
{
	struct seal_round r = {1, 1}, second = {1, 2};
	struct seal_key ck, ck2, share, kek_a, kek, got;
	unsigned char wrapped[SEAL_WRAPPED];
	char code[SEAL_CODE + 1];
	struct case_id id;
	struct err e;

	(void)state;
	seal_case_id(KEY, "Acme Bank", &id);
	seal_ck(KEY, &id, r, &ck);
	seal_ck(KEY, &id, second, &ck2);
	seal_share_b(KEY, &id, r, &share);
	seal_code(KEY, NOTICE, r.generation, code);
	seal_kek_a(NOTICE, code, &kek_a);
	seal_kek(&kek_a, &share, &id, &kek);
	assert_int_equal(seal_wrap_ck(&kek, &id, NOTICE, r, &ck, wrapped, &e), OK);
	assert_int_equal(seal_unwrap_ck(&kek, &id, NOTICE, r, wrapped, &got, &e), OK);
	assert_memory_equal(&got, &ck, sizeof ck);
	assert_int_equal(seal_unwrap_ck(&kek, &id, NOTICE, second, wrapped, &got, &e), ERR_EVIDENCE);
	assert_int_equal(seal_unwrap_ck(&kek_a, &id, NOTICE, r, wrapped, &got, &e), ERR_EVIDENCE);
	/* A supplement goes on from the key of before. */
	assert_int_equal(seal_wrap_next(&ck, &id, 1, 1, 2, &ck2, wrapped, &e), OK);
	assert_int_equal(seal_unwrap_next(&ck, &id, 1, 1, 2, wrapped, &got, &e), OK);
	assert_memory_equal(&got, &ck2, sizeof ck2);
	assert_int_equal(seal_unwrap_next(&ck, &id, 2, 1, 2, wrapped, &got, &e), ERR_EVIDENCE);
}

static void padding_costs_at_most_an_eighth(void **state)
{
	(void)state;
	for (size_t n = 0; n < 3000000; n = n + 1 + n / 50) {
		size_t padded = seal_padded(n);

		assert_true(padded >= n && padded >= SEAL_PADDED_LEAST);
		assert_true(n < SEAL_PADDED_LEAST || padded - n <= n / 8);
		assert_int_equal(seal_padded(padded), padded);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hkdf_is_that_of_rfc_5869),
	    cmocka_unit_test(a_code_is_read_as_people_type_it),
	    cmocka_unit_test(a_wrong_character_is_seen_before_anything_is_sent),
	    cmocka_unit_test(each_notice_and_generation_has_another_code),
	    cmocka_unit_test(what_is_sealed_opens_with_its_key_and_place_only),
	    cmocka_unit_test(other_content_has_another_nonce),
	    cmocka_unit_test(the_notice_and_the_portal_together_open_the_key),
	    cmocka_unit_test(padding_costs_at_most_an_eighth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
