/*
 * Waves in the case file: what each organisation is due, what a wave tells it, the notices and who approved.
 *
 * What an organisation is due is a set of rows (message, role) for each link that counts, and (message, exposure) for each
 * exposure that concerns it within these messages. A wave tells what is due and was not told before, so that the union
 * of all waves is what is due and no row stands in two of them. A wave that is not written yet can be dropped and
 * leaves nothing told. What was told to nobody, or stands no more, is taken back: its rows are due again, as far as they still hold.
 * So with an organisation that had no contact and has one now, that no address could be reached of, whose notice two people have
 * withdrawn, or whose supplement had not left when that happened.
 */
#ifndef TOCSIN_STORE_WAVES_H
#define TOCSIN_STORE_WAVES_H

#include "case/names.h"
#include "store/store.h"

struct wave {
	int64_t number; /* from 1; 0: there is none */
	int state;      /* enum wave_state */
	struct digest plan;
	int64_t planned_utc;
	int by_hand;    /* enum hand_over */
};

/* The newest wave, or the one of that number; number 0 in *out when there is none. */
MUST_CHECK enum errc wave_newest(struct store *st, struct wave *out, struct err *e);
MUST_CHECK enum errc wave_get(struct store *st, int64_t number, struct wave *out, struct err *e);

/*
 * Freezes a wave: its row, what it tells, its dossiers; *n_told rows (0: nothing is due that was not told, and then the
 * wave is not there). mentioned: organisations that are only mentioned are told too. What stands no more goes with it (taken-back.c).
 */
MUST_CHECK enum errc wave_freeze(struct store *st, int64_t number, int64_t now_utc, bool mentioned, int64_t *n_told,
    struct err *e);
/* Takes back a wave that is not written. */
MUST_CHECK enum errc wave_drop(struct store *st, int64_t number, struct err *e);
/*
 * How many rows of the wave are no longer due: a link withdrawn, a message proved not accessed, or what an earlier wave told the organisation
 * is to be told anew with them.
 */
MUST_CHECK enum errc wave_stale(struct store *st, int64_t number, bool mentioned, int64_t *n, struct err *e);
/* The oldest wave before this one that tocsin was to send and that has never begun to leave; 0: none. */
MUST_CHECK enum errc wave_never_sent(struct store *st, int64_t before, int64_t *out, struct err *e);
/* How many of its notices go to an address that is no contact of their organisation any more. */
MUST_CHECK enum errc wave_misaddressed(struct store *st, int64_t number, int64_t *n, struct err *e);
/* It is written; by_hand: no word of how mail leaves, so that what tocsin does not send counts as handed over, but for who is held or ceased. */
MUST_CHECK enum errc wave_written(struct store *st, int64_t number, const struct digest *plan, bool by_hand, int64_t now_utc,
    struct err *e);
/*
 * A person has handed over what of the wave tocsin has not begun to (*n notices), or takes that back. What it has begun it goes on with.
 * Nor has he those of organisations that are held or ceased (*n_held of these): they wait, as mail does, and can be handed over when they
 * are resumed, by the same word said again.
 */
MUST_CHECK enum errc wave_handed_over(struct store *st, int64_t number, bool yes, int64_t now_utc, int64_t *n, int64_t *n_held, struct err *e);
MUST_CHECK enum errc wave_mark(struct store *st, int64_t number, enum wave_state state, const struct digest *plan,
    struct err *e);

/*
 * Its approvals are of another text than it would have today, which its row cannot know: from here on this connection's tables have it as
 * planned, and no approval of it as current. They ask the SQL function wave_not_approved(number).
 */
void wave_not_approved(struct store *st, int64_t number);

/* One organisation's dossier in a wave. */
struct wave_org {
	int64_t id;
	const char *key, *name, *country, *language;
	int version; /* 1: it is told for the first time; else a supplement */
	int track;   /* enum track */
	int64_t n_messages, n_exposures;
	int hold;              /* enum hold_state, that lasts until hold_until_utc (TIME_NONE: until somebody ends it); 0: none */
	int64_t hold_until_utc;
	bool has_domain;       /* by which it can show the reading room who it is */
};
/* All of them, in the order of their keys. */
MUST_CHECK enum errc wave_orgs(struct store *st, struct arena *a, int64_t number, struct wave_org **out, size_t *n,
    struct err *e);

/* Why it was planned, in the words of the person who did; "" when nobody said. */
MUST_CHECK enum errc wave_reason(struct store *st, struct arena *a, int64_t number, const char **out, struct err *e);

/*
 * How many a wave tells: the one answer for all who say it. Of a wave that is written it is what was written then, whatever became of it, and beside it
 * how many of these hold no more: two people have withdrawn the notice, or a later plan has taken it back.
 */
struct wave_numbers {
	int64_t organisations, first, supplements, anew; /* that have a notice with an address: in all, told for the first time, told more, told anew what was withdrawn */
	int64_t no_contact;             /* organisations that nobody can be told of; in none of the numbers above */
	int64_t internal;               /* 1: it has a dossier of our own */
	int64_t persons, persons_unreached; /* private ones: with a letter, and without */
	int64_t notices;                /* with an address */
	int64_t messages, exposures, from_utc, to_utc; /* that the notices tell of, each once; dates of the earliest and newest, TIME_NONE */
	int64_t withdrawn, persons_withdrawn; /* of organisations and persons */
};
MUST_CHECK enum errc wave_numbers(struct store *st, int64_t number, struct wave_numbers *out, struct err *e);

/* One organisation of a wave, ourselves or a person, by its key of then; key and name are those of now. */
struct wave_told_row { int64_t org_id; const char *org, *key, *name; int version, track; int64_t messages, exposures; bool told, anew, withdrawn; };
MUST_CHECK enum errc wave_told_rows(struct store *st, struct arena *a, int64_t wave, struct wave_told_row **out, size_t *n, struct err *e);

/* Of a secret, to who is told of it: by what stands beside it, as a guess, or not his but somebody else's. */
enum whose { WHOSE_READERS = 0, WHOSE_READERS_MAYBE = 1, WHOSE_ANOTHERS = 2 };

/* What a wave tells one organisation, row by row, in the order of messages. */
struct told_row {
	int64_t message_id;
	int role;            /* enum link_role; 0 for an exposure */
	int64_t exposure_id; /* 0 for a link */
	int64_t when_utc;    /* of the message; TIME_NONE */
	int verdict;
	bool unread;         /* not all of the message was read as text */
	bool forged;         /* the intruder sent it as the victim */
	bool before;         /* an earlier wave told of this message already */
	bool now_opened;     /* and did not know that it was opened */
	bool guessed;        /* the link of an owner of which nothing but a guess says so */
	struct digest message, exposure;
};
typedef enum errc told_fn(void *ctx, const struct told_row *row, struct err *e);
MUST_CHECK enum errc told_each(struct store *st, int64_t wave, const struct wave_org *org, told_fn *fn, void *ctx,
    struct err *e);

/* The distinct exposures among them: credentials before personal data, what was surely read first, then the most severe, then the oldest. */
struct told_exposure {
	const char *class, *masked;
	int64_t n_messages, first_utc; /* told in these; the date of the earliest, TIME_NONE */
	bool before;                   /* an earlier wave told of it, in whichever message */
	bool opened;                   /* one of these was surely read */
	enum whose whose;
};
MUST_CHECK enum errc told_exposures(struct store *st, struct arena *a, int64_t wave, const struct wave_org *org,
    struct told_exposure **out, size_t *n, struct err *e);

/* What the organisation was told before this wave, and still stands, and when last. */
struct told_before {
	int64_t planned_utc, messages, exposures; /* TIME_NONE: nothing */
	bool anything;                            /* something stood when this wave was planned */
	/* Notices that may have arrived, in the order of waves, and were withdrawn since it was told of something last. */
	struct told_withdrawn { int64_t wave, planned_utc; const char *id, *address; } *withdrawn;
	size_t n_withdrawn;
};
MUST_CHECK enum errc told_before(struct store *st, struct arena *a, int64_t wave, const struct wave_org *org, struct told_before *out,
    struct err *e);

/* Contacts that mail can be sent to, best first: an ASCII addr-spec without quotes or comments, each address once. */
struct wave_contact { const char *address, *role; };
MUST_CHECK enum errc wave_contacts(struct store *st, struct arena *a, int64_t org_id, struct wave_contact **out,
    size_t *n, struct err *e);

/*
 * Is this party known only as a sender of mail that the intruder sent, and from no directory? Then it may be himself: the Reply-To of
 * "please pay today", say, and is not to be written to.
 */
MUST_CHECK enum errc wave_maybe_intruder(struct store *st, int64_t org_id, bool *out, struct err *e);

struct notice {
	const char *id, *address, *contact_role, *language, *file;
	int state; /* enum notice_state */
	int place; /* among the organisation's contacts, from 0: who is written to first (not read back by notices_of) */
	struct digest sha256; /* of the mail, byte for byte */
};
MUST_CHECK enum errc notice_put(struct store *st, int64_t wave, int64_t org_id, const struct notice *n, struct err *e);
MUST_CHECK enum errc notice_exists(struct store *st, const char *id, bool *out, struct err *e);
/* Of one organisation in one wave, in the order of addresses. */
MUST_CHECK enum errc notices_of(struct store *st, struct arena *a, int64_t wave, int64_t org_id, struct notice **out,
    size_t *n, struct err *e);
MUST_CHECK enum errc notice_set_digest(struct store *st, const char *id, const struct digest *sha256, struct err *e);
MUST_CHECK enum errc notice_set_written(struct store *st, const char *id, const char *file, struct err *e);

struct approval { const char *name; struct digest plan; int64_t when_utc; };
/* A name that stands there already is replaced. */
MUST_CHECK enum errc approval_put(struct store *st, int64_t wave, const struct approval *v, struct err *e);
MUST_CHECK enum errc approval_drop(struct store *st, int64_t wave, const char *name, struct err *e);
MUST_CHECK enum errc approvals_of(struct store *st, struct arena *a, int64_t wave, struct approval **out, size_t *n,
    struct err *e);

/* One domain that the directory gives to two organisations. */
struct conflict_row { const char *domain, *first, *second; };
MUST_CHECK enum errc wave_conflicts(struct store *st, struct arena *a, struct conflict_row **out, size_t *n,
    struct err *e);
/* Is anything due that stands in no wave yet? A plan finds what. */
MUST_CHECK enum errc wave_due(struct store *st, bool mentioned, bool *out, struct err *e);
/* Organisations whose notices stand no more, or could not arrive, and that another plan would tell anew. */
MUST_CHECK enum errc wave_to_tell_anew(struct store *st, bool mentioned, int64_t *n, struct err *e);
/* Organisations of written waves that nobody could be told of, for want of a contact. */
MUST_CHECK enum errc wave_unreached(struct store *st, int64_t *n, struct err *e);
/* Notices of a wave that are written and were not handed over. */
MUST_CHECK enum errc wave_to_leave(struct store *st, int64_t number, int64_t *n, struct err *e);
/* The messages of the case, and those in scope. */
MUST_CHECK enum errc wave_messages(struct store *st, int64_t *all, int64_t *in_scope, struct err *e);
/* Private persons that the mail in scope names. */
MUST_CHECK enum errc wave_persons(struct store *st, int64_t *n, struct err *e);
/* Exposures that stand in no wave, so that nobody is told of them. */
MUST_CHECK enum errc wave_untold(struct store *st, int64_t *n, struct err *e);
/*
 * Messages that a stage before it has not come to: some of whose places in a mailbox no run of scope has judged, where there was one, so that they
 * count as unknown; in scope and not scanned; in scope and not attributed since they were. Of the latter two no wave can tell yet.
 */
MUST_CHECK enum errc wave_behind(struct store *st, int64_t *unjudged, int64_t *unscanned, int64_t *unattributed, struct err *e);

#endif
