/*
 * Hostile bytes are parsed in worker processes that can do nothing but read the descriptors handed to them and
 * write to their channel. The keeper hands out tasks and takes the results in the order of the tasks; a worker
 * that crashes or hangs costs the item it was on.
 *
 * A task is a payload of bytes and some descriptors. When a worker dies in one, the task runs again from its
 * beginning in careful mode, in which the worker announces each item before it touches it; when it dies again,
 * the keeper knows the item, and the stage says what is left to do behind it.
 */
#ifndef TOCSIN_JAIL_JAIL_H
#define TOCSIN_JAIL_JAIL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/later.h"
#include "base/span.h"

#define JAIL_TASK_FDS 240 /* below the kernel's SCM_MAX_FD of 253 */

/* ---- processes that are no workers: the reading room's ---- */

/*
 * What a process may still do behind its walls. Everything else is as for a worker: nothing by name, no new process, no executable
 * memory. Folders are given by path and opened before the walls go up; a NULL ends the list.
 */
struct jail_walls {
	const char *const *folders;  /* files in them may be read, written, made, renamed and removed */
	const char *const *readable; /* files in them, or these files, may be read */
	bool accepts;                /* takes connections of a socket that it has */
	bool connects;               /* opens sockets of its own: the network */
	size_t bytes;                /* RLIMIT_DATA; 0: as a worker */
};

/* No way back. Under the sanitizers, which need more than walls give, nothing happens. */
MUST_CHECK enum errc jail_enter(const struct jail_walls *w, struct err *e);

/* ---- the worker's side ---- */

struct jail_out; /* the way back to the keeper */

struct jail_job {
	const char *name;
	const void *ctx; /* for jobs that share their functions */
	/* Before the walls: may open what the libraries need. The descriptors stay open for the worker's life. */
	enum errc (*start)(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e);
	/*
	 * One task. Descriptors are closed by the caller afterwards. What is wrong with evidence goes into the result. An error is for the
	 * world's faults, and is the worker's last word: as if it had died there, unless the keeper finds no room on the disk either.
	 */
	enum errc (*task)(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e);
};

/* The result so far, to append to; the keeper gets it in whole records, so jail_flush only between records. */
struct buf *jail_buf(struct jail_out *out);
/* Bytes of this task's result so far, sent or not: a task that may give more than is allowed ends early and says where. */
uint64_t jail_given(const struct jail_out *out);
/*
 * Where in the evidence a worker is: the unit (a file of the task, a member of an archive, a message), and a run
 * of bytes within it. What it means is the stage's; if the worker dies there, that is what it costs.
 */
struct jail_place { uint64_t unit, at, n; };

/* Before each place: what the keeper learns if the worker dies in it. Also shows that the worker is alive. */
MUST_CHECK enum errc jail_item(struct jail_out *out, struct jail_place place, struct err *e);
/* Long work without items shows that it is alive. */
MUST_CHECK enum errc jail_beat(struct jail_out *out, struct err *e);
/* Sends what is in the buffer once it is large. Between records. */
MUST_CHECK enum errc jail_flush(struct jail_out *out, struct err *e);

/* Serves the keeper on descriptor 3 until it closes. Returns the exit status. */
int jail_serve(const struct jail_job *job, bool without_jail);

/* ---- the keeper's side ---- */

struct task {
	struct buf payload;
	int fds[JAIL_TASK_FDS]; /* the pool closes them when the task is done */
	size_t n_fds;
};

struct task_result {
	span payload; /* of the task */
	span bytes;   /* what the worker wrote: hostile */
	/*
	 * NULL when the task was done. Else why the worker died; the results before that are whole. known says
	 * whether it had announced a place: it had not if it died at the very beginning.
	 */
	const char *died;
	bool known;
	struct jail_place place;
	bool lacked; /* see pool.goes_on */
};

struct pool {
	const char *job; /* name: the worker is started as `tocsin worker <job>` */
	span init;
	const int *init_fds;
	size_t n_init_fds;
	unsigned n_workers;
	bool without_jail;
	/*
	 * Of enum later: what the workers begin without. One that lacks it is replaced by one that has it, as are all that begin from then
	 * on, and its task begins anew. Where goes_on is set it is as if it had ended early instead: done() gets what there was, `lacked`, and the
	 * place under way, and gives the rest from there on.
	 */
	unsigned left;
	bool goes_on;
	uint64_t stall_ms; /* after so long without a sign of life a worker is ended, also one that never is ready; 0: LIMIT_STALL_SECONDS */
	uint64_t beat_ms;  /* and after so long with no result; 0: LIMIT_BEAT_SECONDS */
	unsigned max_frames; /* and after so many of one task; 0: LIMIT_TASK_FRAMES */
	void *ctx;
	/* The next task into *t (payload initialised and empty): true, or false when there is none left. */
	enum errc (*next)(void *ctx, struct task *t, bool *more, struct err *e);
	/*
	 * A task's result, called in the order of the tasks. When it died or ended early, *rest may be given a payload:
	 * it runs next, in the same place of the order, with the same descriptors.
	 */
	enum errc (*done)(void *ctx, const struct task_result *r, struct buf *rest, struct err *e);
	/* About ten times a second; may be NULL. */
	void (*tick)(void *ctx);
};

/* Runs all tasks. ERR_STOPPED when asked to stop; what done() has taken by then stays valid. */
MUST_CHECK enum errc pool_run(const struct pool *p, struct err *e);

/*
 * A run of tasks: its workers live from the first task to run_close, so that more tasks can follow once next() has had none. *out is to be
 * closed whatever run_open returned; NULL is fine. at_once: without waiting for what the workers have begun.
 */
struct run;
MUST_CHECK enum errc run_open(struct run **out, const struct pool *p, struct err *e);
MUST_CHECK enum errc run_tasks(struct run *r, struct err *e); /* until next() has none */
void run_close(struct run *r, bool at_once);

/*
 * One worker that is asked one thing after the other and lives in between: for what needs an answer now. The answer lies in the arena, as
 * does *died: NULL, or why the worker died of it, twice; there is no answer then, and another worker takes the next question. After
 * an error nothing more may be asked. *out is to be closed whatever asker_open returned; NULL is fine.
 */
struct asker;
struct arena;
MUST_CHECK enum errc asker_open(struct asker **out, const char *job, span init, bool without_jail, struct err *e);
MUST_CHECK enum errc asker_ask(struct asker *k, struct arena *a, span payload, span *answer, const char **died, struct err *e);
void asker_close(struct asker *k);
/* A worker for one question. */
MUST_CHECK enum errc pool_once(const char *job, span init, bool without_jail, struct arena *a, span payload, span *answer,
    const char **died, struct err *e);

/* ERR_REFUSED when this kernel cannot give the walls: said before any evidence is opened. */
MUST_CHECK enum errc jail_possible(struct err *e);

#endif
