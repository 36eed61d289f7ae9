/*
 * Any bytes as the reading room's event log, which whoever owns its host has written: opened, taken apart as the worker does, and
 * taken into a case as the keeper does. No line of it may be an error that ends the collecting. And any bytes as a worker's answer.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "notify/event.h"
#include "proof/log.h"
#include "store/db.h"
#include "store/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENTRIES = 100 };
static struct store *st;
static char dir[64] = "/tmp/tocsin-fuzz-events-XXXXXX", path[80];
static int fd; /* of the log at `path` */

static void remove_case(void)
{
	static const char *const names[] = {"case.db", "case.db-wal", "case.db-shm", "case.lock", "events"};
	char name[128];

	store_close(st);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		(void)snprintf(name, sizeof name, "%s/%s", dir, names[i]);
		(void)unlink(name);
	}
	(void)rmdir(dir);
}

static void must(enum errc rc, const struct err *e)
{
	if (rc == OK)
		return;
	(void)fprintf(stderr, "%s\n", e->text);
	abort();
}

/* One case that was sealed, "c", with a record and an exposure. */
static void case_make(void)
{
	struct err e = {0};

	if (st != NULL)
		return;
	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(path, sizeof path, "%s/events", dir);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		abort();
	must(store_create(dir, &e), &e);
	must(store_open(&st, dir, STORE_WRITE, &e), &e);
	(void)atexit(remove_case);
	must(sql_script(st->sql,
	    "INSERT INTO org (id, key, name, country, language, tenant, notes, origin) VALUES (1, 'k', 'Them', '', '', '', '', 2);"
	    "INSERT INTO sealed VALUES (1, 1, 1, 1, 'c', zeroblob(32), 1, 1, 0, 0);"
	    "INSERT INTO sealed_record VALUES (1, 'r', 1); INSERT INTO sealed_exposure VALUES (1, 'x', 1);",
	    &e), &e);
}

/* ours: what event_read wrote, which must be taken. */
static void take(span line, span said, uint64_t number, bool ours)
{
	struct cursor c = cursor_of(said);
	struct portal_entry p;
	struct err e = {0};
	bool known, bad;

	if (!event_take(&c, number, line, &p, &bad)) {
		if (ours)
			abort();
		return;
	}
	must(portal_take(st, &p, &known, &e), &e);
}

static void lines(struct merkle_log *log, struct arena *a)
{
	unsigned char salt[LOG_SALT];
	struct err e = {0};
	struct buf out;
	span line;

	buf_init(&out, 64 * MIB);
	for (uint64_t i = 0; i < merkle_log_size(log) && i < ENTRIES; i++) {
		arena_reset(a);
		buf_clear(&out);
		must(merkle_log_entry(log, a, i, &line, salt, &e), &e);
		must(event_read(a, line, &out, &e), &e);
		must(buf_check(&out, &e), &e);
		take(line, buf_span(&out), i, true);
	}
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct merkle_log *log = NULL;
	struct arena *a;
	struct err e = {0};
	enum errc rc;

	case_make();
	if (arena_new(&a, 64 * MIB, NULL) != OK || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	must(sql_script(st->sql, "SAVEPOINT one", &e), &e);
	if ((rc = merkle_log_open(&log, path, LOG_READ, &e)) == OK)
		lines(log, a);
	else if (rc != ERR_USAGE)
		must(rc, &e);
	merkle_log_close(log);
	take(SPAN_LIT("{}"), span_of(data, size), ENTRIES, false);
	must(sql_script(st->sql, "ROLLBACK TO one; RELEASE one", &e), &e);
	arena_free(a);
	return 0;
}
