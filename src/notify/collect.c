#include "notify/notify.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/json.h"
#include "base/limits.h"
#include "notify/event.h"
#include "proof/log.h"
#include "proof/note.h"

enum { LINES_A_TASK = 500 };
#define BYTES_A_TASK MIB /* and a line more */

/* ---- the worker: lines in, members out ------------------------------------------------------------------------- */

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	(void)ctx;
	(void)init;
	(void)fds;
	(void)n_fds;
	return arena_new((struct arena **)state, 64 * MIB, e);
}

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);
	uint64_t number = 0;

	(void)fds;
	(void)n_fds;
	while (c.rest.n != 0 && !c.bad) {
		span line = cursor_bytes(&c);
		enum errc rc;

		if ((rc = jail_item(out, (struct jail_place){number++, 0, 0}, e)) != OK)
			return rc;
		arena_reset(state);
		if ((rc = event_read(state, line, jail_buf(out), e)) != OK)
			return rc;
	}
	return c.bad ? err_set(e, ERR_WORLD, "a task that makes no sense") : buf_check(jail_buf(out), e);
}

const struct jail_job collect_job = {"collect", NULL, start, task};

/* ---- the keeper ------------------------------------------------------------------------------------------------ */

struct collecting {
	const struct notify *n;
	struct merkle_log *log;
	struct arena *a;
	uint64_t next, first; /* the next entry to hand out; the first of the task that is out */
	struct notify_collected *out;
};

static enum errc next_task(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct collecting *c = ctx;
	unsigned char salt[LOG_SALT];
	span line;
	enum errc rc = OK;

	*more = c->next < merkle_log_size(c->log);
	for (int i = 0; i < LINES_A_TASK && t->payload.n < BYTES_A_TASK && rc == OK && c->next < merkle_log_size(c->log); i++) {
		arena_reset(c->a);
		if ((rc = merkle_log_entry(c->log, c->a, c->next, &line, salt, e)) != OK)
			break;
		buf_bytes(&t->payload, line);
		c->next++;
	}
	return rc == OK ? buf_check(&t->payload, e) : rc;
}

/* *lost: the worker died of the line, said nothing of it, or what is no event: it is kept as one that cannot be read. */
static enum errc take_entry(struct collecting *c, uint64_t number, span line, struct cursor *said, bool *lost, struct err *e)
{
	static const unsigned char none[1] = {0};
	struct cursor nothing = cursor_of(span_of(none, 1));
	struct portal_entry p;
	bool known, bad;
	enum errc rc;

	*lost = *lost || said->rest.n == 0 || !event_take(said, number, line, &p, &bad);
	if (*lost && !event_take(&nothing, number, line, &p, &bad))
		return err_set(e, ERR_WORLD, "an entry that is none");
	c->out->n_bad += bad;
	if ((rc = portal_take(c->n->store, &p, &known, e)) != OK)
		return rc;
	c->out->n_new++;
	c->out->n_unknown += !known;
	c->out->n_marks += known && span_eq(p.event, SPAN_LIT("mark"));
	return OK;
}

static enum errc done_task(void *ctx, const struct task_result *r, struct buf *rest, struct err *e)
{
	struct collecting *c = ctx;
	struct cursor lines = cursor_of(r->payload), said = cursor_of(r->bytes);
	uint64_t dead = r->died != NULL && r->known ? r->place.unit : UINT64_MAX;
	enum errc rc = OK;

	for (uint64_t i = 0; rc == OK && lines.rest.n != 0 && !lines.bad; i++) {
		span line = cursor_bytes(&lines);
		bool lost = i == dead;

		rc = take_entry(c, c->first++, line, &said, &lost, e);
		if (rc == OK && lost) { /* what stands behind is looked at again */
			buf_put(rest, lines.rest);
			return buf_check(rest, e);
		}
	}
	return rc;
}

/* What was collected before must be the beginning of this log. */
static enum errc goes_on(struct collecting *c, const struct merkle_tree *tree, struct err *e)
{
	const char *size, *root;
	char hex[DIGEST_HEX];
	struct digest d;
	uint64_t n;
	enum errc rc;

	if ((rc = store_setting(c->n->store, c->a, "portal_log_size", &size, e)) != OK ||
	    (rc = store_setting(c->n->store, c->a, "portal_log_root", &root, e)) != OK || size == NULL || root == NULL)
		return rc;
	n = strtoull(size, NULL, 10);
	if (n > tree->n)
		return err_set(e, ERR_REFUSED, "the log has %" PRIu64 " entries, and %" PRIu64 " were collected before: it was cut", tree->n, n);
	merkle_tree_root(tree, n, &d);
	if (strcmp(digest_hex(&d, hex), root) != 0)
		return err_set(e, ERR_REFUSED, "the log is not the one that was collected before: its first %" PRIu64 " entries were changed", n);
	c->next = c->first = n;
	return OK;
}

static enum errc checkpoint_holds(const struct notify_collect *o, const struct merkle_tree *tree, struct err *e)
{
	unsigned char key[VERIFY_KEY_SIZE];
	struct checkpoint cp;
	struct digest d;
	span name;
	enum errc rc;

	if ((rc = note_key_read(span_trim(o->log_key), &name, key, e)) != OK ||
	    (rc = checkpoint_verify(o->checkpoint, name, key, &cp, e)) != OK)
		return rc == ERR_EVIDENCE ? ERR_REFUSED : rc;
	if (cp.size > tree->n)
		return err_set(e, ERR_REFUSED, "the checkpoint is over %" PRIu64 " entries, the log has %" PRIu64 ": it was cut", cp.size, tree->n);
	merkle_tree_root(tree, cp.size, &d);
	return memcmp(&d, &cp.root, sizeof d) == 0 ? OK : err_set(e, ERR_REFUSED, "the log is not what its key signed");
}

static enum errc remember(struct collecting *c, const struct merkle_tree *tree, struct err *e)
{
	char size[32], hex[DIGEST_HEX];
	struct digest d;
	struct ledger_note note;
	enum errc rc;

	merkle_tree_root(tree, tree->n, &d);
	(void)snprintf(size, sizeof size, "%" PRIu64, tree->n);
	if ((rc = store_set(c->n->store, "portal_log_size", size, e)) != OK ||
	    (rc = store_set(c->n->store, "portal_log_root", digest_hex(&d, hex), e)) != OK || c->out->n_new == 0)
		return rc;
	ledger_begin(&note);
	json_u64(&note.j, "entries", tree->n);
	json_u64(&note.j, "new", c->out->n_new);
	json_digest(&note.j, "root", &d);
	json_bool(&note.j, "checkpoint", c->out->checkpoint_held);
	return ledger_end(&note, c->n->store, "events collected", e);
}

enum errc notify_collect(const struct notify *n, const struct notify_collect *o, struct notify_collected *out, struct err *e)
{
	struct collecting c = {.n = n, .out = out};
	struct pool p = {.job = "collect", .n_workers = 1, .without_jail = o->without_jail, .ctx = &c, .next = next_task, .done = done_task};
	struct merkle_tree tree;
	enum errc rc;

	*out = (struct notify_collected){0};
	if ((rc = arena_new(&c.a, 64 * MIB, e)) != OK || (rc = merkle_log_open(&c.log, o->log, LOG_READ, e)) != OK)
		goto out;
	merkle_log_tree(c.log, &tree);
	if ((rc = goes_on(&c, &tree, e)) != OK)
		goto out;
	if (o->checkpoint.n != 0) {
		if ((rc = checkpoint_holds(o, &tree, e)) != OK)
			goto out;
		out->checkpoint_held = true;
	}
	out->n_entries = tree.n;
	if (c.next < tree.n && (rc = pool_run(&p, e)) != OK)
		goto out;
	if ((rc = remember(&c, &tree, e)) == OK && (rc = portal_questions(n->store, &out->n_questions, e)) == OK)
		rc = store_commit(n->store, e);
out:
	merkle_log_close(c.log);
	arena_free(c.a);
	return rc;
}

enum errc notify_decide(const struct notify *n, uint64_t id, bool accept, const char *by, const char *why, struct err *e)
{
	struct ledger_note note;
	bool found;
	enum errc rc = portal_decide(n->store, (int64_t)id, accept, by, why, n->now_utc, &found, e);

	if (rc != OK)
		return rc;
	if (!found)
		return err_set(e, ERR_USAGE, "no question %" PRIu64 " is open: tocsin list questions", id);
	ledger_begin(&note);
	json_u64(&note.j, "question", id);
	json_str(&note.j, "decision", accept ? "accepted" : "rejected");
	json_str(&note.j, "by", by);
	json_str(&note.j, "why", why);
	rc = ledger_end(&note, n->store, "question decided", e);
	return rc == OK ? store_commit(n->store, e) : rc;
}
