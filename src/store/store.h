/*
 * The case store in the case's own words. One writer; readers see committed rows. Rows are written in
 * transactions of many; store_commit ends one and begins the next, and is the point a rerun continues from.
 *
 * Each stage's reads and writes stand in a header of their own (store/mail.h, store/findings.h, store/orgs.h,
 * store/waves.h) with the file of the same name: they use sql/sql.h through store/db.h, no stage sees SQL.
 */
#ifndef TOCSIN_STORE_STORE_H
#define TOCSIN_STORE_STORE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/json.h"

struct store;

enum store_mode { STORE_READ, STORE_WRITE };

/* A case file with its first ledger entry: all of it or none. One that is there is refused. */
MUST_CHECK enum errc store_create(const char *dir, struct err *e);
/*
 * ERR_LOCKED when another tocsin writes and mode is STORE_WRITE. A case that may only be read can be read; while it is, it must not change:
 * then ERR_LOCKED also for who wants to write, and for who wants to read while another writes.
 */
MUST_CHECK enum errc store_open(struct store **out, const char *dir, enum store_mode mode, struct err *e);
void store_close(struct store *st); /* rolls back what was not committed */

MUST_CHECK enum errc store_begin(struct store *st, struct err *e);
MUST_CHECK enum errc store_commit(struct store *st, struct err *e); /* and begins anew: one is always open in a stage */

/* Small facts of the case by name; *out NULL when not set. */
MUST_CHECK enum errc store_setting(struct store *st, struct arena *a, const char *key, const char **out, struct err *e);
MUST_CHECK enum errc store_set(struct store *st, const char *key, const char *value, struct err *e);

/*
 * The paths that a run reads: begin says so and commits, end takes them back with all that lies below them, as part of the open
 * transaction. What is left was not read to its end.
 */
enum reading_kind { READING_MAIL, READING_LOGS };
MUST_CHECK enum errc reading_begin(struct store *st, enum reading_kind r, const char *const *paths, size_t n, struct err *e);
MUST_CHECK enum errc reading_end(struct store *st, enum reading_kind r, const char *const *paths, size_t n, struct err *e);
/* One that nobody will read on, as status names it: a decision, which goes into the ledger. ERR_USAGE: that one was not stopped. */
MUST_CHECK enum errc reading_abandon(struct store *st, enum reading_kind r, const char *path, struct err *e);
MUST_CHECK enum errc reading_unfinished(struct store *st, struct arena *a, enum reading_kind r, const char ***out, size_t *n, struct err *e);

/*
 * Which verdicts are in scope, as bits (1 << enum verdict): what later stages take. At first all but not_accessed.
 * scope_policy_note writes into the ledger, where it differs from that of the last run, what enters and leaves by it.
 */
void scope_policy_set(struct store *st, unsigned verdicts);
MUST_CHECK enum errc scope_policy_note(struct store *st, struct err *e);

/* case_parties of case.yaml as it is now; parties_changed: what is attributed was attributed under another. */
void parties_set(struct store *st, const struct digest *now);
MUST_CHECK enum errc parties_changed(struct store *st, bool *changed, struct err *e);

/* One entry of the ledger; detail is a JSON object without secrets. Part of the open transaction. */
MUST_CHECK enum errc ledger_add(struct store *st, const char *what, const char *detail, struct err *e);
/* The same, of what is written into note.j between the two, a member each; ledger_end releases it, whatever it returns. */
struct ledger_note { struct buf b; struct json j; };
void ledger_begin(struct ledger_note *note);
MUST_CHECK enum errc ledger_end(struct ledger_note *note, struct store *st, const char *what, struct err *e);
/* The same, of pairs of name and text up to a NULL. */
MUST_CHECK enum errc ledger_say(struct store *st, const char *what, struct err *e, ...);
/* Recomputes the chain. *bad_seq is 0 when it holds, else the first entry that does not. */
MUST_CHECK enum errc ledger_verify(struct store *st, int64_t *n, int64_t *bad_seq, struct err *e);
/* The first entry with an earlier time than the one before it, 0 when there is none: the machine's clock was set back. */
MUST_CHECK enum errc ledger_dated_back(struct store *st, int64_t *seq, struct err *e);
/* The latest time that an entry has: a clock that is before it is wrong, or was. */
MUST_CHECK enum errc ledger_newest(struct store *st, int64_t *when_utc, struct err *e);
/* The hash of an entry, which stands for all up to it; the entry that has a hash, 0 for none. */
MUST_CHECK enum errc ledger_hash(struct store *st, int64_t seq, struct digest *out, struct err *e);
MUST_CHECK enum errc ledger_entry(struct store *st, const struct digest *hash, int64_t *seq, struct err *e);

#endif
