/*
 * The walls of a worker: no new privileges, no core file, no file by name (Landlock with no rule at all), and a
 * list of system calls outside of which the kernel kills (seccomp). What a worker has it was handed before.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "jail/private.h"

/* All file-system rights of Landlock's first version; later ones, which older headers lack, are added where the kernel knows them. */
enum { RIGHTS_V1 = (1u << 13) - 1, RIGHT_REFER = 1u << 13, RIGHT_TRUNCATE = 1u << 14 };

static int landlock_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

enum errc jail_possible(struct err *e)
{
	if (landlock_version() < 1)
		return err_set(e, ERR_REFUSED, "this kernel has no Landlock, so evidence cannot be parsed behind walls; "
		    "boot with lsm=landlock, or say --without-jail (the report will say so)");
	if (prctl(PR_GET_SECCOMP) < 0)
		return err_set(e, ERR_REFUSED, "this kernel has no seccomp, so evidence cannot be parsed behind walls; "
		    "say --without-jail to go on without (the report will say so)");
	return OK;
}

/* What a rule gives: reading, or also plain files written, made and removed. */
enum {
	RIGHTS_READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	RIGHTS_WRITE = RIGHTS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG,
};

static enum errc rules(int ruleset, const char *const *paths, uint64_t rights, struct err *e)
{
	for (; paths != NULL && *paths != NULL; paths++) {
		struct landlock_path_beneath_attr rule = {.allowed_access = rights};
		struct stat st;
		int bad;

		if ((rule.parent_fd = open(*paths, O_PATH | O_CLOEXEC)) < 0)
			return err_sys(e, "%s", *paths);
		if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
			rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE;
		bad = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
		(void)close(rule.parent_fd);
		if (bad != 0)
			return err_sys(e, "Landlock, %s", *paths);
	}
	return OK;
}

static enum errc landlock(const struct jail_walls *w, struct err *e)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = RIGHTS_V1};
	int version = landlock_version(), fd;
	uint64_t write = RIGHTS_WRITE;
	enum errc rc;

	if (version < 1)
		return err_set(e, ERR_REFUSED, "no Landlock in this kernel");
	if (version >= 2)
		attr.handled_access_fs |= RIGHT_REFER;
	if (version >= 3) { /* by path */
		attr.handled_access_fs |= RIGHT_TRUNCATE;
		write |= RIGHT_TRUNCATE;
	}
	if ((fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0)) < 0)
		return err_sys(e, "Landlock");
	if ((rc = rules(fd, w->folders, write, e)) == OK && (rc = rules(fd, w->readable, RIGHTS_READ, e)) == OK &&
	    syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		rc = err_sys(e, "Landlock");
	(void)close(fd);
	return rc;
}

static enum errc limits(const struct jail_walls *w, struct err *e)
{
	const struct { int what; rlim_t to; } to[] = {{RLIMIT_CORE, 0}, {RLIMIT_NPROC, 0}, {RLIMIT_MEMLOCK, 0},
	    {RLIMIT_DATA, w->bytes != 0 ? w->bytes : LIMIT_WORKER_BYTES}};

	for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
		/* It counts threads, and all of a user's at that. */
		if (to[i].what == RLIMIT_NPROC && w->connects)
			continue;
		if (setrlimit((__rlimit_resource_t)to[i].what, &(struct rlimit){to[i].to, to[i].to}) != 0)
			return err_sys(e, "resource limits");
	}
	return OK;
}

static const int for_files[] = {
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(getdents64), SCMP_SYS(readlink), SCMP_SYS(getcwd), SCMP_SYS(fcntl),
};
static const int for_folders[] = {
    SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
    SCMP_SYS(fallocate), SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(munlock), SCMP_SYS(poll), SCMP_SYS(flock), SCMP_SYS(geteuid), SCMP_SYS(umask),
};
static const int for_accepting[] = {
    SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(shutdown), SCMP_SYS(fcntl), SCMP_SYS(poll),
    SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2), SCMP_SYS(getpeername), SCMP_SYS(getsockname), SCMP_SYS(sendfile),
    SCMP_SYS(clock_nanosleep),
};
static const int for_connecting[] = {
    SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(socketpair), SCMP_SYS(pipe2), SCMP_SYS(pipe), SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg), SCMP_SYS(uname), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(rt_sigaction), SCMP_SYS(getrlimit),
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_getaffinity),
};

static int allow(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int bad = 0;

	for (size_t i = 0; bad == 0 && i < n; i++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	return bad;
}
#define ALLOW(ctx, list) allow(ctx, list, sizeof list / sizeof list[0])

/* A resolver has a thread: it shares all that this process has, walls too. clone3 hides its flags, so the C library is sent to clone. */
static int allow_threads(scmp_filter_ctx ctx)
{
	int bad = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);

	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	return bad;
}

/* Of ioctl what sockets and pipes are asked, and whether something is a terminal: another one types at it. Limits: our own alone. */
static int allow_asking(scmp_filter_ctx ctx)
{
	static const unsigned requests[] = {FIONBIO, FIONREAD, TCGETS};
	int bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0));

	for (size_t i = 0; bad == 0 && i < sizeof requests / sizeof requests[0]; i++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, requests[i]));
	return bad;
}

static int allow_more(scmp_filter_ctx ctx, const struct jail_walls *w)
{
	int bad = 0;

	if (w->folders != NULL || w->readable != NULL)
		bad = ALLOW(ctx, for_files);
	if (bad == 0 && w->folders != NULL)
		bad = ALLOW(ctx, for_folders);
	if (bad == 0 && (w->accepts || w->connects))
		bad = ALLOW(ctx, for_accepting);
	if (bad == 0 && w->connects && (bad = ALLOW(ctx, for_connecting)) == 0 && (bad = allow_asking(ctx)) == 0)
		bad = allow_threads(ctx);
	return bad;
}

static enum errc system_calls(const struct jail_walls *w, struct err *e)
{
	static const int allowed[] = {
	    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(writev),
	    SCMP_SYS(recvmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(close), SCMP_SYS(close_range),
	    SCMP_SYS(lseek), SCMP_SYS(ftruncate), SCMP_SYS(fstat), SCMP_SYS(munmap), SCMP_SYS(mremap),
	    SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group),
	    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	    SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid),
	    SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
	    SCMP_SYS(sysinfo), /* glibc's qsort asks it for the size of memory when an array is large */
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int bad = ctx == NULL ? -ENOMEM : 0;

	if (bad == 0)
		bad = ALLOW(ctx, allowed);
	if (bad == 0)
		bad = allow_more(ctx, w);
	/* Memory, but none that can be executed. */
	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* An abort ends itself by a signal; the keeper, and whatever else runs as its user, gets none. */
	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	/* glibc's fstat is this with an empty path. A filter sees no path: one that is not empty would tell that a file is there, and its size. */
	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
	if (bad == 0)
		bad = seccomp_load(ctx);
	if (ctx != NULL)
		seccomp_release(ctx);
	if (bad != 0) {
		errno = -bad;
		return err_sys(e, "seccomp");
	}
	return OK;
}

static enum errc enter(const struct jail_walls *w, struct err *e)
{
	enum errc rc;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, "prctl");
	if ((rc = limits(w, e)) != OK || (rc = landlock(w, e)) != OK)
		return rc;
	return system_calls(w, e);
}

enum errc walls_up(struct err *e) { return enter(&(struct jail_walls){0}, e); }

enum errc jail_enter(const struct jail_walls *w, struct err *e) { return SANITIZED ? OK : enter(w, e); }
