/* What an attachment holds that is taken apart (attached.c): by its content, and by what it is called where the content leaves that open. */
#ifndef TOCSIN_MAIL_HOLDS_H
#define TOCSIN_MAIL_HOLDS_H

#include "mail/mime.h"

/* Neither a document nor sealed mail holds anything. */
enum holds { HOLDS_NOTHING, HOLDS_MEMBERS, HOLDS_ITEMS, HOLDS_MESSAGES, HOLDS_MESSAGE, HOLDS_SIGNED };

/* By its first bytes: may it hold something? */
bool part_may_hold(const struct part *p, span head);
/* By all of them. Of an archive in a program, *bytes becomes that. */
enum holds part_holds(const struct part *p, span *bytes);

#endif
