/*
 * Ingest's tasks and records, for its two sides. The keeper writes tasks and reads records (hostile until
 * checked); the worker reads tasks and writes records.
 */
#ifndef TOCSIN_INGEST_PRIVATE_H
#define TOCSIN_INGEST_PRIVATE_H

#include "base/cursor.h"
#include "base/digest.h"
#include "case/names.h"
#include "ingest/folder.h"
#include "ingest/ingest.h"
#include "jail/jail.h"
#include "mail/mime.h"
#include "mail/summary.h"

/*
 * u8 kind, u32 first unit, u64 first byte within it (where a task goes on after a crash), then:
 *   FILES    u32 n, n times u64 size and u8 name_says(); descriptor i is file i. The unit is the file's index.
 *   SEGMENT  u64 size, u64 from, u64 to; descriptor 0 is the mbox. Entries that begin in [from, to).
 *   ARCHIVE  u64 n, bytes why: when n is not 0, the n bytes before the first byte killed a worker, and why; u32 to: units
 *            before it, 0 for all;
 *            descriptors: the archive, then UNIT_SPOOLS spools. The unit counts the members met, from 0.
 *   SURVEY   u64 size, u64 step; descriptor 0 is the file. Its kind, and where an mbox (bytes) or PST (units) can be cut.
 *   HASH     u64 size; descriptor 0 is the file.
 */
/* What a file's name says of it, where its content leaves it open. */
enum named { NAMED_NOTHING = 0, NAMED_MESSAGE = 1, NAMED_MBOX = 2, NAMED_OLK = 3, NAMED_APART = 4 };
static inline enum named name_says(span path)
{
	return named_as_message(path) ? NAMED_MESSAGE : named_as_mbox(path) ? NAMED_MBOX : named_as_olk(path) ? NAMED_OLK :
	    named_as_apart(path) ? NAMED_APART : NAMED_NOTHING;
}

/*
 * What a unit is, by its content. Its name counts only where the content leaves it open: text that is named as a message is one, though
 * it has no header fields. *note: why it is not read. The arena is reset where something is rendered on the way.
 */
enum source_kind kind_of(struct arena *rendered, span file, enum named named, const char **note);

enum task_kind { TASK_FILES = 1, TASK_SEGMENT = 2, TASK_ARCHIVE = 3, TASK_SURVEY = 4, TASK_HASH = 5 };

/*
 *   FILE     u32 unit, u8 source kind, digest, bytes note
 *   ITEM     u32 unit, u64 member, bytes name, u64 at, u64 n, u8 outcome, bytes reason
 *   MESSAGE  of the item before it; see message_write in message.c
 *   CUT      u64 at: an entry of the mbox begins here, or this unit of a PST lies, about a step behind the last cut
 *   REST     u32 unit, u64 from: of an archive, where a further task goes on; the last record
 */
enum record_kind { RECORD_FILE = 1, RECORD_ITEM = 2, RECORD_MESSAGE = 3, RECORD_CUT = 4, RECORD_REST = 5 };

/* A message and those within it, taken apart: what the store is to know. */
struct taken {
	const struct message *m;
	struct summary summary;
	span received_by;         /* summary.arrival.by, valid UTF-8 */
	struct digest sha256, content;
	struct digest *parts;     /* of each part's decoded bytes; zero for multiparts */
	uint64_t *part_bytes;
	const char **part_types; /* by their content; "" where the declared one says it best */
	unsigned *part_problems;
	unsigned problems, traits;
	const char *nest;         /* "" or "2", "2/1.3" */
	int64_t at;               /* within the outermost message, -1 when encoded */
	size_t parent;            /* index in the list; of the outermost: SIZE_MAX */
};
struct taken_list { struct taken **v; size_t n, cap; };

struct hashes { struct sha256 *raw, *part, *content; };

/*
 * Takes a message and the messages within it apart, outermost first. raw_digest, when not NULL, is the SHA-256 of
 * raw that is already known. Errors are memory and limits: the item's, not the run's.
 */
MUST_CHECK enum errc message_take(struct arena *a, struct hashes *h, span raw, bool from_quoted,
    const struct digest *raw_digest, const struct text_list *trusted, struct taken_list *out, struct err *e);
void message_write(struct buf *out, const struct taken *t);
/* The digest of the lines of a text alone, without white space at its end, and that of its bytes. */
void hash_text(struct sha256 *h, span s, struct digest *lines, struct digest *bytes);
/* Bits of enum message_trait that mail has for lying in such a folder. */
unsigned folder_traits(enum folder_kind kind);

/* The keeper's side of one message record; spans point into the record. */
struct message_record {
	span nest;
	int64_t at;
	uint64_t n;
	uint32_t parent; /* 0: none; else 1 + index among the messages of the item */
	bool from_quoted;
	struct digest sha256, content;
	span rfc822_id, subject, verified;
	int64_t when_utc, received_utc;
	span received_by;
	unsigned traits, problems;
	uint32_t n_parties, n_parts;
	struct cursor rest; /* the parties, then the parts */
};
/* The hosts that vouch for senders, out of the keeper's first words to a worker. They live as long as it does. */
MUST_CHECK enum errc trusted_read(span init, struct text_list *out, struct err *e);

/*
 * The job "pieces" reads messages that are pieces, and those that they come to. Its input is u8 enum piece_ask, its answer:
 *   SAY   u8 is it a piece, u8 has it an id, digest of the id, u32 number, u32 total, digest of its text without white space at the end
 *   TAKE  MESSAGE records, as of an item
 */
enum piece_ask { PIECE_SAY = 1, PIECE_TAKE = 2 };
struct piece_said { bool has_id; struct digest id, text; uint32_t number, total; };
/* The keeper's side of the answers. False: it is no such answer. */
bool piece_said_read(span answer, struct piece_said *out);
/* How many messages an answer to TAKE has, 0 when it is none; *problems: those of the outermost, and the limits hit within it. */
size_t piece_taken_count(span answer, unsigned *problems);
void message_read(struct cursor *c, struct message_record *out);

#endif
