/*
 * Any bytes as client data, attestation object, and, cut in parts, as an assertion: no crash, and nothing holds
 * by chance.
 */
#include <stdlib.h>

#include "serve/webauthn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct webauthn w = {"reading.example", "https://reading.example"};
	/* As the seeds have it. */
	static const char client[] = "{\"type\":\"webauthn.create\",\"challenge\":\"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\",\"origin\":\"https://reading.example\"}";
	static const char get[] = "{\"type\":\"webauthn.get\",\"challenge\":\"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\",\"origin\":\"https://reading.example\"}";
	unsigned char sevens[32], key[64] = {0};
	struct webauthn_passkey p;
	struct arena *a;
	span all = span_of(data, size), d;
	uint32_t counter;

	if (arena_new(&a, (size_t)16 << 20, NULL) != OK || webauthn_load(NULL) != OK)
		abort();
	memset(sevens, 7, sizeof sevens);
	if (webauthn_client_data(a, &w, "webauthn.get", span_of(sevens, 32), all, NULL) == OK && size < 80)
		abort();
	if (webauthn_attestation(a, all, &d, NULL) == OK && d.n > size)
		abort();
	if (webauthn_register(a, &w, span_of(sevens, 32), span_str(client), all, &p, NULL) == OK &&
	    (p.id.n == 0 || p.key.n == 0))
		abort();
	for (int64_t alg = -8; alg <= -7; alg++) {
		struct webauthn_assertion x = {span_of(sevens, 32), span_str(get), span_first(all, 60),
		    span_from(all, 60), alg, span_of(key, alg == -7 ? 64 : 32)};

		if (webauthn_assert(a, &w, &x, &counter, NULL) == OK && alg == -7)
			abort();
	}
	arena_free(a);
	return 0;
}
