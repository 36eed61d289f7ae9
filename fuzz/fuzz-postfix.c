/* Files of Postfix's queue: what is rendered comes out of the file, none of it more often than the walk allows, and an end is said. */
#include <stdlib.h>

#include "base/limits.h"
#include "mail/postfix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span file = span_of(data, size);
	const char *missing = NULL;
	struct buf out;

	if (!postfix_sniff(file))
		return 0;
	buf_init(&out, LIMIT_PART_BYTES);
	postfix_render(file, &out, &missing);
	if (missing == NULL || (!out.failed && out.n > 3 * size))
		abort();
	buf_free(&out);
	return 0;
}
