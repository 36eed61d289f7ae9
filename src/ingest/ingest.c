/*
 * The keeper's side of ingest, in three rounds: large files are surveyed (what are they, where can an mbox be cut);
 * then everything but archives is read, in the order of the paths; then the archives. Each round hands out
 * tasks and writes what comes back in their order, so the rows do not depend on the number of workers.
 */
#include "ingest/ingest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/list.h"
#include "evidence/unit.h"
#include "ingest/keeper.h"

enum { SEGMENT = 16 * 1024 * 1024, BATCH_BYTES = 8 * 1024 * 1024, BATCH_FILES = 192,
	SMALL = 1024 * 1024, ROWS_A_COMMIT = 4000 };

/* A job for the task that next() is about to hand out, with its files. */
static enum errc job_push(struct keeper *k, struct ingest_task job, const size_t *files, size_t n, struct err *e)
{
	if (!ROOM(k->jobs, k->n_jobs, k->cap_jobs))
		return err_memory(e);
	if ((job.files = malloc(n * sizeof *files)) == NULL)
		return err_memory(e);
	memcpy(job.files, files, n * sizeof *files);
	job.n_files = n;
	k->jobs[k->n_jobs++] = job;
	return OK;
}

/* A file into a task: its descriptor, or why it cannot be opened. */
static enum errc open_into(struct keeper *k, struct task *t, struct found_file *f, struct err *e)
{
	int fd = opener_open(&k->opener, f->path);

	if (fd >= 0) {
		t->fds[t->n_fds++] = fd;
		return OK;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		return err_sys(e, "%s", f->path);
	f->cannot = arena_printf(k->a, "cannot be opened: %s", strerror(errno));
	return f->cannot == NULL ? err_memory(e) : OK;
}

/*
 * A large file is opened for its survey, its digest and each of its segments: all are of the file that was opened first, and as it was. One
 * that grows is read to where it ended then.
 */
static enum errc open_large(struct keeper *k, struct task *t, struct found_file *f, struct big_file *b, struct err *e)
{
	struct stat s;
	enum errc rc = open_into(k, t, f, e);

	if (rc != OK || t->n_fds == 0)
		return rc;
	if (fstat(t->fds[0], &s) != 0)
		return err_sys(e, "%s", f->path);
	if (!b->opened) {
		b->opened = true;
		b->device = (uint64_t)s.st_dev;
		b->inode = (uint64_t)s.st_ino;
	}
	if (b->device != (uint64_t)s.st_dev || b->inode != (uint64_t)s.st_ino)
		return err_set(e, ERR_WORLD, "%s: another file took its place while it was read; run ingest again", f->path);
	if ((uint64_t)s.st_size == f->n_bytes && (int64_t)s.st_mtim.tv_sec * 1000000000 + s.st_mtim.tv_nsec != f->mtime_ns)
		return err_set(e, ERR_WORLD, "%s: it was written to while it was read; run ingest again", f->path);
	return OK;
}

/* One that was left for later is opened and looked at in one. *fd is -1 where it cannot be opened, and f says why. */
static enum errc open_and_look(struct keeper *k, struct found_file *f, int *fd, struct err *e)
{
	enum errc rc;
	int why;

	*fd = opener_open(&k->opener, f->path);
	why = errno;
	if (*fd < 0 && (why == EMFILE || why == ENFILE || why == ENOMEM))
		return err_sys(e, "%s", f->path);
	rc = found_look(k->a, &k->files, f, *fd, e);
	if (rc == OK && *fd < 0 && f->cannot == NULL && (f->cannot = arena_printf(k->a, "cannot be opened: %s", strerror(why))) == NULL)
		rc = err_memory(e);
	if (*fd >= 0 && (rc != OK || f->cannot != NULL)) {
		(void)close(*fd);
		*fd = -1;
	}
	return rc;
}

static void head_at(struct task *t, enum task_kind kind, uint32_t unit)
{
	buf_u8(&t->payload, (uint8_t)kind);
	buf_u32(&t->payload, unit);
	buf_u64(&t->payload, 0);
}

static void head(struct task *t, enum task_kind kind) { head_at(t, kind, 0); }

/* A file that cannot be opened is a task without descriptors, so that its row comes in its place. */
static enum errc cannot_open(struct keeper *k, struct task *t, enum task_kind kind, bool *more, struct err *e)
{
	size_t file = k->next++;

	head(t, kind);
	*more = true;
	return job_push(k, (struct ingest_task){.kind = kind, .cannot = k->files.v[file].cannot}, &file, 1, e);
}

/* ---- round one: large files ---- */

static enum errc next_survey(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct keeper *k = ctx;
	enum errc rc;

	for (; k->next < k->files.n; k->next++) {
		struct found_file *f = &k->files.v[k->next];
		size_t file = k->next;
		struct big_file *b = keeper_big(k, file);
		bool hash = k->hash_next;

		if (k->todo[file] != TODO_READ || b == NULL || b->surveyed || f->cannot != NULL)
			continue;
		if ((rc = open_large(k, t, f, b, e)) != OK)
			return rc;
		if (t->n_fds == 0)
			continue;
		head(t, hash ? TASK_HASH : TASK_SURVEY);
		buf_u64(&t->payload, f->n_bytes);
		if (!hash)
			buf_u64(&t->payload, SEGMENT);
		k->hash_next = !hash;
		b->surveyed = hash;
		*more = true;
		k->next += hash;
		return job_push(k, (struct ingest_task){.kind = hash ? TASK_HASH : TASK_SURVEY}, &file, 1, e);
	}
	return OK;
}

/* ---- round two: files, and segments of large mboxes ---- */

static enum errc next_segment(struct keeper *k, struct task *t, struct big_file *b, bool *more, struct err *e)
{
	struct found_file *f = &k->files.v[b->file];
	struct ingest_task job = {.kind = TASK_SEGMENT, .first = b->cut_next == 0, .last = b->cut_next == b->n_cuts};
	enum errc rc = open_large(k, t, f, b, e);

	if (rc != OK)
		return rc;
	job.from = job.first ? 0 : b->cuts[b->cut_next - 1];
	job.to = job.last ? f->n_bytes : b->cuts[b->cut_next];
	job.n_bytes = job.to - job.from;
	/* Opened for the first segments but not for this one: the world's fault, and the run ends with it. */
	if (t->n_fds == 0 && !job.first)
		return err_set(e, ERR_WORLD, "%s: %s", f->path, f->cannot);
	if (t->n_fds == 0)
		return cannot_open(k, t, TASK_FILES, more, e);
	head(t, TASK_SEGMENT);
	buf_u64(&t->payload, f->n_bytes);
	buf_u64(&t->payload, job.from);
	buf_u64(&t->payload, job.to);
	b->cut_next++;
	k->next += job.last;
	*more = true;
	return job_push(k, job, &b->file, 1, e);
}

/* Neighbouring files in one task, up to a number and a size. */
static enum errc next_files(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct keeper *k = ctx;
	struct ingest_task job = {.kind = TASK_FILES};
	size_t files[BATCH_FILES];
	enum errc rc = OK;

	head(t, TASK_FILES);
	buf_u32(&t->payload, 0);
	for (; k->next < k->files.n && t->n_fds < BATCH_FILES; k->next++) {
		struct found_file *f = &k->files.v[k->next];
		struct big_file *b = keeper_big(k, k->next);
		int fd = -1;

		if (k->todo[k->next] != TODO_READ)
			continue;
		if (f->unlooked && (rc = open_and_look(k, f, &fd, e)) != OK)
			return rc;
		/* A large one that was not surveyed yet: the round ends before it. Or the task does, and the next one opens it again. */
		if (f->cannot == NULL && b == NULL &&
		    (f->n_bytes > LARGE || (t->n_fds != 0 && job.n_bytes + f->n_bytes > BATCH_BYTES))) {
			if (fd >= 0)
				(void)close(fd);
			break;
		}
		if (b != NULL && source_has_members(b->kind) && f->cannot == NULL) {
			k->todo[k->next] = todo_of(b->kind);
			continue;
		}
		if (t->n_fds != 0 && (b != NULL || job.n_bytes + f->n_bytes > BATCH_BYTES))
			break;
		if (b != NULL && b->kind == SOURCE_MBOX && f->cannot == NULL) {
			buf_clear(&t->payload);
			return next_segment(k, t, b, more, e);
		}
		if (fd >= 0)
			t->fds[t->n_fds++] = fd;
		else if (f->cannot == NULL && (rc = open_into(k, t, f, e)) != OK)
			return rc;
		if (f->cannot != NULL) {
			if (t->n_fds != 0)
				break;
			buf_clear(&t->payload);
			return cannot_open(k, t, TASK_FILES, more, e);
		}
		files[t->n_fds - 1] = k->next;
		buf_u64(&t->payload, f->n_bytes);
		buf_u8(&t->payload, (uint8_t)name_says(span_str(f->path)));
		job.n_bytes += f->n_bytes;
	}
	if (t->n_fds == 0)
		return OK;
	buf_set_u32(&t->payload, 13, (uint32_t)t->n_fds);
	*more = true;
	return job_push(k, job, files, t->n_fds, e);
}

/* ---- round three: archives ---- */

static enum errc next_archive(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct keeper *k = ctx;
	struct ingest_task job = {.kind = TASK_ARCHIVE, .first = true, .last = true};
	struct big_file *b;
	struct found_file *f;
	uint32_t from = 0, to = 0;
	enum errc rc;
	size_t file;

	while (k->next < k->files.n && !todo_members(k->todo[k->next]))
		k->next++;
	if (k->next == k->files.n)
		return OK;
	file = k->next;
	f = &k->files.v[file];
	b = keeper_big(k, file);
	if ((rc = b != NULL ? open_large(k, t, f, b, e) : open_into(k, t, f, e)) != OK)
		return rc;
	/* A large PST is read in pieces; what the survey said of a file counts once. */
	if (b != NULL && k->todo[file] == TODO_PST && b->n_cuts != 0) {
		job.first = b->cut_next == 0;
		job.last = b->cut_next == b->n_cuts;
		from = job.first ? 0 : (uint32_t)b->cuts[b->cut_next - 1];
		to = job.last ? 0 : (uint32_t)b->cuts[b->cut_next];
		b->cut_next++;
	}
	if (f->cannot != NULL && !job.first)
		return err_set(e, ERR_WORLD, "%s: %s", f->path, f->cannot);
	if (f->cannot != NULL)
		return cannot_open(k, t, TASK_ARCHIVE, more, e);
	for (size_t i = 0; i < UNIT_SPOOLS; i++) {
		if ((rc = spool_open(k->config->dir, &t->fds[t->n_fds], e)) != OK)
			return rc;
		t->n_fds++;
	}
	head_at(t, TASK_ARCHIVE, from);
	buf_u64(&t->payload, 0);
	buf_bytes(&t->payload, SPAN_EMPTY);
	buf_u32(&t->payload, to);
	job.n_bytes = b != NULL ? f->n_bytes / (b->n_cuts + 1) : f->n_bytes;
	k->next += job.last;
	*more = true;
	return job_push(k, job, &file, 1, e);
}

/* ---- results ---- */

static enum errc done(void *ctx, const struct task_result *r, struct buf *rest, struct err *e)
{
	struct keeper *k = ctx;
	struct ingest_task *job = &k->jobs[k->jobs_done];
	enum errc rc;

	assert(k->jobs_done < k->n_jobs);
	if ((rc = keeper_take(k, job, r, rest, e)) != OK || rest->n != 0)
		return rc;
	k->jobs_done++;
	k->progress.done_bytes += job->n_bytes;
	if (k->rows_open >= ROWS_A_COMMIT) {
		k->rows_open = 0;
		rc = store_commit(k->store, e);
	}
	return rc;
}

static void tick(void *ctx)
{
	struct keeper *k = ctx;

	k->progress.done_items = k->tally->items;
	/* What is not looked at yet is taken to be like the rest. */
	k->progress.all_bytes = k->files.n_bytes;
	if (k->files.n_unlooked < k->files.n)
		k->progress.all_bytes += k->files.n_bytes / (k->files.n - k->files.n_unlooked) * k->files.n_unlooked;
	progress_show(&k->progress);
}

static enum errc round_run(struct keeper *k, enum errc (*next)(void *, struct task *, bool *, struct err *), size_t from, struct err *e)
{
	struct pool p = {.job = "ingest", .init = buf_span(&k->init), .n_workers = k->options->n_workers,
	    .without_jail = k->options->without_jail, .ctx = k, .next = next, .done = done, .tick = tick};
	enum errc rc;

	k->next = from;
	if (next != next_archive)
		p.left = LATER_ARCHIVES | LATER_OUTLOOK;
	/* What is small is soon read again. */
	if (k->files.n_bytes < SMALL && k->files.n_unlooked == 0)
		p.left |= LATER_CHARSETS;
	for (size_t i = 0; i < k->n_jobs; i++)
		free(k->jobs[i].files);
	k->n_jobs = k->jobs_done = 0;
	rc = pool_run(&p, e);
	k->rows_open = 0;
	/* What was taken before a stop or a failure is whole: keep it. */
	if (rc == OK || rc == ERR_STOPPED) {
		struct err ignored;
		enum errc kept = store_commit(k->store, rc == OK ? e : &ignored);

		return rc == OK ? kept : rc;
	}
	return rc;
}

/* The first two rounds, from a file on; *from: where they came to, before a large file that was not known to be one. */
static enum errc read_files(struct keeper *k, size_t *from, struct err *e)
{
	enum errc rc = OK;
	bool large = false, some = false;

	for (size_t i = 0; i < k->n_big && !large; i++)
		large = k->todo[k->big[i].file] == TODO_READ && !k->big[i].surveyed;
	if (large && (rc = round_run(k, next_survey, *from, e)) != OK)
		return rc;
	for (size_t i = *from; i < k->files.n && !some; i++)
		some = k->todo[i] == TODO_READ;
	if (some && (rc = round_run(k, next_files, *from, e)) != OK)
		return rc;
	*from = some ? k->next : k->files.n;
	return *from < k->files.n ? keeper_look(k, *from, e) : OK;
}

static enum errc read_all(struct keeper *k, struct err *e)
{
	enum errc rc = OK;

	for (size_t from = 0; from < k->files.n && rc == OK;)
		rc = read_files(k, &from, e);
	for (size_t i = 0; i < k->files.n && rc == OK; i++)
		if (todo_members(k->todo[i]))
			return round_run(k, next_archive, 0, e);
	return rc;
}

static enum errc note(struct keeper *k, struct err *e)
{
	const struct ingest_tally *t = k->tally;
	struct ledger_note note;

	ledger_begin(&note);
	json_u64(&note.j, "sources", t->sources);
	json_u64(&note.j, "unchanged", t->sources_unchanged);
	json_u64(&note.j, "replaced", t->sources_replaced);
	json_u64(&note.j, "items", t->items);
	json_u64(&note.j, "failed", t->failed);
	json_u64(&note.j, "new_messages", t->messages_new);
	json_bool(&note.j, "jailed", !k->options->without_jail);
	return ledger_end(&note, k->store, "ingest", e);
}

enum errc ingest_run(struct store *st, const struct case_config *config, const struct ingest_options *o,
    struct ingest_tally *tally, struct err *e)
{
	struct keeper k = {.store = st, .config = config, .options = o, .tally = tally};
	bool any;
	enum errc rc;

	*tally = (struct ingest_tally){0};
	buf_init(&k.init, MIB);
	buf_u32(&k.init, (uint32_t)config->trusted_hosts.n);
	for (size_t i = 0; i < config->trusted_hosts.n; i++)
		buf_bytes(&k.init, span_str(config->trusted_hosts.v[i]));
	if ((rc = buf_check(&k.init, e)) != OK || (rc = arena_new(&k.a, 8 * GIB, e)) != OK ||
	    (rc = arena_new(&k.scratch, 64 * MIB, e)) != OK || (rc = store_source_drop_open(st, e)) != OK ||
	    (rc = store_source_any(st, &any, e)) != OK)
		goto out;
	k.fresh = !any;
	if ((rc = walk_paths(k.a, o->paths, o->n_paths, k.fresh, &k.files, e)) != OK || (rc = keeper_plan(&k, e)) != OK ||
	    (rc = reading_begin(st, READING_MAIL, o->paths, o->n_paths, e)) != OK)
		goto out;
	progress_begin(&k.progress, o->progress, "ingest", "items", k.files.n_bytes);
	rc = read_all(&k, e);
	progress_end(&k.progress);
	if (rc != OK || (rc = keeper_pieces(&k, e)) != OK)
		goto out;
	if ((rc = store_mailbox_infer(st, e)) != OK || (rc = reading_end(st, READING_MAIL, o->paths, o->n_paths, e)) != OK)
		goto out;
	if ((rc = note(&k, e)) == OK)
		rc = store_commit(st, e);
out:
	keeper_done(&k);
	return rc;
}
