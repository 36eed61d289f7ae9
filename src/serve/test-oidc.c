/* ID tokens signed here with keys of our own, and all that may be wrong with them; metadata and answers of issuers. */
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/test.h"
#include "serve/b64.h"
#include "serve/host.h"
#include "serve/oidc.h"

static struct arena *a;
static EVP_PKEY *rsa, *ec, *other;
static const char *jwks;

static const char *text(span s) { return b64_text(a, s); }

static span number(EVP_PKEY *key, const char *name, size_t n)
{
	BIGNUM *v = NULL;
	unsigned char *p = arena_alloc(a, n);

	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &v), 1);
	assert_true(BN_bn2binpad(v, p, (int)n) > 0);
	BN_free(v);
	return span_of(p, n);
}

static const char *rsa_jwk(EVP_PKEY *key, const char *kid, size_t bytes)
{
	return arena_printf(a, "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"AQAB\"}", kid,
	    text(number(key, "n", bytes)));
}

static int before(void **state)
{
	(void)state;
	a = test_arena();
	rsa = EVP_RSA_gen(2048);
	other = EVP_RSA_gen(2048);
	ec = EVP_EC_gen("P-256");
	jwks = arena_printf(a, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"s\"},%s,"
	    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"alg\":\"ES256\",\"x\":\"%s\",\"y\":\"%s\"}]}", rsa_jwk(rsa, "r", 256),
	    text(number(ec, "qx", 32)), text(number(ec, "qy", 32)));
	return rsa == NULL || other == NULL || ec == NULL || jwks == NULL;
}

static int after(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(other);
	EVP_PKEY_free(ec);
	arena_free(a);
	return 0;
}

/* JOSE wants the two numbers of an ECDSA signature, not DER. */
static span plain(span der)
{
	const unsigned char *p = der.p;
	ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &p, (long)der.n);
	unsigned char *out = arena_alloc(a, 64);

	assert_non_null(s);
	assert_true(BN_bn2binpad(ECDSA_SIG_get0_r(s), out, 32) == 32 && BN_bn2binpad(ECDSA_SIG_get0_s(s), out + 32, 32) == 32);
	ECDSA_SIG_free(s);
	return span_of(out, 64);
}

static span sign(EVP_PKEY *key, const char *header, const char *payload)
{
	const char *head = arena_printf(a, "%s.%s", text(span_str(header)), text(span_str(payload)));
	unsigned char raw[1024];
	size_t n = sizeof raw;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	span s;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, raw, &n, (const unsigned char *)head, strlen(head)), 1);
	EVP_MD_CTX_free(ctx);
	s = arena_copy(a, span_of(raw, n));
	if (EVP_PKEY_get_id(key) == EVP_PKEY_EC)
		s = plain(s);
	return span_str(arena_printf(a, "%s.%s", head, text(s)));
}

static const char RS[] = "{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"JWT\"}", ES[] = "{\"alg\":\"ES256\",\"kid\":\"e\"}";
#define CLAIMS "\"sub\":\"u1\",\"exp\":1300,\"iat\":1000,\"nonce\":\"N\",\"hd\":\"acme.example\",\"tid\":\"t-1\",\"email\":\"a@acme.example\""
#define GOOD "{\"iss\":\"https://idp.example\",\"aud\":\"us\"," CLAIMS "}"

static struct oidc_expected expected(void)
{
	return (struct oidc_expected){SPAN_LIT("https://idp.example"), SPAN_LIT("us"), SPAN_LIT("N"), "hd", SPAN_LIT("acme.example"),
	    SPAN_EMPTY, 1010, 990};
}

static void refuses(const struct oidc_expected *x, const char *keys, span token, const char *why)
{
	struct err e = {0};
	span subject;

	if (oidc_verify(a, x, span_str(keys), token, &subject, &e) != ERR_EVIDENCE || strstr(e.text, why) == NULL)
		fail_msg("wants \"%s\", got \"%s\"", why, e.text);
}

static void payload_refused(const char *payload, const char *why)
{
	struct oidc_expected x = expected();

	refuses(&x, jwks, sign(rsa, RS, payload), why);
}

static void takes_what_its_issuer_signed(void **state)
{
	static const char *const good[] = {GOOD, "{\"iss\":\"https://idp.example\",\"aud\":[\"us\"]," CLAIMS "}",
	    "{\"iss\":\"https://idp.example\",\"aud\":[\"us\",\"them\"],\"azp\":\"us\"," CLAIMS "}"};
	struct oidc_expected x = expected();
	span subject;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_ok(oidc_verify(a, &x, span_str(jwks), sign(rsa, RS, good[i]), &subject, &e));
		assert_span(subject, "u1");
		assert_ok(oidc_verify(a, &x, span_str(jwks), sign(ec, ES, good[i]), &subject, &e));
	}
	/* Without a name the keys of its type are tried. */
	assert_ok(oidc_verify(a, &x, span_str(jwks), sign(ec, "{\"alg\":\"ES256\"}", GOOD), &subject, &e));
	x.domain_claim = NULL;
	x.tenant = SPAN_LIT("t-1");
	assert_ok(oidc_verify(a, &x, span_str(jwks), sign(rsa, RS, GOOD), &subject, &e));
	x = expected();
	x.domain_claim = "domains";
	assert_ok(oidc_verify(a, &x, span_str(jwks), sign(rsa, RS, "{\"iss\":\"https://idp.example\",\"aud\":\"us\",\"domains\":"
	    "[\"other.example\",\"ACME.example\"]," CLAIMS "}"), &subject, &e));
}

static void refuses_what_is_not_signed_so(void **state)
{
	struct oidc_expected x = expected();
	span token = sign(rsa, RS, GOOD);
	const char *unsigned_token = arena_printf(a, "%s.%s.", text(SPAN_LIT("{\"alg\":\"none\"}")), text(span_str(GOOD)));
	char *flipped = arena_cstr(a, token);
	size_t payload = span_find_byte(token, '.') + 20;
	unsigned char mac[32];
	struct digest d;
	const char *head = arena_printf(a, "%s.%s", text(SPAN_LIT("{\"alg\":\"HS256\"}")), text(span_str(GOOD)));

	(void)state;
	refuses(&x, jwks, span_str(unsigned_token), "not signed as it must be");
	/* The trick of old: the public key taken for a shared secret. */
	hmac_sha256(span_str(jwks), span_str(head), &d);
	memcpy(mac, d.b, sizeof mac);
	refuses(&x, jwks, span_str(arena_printf(a, "%s.%s", head, text(span_of(mac, sizeof mac)))), "not signed as it must be");
	flipped[payload] = flipped[payload] == 'A' ? 'B' : 'A';
	refuses(&x, jwks, span_str(flipped), "signature that does not hold");
	refuses(&x, jwks, sign(other, RS, GOOD), "signature that does not hold");
	refuses(&x, jwks, sign(rsa, "{\"alg\":\"RS256\",\"kid\":\"x\"}", GOOD), "no key that may have signed it");
	refuses(&x, jwks, sign(ec, "{\"alg\":\"RS256\",\"kid\":\"e\"}", GOOD), "no key that may have signed it");
	refuses(&x, jwks, sign(rsa, "{\"alg\":\"ES256\",\"kid\":\"e\"}", GOOD), "signature that does not hold");
	refuses(&x, jwks, sign(rsa, "{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"exp\"]}", GOOD), "of another kind");
	refuses(&x, jwks, sign(rsa, "{\"alg\":\"RS256\",\"kid\":\"r\",\"typ\":\"at+jwt\"}", GOOD), "of another kind");
	refuses(&x, jwks, sign(rsa, "{\"alg\":\"RS256\",\"alg\":\"RS256\"}", GOOD), "without a header");
	refuses(&x, "{\"keys\":[]}", token, "no key that may have signed it");
	refuses(&x, "[]", token, "no key set");
	refuses(&x, arena_printf(a, "{\"keys\":[%s]}", "{\"kty\":\"RSA\",\"use\":\"enc\",\"kid\":\"r\",\"n\":\"AQAB\",\"e\":\"AQAB\"}"), token,
	    "no key that may have signed it");
	/* A modulus with a zero before it, and one that is too short. */
	refuses(&x, arena_printf(a, "{\"keys\":[%s]}", rsa_jwk(rsa, "r", 257)), token, "no key that may have signed it");
	refuses(&x, "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", token, "no key that may have signed it");
	refuses(&x, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\","
	    "\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"}]}", sign(ec, ES, GOOD), "no key that may have signed it");
}

static void refuses_what_is_not_for_us(void **state)
{
	struct oidc_expected x;

	(void)state;
	payload_refused("{\"iss\":\"https://evil.example\",\"aud\":\"us\"," CLAIMS "}", "another issuer");
	payload_refused("{\"iss\":\"https://idp.example/\",\"aud\":\"us\"," CLAIMS "}", "another issuer");
	payload_refused("{\"aud\":\"us\"," CLAIMS "}", "another issuer");
	payload_refused("{\"iss\":\"https://idp.example\",\"aud\":\"them\"," CLAIMS "}", "somebody else");
	payload_refused("{\"iss\":\"https://idp.example\",\"aud\":[\"us\",\"them\"]," CLAIMS "}", "somebody else");
	payload_refused("{\"iss\":\"https://idp.example\",\"aud\":[\"us\",\"them\"],\"azp\":\"them\"," CLAIMS "}", "somebody else");
	payload_refused("{\"iss\":\"https://idp.example\",\"aud\":[]," CLAIMS "}", "somebody else");
	payload_refused("{\"iss\":\"https://idp.example\"," CLAIMS "}", "somebody else");
	payload_refused("{\"iss\":\"https://idp.example\",\"iss\":\"https://idp.example\",\"aud\":\"us\"," CLAIMS "}", "no JSON");
	x = expected();
	x.nonce = SPAN_LIT("M");
	refuses(&x, jwks, sign(rsa, RS, GOOD), "another sign-on");
	x.nonce = SPAN_EMPTY;
	refuses(&x, jwks, sign(rsa, RS, GOOD), "another sign-on");
}

static void refuses_what_is_of_another_time_or_organisation(void **state)
{
	static const struct { int64_t now, asked; const char *why; } times[] = {{1360, 990, "expired"}, {939, 900, "another time"},
	    {1010, 1061, "another time"}};
	struct oidc_expected x;

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		x = expected();
		x.now = times[i].now;
		x.asked = times[i].asked;
		refuses(&x, jwks, sign(rsa, RS, GOOD), times[i].why);
	}
#define HEAD "{\"iss\":\"https://idp.example\",\"aud\":\"us\",\"nonce\":\"N\",\"hd\":\"acme.example\","
	payload_refused(HEAD "\"sub\":\"u\",\"iat\":1000}", "without its times");
	payload_refused(HEAD "\"sub\":\"u\",\"iat\":1000,\"exp\":\"1300\"}", "without its times");
	payload_refused(HEAD "\"sub\":\"u\",\"iat\":1000,\"exp\":-1300}", "without its times");
	payload_refused(HEAD "\"sub\":\"u\",\"iat\":1000,\"exp\":1300,\"nbf\":2000}", "not yet valid");
	payload_refused(HEAD "\"iat\":1000,\"exp\":1300}", "of nobody");
	payload_refused(HEAD "\"sub\":\"\",\"iat\":1000,\"exp\":1300}", "of nobody");
	x = expected();
	x.domain = SPAN_LIT("other.example");
	refuses(&x, jwks, sign(rsa, RS, GOOD), "another organisation");
	/* An address in that domain says nothing: whoever runs the account chose it. */
	x = expected();
	refuses(&x, jwks, sign(rsa, RS, "{\"iss\":\"https://idp.example\",\"aud\":\"us\",\"sub\":\"u\",\"exp\":1300,\"iat\":1000,\"nonce\":\"N\","
	    "\"email\":\"x@acme.example\",\"email_verified\":true}"), "another organisation");
	x.domain_claim = NULL;
	refuses(&x, jwks, sign(rsa, RS, GOOD), "another organisation");
	x.tenant = SPAN_LIT("t-2");
	refuses(&x, jwks, sign(rsa, RS, GOOD), "another organisation");
}

static void refuses_a_token_cut_anywhere(void **state)
{
	struct oidc_expected x = expected();
	span token = sign(ec, ES, GOOD), subject;

	(void)state;
	for (size_t n = 0; n < token.n; n++)
		assert_int_equal(oidc_verify(a, &x, span_str(jwks), span_first(token, n), &subject, NULL), ERR_EVIDENCE);
	assert_int_equal(oidc_verify(a, &x, span_str(jwks), span_str(arena_printf(a, "%.*s.", (int)token.n, (const char *)token.p)),
	    &subject, NULL), ERR_EVIDENCE);
}

static void metadata_are_of_the_issuer_that_was_asked(void **state)
{
#define ENDS "\"authorization_endpoint\":\"https://idp.example/a?x=1\",\"token_endpoint\":\"https://idp.example/t\",\"jwks_uri\":\"https://idp.example/k\"}"
	static const char *const no[] = {"", "[]", "{\"issuer\":\"https://evil.example/acme/v2\"," ENDS,
	    "{\"issuer\":\"https://idp.example//v2\"," ENDS, "{\"issuer\":\"https://idp.example/a/b/v2\"," ENDS,
	    "{\"issuer\":\"https://idp.example/acme/v2\",\"authorization_endpoint\":\"https://idp.example/a\"}",
	    "{\"issuer\":\"https://idp.example/acme/v2\",\"authorization_endpoint\":\"http://idp.example/a\",\"token_endpoint\":\"https://idp.example/t\",\"jwks_uri\":\"https://idp.example/k\"}",
	    "{\"issuer\":\"https://idp.example/acme/v2\",\"authorization_endpoint\":\"https://idp.example/a b\",\"token_endpoint\":\"https://idp.example/t\",\"jwks_uri\":\"https://idp.example/k\"}"};
	struct oidc_metadata m;

	(void)state;
	assert_ok(oidc_metadata_read(a, "https://idp.example/{tenant}/v2", SPAN_LIT("{\"issuer\":\"https://idp.example/0a-b/v2\"," ENDS), &m, &e));
	assert_string_equal(m.tenant, "0a-b");
	assert_string_equal(m.issuer, "https://idp.example/0a-b/v2");
	assert_ok(oidc_metadata_read(a, "https://idp.example", SPAN_LIT("{\"issuer\":\"https://idp.example\"," ENDS), &m, &e));
	assert_string_equal(m.tenant, "");
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		assert_int_equal(oidc_metadata_read(a, "https://idp.example/{tenant}/v2", span_str(no[i]), &m, NULL), ERR_EVIDENCE);
	assert_string_equal(oidc_address(a, "https://idp.example/{tenant}/v2", SPAN_LIT("acme.example")), "https://idp.example/acme.example/v2");
	assert_string_equal(oidc_address(a, "https://idp.example", SPAN_LIT("acme.example")), "https://idp.example");
}

static void whoever_checks_an_address_and_whoever_asks_there_read_one_host(void **state)
{
	static const struct { const char *address, *host; unsigned port; } good[] = {{"https://idp.example", "idp.example", 443},
	    {"https://idp.example/", "idp.example", 443}, {"https://IDP.example:8443/t?x=https://evil.example", "IDP.example", 8443},
	    {"https://idp.example?evil.example/", "idp.example", 443}, {"https://idp.example#evil.example", "idp.example", 443},
	    {"https://127.0.0.1:1/a", "127.0.0.1", 1}, {"https://idp.example:65535", "idp.example", 65535}};
	static const char *const no[] = {"", "https://", "https:///a", "https://:443/", "http://idp.example/", "idp.example", "https://idp.example:/",
	    "https://idp.example:0/", "https://idp.example:65536/", "https://idp.example:123456/", "https://idp.example:8a/", "https://a@idp.example/",
	    "https://idp.example@evil.example/", "https://idp.example:443:443/"};
	static const char *const hosts[] = {"idp.example"};
	unsigned port;
	span host;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(host_of(span_str(good[i].address), &host, &port));
		assert_span(host, good[i].host);
		assert_int_equal(port, good[i].port);
	}
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		assert_false(host_of(span_str(no[i]), &host, &port));
	assert_true(host_among(SPAN_LIT("IDP.Example"), hosts, 1));
	assert_false(host_among(SPAN_LIT("idp.example."), hosts, 1));
	assert_false(host_among(SPAN_EMPTY, hosts, 1));
}

static void metadata_that_another_process_read_are_looked_at_again(void **state)
{
	static const char *const hosts[] = {"idp.example", "keys.idp.example"};
	const struct oidc_issuer s = {.issuer = "https://idp.example/{tenant}/v2", .hosts = hosts, .n_hosts = 2};
	const struct oidc_said good = {SPAN_LIT("https://idp.example/0a-b/v2"), SPAN_LIT("0a-b"), SPAN_LIT("https://idp.example/a?x=1"),
	    SPAN_LIT("https://idp.example:8443/t"), SPAN_LIT("https://keys.idp.example/k")};
	static const char *const no[] = {"", "javascript:alert(1)", "http://idp.example/a", "https://evil.example/a", "https://idp.example@evil.example/a",
	    "https://idp.example:x@evil.example/a", "https://idp.example.evil.example/", "https://idp.example\n/a", "https://idp.example/\xc3\xa9",
	    "https://evil.example?idp.example", "https://evil.example#idp.example", "https://evil.example\\@idp.example/"};
	struct oidc_said x = good;

	(void)state;
	assert_true(oidc_metadata_ok(&s, &good));
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		x = good;
		x.authorization = span_str(no[i]);
		assert_false(oidc_metadata_ok(&s, &x));
		x = good;
		x.token = span_str(no[i]);
		assert_false(oidc_metadata_ok(&s, &x));
		x = good;
		x.jwks = span_str(no[i]);
		assert_false(oidc_metadata_ok(&s, &x));
		x = good;
		x.issuer = span_str(no[i]);
		assert_false(oidc_metadata_ok(&s, &x));
	}
	x = good;
	x.tenant = SPAN_LIT("another");
	assert_false(oidc_metadata_ok(&s, &x));
	x.tenant = SPAN_EMPTY;
	assert_false(oidc_metadata_ok(&s, &x));
	x = good;
	x.authorization = span_str(arena_printf(a, "https://idp.example/%01000d", 0));
	assert_false(oidc_metadata_ok(&s, &x));
}

static void an_answer_holds_a_token_or_is_none(void **state)
{
	span token;

	(void)state;
	assert_ok(oidc_answer_read(a, SPAN_LIT("{\"id_token\":\"a.b.c\",\"access_token\":\"x\"}"), &token, &e));
	assert_span(token, "a.b.c");
	assert_int_equal(oidc_answer_read(a, SPAN_LIT("{\"error\":\"invalid_grant\"}"), &token, NULL), ERR_EVIDENCE);
	assert_int_equal(oidc_answer_read(a, SPAN_LIT("{\"id_token\":7}"), &token, NULL), ERR_EVIDENCE);
	assert_int_equal(oidc_answer_read(a, SPAN_LIT("<html>"), &token, NULL), ERR_EVIDENCE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_what_its_issuer_signed),
	    cmocka_unit_test(refuses_what_is_not_signed_so),
	    cmocka_unit_test(refuses_what_is_not_for_us),
	    cmocka_unit_test(refuses_what_is_of_another_time_or_organisation),
	    cmocka_unit_test(refuses_a_token_cut_anywhere),
	    cmocka_unit_test(metadata_are_of_the_issuer_that_was_asked),
	    cmocka_unit_test(whoever_checks_an_address_and_whoever_asks_there_read_one_host),
	    cmocka_unit_test(metadata_that_another_process_read_are_looked_at_again),
	    cmocka_unit_test(an_answer_holds_a_token_or_is_none),
	};

	return cmocka_run_group_tests(tests, before, after);
}
