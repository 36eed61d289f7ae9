/* Of a message in two forms, HTML and plain text (RFC 2046 5.1.4): does what was found in the one stand in the other, too? */
#ifndef TOCSIN_SCAN_ALTERNATIVE_H
#define TOCSIN_SCAN_ALTERNATIVE_H

#include "mail/mime.h"

/* The text of a part without white space; p NULL where it was not read whole. */
struct bare_text { bool asked; span text; };
/*
 * The text beside that part, in the arena; p NULL where there is none. bare is as long as m->parts and begins as zeros: it keeps
 * what was asked for, as many parts may have the same text beside them.
 */
MUST_CHECK enum errc other_text(struct arena *a, const struct message *m, const struct part *p, struct bare_text *bare, span *other,
    struct err *e);
/* Where it stands, in words, when the other text lacks it; "" when it is in both; NULL: memory. */
const char *alternative_of(struct arena *a, const struct part *p, span value, span other);

#endif
