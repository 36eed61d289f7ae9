/*
 * notify: who is told what, once. plan freezes a wave: for each organisation what it is due less what it was told;
 * show prints it; approve takes the word of two different people for exactly these mails; write puts the approved
 * mails into out/wave-N/. Nothing is sent.
 *
 * The digest of a plan covers every row that it tells and every byte of every mail: whatever changes one of them
 * (a template, case.yaml, a verdict) makes it another plan, which needs approval again. Rows of a wave count as told
 * once it is written; a wave that is planned anew or dropped leaves nothing told.
 */
#ifndef TOCSIN_NOTIFY_NOTIFY_H
#define TOCSIN_NOTIFY_NOTIFY_H

#include "case/case.h"
#include "case/clocks.h"
#include "evidence/evidence.h"
#include "jail/jail.h"
#include "store/store.h"
#include "store/waves.h"
#include "store/withheld.h"

struct notify {
	struct store *store;
	const struct case_config *config;
	span key;              /* the case key */
	const char *templates; /* folder */
	const struct clocks *clocks; /* whose duties notices name; NULL: none */
	int64_t now_utc;
	const char *reason;    /* why a wave is planned, in a person's words, or NULL; only plan needs it */
	struct recipients *recipients; /* where a key of a recipient may be read or encrypted to */
	bool progress;         /* on stderr, while notices are rendered */
};

/*
 * Reads the keys of recipients and encrypts to them: a worker for S/MIME, one for OpenPGP, a new one for each key. A key is somebody else's
 * bytes: what took its reader over must not see, or change, the notice of another.
 */
struct recipients { struct asker *worker[2]; struct digest key[2]; /* that each has read */ bool without_jail; };
void recipients_close(struct recipients *r);
extern const struct jail_job recipient_job;

/*
 * Asks the domain of an address for its OpenPGP key (Web Key Directory), and puts one that can be used into the case, where no key
 * for the address is yet. What is found is trusted as far as the domain's web server is.
 */
enum recipient_state {
	RECIPIENT_KNOWN,     /* a key was there, and nobody was asked */
	RECIPIENT_FOUND,
	RECIPIENT_NONE,
	RECIPIENT_UNUSABLE,  /* what is published is not to be encrypted to: why says why */
	RECIPIENT_NO_ANSWER,
};
struct recipient_found { enum recipient_state state; const char *address, *path, *why; };
MUST_CHECK enum errc recipient_find(struct arena *a, const struct notify *n, const char *address, struct recipient_found *out, struct err *e);

struct notify_org {
	const char *key, *name, *country;
	int track;             /* enum track; ourselves have a dossier and no notice */
	int version;           /* 1: new; else a supplement, unless */
	bool anew;             /* all that it was told before was withdrawn */
	bool withdrawn;        /* two people have withdrawn what this wave told it, or a later plan took it back; gone: by now only how much that was is known */
	bool gone;
	int64_t messages, sent, received, mentioned, owned, bulk, exposures;
	const char *classes;   /* "password 3, api_token 1" */
	const char **contacts; /* addresses; none: listed as without contact */
	const char **notices;  /* their ids */
	size_t n_contacts;
	int hold;              /* enum hold_state: nothing leaves for it now; 0 */
	const char *why_none;  /* there are contacts, and none is written to: why; else "" */
};

struct notify_wave {
	int64_t number;        /* 0: there is nothing new to tell */
	int state;             /* enum wave_state */
	struct digest plan;
	int64_t planned_utc;
	const char *reason;    /* in a person's words, or "" */
	struct wave_numbers n;
	struct withheld_totals withheld; /* told to nobody by decision, in the whole case */
	size_t n_held;               /* of these in orgs that have notices, held or ceased */
	unsigned approvals, needed;
	unsigned outdated;           /* approvals that do not count: the wave is not any more what they were given for */
	bool anew;                   /* it tells what no longer holds: it is to be planned anew */
	struct notify_org *orgs;     /* in the order of their keys */
	size_t n_orgs;
	struct text_list languages;  /* of its notices, each once */
};

struct notify_conflict { const char *domain, *first, *second; };
struct notify_planned {
	struct notify_wave wave;
	bool replaced;         /* a plan that was not yet approved stood there */
	int64_t unreached;     /* organisations of earlier waves that still have no contact */
	int64_t messages, in_scope;
	int64_t unread;        /* paths of mail whose reading was stopped before its end */
	int64_t unjudged;                /* messages that no run of scope has judged, where there was one */
	int64_t unscanned, unattributed; /* messages in scope that the plan knows nothing of: scan and attribute first */
	bool otherwise;        /* whose the mail is was attributed under other names, domains or policy than case.yaml has now */
	int64_t ahead_utc;     /* of the ledger's newest entry where that is later than now, by which the wave is dated; else TIME_NONE */
	int64_t persons;       /* private persons in the case, told or only listed */
	int64_t untold;        /* exposures that no wave tells anybody of */
	struct withheld_totals withheld;
	struct notify_conflict *conflicts; /* domains that the directory gives to two organisations */
	size_t n_conflicts;
};
MUST_CHECK enum errc notify_plan(const struct notify *n, struct arena *a, struct notify_planned *out, struct err *e);

/*
 * How the newest wave stands today: the one answer for all who ask. An approval counts for the mails as they would be written now, so that
 * a word in case.yaml or a template takes it away, and one of what no longer holds does not count. Nothing is stored.
 */
struct notify_standing {
	int64_t wave;        /* 0: there is none */
	int state;           /* enum wave_state: approved only where write would take it */
	struct digest plan;  /* of today, where somebody has approved */
	unsigned approvals, outdated, needed;
	bool anew;           /* it tells what no longer holds: it is to be planned anew */
};
MUST_CHECK enum errc notify_stands(const struct notify *n, struct notify_standing *out, struct err *e);

/* wave 0: the newest. With org (a key or a name) only that one; *text is its notices, when not NULL. */
MUST_CHECK enum errc notify_show(const struct notify *n, struct arena *a, uint64_t wave, const char *org, bool want_text,
    struct notify_wave *out, struct buf *text, struct err *e);

/*
 * The notices of written waves, not wholly handed over, that would have other words if they were written now: case.yaml, a template, a name,
 * a verdict or what became of an earlier notice has changed. What was written stays as it was approved. Their ids, sorted.
 */
MUST_CHECK enum errc notify_changed(const struct notify *n, struct arena *a, struct text_list *out, struct err *e);

struct notify_approved {
	int64_t wave;
	struct digest plan;
	unsigned approvals, needed, outdated; /* outdated: given for an earlier version of the plan */
	bool changed;                         /* the plan is not what it was when it was made or last approved */
	struct withheld_totals withheld;
};
MUST_CHECK enum errc notify_approve(const struct notify *n, uint64_t wave, const char *by, struct notify_approved *out,
    struct err *e);

/* The keys that notices are signed with; made where there are none, or anew with rotate. */
struct notify_keys {
	bool made, smime;
	const char *id, *public; /* of the notice key, as minisign writes them */
	const char *log;         /* origin of the notice log's checkpoints */
	const char *records;     /* for the DNS, lines of a zone file */
};
MUST_CHECK enum errc notify_keys(const struct notify *n, struct arena *a, bool rotate, struct notify_keys *out,
    struct err *e);

/* Are there keys to sign with? Without, notices are written that nobody can check at the portal. */
bool notify_has_keys(const struct case_config *c);

/*
 * The signed manifest of a written wave into dir, and with prove (an organisation's key) its proof beside it. n->key must be the
 * case key. The manifest is the same each time.
 */
struct notify_manifested { uint64_t wave, first, supplemented, anew, unreachable, persons; const char *file, *proof; };
MUST_CHECK enum errc notify_manifest(const struct notify *n, struct arena *a, uint64_t wave, const char *dir, const char *prove,
    struct notify_manifested *out, struct err *e);

/* Writes checkpoint, leaves, a page a notice, the signed list of withdrawn ones and DNS lines into dir. */
struct notify_published { size_t n_notices, n_withdrawn; uint64_t n_entries; };
MUST_CHECK enum errc notify_publish(const struct notify *n, struct arena *a, const char *dir, struct notify_published *out,
    struct err *e);
struct notify_withdrawn {
	int64_t people;       /* have said so by now; it is withdrawn with the second */
	bool to_tell;         /* mails that say it may have arrived, and a task says to tell them */
	int64_t n_overtaken;  /* later ones that have not left, and say that it stands: they are taken back */
};
MUST_CHECK enum errc notify_withdraw(const struct notify *n, const char *id, const char *by, const char *why, struct notify_withdrawn *out,
    struct err *e);

/*
 * A person's decision that something is told to nobody, or no longer so: a message, or an exposure wherever it stands, each by what lists call
 * it. All of the names or none: ERR_USAGE where one means nothing or several, ERR_REFUSED where it is so already.
 */
struct notify_decision {
	enum withheld_kind kind;
	bool release;
	const char *const *names;
	size_t n;
	const char *by, *why;
};
MUST_CHECK enum errc notify_withhold(const struct notify *n, struct arena *a, const struct notify_decision *d, struct withheld_stands *out, struct err *e);

/*
 * What became of credentials that an organisation was told of, or of our own: a person says so. All of the names or none: ERR_USAGE where one means
 * nothing or several; ERR_REFUSED where it has none to reset.
 */
struct notify_mark {
	const char *org;          /* as org_named takes it */
	const char *mark;         /* rotated, revoked, deactivated, false_alarm, risk_accepted; open: no more */
	const char *const *names; /* as credentials_named takes them */
	size_t n;
	bool all;                 /* that are open */
	const char *by, *note;
};
struct notify_marked { const char *key, *name; size_t n_marked, n_credentials, n_open; };
MUST_CHECK enum errc notify_mark(const struct notify *n, struct arena *a, const struct notify_mark *m, struct notify_marked *out, struct err *e);

struct notify_written {
	int64_t wave;
	size_t n_written;  /* files */
	size_t n_held;     /* of them, for who is held or ceased: they lie there, and do not leave */
	bool before;       /* the wave was written by an earlier run: nothing was done */
	const char *dir;
};
MUST_CHECK enum errc notify_write(const struct notify *n, struct arena *a, uint64_t wave, struct notify_written *out,
    struct err *e);

/*
 * The dossiers of a written wave as sealed bundles (doc/sealed-bundle.md) in a folder, one an organisation, each with all that
 * it was told up to then. Run again it gives the same bytes. new_keys: only this organisation, under new keys.
 */
struct notify_seal {
	uint64_t wave;         /* 0: the newest */
	const char *out;       /* folder, made when it is not there */
	const char *new_keys;  /* key or name of an organisation, or NULL */
	unsigned workers;
	bool without_jail, progress;
};
struct notify_sealed {
	int64_t wave;
	uint64_t n_bundles, n_messages, n_exposures, n_masked, n_withheld, n_failed, n_without_notice, n_bytes;
	char signer[17];
	const char *codes;     /* with new_keys: the file that has them */
};
MUST_CHECK enum errc notify_seal(const struct notify *n, struct arena *a, const struct notify_seal *s,
    struct notify_sealed *out, struct err *e);

/* The worker's side of notify_seal, for the table of src/cmd/worker.c. */
extern const struct evidence_job seal_job;

/*
 * notify collect: the reading room's event log (doc/portal-api.md) back into the case. The log is a Merkle log: it must go on
 * from what was collected before, and with a checkpoint and the log's key it must be what the key signed. Its lines are
 * parsed by a worker behind the walls. Collecting the same log again changes nothing.
 */
struct notify_collect {
	const char *log;            /* path of the event file */
	span checkpoint, log_key;   /* a signed note, and the key line "name+hash+base64"; empty: not checked */
	bool without_jail;
};
struct notify_collected {
	uint64_t n_entries, n_new, n_unknown, n_bad; /* unknown: about a case that was never sealed here; bad: no event */
	uint64_t n_questions, n_marks; /* questions: that are to be decided, those of before with them */
	bool checkpoint_held;
};
MUST_CHECK enum errc notify_collect(const struct notify *n, const struct notify_collect *c, struct notify_collected *out,
    struct err *e);

extern const struct jail_job collect_job;

/* A question of an organisation answered by a person here; ERR_USAGE when none of that number is open. */
MUST_CHECK enum errc notify_decide(const struct notify *n, uint64_t id, bool accept, const char *by, const char *why, struct err *e);

/* Refuses a case.yaml that says too little for a notice, or that has a link where a name belongs. */
MUST_CHECK enum errc letter_config_ok(const struct case_config *c, struct err *e);

#endif
