/* Re-reading by a worker that always dies: each message is failed once, and the run comes to its end. */
#include "base/test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/evidence.h"
#include "jail/jail.h"
#include "store/mail.h"

enum { MESSAGES = 5 };

static char path[100];

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	(void)ctx;
	(void)state;
	(void)init;
	(void)fds;
	(void)n_fds;
	(void)e;
	return OK;
}

/* Before it has said where it is. */
static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	(void)state;
	(void)out;
	(void)payload;
	(void)fds;
	(void)n_fds;
	(void)e;
	abort();
}

/* What is no result, behind one that is: of the first message that it was asked for. */
static enum errc lie(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);

	(void)state;
	(void)fds;
	(void)n_fds;
	(void)e;
	buf_u32(jail_buf(out), cursor_u32(&c));
	buf_u8(jail_buf(out), 1);
	buf_bytes(jail_buf(out), SPAN_EMPTY);
	buf_u8(jail_buf(out), 0xff);
	return OK;
}

static const struct jail_job jobs[] = {{"dying", NULL, start, task}, {"lying", NULL, start, lie}};

struct told { int64_t next; char ids[64]; };

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct told *t = ctx;

	(void)e;
	for (*n = 0; *n < max && t->next < MESSAGES;)
		ids[(*n)++] = ++t->next;
	return OK;
}

static enum errc places(void *ctx, struct arena *a, const int64_t *ids, size_t n, struct place_row *out, struct err *e)
{
	struct stat sb;

	(void)ctx;
	(void)a;
	(void)e;
	assert_int_equal(stat(path, &sb), 0);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct place_row){.message_id = ids[i], .found = true, .source_id = 1, .path = path, .nest = "", .n_bytes = 1,
		    .source_bytes = (uint64_t)sb.st_size};
	return OK;
}

static enum errc on_message(void *ctx, int64_t id, span result, struct err *e)
{
	struct told *t = ctx;
	size_t n = strlen(t->ids);

	(void)result;
	(void)e;
	(void)snprintf(t->ids + n, sizeof t->ids - n, "%d+ ", (int)id);
	return OK;
}

static enum errc on_failed(void *ctx, int64_t id, const char *reason, struct err *e)
{
	struct told *t = ctx;
	size_t n = strlen(t->ids);

	(void)snprintf(t->ids + n, sizeof t->ids - n, "%d ", (int)id);
	return strstr(reason, "failed assertion") != NULL || strstr(reason, "a result that is none") != NULL ? OK : err_set(e, ERR_WORLD, "%s", reason);
}

/* What becomes of the messages of a run with that worker: their numbers, those that were read with a "+". */
static const char *read_by(const char *worker)
{
	static struct told t;
	const struct evidence_job job = {.name = worker};
	struct evidence_run run = {.job = &job, .init_fd = -1, .n_workers = 1, .ctx = &t, .next_ids = next_ids, .places = places,
	    .on_message = on_message, .on_failed = on_failed};
	int fd;

	t = (struct told){0};
	test_name(path, sizeof path);
	fd = mkstemp(path);
	assert_true(fd >= 0 && write(fd, "x", 1) == 1);
	(void)close(fd);
	assert_ok(evidence_read(&run, &e));
	(void)unlink(path);
	return t.ids;
}

static void a_worker_that_never_says_where_it_is_comes_to_an_end(void **state)
{
	(void)state;
	assert_string_equal(read_by("dying"), "1 2 3 4 5 ");
}

static void what_is_no_result_costs_one_message(void **state)
{
	(void)state;
	assert_string_equal(read_by("lying"), "1+ 2 3+ 4 5+ ");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_worker_that_never_says_where_it_is_comes_to_an_end),
	    cmocka_unit_test(what_is_no_result_costs_one_message),
	};

	if (argc > 2 && strcmp(argv[1], "worker") == 0)
		return jail_serve(&jobs[strcmp(argv[2], "lying") == 0], false);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
