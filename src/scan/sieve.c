/*
 * All ways through the steps of a pattern are followed at once, and where they stand is a state, which is made when a text first comes to it
 * and kept: most texts come to those that others came to, so a byte costs no more than to look one number up.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "scan/sieve-private.h"

enum errc sieves_new(struct sieves **out, struct err *e)
{
	struct sieves *s = calloc(1, sizeof *s);
	enum errc rc;

	if (s == NULL)
		return err_memory(e);
	if ((rc = arena_new(&s->cache, LIMIT_SIEVE_CACHE, e)) != OK) {
		free(s);
		return rc;
	}
	*out = s;
	return OK;
}

void sieves_free(struct sieves *s)
{
	if (s != NULL)
		arena_free(s->cache);
	free(s);
}

/*
 * The steps at which the ways stand. `next` has for each
 * class of characters the number of the state that it leads to, 0 while nobody asked; AT_END is added where the pattern was done before it.
 */
struct sieve_state { const uint16_t *at; uint16_t n, same_hash, later; bool starting; uint16_t next[]; };
#define AT_END 0x8000u
#define STATES_FIRST 32
#define BUCKETS 1024
#define NOWHERE 1 /* the state that nothing leads away from */

/* From step i on: where character c leads, behind the n steps of s->next; is the end come to? */
static bool follow(struct sieves *s, const struct sieve_step *v, size_t i, unsigned c, size_t *n)
{
	size_t n_open = 0;
	bool done = false;

	s->open[n_open++] = (uint16_t)i;
	while (n_open > 0)
		for (i = s->open[--n_open]; s->seen[i] != s->turn;) {
			const struct sieve_step k = v[i];

			s->seen[i] = s->turn;
			if (k.set < SETS_MAX) {
				if (set_has(&s->sets[k.set], c))
					s->next[(*n)++] = (uint16_t)(i + 1);
				break;
			}
			if (k.set == DONE) {
				done = true;
				break;
			}
			if (k.set == JUMP) {
				if (k.y != 0)
					s->open[n_open++] = (uint16_t)(i + (size_t)k.y);
			} else if (k.set == LOOK ? !set_has(&s->sets[k.y], c) : c < OTHER && set_has(&s->sets[k.y], c)) {
				break;
			}
			i += (size_t)k.x;
		}
	return done;
}

/* The number of the state of these steps; 0: there is no room. */
static unsigned state_of(struct sieves *s, struct sieve *v, const uint16_t *at, size_t n, bool starting)
{
	uint16_t *bucket = &v->buckets[(span_hash_word(span_of(at, n * sizeof *at)) + starting) % BUCKETS], *copy;
	struct sieve_state *state, **states;

	for (unsigned i = *bucket; i != 0; i = v->states[i]->same_hash) {
		state = v->states[i];
		if (state->n == n && state->starting == starting && (n == 0 || memcmp(state->at, at, n * sizeof *at) == 0))
			return i;
	}
	if (v->n_states == AT_END - 1 || (states = arena_grow(s->cache, v->states, v->n_states, &v->cap_states, sizeof *states, STATES_FIRST)) == NULL)
		return 0;
	v->states = states;
	if ((state = arena_zero(s->cache, 1, sizeof *state + v->n_classes * sizeof *state->next)) == NULL ||
	    (copy = arena_alloc(s->cache, n * sizeof *copy)) == NULL)
		return 0;
	if (n > 0)
		memcpy(copy, at, n * sizeof *copy);
	*state = (struct sieve_state){.at = copy, .n = (uint16_t)n, .same_hash = *bucket, .starting = starting};
	states[v->n_states] = state;
	*bucket = (uint16_t)v->n_states;
	return (unsigned)v->n_states++;
}

/* Where a character of the class leads from a state that nobody asked before; 0: there is no room. Its caller's loop wants the registers. */
static __attribute__((noinline)) unsigned state_next(struct sieves *s, struct sieve *v, struct sieve_state *from, unsigned class)
{
	unsigned c = v->example[class], to;
	bool done = false;
	size_t n = 0;

	if (++s->turn == 0) {
		memset(s->seen, 0, sizeof s->seen);
		s->turn = 1;
	}
	for (size_t i = 0; i < from->n; i++)
		done |= follow(s, v->v, from->at[i], c, &n);
	if (from->starting)
		done |= follow(s, v->v, 0, c, &n);
	if ((to = state_of(s, v, s->next, n, from->starting)) != 0)
		from->next[class] = (uint16_t)(to | (done ? AT_END : 0));
	return from->next[class];
}

/* The same steps, and no match begins from here on; 0: there is no room. */
static __attribute__((noinline)) unsigned state_later(struct sieves *s, struct sieve *v, unsigned i)
{
	struct sieve_state *state = v->states[i];

	if (state->later == 0)
		state->later = (uint16_t)state_of(s, v, state->at, state->n, false);
	return state->later;
}

/* The states before any character; those of all sieves go when there is no room for one more. */
static unsigned states_begin(struct sieves *s, struct sieve *v)
{
	if (s->full) {
		arena_reset(s->cache);
		s->full = false;
		s->age++;
	}
	if (v->age != s->age || v->states == NULL) {
		v->age = s->age;
		v->cap_states = STATES_FIRST;
		v->n_states = NOWHERE;
		if ((v->buckets = arena_zero(s->cache, BUCKETS, sizeof *v->buckets)) == NULL ||
		    (v->states = arena_zero(s->cache, STATES_FIRST, sizeof *v->states)) == NULL || state_of(s, v, NULL, 0, false) == 0 ||
		    state_of(s, v, NULL, 0, true) == 0)
			return 0;
	}
	return NOWHERE + 1;
}

bool sieve_passes(struct sieves *s, struct sieve *v, span text, size_t first, size_t last, size_t end)
{
	unsigned number, asked = 0;

	if (v->n == 0)
		return true;
	number = states_begin(s, v);
	for (size_t at = first; number != 0;) {
		struct sieve_state *state;
		unsigned c, class, to;

		/* Most characters are ASCII's and lead from a state that is known to another: of those nothing more is asked, a third less for each. */
		for (size_t stop = last < text.n ? last : text.n; at < stop && text.p[at] < 0x80; at++) {
			to = v->states[number]->next[v->class_of[text.p[at]]];
			if (to <= NOWHERE || to >= AT_END)
				break;
			number = to;
		}
		state = v->states[number];
		c = at < text.n ? text.p[at] : PAST_BYTES;
		class = v->class_of[c];
		to = state->next[class];
		if (to == 0 && (asked++ == LIMIT_SIEVE_STATES || (to = state_next(s, v, state, class)) == 0))
			break;
		if ((to & AT_END) != 0) {
			if (at >= end)
				return true;
			to &= ~AT_END;
		}
		if (c == PAST_BYTES)
			return false;
		number = to;
		at++;
		while (c >= 0x80 && at < text.n && (text.p[at] & 0xc0) == 0x80)
			at++;
		if (at > last) { /* once: from here on no state is one in which a match begins */
			number = state_later(s, v, number);
			last = SIZE_MAX;
		}
		if (number == NOWHERE)
			return false;
	}
	s->full |= asked <= LIMIT_SIEVE_STATES;
	return true;
}
