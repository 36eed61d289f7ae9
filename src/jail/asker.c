/* One worker, asked one thing after the other: a run of one task after the other, whose worker lives in between. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "jail/private.h"

struct asker {
	struct pool p;
	struct run *r;
	struct buf init;
	span payload;     /* of the question; given: to the worker */
	bool given, broken;
	struct arena *a;  /* of the answer */
	span answer;
	const char *died;
};

static enum errc next_question(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct asker *k = ctx;

	*more = !k->given;
	k->given = true;
	if (*more)
		buf_put(&t->payload, k->payload);
	return buf_check(&t->payload, e);
}

static enum errc take_answer(void *ctx, const struct task_result *res, struct buf *rest, struct err *e)
{
	struct asker *k = ctx;

	(void)rest;
	k->answer = SPAN_EMPTY;
	k->died = res->died != NULL ? arena_cstr(k->a, span_str(res->died)) : NULL;
	if (res->died == NULL)
		k->answer = arena_copy(k->a, res->bytes);
	return k->died == NULL && k->answer.p == NULL ? err_memory(e) : OK;
}

enum errc asker_open(struct asker **out, const char *job, span init, bool without_jail, struct err *e)
{
	struct asker *k = *out = calloc(1, sizeof *k);
	enum errc rc;

	if (k == NULL)
		return err_memory(e);
	buf_init(&k->init, LIMIT_FRAME_BYTES);
	buf_put(&k->init, init);
	k->p = (struct pool){.job = job, .init = buf_span(&k->init), .n_workers = 1, .without_jail = without_jail, .ctx = k,
	    .next = next_question, .done = take_answer};
	if ((rc = buf_check(&k->init, e)) == OK)
		rc = run_open(&k->r, &k->p, e);
	k->broken = rc != OK;
	return rc;
}

enum errc asker_ask(struct asker *k, struct arena *a, span payload, span *answer, const char **died, struct err *e)
{
	enum errc rc;

	assert(!k->broken);
	k->a = a;
	k->payload = payload;
	k->given = false;
	rc = run_tasks(k->r, e);
	k->broken = rc != OK;
	*answer = k->answer;
	*died = k->died;
	return rc;
}

void asker_close(struct asker *k)
{
	if (k == NULL)
		return;
	run_close(k->r, k->broken);
	buf_wipe(&k->init); /* keys may be in it */
	free(k);
}

enum errc pool_once(const char *job, span init, bool without_jail, struct arena *a, span payload, span *answer, const char **died,
    struct err *e)
{
	struct asker *k;
	enum errc rc = asker_open(&k, job, init, without_jail, e);

	if (rc == OK)
		rc = asker_ask(k, a, payload, answer, died, e);
	asker_close(k);
	return rc;
}
