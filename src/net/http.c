#include "net/http.h"

#include <assert.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/limits.h"
#include "net/curl.h"

enum { DEFAULT_TIMEOUT_MS = 15000, CONNECT_TIMEOUT_MS = 8000, MAX_REDIRECTS = 3 };
/* Enough that a silent server holds up little, and few enough to be a guest whom nobody minds. */
enum { HTTP_AT_ONCE = 8, HTTP_AT_ONE_HOST = 2 };

struct get {
	struct http_request *of;
	CURL *c;
	struct curl_slist *connect_to, *headers, *resolved;
	const char *url;   /* now, behind redirects */
	char why[CURL_ERROR_SIZE];
	struct buf body;
	CURLcode unset;    /* not CURLE_OK: options that libcurl does not know */
	int redirects;
	bool cut, refused; /* refused: an address that is not for us */
	bool running, done;
};

/* ---- addresses ----------------------------------------------------------------------------------------------- */

/* RFC 6890 and successors: what is not globally reachable. */
static const struct { uint32_t net; unsigned bits; } not_public_4[] = {
    {0x00000000, 8}, {0x0a000000, 8}, {0x64400000, 10}, {0x7f000000, 8}, {0xa9fe0000, 16}, {0xac100000, 12},
    {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24},
    {0xcb007100, 24}, {0xe0000000, 4}, {0xf0000000, 4}};

static bool public_4(uint32_t address)
{
	for (size_t i = 0; i < sizeof not_public_4 / sizeof not_public_4[0]; i++)
		if ((address ^ not_public_4[i].net) >> (32 - not_public_4[i].bits) == 0)
			return false;
	return true;
}

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Of IPv6 only 2000::/3 is handed out; within it, documentation, Teredo and 6to4 (which hides an IPv4 address). */
static bool public_6(const unsigned char b[16])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0, 0x64, 0xff, 0x9b};

	if (memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0)
		return public_4(be32(b + 12));
	if ((b[0] & 0xe0) != 0x20)
		return false;
	if (b[0] == 0x20 && b[1] == 0x02)
		return public_4(be32(b + 2));
	if (b[0] == 0x20 && b[1] == 0x01)
		return !(b[2] < 2) && !(b[2] == 0x0d && b[3] == 0xb8); /* 2001::/23, 2001:db8::/32 */
	return !(b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10);     /* 3fff::/20 */
}

bool net_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, address, sizeof in);
		return public_4(ntohl(in.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof in6);
		return public_6(in6.sin6_addr.s6_addr);
	}
	return false;
}

/* ---- the request --------------------------------------------------------------------------------------------- */

static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct get *g = ctx;

	(void)purpose;
	if (!g->of->options->local && !net_is_public(&address->addr)) {
		g->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct get *g = ctx;
	long status = 0;

	(void)size; /* always 1 */
	(void)curl.easy_getinfo(g->c, CURLINFO_RESPONSE_CODE, &status);
	if (status / 100 == 3 && !g->of->options->stay) /* of the way nothing is kept, and however long it is, it leads on */
		return n;
	buf_put(&g->body, span_of(p, n));
	g->cut = g->body.failed;
	return g->cut ? 0 : n;
}

/* scheme, host and nothing that hides another: user names, odd ports are left to connect_to. */
static enum errc url_check(const struct http_options *o, const char *url, struct err *e)
{
	CURLU *u = curl.url();
	char *scheme = NULL, *host = NULL;
	enum errc rc = OK;

	if (u == NULL)
		return err_memory(e);
	if (strlen(url) > LIMIT_URL_BYTES)
		rc = err_set(e, ERR_REFUSED, "%.200s: longer than a URL that is asked", url);
	else if (curl.url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK ||
	    curl.url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK || curl.url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		rc = err_set(e, ERR_REFUSED, "%.200s: not a URL that can be asked", url);
	else if (strcmp(scheme, "https") != 0 && !(o->plain && strcmp(scheme, "http") == 0))
		rc = err_set(e, ERR_REFUSED, "%.200s: only https is asked", url);
	else {
		bool may = false;

		for (size_t i = 0; i < o->n_hosts && !may; i++)
			may = span_eq_nocase(span_str(host), span_str(o->hosts[i]));
		if (!may)
			rc = err_set(e, ERR_REFUSED, "%.200s: the host %.100s is not among those that may be asked", url, host);
	}
	curl.free(scheme);
	curl.free(host);
	curl.url_cleanup(u);
	return rc;
}

static CURLcode configure(CURL *c, struct get *g, const char *url)
{
	const struct http_options *o = g->of->options;
	CURLcode rc = CURLE_OK;

#define SET(option, value) (rc = rc != CURLE_OK ? rc : curl.easy_setopt(c, option, value))
	SET(CURLOPT_URL, url);
	SET(CURLOPT_ERRORBUFFER, g->why);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROTOCOLS_STR, o->plain ? "http,https" : "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_TIMEOUT_MS, (long)(o->timeout_ms != 0 ? o->timeout_ms : DEFAULT_TIMEOUT_MS));
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	SET(CURLOPT_USERAGENT, "tocsin/" TOCSIN_VERSION);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
	SET(CURLOPT_OPENSOCKETDATA, g);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, g);
	if (o->ca_file != NULL && *o->ca_file != '\0')
		SET(CURLOPT_CAINFO, o->ca_file);
	if (g->connect_to != NULL)
		SET(CURLOPT_CONNECT_TO, g->connect_to);
	if (g->headers != NULL)
		SET(CURLOPT_HTTPHEADER, g->headers);
	if (g->resolved != NULL)
		SET(CURLOPT_RESOLVE, g->resolved);
	if (o->form != NULL)
		SET(CURLOPT_POSTFIELDS, o->form);
	if (o->user != NULL) {
		SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		SET(CURLOPT_USERNAME, o->user);
		SET(CURLOPT_PASSWORD, o->password);
	}
#undef SET
	return rc;
}

static enum errc header_add(struct arena *a, struct curl_slist **list, const char *name, const char *value, struct err *e)
{
	const char *line = value != NULL ? arena_printf(a, "%s: %s", name, value) : NULL;
	struct curl_slist *longer = line != NULL ? curl.slist_append(*list, line) : NULL;

	if (longer != NULL)
		*list = longer;
	return value == NULL || longer != NULL ? OK : err_memory(e);
}

/* What a request is made of, until it is answered. */
static void end(struct get *g)
{
	curl.slist_free_all(g->connect_to);
	curl.slist_free_all(g->headers);
	curl.slist_free_all(g->resolved);
	g->connect_to = g->headers = g->resolved = NULL;
}

static enum errc begin(struct arena *a, struct get *g, const char *url, struct err *e)
{
	const struct http_options *o = g->of->options;
	const char *line;
	enum errc rc;

	g->url = url;
	g->why[0] = '\0';
	g->refused = g->cut = false;
	buf_clear(&g->body);
	if (o->connect_to != NULL && *o->connect_to != '\0' && ((line = arena_printf(a, "::%s", o->connect_to)) == NULL ||
	    (g->connect_to = curl.slist_append(NULL, line)) == NULL))
		return err_memory(e);
	if ((rc = header_add(a, &g->headers, "Accept", o->accept, e)) != OK ||
	    (rc = header_add(a, &g->headers, "Content-Type", o->form_type, e)) != OK)
		return rc;
	if (o->resolved != NULL && (g->resolved = curl.slist_append(NULL, o->resolved)) == NULL)
		return err_memory(e);
	curl.easy_reset(g->c);
	g->unset = configure(g->c, g, url);
	return OK;
}

/* Of what may have been there before, on the way, nothing is left. */
static void no_answer(struct http_answer *out, const char *why)
{
	*out = (struct http_answer){.why = why, .url = out->url, .type = ""};
}

/* What came of it; *onward is where it leads, or NULL. */
static enum errc take(struct arena *a, struct get *g, CURLcode got, const char **onward, struct err *e)
{
	struct http_answer *out = &g->of->answer;
	char *type = NULL, *to = NULL;
	long status = 0;

	*onward = NULL;
	out->url = g->url;
	if (got != CURLE_OK && !g->cut) {
		no_answer(out, g->refused ? "its address is of this machine or of a private network"
		                          : arena_cstr(a, span_str(g->why[0] != '\0' ? g->why : curl.easy_strerror(got))));
		return out->why != NULL ? OK : err_memory(e);
	}
	(void)curl.easy_getinfo(g->c, CURLINFO_RESPONSE_CODE, &status);
	(void)curl.easy_getinfo(g->c, CURLINFO_CONTENT_TYPE, &type);
	(void)curl.easy_getinfo(g->c, CURLINFO_REDIRECT_URL, &to);
	out->status = (int)status;
	out->cut = g->cut;
	if ((to != NULL && !g->of->options->stay && (*onward = arena_cstr(a, span_str(to))) == NULL) ||
	    (out->type = arena_cstr(a, span_str(type != NULL ? type : ""))) == NULL ||
	    (!g->cut && (out->body = arena_copy(a, buf_span(&g->body))).p == NULL))
		return err_memory(e);
	return OK;
}

/* ---- several at a time ---------------------------------------------------------------------------------------- */

struct many { struct arena *a; CURLM *m; struct get *v; size_t n, n_running; };

/* Begins it at that URL, if that may be asked; else it is done. */
static enum errc start(struct many *x, struct get *g, const char *url, struct err *e)
{
	struct http_request *r = g->of;
	struct err why = {0};
	enum errc rc = url_check(r->options, url, &why);

	if (rc == ERR_REFUSED) {
		/* Where an answer leads us is its own business: it is not followed, and that is all. */
		r->refused = g->redirects == 0;
		no_answer(&r->answer, r->refused ? arena_cstr(x->a, span_str(why.text)) : arena_printf(x->a, "leads elsewhere: %.200s", url));
		g->done = true;
		return r->answer.why != NULL ? OK : err_memory(e);
	}
	if (rc != OK)
		return err_memory(e);
	if (g->c == NULL && (g->c = curl.easy_init()) == NULL)
		return err_memory(e);
	if ((rc = begin(x->a, g, url, e)) != OK)
		return rc;
	if (g->unset != CURLE_OK || curl.multi_add_handle(x->m, g->c) != CURLM_OK)
		return err_set(e, ERR_WORLD, "libcurl does not take a request: %s", curl.easy_strerror(g->unset));
	g->running = true;
	x->n_running++;
	return OK;
}

static enum errc finish(struct many *x, struct get *g, CURLcode got, struct err *e)
{
	const char *onward;
	enum errc rc = take(x->a, g, got, &onward, e);

	(void)curl.multi_remove_handle(x->m, g->c);
	end(g);
	g->running = false;
	x->n_running--;
	if (rc == OK && onward != NULL && g->redirects++ < MAX_REDIRECTS)
		return start(x, g, onward, e);
	g->done = true;
	if (rc == OK && onward != NULL)
		no_answer(&g->of->answer, "too many redirects");
	return rc;
}

static bool host_is_busy(const struct many *x, const char *host)
{
	size_t n = 0;

	for (size_t i = 0; host != NULL && i < x->n; i++)
		n += x->v[i].running && x->v[i].of->host != NULL && strcmp(x->v[i].of->host, host) == 0;
	return n >= HTTP_AT_ONE_HOST;
}

static struct get *of_handle(const struct many *x, const CURL *c)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->v[i].c == c)
			return &x->v[i];
	assert(false);
	return NULL;
}

/* Until nobody runs though all were begun that may be: those that were held back have their turn, too. */
static enum errc run(struct many *x, struct err *e)
{
	enum errc rc = OK;
	int still = 0, left;
	CURLMsg *said;

	for (;;) {
		bool finished = false;

		for (size_t i = 0; i < x->n && x->n_running < HTTP_AT_ONCE && rc == OK; i++)
			if (!x->v[i].done && !x->v[i].running && !host_is_busy(x, x->v[i].of->host))
				rc = start(x, &x->v[i], x->v[i].of->url, e);
		if (rc != OK || x->n_running == 0)
			return rc;
		if (curl.multi_perform(x->m, &still) != CURLM_OK)
			return err_set(e, ERR_WORLD, "libcurl cannot go on");
		while (rc == OK && (said = curl.multi_info_read(x->m, &left)) != NULL)
			if (said->msg == CURLMSG_DONE) {
				finished = true;
				rc = finish(x, of_handle(x, said->easy_handle), said->data.result, e);
			}
		if (rc == OK && !finished && curl.multi_poll(x->m, NULL, 0, 200, NULL) != CURLM_OK)
			return err_set(e, ERR_WORLD, "libcurl cannot wait");
	}
}

enum errc http_get_many(struct arena *a, struct http_request *v, size_t n, struct err *e)
{
	struct many x = {.a = a, .n = n};
	enum errc rc;

	if ((rc = net_ready(e)) != OK)
		return rc;
	if ((x.v = arena_zero(a, n, sizeof *x.v)) == NULL || (x.m = curl.multi_init()) == NULL)
		return n == 0 ? OK : err_memory(e);
	for (size_t i = 0; i < n; i++) {
		x.v[i].of = &v[i];
		v[i].refused = false;
		v[i].answer = (struct http_answer){.why = "", .url = v[i].url, .type = ""};
		buf_init(&x.v[i].body, v[i].options->max != 0 ? v[i].options->max : MIB);
	}
	rc = run(&x, e);
	for (size_t i = 0; i < n; i++) {
		if (x.v[i].running)
			(void)curl.multi_remove_handle(x.m, x.v[i].c);
		end(&x.v[i]);
		if (x.v[i].c != NULL)
			curl.easy_cleanup(x.v[i].c);
		buf_free(&x.v[i].body);
	}
	(void)curl.multi_cleanup(x.m);
	return rc;
}

enum errc http_get(struct arena *a, const struct http_options *o, const char *url, struct http_answer *out, struct err *e)
{
	struct http_request one = {.url = url, .options = o};
	enum errc rc = http_get_many(a, &one, 1, e);

	*out = one.answer;
	return rc == OK && one.refused ? err_set(e, ERR_REFUSED, "%s", one.answer.why) : rc;
}
