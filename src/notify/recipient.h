/*
 * Keys to encrypt notices to, as files that the operator puts into the case: keys/recipients/ADDRESS.pem, the S/MIME certificate of
 * one address in small letters, with its chain behind it if there is one; or ADDRESS.asc, its OpenPGP key. Whether they are used, or
 * asked for, is the policy's.
 */
#ifndef TOCSIN_NOTIFY_RECIPIENT_H
#define TOCSIN_NOTIFY_RECIPIENT_H

#include "case/case.h"
#include "notify/eml.h"
#include "notify/signing.h"

struct recipient_key {
	enum key_form { KEY_SMIME, KEY_OPENPGP } form;
	span bytes;
};

/*
 * out->bytes is empty where the policy is to encrypt to nobody, or there is no key for the address. A key that is there and must
 * not be used (expired, another's, too weak, one of two) is ERR_USAGE with what is wrong: silently sending in clear would be worse.
 */
MUST_CHECK enum errc recipient_key(struct arena *a, const struct case_config *c, const char *address, int64_t now_utc,
    struct recipient_key *out, struct err *e);

/*
 * Appends the mail as enveloped data (RFC 8551 3.3) or as multipart/encrypted (RFC 3156 4) under the same fields and, where we sign
 * with DKIM, a signature of its own. What comes out of decrypting is the signed mail, fields and all, so that everything that checks
 * a notice checks that.
 */
MUST_CHECK enum errc recipient_encrypt(const struct signing *s, const struct eml *m, span mail, const struct recipient_key *key,
    struct buf *out, struct err *e);

#endif
