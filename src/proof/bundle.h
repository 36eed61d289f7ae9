/*
 * An inclusion proof that stands alone (c2sp.org/tlog-proof): what somebody needs, besides the log's key and the leaf, to see
 * offline that the log's keeper has committed to it.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64: the salt of the leaf, 16 bytes>
 *     index <number>
 *     <base64 digest> ...
 *     <empty line>
 *     <checkpoint, a signed note>
 */
#ifndef TOCSIN_PROOF_BUNDLE_H
#define TOCSIN_PROOF_BUNDLE_H

#include "proof/log.h"
#include "proof/note.h"

struct bundle {
	bool salted;
	unsigned char salt[LOG_SALT];
	uint64_t index;
	struct merkle_proof proof;
	span checkpoint;
};

MUST_CHECK enum errc bundle_write(const struct bundle *b, struct buf *out, struct err *e);
/* checkpoint lies in text. */
MUST_CHECK enum errc bundle_read(span text, struct bundle *out, struct err *e);
/* The checkpoint is signed by origin's key, and the line (with the bundle's salt) is in its tree. */
MUST_CHECK enum errc bundle_verify(const struct bundle *b, span line, span origin,
    const unsigned char key[VERIFY_KEY_SIZE], struct checkpoint *out, struct err *e);

#endif
