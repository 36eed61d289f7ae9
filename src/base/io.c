#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum errc io_write(int fd, span s, struct err *e)
{
	while (s.n != 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return err_sys(e, "write");
		}
		s = span_from(s, (size_t)n);
	}
	return OK;
}

enum errc io_read_fd(int fd, struct buf *out, struct err *e)
{
	for (;;) {
		ssize_t n;

		if (out->n == out->max) {
			unsigned char one;

			n = read(fd, &one, 1);
			if (n == 0)
				return OK;
			if (n > 0)
				return err_set(e, ERR_LIMIT, "more than %zu bytes", out->max);
		} else {
			size_t want = out->max - out->n < 65536 ? out->max - out->n : 65536;

			if (!buf_room(out, want))
				return err_memory(e);
			n = read(fd, out->p + out->n, want);
			if (n == 0)
				return OK;
			if (n > 0) {
				out->n += (size_t)n;
				continue;
			}
		}
		if (n < 0 && errno != EINTR)
			return err_sys(e, "read");
	}
}

/* A file whose length is known is read to where it is to stay. false: it has none, or another one by now. */
static bool read_at_once(struct arena *a, int fd, size_t max, span *out)
{
	struct stat st;
	unsigned char *p;
	size_t n = 0;
	ssize_t got = -1;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 || (uint64_t)st.st_size > max ||
	    (p = arena_alloc(a, (size_t)st.st_size + 1)) == NULL)
		return false;
	while (n <= (size_t)st.st_size && (got = pread(fd, p + n, (size_t)st.st_size + 1 - n, (off_t)n)) > 0)
		n += (size_t)got;
	if (got != 0 || n != (size_t)st.st_size)
		return false;
	p[n] = '\0';
	*out = span_of(p, n);
	return true;
}

enum errc io_read_file(struct arena *a, const char *path, size_t max, span *out, struct err *e)
{
	struct buf b;
	enum errc rc;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "%s", path);
	buf_init(&b, max);
	if (read_at_once(a, fd, max, out))
		rc = OK;
	else if ((rc = io_read_fd(fd, &b, e)) != OK)
		err_in(e, "%s", path);
	else if ((*out = arena_copy(a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_wipe(&b);
	(void)close(fd);
	return rc;
}

static enum errc new_name(char out[4096], const char *path, struct err *e)
{
	int n = snprintf(out, 4096, "%s.new", path);

	return n < 0 || n >= 4096 ? err_set(e, ERR_USAGE, "%s: path too long", path) : OK;
}

enum errc io_unmade(const char *path, const char *tmp, struct err *e)
{
	if (errno == ENOENT)
		return err_set(e, ERR_WORLD, "%s: the folder that it is to be written into is not there", path);
	return err_sys(e, "%s", errno == ENOTDIR || errno == EACCES || errno == EROFS ? path : tmp);
}

enum errc io_replaceable(const char *path, struct err *e)
{
	struct stat sb;

	if (stat(path, &sb) != 0 || S_ISREG(sb.st_mode))
		return OK;
	return err_set(e, ERR_WORLD, "%s: that is %s, no file that could be replaced", path, S_ISDIR(sb.st_mode) ? "a folder" : "a device or a pipe");
}

static enum errc write_new(const char *path, span s, unsigned mode, bool sync, struct err *e)
{
	char tmp[4096];
	enum errc rc = new_name(tmp, path, e);
	int fd;

	if (rc != OK || (rc = io_replaceable(path, e)) != OK)
		return rc;
	if ((fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)) < 0)
		return io_unmade(path, tmp, e);
	if ((rc = io_write(fd, s, e)) == OK && sync && fsync(fd) != 0)
		rc = err_sys(e, "fsync");
	if (close(fd) != 0 && rc == OK)
		rc = err_sys(e, "close");
	if (rc != OK) {
		(void)unlink(tmp);
		err_in(e, "%s", path);
	}
	return rc;
}

enum errc io_write_new(const char *path, span s, unsigned mode, struct err *e) { return write_new(path, s, mode, false, e); }

enum errc io_take_new(const char *path, struct err *e)
{
	char tmp[4096];
	enum errc rc = new_name(tmp, path, e);

	if (rc != OK || rename(tmp, path) == 0)
		return rc;
	rc = err_sys(e, "rename");
	(void)unlink(tmp);
	err_in(e, "%s", path);
	return rc;
}

void io_drop_new(const char *path)
{
	char tmp[4096];
	struct err none;

	if (new_name(tmp, path, &none) == OK)
		(void)unlink(tmp);
}

static enum errc write_file(const char *path, span s, unsigned mode, bool sync, struct err *e)
{
	enum errc rc = write_new(path, s, mode, sync, e);

	return rc == OK ? io_take_new(path, e) : rc;
}

enum errc io_write_file(const char *path, span s, unsigned mode, struct err *e) { return write_file(path, s, mode, true, e); }
enum errc io_write_unsynced(const char *path, span s, unsigned mode, struct err *e) { return write_file(path, s, mode, false, e); }

enum errc io_sync(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum errc rc = OK;

	if (fd < 0 || syncfs(fd) != 0)
		rc = err_sys(e, "%s", dir);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

enum errc io_sync_name(const char *path, struct err *e)
{
	char *dir = strdup(path), *slash = dir != NULL ? strrchr(dir, '/') : NULL;
	enum errc rc = OK;
	int fd;

	if (dir == NULL)
		return err_memory(e);
	if (slash != NULL)
		slash[slash == dir ? 1 : 0] = '\0';
	fd = open(slash != NULL ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		rc = err_sys(e, "%s", path);
	if (fd >= 0)
		(void)close(fd);
	free(dir);
	return rc;
}

enum errc io_make_dir(const char *path, unsigned mode, struct err *e)
{
	return mkdir(path, mode) == 0 || errno == EEXIST ? OK : err_sys(e, "%s", path);
}

void io_close_all(const int *fds, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && fds[end] == fds[end - 1] + 1;)
			end++;
		if (end - i > 1 && close_range((unsigned)fds[i], (unsigned)fds[end - 1], 0) == 0)
			continue;
		for (size_t k = i; k < end; k++)
			(void)close(fds[k]);
	}
}

enum errc io_room(int fd, size_t n, struct err *e)
{
	struct stat sb;
	int bad;

	if (fstat(fd, &sb) != 0)
		return err_sys(e, "fstat");
	while ((bad = posix_fallocate(fd, sb.st_size, (off_t)n)) == EINTR)
		;
	if (ftruncate(fd, sb.st_size) != 0)
		return err_sys(e, "ftruncate");
	errno = bad;
	return bad == 0 ? OK : err_sys(e, "write");
}

size_t io_descriptors(size_t wanted)
{
	struct rlimit l;
	rlim_t had;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0)
		return 0;
	had = l.rlim_cur;
	wanted += LIMIT_OWN_FDS;
	if (l.rlim_cur < wanted && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max < wanted ? l.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &l) != 0)
			l.rlim_cur = had;
	}
	return l.rlim_cur > LIMIT_OWN_FDS ? (size_t)l.rlim_cur - LIMIT_OWN_FDS : 0;
}
