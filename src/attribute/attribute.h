/*
 * attribute: whose is it? Reads parties, text and findings, and the directory of organisations; writes organisations
 * and links, each with its ground and certainty, private persons, owners of secrets, and for every message why it is
 * in a dossier or in none.
 */
#ifndef TOCSIN_ATTRIBUTE_ATTRIBUTE_H
#define TOCSIN_ATTRIBUTE_ATTRIBUTE_H

#include "case/case.h"
#include "evidence/evidence.h"
#include "store/orgs.h"

/* Of two that were told and have exchanged domains: who is the same as before? */
enum attribute_same { SAME_UNSAID, SAME_BY_NAME, SAME_BY_DOMAIN };

struct attribute_options {
	const char *directory; /* CSV, NULL without one */
	const char *rules;     /* folder with freemail.txt, infrastructure.txt, tenants.txt and the lists of words */
	enum attribute_same same;
	unsigned workers;
	bool without_jail, progress;
	span passwords;        /* for what scan opened (scan_reopen) */
	bool reopen;           /* what was opened is looked at again, as it may have been without them */
};

struct attribute_tally {
	uint64_t messages, failed;   /* done in this run; could not be read again */
	uint64_t shut;               /* of which a password opened something that it has not */
	uint64_t directory_orgs;
	char unknown[400];           /* headings of the directory that are not understood, as many as fit */
	uint64_t n_unknown;
	bool no_names, no_domains, no_contacts; /* no column of it has them */
	uint64_t problems;           /* cells of the directory that are neither domain nor address */
	char first_problem[300];
	uint64_t renamed;            /* organisations that were told, and have another name now */
	char first_renamed[300];
	uint64_t joined;             /* organisations that were told, and are one with another now */
	char first_joined[300];
	bool anew;                   /* under another directory than the last run, or after a rescan */
	struct orgs_count count;     /* in the case as it is now */
};

/* Goes through the messages that are not yet attributed under this directory, these lists and this case.yaml. */
MUST_CHECK enum errc attribute_run(struct store *st, const struct case_config *config,
    const struct attribute_options *options, struct attribute_tally *tally, struct err *e);

extern const struct evidence_job attribute_job;

#endif
