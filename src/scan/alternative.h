/* Of a message in two forms, HTML and plain text (RFC 2046 5.1.4): does what was found in the one stand in the other, too? */
#ifndef TOCSIN_SCAN_ALTERNATIVE_H
#define TOCSIN_SCAN_ALTERNATIVE_H

#include "mail/mime.h"

/* The text beside that part, without white space, in the arena; p NULL where there is none. */
MUST_CHECK enum errc other_text(struct arena *a, const struct message *m, const struct part *p, span *other, struct err *e);
/* Where it stands, in words, when the other text lacks it; "" when it is in both; NULL: memory. */
const char *alternative_of(struct arena *a, const struct part *p, span value, span other);

#endif
