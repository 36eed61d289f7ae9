#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test.h"
#include "proof/log.h"

static char path[] = "/tmp/tocsin-log-XXXXXX";

static int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(path + strlen(path) - 6, "XXXXXX");
	if ((fd = mkstemp(path)) < 0)
		return -1;
	(void)close(fd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void append(const char *line)
{
	struct merkle_log *l;
	uint64_t index;

	assert_ok(merkle_log_open(&l, path, LOG_APPEND, &e));
	assert_ok(merkle_log_append(l, span_str(line), NULL, &index, &e));
	assert_ok(merkle_log_sync(l, &e));
	assert_int_equal(index + 1, merkle_log_size(l));
	merkle_log_close(l);
}

static void entries_come_back_with_proofs(void **state)
{
	struct arena *a = test_arena();
	struct merkle_log *l;
	struct merkle_tree t;
	struct merkle_proof p;
	struct digest root, leaf;
	unsigned char salt[LOG_SALT];
	span line;

	(void)state;
	append("{\"a\":1}");
	append("{}");
	append("{\"b\":\"}\"}");
	assert_ok(merkle_log_open(&l, path, LOG_READ, &e));
	assert_int_equal(merkle_log_size(l), 3);
	merkle_log_root(l, &root);
	merkle_log_tree(l, &t);
	assert_ok(merkle_log_entry(l, a, 2, &line, salt, &e));
	assert_span(line, "{\"b\":\"}\"}");
	merkle_log_leaf(salt, line, &leaf);
	merkle_prove(&t, 2, 3, &p);
	assert_true(merkle_check(&leaf, 2, 3, &p, &root));
	assert_int_equal(merkle_log_entry(l, a, 3, &line, salt, NULL), ERR_USAGE);
	merkle_log_close(l);
	arena_free(a);
}

static void a_line_that_a_crash_cut_off_is_taken_away(void **state)
{
	struct merkle_log *l;
	struct digest before, after;
	struct stat whole, cut;

	(void)state;
	append("{\"a\":1}");
	assert_ok(merkle_log_open(&l, path, LOG_READ, &e));
	merkle_log_root(l, &before);
	merkle_log_close(l);
	assert_int_equal(stat(path, &whole), 0);
	append("{\"b\":2}");
	assert_int_equal(stat(path, &cut), 0);
	for (off_t n = cut.st_size - 1; n >= whole.st_size; n--) {
		assert_int_equal(truncate(path, n), 0);
		assert_ok(merkle_log_open(&l, path, n % 2 == 0 ? LOG_READ : LOG_APPEND, &e));
		assert_int_equal(merkle_log_size(l), 1);
		merkle_log_root(l, &after);
		assert_memory_equal(&before, &after, sizeof before);
		merkle_log_close(l);
	}
	append("{\"c\":3}");
	assert_ok(merkle_log_open(&l, path, LOG_READ, &e));
	assert_int_equal(merkle_log_size(l), 2);
	merkle_log_close(l);
}

static void damage_elsewhere_is_an_error(void **state)
{
	struct arena *a = test_arena();
	struct merkle_log *l;
	unsigned char salt[LOG_SALT];
	struct err why;
	span line;
	int fd;

	(void)state;
	append("{\"a\":1}");
	append("{\"b\":2}");
	assert_ok(merkle_log_open(&l, path, LOG_READ, &e));
	assert_true((fd = open(path, O_WRONLY)) >= 0);
	assert_int_equal(pwrite(fd, "9", 1, 56), 1); /* within the first line */
	assert_int_equal(merkle_log_entry(l, a, 0, &line, salt, &why), ERR_USAGE);
	merkle_log_close(l);
	assert_int_equal(pwrite(fd, "x", 1, 2), 1);
	assert_int_equal(merkle_log_open(&l, path, LOG_READ, &why), ERR_USAGE);
	assert_int_equal(merkle_log_open(&l, path, LOG_APPEND, &why), ERR_USAGE);
	(void)close(fd);
	arena_free(a);
}

/* Who counts: what a tree costs is hashes. */
static uint64_t hashes;
void __real_sha256_of(span s, struct digest *out);
void __wrap_sha256_of(span s, struct digest *out);
void __wrap_sha256_of(span s, struct digest *out)
{
	hashes++;
	__real_sha256_of(s, out);
}

static void an_entry_a_root_and_a_proof_cost_no_more_than_the_height_of_the_tree(void **state)
{
	enum { MANY = 5000, HEIGHT = 13 }; /* 2^12 < 5000 < 2^13 */
	struct merkle_log *l;
	struct merkle front = {0};
	struct digest root, same, leaf;
	struct merkle_tree t;
	struct merkle_proof p;
	uint64_t index, most = 0, all = 0;

	(void)state;
	assert_ok(merkle_log_open(&l, path, LOG_APPEND, &e));
	for (unsigned i = 0; i < MANY; i++) {
		hashes = 0;
		assert_ok(merkle_log_append(l, SPAN_LIT("{}"), NULL, &index, &e));
		most = hashes > most ? hashes : most;
		all += hashes;
		merkle_add(&front, &merkle_log_leaves(l)[i]);
	}
	assert_true(most > 0 && most <= HEIGHT && all < MANY);
	hashes = 0;
	merkle_log_root(l, &root);
	assert_true(hashes > 0 && hashes < HEIGHT);
	merkle_root(&front, &same);
	assert_memory_equal(&root, &same, sizeof root);
	for (unsigned i = 0; i < MANY; i += 97) {
		hashes = 0;
		merkle_log_tree(l, &t);
		merkle_prove(&t, i, MANY, &p);
		assert_true(hashes < HEIGHT);
		leaf = merkle_log_leaves(l)[i];
		assert_true(merkle_check(&leaf, i, MANY, &p, &root));
	}
	hashes = 0;
	merkle_prove_growth(&t, 2718, MANY, &p);
	assert_true(hashes < 2 * HEIGHT);
	merkle_tree_root(&t, 2718, &same);
	assert_true(merkle_check_growth(2718, &same, MANY, &root, &p));
	merkle_log_close(l);
}

static void two_do_not_append_at_once(void **state)
{
	struct merkle_log *l, *m;
	uint64_t index;
	struct err why;

	(void)state;
	assert_ok(merkle_log_open(&l, path, LOG_APPEND, &e));
	assert_int_equal(merkle_log_open(&m, path, LOG_APPEND, &why), ERR_LOCKED);
	assert_int_equal(merkle_log_append(l, SPAN_LIT("{\n}"), NULL, &index, &why), ERR_USAGE);
	assert_int_equal(merkle_log_append(l, SPAN_LIT("[]"), NULL, &index, &why), ERR_USAGE);
	merkle_log_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(entries_come_back_with_proofs, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_line_that_a_crash_cut_off_is_taken_away, setup, teardown),
	    cmocka_unit_test_setup_teardown(damage_elsewhere_is_an_error, setup, teardown),
	    cmocka_unit_test_setup_teardown(two_do_not_append_at_once, setup, teardown),
	    cmocka_unit_test_setup_teardown(an_entry_a_root_and_a_proof_cost_no_more_than_the_height_of_the_tree, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
