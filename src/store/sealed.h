/*
 * What notify needs to seal an organisation's dossier: whom it is for, what it was told up to a wave, and what each message
 * holds that is the reader's, ours or somebody else's. And what was sealed, with the generation of its keys.
 */
#ifndef TOCSIN_STORE_SEALED_H
#define TOCSIN_STORE_SEALED_H

#include "case/names.h"
#include "store/store.h"
#include "store/waves.h"

struct sealed_org {
	int64_t id;
	const char *key, *name, *country, *language, *tenant;
	const char *case_id;     /* of its first bundle, by which the reading room knows it; "" before there is one */
	const char **names, **domains;
	size_t n_names, n_domains;
};
/* key or name; out->key NULL when there is none. */
MUST_CHECK enum errc sealed_org(struct store *st, struct arena *a, int64_t id, struct sealed_org *out, struct err *e);

struct sealed_notice { const char *id, *address, *language; int64_t wave; };
/* Notices written to it in this wave and before, by wave and address. */
MUST_CHECK enum errc sealed_notices(struct store *st, struct arena *a, int64_t org_id, int64_t wave,
    struct sealed_notice **out, size_t *n, struct err *e);

struct sealed_message {
	int64_t id, when_utc;    /* TIME_NONE */
	struct digest content, sha256;
	int verdict, version;    /* the dossier's in which it was told first */
	unsigned roles;          /* bit 1 << enum link_role */
};
/* By date, those without one last. */
MUST_CHECK enum errc sealed_messages(struct store *st, struct arena *a, int64_t org_id, int64_t wave,
    struct sealed_message **out, size_t *n, struct err *e);

struct sealed_other { const char *key, *text; };
/* Names, then domains, of other organisations that a message is linked to; what it calls them stands among the names. */
MUST_CHECK enum errc sealed_others(struct store *st, struct arena *a, int64_t message_id, int64_t org_id,
    struct sealed_other **names, size_t *n_names, struct sealed_other **domains, size_t *n_domains, struct err *e);
/* What it calls this organisation: of a link's ground. */
MUST_CHECK enum errc sealed_called(struct store *st, struct arena *a, int64_t message_id, int64_t org_id,
    const char ***out, size_t *n, struct err *e);

struct sealed_person { const char *name, *address, *domain; };
MUST_CHECK enum errc sealed_people(struct store *st, struct arena *a, int64_t message_id, struct sealed_person **out,
    size_t *n, struct err *e);

struct sealed_finding {
	int64_t exposure_id;
	const char *path, *class, *masked;
	const char *place, *where; /* in words: within the part ("sheet Hosts, cell D14"), and with the names of files around it */
	const char *beside;    /* the host or account that it is for, as it stands there; "" */
	uint64_t at_byte, n_bytes;
	struct digest exposure;
	int severity, version; /* version in which it was told; 0: not told */
	int64_t told_utc;      /* when that was planned; TIME_NONE: not told */
	int64_t opened_utc;    /* when it was told as one in a message that was opened; TIME_NONE: not */
	bool theirs;           /* told, and nothing says that it is another's */
	bool maybe;            /* theirs by a guess */
};
MUST_CHECK enum errc sealed_findings(struct store *st, struct arena *a, int64_t message_id, int64_t org_id, int64_t wave,
    struct sealed_finding **out, size_t *n, struct err *e);

struct sealed_verdict {
	const char *mailbox;
	int verdict, reason, certainty;
	int64_t n_records, first_utc, last_utc;
};
MUST_CHECK enum errc sealed_verdicts(struct store *st, struct arena *a, int64_t message_id, struct sealed_verdict **out,
    size_t *n, struct err *e);

/* When the first and the last record lie that are certainly the intruder's; TIME_NONE without one. */
MUST_CHECK enum errc sealed_timeline(struct store *st, int64_t *first_utc, int64_t *last_utc, struct err *e);

/* ---- what was sealed ------------------------------------------------------------------------------------------ */

MUST_CHECK enum errc sealed_generation(struct store *st, int64_t org_id, uint32_t *out, struct err *e); /* from 1 */
MUST_CHECK enum errc sealed_set_generation(struct store *st, int64_t org_id, uint32_t generation, struct err *e);

struct sealed_row {
	int64_t org_id, wave;
	uint32_t generation, version;
	const char *case_id, *file;
	struct digest sha256;
	int64_t n_messages, n_exposures, n_withheld, when_utc;
};
MUST_CHECK enum errc sealed_put(struct store *st, const struct sealed_row *r, struct err *e);
/* *wave: the first written wave that gave an organisation an access code to what is not sealed yet; 0 where there is none. */
MUST_CHECK enum errc sealed_missing(struct store *st, int64_t *wave, struct err *e);
/* Which records and exposures of a case are which messages and exposures: for what comes back. */
MUST_CHECK enum errc sealed_put_record(struct store *st, int64_t org_id, const char *record, int64_t message_id, struct err *e);
MUST_CHECK enum errc sealed_put_exposure(struct store *st, int64_t org_id, const char *name, int64_t exposure_id,
    struct err *e);

#endif
