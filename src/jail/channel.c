#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "jail/private.h"

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int) * JAIL_TASK_FDS)];
};

static enum errc send_rest(int fd, span s, struct err *e)
{
	while (s.n != 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return err_sys(e, "worker channel");
		if (n > 0)
			s = span_from(s, (size_t)n);
	}
	return OK;
}

enum errc frame_send(int fd, enum frame_kind kind, span body, const int *fds, size_t n_fds, struct err *e)
{
	unsigned char head[FRAME_HEADER] = {(unsigned char)kind, (unsigned char)body.n, (unsigned char)(body.n >> 8),
	    (unsigned char)(body.n >> 16), (unsigned char)(body.n >> 24)};
	struct iovec io[2] = {{head, sizeof head}, {(void *)(uintptr_t)body.p, body.n}};
	struct msghdr m = {.msg_iov = io, .msg_iovlen = body.n != 0 ? 2 : 1};
	union control control;
	enum errc rc;
	ssize_t n;

	if (body.n > LIMIT_FRAME_BYTES || n_fds > JAIL_TASK_FDS)
		return err_set(e, ERR_LIMIT, "a frame of %zu bytes is over the limit", body.n);
	if (n_fds != 0) {
		struct cmsghdr *c;

		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		memset(&control, 0, sizeof control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
	}
	while ((n = sendmsg(fd, &m, MSG_NOSIGNAL)) < 0 && errno == EINTR)
		;
	if (n < 0)
		return err_sys(e, "worker channel");
	if ((size_t)n < sizeof head) {
		if ((rc = send_rest(fd, span_from(span_of(head, sizeof head), (size_t)n), e)) != OK)
			return rc;
		n = sizeof head;
	}
	return send_rest(fd, span_from(body, (size_t)n - sizeof head), e);
}

/* Exactly n bytes, until then (0: whenever); descriptors that come with the first of them. *end when there was nothing. */
static enum errc receive(int fd, unsigned char *p, size_t n, int *fds, size_t *n_fds, uint64_t until_ms, bool *end, struct err *e)
{
	size_t at = 0;

	while (at < n) {
		struct iovec io = {p + at, n - at};
		union control control;
		struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control.bytes,
		    .msg_controllen = sizeof control.bytes};
		ssize_t got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, "worker channel");
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
			size_t k;

			if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
				continue;
			k = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			for (size_t i = 0; i < k; i++) {
				int got_fd;

				memcpy(&got_fd, CMSG_DATA(c) + i * sizeof(int), sizeof got_fd);
				if (fds != NULL && *n_fds < JAIL_TASK_FDS)
					fds[(*n_fds)++] = got_fd;
				else
					(void)close(got_fd);
			}
		}
		/* The kernel leaves out what there is no number for. */
		if ((m.msg_flags & MSG_CTRUNC) != 0) {
			errno = EMFILE;
			return err_sys(e, "worker channel");
		}
		if (got == 0) {
			*end = true;
			return at == 0 ? OK : err_set(e, ERR_WORLD, "worker channel: closed within a frame");
		}
		at += (size_t)got;
		if (at < n && until_ms != 0 && time_monotonic_ms() >= until_ms)
			return err_set(e, ERR_WORLD, "worker channel: a frame that does not end");
	}
	return OK;
}

enum errc frame_receive(int fd, enum frame_kind *kind, struct buf *body, int *fds, size_t *n_fds, uint64_t within_ms, bool *end, struct err *e)
{
	uint64_t until_ms = within_ms != 0 ? time_monotonic_ms() + within_ms : 0;
	unsigned char head[FRAME_HEADER];
	struct cursor c;
	size_t n;
	enum errc rc;

	*end = false;
	*n_fds = 0;
	buf_clear(body);
	if ((rc = receive(fd, head, sizeof head, fds, n_fds, until_ms, end, e)) != OK || *end)
		return rc;
	c = cursor_of(span_of(head, sizeof head));
	*kind = (enum frame_kind)cursor_u8(&c);
	n = cursor_u32(&c);
	if (n > LIMIT_FRAME_BYTES || !buf_room(body, n))
		return err_set(e, ERR_LIMIT, "worker channel: a frame of %zu bytes", n);
	body->n = n;
	if (n != 0 && (rc = receive(fd, body->p, n, NULL, NULL, until_ms, end, e)) == OK && *end)
		rc = err_set(e, ERR_WORLD, "worker channel: closed within a frame");
	return rc;
}
