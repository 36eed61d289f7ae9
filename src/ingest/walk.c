#include "ingest/walk.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct found_file *add(struct file_list *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap != 0 ? 2 * l->cap : 1024;
		struct found_file *v = realloc(l->v, cap * sizeof *v);

		if (v == NULL)
			return NULL;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n] = (struct found_file){0};
	return &l->v[l->n++];
}

static const char *cannot_text(struct arena *a, const FTSENT *ent)
{
	switch (ent->fts_info) {
	case FTS_F:
		return NULL;
	case FTS_SL:
	case FTS_SLNONE:
		return "symbolic link, not followed";
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return arena_printf(a, "cannot be read: %s", strerror(ent->fts_errno));
	case FTS_DC:
		return "folder that contains itself";
	default:
		return "not a regular file";
	}
}

static enum errc walk_one(struct arena *a, const char *path, struct file_list *out, struct err *e)
{
	char *real = realpath(path, NULL);
	char *const roots[] = {real, NULL};
	enum errc rc = OK;
	FTS *fts = NULL;
	FTSENT *ent;
	size_t base_n;

	if (real == NULL)
		return err_set(e, ERR_USAGE, "%s: %s", path, strerror(errno));
	base_n = strlen(real);
	if ((fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL) {
		rc = err_sys(e, "%s", path);
		goto out;
	}
	while (errno = 0, (ent = fts_read(fts)) != NULL) {
		struct found_file *f;

		if (ent->fts_info == FTS_D || ent->fts_info == FTS_DP)
			continue;
		/* A lack of our own is no fact about the evidence: the run ends, the next one reads it. */
		if ((ent->fts_info == FTS_DNR || ent->fts_info == FTS_ERR || ent->fts_info == FTS_NS) &&
		    (ent->fts_errno == ENOMEM || ent->fts_errno == EMFILE || ent->fts_errno == ENFILE)) {
			errno = ent->fts_errno;
			rc = err_sys(e, "%s", path);
			goto out;
		}
		if ((f = add(out)) == NULL || (f->path = arena_cstr(a, span_of(ent->fts_path, ent->fts_pathlen))) == NULL) {
			rc = err_memory(e);
			goto out;
		}
		f->base_n = base_n;
		if ((f->cannot = cannot_text(a, ent)) != NULL || ent->fts_info != FTS_F) {
			f->no_file = ent->fts_info != FTS_DNR && ent->fts_info != FTS_ERR && ent->fts_info != FTS_NS;
			continue;
		}
		f->n_bytes = (uint64_t)ent->fts_statp->st_size;
		f->mtime_ns = (int64_t)ent->fts_statp->st_mtim.tv_sec * 1000000000 + ent->fts_statp->st_mtim.tv_nsec;
	}
	if (errno != 0)
		rc = err_sys(e, "%s", path);
out:
	if (fts != NULL)
		(void)fts_close(fts);
	free(real);
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const struct found_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* A file that names no folder belongs to the mailbox of a neighbour that does: "allen/notes/1" beside "allen/sent/1". */
static void adopt(struct file_list *l)
{
	const char *root = NULL;
	size_t root_n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t k = 0; k < l->n; k++) {
			struct found_file *f = &l->v[pass == 0 ? k : l->n - 1 - k];

			if (f->in_mailbox) {
				root = f->path;
				root_n = f->root_n;
			} else if (root != NULL && strlen(f->path) > root_n + 1 && memcmp(f->path, root, root_n) == 0 &&
			    f->path[root_n] == '/' && root_n >= f->base_n) {
				span rest = span_str(f->path + root_n + 1);

				while (rest.n != 0 && rest.p[rest.n - 1] != '/')
					rest.n--;
				f->in_mailbox = true;
				f->root_n = root_n;
				f->folder = rest.n != 0 ? span_first(rest, rest.n - 1) : rest;
			}
		}
	}
}

enum errc walk_paths(struct arena *a, const char *const *paths, size_t n, struct file_list *out, struct err *e)
{
	size_t kept = 0;
	enum errc rc = OK;

	*out = (struct file_list){0};
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = walk_one(a, paths[i], out, e);
	if (rc != OK)
		return rc;
	if (out->n != 0)
		qsort(out->v, out->n, sizeof *out->v, by_path);
	for (size_t i = 0; i < out->n; i++) {
		struct found_file *f = &out->v[i];
		struct mailbox_path box;

		if (kept != 0 && strcmp(out->v[kept - 1].path, f->path) == 0)
			continue;
		out->n_bytes += f->n_bytes;
		if (mailbox_of_path(span_str(f->path), span_of(f->path, f->base_n), &box)) {
			f->in_mailbox = true;
			f->root_n = box.root.n;
			f->folder = box.folder;
		}
		out->v[kept++] = *f;
	}
	out->n = kept;
	adopt(out);
	return OK;
}
