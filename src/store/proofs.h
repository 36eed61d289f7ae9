/* What was signed: the statement of each written notice and its place in the notice log; and notices taken back. */
#ifndef TOCSIN_STORE_PROOFS_H
#define TOCSIN_STORE_PROOFS_H

#include "store/store.h"

struct proof_row {
	const char *id;          /* of the notice */
	const char *statement;
	int64_t log_index;       /* its entry in the log, from 0 */
	struct digest file_sha256;
	int64_t withdrawn_utc;   /* TIME_NONE: it holds */
};
/* Replaces what a run that was cut off left. */
MUST_CHECK enum errc proof_put(struct store *st, const struct proof_row *p, struct err *e);
/* All of written notices, in the order of their ids. */
MUST_CHECK enum errc proofs_all(struct store *st, struct arena *a, struct proof_row **out, size_t *n, struct err *e);

/* A person's word that a notice is to be withdrawn; the same name again changes nothing. */
MUST_CHECK enum errc withdrawal_put(struct store *st, const char *id, const char *name, const char *said_by, const char *why, int64_t when_utc,
    struct err *e);
/* Has that person, by the folded name (case/people.h), said so already: he counts once. */
MUST_CHECK enum errc withdrawal_said(struct store *st, const char *id, const char *name, bool *out, struct err *e);
/* Is it a written notice with a statement; how many people have said so. */
MUST_CHECK enum errc withdrawal_count(struct store *st, const char *id, bool *known, int64_t *n, struct err *e);
/*
 * How many mails that say what this notice says may have arrived; its organisation and wave. *n_overtaken: later ones to it that have not
 * left, and say that it stands.
 */
MUST_CHECK enum errc withdrawal_reached(struct store *st, const char *id, int64_t *org_id, int64_t *wave, int64_t *n, int64_t *n_overtaken,
    struct err *e);

#endif
