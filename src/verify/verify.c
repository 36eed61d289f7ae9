#include "verify/private.h"

#include <sodium.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "net/cms.h"

static const char *const names[N_CHECKS] = {"form", "text", "statement", "notice log", "published log", "S/MIME", "DKIM (RSA)", "DKIM (Ed25519)",
    "DNS", "withdrawal"};

const char *verify_check_name(enum verify_check c) { return names[c]; }

/* ---- the worker's side ---------------------------------------------------------------------------------------- */

/* What OpenSSL and libsodium open or look up, before the walls. */
static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	(void)ctx;
	(void)init;
	(void)fds;
	(void)n_fds;
	*state = NULL;
	if (sodium_init() < 0)
		return err_set(e, ERR_WORLD, "libsodium could not be started");
	return cms_ready(e);
}

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);
	struct verify_with w = {0};
	struct verify_result r;
	struct buf *b = jail_buf(out);
	struct arena *a = NULL;
	enum errc rc;

	(void)state;
	(void)fds;
	(void)n_fds;
	w.mail = cursor_bytes(&c);
	w.key = cursor_bytes(&c);
	w.ca = cursor_bytes(&c);
	w.dkim = cursor_bytes(&c);
	w.dns = cursor_bytes(&c);
	w.withdrawn = cursor_bytes(&c);
	w.proof = cursor_bytes(&c);
	w.checkpoint = cursor_bytes(&c);
	w.leaves = cursor_bytes(&c);
	if (!cursor_done(&c))
		return err_set(e, ERR_USAGE, "a task that makes no sense");
	if ((rc = jail_item(out, (struct jail_place){0, 0, 0}, e)) != OK || (rc = arena_new(&a, GIB, e)) != OK)
		return rc;
	if ((rc = notice_check(a, &w, &r, e)) == OK) {
		for (size_t i = 0; i < N_CHECKS; i++) {
			buf_u8(b, (uint8_t)r.check[i].outcome);
			buf_bytes(b, span_str(r.check[i].why));
		}
		buf_bytes(b, span_str(r.id));
		buf_bytes(b, span_str(r.organisation));
		buf_bytes(b, span_str(r.domain));
		buf_bytes(b, span_str(r.issued));
		buf_bytes(b, span_str(r.from));
		buf_bytes(b, span_str(r.listed));
		buf_bytes(b, span_str(r.selectors));
		buf_u8(b, r.genuine);
		buf_u8(b, r.refuted);
		rc = buf_check(b, e);
	}
	arena_free(a);
	return rc;
}

const struct jail_job verify_job = {.name = "verify", .start = start, .task = task};

/* ---- the keeper's side ---------------------------------------------------------------------------------------- */

struct run { const struct verify_with *w; struct arena *a; struct verify_result *out; bool given, have; const char *died; };

static enum errc next(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct run *r = ctx;
	const struct verify_with *w = r->w;

	*more = !r->given;
	if (r->given)
		return OK;
	r->given = true;
	buf_bytes(&t->payload, w->mail);
	buf_bytes(&t->payload, w->key);
	buf_bytes(&t->payload, w->ca);
	buf_bytes(&t->payload, w->dkim);
	buf_bytes(&t->payload, w->dns);
	buf_bytes(&t->payload, w->withdrawn);
	buf_bytes(&t->payload, w->proof);
	buf_bytes(&t->payload, w->checkpoint);
	buf_bytes(&t->payload, w->leaves);
	return buf_check(&t->payload, e);
}

static const char *text(struct run *r, struct cursor *c)
{
	const char *s = arena_cstr(r->a, cursor_bytes(c));

	return s != NULL ? s : "";
}

static enum errc done(void *ctx, const struct task_result *t, struct buf *rest, struct err *e)
{
	struct run *r = ctx;
	struct cursor c = cursor_of(t->bytes);
	struct verify_result *v = r->out;

	(void)rest;
	(void)e;
	if (t->died != NULL) {
		r->died = arena_cstr(r->a, span_str(t->died));
		return OK;
	}
	for (size_t i = 0; i < N_CHECKS; i++) {
		uint8_t outcome = cursor_u8(&c);

		v->check[i].outcome = outcome <= VERIFY_FAIL ? (enum verify_outcome)outcome : VERIFY_FAIL;
		v->check[i].why = text(r, &c);
	}
	v->id = text(r, &c);
	v->organisation = text(r, &c);
	v->domain = text(r, &c);
	v->issued = text(r, &c);
	v->from = text(r, &c);
	v->listed = text(r, &c);
	v->selectors = text(r, &c);
	v->genuine = cursor_u8(&c) == 1;
	v->refuted = cursor_u8(&c) == 1;
	r->have = cursor_done(&c);
	return OK;
}

enum errc verify_notice(const struct verify_with *w, struct arena *a, struct verify_result *out, struct err *e)
{
	struct run r = {.w = w, .a = a, .out = out};
	struct pool p = {.job = "verify", .n_workers = 1, .without_jail = w->without_jail, .ctx = &r, .next = next, .done = done};
	enum errc rc;

	*out = (struct verify_result){0};
	if (!w->without_jail && (rc = jail_possible(e)) != OK)
		return rc;
	if ((rc = pool_run(&p, e)) != OK)
		return rc;
	if (!r.have)
		return err_set(e, ERR_EVIDENCE, "the notice could not be read: %s", r.died != NULL ? r.died : "the worker's answer makes no sense");
	return OK;
}
