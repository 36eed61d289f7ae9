/*
 * Outlook's PST and OST by libpff, over the mapped file: it opens nothing. What lies in one is a row of units in an order that
 * rests on the file alone: the file itself, each folder with its messages and hidden items, what no folder holds any
 * more (orphaned), and what was found again in freed space (recovered). Every unit can be asked for by its index.
 *
 * Hostile files crash libpff: this belongs into a worker, and one who lost a worker passes over the unit that did it.
 */
#ifndef TOCSIN_MAIL_PST_H
#define TOCSIN_MAIL_PST_H

#include "mail/box.h"

struct pst;

/* By the first four bytes. */
bool pst_sniff(span file);

/* Loads libpff, before the walls; nothing where it is left for later. */
MUST_CHECK enum errc pst_warm(struct err *e);
/* file must outlive it. ERR_EVIDENCE, with libpff's reason, when it cannot be opened. */
MUST_CHECK enum errc pst_open(struct pst **out, span file, struct err *e);
void pst_close(struct pst *p); /* NULL is fine */

/* But for those that are recovered: how many these are is known when they are searched for. */
uint64_t pst_units(const struct pst *p);

/* Unit `index`; *found false behind the last. *out in the arena. */
MUST_CHECK enum errc pst_unit(struct pst *p, struct arena *a, uint64_t index, enum box_want want, struct box_unit *out,
    bool *found, struct err *e);

#endif
