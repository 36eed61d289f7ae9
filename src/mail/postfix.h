/*
 * A message in the queue of Postfix, as its cleanup(8) writes it: records of a type, a length (seven bits a byte, the lowest first) and as
 * many bytes. Between 'M' and 'X' stands the message, a record a line; what a milter changed lies elsewhere in the file, behind pointers.
 */
#ifndef TOCSIN_MAIL_POSTFIX_H
#define TOCSIN_MAIL_POSTFIX_H

#include "base/buf.h"

bool postfix_sniff(span file);

/* The message, as postcat -bh writes it; none: *out stays empty. *missing: "", or what of it is not there. */
void postfix_render(span file, struct buf *out, const char **missing);

#endif
