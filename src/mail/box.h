/*
 * Mailbox files that hold many items in a form of their own: PST and OST (pst.h), Outlook for Mac's archive (olm.h). What lies in
 * one is a row of units in an order that rests on the file alone, so that each can be asked for by its index; items are
 * given as their rendering (tocsin-rendering(5)).
 */
#ifndef TOCSIN_MAIL_BOX_H
#define TOCSIN_MAIL_BOX_H

#include "base/arena.h"

enum box_kind { BOX_NONE, BOX_PST, BOX_OLM };

enum box_outcome {
	BOX_MESSAGE, /* rendered */
	BOX_PARTIAL, /* rendered but for what reason says */
	BOX_NOTHING, /* a folder, a hidden item: nothing to read, reason says what it is */
	BOX_FAILED,
};

struct box_unit {
	span name;    /* "Top of Outlook data file/Inbox/2097188": folders, and the item's number or name in the file */
	span message; /* its rendering */
	enum box_outcome outcome;
	const char *reason; /* NULL for nothing to say */
};

/* How much of a unit is wanted. */
enum box_want {
	BOX_ALL,
	BOX_NAME, /* passed over: no message, and its name where that costs nothing */
	BOX_PASS, /* it brought a worker down: its name where that is known, and none of the work */
};

struct box;

/* By the content alone; of a ZIP file all names may be looked at. */
enum box_kind box_sniff(span file);

/* Before the walls, where boxes are opened behind them. */
MUST_CHECK enum errc box_warm(struct err *e);
/* file must outlive it. ERR_EVIDENCE when it cannot be opened. */
MUST_CHECK enum errc box_open(struct box **out, span file, struct err *e);
void box_close(struct box *b); /* NULL is fine */

/* How many units there are for certain, when each can be had without those before it; else 0. */
uint64_t box_apart(const struct box *b);

/* Unit `index`; *found false behind the last. *out in the arena. */
MUST_CHECK enum errc box_unit(struct box *b, struct arena *a, uint64_t index, enum box_want want, struct box_unit *out,
    bool *found, struct err *e);

#endif
