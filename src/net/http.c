#include "net/http.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/limits.h"
#include "net/curl.h"

enum { DEFAULT_TIMEOUT_MS = 15000, CONNECT_TIMEOUT_MS = 8000, MAX_REDIRECTS = 3 };

struct get {
	const struct http_options *o;
	struct buf body;
	bool cut, refused; /* refused: an address that is not for us */
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
	if (!g->o->local && !net_is_public(&address->addr)) {
		g->refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct get *g = ctx;

	(void)size; /* always 1 */
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
	if (curl.url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK ||
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

static CURLcode configure(CURL *c, struct get *g, const char *url, char *why, struct curl_slist *connect_to,
    struct curl_slist *headers, struct curl_slist *resolved)
{
	const struct http_options *o = g->o;
	CURLcode rc = CURLE_OK;

#define SET(option, value) (rc = rc != CURLE_OK ? rc : curl.easy_setopt(c, option, value))
	SET(CURLOPT_URL, url);
	SET(CURLOPT_ERRORBUFFER, why);
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
	if (connect_to != NULL)
		SET(CURLOPT_CONNECT_TO, connect_to);
	if (headers != NULL)
		SET(CURLOPT_HTTPHEADER, headers);
	if (resolved != NULL)
		SET(CURLOPT_RESOLVE, resolved);
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

static enum errc ask_once(struct arena *a, CURL *c, struct get *g, const char *url, struct http_answer *out,
    const char **onward, struct err *e)
{
	struct curl_slist *connect_to = NULL, *headers = NULL, *resolved = NULL;
	char why[CURL_ERROR_SIZE] = "";
	char *type = NULL, *to = NULL;
	long status = 0;
	CURLcode got;
	enum errc rc = OK;

	*onward = NULL;
	if (g->o->connect_to != NULL && *g->o->connect_to != '\0') {
		const char *line = arena_printf(a, "::%s", g->o->connect_to);

		if (line == NULL || (connect_to = curl.slist_append(NULL, line)) == NULL)
			return err_memory(e);
	}
	if ((rc = header_add(a, &headers, "Accept", g->o->accept, e)) != OK ||
	    (rc = header_add(a, &headers, "Content-Type", g->o->form_type, e)) != OK)
		goto out;
	if (g->o->resolved != NULL && (resolved = curl.slist_append(NULL, g->o->resolved)) == NULL) {
		rc = err_memory(e);
		goto out;
	}
	curl.easy_reset(c);
	if ((got = configure(c, g, url, why, connect_to, headers, resolved)) == CURLE_OK)
		got = curl.easy_perform(c);
	out->url = url;
	if (got != CURLE_OK && !g->cut) {
		out->why = g->refused ? "its address is of this machine or of a private network"
		                      : arena_cstr(a, span_str(why[0] != '\0' ? why : curl.easy_strerror(got)));
		rc = out->why != NULL ? OK : err_memory(e);
		goto out;
	}
	(void)curl.easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	(void)curl.easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
	(void)curl.easy_getinfo(c, CURLINFO_REDIRECT_URL, &to);
	out->status = (int)status;
	out->cut = g->cut;
	if (to != NULL && !g->o->stay && (*onward = arena_cstr(a, span_str(to))) == NULL)
		rc = err_memory(e);
	if (rc == OK && (out->type = arena_cstr(a, span_str(type != NULL ? type : ""))) == NULL)
		rc = err_memory(e);
	if (rc == OK && !g->cut && (out->body = arena_copy(a, buf_span(&g->body))).p == NULL)
		rc = err_memory(e);
out:
	curl.slist_free_all(connect_to);
	curl.slist_free_all(headers);
	curl.slist_free_all(resolved);
	return rc;
}

enum errc http_get(struct arena *a, const struct http_options *o, const char *url, struct http_answer *out, struct err *e)
{
	struct get g = {.o = o};
	const char *onward = url;
	enum errc rc;
	CURL *c;

	*out = (struct http_answer){.why = "", .url = url, .type = ""};
	if ((rc = net_ready(e)) != OK)
		return rc;
	if ((c = curl.easy_init()) == NULL)
		return err_memory(e);
	buf_init(&g.body, o->max != 0 ? o->max : MIB);
	for (int i = 0; i <= MAX_REDIRECTS && rc == OK && onward != NULL; i++) {
		const char *now = onward;

		if ((rc = url_check(o, now, e)) != OK) {
			if (i == 0 || rc != ERR_REFUSED)
				break;
			/* Where the answer leads us is its own business: it is not followed, and that is all. */
			out->status = 0;
			out->body = SPAN_EMPTY;
			out->why = arena_printf(a, "leads elsewhere: %.200s", now);
			rc = out->why != NULL ? OK : err_memory(e);
			break;
		}
		buf_clear(&g.body);
		rc = ask_once(a, c, &g, now, out, &onward, e);
	}
	if (rc == OK && onward != NULL && out->status >= 300 && out->status < 400) {
		out->status = 0;
		out->why = "too many redirects";
	}
	buf_free(&g.body);
	curl.easy_cleanup(c);
	return rc;
}
