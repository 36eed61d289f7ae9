#include "evidence/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"

/* Folders found and not yet looked into: a list, not the stack, so that depth costs no descriptors. */
struct walk {
	struct arena *a;
	struct walked_files *out;
	size_t base_n;
	bool later;
	span *todo;
	size_t n_todo, cap_todo;
};

static struct walked_file *add(struct walk *w, const char *path)
{
	struct walked_files *l = w->out;

	if (!ROOM(l->v, l->n, l->cap))
		return NULL;
	l->v[l->n] = (struct walked_file){.path = path, .base_n = w->base_n};
	return &l->v[l->n++];
}

static enum errc add_folder(struct walk *w, span path, struct err *e)
{
	if (!ROOM(w->todo, w->n_todo, w->cap_todo))
		return err_memory(e);
	w->todo[w->n_todo++] = path;
	return OK;
}

/* What the system said of a path: the evidence's fault, which is a row, or our lack, which ends the run. */
static enum errc unreadable(struct arena *a, struct walked_file *f, int why, struct err *e)
{
	if (why == ENOMEM || why == EMFILE || why == ENFILE) {
		errno = why;
		return err_sys(e, "%s", f->path);
	}
	return (f->cannot = arena_printf(a, "cannot be read: %s", strerror(why))) != NULL ? OK : err_memory(e);
}

static enum errc add_unreadable(struct walk *w, span path, int why, struct err *e)
{
	struct walked_file *f = add(w, (const char *)path.p);

	return f != NULL ? unreadable(w->a, f, why, e) : err_memory(e);
}

static void seen(struct walked_file *f, const struct stat *sb)
{
	f->unlooked = false;
	if (!S_ISREG(sb->st_mode)) {
		f->no_file = true;
		f->cannot = S_ISLNK(sb->st_mode) ? "symbolic link, not followed" : "not a regular file";
		return;
	}
	f->n_bytes = (uint64_t)sb->st_size;
	f->mtime_ns = (int64_t)sb->st_mtim.tv_sec * 1000000000 + sb->st_mtim.tv_nsec;
}

enum errc walk_look(struct arena *a, struct walked_file *f, int fd, struct err *e)
{
	struct stat sb;

	f->unlooked = false;
	if ((fd >= 0 ? fstat(fd, &sb) : lstat(f->path, &sb)) != 0)
		return unreadable(a, f, errno, e);
	seen(f, &sb);
	return OK;
}

/* One entry: looked at by its name in an open folder, which saves the way to it. path ends in NUL. */
static enum errc look(struct walk *w, int dir_fd, const char *name, span path, struct err *e)
{
	struct walked_file *f;
	struct stat sb;

	if (fstatat(dir_fd, name, &sb, AT_SYMLINK_NOFOLLOW) != 0)
		return add_unreadable(w, path, errno, e);
	if (S_ISDIR(sb.st_mode))
		return add_folder(w, path, e);
	if ((f = add(w, (const char *)path.p)) == NULL)
		return err_memory(e);
	seen(f, &sb);
	return OK;
}

/* Files of a folder that has too few of them to leave them for later. */
static enum errc look_at_all(struct walk *w, int dir_fd, size_t from, size_t name_at, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = from; i < w->out->n && rc == OK; i++) {
		struct walked_file *f = &w->out->v[i];
		struct stat sb;

		if (!f->unlooked)
			continue;
		f->unlooked = false;
		if (fstatat(dir_fd, f->path + name_at, &sb, AT_SYMLINK_NOFOLLOW) != 0)
			rc = unreadable(w->a, f, errno, e);
		else
			seen(f, &sb);
	}
	return rc;
}

static span joined(struct arena *a, span folder, const char *name)
{
	size_t n = strlen(name), slash = folder.n != 0 && folder.p[folder.n - 1] == '/' ? 0 : 1;
	unsigned char *p = arena_alloc(a, folder.n + slash + n + 1);

	if (p == NULL)
		return SPAN_EMPTY;
	memcpy(p, folder.p, folder.n);
	if (slash != 0)
		p[folder.n] = '/';
	memcpy(p + folder.n + slash, name, n + 1);
	return span_of(p, folder.n + slash + n);
}

static enum errc look_into(struct walk *w, span folder, struct err *e)
{
	int fd = open((const char *)folder.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	size_t from = w->out->n, unlooked = 0, name_at = 0;
	struct dirent *entry;
	struct walked_file *f;
	enum errc rc = OK;

	if (dir == NULL) {
		int why = errno;

		if (fd >= 0)
			(void)close(fd);
		return add_unreadable(w, folder, why, e);
	}
	while (rc == OK && (errno = 0, entry = readdir(dir)) != NULL) {
		span path;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if ((path = joined(w->a, folder, entry->d_name)).p == NULL)
			rc = err_memory(e);
		else if (!w->later || entry->d_type != DT_REG)
			rc = look(w, fd, entry->d_name, path, e);
		else if ((f = add(w, (const char *)path.p)) == NULL)
			rc = err_memory(e);
		else {
			f->unlooked = true;
			unlooked++;
			name_at = path.n - strlen(entry->d_name);
		}
	}
	if (rc == OK && errno != 0)
		rc = add_unreadable(w, folder, errno, e);
	if (rc == OK && unlooked < WALK_MANY)
		rc = look_at_all(w, fd, from, name_at, e);
	(void)closedir(dir);
	return rc;
}

static enum errc walk_one(struct walk *w, const char *path, struct err *e)
{
	char *real = realpath(path, NULL);
	span root;
	enum errc rc;

	if (real == NULL)
		return err_set(e, errno == ENOMEM ? ERR_MEMORY : ERR_USAGE, "%s: %s", path, strerror(errno));
	root = span_of(arena_cstr(w->a, span_str(real)), strlen(real));
	free(real);
	if (root.p == NULL)
		return err_memory(e);
	w->base_n = root.n;
	rc = look(w, AT_FDCWD, (const char *)root.p, root, e);
	while (rc == OK && w->n_todo != 0)
		rc = look_into(w, w->todo[--w->n_todo], e);
	return rc;
}

static int by_path(const void *a, const void *b)
{
	const struct walked_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

enum errc walk_files(struct arena *a, const char *const *paths, size_t n, bool later, struct walked_files *out, struct err *e)
{
	struct walk w = {.a = a, .out = out, .later = later};
	size_t kept = 0;
	enum errc rc = OK;

	*out = (struct walked_files){0};
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = walk_one(&w, paths[i], e);
	free(w.todo);
	if (rc != OK || out->n == 0)
		return rc;
	qsort(out->v, out->n, sizeof *out->v, by_path);
	for (size_t i = 0; i < out->n; i++)
		if (kept == 0 || strcmp(out->v[kept - 1].path, out->v[i].path) != 0)
			out->v[kept++] = out->v[i];
	out->n = kept;
	return OK;
}
