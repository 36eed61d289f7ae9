/* Any rule file is read or refused with a reason; one that is read can be packed, opened and run. */
#include <stdlib.h>

#include "base/limits.h"
#include "scan/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a buffer of its own on some damaged YAML: nothing that we hold, and a rule file is read once. */
const char *__lsan_default_suppressions(void) { return "leak:libfyaml.so"; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rule_set *set;
	struct engine *en = NULL;
	struct hits hits;
	struct arena *a;
	struct buf packed;
	struct digest d;
	struct err e = {0};

	if (size > 64 * KIB || arena_new(&a, GIB, &e) != OK)
		return 0;
	buf_init(&packed, 16 * MIB);
	if (rules_read(a, span_of(data, size), "f", &set, &e) != OK) {
		if (e.code == OK || e.text[0] == '\0')
			abort();
	} else if (rules_pack(set, &packed, &d, &e) == OK && engine_open(&en, buf_span(&packed), &e) == OK &&
	    engine_compile(en, &e) == OK) {
		if (engine_detect(en, SPAN_LIT("password: Winter2024! 4539 1488 2436 4672 xx"), &hits, &e) != OK)
			abort();
	}
	engine_close(en);
	buf_free(&packed);
	arena_free(a);
	return 0;
}
