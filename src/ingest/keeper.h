/* The keeper's state in one run of ingest, and what writes the workers' records into the store. */
#ifndef TOCSIN_INGEST_KEEPER_H
#define TOCSIN_INGEST_KEEPER_H

#include "base/progress.h"
#include "evidence/opener.h"
#include "evidence/spool.h"
#include "ingest/private.h"
#include "ingest/walk.h"
#include "store/mail.h"

enum todo { TODO_READ, TODO_NOTHING, TODO_ARCHIVE, TODO_PST, TODO_OLM };
/* A file that is read member by member, in a round of its own. */
static inline bool todo_members(enum todo t) { return t == TODO_ARCHIVE || t == TODO_PST || t == TODO_OLM; }
static inline enum todo todo_of(enum source_kind k)
{
	return k == SOURCE_PST ? TODO_PST : k == SOURCE_OLM ? TODO_OLM : TODO_ARCHIVE;
}

/* A file too large for one task: what the survey said. */
struct big_file {
	size_t file;
	enum source_kind kind;
	uint64_t *cuts;
	size_t n_cuts, cut_next;
	bool surveyed; /* or on the way to it */
	bool opened;   /* what was opened first is: */
	uint64_t device, inode;
};

struct ingest_task {
	enum task_kind kind;
	size_t *files, n_files; /* of the list: file i is descriptor i; owned */
	const char *cannot;    /* why its one file could not be opened, or NULL */
	uint64_t from, to;     /* of a segment */
	bool first, last;      /* of its file */
	uint64_t n_bytes;
};

struct keeper {
	struct store *store;
	const struct case_config *config;
	const struct ingest_options *options;
	bool fresh;            /* the case has no sources yet */
	struct ingest_tally *tally;
	struct arena *a, *scratch;
	struct buf init;
	struct file_list files;
	struct opener opener;
	enum todo *todo;       /* by file */
	struct digest *sha256; /* by file, where a task before its own has found it */
	int64_t *replaces;     /* by file: the source it replaces, 0 for none */
	struct big_file *big;
	size_t n_big, cap_big;
	struct ingest_task *jobs;
	size_t n_jobs, cap_jobs, jobs_done;
	size_t next;           /* file that the round comes to next */
	bool hash_next;
	struct source_row open; /* the source that a run of tasks is reading: id 0 when none */
	span folder;           /* of the source that was begun last, which neighbours share; and the traits that mail has for lying there */
	unsigned folder_traits;
	struct progress progress;
	unsigned rows_open;    /* items written since the last commit */
	/* of the record stream being read */
	struct item_row item;   /* read, and not yet written: it waits for the id of its message */
	bool item_waits;
	int64_t item_id;
	int64_t *item_messages; /* ids of the item's messages, in their order */
	size_t n_item_messages, cap_item_messages;
	struct mail_party *parties; /* of the message being written */
	size_t cap_parties;
	bool pieces_met;        /* a piece of a message: the case says that wholes are due */
	const char *last_dir;   /* mailbox of the file before, which is most often that of the next */
	int64_t last_mailbox;
};

/* Which files are new, changed or unchanged. */
MUST_CHECK enum errc keeper_plan(struct keeper *k, struct err *e);
/* Looks at all files from there on that were left for later: which of them are large? */
MUST_CHECK enum errc keeper_look(struct keeper *k, size_t from, struct err *e);
enum { LARGE = 32 * 1024 * 1024 };
/* The row of a file, begun in the state it will have, or OPEN until keeper_source_end. *unchanged: nothing to write. note
 * may stand in k->scratch, which is the caller's to reset. */
MUST_CHECK enum errc keeper_source_begin(struct keeper *k, size_t file, enum source_kind kind, const struct digest *sha256,
    enum source_state state, const char *note, bool *unchanged, struct err *e);
MUST_CHECK enum errc keeper_source_end(struct keeper *k, struct err *e);
struct big_file *keeper_big(struct keeper *k, size_t file);
/* A task's result into the store; when its worker died, what is left to do into rest. */
MUST_CHECK enum errc keeper_take(struct keeper *k, const struct ingest_task *job, const struct task_result *r,
    struct buf *rest, struct err *e);
/* A message with its parties and parts, made when the case has none of that content; `at` says what its record tells of where it lies. */
MUST_CHECK enum errc keeper_message_put(struct keeper *k, struct message_record *m, struct location_row *at, struct err *e);
/*
 * Messages that were sent in pieces, put together where all pieces are in the case; each item with a piece says what became of
 * it. Does nothing when no piece came since it was last done: the setting PIECES_DUE, so that a run that was cut off is made good.
 */
#define PIECES_DUE "pieces_due"
MUST_CHECK enum errc keeper_pieces(struct keeper *k, struct err *e);
void keeper_done(struct keeper *k);

#endif
