/*
 * Log files into rows: one task a file, results in the order of the paths. A file whose result is full goes on in the
 * next round, so memory stays bounded whatever the size of the logs.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/progress.h"
#include "evidence/spool.h"
#include "evidence/unit.h"
#include "scope/private.h"

struct to_read {
	size_t file;
	uint32_t unit;   /* to go on with */
	uint64_t record;
	bool again;      /* in the next round */
	bool failed;     /* before its first byte */
};

/* Folders and contexts repeat in almost every record: their ids are kept. */
enum { KNOWN_SLOTS = 4096 };
struct known_id { struct digest d; int64_t id; };

struct reader {
	struct store *store;
	const struct case_config *config;
	const struct scope_options *o;
	struct scope_tally *tally;
	struct arena *a;
	struct log_files files;
	struct to_read *todo;
	size_t n_todo, next, done;
	struct log_source_row open; /* the unit being written; id 0: none */
	struct known_id contexts[KNOWN_SLOTS], folders[KNOWN_SLOTS];
	uint64_t rows;
	struct progress progress;
};

enum { ROWS_A_COMMIT = 20000 };

static int64_t *known(struct known_id *table, const struct digest *d, bool *is)
{
	size_t i = ((size_t)d->b[0] << 8 | d->b[1]) % KNOWN_SLOTS;

	*is = table[i].id != 0 && memcmp(&table[i].d, d, sizeof *d) == 0;
	if (!*is)
		table[i] = (struct known_id){*d, 0};
	return &table[i].id;
}

/* ---- units ---- */

static enum errc unit_end(struct reader *r, const struct digest *d, struct err *e)
{
	struct log_source_row *s = &r->open;
	enum errc rc;

	if (s->id == 0)
		return OK;
	s->state = s->outcome == OUTCOME_FAILED ? SOURCE_FAILED : SOURCE_DONE;
	if (d != NULL)
		s->sha256 = *d;
	if (s->outcome == OUTCOME_PARSED && s->n_failed + s->n_partial != 0)
		s->outcome = OUTCOME_PARTIAL;
	r->tally->files_skipped += s->outcome == OUTCOME_SKIPPED;
	r->tally->files_failed += s->outcome == OUTCOME_FAILED;
	rc = log_source_set(r->store, s, e);
	*s = (struct log_source_row){0};
	return rc;
}

static enum errc unit_begin(struct reader *r, const struct log_file *f, struct cursor *c, struct err *e)
{
	struct log_source_row *s = &r->open;
	int outcome;
	span note;
	enum errc rc;

	if ((rc = unit_end(r, NULL, e)) != OK)
		return rc;
	arena_reset(r->a);
	*s = (struct log_source_row){.path = f->path, .mtime_ns = f->mtime_ns, .state = SOURCE_OPEN};
	s->member = (int64_t)cursor_u64(c);
	s->member_name = cursor_bytes(c);
	s->n_bytes = cursor_u64(c);
	outcome = cursor_u8(c);
	s->envelope = cursor_bytes(c);
	note = cursor_bytes(c);
	if (c->bad || outcome < OUTCOME_PARSED || outcome > OUTCOME_SKIPPED || s->n_bytes > INT64_MAX)
		return err_set(e, ERR_WORLD, "a worker sent a log that is none");
	s->outcome = (enum outcome)outcome;
	if (s->member == UNIT_FILE && s->n_bytes == 0)
		s->n_bytes = f->n_bytes;
	if ((s->note = arena_copy(r->a, note)).p == NULL)
		return err_memory(e);
	r->tally->files += s->member == UNIT_FILE;
	return log_source_put(r->store, s, &s->id, e);
}

/* ---- records ---- */

static enum errc context_of(struct reader *r, struct cursor *c, int64_t *id, struct err *e)
{
	const unsigned char *from = c->rest.p;
	struct context_row row;
	struct digest d;
	int64_t *slot;
	bool is;
	enum errc rc;
	uint32_t n;

	for (size_t i = 0; i < CONTEXT_TEXTS; i++)
		row.text[i] = cursor_bytes(c);
	n = cursor_u32(c);
	row.logon_type = n == LOG_LOGON_UNSAID ? -1 : (int64_t)n;
	n = cursor_u32(c);
	row.user_type = n == LOG_LOGON_UNSAID ? -1 : (int64_t)n;
	row.external = cursor_u8(c) != 0;
	if (c->bad)
		return OK;
	sha256_of(span_of(from, (size_t)(c->rest.p - from)), &d);
	slot = known(r->contexts, &d, &is);
	if (!is && (rc = context_put(r->store, &row, &d, slot, e)) != OK)
		return rc;
	*id = *slot;
	return OK;
}

static enum errc folder_of(struct reader *r, struct cursor *c, int64_t *id, struct err *e)
{
	const unsigned char *from = c->rest.p;
	span folder_id = cursor_bytes(c), path = cursor_bytes(c), name = cursor_bytes(c);
	struct digest d;
	int64_t *slot;
	bool is;
	enum errc rc;

	if (c->bad)
		return OK;
	sha256_of(span_of(from, (size_t)(c->rest.p - from)), &d);
	slot = known(r->folders, &d, &is);
	if (!is && (rc = log_folder_put(r->store, folder_id, path, name, slot, e)) != OK)
		return rc;
	*id = *slot;
	return OK;
}

/* Folders and items. Written only when the record is new (event not 0), read in any case. */
static enum errc accesses(struct reader *r, struct cursor *c, int64_t event, struct err *e)
{
	uint32_t n_folders = cursor_u32(c), n_items;
	int64_t seq = 0, *folders;
	bool *named;
	enum errc rc = OK;

	if (n_folders > c->rest.n)
		c->bad = true;
	if (c->bad)
		return OK;
	folders = arena_zero(r->a, n_folders + 1, sizeof *folders);
	named = arena_zero(r->a, n_folders + 1, sizeof *named);
	if (folders == NULL || named == NULL)
		return err_memory(e);
	for (uint32_t i = 0; i < n_folders && rc == OK; i++)
		rc = folder_of(r, c, &folders[i], e);
	n_items = cursor_u32(c);
	for (uint32_t i = 0; i < n_items && rc == OK && !c->bad; i++) {
		span id = cursor_bytes(c), item = cursor_bytes(c), immutable = cursor_bytes(c);
		uint32_t f = cursor_u32(c);
		bool in = f < n_folders;

		if (in)
			named[f] = true;
		if (event != 0 && !c->bad)
			rc = access_add(r->store, event, seq++, id, item, immutable, in ? folders[f] : 0, e);
	}
	/* A folder without items is named as a whole. */
	for (uint32_t i = 0; i < n_folders && rc == OK && !c->bad && event != 0; i++)
		if (!named[i])
			rc = access_add(r->store, event, seq++, SPAN_EMPTY, SPAN_EMPTY, SPAN_EMPTY, folders[i], e);
	r->rows += (uint64_t)seq;
	return rc;
}

static void take_digest(struct cursor *c, struct digest *out)
{
	span s = cursor_take(c, DIGEST_SIZE);

	*out = (struct digest){{0}};
	if (s.n == DIGEST_SIZE)
		memcpy(out->b, s.p, DIGEST_SIZE);
}

static enum errc event_read(struct reader *r, struct cursor *c, struct err *e)
{
	struct event_row v = {.source_id = r->open.id};
	uint64_t count;
	int outcome;
	int64_t id;
	enum errc rc;

	take_digest(c, &v.key);
	take_digest(c, &v.content);
	v.at_byte = cursor_u64(c);
	v.n_bytes = cursor_u64(c);
	outcome = cursor_u8(c);
	v.product = cursor_bytes(c);
	v.kind = cursor_bytes(c);
	v.record_type = cursor_u32(c);
	v.operation = cursor_bytes(c);
	v.record_id = cursor_bytes(c);
	v.when_utc = (int64_t)cursor_u64(c);
	v.success = cursor_u8(c);
	v.problems = cursor_u32(c);
	v.mailbox = cursor_bytes(c);
	v.mailbox_guid = cursor_bytes(c);
	if ((rc = context_of(r, c, &v.context_id, e)) != OK)
		return rc;
	v.throttled = cursor_u8(c) != 0;
	count = cursor_u64(c);
	v.operation_count = count == UINT64_MAX ? -1 : (int64_t)count;
	v.reason = cursor_bytes(c);
	v.detail = cursor_bytes(c);
	if (c->bad)
		return OK;
	arena_reset(r->a);
	r->open.note = SPAN_EMPTY; /* it stood in the arena; a log that has records has none */
	if ((rc = event_add(r->store, &v, &id, e)) != OK || (rc = accesses(r, c, id, e)) != OK)
		return rc;
	r->open.n_records++;
	r->open.n_partial += outcome == OUTCOME_PARTIAL;
	r->open.n_duplicates += id == 0;
	r->tally->records++;
	r->tally->duplicates += id == 0;
	r->tally->partial += outcome == OUTCOME_PARTIAL;
	r->rows++;
	return OK;
}

static enum errc failure_read(struct reader *r, struct cursor *c, struct err *e)
{
	uint64_t at = cursor_u64(c), n = cursor_u64(c), line = cursor_u64(c);
	span reason = cursor_bytes(c);

	if (c->bad || at > INT64_MAX || n > INT64_MAX || line > INT64_MAX)
		return err_set(e, ERR_WORLD, "a worker sent a failure that is none");
	r->open.n_failed++;
	r->tally->failed++;
	return log_failure_add(r->store, r->open.id, at, n, line, reason, e);
}

static enum errc more_read(struct to_read *t, struct cursor *c, struct err *e)
{
	t->unit = cursor_u32(c);
	t->record = cursor_u64(c);
	t->again = true;
	return c->bad ? err_set(e, ERR_WORLD, "a worker sent an end that is none") : OK;
}

static enum errc result_read(struct reader *r, struct to_read *t, span bytes, struct err *e)
{
	struct cursor c = cursor_of(bytes);
	struct digest d;
	enum errc rc = OK;

	while (rc == OK && c.rest.n != 0) {
		int kind = cursor_u8(&c);

		if (kind != RECORD_UNIT && r->open.id == 0)
			return err_set(e, ERR_WORLD, "a worker sent a record of no log");
		switch (kind) {
		case RECORD_UNIT:
			rc = unit_begin(r, &r->files.v[t->file], &c, e);
			break;
		case RECORD_EVENT:
			rc = event_read(r, &c, e);
			break;
		case RECORD_FAILURE:
			rc = failure_read(r, &c, e);
			break;
		case RECORD_END:
			take_digest(&c, &d);
			rc = unit_end(r, &d, e);
			break;
		case RECORD_MORE:
			rc = more_read(t, &c, e);
			break;
		default:
			rc = err_set(e, ERR_WORLD, "a worker sent what is no record");
		}
		if (rc == OK && c.bad)
			rc = err_set(e, ERR_WORLD, "a worker sent a record that ends early");
	}
	return rc;
}

/* ---- tasks ---- */

static void head(struct task *t, uint64_t n_bytes, uint32_t unit, uint64_t record)
{
	buf_u64(&t->payload, n_bytes);
	buf_u32(&t->payload, unit);
	buf_u64(&t->payload, record);
}

static enum errc next_task(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct reader *r = ctx;
	struct to_read *todo;
	struct log_file *f;
	enum errc rc = OK;

	if (r->next == r->n_todo)
		return OK;
	todo = &r->todo[r->next++];
	f = &r->files.v[todo->file];
	*more = true;
	head(t, f->n_bytes, todo->unit, todo->record);
	if (f->cannot == NULL) {
		int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
			return err_sys(e, "%s", f->path);
		if (fd >= 0)
			t->fds[t->n_fds++] = fd;
		else
			f->cannot = "cannot be opened";
	}
	for (size_t i = 0; f->cannot == NULL && i < UNIT_SPOOLS && rc == OK; i++) {
		if ((rc = spool_open(r->config->dir, &t->fds[t->n_fds], e)) == OK)
			t->n_fds++;
	}
	return rc;
}

/* A file that could not be opened: a row that says so. */
static enum errc cannot_read(struct reader *r, const struct log_file *f, struct err *e)
{
	struct log_source_row s = {.path = f->path, .member = UNIT_FILE, .n_bytes = f->n_bytes, .mtime_ns = f->mtime_ns,
	    .state = SOURCE_FAILED, .outcome = OUTCOME_FAILED, .note = span_str(f->cannot)};

	r->tally->files++;
	r->tally->files_failed++;
	return log_source_put(r->store, &s, &s.id, e);
}

/* The worker died in a record. What it was on is one failure; the rest of that file cannot be found without it. */
static enum errc died(struct reader *r, struct to_read *t, const struct task_result *res, struct buf *rest, struct err *e)
{
	const struct log_file *f = &r->files.v[t->file];
	char why[200];
	enum errc rc;

	(void)snprintf(why, sizeof why, "the reader %s here; what follows in this log was not read", res->died);
	if (r->open.id == 0) {
		struct log_source_row s = {.path = f->path, .member = res->place.unit == 0 ? UNIT_FILE : (int64_t)res->place.unit,
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
	/* Of an archive the next member is still to be read; a file of its own has no second unit, and nothing comes back. */
	if (res->known && res->place.unit < UINT32_MAX && r->open.id == 0 && res->place.unit != 0) {
		buf_u64(rest, f->n_bytes);
		buf_u32(rest, (uint32_t)res->place.unit + 1);
		buf_u64(rest, 0);
	}
	return OK;
}

static enum errc done_task(void *ctx, const struct task_result *res, struct buf *rest, struct err *e)
{
	struct reader *r = ctx;
	struct to_read *t = &r->todo[r->done];
	const struct log_file *f = &r->files.v[t->file];
	enum errc rc;

	t->again = false;
	if (f->cannot != NULL)
		rc = cannot_read(r, f, e);
	else if ((rc = result_read(r, t, res->bytes, e)) == OK && res->died != NULL)
		rc = died(r, t, res, rest, e);
	if (rc != OK || rest->n != 0)
		return rc;
	r->done++;
	r->progress.done_bytes += t->again ? 0 : f->n_bytes;
	/* A unit that goes on in the next round keeps its row open: its numbers so far are kept in the next. */
	if (r->rows < ROWS_A_COMMIT || t->again)
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

/* Files whose result was full go on one after the other, each to its end: the unit that is open is theirs. */
static enum errc run_round(struct reader *r, struct err *e)
{
	struct pool p = {.job = "scope", .n_workers = r->o->n_workers, .without_jail = r->o->without_jail, .ctx = r,
	    .next = next_task, .done = done_task, .tick = tick};

	r->next = r->done = 0;
	return pool_run(&p, e);
}

static enum errc plan(struct reader *r, struct err *e)
{
	enum errc rc = OK;

	if ((r->todo = calloc(r->files.n + 1, sizeof *r->todo)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < r->files.n && rc == OK; i++) {
		const struct log_file *f = &r->files.v[i];
		struct log_source_row old;
		bool found;

		rc = log_source_find(r->store, f->path, UNIT_FILE, &old, &found, e);
		if (rc == OK && found && f->cannot == NULL && old.state == SOURCE_DONE && old.n_bytes == f->n_bytes &&
		    old.mtime_ns == f->mtime_ns)
			r->tally->files_unchanged++;
		else
			r->todo[r->n_todo++].file = i;
	}
	return rc;
}

/* One file at a time as far as it is full: the order of the rows stays that of the paths. */
static enum errc read_rounds(struct reader *r, struct err *e)
{
	struct to_read *all = r->todo;
	size_t n = r->n_todo;
	enum errc rc = OK;

	/* Large files, which may not fit into one result, run alone; what lies between them runs in parallel. */
	for (size_t from = 0; from < n && rc == OK;) {
		size_t to = from;

		while (to < n && r->files.v[all[to].file].n_bytes < RESULT_BYTES / 4)
			to++;
		r->todo = all + from;
		r->n_todo = to > from ? to - from : 1;
		do
			rc = run_round(r, e);
		while (rc == OK && r->n_todo == 1 && r->todo[0].again);
		for (size_t i = 0; rc == OK && r->n_todo > 1 && i < r->n_todo; i++)
			if (r->todo[i].again)
				rc = err_set(e, ERR_WORLD, "a log of %" PRIu64 " bytes has records without end",
				    r->files.v[r->todo[i].file].n_bytes);
		from += r->n_todo;
		if (rc == OK) {
			r->rows = 0;
			rc = store_commit(r->store, e);
		}
	}
	r->todo = all;
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
	    (rc = log_source_drop_open(st, e)) != OK || (rc = files_walk(keep, o->logs, o->n_logs, &r->files, e)) != OK ||
	    (rc = plan(r, e)) != OK)
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
