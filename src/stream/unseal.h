/*
 * Encrypted archives of 7z and RAR 5. libarchive reads both and decrypts neither, so they are written anew in memory without their
 * encryption, and read like any other: what compresses them stays libarchive's business. Passwords are told right or wrong by
 * the digests and check values in the archive, folder by folder (7z) or member by member (RAR): what one of them does
 * not open stays as it is, for libarchive to say so.
 */
#ifndef TOCSIN_STREAM_UNSEAL_H
#define TOCSIN_STREAM_UNSEAL_H

#include "base/buf.h"
#include "stream/passwords.h"

struct unsealed {
	bool known;         /* an archive of those two, with something encrypted: no use in trying passwords elsewhere */
	const char *reason; /* why what is still encrypted is that; NULL: it needs a password. Static. */
	struct buf plain;   /* the archive without what was opened; empty: nothing was */
};

/*
 * Tries the passwords (p may be NULL: what is encrypted is looked at all the same) and says which opened something (passwords_used). What
 * is no such archive, not encrypted or damaged gives neither `known` nor `plain`. Errors are those of memory only. Release with
 * unsealed_free in any case.
 */
MUST_CHECK enum errc archive_unseal(span bytes, struct passwords *p, struct unsealed *out, struct err *e);
void unsealed_free(struct unsealed *u);

#endif
