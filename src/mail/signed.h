/*
 * S/MIME signed-data (RFC 8551 3.5.2): a message within its signature, in base64 to every reader but open to anyone; compressed-data
 * (RFC 8551 3.6, RFC 3274); and digested-data (RFC 5652 7), which mail programs do not write. The entity that was signed or compressed is taken out; nothing is verified.
 */
#ifndef TOCSIN_MAIL_SIGNED_H
#define TOCSIN_MAIL_SIGNED_H

#include "base/arena.h"
#include "base/span.h"

/*
 * What a CMS SignedData (RFC 5652 5.1), DigestedData or CompressedData (then *packed) holds, borrowed or in the arena; empty for anything else and for a
 * detached signature. *cut when there should be more of it.
 */
MUST_CHECK enum errc signed_content(struct arena *a, span cms, span *out, bool *packed, bool *cut, struct err *e);
/* What was packed so, up to *room bytes, which becomes less by them; *cut when there is, or should be, more. */
MUST_CHECK enum errc compressed_content(struct arena *a, span packed, size_t *room, span *out, bool *cut, struct err *e);

#endif
