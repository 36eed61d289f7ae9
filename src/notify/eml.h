/*
 * A notice as a mail: RFC 5322 with CRLF, one recipient, UTF-8 text in quoted-printable, lines of at most 76 bytes.
 * The same fields give the same bytes. A field that would break out of its header (CR, LF, any control character)
 * or that is no plain address is refused, never repaired.
 */
#ifndef TOCSIN_NOTIFY_EML_H
#define TOCSIN_NOTIFY_EML_H

#include "base/buf.h"

struct eml {
	span from_name, from_address, to_address, subject; /* UTF-8; addresses are ASCII */
	span id;          /* left of "@" in the Message-ID; its right side is the domain of from_address */
	span language;    /* RFC 5646 */
	int64_t when_utc;
	span text;        /* UTF-8, lines ended by LF */
};

MUST_CHECK enum errc eml_write(const struct eml *m, struct buf *out, struct err *e);

/* The same in its two halves, for a mail with more parts: the fields up to MIME-Version; the text as a part of its own. */
MUST_CHECK enum errc eml_put_fields(const struct eml *m, struct buf *out, struct err *e);
void eml_put_text(const struct eml *m, struct buf *out);

/* "local@domain" of dot-atoms (RFC 5322 3.4.1), ASCII, at most 254 bytes. */
bool eml_address_ok(span address);

#endif
