/* Any mail as a notice: no crash, and nothing is genuine by keys that nobody signs with. */
#include <stdlib.h>

#include "verify/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct verify_with w = {.mail = span_of(data, size),
	    .key = SPAN_LIT("RWSqIBkRWkVxgp5IKTuebQxugOlhIQCLqqZfyyguiHFnpCVYtRoCYL4U"), .ca = SPAN_LIT("none"),
	    .dkim = SPAN_LIT("s._domainkey.north.example. IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"")};
	struct verify_result r;
	struct arena *a;

	if (arena_new(&a, (size_t)256 << 20, NULL) != OK)
		return 0;
	if (notice_check(a, &w, &r, NULL) == OK && r.genuine)
		abort();
	arena_free(a);
	return 0;
}
