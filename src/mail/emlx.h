/* Apple Mail's .emlx: the length of a message on a line, the message, and a property list with its flags. */
#ifndef TOCSIN_MAIL_EMLX_H
#define TOCSIN_MAIL_EMLX_H

#include "base/span.h"

/* Where the message lies in it; false when it is none. One that is cut short gives what is there. */
bool emlx_message(span file, size_t *at, size_t *n);

#endif
