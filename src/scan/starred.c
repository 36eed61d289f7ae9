#include "scan/starred.h"

#include <stdio.h>

#include "mail/summary.h"
#include "scan/task.h"
#include "store/findings.h"

/* A polynomial, so that the sum of the next place follows from that of the last (Rabin and Karp). */
#define BASE 0x5851f42d4c957f2du
enum { STARRED_ODD = 6 };

static uint64_t sum_of(span s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum = sum * BASE + s.p[i];
	return sum;
}

/* The slot with that value, or an empty one for it. */
static uint32_t *slot_of(const struct starred *s, span value, uint64_t sum)
{
	size_t at = (size_t)((sum ^ value.n) * BASE >> 32) & (s->n_slots - 1);

	while (s->slots[at] != 0 && !span_eq(s->v[s->slots[at] - 1], value))
		at = (at + 1) & (s->n_slots - 1);
	return &s->slots[at];
}

static enum errc add_length(struct starred *s, size_t n, struct err *e)
{
	struct starred_length *more, l = {n, 1};

	for (size_t i = 0; i < s->n_lengths; i++)
		if (s->lengths[i].n == n)
			return OK;
	for (size_t i = 1; i < n; i++)
		l.power *= BASE;
	if ((more = arena_grow(s->a, s->lengths, s->n_lengths, &s->cap_lengths, sizeof *more, 8)) == NULL)
		return err_memory(e);
	s->lengths = more;
	s->lengths[s->n_lengths++] = l;
	return OK;
}

static void fill_slots(struct starred *s)
{
	if (s->n_slots != 0)
		memset(s->slots, 0, s->n_slots * sizeof *s->slots);
	for (size_t i = 0; i < s->n; i++)
		*slot_of(s, s->v[i], sum_of(s->v[i])) = (uint32_t)i + 1;
}

static enum errc add(struct starred *s, span value, struct err *e)
{
	span *more;
	uint32_t *slot;

	if (2 * s->n >= s->n_slots) {
		size_t n = s->n_slots != 0 ? 4 * s->n_slots : 64;

		if ((slot = arena_zero(s->a, n, sizeof *slot)) == NULL)
			return err_memory(e);
		s->slots = slot;
		s->n_slots = n;
		fill_slots(s);
	}
	slot = slot_of(s, value, sum_of(value));
	if (*slot != 0)
		return OK;
	if ((more = arena_grow(s->a, s->v, s->n, &s->cap, sizeof *s->v, 8)) == NULL || (value = arena_copy(s->a, value)).p == NULL)
		return err_memory(e);
	s->v = more;
	s->v[s->n++] = value;
	*slot = (uint32_t)s->n;
	return add_length(s, value.n, e);
}

void starred_forget(struct starred *s, size_t n)
{
	if (s->n == n)
		return;
	s->n = n;
	fill_slots(s);
}

enum errc starred_add(struct starred *s, span names, const struct hits *hits, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < hits->n && rc == OK; i++) {
		span value = span_sub(names, hits->v[i].at, hits->v[i].n), line;

		while (span_line(&value, &line) && rc == OK)
			if (line.n > 0)
				rc = add(s, line, e);
	}
	return rc;
}

bool starred_is_usual(span value)
{
	if (value.n < STARRED_ODD)
		return true;
	for (size_t i = 0; i < value.n; i++)
		if (!ascii_is_alpha(value.p[i]) || (i > 0 && ascii_lower(value.p[i]) != value.p[i]))
			return false;
	return true;
}

enum errc starred_add_odd(struct starred *s, span text, const struct hits *hits, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < hits->n && rc == OK; i++) {
		span value = span_sub(text, hits->v[i].key_at, hits->v[i].key_n);

		if (!starred_is_usual(value))
			rc = add(s, value, e);
	}
	return rc;
}

enum errc starred_message(struct starred *s, struct engine *en, const struct message *m, struct err *e)
{
	struct part_text t;
	struct hits hits;
	enum errc rc = loose_text(s->a, m, SPAN_LIT(NAMES_PATH), &t, e);

	if (rc != OK || t.outcome == TEXT_NOT || (rc = engine_detect(en, t.utf8, &hits, e)) != OK)
		return rc;
	return starred_add(s, t.utf8, &hits, e);
}

enum errc starred_learn(struct starred *s, struct engine *en, span name, span *shown, struct err *e)
{
	struct starred own = {.a = s->a};
	struct hits hits;
	enum errc rc = engine_detect(en, name, &hits, e);

	if (rc != OK || hits.n == 0 || (rc = starred_add(&own, name, &hits, e)) != OK || (rc = starred_add(s, name, &hits, e)) != OK)
		return rc;
	*shown = starred_in(&own, *shown);
	return shown->p != NULL ? OK : err_memory(e);
}

/* Sheets are found by their names beside each other, too: "Passwords", and the next one is called what it is. */
enum errc starred_document(struct starred *s, struct engine *en, const struct document *d, struct hits *hits, struct err *e)
{
	struct hit *kept = arena_alloc(s->a, (hits->n + 1) * sizeof *kept);
	struct hits own = {0};
	enum errc rc = OK;

	if (kept == NULL)
		return err_memory(e);
	for (size_t i = 0; i < hits->n; i++) {
		kept[i] = hits->v[i];
		own.v = &hits->v[i];
		own.n = document_is_sheets(d, hits->v[i].key_at);
		if ((rc = starred_add(s, d->text, &own, e)) != OK)
			return rc;
	}
	hits->v = kept;
	for (size_t i = 0; i < d->n_groups && rc == OK; i++)
		if ((rc = engine_detect(en, d->groups[i].name, &own, e)) == OK)
			rc = starred_add(s, d->groups[i].name, &own, e);
	return rc;
}

span starred_in(const struct starred *s, span words)
{
	unsigned char *out = NULL;

	for (size_t i = 0; i < s->n_lengths && s->n != 0; i++) {
		const struct starred_length *l = &s->lengths[i];
		uint64_t sum = sum_of(span_first(words, l->n));

		for (size_t at = 0; words.n >= l->n && at <= words.n - l->n; at++) {
			if (at > 0)
				sum = (sum - words.p[at - 1] * l->power) * BASE + words.p[at - 1 + l->n];
			if (*slot_of(s, span_sub(words, at, l->n), sum) == 0)
				continue;
			if (out == NULL) {
				if ((out = arena_alloc(s->a, words.n)) == NULL)
					return (span){NULL, words.n};
				memcpy(out, words.p, words.n);
			}
			memset(out + at, '*', l->n);
		}
	}
	return out != NULL ? span_of(out, words.n) : words;
}

struct runs { const struct starred *s; struct buf *out; uint32_t n; };
static enum errc runs_put(struct runs *r, const char *what, span name, struct err *e)
{
	span stars = starred_in(r->s, name);

	if (stars.p == NULL && name.n != 0)
		return err_memory(e);
	for (size_t at = 0, end; at < name.n; at = end) {
		end = at + 1;
		if (stars.p[at] == name.p[at])
			continue;
		while (end < name.n && stars.p[end] != name.p[end])
			end++;
		buf_bytes(r->out, span_str(what));
		buf_u64(r->out, at);
		buf_u64(r->out, end - at);
		r->n++;
	}
	return OK;
}

/* The subject, and what its parties are called: by their numbers in the list that ingest made. */
static enum errc header_put(struct runs *r, const struct message *m, struct err *e)
{
	struct summary s;
	char number[32];
	enum errc rc = summary_read(r->s->a, m, NULL, 0, &s, e);

	if (rc == OK)
		rc = runs_put(r, SUBJECT_PATH, s.subject, e);
	for (size_t i = 0; i < s.n_parties && rc == OK; i++) {
		if (s.parties[i].name.n == 0)
			continue;
		(void)snprintf(number, sizeof number, KEPT_PARTY "%zu", i);
		rc = runs_put(r, number, s.parties[i].name, e);
	}
	return rc;
}

enum errc starred_put(const struct starred *s, const struct message *m, struct buf *out, struct err *e)
{
	struct runs r = {s, out, 0};
	size_t at = out->n;
	enum errc rc = OK;

	buf_u32(out, 0);
	for (size_t i = 0; i < m->n_parts && s->n != 0 && rc == OK; i++)
		rc = runs_put(&r, m->parts[i].path, m->parts[i].filename, e);
	if (s->n != 0 && rc == OK)
		rc = header_put(&r, m, e);
	if (rc == OK && !out->failed)
		buf_set_u32(out, at, r.n);
	return rc;
}
