/*
 * Mail re-read where it lies, message by message: what scan and attribute (and --reveal) have in common.
 *
 * The keeper's side walks the messages that a stage has still to do, in the order of their ids, opens their
 * sources, and hands descriptors and places to workers. A source of another length is refused; one whose time of
 * change is not the one it had when its digest was taken has each message's digest compared anew. The worker's side
 * finds each message in its source (also within archives and within other messages), parses it and calls
 * the stage's function. What that writes comes back to the keeper in the order of the message ids, whatever
 * the number of workers.
 */
#ifndef TOCSIN_EVIDENCE_EVIDENCE_H
#define TOCSIN_EVIDENCE_EVIDENCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "jail/jail.h"
#include "mail/mime.h"

struct store;
struct place_row;

/*
 * The worker's side: one of these a stage, in the table of src/cmd/worker.c. Runs behind the walls: no open, no
 * connect. `start` runs before the walls, so it may do what needs the disk; init is what the keeper gave in
 * evidence_run.init (untrusted like any frame), init_fd its descriptor or -1.
 */
struct evidence_job {
	const char *name; /* "scan" */
	enum errc (*start)(void **state, span init, int init_fd, struct err *e);
	/*
	 * Writes its result for one message to *out. input is what evidence_run.input gave for it (empty without).
	 * scratch is reset between messages. ERR_EVIDENCE and ERR_LIMIT
	 * mean that this message could not be done: its text is recorded by the keeper's on_failed.
	 */
	enum errc (*message)(void *state, struct arena *scratch, const struct message *m, span input, struct buf *out,
	    struct err *e);
};

/*
 * Within `message`: says that the message under way goes on, between pieces of it that are work of their own (members of an
 * archive, pictures). After LIMIT_MESSAGE_SECONDS nothing is said any more, so that one message cannot hold a worker for ever.
 */
MUST_CHECK enum errc evidence_beat(struct err *e);

/*
 * Workers that live on from one run to the next of the same job and init: they need not start again, and know what texts they have met. Zero at
 * first; a run that has a worker to ask starts them.
 */
struct evidence_workers { struct pool pool; struct run *run; };
void evidence_workers_end(struct evidence_workers *w, bool at_once); /* at_once: as when a run failed */

/* The keeper's side. */
struct evidence_run {
	struct store *store;
	const char *case_dir; /* decompressed members are spooled there, in files without a name */
	const struct evidence_job *job;
	span init;      /* bytes for job->start */
	int init_fd;    /* a descriptor for it (a memfd with a dictionary, say), or -1 */
	unsigned n_workers;
	struct evidence_workers *workers; /* NULL: they end with this run */
	bool without_jail;
	bool of_attachments; /* most of them need what a worker may leave for later (base/later.h) */
	bool progress;  /* show progress on stderr when it is a terminal */
	const char *doing; /* said there, "scan, text"; NULL: the name of the job */
	uint64_t all_bytes; /* of the messages to do, for the time that is left; 0: not known */
	void *ctx;
	/* The ids to do, ascending: fills up to max, returns how many, 0 at the end. */
	enum errc (*next_ids)(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e);
	/* Where they lie; NULL: as the store says (store_places). */
	enum errc (*places)(void *ctx, struct arena *a, const int64_t *ids, size_t n, struct place_row *out, struct err *e);
	/* What the worker is to know of one message beforehand, appended to *out; may be NULL. */
	enum errc (*input)(void *ctx, int64_t message_id, struct buf *out, struct err *e);
	/* One message's result, hostile until checked. Called in ascending order of ids within next_ids. */
	enum errc (*on_message)(void *ctx, int64_t message_id, span result, struct err *e);
	/* The message could not be read or done: why (source gone or changed, worker crashed or stalled, limit). */
	enum errc (*on_failed)(void *ctx, int64_t message_id, const char *reason, struct err *e);
	/* It ended its worker, and another one once more; NULL: on_failed. */
	enum errc (*on_ended)(void *ctx, int64_t message_id, const char *reason, struct err *e);
};

MUST_CHECK enum errc evidence_read(const struct evidence_run *run, struct err *e);

#endif
