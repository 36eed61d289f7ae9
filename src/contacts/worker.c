/* The worker that reads what servers answered, and its frames. */
#include "base/clock.h"
#include "base/limits.h"
#include "contacts/private.h"
#include "net/openpgp.h"

void said_put(struct buf *b, const struct said *s)
{
	buf_u8(b, s->more);
	buf_u8(b, s->signed_text);
	buf_u8(b, s->canonical_other);
	buf_u64(b, (uint64_t)s->expires_utc);
	buf_bytes(b, s->encryption);
	buf_bytes(b, s->name);
	buf_u8(b, (uint8_t)s->n);
	for (size_t i = 0; i < s->n; i++) {
		buf_bytes(b, s->v[i].address);
		buf_bytes(b, s->v[i].role);
		buf_u8(b, s->v[i].mail);
	}
}

bool said_get(struct cursor *c, struct said *s)
{
	*s = (struct said){0};
	s->more = cursor_u8(c) != 0;
	s->signed_text = cursor_u8(c) != 0;
	s->canonical_other = cursor_u8(c) != 0;
	s->expires_utc = (int64_t)cursor_u64(c);
	s->encryption = cursor_bytes(c);
	s->name = cursor_bytes(c);
	s->n = cursor_u8(c);
	if (s->n > sizeof s->v / sizeof s->v[0] || s->name.n > 60 || (s->encryption.n != 0 && !url_is_plain(s->encryption)))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		s->v[i].address = cursor_bytes(c);
		s->v[i].role = cursor_bytes(c);
		s->v[i].mail = cursor_u8(c) != 0;
		/* The worker is not believed: mail goes to these. */
		if (s->v[i].address.n > 300 || s->v[i].role.n > 60 || (s->v[i].mail && !address_is_plain(s->v[i].address)))
			return false;
	}
	return !c->bad;
}

bool said_signature_get(struct cursor *c, struct said_signature *s)
{
	s->how = cursor_u8(c);
	s->fingerprint = cursor_bytes(c);
	if (s->how > SIGNATURE_NO_KEY || s->fingerprint.n > OPENPGP_FINGERPRINT)
		return false;
	for (size_t i = 0; i < s->fingerprint.n; i++)
		if (!ascii_is_alnum(s->fingerprint.p[i]))
			return false;
	return cursor_done(c);
}

/* init is not empty where there are keys to come. */
static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	enum errc rc = init.n != 0 ? openpgp_ready(e) : OK;

	(void)ctx;
	(void)fds;
	(void)n_fds;
	return rc == OK ? arena_new((struct arena **)state, 64 * MIB, e) : rc;
}

static enum errc read_signature(struct buf *out, span key, span text, int64_t when_utc, struct err *e)
{
	char fingerprint[OPENPGP_FINGERPRINT + 1];
	enum openpgp_signature how;
	enum errc rc = openpgp_verify(text, key, when_utc, &how, fingerprint, e);

	if (rc != OK)
		return rc;
	buf_u8(out, (uint8_t)how);
	buf_bytes(out, span_str(fingerprint));
	return buf_check(out, e);
}

/* u8 kind, i64 when, url, body, file; the result is one said, or of a key one said_signature. */
static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);
	uint8_t kind = cursor_u8(&c);
	int64_t when_utc = (int64_t)cursor_u64(&c);
	span url = cursor_bytes(&c), body = cursor_bytes(&c), file = cursor_bytes(&c);
	struct said s;
	enum errc rc;

	(void)fds;
	(void)n_fds;
	if (!cursor_done(&c))
		return err_set(e, ERR_WORLD, "a task that makes no sense");
	if ((rc = jail_item(out, (struct jail_place){0, 0, 0}, e)) != OK)
		return rc;
	arena_reset(state);
	if (kind == ANSWER_SIGNATURE)
		return read_signature(jail_buf(out), body, file, when_utc, e);
	if (kind == ANSWER_SECURITY_TXT)
		security_txt_read(body, url, &s);
	else if ((rc = rdap_read(state, body, &s, e)) == ERR_EVIDENCE || rc == ERR_LIMIT)
		s = (struct said){.expires_utc = TIME_NONE};
	else if (rc != OK)
		return rc;
	said_put(jail_buf(out), &s);
	return buf_check(jail_buf(out), e);
}

const struct jail_job contacts_job = {"contacts", NULL, start, task};
