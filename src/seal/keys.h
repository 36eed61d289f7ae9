/*
 * The keys of a sealed dossier and what they seal, as doc/sealed-bundle.md spells them: everything is derived from the
 * case key by HKDF-SHA256, and sealed with AES-256-GCM under a nonce that the content gives. Nothing here touches a
 * disk or a clock, so that the same case makes the same bytes again. Who takes a key wipes it.
 */
#ifndef TOCSIN_SEAL_KEYS_H
#define TOCSIN_SEAL_KEYS_H

#include "base/buf.h"
#include "base/digest.h"

enum {
	SEAL_KEY = 32,
	SEAL_CASE_ID = 16,
	SEAL_CASE_HEX = 2 * SEAL_CASE_ID + 1,
	SEAL_RECORD_HEX = 17,          /* 16 digits and a NUL */
	SEAL_NONCE = 12,
	SEAL_TAG = 16,
	SEAL_OVERHEAD = SEAL_NONCE + SEAL_TAG,
	SEAL_WRAPPED = SEAL_KEY + SEAL_OVERHEAD,
	SEAL_CODE = 26,                /* characters of an access code's secret */
	SEAL_CODE_TEXT = 33,           /* "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XC" and a NUL */
	SEAL_NOTICE_ID = 12,           /* "TN-7Q4K-2M9D" */
	SEAL_PADDED_LEAST = 1024,
};

struct seal_key { unsigned char b[SEAL_KEY]; };
struct case_id { unsigned char b[SEAL_CASE_ID]; };

/* RFC 5869, extract and expand; n at most 255 * 32. */
void hkdf_sha256(span key, span salt, span info, unsigned char *out, size_t n);

/* ---- what the evidence side derives from the case key -------------------------------------------------------- */

struct seal_round { uint32_t generation, version; };

void seal_case_id(span case_key, const char *org_key, struct case_id *out);
void seal_record_id(span case_key, const struct case_id *c, const struct digest *content, char out[SEAL_RECORD_HEX]);
void seal_exposure_id(span case_key, const struct case_id *c, const struct digest *exposure, char out[SEAL_RECORD_HEX]);
void seal_ck(span case_key, const struct case_id *c, struct seal_round r, struct seal_key *out);
void seal_share_b(span case_key, const struct case_id *c, struct seal_round r, struct seal_key *out);
/* The 26 characters, without hyphens and check character; NUL behind. */
void seal_code(span case_key, const char *notice_id, uint32_t generation, char out[SEAL_CODE + 1]);

/* ---- the access code as people have it ----------------------------------------------------------------------- */

/* Does it look like "TN-7Q4K-2M9D"? */
bool notice_id_ok(span notice_id);
/* notice_id must be one. */
void code_text(const char *notice_id, const char code[SEAL_CODE + 1], char out[SEAL_CODE_TEXT]);
/* What somebody typed, with blanks, hyphens, small letters, O for 0, I or L for 1. False: it is none, or its check fails. */
bool code_read(const char *notice_id, span typed, char out[SEAL_CODE + 1]);

/* ---- what both sides derive from a code ---------------------------------------------------------------------- */

void seal_auth_a(const char *notice_id, const char code[SEAL_CODE + 1], struct seal_key *out);
void seal_kek_a(const char *notice_id, const char code[SEAL_CODE + 1], struct seal_key *out);
void seal_kek(const struct seal_key *kek_a, const struct seal_key *share_b, const struct case_id *c, struct seal_key *out);
void seal_identity_key(const struct seal_key *auth_a, const struct case_id *c, struct seal_key *out);
void seal_record_key(const struct seal_key *ck, const struct case_id *c, const char *record, struct seal_key *out);
void seal_next_key(const struct seal_key *ck, const struct case_id *c, uint32_t from, uint32_t to, struct seal_key *out);
void seal_export_key(const struct seal_key *ck, const struct case_id *c, struct seal_key *out);

/* ---- sealing ------------------------------------------------------------------------------------------------- */

/* The length that n bytes are filled up to: Padmé, at least SEAL_PADDED_LEAST. */
size_t seal_padded(size_t n);

/* Associated data, appended. */
void seal_aad_record(struct buf *b, const struct case_id *c, const char *record, size_t padded);
void seal_aad_ck(struct buf *b, const struct case_id *c, const char *notice_id, struct seal_round r);
void seal_aad_next(struct buf *b, const struct case_id *c, uint32_t generation, uint32_t from, uint32_t to);
void seal_aad_identity(struct buf *b, const struct case_id *c, const char *notice_id, size_t padded);

/* Appends nonce, ciphertext and tag. */
MUST_CHECK enum errc seal_put(const struct seal_key *k, span aad, span plain, struct buf *out, struct err *e);
/* The plaintext, appended. ERR_EVIDENCE: it was not sealed under this key with these associated data. */
MUST_CHECK enum errc seal_open(const struct seal_key *k, span aad, span sealed, struct buf *out, struct err *e);

/* JSON filled up with blanks and sealed, and back: record and identity. */
MUST_CHECK enum errc seal_put_record(const struct seal_key *ck, const struct case_id *c, const char *record, span json,
    struct buf *out, struct err *e);
MUST_CHECK enum errc seal_open_record(const struct seal_key *ck, const struct case_id *c, const char *record, span sealed,
    struct buf *out, struct err *e);
MUST_CHECK enum errc seal_put_identity(const struct seal_key *auth_a, const struct case_id *c, const char *notice_id,
    span json, struct buf *out, struct err *e);
/* CK under a KEK, and under an earlier CK. */
MUST_CHECK enum errc seal_wrap_ck(const struct seal_key *kek, const struct case_id *c, const char *notice_id,
    struct seal_round r, const struct seal_key *ck, unsigned char out[SEAL_WRAPPED], struct err *e);
MUST_CHECK enum errc seal_unwrap_ck(const struct seal_key *kek, const struct case_id *c, const char *notice_id,
    struct seal_round r, const unsigned char wrapped[SEAL_WRAPPED], struct seal_key *ck, struct err *e);
MUST_CHECK enum errc seal_wrap_next(const struct seal_key *earlier, const struct case_id *c, uint32_t generation,
    uint32_t from, uint32_t to, const struct seal_key *ck, unsigned char out[SEAL_WRAPPED], struct err *e);
MUST_CHECK enum errc seal_unwrap_next(const struct seal_key *earlier, const struct case_id *c, uint32_t generation,
    uint32_t from, uint32_t to, const unsigned char wrapped[SEAL_WRAPPED], struct seal_key *ck, struct err *e);

#endif
