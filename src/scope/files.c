#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "scope/private.h"

static struct log_file *add(struct log_files *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap != 0 ? 2 * l->cap : 64;
		struct log_file *v = realloc(l->v, cap * sizeof *v);

		if (v == NULL)
			return NULL;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n] = (struct log_file){0};
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
	default:
		return "not a regular file";
	}
}

static enum errc walk_one(struct arena *a, const char *path, struct log_files *out, struct err *e)
{
	char *real = realpath(path, NULL);
	char *const roots[] = {real, NULL};
	enum errc rc = OK;
	FTS *fts = NULL;
	FTSENT *ent;

	if (real == NULL)
		return err_set(e, ERR_USAGE, "%s: %s", path, strerror(errno));
	if ((fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL) {
		rc = err_sys(e, "%s", path);
		goto out;
	}
	while (errno = 0, (ent = fts_read(fts)) != NULL) {
		struct log_file *f;

		if (ent->fts_info == FTS_D || ent->fts_info == FTS_DP)
			continue;
		if ((f = add(out)) == NULL || (f->path = arena_cstr(a, span_of(ent->fts_path, ent->fts_pathlen))) == NULL) {
			rc = err_memory(e);
			goto out;
		}
		if ((f->cannot = cannot_text(a, ent)) != NULL || ent->fts_info != FTS_F)
			continue;
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
	const struct log_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

enum errc files_walk(struct arena *a, const char *const *paths, size_t n, struct log_files *out, struct err *e)
{
	size_t kept = 0;
	enum errc rc = OK;

	*out = (struct log_files){0};
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = walk_one(a, paths[i], out, e);
	if (rc != OK || out->n == 0)
		return rc;
	qsort(out->v, out->n, sizeof *out->v, by_path);
	for (size_t i = 0; i < out->n; i++)
		if (kept == 0 || strcmp(out->v[kept - 1].path, out->v[i].path) != 0)
			out->v[kept++] = out->v[i];
	out->n = kept;
	return OK;
}
