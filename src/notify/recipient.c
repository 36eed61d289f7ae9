#include "notify/recipient.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "net/openpgp.h"

enum { ADDRESS_MAX = 320 }; /* RFC 5321 4.5.3.1 */

static const char *const endings[] = {[KEY_SMIME] = "pem", [KEY_OPENPGP] = "asc"};

/* "security@a.example" of "Security@A.example"; empty: no address that could be the name of a file. */
static void name_of(const char *address, char out[ADDRESS_MAX + 1])
{
	size_t n = strlen(address);

	out[0] = '\0';
	if (n > ADDRESS_MAX || address[0] == '.' || strchr(address, '/') != NULL)
		return;
	for (size_t i = 0; i <= n; i++)
		out[i] = (char)ascii_lower((unsigned char)address[i]);
}

static enum errc check(const struct recipient_key *k, const char *path, const char *address, int64_t now_utc, struct err *e)
{
	const char *why;
	enum errc rc = k->form == KEY_SMIME ? cms_recipient_check(k->bytes, address, now_utc, &why, e) :
	    openpgp_recipient_check(k->bytes, address, now_utc, &why, e);

	if (rc != OK)
		return rc;
	return why == NULL ? OK : err_set(e, ERR_USAGE, "%s: %s; put another there, or take it away", path, why);
}

enum errc recipient_key(struct arena *a, const struct case_config *c, const char *address, int64_t now_utc,
    struct recipient_key *out, struct err *e)
{
	char name[ADDRESS_MAX + 1] = "";
	struct stat sb;
	enum errc rc;

	*out = (struct recipient_key){.bytes = SPAN_EMPTY};
	if (c->encrypt != ENCRYPT_NEVER)
		name_of(address, name);
	for (enum key_form form = KEY_SMIME; form <= KEY_OPENPGP && name[0] != '\0'; form++) {
		const char *path = arena_printf(a, "%s/keys/recipients/%s.%s", c->dir, name, endings[form]);

		if (path == NULL)
			return err_memory(e);
		if (stat(path, &sb) != 0 && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (out->bytes.n != 0)
			return err_set(e, ERR_USAGE, "%s: there is a certificate (.pem) for this address too; take one of them away", path);
		out->form = form;
		if ((rc = io_read_file(a, path, 256 * KIB, &out->bytes, e)) != OK || (rc = check(out, path, address, now_utc, e)) != OK)
			return rc;
	}
	return OK;
}

/* RFC 8551 3.3. */
static enum errc put_smime(struct buf *b, span mail, span certificates, struct err *e)
{
	struct buf der;
	enum errc rc;

	buf_init(&der, 16 * LIMIT_NOTICE_BYTES);
	if ((rc = cms_encrypt(mail, certificates, &der, e)) == OK) {
		buf_str(b, "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\r\n"
		    "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n");
		compose_base64(b, buf_span(&der));
	}
	buf_free(&der);
	return rc;
}

/* RFC 3156 4. Armour has no "_" of which the boundary could be made. */
static enum errc put_openpgp(struct buf *b, span mail, span key, int64_t when_utc, struct err *e)
{
	enum errc rc;

	buf_str(b, "MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n"
	    "\tboundary=\"=_tocsin_openpgp\"\r\n\r\n--=_tocsin_openpgp\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
	    "--=_tocsin_openpgp\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
	    "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n");
	if ((rc = openpgp_encrypt(mail, key, when_utc, b, e)) == OK)
		buf_str(b, "\r\n--=_tocsin_openpgp--\r\n");
	return rc;
}

enum errc recipient_encrypt(const struct signing *s, const struct eml *m, span mail, const struct recipient_key *key,
    struct buf *out, struct err *e)
{
	const struct dkim_signer signers[] = {
	    {s->rsa, s->domain, span_str(s->selector[0]), m->when_utc}, {s->ed25519, s->domain, span_str(s->selector[1]), m->when_utc}};
	struct buf b;
	enum errc rc;

	buf_init(&b, 32 * LIMIT_NOTICE_BYTES);
	if ((rc = eml_put_fields(m, &b, e)) == OK)
		rc = key->form == KEY_SMIME ? put_smime(&b, mail, key->bytes, e) : put_openpgp(&b, mail, key->bytes, m->when_utc, e);
	if (rc == OK)
		rc = buf_check(&b, e);
	if (rc == OK && s->rsa != NULL)
		rc = dkim_sign(buf_span(&b), signers, 2, out, e);
	if (rc == OK) {
		buf_put(out, buf_span(&b));
		rc = buf_check(out, e);
	}
	buf_free(&b);
	return rc;
}
