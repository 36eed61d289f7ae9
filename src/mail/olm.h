/*
 * Outlook for Mac's archive (.olm): a ZIP file with an XML file a message (OPFMessageCopy... elements), one for all contacts, one
 * for a calendar and so on, and the attachments as members of their own. Its items become those of mapi.h and are
 * rendered as the same items of a PST would be.
 *
 * Units are the file itself, then its items in the order of the directory, then the attachments and whatever else lies there: an
 * attachment that no message refers to is an item of its own, so that nothing is lost.
 */
#ifndef TOCSIN_MAIL_OLM_H
#define TOCSIN_MAIL_OLM_H

#include "mail/box.h"

struct olm;

/* A ZIP file with a folder of Outlook for Mac's messages in its directory, or one that is cut off and has them near its beginning. */
bool olm_sniff(span file);

/* file must outlive it. */
MUST_CHECK enum errc olm_open(struct olm **out, span file, struct err *e);
void olm_close(struct olm *o); /* NULL is fine */

/* See box_unit. */
MUST_CHECK enum errc olm_unit(struct olm *o, struct arena *a, uint64_t index, enum box_want want, struct box_unit *out,
    bool *found, struct err *e);

#endif
