/*
 * All anchors of a rule set looked for in one pass over a text. Nearly all are words and begin where a word does, so most bytes of a text
 * are done with by one look at a table: no anchor begins with these three there. Of the others the first bytes are looked up, as many as the
 * anchors have that could stand there, eight at most, and what fits is compared whole.
 */
#ifndef TOCSIN_SCAN_ANCHORS_H
#define TOCSIN_SCAN_ANCHORS_H

#include "scan/private.h"

struct anchors;

/* v[0, n): of those with the same text the first is looked for. All is the arena's; v is kept and must outlive it. */
MUST_CHECK enum errc anchors_new(struct arena *a, const struct anchor *v, size_t n, struct anchors **out, struct err *e);

/* The anchor v[id] ends before text.p[end]; false ends the search. */
typedef bool (*anchor_found)(void *ctx, size_t id, size_t end);

/*
 * Every place of every anchor, in the order in which they end. Of anchors that begin a word those within one, by its ASCII letters, may
 * be left out; what boundaries they want is else for `found` to see to. false: it ended the search.
 */
bool anchors_find(const struct anchors *s, span text, anchor_found found, void *ctx);

#endif
