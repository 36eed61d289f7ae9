/*
 * outlook-dump FILE: each item of a PST, or the one of a .msg or winmail.dat, as lines: name, what could not be read of it (or why
 * it was not read), length of its rendering; then that. For t/pst-real.py and t/msg-real.py.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <fcntl.h>

#include "base/io.h"
#include "base/limits.h"
#include "mail/foreign.h"
#include "mail/pst.h"
#include "stream/charset.h"

static void put(span name, const char *reason, span message)
{
	(void)printf("%.*s\n%s\n%zu\n", (int)name.n, (const char *)name.p, reason != NULL ? reason : "", message.n);
	(void)fwrite(message.p, 1, message.n, stdout);
}

static enum errc dump(struct pst *p, struct arena *a, struct err *e)
{
	enum errc rc = OK;
	bool found = true;

	for (uint64_t i = 0; rc == OK; i++) {
		struct box_unit u;

		arena_reset(a);
		if ((rc = pst_unit(p, a, i, BOX_ALL, &u, &found, e)) != OK || !found)
			break;
		if (u.outcome != BOX_NOTHING)
			put(u.name, u.reason, u.outcome == BOX_FAILED ? SPAN_EMPTY : u.message);
	}
	return rc;
}

static enum errc dump_foreign(struct arena *a, span file, struct err *e)
{
	struct foreign f;
	enum errc rc = foreign_read(a, file, &f, e);

	if (rc == OK && f.form == NULL)
		return err_set(e, ERR_EVIDENCE, "no item of Outlook");
	if (rc == OK)
		put(span_str(f.form), f.missing, f.rendered);
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
	if ((rc = charset_open(&e)) == OK && (rc = io_read_fd(fd, &b, &e)) == OK && (rc = arena_new(&a, GIB, &e)) == OK) {
		if (!pst_sniff(buf_span(&b)))
			rc = dump_foreign(a, buf_span(&b), &e);
		else if ((rc = pst_open(&p, buf_span(&b), &e)) == OK)
			rc = dump(p, a, &e);
	}
	if (rc != OK)
		(void)fprintf(stderr, "%s: %s\n", argv[1], e.text);
	pst_close(p);
	arena_free(a);
	buf_free(&b);
	(void)close(fd);
	return rc == OK ? 0 : 1;
}
