/* Base64 in its one canonical form (RFC 4648 4, padded, no line ends), for the formats of this room. */
#ifndef TOCSIN_PROOF_TEXT64_H
#define TOCSIN_PROOF_TEXT64_H

#include "base/buf.h"

void text64_put(struct buf *out, span s);
void text64_url_put(struct buf *out, span s); /* base64url without padding (RFC 4648 5) */
/* Exactly n bytes; anything else, also a form that is not canonical, is false. */
bool text64_read(span text, unsigned char *out, size_t n);
/* At most max bytes, *n of them. */
bool text64_read_some(span text, unsigned char *out, size_t max, size_t *n);

#endif
