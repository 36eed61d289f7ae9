/* Any date is one of mail's years, give or take a zone, or none. */
#include <stdlib.h>

#include "base/clock.h"
#include "mail/header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t when = header_date(span_of(data, size));

	if (when != TIME_NONE && (when < -86400 || time_to_civil(when).year > 2101))
		abort();
	return 0;
}
