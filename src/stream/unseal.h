/*
 * Encrypted archives of 7z and RAR. libarchive reads both and decrypts neither, so they are written anew in memory without their encryption, and
 * read like any other: what compresses them stays libarchive's business. Passwords are told right or wrong by the digests and check
 * values in the archive, folder by folder (7z) or member by member (RAR). What none of them opens becomes a
 * member that lacks its bytes, where libarchive would end at it; else it stays as it is, for libarchive to say so.
 */
#ifndef TOCSIN_STREAM_UNSEAL_H
#define TOCSIN_STREAM_UNSEAL_H

#include "base/buf.h"
#include "stream/passwords.h"

struct unsealed {
	bool known;         /* an archive of those two, with something encrypted: no use in trying passwords elsewhere */
	const char *reason; /* why what is still encrypted is that; NULL: it needs a password. Static. */
	struct buf plain;   /* the archive to read instead; empty: as it is */
	struct buf members; /* for unsealed_lacks and unsealed_fits */
};

/*
 * Tries the passwords (p may be NULL: what is encrypted is looked at all the same) and says which opened something (passwords_used). What
 * is no such archive, not encrypted or damaged gives neither `known` nor `plain`. Errors are those of memory only. Release with
 * unsealed_free in any case.
 */
MUST_CHECK enum errc archive_unseal(span bytes, struct passwords *p, struct unsealed *out, struct err *e);
void unsealed_free(struct unsealed *u);
/* Is the member of that number in `plain` one without its bytes, since it is still encrypted? */
bool unsealed_lacks(const struct unsealed *u, uint64_t index);
/* Are these the bytes of that member, as far as a digest says so that libarchive cannot compare? */
bool unsealed_fits(const struct unsealed *u, uint64_t index, span content);

#endif
