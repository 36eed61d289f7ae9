/*
 * The head of a request, judged by its bytes before anything else reads it, and the headers of every answer. What two readers could
 * understand in two ways is no request: the proxy and we must see the same one.
 */
#ifndef TOCSIN_SERVE_HEAD_H
#define TOCSIN_SERVE_HEAD_H

#include "base/buf.h"

enum { HEAD_MORE = 0, HEAD_GOOD = 200 };

/* HEAD_MORE: its end is not there yet. Else HEAD_GOOD, or the status that refuses it. */
unsigned head_check(span s, span host);

/* What each answer has, whatever it is. */
struct head_line { const char *name, *value; };
extern const struct head_line head_always[];
extern const size_t head_n_always;

/* A whole answer that refuses; to is what was asked, as far as it came: HEAD has no body. */
void head_refusal(struct buf *b, unsigned status, span to);
/* The code that says it in JSON. */
const char *head_code(unsigned status);

#endif
