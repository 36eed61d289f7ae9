/*
 * ingest: what mail is there, and was all of it read?
 *
 * Walks the paths, knows each file by its content, takes mboxes, messages and archives of them apart in workers,
 * and writes sources, items, messages, locations and parties. A source that has not changed since it was read
 * is passed over; one that has is a new source that says so. Every byte of every source is in one item, and every
 * item has an outcome.
 */
#ifndef TOCSIN_INGEST_INGEST_H
#define TOCSIN_INGEST_INGEST_H

#include "case/case.h"
#include "jail/jail.h"
#include "store/store.h"

struct ingest_options {
	const char *const *paths;
	size_t n_paths;
	const char *mailbox; /* owner of all that is read, or NULL: inferred */
	unsigned n_workers;
	bool without_jail, progress;
};

struct ingest_tally {
	uint64_t sources, sources_unchanged, sources_replaced, n_bytes;
	uint64_t sources_given; /* of the unchanged, those whose mailbox --mailbox names now */
	uint64_t items, parsed, partial, failed, skipped;
	uint64_t put_together, pieces_alone; /* messages out of pieces; pieces of which there is no whole. 0 where no piece came */
	uint64_t messages_met, messages_new; /* locations met; contents that the case did not have */
};

MUST_CHECK enum errc ingest_run(struct store *st, const struct case_config *config, const struct ingest_options *o,
    struct ingest_tally *tally, struct err *e);

extern const struct jail_job ingest_job;
extern const struct evidence_job pieces_job;

#endif
