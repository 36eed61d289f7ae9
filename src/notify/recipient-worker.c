/*
 * Recipients' keys are files that others have sent, so what reads them, and encrypts to them, is a worker behind the walls: the
 * keeper gives it a key and perhaps a mail, and gets back what is wrong with the key, or bytes that nobody here can read.
 */
#include "notify/recipient.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "net/cms.h"
#include "net/openpgp.h"
#include "notify/notify.h"

/* ---- the worker ---- */

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(init);

	(void)ctx;
	(void)state;
	(void)fds;
	(void)n_fds;
	return cursor_u8(&c) == KEY_OPENPGP ? openpgp_ready(e) : cms_ready(e);
}

/* u8 form, key, address, u64 when, mail; the result is the reason not to, and without a mail or with a reason nothing behind it. */
static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);
	enum key_form form = cursor_u8(&c);
	span key = cursor_bytes(&c), address = cursor_bytes(&c), mail;
	int64_t when_utc = (int64_t)cursor_u64(&c);
	const char *why;
	struct buf got;
	enum errc rc;

	(void)state;
	(void)fds;
	(void)n_fds;
	mail = cursor_bytes(&c);
	if (!cursor_done(&c))
		return err_set(e, ERR_WORLD, "a task that makes no sense");
	buf_init(&got, 16 * LIMIT_NOTICE_BYTES);
	rc = form == KEY_SMIME ? cms_recipient_check(key, address, when_utc, &why, e) : openpgp_recipient_check(key, address, when_utc, &why, e);
	if (rc == OK && why == NULL && mail.n != 0)
		rc = form == KEY_SMIME ? cms_encrypt(mail, key, &got, e) : openpgp_encrypt(mail, key, when_utc, &got, e);
	if (rc == OK) {
		buf_bytes(jail_buf(out), span_str(why != NULL ? why : ""));
		buf_bytes(jail_buf(out), buf_span(&got));
		rc = buf_check(jail_buf(out), e);
	}
	buf_free(&got);
	return rc;
}

const struct jail_job recipient_job = {"recipient", NULL, start, task};

/* ---- the keeper ---- */

struct asking { span payload; struct arena *a; span answer; const char *died; bool given; };

static enum errc next_task(void *ctx, struct task *t, bool *more, struct err *e)
{
	struct asking *x = ctx;

	*more = !x->given;
	x->given = true;
	if (*more)
		buf_put(&t->payload, x->payload);
	return buf_check(&t->payload, e);
}

static enum errc done_task(void *ctx, const struct task_result *r, struct buf *rest, struct err *e)
{
	struct asking *x = ctx;

	(void)rest;
	x->died = r->died;
	x->answer = arena_copy(x->a, r->bytes);
	return x->answer.p == NULL && r->bytes.n != 0 ? err_memory(e) : OK;
}

enum errc recipient_ask(struct arena *a, const struct recipient_key *k, span mail, const char **why, span *encrypted, struct err *e)
{
	struct asking x = {.a = a};
	unsigned char form = (unsigned char)k->form;
	struct pool p = {.job = "recipient", .init = {&form, 1}, .n_workers = 1, .without_jail = k->without_jail, .ctx = &x,
	    .next = next_task, .done = done_task};
	struct cursor c;
	struct buf b;
	enum errc rc;

	buf_init(&b, 32 * LIMIT_NOTICE_BYTES);
	buf_u8(&b, form);
	buf_bytes(&b, k->bytes);
	buf_bytes(&b, span_str(k->address));
	buf_u64(&b, (uint64_t)k->when_utc);
	buf_bytes(&b, mail);
	x.payload = buf_span(&b);
	if ((rc = buf_check(&b, e)) == OK)
		rc = pool_run(&p, e);
	buf_free(&b);
	if (rc != OK)
		return rc;
	if (x.died != NULL) {
		*why = arena_printf(a, "it cannot be read: %s", x.died);
		return *why != NULL ? OK : err_memory(e);
	}
	c = cursor_of(x.answer);
	*why = arena_cstr(a, cursor_bytes(&c));
	*encrypted = cursor_bytes(&c);
	if (*why == NULL)
		return err_memory(e);
	if (**why == '\0')
		*why = NULL;
	return cursor_done(&c) && (*why != NULL || mail.n == 0 || encrypted->n != 0) ? OK : err_set(e, ERR_WORLD, "a worker encrypted nothing");
}
