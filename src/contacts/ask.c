/*
 * Asking: pages by HTTP and names by DNS, several at a time, each answer into the case. What is fresh there is not asked for
 * again; what is stale, and gets no answer now, is marked as such.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "contacts/private.h"
#include "net/http.h"

enum { ANSWER_BYTES = 256 * 1024, TYPE_BYTES = 100, NOTE_BYTES = 300, HOSTS = 64, DNS_MS = 4000, AT_ONCE = 16 };

static enum errc stopped(struct err *e) { return stop_asked() ? err_set(e, ERR_STOPPED, "stopped: what was answered is kept") : OK; }

/* ---- pages ------------------------------------------------------------------------------------------------------ */

/* Its own hosts, and those that the case allows besides: not for security.txt, which speaks for whoever serves it. */
static enum errc options_of(struct asking *k, const struct question *q, struct http_options *out, struct err *e)
{
	const struct network_config *net = &k->config->network;
	const char **hosts = arena_zero(k->scratch, HOSTS + 3, sizeof *hosts);
	bool rdap = q->kind == ANSWER_RDAP || q->kind == ANSWER_NETWORK;

	if (hosts == NULL)
		return err_memory(e);
	*out = (struct http_options){.hosts = hosts, .max = ANSWER_BYTES, .ca_file = net->ca_file,
	    .accept = rdap ? "application/rdap+json" : q->kind == ANSWER_SECURITY_TXT ? "text/plain" : NULL, .plain = net->plain,
	    .local = net->local, .connect_to = net->connect_to};
	if (rdap) {
		hosts[out->n_hosts++] = q->host;
	} else {
		hosts[out->n_hosts++] = q->domain;
		if ((hosts[out->n_hosts++] = arena_printf(k->scratch, "www.%s", q->domain)) == NULL)
			return err_memory(e);
	}
	for (size_t i = 0; q->kind != ANSWER_SECURITY_TXT && i < net->hosts.n && i < HOSTS; i++)
		hosts[out->n_hosts++] = net->hosts.v[i];
	return OK;
}

/* What a server chose, for a row. NULL: memory. */
static const char *bounded(struct arena *a, const char *text, size_t most)
{
	span s = utf8_clean(a, span_first(span_str(text), most));

	return s.p != NULL ? arena_cstr(a, s) : NULL;
}

static enum errc page_keep(struct asking *k, const struct http_request *r, struct err *e)
{
	const struct http_answer *got = &r->answer;
	const struct fetched f = {.url = r->url, .final_url = bounded(k->scratch, got->url != NULL ? got->url : r->url, LIMIT_URL_BYTES),
	    .type = bounded(k->scratch, got->type, TYPE_BYTES), .note = got->cut ? "larger than 256 KiB" : bounded(k->scratch, got->why, NOTE_BYTES),
	    .when_utc = k->o->now_utc, .status = got->status, .body = got->cut ? SPAN_EMPTY : got->body};

	k->tally->failed += got->status == 0 && !r->refused;
	return f.final_url == NULL || f.type == NULL || f.note == NULL ? err_memory(e) : fetched_put(k->st, &f, e);
}

static bool asked_for(const struct http_request *v, size_t n, const char *url)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].url, url) == 0)
			return true;
	return false;
}

static enum errc pages_window(struct asking *k, struct question *v, size_t n, struct err *e)
{
	struct http_request asked[AT_ONCE];
	struct http_options options[AT_ONCE];
	struct fetched_outline f;
	size_t n_asked = 0;
	enum errc rc;

	for (size_t i = 0; i < n; i++) {
		if ((rc = fetched_outline(k->st, v[i].url, &f, e)) != OK)
			return rc;
		if ((f.when_utc != TIME_NONE && f.when_utc >= k->o->stale_utc) || asked_for(asked, n_asked, v[i].url)) {
			k->tally->cached++;
			continue;
		}
		if ((rc = options_of(k, &v[i], &options[n_asked], e)) != OK)
			return rc;
		asked[n_asked] = (struct http_request){.url = v[i].url, .host = v[i].host, .options = &options[n_asked]};
		n_asked++;
	}
	k->tally->asked += n_asked;
	if (n_asked != 0 && (rc = http_get_many(k->scratch, asked, n_asked, e)) != OK)
		return rc;
	for (size_t i = 0; i < n_asked; i++)
		if ((rc = page_keep(k, &asked[i], e)) != OK)
			return rc;
	for (size_t i = 0; i < n; i++) {
		if ((rc = fetched_outline(k->st, v[i].url, &f, e)) != OK)
			return rc;
		v[i].asked = true;
		v[i].status = f.status;
		v[i].has_page = f.has_page;
		v[i].unread = f.too_large;
		k->tally->unread += f.too_large;
	}
	return n_asked != 0 ? store_commit(k->st, e) : OK;
}

enum errc pages_ask(struct asking *k, struct question *v, size_t n, struct err *e)
{
	struct question window[AT_ONCE];
	size_t from[AT_ONCE], n_window = 0;
	enum errc rc = OK;

	for (size_t i = 0; i <= n && rc == OK; i++) {
		if (i < n && !v[i].asked && !v[i].later) {
			from[n_window] = i;
			window[n_window++] = v[i];
		}
		if (n_window == 0 || (n_window < AT_ONCE && i < n))
			continue;
		progress_show(&k->progress);
		arena_reset(k->scratch);
		if ((rc = stopped(e)) == OK)
			rc = pages_window(k, window, n_window, e);
		k->progress.done_items += n_window;
		while (n_window != 0) {
			n_window--;
			v[from[n_window]] = window[n_window];
		}
	}
	return rc;
}

/* ---- names -------------------------------------------------------------------------------------------------------- */

static const char *type_name(enum dns_type t) { return t == DNS_MX ? "mx" : t == DNS_AAAA ? "aaaa" : "a"; }

/* An address that others can reach, too: that of a private network is in no registry. */
static bool address_is_public(const char *text, bool v6)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (v6)
		return inet_pton(AF_INET6, text, &in6.sin6_addr) == 1 && net_is_public((const struct sockaddr *)&in6);
	return inet_pton(AF_INET, text, &in.sin_addr) == 1 && net_is_public((const struct sockaddr *)&in);
}

/* The first of what was found, in the order of dns_ask, that is of use; NULL: none. */
static const char *best(const struct asking *k, const struct dns_question *q)
{
	for (size_t i = 0; q->answer.outcome == DNS_FOUND && i < q->answer.n; i++) {
		const char *text = q->answer.v[i].text;

		if (text == NULL || *text == '\0' || strcmp(text, ".") == 0) /* a null MX says that it takes none (RFC 7505) */
			continue;
		if (q->type == DNS_MX || k->config->network.local || address_is_public(text, q->type == DNS_AAAA))
			return text;
	}
	return NULL;
}

static enum errc name_keep(struct asking *k, const char *url, const struct dns_question *q, struct err *e)
{
	enum dns_outcome got = q->answer.outcome;
	bool known = got == DNS_FOUND || got == DNS_NO_DATA || got == DNS_NO_NAME;
	const char *text = best(k, q);

	k->tally->failed += !known;
	k->no_dns = known ? 0 : k->no_dns + 1;
	return fetched_put(k->st, &(struct fetched){.url = url, .final_url = url, .type = type_name(q->type),
	    .note = q->answer.why != NULL ? q->answer.why : "", .when_utc = k->o->now_utc, .status = !known ? 0 : text != NULL ? 200 : 404,
	    .body = text != NULL ? span_str(text) : SPAN_EMPTY}, e);
}

/* A setting that is not there is empty. */
static const char *given(const char *s) { return s != NULL && *s != '\0' ? s : NULL; }

static enum errc names_send(struct asking *k, struct dns_question *q, const char *const *urls, size_t n, struct err *e)
{
	enum errc rc;

	/* So many questions without an answer, one behind the other, and the name server is taken to be out of reach. */
	if (n == 0 || k->no_dns >= 2) {
		k->tally->failed += n;
		return OK;
	}
	if (k->dns == NULL && (rc = dns_open(&k->dns, &(struct dns_options){.timeout_ms = DNS_MS, .server = given(k->config->network.dns_server),
	        .trust_anchor = given(k->config->network.dns_trust_anchor)}, e)) != OK)
		return rc;
	k->tally->asked += n;
	if ((rc = dns_ask_many(k->dns, k->scratch, q, n, e)) != OK)
		return rc;
	for (size_t i = 0; i < n; i++)
		if ((rc = name_keep(k, urls[i], &q[i], e)) != OK)
			return rc;
	return store_commit(k->st, e);
}

static enum errc names_window(struct asking *k, struct arena *a, struct name_asked *v, size_t n, struct err *e)
{
	struct dns_question q[AT_ONCE];
	const char *url[AT_ONCE], *send[AT_ONCE];
	struct fetched f;
	size_t n_send = 0;
	enum errc rc;

	for (size_t i = 0; i < n; i++) {
		if ((url[i] = arena_printf(k->scratch, "dns:%s:%s", type_name(v[i].type), v[i].name)) == NULL)
			return err_memory(e);
		if ((rc = fetched_get(k->st, k->scratch, url[i], &f, e)) != OK)
			return rc;
		if (f.url != NULL && f.when_utc >= k->o->stale_utc) {
			k->tally->cached++;
			continue;
		}
		send[n_send] = url[i];
		q[n_send++] = (struct dns_question){.name = v[i].name, .type = v[i].type};
	}
	if ((rc = names_send(k, q, send, n_send, e)) != OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if ((rc = fetched_get(k->st, k->scratch, url[i], &f, e)) != OK)
			return rc;
		/* What was found before the name server could not be reached is stale, and no answer. */
		v[i].known = f.url != NULL && f.when_utc >= k->o->stale_utc - (k->o->stale_utc > k->o->now_utc) && f.status != 0;
		v[i].found = NULL;
		if (v[i].known && f.status == 200 && (v[i].found = arena_cstr(a, f.body)) == NULL)
			return err_memory(e);
	}
	return OK;
}

enum errc names_ask(struct asking *k, struct arena *a, struct name_asked *v, size_t n, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < n && rc == OK; i += AT_ONCE) {
		progress_show(&k->progress);
		arena_reset(k->scratch);
		if ((rc = stopped(e)) == OK)
			rc = names_window(k, a, v + i, n - i < AT_ONCE ? n - i : AT_ONCE, e);
	}
	return rc;
}
