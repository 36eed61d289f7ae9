#include "base/test.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "net/cms.h"
#include "net/dkim.h"

/* RFC 8463, appendix A. */
static const char rfc_mail[] =
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	" d=football.example.com; i=@football.example.com;\r\n"
	" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
	" subject : date : message-id : from : subject : date;\r\n"
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
	" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
	"From: Joe SixPack <joe@football.example.com>\r\n"
	"To: Suzie Q <suzie@shopping.example.net>\r\n"
	"Subject: Is dinner ready?\r\n"
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
	"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
	"\r\n"
	"Hi.\r\n"
	"\r\n"
	"We lost the game.  Are you hungry yet?\r\n"
	"\r\n"
	"Joe.\r\n";
static const char rfc_record[] = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

static const char mail[] =
	"Date: Fri, 1 Mar 2024 09:30:00 +0000\r\nFrom: \"A. B.\" <us@north.example>\r\nTo: them@south.example\r\n"
	"Subject: A notice\r\n that is folded\r\nMessage-ID: <1@north.example>\r\nMIME-Version: 1.0\r\n"
	"Content-Type: text/plain; charset=utf-8\r\n\r\nLine  one \r\n\r\nline two\r\n\r\n\r\n";

/* NULL: passes. */
static const char *check(struct arena *a, span message, size_t i, const char *record)
{
	struct dkim_signature *v;
	const char *why;
	size_t n;

	assert_ok(dkim_signatures(a, message, &v, &n, &e));
	if (i >= n)
		return "none";
	assert_ok(dkim_check(a, message, &v[i], span_str(record), &why, &e));
	return why;
}

static void the_signature_of_rfc_8463_passes(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_null(check(a, span_str(rfc_mail), 0, rfc_record));
	arena_free(a);
}

/* A signed message of ours, both ways. */
static void make(struct arena *a, span *out, const char *record[2])
{
	struct dkim_key *k[2];
	struct dkim_signer v[2];
	struct buf b, r;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < 2; i++) {
		assert_ok(dkim_key_new(i == 0 ? DKIM_RSA : DKIM_ED25519, &k[i], &e));
		buf_init(&r, 4096);
		assert_ok(dkim_key_record(k[i], &r, &e));
		record[i] = arena_cstr(a, buf_span(&r));
		buf_free(&r);
		v[i] = (struct dkim_signer){k[i], SPAN_LIT("north.example"), SPAN_LIT("sel"), 1709285400};
	}
	assert_ok(dkim_sign(span_str(mail), v, 2, &b, &e));
	buf_str(&b, mail);
	*out = arena_copy(a, buf_span(&b));
	buf_free(&b);
	dkim_key_free(k[0]);
	dkim_key_free(k[1]);
}

static void what_we_sign_passes_and_a_changed_byte_does_not(void **state)
{
	struct arena *a = test_arena();
	const char *record[2];
	unsigned char *p;
	size_t n_spared = 0, start;
	span s;

	(void)state;
	make(a, &s, record);
	assert_null(check(a, s, 0, record[0]));
	assert_null(check(a, s, 1, record[1]));
	assert_non_null(check(a, s, 0, record[1]));
	start = span_find(s, SPAN_LIT("\r\nFrom:")) + 2;
	p = arena_alloc(a, s.n);
	memcpy(p, s.p, s.n);
	for (size_t i = start; i < s.n; i++) {
		unsigned char was = p[i];

		if (ascii_is_space(was))
			continue; /* white space may change on the way */
		p[i] = (unsigned char)(was ^ 0x40);
		n_spared += check(a, span_of(p, s.n), 1, record[1]) == NULL;
		p[i] = was;
	}
	assert_true(n_spared <= 24); /* the letters of names of header fields that change their case only are none of these */
	arena_free(a);
}

static void a_field_put_in_is_noticed(void **state)
{
	static const char *const more[] = {"From: x@evil.example\r\n", "Reply-To: x@evil.example\r\n", "Subject: other\r\n",
	    "To: x@evil.example\r\n", "Date: Sat, 2 Mar 2024 09:30:00 +0000\r\n"};
	struct arena *a = test_arena();
	const char *record[2];
	span s;

	(void)state;
	make(a, &s, record);
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		for (size_t k = 0; k < 2; k++) {
			const char *front = arena_printf(a, "%s%.*s", more[i], (int)s.n, (const char *)s.p);

			assert_non_null(check(a, span_str(front), k, record[k]));
		}
	arena_free(a);
}

static void line_ends_of_a_file_do_not_matter(void **state)
{
	struct arena *a = test_arena();
	const char *record[2];
	struct buf b;
	span s;

	(void)state;
	make(a, &s, record);
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r')
			buf_byte(&b, s.p[i]);
	assert_null(check(a, buf_span(&b), 0, record[0]));
	assert_null(check(a, buf_span(&b), 1, record[1]));
	buf_free(&b);
	arena_free(a);
}

static void no_cut_of_a_message_passes(void **state)
{
	struct arena *a = test_arena();
	const char *record[2];
	span s;

	(void)state;
	make(a, &s, record);
	for (size_t i = 0; i < s.n - 6; i++) /* empty lines at the end are not signed */
		assert_non_null(check(a, span_first(s, i), 1, record[1]));
	arena_free(a);
}

static void a_weak_signature_does_not_count(void **state)
{
	struct arena *a = test_arena();
	static const char *const weak[] = {
	    "DKIM-Signature: v=1; a=rsa-sha1; d=a.example; s=b; h=From; bh=; b=\r\nFrom: a@a.example\r\n\r\n",
	    "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=b; h=To; bh=; b=\r\nFrom: a@a.example\r\n\r\n",
	    "DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=b; h=From; l=0; bh=; b=\r\nFrom: a@a.example\r\n\r\n"};
	struct dkim_signature *v;
	size_t n;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_ok(dkim_signatures(a, span_str(weak[i]), &v, &n, &e));
		assert_int_equal(n, 1);
		assert_non_null(v[0].wrong);
	}
	arena_free(a);
}

/* A certificate of our own making, and its key, in PEM. */
static void identity(struct buf *certificate, struct buf *key)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *b = BIO_new(BIO_s_mem());
	char *p;
	long n;

	assert_true(k != NULL && x != NULL && b != NULL);
	assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
	assert_true(ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 && X509_gmtime_adj(X509_getm_notBefore(x), 0) != NULL);
	assert_true(X509_gmtime_adj(X509_getm_notAfter(x), 86400) != NULL && X509_set_pubkey(x, k) == 1 && X509_sign(x, k, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_bio_X509(b, x), 1);
	n = BIO_get_mem_data(b, &p);
	buf_put(certificate, span_of(p, (size_t)n));
	assert_int_equal(BIO_reset(b), 1);
	assert_int_equal(PEM_write_bio_PrivateKey(b, k, NULL, NULL, 0, NULL, NULL), 1);
	n = BIO_get_mem_data(b, &p);
	buf_put(key, span_of(p, (size_t)n));
	BIO_free(b);
	X509_free(x);
	EVP_PKEY_free(k);
}

/* Why it does not fit is told without memory: NULL would say that it does. */
static void a_signature_that_does_not_fit_fits_at_no_time(void **state)
{
	struct cms_identity *i;
	struct cms_signer signer;
	struct buf certificate, key, der;
	const char *why = NULL;
	struct arena *a;

	(void)state;
	buf_init(&certificate, 1 << 16);
	buf_init(&key, 1 << 16);
	buf_init(&der, 1 << 16);
	identity(&certificate, &key);
	assert_ok(cms_identity_read(buf_span(&certificate), buf_span(&key), &i, &e));
	assert_ok(cms_sign(i, SPAN_LIT("a"), 1700000000, &der, &e));
	assert_ok(arena_new(&a, 1, &e));
	while (arena_alloc(a, 1) != NULL)
		;
	assert_ok(cms_check(a, buf_span(&der), SPAN_LIT("b"), buf_span(&certificate), &signer, &why, &e));
	assert_non_null(why);
	arena_free(a);
	cms_identity_free(i);
	buf_free(&der);
	buf_wipe(&key);
	buf_free(&certificate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_signature_of_rfc_8463_passes), cmocka_unit_test(what_we_sign_passes_and_a_changed_byte_does_not),
	    cmocka_unit_test(a_field_put_in_is_noticed), cmocka_unit_test(line_ends_of_a_file_do_not_matter),
	    cmocka_unit_test(no_cut_of_a_message_passes), cmocka_unit_test(a_weak_signature_does_not_count),
	    cmocka_unit_test(a_signature_that_does_not_fit_fits_at_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
