#include "base/test.h"
#include "proof/log.h"
#include "proof/merkle.h"
#include "verify/private.h"

enum { N = 7, THEN = 5, INDEX = 4 };

struct world {
	struct sign_key *key;
	struct buf keys, checkpoint, leaves;
	struct digest leaf[N];
	struct checkpoint then, now;
};

static void root_of(const struct digest *leaf, uint64_t n, struct digest *out)
{
	struct merkle m = {0};

	for (uint64_t i = 0; i < n; i++)
		merkle_add(&m, &leaf[i]);
	merkle_root(&m, out);
}

static void publish(struct world *w, uint64_t n)
{
	char hex[DIGEST_HEX];

	buf_clear(&w->leaves);
	buf_clear(&w->checkpoint);
	for (size_t i = 0; i < n; i++)
		buf_printf(&w->leaves, "%s\n", digest_hex(&w->leaf[i], hex));
	w->now = (struct checkpoint){SPAN_LIT("north.example/notices"), n, {{0}}};
	root_of(w->leaf, n, &w->now.root);
	assert_ok(checkpoint_sign(w->key, &w->now, &w->checkpoint, &e));
}

static void begin(struct world *w)
{
	struct verify_key v;

	*w = (struct world){0};
	assert_ok(sign_key_new(&w->key, &e));
	sign_key_public(w->key, &v);
	buf_init(&w->keys, 4096);
	buf_init(&w->checkpoint, NOTE_MAX);
	buf_init(&w->leaves, 65536);
	verify_key_write(&v, &w->keys);
	for (size_t i = 0; i < N; i++)
		merkle_leaf(span_of(&i, sizeof i), &w->leaf[i]);
	w->then = (struct checkpoint){SPAN_LIT("north.example/notices"), THEN, {{0}}};
	root_of(w->leaf, THEN, &w->then.root);
	publish(w, N);
}

static void end(struct world *w)
{
	sign_key_free(w->key);
	buf_free(&w->keys);
	buf_free(&w->checkpoint);
	buf_free(&w->leaves);
}

static enum errc check(const struct world *w, const struct digest *leaf, struct err *e)
{
	const struct verify_with with = {.key = buf_span(&w->keys), .checkpoint = buf_span(&w->checkpoint),
	    .leaves = buf_span(&w->leaves)};
	struct checkpoint now;

	return published_check(&with, SPAN_LIT("north.example/notices"), leaf, INDEX, &w->then, &now, e);
}

static void a_log_that_grew_has_the_notice(void **state)
{
	struct world w;
	struct err why;
	size_t whole;

	(void)state;
	begin(&w);
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), OK);
	whole = w.leaves.n;
	buf_str(&w.leaves, "a leaf that a run which was cut off had begun\n");
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), OK);
	assert_int_equal(check(&w, &w.leaf[INDEX + 1], &why), ERR_EVIDENCE);
	/* Cut at each length: only the last line end can be missing. */
	for (w.leaves.n = 0; w.leaves.n < whole - 1; w.leaves.n++)
		assert_int_equal(check(&w, &w.leaf[INDEX], &why), ERR_EVIDENCE);
	for (publish(&w, N); w.checkpoint.n-- > 0;)
		assert_int_equal(check(&w, &w.leaf[INDEX], &why), ERR_REFUSED);
	end(&w);
}

/* The keeper of the log signs both, and has put another entry in the place of one before the notice, or takes the notice out. */
static void a_log_that_was_rewritten_is_seen(void **state)
{
	struct world w;
	struct err why;

	(void)state;
	begin(&w);
	w.leaf[1].b[0] ^= 1;
	publish(&w, N);
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), ERR_EVIDENCE);
	assert_non_null(strstr(why.text, "does not go on"));
	w.leaf[1].b[0] ^= 1;
	w.leaf[N - 1].b[0] ^= 1;
	publish(&w, N);
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), OK); /* what came later is none of its business */
	w.leaves.p[w.leaves.n - 2] ^= 1;
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), ERR_EVIDENCE);
	end(&w);
}

static void an_older_log_and_one_by_another_key_say_nothing(void **state)
{
	struct world w, other;
	struct err why;

	(void)state;
	begin(&w);
	begin(&other);
	publish(&w, THEN);
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), OK);
	publish(&w, THEN - 1);
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), ERR_REFUSED);
	publish(&w, N);
	buf_clear(&w.keys);
	buf_put(&w.keys, buf_span(&other.keys));
	assert_int_equal(check(&w, &w.leaf[INDEX], &why), ERR_REFUSED);
	end(&w);
	end(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_log_that_grew_has_the_notice), cmocka_unit_test(a_log_that_was_rewritten_is_seen),
	    cmocka_unit_test(an_older_log_and_one_by_another_key_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
