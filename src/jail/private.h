/* Frames on the channel, for both sides. */
#ifndef TOCSIN_JAIL_PRIVATE_H
#define TOCSIN_JAIL_PRIVATE_H

#include <sys/types.h>

#include "jail/jail.h"

enum { CHANNEL_FD = 3 };

/* Sanitizers need system calls and memory that the walls forbid: their builds run with the limits off. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
#else
enum { SANITIZED = 0 };
#endif

/* kind, then u32 length, then that many bytes. Descriptors travel with the header. */
enum frame_kind {
	FRAME_INIT = 1,   /* keeper: u8 what is left for later, bytes and descriptors for jail_job.start */
	FRAME_TASK = 2,   /* keeper: u8 careful, payload */
	FRAME_READY = 3,  /* worker: walls are up */
	FRAME_RESULT = 4, /* worker: bytes of the result */
	FRAME_ITEM = 5,   /* worker: u64 unit, u64 at, u64 n (careful mode) */
	FRAME_BEAT = 6,
	FRAME_DONE = 7,
	FRAME_FAILED = 8, /* worker: u32 errc, text */
	FRAME_LACKS = 9,  /* worker, its last: u8 what was left for later and is needed, u64 unit, u64 at, u64 n */
};
enum { FRAME_HEADER = 5 };

/* Blocking; all or nothing. fds may be NULL. */
MUST_CHECK enum errc frame_send(int fd, enum frame_kind kind, span body, const int *fds, size_t n_fds, struct err *e);
/*
 * Blocking; *end when the other side has closed. Received descriptors are put at fds (JAIL_TASK_FDS of room). A frame that has begun is
 * waited for so many milliseconds in all, however little of it comes at a time; 0: for as long as it takes.
 */
MUST_CHECK enum errc frame_receive(int fd, enum frame_kind *kind, struct buf *body, int *fds, size_t *n_fds, uint64_t within_ms, bool *end,
    struct err *e);

/* A worker of the pool's, and our end of its channel; what was started is there also after an error, to be ended. */
MUST_CHECK enum errc process_start(const struct pool *p, unsigned left, uint64_t stall_ms, pid_t *pid, int *fd, struct err *e);
void process_kill(pid_t pid); /* 0 is none */
int process_wait(pid_t *pid); /* its status; *pid is 0 then, since the number may be another's soon */
const char *process_why(int status);

/* No way back: from here on this process reads, writes and computes. */
MUST_CHECK enum errc walls_up(struct err *e);

#endif
