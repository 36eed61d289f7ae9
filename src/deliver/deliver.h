/*
 * deliver: how notices get there. notify says what is told; here it is checked that the mail can be believed, handed
 * over exactly once, and followed until somebody answers.
 *
 * Exactly once: one row a (organisation, dossier version, address). The intent is committed to disk before a mail is
 * handed over and the result after. A run that dies in between leaves a notice that is uncertain: it may have left.
 * It is never sent again by itself; a report that comes back, the mail server's log or a person says what is true.
 */
#ifndef TOCSIN_DELIVER_DELIVER_H
#define TOCSIN_DELIVER_DELIVER_H

#include "case/case.h"
#include "case/names.h"
#include "jail/jail.h"
#include "store/deliveries.h"
#include "store/store.h"

struct deliver {
	struct store *store;
	const struct case_config *config;
	span key;        /* the case key */
	const char *rules; /* folder; only where data files are needed */
	int64_t now_utc;
	bool without_jail;
};

/* ---- before the first one leaves -------------------------------------------------------------------------------- */

struct deliver_preflight { size_t n, n_failed; };
/*
 * Asks the DNS, and web servers of our own name, what receivers will ask them; the answers are rows (preflight_each). The only thing
 * here that uses the network but sending. received: a mail as it arrived that went through the mail server, or NULL; only where that signs.
 */
MUST_CHECK enum errc deliver_preflight(const struct deliver *d, struct arena *a, const char *received, struct deliver_preflight *out, struct err *e);
extern const struct jail_job received_job;
/*
 * Two people take a failed check of the last preflight on themselves; a ledger entry. It holds as long as that check finds what it
 * found then, and no longer.
 */
MUST_CHECK enum errc deliver_override(const struct deliver *d, struct arena *a, const char *name, const char *why, const char *first,
    const char *second, struct err *e);

/* ---- what comes back -------------------------------------------------------------------------------------------- */

struct deliver_collect {
	const char *const *paths; /* of mail: Maildirs, mboxes, files of one mail each, folders of these */
	size_t n;
	bool without_jail;
	void (*tick)(void *ctx, size_t done, const char *doing); /* may be NULL */
	void *ctx;
};
struct deliver_collected {
	uint64_t n_files, n_mails, n_new;    /* new: not collected before, from wherever */
	uint64_t n_kind[HEARD_OTHER + 1];    /* of the new ones */
	uint64_t n_doubtful, n_unknown;      /* about a notice, but proves nothing; about none of ours, not kept unless it is a report */
	uint64_t n_no_mail, n_unreadable;    /* files that are no mail; what could not be read */
	int64_t n_promoted;
	uint64_t n_tasks;
};
/*
 * Bounces, reports, receipts and answers, read behind the walls. Only what carries a mark of ours, or answers a notice
 * with a sender that our own mail server vouches for, moves a delivery; all is listed.
 */
MUST_CHECK enum errc deliver_collect(const struct deliver *d, struct arena *a, const struct deliver_collect *o,
    struct deliver_collected *out, struct err *e);
extern const struct jail_job returned_job;

/* By the policy's days: next contacts are due, and tasks for people where there is none left. */
MUST_CHECK enum errc deliver_escalate(const struct deliver *d, int64_t *n_promoted, int64_t *n_tasks, struct err *e);

/* ---- sending --------------------------------------------------------------------------------------------------- */

struct deliver_send {
	uint64_t wave;   /* 0: the newest that is written, and what of earlier ones is still to leave */
	bool really;     /* else it is only said what would be done */
	struct text_list changed; /* notices, sorted, that would have other words if they were written now; they leave */
	bool as_approved;         /* only where somebody says so, as they were approved */
	/* After each mail, and while waiting; may be NULL. */
	void (*tick)(void *ctx, size_t done, const char *doing);
	void *ctx;
};
/*
 * Mails that do not leave because what they say is no longer so, and that no plan has taken back. Of the first two kinds nobody has
 * anything, and another plan tells anew what holds.
 */
struct deliver_kept {
	size_t n_overtaken;  /* say that an earlier notice stands that does not */
	size_t n_outdated;   /* tell a fact that is no longer due */
	size_t n_known;      /* as these, and somebody else there has it: for two people to withdraw */
	size_t n_beside;     /* as the first, and somebody else there has what they tell */
	size_t n_moved;      /* their address is no contact any more */
};
void deliver_keep(struct deliver_kept *k, const struct delivery *d);

struct deliver_sent {
	int64_t wave;
	bool by_hand;        /* a person has handed over what tocsin had not begun to */
	size_t n_due, n_handed, n_retry, n_failed, n_uncertain; /* of this run; due: would be sent now */
	size_t n_found_uncertain; /* left behind by an earlier run that was cut off */
	int64_t n_standby, n_held, n_waiting; /* waiting: to be tried again later */
	struct deliver_kept kept;
	size_t n_changed;    /* of those that may leave */
	int64_t n_promoted, n_tasks;
	const char *stopped; /* why it ended early; NULL: it did not */
	const char *first;   /* the first addresses that would be written to, one a line */
};
MUST_CHECK enum errc deliver_send(const struct deliver *d, struct arena *a, const struct deliver_send *o,
    struct deliver_sent *out, struct err *e);

/* The running `send` ends before its next mail, and none starts until it is lifted. Needs no lock on the case. */
MUST_CHECK enum errc deliver_stop(const char *case_dir, const char *by, const char *why, struct err *e);
MUST_CHECK enum errc deliver_stop_lift(const struct deliver *d, const char *by, struct err *e);
/* Why sending is stopped, NULL when it is not. */
MUST_CHECK enum errc deliver_stopped(struct arena *a, const char *case_dir, const char **why, struct err *e);

/* A person says that he handed over what of a wave tocsin has not begun to send, or, with not_so, that he has not; *n notices. */
MUST_CHECK enum errc deliver_by_hand(const struct deliver *d, uint64_t wave, bool not_so, const char *by, const char *how, int64_t *n, int64_t *n_held,
    struct err *e);
/* A person says what became of a notice that is uncertain. */
MUST_CHECK enum errc deliver_resolve(const struct deliver *d, struct arena *a, const char *notice_id, bool sent, const char *by,
    struct err *e);
/* A person says that somebody answered it, by telephone say, or that it failed: as much as a mail that proves it. */
MUST_CHECK enum errc deliver_heard(const struct deliver *d, struct arena *a, const char *notice_id, enum heard_kind kind, const char *by,
    const char *why, struct err *e);
/*
 * The mail server's log says it: each uncertain notice whose return path or envelope id stands in it was taken (its
 * queue id is kept). One that does not stand in it stays uncertain: logs are rotated.
 */
MUST_CHECK enum errc deliver_resolve_log(const struct deliver *d, struct arena *a, const char *path, size_t *n_sent,
    size_t *n_left, struct err *e);

/* hold: until (TIME_NONE: until resumed); state HOLD_HELD, HOLD_CEASED, or 0 to resume. *key: whose it was. */
MUST_CHECK enum errc deliver_hold(const struct deliver *d, struct arena *a, const char *org, int state, const char *why,
    int64_t until_utc, const char **key, struct err *e);
MUST_CHECK enum errc deliver_task_done(const struct deliver *d, uint64_t id, const char *by, const char *note, struct err *e);

/* "bounces+tn-7q4k-2m9d.k3...@our.example": where reports about this notice come back to. */
MUST_CHECK enum errc deliver_return_path(const struct deliver *d, struct arena *a, const char *notice_id, const char *address,
    const char **out, struct err *e);

#endif
