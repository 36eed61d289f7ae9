/*
 * Connections until the head of their request is there and is one: libmicrohttpd gets those alone, so it has nothing to refuse with
 * pages of its own. Heads are looked at where they lie, not taken: who gets the connection reads all of it.
 */
#ifndef TOCSIN_SERVE_GATE_H
#define TOCSIN_SERVE_GATE_H

#include <sys/socket.h>
#include <time.h>

#include "serve/process.h"

struct gate {
	const struct serve_config *c;
	int epoll, listen;
	size_t others;                /* connections that were handed on and are open */
	void (*hand_on)(void *ctx, int fd, const struct sockaddr_storage *from, socklen_t n); /* who is given it closes it */
	void *ctx;
	/* ours */
	span host;
	struct gate_visitor *visitors, **last; /* from the oldest on, and where the next one goes */
	size_t n;
	bool listening;
	time_t now, swept;
};

/* also: another descriptor whose turn ends the wait. */
MUST_CHECK enum errc gate_open(struct gate *g, int also, struct err *e);
/* What came in since, waiting for it for so long at most. */
MUST_CHECK enum errc gate_turn(struct gate *g, int wait_ms, struct err *e);
void gate_close(struct gate *g);

#endif
