/*
 * Sessions. What is done with a session or token that the intruder had may be done by him from wherever he is: a proxy changes addresses, and
 * whoever steals a session shares it with its owner. And sessions of Dovecot: a login says its address and a session's lines carry its id, so that what a session did is done from there. What it
 * has read it says when it ends: a login whose session did not end in these logs may have read everything.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "scope/judge.h"

static bool is_session(const struct context_row *c)
{
	return c->text[C_SESSION].n != 0 && span_starts(c->text[C_CLIENT_INFO], SPAN_LIT(DOVECOT));
}

static int by_session(const void *a, const void *b)
{
	const struct context_row *const *x = a, *const *y = b;

	return span_cmp((*x)->text[C_SESSION], (*y)->text[C_SESSION]);
}

enum errc sessions_join(struct judge *j, struct err *e)
{
	struct context_row **v = calloc(j->n_contexts + 1, sizeof *v);
	size_t n = 0;

	if (v == NULL)
		return err_memory(e);
	for (size_t i = 0; i < j->n_contexts; i++)
		if (is_session(&j->contexts[i]))
			v[n++] = &j->contexts[i];
	qsort(v, n, sizeof *v, by_session);
	for (size_t i = 0, end; i < n; i = end) {
		span ip = SPAN_EMPTY;

		for (end = i; end < n && by_session(&v[i], &v[end]) == 0; end++)
			ip = ip.n != 0 ? ip : v[end]->text[C_IP];
		for (size_t k = i; k < end; k++)
			if (v[k]->text[C_IP].n == 0)
				v[k]->text[C_IP] = ip;
	}
	free(v);
	return OK;
}

enum errc session_end_in(struct judge *j, const struct event_seen *v, struct err *e)
{
	if (!span_eq(v->product, span_str(log_product_name(LOG_DOVECOT))) || !span_ends_nocase(v->operation, SPAN_LIT("session ended")) ||
	    (size_t)v->context_id >= j->n_contexts || !is_session(&j->contexts[v->context_id]))
		return OK;
	if (!ROOM(j->ended, j->n_ended, j->cap_ended))
		return err_memory(e);
	j->ended[j->n_ended++] = j->contexts[v->context_id].text[C_SESSION];
	return OK;
}

static int by_text(const void *a, const void *b)
{
	const span *x = a, *y = b;

	return span_cmp(*x, *y);
}

void sessions_ended(struct judge *j)
{
	if (j->n_ended != 0)
		qsort(j->ended, j->n_ended, sizeof *j->ended, by_text);
	for (size_t i = 0; i < j->n_suspects && j->n_ended != 0; i++) {
		struct suspect *s = &j->suspects[i];

		if (s->login.n != 0 && bsearch(&s->login, j->ended, j->n_ended, sizeof *j->ended, by_text) != NULL)
			s->wide = false;
	}
}

/* Sessions of Entra are SessionId in one log and AADSessionId in another. */
static const unsigned char kept_in[] = {C_SESSION, C_AAD_SESSION, C_UNIQUE_TOKEN};

/* Other servers' sessions are numbers that come again. One that the actor file names, whoever wrote that has judged. */
static span shared_key(const struct judge *j, const struct context_row *c, size_t i)
{
	span key = c->text[kept_in[i]];

	return key.n != 0 && (kept_in[i] == C_UNIQUE_TOKEN || span_is_guid(key)) && !is_session(c) && !actor_names_session(j->actor, key) ? key : SPAN_EMPTY;
}

enum errc sessions_shared(struct judge *j, struct err *e)
{
	enum { KEYS = sizeof kept_in };
	span *keys, key;
	size_t n = 0;

	if (j->actor == NULL || j->n_contexts == 0)
		return OK;
	if ((keys = calloc(j->n_contexts, KEYS * sizeof *keys)) == NULL ||
	    (j->in_session = arena_zero(j->a, j->n_contexts, sizeof *j->in_session)) == NULL) {
		free(keys);
		return err_memory(e);
	}
	for (size_t i = 0; i < j->n_contexts; i++)
		if (actor_match(j->actor, &j->contexts[i], TIME_NONE, SPAN_EMPTY).truth == TRUTH_YES)
			for (size_t k = 0; k < KEYS; k++)
				if ((key = shared_key(j, &j->contexts[i], k)).n != 0)
					keys[n++] = key;
	if (n != 0)
		qsort(keys, n, sizeof *keys, by_text);
	for (size_t i = 0; i < j->n_contexts && n != 0; i++)
		for (size_t k = 0; k < KEYS; k++) {
			key = shared_key(j, &j->contexts[i], k);
			if (key.n != 0 && bsearch(&key, keys, n, sizeof *keys, by_text) != NULL)
				j->in_session[i] = true;
		}
	free(keys);
	return OK;
}

enum truth in_shared_session(const struct judge *j, const struct event_seen *v)
{
	bool before = v->when_utc != TIME_NONE && j->actor->from != TIME_NONE && v->when_utc < j->actor->from;

	return j->in_session != NULL && j->in_session[v->context_id] && !before &&
	    !actor_is_other(j->actor, &j->contexts[v->context_id], v->when_utc, v->mailbox) ? TRUTH_MAYBE : TRUTH_NO;
}
