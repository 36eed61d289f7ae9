/*
 * The keeper's side: workers started, fed, watched and replaced; results handed on in the order of the tasks.
 *
 * Slots form a ring in task order. A slot's task is with one worker at a time; a worker has up to two tasks, so that it need not wait for
 * the keeper between them, and works them off in the order it got them. The second is only sent when the channel is sure to hold it: a
 * keeper that waits for a worker to read cannot hear its results, and the worker would wait for that. And only while more tasks wait than
 * there are workers: of two large ones the worker that is up first would take both, and one could stand behind a long one at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/stop.h"
#include "jail/private.h"

enum { QUEUE = 2, MAX_RESTARTS_UNREADY = 3, MAX_SILENT_DEATHS = 2 };
#define QUEUED_BYTES (96 * KIB) /* below half of what Linux gives a socket to send (208 KiB), which one message may always fill */
#define ROOM (16 * MIB) /* to be sure that the disk is not full: other workers take of it and give back meanwhile */
#define NOT_A_FRAME "the worker sent what is no frame"
#define OUT_OF_TURN "the worker spoke out of turn"
#define STALLED "the worker made no progress and was ended"
#define TALKATIVE "the worker spoke without end and was ended"
#define ENDLESS "the worker went on for hours without a result and was ended"

struct slot {
	bool used, careful, finished, lacked;
	unsigned n_frames; /* that its worker sent of it */
	unsigned silent_deaths; /* of workers that it had been given to and that said nothing of it */
	struct task task;
	struct buf result;
	const char *died;
	char said[180]; /* what it died of, where it said so itself */
	bool known;
	struct jail_place place;
};

struct worker {
	pid_t pid; /* 0: none; one that was waited for is another's soon */
	int fd;
	bool ready;
	unsigned left; /* for later, of enum later */
	uint64_t heard_ms;
	uint64_t told_ms; /* of more than that it is alive; its task began */
	size_t queue[QUEUE]; /* slots, oldest first */
	size_t n_queue;
};

struct run {
	const struct pool *p;
	struct worker *workers;
	struct slot *slots;
	size_t n_slots, head, n_used; /* ring */
	size_t max_fds; /* that tasks may hold open together */
	bool no_more;
	unsigned left; /* for later: what no worker has lacked so far */
	unsigned unready_deaths; /* one after the other */
	unsigned n_started;
	struct buf body; /* of the frame being read */
	struct pollfd *pfd; /* one a worker */
};

static uint64_t stall_ms(const struct run *r)
{
	return r->p->stall_ms != 0 ? r->p->stall_ms : (uint64_t)LIMIT_STALL_SECONDS * 1000;
}

/* Beats, and places of which nothing is told, are believed for so long. */
static uint64_t beat_ms(const struct run *r)
{
	return r->p->beat_ms != 0 ? r->p->beat_ms : (uint64_t)LIMIT_BEAT_SECONDS * 1000;
}

static unsigned max_frames(const struct run *r)
{
	return r->p->max_frames != 0 ? r->p->max_frames : LIMIT_TASK_FRAMES;
}

static enum errc worker_start(struct run *r, struct worker *w, struct err *e)
{
	enum errc rc;

	*w = (struct worker){.fd = -1, .left = r->left};
	rc = process_start(r->p, w->left, stall_ms(r), &w->pid, &w->fd, e);
	w->heard_ms = w->told_ms = time_monotonic_ms();
	return rc;
}

static void slot_clear(struct slot *s)
{
	io_close_all(s->task.fds, s->task.n_fds);
	buf_wipe(&s->task.payload); /* passwords may be in it, or what they opened */
	buf_wipe(&s->result);
	*s = (struct slot){0};
}

/* Its status: one that is dying keeps what it is dying of. */
static int worker_end(struct worker *w)
{
	process_kill(w->pid);
	(void)close(w->fd);
	w->fd = -1;
	return process_wait(&w->pid);
}

/*
 * Killed by somebody else before it had said where in its task it was, as one says at once in careful mode: as when memory is short, and it
 * was dying already when it got the task of another that was killed. Where it happens again and again the task may be why.
 */
static bool is_innocent(struct slot *s, int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && !s->known && ++s->silent_deaths <= MAX_SILENT_DEATHS;
}

/* Its first task runs again in careful mode, or is over; the others go back. */
static enum errc worker_died(struct run *r, struct worker *w, const char *said, struct err *e)
{
	int status = worker_end(w);
	const char *why = said != NULL ? said : process_why(status);
	struct slot *s;

	if (!w->ready) {
		if (++r->unready_deaths >= MAX_RESTARTS_UNREADY)
			return err_set(e, ERR_REFUSED, "workers do not start: %s", why);
	} else if (w->n_queue != 0) {
		s = &r->slots[w->queue[0]];
		if (!s->careful) {
			s->careful = true;
			s->n_frames = 0;
			buf_clear(&s->result);
		} else if (said != NULL || !is_innocent(s, status)) {
			s->died = why;
			s->finished = true;
		}
	}
	w->n_queue = 0;
	return worker_start(r, w, e);
}

static struct jail_place place_of(struct cursor *c)
{
	uint64_t unit = cursor_u64(c), at = cursor_u64(c);

	return (struct jail_place){unit, at, cursor_u64(c)};
}

/* It has said what it lacks and at which place: one that has it takes the same task. */
static enum errc worker_lacked(struct run *r, struct worker *w, span body, struct err *e)
{
	struct cursor c = cursor_of(body);
	unsigned what = cursor_u8(&c);
	struct slot *s = &r->slots[w->queue[0]];

	s->place = place_of(&c);
	if (!cursor_done(&c) || (w->left & what) == 0)
		return worker_died(r, w, NOT_A_FRAME, e);
	r->left &= ~what;
	(void)worker_end(w);
	s->known = s->lacked = s->finished = r->p->goes_on;
	s->n_frames = 0;
	if (!r->p->goes_on)
		buf_clear(&s->result);
	w->n_queue = 0;
	return worker_start(r, w, e);
}

static bool slot_waits(const struct run *r, size_t i)
{
	if (!r->slots[i].used || r->slots[i].finished)
		return false;
	for (unsigned k = 0; k < r->p->n_workers; k++)
		for (size_t q = 0; q < r->workers[k].n_queue; q++)
			if (r->workers[k].queue[q] == i)
				return false;
	return true;
}

static enum errc give(struct run *r, struct worker *w, size_t i, struct err *e)
{
	struct slot *s = &r->slots[i];
	struct buf body;
	enum errc rc;

	buf_init(&body, LIMIT_FRAME_BYTES);
	buf_u8(&body, s->careful);
	buf_put(&body, buf_span(&s->task.payload));
	if ((rc = buf_check(&body, e)) == OK) {
		struct err ignored;

		if (w->n_queue == 0)
			w->heard_ms = w->told_ms = time_monotonic_ms();
		w->queue[w->n_queue++] = i;
		/* A worker that has just died is noticed when its last words have been heard, not here. One that has half a task can do
		 * nothing with it. That no more descriptors may be under way is not its fault. */
		if (frame_send(w->fd, FRAME_TASK, buf_span(&body), s->task.fds, s->task.n_fds, &ignored) != OK) {
			if (errno == ETOOMANYREFS)
				rc = err_sys(e, "worker channel");
			process_kill(w->pid);
		}
	}
	buf_wipe(&body);
	return rc;
}

/* Oldest waiting tasks first, each to the worker with the least to do. */
static enum errc feed(struct run *r, struct err *e)
{
	enum errc rc = OK;
	size_t waiting = 0;

	for (size_t k = 0; k < r->n_used; k++)
		waiting += slot_waits(r, (r->head + k) % r->n_slots);
	for (size_t k = 0; k < r->n_used && rc == OK; k++) {
		size_t i = (r->head + k) % r->n_slots;
		struct worker *best = NULL;

		if (!slot_waits(r, i))
			continue;
		for (unsigned n = 0; n < r->p->n_workers; n++) {
			struct worker *w = &r->workers[n];
			bool second = waiting > r->p->n_workers && w->n_queue < QUEUE && r->slots[i].task.payload.n <= QUEUED_BYTES;

			if (w->ready && (w->n_queue == 0 || second) && (best == NULL || w->n_queue < best->n_queue))
				best = w;
		}
		if (best == NULL)
			break;
		waiting--;
		rc = give(r, best, i, e);
	}
	return rc;
}

/* May one more task hold its descriptors? It brings up to JAIL_TASK_FDS; one alone always may. */
static bool fds_left(const struct run *r)
{
	size_t n = JAIL_TASK_FDS;

	for (size_t i = 0; i < r->n_slots; i++)
		n += r->slots[i].task.n_fds;
	return r->n_used == 0 || n <= r->max_fds;
}

/*
 * No more of them than there are tasks: a short run, of which `notify seal` has one for each organisation, needs one.
 * Each begins as soon as there is one for it: while it loads its libraries the keeper opens the files of the tasks behind.
 */
static enum errc start_workers(struct run *r, struct err *e)
{
	enum errc rc = OK;

	while (rc == OK && r->n_started < r->p->n_workers && r->n_started < r->n_used)
		rc = worker_start(r, &r->workers[r->n_started++], e);
	return rc;
}

static enum errc fill(struct run *r, struct err *e)
{
	while (!r->no_more && r->n_used < r->n_slots && fds_left(r) && !stop_asked()) {
		struct slot *s = &r->slots[(r->head + r->n_used) % r->n_slots];
		bool more = false;
		enum errc rc;

		*s = (struct slot){0};
		buf_init(&s->task.payload, LIMIT_FRAME_BYTES - 1);
		buf_init(&s->result, LIMIT_RESULT_BYTES);
		rc = r->p->next(r->p->ctx, &s->task, &more, e);
		if (rc == OK && more)
			rc = buf_check(&s->task.payload, e);
		if (rc != OK || !more) {
			slot_clear(s);
			r->no_more = rc == OK;
			return rc;
		}
		s->used = true;
		r->n_used++;
		if ((rc = start_workers(r, e)) != OK || (rc = feed(r, e)) != OK)
			return rc;
	}
	return OK;
}

/* Hands on what is finished at the head of the ring. */
static enum errc drain(struct run *r, struct err *e)
{
	while (r->n_used != 0 && r->slots[r->head].finished) {
		struct slot *s = &r->slots[r->head];
		struct task_result res = {.payload = buf_span(&s->task.payload), .bytes = buf_span(&s->result), .died = s->died,
		    .known = s->known, .place = s->place, .lacked = s->lacked};
		struct buf rest;
		enum errc rc;

		buf_init(&rest, LIMIT_FRAME_BYTES - 1);
		if ((rc = r->p->done(r->p->ctx, &res, &rest, e)) != OK) {
			buf_free(&rest);
			return rc;
		}
		if (rest.n != 0) {
			buf_wipe(&s->task.payload);
			s->task.payload = rest;
			buf_clear(&s->result);
			s->finished = s->known = s->lacked = false;
			s->died = NULL;
			s->n_frames = 0;
			continue;
		}
		buf_free(&rest);
		slot_clear(s);
		r->head = (r->head + 1) % r->n_slots;
		r->n_used--;
		if (stop_asked())
			return OK;
	}
	return OK;
}

/* Why a worker says that it cannot go on. */
static enum errc failed(span body, struct err *e)
{
	struct cursor c = cursor_of(body);
	uint32_t code = cursor_u32(&c);
	struct buf text;
	enum errc rc;

	if (code == OK || code > ERR_STOPPED)
		code = ERR_WORLD;
	buf_init(&text, 1024);
	for (size_t i = 0; i < c.rest.n && i < 300; i++)
		buf_byte(&text, c.rest.p[i] >= 0x20 && c.rest.p[i] < 0x7f ? c.rest.p[i] : '?');
	rc = err_set(e, (enum errc)code, "%s", buf_cstr(&text));
	buf_free(&text);
	return rc;
}

/* Where a worker writes what it decompresses: is there room for more? */
static enum errc room_left(const struct task *t, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < t->n_fds && rc == OK; i++)
		if ((fcntl(t->fds[i], F_GETFL) & O_ACCMODE) == O_RDWR && (rc = io_room(t->fds[i], ROOM, e)) != OK)
			err_in(e, "no room for what is decompressed");
	return rc;
}

/*
 * Before it is ready a worker has met our own bytes alone (rules, keys) and its walls: what it says then is so, and would be for the next
 * one. In a task it can say anything, as whatever took it over by way of the mail would, and no code of its may end the run: it costs the
 * item, as a death does. What it truly lacks then is memory, of which it has its share; bytes of evidence, which a failing disk keeps from it, as
 * one does that kills it by SIGBUS; or room on our disk. The last alone is ours, and the keeper looks for itself. Any other code is a mistake
 * of the job's, in that item.
 */
static enum errc worker_failed(struct run *r, struct worker *w, struct err *e)
{
	struct err why = {0};
	enum errc rc = failed(buf_span(&r->body), &why);
	struct slot *s;

	if (!w->ready) {
		*e = why;
		err_in(e, "worker");
		return rc;
	}
	if (w->n_queue == 0)
		return worker_died(r, w, OUT_OF_TURN, e);
	s = &r->slots[w->queue[0]];
	if ((rc = room_left(&s->task, e)) != OK)
		return rc;
	if (why.code == ERR_MEMORY)
		return worker_died(r, w, "the worker ran out of memory", e);
	(void)snprintf(s->said, sizeof s->said, "the worker gave up: %.150s", why.text);
	return worker_died(r, w, s->said, e);
}

static enum errc hear(struct run *r, struct worker *w, struct err *e)
{
	struct err local = {0};
	struct slot *s = w->n_queue != 0 ? &r->slots[w->queue[0]] : NULL;
	struct cursor c;
	enum frame_kind kind;
	int fds[JAIL_TASK_FDS];
	size_t n_fds;
	bool end;

	w->heard_ms = time_monotonic_ms();
	if (frame_receive(w->fd, &kind, &r->body, fds, &n_fds, stall_ms(r), &end, &local) != OK || end) {
		io_close_all(fds, n_fds);
		return worker_died(r, w, time_monotonic_ms() - w->heard_ms >= stall_ms(r) ? STALLED : NULL, e);
	}
	/* Nothing is ever taken from a worker but bytes. */
	io_close_all(fds, n_fds);
	if (kind != FRAME_BEAT && kind != FRAME_ITEM && !(kind == FRAME_RESULT && r->body.n == 0))
		w->told_ms = w->heard_ms;
	else if (s != NULL && w->heard_ms > w->told_ms && w->heard_ms - w->told_ms > beat_ms(r))
		return worker_died(r, w, ENDLESS, e);
	if (s != NULL && kind != FRAME_DONE && ++s->n_frames > max_frames(r))
		return worker_died(r, w, TALKATIVE, e);
	switch (kind) {
	case FRAME_READY:
		if (w->ready)
			break;
		w->ready = true;
		r->unready_deaths = 0;
		return feed(r, e);
	case FRAME_BEAT:
		return OK;
	case FRAME_FAILED:
		return worker_failed(r, w, e);
	case FRAME_RESULT:
		if (s == NULL)
			break;
		buf_put(&s->result, buf_span(&r->body));
		return s->result.failed ? worker_died(r, w, "the result is over the limit", e) : OK;
	case FRAME_ITEM:
		if (s == NULL)
			break;
		c = cursor_of(buf_span(&r->body));
		s->place = place_of(&c);
		s->known = true;
		return OK;
	case FRAME_DONE:
		if (s == NULL)
			break;
		s->finished = true;
		w->n_queue--;
		memmove(w->queue, w->queue + 1, w->n_queue * sizeof w->queue[0]);
		return feed(r, e);
	case FRAME_LACKS:
		if (s == NULL)
			break;
		return worker_lacked(r, w, buf_span(&r->body), e);
	case FRAME_INIT:
	case FRAME_TASK:
		break;
	}
	return worker_died(r, w, s == NULL ? OUT_OF_TURN : NOT_A_FRAME, e);
}

/* Waits for the workers up to 100 ms and hears each that has something to say. */
static enum errc wait_and_hear(struct run *r, struct err *e)
{
	struct pollfd *pfd = r->pfd;
	uint64_t now;
	int n;

	for (unsigned i = 0; i < r->p->n_workers; i++)
		pfd[i] = (struct pollfd){.fd = r->workers[i].fd, .events = POLLIN};
	n = poll(pfd, r->p->n_workers, 100);
	if (n < 0 && errno != EINTR)
		return err_sys(e, "poll");
	now = time_monotonic_ms();
	for (unsigned i = 0; i < r->p->n_workers; i++) {
		struct worker *w = &r->workers[i];
		enum errc rc = OK;

		if (n > 0 && pfd[i].revents != 0 && pfd[i].fd == w->fd)
			rc = hear(r, w, e);
		else if ((w->n_queue != 0 || !w->ready) && w->fd >= 0 && now > w->heard_ms && now - w->heard_ms > stall_ms(r))
			rc = worker_died(r, w, STALLED, e);
		if (rc != OK)
			return rc;
	}
	return OK;
}

static void end_workers(struct run *r, bool at_once)
{
	for (unsigned i = 0; r->workers != NULL && i < r->p->n_workers; i++) {
		struct worker *w = &r->workers[i];

		if (w->fd >= 0)
			(void)close(w->fd);
		if (at_once)
			process_kill(w->pid);
	}
	for (unsigned i = 0; r->workers != NULL && i < r->p->n_workers; i++)
		(void)process_wait(&r->workers[i].pid);
}

enum errc run_open(struct run **out, const struct pool *p, struct err *e)
{
	struct run *r = *out = calloc(1, sizeof *r);
	enum errc rc;

	assert(p->n_workers != 0);
	if (r == NULL)
		return err_memory(e);
	*r = (struct run){.p = p, .n_slots = (size_t)p->n_workers * (QUEUE + 2), .left = p->left};
	r->max_fds = io_descriptors(r->n_slots * JAIL_TASK_FDS);
	buf_init(&r->body, LIMIT_FRAME_BYTES);
	if (!p->without_jail && (rc = jail_possible(e)) != OK)
		return rc;
	r->pfd = calloc(p->n_workers, sizeof *r->pfd);
	r->workers = calloc(p->n_workers, sizeof *r->workers);
	r->slots = calloc(r->n_slots, sizeof *r->slots);
	if (r->pfd == NULL || r->workers == NULL || r->slots == NULL)
		return err_memory(e);
	for (unsigned i = 0; i < p->n_workers; i++)
		r->workers[i].fd = -1;
	return OK;
}

enum errc run_tasks(struct run *r, struct err *e)
{
	uint64_t ticked = 0;
	enum errc rc = OK;

	r->no_more = false;
	while (rc == OK) {
		uint64_t now = time_monotonic_ms();

		if ((rc = drain(r, e)) != OK || (rc = fill(r, e)) != OK || (rc = feed(r, e)) != OK)
			break;
		if (stop_asked())
			return err_set(e, ERR_STOPPED, "stopped; run it again to go on from here");
		if (r->n_used == 0)
			break;
		if (r->p->tick != NULL && now - ticked >= 100) {
			ticked = now;
			r->p->tick(r->p->ctx);
		}
		rc = wait_and_hear(r, e);
	}
	return rc;
}

void run_close(struct run *r, bool at_once)
{
	if (r == NULL)
		return;
	end_workers(r, at_once);
	for (size_t i = 0; r->slots != NULL && i < r->n_slots; i++)
		if (r->slots[i].used)
			slot_clear(&r->slots[i]);
	buf_wipe(&r->body);
	free(r->slots);
	free(r->workers);
	free(r->pfd);
	free(r);
}

enum errc pool_run(const struct pool *p, struct err *e)
{
	struct run *r;
	enum errc rc = run_open(&r, p, e);

	if (rc == OK)
		rc = run_tasks(r, e);
	run_close(r, rc != OK);
	return rc;
}
