/*
 * S/MIME (RFC 8551, RFC 5652). What is in base64 to every reader but open to anyone is taken out: the entity that was signed
 * (signed-data), compressed (compressed-data, RFC 3274), or came with a digest or a code of its keeper (digested-data, authenticated-data, data),
 * which mail programs do not write. Nothing is verified.
 */
#ifndef TOCSIN_MAIL_SIGNED_H
#define TOCSIN_MAIL_SIGNED_H

#include "base/arena.h"
#include "base/span.h"

enum cms {
	CMS_NONE,      /* none that holds anything */
	CMS_OPEN,
	CMS_PACKED,    /* compressed_content takes it out */
	CMS_ENCRYPTED, /* EnvelopedData, EncryptedData, AuthEnvelopedData (RFC 5083) */
};
/* By how it begins, which a dozen bytes tell; CMS_NONE also for types that are none of these. */
enum cms cms_kind(span head);
/*
 * What it holds, borrowed or in the arena; empty for anything else and for a detached signature. *cut when there should be more of it.
 */
MUST_CHECK enum errc cms_content(struct arena *a, span cms, span *out, enum cms *kind, bool *cut, struct err *e);
/* What was packed so, up to *room bytes, which becomes less by them; *cut when there is, or should be, more. */
MUST_CHECK enum errc compressed_content(struct arena *a, span packed, size_t *room, span *out, bool *cut, struct err *e);

#endif
