/* Re-reading behind the walls: each wanted message found where it lies, checked, parsed, given to the stage. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "evidence/private.h"
#include "evidence/worker.h"
#include "mail/foreign.h"
#include "mail/pieces.h"
#include "stream/charset.h"

struct source { bool archive, rendered, touched; uint64_t n_bytes; size_t fd; };

struct worker {
	const struct evidence_job *job;
	void *state;
	struct arena *message; /* the outermost message and its parse */
	struct arena *rendered; /* the file or member that is open, where it is rendered */
	struct arena *scratch; /* the stage's, of one message */
	struct arena *task;
	struct sha256 *hash;
	struct file_view view;
	/* what is open now */
	const int *fds;
	struct source *sources;
	uint32_t n_sources, open_source;
	struct units *units;
	struct unit unit;
	bool unit_there;
	/* the outermost message parsed last, for the messages within it */
	struct message *outer;
	uint32_t outer_source;
	int64_t outer_member;
	uint64_t outer_at;
	/* the message put together last, for the messages within it */
	struct arena *together;
	struct message *whole;
	span whole_spots;
	/* below the outermost message or the one put together: the message that the one asked for lies in, and that one */
	struct arena *holder_a, *inner_a;
	const struct message *below;
	struct message *holder;
	span holder_nest;
	bool anew; /* members of archives may be asked for that lie before the last one */
};

/* Where the message under way says that it goes on; a worker has one thread. */
static struct { struct jail_out *out; uint64_t begun_ms; } beating;

enum errc evidence_beat(struct err *e)
{
	return beating.out == NULL || time_monotonic_ms() - beating.begun_ms > LIMIT_MESSAGE_SECONDS * UINT64_C(1000) ? OK :
	    jail_beat(beating.out, e);
}

enum errc evidence_start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	struct worker *w = calloc(1, sizeof *w);
	enum errc rc;

	if (w == NULL)
		return err_memory(e);
	w->job = ctx;
	digests_only();
	if ((rc = arena_new(&w->message, LIMIT_MESSAGE_ARENA, e)) != OK ||
	    (rc = arena_new(&w->rendered, LIMIT_MESSAGE_ARENA, e)) != OK || (rc = arena_new(&w->together, LIMIT_MESSAGE_ARENA, e)) != OK ||
	    (rc = arena_new(&w->holder_a, LIMIT_MESSAGE_ARENA, e)) != OK || (rc = arena_new(&w->inner_a, LIMIT_MESSAGE_ARENA, e)) != OK ||
	    (rc = arena_new(&w->scratch, LIMIT_MESSAGE_ARENA, e)) != OK || (rc = arena_new(&w->task, 64 * MIB, e)) != OK ||
	    (rc = sha256_new(&w->hash, e)) != OK || (rc = charset_open(e)) != OK || (rc = units_warm(e)) != OK)
		return rc;
	*state = w;
	return w->job->start(&w->state, init, n_fds != 0 ? fds[0] : -1, e);
}

/* Opens a source of the task, if it is not the one that is open. Nothing of an earlier one stays valid. */
static enum errc source_open(struct worker *w, uint32_t i, struct err *e)
{
	struct source *s = &w->sources[i];

	if (w->open_source == i)
		return OK;
	units_close(w->units);
	w->units = NULL;
	w->outer = NULL;
	w->open_source = i;
	w->unit_there = false;
	w->unit.member = UNIT_FILE;
	file_view_forget(&w->view);
	return s->archive ? units_open(&w->units, w->fds[s->fd], w->fds + s->fd + 1, e) : OK;
}

/* The member of an archive that the message lies in. */
static enum errc member_of(struct worker *w, const struct spot *m, span *out, struct err *e)
{
	bool begun = w->open_source == m->source;
	enum errc rc = source_open(w, m->source, e);

	if (rc != OK)
		return rc;
	if (!w->unit_there || w->unit.member != m->member) {
		w->outer = NULL;
		if ((rc = units_find(w->units, m->member, &w->unit, &w->unit_there, e)) != OK)
			return rc;
		if (!w->unit_there && w->anew && begun) {
			w->open_source = UINT32_MAX;
			return member_of(w, m, out, e);
		}
		if (!w->unit_there)
			return err_set(e, ERR_EVIDENCE, "the archive no longer has this member");
	}
	*out = w->unit.bytes;
	return OK;
}

/* The messages of a form of its own lie in its rendering. */
static enum errc rendered(struct worker *w, span *bytes, struct err *e)
{
	struct foreign f;
	enum errc rc;

	if (!foreign_sniff(*bytes))
		return OK;
	arena_reset(w->rendered);
	if ((rc = foreign_read(w->rendered, *bytes, &f, e)) == OK && f.form != NULL)
		*bytes = f.rendered;
	return rc;
}

/* The bytes of an outermost message. */
static enum errc raw_of(struct worker *w, const struct spot *m, span *raw, struct err *e)
{
	const struct source *s = &w->sources[m->source];
	span bytes;
	enum errc rc;

	if (s->archive)
		rc = member_of(w, m, &bytes, e);
	else if ((rc = source_open(w, m->source, e)) == OK && !s->rendered)
		return file_view_part(&w->view, w->fds[s->fd], s->n_bytes, m->at, m->n, raw, e);
	else if (rc == OK)
		rc = file_view_part(&w->view, w->fds[s->fd], s->n_bytes, 0, s->n_bytes, &bytes, e);
	if (rc != OK || (rc = rendered(w, &bytes, e)) != OK)
		return rc;
	*raw = span_sub(bytes, (size_t)m->at, (size_t)m->n);
	if (m->at > bytes.n || raw->n != m->n)
		return err_set(e, ERR_EVIDENCE, "the file is shorter than it was when it was ingested");
	return OK;
}

static enum errc outermost(struct worker *w, const struct spot *m, struct err *e)
{
	struct digest now;
	enum errc rc;
	span raw;

	if (w->outer != NULL && w->outer_source == m->source && w->outer_member == m->member && w->outer_at == m->at)
		return OK;
	w->outer = NULL;
	if ((rc = raw_of(w, m, &raw, e)) != OK)
		return rc;
	if (w->sources[m->source].touched) {
		sha256_start(w->hash);
		sha256_add(w->hash, raw);
		sha256_done(w->hash, &now);
	}
	if (w->sources[m->source].touched && memcmp(&now, &m->outer, sizeof now) != 0)
		return err_set(e, ERR_EVIDENCE, "the message has changed since it was ingested");
	w->below = NULL;
	arena_reset(w->message);
	if ((rc = mime_parse(w->message, raw, m->from_quoted, &w->outer, e)) != OK)
		return rc;
	w->outer_source = m->source;
	w->outer_member = m->member;
	w->outer_at = m->at;
	return OK;
}

/* Follows "2/1.3" from m into the messages within it, in the arena of that. */
static enum errc descend(struct arena *a, struct message *m, span nest, struct message **out, struct err *e)
{
	while (nest.n != 0) {
		span step = span_first(nest, span_find_byte(nest, '/'));
		const struct part *p = NULL;
		unsigned problems = 0;
		span content;
		bool quoted;
		enum errc rc;

		nest = span_from(nest, step.n + 1);
		for (size_t i = 0; i < m->n_parts && p == NULL; i++)
			if (m->parts[i].kind == PART_MESSAGE &&
			    span_eq(span_str(m->parts[i].path[0] != '\0' ? m->parts[i].path : "1"), step))
				p = &m->parts[i];
		if (p == NULL)
			return err_set(e, ERR_EVIDENCE, "the message within the message is not there");
		if ((rc = part_content(a, m, p, &content, &problems, e)) != OK)
			return rc;
		content = part_message(p, content);
		quoted = m->from_quoted && content.p >= m->raw.p && content.p <= m->raw.p + m->raw.n;
		if ((rc = mime_parse(a, content, quoted, &m, e)) != OK)
			return rc;
	}
	*out = m;
	return OK;
}

/* The same from the outermost message or the one put together: what others in the same one were found in is kept, no more. */
static enum errc within(struct worker *w, struct message *m, span nest, struct message **out, struct err *e)
{
	size_t step = nest.n;
	enum errc rc;

	while (step > 0 && nest.p[step - 1] != '/')
		step--;
	if (step > 0 && (w->below != m || !span_eq(w->holder_nest, span_first(nest, step - 1)))) {
		w->below = NULL;
		arena_reset(w->holder_a);
		if ((w->holder_nest = arena_copy(w->holder_a, span_first(nest, step - 1))).p == NULL)
			return err_memory(e);
		if ((rc = descend(w->holder_a, m, w->holder_nest, &w->holder, e)) != OK)
			return rc;
		w->below = m;
	}
	arena_reset(w->inner_a);
	return descend(w->inner_a, step > 0 ? w->holder : m, span_from(nest, step), out, e);
}

static bool read_spot(struct cursor *c, uint32_t n_sources, struct spot *m)
{
	span digest;

	m->number = cursor_u32(c);
	m->source = cursor_u32(c);
	m->member = (int64_t)cursor_u64(c);
	m->at = cursor_u64(c);
	m->n = cursor_u64(c);
	m->from_quoted = cursor_u8(c) != 0;
	m->nest = cursor_bytes(c);
	digest = cursor_take(c, DIGEST_SIZE);
	if (c->bad || m->source >= n_sources)
		return false;
	memcpy(m->outer.b, digest.p, DIGEST_SIZE);
	return true;
}

/* A piece's content, and of the first the header fields that count, in the arena of what is put together. */
static enum errc piece(struct worker *w, const struct spot *s, span *outer, span *body, size_t *room, struct err *e)
{
	struct message *m;
	unsigned problems = 0;
	span content;
	enum errc rc;

	if ((rc = outermost(w, s, e)) != OK || (rc = descend(w->message, w->outer, s->nest, &m, e)) != OK ||
	    (s->number == 1 && (rc = piece_outer(w->together, m, outer, e)) != OK) ||
	    (rc = part_content(w->message, m, &m->parts[0], &content, &problems, e)) != OK)
		return rc;
	if (content.n > *room)
		return err_set(e, ERR_LIMIT, "its pieces come to more than one message of pieces may");
	*room -= content.n;
	*body = arena_copy(w->together, content);
	return body->p == NULL ? err_memory(e) : OK;
}

/* The message that pieces come to. Nothing of what is open stays: what comes next may lie before them. */
static enum errc put_together(struct worker *w, const struct wanted *m, struct err *e)
{
	struct cursor c = cursor_of(m->spots);
	span outer = SPAN_EMPTY, *bodies, raw;
	size_t room = LIMIT_PIECES_BYTES;
	enum errc rc = OK;

	w->whole = NULL;
	w->below = NULL;
	arena_reset(w->together);
	if ((bodies = arena_zero(w->together, m->n_pieces, sizeof *bodies)) == NULL)
		return err_memory(e);
	w->anew = true;
	for (uint32_t i = 0; i < m->n_pieces && rc == OK; i++) {
		struct spot s;

		if (!read_spot(&c, w->n_sources, &s) || s.number == 0 || s.number > m->n_pieces)
			rc = err_set(e, ERR_USAGE, "worker: bad task");
		else
			rc = piece(w, &s, &outer, &bodies[s.number - 1], &room, e);
	}
	w->anew = false;
	w->outer = NULL;
	w->open_source = UINT32_MAX;
	if (rc != OK || (rc = pieces_join(w->together, outer, bodies, m->n_pieces, &raw, e)) != OK)
		return rc;
	w->whole_spots = m->spots;
	return mime_parse(w->together, raw, false, &w->whole, e);
}

static enum errc one(struct worker *w, const struct wanted *m, struct buf *out, struct err *e)
{
	struct message *message = NULL;
	struct cursor c = cursor_of(m->spots);
	struct spot s;
	enum errc rc;

	if (m->n_pieces != 0) {
		if ((w->whole == NULL || !span_eq(w->whole_spots, m->spots)) && (rc = put_together(w, m, e)) != OK)
			return rc;
		rc = within(w, w->whole, m->nest, &message, e);
	} else if (!read_spot(&c, w->n_sources, &s)) {
		return err_set(e, ERR_USAGE, "worker: bad task");
	} else if ((rc = outermost(w, &s, e)) == OK) {
		rc = within(w, w->outer, s.nest, &message, e);
	}
	if (rc != OK)
		return rc;
	arena_reset(w->scratch);
	return w->job->message(w->state, w->scratch, message, m->input, out, e);
}

static bool read_wanted(struct cursor *c, uint32_t n_sources, struct wanted *m)
{
	span from;

	m->n_pieces = cursor_u32(c);
	from = c->rest;
	for (uint32_t i = 0; i == 0 || i < m->n_pieces; i++) {
		struct spot s;

		if (!read_spot(c, n_sources, &s))
			return false;
	}
	m->spots = span_first(from, from.n - c->rest.n);
	m->nest = cursor_bytes(c);
	m->input = cursor_bytes(c);
	return !c->bad;
}

static enum errc messages(struct worker *w, struct jail_out *out, struct cursor *c, uint32_t first, struct err *e)
{
	uint32_t n = cursor_u32(c);
	enum errc rc = OK;

	for (uint32_t i = 0; i < n && rc == OK; i++) {
		struct buf *b = jail_buf(out);
		struct wanted m;
		struct err why = {0};
		size_t at;

		if (!read_wanted(c, w->n_sources, &m))
			return err_set(e, ERR_USAGE, "worker: bad task");
		if (i < first)
			continue;
		if ((rc = jail_item(out, (struct jail_place){i, 0, 1}, e)) != OK)
			break;
		buf_u32(b, i);
		at = b->n;
		buf_u8(b, 1);
		buf_u32(b, 0);
		beating.out = out;
		beating.begun_ms = time_monotonic_ms();
		if (one(w, &m, b, &why) != OK && !b->failed) {
			b->n = at;
			buf_u8(b, 0);
			buf_bytes(b, span_str(why.text));
		} else if (!b->failed) {
			buf_set_u32(b, at + 1, (uint32_t)(b->n - at - 5));
		}
		rc = jail_flush(out, e);
	}
	return rc;
}

enum errc evidence_task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct worker *w = state;
	struct cursor c = cursor_of(payload);
	uint32_t first = cursor_u32(&c);
	size_t fd = 0;
	enum errc rc;

	arena_reset(w->task);
	w->n_sources = cursor_u32(&c);
	w->open_source = UINT32_MAX;
	w->outer = NULL;
	w->whole = NULL;
	w->fds = fds;
	if (w->n_sources > n_fds || (w->sources = arena_zero(w->task, w->n_sources, sizeof *w->sources)) == NULL)
		return err_set(e, ERR_USAGE, "worker: bad task");
	for (uint32_t i = 0; i < w->n_sources; i++) {
		struct source *s = &w->sources[i];

		s->archive = cursor_u8(&c) != 0;
		s->rendered = cursor_u8(&c) != 0;
		s->touched = cursor_u8(&c) != 0;
		s->n_bytes = cursor_u64(&c);
		s->fd = fd;
		fd += s->archive ? 1 + UNIT_SPOOLS : 1;
	}
	if (c.bad || fd > n_fds)
		return err_set(e, ERR_USAGE, "worker: bad task");
	rc = messages(w, out, &c, first, e);
	units_close(w->units);
	w->units = NULL;
	w->open_source = UINT32_MAX;
	return rc;
}
