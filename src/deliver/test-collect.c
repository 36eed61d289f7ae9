/*
 * What collected mail may cost: readers that die of all that they touch. The test program is its own worker, and knows by a
 * file's size how to die of it.
 */
#include "base/test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/stop.h"
#include "deliver/deliver.h"
#include "deliver/reader.h"
#include "store/test-rows.h"

/* The files: each mail of the first has seven bytes, the second's reader says that its places have none, the third is no mail, of the fourth it speaks nonsense. */
enum { SEVENS = 1000, NOTHINGS = 999, NO_MAIL = 10, NONSENSE = 11 };
static const char *rules;
static char dir[64];

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

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);
	struct reader_task t;
	enum errc rc = OK;

	(void)state;
	(void)fds;
	(void)n_fds;
	if (!reader_task_take(&c, &t))
		return err_set(e, ERR_WORLD, "a task that makes no sense");
	for (uint32_t i = 0; i < t.n && rc == OK; i++) {
		uint64_t size = cursor_u64(&c), from = i == t.first ? t.from : 0;

		if (i < t.first)
			continue;
		if (size == NO_MAIL) {
			buf_u8(jail_buf(out), READER_NO_MAIL);
			buf_u32(jail_buf(out), i);
		} else if (size == NONSENSE && from == 0) {
			if ((rc = jail_item(out, (struct jail_place){i, 0, 0}, e)) == OK)
				buf_str(jail_buf(out), "\x7f no record");
		} else if (from < size) {
			if ((rc = jail_item(out, (struct jail_place){i, from, size == SEVENS ? 7 : 0}, e)) == OK)
				abort();
		}
	}
	return rc;
}

static const struct jail_job deadly = {"returned", NULL, start, task};

static void write_file(const char *name, size_t n)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/mail/%s", dir, name);
	assert_non_null(f = fopen(path, "w"));
	for (size_t i = 0; i < n; i++)
		(void)fputc('x', f);
	assert_int_equal(fclose(f), 0);
}

/* A case with nothing heard yet, and what is to be collected into it: three files. */
static void begin(struct deliver *d, struct deliver_collect *o, const char **mail, struct arena *a)
{
	static const struct case_config config = {.dir = dir, .our_name = "Us"};

	*d = (struct deliver){.config = &config, .key = SPAN_LIT("k"), .rules = rules, .now_utc = 1700000000};
	*o = (struct deliver_collect){.paths = mail, .n = 1};
	test_name(dir, sizeof dir);
	d->store = rows_case(dir);
	assert_non_null(*mail = arena_printf(a, "%s/mail", dir));
	assert_int_equal(mkdir(*mail, 0700), 0);
	write_file("a", SEVENS);
	write_file("b", NOTHINGS);
	write_file("c", NO_MAIL);
}

static void end(struct deliver *d, struct arena *a)
{
	store_close(d->store);
	assert_int_equal(system(arena_printf(a, "rm -r %s", dir)), 0);
	arena_free(a);
}

static int signal_to_get;
static uint64_t mails_before_it;

static void tick(void *ctx, size_t n, const char *doing)
{
	(void)ctx;
	(void)doing;
	if (n >= mails_before_it)
		(void)raise(signal_to_get);
}

/* Another process begins it and gets that signal; how many of its rows stay, and how it ended. */
static int64_t begun(struct deliver *d, struct arena *a, struct deliver_collect *o, int sig, uint64_t n_mails, int *status)
{
	struct deliver_collected out;
	pid_t pid;

	store_close(d->store);
	signal_to_get = sig;
	mails_before_it = n_mails;
	assert_true((pid = fork()) >= 0);
	if (pid == 0) {
		struct err e;

		stop_on_signals(true);
		o->tick = tick;
		_exit(store_open(&d->store, dir, STORE_WRITE, &e) == OK ? (int)deliver_collect(d, a, o, &out, &e) : 99);
	}
	assert_int_equal(waitpid(pid, status, 0), pid);
	assert_ok(store_open(&d->store, dir, STORE_WRITE, &e));
	return rows_count(d->store, "SELECT count(*) FROM heard");
}

/* Each that cost a reader is a row, and one says that the rest is not read; what stands behind it is. */
static void a_file_costs_a_hundred_readers(struct deliver *d)
{
	assert_int_equal(rows_count(d->store, "SELECT count(*) FROM heard WHERE status LIKE 'not read: the worker %'"), 2 * LIMIT_READER_DEATHS);
	assert_int_equal(rows_count(d->store, "SELECT at_byte FROM heard WHERE path LIKE '%/a' AND status LIKE 'not read from here %100 readers died%'"),
	    7 * LIMIT_READER_DEATHS);
	assert_int_equal(rows_count(d->store, "SELECT at_byte FROM heard WHERE path LIKE '%/b' AND status LIKE 'not read from here %'"), LIMIT_READER_DEATHS);
}

/* One run from beginning to end would leave the same rows. */
static void what_was_collected_before_a_run_was_cut_off_stays(void **state)
{
	const struct { int sig; uint64_t n_mails; } runs[] = {{SIGINT, 1}, {SIGKILL, 201}};
	const int64_t all = 2 * (LIMIT_READER_DEATHS + 1);
	struct arena *a = test_arena();
	struct deliver d;
	const char *mail;
	struct deliver_collect o;
	struct deliver_collected out;
	int64_t n = 0, before;
	int status;

	(void)state;
	begin(&d, &o, &mail, a);
	for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
		before = n;
		n = begun(&d, a, &o, runs[i].sig, runs[i].n_mails, &status);
		assert_true(n > before && n <= all);
		if (runs[i].sig == SIGINT)
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) == ERR_STOPPED);
	}
	assert_ok(deliver_collect(&d, a, &o, &out, &e));
	assert_int_equal((int64_t)out.n_new, all - n);
	assert_int_equal(out.n_no_mail, 1);
	assert_int_equal(rows_count(d.store, "SELECT count(*) FROM heard"), all);
	a_file_costs_a_hundred_readers(&d);
	end(&d, a);
}

/* Whoever takes a reader over does not end the run by what he says. */
static void nonsense_costs_the_file_that_it_is_about(void **state)
{
	struct arena *a = test_arena();
	struct deliver d;
	const char *mail;
	struct deliver_collect o;
	struct deliver_collected out;

	(void)state;
	begin(&d, &o, &mail, a);
	assert_int_equal(system(arena_printf(a, "rm %s/mail/a %s/mail/b", dir, dir)), 0);
	write_file("b", NONSENSE);
	assert_ok(deliver_collect(&d, a, &o, &out, &e));
	assert_int_equal(out.n_no_mail, 1);
	assert_int_equal(out.n_unreadable, 1);
	assert_int_equal(rows_count(d.store, "SELECT count(*) FROM heard WHERE path LIKE '%/b' AND status LIKE 'not read from here to the end of the file: the worker said %no sense'"), 1);
	end(&d, a);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nonsense_costs_the_file_that_it_is_about),
	    cmocka_unit_test(what_was_collected_before_a_run_was_cut_off_stays),
	};

	if (argc > 2 && strcmp(argv[1], "worker") == 0)
		return jail_serve(&deadly, false);
	rules = argc > 1 ? argv[1] : "rules";
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
