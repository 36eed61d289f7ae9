/*
 * A registration and an assertion, made once by the authenticator of t/reading-room.mjs, and all that may be
 * wrong with them.
 */
#include "base/test.h"
#include "serve/b64.h"
#include "serve/webauthn.h"

static const char client_create[] = "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQndjSEJ3Y0hCd2NIQndjSEJ3Y0hCd2NIQndjSEJ3Y0hCd2NIQndjSEJ3YyIsIm9yaWdpbiI6Imh0dHBzOi8vcmVhZGluZy5leGF"
    "tcGxlIiwiY3Jvc3NPcmlnaW4iOmZhbHNlfQ";
static const char attestation[] = "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVik_hvMtU0QsMgd5FnhcqXnMAE0nQWj7TPPVQGQCjB0XdFFAAAAAQAAAAAAAAAAAAAAAAAAAAAAIGYINRVLL5CaoYSA-uwB7418n9JSRJSflR0nQFwSArvTp"
    "QECAyYgASFYIKqFnyrQUD6P2UBScJ3sItjxucVKmwOEkztvxqrVVIQrIlggT3pnSIU3i0J3yCU-RjLaxk9aNUs-QsNSNcvLHP3mhs4";
static const char credential[] = "Zgg1FUsvkJqhhID67AHvjXyf0lJElJ-VHSdAXBICu9M";
static const char client_get[] = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQndjSEJ3Y0hCd2NIQndjSEJ3Y0hCd2NIQndjSEJ3Y0hCd2NIQndjSEJ3YyIsIm9yaWdpbiI6Imh0dHBzOi8vcmVhZGluZy5leGFtcGx"
    "lIiwiY3Jvc3NPcmlnaW4iOmZhbHNlfQ";
static const char auth_data[] = "_hvMtU0QsMgd5FnhcqXnMAE0nQWj7TPPVQGQCjB0XdEFAAAAAg";
static const char signature[] = "MEQCIBVDuIA__Y8kh9o6ZlM6zIfF53gkNF84cAvEBNEO0WY8AiB5PXOBOudxj-aSBgk8axlLp4pjALOs8x-gSLcsX9fCcw";

static const struct webauthn ours = {"reading.example", "https://reading.example"};
static struct arena *a;
static unsigned char sevens[32];

static span b64(const char *text)
{
	span s;

	assert_true(b64_read(a, span_str(text), &s));
	return s;
}

static int before(void **state)
{
	(void)state;
	a = test_arena();
	memset(sevens, 7, sizeof sevens);
	assert_ok(webauthn_load(&e));
	return 0;
}

static int after(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static enum errc registers(const struct webauthn *w, span challenge, span client, span object, struct webauthn_passkey *p)
{
	return webauthn_register(a, w, challenge, client, object, p, NULL);
}

static void a_registration_gives_id_and_key(void **state)
{
	struct webauthn_passkey p;

	(void)state;
	assert_int_equal(registers(&ours, span_of(sevens, 32), b64(client_create), b64(attestation), &p), OK);
	assert_true(span_eq(p.id, b64(credential)));
	assert_int_equal(p.alg, -7);
	assert_int_equal(p.key.n, 64);
	assert_int_equal(p.counter, 1);
}

static void for_another_site_origin_or_challenge_it_is_refused(void **state)
{
	const struct webauthn site = {"other.example", ours.origin}, origin = {ours.rp_id, "https://reading.example:8443"};
	unsigned char other[32] = {0};
	struct webauthn_passkey p;
	span client = b64(client_create), object = b64(attestation);

	(void)state;
	assert_int_equal(registers(&site, span_of(sevens, 32), client, object, &p), ERR_EVIDENCE);
	assert_int_equal(registers(&origin, span_of(sevens, 32), client, object, &p), ERR_EVIDENCE);
	assert_int_equal(registers(&ours, span_of(other, 32), client, object, &p), ERR_EVIDENCE);
	assert_int_equal(registers(&ours, SPAN_EMPTY, client, object, &p), ERR_EVIDENCE);
	assert_int_equal(registers(&ours, span_of(sevens, 32), b64(client_get), object, &p), ERR_EVIDENCE);
}

static void cut_at_every_length_it_is_refused(void **state)
{
	span client = b64(client_create), object = b64(attestation);
	struct webauthn_passkey p;

	(void)state;
	for (size_t n = 0; n < client.n; n++)
		assert_int_equal(registers(&ours, span_of(sevens, 32), span_first(client, n), object, &p), ERR_EVIDENCE);
	for (size_t n = 0; n < object.n; n++)
		assert_int_equal(registers(&ours, span_of(sevens, 32), client, span_first(object, n), &p), ERR_EVIDENCE);
}

/* The key as a registration gives it. */
static struct webauthn_assertion assertion(void)
{
	struct webauthn_passkey p;

	assert_int_equal(registers(&ours, span_of(sevens, 32), b64(client_create), b64(attestation), &p), OK);
	return (struct webauthn_assertion){span_of(sevens, 32), b64(client_get), b64(auth_data), b64(signature),
	    p.alg, p.key};
}

static void an_assertion_by_that_key_holds(void **state)
{
	struct webauthn_assertion x = assertion();
	uint32_t counter;

	(void)state;
	assert_int_equal(webauthn_assert(a, &ours, &x, &counter, NULL), OK);
	assert_int_equal(counter, 2);
	x.alg = -257;
	assert_int_equal(webauthn_assert(a, &ours, &x, &counter, NULL), ERR_EVIDENCE);
	x.alg = -8;
	assert_int_equal(webauthn_assert(a, &ours, &x, &counter, NULL), ERR_EVIDENCE);
	x.alg = 0;
	assert_int_equal(webauthn_assert(a, &ours, &x, &counter, NULL), ERR_EVIDENCE);
}

/* Each bit of what was signed, of the signature and of the key. */
static void with_any_bit_changed_it_does_not(void **state)
{
	struct webauthn_assertion whole = assertion();
	span *const parts[] = {&whole.client_data, &whole.auth_data, &whole.signature, &whole.key};

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		span copy = arena_copy(a, *parts[i]), was = *parts[i];
		uint32_t counter;

		*parts[i] = copy;
		for (size_t bit = 0; bit < 8 * copy.n; bit++) {
			unsigned char *p = (unsigned char *)(uintptr_t)copy.p + bit / 8;

			*p ^= (unsigned char)(1u << bit % 8);
			assert_int_not_equal(webauthn_assert(a, &ours, &whole, &counter, NULL), OK);
			*p ^= (unsigned char)(1u << bit % 8);
		}
		*parts[i] = was;
	}
}

static void client_data_are_read_strictly(void **state)
{
	static const struct { const char *text; enum errc want; } rows[] = {
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\",\"origin\":\"https://reading.example\"}", OK},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\",\"origin\":\"https://reading.example\",\"crossOrigin\":false,\"new\":1}", OK},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\",\"origin\":\"https://reading.example\",\"crossOrigin\":true}", ERR_EVIDENCE},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\",\"origin\":\"https://reading.example\",\"crossOrigin\":null}", ERR_EVIDENCE},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\",\"origin\":\"https://reading.example\",\"topOrigin\":\"https://reading.example\"}", ERR_EVIDENCE},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\",\"origin\":\"https://reading.example\",\"origin\":\"https://reading.example\"}", ERR_EVIDENCE},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH=\",\"origin\":\"https://reading.example\"}", ERR_EVIDENCE},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\",\"origin\":\"https://reading.example/\"}", ERR_EVIDENCE},
	    {"{\"type\":\"webauthn.get\",\"challenge\":[\"BwcH\"],\"origin\":\"https://reading.example\"}", ERR_EVIDENCE},
	    {"{\"type\":\"webauthn.get\",\"challenge\":\"BwcH\"}", ERR_EVIDENCE},
	    {"[]", ERR_EVIDENCE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(webauthn_client_data(a, &ours, "webauthn.get", span_of(sevens, 3),
		    span_str(rows[i].text), NULL), rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_registration_gives_id_and_key),
	    cmocka_unit_test(for_another_site_origin_or_challenge_it_is_refused),
	    cmocka_unit_test(cut_at_every_length_it_is_refused), cmocka_unit_test(an_assertion_by_that_key_holds),
	    cmocka_unit_test(with_any_bit_changed_it_does_not), cmocka_unit_test(client_data_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, before, after);
}
