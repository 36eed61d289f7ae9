/* A mail or a page of the web that was saved as a file (MHTML, RFC 2557): what people call the parts of it. */
#ifndef TOCSIN_MAIL_SAVED_H
#define TOCSIN_MAIL_SAVED_H

#include "mail/mime.h"

/* The part's file, *text for the first that is a text and no file (NULL then), where it came from, or its number. */
MUST_CHECK enum errc saved_name(struct arena *a, const struct part *p, const char **text, span *name, struct err *e);

/* A page of the web with its pictures (MHTML, RFC 2557). */
bool saved_page(const struct part *p);
/* A mail that was saved, or a page, sent as a file. What does not call itself text is one by its content alone. */
bool saved_message(const struct part *p, span head);

#endif
