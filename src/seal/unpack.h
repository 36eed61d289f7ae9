/*
 * An export (doc/sealed-bundle.md) opened: decrypted as a stream, its manifest checked first, and then every file compared with
 * it while it is written. Names are taken only as the format has them, so that nothing can be written elsewhere. Whoever
 * can make a file that opens here has the organisation's key; with the signer's key it must be ours, too.
 */
#ifndef TOCSIN_SEAL_UNPACK_H
#define TOCSIN_SEAL_UNPACK_H

#include "base/arena.h"
#include "seal/bundle.h"

struct unpack {
	span file;                         /* the age file */
	const struct seal_key *secret;
	const struct verify_key *signer; /* NULL: the signature is not checked */
	const char *dir;                   /* folder that was just made; NULL: only looks */
	void *ctx;
	void (*each)(void *ctx, const char *name, uint64_t n_bytes); /* may be NULL */
};
struct unpacked { uint64_t n_files, n_bytes; char case_hex[SEAL_CASE_HEX]; uint64_t generation, version; };
MUST_CHECK enum errc unpack(struct arena *a, const struct unpack *u, struct unpacked *out, struct err *e);

#endif
