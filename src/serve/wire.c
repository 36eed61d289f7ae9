#include "serve/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEADER = 5 };

static enum errc take(int fd, unsigned char *p, size_t n, struct err *e)
{
	while (n != 0) {
		ssize_t got = recv(fd, p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, ERR_WORLD, got == 0 ? "a process of the portal has ended" : "a process of"
			    " the portal does not answer");
		p += got;
		n -= (size_t)got;
	}
	return OK;
}

static enum errc give(int fd, span s, struct err *e)
{
	while (s.n != 0) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_WORLD, "a process of the portal does not listen");
		s = span_from(s, (size_t)n);
	}
	return OK;
}

enum errc wire_send(int fd, enum wire_kind kind, span body, struct err *e)
{
	unsigned char header[HEADER] = {(unsigned char)kind, (unsigned char)body.n, (unsigned char)(body.n >> 8),
	    (unsigned char)(body.n >> 16), (unsigned char)(body.n >> 24)};
	enum errc rc;

	if (body.n > WIRE_MAX)
		return err_set(e, ERR_LIMIT, "a message between processes is too large");
	if ((rc = give(fd, span_of(header, sizeof header), e)) != OK)
		return rc;
	return give(fd, body, e);
}

enum errc wire_receive(int fd, enum wire_kind *kind, struct buf *body, struct err *e)
{
	unsigned char header[HEADER];
	struct cursor c = cursor_of(span_of(header, sizeof header));
	enum errc rc;
	size_t n;

	buf_clear(body);
	if ((rc = take(fd, header, sizeof header, e)) != OK)
		return rc;
	*kind = cursor_u8(&c);
	n = cursor_u32(&c);
	if (n > WIRE_MAX || !buf_room(body, n))
		return err_set(e, ERR_WORLD, "a message between processes is too large");
	if ((rc = take(fd, body->p, n, e)) == OK)
		body->n = n;
	return rc;
}

enum errc wire_ask(int fd, enum wire_kind kind, span body, struct buf *answer, struct err *e)
{
	enum wire_kind got;
	enum errc rc;

	if ((rc = wire_send(fd, kind, body, e)) != OK || (rc = wire_receive(fd, &got, answer, e)) != OK)
		return rc;
	return got == WIRE_ANSWER ? OK : err_set(e, ERR_WORLD, "a process of the portal answers something else");
}

void request_write(struct buf *b, const struct request *r)
{
	buf_u8(b, (uint8_t)r->method);
	buf_u8(b, r->form_ok);
	buf_bytes(b, r->path);
	buf_bytes(b, r->query);
	buf_bytes(b, r->cookie);
	buf_bytes(b, r->origin);
	buf_bytes(b, r->fetch_site);
	buf_bytes(b, r->client);
	buf_bytes(b, r->body);
}

bool request_read(span frame, struct request *r)
{
	struct cursor c = cursor_of(frame);
	uint8_t method = cursor_u8(&c);

	*r = (struct request){.method = method == METHOD_POST ? METHOD_POST : METHOD_GET};
	r->form_ok = cursor_u8(&c) == 1;
	r->path = cursor_bytes(&c);
	r->query = cursor_bytes(&c);
	r->cookie = cursor_bytes(&c);
	r->origin = cursor_bytes(&c);
	r->fetch_site = cursor_bytes(&c);
	r->client = cursor_bytes(&c);
	r->body = cursor_bytes(&c);
	return cursor_done(&c) && (method == METHOD_GET || method == METHOD_POST);
}

void answer_write(struct buf *b, const struct answer *a)
{
	buf_u32(b, a->status);
	buf_u32(b, a->retry_after);
	buf_u8(b, (uint8_t)a->content);
	buf_u8(b, a->clear_site);
	buf_u8(b, a->set_cookie);
	buf_bytes(b, a->cookie);
	buf_bytes(b, a->body);
	buf_u8(b, a->streamed);
	buf_u64(b, a->stream_length);
	buf_put(b, span_of(a->stream, sizeof a->stream));
}

bool answer_read(span frame, struct answer *a)
{
	struct cursor c = cursor_of(frame);
	span stream;

	*a = (struct answer){.status = cursor_u32(&c), .retry_after = cursor_u32(&c)};
	a->content = cursor_u8(&c);
	a->clear_site = cursor_u8(&c) == 1;
	a->set_cookie = cursor_u8(&c) == 1;
	a->cookie = cursor_bytes(&c);
	a->body = cursor_bytes(&c);
	a->streamed = cursor_u8(&c) == 1;
	a->stream_length = cursor_u64(&c);
	stream = cursor_take(&c, sizeof a->stream);
	if (!cursor_done(&c) || a->content > CONTENT_DOWNLOAD || a->status < 200 || a->status > 599)
		return false;
	memcpy(a->stream, stream.p, stream.n);
	return true;
}
