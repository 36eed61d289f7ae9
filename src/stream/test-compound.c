#include "stream/compound.h"
#include "stream/test-compound.h"

static unsigned char big[70000], middle[5000], little[300];

static void fill(unsigned char *p, size_t n, unsigned char step)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(i * step + i / 251);
}

static struct cfb *sample(size_t sector, bool scattered)
{
	struct cfb *w = cfb_new(sector, scattered);

	fill(big, sizeof big, 3);
	fill(middle, sizeof middle, 5);
	fill(little, sizeof little, 7);
	cfb_stream(w, "Contents", span_of(big, sizeof big));
	cfb_stream(w, "Store/Inner/deep", span_of(little, sizeof little));
	cfb_stream(w, "Store/middle", span_of(middle, sizeof middle));
	cfb_stream(w, "Store/word", SPAN_LIT("a word"));
	cfb_stream(w, "empty", SPAN_EMPTY);
	return w;
}

static void same(struct arena *a, const struct compound *c, const char *path, span want)
{
	const struct compound_entry *s = compound_path(c, path);
	unsigned problems = 0;
	span got;

	assert_non_null(s);
	assert_ok(compound_read(a, c, s, &got, &problems, &e));
	assert_int_equal(problems, 0);
	assert_true(span_eq(got, want));
}

static void test_every_stream_is_read_by_its_path(void **state)
{
	(void)state;
	for (int k = 0; k < 4; k++) {
		struct cfb *w = sample(k & 1 ? 4096 : 512, k & 2);
		struct arena *a = test_arena();
		struct compound *c;

		assert_ok(compound_open(a, cfb_done(w), &c, &e));
		assert_int_equal(c->problems, 0);
		assert_int_equal(c->n_entries, 8);
		same(a, c, "Contents", span_of(big, sizeof big));
		same(a, c, "store/inner/DEEP", span_of(little, sizeof little));
		same(a, c, "Store/middle", span_of(middle, sizeof middle));
		same(a, c, "Store/word", SPAN_LIT("a word"));
		same(a, c, "empty", SPAN_EMPTY);
		assert_null(compound_path(c, "Store/nothing"));
		assert_null(compound_path(c, "deep"));
		arena_free(a);
		cfb_free(w);
	}
}

static void test_a_run_of_sectors_is_not_copied(void **state)
{
	struct cfb *w = sample(512, false);
	struct arena *a = test_arena();
	span file = cfb_done(w), got;
	struct compound *c;

	(void)state;
	assert_ok(compound_open(a, file, &c, &e));
	assert_ok(compound_read(a, c, compound_path(c, "Contents"), &got, NULL, &e));
	assert_true(got.p > file.p && got.p < file.p + file.n);
	arena_free(a);
	cfb_free(w);
}

/* Opens and reads all there is; returns the bytes met. */
static uint64_t read_all(span file, unsigned *problems)
{
	struct arena *a = test_arena();
	struct compound *c;
	struct err why;
	uint64_t n = 0;

	*problems = 0;
	if (compound_open(a, file, &c, &why) == OK) {
		for (size_t i = 0; i < c->n_entries; i++) {
			span got;

			assert_ok(compound_read(a, c, &c->entries[i], &got, problems, &e));
			n += got.n;
		}
		*problems |= c->problems;
	} else {
		*problems = ~0u;
	}
	arena_free(a);
	return n;
}

static void test_a_file_cut_anywhere_says_so_or_gives_all(void **state)
{
	struct cfb *w = sample(512, true);
	span file = cfb_done(w);
	uint64_t whole;
	unsigned problems;

	(void)state;
	whole = read_all(file, &problems);
	assert_int_equal(problems, 0);
	for (size_t n = 0; n < file.n; n += n < 2048 || n > file.n - 2048 ? 1 : 97) {
		uint64_t got = read_all(span_first(file, n), &problems);

		assert_true(got <= whole);
		if (got < whole)
			assert_true(problems != 0);
	}
	cfb_free(w);
}

static void test_chains_in_a_circle_end(void **state)
{
	struct cfb *w = sample(512, false);
	span file = cfb_done(w);
	unsigned problems;

	(void)state;
	/* Each sector of the table of sectors leads to the first one. */
	for (size_t at = ((size_t)w->n_sectors + 1) * 512; at + 4 <= file.n; at += 4)
		buf_set_u32(&w->out, at, 0);
	assert_true(read_all(file, &problems) <= 2 * file.n);
	assert_true(problems != 0);
	cfb_free(w);
}

static void test_each_byte_turned_is_survived(void **state)
{
	struct cfb *w = cfb_new(512, false);
	unsigned problems;
	span file;

	(void)state;
	cfb_stream(w, "a/b", SPAN_LIT("few"));
	cfb_stream(w, "c", span_of(middle, sizeof middle));
	file = cfb_done(w);
	for (size_t i = 8; i < file.n; i++) {
		if (i > 512 && i < 512 + 4608)
			continue;
		w->out.p[i] ^= 0xff;
		assert_true(read_all(file, &problems) <= 2 * file.n);
		w->out.p[i] ^= 0xff;
	}
	cfb_free(w);
}

static void test_what_is_no_compound_file_is_refused(void **state)
{
	struct arena *a = test_arena();
	struct compound *c;
	struct err e;

	(void)state;
	assert_false(compound_sniff(SPAN_LIT("PK\3\4 and so on")));
	assert_int_equal(compound_open(a, SPAN_EMPTY, &c, &e), ERR_EVIDENCE);
	assert_int_equal(compound_open(a, SPAN_LIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), &c, &e), ERR_EVIDENCE);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_stream_is_read_by_its_path),
		cmocka_unit_test(test_a_run_of_sectors_is_not_copied),
		cmocka_unit_test(test_a_file_cut_anywhere_says_so_or_gives_all),
		cmocka_unit_test(test_chains_in_a_circle_end),
		cmocka_unit_test(test_each_byte_turned_is_survived),
		cmocka_unit_test(test_what_is_no_compound_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
