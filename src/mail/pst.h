/*
 * Outlook's PST and OST by libpff, over the mapped file: it opens nothing. What lies in one is a row of units in an order that
 * rests on the file alone: the file itself, each folder with its messages and hidden items, what no folder holds any
 * more (orphaned), and what was found again in freed space (recovered). Every unit can be asked for by its index.
 *
 * Hostile files crash libpff: this belongs into a worker, and one who lost a worker passes over the unit that did it.
 */
#ifndef TOCSIN_MAIL_PST_H
#define TOCSIN_MAIL_PST_H

#include "mail/mapi.h"

struct pst;

enum pst_outcome {
	PST_MESSAGE, /* rendered */
	PST_PARTIAL, /* rendered but for what reason says */
	PST_NOTHING, /* a folder, a hidden item: nothing to read, reason says what it is */
	PST_FAILED,
};

struct pst_unit {
	span name;    /* "Top of Outlook data file/Inbox/2097188": folders and the node's number in the file */
	span message; /* its rendering (tocsin-rendering(5)) */
	enum pst_outcome outcome;
	const char *reason; /* NULL for nothing to say */
};

/* How much of a unit is wanted. */
enum pst_want {
	PST_ALL,
	PST_NAME, /* no message */
	PST_PASS, /* it brought a worker down: its name where that is known, and none of the work */
};

/* By the first four bytes. */
bool pst_sniff(span file);

/* file must outlive it. ERR_EVIDENCE, with libpff's reason, when it cannot be opened. */
MUST_CHECK enum errc pst_open(struct pst **out, span file, struct err *e);
void pst_close(struct pst *p); /* NULL is fine */

/* Unit `index`; *found false behind the last. *out in the arena. */
MUST_CHECK enum errc pst_unit(struct pst *p, struct arena *a, uint64_t index, enum pst_want want, struct pst_unit *out,
    bool *found, struct err *e);

#endif
