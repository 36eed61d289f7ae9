/*
 * The auth process: bytes that browsers sign, from one question to one verdict. It has no file, no network, no
 * state and no secret.
 */
#include <openssl/crypto.h>

#include "jail/jail.h"
#include "serve/oidc.h"
#include "serve/process.h"
#include "serve/webauthn.h"

enum { ARENA = 4 << 20 };

/* u8 1, id, alg, key, counter; or u8 0. */
static enum errc on_register(struct arena *a, const struct webauthn *w, struct cursor *c, struct buf *out, struct err *e)
{
	span challenge = cursor_bytes(c), client_data = cursor_bytes(c), attestation = cursor_bytes(c);
	struct webauthn_passkey p;
	enum errc rc;

	if (!cursor_done(c))
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if ((rc = webauthn_register(a, w, challenge, client_data, attestation, &p, e)) != OK)
		return rc;
	buf_u8(out, 1);
	buf_bytes(out, p.id);
	buf_u64(out, (uint64_t)p.alg);
	buf_bytes(out, p.key);
	buf_u32(out, p.counter);
	return OK;
}

/* u8 1, counter; or u8 0. */
static enum errc on_assert(struct arena *a, const struct webauthn *w, struct cursor *c, struct buf *out, struct err *e)
{
	struct webauthn_assertion x = {0};
	uint32_t counter;
	enum errc rc;

	x.challenge = cursor_bytes(c);
	x.client_data = cursor_bytes(c);
	x.auth_data = cursor_bytes(c);
	x.signature = cursor_bytes(c);
	x.alg = (int64_t)cursor_u64(c);
	x.key = cursor_bytes(c);
	if (!cursor_done(c))
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if ((rc = webauthn_assert(a, w, &x, &counter, e)) != OK)
		return rc;
	buf_u8(out, 1);
	buf_u32(out, counter);
	return OK;
}

/* u8 1, subject; or u8 0, why not. */
static enum errc on_id_token(struct arena *a, struct cursor *c, struct buf *out, struct err *e)
{
	struct oidc_expected x = {0};
	span jwks = cursor_bytes(c), token = cursor_bytes(c), claim, subject;
	enum errc rc;

	x.issuer = cursor_bytes(c);
	x.client_id = cursor_bytes(c);
	x.nonce = cursor_bytes(c);
	claim = cursor_bytes(c);
	x.domain = cursor_bytes(c);
	x.tenant = cursor_bytes(c);
	x.now = (int64_t)cursor_u64(c);
	x.asked = (int64_t)cursor_u64(c);
	if (!cursor_done(c))
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if (claim.n != 0 && (x.domain_claim = arena_cstr(a, claim)) == NULL)
		return err_memory(e);
	rc = oidc_verify(a, &x, jwks, token, &subject, e);
	if (rc != OK && rc != ERR_EVIDENCE)
		return rc;
	buf_u8(out, rc == OK);
	buf_bytes(out, rc == OK ? subject : span_str(e->text));
	return OK;
}

static enum errc answer_one(struct arena *a, const struct webauthn *w, enum wire_kind kind, span question,
    struct buf *out, struct err *e)
{
	struct cursor c = cursor_of(question);
	enum errc rc;

	if (kind == WIRE_REGISTER)
		rc = on_register(a, w, &c, out, e);
	else if (kind == WIRE_ASSERT)
		rc = on_assert(a, w, &c, out, e);
	else if (kind == WIRE_ID_TOKEN)
		rc = on_id_token(a, &c, out, e);
	else
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if (rc != ERR_EVIDENCE && rc != ERR_MEMORY)
		return rc;
	buf_clear(out);
	buf_u8(out, 0);
	return OK;
}

enum errc auth_run(const struct serve_config *config, const struct process_fds *fds, struct err *e)
{
	const struct webauthn w = {config->host, config->origin};
	struct buf question, out;
	struct arena *a = NULL;
	enum errc rc;

	buf_init(&question, WIRE_MAX);
	buf_init(&out, WIRE_MAX);
	/* What the libraries load from disk is loaded before the walls. */
	(void)OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_CIPHERS | OPENSSL_INIT_ADD_ALL_DIGESTS, NULL);
	if ((rc = webauthn_load(e)) == OK && (rc = arena_new(&a, ARENA, e)) == OK)
		rc = jail_enter(&(struct jail_walls){0}, e);
	while (rc == OK) {
		enum wire_kind kind;

		arena_reset(a);
		buf_clear(&out);
		if ((rc = wire_receive(fds->logic, &kind, &question, e)) == OK &&
		    (rc = answer_one(a, &w, kind, buf_span(&question), &out, e)) == OK)
			rc = wire_send(fds->logic, WIRE_ANSWER, buf_span(&out), e);
	}
	arena_free(a);
	buf_free(&question);
	buf_free(&out);
	return rc;
}
