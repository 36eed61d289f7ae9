/*
 * Between the files of attribute: what a worker tells of one message (frame.c writes and reads it), and the
 * keeper's state. A message's links are collected in memory, each (organisation, role) once, and then written.
 */
#ifndef TOCSIN_ATTRIBUTE_PRIVATE_H
#define TOCSIN_ATTRIBUTE_PRIVATE_H

#include "attribute/attribute.h"
#include "attribute/directory.h"
#include "attribute/domains.h"
#include "attribute/mentions.h"
#include "attribute/title.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "evidence/reopen.h"
#include "mail/text.h"
#include "store/orgs.h"

/* ---- frame.c: init, input and result of the worker's job ---------------------------------------------------- */

/* A secret's place, as the worker is told of it. */
struct secret {
	span path;
	uint64_t at_byte, n_bytes;
	bool has_host; /* a URL or connection string: a host within it is its owner's */
};

enum told_where { TOLD_BESIDE = 0, TOLD_TITLE = 1, TOLD_SUBJECT = 2, TOLD_FILE = 3, TOLD_SHEET = 4, TOLD_FIELD = 5, TOLD_CELL = 6, TOLD_QUOTED = 7,
	TOLD_OWN_WORDS = 8,   /* nobody: it is not quoted, so whoever wrote the mail wrote it */
	TOLD_CALLED_OURS = 9, /* the same, and calls it "our" something */
	TOLD_TOO = 10,        /* named together with the one before: "Acme and Zephyr" */
};

/* What a worker tells: an organisation's first mention, or what stands beside a secret (the likeliest first, one secret's together). */
struct told_mention {
	enum mention_kind kind;
	bool weak;
	enum told_where where; /* of a secret */
	uint32_t org;      /* of a name; ORG_MASK otherwise */
	uint32_t secret;   /* number of the secret that it stands beside, SECRET_NONE for a mention */
	uint64_t at_byte;  /* in the decoded part */
	span path;         /* of the part; "Subject" */
	span text;         /* as it stands */
};
#define SECRET_NONE UINT32_MAX

void secret_put(struct buf *b, const struct secret *s);
bool secret_get(struct cursor *c, struct secret *s);
void told_put(struct buf *b, const struct told_mention *t);
/* False at the end, and when the frame is damaged: then c->bad. */
bool told_get(struct cursor *c, struct told_mention *t);

/* ---- beside.c: in the worker -------------------------------------------------------------------------------- */

/*
 * What may own secret number `number` of the message, out of the mentions and hosts around it: told, the likeliest first. It is s, at
 * secrets[i] of the text's.
 */
void beside_tell(const struct part_text *t, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t i,
    const struct secret *s, uint32_t number, struct buf *out);

/* The addresses of the quoted header that the secret at `from` stands below, if any: whose mail it is in, where nothing else says. */
void quoted_tell(span text, const struct mentions *l, size_t from, const struct secret *s, uint32_t number, struct buf *out);

/* ---- links.c ------------------------------------------------------------------------------------------------ */

struct links { struct link_row *v; size_t n, cap; uint32_t *slots; size_t n_slots; };

/* One a (organisation, role): the first keeps its ground, unless a later one counts where it did not; certainty grows. */
MUST_CHECK enum errc links_add(struct arena *a, struct links *l, const struct link_row *link, struct err *e);
/* Is it there already, so that its ground is not asked for? Its certainty may have grown then. */
bool links_had(struct links *l, const struct link_row *link);
bool links_have(const struct links *l, int64_t org_id);

/* ---- the keeper --------------------------------------------------------------------------------------------- */

struct address_of { const char *address; struct whose_is *is; int64_t person_id; bool noted; }; /* address NULL: not read yet; is NULL: not looked up yet; 0: not met as a person to be told; noted as an organisation's */

struct keeper {
	struct store *store;
	const struct case_config *config;
	struct directory *directory;
	struct dictionary dictionary; /* the same that the workers map */
	struct words freemail, infrastructure, vocabulary;
	struct domains *domains;
	int64_t directory_id, ourselves_id;
	int64_t *org_ids;             /* by number in the directory, 0: not met */
	struct address_of *addresses; /* by id in the store */
	size_t n_addresses;
	struct arena *keep, *batch, *scratch; /* the run; messages read ahead; one message */
	struct mail_row *rows;        /* read ahead, of [rows_first, rows_last] */
	size_t n_rows, at_row;
	int64_t rows_last;
	struct arena *secrets;        /* findings read ahead for the workers, of messages up to secrets_last */
	struct finding_row *findings;
	size_t n_findings, at_finding;
	struct unread *unread;        /* of the same messages: parts that ended scan's workers */
	size_t n_unread, at_unread;
	int64_t secrets_last;
	uint64_t n_since_commit;
	int64_t last_id;              /* given out to be done */
	struct reopen reopen;         /* passwords for the workers */
	struct attribute_tally *tally;
};

/* The store's id of what is LISTED, DERIVED, in CONFLICT or OURS; the organisation is put there when first met. */
MUST_CHECK enum errc org_id(struct keeper *k, struct whose_is *is, int64_t *id, struct err *e);
/* A private person to be told: by the address, which is the only contact. */
MUST_CHECK enum errc org_id_person(struct keeper *k, struct address_of *address, int64_t *id, struct err *e);
MUST_CHECK enum errc org_id_listed(struct keeper *k, uint32_t org, int64_t *id, struct err *e);

/* told.c: organisations that were told stay who they are. ERR_REFUSED where two have exchanged domains, and nobody says who is who. */
MUST_CHECK enum errc told_keep(struct keeper *k, enum attribute_same same, struct err *e);

/* What a message's parties and carriers make of it; private persons are written at once. */
struct gathered {
	struct links links;
	struct links ours;    /* kept aside: they count only where nobody else is concerned */
	bool persons, from_us; /* from_us: one of us wrote it */
	const char *why_bulk; /* NULL when the mail is somebody's own, or the policy tells bulk mail too */
};
MUST_CHECK enum errc parties_gather(struct keeper *k, const struct mail_row *m, struct gathered *g, struct err *e);

/* Mentions and owners out of a worker's result. ERR_EVIDENCE: the frame is damaged. */
MUST_CHECK enum errc owner_find(struct keeper *k, const struct mail_row *m, span result, struct gathered *g,
    struct err *e);

#endif
