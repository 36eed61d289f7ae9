/* What the two files of reading share: read.c hands out tasks, take.c writes what comes back into the store. */
#ifndef TOCSIN_SCOPE_READ_H
#define TOCSIN_SCOPE_READ_H

#include "base/progress.h"
#include "evidence/walk.h"
#include "scope/private.h"

struct to_read {
	size_t file;
	enum task_how how;
	uint64_t from, until; /* of a file that is split */
	enum file_kind kind;
};

/* Where the last task of the open file stopped. */
struct stopped { uint32_t unit; struct logs_mark mark; uint64_t at, line; bool full; };

/* Folders and contexts repeat in almost every record: their ids are kept. */
enum { KNOWN_SLOTS = 4096 };
struct known_id { struct digest d; int64_t id; };

struct reader {
	struct store *store;
	const struct case_config *config;
	const struct scope_options *o;
	struct scope_tally *tally;
	struct arena *a;
	struct walked_files files;
	struct to_read *todo;
	size_t n_todo, next, done;
	struct log_source_row open; /* the unit being written; id 0: none */
	bool is_export;          /* Microsoft's, with AuditData */
	bool in_archive;         /* of the result being written: its units are members */
	uint64_t n_units;        /* that it has told of so far, the one that was open before with them */
	int64_t written_utc;     /* when it was written last */
	bool more;               /* and its end is another task's: see */
	struct stopped stopped;
	uint64_t line_base;      /* of the piece being read: its lines count from its own beginning */
	struct known_id contexts[KNOWN_SLOTS], folders[KNOWN_SLOTS];
	uint64_t rows;
	struct progress progress;
};

/* One result, or what of it is behind its START, into rows. Hostile until checked: ERR_EVIDENCE behind the last record that is one. */
MUST_CHECK enum errc result_take(struct reader *r, const struct walked_file *f, struct cursor c, struct err *e);
/* The open unit's row is finished; d NULL: its digest is not known. */
MUST_CHECK enum errc unit_end(struct reader *r, const struct digest *d, struct err *e);

#endif
