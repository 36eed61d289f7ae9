/*
 * Any bytes as an issuer's metadata ('m'), as an answer of its token endpoint ('a'), as a key set with a token behind it ('k', a line
 * each), and as a token ('t') under a key that only we have: no crash, and of those nothing holds but what we signed.
 */
#include <stdlib.h>

#include "serve/oidc.h"

enum { SIGNATURE = 86 }; /* characters; an ECDSA signature has a twin that holds as well */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char jwks[] =
    "{\"keys\":[{\"kty\":\"EC\",\"x\":\"bLXjrJrU2hE4vH0k_L44qgpviD5T2ugjo2lsbc1baBs\",\"y\":\"d0REL-m0toq5UL"
    "NrCVDG0X7jwlMBSSX0l2FU3OrQkps\",\"crv\":\"P-256\",\"kid\":\"e\"}]}";
static const char signed_once[] =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwiYXVkIjoidXMiLCJzdWIiOiJ1MSIsImV4cCI6MTMwMCwiaWF0I"
    "joxMDAwLCJub25jZSI6Ik4iLCJoZCI6ImFjbWUuZXhhbXBsZSJ9.my52eisxTum_d4ujxnTEsuV0ElcV28lyRMmMT_b6D5zHD78PYVM6X2T5Dk"
    "4-LnbMzEFDM7siSk5SwatL7T3KUw";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct oidc_expected x = {SPAN_LIT("https://idp.example"), SPAN_LIT("us"), SPAN_LIT("N"), "hd", SPAN_LIT("acme.example"),
	    SPAN_EMPTY, 1010, 990};
	span all = span_of(data, size), rest = span_from(all, 1), subject;
	struct oidc_metadata m;
	struct arena *a;
	size_t line;

	if (size == 0)
		return 0;
	if (arena_new(&a, (size_t)64 << 20, NULL) != OK)
		abort();
	line = span_find_byte(rest, '\n');
	if (data[0] == 'm' && oidc_metadata_read(a, "https://idp.example/{tenant}/v2", rest, &m, NULL) == OK &&
	    !span_starts(span_str(m.issuer), SPAN_LIT("https://idp.example/")))
		abort();
	if (data[0] == 'a' && oidc_answer_read(a, rest, &subject, NULL) == OK && subject.n == 0)
		abort();
	if (data[0] == 'k' && oidc_verify(a, &x, span_first(rest, line), span_from(rest, line + 1), &subject, NULL) == OK && subject.n == 0)
		abort();
	if (data[0] == 't' && oidc_verify(a, &x, span_str(jwks), rest, &subject, NULL) == OK &&
	    !span_starts(rest, span_first(span_str(signed_once), strlen(signed_once) - SIGNATURE)))
		abort();
	arena_free(a);
	return 0;
}
