/* The verbs, one function each, in files of their names. */
#ifndef TOCSIN_CMD_VERBS_H
#define TOCSIN_CMD_VERBS_H

#include "cmd/cmd.h"

typedef enum errc verb_fn(struct cmd *c, const struct verb *v, int argc, char **argv, int *status);

verb_fn cmd_init, cmd_ingest, cmd_scope, cmd_scan, cmd_attribute, cmd_notify, cmd_report, cmd_status, cmd_list, cmd_verify, cmd_open, cmd_serve;

/* Not a verb: `tocsin worker JOB`, how the keeper starts its workers. Returns the exit status. */
int cmd_worker(int argc, char **argv);

#endif
