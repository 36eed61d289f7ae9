#include "scan/near.h"

#include <stdlib.h>

#include "base/bisect.h"
#include "base/clock.h"
#include "base/limits.h"
#include "store/findings.h"

enum {
	SUBJECT_LEAST = 4, /* characters of a subject that says something */
	SUBJECT_END = 250, /* bytes of its end that are compared */
	IDS = 4096,
};
#define THREE_DAYS ((uint64_t)3 * 86400)

/* A message under its subject or one sender: sorted by key from its end, then time. `end` is where those of the same key end. */
struct kept { span key; int64_t when_utc, id; size_t end; };

/* From the last byte to the first; shorter first when one is the end of the other. */
static int by_end(span a, span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 1; i <= n; i++)
		if (a.p[a.n - i] != b.p[b.n - i])
			return a.p[a.n - i] < b.p[b.n - i] ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

static int by_key(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	int order = by_end(x->key, y->key);

	if (order == 0)
		order = (x->when_utc > y->when_utc) - (x->when_utc < y->when_utc);
	return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static span subject_end(span s) { return s.n > SUBJECT_END ? span_from(s, s.n - SUBJECT_END) : s; }

/* Without "Re:", "AW:" and their like at its beginning. */
static span subject_base(span s)
{
	static const char *const prefixes[] = {"re:", "aw:", "fw:", "fwd:", "wg:", "tr:", "sv:", "antw:"};
	bool again = true;

	while (again) {
		again = false;
		s = span_trim(s);
		for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes && !again; i++)
			if (span_starts_nocase(s, span_str(prefixes[i]))) {
				s = span_from(s, strlen(prefixes[i]));
				again = true;
			}
	}
	return s;
}

static bool says_something(span subject)
{
	size_t n = 0;

	for (size_t i = 0; i < subject.n; i++)
		n += (subject.p[i] & 0xc0) != 0x80;
	return n >= SUBJECT_LEAST;
}

/* ---- keeping --------------------------------------------------------------------------------------------------- */

static enum errc keep(struct near *r, struct buf *in, span key, int64_t when_utc, int64_t id, struct err *e)
{
	struct kept k = {.key = arena_copy(r->a, key), .when_utc = when_utc, .id = id};

	if (k.key.p == NULL)
		return err_memory(e);
	buf_put(in, span_of(&k, sizeof k));
	return buf_check(in, e);
}

static enum errc message_keep(struct near *r, struct store *st, int64_t id, struct err *e)
{
	struct sent sent;
	enum errc rc;

	arena_reset(r->one);
	buf_put(&r->ids, span_of(&id, sizeof id));
	if ((rc = buf_check(&r->ids, e)) != OK || (rc = findings_sent(st, r->one, id, &sent, e)) != OK ||
	    (rc = keep(r, &r->subjects, subject_end(sent.subject), sent.when_utc, id, e)) != OK)
		return rc;
	for (size_t i = 0; i < sent.n_from && rc == OK; i++)
		rc = keep(r, &r->from, span_of(&sent.from[i], sizeof sent.from[i]), sent.when_utc, id, e);
	return rc;
}

static void put_in_order(struct buf *b)
{
	struct kept *v = (struct kept *)(void *)b->p;
	size_t n = b->n / sizeof *v;

	if (n > 1)
		qsort(v, n, sizeof *v, by_key);
	for (size_t i = n; i-- > 0;)
		v[i].end = i + 1 < n && span_eq(v[i].key, v[i + 1].key) ? v[i + 1].end : i + 1;
}

enum errc near_open(struct near *r, struct store *st, struct err *e)
{
	int64_t ids[IDS], after = 0;
	size_t n, kept = 0;
	enum errc rc;

	*r = (struct near){0};
	buf_init(&r->ids, GIB);
	buf_init(&r->subjects, GIB);
	buf_init(&r->from, GIB);
	if ((rc = arena_new(&r->a, GIB, e)) != OK || (rc = arena_new(&r->one, 16 * MIB, e)) != OK)
		return rc;
	do {
		rc = findings_with_password(st, after, ids, IDS, &n, e);
		for (size_t i = 0; i < n && rc == OK && !r->cut; i++)
			if ((r->cut = kept++ == LIMIT_PASSWORD_MESSAGES) == false)
				rc = message_keep(r, st, after = ids[i], e);
	} while (rc == OK && n == IDS && !r->cut);
	put_in_order(&r->subjects);
	put_in_order(&r->from);
	return rc;
}

void near_close(struct near *r)
{
	buf_free(&r->ids);
	buf_free(&r->subjects);
	buf_free(&r->from);
	arena_free(r->a);
	arena_free(r->one);
	*r = (struct near){0};
}

/* ---- looking up ------------------------------------------------------------------------------------------------ */

struct nearest { struct found { int64_t id; uint64_t away; } v[NEAR_MESSAGES]; size_t n; }; /* the nearest first */

/* Seconds between; where one of them is not known, as far as can be. */
static uint64_t away(int64_t a, int64_t b)
{
	if (a == TIME_NONE || b == TIME_NONE)
		return UINT64_MAX;
	return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

/* False: it is farther than all, and there is no room. */
static bool take(struct nearest *f, int64_t id, uint64_t how_far)
{
	size_t at = f->n;

	if (f->n == NEAR_MESSAGES && how_far >= f->v[f->n - 1].away)
		return false;
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].id == id)
			return true;
	at = f->n < NEAR_MESSAGES ? f->n++ : f->n - 1;
	for (; at > 0 && f->v[at - 1].away > how_far; at--)
		f->v[at] = f->v[at - 1];
	f->v[at] = (struct found){id, how_far};
	return true;
}

/* Those of one key, [i, end), from that time outwards. */
static void take_key(struct nearest *f, const struct kept *v, size_t i, size_t end, int64_t when_utc, uint64_t most)
{
	size_t later, at;

	BISECT(later, end - i, v[i + later].when_utc < when_utc);
	later += i;
	for (at = later; at > i && v[at - 1].when_utc != TIME_NONE; at--)
		if (away(v[at - 1].when_utc, when_utc) > most || !take(f, v[at - 1].id, away(v[at - 1].when_utc, when_utc)))
			break;
	for (at = later; at < end; at++)
		if (away(v[at].when_utc, when_utc) > most || !take(f, v[at].id, away(v[at].when_utc, when_utc)))
			break;
	/* Those whose time is not known stand first. */
	for (at = i; at < later && v[at].when_utc == TIME_NONE && most == UINT64_MAX; at++)
		if (!take(f, v[at].id, UINT64_MAX))
			break;
}

/* Those whose key ends so. */
static void take_ending(struct nearest *f, const struct buf *b, span end, int64_t when_utc, uint64_t most)
{
	const struct kept *v = (const struct kept *)(const void *)b->p;
	size_t n = b->n / sizeof *v, low;

	BISECT(low, n, by_end(v[low].key, end) < 0);
	for (; low < n && v[low].key.n >= end.n && span_eq(span_from(v[low].key, v[low].key.n - end.n), end); low = v[low].end)
		take_key(f, v, low, v[low].end, when_utc, most);
}

enum errc near_of(struct near *r, struct store *st, int64_t message_id, int64_t ids[NEAR_MESSAGES], size_t *n, struct err *e)
{
	struct nearest f = {.n = 0};
	struct sent sent;
	span base;
	enum errc rc;

	*n = 0;
	arena_reset(r->one);
	if (r->ids.n == 0 || (rc = findings_sent(st, r->one, message_id, &sent, e)) != OK)
		return r->ids.n == 0 ? OK : rc;
	if (bsearch(&message_id, r->ids.p, r->ids.n / sizeof message_id, sizeof message_id, by_id) != NULL)
		(void)take(&f, message_id, 0);
	base = subject_end(subject_base(sent.subject));
	if (says_something(base))
		take_ending(&f, &r->subjects, base, sent.when_utc, UINT64_MAX);
	for (size_t i = 0; i < sent.n_from; i++)
		take_ending(&f, &r->from, span_of(&sent.from[i], sizeof sent.from[i]), sent.when_utc, THREE_DAYS);
	for (; *n < f.n; ++*n)
		ids[*n] = f.v[*n].id;
	qsort(ids, *n, sizeof *ids, by_id);
	return OK;
}
