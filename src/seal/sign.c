#include "seal/sign.h"

#include <sodium.h>

#include "base/limits.h"
#include "proof/text64.h"
#include "seal/keys.h"

enum { BLOB = 2 + KEY_ID_SIZE + SIGNATURE_SIZE };

enum errc sign_derive(span key, struct seal_signer *out, struct err *e)
{
	unsigned char seed[32];
	struct digest id;

	if (sodium_init() < 0)
		return err_set(e, ERR_WORLD, "libsodium does not start");
	hkdf_sha256(key, SPAN_EMPTY, SPAN_LIT("tocsin bundle signer v1"), seed, sizeof seed);
	(void)crypto_sign_seed_keypair(out->public.key, out->secret, seed);
	sodium_memzero(seed, sizeof seed);
	sha256_of(span_of(out->public.key, sizeof out->public.key), &id);
	memcpy(out->public.id, id.b, sizeof out->public.id);
	return OK;
}

enum errc sign_put(const struct seal_signer *s, span bytes, const char *comment, struct buf *out, struct err *e)
{
	unsigned char blob[BLOB] = {'E', 'd'}, global[SIGNATURE_SIZE];
	struct buf signed_too;
	enum errc rc;

	memcpy(blob + 2, s->public.id, 8);
	(void)crypto_sign_detached(blob + 10, NULL, bytes.p, bytes.n, s->secret);
	buf_init(&signed_too, 4 * KIB);
	buf_put(&signed_too, span_of(blob + 10, SIGNATURE_SIZE));
	buf_str(&signed_too, comment);
	if ((rc = buf_check(&signed_too, e)) == OK)
		(void)crypto_sign_detached(global, NULL, signed_too.p, signed_too.n, s->secret);
	buf_free(&signed_too);
	buf_str(out, "untrusted comment: signature of tocsin\n");
	text64_put(out, span_of(blob, sizeof blob));
	buf_byte(out, '\n');
	buf_str(out, "trusted comment: ");
	buf_str(out, comment);
	buf_byte(out, '\n');
	text64_put(out, span_of(global, sizeof global));
	buf_byte(out, '\n');
	return rc == OK ? buf_check(out, e) : rc;
}
