/*
 * How notices leave and what is heard of them: deliveries, mail that came back, holds, tasks, and the checks before
 * the first one leaves. A delivery's state moves by hand-over (delivery_intent, delivery_result) until the mail
 * is away; from then on it is what was heard says, whatever the order in which it was heard.
 */
#ifndef TOCSIN_STORE_DELIVERIES_H
#define TOCSIN_STORE_DELIVERIES_H

#include "case/names.h"
#include "store/store.h"

struct delivery {
	const char *notice_id, *address, *file, *queue_id, *note;
	const char *org_key, *org_name, *country;
	int64_t wave, org_id, due_utc, intent_utc; /* TIME_NONE */
	int version, place, state, attempts;
	bool person;              /* told as a private person */
	bool held;                /* it does not leave: a hold that lasts at the time asked for, or one of the next four */
	bool withdrawn;           /* this notice, or one that says the same to another address of the organisation */
	bool overtaken;           /* it has not left, and says of an earlier notice that it stands, which was withdrawn or taken back since */
	int unfit;                /* enum unfit_reason, as deliveries_compare found; 0: none */
	bool taken_back;          /* a plan has taken back what it tells */
	bool beside;              /* another address of the organisation may have what it tells */
	int64_t anew_wave;        /* the wave that tells anew what it tells; 0: none */
	bool escalated;           /* it stood by until those before it failed or did not answer */
	struct digest sha256;     /* of the mail, byte for byte */
};

/* What a commit says is on the disk before the next mail leaves, whatever happens to the machine. */
MUST_CHECK enum errc store_durable(struct store *st, struct err *e);

/* A row for each notice of a written wave that has none and that nobody has handed over; *n_new of them. Those at place at_once and behind stand by. */
MUST_CHECK enum errc deliveries_enlist(struct store *st, int64_t wave, unsigned at_once, int64_t *n_new, struct err *e);
/* After a crash: what was being handed over becomes uncertain; how many. Each gets its entry in the ledger. */
MUST_CHECK enum errc deliveries_recover(struct store *st, int64_t *n, struct err *e);
/*
 * Which of the mails that have not left do not, because what they tell is not what is due, or their address is no contact any more: asked
 * anew, for all that is asked of deliveries from here on. For readers, too: nothing of it is in the case.
 */
MUST_CHECK enum errc deliveries_compare(struct store *st, bool mentioned, struct err *e);
/* The next of that wave (0: of the oldest that has one) that may leave now: *found false at the end. */
MUST_CHECK enum errc delivery_next(struct store *st, struct arena *a, int64_t wave, int64_t now_utc, struct delivery *out,
    bool *found, struct err *e);
/* One by its notice; notice_id NULL in *out: there is none. */
MUST_CHECK enum errc delivery_get(struct store *st, struct arena *a, const char *notice_id, int64_t now_utc,
    struct delivery *out, struct err *e);
/* The newest that left for this address, or else for its organisation, known by the domain; notice_id NULL: none did. */
MUST_CHECK enum errc delivery_to(struct store *st, struct arena *a, span sender, span domain, int64_t now_utc,
    struct delivery *out, struct err *e);
typedef enum errc delivery_fn(void *ctx, const struct delivery *d, struct err *e);
/* All of a wave (0: of all waves) in the order of waves, organisations and places. Rows live until fn returns. */
MUST_CHECK enum errc deliveries_each(struct store *st, int64_t wave, int64_t now_utc, delivery_fn *fn, void *ctx, struct err *e);

MUST_CHECK enum errc delivery_intent(struct store *st, const char *notice_id, int64_t now_utc, struct err *e);
/* untried: the mail had nothing to do with it, and what it was begun with (delivery_intent) does not count. */
struct delivery_result { enum delivery_state state; const char *queue_id, *note; int64_t due_utc; bool untried; };
MUST_CHECK enum errc delivery_result(struct store *st, const char *notice_id, const struct delivery_result *r, int64_t now_utc,
    struct err *e);

/* What was heard, each mail once by its digest (*added). Then the state of its delivery anew. */
struct heard {
	struct digest digest;
	const char *path, *notice_id, *how, *sender, *subject, *status, *text;
	int64_t at_byte, sent_utc, collected_utc;
	int kind; /* enum heard_kind */
	bool certain;
};
MUST_CHECK enum errc heard_put(struct store *st, const struct heard *h, bool *added, struct err *e);
/* A claim in the reading room behind a notice that left is an answer to it; a row for each that has none. */
MUST_CHECK enum errc heard_claims(struct store *st, int64_t now_utc, struct err *e);

/*
 * The next contacts: of each dossier that nobody answered, so many of those that stand by are to be sent that at_once
 * mails wait for an answer. One that failed, or that left before no_answer_utc, waits no longer. Where none waits and none
 * stands by there are tasks: to ask the CSIRT to pass it on, where one is known, and when that is done or overdue, or none is
 * known, to call or write a letter; at once so for an organisation without a contact; and for one without two addresses of
 * different sources or houses, beside the mail. *n mails, *n_tasks new tasks.
 */
struct escalation { int64_t now_utc, no_answer_utc, due_utc; unsigned at_once; const char *owner; };
MUST_CHECK enum errc deliveries_escalate(struct store *st, const struct escalation *x, int64_t *n, int64_t *n_tasks,
    struct err *e);

struct task_row { int64_t id, org_id, wave, made_utc, due_utc; int kind; const char *org_key, *org_name, *what, *owner; };
/* A task of that kind for the organisation and wave that is there already stays as it is; *added. */
MUST_CHECK enum errc task_put(struct store *st, const struct task_row *t, bool *added, struct err *e);
/* What people would do about notices that stand no more is done with. */
MUST_CHECK enum errc tasks_end(struct store *st, int64_t now_utc, struct err *e);
MUST_CHECK enum errc task_done(struct store *st, int64_t id, const char *by, const char *note, int64_t now_utc, bool *found,
    struct err *e);
typedef enum errc task_fn(void *ctx, const struct task_row *t, struct err *e);
/* Those that nobody has done yet, in the order in which they are due. */
MUST_CHECK enum errc tasks_open(struct store *st, task_fn *fn, void *ctx, struct err *e);
/* When a person last said that the organisation was called or written to, and what came of it; TIME_NONE: nobody did. */
struct task_said { int64_t when_utc; const char *by, *note; };
MUST_CHECK enum errc task_last_done(struct store *st, struct arena *a, int64_t org_id, struct task_said *out, struct err *e);

/* Held back (until_utc or TIME_NONE), for good (HOLD_CEASED), or with state 0 neither. */
MUST_CHECK enum errc hold_set(struct store *st, int64_t org_id, int state, const char *why, int64_t now_utc,
    int64_t until_utc, struct err *e);

/* lapsed: two people overrode it when something else was found. */
struct check_row { const char *name, *found, *advice; int state; int64_t when_utc; bool overridden, lapsed; };
MUST_CHECK enum errc preflight_clear(struct store *st, struct err *e);
MUST_CHECK enum errc preflight_put(struct store *st, int64_t seq, const struct check_row *c, struct err *e);
MUST_CHECK enum errc preflight_override(struct store *st, const char *name, const char *found, const char *why, const char *first,
    const char *second, int64_t now_utc, struct err *e);
typedef enum errc preflight_fn(void *ctx, const struct check_row *c, struct err *e);
MUST_CHECK enum errc preflight_each(struct store *st, preflight_fn *fn, void *ctx, struct err *e);

#endif
