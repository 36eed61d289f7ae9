/*
 * Which language a text is in, of those that notices are shipped in, by its most frequent small words. Coarse: a page of text is
 * known for certain, a line is not, and then the answer is that it is not known.
 */
#ifndef TOCSIN_DELIVER_LANGUAGE_H
#define TOCSIN_DELIVER_LANGUAGE_H

#include "base/span.h"

/* "en", "fr", "de", "es", or NULL: too little text, or none of these. */
const char *language_of(span text);
/* Whether a tag (RFC 5646) names this language: "fr" is named by "fr", "fr-CH" and "FR". */
bool language_is(span tag, const char *code);
/* Whether language_of() can tell a text in what the tag names. */
bool language_known(span tag);

#endif
