#include "ingest/keeper.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bisect.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/list.h"
#include "evidence/unit.h"

/* The mailbox that a file belongs to: named by --mailbox, by its path, or the file's folder or the file itself. */
static enum errc mailbox_of(struct keeper *k, const struct found_file *f, enum source_kind kind, int64_t *id, span *folder,
    struct err *e)
{
	const char *owner = k->options->mailbox;
	size_t root_n = strlen(f->path);
	char *root;
	enum errc rc;

	*folder = f->in_mailbox ? f->folder : SPAN_EMPTY;
	if (owner != NULL) {
		span rest = span_str(f->path + f->base_n);

		while (rest.n != 0 && rest.p[rest.n - 1] != '/')
			rest.n--;
		root_n = f->base_n;
		if (!f->in_mailbox)
			*folder = span_sub(rest, 1, rest.n > 1 ? rest.n - 2 : 0);
	} else if (f->in_mailbox) {
		root_n = f->root_n;
	} else if (kind == SOURCE_MESSAGE || source_is_rendered(kind) || kind == SOURCE_UNKNOWN) {
		while (root_n > 1 && f->path[root_n - 1] != '/')
			root_n--;
		root_n -= root_n > 1;
	}
	if (folder->n == 0 && kind == SOURCE_MBOX)
		*folder = folder_of_file(span_str(f->path));
	if (k->last_dir != NULL && strlen(k->last_dir) == root_n && memcmp(k->last_dir, f->path, root_n) == 0) {
		*id = k->last_mailbox;
		return OK;
	}
	if ((root = arena_cstr(k->a, span_of(f->path, root_n))) == NULL)
		return err_memory(e);
	rc = owner != NULL ? store_mailbox_put(k->store, root, owner, OWNER_GIVEN, "given by --mailbox", id, e)
			   : store_mailbox_put(k->store, root, NULL, OWNER_UNKNOWN, "", id, e);
	k->last_dir = root;
	k->last_mailbox = *id;
	return rc;
}

/* ---- planning ---- */

/* A source that was read before is that mailbox's from now on. */
static enum errc given_again(struct keeper *k, const struct found_file *f, const struct source_row *s, struct err *e)
{
	span folder;
	int64_t id;
	enum errc rc = mailbox_of(k, f, s->kind, &id, &folder, e);
	const char *name = rc == OK ? arena_cstr(k->scratch, folder) : NULL;

	if (rc != OK)
		return rc;
	k->tally->sources_given++;
	return name == NULL ? err_memory(e) : store_source_own(k->store, s->id, id, name, e);
}

static enum errc plan_file(struct keeper *k, size_t i, struct err *e)
{
	struct found_file *f = &k->files.v[i];
	struct source_row old, read;
	bool found, back = false;
	enum errc rc;

	arena_reset(k->scratch);
	if ((rc = store_source_by_path(k->store, k->scratch, f->path, &old, &found, e)) != OK || !found)
		return rc;
	/* What could not be read last time may have been read before. */
	if (f->cannot == NULL && old.state == SOURCE_FAILED) {
		if ((rc = store_source_read(k->store, k->scratch, f->path, &read, &back, e)) != OK)
			return rc;
		if (back)
			old = read;
	}
	if (f->cannot == NULL && old.state == SOURCE_DONE && old.n_bytes == f->n_bytes && old.mtime_ns == f->mtime_ns) {
		k->todo[i] = TODO_NOTHING;
		k->tally->sources_unchanged++;
		if (k->options->mailbox != NULL && (rc = given_again(k, f, &old, e)) != OK)
			return rc;
		return back ? store_source_failures_end(k->store, f->path, e) : OK;
	}
	/* A source that still cannot be read is not reported again. */
	if (f->cannot != NULL && old.state == SOURCE_FAILED && span_starts(span_str(old.note), span_str(f->cannot))) {
		k->todo[i] = TODO_NOTHING;
		k->tally->sources_unchanged++;
		return OK;
	}
	k->replaces[i] = old.id;
	return OK;
}

/* It has its place among those that are known, which are few. */
static enum errc big_add(struct keeper *k, size_t file, struct err *e)
{
	size_t at = k->n_big;

	if (keeper_big(k, file) != NULL)
		return OK;
	if (!ROOM(k->big, k->n_big, k->cap_big))
		return err_memory(e);
	for (; at > 0 && k->big[at - 1].file > file; at--)
		k->big[at] = k->big[at - 1];
	k->big[at] = (struct big_file){.file = file};
	k->n_big++;
	return OK;
}

enum errc keeper_look(struct keeper *k, size_t from, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = from; i < k->files.n && rc == OK; i++) {
		struct found_file *f = &k->files.v[i];

		if (f->unlooked)
			rc = found_look(k->a, &k->files, f, -1, e);
		if (rc == OK && f->n_bytes > LARGE)
			rc = big_add(k, i, e);
	}
	return rc;
}

enum errc keeper_plan(struct keeper *k, struct err *e)
{
	size_t n = k->files.n;
	enum errc rc = OK;

	k->todo = calloc(n + 1, sizeof *k->todo);
	k->sha256 = calloc(n + 1, sizeof *k->sha256);
	k->replaces = calloc(n + 1, sizeof *k->replaces);
	if (k->todo == NULL || k->sha256 == NULL || k->replaces == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n && rc == OK; i++)
		if (k->files.v[i].n_bytes > LARGE)
			rc = big_add(k, i, e);
	/* A new case knows no path yet. */
	for (size_t i = 0; i < n && rc == OK && !k->fresh; i++)
		rc = plan_file(k, i, e);
	return rc;
}

struct big_file *keeper_big(struct keeper *k, size_t file)
{
	size_t lo;

	BISECT(lo, k->n_big, k->big[lo].file < file);
	return lo < k->n_big && k->big[lo].file == file ? &k->big[lo] : NULL;
}

void keeper_done(struct keeper *k)
{
	for (size_t i = 0; k->big != NULL && i < k->n_big; i++)
		free(k->big[i].cuts);
	free(k->big);
	opener_done(&k->opener);
	free(k->todo);
	free(k->sha256);
	free(k->replaces);
	for (size_t i = 0; i < k->n_jobs; i++)
		free(k->jobs[i].files);
	free(k->jobs);
	free(k->item_messages);
	free(k->parties);
	free(k->files.v);
	buf_free(&k->init);
	arena_free(k->a);
	arena_free(k->scratch);
}

/* ---- sources ---- */

enum errc keeper_source_begin(struct keeper *k, size_t file, enum source_kind kind, const struct digest *sha256,
    enum source_state state, const char *note, bool *unchanged, struct err *e)
{
	struct found_file *f = &k->files.v[file];
	struct source_row s = {.path = f->path, .kind = kind, .n_bytes = f->n_bytes, .mtime_ns = f->mtime_ns,
	    .sha256 = *sha256, .state = state, .note = note, .replaces = k->replaces[file]};
	struct source_row old;
	span folder;
	enum errc rc;

	*unchanged = false;
	if (s.replaces != 0) {
		if ((rc = store_source_get(k->store, k->scratch, s.replaces, &old, e)) != OK)
			return rc;
		if (state != SOURCE_FAILED && (rc = store_source_failures_end(k->store, f->path, e)) != OK)
			return rc;
		if (old.state == SOURCE_DONE && state != SOURCE_FAILED && memcmp(&old.sha256, sha256, sizeof old.sha256) == 0 &&
		    old.n_bytes == f->n_bytes) {
			/* Only touched: the bytes are those that were read. */
			*unchanged = true;
			k->tally->sources_unchanged++;
			k->open = (struct source_row){0};
			old.mtime_ns = f->mtime_ns;
			return store_source_set(k->store, &old, e);
		}
		old.state = SOURCE_REPLACED;
		if ((rc = store_source_set(k->store, &old, e)) != OK)
			return rc;
		k->tally->sources_replaced++;
	}
	if ((rc = mailbox_of(k, f, kind, &s.mailbox_id, &folder, e)) != OK)
		return rc;
	if ((s.folder = arena_cstr(k->scratch, folder)) == NULL)
		return err_memory(e);
	if (!span_eq(folder, k->folder))
		k->folder_traits = folder_traits(folder_path_kind(folder));
	k->folder = folder;
	k->tally->sources++;
	k->tally->n_bytes += f->n_bytes;
	k->open = s;
	/* The row is written with the digest and state it has; the copy kept is for SEGMENTs and archives. */
	return store_source_add(k->store, &s, &k->open.id, e);
}

enum errc keeper_source_end(struct keeper *k, struct err *e)
{
	enum errc rc = OK;

	if (k->open.id != 0 && k->open.state == SOURCE_OPEN) {
		k->open.state = SOURCE_DONE;
		rc = store_source_set(k->store, &k->open, e);
	}
	k->open = (struct source_row){0};
	return rc;
}
