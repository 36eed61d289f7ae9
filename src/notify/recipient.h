/*
 * Keys to encrypt notices to, as files that the operator puts into the case: keys/recipients/ADDRESS.pem, the S/MIME certificate of
 * one address in small letters, with its chain behind it if there is one; or ADDRESS.asc, its OpenPGP key. Whether they are used, or
 * asked for, is the policy's.
 */
#ifndef TOCSIN_NOTIFY_RECIPIENT_H
#define TOCSIN_NOTIFY_RECIPIENT_H

#include "notify/eml.h"
#include "notify/signing.h"

struct notify;
struct recipients;

struct recipient_key {
	enum key_form { KEY_SMIME, KEY_OPENPGP } form;
	span bytes;          /* empty: there is none */
	const char *address;
	int64_t when_utc;    /* as of when it is one to use */
	struct recipients *with; /* the workers */
};

/*
 * The key for an address, in the arena. There is none where the policy is to encrypt to nobody. A key that is there and must not be
 * used (expired, another's, too weak, one of two) is ERR_USAGE with what is wrong: silently sending in clear would be worse.
 */
MUST_CHECK enum errc recipient_key(struct arena *a, const struct notify *n, const char *address, struct recipient_key *out, struct err *e);

/*
 * Appends the mail as enveloped data (RFC 8551 3.3) or as multipart/encrypted (RFC 3156 4) under the same fields and, where we sign
 * with DKIM, a signature of its own. What comes out of decrypting is the signed mail, fields and all, so that everything that checks
 * a notice checks that.
 */
MUST_CHECK enum errc recipient_encrypt(const struct signing *s, const struct eml *m, span mail, const struct recipient_key *key,
    struct buf *out, struct err *e);

/* recipient.c: the path of an OpenPGP key for the address, NULL when it cannot be one of a file; *known: a file is there, of either form. */
MUST_CHECK enum errc recipient_path(struct arena *a, const struct notify *n, const char *address, const char **path, bool *known,
    struct err *e);

/*
 * recipient-worker.c: *why is NULL, or in words why the key is not one to encrypt to. With a mail, *encrypted is it: DER, or packets
 * of OpenPGP; it lives as long as the arena.
 */
MUST_CHECK enum errc recipient_ask(struct arena *a, const struct recipient_key *k, span mail, const char **why, span *encrypted,
    struct err *e);

#endif
