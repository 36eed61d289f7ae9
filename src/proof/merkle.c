#include "proof/merkle.h"

#include <sodium.h>

/* libsodium's state needs no memory of its own; leaves are short. */
void merkle_leaf(span data, struct digest *out)
{
	crypto_hash_sha256_state st;

	(void)crypto_hash_sha256_init(&st);
	(void)crypto_hash_sha256_update(&st, (const unsigned char *)"", 1);
	(void)crypto_hash_sha256_update(&st, data.p, data.n);
	(void)crypto_hash_sha256_final(&st, out->b);
}

void merkle_node(const struct digest *left, const struct digest *right, struct digest *out)
{
	unsigned char b[1 + 2 * DIGEST_SIZE] = {1};

	memcpy(b + 1, left->b, DIGEST_SIZE);
	memcpy(b + 1 + DIGEST_SIZE, right->b, DIGEST_SIZE);
	sha256_of(span_of(b, sizeof b), out);
}

static size_t bits_of(uint64_t n) { return (size_t)__builtin_popcountll(n); }

void merkle_add(struct merkle *m, const struct digest *leaf)
{
	struct digest d = *leaf;
	size_t have = bits_of(m->n);

	for (uint64_t n = m->n; (n & 1) != 0; n >>= 1)
		merkle_node(&m->top[--have], &d, &d);
	m->top[have] = d;
	m->n++;
}

void merkle_root(const struct merkle *m, struct digest *out)
{
	size_t have = bits_of(m->n);

	if (have == 0) {
		sha256_of(SPAN_EMPTY, out);
		return;
	}
	*out = m->top[--have];
	while (have != 0)
		merkle_node(&m->top[--have], out, out);
}

/* ---- the tree with its nodes --------------------------------------------------------------------------------- */

/* level[k][i] is the root of the full subtree over leaves [i * 2^k, (i + 1) * 2^k). */
enum errc merkle_tree_make(struct arena *a, const struct digest *leaves, uint64_t n, struct merkle_tree *out, struct err *e)
{
	*out = (struct merkle_tree){.n = n, .level = {leaves}};
	for (size_t k = 1; k < MERKLE_LEVELS && n >> k != 0; k++) {
		uint64_t have = n >> k;
		struct digest *v = arena_zero(a, have, sizeof *v);

		if (v == NULL)
			return err_memory(e);
		for (uint64_t i = 0; i < have; i++)
			merkle_node(&out->level[k - 1][2 * i], &out->level[k - 1][2 * i + 1], &v[i]);
		out->level[k] = v;
	}
	return OK;
}

static unsigned log2_below(uint64_t n) { return 63 - (unsigned)__builtin_clzll(n); } /* n > 0: floor */

/* The largest power of two below n, n > 1. */
static uint64_t split(uint64_t n) { return (uint64_t)1 << log2_below(n - 1); }

/* The root over leaves [from, from + n), where `from` is where the tree splits. n > 0. */
static void range_root(const struct merkle_tree *t, uint64_t from, uint64_t n, struct digest *out)
{
	struct digest right;
	uint64_t k;

	if ((n & (n - 1)) == 0) {
		unsigned level = log2_below(n);

		*out = t->level[level][from >> level];
		return;
	}
	k = split(n);
	range_root(t, from, k, out);
	range_root(t, from + k, n - k, &right);
	merkle_node(out, &right, out);
}

void merkle_tree_root(const struct merkle_tree *t, uint64_t n, struct digest *out)
{
	assert(n <= t->n);
	if (n == 0)
		sha256_of(SPAN_EMPTY, out);
	else
		range_root(t, 0, n, out);
}

/* From the root down, so the digests come out in reverse (RFC 9162 2.1.3.1 lists them from the leaf up). */
static void turn_round(struct merkle_proof *p)
{
	for (size_t i = 0; i < p->n / 2; i++) {
		struct digest d = p->v[i];

		p->v[i] = p->v[p->n - 1 - i];
		p->v[p->n - 1 - i] = d;
	}
}

void merkle_prove(const struct merkle_tree *t, uint64_t index, uint64_t n, struct merkle_proof *out)
{
	uint64_t from = 0;

	assert(index < n && n <= t->n);
	out->n = 0;
	while (n > 1) {
		uint64_t k = split(n);

		if (index - from < k) {
			range_root(t, from + k, n - k, &out->v[out->n++]);
			n = k;
		} else {
			range_root(t, from, k, &out->v[out->n++]);
			from += k;
			n -= k;
		}
	}
	turn_round(out);
}

/* RFC 9162 2.1.4.1 */
void merkle_prove_growth(const struct merkle_tree *t, uint64_t first, uint64_t n, struct merkle_proof *out)
{
	uint64_t from = 0;
	bool whole = true; /* the old tree is the left part up to here: its root is known to whoever asks */

	assert(first <= n && n <= t->n);
	out->n = 0;
	if (first == 0)
		return;
	while (first != n) {
		uint64_t k = split(n);

		if (first <= k) {
			range_root(t, from + k, n - k, &out->v[out->n++]);
			n = k;
		} else {
			range_root(t, from, k, &out->v[out->n++]);
			from += k;
			first -= k;
			n -= k;
			whole = false;
		}
	}
	if (!whole)
		range_root(t, from, n, &out->v[out->n++]);
	turn_round(out);
}

/* ---- checks --------------------------------------------------------------------------------------------------- */

static bool same(const struct digest *x, const struct digest *y) { return memcmp(x, y, sizeof *x) == 0; }

/* RFC 9162 2.1.3.2 */
bool merkle_check(const struct digest *leaf, uint64_t index, uint64_t n, const struct merkle_proof *p,
    const struct digest *root)
{
	struct digest r = *leaf;
	uint64_t fn = index, sn = n - 1;

	if (index >= n || p->n > MERKLE_LEVELS)
		return false;
	for (size_t i = 0; i < p->n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			merkle_node(&p->v[i], &r, &r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(&r, &p->v[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same(&r, root);
}

/* RFC 9162 2.1.4.2 */
bool merkle_check_growth(uint64_t first, const struct digest *old_root, uint64_t n, const struct digest *root,
    const struct merkle_proof *p)
{
	struct digest fr, sr;
	uint64_t fn = first - 1, sn = n - 1;
	size_t i = 0;

	if (first > n || p->n > MERKLE_LEVELS)
		return false;
	if (first == 0) {
		sha256_of(SPAN_EMPTY, &fr);
		return p->n == 0 && same(old_root, &fr);
	}
	if (first == n)
		return p->n == 0 && same(old_root, root);
	if (p->n == 0)
		return false;
	/* When the old tree is full, the proof leaves out its root. */
	fr = sr = (first & (first - 1)) == 0 ? *old_root : p->v[i++];
	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	for (; i < p->n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			merkle_node(&p->v[i], &fr, &fr);
			merkle_node(&p->v[i], &sr, &sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			merkle_node(&sr, &p->v[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same(&fr, old_root) && same(&sr, root);
}
