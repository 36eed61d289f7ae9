/*
 * What a worker sends, read by the keeper: message records of ingest, and the answers of its job "pieces". A record either is whole or is
 * refused.
 */
#include <stdlib.h>

#include "ingest/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An answer that was counted is read by the keeper without asking again. */
static void pieces(span answer)
{
	struct cursor c = cursor_of(answer);
	struct piece_said said;
	unsigned problems;
	size_t n = piece_taken_count(answer, &problems);

	if (piece_said_read(answer, &said) && answer.n != 2 + 2 * DIGEST_SIZE + 8)
		abort();
	for (size_t i = 0; i < n; i++) {
		struct message_record m;

		if (cursor_u8(&c) != RECORD_MESSAGE)
			abort();
		message_read(&c, &m);
		if (c.bad || m.parent > i)
			abort();
	}
	if (n != 0 && !cursor_done(&c))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(span_of(data, size));

	pieces(c.rest);

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
