/* Archives: members end, each with an outcome and a reason, and what is spooled is as long as it is said to be. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "stream/member.h"
#include "stream/zip-walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, int fd, int spool)
{
	struct archive_reader *r;
	struct member *m;
	struct err e;
	uint64_t index = 0;

	if (archive_open(&r, fd, spool, &e) != OK)
		return;
	while (index < 1000 && archive_next(r, a, &m, &e) == OK && m != NULL) {
		if (m->index != index++ || utf8_valid(m->name) != m->name.n)
			abort();
		if ((m->outcome == MEMBER_READ) != (m->reason == NULL))
			abort();
		if (m->outcome == MEMBER_READ && lseek(spool, 0, SEEK_END) != (off_t)m->n_bytes)
			abort();
	}
	archive_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("archive", 0), spool = memfd_create("spool", 0);
	struct arena *a;
	struct err e;

	(void)archive_sniff(span_of(data, size));
	(void)archive_in_program(span_of(data, size));
	(void)zip_forgets(span_of(data, size));
	if (fd < 0 || spool < 0 || write(fd, data, size) != (ssize_t)size || arena_new(&a, (size_t)1 << 28, &e) != OK)
		abort();
	archive_warm();
	check(a, fd, spool);
	arena_free(a);
	close(fd);
	close(spool);
	return 0;
}
