/* One item of a PST as properties: for pst.c alone. */
#ifndef TOCSIN_MAIL_PST_ITEM_H
#define TOCSIN_MAIL_PST_ITEM_H

#include <libpff.h>

#include "mail/mapi.h"

/* Recipients, attachments and messages within included; what cannot be read of it is said in (*out)->missing. */
MUST_CHECK enum errc pst_item_read(struct arena *a, libpff_item_t *item, struct mapi_item **out, struct err *e);

/* Has it a message class? */
bool pst_item_is_message(libpff_item_t *item);

/* Does the file ask programs to ask for a password? */
bool pst_has_password(libpff_file_t *file);

#endif
