/* The approved mail with its statement, in multipart/signed where there is a certificate, and DKIM in front. */
#include "base/digest.h"
#include "base/limits.h"
#include "notify/signing.h"

#include <openssl/evp.h>

/* Different for each notice and part, and nothing that quoted-printable or base64 could hold (RFC 2045 6.7: "=_"). */
static void boundary(span id, const char *what, char out[40])
{
	struct digest d;
	struct buf b;
	char hex[DIGEST_HEX];

	buf_init(&b, 256);
	buf_str(&b, what);
	buf_put(&b, id);
	sha256_of(buf_span(&b), &d);
	(void)digest_hex(&d, hex);
	hex[24] = '\0';
	memcpy(out, "=_tocsin_", 9);
	memcpy(out + 9, hex, 25);
	buf_free(&b);
}

void compose_base64(struct buf *b, span s)
{
	for (; s.n != 0; s = span_from(s, 57)) {
		size_t n = s.n < 57 ? s.n : 57;

		if (!buf_room(b, 80))
			return;
		b->n += (size_t)EVP_EncodeBlock(b->p + b->n, s.p, (int)n);
		buf_str(b, "\r\n");
	}
}

static void put_attachment(struct buf *b, const char *mark, const char *type, span id, const char *ending, span content)
{
	buf_printf(b, "\r\n--%s\r\nContent-Type: %s;\r\n\tname=\"%.*s%s\"\r\nContent-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment;\r\n\tfilename=\"%.*s%s\"\r\n\r\n", mark, type, (int)id.n, (const char *)id.p, ending,
	    (int)id.n, (const char *)id.p, ending);
	compose_base64(b, content);
}

/* The text first, so that it is what a reader sees. */
static void put_mixed(struct buf *b, const struct eml *m, span id, const struct signed_statement *v)
{
	char mark[40];

	boundary(id, "mixed", mark);
	buf_printf(b, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n", mark, mark);
	eml_put_text(m, b);
	put_attachment(b, mark, "application/json", id, ".json", v->statement);
	put_attachment(b, mark, "application/octet-stream", id, ".json.minisig", v->signature);
	buf_printf(b, "\r\n--%s--\r\n", mark);
}

/* RFC 8551 3.5.3. What is signed ends before the line end that belongs to the delimiter. */
static enum errc put_smime(struct buf *b, const struct signing *s, const struct eml *m, span id, span entity, struct err *e)
{
	char mark[40];
	struct buf der;
	enum errc rc;

	boundary(id, "signed", mark);
	buf_init(&der, MIB);
	if ((rc = cms_sign(s->smime, entity, m->when_utc, &der, e)) == OK) {
		buf_printf(b, "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n\tmicalg=sha-256;"
		    " boundary=\"%s\"\r\n\r\n--%s\r\n", mark, mark);
		buf_put(b, entity);
		buf_printf(b, "\r\n--%s\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
		    "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n", mark);
		compose_base64(b, buf_span(&der));
		buf_printf(b, "\r\n--%s--\r\n", mark);
	}
	buf_free(&der);
	return rc;
}

enum errc signing_compose(const struct signing *s, const struct eml *m, span id,
    const struct signed_statement *v, struct buf *out, struct err *e)
{
	const struct dkim_signer signers[] = {
	    {s->rsa, s->domain, span_str(s->selector[0]), m->when_utc}, {s->ed25519, s->domain, span_str(s->selector[1]), m->when_utc}};
	struct buf mail, entity;
	enum errc rc = OK;

	buf_init(&mail, 8 * LIMIT_NOTICE_BYTES);
	buf_init(&entity, 8 * LIMIT_NOTICE_BYTES);
	put_mixed(&entity, m, id, v);
	if ((rc = buf_check(&entity, e)) != OK || (rc = eml_put_fields(m, &mail, e)) != OK)
		goto out;
	buf_str(&mail, "MIME-Version: 1.0\r\n");
	if (s->smime != NULL)
		rc = put_smime(&mail, s, m, id, buf_span(&entity), e);
	else
		buf_put(&mail, buf_span(&entity));
	if (rc == OK && (rc = buf_check(&mail, e)) == OK && s->rsa != NULL)
		rc = dkim_sign(buf_span(&mail), signers, 2, out, e);
	if (rc == OK) {
		buf_put(out, buf_span(&mail));
		rc = buf_check(out, e);
	}
out:
	buf_free(&mail);
	buf_free(&entity);
	return rc;
}
