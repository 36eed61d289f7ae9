/*
 * What scope reads and writes: log files, their records (events with a context, and what each names), who of them is
 * the intruder, and a verdict for each message in each mailbox. Words of logs (product, kind) are text here: they
 * are logs/' words, and the store knows them no better than a reader of `tocsin list` does.
 */
#ifndef TOCSIN_STORE_SCOPE_H
#define TOCSIN_STORE_SCOPE_H

#include "case/names.h"
#include "store/store.h"

/* ---- log files ---- */

struct log_source_row {
	int64_t id;
	const char *path;
	int64_t member; /* -1: the file itself */
	span member_name;
	uint64_t n_bytes;
	int64_t mtime_ns;
	struct digest sha256;
	span envelope; /* "" when it is no log */
	enum source_state state;
	enum outcome outcome;
	span note;
	uint64_t n_records, n_partial, n_failed, n_duplicates;
};
/* The file of that path; *found false when there is none. Only id, n_bytes, mtime_ns, sha256 and state are filled. */
MUST_CHECK enum errc log_source_find(struct store *st, const char *path, int64_t member, struct log_source_row *out,
    bool *found, struct err *e);
/* The file with the next higher id that was read to its end, with its path in the arena; *found false at the end. */
MUST_CHECK enum errc log_source_after(struct store *st, struct arena *a, int64_t id, struct log_source_row *out, bool *found, struct err *e);
/* In the place of the row of that path and member, whose failures go. */
MUST_CHECK enum errc log_source_put(struct store *st, const struct log_source_row *s, int64_t *id, struct err *e);
MUST_CHECK enum errc log_source_set(struct store *st, const struct log_source_row *s, struct err *e);
/* What a run that was cut off left half read goes: it is read again. */
MUST_CHECK enum errc log_source_drop_open(struct store *st, struct err *e);
MUST_CHECK enum errc log_failure_add(struct store *st, int64_t source_id, uint64_t at, uint64_t n, uint64_t line,
    span reason, struct err *e);

/* What a file names that is no log; empty: more than is kept. */
MUST_CHECK enum errc log_name_add(struct store *st, int64_t source_id, span name, struct err *e);
struct log_name_seen { int64_t source_id; span name; };
/* In the order of the files' paths. */
MUST_CHECK enum errc log_names_walk(struct store *st, enum errc (*each)(void *, const struct log_name_seen *, struct err *), void *ctx,
    struct err *e);

/* ---- records ---- */

enum { CONTEXT_TEXTS = 14 };
struct context_row {
	span text[CONTEXT_TEXTS]; /* in the order of the table's columns, from user to country */
	int64_t logon_type, user_type; /* -1: not said */
	bool external;
};
struct event_row {
	struct digest key, content;
	int64_t source_id;
	uint64_t at_byte, n_bytes;
	span product, kind, operation, record_id, mailbox, mailbox_guid, reason, detail;
	uint32_t record_type, problems;
	int64_t when_utc; /* TIME_NONE */
	unsigned success;
	bool throttled;
	int64_t operation_count; /* -1: not said */
	int64_t context_id;
};
MUST_CHECK enum errc context_put(struct store *st, const struct context_row *c, const struct digest *d, int64_t *id,
    struct err *e);
/* *id is 0 when the case has that record already: a duplicate. */
MUST_CHECK enum errc event_store(struct store *st, const struct event_row *r, int64_t *id, struct err *e);
/*
 * Once logs were read: of copies of a record, one that is whole takes the place of one with the first's that is not. Which problems make a
 * record less than a copy without any is the caller's to say: bits of enum log_problem.
 */
MUST_CHECK enum errc events_settle(struct store *st, unsigned less, struct err *e);
MUST_CHECK enum errc log_folder_put(struct store *st, span folder_id, span path, span name, int64_t *id, struct err *e);
/* folder 0: none. */
MUST_CHECK enum errc access_add(struct store *st, int64_t event_id, int64_t seq, span rfc822_id, span item_id,
    span immutable_id, int64_t folder, struct err *e);

/* ---- reading, for the verdicts: rows in the order of ids; texts live until each returns ---- */

struct context_seen { int64_t id; struct context_row row; };
MUST_CHECK enum errc contexts_walk(struct store *st, enum errc (*each)(void *, const struct context_seen *, struct err *),
    void *ctx, struct err *e);

struct event_seen {
	int64_t id, when_utc, context_id;
	span product, kind, operation, mailbox, mailbox_guid, detail;
	uint32_t problems;
	unsigned success;
	bool throttled;
};
/*
 * Without those of which settling knows a whole copy. `counts` is the problem of a record that counts more messages than it names: it is left
 * out where all records of its Id together name as many.
 */
MUST_CHECK enum errc events_walk(struct store *st, unsigned less, unsigned counts, enum errc (*each)(void *, const struct event_seen *, struct err *),
    void *ctx, struct err *e);

struct access_seen { int64_t event_id, folder; span rfc822_id, item_id, immutable_id; };
MUST_CHECK enum errc accesses_walk(struct store *st, enum errc (*each)(void *, const struct access_seen *, struct err *),
    void *ctx, struct err *e);
/* In which folder a record names a message, of whosever it is; left: it left that folder by it. In the order of records. */
struct folder_named { int64_t when_utc, folder; span rfc822_id, mailbox; bool left; };
MUST_CHECK enum errc folders_named_walk(struct store *st, enum errc (*each)(void *, const struct folder_named *, struct err *),
    void *ctx, struct err *e);
/* Where a record, or a map, says which message an id is of. */
struct item_seen { span item_id, immutable_id, rfc822_id; };
MUST_CHECK enum errc items_walk(struct store *st, enum errc (*each)(void *, const struct item_seen *, struct err *), void *ctx,
    struct err *e);
/* What let an application in, and succeeded as far as it says. */
struct grant_seen { int64_t when_utc, context_id; span target; };
MUST_CHECK enum errc grants_walk(struct store *st, enum errc (*each)(void *, const struct grant_seen *, struct err *), void *ctx,
    struct err *e);
/* Whose mailbox or account a GUID or other id is, as records have both. */
struct known_as { span id, address; };
MUST_CHECK enum errc known_as_walk(struct store *st, enum errc (*each)(void *, const struct known_as *, struct err *), void *ctx,
    struct err *e);
struct log_folder_seen { int64_t id; span folder_id, path, name; };
MUST_CHECK enum errc log_folders_walk(struct store *st, enum errc (*each)(void *, const struct log_folder_seen *, struct err *),
    void *ctx, struct err *e);

struct mailbox_seen { int64_t id; span owner; };
MUST_CHECK enum errc mailboxes_walk(struct store *st, enum errc (*each)(void *, const struct mailbox_seen *, struct err *),
    void *ctx, struct err *e);
/* A message where it lies: the outermost one of its item decides what a record can name. */
struct lying {
	int64_t message_id, outer_id, mailbox_id; /* mailbox 0: none */
	span folder; /* of the source */
	span member_name; /* in an archive: its path names folders */
	int64_t received_utc; /* of the outermost message: TIME_NONE */
	span received_by;
	bool sent; /* the outermost lies among sent mail there */
	bool two_ids; /* and has more than one Message-ID */
};
MUST_CHECK enum errc lying_walk(struct store *st, enum errc (*each)(void *, const struct lying *, struct err *), void *ctx,
    struct err *e);
struct message_seen { int64_t id, when_utc; enum verdict verdict; span rfc822_id, subject, from, senders, recipients; }; /* senders: all who may be meant by it; both parted by blanks */
MUST_CHECK enum errc scope_messages_walk(struct store *st, enum errc (*each)(void *, const struct message_seen *, struct err *),
    void *ctx, struct err *e);

/* Records that could not be read, and log files that could not be read to their end. */
MUST_CHECK enum errc scope_unreadable(struct store *st, int64_t *n, struct err *e);
/* A text out of an event's detail by its JSON path ("$.rule.name"), in the arena; "" when it is not there. */
MUST_CHECK enum errc detail_text(struct store *st, struct arena *a, int64_t event_id, const char *path, const char **out,
    struct err *e);

/* ---- verdicts ---- */

struct verdict_row {
	int64_t mailbox_id, message_id; /* 0: none */
	span mailbox, rfc822_id, item_id;
	enum verdict verdict;
	enum verdict_reason reason;
	enum certainty confidence;
	int64_t n_records, first_utc, last_utc, first_event, last_event; /* TIME_NONE; 0 */
	int64_t missing_utc; /* of NOT_DECLARED and GAP: the first day that they are about; else TIME_NONE */
	int64_t unread_id;   /* of UNREAD_FILE: the log_source; else 0 */
};
MUST_CHECK enum errc verdicts_begin(struct store *st, struct err *e); /* the rows before go, and the suspects */
MUST_CHECK enum errc suspect_add(struct store *st, int64_t event_id, bool certain, enum certainty c, const char *actor,
    struct err *e);
MUST_CHECK enum errc verdict_add(struct store *st, const struct verdict_row *v, struct err *e);
MUST_CHECK enum errc message_verdict_set(struct store *st, int64_t message_id, enum verdict v, struct err *e);

/* ---- for people ---- */

struct verdict_told {
	span mailbox, rfc822_id, unread; /* unread: the file of UNREAD_FILE, else "" */
	enum verdict verdict;
	enum verdict_reason reason;
	enum certainty confidence;
	int64_t n_records, first_utc, last_utc, missing_utc;
	enum { REPEATS_LOGGED, REPEATS_AFTER_AN_HOUR, REPEATS_NEVER } repeats; /* what logs of its records' kind do with an access that is repeated */
};
/* Of the messages whose SHA-256 begins with that text, or whose Message-ID it is; *n how many rows. */
MUST_CHECK enum errc verdicts_of(struct store *st, span message, enum errc (*each)(void *, const struct verdict_told *, struct err *),
    void *ctx, uint64_t *n, struct err *e);
/* The messages themselves, in the order of their digests; none for one that no evidence holds. */
struct message_told { struct digest sha256; span rfc822_id, from, subject; int64_t when_utc; enum verdict verdict; };
MUST_CHECK enum errc messages_of(struct store *st, span message, enum errc (*each)(void *, const struct message_told *, struct err *),
    void *ctx, struct err *e);
MUST_CHECK enum errc message_of(struct store *st, int64_t id, enum errc (*each)(void *, const struct message_told *, struct err *), void *ctx,
    struct err *e);
struct record_told { int64_t when_utc, at_byte; span kind, operation, record_id, user, ip, client_info, actor, path, rule; bool certain; span problems; };
/* rule: what it sends where, in words; problems: what of the record is not sure, its date for one. "" for others. */
/* The records that name it, and the first and last behind each verdict on it. */
MUST_CHECK enum errc records_of_message(struct store *st, span message,
    enum errc (*each)(void *, const struct record_told *, struct err *), void *ctx, struct err *e);

/* Organisations by how many messages in scope a link that counts ties them to, before and after. */
struct scope_orgs;
struct scope_org { span key; uint64_t before, after; };
MUST_CHECK enum errc scope_orgs_new(struct scope_orgs **out, struct store *st, struct err *e);
MUST_CHECK enum errc scope_orgs_message(struct scope_orgs *o, int64_t message_id, bool before, bool after, struct err *e);
bool scope_orgs_next(struct scope_orgs *o, struct scope_org *out, enum errc *rc, struct err *e); /* in the order of keys */
void scope_orgs_free(struct scope_orgs *o);

/* Findings and links of messages that left scope go. */
MUST_CHECK enum errc scope_drop_findings(struct store *st, struct err *e);
MUST_CHECK enum errc scope_drop_links(struct store *st, struct err *e);

#endif
