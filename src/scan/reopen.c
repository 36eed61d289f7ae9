/*
 * Passwords that stand in the mail, read anew for each run that tries them, as none is kept: those of scan itself on what asks for one,
 * and those that attribute and --reveal need again for what one has opened.
 */
#include <unistd.h>

#include "base/limits.h"
#include "scan/keeper.h"
#include "scan/task.h"

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct keeper *k = ctx;

	(void)e;
	unlock_next(k->unlock, ids, max, n);
	return OK;
}

static enum errc wants_values(void *ctx, int64_t id, struct buf *out, struct err *e)
{
	(void)ctx;
	(void)id;
	(void)e;
	buf_u8(out, ASK_VALUES);
	buf_u32(out, 0);
	return OK;
}

static enum errc on_values(void *ctx, int64_t id, span result, struct err *e)
{
	struct keeper *k = ctx;

	return unlock_values(k->unlock, id, result, e);
}

static enum errc no_values(void *ctx, int64_t id, const char *reason, struct err *e)
{
	(void)ctx;
	(void)id;
	(void)reason;
	(void)e;
	return OK;
}

struct evidence_run unlock_run(struct keeper *k, const struct case_config *config, const struct scan_options *o, int fd)
{
	return (struct evidence_run){.store = k->store, .case_dir = config->dir, .job = &scan_job, .init = buf_span(&k->init), .init_fd = fd,
	    .n_workers = o->n_workers, .without_jail = o->without_jail, .progress = o->progress, .ctx = k,
	    .doing = "scan, what asks for a password", .next_ids = next_ids, .input = wants_values, .on_message = on_values,
	    .on_failed = no_values};
}

/* Those of the mail near the messages under way. */
static enum errc near_read(struct keeper *k, const struct case_config *config, const struct scan_options *o, struct err *e)
{
	struct arena *a = NULL;
	struct rules_ready rules;
	struct evidence_run run;
	int fd = -1;
	enum errc rc;

	if (o->rules_dir == NULL)
		return err_set(e, ERR_USAGE, "passwords that stand in mail are found by the rules, whose folder is not beside the program; set $TOCSIN_RULES");
	buf_init(&k->init, LIMIT_FRAME_BYTES / 2);
	if ((rc = arena_new(&a, 64 * MIB, e)) == OK && (rc = keeper_init(k, a, config, o, &rules, &fd, e)) == OK &&
	    (rc = unlock_near(k->unlock, e)) == OK) {
		run = unlock_run(k, config, o, fd);
		rc = evidence_read(&run, e);
	}
	buf_wipe(&k->init);
	if (fd >= 0)
		close(fd);
	arena_free(a);
	return rc;
}

enum errc scan_reopen(struct store *st, const struct case_config *config, const struct scan_options *o, struct buf *out, struct err *e)
{
	struct unlock u;
	struct keeper k = {.store = st, .unlock = &u};
	size_t n = 0;
	int64_t id;
	enum errc rc = unlock_open(&u, st, o->passwords, config->try_passwords, e);

	if (rc != OK || (rc = unlock_opened(&u, &n, e)) != OK || n == 0)
		goto out;
	if (u.near && ((rc = near_read(&k, config, o, e)) != OK || (rc = unlock_opened(&u, &n, e)) != OK))
		goto out;
	buf_bytes(out, buf_span(&u.given));
	for (unlock_next(&u, &id, 1, &n); n > 0 && rc == OK; unlock_next(&u, &id, 1, &n)) {
		buf_u64(out, (uint64_t)id);
		rc = unlock_own(&u, id, out, e);
	}
out:
	unlock_close(&u);
	return rc;
}
