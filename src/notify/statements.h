/*
 * The statements of a wave, in the order of its walk, and the notice log that they are entered into: a file of the case
 * (notices.log) that holds them all, salted, of which only leaves and proofs are published. An entry that a run which was cut
 * off has left is used again: the same statement has the same salt.
 */
#ifndef TOCSIN_NOTIFY_STATEMENTS_H
#define TOCSIN_NOTIFY_STATEMENTS_H

#include "notify/signing.h"
#include "proof/bundle.h"
#include "proof/statement.h"
#include "store/proofs.h"

struct statements {
	struct merkle_log *log;
	uint64_t n_before;          /* entries of earlier runs */
	struct logged { span line; uint64_t index; } *v;
	size_t n, cap;
	struct entered *before;     /* those, sorted by leaf */
	struct merkle_tree tree;
	struct buf origin, checkpoint;
};

MUST_CHECK enum errc statements_open(struct statements *s, const struct case_config *c, const struct signing *k, struct err *e);
void statements_close(struct statements *s);
/* Enters one. a: lives as long as s. */
MUST_CHECK enum errc statements_add(struct statements *s, struct arena *a, const struct signing *k, const struct statement *v,
    struct err *e);
/* All are in: the log is synced, its checkpoint signed. */
MUST_CHECK enum errc statements_sign(struct statements *s, const struct signing *k, struct err *e);
/* The i-th: its line, and its signature file with the proof of inclusion behind the fourth line. */
MUST_CHECK enum errc statements_get(const struct statements *s, struct arena *a, const struct signing *k, size_t i, span id,
    struct signed_statement *out, struct proof_row *row, struct err *e);

#endif
