/* Of a message in two forms, HTML and plain text (RFC 2046 5.1.4): does what was found in the one stand in the other, too? */
#ifndef TOCSIN_SCAN_ALTERNATIVE_H
#define TOCSIN_SCAN_ALTERNATIVE_H

#include "mail/mime.h"
#include "scan/private.h"

/* The text of a part without white space; p NULL where it was not read whole. */
struct bare_text { bool asked; span text; };
/*
 * Which of the hits, found in `text` of that part, stand in the other form too, white space aside: (*both)[i]. *both is NULL where there is no
 * other text. bare is as long as m->parts and begins as zeros. The time is linear in the texts, and in what was found.
 */
MUST_CHECK enum errc alternative_find(struct arena *a, const struct message *m, const struct part *p, struct bare_text *bare, span text,
    const struct hits *hits, bool **both, struct err *e);
/* Where what the other text lacks stands, in words. */
const char *alternative_words(const struct part *p);

#endif
