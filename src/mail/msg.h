/*
 * Outlook's .msg and .oft: one item in a compound file (MS-OXMSG). Messages attached to it, and OLE objects, lie in
 * storages of the same file. What is damaged is left out and said in item->missing.
 */
#ifndef TOCSIN_MAIL_MSG_H
#define TOCSIN_MAIL_MSG_H

#include "mail/mapi.h"
#include "stream/compound.h"

/* Is this compound file a message, not a document? */
bool msg_is(const struct compound *c);

/* ERR_EVIDENCE when it is none. *out and all in it live in the arena and in the file. */
MUST_CHECK enum errc msg_read(struct arena *a, const struct compound *c, struct mapi_item **out, struct err *e);

#endif
