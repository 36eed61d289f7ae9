/* The worker's side of the channel. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "jail/private.h"

enum { FLUSH_AT = 128 * 1024, BEAT_MS = 2000 };

struct jail_out {
	struct buf buf;
	bool careful;
	uint64_t n_sent;    /* bytes of the task's result */
	uint64_t last_ms;   /* when the keeper heard of us last */
	unsigned since;     /* items since the clock was looked at */
	struct jail_place place; /* under way */
	size_t whole; /* of buf: the records before that place */
};

struct buf *jail_buf(struct jail_out *out) { return &out->buf; }

uint64_t jail_given(const struct jail_out *out) { return out->n_sent + out->buf.n; }

static enum errc flush(struct jail_out *out, struct err *e)
{
	enum errc rc;

	if ((rc = buf_check(&out->buf, e)) != OK)
		return rc;
	/* A record may be larger than a frame; the keeper joins what comes. */
	for (span rest = buf_span(&out->buf); rest.n != 0 && rc == OK;) {
		span now = span_first(rest, LIMIT_FRAME_BYTES / 2);

		rc = frame_send(CHANNEL_FD, FRAME_RESULT, now, NULL, 0, e);
		rest = span_from(rest, now.n);
		out->n_sent += now.n;
	}
	buf_clear(&out->buf);
	out->whole = 0;
	out->last_ms = time_monotonic_ms();
	return rc;
}

enum errc jail_flush(struct jail_out *out, struct err *e)
{
	return out->buf.n >= FLUSH_AT || out->buf.failed ? flush(out, e) : OK;
}

enum errc jail_beat(struct jail_out *out, struct err *e)
{
	uint64_t now = time_monotonic_ms();

	if (now - out->last_ms < BEAT_MS)
		return OK;
	out->last_ms = now;
	return frame_send(CHANNEL_FD, FRAME_BEAT, SPAN_EMPTY, NULL, 0, e);
}

static void put_place(struct buf *b, struct jail_place place)
{
	buf_u64(b, place.unit);
	buf_u64(b, place.at);
	buf_u64(b, place.n);
}

enum errc jail_item(struct jail_out *out, struct jail_place place, struct err *e)
{
	struct buf item;
	enum errc rc;

	out->place = place;
	out->whole = out->buf.n;
	if (!out->careful) {
		if (++out->since % 64 == 0)
			return jail_beat(out, e);
		return OK;
	}
	if ((rc = flush(out, e)) != OK)
		return rc;
	buf_init(&item, 64);
	put_place(&item, place);
	if ((rc = buf_check(&item, e)) == OK)
		rc = frame_send(CHANNEL_FD, FRAME_ITEM, buf_span(&item), NULL, 0, e);
	buf_free(&item);
	return rc;
}

static void say_failed(const struct err *why)
{
	struct buf b;
	struct err e;
	enum errc rc;

	buf_init(&b, 4096);
	buf_u32(&b, (uint32_t)why->code);
	buf_str(&b, why->text);
	rc = frame_send(CHANNEL_FD, FRAME_FAILED, buf_span(&b), NULL, 0, &e);
	(void)rc;
	buf_free(&b);
}

/* The task under way, whose worker may come to lack something; a worker has one thread. */
static struct jail_out *under_way;

/* Between two frames, so that this is one. Whatever else there is of the task is forgotten with the process. */
static void lacks(enum later what)
{
	struct buf b;
	struct err e;

	assert(under_way != NULL);
	under_way->buf.n = under_way->whole;
	buf_init(&b, 64);
	buf_u8(&b, (uint8_t)what);
	put_place(&b, under_way->place);
	_exit(flush(under_way, &e) == OK && buf_check(&b, &e) == OK && frame_send(CHANNEL_FD, FRAME_LACKS, buf_span(&b), NULL, 0, &e) == OK ? 0 : 4);
}

static enum errc prepare(const struct jail_job *job, bool without_jail, void **state, struct buf *body, bool *end,
    struct err *e)
{
	int fds[JAIL_TASK_FDS];
	enum frame_kind kind;
	size_t n_fds;
	enum errc rc;

	if ((rc = frame_receive(CHANNEL_FD, &kind, body, fds, &n_fds, 0, end, e)) != OK || *end)
		return rc;
	if (kind != FRAME_INIT || body->n == 0)
		return err_set(e, ERR_USAGE, "a worker is started by tocsin, not by hand");
	later_leave(body->p[0], lacks);
	if ((rc = job->start(job->ctx, state, span_from(buf_span(body), 1), fds, n_fds, e)) != OK)
		return rc;
	/* Keys may have come with it. */
	if (body->p != NULL)
		explicit_bzero(body->p, body->cap);
	if (!without_jail && !SANITIZED && (rc = walls_up(e)) != OK)
		return rc;
	return frame_send(CHANNEL_FD, FRAME_READY, SPAN_EMPTY, NULL, 0, e);
}

int jail_serve(const struct jail_job *job, bool without_jail)
{
	struct jail_out out = {0};
	struct err e = {0};
	struct buf body;
	void *state = NULL;
	bool end = false;
	enum errc rc;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	buf_init(&body, LIMIT_FRAME_BYTES);
	buf_init(&out.buf, LIMIT_RESULT_BYTES);
	rc = prepare(job, without_jail, &state, &body, &end, &e);
	while (rc == OK && !end) {
		int fds[JAIL_TASK_FDS];
		enum frame_kind kind;
		size_t n_fds;

		if ((rc = frame_receive(CHANNEL_FD, &kind, &body, fds, &n_fds, 0, &end, &e)) != OK || end)
			break;
		if (kind != FRAME_TASK || body.n == 0) {
			rc = err_set(&e, ERR_USAGE, "worker channel: unexpected frame");
			break;
		}
		out.careful = body.p[0] != 0;
		out.n_sent = 0;
		out.place = (struct jail_place){0};
		out.whole = 0;
		under_way = &out;
		out.last_ms = time_monotonic_ms();
		rc = job->task(state, &out, span_from(buf_span(&body), 1), fds, n_fds, &e);
		io_close_all(fds, n_fds);
		if (rc == OK && (rc = flush(&out, &e)) == OK)
			rc = frame_send(CHANNEL_FD, FRAME_DONE, SPAN_EMPTY, NULL, 0, &e);
	}
	if (rc != OK)
		say_failed(&e);
	/* _exit: no destructor of a library needs to run in a worker, and none may fail the walls. */
	_exit(rc == OK ? 0 : 4);
}
