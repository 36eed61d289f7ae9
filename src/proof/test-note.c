#include "base/test.h"
#include "proof/bundle.h"

/* The example of golang.org/x/mod/sumdb/note. */
static const char their_key[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char their_note[] =
	"If you think cryptography is the answer to your problem,\n"
	"then you don't know what your problem is.\n"
	"\n"
	"\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

static void a_note_of_others_is_read(void **state)
{
	unsigned char key[VERIFY_KEY_SIZE];
	char bad[sizeof their_note];
	span name, text;
	struct buf b;
	struct err why;

	(void)state;
	assert_ok(note_key_read(span_str(their_key), &name, key, &e));
	assert_span(name, "PeterNeumann");
	buf_init(&b, 1024);
	note_key_line(key, name, &b);
	assert_span(span_trim(buf_span(&b)), their_key);
	assert_ok(note_verify(span_str(their_note), name, key, &text, &e));
	assert_true(span_ends_nocase(text, SPAN_LIT("problem is.\n")));
	for (size_t i = 0; i + 1 < sizeof their_note; i++) {
		memcpy(bad, their_note, sizeof bad);
		bad[i] ^= 1;
		assert_int_equal(note_verify(span_str(bad), name, key, &text, &why), ERR_EVIDENCE);
		assert_int_equal(note_verify(span_of(their_note, i), name, key, &text, &why), ERR_EVIDENCE);
	}
	buf_free(&b);
}

static void a_checkpoint_with_a_witness(void **state)
{
	struct sign_key *k, *w;
	struct verify_key v, wv;
	struct checkpoint c = {.origin = SPAN_LIT("north.example/notices"), .size = 42}, r;
	struct buf b, line;
	uint64_t when;
	struct err why;

	(void)state;
	assert_ok(sign_key_new(&k, &e));
	assert_ok(sign_key_new(&w, &e));
	sign_key_public(k, &v);
	sign_key_public(w, &wv);
	sha256_of(SPAN_LIT("x"), &c.root);
	buf_init(&b, NOTE_MAX);
	buf_init(&line, NOTE_MAX);
	assert_ok(checkpoint_sign(k, &c, &b, &e));
	assert_ok(cosign(w, SPAN_LIT("witness.example"), buf_span(&b), 1700000000, &line, &e));
	buf_put(&b, buf_span(&line));
	assert_ok(checkpoint_verify(buf_span(&b), c.origin, v.key, &r, &e));
	assert_int_equal(r.size, 42);
	assert_memory_equal(&r.root, &c.root, sizeof c.root);
	assert_ok(cosign_verify(buf_span(&b), SPAN_LIT("witness.example"), wv.key, &when, &e));
	assert_int_equal(when, 1700000000);
	assert_int_equal(cosign_verify(buf_span(&b), SPAN_LIT("witness.example"), v.key, &when, &why), ERR_EVIDENCE);
	assert_int_equal(checkpoint_verify(buf_span(&b), SPAN_LIT("south.example/notices"), v.key, &r, &why), ERR_EVIDENCE);
	b.p[22] = '5'; /* another size */
	assert_int_equal(cosign_verify(buf_span(&b), SPAN_LIT("witness.example"), wv.key, &when, &why), ERR_EVIDENCE);
	buf_free(&b);
	buf_free(&line);
	sign_key_free(k);
	sign_key_free(w);
}

static void what_is_no_checkpoint_is_refused(void **state)
{
	static const char *const bad[] = {"", "a\n", "a\n1\n", "a\n01\nAAAA\n", "a\n-1\n", "\n1\n",
	    "a\n99999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=\n",
	    "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n", "a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nmore\n"};
	struct checkpoint c;
	struct err why;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (i != 7) /* the one that is right: its digest may end in any even digit */
			assert_int_equal(checkpoint_read(span_str(bad[i]), &c, &why), ERR_EVIDENCE);
	assert_int_equal(checkpoint_read(span_str(bad[7]), &c, &why), OK);
}

static void a_proof_stands_alone_and_no_cut_of_it_does(void **state)
{
	struct arena *a = test_arena();
	struct sign_key *k;
	struct verify_key v;
	struct digest leaves[7];
	struct merkle_tree t;
	struct bundle out = {.salted = true, .salt = "0123456789abcde", .index = 4}, in;
	struct checkpoint c = {.origin = SPAN_LIT("north.example/notices"), .size = 7}, r;
	struct buf note, b;
	struct err why;

	(void)state;
	assert_ok(sign_key_new(&k, &e));
	sign_key_public(k, &v);
	for (unsigned i = 0; i < 7; i++) {
		char line[8];

		(void)snprintf(line, sizeof line, "{\"%u\"}", i);
		merkle_log_leaf(out.salt, span_str(line), &leaves[i]);
	}
	assert_ok(merkle_tree_make(a, leaves, 7, &t, &e));
	merkle_tree_root(&t, 7, &c.root);
	merkle_prove(&t, 4, 7, &out.proof);
	buf_init(&note, NOTE_MAX);
	buf_init(&b, NOTE_MAX);
	assert_ok(checkpoint_sign(k, &c, &note, &e));
	out.checkpoint = buf_span(&note);
	assert_ok(bundle_write(&out, &b, &e));
	assert_ok(bundle_read(buf_span(&b), &in, &e));
	assert_ok(bundle_verify(&in, SPAN_LIT("{\"4\"}"), c.origin, v.key, &r, &e));
	assert_int_equal(bundle_verify(&in, SPAN_LIT("{\"5\"}"), c.origin, v.key, &r, &why), ERR_EVIDENCE);
	for (size_t i = 0; i < b.n; i++)
		if (bundle_read(span_first(buf_span(&b), i), &in, &why) == OK)
			assert_int_equal(bundle_verify(&in, SPAN_LIT("{\"4\"}"), c.origin, v.key, &r, &why), ERR_EVIDENCE);
	buf_free(&note);
	buf_free(&b);
	sign_key_free(k);
	arena_free(a);
}

/* A list of 10,000 withdrawn notices is one note; what is larger than a note may be is refused both ways. */
static void a_long_list_is_a_note(void **s)
{
	struct sign_key *k;
	struct verify_key v;
	struct buf text, note;
	struct err why;
	span t;

	(void)s;
	assert_ok(sign_key_new(&k, &e));
	sign_key_public(k, &v);
	buf_init(&text, 2 * NOTE_MAX);
	buf_init(&note, 4 * NOTE_MAX);
	for (unsigned i = 0; i < 10000; i++)
		buf_printf(&text, "TN-%04u-%04u 2026-01-02\n", i, i);
	assert_ok(note_sign(k, SPAN_LIT("north.example/notices/withdrawn"), buf_span(&text), &note, &e));
	assert_ok(note_verify(buf_span(&note), SPAN_LIT("north.example/notices/withdrawn"), v.key, &t, &e));
	assert_true(span_eq(t, buf_span(&text)));
	while (text.n <= NOTE_MAX)
		buf_str(&text, "TN-0000-0000 2026-01-02\n");
	assert_int_equal(note_sign(k, SPAN_LIT("north.example"), buf_span(&text), &note, &why), ERR_USAGE);
	buf_str(&text, "\n\xe2\x80\x94 north.example AAAA\n");
	assert_int_equal(note_text(buf_span(&text), &t, &why), ERR_EVIDENCE);
	buf_free(&text);
	buf_free(&note);
	sign_key_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_note_of_others_is_read), cmocka_unit_test(a_checkpoint_with_a_witness),
	    cmocka_unit_test(what_is_no_checkpoint_is_refused), cmocka_unit_test(a_proof_stands_alone_and_no_cut_of_it_does),
	    cmocka_unit_test(a_long_list_is_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
