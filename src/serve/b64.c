#include "serve/b64.h"

#include <sodium.h>

enum { VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING };

char *b64_text(struct arena *a, span s)
{
	size_t n = sodium_base64_encoded_len(s.n, VARIANT); /* with its NUL */
	char *out = arena_alloc(a, n);

	return out == NULL ? NULL : sodium_bin2base64(out, n, s.p, s.n, VARIANT);
}

/* libsodium refuses bits left over in the last digit. */
static bool decode(span text, unsigned char *out, size_t max, size_t *n)
{
	const char *end = NULL;

	*n = 0;
	if (text.n == 0) /* which may be nowhere: nothing is counted from there */
		return true;
	return sodium_base642bin(out, max, (const char *)text.p, text.n, NULL, n, &end, VARIANT) == 0 &&
	       end == (const char *)text.p + text.n;
}

bool b64_read(struct arena *a, span text, span *out)
{
	size_t max = text.n / 4 * 3 + 2, n;
	unsigned char *p = arena_alloc(a, max);

	if (p == NULL || !decode(text, p, max, &n))
		return false;
	*out = span_of(p, n);
	return true;
}

bool b64_read_n(span text, unsigned char *out, size_t n)
{
	size_t have;

	return decode(text, out, n, &have) && have == n;
}

bool id_ok(span text)
{
	unsigned char id[ID_BYTES];

	return text.n == ID_TEXT && b64_read_n(text, id, sizeof id);
}

void id_new(char out[ID_TEXT + 1])
{
	unsigned char id[ID_BYTES];

	randombytes_buf(id, sizeof id);
	(void)sodium_bin2base64(out, ID_TEXT + 1, id, sizeof id, VARIANT);
}
