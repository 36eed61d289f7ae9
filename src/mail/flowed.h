/*
 * What stands in plain text and hides words: characters that nobody sees (utf8_unseen), and the soft line breaks of format=flowed (RFC
 * 3676), where a line that ends in a space goes on in the next one, so that a word, or with DelSp a number, may be cut in two; in JSON and in
 * properties of Java the escapes of characters, of which a language of other letters is made. They are taken out, or undone; where each piece
 * of the text stood is kept.
 */
#ifndef TOCSIN_MAIL_FLOWED_H
#define TOCSIN_MAIL_FLOWED_H

#include "base/arena.h"

struct flow;
enum flowing {
	FLOW_NOT,
	FLOW_SOFT, FLOW_DELSP, /* lines that end in a space are soft breaks, and the space is part of them */
	FLOW_JSON, FLOW_PROPERTIES, /* characters may be escaped */
};
/* *text is `source` itself, and *flow NULL, when nothing is taken out. Both live in the arena; source, valid UTF-8, must outlive them. */
MUST_CHECK enum errc flowed_text(struct arena *a, span source, enum flowing how, span *text, struct flow **flow, struct err *e);

/* A place of the text in the source, and the other way; in what was taken out it is the place behind it. */
size_t flow_source(const struct flow *f, size_t at);
/* Where in the source what ends at that place of the text has its end; 0 is the beginning of both. */
size_t flow_source_end(const struct flow *f, size_t at);
size_t flow_text(const struct flow *f, size_t source_at);

#endif
