/*
 * What stands in plain text and hides words: characters that nobody sees (utf8_unseen), and the soft line breaks of format=flowed (RFC
 * 3676), where a line that ends in a space goes on in the next one, so that a word, or with DelSp a number, may be cut in two. They are
 * taken out; where each piece of the text stood is kept.
 */
#ifndef TOCSIN_MAIL_FLOWED_H
#define TOCSIN_MAIL_FLOWED_H

#include "base/arena.h"

struct flow;
enum flowing { FLOW_NOT, FLOW_SOFT, FLOW_DELSP }; /* are lines that end in a space soft breaks, and is the space part of them? */
/* *text is `source` itself, and *flow NULL, when nothing is taken out. Both live in the arena; source, valid UTF-8, must outlive them. */
MUST_CHECK enum errc flowed_text(struct arena *a, span source, enum flowing how, span *text, struct flow **flow, struct err *e);

/* A place of the text in the source, and the other way; in what was taken out it is the place behind it. */
size_t flow_source(const struct flow *f, size_t at);
size_t flow_text(const struct flow *f, size_t source_at);

#endif
