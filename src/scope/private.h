/* The frames between scope's keeper and its workers, and what the files of the stage share. */
#ifndef TOCSIN_SCOPE_PRIVATE_H
#define TOCSIN_SCOPE_PRIVATE_H

#include "base/cursor.h"
#include "logs/logs.h"
#include "scope/scope.h"
#include "store/scope.h"

/*
 * A task: u64 bytes, u32 first unit, u8 enum task_how, mark, u64 until; descriptors: the file, then UNIT_SPOOLS spools for
 * the case that it is an archive. None when the file could not be opened. Records that begin at `until` or behind it are
 * another task's.
 *
 * Records:
 *   UNIT     i64 member, bytes name, u64 n_bytes, i64 written, u8 outcome, bytes envelope, bytes note
 *   EVENT    digest key, digest content, u64 at, u64 n, u8 outcome, then the normalised record: see put_event
 *   FAILURE  u64 at, u64 n, u64 line, bytes reason
 *   END      digest of the unit's bytes
 *   MORE     u32 unit, mark, u64 at and u64 line of the record behind it, u8 full: what follows is read by another task
 *   START    u64 at, u64 line: of a TASK_RANGE's first record. When that is not where the task before it stopped, a line
 *            began there and no record, and the range is read again from there.
 *   KIND     u8 enum file_kind: the answer to TASK_PROBE
 *   NAMED    bytes: what a unit that is no log names; empty: more than is kept
 */
enum record_kind { RECORD_UNIT = 1, RECORD_EVENT = 2, RECORD_FAILURE = 3, RECORD_END = 4, RECORD_MORE = 5, RECORD_START = 6, RECORD_KIND = 7, RECORD_NAMED = 8 };
#define ENVELOPE_ARCHIVE "archive" /* of the unit that an archive itself is, before its members */
enum task_how { TASK_BEGIN, TASK_GO_ON, TASK_RANGE, TASK_PROBE };
enum file_kind { FILE_WHOLE, FILE_SPLITS, FILE_ARCHIVE };

/* A record with one of these is less than a copy of it without any: an export cut or flattened it. */
#define EVENT_LESS                                                                                                              \
	(LOG_NO_TIME | LOG_NO_MAILBOX | LOG_NO_ITEMS | LOG_NO_FOLDER | LOG_COUNT_MISMATCH | LOG_ITEM_NO_MESSAGE_ID | LOG_BAD_UTF8 | \
	    LOG_TRUNCATED | LOG_LIMITED | LOG_ODD_SHAPE | LOG_NO_QUOTES | LOG_THROTTLE_UNSAID | LOG_RESULTS_CUT | LOG_ITEM_UNNAMED)

/* A file that can be split is read in pieces so large. */
#define RANGE_BYTES (8 * MIB)

static inline void put_mark(struct buf *b, const struct logs_mark *m)
{
	buf_u64(b, m->at);
	buf_u64(b, m->line);
	buf_u64(b, m->columns);
	buf_u32(b, m->state);
}
static inline struct logs_mark take_mark(struct cursor *c)
{
	struct logs_mark m = {.at = cursor_u64(c)};

	m.line = cursor_u64(c);
	m.columns = cursor_u64(c);
	m.state = cursor_u32(c);
	return m;
}

/* One task's result stays below this; LIMIT_RESULT_BYTES is the wall. */
#define RESULT_BYTES (128 * MIB)

static inline bool in_scope(const struct case_config *c, enum verdict v) { return (c->scope >> v & 1) != 0; }

/* ---- read.c ---- */

MUST_CHECK enum errc logs_read(struct store *st, const struct case_config *config, const struct scope_options *o,
    struct scope_tally *tally, struct err *e);

/* ---- actor.c ---- */

/* The texts of a context, as the worker puts them. */
enum { C_USER, C_USER_ID, C_SERVICE_PRINCIPAL, C_IP, C_USER_AGENT, C_CLIENT_INFO, C_SESSION, C_AAD_SESSION, C_UNIQUE_TOKEN,
	C_TOKEN_OBJECT, C_APP, C_CLIENT_APP };

enum truth { TRUTH_NO, TRUTH_MAYBE, TRUTH_YES }; /* maybe: the record lacks what the predicate asks for */
struct match { enum truth truth; enum certainty confidence; const char *actor; };

struct predicate;
struct hands { const char *mailbox; int64_t from, to; enum certainty confidence; };
struct vouched { const char *mailbox; int64_t from, to; bool quiet_days; }; /* mailbox NULL: all */
struct alias { const char *mailbox, *also; };
struct actor_file {
	struct digest digest;
	struct named_actor { const char *name; enum certainty confidence; const struct predicate *is; } *actors;
	size_t n_actors;
	const struct predicate *others; /* certainly not the intruder, or NULL */
	struct hands *hands;
	size_t n_hands;
	struct vouched *coverage;
	size_t n_coverage;
	struct alias *aliases;
	size_t n_aliases;
	int64_t from, to;        /* outside it the intruder had no access; TIME_NONE: not said */
	bool accept_unreadable;  /* records and files that could not be read were looked at by a person */
	bool folders_unchanged;  /* mail lies where it lay */
};
MUST_CHECK enum errc actor_read(struct arena *a, span text, const char *file, struct actor_file *out, struct err *e);
/* Known to be somebody else. */
bool actor_is_other(const struct actor_file *f, const struct context_row *c, int64_t when, span mailbox);
struct match actor_match(const struct actor_file *f, const struct context_row *c, int64_t when, span mailbox);

/* Does a predicate ask for that session or token? */
bool actor_names_session(const struct actor_file *f, span id);

/* Could an actor be at that address? */
bool actor_is_at(const struct actor_file *f, span ip);

/* ---- ip.c ---- */

struct ip_prefix { unsigned char b[16]; unsigned bits; }; /* IPv4 as ::ffff:a.b.c.d */
bool ip_prefix_read(span text, struct ip_prefix *out);
bool ip_within(const struct ip_prefix *ip, const struct ip_prefix *prefix);
/* An address of the provider's own machines, or a private one: says nothing of who acted. */
bool ip_says_nothing(const struct ip_prefix *ip);

/* ---- folder.c ---- */

/*
 * What a folder as logged (path, else name) is to one of the evidence: another one; of the same name below others; what of it the evidence has
 * the end of, which a flat export or another folder at the top can be; the end of what the evidence has, below the root of a file or another
 * folder; the same.
 */
enum folder_fit { FOLDER_NONE, FOLDER_LEAF, FOLDER_SHORT, FOLDER_WITHIN, FOLDER_WHOLE };
enum folder_fit folder_fits(span path, span name, span evidence);
/* The folder of what lies in an archive, which is called by its file: "Inbox" of "Inbox/12.eml", "ada/.Archive" of "ada/.Archive/cur/1748851200.host:2,S". */
span folder_of_member(span member);
/* Does it say where the folder lies, or only how it is called? */
bool folder_is_whole(span path);
/* Is it called as an inbox is, or the sent mail, of which a mailbox has one? */
bool folder_is_standard(span path, span name);
/* Of a path as logs of Exchange have it, "\Calendar\Birthdays": is that a folder for other things than mail? */
bool folder_is_no_mail(span path);

/* ---- judge.c ---- */

struct judged_message {
	int64_t id, when;
	enum verdict before, verdict;
	span rfc822_id;
	uint32_t unread;    /* of judge.unread, from 1: a file that was not read and names it; 0: none */
	uint32_t next_same; /* the next with that Message-ID, from 1; 0: none */
};
struct judge;
/* actor NULL: nobody said. Strings of actor must live as long. */
MUST_CHECK enum errc judge_new(struct judge **out, struct store *st, const struct case_config *config,
    const struct actor_file *actor, struct err *e);
MUST_CHECK enum errc judge_write(struct judge *j, struct scope_tally *tally, struct err *e);
const struct judged_message *judge_messages(const struct judge *j, size_t *n);
void judge_free(struct judge *j);

#endif
