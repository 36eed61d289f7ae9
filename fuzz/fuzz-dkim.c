/* Any message and key record: no crash; nothing signed with our key passes by chance. */
#include <stdlib.h>

#include "net/dkim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char record[] = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
	struct dkim_signature *v;
	const char *why;
	struct arena *a;
	size_t n;

	if (arena_new(&a, (size_t)64 << 20, NULL) != OK)
		return 0;
	if (dkim_signatures(a, span_of(data, size), &v, &n, NULL) == OK)
		for (size_t i = 0; i < n; i++) {
			if (dkim_check(a, span_of(data, size), &v[i], span_str(record), &why, NULL) == OK && why == NULL &&
			    v[i].algorithm != DKIM_ED25519)
				abort();
			if (dkim_check(a, span_of(data, size), &v[i], span_of(data, size), &why, NULL) == OK && why == NULL)
				abort();
		}
	arena_free(a);
	return 0;
}
