/* What the subcommands about sending have in common: the case opened, the clock read, output that is printed at the end. */
#ifndef TOCSIN_CMD_NOTIFY_DESK_H
#define TOCSIN_CMD_NOTIFY_DESK_H

#include "cmd/notify.h"
#include "deliver/deliver.h"

struct desk {
	struct deliver d;
	unsigned char key[CASE_KEY_SIZE];
	struct buf out; /* the caller frees it, by desk_close, whatever desk_open returned */
	const char *const *operand;
	size_t n_operands;
};

/* Empty, for a case that is opened otherwise. */
void desk_set(struct desk *k, struct cmd *c);
/* cmd_start, and that there are as many operands as are wanted. */
MUST_CHECK enum errc desk_open(struct desk *k, struct cmd *c, const struct verb *v, int argc, char **argv, const struct cmd_option *options,
    size_t n_options, size_t want);
/* For who makes or looks for the marks of return paths. */
MUST_CHECK enum errc desk_key(struct desk *k, struct cmd *c);
/* Prints what is in out when rc is OK; wipes the key. Returns rc, or why it could not be printed. */
MUST_CHECK enum errc desk_close(struct desk *k, struct cmd *c, enum errc rc);
/* For deliver_send and deliver_collect; ctx is a struct progress. */
void desk_tick(void *ctx, size_t done, const char *doing);

#endif
