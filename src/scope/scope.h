/*
 * scope: what did the intruder reach?
 *
 * Reads audit logs in workers into records of one form, and judges each message in each mailbox by them: accessed,
 * presumed, not accessed (proved), unknown. Who the intruder is, a person says in the actor file (tocsin-actor(5));
 * without one nothing can be told apart. A message that the intruder may have reached is never called not accessed:
 * where a record lacks what a predicate asks for, where a day has no log, where nobody vouches for the logs, the
 * verdict is unknown and says why. The rules stand in tocsin-verdicts(5).
 */
#ifndef TOCSIN_SCOPE_SCOPE_H
#define TOCSIN_SCOPE_SCOPE_H

#include "base/buf.h"
#include "case/case.h"
#include "case/names.h"
#include "jail/jail.h"
#include "store/store.h"

struct scope_options {
	const char *const *logs; /* files and folders to read; may be none */
	size_t n_logs;
	const char *actor;       /* the actor file, or NULL: the one that the case has, if any */
	int64_t written_utc;     /* when logs that name no year were written last; TIME_NONE: as their files say */
	unsigned n_workers;
	bool without_jail, progress;
};

struct scope_tally {
	uint64_t files, files_unchanged, files_skipped, files_failed;
	uint64_t full; /* exports of Microsoft with as many records as one can have */
	uint64_t records, duplicates, partial, failed; /* of the files read now */
	uint64_t events, of_actor, maybe_actor;        /* in the case */
	bool has_actor;
	size_t n_actors; /* that it describes: it may also say only what was assumed */
	uint64_t messages[4];                          /* by enum verdict */
	uint64_t changed, entered, left;               /* messages; in and out of scope */
	uint64_t not_in_evidence;                      /* Message-IDs reached that no evidence holds */
	uint64_t not_identified;                       /* ids reached that nothing resolves to a Message-ID */
	uint64_t unread_file;                          /* verdicts that a file which is no log hinders */
	uint64_t unnamed;                              /* mailboxes with an owner whom no record names, of those the first: */
	char unnamed_owner[256];
};

MUST_CHECK enum errc scope_run(struct store *st, const struct case_config *config, const struct scope_options *o,
    struct scope_tally *tally, struct err *e);

/* With another actor file, and nothing is written: the messages and organisations that would enter or leave, as text or JSON into out. */
MUST_CHECK enum errc scope_what_if(struct store *st, const struct case_config *config, const char *actor, bool as_json,
    struct buf *out, struct err *e);

/* The verdict of one message in sentences, by the beginning of its SHA-256 or its Message-ID. ERR_USAGE: none such. */
MUST_CHECK enum errc scope_explain(struct store *st, const char *message, bool as_json, struct buf *out, struct err *e);

/*
 * What the intruder did: first sign, first and last reading, detection and containment as case.yaml has them, how long it
 * took, each step, and the reading by hour.
 */
MUST_CHECK enum errc scope_timeline(struct store *st, const struct case_config *config, bool as_json, struct buf *out, struct err *e);

extern const struct jail_job scope_job;

#endif
