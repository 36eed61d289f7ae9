/*
 * S/MIME signed-data (RFC 8551 3.5.2): a message within its signature, in base64 to every reader but open to anyone. The entity
 * that was signed is taken out; nothing is verified.
 */
#ifndef TOCSIN_MAIL_SIGNED_H
#define TOCSIN_MAIL_SIGNED_H

#include "base/arena.h"
#include "base/span.h"

/*
 * What a CMS SignedData (RFC 5652 5.1) holds, borrowed or in the arena; empty for anything else and for a detached signature. *cut
 * when there should be more of it.
 */
MUST_CHECK enum errc signed_content(struct arena *a, span cms, span *out, bool *cut, struct err *e);

#endif
