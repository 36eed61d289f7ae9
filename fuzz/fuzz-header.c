/* Text, parameters and identifiers of any field are found without error, and text is valid UTF-8. */
#include <stdlib.h>

#include "base/utf8.h"
#include "mail/header.h"
#include "mail/summary.h"
#include "stream/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(span s)
{
	if (s.p == NULL || utf8_valid(s) != s.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span value = span_of(data, size), first;
	struct param *params;
	struct arena *a;
	struct err e;
	size_t n;

	if (charset_open(&e) != OK || arena_new(&a, (size_t)1 << 30, &e) != OK)
		return 0;
	check_text(header_text(a, value, SPAN_EMPTY));
	check_text(header_text(a, value, SPAN_LIT("gb2312")));
	if (header_unfold(a, value).p == NULL || header_params(a, value, SPAN_EMPTY, &first, &params, &n, &e) != OK)
		abort();
	for (size_t i = 0; i < n; i++)
		check_text(params[i].value);
	if (header_message_id(a, value).p == NULL)
		abort();
	if (address_unwrap(a, value, value.n % 2 == 0).p == NULL)
		abort();
	arena_free(a);
	return 0;
}
