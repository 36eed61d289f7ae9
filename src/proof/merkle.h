/*
 * The Merkle tree of RFC 9162 2.1 (the same as RFC 6962's): leaf SHA-256(0x00 || data), node SHA-256(0x01 || left || right), split
 * at the largest power of two. struct merkle grows leaf by leaf in constant memory; struct merkle_tree keeps the nodes and gives
 * proofs in logarithmic time. Proofs are checked from untrusted numbers and digests: no input makes a checker do more than
 * 64 rounds.
 */
#ifndef TOCSIN_PROOF_MERKLE_H
#define TOCSIN_PROOF_MERKLE_H

#include "base/arena.h"
#include "base/digest.h"

enum { MERKLE_LEVELS = 64 };

void merkle_leaf(span data, struct digest *out);
void merkle_node(const struct digest *left, const struct digest *right, struct digest *out);

/* The roots of the full subtrees, largest first: one for each bit of n. {0} is the empty tree. */
struct merkle { uint64_t n; struct digest top[MERKLE_LEVELS]; };
void merkle_add(struct merkle *m, const struct digest *leaf);
void merkle_root(const struct merkle *m, struct digest *out); /* of the empty tree: SHA-256 of nothing */

struct merkle_proof { size_t n; struct digest v[MERKLE_LEVELS]; };

struct merkle_tree { uint64_t n; const struct digest *level[MERKLE_LEVELS]; };
MUST_CHECK enum errc merkle_tree_make(struct arena *a, const struct digest *leaves, uint64_t n, struct merkle_tree *out,
    struct err *e);
/* The root of the first n leaves, n <= t->n. */
void merkle_tree_root(const struct merkle_tree *t, uint64_t n, struct digest *out);
/* That leaf `index` is in the tree of the first n; index < n <= t->n. */
void merkle_prove(const struct merkle_tree *t, uint64_t index, uint64_t n, struct merkle_proof *out);
/* That the tree of n goes on from the tree of `from`; from <= n <= t->n. */
void merkle_prove_growth(const struct merkle_tree *t, uint64_t from, uint64_t n, struct merkle_proof *out);

bool merkle_check(const struct digest *leaf, uint64_t index, uint64_t n, const struct merkle_proof *p,
    const struct digest *root);
bool merkle_check_growth(uint64_t from, const struct digest *old_root, uint64_t n, const struct digest *root,
    const struct merkle_proof *p);

#endif
