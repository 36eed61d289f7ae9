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

void recipients_close(struct recipients *r)
{
	asker_close(r->worker[KEY_SMIME]);
	asker_close(r->worker[KEY_OPENPGP]);
	*r = (struct recipients){.without_jail = r->without_jail};
}

static enum errc ask(struct arena *a, const struct recipient_key *k, span payload, span *answer, const char **died, struct err *e)
{
	struct asker **worker = &k->with->worker[k->form];
	unsigned char form = (unsigned char)k->form;
	struct digest key;
	enum errc rc;

	sha256_of(k->bytes, &key);
	if (*worker != NULL && memcmp(&key, &k->with->key[k->form], sizeof key) != 0) {
		asker_close(*worker);
		*worker = NULL;
	}
	k->with->key[k->form] = key;
	if (*worker == NULL && (rc = asker_open(worker, "recipient", (span){&form, 1}, k->with->without_jail, e)) != OK)
		return rc;
	return asker_ask(*worker, a, payload, answer, died, e);
}

enum errc recipient_ask(struct arena *a, const struct recipient_key *k, span mail, const char **why, span *encrypted, struct err *e)
{
	const char *died;
	struct cursor c;
	struct buf b;
	span answer;
	enum errc rc;

	buf_init(&b, 32 * LIMIT_NOTICE_BYTES);
	buf_u8(&b, (uint8_t)k->form);
	buf_bytes(&b, k->bytes);
	buf_bytes(&b, span_str(k->address));
	buf_u64(&b, (uint64_t)k->when_utc);
	buf_bytes(&b, mail);
	if ((rc = buf_check(&b, e)) == OK)
		rc = ask(a, k, buf_span(&b), &answer, &died, e);
	buf_free(&b);
	if (rc != OK)
		return rc;
	if (died != NULL) {
		*why = arena_printf(a, "it cannot be read: %s", died);
		return *why != NULL ? OK : err_memory(e);
	}
	c = cursor_of(answer);
	*why = arena_cstr(a, cursor_bytes(&c));
	*encrypted = cursor_bytes(&c);
	if (*why == NULL)
		return err_memory(e);
	if (**why == '\0')
		*why = cursor_done(&c) && (mail.n == 0 || encrypted->n != 0) ? NULL : "the worker encrypted nothing with it";
	return OK;
}
