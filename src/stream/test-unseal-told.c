/* What is said of an archive that stays encrypted, and of the passwords that were tried on it. */
#include <zlib.h>

#include "base/limits.h"
#include "stream/test-unseal.h"

static void test_what_stays_encrypted_says_why(void **state)
{
	/* In the first two a coder is one that nobody knows. */
	static const struct { const char *name, *password, *reason; } seeds[] = {
		{"7z-mixed-unread", "hunter2", "encrypted, and packed in a way that is not read here"},
		{"7z-names-unread", "hunter2", "encrypted, and packed in a way that is not read here"},
		{"rar4-stored", "a word of more than 28 letters", "encrypted: needs a password, and one of more than 28 letters"},
		{"rar4-names", "a word of more than 28 letters", "encrypted: needs a password, and one of more than 28 letters"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
		struct arena *a = test_arena();
		const span word = span_str(seeds[i].password);
		struct passwords p = {.v = &word, .n = 1, .work = 1000000};
		struct unsealed u;

		assert_ok(archive_unseal(seed(a, seeds[i].name), &p, &u, &e));
		if (u.reason == NULL || strncmp(u.reason, seeds[i].reason, strlen(seeds[i].reason)) != 0)
			fail_msg("%s: %s", seeds[i].name, u.reason != NULL ? u.reason : "needs a password");
		unsealed_free(&u);
		arena_free(a);
	}
}

static void test_each_password_that_opens_something_is_remembered_once(void **state)
{
	struct passwords p = {0};

	(void)state;
	for (size_t i = 1; i <= 3 * PASSWORDS_USED; i++) {
		passwords_used(&p, 3);
		passwords_used(&p, i);
	}
	passwords_used(&p, 0); /* Excel's own is nobody's */
	assert_int_equal(p.n_used, PASSWORDS_USED);
	assert_true(p.used[0] == 2 && p.used[1] == 0 && p.used[2] == 1 && p.used[3] == 3);
}

/* The second is longer than there is memory for: then what the first one opened is not read either. */
static void test_a_password_that_was_right_in_vain_is_not_said_to_have_opened_anything(void **state)
{
	struct arena *a = test_arena();
	const span words[] = {SPAN_LIT("hunter2"), {(const unsigned char *)"x", LIMIT_DOCUMENT_ARENA}};
	struct passwords p = {.v = words, .n = 2, .work = 1000000, .used = {7}, .n_used = 1};
	struct unsealed u;

	(void)state;
	assert_ok(archive_unseal(seed(a, "7z-mixed"), &p, &u, &e));
	assert_int_equal(u.plain.n, 0);
	assert_non_null(strstr(u.reason, "needs more memory"));
	assert_int_equal(p.n_used, 1);
	assert_int_equal(p.used[0], 7);
	unsealed_free(&u);
	arena_free(a);
}

static void rar_block(struct buf *b, span body)
{
	size_t at = b->n;

	buf_u32(b, 0);
	buf_u8(b, (uint8_t)body.n);
	buf_put(b, body);
	buf_set_u32(b, at, (uint32_t)crc32_z(0, b->p + at + 4, b->n - at - 4));
}

/* RAR 5 of so many empty files, each encrypted with a salt of its own. */
static void rar_of(struct buf *b, uint64_t n)
{
	struct buf file;

	buf_init(&file, 127);
	buf_put(b, SPAN_LIT("Rar!\x1a\7\1\0"));
	rar_block(b, SPAN_LIT("\1\0\0"));
	for (uint64_t i = 0; i < n; i++) {
		buf_clear(&file);
		buf_put(&file, SPAN_LIT("\2\1\45\0\0\0\0\0\1a")); /* a file with 37 bytes behind its name */
		buf_put(&file, SPAN_LIT("\44\1\0\0\17"));
		for (unsigned k = 0; k < 4; k++)
			buf_u64(&file, i);
		rar_block(b, buf_span(&file));
	}
	rar_block(b, SPAN_LIT("\5\0\0"));
	buf_free(&file);
}

/* A salt each would be compared with those of all before it; and libarchive gives no last file without a block behind it. */
static void test_of_more_files_than_are_read_the_first_that_is_not_is_there(void **state)
{
	struct arena *a = test_arena();
	struct archive_reader *r;
	struct buf archive, data;
	struct unsealed u;
	struct member *m;
	size_t n = 0;

	(void)state;
	buf_init(&archive, 16 << 20);
	buf_init(&data, 1 << 20);
	rar_of(&archive, 100000);
	assert_false(archive.failed);
	assert_ok(archive_unseal(buf_span(&archive), NULL, &u, &e));
	assert_true(u.known);
	assert_ok(archive_open_span(&r, buf_span(&u.plain), &data, SPAN_EMPTY, &e));
	for (;; n++) {
		assert_ok(archive_next(r, a, &m, &e));
		if (m == NULL)
			break;
		assert_true(unsealed_lacks(&u, m->index));
	}
	assert_int_equal(n, LIMIT_ATTACHED_MEMBERS + 1);
	archive_close(r);
	unsealed_free(&u);
	buf_free(&data);
	buf_free(&archive);
	arena_free(a);
}

/* Without a check value the first header tells, and under a wrong password it may seem to be megabytes long: one after the other, not all at once. */
static void test_wrong_passwords_of_headers_do_not_add_up(void **state)
{
	enum { WORDS = 10000, SEALED = 2 << 20 };
	struct arena *a = test_arena();
	span *words = arena_zero(a, WORDS, sizeof *words);
	struct passwords p = {.v = words, .n = WORDS, .work = UINT64_MAX};
	struct buf archive;
	struct unsealed u;

	(void)state;
	buf_init(&archive, SEALED + 64);
	buf_put(&archive, SPAN_LIT("Rar!\x1a\7\1\0"));
	rar_block(&archive, SPAN_LIT("\4\0\0\0\0saltsaltsaltsalt"));
	while (archive.n < SEALED)
		buf_u32(&archive, (uint32_t)archive.n * 2654435761u);
	for (size_t i = 0; i < WORDS; i++)
		words[i] = span_str(arena_printf(a, "wrong %zu", i));
	assert_ok(archive_unseal(buf_span(&archive), &p, &u, &e));
	assert_true(u.known);
	assert_null(u.reason);
	unsealed_free(&u);
	buf_free(&archive);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_stays_encrypted_says_why),
		cmocka_unit_test(test_each_password_that_opens_something_is_remembered_once),
		cmocka_unit_test(test_a_password_that_was_right_in_vain_is_not_said_to_have_opened_anything),
		cmocka_unit_test(test_of_more_files_than_are_read_the_first_that_is_not_is_there),
		cmocka_unit_test(test_wrong_passwords_of_headers_do_not_add_up),
	};
	return cmocka_run_group_tests_name("unseal-told", tests, warm, NULL);
}
