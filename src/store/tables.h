/* How a column of a table is spelled in tables-mail.c and tables-orgs.c, and where the two files meet. */
#ifndef TOCSIN_STORE_TABLES_H
#define TOCSIN_STORE_TABLES_H

#include "store/rows.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

#define TEXT(n, w) {.name = n, .kind = CELL_TEXT, .width = w}
#define NUMBER(n, w) {.name = n, .kind = CELL_NUMBER, .width = w}
#define BOOL(n, w) {.name = n, .kind = CELL_BOOL, .width = w}
#define TIME(n, w) {.name = n, .kind = CELL_TIME, .width = w}
#define DIGEST(n, w) {.name = n, .kind = CELL_DIGEST, .width = w}
#define WORD(n, words, w) {.name = n, .kind = CELL_WORD, .word = words, .width = w}
#define LIST(n, w, s) {.name = n, .kind = CELL_LIST, .sql = s, .width = w}
/* Filled by the sql of an earlier column: its rows are pairs of which of the columns, from 0, and text. */
#define FILLED(n, w) {.name = n, .kind = CELL_LIST, .width = w}
#define ROWS(n, c, s) {.name = n, .kind = CELL_ROWS, .columns = c, .n_columns = N_OF(c), .sql = s}
#define COLUMNS(c) .columns = c, .n_columns = N_OF(c)

extern const struct table table_sources, table_mailboxes, table_items, table_item_problems, table_messages, table_parts, table_coverage,
    table_findings, table_exposures, table_outcomes, table_part_types, table_unread, table_months, table_classes,
    table_verdicts;
extern const struct table table_log_sources, table_log_failures, table_log_problems, table_events, table_accesses, table_mailbox_verdicts,
    table_log_days, table_timeline, table_suggestions;
extern const struct table table_verdict_reasons, table_incident_steps, table_access_hours, table_mailbox_days,
    table_not_in_evidence;
extern const struct table table_orgs, table_links, table_persons, table_conflicts, table_waves, table_notices,
    table_told, table_ledger, table_dispositions;
extern const struct table table_deliveries, table_heard, table_tasks, table_withdrawals, table_withheld, table_delivery_counts;
extern const struct table table_sealed, table_remediations, table_questions, table_portal_events, table_reset_counts;

#endif
