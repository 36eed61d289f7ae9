#include "evidence/unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "mail/box.h"

enum { INDEX_BITS = 21, SMALL_FILE = 1024 * 1024, READ_AT_ONCE = 256 * 1024 };
#define INDEX_MAX (((int64_t)1 << INDEX_BITS) - 2)

static void unmap(struct file_view *v)
{
	if (v->map != NULL)
		(void)munmap(v->map, v->map_n);
	v->map = NULL;
}

void file_view_forget(struct file_view *v)
{
	unmap(v);
	v->n = 0;
}

void file_view_done(struct file_view *v)
{
	unmap(v);
	free(v->buffer);
	*v = (struct file_view){0};
}

static enum errc map(struct file_view *v, int fd, uint64_t n_bytes, struct err *e)
{
	off_t size = lseek(fd, 0, SEEK_END);
	void *p;

	/* A map that reaches past the end of its file would be a fault waiting to be touched. */
	if (size < 0)
		return err_sys(e, "seek");
	if ((uint64_t)size < n_bytes)
		return err_set(e, ERR_EVIDENCE, "the file is shorter than it was when it was opened");
	if ((p = mmap(NULL, (size_t)n_bytes, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
		return err_sys(e, "map");
	(void)madvise(p, (size_t)n_bytes, MADV_SEQUENTIAL);
	v->map = p;
	v->map_n = (size_t)n_bytes;
	return OK;
}

/* The buffer, from that byte on: n bytes, and some of those that follow. */
static enum errc fill(struct file_view *v, int fd, uint64_t n_bytes, uint64_t from, size_t n, struct err *e)
{
	size_t most = n > READ_AT_ONCE ? n : n_bytes - from < READ_AT_ONCE ? (size_t)(n_bytes - from) : READ_AT_ONCE;

	v->n = 0;
	v->from = from;
	if (v->buffer == NULL && (v->buffer = malloc(SMALL_FILE)) == NULL)
		return err_memory(e);
	while (v->n < most) {
		ssize_t got = pread(fd, v->buffer + v->n, most - v->n, (off_t)(from + v->n));

		if (got < 0)
			return err_sys(e, "read");
		if (got == 0)
			return err_set(e, ERR_EVIDENCE, "the file is shorter than it was when it was opened");
		v->n += (size_t)got;
	}
	return OK;
}

enum errc file_view_part(struct file_view *v, int fd, uint64_t n_bytes, uint64_t at, uint64_t n, span *out, struct err *e)
{
	bool there = v->n != 0 && at >= v->from && at - v->from <= v->n && n <= v->n - (at - v->from);
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	if (n > n_bytes || at > n_bytes - n)
		return err_set(e, ERR_EVIDENCE, "the file is shorter than it was when it was ingested");
	if (n > SMALL_FILE) {
		if (v->map == NULL && (rc = map(v, fd, n_bytes, e)) != OK)
			return rc;
		*out = span_of((const unsigned char *)v->map + at, (size_t)n);
		return OK;
	}
	if (n != 0 && !there && (rc = fill(v, fd, n_bytes, at, (size_t)n, e)) != OK)
		return rc;
	if (n != 0)
		*out = span_of(v->buffer + (at - v->from), (size_t)n);
	return OK;
}

enum errc file_view(struct file_view *v, int fd, uint64_t n_bytes, span *out, struct err *e)
{
	file_view_forget(v);
	return file_view_part(v, fd, n_bytes, 0, n_bytes, out, e);
}

struct level {
	struct archive_reader *reader; /* or: */
	struct box *box;
	struct file_view file; /* of the box */
	int64_t base;     /* number of the archive itself, 0 for the source */
	span name;        /* "" for the source, else "inner.zip!/" */
	uint64_t next;    /* index of the member that comes next */
};

struct units {
	struct arena *a;   /* names of the levels */
	struct arena *now; /* of the unit given last */
	int spools[UNIT_SPOOLS];
	struct level level[UNIT_SPOOLS];
	size_t depth;      /* levels open */
	struct file_view view;
	int64_t wanted;    /* member sought, or -1: all of them */
	enum unit_want want;
};

/* What lies in fd: a PST or .olm, read where it lies, or an archive, whose members go to the spool. */
static enum errc level_open(struct level *l, int fd, int spool, struct err *e)
{
	off_t size = lseek(fd, 0, SEEK_END);
	span file;
	enum errc rc;

	if (size < 0)
		return err_sys(e, "seek");
	if ((rc = file_view(&l->file, fd, (uint64_t)size, &file, e)) == OK && box_sniff(file) != BOX_NONE)
		return box_open(&l->box, file, e);
	if (rc == OK && archive_wants_all(file))
		return archive_open_all(&l->reader, file, spool, e);
	file_view_done(&l->file);
	return rc == OK ? archive_open(&l->reader, fd, spool, e) : rc;
}

static void level_close(struct level *l)
{
	archive_close(l->reader);
	box_close(l->box);
	file_view_done(&l->file);
	*l = (struct level){0};
}

enum errc units_warm(struct err *e)
{
	enum errc rc = archive_warm(e);

	return rc == OK ? box_warm(e) : rc;
}

enum errc units_open(struct units **out, int fd, const int spools[UNIT_SPOOLS], struct err *e)
{
	struct units *u = calloc(1, sizeof *u);
	enum errc rc;

	*out = NULL;
	if (u == NULL)
		return err_memory(e);
	memcpy(u->spools, spools, sizeof u->spools);
	u->wanted = -1;
	if ((rc = arena_new(&u->a, 64 * MIB, e)) != OK || (rc = arena_new(&u->now, LIMIT_MESSAGE_ARENA, e)) != OK ||
	    (rc = level_open(&u->level[0], fd, spools[0], e)) != OK) {
		units_close(u);
		return rc;
	}
	u->depth = 1;
	*out = u;
	return OK;
}

void units_close(struct units *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < u->depth; i++)
		level_close(&u->level[i]);
	file_view_done(&u->view);
	arena_free(u->a);
	arena_free(u->now);
	free(u);
}

/* A shift of 0, 21 or 42; deeper levels count from one so that 0 can mean "the archive itself". */
static int64_t number(const struct units *u, uint64_t index)
{
	const struct level *l = &u->level[u->depth - 1];

	return u->depth == 1 ? (int64_t)index : l->base | ((int64_t)index + 1) << (INDEX_BITS * (int)(u->depth - 1));
}

static enum errc enter(struct units *u, int64_t base, span name, struct err *e)
{
	struct level *l = &u->level[u->depth];
	char *path = arena_printf(u->a, "%.*s!/", (int)name.n, (const char *)name.p);
	enum errc rc;

	if (path == NULL)
		return err_set(e, ERR_LIMIT, "too many archives within archives");
	*l = (struct level){.base = base, .name = span_str(path)};
	rc = level_open(l, u->spools[u->depth - 1], u->spools[u->depth], e);
	if (rc == OK)
		u->depth++;
	else
		level_close(l);
	return rc;
}

/* Which member of the file itself: an archive's, or that of an archive that it lies in; of a box, which holds no archives, all bits count. */
static uint64_t outermost(const struct units *u, int64_t member)
{
	return u->level[0].box != NULL ? (uint64_t)member : (uint64_t)member & (((uint64_t)1 << INDEX_BITS) - 1);
}

/* The sought member lies in the archive of this level, at this index or within it. */
static uint64_t wanted_index(const struct units *u)
{
	if (u->depth == 1)
		return outermost(u, u->wanted);
	return ((uint64_t)u->wanted >> (INDEX_BITS * (int)(u->depth - 1)) & (((uint64_t)1 << INDEX_BITS) - 1)) - 1;
}

void units_want(struct units *u, enum unit_want want) { u->want = want; }

bool units_seek(struct units *u, uint64_t index)
{
	struct level *l = &u->level[0];

	if (u->depth != 1 || l->box == NULL || index >= box_apart(l->box))
		return false;
	l->next = index;
	return true;
}

bool units_stand_alone(const struct units *u) { return u->level[u->depth - 1].box != NULL; }

/* Its name behind those of the archives that it is in. */
static enum errc path_of(struct units *u, const struct level *l, span name, span *out, struct err *e)
{
	*out = span_str(arena_printf(u->now, "%.*s%.*s", (int)l->name.n, (const char *)l->name.p, (int)name.n, (const char *)name.p));
	return out->p != NULL ? OK : err_memory(e);
}

static const char too_many[] = "more members than tocsin numbers";

/* The next item of the mailbox file of this level; *over behind the last. */
static enum errc box_next(struct units *u, struct level *l, struct unit *out, bool *over, struct err *e)
{
	struct box_unit m;
	uint64_t index = l->next;
	bool found;
	span name;
	enum errc rc;

	if ((rc = box_unit(l->box, u->now, index,
		 u->want == UNIT_WHOLE ? BOX_ALL : u->want == UNIT_PASSED ? BOX_NAME : BOX_PASS, &m, &found, e)) != OK)
		return rc;
	if ((*over = !found))
		return OK;
	l->next++;
	if ((rc = path_of(u, l, m.name, &name, e)) != OK)
		return rc;
	*out = (struct unit){.member = number(u, index), .name = name, .bytes = m.message,
	    .message = m.outcome == BOX_MESSAGE || m.outcome == BOX_PARTIAL, .reason = m.reason};
	switch (m.outcome) {
	case BOX_MESSAGE:
		out->outcome = MEMBER_READ;
		break;
	case BOX_PARTIAL:
		out->outcome = MEMBER_PARTIAL;
		break;
	case BOX_NOTHING:
		out->outcome = MEMBER_NOT_FILE;
		break;
	case BOX_FAILED:
		out->outcome = MEMBER_FAILED;
		break;
	}
	if (index > INDEX_MAX && u->depth > 1)
		*out = (struct unit){.member = out->member, .name = out->name, .outcome = MEMBER_LIMIT, .reason = too_many};
	return OK;
}

/* In its archive, the next member or what lies within it is the one that is sought. */
static enum errc level_skip(const struct units *u, struct level *l, struct err *e)
{
	if (u->wanted < 0 || l->next >= wanted_index(u))
		return OK;
	l->next = wanted_index(u);
	return l->box == NULL ? archive_skip_to(l->reader, l->next, e) : OK;
}

static void not_read(struct unit *out, enum member_outcome outcome, const char *reason)
{
	out->outcome = outcome;
	out->reason = reason;
	out->bytes = SPAN_EMPTY;
}

/* The bytes of a member; *within: it is an archive or a mailbox file that was opened, and what lies in it comes next. */
static enum errc member_view(struct units *u, uint64_t n_bytes, struct unit *out, bool *within, struct err *e)
{
	enum errc rc = file_view(&u->view, u->spools[u->depth - 1], n_bytes, &out->bytes, e);

	if (rc != OK || (!archive_sniff(out->bytes) && box_sniff(out->bytes) == BOX_NONE))
		return rc;
	if (u->depth == UNIT_SPOOLS) {
		not_read(out, MEMBER_LIMIT, "an archive within archives, too deep to be opened");
		return OK;
	}
	if ((rc = enter(u, out->member, out->name, e)) == OK)
		*within = true;
	if (rc != ERR_EVIDENCE)
		return rc;
	/* A PST or .olm that cannot be opened is one item that says so. */
	not_read(out, MEMBER_FAILED, e->text);
	return OK;
}

/* The next member of the archive of this level; *over behind the last. */
static enum errc member_next(struct units *u, struct level *l, struct unit *out, bool *over, bool *within, struct err *e)
{
	struct member *m;
	span name;
	enum errc rc = archive_next(l->reader, u->now, &m, e);

	if (rc != OK || (*over = m == NULL))
		return rc;
	l->next = m->index + 1;
	if ((rc = path_of(u, l, m->name, &name, e)) != OK)
		return rc;
	*out = (struct unit){.member = number(u, m->index), .name = name, .outcome = m->outcome, .reason = m->reason,
	    .written_utc = m->written_utc};
	if (m->index > INDEX_MAX) {
		not_read(out, MEMBER_LIMIT, too_many);
		return OK;
	}
	return m->outcome == MEMBER_READ || m->outcome == MEMBER_PARTIAL ? member_view(u, m->n_bytes, out, within, e) : OK;
}

/* Back into the level above. True: nothing was in this one, which is a unit itself then, so that it is accounted for. */
static bool level_leave(struct units *u, struct unit *out)
{
	struct level *l = &u->level[--u->depth];
	bool empty = l->next == 0;

	*out = (struct unit){.member = l->base, .name = l->name, .outcome = MEMBER_NOT_FILE, .reason = "an archive with nothing in it"};
	level_close(l);
	return empty;
}

enum errc units_next(struct units *u, struct unit *out, bool *end, struct err *e)
{
	*end = false;
	for (;;) {
		struct level *l = &u->level[u->depth - 1];
		bool over, within = false;
		enum errc rc;

		arena_reset(u->now);
		if (u->depth == 1)
			arena_reset(u->a);
		if ((rc = level_skip(u, l, e)) != OK ||
		    (rc = l->box != NULL ? box_next(u, l, out, &over, e) : member_next(u, l, out, &over, &within, e)) != OK)
			return rc;
		if ((*end = over && u->depth == 1))
			return OK;
		if (over ? level_leave(u, out) : !within)
			return OK;
	}
}

enum errc units_find(struct units *u, int64_t member, struct unit *out, bool *found, struct err *e)
{
	bool end = false;
	enum errc rc = OK;

	*found = false;
	u->wanted = member;
	/* Levels below an archive that the sought member is not in are left. */
	while (u->depth > 1) {
		struct level *l = &u->level[u->depth - 1];
		int64_t mask = ((int64_t)1 << (INDEX_BITS * (int)(u->depth - 1))) - 1;

		if ((member & mask) == l->base)
			break;
		level_close(l);
		u->depth--;
	}
	while (rc == OK && !end) {
		if ((rc = units_next(u, out, &end, e)) == OK && !end && out->member == member) {
			*found = true;
			break;
		}
		if (rc == OK && !end && u->depth == 1 && outermost(u, out->member) > outermost(u, member))
			break;
	}
	u->wanted = -1; /* what is asked for next comes behind it */
	return rc;
}

bool units_keep(struct units *u, struct file_view *out)
{
	*out = u->view;
	u->view = (struct file_view){0};
	return u->level[u->depth - 1].box == NULL && (out->map != NULL || out->buffer != NULL);
}
