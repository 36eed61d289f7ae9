/* A manifest and its proofs: what was signed is read, and nothing else. */
#include "base/limits.h"
#include "base/test.h"
#include "proof/manifest.h"
#include "proof/note.h"

static struct sign_key *key;
static struct verify_key public;

static void make(struct buf *note, struct digest *leaves, size_t n, struct merkle_tree *tree, struct arena *a)
{
	struct manifest m = {.domain = SPAN_LIT("us.example"), .wave = 3, .planned = SPAN_LIT("2025-10-01T00:00:00Z"), .from = SPAN_LIT("2025-01-01"),
	    .to = SPAN_LIT("2025-02-01"), .first = n - 1, .supplemented = 0, .anew = 1, .unreachable = 0, .persons = 2, .notices = 7, .messages = 99, .exposures = 12, .size = n};

	assert_ok(merkle_tree_make(a, leaves, n, tree, &e));
	merkle_tree_root(tree, n, &m.root);
	buf_init(note, MIB);
	assert_ok(manifest_sign(key, &m, note, &e));
}

static void each_entry_is_proved_and_no_other(void **state)
{
	static const char *const entries[] = {"{\"organisation\":\"A\"}", "{\"organisation\":\"B\"}", "{\"organisation\":\"C\"}", "{\"organisation\":\"D\"}",
	    "{\"organisation\":\"E\"}"};
	struct arena *a = test_arena();
	struct merkle_tree tree;
	struct digest leaves[5];
	unsigned char salt[5][MANIFEST_SALT];
	struct manifest m;
	struct buf note;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		memset(salt[i], (int)i + 1, MANIFEST_SALT);
		manifest_leaf(salt[i], span_str(entries[i]), &leaves[i]);
	}
	make(&note, leaves, 5, &tree, a);
	assert_ok(manifest_verify(buf_span(&note), public.key, &m, &e));
	assert_span(m.domain, "us.example");
	assert_int_equal(m.first, 4);
	assert_int_equal(m.anew, 1);
	assert_int_equal(m.persons, 2);
	assert_int_equal(m.messages, 99);
	assert_span(m.from, "2025-01-01");
	assert_span(m.to, "2025-02-01");
	for (size_t i = 0; i < 5; i++) {
		struct manifest_proof p = {.entry = span_str(entries[i]), .index = i}, back;
		struct buf file;

		memcpy(p.salt, salt[i], MANIFEST_SALT);
		merkle_prove(&tree, i, 5, &p.path);
		buf_init(&file, MIB);
		manifest_proof_write(&p, &file);
		assert_ok(manifest_proof_read(buf_span(&file), &back, &e));
		assert_true(manifest_proof_holds(&back, &m));
		back.entry = span_str(entries[(i + 1) % 5]);
		assert_false(manifest_proof_holds(&back, &m));
		back.entry = span_str(entries[i]);
		back.salt[0] ^= 1;
		assert_false(manifest_proof_holds(&back, &m));
		for (size_t n = 0; n < file.n; n++) /* cut anywhere it proves nothing, or the same */
			if (manifest_proof_read(span_first(buf_span(&file), n), &back, NULL) == OK && n + 1 < file.n)
				assert_false(manifest_proof_holds(&back, &m));
		buf_free(&file);
	}
	buf_free(&note);
	arena_free(a);
}

static void a_changed_manifest_is_none(void **state)
{
	struct arena *a = test_arena();
	struct merkle_tree tree;
	struct digest leaf = {{1}};
	struct manifest m;
	struct buf note;

	(void)state;
	make(&note, &leaf, 1, &tree, a);
	for (size_t i = 0; i < note.n; i++) {
		note.p[i] ^= 1;
		if (manifest_verify(buf_span(&note), public.key, &m, NULL) == OK)
			fail_msg("byte %zu", i);
		note.p[i] ^= 1;
		assert_int_not_equal(manifest_verify(span_first(buf_span(&note), i), public.key, &m, NULL), OK);
	}
	assert_ok(manifest_verify(buf_span(&note), public.key, &m, &e));
	buf_free(&note);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_entry_is_proved_and_no_other), cmocka_unit_test(a_changed_manifest_is_none)};
	struct err e;
	int bad;

	if (sign_key_new(&key, &e) != OK)
		return 1;
	sign_key_public(key, &public);
	bad = cmocka_run_group_tests(tests, NULL, NULL);
	sign_key_free(key);
	return bad;
}
