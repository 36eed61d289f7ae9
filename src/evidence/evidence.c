/*
 * The keeper's side of re-reading. Messages are taken in the order of their ids, which is that of their sources,
 * and put into tasks of up to so many messages, bytes and descriptors. Small ones, so that the workers have the same to do; but an archive
 * is read from its beginning for each task that has messages in it, and an outermost message parsed for each.
 */
#include "evidence/evidence.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/progress.h"
#include "evidence/opener.h"
#include "evidence/private.h"
#include "evidence/spool.h"
#include "store/mail.h"

enum { TASK_MESSAGES = 128, TASK_ARCHIVED = 1024, TASK_SOURCES = 192, TASK_BYTES = 16 * 1024 * 1024, IDS = 1024,
	PIECE_FILES = 96 };
#define GATHERED_BYTES ((uint64_t)GIB) /* of the messages that pieces lie in */

/* A task that is out: whose messages they are, and those that the keeper itself could not reach. */
struct job { int64_t *ids; const char **failed; size_t n, n_done; uint32_t *sent; size_t n_sent; uint64_t n_bytes; };

struct keeper {
	const struct evidence_run *run;
	int64_t ids[IDS];
	struct place_row places[IDS]; /* of the same messages */
	struct arena *places_a;
	size_t n_ids, at_id;
	bool no_more;
	struct opener opener;
	int64_t source_id;         /* checked last */
	const char *source_failed; /* why it cannot be read, or NULL */
	bool source_touched;       /* its time is not the one it had: its messages' digests are checked */
	struct job *jobs;         /* those that are out, oldest first */
	size_t n_jobs, cap_jobs, first_job;
	struct progress progress;
};

/* A task while it is made. */
struct making {
	struct task *task;
	struct buf sources, messages, input;
	int64_t source_ids[TASK_SOURCES];
	uint32_t n_sources, n_sent;
	bool has_archive;
	int64_t last_source;
	struct outer { int64_t source, member; uint64_t at_byte; } outer; /* where the outermost message of the one added last lies */
	uint64_t n_bytes; /* of outermost messages, each once */
	struct job job;
};

/* The place of the message that is next, NULL at the end. */
static enum errc next_place(struct keeper *k, struct place_row **p, struct err *e)
{
	*p = NULL;
	if (k->at_id == k->n_ids && !k->no_more) {
		enum errc rc = k->run->next_ids(k->run->ctx, k->ids, IDS, &k->n_ids, e);

		arena_reset(k->places_a);
		if (rc != OK || (rc = k->run->places != NULL ?
		    k->run->places(k->run->ctx, k->places_a, k->ids, k->n_ids, k->places, e) :
		    store_places(k->run->store, k->places_a, k->ids, k->n_ids, k->places, e)) != OK)
			return rc;
		k->at_id = 0;
		k->no_more = k->n_ids == 0;
	}
	if (k->at_id < k->n_ids)
		*p = &k->places[k->at_id];
	return OK;
}

/* Is the source there, and as it was when it was read? The content is checked message by message, in the worker. */
static enum errc source_check(struct keeper *k, const struct place_row *p, int *fd, struct err *e)
{
	struct stat sb;

	*fd = -1;
	if (k->source_id != p->source_id)
		k->source_failed = NULL;
	k->source_id = p->source_id;
	if (k->source_failed != NULL)
		return OK;
	if ((*fd = opener_open(&k->opener, p->path)) < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			return err_sys(e, "%s", p->path);
		k->source_failed = "its source can no longer be opened";
		return OK;
	}
	if (fstat(*fd, &sb) != 0 || (uint64_t)sb.st_size != p->source_bytes) {
		(void)close(*fd);
		*fd = -1;
		k->source_failed = "its source has changed since it was ingested";
		return OK;
	}
	k->source_touched = (int64_t)sb.st_mtim.tv_sec * 1000000000 + sb.st_mtim.tv_nsec != p->mtime_ns;
	return OK;
}

/* Adds the source to the task when it is not the one added last. *fits false: the task is full. */
static enum errc add_source(struct keeper *k, struct making *m, const struct place_row *p, bool *fits, struct err *e)
{
	bool archive;
	enum errc rc = OK;
	int fd;

	*fits = true;
	if (m->last_source == p->source_id)
		return OK;
	*fits = m->n_sources < TASK_SOURCES && m->task->n_fds + 1 + UNIT_SPOOLS <= JAIL_TASK_FDS;
	if (!*fits || (rc = source_check(k, p, &fd, e)) != OK || fd < 0)
		return *fits ? rc : OK;
	m->task->fds[m->task->n_fds++] = fd;
	archive = source_has_members((enum source_kind)p->kind);
	for (int i = 0; archive && i < UNIT_SPOOLS; i++) {
		const char *dir = k->run->case_dir;

		if ((rc = spool_open(dir, &m->task->fds[m->task->n_fds], e)) != OK)
			return rc;
		m->task->n_fds++;
	}
	m->has_archive |= archive;
	buf_u8(&m->sources, archive);
	buf_u8(&m->sources, source_is_rendered((enum source_kind)p->kind));
	buf_u8(&m->sources, k->source_touched);
	buf_u64(&m->sources, p->source_bytes);
	m->source_ids[m->n_sources++] = p->source_id;
	m->last_source = p->source_id;
	return OK;
}

static void put_spot(struct buf *out, const struct place_row *p, uint32_t source)
{
	buf_u32(out, p->number);
	buf_u32(out, source);
	buf_u64(out, (uint64_t)p->member);
	buf_u64(out, p->at_byte);
	buf_u64(out, p->n_bytes);
	buf_u8(out, p->from_quoted);
	buf_bytes(out, span_str(p->nest));
	buf_put(out, digest_span(&p->outer_sha256));
}

/* A message in one piece. *why is set when its source cannot be read. */
static enum errc add_spot(struct keeper *k, struct making *m, const struct place_row *p, bool *fits, const char **why, struct err *e)
{
	enum errc rc = add_source(k, m, p, fits, e);

	if (rc != OK || !*fits)
		return rc;
	if (m->last_source != p->source_id) {
		*why = k->source_failed;
		return OK;
	}
	buf_u32(&m->messages, 0);
	put_spot(&m->messages, p, m->n_sources - 1);
	buf_bytes(&m->messages, SPAN_EMPTY);
	return OK;
}

/* Files alone: what lies in archives is found by reading them, and what is rendered as a whole. */
static bool is_gathered(const struct place_row *p)
{
	return !source_has_members((enum source_kind)p->kind) && !source_is_rendered((enum source_kind)p->kind);
}

/*
 * Pieces that lie in more files than a task can have descriptors: copied into one, a source of its own, in which each is at `at`. Digests
 * are compared, whatever the time of the files is.
 */
static enum errc gather(struct keeper *k, struct making *m, const struct place_row *p, uint64_t *at, const char **why, struct err *e)
{
	int *spool = &m->task->fds[m->task->n_fds], fd;
	uint64_t n_bytes = 0;
	enum errc rc = spool_open(k->run->case_dir, spool, e);

	if (rc != OK)
		return rc;
	m->task->n_fds++;
	for (uint32_t i = 0; i < p->n_pieces && *why == NULL && rc == OK; i++) {
		const struct place_row *piece = &p->pieces[i];

		if (!is_gathered(piece))
			continue;
		at[i] = n_bytes;
		if (piece->n_bytes > GATHERED_BYTES - n_bytes) {
			*why = "its pieces lie in more files than are read together";
		} else if ((rc = source_check(k, piece, &fd, e)) == OK && fd < 0) {
			*why = k->source_failed;
		} else if (rc == OK) {
			rc = spool_append(*spool, fd, piece->at_byte, piece->n_bytes, e);
			(void)close(fd);
			n_bytes += piece->n_bytes;
		}
		if (rc == ERR_EVIDENCE) {
			*why = "its source has changed since it was ingested";
			rc = OK;
		}
	}
	buf_u8(&m->sources, false);
	buf_u8(&m->sources, false);
	buf_u8(&m->sources, true);
	buf_u64(&m->sources, n_bytes);
	m->source_ids[m->n_sources++] = -1;
	m->last_source = -1;
	return rc;
}

/* The source of a piece, one that the task has already where it can be; *fits false or *why set: it has none. */
static enum errc piece_source(struct keeper *k, struct making *m, const struct place_row *piece, uint32_t *source, bool *fits,
    const char **why, struct err *e)
{
	enum errc rc;

	for (*source = 0; *source < m->n_sources; ++*source)
		if (m->source_ids[*source] == piece->source_id)
			return OK;
	if ((rc = add_source(k, m, piece, fits, e)) == OK && *fits && m->last_source != piece->source_id)
		*why = k->source_failed;
	return rc;
}

/* A message in pieces: all their sources in one task. */
static enum errc add_pieces(struct keeper *k, struct making *m, const struct place_row *p, bool *fits, const char **why, struct err *e)
{
	size_t begun = m->messages.n;
	uint32_t files = 1, gathered = m->n_sources;
	uint64_t *at = NULL;
	enum errc rc = OK;

	for (uint32_t i = 1; i < p->n_pieces; i++)
		files += p->pieces[i].source_id != p->pieces[i - 1].source_id;
	if (files > PIECE_FILES && m->job.n != 0) {
		*fits = false;
		return OK;
	}
	if (files > PIECE_FILES && ((at = arena_zero(k->places_a, p->n_pieces, sizeof *at)) == NULL))
		return err_memory(e);
	if (at != NULL && (rc = gather(k, m, p, at, why, e)) != OK)
		return rc;
	buf_u32(&m->messages, p->n_pieces);
	for (uint32_t i = 0; i < p->n_pieces && *fits && *why == NULL; i++) {
		struct place_row piece = p->pieces[i];
		uint32_t source = gathered;

		if (at != NULL && is_gathered(&piece))
			piece.at_byte = at[i];
		else if ((rc = piece_source(k, m, &piece, &source, fits, why, e)) != OK)
			return rc;
		if (!*fits && m->job.n == 0) {
			*why = "its pieces lie in more archives than are read together";
			*fits = true;
		}
		put_spot(&m->messages, &piece, source);
	}
	if (!*fits || *why != NULL)
		m->messages.n = begun;
	else
		buf_bytes(&m->messages, span_str(p->nest));
	return OK;
}

/* Does it lie in the outermost message of the one added last? That is read once for those that follow each other. */
static bool lies_with_last(const struct making *m, const struct place_row *p)
{
	return m->job.n_sent > 0 && p->nest[0] != '\0' && p->source_id == m->outer.source && p->member == m->outer.member &&
	       p->at_byte == m->outer.at_byte;
}

/* A file that was moved, or that only one of two mailboxes has left: the message is read where it still can be. */
static enum errc add_elsewhere(struct keeper *k, struct making *m, struct place_row *p, bool *fits, const char **why, struct err *e)
{
	struct place_row other = *p;
	enum errc rc = OK;

	while (rc == OK && *why != NULL && *fits && (rc = store_place_elsewhere(k->run->store, k->places_a, &other, &other, e)) == OK && other.found) {
		const char *failed = NULL;

		if ((rc = add_spot(k, m, &other, fits, &failed, e)) == OK && failed == NULL) {
			*p = other;
			*why = NULL;
		}
	}
	return rc;
}

static enum errc add_message(struct keeper *k, struct making *m, struct place_row *p, bool *fits, struct err *e)
{
	const char *why = p->found ? NULL : "it lies in no source any more";
	enum errc rc;

	*fits = true;
	if (p->found && ((rc = p->pieces != NULL ? add_pieces(k, m, p, fits, &why, e) : add_spot(k, m, p, fits, &why, e)) != OK || !*fits))
		return rc;
	if (why != NULL && p->found && p->pieces == NULL && k->run->places == NULL &&
	    ((rc = add_elsewhere(k, m, p, fits, &why, e)) != OK || !*fits))
		return rc;
	m->job.ids[m->job.n] = p->message_id;
	m->job.failed[m->job.n++] = why;
	if (why != NULL)
		return OK;
	m->job.sent[m->job.n_sent++] = (uint32_t)(m->job.n - 1);
	buf_clear(&m->input);
	if (k->run->input != NULL && (rc = k->run->input(k->run->ctx, p->message_id, &m->input, e)) != OK)
		return rc;
	buf_bytes(&m->messages, buf_span(&m->input));
	m->job.n_bytes += p->n_bytes;
	m->outer = (struct outer){p->source_id, p->member, p->at_byte};
	return OK;
}

static void job_free(struct job *j)
{
	free(j->ids);
	free(j->failed);
	free(j->sent);
	*j = (struct job){0};
}

static enum errc job_push(struct keeper *k, struct job *j, struct err *e)
{
	if (k->first_job != 0 && k->n_jobs == k->cap_jobs) {
		memmove(k->jobs, k->jobs + k->first_job, (k->n_jobs - k->first_job) * sizeof *k->jobs);
		k->n_jobs -= k->first_job;
		k->first_job = 0;
	}
	if (!ROOM(k->jobs, k->n_jobs, k->cap_jobs))
		return err_memory(e);
	k->jobs[k->n_jobs++] = *j;
	*j = (struct job){0};
	return OK;
}

static enum errc next(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct keeper *k = ctx;
	struct making m = {.task = t, .last_source = -1};
	struct place_row *p;
	bool fits = true;
	enum errc rc = OK;

	buf_init(&m.sources, MIB);
	buf_init(&m.messages, LIMIT_FRAME_BYTES / 2);
	buf_init(&m.input, LIMIT_FRAME_BYTES / 4);
	m.job.ids = malloc(TASK_ARCHIVED * sizeof *m.job.ids);
	m.job.failed = malloc(TASK_ARCHIVED * sizeof *m.job.failed);
	m.job.sent = malloc(TASK_ARCHIVED * sizeof *m.job.sent);
	if (m.job.ids == NULL || m.job.failed == NULL || m.job.sent == NULL)
		rc = err_memory(e);
	while (rc == OK && fits && m.job.n < TASK_ARCHIVED && m.messages.n < LIMIT_FRAME_BYTES / 4) {
		uint64_t more_bytes;

		if ((rc = next_place(k, &p, e)) != OK || p == NULL)
			break;
		more_bytes = lies_with_last(&m, p) ? 0 : p->n_bytes;
		if (more_bytes != 0 && (m.n_bytes >= TASK_BYTES || (m.job.n >= TASK_MESSAGES && !m.has_archive)))
			break;
		m.n_bytes += more_bytes;
		if ((rc = add_message(k, &m, p, &fits, e)) == OK && fits)
			k->at_id++;
	}
	if (rc == OK && m.job.n != 0) {
		buf_u32(&t->payload, 0);
		buf_u32(&t->payload, m.n_sources);
		buf_put(&t->payload, buf_span(&m.sources));
		buf_u32(&t->payload, (uint32_t)m.job.n_sent);
		buf_put(&t->payload, buf_span(&m.messages));
		if ((rc = buf_check(&m.messages, e)) == OK && (rc = job_push(k, &m.job, e)) == OK)
			*more = true;
	}
	job_free(&m.job);
	buf_free(&m.sources);
	buf_free(&m.messages);
	buf_free(&m.input);
	return rc;
}

/* Messages before this one in the job that the keeper could not reach. */
static enum errc unreached(struct keeper *k, struct job *j, size_t before, struct err *e)
{
	enum errc rc = OK;

	for (; j->n_done < before && rc == OK; j->n_done++) {
		k->progress.done_items++;
		if (j->failed[j->n_done] != NULL)
			rc = k->run->on_failed(k->run->ctx, j->ids[j->n_done], j->failed[j->n_done], e);
		else
			rc = k->run->on_failed(k->run->ctx, j->ids[j->n_done], "the worker said nothing of it", e);
	}
	return rc;
}

static enum errc one_result(struct keeper *k, struct job *j, uint32_t index, bool ok, span bytes, struct err *e)
{
	enum errc rc = unreached(k, j, j->sent[index], e);
	char why[400];
	size_t n = 0;

	if (rc != OK || j->n_done != j->sent[index])
		return rc;
	j->n_done++;
	k->progress.done_items++;
	if (ok)
		return k->run->on_message(k->run->ctx, j->ids[j->sent[index]], bytes, e);
	for (; n < bytes.n && n < sizeof why - 1; n++)
		why[n] = bytes.p[n] >= 0x20 && bytes.p[n] < 0x7f ? (char)bytes.p[n] : '?';
	why[n] = '\0';
	return k->run->on_failed(k->run->ctx, j->ids[j->sent[index]], why, e);
}

/*
 * Which message ended the worker: the one that it says it was on; the first where it did not say which, or names one that was done. Where it
 * sent what is none, which whatever has taken it over can do and which is to end no run, the first that nothing was said of.
 */
#define NO_RESULT "the worker sent a result that is none"
static uint32_t ended_at(const struct job *j, const struct task_result *r, bool bad)
{
	struct cursor task = cursor_of(r->payload);
	uint32_t at = cursor_u32(&task);

	if (!bad && r->known && r->place.unit > at && r->place.unit < j->n_sent)
		return (uint32_t)r->place.unit;
	while (bad && at < j->n_sent && j->sent[at] < j->n_done)
		at++;
	return at;
}

static enum errc done(void *ctx, const struct task_result *r, struct buf *rest, struct err *e)
{
	struct keeper *k = ctx;
	struct job *j = &k->jobs[k->first_job];
	struct cursor c = cursor_of(r->bytes);
	enum errc rc = OK;

	while (rc == OK && c.rest.n != 0 && !c.bad) {
		uint32_t index = cursor_u32(&c);
		bool ok = cursor_u8(&c) != 0;
		span bytes = cursor_bytes(&c);

		if (!c.bad && index < j->n_sent)
			rc = one_result(k, j, index, ok, bytes, e);
		else
			c.bad = true;
	}
	if (rc == OK && r->lacked && !c.bad && r->place.unit < j->n_sent) {
		/* The message it was on, and those behind it. */
		buf_u32(rest, (uint32_t)r->place.unit);
		buf_put(rest, span_from(r->payload, 4));
		return buf_check(rest, e);
	}
	if (rc == OK && (r->died != NULL || r->lacked || c.bad) && j->n_sent != 0) {
		uint32_t at = ended_at(j, r, c.bad);

		if (at < j->n_sent && (rc = unreached(k, j, j->sent[at], e)) == OK && j->n_done == j->sent[at]) {
			j->n_done++;
			rc = (k->run->on_ended != NULL ? k->run->on_ended : k->run->on_failed)(k->run->ctx, j->ids[j->sent[at]],
			    r->died != NULL ? r->died : NO_RESULT, e);
		}
		if (rc == OK && at + 1 < j->n_sent) {
			buf_u32(rest, at + 1);
			buf_put(rest, span_from(r->payload, 4));
			return OK;
		}
	}
	if (rc == OK)
		rc = unreached(k, j, j->n, e);
	if (rc == OK) {
		k->progress.done_bytes += j->n_bytes;
		job_free(j);
		k->first_job++;
	}
	return rc;
}

static void tick(void *ctx) { progress_show(&((struct keeper *)ctx)->progress); }

static enum errc workers_ask(struct keeper *k, struct evidence_workers *w, struct err *e)
{
	const struct evidence_run *run = k->run;
	enum errc rc;

	/* all of it again: a worker may have to be replaced in any run, and that before is gone */
	w->pool = (struct pool){.job = run->job->name, .init = run->init, .init_fds = &run->init_fd, .n_init_fds = run->init_fd >= 0 ? 1 : 0,
	    .n_workers = run->n_workers, .without_jail = run->without_jail, .goes_on = true, .ctx = k, .next = next, .done = done, .tick = tick,
	    /* Of a thousand messages some mostly need it, and a worker that is replaced maps its files anew. */
	    .left = k->n_ids < IDS && !run->of_attachments ? LATER_ALL : 0};
	if (w->run == NULL && (rc = run_open(&w->run, &w->pool, e)) != OK)
		return rc;
	return run_tasks(w->run, e);
}

void evidence_workers_end(struct evidence_workers *w, bool at_once)
{
	run_close(w->run, at_once);
	*w = (struct evidence_workers){0};
}

enum errc evidence_read(const struct evidence_run *run, struct err *e)
{
	struct keeper *k = calloc(1, sizeof *k);
	struct evidence_workers own = {0};
	struct place_row *first;
	enum errc rc;

	if (k == NULL)
		return err_memory(e);
	k->run = run;
	if ((rc = arena_new(&k->places_a, GIB, e)) != OK)
		goto out;
	progress_begin(&k->progress, run->progress, run->doing != NULL ? run->doing : run->job->name, "messages", run->all_bytes);
	/* Nothing to do: no worker is started for it. */
	if ((rc = next_place(k, &first, e)) == OK && first != NULL) {
		rc = workers_ask(k, run->workers != NULL ? run->workers : &own, e);
		evidence_workers_end(&own, rc != OK);
	}
	progress_end(&k->progress);
	for (size_t i = k->first_job; i < k->n_jobs; i++)
		job_free(&k->jobs[i]);
out:
	opener_done(&k->opener);
	free(k->jobs);
	arena_free(k->places_a);
	free(k);
	return rc;
}
