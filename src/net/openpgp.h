/*
 * OpenPGP (RFC 4880) by librnp, loaded when a key is first read: it brings Botan and the runtime of C++ with it, and few cases have
 * such keys. Keys are hostile: behind walls openpgp_ready() must have been called before them.
 */
#ifndef TOCSIN_NET_OPENPGP_H
#define TOCSIN_NET_OPENPGP_H

#include "base/buf.h"

/* Loads librnp, and has it open what it needs. ERR_WORLD: it is not there. */
MUST_CHECK enum errc openpgp_ready(struct err *e);

/*
 * key is one public key, armoured or not. *why is NULL when it is one to encrypt to for that address at that time; else what is
 * wrong with it, for people.
 */
MUST_CHECK enum errc openpgp_recipient_check(span key, span address, int64_t when_utc, const char **why, struct err *e);

/* Appends the entity encrypted (AES-256, with its integrity protected) to the key, as binary packets. Different bytes each time. */
MUST_CHECK enum errc openpgp_encrypt(span entity, span key, int64_t when_utc, struct buf *out, struct err *e);

enum openpgp_signature {
	SIGNATURE_NONE,      /* there is none, or none that this program can check */
	SIGNATURE_VALID,
	SIGNATURE_OTHER_KEY, /* made with another key */
	SIGNATURE_WRONG,     /* the text is not what was signed */
	SIGNATURE_EXPIRED,   /* it, or the key, has expired or been revoked */
	SIGNATURE_NO_KEY,    /* what was given as a key is none, or more than one */
};
enum { OPENPGP_FINGERPRINT = 64 }; /* hex digits at most */

/* Of text that is signed in clear (RFC 4880 7), with one public key; the key's fingerprint, or "". */
MUST_CHECK enum errc openpgp_verify(span text, span key, int64_t when_utc, enum openpgp_signature *how,
    char fingerprint[OPENPGP_FINGERPRINT + 1], struct err *e);

#endif
