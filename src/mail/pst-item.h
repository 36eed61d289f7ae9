/* One item of a PST as properties: for pst.c alone. */
#ifndef TOCSIN_MAIL_PST_ITEM_H
#define TOCSIN_MAIL_PST_ITEM_H

#include "mail/mapi.h"
#include "mail/pst-library.h"

/* Recipients, attachments and messages within included; what cannot be read of it is said in (*out)->missing. */
MUST_CHECK enum errc pst_item_read(struct arena *a, libpff_item_t *item, struct mapi_item **out, struct err *e);

/*
 * A table of contents that no folder has any more: what its rows hold of the messages (subject, who, when), each as a message
 * within one that says so. Rows without a class of message are left out.
 */
MUST_CHECK enum errc pst_table_read(struct arena *a, libpff_item_t *table, struct mapi_item **out, struct err *e);

/* The number of the node that row `index` of a table stands for; false when that cannot be read. */
bool pst_row_node(libpff_item_t *table, int index, uint32_t *node);

/* Has it a message class? Of a table: has its first row one? */
bool pst_item_is_message(libpff_item_t *item);

/* Does the file ask programs to ask for a password? */
bool pst_has_password(libpff_file_t *file);

#endif
