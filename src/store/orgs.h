/*
 * What attribute reads and writes: messages with their parties and findings in, organisations and links out.
 *
 * An attribution is made under one directory (the digest of everything that the outcome depends on). With
 * another one all links are made anew; organisations that an earlier wave told keep their ids. Messages are read in
 * ranges of ids, so that a small message costs no query of its own.
 */
#ifndef TOCSIN_STORE_ORGS_H
#define TOCSIN_STORE_ORGS_H

#include "base/arena.h"
#include "base/digest.h"
#include "case/names.h"
#include "store/store.h"

struct party_row { enum party_role role; int64_t address_id; const char *name; };
struct finding_row {
	int64_t message_id, id, exposure_id;
	const char *path, *host, *class;
	uint64_t at_byte, n_bytes;
};
struct mail_row {
	int64_t id, ruleset_id;
	unsigned traits;
	bool redo;                    /* it was attributed before: its old links go first */
	const char *verified_domain, *rfc822_id;
	struct party_row *parties;
	size_t n_parties;
	struct finding_row *findings;
	size_t n_findings;
	int64_t *carriers;            /* messages that it is nested in, ascending */
	size_t n_carriers;
};

struct contact_row { const char *address, *role; };
struct org_row {
	const char *key, *name, *country, *language, *tenant, *notes;
	enum org_origin origin;
	const char **domains;
	size_t n_domains;
	const char **aliases;
	size_t n_aliases;
	struct contact_row *contacts;
	size_t n_contacts;
};
struct link_row {
	int64_t message_id, org_id;
	enum link_role role;
	enum certainty certainty;
	const char *ground, *at;
	bool counts;
	const char *why_not;
};

/* Where the directory lies that the case's organisations are of, and how many it had; "" and 0 when there was none. *path lives in the arena. */
MUST_CHECK enum errc orgs_directory(struct store *st, struct arena *a, const char **path, int64_t *n_orgs, struct err *e);
/*
 * Begins or goes on with the attribution under this directory. *anew: another directory, or findings of another
 * ruleset, stood before; all of its rows are gone but the organisations that a wave refers to.
 */
MUST_CHECK enum errc orgs_begin(struct store *st, const struct digest *d, const char *path, size_t n_orgs,
    int64_t *directory_id, bool *anew, struct err *e);
/*
 * Domains, and addresses of free mail, under which organisations and persons were told before the attribution began anew, by organisation,
 * who was told first first and who was only listed, having no contact, last; and one of them by another
 * key from now on, unless another has that (*done: whether it was free).
 */
struct org_told { int64_t id; const char *key, *domain; bool shared; }; /* shared: others were told by it, too */
MUST_CHECK enum errc orgs_told(struct store *st, struct arena *a, struct org_told **rows, size_t *n, struct err *e);
MUST_CHECK enum errc orgs_rename(struct store *st, int64_t id, const char *key, bool *done, struct err *e);
/* One that was told is one with the organisation of that key now. */
MUST_CHECK enum errc orgs_join(struct store *st, int64_t id, const char *key, struct err *e);

/* Grounds of an owner that nothing beside the secret named: they yield to any better one of the same exposure. */
#define GROUND_WITH_THEM "nothing beside it, but the mail is with them alone"
#define GROUND_QUOTED "nothing beside it, but the mail quoted there is with them alone"
#define GROUND_WROTE "nothing beside it, but they wrote the mail that is quoted there"
#define GROUND_SENT "nothing beside it, but they alone wrote the mail"
#define GROUND_FROM_US "nothing beside it, but we wrote the mail"
#define GROUND_CALLED_OURS "nothing beside it, but the mail, which we wrote, calls it ours"
#define GROUND_AMONG_US "nothing beside it, but the mail is among ourselves"
#define GUESSED_GROUNDS \
	"('" GROUND_WITH_THEM "', '" GROUND_QUOTED "', '" GROUND_WROTE "', '" GROUND_SENT "', '" GROUND_FROM_US "', '" GROUND_CALLED_OURS "', '" GROUND_AMONG_US "')"

/* Removes what nothing refers to any more, and owners for whom there is a better one. */
MUST_CHECK enum errc orgs_finish(struct store *st, struct err *e);

/* Ids above `after` still to be attributed, or again: scanned since, newly carried, or unreadable the last time. */
MUST_CHECK enum errc orgs_due(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e);
/* How many bytes all those are that are due. */
MUST_CHECK enum errc orgs_due_bytes(struct store *st, uint64_t *n, struct err *e);
/* Of how many of them a password opened something that was given, where none is given now, or stood in mail, where such are not tried now. */
MUST_CHECK enum errc orgs_due_shut(struct store *st, bool given, bool near, uint64_t *n, struct err *e);
/* Messages with first <= id <= last, in the arena, ascending. */
MUST_CHECK enum errc orgs_messages(struct store *st, struct arena *a, int64_t first, int64_t last,
    struct mail_row **rows, size_t *n, struct err *e);
/* One message, or *row NULL when there is none. */
MUST_CHECK enum errc orgs_message(struct store *st, struct arena *a, int64_t id, struct mail_row **row, struct err *e);
/*
 * The last of at most n messages from `first` on that are read ahead: fewer where they have many findings, of which some may have thousands
 * each, but always one.
 */
MUST_CHECK enum errc orgs_ahead(struct store *st, int64_t first, int64_t n, int64_t *last, struct err *e);
/* Findings of messages with first <= id <= last, in the order of both ids. */
MUST_CHECK enum errc orgs_findings(struct store *st, struct arena *a, int64_t first, int64_t last, struct finding_row **rows,
    size_t *n, struct err *e);
/* Of ids first to first + n - 1; NULL where there is none. */
MUST_CHECK enum errc orgs_addresses(struct store *st, struct arena *a, int64_t first, size_t n, const char **out, struct err *e);

/*
 * The id of the organisation with that key, inserted or brought up to date. A directory's organisation takes over
 * the row, and so the id, of one derived from a domain of its own.
 */
MUST_CHECK enum errc orgs_put(struct store *st, const struct org_row *o, int64_t *id, struct err *e);
/* An address of free mail by which mail is this organisation's: what it goes by later where it has no domain. */
MUST_CHECK enum errc orgs_address(struct store *st, int64_t id, const char *address, struct err *e);
MUST_CHECK enum errc orgs_conflict(struct store *st, const char *domain, const char *first, const char *second,
    struct err *e);

/* Before its links and its attribution are made anew: those are in their tables after orgs_finish or store_commit (sql_put). */
MUST_CHECK enum errc orgs_forget(struct store *st, int64_t message_id, struct err *e);
MUST_CHECK enum errc orgs_link(struct store *st, const struct link_row *l, struct err *e);
MUST_CHECK enum errc orgs_owner(struct store *st, int64_t exposure_id, int64_t org_id, const char *ground,
    struct err *e);
MUST_CHECK enum errc orgs_person(struct store *st, int64_t message_id, int64_t address_id, enum link_role role,
    struct err *e);
MUST_CHECK enum errc orgs_attributed(struct store *st, const struct mail_row *m, int64_t directory_id,
    enum disposition d, struct err *e);

/* For the tally: organisations as the report counts them, and rows in all. */
struct orgs_count { int64_t orgs, derived, links, persons, owners, conflicts; int64_t dispositions[7]; };
MUST_CHECK enum errc orgs_counts(struct store *st, struct orgs_count *out, struct err *e);

#endif
