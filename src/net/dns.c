#include "net/dns.h"

#include <poll.h>
#include <stdlib.h>
#include <unbound.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/library.h"
#include "base/limits.h"
#include "base/stop.h"

enum { DEFAULT_TIMEOUT_MS = 10000, DNS_AT_ONCE = 16, STOP_MS = 500, SILENT_MS = 60000 };

#define UB_CALLS(X) \
	X(cancel) X(ctx_add_ta_file) X(ctx_async) X(ctx_create) X(ctx_delete) X(ctx_resolvconf) X(ctx_set_fwd) \
	X(ctx_set_option) X(ctx_set_stub) X(fd) X(process) X(resolve_async) X(resolve_free) X(strerror)

static struct {
#define UB_CALL(name) __typeof__(ub_##name) *name;
	UB_CALLS(UB_CALL)
#undef UB_CALL
} ub;

#define UB_NAME(name) {"ub_" #name, &ub.name},
static const struct library_name ub_names[] = {UB_CALLS(UB_NAME)};
#undef UB_NAME
static struct library ub_library = LIBRARY(SONAME_UNBOUND, ub_names);

/* Where Debian's dns-root-data and unbound-anchor(8) keep the root's key. */
static const char *const root_keys[] = {"/usr/share/dns/root.key", "/var/lib/unbound/root.key"};

struct dns {
	struct ub_ctx *ctx;
	unsigned timeout_ms;
	/* Where nothing was ever answered, and a question had all its time, the next ones get none for a minute: of ten thousand names without
	 * a network all would wait in turn. */
	bool heard;
	uint64_t silent_until_ms;
	struct pending *newest; /* lookups that were given up: freed with the context */
};

/* Lives until the library calls back or is gone: a lookup that is given up may still be answered. */
struct pending {
	bool done;
	int failed;
	struct ub_result *result;
	struct pending *next;
};

static enum errc failed(struct err *e, const char *what, int code)
{
	return err_set(e, ERR_WORLD, "DNS: %s: %s", what, ub.strerror(code));
}

static enum errc configure(struct ub_ctx *ctx, const struct dns_options *o, struct err *e)
{
	const char *key = o->trust_anchor != NULL ? o->trust_anchor : getenv("TOCSIN_TRUST_ANCHOR");
	int rc;

	/* A thread rather than a process of its own: it ends with the context. */
	if ((rc = ub.ctx_async(ctx, 1)) != 0)
		return failed(e, "no thread", rc);
	/* Servers on this machine are ordinary: every stub resolver is one. */
	if ((rc = ub.ctx_set_option(ctx, "do-not-query-localhost:", "no")) != 0)
		return failed(e, "options", rc);
	rc = o->server != NULL ? ub.ctx_set_fwd(ctx, o->server) : ub.ctx_resolvconf(ctx, NULL);
	if (rc != 0)
		return failed(e, o->server != NULL ? o->server : "/etc/resolv.conf", rc);
	if (o->stub_zone != NULL && (rc = ub.ctx_set_stub(ctx, o->stub_zone, o->stub_server, 0)) != 0)
		return failed(e, o->stub_zone, rc);
	for (size_t i = 0; key == NULL && i < sizeof root_keys / sizeof root_keys[0]; i++)
		if (access(root_keys[i], R_OK) == 0)
			key = root_keys[i];
	if (key == NULL)
		return OK;
	if (access(key, R_OK) != 0)
		return err_sys(e, "DNS trust anchor %s", key);
	return (rc = ub.ctx_add_ta_file(ctx, key)) == 0 ? OK : failed(e, key, rc);
}

enum errc dns_ready(struct err *e) { return library_load(&ub_library, e); }

enum errc dns_open(struct dns **out, const struct dns_options *o, struct err *e)
{
	struct dns *d;
	enum errc rc;

	*out = NULL;
	if ((rc = dns_ready(e)) != OK)
		return rc;
	d = calloc(1, sizeof *d);
	if (d == NULL || (d->ctx = ub.ctx_create()) == NULL) {
		free(d);
		return err_memory(e);
	}
	d->timeout_ms = o->timeout_ms != 0 ? o->timeout_ms : DEFAULT_TIMEOUT_MS;
	if ((rc = configure(d->ctx, o, e)) != OK) {
		dns_close(d);
		return rc;
	}
	*out = d;
	return OK;
}

void dns_close(struct dns *d)
{
	if (d == NULL)
		return;
	ub.ctx_delete(d->ctx);
	for (struct pending *p = d->newest, *next; p != NULL; p = next) {
		next = p->next;
		ub.resolve_free(p->result);
		free(p);
	}
	free(d);
}

static void on_result(void *ctx, int code, struct ub_result *result)
{
	struct pending *p = ctx;

	p->done = true;
	p->failed = code;
	p->result = result;
}

static int by_bytes(const void *x, const void *y)
{
	const struct dns_record *a = x, *b = y;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return span_cmp(a->data, b->data);
}

static enum errc take_records(struct arena *a, const struct ub_result *r, enum dns_type type, struct dns_answer *out,
    struct err *e)
{
	size_t malformed = 0;
	enum errc rc;

	if ((out->v = arena_zero(a, LIMIT_DNS_RECORDS, sizeof *out->v)) == NULL)
		return err_memory(e);
	for (size_t i = 0; r->data[i] != NULL; i++) {
		span data = span_of(r->data[i], r->len[i] > 0 ? (size_t)r->len[i] : 0);

		if (out->n == LIMIT_DNS_RECORDS) {
			out->n = 0;
			out->outcome = DNS_FAILED;
			out->why = "more records than are taken of one name";
			return OK;
		}
		rc = dns_record_read(a, type, data, &out->v[out->n], NULL);
		if (rc == ERR_MEMORY)
			return err_memory(e);
		if (rc == OK)
			out->n++;
		else
			malformed++;
	}
	qsort(out->v, out->n, sizeof *out->v, by_bytes);
	out->outcome = out->n != 0 ? DNS_FOUND : malformed != 0 ? DNS_FAILED : DNS_NO_DATA;
	if (out->outcome == DNS_FAILED)
		out->why = "its records are malformed";
	return OK;
}

/* bogus is looked at before anything else: the data are there all the same. */
static enum errc take_result(struct arena *a, const struct ub_result *r, enum dns_type type, struct dns_answer *out,
    struct err *e)
{
	if (r->bogus) {
		out->outcome = DNS_FORGED;
		out->why = arena_printf(a, "%.300s", r->why_bogus != NULL ? r->why_bogus : "DNSSEC validation failed");
		return out->why != NULL ? OK : err_memory(e);
	}
	out->secure = r->secure != 0;
	out->ttl = r->ttl;
	if (r->nxdomain) {
		out->outcome = DNS_NO_NAME;
	} else if (r->rcode != 0) {
		out->outcome = DNS_FAILED;
		out->why = r->rcode == 2 ? "its servers fail (SERVFAIL)" : r->rcode == 5 ? "refused" : "an error from its servers";
	} else if (!r->havedata) {
		out->outcome = DNS_NO_DATA;
	} else {
		return take_records(a, r, type, out, e);
	}
	return OK;
}

/* Labels of 1 to 63 bytes; no escapes, so that what is asked is what is written. */
static bool name_ok(const char *name)
{
	size_t n = strlen(name), label = 0;

	for (size_t i = 0; i < n; i++) {
		if (name[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (name[i] <= ' ' || name[i] >= 0x7f || name[i] == '\\' || ++label > 63) {
			return false;
		}
	}
	return n != 0 && n <= 254;
}

static const char no_answer[] = "no answer in time";

/* ---- several at a time ---------------------------------------------------------------------------------------- */

struct flight { struct pending *p; struct dns_question *q; int id; uint64_t end_ms; };

static enum errc start(struct dns *d, struct flight *f, struct dns_question *q, struct err *e)
{
	int code;

	*f = (struct flight){.q = q, .end_ms = time_monotonic_ms() + d->timeout_ms};
	if ((f->p = calloc(1, sizeof *f->p)) == NULL)
		return err_memory(e);
	if ((code = ub.resolve_async(d->ctx, q->name, (int)q->type, 1, f->p, on_result, &f->id)) != 0) {
		free(f->p);
		f->p = NULL;
		return failed(e, q->name, code);
	}
	return OK;
}

/* Given up, but perhaps answered still. */
static void give_up(struct dns *d, struct flight *f)
{
	(void)ub.cancel(d->ctx, f->id);
	f->p->next = d->newest;
	d->newest = f->p;
	f->p = NULL;
}

static enum errc land(struct dns *d, struct arena *a, struct flight *f, struct err *e)
{
	struct pending *p = f->p;
	enum errc rc = OK;

	f->p = NULL;
	d->heard = true;
	if (p->failed != 0 || p->result == NULL) {
		f->q->answer.why = arena_printf(a, "%s", ub.strerror(p->failed));
		rc = f->q->answer.why != NULL ? OK : err_memory(e);
	} else {
		rc = take_result(a, p->result, f->q->type, &f->q->answer, e);
	}
	ub.resolve_free(p->result);
	free(p);
	return rc;
}

/* Until one is answered, or the first has had its time. */
static enum errc wait_some(struct dns *d, struct arena *a, struct flight v[DNS_AT_ONCE], struct err *e)
{
	uint64_t now = time_monotonic_ms(), first = UINT64_MAX;
	struct pollfd fd = {.fd = ub.fd(d->ctx), .events = POLLIN};
	enum errc rc = OK;

	for (size_t i = 0; i < DNS_AT_ONCE; i++)
		if (v[i].p != NULL && v[i].end_ms < first)
			first = v[i].end_ms;
	/* A signal that comes just before is seen a little later. */
	if (now < first && poll(&fd, 1, first - now < STOP_MS ? (int)(first - now) : STOP_MS) > 0)
		(void)ub.process(d->ctx);
	if (stop_asked())
		return err_set(e, ERR_STOPPED, "stopped while waiting for a name server");
	now = time_monotonic_ms();
	for (size_t i = 0; i < DNS_AT_ONCE && rc == OK; i++) {
		if (v[i].p != NULL && v[i].p->done) {
			rc = land(d, a, &v[i], e);
		} else if (v[i].p != NULL && now >= v[i].end_ms) {
			v[i].q->answer.why = no_answer;
			give_up(d, &v[i]);
			if (!d->heard)
				d->silent_until_ms = now + SILENT_MS;
		}
	}
	return rc;
}

enum errc dns_ask_many(struct dns *d, struct arena *a, struct dns_question *v, size_t n, struct err *e)
{
	struct flight flying[DNS_AT_ONCE] = {0};
	size_t next = 0;
	bool some;
	enum errc rc = OK;

	do {
		some = false;
		for (size_t i = 0; i < DNS_AT_ONCE && rc == OK; i++) {
			for (; flying[i].p == NULL && next < n && rc == OK; next++) {
				v[next].answer = (struct dns_answer){.outcome = DNS_FAILED, .why = ""};
				if (!name_ok(v[next].name))
					v[next].answer.outcome = DNS_NO_NAME; /* no such name can be there */
				else if (!d->heard && time_monotonic_ms() < d->silent_until_ms)
					v[next].answer.why = no_answer;
				else
					rc = start(d, &flying[i], &v[next], e);
			}
			some |= flying[i].p != NULL;
		}
		if (rc == OK && some)
			rc = wait_some(d, a, flying, e);
	} while (rc == OK && some);
	for (size_t i = 0; i < DNS_AT_ONCE; i++)
		if (flying[i].p != NULL)
			give_up(d, &flying[i]);
	return rc;
}

enum errc dns_ask(struct dns *d, struct arena *a, const char *name, enum dns_type type, struct dns_answer *out,
    struct err *e)
{
	struct dns_question q = {.name = name, .type = type};
	enum errc rc = dns_ask_many(d, a, &q, 1, e);

	*out = q.answer;
	return rc;
}
