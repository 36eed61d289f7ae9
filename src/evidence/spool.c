#include "evidence/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum errc spool_open(const char *case_dir, int *fd, struct err *e)
{
	char path[4096];

	if ((*fd = open(case_dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600)) >= 0)
		return OK;
	/* Not every file system has O_TMPFILE. */
	if (snprintf(path, sizeof path, "%s/spool-XXXXXX", case_dir) >= (int)sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", case_dir);
	if ((*fd = mkostemp(path, O_CLOEXEC)) < 0)
		return err_sys(e, "%s: no room for decompressed mail", case_dir);
	(void)unlink(path);
	return OK;
}

enum errc spool_append(int spool, int from, uint64_t at, uint64_t n, struct err *e)
{
	enum { AT_ONCE = 1 << 30 };
	off_t offset = (off_t)at;

	while (n != 0) {
		ssize_t did = sendfile(spool, from, &offset, n < AT_ONCE ? (size_t)n : AT_ONCE);

		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return err_sys(e, "no room for mail in pieces");
		if (did == 0)
			return err_set(e, ERR_EVIDENCE, "the file is shorter than it was when it was opened");
		n -= (uint64_t)did;
	}
	return OK;
}
