/*
 * A sealed bundle (doc/sealed-bundle.md): written by the evidence side, read by the reading room and by `tocsin open`.
 * The reader takes the whole file as one span (mapped), checks the signature first and then every rule of the format;
 * what it gives points into the span or the arena. It opens nothing: that is seal/keys.h. A bundle is refused whole
 * or taken whole.
 */
#ifndef TOCSIN_SEAL_BUNDLE_H
#define TOCSIN_SEAL_BUNDLE_H

#include "base/arena.h"
#include "proof/keys.h"
#include "seal/keys.h"

#define BUNDLE_MAGIC "tocsin bundle 1\n"

enum { BUNDLE_RECORD_MAX = 24 }; /* "index", "list-1234", 16 digits; and a NUL */

struct bundle_notice {
	char id[SEAL_NOTICE_ID + 1];
	struct digest auth_sha256;      /* SHA-256 of auth_A */
	unsigned char wrapped_ck[SEAL_WRAPPED];
	span identity;                  /* sealed; in the arena */
};
struct bundle_earlier {
	uint32_t version;
	unsigned char wrapped_ck[SEAL_WRAPPED];
};
struct bundle_blob {
	char record[BUNDLE_RECORD_MAX]; /* "" for the export */
	uint64_t offset, length;        /* within the bundle's data */
	struct digest sha256;           /* of the sealed bytes */
};

struct seal_bundle {
	struct case_id id;
	char id_hex[SEAL_CASE_HEX];
	struct seal_round round;
	int64_t wave, created_utc;
	struct seal_key share_b;
	struct bundle_notice *notices;
	size_t n_notices;
	struct bundle_earlier *earlier;
	size_t n_earlier;
	struct bundle_blob *records;    /* index, lists, messages */
	size_t n_records;
	struct bundle_blob export;
	span manifest, signature;       /* as they are handed to a reader */
	span data;
};

/*
 * ERR_REFUSED: not signed by this key. ERR_EVIDENCE: signed, and yet no bundle (says where). The digests of the data are not
 * looked at: seal_bundle_check does all of them, seal_bundle_check_some does them in steps, seal_bundle_get one.
 */
MUST_CHECK enum errc seal_bundle_read(struct arena *a, span file, const struct verify_key *signer, struct seal_bundle *out,
    struct err *e);
MUST_CHECK enum errc seal_bundle_check(const struct seal_bundle *b, struct err *e);
/* Begins with b and h (of sha256_new) alone; *more while not all was looked at. A step is about `most` bytes. */
struct bundle_check {
	const struct seal_bundle *b;
	struct sha256 *h;
	size_t blob;    /* 0: the export, then the records */
	uint64_t at;    /* in it */
};
MUST_CHECK enum errc seal_bundle_check_some(struct bundle_check *k, uint64_t most, bool *more, struct err *e);
/* The blob of that record; NULL when there is none. Binary search. */
const struct bundle_blob *seal_bundle_find(const struct seal_bundle *b, span record);
/* Its sealed bytes, compared with its digest. */
MUST_CHECK enum errc seal_bundle_get(const struct seal_bundle *b, const struct bundle_blob *blob, span *out, struct err *e);

#endif
