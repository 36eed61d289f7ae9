/*
 * The invariants of the case, each a named check over its rows: what `report --check` proves. A check reads the
 * case alone, so that anybody can run it again over the same file. A stage that has not run since its input
 * changed makes its checks `not yet`, never broken.
 */
#ifndef TOCSIN_STORE_CHECKS_H
#define TOCSIN_STORE_CHECKS_H

#include "store/store.h"

enum check_state { CHECK_OK, CHECK_NOT_YET, CHECK_BROKEN };

struct check_result {
	const char *name; /* "bytes" */
	const char *says; /* the invariant as a sentence */
	enum check_state state;
	const char *why;  /* CHECK_NOT_YET: which stage waits */
	int64_t n_broken; /* rows that break it */
	const span *rows; /* the first of them, as text for people */
	size_t n_rows;
};

#define CHECK_ROWS 100 /* rows of a broken check that are shown; all are counted */

/* What case.yaml says: how many different people approve a wave; whether who is only mentioned is told. */
struct check_policy { unsigned approvals; bool notify_mentioned; };

/* Calls each once a check, in the order of the work. */
typedef enum errc check_fn(void *ctx, const struct check_result *r, struct err *e);
MUST_CHECK enum errc checks_run(struct store *st, struct check_policy policy, check_fn *each, void *ctx, struct err *e);

const char *check_state_name(enum check_state s);

#endif
