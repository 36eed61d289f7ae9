/*
 * TNEF, what Outlook attaches as winmail.dat (MS-OXTNEF): an item in one stream of attributes, its properties among them.
 * Cut or damaged streams give what came before the damage, and item->missing says so.
 */
#ifndef TOCSIN_MAIL_TNEF_H
#define TOCSIN_MAIL_TNEF_H

#include "mail/mapi.h"

/* By its first four bytes. */
bool tnef_sniff(span bytes);

/* ERR_EVIDENCE when it is none. *out lives in the arena and in bytes. */
MUST_CHECK enum errc tnef_read(struct arena *a, span bytes, struct mapi_item **out, struct err *e);

#endif
