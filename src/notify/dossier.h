/*
 * One organisation's dossier while it is sealed: what is known of it, the keys, what its messages were found to hold, and
 * the files of the export. For the files of this stage that seal.
 */
#ifndef TOCSIN_NOTIFY_DOSSIER_H
#define TOCSIN_NOTIFY_DOSSIER_H

#include "base/clock.h"
#include <stdio.h>

#include "base/json.h"
#include "notify/private.h"
#include "notify/seal.h"
#include "seal/bundle-write.h"
#include "store/sealed.h"

/* What a list and a CSV say of one message. */
struct row {
	char record[SEAL_RECORD_HEX];
	const char *from, *to, *subject; /* masked */
	uint32_t credentials, personal, attachments;
	bool withheld, failed;
	bool subject_withheld;  /* it has one that is not shown */
};

struct exposure {
	int64_t id;
	char name[SEAL_RECORD_HEX];
	const char *class, *masked;
	const char *value;      /* NULL: not to be shown */
	const char *where;      /* in the first of its messages, in words; NULL: in its text, or not to be said */
	const char *beside;     /* the hosts or accounts that it is for, with "; " between them; NULL: none, or not to be said */
	size_t n_beside;
	int severity;
	uint32_t version;       /* in which it was told */
	bool theirs, maybe, personal, accessed; /* maybe: theirs, by a guess */
	int64_t told_utc, opened_utc; /* first, and as opened; TIME_NONE: not told */
	int64_t first_utc, from_utc, to_utc; /* date of the earliest message; when the intruder could have read it */
	size_t *messages;       /* positions */
	size_t n_messages, cap;
};

/* A file of the export: its bytes lie in the spool. */
struct file { char *name; unsigned rank; uint64_t order, at, n; struct digest sha256; };

struct dossier {
	const struct notify *n;
	const struct language *language; /* of the export's pages */
	struct arena *a;        /* lives as long as it */
	struct arena *scratch;  /* of one message */
	int64_t wave, created_utc;
	int64_t records_from_utc, records_to_utc; /* the intruder's, as scope knows them; TIME_NONE */
	struct sealed_org org;
	struct sealed_notice *notices;
	size_t n_notices;
	struct wave_contact *contacts;
	size_t n_contacts;
	struct seal_round round;
	struct case_id id;
	char id_hex[SEAL_CASE_HEX];
	struct seal_key ck, share_b, token_key;
	struct seal_signer *signer;
	struct sealed_message *messages;
	struct row *rows;       /* beside the messages */
	size_t *by_id;          /* positions in the order of ids */
	size_t n_messages, next_id;
	struct exposure *exposures;
	size_t n_exposures, cap_exposures;
	uint64_t masked[MASK_REASONS], n_withheld;
	struct seal_writer *bundle;
	int plain;              /* spool of the export's files */
	uint64_t n_plain;
	struct file *files;
	size_t n_files, cap_files;
};

/* When it must be done: the wave that told it first, and the days of the policy. */
int64_t exposure_due(const struct dossier *d, const struct exposure *x);

/* It sent or received it; else it sees the surroundings of what concerns it. */
static inline bool message_is_full(const struct sealed_message *m)
{
	return (m->roles & (1u << LINK_SENDER | 1u << LINK_RECIPIENT | 1u << LINK_BULK)) != 0;
}

/* ---- dossier-input.c: what the worker is told of one message ----------------------------------------------------- */
MUST_CHECK enum errc record_input(struct dossier *d, size_t at, struct buf *out, struct err *e);

/* ---- dossier-record.c: what it said of it, into the record and the files of the export --------------------------- */
MUST_CHECK enum errc record_take(struct dossier *d, size_t at, span result, struct err *e);
MUST_CHECK enum errc record_failed(struct dossier *d, size_t at, struct err *e);

/* Either may be TIME_NONE, which is neither. */
static inline int64_t earlier(int64_t a, int64_t b) { return a == TIME_NONE || (b != TIME_NONE && b < a) ? b : a; }
static inline int64_t later(int64_t a, int64_t b) { return a == TIME_NONE || (b != TIME_NONE && b > a) ? b : a; }

/* ---- dossier-index.c: index, lists, identity -------------------------------------------------------------------- */
/* Members of the object that is open: "roles", of the bits 1 << LINK_...; "masking", how often for each reason. */
void json_roles(struct json *j, unsigned roles);
void json_masking(struct json *j, const uint64_t masked[MASK_REASONS]);
void index_write(const struct dossier *d, struct buf *out);
void list_write(const struct dossier *d, size_t from, size_t to, struct buf *out);
void identity_write(const struct dossier *d, struct buf *out);
enum { ROWS_A_LIST = 2000 };

int64_t window_from(const struct dossier *d); /* with all that the intruder did besides: for a review of logs */
int64_t window_to(const struct dossier *d);
int64_t task_due(const struct dossier *d, bool logs); /* else the content */
/* In the order in which to deal with them; to be freed, NULL without memory. */
const struct exposure **exposures_sorted(const struct dossier *d);

/* ---- dossier-page.c: pages of the export ------------------------------------------------------------------------- */
void page_index(const struct dossier *d, const struct exposure **sorted, struct buf *b);
/* A message: begin, headers, "</dl>", parts, attachments (file NULL: withheld), "</body></html>". */
void page_message_begin(const struct dossier *d, size_t at, struct buf *b);
void page_message_header(span name, span value, struct buf *b);
void page_message_part(const struct dossier *d, bool alone, span path, span text, struct buf *b);
void page_message_attachment(const struct dossier *d, span name, span type, uint64_t n_bytes, const char *file, struct buf *b);

/* ---- dossier-export.c: files into the spool, and all of it as an age file into the bundle ----------------------- */
enum { FILE_MANIFEST, FILE_INDEX, FILE_PAGE, FILE_RECORD, FILE_MAIL, FILE_TEXT, FILE_TABLE, FILE_ATTACHMENT };
MUST_CHECK enum errc export_file(struct dossier *d, unsigned rank, uint64_t order, const char *name, span bytes, struct err *e);
MUST_CHECK enum errc export_tables(struct dossier *d, struct err *e);
MUST_CHECK enum errc export_write(struct dossier *d, struct err *e);

#endif
