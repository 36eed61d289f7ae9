#include "base/test.h"
#include "proof/merkle.h"

/* The eight leaves and roots that the implementations of RFC 6962 are tested with. */
static const span data[8] = {
    {(const unsigned char *)"", 0}, {(const unsigned char *)"\x00", 1}, {(const unsigned char *)"\x10", 1},
    {(const unsigned char *)"\x20\x21", 2}, {(const unsigned char *)"\x30\x31", 2},
    {(const unsigned char *)"\x40\x41\x42\x43", 4}, {(const unsigned char *)"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
    {(const unsigned char *)"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};
static const char *const roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static const char *hex(const struct digest *d)
{
	static char out[DIGEST_HEX];

	return digest_hex(d, out);
}

static void roots_are_those_of_rfc_6962(void **state)
{
	struct merkle m = {0};
	struct digest d;

	(void)state;
	for (size_t n = 0; n <= 8; n++) {
		merkle_root(&m, &d);
		assert_string_equal(hex(&d), roots[n]);
		if (n == 8)
			break;
		merkle_leaf(data[n], &d);
		merkle_add(&m, &d);
	}
}

static void a_known_proof_of_inclusion(void **state)
{
	struct arena *a = test_arena();
	struct digest leaves[8];
	struct merkle_tree t;
	struct merkle_proof p;

	(void)state;
	for (size_t i = 0; i < 8; i++)
		merkle_leaf(data[i], &leaves[i]);
	assert_ok(merkle_tree_make(a, leaves, 8, &t, &e));
	merkle_prove(&t, 5, 8, &p);
	assert_int_equal(p.n, 3);
	assert_string_equal(hex(&p.v[0]), "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b");
	assert_string_equal(hex(&p.v[1]), "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
	assert_string_equal(hex(&p.v[2]), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
	arena_free(a);
}

enum { MANY = 70 };

static void make_many(struct arena *a, struct digest *leaves, struct merkle_tree *t, struct digest *root)
{
	struct merkle m = {0};

	for (unsigned i = 0; i < MANY; i++) {
		unsigned char c = (unsigned char)i;

		merkle_leaf(span_of(&c, 1), &leaves[i]);
		merkle_root(&m, &root[i]);
		merkle_add(&m, &leaves[i]);
	}
	merkle_root(&m, &root[MANY]);
	assert_ok(merkle_tree_make(a, leaves, MANY, t, &e));
}

static void every_leaf_of_every_tree_has_a_proof_and_no_other_fits(void **state)
{
	struct arena *a = test_arena();
	struct digest leaves[MANY], root[MANY + 1], d;
	struct merkle_tree t;
	struct merkle_proof p;

	(void)state;
	make_many(a, leaves, &t, root);
	for (uint64_t n = 1; n <= MANY; n++) {
		merkle_tree_root(&t, n, &d);
		assert_memory_equal(&d, &root[n], sizeof d);
		for (uint64_t i = 0; i < n; i++) {
			merkle_prove(&t, i, n, &p);
			assert_true(merkle_check(&leaves[i], i, n, &p, &root[n]));
			assert_false(merkle_check(&leaves[(i + 1) % MANY], i, n, &p, &root[n]));
			assert_false(merkle_check(&leaves[i], i, n, &p, &root[n - 1]));
			if (n > 1)
				assert_false(merkle_check(&leaves[i], (i + 1) % n, n, &p, &root[n]));
			p.v[p.n++] = leaves[0];
			assert_false(merkle_check(&leaves[i], i, n, &p, &root[n]));
			p.n--;
			if (p.n != 0) {
				p.v[p.n / 2].b[7] ^= 1;
				assert_false(merkle_check(&leaves[i], i, n, &p, &root[n]));
			}
		}
	}
	arena_free(a);
}

static void every_growth_has_a_proof_and_no_other_fits(void **state)
{
	struct arena *a = test_arena();
	struct digest leaves[MANY], root[MANY + 1];
	struct merkle_tree t;
	struct merkle_proof p;

	(void)state;
	make_many(a, leaves, &t, root);
	for (uint64_t n = 0; n <= MANY; n++)
		for (uint64_t from = 0; from <= n; from++) {
			merkle_prove_growth(&t, from, n, &p);
			assert_true(merkle_check_growth(from, &root[from], n, &root[n], &p));
			if (from != 0 && from != n) {
				assert_false(merkle_check_growth(from, &root[from - 1], n, &root[n], &p));
				assert_false(merkle_check_growth(from, &root[from], n, &root[n - 1], &p));
				p.v[p.n - 1].b[3] ^= 1;
				assert_false(merkle_check_growth(from, &root[from], n, &root[n], &p));
			}
		}
	arena_free(a);
}

static void numbers_out_of_range_fit_nothing(void **state)
{
	struct digest d = {{0}};
	struct merkle_proof p = {.n = MERKLE_LEVELS};

	(void)state;
	assert_false(merkle_check(&d, 0, 0, &p, &d));
	assert_false(merkle_check(&d, UINT64_MAX, UINT64_MAX, &p, &d));
	assert_false(merkle_check(&d, UINT64_MAX - 1, UINT64_MAX, &p, &d));
	assert_false(merkle_check_growth(2, &d, 1, &d, &p));
	assert_false(merkle_check_growth(1, &d, UINT64_MAX, &d, &p));
	p.n = MERKLE_LEVELS + 1;
	assert_false(merkle_check(&d, 0, UINT64_MAX, &p, &d));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(roots_are_those_of_rfc_6962), cmocka_unit_test(a_known_proof_of_inclusion),
	    cmocka_unit_test(every_leaf_of_every_tree_has_a_proof_and_no_other_fits),
	    cmocka_unit_test(every_growth_has_a_proof_and_no_other_fits), cmocka_unit_test(numbers_out_of_range_fit_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
