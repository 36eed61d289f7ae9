/*
 * A wave's manifest: how many organisations were told, and a commitment to who was told what, signed with the key of notices. Its
 * text is lines of a note (note.h), its name the domain with "/wave-N" behind it; doc/proof-formats.md has the format. An organisation
 * is given its entry with the salt and the path, and nobody can guess another's. All of it is hostile where it is read.
 */
#ifndef TOCSIN_PROOF_MANIFEST_H
#define TOCSIN_PROOF_MANIFEST_H

#include "base/buf.h"
#include "proof/keys.h"
#include "proof/merkle.h"

enum { MANIFEST_SALT = 16 };

struct manifest {
	span domain;
	uint64_t wave;
	span planned, from, to;  /* RFC 3339; from and to: dates of the earliest and the newest message, "" when there is none */
	uint64_t first, supplemented, anew, unreachable, persons, notices, messages, exposures; /* persons: private ones, who are in no entry */
	uint64_t size;           /* entries that root commits to */
	struct digest root;
};
/* Appends the signed note. */
MUST_CHECK enum errc manifest_sign(const struct sign_key *k, const struct manifest *m, struct buf *out, struct err *e);
/* Spans into the note. ERR_EVIDENCE when it is not signed by that key, or no manifest. */
MUST_CHECK enum errc manifest_verify(span note, const unsigned char key[VERIFY_KEY_SIZE], struct manifest *out, struct err *e);

/* SHA-256(0x00 || salt || entry) */
void manifest_leaf(const unsigned char salt[MANIFEST_SALT], span entry, struct digest *out);

struct manifest_proof { span entry; unsigned char salt[MANIFEST_SALT]; uint64_t index; struct merkle_proof path; };
void manifest_proof_write(const struct manifest_proof *p, struct buf *out);
MUST_CHECK enum errc manifest_proof_read(span file, struct manifest_proof *out, struct err *e);
bool manifest_proof_holds(const struct manifest_proof *p, const struct manifest *m);

#endif
