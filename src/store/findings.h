/*
 * What scan writes: which rule set read which message, what of it could not be read, findings and exposures. A
 * message's rows are always written whole: scanned again, its old ones go first.
 */
#ifndef TOCSIN_STORE_FINDINGS_H
#define TOCSIN_STORE_FINDINGS_H

#include "base/arena.h"
#include "base/digest.h"
#include "store/store.h"

struct finding {
	span path, part_type;
	uint64_t at_byte, n_bytes;
	const char *class;
	span detector;
	int severity, certainty; /* enum severity, enum certainty */
	span masked, host;
	span place;              /* in words, within a document: "sheet Hosts, cell D14"; else empty */
	struct digest exposure;  /* keyed digest of the normalised value */
};
/* What a message's scan met: see the table. */
struct scanned { uint64_t n_text; uint32_t n_parts, n_members; };
struct coverage_row {
	span path, type, filename;
	uint64_t n_bytes;
	int outcome;             /* enum coverage */
	span reason;
};

/* The row of that rule set, made when it is new. *fresh: nothing was ever scanned in this case. */
MUST_CHECK enum errc findings_begin(struct store *st, const struct digest *rules, size_t n_rules, int64_t *ruleset_id,
    bool *fresh, struct err *e);
/* Messages in scope above `after` that this rule set has not read, ascending. */
MUST_CHECK enum errc findings_due(struct store *st, int64_t ruleset_id, int64_t after, int64_t *ids, size_t max, size_t *n,
    struct err *e);
/* How many bytes all those are that are due. */
MUST_CHECK enum errc findings_due_bytes(struct store *st, int64_t ruleset_id, uint64_t *n, struct err *e);
/* How many it has read. */
MUST_CHECK enum errc findings_done(struct store *st, int64_t ruleset_id, uint64_t *n, struct err *e);

MUST_CHECK enum errc findings_forget(struct store *st, int64_t message_id, struct err *e);
MUST_CHECK enum errc findings_scanned(struct store *st, int64_t message_id, int64_t ruleset_id, const struct scanned *s, struct err *e);
MUST_CHECK enum errc findings_coverage(struct store *st, int64_t message_id, const struct coverage_row *c, struct err *e);
/*
 * What scan has not read, or not wholly, of messages with first <= id <= last, in the arena, by message and path; with failed_only just the
 * parts that ended its workers, which would end others, too.
 */
struct unread { int64_t message_id; span path; bool failed; };
MUST_CHECK enum errc findings_unread(struct store *st, struct arena *a, int64_t first, int64_t last, bool failed_only, struct unread **out, size_t *n,
    struct err *e);
MUST_CHECK enum errc findings_put(struct store *st, int64_t message_id, const struct finding *f, struct err *e);

/* Messages in scope above `after` of which something asks for a password, ascending. */
MUST_CHECK enum errc findings_sealed(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e);
/* What of a message asks for a password says why passwords were not all tried on it. */
MUST_CHECK enum errc findings_untried(struct store *st, int64_t message_id, span why, struct err *e);
/* Messages in scope above `after` of which a password has opened something, ascending. */
MUST_CHECK enum errc findings_opened(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e);
/* Whose it is was asked before a password opened it: due again. With 0: of all that was opened. */
MUST_CHECK enum errc findings_whose_again(struct store *st, int64_t message_id, struct err *e);
/* Messages above `after` in which a password was found, ascending. */
MUST_CHECK enum errc findings_with_password(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e);
/* When a message was sent (TIME_NONE: not known), and by whom, as ids of addresses; in the arena. */
struct sent { int64_t when_utc; span subject; int64_t *from; size_t n_from; };
MUST_CHECK enum errc findings_sent(struct store *st, struct arena *a, int64_t message_id, struct sent *out, struct err *e);
MUST_CHECK enum errc findings_counts(struct store *st, int64_t message_id, uint64_t *findings, uint64_t *coverage, struct err *e);

/*
 * A secret in the subject: its bytes in the message's row become stars, as many, so that other places stay right and
 * a second scan changes nothing.
 */
MUST_CHECK enum errc findings_mask_subject(struct store *st, int64_t message_id, uint64_t at_byte, uint64_t n_bytes,
    struct err *e);
/* The same of the name of that part's file, and of what waits and is the same. */
MUST_CHECK enum errc findings_mask_name(struct store *st, int64_t message_id, span path, uint64_t at_byte, uint64_t n_bytes, struct err *e);

/* The digests of all that is found, in the arena. */
MUST_CHECK enum errc findings_digests(struct store *st, struct arena *a, struct digest **out, size_t *n, struct err *e);
/*
 * What the case keeps in words, in the arena: subjects ("subject"), names of files (the path of the part) and of parties
 * ("party 3", from 0). Those that are wanted.
 */
#define KEPT_PARTY "party "
struct kept_words { int64_t message_id; span what, words; };
typedef bool kept_wanted_fn(void *ctx, span words);
MUST_CHECK enum errc findings_kept(struct store *st, struct arena *a, struct arena *scratch, kept_wanted_fn *wanted, void *ctx, struct kept_words **out,
    size_t *n, struct err *e);

/*
 * Exposures no longer found go; class, severity and masked form of the others are those of their gravest finding.
 * *n_exposures: how many there are.
 */
MUST_CHECK enum errc findings_finish(struct store *st, uint64_t *n_exposures, struct err *e);

#endif
