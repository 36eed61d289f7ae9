#include "ingest/walk.h"

#include <stdlib.h>

#include "evidence/walk.h"

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

/* What the path of a folder says holds for all files in it: they come one behind the other, so it is asked once. */
static bool as_before(const struct found_file *before, struct found_file *f)
{
	size_t folder_n = (size_t)(strrchr(f->path, '/') - f->path) + 1;
	const char *name = before->path + folder_n;

	if (!before->in_mailbox || before->base_n != f->base_n || strncmp(before->path, f->path, folder_n) != 0 || strchr(name, '/') != NULL ||
	    before->folder.p == (const unsigned char *)name) /* the file's own name is that of a folder */
		return false;
	f->in_mailbox = true;
	f->root_n = before->root_n;
	f->folder = before->folder;
	return true;
}

enum errc found_look(struct arena *a, struct file_list *l, struct found_file *f, int fd, struct err *e)
{
	struct walked_file w = {.path = f->path};
	enum errc rc = walk_look(a, &w, fd, e);

	l->n_unlooked -= f->unlooked;
	f->unlooked = false;
	f->n_bytes = w.n_bytes;
	f->mtime_ns = w.mtime_ns;
	f->cannot = w.cannot;
	f->no_file = w.no_file;
	l->n_bytes += f->n_bytes;
	return rc;
}

enum errc walk_paths(struct arena *a, const char *const *paths, size_t n, bool later, struct file_list *out, struct err *e)
{
	struct walked_files all;
	enum errc rc;

	*out = (struct file_list){0};
	if ((rc = walk_files(a, paths, n, later, &all, e)) != OK || all.n == 0)
		goto out;
	if ((out->v = calloc(all.n, sizeof *out->v)) == NULL) {
		rc = err_memory(e);
		goto out;
	}
	for (; out->n < all.n; out->n++) {
		const struct walked_file *w = &all.v[out->n];
		struct found_file *f = &out->v[out->n];
		struct mailbox_path box;

		*f = (struct found_file){.path = w->path, .base_n = w->base_n, .n_bytes = w->n_bytes, .mtime_ns = w->mtime_ns,
		    .cannot = w->cannot, .no_file = w->no_file, .unlooked = w->unlooked};
		out->n_bytes += f->n_bytes;
		out->n_unlooked += f->unlooked;
		if (out->n != 0 && as_before(f - 1, f))
			continue;
		if (mailbox_of_path(span_str(f->path), span_of(f->path, f->base_n), &box)) {
			f->in_mailbox = true;
			f->root_n = box.root.n;
			f->folder = box.folder;
		}
	}
	adopt(out);
out:
	free(all.v);
	return rc;
}
