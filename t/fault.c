/*
 * Preloaded into the keeper by tests: the n-th call of one function fails, as the operating system may let it fail.
 * FAULT=NAME:N[:lasting], where NAME is malloc, read, write or fsync; lasting: every later call fails too.
 * FAULT=full:N: the disk is full from the n-th call on that asks for space: a write, a new file, a new folder.
 * FAULT=files:N: from the n-th on, no file can be opened for want of descriptors.
 * FAULT=step:N: behind the n-th step, a write or fsync, the process is killed, as kill -9 would; FAULT=kill:N: renames and new
 * folders are steps, too. FAULT=crash:N: behind the n-th step it crashes.
 * FAULT=forked:N: the N-th malloc of each process fails that was forked (t/585-memory.t).
 * FAULT=before:N: in front of the n-th write, when its file is open and has nothing yet (t/579-published.t).
 * FAULT=clock:N: for each byte of $FAULT_FILE its monotonic clock is N seconds ahead, so that a limit of time is met (t/320-passes.t).
 * Workers get no environment, so they are spared.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static struct { char name[16]; long n; bool lasting, known; } fault;
static long calls;
static bool forked;

static void begin_anew(void)
{
	forked = true;
	if (strcmp(fault.name, "forked") == 0)
		calls = 0;
}

__attribute__((constructor)) static void watch_forks(void) { (void)pthread_atfork(NULL, NULL, begin_anew); }

static void know(void)
{
	if (!fault.known) {
		const char *s = getenv("FAULT");

		fault.known = true;
		if (s != NULL && strcspn(s, ":") < sizeof fault.name) {
			memcpy(fault.name, s, strcspn(s, ":"));
			s += strcspn(s, ":");
			fault.n = *s == ':' ? atol(s + 1) : 0;
			fault.lasting = strstr(s, "lasting") != NULL || strcmp(fault.name, "full") == 0 || strcmp(fault.name, "files") == 0;
		}
	}
}

static bool fails(const char *name)
{
	know();
	if (fault.n == 0 || strcmp(fault.name, name) != 0)
		return false;
	calls++;
	return fault.lasting ? calls >= fault.n : calls == fault.n;
}

static bool no_space(void)
{
	if (!fails("write") && !fails("full"))
		return false;
	errno = ENOSPC;
	return true;
}

static void step(void)
{
	if (fails("step") || fails("kill"))
		(void)raise(SIGKILL);
	if (fails("crash"))
		(void)raise(SIGSEGV);
}

static void named(void)
{
	if (fails("kill"))
		(void)raise(SIGKILL);
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

int clock_gettime(clockid_t id, struct timespec *t)
{
	static int (*real)(clockid_t, struct timespec *);
	int rc;

	if (real == NULL)
		real = (int (*)(clockid_t, struct timespec *))next("clock_gettime");
	rc = real(id, t);
	know();
	if (rc == 0 && id == CLOCK_MONOTONIC && strcmp(fault.name, "clock") == 0) {
		const char *file = getenv("FAULT_FILE");
		struct stat sb;

		if (file != NULL && stat(file, &sb) == 0)
			t->tv_sec += sb.st_size * fault.n;
	}
	return rc;
}

ssize_t write(int fd, const void *p, size_t n)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (real == NULL)
		real = (ssize_t (*)(int, const void *, size_t))next("write");
	if (fd > 2 && no_space())
		return -1;
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
	if (no_space())
		return -1;
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
int syncfs(int fd) { return sync_fails("syncfs", fd); }
int fdatasync(int fd) { return sync_fails("fdatasync", fd); }

static int opens(const char *name, const char *path, int flags, mode_t mode)
{
	int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))next(name);

	if (fails("files")) {
		errno = EMFILE;
		return -1;
	}
	if ((flags & O_CREAT) != 0 && access(path, F_OK) != 0 && fails("full")) {
		errno = ENOSPC;
		return -1;
	}
	return real(path, flags, mode);
}

static mode_t mode_of(int flags, va_list ap) { return (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0; }

int open(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = mode_of(flags, ap);
	va_end(ap);
	return opens("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list ap;

	va_start(ap, flags);
	mode_t mode = mode_of(flags, ap);
	va_end(ap);
	return opens("open64", path, flags, mode);
}

int mkdir(const char *path, mode_t mode)
{
	int (*real)(const char *, mode_t) = (int (*)(const char *, mode_t))next("mkdir");

	if (access(path, F_OK) != 0 && fails("full")) {
		errno = ENOSPC;
		return -1;
	}
	int done = real(path, mode);

	named();
	return done;
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *) = (int (*)(const char *, const char *))next("rename");
	int done = real(from, to);

	named();
	return done;
}

/* glibc's own name for it: looking malloc up by dlsym would itself allocate. */
extern void *__libc_malloc(size_t n);

void *malloc(size_t n)
{
	if (fails("malloc") || (forked && fails("forked"))) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_malloc(n);
}
