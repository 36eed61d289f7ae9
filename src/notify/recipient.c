#include "notify/recipient.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "notify/notify.h"

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

/* *path is NULL when the address cannot be the name of a file. What cannot be looked at is there, and reading it will say why. */
static enum errc key_file(struct arena *a, const struct notify *n, const char *address, enum key_form form, const char **path, bool *there,
    struct err *e)
{
	char name[ADDRESS_MAX + 1];
	struct stat sb;

	*path = NULL;
	*there = false;
	name_of(address, name);
	if (name[0] == '\0')
		return OK;
	if ((*path = arena_printf(a, "%s/keys/recipients/%s.%s", n->config->dir, name, endings[form])) == NULL)
		return err_memory(e);
	*there = stat(*path, &sb) == 0 || (errno != ENOENT && errno != ENOTDIR);
	return OK;
}

enum errc recipient_path(struct arena *a, const struct notify *n, const char *address, const char **path, bool *known, struct err *e)
{
	bool certificate;
	enum errc rc = key_file(a, n, address, KEY_SMIME, path, &certificate, e);

	if (rc == OK && (rc = key_file(a, n, address, KEY_OPENPGP, path, known, e)) == OK)
		*known |= certificate;
	return rc;
}

enum errc recipient_key(struct arena *a, const struct notify *n, const char *address, struct recipient_key *out, struct err *e)
{
	const char *why = NULL, *path;
	bool there;
	span none;
	enum errc rc = OK;

	*out = (struct recipient_key){.address = address, .when_utc = n->now_utc, .with = n->recipients};
	if (n->config->encrypt == ENCRYPT_NEVER)
		return OK;
	for (enum key_form form = KEY_SMIME; form <= KEY_OPENPGP && rc == OK; form++) {
		if ((rc = key_file(a, n, address, form, &path, &there, e)) != OK || !there)
			continue;
		if (out->bytes.n != 0)
			return err_set(e, ERR_USAGE, "%s: there is a certificate (.pem) for this address too; take one of them away", path);
		out->form = form;
		if ((rc = io_read_file(a, path, 256 * KIB, &out->bytes, e)) != OK)
			return rc;
		if (out->bytes.n == 0)
			why = "it is empty";
		else if ((rc = recipient_ask(a, out, SPAN_EMPTY, &why, &none, e)) != OK)
			return rc;
		if (why != NULL)
			return err_set(e, ERR_USAGE, "%s: %s; put another there, or take it away", path, why);
	}
	return rc;
}

/* RFC 8551 3.3. */
static void put_smime(struct buf *b, span der)
{
	buf_str(b, "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\r\n"
	    "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n");
	compose_base64(b, der);
}

/* RFC 4880 6.1. RFC 9580 wants none any more, and GnuPG 2.2 takes a message without one for damaged. */
static uint32_t crc24(span s)
{
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= (uint32_t)s.p[i] << 16;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0);
	}
	return crc & 0xffffff;
}

/* RFC 3156 4. In armour there is no "_", of which the boundary is made. */
static void put_openpgp(struct buf *b, span packets)
{
	uint32_t crc = crc24(packets);
	const unsigned char sum[] = {(unsigned char)(crc >> 16), (unsigned char)(crc >> 8), (unsigned char)crc};

	buf_str(b, "MIME-Version: 1.0\r\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n"
	    "\tboundary=\"=_tocsin_openpgp\"\r\n\r\n--=_tocsin_openpgp\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
	    "--=_tocsin_openpgp\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n"
	    "Content-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n");
	compose_base64(b, packets);
	buf_str(b, "=");
	compose_base64(b, (span){sum, sizeof sum});
	buf_str(b, "-----END PGP MESSAGE-----\r\n\r\n--=_tocsin_openpgp--\r\n");
}

enum errc recipient_encrypt(const struct signing *s, const struct eml *m, span mail, const struct recipient_key *key,
    struct buf *out, struct err *e)
{
	const struct dkim_signer signers[] = {
	    {s->rsa, s->domain, span_str(s->selector[0]), m->when_utc}, {s->ed25519, s->domain, span_str(s->selector[1]), m->when_utc}};
	struct arena *a;
	const char *why;
	span encrypted;
	struct buf b;
	enum errc rc = arena_new(&a, 64 * MIB, e);

	if (rc != OK)
		return rc;
	buf_init(&b, 32 * LIMIT_NOTICE_BYTES);
	if ((rc = recipient_ask(a, key, mail, &why, &encrypted, e)) == OK && why != NULL)
		rc = err_set(e, ERR_USAGE, "the key for %s: %s", key->address, why);
	if (rc == OK && (rc = eml_put_fields(m, &b, e)) == OK) {
		(key->form == KEY_SMIME ? put_smime : put_openpgp)(&b, encrypted);
		rc = buf_check(&b, e);
	}
	if (rc == OK && s->rsa != NULL)
		rc = dkim_sign(buf_span(&b), signers, 2, out, e);
	if (rc == OK) {
		buf_put(out, buf_span(&b));
		rc = buf_check(out, e);
	}
	buf_free(&b);
	arena_free(a);
	return rc;
}
