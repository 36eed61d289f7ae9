#include "proof/text64.h"

#include <sodium.h>

static void put(struct buf *out, span s, int variant)
{
	size_t n = sodium_base64_encoded_len(s.n, variant); /* with its NUL */

	if (!buf_room(out, n))
		return;
	(void)sodium_bin2base64((char *)out->p + out->n, n, s.p, s.n, variant);
	out->n += n - 1;
}

void text64_put(struct buf *out, span s) { put(out, s, sodium_base64_VARIANT_ORIGINAL); }
void text64_url_put(struct buf *out, span s) { put(out, s, sodium_base64_VARIANT_URLSAFE_NO_PADDING); }

bool text64_read_some(span text, unsigned char *out, size_t max, size_t *n)
{
	const char *end = NULL;

	*n = 0;
	/* libsodium refuses bits left over in the last digit, and wants the padding. */
	return text.n != 0 && sodium_base642bin(out, max, (const char *)text.p, text.n, NULL, n, &end,
	    sodium_base64_VARIANT_ORIGINAL) == 0 && end == (const char *)text.p + text.n;
}

bool text64_read(span text, unsigned char *out, size_t n)
{
	size_t have;

	return text64_read_some(text, out, n, &have) && have == n;
}
