#include "notify/recipient.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"

enum { ADDRESS_MAX = 320 }; /* RFC 5321 4.5.3.1 */

/* "Security@A.example" as "security@a.example"; NULL: no address that could be the name of a file. */
static const char *file_of(struct arena *a, const struct case_config *c, const char *address)
{
	char lower[ADDRESS_MAX + 1];
	size_t n = strlen(address);

	if (n == 0 || n > ADDRESS_MAX || address[0] == '.' || strchr(address, '/') != NULL)
		return "";
	for (size_t i = 0; i <= n; i++)
		lower[i] = (char)ascii_lower((unsigned char)address[i]);
	return arena_printf(a, "%s/keys/recipients/%s.pem", c->dir, lower);
}

enum errc recipient_key(struct arena *a, const struct case_config *c, const char *address, int64_t now_utc, span *pem, struct err *e)
{
	const char *path = c->encrypt != ENCRYPT_NEVER ? file_of(a, c, address) : "";
	const char *why;
	struct stat sb;
	enum errc rc;

	*pem = SPAN_EMPTY;
	if (path == NULL)
		return err_memory(e);
	if (*path == '\0' || (stat(path, &sb) != 0 && (errno == ENOENT || errno == ENOTDIR)))
		return OK;
	if ((rc = io_read_file(a, path, 256 * KIB, pem, e)) != OK || (rc = cms_recipient_check(*pem, address, now_utc, &why, e)) != OK)
		return rc;
	return why == NULL ? OK : err_set(e, ERR_USAGE, "%s: %s; put another there, or take it away", path, why);
}

enum errc recipient_encrypt(const struct signing *s, const struct eml *m, span mail, span pem, struct buf *out, struct err *e)
{
	const struct dkim_signer signers[] = {
	    {s->rsa, s->domain, span_str(s->selector[0]), m->when_utc}, {s->ed25519, s->domain, span_str(s->selector[1]), m->when_utc}};
	struct buf der, b;
	enum errc rc;

	buf_init(&der, 16 * LIMIT_NOTICE_BYTES);
	buf_init(&b, 32 * LIMIT_NOTICE_BYTES);
	if ((rc = cms_encrypt(mail, pem, &der, e)) == OK && (rc = eml_put_fields(m, &b, e)) == OK) {
		buf_str(&b, "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\r\n"
		    "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n");
		compose_base64(&b, buf_span(&der));
		rc = buf_check(&b, e);
	}
	if (rc == OK && s->rsa != NULL)
		rc = dkim_sign(buf_span(&b), signers, 2, out, e);
	if (rc == OK) {
		buf_put(out, buf_span(&b));
		rc = buf_check(out, e);
	}
	buf_free(&b);
	buf_free(&der);
	return rc;
}
