/* The keeper of a scan, for the files that share its work: the loop (scan.c), the passes over attachments, and answers into rows. */
#ifndef TOCSIN_SCAN_KEEPER_H
#define TOCSIN_SCAN_KEEPER_H

#include "scan/private.h"
#include "scan/scan.h"
#include "scan/unlock.h"
#include "store/parties.h"
#include "store/waiting.h"

struct keeper {
	struct store *store;
	struct arena *scratch; /* of one message */
	const struct rule_set *set;
	struct scan_tally *tally;
	int64_t ruleset_id, last_id;
	bool fresh;            /* nothing was ever scanned: nothing to forget */
	uint64_t uncommitted, committed_ms;
	struct unlock *unlock; /* in the second look; else NULL */
	struct buf ended;      /* int64_t of each message that ended its worker: asked once more, without its attachments */
	size_t at_ended;
	enum waiting_state waiting; /* of the attachments that are read now */
	struct arena *asking;  /* of one question about them */
	struct buf init;       /* what workers are told at their start: see scan_start */
};

/* ---- answer.c: what a worker said, into rows. ERR_EVIDENCE: it makes no sense, and rows may be half written --------- */

/* The answer to ASK_TEXT and ASK_ALL. */
MUST_CHECK enum errc answer_message(struct keeper *k, int64_t id, span answer, struct scanned *s, struct err *e);
/* The next block of the answer to ASK_PARTS; nothing may follow the last one. */
MUST_CHECK enum errc answer_part(struct keeper *k, int64_t id, span path, bool last, struct cursor *c, struct scanned *s, struct err *e);

/* Those of one message, which are written together. */
struct party_stars { struct arena *a; struct party_star *v; size_t n, cap; };
/* Bytes of what the case keeps of the message in words become stars, those of its parties with the next answer_stars_end; of what: see task.h. */
MUST_CHECK enum errc answer_star(struct keeper *k, int64_t id, span what, uint64_t at, uint64_t bytes, struct party_stars *parties, struct err *e);
MUST_CHECK enum errc answer_stars_end(struct keeper *k, int64_t id, struct party_stars *parties, struct err *e);

/* ---- known.c: when all is read ---------------------------------------------------------------------------------------- */

/* Stars for what stands elsewhere in the case as a secret. */
MUST_CHECK enum errc known_star(struct keeper *k, struct err *e);

/* ---- attachments.c: what waits, read after the text of all mail ------------------------------------------------------ */

MUST_CHECK enum errc attachments_read(struct keeper *k, struct evidence_run *run, struct err *e);

/* ---- reopen.c: those that stand in the mail ------------------------------------------------------------------------- */

/* Asks the messages that k->unlock has under way for the passwords in them. */
struct evidence_run unlock_run(struct keeper *k, const struct case_config *config, const struct scan_options *o, int fd);

/* ---- scan.c ---------------------------------------------------------------------------------------------------------- */

/* Rules, and what workers are told at their start: k->set, k->init, which is empty before; *fd is to be closed. */
MUST_CHECK enum errc keeper_init(struct keeper *k, struct arena *a, const struct case_config *config, const struct scan_options *o,
    struct rules_ready *rules, int *fd, struct err *e);
/* After each message: commits now and then. */
MUST_CHECK enum errc keeper_settled(struct keeper *k, struct err *e);

#endif
