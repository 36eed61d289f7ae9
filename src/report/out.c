#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "report/private.h"

enum errc out_page(const char *path, span page, struct err *e)
{
	return strcmp(path, "-") == 0 ? io_write(STDOUT_FILENO, page, e) : io_write_file(path, page, 0600, e);
}

/* Room for one row; a row with more is no row of ours. */
#define OUT_BYTES (256 * MIB)

void out_to(struct out *o, int fd)
{
	buf_init(&o->b, OUT_BYTES);
	o->fd = fd;
	o->path[0] = '\0';
}

enum errc out_open(struct out *o, const char *path, struct err *e)
{
	char tmp[sizeof o->path + 8];
	int n = snprintf(o->path, sizeof o->path, "%s", path);
	enum errc rc;

	if (strcmp(path, "-") == 0)
		return out_to(o, STDOUT_FILENO), OK;
	buf_init(&o->b, OUT_BYTES);
	o->fd = -1;
	if (n <= 0 || (size_t)n >= sizeof o->path) {
		o->path[0] = '\0';
		return err_set(e, ERR_USAGE, "\"%.200s\" is no path to write to", path);
	}
	(void)snprintf(tmp, sizeof tmp, "%s.new", o->path);
	if ((rc = io_replaceable(path, e)) != OK)
		return rc;
	if ((o->fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)) >= 0)
		return OK;
	return io_unmade(o->path, tmp, e);
}

static enum errc flush(struct out *o, struct err *e)
{
	enum errc rc = buf_check(&o->b, e);

	if (rc == OK)
		rc = io_write(o->fd, buf_span(&o->b), e);
	if (rc != OK && o->path[0] != '\0')
		err_in(e, "%s", o->path);
	buf_clear(&o->b);
	return rc;
}

enum errc out_row(struct out *o, struct err *e) { return o->b.failed || o->b.n >= 64 * KIB ? flush(o, e) : OK; }

enum errc out_close(struct out *o, enum errc rc, struct err *e)
{
	char tmp[sizeof o->path + 8];

	(void)snprintf(tmp, sizeof tmp, "%s.new", o->path);
	if (rc == OK)
		rc = flush(o, e);
	if (o->path[0] != '\0' && o->fd >= 0) {
		if (rc == OK && fsync(o->fd) != 0)
			rc = err_sys(e, "%s", tmp);
		if (close(o->fd) != 0 && rc == OK)
			rc = err_sys(e, "%s", tmp);
		if (rc == OK && rename(tmp, o->path) != 0)
			rc = err_sys(e, "%s", o->path);
		if (rc != OK)
			(void)unlink(tmp);
	}
	buf_wipe(&o->b);
	return rc;
}
