/*
 * Messages that were sent in pieces (message/partial, RFC 2046 5.2.2), once all sources are read: what each piece in the case says of
 * itself is read again, those of one id are held against each other, and where all are there the whole is read like any
 * other message. Everything goes in the order of the ids' digests, so that rows do not rest on the order of files.
 *
 * Nothing is guessed: where two pieces of one number differ, or do not agree on how many there are, there is no whole, and each says why.
 * First pieces with one text and different header fields are different messages, each with the same further pieces.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bisect.h"
#include "base/limits.h"
#include "evidence/evidence.h"
#include "ingest/keeper.h"
#include "store/pieces.h"

/* Whoever takes a worker over by a piece costs that piece, not the run. */
#define NO_SENSE "a worker said of it what makes no sense"

enum { SAID_NESTED = 20, MANY = 512 };

struct piece_seen {
	struct piece_message of;
	struct digest id, text;
	uint32_t number, total;
	uint32_t of_total;     /* what its set agrees on, 0: nothing */
	const char *alone;     /* why it is in no whole, NULL: it is in one, or not looked at yet */
	const char *remark;    /* of the whole, or NULL */
	size_t places, n_places; /* in the list of places */
};
/* Where a piece lies. */
struct piece_place { int64_t item_id; const char *nest; size_t piece; };
/* A message to be put together: pieces [from, to), with that one as the first. */
struct whole { size_t from, to, first; const char *why; };

struct joining {
	struct keeper *k;
	struct arena *a;
	struct piece_seen *v;
	size_t n, cap, at;
	struct piece_place *places;
	size_t n_places, cap_places;
	struct whole *wholes;
	size_t n_wholes, cap_wholes;
	enum piece_ask ask;
};

/* ---- what pieces there are, and what they say ---- */

static enum errc place_keep(void *ctx, int64_t item_id, span nest, struct err *e)
{
	struct joining *j = ctx;
	char *text = arena_cstr(j->a, nest);
	struct piece_place *more = arena_grow(j->a, j->places, j->n_places, &j->cap_places, sizeof *more, 64);

	if (text == NULL || more == NULL)
		return err_memory(e);
	j->places = more;
	j->places[j->n_places++] = (struct piece_place){item_id, text, j->n - 1};
	return OK;
}

static enum errc list_pieces(struct joining *j, struct err *e)
{
	struct piece_message some[MANY];
	int64_t after = 0;
	size_t n;
	enum errc rc;

	do {
		if ((rc = store_pieces(j->k->store, after, some, MANY, &n, e)) != OK)
			return rc;
		for (size_t i = 0; i < n && rc == OK; i++) {
			struct piece_seen *p, *more = arena_grow(j->a, j->v, j->n, &j->cap, sizeof *more, 64);

			if (more == NULL)
				return err_memory(e);
			j->v = more;
			p = &j->v[j->n++];
			*p = (struct piece_seen){.of = some[i], .places = j->n_places};
			rc = store_piece_places(j->k->store, p->of.id, place_keep, j, e);
			p->n_places = j->n_places - p->places;
			after = some[i].id;
		}
	} while (rc == OK && n == MANY);
	return rc;
}

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct joining *j = ctx;
	size_t all = j->ask == PIECE_SAY ? j->n : j->n_wholes;

	(void)e;
	for (*n = 0; *n < max && j->at < all; j->at++)
		ids[(*n)++] = j->ask == PIECE_SAY ? j->v[j->at].of.id : (int64_t)j->at + 1;
	return OK;
}

static enum errc input(void *ctx, int64_t id, struct buf *out, struct err *e)
{
	(void)id;
	(void)e;
	buf_u8(out, (uint8_t)((struct joining *)ctx)->ask);
	return OK;
}

/* The pieces are still in the order of their messages. */
static struct piece_seen *seen_of(struct joining *j, int64_t id)
{
	size_t lo;

	BISECT(lo, j->n, j->v[lo].of.id < id);
	return &j->v[lo];
}

bool piece_said_read(span answer, struct piece_said *out)
{
	struct cursor c = cursor_of(answer);
	bool is = cursor_u8(&c) != 0;
	span id, text;

	out->has_id = cursor_u8(&c) != 0;
	id = cursor_take(&c, DIGEST_SIZE);
	out->number = cursor_u32(&c);
	out->total = cursor_u32(&c);
	text = cursor_take(&c, DIGEST_SIZE);
	if (!cursor_done(&c) || !is)
		return false;
	memcpy(out->id.b, id.p, DIGEST_SIZE);
	memcpy(out->text.b, text.p, DIGEST_SIZE);
	return true;
}

static enum errc on_said(void *ctx, int64_t id, span answer, struct err *e)
{
	struct piece_seen *p = seen_of(ctx, id);
	struct piece_said said;

	(void)e;
	if (!piece_said_read(answer, &said)) {
		p->alone = NO_SENSE;
		return OK;
	}
	p->id = said.id;
	p->text = said.text;
	p->number = said.number;
	p->total = said.total;
	p->alone = !said.has_id ? "it has no id" : p->number == 0 ? "it does not say which piece it is" : NULL;
	return OK;
}

static enum errc on_unsaid(void *ctx, int64_t id, const char *reason, struct err *e)
{
	struct joining *j = ctx;
	struct piece_seen *p = seen_of(j, id);

	p->alone = arena_printf(j->a, "it could not be read again: %s", reason);
	return p->alone == NULL ? err_memory(e) : OK;
}

/* ---- which belong together ---- */

static int by_set(const void *a, const void *b)
{
	const struct piece_seen *x = a, *y = b;
	int c = (x->alone != NULL) - (y->alone != NULL);

	if (c == 0)
		c = memcmp(&x->id, &y->id, sizeof x->id);
	if (c == 0 && x->number != y->number)
		c = x->number < y->number ? -1 : 1;
	return c != 0 ? c : memcmp(&x->of.content, &y->of.content, sizeof x->of.content);
}

/* "piece 2 is not in the case", "pieces 1, 4-6 are not in the case"; "" when all are there. */
static const char *missing(struct joining *j, size_t from, size_t to, uint32_t total)
{
	struct buf b;
	uint32_t next = 1, n = 0;
	const char *text;

	buf_init(&b, 256);
	for (size_t i = from; i <= to; i++) {
		uint32_t number = i < to ? j->v[i].number : total + 1;

		if (number > next) {
			n += number - next;
			buf_printf(&b, number - next > 1 ? "%s%" PRIu32 "-%" PRIu32 : "%s%" PRIu32, b.n != 0 ? ", " : "", next, number - 1);
		}
		next = number + 1;
	}
	/* Who cuts gaps by the hundred is told of the first. */
	text = n == 0 ? "" : b.failed ? "more pieces than can be named are not in the case" :
	    arena_printf(j->a, "piece%s %.*s %s not in the case", n > 1 ? "s" : "", (int)b.n, (const char *)b.p, n > 1 ? "are" : "is");
	buf_free(&b);
	return text;
}

/* Why the pieces [from, to) are no whole; "" when they are, NULL: memory. */
static const char *incomplete(struct joining *j, size_t from, size_t to, uint32_t *total)
{
	uint32_t most = j->v[to - 1].number;

	*total = 0;
	for (size_t i = from; i < to; i++) {
		uint32_t t = j->v[i].total;

		if (t != 0 && *total != 0 && t != *total) {
			uint32_t said = *total;

			*total = 0;
			return arena_printf(j->a, "the pieces do not agree on how many there are (%" PRIu32 ", %" PRIu32 ")", said, t);
		}
		*total = t != 0 ? t : *total;
	}
	if (*total == 0)
		return "no piece says how many there are";
	if (most > *total)
		return arena_printf(j->a, "the pieces do not agree on how many there are (%" PRIu32 ", piece %" PRIu32 ")", *total, most);
	for (size_t i = from + 1; i < to; i++)
		if (j->v[i].number == j->v[i - 1].number && memcmp(&j->v[i].text, &j->v[i - 1].text, sizeof j->v[i].text) != 0)
			return arena_printf(j->a, "the case has piece %" PRIu32 " in two forms that differ", j->v[i].number);
	if (*total > LIMIT_PIECES)
		return "more pieces than are put together";
	return missing(j, from, to, *total);
}

static enum errc judge_set(struct joining *j, size_t from, size_t to, struct err *e)
{
	uint32_t total;
	const char *why = incomplete(j, from, to, &total);

	if (why == NULL)
		return err_memory(e);
	for (size_t i = from; i < to; i++) {
		j->v[i].of_total = total;
		j->v[i].alone = *why != '\0' ? why : NULL;
	}
	for (size_t i = from; *why == '\0' && i < to && j->v[i].number == 1; i++) {
		struct whole *more;

		if (i - from == LIMIT_FIRST_PIECES) {
			for (; i < to && j->v[i].number == 1; i++)
				j->v[i].alone = "more first pieces with other header fields than are tried";
			break;
		}
		if ((more = arena_grow(j->a, j->wholes, j->n_wholes, &j->cap_wholes, sizeof *more, 64)) == NULL)
			return err_memory(e);
		j->wholes = more;
		j->wholes[j->n_wholes++] = (struct whole){.from = from, .to = to, .first = i};
	}
	return OK;
}

static enum errc judge(struct joining *j, struct err *e)
{
	enum errc rc = OK;

	/* Places stay with their pieces, which move. */
	if (j->n != 0)
		qsort(j->v, j->n, sizeof *j->v, by_set);
	for (size_t i = 0; i < j->n; i++)
		for (size_t p = 0; p < j->v[i].n_places; p++)
			j->places[j->v[i].places + p].piece = i;
	for (size_t i = 0, to; i < j->n && j->v[i].alone == NULL && rc == OK; i = to) {
		for (to = i + 1; to < j->n && j->v[to].alone == NULL && memcmp(&j->v[to].id, &j->v[i].id, sizeof j->v[i].id) == 0;)
			to++;
		rc = judge_set(j, i, to, e);
	}
	return rc;
}

/* ---- the whole ---- */

static int by_source(const void *a, const void *b)
{
	const struct place_row *x = a, *y = b;

	return x->message_id < y->message_id ? -1 : x->message_id > y->message_id;
}

/* Pieces of one number are the same: the one that comes first is taken. */
static enum errc places(void *ctx, struct arena *a, const int64_t *ids, size_t n, struct place_row *out, struct err *e)
{
	struct joining *j = ctx;

	for (size_t k = 0; k < n; k++) {
		const struct whole *w = &j->wholes[ids[k] - 1];
		uint32_t total = j->v[w->from].of_total, at = 0;
		struct place_row *v = arena_zero(a, total, sizeof *v);

		if (v == NULL)
			return err_memory(e);
		out[k] = (struct place_row){.message_id = ids[k], .found = true, .pieces = v, .n_pieces = total};
		for (size_t i = w->from; i < w->to; i++) {
			size_t use = j->v[i].number == 1 ? w->first : i;
			enum errc rc;

			if (i != w->from && j->v[i].number == j->v[i - 1].number)
				continue;
			if ((rc = store_places(j->k->store, a, &j->v[use].of.id, 1, &v[at], e)) != OK)
				return rc;
			out[k].found = out[k].found && v[at].found && v[at].pieces == NULL;
			out[k].n_bytes += v[at].n_bytes;
			v[at++].number = j->v[i].number;
		}
		qsort(v, total, sizeof *v, by_source);
	}
	return OK;
}

static enum errc on_no_whole(void *ctx, int64_t id, const char *reason, struct err *e)
{
	struct joining *j = ctx;

	j->wholes[id - 1].why = arena_printf(j->a, "%s", reason);
	return j->wholes[id - 1].why == NULL ? err_memory(e) : OK;
}

/* The rows of one message, at all places of all pieces. within: its path in the whole. */
static enum errc lies_at(struct joining *j, const struct whole *w, struct location_row *at, span within, struct err *e)
{
	const struct piece_seen *first = &j->v[w->first];
	int64_t parent = at->parent_id;
	char mark[PIECE_MARK_BYTES];
	enum errc rc = OK;

	for (size_t i = w->from; i < w->to && rc == OK; i++) {
		const struct piece_seen *p = &j->v[i];

		if (p->number == 1 && i != w->first)
			continue;
		for (size_t n = 0; n < p->n_places && rc == OK; n++) {
			const struct piece_place *place = &j->places[p->places + n];
			char *nest;

			arena_reset(j->k->scratch);
			nest = arena_printf(j->k->scratch, "%s%s%s%s%.*s", place->nest, *place->nest != '\0' ? "/" : "",
			    piece_mark(p->number, first->of_total, &p->id, mark), within.n != 0 ? "/" : "", (int)within.n, (const char *)within.p);
			if (nest == NULL)
				return err_memory(e);
			at->item_id = place->item_id;
			at->nest = span_str(nest);
			at->parent_id = parent != 0 ? parent : p->of.id;
			rc = store_location_add(j->k->store, at, e);
		}
	}
	at->parent_id = parent;
	return rc;
}

/* Hostile until this is done. */
size_t piece_taken_count(span answer, unsigned *problems)
{
	struct cursor c = cursor_of(answer);
	size_t n = 0;

	*problems = 0;
	while (c.rest.n != 0 && !c.bad) {
		struct message_record m = {0};

		if (cursor_u8(&c) != RECORD_MESSAGE)
			return 0;
		message_read(&c, &m);
		if (c.bad || m.parent > n || (m.parent == 0) != (n == 0) || (m.nest.n == 0) != (n == 0) || m.nest.n > 120 ||
		    span_find_byte(m.nest, '#') < m.nest.n)
			return 0;
		*problems |= n == 0 ? m.problems : m.problems & MIME_LIMIT_ANY;
		n++;
	}
	return c.bad ? 0 : n;
}

static enum errc on_whole(void *ctx, int64_t id, span answer, struct err *e)
{
	struct joining *j = ctx;
	struct whole *w = &j->wholes[id - 1];
	struct cursor c = cursor_of(answer);
	unsigned problems, folder = j->v[w->first].of.traits & (TRAIT_JUNK | TRAIT_SENT | TRAIT_DRAFT);
	size_t n = piece_taken_count(answer, &problems), n_places = 0;
	char names[400];
	int64_t *ids;
	enum errc rc = OK;

	if (n == 0) {
		w->why = NO_SENSE;
		return OK;
	}
	for (size_t i = w->from; i < w->to; i++)
		n_places += j->v[i].n_places;
	if (n > LIMIT_PIECES_PLACES / n_places) {
		w->why = "it holds more messages, at more places, than are written down";
		return OK;
	}
	if ((ids = calloc(n, sizeof *ids)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n && rc == OK; i++) {
		struct message_record m = {0};
		struct location_row at = {.at_byte = -1};

		(void)cursor_u8(&c);
		message_read(&c, &m);
		at.parent_id = m.parent != 0 ? ids[m.parent - 1] : 0;
		if (m.parent == 0)
			m.traits |= folder;
		if ((rc = keeper_message_put(j->k, &m, &at, e)) == OK) {
			ids[i] = at.message_id;
			rc = lies_at(j, w, &at, m.nest, e);
		}
	}
	free(ids);
	j->k->tally->put_together++;
	mime_problem_names(problems, names, sizeof names);
	if (rc == OK && names[0] != '\0' && (j->v[w->first].remark = arena_printf(j->a, " (%s)", names)) == NULL)
		rc = err_memory(e);
	return rc;
}

/* Pieces whose whole could not be had say why; a further piece only when none of its wholes could. */
static void settle(struct joining *j)
{
	for (size_t i = 0, to; i < j->n_wholes; i = to) {
		const struct whole *w = &j->wholes[i], *good = NULL;

		for (to = i; to < j->n_wholes && j->wholes[to].from == w->from; to++) {
			j->v[j->wholes[to].first].alone = j->wholes[to].why;
			if (good == NULL && j->wholes[to].why == NULL)
				good = &j->wholes[to];
		}
		for (size_t k = w->from; k < w->to; k++) {
			if (j->v[k].number == 1)
				continue;
			j->v[k].alone = good == NULL ? w->why : NULL;
			j->v[k].remark = good == NULL ? NULL : j->v[good->first].remark;
		}
	}
}

/* ---- what is said of it ---- */

static int by_item(const void *a, const void *b)
{
	const struct piece_place *x = a, *y = b;

	return x->item_id != y->item_id ? x->item_id < y->item_id ? -1 : 1 : strcmp(x->nest, y->nest);
}

static void say(struct buf *b, const struct piece_place *at, const struct piece_seen *p)
{
	uint32_t total = p->of_total != 0 ? p->of_total : p->total;

	buf_printf(b, "%s" PIECE_SAYS "%s%s: ", b->n != 0 ? "; " : "", *at->nest != '\0' ? " in " : "", at->nest);
	if (p->number == 0)
		buf_str(b, "a piece");
	else if (total == 0)
		buf_printf(b, "piece %" PRIu32, p->number);
	else
		buf_printf(b, "piece %" PRIu32 " of %" PRIu32, p->number, total);
	if (p->alone != NULL)
		buf_printf(b, " of a message, " PIECE_ALONE "%s", p->alone);
	else
		buf_printf(b, " of a message, " PIECE_JOINED "%s", p->remark != NULL ? p->remark : "");
}

static enum errc say_all(struct joining *j, struct err *e)
{
	struct buf b;
	enum errc rc = OK;

	for (size_t i = 0; i < j->n; i++)
		j->k->tally->pieces_alone += j->v[i].alone != NULL;
	if (j->n_places != 0)
		qsort(j->places, j->n_places, sizeof *j->places, by_item);
	buf_init(&b, MIB);
	for (size_t i = 0, to; i < j->n_places && rc == OK; i = to) {
		buf_clear(&b);
		for (to = i; to < j->n_places && j->places[to].item_id == j->places[i].item_id; to++)
			if (to - i < SAID_NESTED)
				say(&b, &j->places[to], &j->v[j->places[to].piece]);
		if (to - i > SAID_NESTED)
			buf_printf(&b, "; " PIECE_SAYS " in others: %zu", to - i - SAID_NESTED);
		if ((rc = buf_check(&b, e)) == OK)
			rc = store_item_pieces(j->k->store, j->places[i].item_id, buf_span(&b), e);
	}
	buf_free(&b);
	return rc;
}

enum errc keeper_pieces(struct keeper *k, struct err *e)
{
	struct joining j = {.k = k, .ask = PIECE_SAY};
	struct evidence_run run = {.store = k->store, .case_dir = k->config->dir, .job = &pieces_job, .init = buf_span(&k->init), .init_fd = -1,
	    .n_workers = k->options->n_workers, .without_jail = k->options->without_jail, .progress = k->options->progress,
	    .doing = "ingest, pieces", .ctx = &j, .next_ids = next_ids, .input = input, .on_message = on_said, .on_failed = on_unsaid};
	const char *due;
	enum errc rc;

	arena_reset(k->scratch);
	if ((rc = store_setting(k->store, k->scratch, PIECES_DUE, &due, e)) != OK || due == NULL || strcmp(due, "1") != 0)
		return rc;
	if ((rc = arena_new(&j.a, 4 * GIB, e)) != OK || (rc = list_pieces(&j, e)) != OK || (rc = evidence_read(&run, e)) != OK ||
	    (rc = judge(&j, e)) != OK)
		goto out;
	j.ask = PIECE_TAKE;
	j.at = 0;
	run.places = places;
	run.on_message = on_whole;
	run.on_failed = on_no_whole;
	if ((rc = evidence_read(&run, e)) != OK)
		goto out;
	settle(&j);
	if ((rc = say_all(&j, e)) == OK && (rc = store_set(k->store, PIECES_DUE, "0", e)) == OK)
		rc = store_commit(k->store, e);
out:
	arena_free(j.a);
	return rc;
}
