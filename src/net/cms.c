#include "net/cms.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "net/cms-private.h"
#include "net/dkim.h"

struct cms_identity { X509 *certificate; STACK_OF(X509) *chain; EVP_PKEY *key; };

static enum errc failed(const char *what, struct err *e)
{
	unsigned long code = ERR_peek_last_error();
	const char *why = ERR_reason_error_string(code);

	(void)err_set(e, ERR_USAGE, "%s%s%s", what, why != NULL ? ": " : "", why != NULL ? why : "");
	ERR_clear_error();
	return ERR_USAGE;
}

static BIO *bio_of(span s) { return s.n <= INT32_MAX ? BIO_new_mem_buf(s.n != 0 ? (const void *)s.p : "", (int)s.n) : NULL; }

STACK_OF(X509) *cms_certificates(span pem)
{
	BIO *b = bio_of(pem);
	STACK_OF(X509) *v = sk_X509_new_null();
	X509 *x;

	while (b != NULL && v != NULL && (x = PEM_read_bio_X509(b, NULL, NULL, (void *)"")) != NULL)
		if (sk_X509_push(v, x) == 0) {
			X509_free(x);
			break;
		}
	ERR_clear_error(); /* the end of the file is an error to OpenSSL */
	BIO_free(b);
	return v;
}

static void free_certificates(STACK_OF(X509) *v) { sk_X509_pop_free(v, X509_free); }

enum errc cms_identity_read(span certificates, span key, struct cms_identity **out, struct err *e)
{
	struct cms_identity *i = *out = calloc(1, sizeof *i);
	BIO *b = bio_of(key);

	if (i == NULL || b == NULL) {
		free(i);
		BIO_free(b);
		*out = NULL;
		return err_memory(e);
	}
	i->chain = cms_certificates(certificates);
	i->certificate = i->chain != NULL ? sk_X509_shift(i->chain) : NULL;
	i->key = PEM_read_bio_PrivateKey(b, NULL, NULL, (void *)"");
	BIO_free(b);
	if (i->certificate != NULL && i->key != NULL && X509_check_private_key(i->certificate, i->key) == 1)
		return OK;
	(void)failed(i->certificate == NULL ? "no certificate in PEM" : i->key == NULL ? "no private key in PEM"
	                                                                               : "the key is not the certificate's", e);
	cms_identity_free(i);
	*out = NULL;
	return ERR_USAGE;
}

void cms_identity_free(struct cms_identity *i)
{
	if (i == NULL)
		return;
	X509_free(i->certificate);
	free_certificates(i->chain);
	EVP_PKEY_free(i->key);
	free(i);
}

static enum errc put_der(CMS_ContentInfo *c, struct buf *der, struct err *e)
{
	unsigned char *p = NULL;
	int n = i2d_CMS_ContentInfo(c, &p);

	if (n <= 0)
		return failed("the CMS data could not be written", e);
	buf_put(der, span_of(p, (size_t)n));
	OPENSSL_free(p);
	return buf_check(der, e);
}

enum errc cms_sign(const struct cms_identity *i, span entity, int64_t when_utc, struct buf *der, struct err *e)
{
	const unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP;
	BIO *b = bio_of(entity);
	ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)when_utc);
	CMS_ContentInfo *c = b != NULL ? CMS_sign(NULL, NULL, i->chain, NULL, flags) : NULL;
	CMS_SignerInfo *s = c != NULL ? CMS_add1_signer(c, i->certificate, i->key, EVP_sha256(), flags) : NULL;
	enum errc rc;

	if (s != NULL && t != NULL && CMS_signed_add1_attr_by_NID(s, NID_pkcs9_signingTime, t->type, t, -1) == 1 &&
	    CMS_final(c, b, NULL, flags) == 1)
		rc = put_der(c, der, e);
	else
		rc = failed("the S/MIME signature could not be made", e);
	CMS_ContentInfo_free(c);
	ASN1_TIME_free(t);
	BIO_free(b);
	return rc;
}

X509_STORE *cms_store(STACK_OF(X509) *ca, int64_t when_utc)
{
	X509_STORE *s = X509_STORE_new();

	for (int i = 0; s != NULL && i < sk_X509_num(ca); i++)
		if (X509_STORE_add_cert(s, sk_X509_value(ca, i)) != 1)
			ERR_clear_error();
	if (s != NULL && when_utc != TIME_NONE)
		X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(s), (time_t)when_utc);
	return s;
}

int64_t cms_time(const ASN1_TIME *t)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return TIME_NONE;
	return time_from_civil((struct civil){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec});
}

static int64_t signing_time(CMS_SignerInfo *s)
{
	X509_ATTRIBUTE *attribute = CMS_signed_get_attr(s, CMS_signed_get_attr_by_NID(s, NID_pkcs9_signingTime, -1));
	const ASN1_TYPE *value = attribute != NULL ? X509_ATTRIBUTE_get0_type(attribute, 0) : NULL;

	if (value == NULL || (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME))
		return TIME_NONE;
	return cms_time(value->value.asn1_string);
}

static enum errc tell_signer(struct arena *a, X509 *x, struct cms_signer *out, struct err *e)
{
	char name[512] = "";
	STACK_OF(OPENSSL_STRING) *emails = X509_get1_email(x);
	int n = sk_OPENSSL_STRING_num(emails);
	enum errc rc = OK;

	(void)X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof name);
	out->name = arena_cstr(a, span_str(name));
	out->addresses.v = arena_zero(a, n > 0 ? (size_t)n : 0, sizeof *out->addresses.v);
	if (out->name == NULL || out->addresses.v == NULL)
		rc = err_memory(e);
	for (int i = 0; i < n && rc == OK; i++)
		if ((out->addresses.v[out->addresses.n++] = arena_cstr(a, span_str(sk_OPENSSL_STRING_value(emails, i)))) == NULL)
			rc = err_memory(e);
	X509_email_free(emails);
	return rc;
}

enum errc cms_check(struct arena *a, span der, span entity, span ca_pem, struct cms_signer *out, const char **why,
    struct err *e)
{
	const unsigned char *p = der.p;
	CMS_ContentInfo *c = der.n <= INT32_MAX ? d2i_CMS_ContentInfo(NULL, &p, (long)der.n) : NULL;
	STACK_OF(CMS_SignerInfo) *infos = c != NULL ? CMS_get0_SignerInfos(c) : NULL;
	STACK_OF(X509) *ca = NULL, *signers = NULL;
	X509_STORE *store = NULL;
	BIO *b = NULL;
	enum errc rc = OK;

	*out = (struct cms_signer){.name = "", .when_utc = TIME_NONE};
	*why = "the S/MIME signature cannot be read";
	if (infos == NULL || sk_CMS_SignerInfo_num(infos) != 1)
		goto out;
	out->when_utc = signing_time(sk_CMS_SignerInfo_value(infos, 0));
	ca = cms_certificates(ca_pem);
	store = cms_store(ca, out->when_utc);
	b = bio_of(entity);
	if (store == NULL || b == NULL) {
		rc = err_memory(e);
		goto out;
	}
	if (CMS_verify(c, NULL, store, b, NULL, CMS_BINARY) != 1) {
		const char *text = ERR_reason_error_string(ERR_peek_last_error());

		*why = text != NULL ? text : "the S/MIME signature does not fit"; /* a word of OpenSSL's lives as long as we */
		goto out;
	}
	if ((signers = CMS_get0_signers(c)) == NULL || sk_X509_num(signers) != 1)
		goto out;
	*why = NULL;
	rc = tell_signer(a, sk_X509_value(signers, 0), out, e);
out:
	ERR_clear_error();
	sk_X509_free(signers);
	free_certificates(ca);
	X509_STORE_free(store);
	BIO_free(b);
	CMS_ContentInfo_free(c);
	return rc;
}

enum errc cms_ready(struct err *e)
{
	tzset(); /* else the first date of a certificate has the C library look for a file */
	return dkim_ready(e);
}

static bool is_for(X509 *x, span address)
{
	STACK_OF(OPENSSL_STRING) *emails = X509_get1_email(x);
	bool found = false;

	for (int i = 0; i < sk_OPENSSL_STRING_num(emails); i++)
		found |= span_eq_nocase(span_str(sk_OPENSSL_STRING_value(emails, i)), address);
	X509_email_free(emails);
	return found;
}

enum errc cms_recipient_check(span certificates, span address, int64_t when_utc, const char **why, struct err *e)
{
	STACK_OF(X509) *v = cms_certificates(certificates);
	X509 *x = sk_X509_num(v) > 0 ? sk_X509_value(v, 0) : NULL;
	EVP_PKEY *key = x != NULL ? X509_get0_pubkey(x) : NULL;
	time_t when = (time_t)when_utc;
	uint32_t usage = x != NULL ? X509_get_key_usage(x) : 0; /* all ones where the certificate says nothing */

	*why = NULL;
	if (v == NULL)
		return err_memory(e);
	if (x == NULL || key == NULL)
		*why = "no certificate in PEM";
	else if (!is_for(x, address))
		*why = "the certificate is for another address";
	else if (X509_cmp_time(X509_get0_notBefore(x), &when) > 0)
		*why = "the certificate is not yet valid";
	else if (X509_cmp_time(X509_get0_notAfter(x), &when) < 0)
		*why = "the certificate has expired";
	else if ((usage & (KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) == 0)
		*why = "the certificate is not one to encrypt to (its key usage)";
	else if (EVP_PKEY_get_security_bits(key) < 112) /* RSA of 2048 bits */
		*why = "the key is too weak: RSA wants 2048 bits";
	ERR_clear_error();
	free_certificates(v);
	return OK;
}

enum errc cms_encrypt(span entity, span certificates, struct buf *der, struct err *e)
{
	STACK_OF(X509) *v = cms_certificates(certificates);
	BIO *b = bio_of(entity);
	CMS_ContentInfo *c = NULL;
	enum errc rc;

	if (v == NULL || b == NULL)
		rc = err_memory(e);
	else if (sk_X509_num(v) == 0)
		rc = err_set(e, ERR_USAGE, "no certificate in PEM");
	else if ((c = CMS_encrypt(v, b, EVP_aes_256_cbc(), CMS_BINARY)) == NULL)
		rc = failed("could not be encrypted", e);
	else
		rc = put_der(c, der, e);
	CMS_ContentInfo_free(c);
	free_certificates(v);
	BIO_free(b);
	return rc;
}
