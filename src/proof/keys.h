/*
 * Ed25519 keys and detached signatures in minisign's file formats, so that whoever has minisign(1) needs nothing of
 * ours. A secret key lives in guarded memory (sodium_malloc: not in core files, locked where the system allows it) and
 * is wiped when it is freed; on disk it is minisign's own file, unencrypted. Signatures are of the
 * prehashed kind ("ED": over BLAKE2b-512 of the message); the older kind ("Ed") is accepted, never written.
 *
 * What is read here may be hostile: lines and lengths are bounded, base64 must be canonical.
 */
#ifndef TOCSIN_PROOF_KEYS_H
#define TOCSIN_PROOF_KEYS_H

#include "base/buf.h"

enum { SIGNATURE_SIZE = 64, VERIFY_KEY_SIZE = 32, KEY_ID_SIZE = 8 };

struct sign_key; /* secret */
struct verify_key { unsigned char id[KEY_ID_SIZE], key[VERIFY_KEY_SIZE]; };

MUST_CHECK enum errc sign_key_new(struct sign_key **out, struct err *e);
void sign_key_free(struct sign_key *k); /* NULL is fine */
void sign_key_public(const struct sign_key *k, struct verify_key *out);

/* A secret key file. ERR_REFUSED when it is under a password. */
MUST_CHECK enum errc sign_key_read(span file, struct sign_key **out, struct err *e);
/* Appends the file. Release the buf with buf_wipe. */
MUST_CHECK enum errc sign_key_write(const struct sign_key *k, struct buf *out, struct err *e);
/* The same by path: made with mode 0600; refused when others may read it. */
MUST_CHECK enum errc sign_key_load(const char *path, struct sign_key **out, struct err *e);
MUST_CHECK enum errc sign_key_save(const struct sign_key *k, const char *path, struct err *e);

/* A public key file, or the base64 line of one alone (as minisign -P takes it). */
MUST_CHECK enum errc verify_key_read(span file, struct verify_key *out, struct err *e);
void verify_key_write(const struct verify_key *k, struct buf *out);
/* "RWQ..." : the base64 line; 57 bytes with its NUL. */
enum { VERIFY_KEY_TEXT = 57 };
const char *verify_key_text(const struct verify_key *k, char out[VERIFY_KEY_TEXT]);
/* "E7620F1842B4E81F", as minisign names a key. */
enum { KEY_ID_TEXT = 17 };
const char *key_id_text(const unsigned char id[KEY_ID_SIZE], char out[KEY_ID_TEXT]);

/* Plain Ed25519 (RFC 8032) over the bytes. */
void sign_bytes(const struct sign_key *k, span message, unsigned char out[SIGNATURE_SIZE]);
bool verify_bytes(const unsigned char key[VERIFY_KEY_SIZE], span message, const unsigned char signature[SIGNATURE_SIZE]);

/* Appends a signature file. The trusted comment is signed too; neither comment may hold a line end. */
MUST_CHECK enum errc minisign_write(const struct sign_key *k, span message, span trusted_comment, struct buf *out,
    struct err *e);
/*
 * ERR_EVIDENCE and why when the file is not one, is by another key, or does not fit the message. Lines behind the fourth
 * are not looked at, as minisign does not; *rest (may be NULL) is where they begin. *trusted_comment may be NULL.
 */
MUST_CHECK enum errc minisign_verify(const struct verify_key *k, span message, span file, span *trusted_comment,
    span *rest, struct err *e);

#endif
