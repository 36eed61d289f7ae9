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
		buf_bytes(b, span_str(r.withdrawn_on));
		buf_u8(b, r.no_mail);
		buf_u8(b, r.genuine);
		buf_u8(b, r.refuted);
		buf_u8(b, r.withdrawn);
		rc = buf_check(b, e);
	}
	arena_free(a);
	return rc;
}

const struct jail_job verify_job = {.name = "verify", .start = start, .task = task};

/* ---- the keeper's side ---------------------------------------------------------------------------------------- */

static void put_question(struct buf *b, const struct verify_with *w)
{
	buf_bytes(b, w->mail);
	buf_bytes(b, w->key);
	buf_bytes(b, w->ca);
	buf_bytes(b, w->dkim);
	buf_bytes(b, w->dns);
	buf_bytes(b, w->withdrawn);
	buf_bytes(b, w->proof);
	buf_bytes(b, w->checkpoint);
	buf_bytes(b, w->leaves);
}

static const char *text(struct arena *a, struct cursor *c)
{
	const char *s = arena_cstr(a, cursor_bytes(c));

	return s != NULL ? s : "";
}

/* false: it makes no sense. */
static bool take_answer(struct arena *a, span answer, struct verify_result *v)
{
	struct cursor c = cursor_of(answer);

	for (size_t i = 0; i < N_CHECKS; i++) {
		uint8_t outcome = cursor_u8(&c);

		v->check[i].outcome = outcome <= VERIFY_FAIL ? (enum verify_outcome)outcome : VERIFY_FAIL;
		v->check[i].why = text(a, &c);
	}
	v->id = text(a, &c);
	v->organisation = text(a, &c);
	v->domain = text(a, &c);
	v->issued = text(a, &c);
	v->from = text(a, &c);
	v->listed = text(a, &c);
	v->selectors = text(a, &c);
	v->withdrawn_on = text(a, &c);
	v->no_mail = cursor_u8(&c) == 1;
	v->genuine = cursor_u8(&c) == 1;
	v->refuted = cursor_u8(&c) == 1;
	v->withdrawn = cursor_u8(&c) == 1;
	return cursor_done(&c);
}

enum errc verify_notice(const struct verify_with *w, struct arena *a, struct verify_result *out, struct err *e)
{
	const char *died;
	struct buf b;
	span answer;
	enum errc rc;

	*out = (struct verify_result){0};
	buf_init(&b, LIMIT_FRAME_BYTES - 1);
	put_question(&b, w);
	if ((rc = buf_check(&b, e)) == OK)
		rc = pool_once(verify_job.name, SPAN_EMPTY, w->without_jail, a, buf_span(&b), &answer, &died, e);
	buf_free(&b);
	if (rc == OK && (died != NULL || !take_answer(a, answer, out)))
		rc = err_set(e, ERR_EVIDENCE, "the notice could not be read: %s", died != NULL ? died : "the worker's answer makes no sense");
	return rc;
}
