/* Any list of addresses is read; each address is valid UTF-8. */
#include <stdlib.h>

#include "base/utf8.h"
#include "mail/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct address_list list = {0};
	struct arena *a;
	struct err e;

	if (arena_new(&a, (size_t)1 << 30, &e) != OK)
		return 0;
	if (header_addresses(a, span_of(data, size), size % 2 == 0 ? SPAN_LIT("shift_jis") : SPAN_EMPTY, &list, &e) != OK)
		abort();
	for (size_t i = 0; i < list.n; i++) {
		const struct address *to = &list.v[i];

		if (to->address.n == 0 || utf8_valid(to->address) != to->address.n ||
		    utf8_valid(to->name) != to->name.n || utf8_valid(to->group) != to->group.n)
			abort();
		if (to->domain.n != 0 && !span_ends_nocase(to->address, to->domain))
			abort();
	}
	arena_free(a);
	return 0;
}
