/*
 * Any bytes as the head of a request: what is good stays so whatever follows it, was not so before its end, and has no byte that another
 * reader could take for something else.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "serve/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const span s = span_of(data, size), host = SPAN_LIT("x.example");
	unsigned status = head_check(s, host);
	size_t end;

	if (status != HEAD_GOOD) {
		if (status != HEAD_MORE && (status < 400 || status > 431))
			abort();
		return 0;
	}
	end = span_find(s, SPAN_LIT("\r\n\r\n")) + 4;
	if (end > s.n || end > LIMIT_REQUEST_HEAD_BYTES || head_check(span_first(s, end), host) != HEAD_GOOD || head_check(span_first(s, end - 1), host) != HEAD_MORE)
		abort();
	for (size_t i = 0; i < end; i++)
		if ((s.p[i] == '\n') != (i != 0 && s.p[i - 1] == '\r') || s.p[i] == 0 || s.p[i] == 0x7f)
			abort();
	return 0;
}
