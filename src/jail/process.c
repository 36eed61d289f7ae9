/* A worker as a process: how it is started, ended and waited for, and what its status says. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "jail/private.h"

/* Half a frame and then nothing, or a task that nobody reads, is a stall like any other. */
static enum errc channel_timed(int fd, uint64_t stall_ms, struct err *e)
{
	struct timeval t = {.tv_sec = (time_t)(stall_ms / 1000), .tv_usec = (suseconds_t)(stall_ms % 1000 * 1000)};

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) != 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t) != 0)
		return err_sys(e, "worker channel");
	return OK;
}

enum errc process_start(const struct pool *p, unsigned left, uint64_t stall_ms, pid_t *pid, int *fd, struct err *e)
{
	char *argv[] = {(char[]){"tocsin"}, (char[]){"worker"}, (char *)(uintptr_t)p->job,
	    p->without_jail ? (char[]){"--without-jail"} : NULL, NULL};
	/* With a zone that is spelled out the C library has no file to look for, and no row depends on where we are. */
	char *env[] = {(char[]){"TZ=UTC0"}, NULL};
	posix_spawn_file_actions_t fa;
	pid_t started = 0;
	int pair[2], bad;
	struct buf init;
	enum errc rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_sys(e, "worker channel");
	if ((rc = channel_timed(pair[0], stall_ms, e)) != OK) {
		(void)close(pair[0]);
		(void)close(pair[1]);
		return rc;
	}
	bad = posix_spawn_file_actions_init(&fa);
	for (int i = 0; bad == 0 && i <= 2; i++)
		/* stderr stays open where somebody debugs: sanitizer builds report there. */
		if (i != 2 || getenv("TOCSIN_WORKER_STDERR") == NULL)
			bad = posix_spawn_file_actions_addopen(&fa, i, "/dev/null", O_RDWR, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(&fa, pair[1], CHANNEL_FD);
	if (bad == 0)
		bad = posix_spawn(&started, "/proc/self/exe", &fa, NULL, argv, env);
	(void)posix_spawn_file_actions_destroy(&fa);
	(void)close(pair[1]);
	if (bad != 0) {
		(void)close(pair[0]);
		errno = bad;
		return err_sys(e, "cannot start a worker (/proc/self/exe)");
	}
	*fd = pair[0];
	*pid = started;
	buf_init(&init, LIMIT_FRAME_BYTES);
	buf_u8(&init, (uint8_t)left);
	buf_put(&init, p->init);
	if ((rc = buf_check(&init, e)) == OK)
		rc = frame_send(*fd, FRAME_INIT, buf_span(&init), p->init_fds, p->n_init_fds, e);
	buf_wipe(&init); /* keys may be in it */
	return rc;
}

void process_kill(pid_t pid)
{
	if (pid > 0)
		(void)kill(pid, SIGKILL);
}

int process_wait(pid_t *pid)
{
	int status = 0;

	while (*pid > 0 && waitpid(*pid, &status, 0) < 0 && errno == EINTR)
		;
	*pid = 0;
	return status;
}

const char *process_why(int status)
{
	if (WIFSIGNALED(status)) {
		switch (WTERMSIG(status)) {
		case SIGBUS:
			return "the file shrank, or its disk failed, while it was read";
		case SIGSYS:
			return "the worker tried a forbidden system call and was ended";
		case SIGSEGV:
			return "the worker crashed (memory fault)";
		case SIGABRT:
			return "the worker stopped itself (failed assertion)";
		case SIGKILL:
			return "the worker was killed (out of memory?)";
		default:
			return "the worker was ended by a signal";
		}
	}
	return "the worker ended";
}
