/*
 * What people decided that nobody is told: a message (privileged, sealed by an order of a court, another matter's), or an exposure that is
 * none. A decision is about a content, not a row: it holds for whatever ingest, scan and attribute make of it later. due.h is what heeds it.
 */
#ifndef TOCSIN_STORE_WITHHELD_H
#define TOCSIN_STORE_WITHHELD_H

#include "case/names.h"
#include "store/store.h"

/* What the ledger says of a decision: who writes it down, and the statements that ask for it. */
#define SAID_MESSAGE_WITHHELD "message withheld"
#define SAID_MESSAGE_RELEASED "message released"
#define SAID_EXPOSURE_WITHHELD "exposure withheld"
#define SAID_EXPOSURE_RELEASED "exposure released"

/* Something that can be withheld, or is. */
struct withheld_row {
	struct digest digest; /* what the decision is about: content_digest of a message, digest of an exposure */
	struct digest shown;  /* as lists have it */
	const char *what;     /* Message-ID, class; "" where the case has it no more */
	const char *by;       /* who withheld it; "" when nobody has */
	int64_t when_utc;     /* TIME_NONE when nobody has */
};
/*
 * By the beginning of its digest (six digits or more), of a message also by its Message-ID. Some of them when there are more than a person
 * would read. What is withheld is found also where the case has it no more.
 */
MUST_CHECK enum errc withheld_named(struct store *st, struct arena *a, enum withheld_kind kind, span name, struct withheld_row **out, size_t *n,
    struct err *e);
/* These are what withheld_stands is about: those of one kind since withheld_begin. */
MUST_CHECK enum errc withheld_begin(struct store *st, struct err *e);
MUST_CHECK enum errc withheld_put(struct store *st, enum withheld_kind kind, const struct digest *d, const char *by, const char *why,
    int64_t now_utc, struct err *e);
MUST_CHECK enum errc withheld_drop(struct store *st, enum withheld_kind kind, const struct digest *d, struct err *e);

/* Where they stand already. */
struct withheld_stands {
	int64_t told;    /* organisations and persons with a notice of a written wave that tells one */
	int64_t planned; /* the wave that is planned with one; 0 */
	int64_t sealed;  /* organisations with a bundle that has one */
	int64_t within;  /* messages that these enclose, which are messages of their own, and are not withheld */
};
MUST_CHECK enum errc withheld_stands(struct store *st, enum withheld_kind kind, struct withheld_stands *out, struct err *e);

/* How many decisions there are, and what they leave out. mentioned: the policy on mere mentions. */
struct withheld_totals {
	int64_t messages, exposures;
	int64_t within;          /* exposures that stand in withheld messages alone */
	int64_t orgs, persons;   /* to whom nothing is left to tell, and nothing was told */
};
MUST_CHECK enum errc withheld_totals(struct store *st, bool mentioned, struct withheld_totals *out, struct err *e);

#endif
