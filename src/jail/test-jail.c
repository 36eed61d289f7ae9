/*
 * The pool is tried with a job that lives in this test: the test program starts itself as its worker, as tocsin
 * does, since both are /proc/self/exe.
 */
#include "base/test.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "jail/jail.h"

/* A descriptor that comes along has a byte for each start; "x": that one does not come to its end. */
static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	char how;

	(void)ctx;
	(void)state;
	if (n_fds != 0 && read(fds[0], &how, 1) == 1) {
		if (how == 'x')
			abort();
		while (how == 'h')
			(void)pause();
	}
	return span_eq(init, SPAN_LIT("hello")) ? OK : err_set(e, ERR_USAGE, "no hello");
}

/* A worker may not sleep; it may wait for what nobody wakes, which costs no processor. */
static void wait_ms(unsigned ms)
{
	static const int never;

	(void)syscall(SYS_futex, &never, FUTEX_WAIT_PRIVATE, 0, &(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L});
}

/* A payload is a run of commands, an item each; the result of an item is its letter in upper case. */
static void *volatile kept;

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	(void)state;
	(void)fds;
	(void)n_fds;
	for (size_t i = 0; i < payload.n; i++) {
		volatile int *null = NULL;
		enum errc rc = jail_item(out, (struct jail_place){i, payload.p[i], 0}, e);

		if (rc != OK)
			return rc;
		switch (payload.p[i]) {
		case '!':
			*null = 1;
			break;
		case 'o':
			(void)open("/etc/passwd", O_RDONLY);
			break;
		case 's':
			(void)socket(AF_INET, SOCK_STREAM, 0);
			break;
		case 'x':
			(void)fork();
			break;
		case 'v': /* signal 0 does nothing, and says that another could be sent */
			(void)syscall(SYS_tgkill, 1, 1, 0);
			break;
		case 'w': /* half a frame, and no more */
			if (write(3, "\4\377", 2) == 2)
				for (ssize_t n = 1; n > 0;)
					n = read(3, &(char){0}, 1);
			break;
		case 't': /* a frame that never ends, though each byte of it comes in time */
			for (ssize_t n = write(3, "\4\377\377\377", 5); n > 0; n = write(3, "t", 1))
				wait_ms(100);
			break;
		case 'l':
			later_need(LATER_ARCHIVES);
			break;
		case 'u':
			later_need(LATER_OUTLOOK);
			break;
		case '@':
			for (rc = jail_beat(out, e); rc == OK; rc = jail_beat(out, e))
				wait_ms(50);
			return rc;
		case '&':
			for (uint64_t k = 0; rc == OK; k++) {
				rc = jail_item(out, (struct jail_place){i, payload.p[i], k}, e);
				wait_ms(50);
			}
			return rc;
		case '3': /* results without a byte, as fast as they are taken */
			while (write(3, "\4\0\0\0\0", 5) == 5)
				;
			return OK;
		case '#':
			buf_printf(jail_buf(out), "%d ", (int)getpid());
			break;
		case 'y':
		case 'z':
			wait_ms(payload.p[i] == 'y' ? 3000 : 1000);
			break;
		case '1':
			return err_set(e, ERR_WORLD, "archive: Input/output error");
		case '2': /* as if somebody had stopped it */
			return err_set(e, ERR_STOPPED, "\033stopped");
		case 'm': /* volatile: a compiler may do without memory that nobody looks at */
			kept = malloc((size_t)3 << 30);
			if (kept == NULL)
				return err_memory(e);
			break;
		default:
			break;
		}
		buf_byte(jail_buf(out), (unsigned char)(payload.p[i] - 32));
	}
	return OK;
}

static const struct jail_job job = {"test", NULL, start, task};

struct seen { const char *const *tasks; size_t next; struct buf got; uint64_t kill_ms; /* when workers are killed; 0: never */ int dying, to_write; };

static enum errc next(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	*more = s->tasks[s->next] != NULL;
	if (*more)
		buf_str(&t->payload, s->tasks[s->next++]);
	if (*more && s->to_write > 0)
		t->fds[t->n_fds++] = dup(s->to_write);
	return OK;
}

static enum errc done(void *ctx, const struct task_result *r, struct buf *rest, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	buf_put(&s->got, r->bytes);
	if (r->lacked) {
		buf_printf(&s->got, "<%c: lacked>", (int)r->place.at);
		buf_put(rest, span_from(r->payload, (size_t)r->place.unit));
		return OK;
	}
	if (r->died != NULL) {
		buf_printf(&s->got, "<%c: %s>", (int)r->place.at, r->died);
		buf_put(rest, span_from(r->payload, (size_t)r->place.unit + 1));
		if (rest->n != 0)
			return OK;
	}
	buf_byte(&s->got, ' ');
	return OK;
}

/* Of the pool: signals to processes that are no child of this one, or no more: whose the number is by now nobody knows. */
static unsigned strangers;

int kill(pid_t pid, int sig)
{
	siginfo_t info;

	strangers += pid <= 0 || waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0;
	return (int)syscall(SYS_kill, pid, sig);
}

static void run_for(const char *const *tasks, unsigned n_workers, unsigned left, bool goes_on, unsigned stall_ms, const char *want)
{
	struct seen s = {.tasks = tasks};
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .n_workers = n_workers, .left = left, .goes_on = goes_on, .stall_ms = stall_ms,
	    .ctx = &s, .next = next, .done = done};

	buf_init(&s.got, 4 << 20);
	assert_ok(pool_run(&p, &e));
	assert_span(buf_span(&s.got), want);
	buf_free(&s.got);
}

static void run_left(const char *const *tasks, unsigned n_workers, unsigned left, bool goes_on, const char *want)
{
	run_for(tasks, n_workers, left, goes_on, 60000, want);
}

static void run(const char *const *tasks, unsigned n_workers, const char *want) { run_left(tasks, n_workers, 0, false, want); }

static void results_come_in_the_order_of_the_tasks(void **state)
{
	static const char *const tasks[] = {"abc", "d", "", "efgh", "i", "j", "k", "l", "n", "p", "q", "r", NULL};

	(void)state;
	for (unsigned n = 1; n <= 3; n++)
		run(tasks, n, "ABC D  EFGH I J K L N P Q R ");
}

/* Two large files are read at once, also where one worker is up before the other. */
static void two_tasks_go_to_two_workers(void **state)
{
	static const char *const tasks[] = {"#z", "#z", NULL};
	struct seen s = {.tasks = tasks};
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .n_workers = 2, .stall_ms = 60000, .ctx = &s, .next = next, .done = done};
	int first = 0, second = 0;

	(void)state;
	buf_init(&s.got, 4096);
	assert_ok(pool_run(&p, &e));
	assert_int_equal(sscanf(buf_cstr(&s.got), "%d %*2c %d", &first, &second), 2);
	assert_int_not_equal(first, second);
	buf_free(&s.got);
}

static void a_crash_costs_the_item_and_nothing_else(void **state)
{
	static const char *const tasks[] = {"ab!cd", "!", "e", "g!!h", NULL};

	(void)state;
	for (unsigned n = 1; n <= 2; n++)
		run(tasks, n,
		    "AB<!: the worker crashed (memory fault)>CD <!: the worker crashed (memory fault)> E "
		    "G<!: the worker crashed (memory fault)><!: the worker crashed (memory fault)>H ");
}

/* The first worker is killed, and the second is dying: it still gets the task of the first, and does nothing with it. */
static void kill_both(void *ctx)
{
	struct seen *s = ctx;
	siginfo_t info;
	FILE *f;

	if (s->kill_ms == 0 || time_monotonic_ms() < s->kill_ms)
		return;
	if (s->dying == 0) {
		int first;

		assert_non_null(f = fopen("/proc/thread-self/children", "r"));
		if (fscanf(f, "%d %d", &first, &s->dying) != 2)
			s->dying = 0;
		(void)fclose(f);
		if (s->dying == 0) /* they are still being started */
			return;
		assert_int_equal(kill(s->dying, SIGSTOP), 0);
		assert_int_equal(waitid(P_PID, (id_t)s->dying, &info, WSTOPPED), 0);
		assert_int_equal(kill(first, SIGKILL), 0);
		return;
	}
	assert_int_equal(kill(s->dying, SIGKILL), 0);
	s->kill_ms = 0;
}

static void two_may_be_killed_at_once(void **state)
{
	static const char *const tasks[] = {"y", "b", NULL};
	struct seen s = {.tasks = tasks, .kill_ms = time_monotonic_ms() + 600};
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .n_workers = 2, .stall_ms = 60000, .ctx = &s, .next = next, .done = done, .tick = kill_both};

	(void)state;
	buf_init(&s.got, 4096);
	assert_ok(pool_run(&p, &e));
	assert_span(buf_span(&s.got), "Y B ");
	assert_int_equal(s.kill_ms, 0);
	buf_free(&s.got);
}

/* Ended from outside now and then, as by a system that is out of memory: only one start after the other says that none is possible. */
static void starts_may_fail_now_and_then(void **state)
{
	static const char *const tasks[] = {"a!!!!b", NULL};
	static const char often[] = ".x.x.x.xx.", always[] = ".xxx";
	struct seen s = {.tasks = tasks};
	FILE *f = tmpfile();
	int fd = f != NULL ? fileno(f) : -1;
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .init_fds = &fd, .n_init_fds = 1, .n_workers = 1, .stall_ms = 60000, .ctx = &s,
	    .next = next, .done = done};
	struct err why = {0};

	(void)state;
	buf_init(&s.got, 4096);
	assert_true(fd >= 0 && pwrite(fd, often, sizeof often - 1, 0) == sizeof often - 1);
	assert_ok(pool_run(&p, &e));
	assert_span(buf_span(&s.got), "A<!: the worker crashed (memory fault)><!: the worker crashed (memory fault)>"
	    "<!: the worker crashed (memory fault)><!: the worker crashed (memory fault)>B ");
	s.next = 0;
	assert_true(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 && pwrite(fd, always, sizeof always - 1, 0) == sizeof always - 1);
	assert_int_equal(pool_run(&p, &why), ERR_REFUSED);
	(void)fclose(f);
	buf_free(&s.got);
}

static void a_worker_that_never_is_ready_ends_the_run(void **state)
{
	static const char *const tasks[] = {"a", NULL};
	struct seen s = {.tasks = tasks};
	FILE *f = tmpfile();
	int fd = f != NULL ? fileno(f) : -1;
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .init_fds = &fd, .n_init_fds = 1, .n_workers = 1, .stall_ms = 500, .ctx = &s,
	    .next = next, .done = done};
	struct err why = {0};

	(void)state;
	buf_init(&s.got, 4096);
	assert_true(fd >= 0 && pwrite(fd, "hhh", 3, 0) == 3);
	strangers = 0;
	assert_int_equal(pool_run(&p, &why), ERR_REFUSED);
	assert_int_equal(strangers, 0);
	(void)fclose(f);
	buf_free(&s.got);
}

static void a_worker_that_beats_or_goes_on_for_ever_costs_its_item(void **state)
{
	static const char *const tasks[] = {"a@c", "b&c", "d", NULL};
	struct seen s = {.tasks = tasks};
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .n_workers = 1, .stall_ms = 60000, .beat_ms = 1000, .ctx = &s, .next = next, .done = done};

	(void)state;
	buf_init(&s.got, 4096);
	assert_ok(pool_run(&p, &e));
	assert_span(buf_span(&s.got), "A<@: the worker went on for hours without a result and was ended>C B<&: the worker went on for hours without a result and was ended>C D ");
	buf_free(&s.got);
}

static void a_worker_that_says_nothing_for_ever_costs_its_item(void **state)
{
	static const char *const tasks[] = {"a3c", "d", NULL};
	struct seen s = {.tasks = tasks};
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .n_workers = 1, .stall_ms = 60000, .max_frames = 1000, .ctx = &s, .next = next, .done = done};

	(void)state;
	buf_init(&s.got, 4096);
	assert_ok(pool_run(&p, &e));
	assert_span(buf_span(&s.got), "A<3: the worker spoke without end and was ended>C D ");
	buf_free(&s.got);
}

static void a_worker_cannot_open_connect_fork_or_signal(void **state)
{
	static const char *const tasks[] = {"aob", "asb", "axb", "avb", NULL};

	(void)state;
	run(tasks, 2,
	    "A<o: the worker tried a forbidden system call and was ended>B "
	    "A<s: the worker tried a forbidden system call and was ended>B "
	    "A<x: the worker tried a forbidden system call and was ended>B "
	    "A<v: the worker tried a forbidden system call and was ended>B ");
}

static void a_worker_out_of_memory_costs_its_item(void **state)
{
	static const char *const tasks[] = {"amb", NULL};

	(void)state;
	run(tasks, 1, "A<m: the worker ran out of memory>B ");
}

/* Whatever took a worker over says what it likes: none of it ends the run. */
static void a_worker_that_says_it_cannot_go_on_costs_its_item(void **state)
{
	static const char *const tasks[] = {"a1b", "c2d", "1", NULL};

	(void)state;
	for (unsigned n = 1; n <= 2; n++)
		run(tasks, n, "A<1: the worker gave up: archive: Input/output error>B C<2: the worker gave up: ?stopped>D "
		    "<1: the worker gave up: archive: Input/output error> ");
}

/* Where there is room, it was none of our disk's fault; a memory file that may not grow is as a full disk. */
static void where_the_disk_is_full_the_run_ends(void **state)
{
	static const char *const tasks[] = {"a1b", NULL};
	struct seen s = {.tasks = tasks, .to_write = memfd_create("room", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
	struct pool p = {.job = "test", .init = SPAN_LIT("hello"), .n_workers = 1, .stall_ms = 60000, .ctx = &s, .next = next, .done = done};
	struct err why = {0};
	struct stat sb;

	(void)state;
	buf_init(&s.got, 4096);
	assert_true(s.to_write > 0 && ftruncate(s.to_write, 5) == 0);
	assert_ok(pool_run(&p, &e));
	assert_span(buf_span(&s.got), "A<1: the worker gave up: archive: Input/output error>B ");
	assert_true(fstat(s.to_write, &sb) == 0 && sb.st_size == 5);
	buf_clear(&s.got);
	s.next = 0;
	assert_int_equal(fcntl(s.to_write, F_ADD_SEALS, F_SEAL_GROW), 0);
	assert_int_equal(pool_run(&p, &why), ERR_WORLD);
	assert_non_null(strstr(why.text, "no room for what is decompressed: "));
	assert_int_equal(s.got.n, 0);
	(void)close(s.to_write);
	buf_free(&s.got);
}

/* Nothing is lost and nothing twice, whether the task begins anew or goes on; what is there is no longer lacked. */
static void a_worker_that_lacks_something_is_replaced_by_one_that_has_it(void **state)
{
	static const char *const tasks[] = {"abl!lc", "d", "eluf", "l", NULL};

	(void)state;
	for (unsigned n = 1; n <= 3; n++) {
		run_left(tasks, n, 0, true, "ABL<!: the worker crashed (memory fault)>LC D ELUF L ");
		run_left(tasks, n, LATER_ALL, false, "ABL<!: the worker crashed (memory fault)>LC D ELUF L ");
	}
	run_left(tasks, 1, LATER_ALL, true, "AB<l: lacked>L<!: the worker crashed (memory fault)>LC D EL<u: lacked>UF L ");
	run_left(tasks, 1, LATER_OUTLOOK, true, "ABL<!: the worker crashed (memory fault)>LC D EL<u: lacked>UF L ");
}

static void large_tasks_and_large_results_do_not_wait_for_each_other(void **state)
{
	enum { LARGE = 800 * 1024, N = 4 };
	char *text = test_malloc(LARGE + 1), *want = test_malloc(N * (LARGE + 1) + 1);
	const char *const tasks[] = {text, text, text, text, NULL};

	(void)state;
	memset(text, 'a', LARGE);
	text[LARGE] = '\0';
	for (size_t i = 0; i < N; i++) {
		memset(want + i * (LARGE + 1), 'A', LARGE);
		want[i * (LARGE + 1) + LARGE] = ' ';
	}
	want[(size_t)N * (LARGE + 1)] = '\0';
	run(tasks, 1, want);
	test_free(text);
	test_free(want);
}

static void a_worker_that_stops_in_the_middle_of_a_frame_costs_its_item(void **state)
{
	static const char *const tasks[] = {"awb", "ctd", NULL};

	(void)state;
	run_for(tasks, 1, 0, false, 2500, "A<w: the worker made no progress and was ended>B C<t: the worker made no progress and was ended>D ");
}

/* ---- processes that are no workers -------------------------------------------------------------------------- */

enum act { IN_FOLDER, ELSEWHERE, READABLE, READABLE_WRITE, CONNECT, FORK, MAP_CODE, SIGNAL, LIMIT_OTHER, LIMIT_OWN, TYPE, IS_TERMINAL };

static char folder[64], elsewhere[96], inside[96];

/* Behind the walls, in a process of its own: 0 done, 1 refused, or the signal that ended it plus 100. */
static int acts(const struct jail_walls *w, enum act what)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		int fd = -1;

		if (jail_enter(w, NULL) != OK)
			_exit(9);
		switch (what) {
		case IN_FOLDER: fd = open(inside, O_RDWR | O_CREAT, 0600); break;
		case ELSEWHERE: fd = open("/etc/passwd", O_RDONLY); break;
		case READABLE: fd = open(elsewhere, O_RDONLY); break;
		case READABLE_WRITE: fd = open(elsewhere, O_WRONLY); break;
		case CONNECT: fd = socket(AF_INET, SOCK_STREAM, 0); break;
		case FORK: fd = fork(); break;
		case SIGNAL: fd = (int)syscall(SYS_tgkill, 1, 1, 0); break;
		case LIMIT_OTHER: fd = prlimit(1, RLIMIT_CORE, NULL, &(struct rlimit){0}); break;
		case LIMIT_OWN: fd = getrlimit(RLIMIT_CORE, &(struct rlimit){0}); break;
		case TYPE: fd = ioctl(STDIN_FILENO, TIOCSTI, "x"); break;
		case IS_TERMINAL: (void)isatty(STDIN_FILENO); fd = 0; break;
		case MAP_CODE:
			fd = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
			break;
		}
		_exit(fd < 0);
	}
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFSIGNALED(status) ? 100 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void a_process_has_what_it_was_given_and_nothing_else(void **state)
{
	enum { KILLED = 100 + SIGSYS };
	const char *const folders[] = {folder, NULL}, *const readable[] = {elsewhere, NULL};
	const struct jail_walls none = {0}, state_of = {.folders = folders}, reader = {.readable = readable},
	    accepts = {.accepts = true}, network = {.readable = readable, .connects = true};
	FILE *f;

	(void)state;
	(void)snprintf(folder, sizeof folder, "/tmp/tocsin-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(inside, sizeof inside, "%s/made", folder);
	(void)snprintf(elsewhere, sizeof elsewhere, "%s.other", folder);
	assert_non_null(f = fopen(elsewhere, "w"));
	(void)fclose(f);
	assert_int_equal(acts(&none, IN_FOLDER), KILLED);
	assert_int_equal(acts(&none, CONNECT), KILLED);
	assert_int_equal(acts(&state_of, IN_FOLDER), 0);
	assert_int_equal(acts(&state_of, ELSEWHERE), 1);
	assert_int_equal(acts(&state_of, READABLE), 1);
	assert_int_equal(acts(&state_of, CONNECT), KILLED);
	assert_int_equal(acts(&reader, READABLE), 0);
	assert_int_equal(acts(&reader, READABLE_WRITE), 1);
	assert_int_equal(acts(&reader, ELSEWHERE), 1);
	assert_int_equal(acts(&accepts, CONNECT), KILLED);
	assert_int_equal(acts(&accepts, ELSEWHERE), KILLED);
	assert_int_equal(acts(&network, CONNECT), 0);
	assert_int_equal(acts(&network, ELSEWHERE), 1);
	assert_int_equal(acts(&network, FORK), KILLED);
	assert_int_equal(acts(&network, MAP_CODE), KILLED);
	assert_int_equal(acts(&network, SIGNAL), KILLED);
	assert_int_equal(acts(&network, LIMIT_OTHER), KILLED);
	assert_int_equal(acts(&network, LIMIT_OWN), 0);
	assert_int_equal(acts(&network, TYPE), KILLED); /* what a terminal takes for typed by whoever sits there */
	assert_int_equal(acts(&network, IS_TERMINAL), 0);
	(void)unlink(inside);
	(void)unlink(elsewhere);
	(void)rmdir(folder);
}

static void one_worker_answers_one_question_after_the_other(void **state)
{
	struct arena *a = test_arena();
	struct asker *k;
	span first, again, answer;
	const char *died;
	struct err why = {0};

	(void)state;
	assert_ok(asker_open(&k, "test", SPAN_LIT("hello"), false, &e));
	assert_ok(asker_ask(k, a, SPAN_LIT("#"), &first, &died, &e));
	assert_ok(asker_ask(k, a, SPAN_LIT("abc"), &answer, &died, &e));
	assert_span(answer, "ABC");
	assert_ok(asker_ask(k, a, SPAN_LIT("#"), &again, &died, &e));
	assert_true(span_eq(first, again));
	/* One that dies of a question is replaced, and what it was asked is not answered. */
	assert_ok(asker_ask(k, a, SPAN_LIT("1"), &answer, &died, &e));
	assert_ok(asker_ask(k, a, SPAN_LIT("b"), &answer, &(const char *){NULL}, &e));
	assert_string_equal(died, "the worker gave up: archive: Input/output error");
	assert_ok(asker_ask(k, a, SPAN_LIT("a!"), &answer, &died, &e));
	assert_non_null(strstr(died, "memory fault"));
	assert_int_equal(answer.n, 0);
	assert_ok(asker_ask(k, a, SPAN_LIT("#"), &again, &died, &e));
	assert_null(died);
	assert_false(span_eq(first, again));
	asker_close(k);
	assert_ok(pool_once("test", SPAN_LIT("hello"), false, a, SPAN_LIT("yz"), &answer, &died, &e));
	assert_span(answer, "YZ");
	assert_int_equal(pool_once("test", SPAN_LIT("no"), false, a, SPAN_EMPTY, &answer, &died, &why), ERR_USAGE);
	asker_close(NULL);
	arena_free(a);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(results_come_in_the_order_of_the_tasks),
	    cmocka_unit_test(two_tasks_go_to_two_workers),
	    cmocka_unit_test(a_crash_costs_the_item_and_nothing_else),
	    cmocka_unit_test(two_may_be_killed_at_once),
	    cmocka_unit_test(starts_may_fail_now_and_then),
	    cmocka_unit_test(a_worker_that_never_is_ready_ends_the_run),
	    cmocka_unit_test(a_worker_that_beats_or_goes_on_for_ever_costs_its_item),
	    cmocka_unit_test(a_worker_that_says_nothing_for_ever_costs_its_item),
	    cmocka_unit_test(a_worker_cannot_open_connect_fork_or_signal),
	    cmocka_unit_test(a_worker_out_of_memory_costs_its_item),
	    cmocka_unit_test(a_worker_that_says_it_cannot_go_on_costs_its_item),
	    cmocka_unit_test(where_the_disk_is_full_the_run_ends),
	    cmocka_unit_test(a_worker_that_lacks_something_is_replaced_by_one_that_has_it),
	    cmocka_unit_test(large_tasks_and_large_results_do_not_wait_for_each_other),
	    cmocka_unit_test(a_worker_that_stops_in_the_middle_of_a_frame_costs_its_item),
	    cmocka_unit_test(one_worker_answers_one_question_after_the_other),
	    cmocka_unit_test(a_process_has_what_it_was_given_and_nothing_else),
	};

	if (argc > 2 && strcmp(argv[1], "worker") == 0)
		return jail_serve(&job, false);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
