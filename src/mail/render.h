/* Writing of header fields and bodies, for the rendering of Outlook items alone. Lines end in CRLF. */
#ifndef TOCSIN_MAIL_RENDER_H
#define TOCSIN_MAIL_RENDER_H

#include "mail/header.h"
#include "mail/mapi.h"

/* All fields of an item but those that describe a body: render-header.c. */
MUST_CHECK enum errc render_header(struct arena *a, const struct mapi_item *item, span class, struct buf *out, struct err *e);

/* A field as it was. */
void render_raw(struct buf *b, const struct field *f);
/* "Field: text", encoded words (RFC 2047) where it is not plain; nothing for an empty text. text is UTF-8. */
void render_field(struct buf *b, const char *field, span text);
/* A display name: quoted, or encoded words. */
void render_phrase(struct buf *b, span name);
/* Without line ends, control characters and angle brackets. */
void render_plain(struct buf *b, span text);
/* "Date: ..." in UTC; nothing for TIME_NONE. */
void render_date(struct buf *b, int64_t when_utc);
/* "; filename=..." (RFC 2231 where it is not plain); nothing for an empty name. */
void render_filename(struct buf *b, span name);
/* Lines of 76 characters. */
void render_base64(struct buf *b, span bytes);
/* Is this "type/subtype" and nothing else? */
bool render_is_type(span s);

#endif
