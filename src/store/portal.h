/*
 * What comes back from the reading room: its log entry by entry, and what that says of each organisation: how far its
 * claim is, what it read, which credentials it dealt with, and what it asks us to look at again.
 */
#ifndef TOCSIN_STORE_PORTAL_H
#define TOCSIN_STORE_PORTAL_H

#include "case/case.h"
#include "store/store.h"

/* One entry, its members as text; "" for what the event has not. */
struct portal_entry {
	uint64_t number;
	int64_t when_utc;
	span event, case_id, line;
	span to, account, person, record, exposure, mark, note, application, task, done, kind, text, reason;
};
/* Applies it to the tables. *known false: about a case that was never sealed here. */
MUST_CHECK enum errc portal_take(struct store *st, const struct portal_entry *p, bool *known, struct err *e);

MUST_CHECK enum errc portal_questions(struct store *st, uint64_t *open, struct err *e);
/* A question decided; *found false when there is none of that number that is open. */
MUST_CHECK enum errc portal_decide(struct store *st, int64_t id, bool accept, const char *by, const char *why, int64_t now_utc,
    bool *found, struct err *e);

/* What moved in a while. entries: of the reading room's log about it, of those that somebody made. */
struct reset_changes { int64_t told, newly_overdue, reset, needs_no_reset, reopened, reads, asked, decided, entries; };
/* Over one told organisation, or ourselves: its credentials, and where they stand. */
struct reset_row {
	bool ours;
	const char *key, *name, *state;      /* "" : never claimed */
	int64_t told_utc, claimed_utc, read_utc; /* TIME_NONE */
	int64_t credentials, reset, needs_no_reset, open, overdue; /* needs_no_reset: not theirs, false alarm, risk accepted */
	int64_t due_utc;                     /* of the first that is open; TIME_NONE */
	bool logs_done, content_done;
	int64_t logs_due_utc, content_due_utc; /* after what it was told last; TIME_NONE: it has no dossier in the reading room */
	int64_t tasks_overdue;               /* of these two */
	int64_t questions;                   /* open ones */
	struct reset_changes since;          /* where the policy asks for it */
};
/* since_utc TIME_NONE: nobody asks what changed. */
struct reset_policy { int64_t immediate_s, credential_s, logs_s, content_s, now_utc, since_utc; };
struct reset_policy reset_policy_of(const struct case_config *config, int64_t now_utc, int64_t since_utc);
typedef enum errc reset_fn(void *ctx, const struct reset_row *r, struct err *e);
MUST_CHECK enum errc resets_each(struct store *st, struct reset_policy p, reset_fn *fn, void *ctx, struct err *e);

#endif
