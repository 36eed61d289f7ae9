/*
 * Preloaded into the keeper by t/830-faults.t: the n-th call of one function fails, as the operating system may let it
 * fail. FAULT=NAME:N[:lasting], where NAME is malloc, read, write, fsync or open; lasting: every later call fails
 * too (a full disk stays full). FAULT=step:N: behind the n-th step, a write or fsync, the process is killed, as kill -9 would
 * (t/578-once.t). FAULT=before:N: in front of the n-th write, when its file is open and has nothing yet (t/579-published.t). Workers get no environment, so they are spared.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static struct { char name[16]; long n; bool lasting, known; } fault;
static long calls;

static bool fails(const char *name)
{
	if (!fault.known) {
		const char *s = getenv("FAULT");

		fault.known = true;
		if (s != NULL && strcspn(s, ":") < sizeof fault.name) {
			memcpy(fault.name, s, strcspn(s, ":"));
			s += strcspn(s, ":");
			fault.n = *s == ':' ? atol(s + 1) : 0;
			fault.lasting = strstr(s, "lasting") != NULL;
		}
	}
	if (fault.n == 0 || strcmp(fault.name, name) != 0)
		return false;
	calls++;
	return fault.lasting ? calls >= fault.n : calls == fault.n;
}

static void step(void)
{
	if (fails("step"))
		(void)raise(SIGKILL);
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

ssize_t write(int fd, const void *p, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (real == NULL)
		real = (ssize_t (*)(int, const void *, size_t))next("write");
	if (fd > 2 && fails("write")) {
		errno = ENOSPC;
		return -1;
	}
	if (fd > 2 && fails("before"))
		(void)raise(SIGKILL);
	ssize_t done = real(fd, p, n);

	if (fd > 2)
		step();
	return done;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off64_t);

	if (real == NULL)
		real = (ssize_t (*)(int, const void *, size_t, off64_t))next("pwrite64");
	if (fails("write")) {
		errno = ENOSPC;
		return -1;
	}
	ssize_t done = real(fd, p, n, at);

	step();
	return done;
}

ssize_t pread64(int fd, void *p, size_t n, off64_t at)
{
	static ssize_t (*real)(int, void *, size_t, off64_t);

	if (real == NULL)
		real = (ssize_t (*)(int, void *, size_t, off64_t))next("pread64");
	if (fails("read")) {
		errno = EIO;
		return -1;
	}
	return real(fd, p, n, at);
}

static int sync_fails(const char *name, int fd)
{
	int (*real)(int) = (int (*)(int))next(name);

	if (fails("fsync")) {
		errno = EIO;
		return -1;
	}
	int done = real(fd);

	step();
	return done;
}

int fsync(int fd) { return sync_fails("fsync", fd); }
int fdatasync(int fd) { return sync_fails("fdatasync", fd); }

/* glibc's own name for it: looking malloc up by dlsym would itself allocate. */
extern void *__libc_malloc(size_t n);

void *malloc(size_t n)
{
	if (fails("malloc")) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_malloc(n);
}
