/*
 * The walls of a worker: no new privileges, no core file, no file by name (Landlock with no rule at all), and a
 * list of system calls outside of which the kernel kills (seccomp). What a worker has it was handed before.
 */
#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "jail/private.h"

/* All file-system rights of Landlock's first version; later ones are added where the kernel knows them. */
enum { RIGHTS_V1 = (1u << 13) - 1 };

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

static enum errc landlock(struct err *e)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = RIGHTS_V1};
	int version = landlock_version(), fd;

	if (version < 1)
		return err_set(e, ERR_REFUSED, "no Landlock in this kernel");
	if (version >= 2)
		attr.handled_access_fs |= 1u << 13; /* REFER */
	if (version >= 3)
		attr.handled_access_fs |= 1u << 14; /* TRUNCATE by path */
	if ((fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0)) < 0)
		return err_sys(e, "Landlock");
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0) {
		(void)close(fd);
		return err_sys(e, "Landlock");
	}
	(void)close(fd);
	return OK;
}

static enum errc limits(struct err *e)
{
	const struct { int what; rlim_t to; } to[] = {
	    {RLIMIT_CORE, 0}, {RLIMIT_NPROC, 0}, {RLIMIT_MEMLOCK, 0}, {RLIMIT_DATA, LIMIT_WORKER_BYTES}};

	for (size_t i = 0; i < sizeof to / sizeof to[0]; i++)
		if (setrlimit((__rlimit_resource_t)to[i].what, &(struct rlimit){to[i].to, to[i].to}) != 0)
			return err_sys(e, "resource limits");
	return OK;
}

static enum errc system_calls(struct err *e)
{
	static const int allowed[] = {
	    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(pwrite64), SCMP_SYS(writev),
	    SCMP_SYS(recvmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(close),
	    SCMP_SYS(lseek), SCMP_SYS(ftruncate), SCMP_SYS(fstat), SCMP_SYS(munmap), SCMP_SYS(mremap),
	    SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group),
	    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
	    SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(tgkill),
	    SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
	    SCMP_SYS(sysinfo), /* glibc's qsort asks it for the size of memory when an array is large */
	};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int bad = ctx == NULL ? -ENOMEM : 0;

	for (size_t i = 0; bad == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	/* Memory, but none that can be executed. */
	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	/* glibc's fstat is this with an empty path: a descriptor, not a name. */
	if (bad == 0)
		bad = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, SCMP_A3(SCMP_CMP_EQ, 0x1000));
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

enum errc walls_up(struct err *e)
{
	enum errc rc;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, "prctl");
	if ((rc = limits(e)) != OK || (rc = landlock(e)) != OK)
		return rc;
	return system_calls(e);
}
