/*
 * Log files into rows: one task a file, or several where it can be split; results in the order of the paths and of their
 * bytes. A task whose result is full goes on where it stopped, so memory stays bounded whatever the size of the logs.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "evidence/spool.h"
#include "evidence/unit.h"
#include "scope/read.h"

enum { ROWS_A_COMMIT = 20000 };

/* Most logs are no archives; the first that is one has its worker replaced. */
#define LEFT (LATER_ARCHIVES | LATER_OUTLOOK)

/* ---- tasks ---- */

static void head(struct buf *b, uint64_t n_bytes, uint32_t unit, enum task_how how, const struct logs_mark *m, uint64_t until)
{
	buf_u64(b, n_bytes);
	buf_u32(b, unit);
	buf_u8(b, (uint8_t)how);
	put_mark(b, m);
	buf_u64(b, until);
}

static enum errc next_task(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct reader *r = ctx;
	struct to_read *todo;
	struct walked_file *f;
	enum errc rc = OK;

	if (r->next == r->n_todo)
		return OK;
	todo = &r->todo[r->next++];
	f = &r->files.v[todo->file];
	*more = true;
	head(&t->payload, f->n_bytes, 0, todo->how, &(struct logs_mark){.at = todo->from}, todo->until);
	if (f->cannot == NULL) {
		int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
			return err_sys(e, "%s", f->path);
		if (fd >= 0)
			t->fds[t->n_fds++] = fd;
		else
			f->cannot = "cannot be opened";
	}
	for (size_t i = 0; f->cannot == NULL && todo->kind != FILE_SPLITS && todo->how != TASK_PROBE && i < UNIT_SPOOLS && rc == OK; i++) {
		if ((rc = spool_open(r->config->dir, &t->fds[t->n_fds], e)) == OK)
			t->n_fds++;
	}
	return rc;
}

/* A file that could not be opened: a row that says so. */
static enum errc cannot_read(struct reader *r, const struct walked_file *f, struct err *e)
{
	struct log_source_row s = {.path = f->path, .member = UNIT_FILE, .n_bytes = f->n_bytes, .mtime_ns = f->mtime_ns,
	    .state = SOURCE_FAILED, .outcome = OUTCOME_FAILED, .note = span_str(f->cannot)};

	r->tally->files++;
	r->tally->files_failed++;
	return log_source_put(r->store, &s, &s.id, e);
}

/* The unit that a task begins with. */
static uint32_t first_unit(const struct task_result *res)
{
	struct cursor begun = cursor_of(res->payload);

	(void)cursor_u64(&begun);
	return cursor_u32(&begun);
}

/* The worker died in a record. What it was on is one failure; the rest of that file cannot be found without it. */
static enum errc died(struct reader *r, struct to_read *t, const struct task_result *res, struct buf *rest, struct err *e)
{
	const struct walked_file *f = &r->files.v[t->file];
	uint32_t first = first_unit(res);
	char why[200];
	enum errc rc;

	r->in_archive |= first != 0;
	(void)snprintf(why, sizeof why, "%s here; what follows in this log was not read", res->died);
	if (r->open.id == 0) {
		struct log_source_row s = {.path = f->path, .member = r->in_archive ? (int64_t)res->place.unit : UNIT_FILE,
		    .n_bytes = f->n_bytes, .mtime_ns = f->mtime_ns, .state = SOURCE_OPEN, .outcome = OUTCOME_FAILED};

		if ((rc = log_source_put(r->store, &s, &s.id, e)) != OK)
			return rc;
		r->open = s;
		r->tally->files++;
	}
	r->open.n_failed++;
	r->open.outcome = OUTCOME_FAILED;
	r->tally->failed++;
	if ((rc = log_failure_add(r->store, r->open.id, res->known ? res->place.n : 0, 0, 0, span_str(why), e)) != OK ||
	    (rc = unit_end(r, NULL, e)) != OK)
		return rc;
	/* Of an archive the next member is still to be read, never one before those of the task. */
	if (res->known && r->in_archive && res->place.unit < UINT32_MAX && res->place.unit >= first)
		head(rest, f->n_bytes, (uint32_t)res->place.unit + 1, TASK_BEGIN, &(struct logs_mark){0}, UINT64_MAX);
	return OK;
}

/* What it sent before that is whole; the log that it was on is not, and of an archive the members behind it are read by another. */
static enum errc sent_nonsense(struct reader *r, struct to_read *t, const struct task_result *res, struct buf *rest, struct err *e)
{
	struct task_result as = *res;
	struct err none = {0};
	enum errc rc;

	as.died = e->text;
	as.known = r->n_units != 0;
	as.place = (struct jail_place){.unit = as.known ? first_unit(res) + r->n_units - 1 : 0};
	r->more = false;
	rc = died(r, t, &as, rest, &none);
	*e = none;
	return rc;
}

/* A piece of a file counts only when it begins where the one before it stopped, and was read by the names of columns that hold there. */
static bool joins(struct reader *r, struct cursor *c)
{
	uint64_t at, line;

	if (cursor_u8(c) != RECORD_START)
		return false;
	at = cursor_u64(c);
	line = cursor_u64(c);
	r->line_base = r->stopped.line - line;
	return !c->bad && at == r->stopped.at && r->stopped.mark.columns == 0 && (line != 0 ? r->stopped.line >= line : r->stopped.line == 0);
}

static enum errc done_task(void *ctx, const struct task_result *res, struct buf *rest, struct err *e)
{
	struct reader *r = ctx;
	struct to_read *t = &r->todo[r->done];
	const struct walked_file *f = &r->files.v[t->file];
	struct cursor c = cursor_of(res->bytes);
	bool goes_on = r->more;
	enum errc rc = OK;

	r->line_base = 0;
	if (f->cannot != NULL) {
		rc = cannot_read(r, f, e);
	} else if (t->how == TASK_RANGE && !goes_on) {
		; /* the file has ended, or failed, before */
	} else if (t->how == TASK_RANGE && (res->died != NULL || !joins(r, &c))) {
		t->how = TASK_GO_ON;
		head(rest, f->n_bytes, 0, TASK_GO_ON, &r->stopped.mark, t->until);
		return OK;
	} else {
		r->more = false;
		if ((rc = result_take(r, f, c, e)) == ERR_EVIDENCE)
			rc = sent_nonsense(r, t, res, rest, e);
		else if (rc == OK && res->died != NULL)
			rc = died(r, t, res, rest, e);
		else if (rc == OK && r->more && r->stopped.full) {
			t->how = TASK_GO_ON;
			head(rest, f->n_bytes, r->stopped.unit, TASK_GO_ON, &r->stopped.mark, t->until);
		}
	}
	if (rc != OK || rest->n != 0)
		return rc;
	r->done++;
	r->progress.done_bytes += t->until == UINT64_MAX ? f->n_bytes - t->from : t->until - t->from;
	if (r->rows < ROWS_A_COMMIT || r->more)
		return OK;
	r->rows = 0;
	return store_commit(r->store, e);
}

static void tick(void *ctx)
{
	struct reader *r = ctx;

	r->progress.done_items = r->tally->records;
	progress_show(&r->progress);
}

static enum errc run_round(struct reader *r, size_t from, size_t n, struct err *e)
{
	struct pool p = {.job = "scope", .n_workers = r->o->n_workers, .without_jail = r->o->without_jail, .ctx = r, .left = LEFT,
	    .next = next_task, .done = done_task, .tick = tick};
	struct to_read *all = r->todo;
	size_t n_all = r->n_todo;
	enum errc rc;

	r->todo = all + from;
	r->n_todo = n;
	r->next = r->done = 0;
	rc = pool_run(&p, e);
	r->todo = all;
	r->n_todo = n_all;
	if (rc != OK)
		return rc;
	r->rows = 0;
	return store_commit(r->store, e);
}

static enum errc plan(struct reader *r, struct err *e)
{
	enum errc rc = OK;

	if ((r->todo = calloc(r->files.n + 1, sizeof *r->todo)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < r->files.n && rc == OK; i++) {
		const struct walked_file *f = &r->files.v[i];
		struct log_source_row old;
		bool found;

		rc = log_source_find(r->store, f->path, UNIT_FILE, &old, &found, e);
		if (rc == OK && found && f->cannot == NULL && old.state == SOURCE_DONE && old.n_bytes == f->n_bytes &&
		    old.mtime_ns == f->mtime_ns)
			r->tally->files_unchanged++;
		else
			r->todo[r->n_todo++] = (struct to_read){.file = i, .until = UINT64_MAX};
	}
	return rc;
}

/* ---- large files ---- */

static bool is_large(const struct reader *r, const struct to_read *t)
{
	return r->files.v[t->file].cannot == NULL && r->files.v[t->file].n_bytes >= 2 * RANGE_BYTES;
}

static enum errc next_probe(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct reader *r = ctx;
	enum errc rc;

	while (r->next < r->n_todo && !is_large(r, &r->todo[r->next]))
		r->next++;
	if (r->next == r->n_todo)
		return OK;
	r->todo[r->next].how = TASK_PROBE;
	rc = next_task(r, t, more, e);
	return rc;
}

static enum errc done_probe(void *ctx, const struct task_result *res, struct buf *rest, struct err *e)
{
	struct reader *r = ctx;
	struct cursor c = cursor_of(res->bytes);

	(void)rest;
	(void)e;
	while (r->todo[r->done].how != TASK_PROBE)
		r->done++;
	if (res->died == NULL && cursor_u8(&c) == RECORD_KIND)
		r->todo[r->done].kind = (enum file_kind)cursor_u8(&c);
	r->todo[r->done++].how = TASK_BEGIN;
	return OK;
}

/* What large files are: those that can be split become several tasks. */
static enum errc split(struct reader *r, struct err *e)
{
	struct pool p = {.job = "scope", .n_workers = r->o->n_workers, .without_jail = r->o->without_jail, .ctx = r, .left = LEFT,
	    .next = next_probe, .done = done_probe};
	size_t n = 0, n_all = 0;
	struct to_read *all;
	bool any = false;
	enum errc rc;

	for (size_t i = 0; i < r->n_todo; i++)
		any = any || is_large(r, &r->todo[i]);
	if (!any)
		return OK;
	r->next = r->done = 0;
	if ((rc = pool_run(&p, e)) != OK)
		return rc;
	for (size_t i = 0; i < r->n_todo; i++)
		n_all += r->todo[i].kind == FILE_SPLITS ? (size_t)(r->files.v[r->todo[i].file].n_bytes / RANGE_BYTES) + 1 : 1;
	if ((all = calloc(n_all, sizeof *all)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < r->n_todo; i++) {
		const struct to_read *t = &r->todo[i];
		uint64_t size = r->files.v[t->file].n_bytes;

		all[n] = *t;
		all[n++].how = TASK_BEGIN;
		for (uint64_t at = RANGE_BYTES; t->kind == FILE_SPLITS && at < size; at += RANGE_BYTES) {
			all[n - 1].until = at;
			all[n++] = (struct to_read){.file = t->file, .how = TASK_RANGE, .from = at, .until = UINT64_MAX, .kind = t->kind};
		}
	}
	free(r->todo);
	r->todo = all;
	r->n_todo = n;
	return OK;
}

/* Results wait for those before them: a large archive, whose result may be as large as any, runs alone. */
static enum errc read_rounds(struct reader *r, struct err *e)
{
	enum errc rc = OK;

	for (size_t from = 0, to; from < r->n_todo && rc == OK; from = to) {
		for (to = from; to < r->n_todo && r->todo[to].kind != FILE_ARCHIVE;)
			to++;
		to += to == from;
		rc = run_round(r, from, to - from, e);
	}
	return rc;
}

enum errc logs_read(struct store *st, const struct case_config *config, const struct scope_options *o,
    struct scope_tally *tally, struct err *e)
{
	struct reader *r = calloc(1, sizeof *r);
	struct arena *keep = NULL;
	enum errc rc;

	if (r == NULL)
		return err_memory(e);
	r->store = st;
	r->config = config;
	r->o = o;
	r->tally = tally;
	if ((rc = arena_new(&keep, GIB, e)) != OK || (rc = arena_new(&r->a, GIB, e)) != OK ||
	    (rc = log_source_drop_open(st, e)) != OK || (rc = walk_files(keep, o->logs, o->n_logs, false, &r->files, e)) != OK ||
	    (rc = plan(r, e)) != OK || (rc = split(r, e)) != OK)
		goto out;
	progress_begin(&r->progress, o->progress, "scope", "records", 0);
	rc = read_rounds(r, e);
	progress_end(&r->progress);
out:
	free(r->todo);
	free(r->files.v);
	arena_free(r->a);
	arena_free(keep);
	free(r);
	return rc;
}
