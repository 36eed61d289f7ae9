/*
 * The second pass: what waits, each distinct attachment once. The first message that holds one is read, and its rows are written
 * for the others as well. One that ends its worker costs itself: what was read beside it is read once more, alone.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "scan/keeper.h"
#include "scan/task.h"

/* Documents are slow: what was read of them is kept at least so often. */
enum { COMMIT_MS = 5000 };

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct keeper *k = ctx;
	enum errc rc = waiting_messages(k->store, k->waiting, k->last_id, ids, max, n, e);

	if (rc == OK && *n > 0)
		k->last_id = ids[*n - 1];
	return rc;
}

static enum errc question(void *ctx, int64_t id, struct buf *out, struct err *e)
{
	struct keeper *k = ctx;
	span *paths;
	size_t n;
	enum errc rc = waiting_paths(k->store, k->asking, id, k->waiting, &paths, &n, e);

	if (rc != OK)
		return rc;
	buf_u8(out, ASK_PARTS);
	buf_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		buf_bytes(out, paths[i]);
	arena_reset(k->asking);
	return buf_check(out, e);
}

static enum errc settled(struct keeper *k, struct err *e)
{
	uint64_t now = time_monotonic_ms();

	if (now - k->committed_ms > COMMIT_MS) {
		k->committed_ms = now;
		k->uncommitted = UINT32_MAX;
	}
	return keeper_settled(k, e);
}

/* These could not be read: each alone, if there were more of them; else it is said of all that are the same. */
static enum errc failed(struct keeper *k, int64_t id, const span *paths, size_t n, const char *reason, struct err *e)
{
	span why = utf8_clean(k->scratch, span_str(reason));
	uint64_t n_same;
	enum errc rc = OK;

	for (size_t i = 0; i < n && rc == OK; i++) {
		if ((rc = waiting_forget(k->store, id, paths[i], e)) != OK)
			break;
		if (n > 1 && k->waiting == WAITING_NEW) {
			rc = waiting_alone(k->store, id, paths[i], e);
		} else if ((rc = waiting_failed(k->store, id, paths[i], why, &n_same, e)) == OK) {
			k->tally->unread += n_same;
			k->tally->attachments_failed++;
		}
	}
	return rc;
}

static enum errc on_failed(void *ctx, int64_t id, const char *reason, struct err *e)
{
	struct keeper *k = ctx;
	span *paths;
	size_t n;
	enum errc rc = waiting_paths(k->store, k->scratch, id, k->waiting, &paths, &n, e);

	if (rc != OK || (rc = failed(k, id, paths, n, reason, e)) != OK)
		return rc;
	return settled(k, e);
}

/* One part: its own rows, and as many for each that is the same. */
static enum errc part_done(struct keeper *k, int64_t id, span path, bool last, struct cursor *c, struct err *e)
{
	struct scan_tally *t = k->tally, before = *t;
	struct scanned s = {0};
	uint64_t copies;
	enum errc rc = answer_part(k, id, path, last, c, &s, e);

	if (rc == ERR_EVIDENCE)
		*t = before;
	if (rc != OK || (rc = waiting_read(k->store, id, path, &s, &copies, e)) != OK)
		return rc;
	t->findings += copies * (t->findings - before.findings);
	t->unread += copies * (t->unread - before.unread);
	t->text_bytes += (copies + 1) * s.n_text;
	t->attachments += copies + 1;
	t->distinct_attachments++;
	return OK;
}

static enum errc on_parts(void *ctx, int64_t id, span answer, struct err *e)
{
	struct keeper *k = ctx;
	struct cursor c = cursor_of(answer);
	span *paths;
	size_t n, i = 0;
	enum errc rc = waiting_paths(k->store, k->scratch, id, k->waiting, &paths, &n, e);

	while (rc == OK && i < n)
		if ((rc = part_done(k, id, paths[i], i + 1 == n, &c, e)) == OK)
			i++;
	if (rc == ERR_EVIDENCE)
		rc = failed(k, id, paths + i, n - i, e->text, e);
	return rc != OK ? rc : settled(k, e);
}

enum errc attachments_read(struct keeper *k, struct evidence_run *run, struct err *e)
{
	static const enum waiting_state passes[] = {WAITING_NEW, WAITING_ALONE};
	int64_t id;
	size_t n;
	enum errc rc = store_commit(k->store, e); /* what the text says can be seen now */

	run->doing = "scan, attachments";
	run->of_attachments = true;
	run->next_ids = next_ids;
	run->input = question;
	run->on_message = on_parts;
	run->on_failed = on_failed;
	k->committed_ms = time_monotonic_ms();
	for (size_t i = 0; i < sizeof passes / sizeof *passes && rc == OK; i++) {
		k->waiting = passes[i];
		/* Of those that are read alone a message has one in each round. */
		while ((rc = waiting_messages(k->store, k->waiting, 0, &id, 1, &n, e)) == OK && n != 0) {
			k->last_id = 0;
			if ((rc = evidence_read(run, e)) != OK)
				break;
		}
	}
	return rc;
}
