/*
 * What the processes of the reading room say to each other: frames of a kind and a body on a socket pair, one question, one
 * answer. Who reads a frame treats it as hostile, whoever sent it: it is bounded, and its fields are taken with a cursor.
 */
#ifndef TOCSIN_SERVE_WIRE_H
#define TOCSIN_SERVE_WIRE_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"

#define WIRE_MAX LIMIT_WIRE_BYTES
#define WIRE_CHUNK_BYTES ((size_t)256 << 10)
/*
 * Seconds that a process may take for an answer, and logic for front, which may come while it writes down
 * what a bundle of a million records has.
 */
enum { WIRE_SECONDS = 15, WIRE_FRONT_SECONDS = 180 };

enum wire_kind {
	WIRE_REQUEST = 1, /* front to logic: struct request */
	WIRE_CHUNK,       /* front to logic: 16 bytes stream, u64 offset, u32 most bytes */
	WIRE_ANSWER,
	/* logic to auth */
	WIRE_REGISTER, WIRE_ASSERT, WIRE_ID_TOKEN,
	/* logic to fetch; the answer comes when it comes, and carries what was asked */
	WIRE_DNS, WIRE_ISSUER, WIRE_TOKEN, WIRE_FILE, WIRE_WITNESS,
	/* logic to log */
	WIRE_APPEND, WIRE_PROVE, WIRE_LOG_KEY, WIRE_CHECKPOINT, WIRE_GROWTH, WIRE_COSIGNED,
};

/* Blocking. ERR_WORLD: the other side is gone, or did not take it in time. */
MUST_CHECK enum errc wire_send(int fd, enum wire_kind kind, span body, struct err *e);
/* Blocking; body is cleared first. ERR_WORLD: gone, too late, or it does not speak this. */
MUST_CHECK enum errc wire_receive(int fd, enum wire_kind *kind, struct buf *body, struct err *e);
/* A question and its answer, which must be WIRE_ANSWER. */
MUST_CHECK enum errc wire_ask(int fd, enum wire_kind kind, span body, struct buf *answer, struct err *e);

/* A request as front took it apart. Spans point into the frame. */
enum method { METHOD_GET = 1, METHOD_POST };
struct request {
	enum method method;
	bool form_ok;          /* Content-Type is application/json */
	span path, query;      /* query without '?' */
	span cookie;           /* the session's value, or empty */
	span origin, fetch_site;
	span client;           /* address as the proxy gives it */
	span body;
};
void request_write(struct buf *b, const struct request *r);
bool request_read(span frame, struct request *r);

/* What front is to say. A stream's bytes are asked for chunk by chunk, so that a right that ends, ends. */
enum content { CONTENT_NONE, CONTENT_JSON, CONTENT_RAW_JSON, CONTENT_TEXT, CONTENT_BYTES, CONTENT_DOWNLOAD };
struct answer {
	unsigned status, retry_after;
	enum content content;
	bool clear_site, set_cookie;
	span cookie;           /* empty with set_cookie: removed */
	span body;
	uint64_t stream_length;
	unsigned char stream[16];
	bool streamed;
};
void answer_write(struct buf *b, const struct answer *a);
bool answer_read(span frame, struct answer *a);

#endif
