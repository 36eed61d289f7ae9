/* Any signature file, public key and unencrypted secret key: no crash, nothing fits by chance. */
#include <stdlib.h>

#include "proof/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verify_key k = {{0}, {1}};
	struct sign_key *s;
	struct buf b;
	span comment;

	if (verify_key_read(span_of(data, size), &k, NULL) == OK) {
		struct verify_key again;

		buf_init(&b, 4096);
		verify_key_write(&k, &b);
		if (verify_key_read(buf_span(&b), &again, NULL) != OK || memcmp(&k, &again, sizeof k) != 0)
			abort();
		buf_free(&b);
	}
	if (sign_key_read(span_of(data, size), &s, NULL) == OK)
		sign_key_free(s);
	if (minisign_verify(&k, SPAN_LIT("message"), span_of(data, size), &comment, NULL, NULL) == OK && comment.n >= size)
		abort();
	return 0;
}
