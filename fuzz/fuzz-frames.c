/* What a worker sends, read by the keeper: message records of ingest. A record either is whole or is refused. */
#include <stdlib.h>

#include "ingest/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));

	while (!c.bad && c.rest.n != 0) {
		struct message_record m;

		message_read(&c, &m);
		if (c.bad)
			break;
		if (m.nest.n > size || m.subject.n > size || m.rest.rest.n > size)
			abort();
		for (uint32_t i = 0; i < m.n_parties && !m.rest.bad; i++) {
			(void)cursor_u8(&m.rest);
			if (cursor_bytes(&m.rest).n > size)
				abort();
		}
	}
	return 0;
}
