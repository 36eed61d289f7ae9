#include "net/stamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>

#include "base/clock.h"
#include "net/cms-private.h"

enum errc stamp_request(const struct digest *of, struct buf *der, struct err *e)
{
	TS_REQ *q = TS_REQ_new();
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	unsigned char *p = NULL, digest[DIGEST_SIZE];
	int n = 0;

	memcpy(digest, of->b, sizeof digest);
	if (q != NULL && imprint != NULL && algorithm != NULL &&
	    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 && TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
	    TS_MSG_IMPRINT_set_msg(imprint, digest, sizeof digest) == 1 && TS_REQ_set_version(q, 1) == 1 &&
	    TS_REQ_set_msg_imprint(q, imprint) == 1 && TS_REQ_set_cert_req(q, 1) == 1)
		n = i2d_TS_REQ(q, &p);
	TS_REQ_free(q);
	TS_MSG_IMPRINT_free(imprint);
	X509_ALGOR_free(algorithm);
	ERR_clear_error();
	if (n <= 0)
		return err_memory(e);
	buf_put(der, span_of(p, (size_t)n));
	OPENSSL_free(p);
	return buf_check(der, e);
}

static bool read_imprint(TS_TST_INFO *info, struct digest *of)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OBJECT *algorithm = NULL;
	const ASN1_OCTET_STRING *bytes;

	if (imprint == NULL)
		return false;
	X509_ALGOR_get0(&algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	bytes = TS_MSG_IMPRINT_get_msg(imprint);
	if (OBJ_obj2nid(algorithm) != NID_sha256 || bytes == NULL || ASN1_STRING_length(bytes) != DIGEST_SIZE)
		return false;
	memcpy(of->b, ASN1_STRING_get0_data(bytes), DIGEST_SIZE);
	return true;
}

static enum errc signer_name(struct arena *a, PKCS7 *token, struct stamp *out, struct err *e)
{
	STACK_OF(X509) *signers = PKCS7_get0_signers(token, NULL, 0);
	char name[512] = "";

	if (sk_X509_num(signers) == 1)
		(void)X509_NAME_get_text_by_NID(X509_get_subject_name(sk_X509_value(signers, 0)), NID_commonName, name, sizeof name);
	sk_X509_free(signers);
	out->by = arena_cstr(a, span_str(name));
	return out->by != NULL ? OK : err_memory(e);
}

/* The store is the context's. */
static bool holds(TS_RESP *r, X509_STORE *store)
{
	TS_VERIFY_CTX *v = TS_VERIFY_CTX_new();
	bool is = false;

	if (v == NULL) {
		X509_STORE_free(store);
		return false;
	}
	(void)TS_VERIFY_CTX_set_flags(v, TS_VFY_VERSION | TS_VFY_SIGNATURE);
#if OPENSSL_VERSION_NUMBER >= 0x30400000L
	(void)TS_VERIFY_CTX_set0_store(v, store);
#else
	(void)TS_VERIFY_CTX_set_store(v, store);
#endif
	is = TS_RESP_verify_response(v, r) == 1;
	TS_VERIFY_CTX_free(v);
	return is;
}

enum errc stamp_check(struct arena *a, span der, span ca_pem, struct stamp *out, const char **why, struct err *e)
{
	const unsigned char *p = der.p;
	TS_RESP *r = der.n <= INT32_MAX ? d2i_TS_RESP(NULL, &p, (long)der.n) : NULL;
	TS_TST_INFO *info = r != NULL ? TS_RESP_get_tst_info(r) : NULL;
	STACK_OF(X509) *ca = NULL;
	X509_STORE *store;
	enum errc rc = OK;

	*out = (struct stamp){.when_utc = TIME_NONE, .by = ""};
	*why = r == NULL ? "no reply of a time stamp authority" : "the authority refused to stamp";
	if (info == NULL)
		goto out;
	*why = "it is no stamp of a SHA-256 digest with a time";
	if (!read_imprint(info, &out->of) || (out->when_utc = cms_time(TS_TST_INFO_get_time(info))) == TIME_NONE)
		goto out;
	ca = cms_certificates(ca_pem);
	if ((store = cms_store(ca, out->when_utc)) == NULL) {
		rc = err_memory(e);
		goto out;
	}
	if (!holds(r, store)) {
		const char *text = ERR_reason_error_string(ERR_peek_last_error());

		*why = text != NULL ? text : "the signature does not fit"; /* a word of OpenSSL's lives as long as we */
		goto out;
	}
	*why = NULL;
	rc = signer_name(a, TS_RESP_get_token(r), out, e);
out:
	ERR_clear_error();
	sk_X509_pop_free(ca, X509_free);
	TS_RESP_free(r);
	return rc;
}
