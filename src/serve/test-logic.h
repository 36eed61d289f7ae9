/* logic between the others, who are the test: a state in memory, and what is asked of it. */
#ifndef TOCSIN_SERVE_TEST_LOGIC_H
#define TOCSIN_SERVE_TEST_LOGIC_H

#include "base/test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "serve/private.h"

#define ZEROS "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" /* a cookie, or a code: 32 zeros */

enum { NOW = 1700000000, WAIT_US = 20000 };

static const struct serve_config config = {.origin = "https://reading.example", .host = "reading.example", .name = "Test",
    .outbox_dir = "/nonexistent", .sealed_dir = "/nonexistent", .drop = "/nonexistent", .log_origin = "test", .checks = 3};
static struct process_fds fds;
static int others[3]; /* the other ends: log, auth, fetch */
static struct logic *l;
static struct buf said;

static inline void answer_log(void)
{
	struct buf b;

	buf_init(&b, KIB);
	buf_u8(&b, 1);
	buf_u64(&b, 0);
	assert_ok(wire_send(others[0], WIRE_ANSWER, buf_span(&b), &e));
	buf_free(&b);
}

static inline int set_up(void **state)
{
	int *const ends[] = {&fds.log, &fds.auth, &fds.fetch};
	const struct timeval most = {.tv_usec = WAIT_US};
	struct err e = {0};

	(void)state;
	fds = (struct process_fds){.clock = -1};
	for (size_t i = 0; i < 3; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
			return -1;
		*ends[i] = pair[0];
		others[i] = pair[1];
		(void)setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
	}
	buf_init(&said, 64 * KIB);
	if (logic_new(&l, &config, &fds, &e) != OK || state_open(&l->db, ":memory:", &e) != OK)
		return -1;
	l->now = l->last_now = NOW;
	return sql_script(l->db, "INSERT INTO room (id, state, since, generation, version, wave, file, manifest_at, manifest_n, signature_at,"
	    " signature_n, data_at) VALUES ('11111111111111111111111111111111', 2, 1, 1, 1, 1, '', 0, 0, 0, 0, 0);"
	    "INSERT INTO notice (id, room, auth, wrapped_ck, identity) VALUES ('TN-0000-0001', '11111111111111111111111111111111',"
	    " zeroblob(32), zeroblob(60), zeroblob(2076));", &e) == OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	logic_free(l);
	buf_free(&said);
	for (size_t i = 0; i < 3; i++)
		(void)close(others[i]);
	(void)close(fds.log);
	(void)close(fds.auth);
	(void)close(fds.fetch);
	return 0;
}

/* The status; *body what was answered, for as long as no other is asked. */
static inline unsigned answered(struct buf *answer, const struct request *q, span *body)
{
	struct answer a;
	struct buf frame;

	buf_init(&frame, WIRE_MAX);
	request_write(&frame, q);
	call_run(l, buf_span(&frame), answer);
	buf_free(&frame);
	assert_true(answer_read(buf_span(answer), &a));
	*body = a.body;
	return a.status;
}

static inline unsigned ask(struct buf *answer, const char *path, const char *json, const char *cookie, span *body)
{
	const struct request q = {.method = METHOD_POST, .form_ok = true, .path = span_str(path), .origin = span_str(config.origin),
	    .client = SPAN_LIT("192.0.2.1"), .cookie = span_str(cookie), .body = span_str(json)};

	return answered(answer, &q, body);
}

/* "/api/about", which anybody is answered. */
static inline unsigned about(struct buf *answer)
{
	const struct request q = {.method = METHOD_GET, .path = SPAN_LIT("/api/about"), .client = SPAN_LIT("192.0.2.1")};
	span body;

	return answered(answer, &q, &body);
}

static inline int64_t number(const char *sql)
{
	int64_t n;

	assert_ok(sql_int(l->db, &n, 0, &e, sql, ""));
	return n;
}

#endif
