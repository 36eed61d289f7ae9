/* Names of people, where two different ones must say so: an approval, a withdrawal, a check that is overridden. */
#ifndef TOCSIN_CASE_PEOPLE_H
#define TOCSIN_CASE_PEOPLE_H

#include "base/buf.h"

/* A name as it is compared, put into b: trimmed, runs of blanks as one, letters small and without accents, nothing that does not show. */
void person_fold(struct buf *b, span name);
/* The same person, however spelled. */
MUST_CHECK enum errc person_same(const char *x, const char *y, bool *same, struct err *e);

#endif
