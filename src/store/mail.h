/* What ingest writes and what re-reading needs: sources, items, messages, where they lie, and whom they name. */
#ifndef TOCSIN_STORE_MAIL_H
#define TOCSIN_STORE_MAIL_H

#include "case/names.h"
#include "store/parties.h"
#include "store/store.h"

struct source_row {
	int64_t id;
	const char *path;
	enum source_kind kind;
	uint64_t n_bytes;
	int64_t mtime_ns;
	struct digest sha256;
	enum source_state state;
	int64_t mailbox_id; /* 0: none */
	const char *folder;
	const char *note;
	int64_t replaces; /* 0: none */
};

/* The newest source of that path; *found false when there is none. Strings in the arena. */
MUST_CHECK enum errc store_source_by_path(struct store *st, struct arena *a, const char *path, struct source_row *out,
    bool *found, struct err *e);
/* The newest that was read to its end: where a later reading could not open the file, not the newest. */
MUST_CHECK enum errc store_source_read(struct store *st, struct arena *a, const char *path, struct source_row *out,
    bool *found, struct err *e);
/* The rows that say that it could not be read are replaced: it was, or another says so. */
MUST_CHECK enum errc store_source_failures_end(struct store *st, const char *path, struct err *e);
MUST_CHECK enum errc store_source_any(struct store *st, bool *found, struct err *e); /* is there any at all? */
MUST_CHECK enum errc store_source_get(struct store *st, struct arena *a, int64_t id, struct source_row *out, struct err *e);
/* The one with the next higher id; *found false at the end. */
MUST_CHECK enum errc store_source_after(struct store *st, struct arena *a, int64_t id, struct source_row *out, bool *found,
    struct err *e);
/* In the table after store_commit (sql_put), one that is open at once. */
MUST_CHECK enum errc store_source_add(struct store *st, const struct source_row *s, int64_t *id, struct err *e);
/* Of one that is in the table. */
MUST_CHECK enum errc store_source_set(struct store *st, const struct source_row *s, struct err *e);
/* It lies in that mailbox, and in that folder of it, whichever was said before. */
MUST_CHECK enum errc store_source_own(struct store *st, int64_t id, int64_t mailbox_id, const char *folder, struct err *e);
/* Sources that a run which was cut off left open, and their items, go: they are read again. */
MUST_CHECK enum errc store_source_drop_open(struct store *st, struct err *e);

/*
 * The mailbox of that root, which a source is about to be added to. One whose owner nobody gave is asked for it again; of one that is given to
 * another, verdicts go: scope asks the logs again.
 */
MUST_CHECK enum errc store_mailbox_put(struct store *st, const char *root, const char *owner, enum owner_grade grade,
    const char *ground, int64_t *id, struct err *e);

struct item_row {
	int64_t source_id;
	int64_t member; /* -1 when the source is no archive */
	span member_name;
	uint64_t at_byte, n_bytes;
	enum outcome outcome;
	span reason;
	int64_t message_id; /* 0: none */
};
/* Items, locations, parts and lists of parties are in their tables after store_commit (sql_put). */
MUST_CHECK enum errc store_item_add(struct store *st, const struct item_row *i, int64_t *id, struct err *e);

struct message_row {
	struct digest content_digest, sha256;
	span rfc822_id, subject, verified_domain;
	int64_t when_utc;
	uint64_t n_bytes;
	unsigned traits, problems;
};
/*
 * The message with that content, made when there is none yet: then *is_new. Else what this copy's header and folder say of it joins what others
 * said, whichever came first: it is junk, bulk, automatic or of a list when all of them are, sent or a draft when one is.
 */
MUST_CHECK enum errc store_message_put(struct store *st, const struct message_row *m, int64_t *id, bool *is_new,
    struct err *e);

struct location_row {
	int64_t message_id, item_id;
	span nest;
	int64_t at_byte; /* -1: within an encoded part */
	uint64_t n_bytes;
	struct digest sha256;
	int64_t parent_id; /* 0: not nested */
	bool from_quoted;
	int64_t received_utc; /* TIME_NONE */
	span received_by;
	unsigned traits;      /* of this copy and its folder */
	int64_t delivered_id; /* address to which this copy was delivered; 0: it does not say */
};
MUST_CHECK enum errc store_location_add(struct store *st, const struct location_row *l, struct err *e);

/* Another copy, or who reads it now, says something of the message that its links do not have: attribute looks at it again. */
MUST_CHECK enum errc store_message_unattribute(struct store *st, int64_t id, struct err *e);

struct part_row {
	span path, type, content_type, filename;
	unsigned encoding;
	uint64_t n_bytes;
	struct digest sha256;
	unsigned problems;
};
MUST_CHECK enum errc store_part_add(struct store *st, int64_t message_id, int64_t seq, const struct part_row *p,
    struct err *e);

/*
 * Owners for the mailboxes that nobody named, from what their mail says: a folder named as an address, else the
 * address that most mail was delivered to, else the one that its sent mail is from, else the one most of it is
 * to. The same mail gives the same owner. Only mailboxes that got a source since they were last asked (their
 * ground is empty) are asked: also those of a run that was cut off.
 */
MUST_CHECK enum errc store_mailbox_infer(struct store *st, struct err *e);
/*
 * An item whose message lies there has come to a mailbox. Of mailboxes that are new in this run who is named is counted as it comes, while it is at
 * hand: to read it back cost a tenth of what ingest writes. Others, and more than is to be kept, are read back.
 */
MUST_CHECK enum errc store_mailbox_met(struct store *st, int64_t mailbox_id, const struct location_row *l, struct err *e);

/*
 * Where a message is to be read from: its first location, in the order of source, item and nesting. One that lies nowhere but in what was
 * put together of pieces has theirs.
 */
struct place_row {
	int64_t message_id, source_id, member;
	uint64_t at_byte, n_bytes; /* of the outermost message, within the source or the member; of all pieces */
	bool found;                /* false: it lies in no source any more */
	bool replaced, in_pieces;  /* only in a source that another has replaced; a location says that it was put together */
	bool from_quoted;
	char nest[128];            /* within the outermost message, or within the one put together */
	struct place_row *pieces;  /* all of them, in the order to read them; NULL for what lies in one piece */
	uint32_t n_pieces, number; /* number: which piece this is, from 1 */
	struct digest outer_sha256; /* of the outermost message's raw bytes */
	/* the source, as it was when it was ingested */
	const char *path;
	enum source_kind kind;
	uint64_t source_bytes;
	int64_t mtime_ns;
};
/* The places of messages with these ids, which ascend; out[i] is that of ids[i], its path in the arena. */
MUST_CHECK enum errc store_places(struct store *st, struct arena *a, const int64_t *ids, size_t n, struct place_row *out,
    struct err *e);
/*
 * Another place of the same message, in one piece, where that one cannot be read: asked again with each answer it goes through all sources
 * that have it, those that another has replaced last. Not found: there is none.
 */
MUST_CHECK enum errc store_place_elsewhere(struct store *st, struct arena *a, const struct place_row *tried, struct place_row *out,
    struct err *e);

#endif
