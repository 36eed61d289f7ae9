/* The index of nodes of a PST, as the test writes it: a page above two leaves, in the three layouts that there are. */
#include <zlib.h>

#include "base/test.h"
#include "mail/pst-nodes.h"

struct form { unsigned version; size_t page, word, root_at, tail_at, trailer_at; bool sum; };
static const struct form forms[] = {{15, 512, 4, 188, 496, 500, true}, {23, 512, 8, 224, 488, 496, true}, {36, 4096, 8, 224, 4056, 4072, false}};

static unsigned char file[5 * 4096];

static void put(unsigned char *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static size_t page_at(const struct form *f, unsigned k) { return f->page * k; }

/* What follows the entries of a page: how many, how large, which level; kind and checksum. */
static void seal(const struct form *f, unsigned k, unsigned n, unsigned size, unsigned level)
{
	unsigned char *p = file + page_at(f, k), *t = p + f->tail_at;
	bool large = f->page == 4096;

	put(t, n, large ? 2 : 1);
	t[large ? 4 : 2] = (unsigned char)size;
	t[large ? 5 : 3] = (unsigned char)level;
	p[f->trailer_at] = p[f->trailer_at + 1] = 0x81;
	put(p + f->trailer_at + (f->word == 4 ? 8 : 4), crc32(0xffffffff, p, (unsigned)f->trailer_at) ^ 0xffffffff, 4);
}

static void leaf(const struct form *f, unsigned k, const struct pst_node *v, unsigned n)
{
	unsigned size = (unsigned)(f->word == 4 ? 16 : 32);

	for (unsigned i = 0; i < n; i++) {
		put(file + page_at(f, k) + i * size, v[i].id, 4);
		put(file + page_at(f, k) + i * size + 3 * f->word, v[i].parent, 4);
	}
	seal(f, k, n, size, 0);
}

static void above(const struct form *f, unsigned k, const unsigned *pages, unsigned n, unsigned level)
{
	for (unsigned i = 0; i < n; i++)
		put(file + page_at(f, k) + i * 3 * f->word + 2 * f->word, page_at(f, pages[i]), f->word);
	seal(f, k, n, (unsigned)(3 * f->word), level);
}

static span made(const struct form *f)
{
	static const struct pst_node one[] = {{0x200044, 0x8022}, {0x122, 0x122}}, two[] = {{0x200024, 0x8022}, {0x8022, 0x122}, {0x122, 0x122}};

	memset(file, 0, sizeof file);
	memcpy(file, "!BDN", 4);
	put(file + 10, f->version, 2);
	put(file + f->root_at, page_at(f, 1), f->word);
	above(f, 1, (const unsigned[]){2, 3}, 2, 1);
	leaf(f, 2, one, 2);
	leaf(f, 3, two, 3);
	return span_of(file, 4 * f->page);
}

static void test_the_index_is_read_in_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct arena *a = test_arena();
		struct pst_nodes nodes;

		assert_ok(pst_nodes_read(a, made(&forms[i]), &nodes, &e));
		assert_int_equal(nodes.n_damaged, 0);
		assert_int_equal(nodes.n, 4);
		assert_int_equal(nodes.v[0].id, 0x122);
		assert_int_equal(nodes.v[3].id, 0x200044);
		assert_int_equal(pst_nodes_find(&nodes, 0x200024)->parent, 0x8022);
		assert_null(pst_nodes_find(&nodes, 0x200025));
		arena_free(a);
	}
}

/* One byte of each page is another one: what is left is read, and the damage is counted. */
static void test_damage_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const struct form *f = &forms[i];
		struct arena *a = test_arena();
		struct pst_nodes nodes;
		span s = made(f);

		file[page_at(f, 3) + f->trailer_at] = 0x80;
		assert_ok(pst_nodes_read(a, s, &nodes, &e));
		assert_int_equal(nodes.n_damaged, 1);
		assert_int_equal(nodes.n, 2);
		if (f->sum) {
			s = made(f);
			file[page_at(f, 2) + 1] ^= 0x10;
			assert_ok(pst_nodes_read(a, s, &nodes, &e));
			assert_int_equal(nodes.n_damaged, 1);
			assert_int_equal(nodes.n, 4);
		}
		s = made(f);
		file[page_at(f, 1) + f->trailer_at] = 0;
		assert_ok(pst_nodes_read(a, s, &nodes, &e));
		assert_int_equal(nodes.n_damaged, 1);
		assert_int_equal(nodes.n, 0);
		arena_free(a);
	}
}

static void test_a_page_below_itself_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct arena *a = test_arena();
		struct pst_nodes nodes;
		unsigned pages[20];
		span s = made(&forms[i]);

		for (unsigned k = 0; k < 20; k++)
			pages[k] = 1;
		above(&forms[i], 1, pages, 20, 1);
		assert_ok(pst_nodes_read(a, s, &nodes, &e));
		assert_int_equal(nodes.n_damaged, 20);
		/* The same leaf many times: no more pages are read than the file has. */
		for (unsigned k = 0; k < 20; k++)
			pages[k] = 2;
		above(&forms[i], 1, pages, 20, 1);
		assert_ok(pst_nodes_read(a, s, &nodes, &e));
		assert_int_equal(nodes.n, 2);
		assert_int_equal(nodes.n_damaged, 20 - 4);
		arena_free(a);
	}
}

/* Six pages that stand for millions, in a file of nothing else: what was met till then is there, and the rest is said. */
static void test_more_nodes_than_are_looked_for_are_no_end(void **state)
{
	const struct form *f = &forms[0];
	size_t size = (size_t)70 << 20;
	unsigned char *large = calloc(size, 1);
	struct arena *a = test_arena();
	struct pst_nodes nodes;
	struct pst_node v[31];
	unsigned pages[41];

	(void)state;
	assert_non_null(large);
	(void)made(f);
	for (unsigned i = 0; i < 31; i++)
		v[i] = (struct pst_node){0x200024 + 0x20 * i, 0x8022};
	for (unsigned level = 4; level > 0; level--) {
		for (unsigned i = 0; i < 41; i++)
			pages[i] = 6 - level;
		above(f, 5 - level, pages, level == 4 ? 1 : 41, level);
	}
	leaf(f, 5, v, 31);
	memcpy(large, file, 6 * f->page);
	assert_ok(pst_nodes_read(a, span_of(large, size), &nodes, &e));
	assert_int_equal(nodes.n, 31);
	assert_int_equal(nodes.n_damaged, 0);
	assert_false(nodes.cut);
	for (unsigned i = 0; i < 41; i++)
		pages[i] = 2;
	above(f, 1, pages, 41, 4);
	memcpy(large, file, 6 * f->page);
	assert_ok(pst_nodes_read(a, span_of(large, size), &nodes, &e));
	assert_int_equal(nodes.n, 31);
	assert_int_equal(nodes.n_damaged, 0);
	assert_true(nodes.cut);
	arena_free(a);
	free(large);
}

static void test_cut_anywhere_it_gives_what_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		span s = made(&forms[i]);

		for (size_t n = 0; n < s.n; n += n < 600 ? 1 : 61) {
			struct arena *a = test_arena();
			struct pst_nodes nodes;
			struct err e;

			if (pst_nodes_read(a, span_first(s, n), &nodes, &e) == OK)
				assert_true(nodes.n_damaged != 0);
			else
				assert_true(n < 12);
			arena_free(a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_index_is_read_in_every_form),
		cmocka_unit_test(test_damage_is_counted),
		cmocka_unit_test(test_a_page_below_itself_ends),
		cmocka_unit_test(test_more_nodes_than_are_looked_for_are_no_end),
		cmocka_unit_test(test_cut_anywhere_it_gives_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
