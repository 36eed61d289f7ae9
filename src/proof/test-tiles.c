/* The examples of c2sp.org/tlog-tiles, and that roots computed from tiles alone are the log's. */
#include "base/test.h"
#include "proof/tiles.h"

static void indices_are_written_in_groups_of_three(void **state)
{
	static const struct { struct tile tile; const char *path; } cases[] = {
	    {{0, 0, NULL, 256}, "tile/0/000"}, {{0, 0, NULL, 1}, "tile/0/000.p/1"}, {{1, 999, NULL, 255}, "tile/1/999.p/255"},
	    {{0, 1000, NULL, 256}, "tile/0/x001/000"}, {{0, 1234067, NULL, 256}, "tile/0/x001/x234/067"},
	    {{7, (uint64_t)1 << 48, NULL, 9}, "tile/7/x281/x474/x976/x710/656.p/9"}};
	char path[TILE_PATH];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(tile_path(&cases[i].tile, path), cases[i].path);
}

static struct merkle_tree tree_of(uint64_t n)
{
	struct arena *a = test_arena_kept();
	struct digest *leaves = arena_zero(a, n, sizeof *leaves);
	struct merkle_tree t;

	for (uint64_t i = 0; i < n; i++)
		merkle_leaf(span_of(&i, sizeof i), &leaves[i]);
	assert_ok(merkle_tree_make(a, leaves, n, &t, &(struct err){0}));
	return t;
}

static void a_tree_of_seventy_thousand_has_the_tiles_of_the_specification(void **state)
{
	struct merkle_tree t = tree_of(70000);
	size_t full[4] = {0}, part[4] = {0};

	(void)state;
	for (struct tile tile = {0}; tile_next(&t, &tile);) {
		assert_in_range(tile.level, 0, 3);
		if (tile.n == TILE_WIDTH)
			full[tile.level]++;
		else
			part[tile.level] += tile.n;
	}
	assert_int_equal(full[0], 273);
	assert_int_equal(part[0], 112);
	assert_int_equal(full[1], 1);
	assert_int_equal(part[1], 17);
	assert_int_equal(full[2], 0);
	assert_int_equal(part[2], 1);
	assert_int_equal(full[3] + part[3], 0);
}

static void the_tiles_of_any_tree_are_its_whole_subtrees(void **state)
{
	static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct merkle_tree t = tree_of(sizes[i]);
		uint64_t leaves = 0;

		for (struct tile tile = {0}; tile_next(&t, &tile);) {
			leaves += tile.level == 0 ? tile.n : 0;
			for (size_t k = 0; k < tile.n && tile.level > 0; k++) {
				struct merkle m = {0};
				struct digest root;
				uint64_t at = (tile.index * TILE_WIDTH + k) << 8 * tile.level, n = (uint64_t)1 << 8 * tile.level;

				for (uint64_t j = at; j < at + n; j++)
					merkle_add(&m, &t.level[0][j]);
				merkle_root(&m, &root);
				assert_memory_equal(&root, &tile.v[k], sizeof root);
			}
		}
		assert_int_equal(leaves, sizes[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(indices_are_written_in_groups_of_three),
	    cmocka_unit_test(a_tree_of_seventy_thousand_has_the_tiles_of_the_specification),
	    cmocka_unit_test(the_tiles_of_any_tree_are_its_whole_subtrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
