/* Any proof: what is read is written back the same. */
#include <stdlib.h>

#include "proof/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char key[VERIFY_KEY_SIZE] = {1};
	struct bundle b, again;
	struct checkpoint c;
	struct buf out;

	if (bundle_read(span_of(data, size), &b, NULL) != OK)
		return 0;
	buf_init(&out, 65536);
	if (bundle_write(&b, &out, NULL) != OK || bundle_read(buf_span(&out), &again, NULL) != OK || again.index != b.index ||
	    again.proof.n != b.proof.n || !span_eq(again.checkpoint, b.checkpoint))
		abort();
	if (bundle_verify(&b, SPAN_LIT("{}"), SPAN_LIT("north.example/notices"), key, &c, NULL) == OK && b.index >= c.size)
		abort();
	buf_free(&out);
	return 0;
}
