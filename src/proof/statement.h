/*
 * What a notice states of itself, in a form that can be signed, logged and checked by program: canonical JSON (RFC 8785:
 * members in order, no white space), one line without a line end.
 *
 *     {"domain":...,"id":...,"issued":...,"organisation":...,"portal":...,"signer":...,"text_sha256":...,"type":"tocsin-notice-1"}
 *
 * text_sha256 is over the notice's text as UTF-8 with LF line ends.
 */
#ifndef TOCSIN_PROOF_STATEMENT_H
#define TOCSIN_PROOF_STATEMENT_H

#include "base/buf.h"
#include "base/digest.h"

#define STATEMENT_TYPE "tocsin-notice-1"

struct statement {
	span domain;       /* of the sender */
	span id;           /* "TN-7Q4K-2M9D" */
	int64_t issued_utc;
	span organisation; /* whom the notice is to */
	span portal;
	span signer;       /* "Name <address>" */
	struct digest text_sha256;
};

MUST_CHECK enum errc statement_write(const struct statement *s, struct buf *out, struct err *e);
/* The digest of a notice's text: CRLF as LF, and the empty lines at its end not counted. */
MUST_CHECK enum errc statement_text_digest(span text, struct digest *out, struct err *e);
/* "north.example/notices": the name under which the domain's log signs its checkpoints. */
void statement_origin(span domain, struct buf *out);

#endif
