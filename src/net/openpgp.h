/*
 * OpenPGP (RFC 4880) by librnp, loaded when a key is first read: it brings Botan and the runtime of C++ with it, and few cases have
 * such keys. Keys are hostile to the extent that whoever sent one is.
 */
#ifndef TOCSIN_NET_OPENPGP_H
#define TOCSIN_NET_OPENPGP_H

#include "base/buf.h"

/*
 * key is one public key, armoured or not. *why is NULL when it is one to encrypt to for that address at that time; else what is
 * wrong with it, for people. ERR_WORLD: librnp is not there.
 */
MUST_CHECK enum errc openpgp_recipient_check(span key, const char *address, int64_t when_utc, const char **why, struct err *e);

/* Appends the entity encrypted (AES-256, with its integrity protected) to the key, in armour with CRLF. Different bytes each time. */
MUST_CHECK enum errc openpgp_encrypt(span entity, span key, int64_t when_utc, struct buf *out, struct err *e);

#endif
