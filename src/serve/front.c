/*
 * The front process: HTTP, and nothing behind it. It has the page's three files in memory, one socket to logic,
 * no file and no database. What it hands on is a request taken apart and bounded; what it gives out has the
 * headers of doc/portal-api.md, all of them, whatever the answer. libmicrohttpd is used narrowly: it gets connections
 * whose head is good (gate.h), GET, HEAD and POST, one request on each, bodies collected here, no form, no upload.
 */
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/library.h"
#include "base/limits.h"
#include "jail/jail.h"
#include "serve/gate.h"
#include "serve/head.h"

enum {
	TIMEOUT_SECONDS = 30, BODY_SECONDS = 60, PATH_MAX_BYTES = 256, DISCARD_MAX = 1 << 20,
	WAIT_MS = 1000,
	POOL_BYTES = 32 << 10, /* the head, what it is taken apart into, and the answer's; one that is larger is mapped anew for each request */
};

#define MHD_CALLS(X) \
	X(add_connection) X(add_response_header) X(create_response_from_buffer) X(create_response_from_callback) X(destroy_response) \
	X(get_daemon_info) X(get_timeout) X(lookup_connection_value) X(queue_response) X(run) \
	X(start_daemon) X(stop_daemon)

static struct {
#define MHD_CALL(name) __typeof__(MHD_##name) *name;
	MHD_CALLS(MHD_CALL)
#undef MHD_CALL
} mhd;

#define MHD_NAME(name) {"MHD_" #name, &mhd.name},
static const struct library_name mhd_names[] = {MHD_CALLS(MHD_NAME)};
#undef MHD_NAME
static struct library mhd_library = LIBRARY(SONAME_MICROHTTPD, mhd_names);

static const char *const types[] = {
    [CONTENT_NONE] = NULL, [CONTENT_JSON] = "application/json", [CONTENT_RAW_JSON] = "application/json",
    [CONTENT_TEXT] = "text/plain; charset=utf-8",
    [CONTENT_BYTES] = "application/octet-stream", [CONTENT_DOWNLOAD] = "application/octet-stream",
};

struct front {
	struct gate gate;
	struct MHD_Daemon *daemon;
	const struct assets *assets;
	int logic;
	bool ended;                /* logic is gone: so are we */
	struct buf ask, answer;
	struct err e;
};
/* One request while it comes in: who sends a byte every now and then, so that he is never idle, has so long for all of it. */
struct incoming { struct buf body; size_t discarded; time_t until; };
/* One answer while it goes out in pieces; ended: logic holds it open no more. */
struct outgoing { struct front *f; unsigned char id[16]; uint64_t n; bool ended; };

/* ---- answers --------------------------------------------------------------------------------------------------- */

static enum MHD_Result give(struct MHD_Connection *k, unsigned status, struct MHD_Response *r, const char *type)
{
	enum MHD_Result ok = MHD_YES;

	if (r == NULL)
		return MHD_NO;
	for (size_t i = 0; i < head_n_always && ok == MHD_YES; i++)
		ok = mhd.add_response_header(r, head_always[i].name, head_always[i].value);
	if (ok == MHD_YES && type != NULL)
		ok = mhd.add_response_header(r, "Content-Type", type);
	if (ok == MHD_YES)
		ok = mhd.queue_response(k, status, r);
	mhd.destroy_response(r);
	return ok;
}

static struct MHD_Response *of_span(span s, enum MHD_ResponseMemoryMode mode)
{
	return mhd.create_response_from_buffer(s.n, (void *)(uintptr_t)(s.p != NULL ? (const void *)s.p : ""), mode);
}

static enum MHD_Result refuse_here(struct MHD_Connection *k, unsigned status)
{
	struct MHD_Response *r;
	char body[64];
	int n = snprintf(body, sizeof body, "{\"error\":\"%s\"}", head_code(status));

	r = of_span(span_of(body, (size_t)n), MHD_RESPMEM_MUST_COPY);
	if (r != NULL && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)mhd.add_response_header(r, "Allow", "GET, HEAD, POST");
	return give(k, status, r, types[CONTENT_JSON]);
}

static enum errc ask_piece(struct outgoing *o, uint64_t at, size_t max)
{
	struct front *f = o->f;
	enum errc rc;

	buf_clear(&f->ask);
	buf_put(&f->ask, span_of(o->id, sizeof o->id));
	buf_u64(&f->ask, at);
	buf_u32(&f->ask, (uint32_t)(max < WIRE_CHUNK_BYTES ? max : WIRE_CHUNK_BYTES));
	if ((rc = wire_ask(f->logic, WIRE_CHUNK, buf_span(&f->ask), &f->answer, &f->e)) != OK)
		f->ended = true;
	return rc;
}

static ssize_t next_piece(void *cls, uint64_t at, char *to, size_t max)
{
	struct outgoing *o = cls;
	span piece;

	if (ask_piece(o, at, max) != OK)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	piece = buf_span(&o->f->answer);
	o->ended = piece.n == 0 || piece.n >= o->n - at;
	if (piece.n == 0 || piece.n > max)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	memcpy(to, piece.p, piece.n);
	return (ssize_t)piece.n;
}

/* Whoever went away before the end, or asked for the head alone: logic is told, which holds so many open and no more. */
static void outgoing_end(void *cls)
{
	struct outgoing *o = cls;

	if (!o->ended && !o->f->ended)
		(void)!ask_piece(o, o->n, 0);
	free(o);
}

static struct MHD_Response *in_pieces(struct front *f, const struct answer *a)
{
	struct outgoing *o = calloc(1, sizeof *o);
	struct MHD_Response *r;

	if (o == NULL)
		return NULL;
	o->f = f;
	o->n = a->stream_length;
	memcpy(o->id, a->stream, sizeof o->id);
	if ((r = mhd.create_response_from_callback(a->stream_length, WIRE_CHUNK_BYTES, next_piece, o, outgoing_end)) == NULL)
		outgoing_end(o);
	return r;
}

static void put_cookie(struct MHD_Response *r, const struct answer *a)
{
	char line[160];

	(void)snprintf(line, sizeof line, "__Host-tocsin=%.*s; Path=/; Secure; HttpOnly; SameSite=Strict%s",
	    (int)(a->cookie.n < 64 ? a->cookie.n : 64),
	    a->cookie.p != NULL ? (const char *)a->cookie.p : "", a->cookie.n == 0 ? "; Max-Age=0" : "");
	(void)mhd.add_response_header(r, "Set-Cookie", line);
}

static enum MHD_Result pass_on(struct front *f, struct MHD_Connection *k, const struct request *q)
{
	struct answer a = {0};
	struct MHD_Response *r;
	char seconds[16];

	buf_clear(&f->ask);
	request_write(&f->ask, q);
	if (buf_check(&f->ask, &f->e) != OK || wire_ask(f->logic, WIRE_REQUEST, buf_span(&f->ask), &f->answer,
	    &f->e) != OK ||
	    !answer_read(buf_span(&f->answer), &a)) {
		f->ended = true;
		return refuse_here(k, MHD_HTTP_SERVICE_UNAVAILABLE);
	}
	if ((r = a.streamed ? in_pieces(f, &a) : of_span(a.body, MHD_RESPMEM_MUST_COPY)) == NULL)
		return MHD_NO;
	if (a.set_cookie)
		put_cookie(r, &a);
	if (a.clear_site)
		(void)mhd.add_response_header(r, "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
	if (a.retry_after != 0 && snprintf(seconds, sizeof seconds, "%u", a.retry_after) > 0)
		(void)mhd.add_response_header(r, "Retry-After", seconds);
	if (a.status == MHD_HTTP_METHOD_NOT_ALLOWED)
		(void)mhd.add_response_header(r, "Allow", "GET, HEAD, POST");
	if (a.content == CONTENT_DOWNLOAD)
		(void)mhd.add_response_header(r, "Content-Disposition", "attachment; filename=\"export.age\"");
	return give(k, a.status, r, types[a.content]);
}

/* ---- the page --------------------------------------------------------------------------------------------------- */

static enum MHD_Result page(const struct front *f, struct MHD_Connection *k, span path, bool get)
{
	static const char *const of_page[] = {"/", "/claim", OIDC_RETURN};
	enum asset x = N_ASSETS;

	if (span_eq(path, SPAN_LIT("/app.js")))
		x = ASSET_SCRIPT;
	else if (span_eq(path, SPAN_LIT("/app.css")))
		x = ASSET_STYLE;
	else if (span_starts(path, SPAN_LIT("/i/")))
		x = ASSET_PAGE;
	for (size_t i = 0; i < sizeof of_page / sizeof of_page[0]; i++)
		if (span_eq(path, span_str(of_page[i])))
			x = ASSET_PAGE;
	if (x == N_ASSETS)
		return refuse_here(k, MHD_HTTP_NOT_FOUND);
	if (!get)
		return refuse_here(k, MHD_HTTP_METHOD_NOT_ALLOWED);
	return give(k, MHD_HTTP_OK, of_span(f->assets->v[x], MHD_RESPMEM_PERSISTENT),
	    x == ASSET_PAGE ? "text/html; charset=utf-8" : x == ASSET_SCRIPT ? "text/javascript;"
	    " charset=utf-8" : "text/css; charset=utf-8");
}

/* ---- requests --------------------------------------------------------------------------------------------------- */

static span field(struct MHD_Connection *k, const char *name) { return span_str(mhd.lookup_connection_value(k,
    MHD_HEADER_KIND, name)); }

/* How many are open: the gate lets no more in. */
static void on_connection(void *cls, struct MHD_Connection *k, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct front *f = cls;

	(void)k;
	(void)context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		f->gate.others++;
	else
		f->gate.others--;
}

static void hand_on(void *ctx, int fd, const struct sockaddr_storage *from, socklen_t n)
{
	struct front *f = ctx;

	/* Whatever it says, the descriptor is its own now. */
	(void)mhd.add_connection(f->daemon, fd, (const struct sockaddr *)from, n);
}

static bool json_type(span type)
{
	return span_eq_nocase(type, SPAN_LIT("application/json")) || span_starts_nocase(type, SPAN_LIT("application/json;"));
}

static enum MHD_Result whole(struct front *f, struct MHD_Connection *k, span path, const char *method,
    const struct incoming *in)
{
	bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	struct request q = {.method = get ? METHOD_GET : METHOD_POST, .path = path, .body = buf_span(&in->body)};

	if (!get && strcmp(method, "POST") != 0)
		return refuse_here(k, MHD_HTTP_METHOD_NOT_ALLOWED);
	if (in->discarded != 0)
		return refuse_here(k, MHD_HTTP_CONTENT_TOO_LARGE);
	if (path.n > PATH_MAX_BYTES)
		return refuse_here(k, MHD_HTTP_NOT_FOUND);
	if (!span_starts(path, SPAN_LIT("/api/")))
		return page(f, k, path, get);
	q.form_ok = json_type(field(k, "Content-Type"));
	q.query = span_str(mhd.lookup_connection_value(k, MHD_GET_ARGUMENT_KIND, "after"));
	q.cookie = span_str(mhd.lookup_connection_value(k, MHD_COOKIE_KIND, "__Host-tocsin"));
	q.origin = field(k, "Origin");
	q.fetch_site = field(k, "Sec-Fetch-Site");
	q.client = field(k, "X-Tocsin-Client");
	return pass_on(f, k, &q);
}

static enum MHD_Result begin(const struct front *f, void **ctx)
{
	struct incoming *in;

	if ((in = calloc(1, sizeof *in)) == NULL)
		return MHD_NO;
	in->until = f->gate.now + BODY_SECONDS;
	buf_init(&in->body, LIMIT_REQUEST_BYTES);
	*ctx = in;
	return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *k, const char *url, const char *method,
    const char *version, const char *data,
    size_t *n, void **ctx)
{
	struct incoming *in = *ctx;
	struct front *f = cls;

	(void)version;
	if (in == NULL)
		return begin(f, ctx);
	if (*n == 0)
		return whole(f, k, span_str(url), method, in);
	if (f->gate.now >= in->until)
		return MHD_NO;
	if (in->discarded != 0 || in->body.n + *n > LIMIT_REQUEST_BYTES) {
		in->discarded += *n;
		if (in->discarded > DISCARD_MAX)
			return MHD_NO;
	} else {
		buf_put(&in->body, span_of(data, *n));
		if (in->body.failed)
			return MHD_NO;
	}
	*n = 0;
	return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *k, void **ctx, enum MHD_RequestTerminationCode why)
{
	struct incoming *in = *ctx;

	(void)cls;
	(void)k;
	(void)why;
	if (in != NULL)
		buf_wipe(&in->body);
	free(in);
	*ctx = NULL;
}

/* Paths are compared as they come: what is escaped is none of ours. */
static size_t no_unescape(void *cls, struct MHD_Connection *k, char *s)
{
	(void)cls;
	(void)k;
	return strlen(s);
}

static void no_log(void *cls, const char *fmt, va_list ap)
{
	(void)cls;
	(void)fmt;
	(void)ap;
}

/* One turn: what is at the gate, then what is inside. */
static enum errc turn(struct front *f, int wait_ms, struct err *e)
{
	MHD_UNSIGNED_LONG_LONG ms;
	enum errc rc;

	if (mhd.get_timeout(f->daemon, &ms) == MHD_YES && ms < (unsigned)wait_ms)
		wait_ms = (int)ms;
	if ((rc = gate_turn(&f->gate, wait_ms, e)) == OK && mhd.run(f->daemon) != MHD_YES)
		rc = err_set(e, ERR_WORLD, "HTTP has stopped");
	return rc;
}

static enum errc start(struct front *f, int listen, struct err *e)
{
	const union MHD_DaemonInfo *i;

	f->daemon = mhd.start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, f,
	    MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)LIMIT_REQUESTS_AT_ONCE, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)TIMEOUT_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, f, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
	    MHD_OPTION_UNESCAPE_CALLBACK, no_unescape,
	    NULL, MHD_OPTION_END);
	if (f->daemon == NULL || (i = mhd.get_daemon_info(f->daemon, MHD_DAEMON_INFO_EPOLL_FD)) == NULL)
		return err_sys(e, "HTTP does not start");
	f->gate.listen = listen;
	f->gate.hand_on = hand_on;
	f->gate.ctx = f;
	return gate_open(&f->gate, i->epoll_fd, e);
}

enum errc front_run(const struct serve_config *c, const struct process_fds *fds, const struct assets *assets, struct err *e)
{
	struct front f = {.assets = assets, .logic = fds->logic, .gate = {.c = c, .epoll = -1}};
	enum errc rc;

	if ((rc = library_load(&mhd_library, e)) != OK)
		return rc;
	buf_init(&f.ask, WIRE_MAX);
	buf_init(&f.answer, WIRE_MAX);
	if ((rc = start(&f, fds->listen, e)) == OK)
		rc = jail_enter(&(struct jail_walls){.accepts = true}, e);
	while (rc == OK && !f.ended)
		rc = turn(&f, WAIT_MS, e);
	/* The last answers, which say that there is none, still go out. */
	for (int i = 0; i < 3 && rc == OK && f.ended; i++)
		rc = turn(&f, 50, e);
	if (f.daemon != NULL)
		mhd.stop_daemon(f.daemon);
	gate_close(&f.gate);
	buf_free(&f.ask);
	buf_free(&f.answer);
	if (rc == OK)
		rc = err_set(e, ERR_WORLD, "%s", f.e.text[0] != '\0' ? f.e.text : "logic answers something else");
	return rc;
}
