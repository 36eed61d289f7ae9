#include "serve/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "serve/head.h"

/* Each arrival is looked at from the beginning of the head: whoever sends a byte at a time gets only so far. */
enum { EVENTS = 64, HEAD_SECONDS = 30, DRAIN_SECONDS = 2, ARRIVALS = 1000, DRAIN_MAX = 1 << 20 };

struct gate_visitor {
	struct gate_visitor *next, **link;
	int fd;
	time_t until;
	unsigned arrivals;
	size_t drained;
	bool refused;
	struct sockaddr_storage from;
	socklen_t from_n;
};

static time_t seconds(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Only the proxy may speak to us: it says who the client is. */
static bool from_proxy(const struct gate *g, int fd)
{
	struct ucred peer = {0};
	socklen_t n = sizeof peer;

	return g->c->listen != NULL ||
	    (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 && peer.uid == g->c->proxy_uid);
}

static void let_go(struct gate *g, struct gate_visitor *v, bool close_too)
{
	if (v->next != NULL)
		v->next->link = v->link;
	else
		g->last = v->link;
	*v->link = v->next;
	g->n--;
	if (close_too)
		(void)close(v->fd);
	else
		(void)epoll_ctl(g->epoll, EPOLL_CTL_DEL, v->fd, NULL);
	free(v);
}

/* What is still on its way is read and thrown away for a while, or the answer would be lost with it. */
static void refuse(const struct gate *g, struct gate_visitor *v, unsigned status, span to)
{
	struct buf b;

	buf_init(&b, 4 * KIB);
	head_refusal(&b, status, to);
	if (!b.failed)
		(void)!send(v->fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_free(&b);
	(void)shutdown(v->fd, SHUT_WR);
	v->refused = true;
	v->until = g->now + DRAIN_SECONDS;
}

/* False: it is done with. */
static bool drain(struct gate_visitor *v)
{
	char bytes[4096];
	ssize_t n;

	while ((n = recv(v->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		if ((v->drained += (size_t)n) > DRAIN_MAX)
			return false;
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void look(struct gate *g, struct gate_visitor *v, bool ended)
{
	static unsigned char bytes[LIMIT_REQUEST_HEAD_BYTES];
	ssize_t n = v->refused ? 0 : recv(v->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
	span s = span_of(bytes, n > 0 ? (size_t)n : 0);
	unsigned status;

	if (!v->refused) {
		status = n > 0 ? head_check(s, g->host) : HEAD_MORE;
		if (status == HEAD_GOOD) {
			g->hand_on(g->ctx, v->fd, &v->from, v->from_n);
			return let_go(g, v, false);
		}
		if (status == HEAD_MORE && (n == 0 || ended || (n < 0 && errno != EAGAIN && errno != EINTR)))
			return let_go(g, v, true);
		if (status == HEAD_MORE && ++v->arrivals <= ARRIVALS)
			return;
		refuse(g, v, status == HEAD_MORE ? 400 : status, s);
	}
	if (!drain(v))
		let_go(g, v, true);
}

static void admit(struct gate *g, int fd, const struct sockaddr_storage *from, socklen_t n)
{
	struct gate_visitor *v = calloc(1, sizeof *v);
	struct epoll_event ev = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = v};

	if (v == NULL) {
		(void)close(fd);
		return;
	}
	*v = (struct gate_visitor){.link = g->last, .fd = fd, .until = g->now + HEAD_SECONDS, .from = *from, .from_n = n};
	*g->last = v;
	g->last = &v->next;
	g->n++;
	if (epoll_ctl(g->epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
		let_go(g, v, true);
	else if (!from_proxy(g, fd))
		refuse(g, v, 403, SPAN_EMPTY);
}

/* Whose first bytes have come, and wait for their turn, is not. */
static bool is_silent(const struct gate_visitor *v)
{
	char byte;

	return v->arrivals == 0 && !v->refused && recv(v->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

/* Of those that have sent nothing the one that is here for longest. */
static struct gate_visitor *silent(const struct gate *g)
{
	struct gate_visitor *v = g->visitors;

	while (v != NULL && !is_silent(v))
		v = v->next;
	return v;
}

static bool is_full(const struct gate *g) { return g->n + g->others >= LIMIT_REQUESTS_AT_ONCE; }

static void listen_if(struct gate *g, bool on)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = g};

	if (on != g->listening && epoll_ctl(g->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, g->listen, &ev) == 0)
		g->listening = on;
}

/* Those beyond the limit take the place of one that says nothing; where all have something to say, they wait outside. */
static void accept_all(struct gate *g)
{
	for (;;) {
		struct sockaddr_storage from = {0};
		socklen_t n = sizeof from;
		struct gate_visitor *gives_way = is_full(g) ? silent(g) : NULL;
		int fd = is_full(g) && gives_way == NULL ? -1 : accept4(g->listen, (struct sockaddr *)&from, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		if (gives_way != NULL)
			let_go(g, gives_way, true);
		admit(g, fd, &from, n);
	}
}

enum errc gate_open(struct gate *g, int also, struct err *e)
{
	struct epoll_event ev = {.events = EPOLLIN};

	g->last = &g->visitors;
	g->host = span_from(span_str(g->c->origin), strlen("https://"));
	if ((g->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0 || epoll_ctl(g->epoll, EPOLL_CTL_ADD, also, &ev) != 0)
		return err_sys(e, "HTTP does not start");
	listen_if(g, true);
	return OK;
}

/* Once a second: nine hundred that wait must not be asked at each turn. */
static void sweep(struct gate *g)
{
	if (g->swept == g->now)
		return;
	g->swept = g->now;
	for (struct gate_visitor *v = g->visitors, *next; v != NULL; v = next) {
		next = v->next;
		if (v->until <= g->now)
			let_go(g, v, true);
	}
}

enum errc gate_turn(struct gate *g, int wait_ms, struct err *e)
{
	struct epoll_event got[EVENTS];
	int n;

	listen_if(g, !is_full(g) || silent(g) != NULL);
	if ((n = epoll_wait(g->epoll, got, EVENTS, wait_ms)) < 0 && errno != EINTR)
		return err_sys(e, "HTTP has stopped");
	g->now = seconds();
	for (int i = 0; i < n; i++) {
		if (got[i].data.ptr != NULL && got[i].data.ptr != g)
			look(g, got[i].data.ptr, (got[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
	}
	/* After all others: a visitor that was let go is in no event that is still to be looked at. */
	for (int i = 0; i < n; i++)
		if (got[i].data.ptr == g)
			accept_all(g);
	sweep(g);
	return OK;
}

void gate_close(struct gate *g)
{
	while (g->visitors != NULL)
		let_go(g, g->visitors, true);
	if (g->epoll >= 0)
		(void)close(g->epoll);
}
