/*
 * The numbers that the report's sentences are made of. Each is a count of rows of the case, so that anybody can
 * count again: figures.c has the query beside the name.
 */
#ifndef TOCSIN_STORE_FIGURES_H
#define TOCSIN_STORE_FIGURES_H

#include "store/store.h"

struct figures {
	int64_t mailboxes, mailboxes_inferred, mailboxes_unknown;
	int64_t mail_unfinished, logs_unfinished; /* paths whose reading was stopped before its end */
	int64_t sources, source_bytes, sources_failed, sources_replaced;
	int64_t items, parsed, partial, failed, skipped;
	int64_t messages, nested, from_pieces, locations, undated;
	int64_t in_scope, accessed, presumed, not_accessed, unknown;
	int64_t log_sources, log_skipped, log_unread /* of these, that hinder a proof */, log_records, log_duplicates, log_failed, log_problems, not_in_evidence;
	int64_t log_first_utc, log_last_utc;             /* of all records of mailboxes; 0 when there is none, as are the next */
	int64_t missing_first_utc, missing_last_utc; /* the days without logs that verdicts name */
	int64_t intruder_first_utc, intruder_last_utc; /* of the records that are certainly the intruder's */
	int64_t read_first_utc, read_last_utc;         /* of those that show mail being read */
	int64_t unscanned, unreadable; /* messages in scope: not yet, or they cannot be read; of these, the last try failed */
	int64_t unreadable_yet;        /* of these, what does not lie in the earlier states of files that have changed alone */
	int64_t part_bytes, /* of what is in scope */ unread_parts, unread_bytes, cut_parts, members, unread_members, unlocked_parts; /* by a password */
	int64_t scanned, attributed;
	int64_t findings, exposures, critical, high, messages_exposed;
	int64_t exposures_untold; /* stand in no wave */
	int64_t sure, unsure; /* exposures of which one finding is certain, and of which none is more than possible */
	int64_t orgs, orgs_directory, orgs_derived, orgs_exposed, orgs_without_contact; /* external, with a link that counts */
	int64_t persons, bulk, conflicts;
	int64_t waves, waves_written, told_orgs, told_persons, told_messages, told_exposures, untold_orgs;
	int64_t withdrawn_orgs; /* of untold_orgs: had one, which two people have withdrawn, or a plan has taken back */
	int64_t joined_orgs; /* have notices, and are one with another now, as which they count */
	int64_t past_orgs; /* have notices that hold, and no message concerns them any more: not among orgs, nor told_orgs */
	int64_t held_orgs; /* have notices, and nothing has left for them, since they are held or ceased: not among told_orgs */
	int64_t by_hand_orgs; /* of told_orgs: a person has handed a notice over */
	int64_t mails_left, sent_orgs, answered_orgs, unreached_orgs, open_tasks; /* unreached: all mail to it failed; of what was sent by us */
	int64_t ledger_entries, without_walls; /* runs of --without-jail */
	int64_t ledger_utc; /* of the last entry: what the page is the state of; TIME_NONE when there is none */
	struct digest ledger_hash; /* of the last entry; zero when there is none */
};
MUST_CHECK enum errc figures_read(struct store *st, struct figures *out, struct err *e);

/* Distinct addresses among the senders and recipients of messages in scope, and how many are ours; not among the figures, since it reads all parties. */
MUST_CHECK enum errc figures_addresses(struct store *st, int64_t *all, int64_t *ours, struct err *e);

/* Messages and messages with findings of one day (days since 1970-01-01), in the order of days, for the timeline. */
struct day { int64_t day, messages, exposed; };
MUST_CHECK enum errc figures_days(struct store *st, struct arena *a, struct day **out, size_t *n, struct err *e);

#endif
