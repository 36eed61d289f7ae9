/* Archives: members end, each with an outcome and a reason, and what is spooled is as long as it is said to be. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "stream/member.h"
#include "stream/openpgp.h"
#include "stream/zip-walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Spooled into a descriptor, or, when that is below 0, into memory. */
static void check(struct arena *a, struct archive_reader *r, int spool, const struct buf *into)
{
	struct member *m;
	struct err e;
	uint64_t index = 0;

	while (index < 1000 && archive_next(r, a, &m, &e) == OK && m != NULL) {
		if (m->index != index++ || utf8_valid(m->name) != m->name.n)
			abort();
		if ((m->outcome == MEMBER_READ) != (m->reason == NULL))
			abort();
		if (m->outcome == MEMBER_READ &&
		    (spool < 0 ? into->n : (uint64_t)lseek(spool, 0, SEEK_END)) != m->n_bytes)
			abort();
	}
	archive_close(r);
}

static void check_span(struct arena *a, span bytes, span password)
{
	struct archive_reader *r;
	struct buf into;
	struct err e;

	buf_init(&into, 64 * MIB);
	if (archive_open_span(&r, bytes, &into, password, &e) == OK)
		check(a, r, -1, &into);
	buf_free(&into);
}

static void check_openpgp(struct arena *a, span bytes)
{
	const char *why;
	struct buf into;
	struct err e;
	span name;

	(void)openpgp_kind(bytes);
	buf_init(&into, MIB);
	if (openpgp_open(a, bytes, &into, &name, &why, &e) == OK && why == NULL && into.failed)
		abort();
	buf_free(&into);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("archive", 0), spool = memfd_create("spool", 0);
	static bool warm;
	struct archive_reader *r;
	struct arena *a;
	struct err e;

	(void)archive_sniff(span_of(data, size));
	(void)archive_within(span_of(data, size));
	(void)zip_forgets(span_of(data, size));
	if (fd < 0 || spool < 0 || write(fd, data, size) != (ssize_t)size || arena_new(&a, (size_t)1 << 28, &e) != OK)
		abort();
	if (!warm && archive_warm(&e) != OK)
		abort();
	warm = true;
	if (archive_open(&r, fd, spool, &e) == OK)
		check(a, r, spool, NULL);
	check_openpgp(a, span_of(data, size));
	check_span(a, span_of(data, size), SPAN_EMPTY);
	check_span(a, span_of(data, size), SPAN_LIT("Tonne-Rot-9")); /* as the seeds have it */
	arena_free(a);
	close(fd);
	close(spool);
	return 0;
}
