/*
 * The stage scan: what does the mail give away? Each message in scope goes through all detectors once per rule set; a
 * secret becomes a finding (its place, a masked form, a keyed digest), equal secrets become one exposure, and each
 * part that could not be read as text becomes a row that says why. No value of a secret leaves a worker.
 */
#ifndef TOCSIN_SCAN_SCAN_H
#define TOCSIN_SCAN_SCAN_H

#include "case/case.h"
#include "evidence/evidence.h"
#include "store/store.h"

struct scan_options {
	const char *rules_dir;
	span prepared;         /* scan_prepared(), or empty */
	unsigned n_workers;
	bool without_jail;
	bool progress;
	const char *ocr;       /* languages in which pictures are read, "eng+deu"; NULL: they are not */
	const char *passwords; /* a file of them, a line each, tried on what asks for one; NULL: none */
};

struct scan_tally {
	uint64_t rules;
	uint64_t messages;   /* scanned now */
	uint64_t unchanged;  /* scanned before with the same rules */
	uint64_t failed;     /* could not be read again */
	uint64_t text_bytes;
	uint64_t attachments, distinct_attachments; /* read behind the text: those that are the same once */
	uint64_t attachments_failed; /* distinct ones that ended their worker, or whose source went away */
	uint64_t unread;     /* parts that are not, or not wholly, read as text */
	uint64_t opened;     /* parts that a password opened */
	uint64_t findings;   /* made now */
	uint64_t exposures;  /* in the case, distinct */
};

/* ERR_USAGE, with file and line, for a rule with an error: nothing is scanned then. */
MUST_CHECK enum errc scan_run(struct store *st, const struct case_config *config, const struct scan_options *o,
    struct scan_tally *tally, struct err *e);

/*
 * The passwords for what scan opened in earlier runs, as evidence/reopen.h has them, for the stages that read it again: those of
 * o->passwords, and where the policy says so those that stand near: only for these a folder of rules is needed, else it may be NULL. The
 * caller wipes *out.
 */
MUST_CHECK enum errc scan_reopen(struct store *st, const struct case_config *config, const struct scan_options *o, struct buf *out,
    struct err *e);

/* The program's own rules as its build tested and compiled them (prepare-rules): taken where rules_dir holds the same files. */
span scan_prepared(void);

/* Only the rules: each against its own examples. */
MUST_CHECK enum errc scan_test_rules(const char *rules_dir, size_t *n_rules, size_t *n_examples, struct err *e);

extern const struct evidence_job scan_job;

#endif
