/*
 * Applications that the intruder, or who may be, let in: by consent, a role or a credential. What these open they open by themselves, from
 * addresses of their own, so that their records may be the intruder's though the actor file does not name them.
 */
#include "base/clock.h"
#include "scope/judge.h"

static bool is_application(const struct context_row *c, span id)
{
	return span_eq_nocase(c->text[C_APP], id) || span_eq_nocase(c->text[C_CLIENT_APP], id) || span_eq_nocase(c->text[C_SERVICE_PRINCIPAL], id);
}

enum errc grant_in(void *ctx, const struct grant_seen *v, struct err *e)
{
	struct judge *j = ctx;
	int64_t since = v->when_utc == TIME_NONE ? INT64_MIN + 1 : v->when_utc;

	if (v->target.n == 0 || (size_t)v->context_id >= j->n_contexts || (j->actor->from != TIME_NONE && v->when_utc != TIME_NONE && v->when_utc < j->actor->from) ||
	    actor_match(j->actor, &j->contexts[v->context_id], v->when_utc, SPAN_EMPTY).truth == TRUTH_NO)
		return OK;
	if (j->granted_since == NULL) {
		if ((j->granted_since = arena_zero(j->a, j->n_contexts, sizeof *j->granted_since)) == NULL)
			return err_memory(e);
		for (size_t i = 0; i < j->n_contexts; i++)
			j->granted_since[i] = ALWAYS;
	}
	for (size_t i = 0; i < j->n_contexts; i++)
		if (since < j->granted_since[i] && is_application(&j->contexts[i], v->target))
			j->granted_since[i] = since;
	return OK;
}

enum truth granted(const struct judge *j, const struct event_seen *v)
{
	bool since = j->granted_since != NULL && (v->when_utc == TIME_NONE || v->when_utc >= j->granted_since[v->context_id]);

	return since && j->granted_since[v->context_id] != ALWAYS && !actor_is_other(j->actor, &j->contexts[v->context_id], v->when_utc, v->mailbox)
	    ? TRUTH_MAYBE : TRUTH_NO;
}
