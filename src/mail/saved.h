/* A mail or a page of the web that was saved as a file (MHTML, RFC 2557): what people call the parts of it. */
#ifndef TOCSIN_MAIL_SAVED_H
#define TOCSIN_MAIL_SAVED_H

#include "mail/mime.h"

/* The part's file, *text for the first that is a text and no file (NULL then), where it came from, or its number. */
MUST_CHECK enum errc saved_name(struct arena *a, const struct part *p, const char **text, span *name, struct err *e);

#endif
