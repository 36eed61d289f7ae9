/*
 * The case shown: one page for people, tables for spreadsheets and machines, the proof that the job is done, and the
 * rows of the case as `tocsin list` prints them. Reads the case and writes below out/ or to a descriptor; nothing in
 * the case changes, but that a reveal is entered into its ledger. The same case gives the same bytes: no clock, no
 * chance, no path but those of the evidence.
 */
#ifndef TOCSIN_REPORT_REPORT_H
#define TOCSIN_REPORT_REPORT_H

#include "base/buf.h"
#include "case/case.h"
#include "jail/jail.h"
#include "store/store.h"

enum report_format { REPORT_HTML, REPORT_CSV, REPORT_JSON };

struct report_run {
	struct store *store;
	const struct case_config *config;
	enum report_format format;
	const char *output; /* a file, or "-"; for CSV a folder, made when missing */
};
MUST_CHECK enum errc report_write(const struct report_run *run, struct err *e);

struct report_proof { unsigned ok, not_yet, broken; };
/* Runs every check of store/checks.h; what they say goes to out, as text for people or as one JSON object. */
MUST_CHECK enum errc report_check(struct store *st, const struct case_config *config, bool as_json, struct buf *out,
    struct report_proof *proof, struct err *e);

enum report_resets_format { RESETS_TEXT, RESETS_JSON, RESETS_CSV };
/*
 * Over all organisations: exposed, told, claimed, read, reset, open and, as of now, overdue. since_utc: what moved from then on; TIME_NONE.
 * terminal: its columns (fit_terminal), or 0.
 */
MUST_CHECK enum errc report_resets(struct store *st, const struct case_config *config, enum report_resets_format format,
    int64_t now_utc, int64_t since_utc, unsigned terminal, struct buf *out, struct err *e);
/*
 * What is due when, by the clocks of the folder law and the dates of the case; with all also those that are off and those of the
 * organisations that are told. *overdue counts. This looks at the time of day, and so is no part of the report.
 */
MUST_CHECK enum errc report_clocks(struct arena *a, const struct case_config *config, const char *law, bool all, bool as_json,
    struct buf *out, unsigned *overdue, struct err *e);
/* What GDPR 33 asks for, as a page of its own at run->output, with the clocks of the folder law. */
MUST_CHECK enum errc report_regulator(const struct report_run *run, const char *law, struct err *e);

struct list_run {
	struct store *store;
	const char *case_dir;
	const char *kind;   /* a name of list_kinds() */
	bool jsonl;         /* else an aligned table */
	unsigned columns;   /* of the terminal, to which the table is fitted (base/fit.h); 0: it is none */
	int fd;             /* where rows go, as they come */
	bool reveal;        /* findings only: with their values, read again from the evidence; the store is open for writing */
	unsigned n_workers;
	bool without_jail, progress;
	span passwords;     /* for what scan opened (scan_reopen) */
};
struct list_tally { uint64_t rows, not_revealed; };
/* ERR_USAGE when there is no such kind. */
MUST_CHECK enum errc report_list(const struct list_run *run, struct list_tally *tally, struct err *e);
/* What a worker does for a reveal. */
extern const struct jail_job reveal_job;

/* "sources, items, ..." for help and errors. */
void list_kinds(struct buf *out);

#endif
