/* pst-dump FILE: each message of a PST as "name", its length, its rendering. For t/pst-real.py. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <fcntl.h>

#include "base/io.h"
#include "base/limits.h"
#include "mail/pst.h"
#include "stream/charset.h"

static enum errc dump(struct pst *p, struct arena *a, struct err *e)
{
	enum errc rc = OK;
	bool found = true;

	for (uint64_t i = 0; rc == OK; i++) {
		struct box_unit u;

		arena_reset(a);
		if ((rc = pst_unit(p, a, i, BOX_ALL, &u, &found, e)) != OK || !found)
			break;
		if (u.outcome != BOX_MESSAGE && u.outcome != BOX_PARTIAL)
			continue;
		(void)printf("%.*s\n%zu\n", (int)u.name.n, (const char *)u.name.p, u.message.n);
		(void)fwrite(u.message.p, 1, u.message.n, stdout);
	}
	return rc;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	struct arena *a = NULL;
	struct pst *p = NULL;
	struct err e = {0};
	struct buf b;
	enum errc rc;

	buf_init(&b, 4 * GIB);
	if (fd < 0)
		return 2;
	if ((rc = charset_open(&e)) == OK && (rc = io_read_fd(fd, &b, &e)) == OK && (rc = arena_new(&a, GIB, &e)) == OK &&
	    (rc = pst_open(&p, buf_span(&b), &e)) == OK)
		rc = dump(p, a, &e);
	if (rc != OK)
		(void)fprintf(stderr, "%s: %s\n", argv[1], e.text);
	pst_close(p);
	arena_free(a);
	buf_free(&b);
	(void)close(fd);
	return rc == OK ? 0 : 1;
}
