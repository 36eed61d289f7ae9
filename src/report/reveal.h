/*
 * The values of findings, read again from the evidence by workers. They are in memory only, from reveal_values to
 * reveal_free, which overwrites them; the reveal is in the ledger, committed, before the first value is handed out.
 */
#ifndef TOCSIN_REPORT_REVEAL_H
#define TOCSIN_REPORT_REVEAL_H

#include "report/report.h"

struct revealed;
MUST_CHECK enum errc reveal_values(struct revealed **out, const struct list_run *run, struct err *e);
/* False when it could not be read again. The value lives until reveal_free. */
bool reveal_value(const struct revealed *r, int64_t finding_id, span *value);
void reveal_free(struct revealed *r);

#endif
