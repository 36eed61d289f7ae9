/* RTF, compressed or not: the text is valid UTF-8 and not much longer than what it came of. */
#include <stdlib.h>

#include "base/utf8.h"
#include "stream/charset.h"
#include "stream/rtf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, span in)
{
	enum rtf_kind kind;
	struct err e;
	span rtf = in, out;

	if (rtf_decompress(a, in, &out, NULL, &e) == OK) {
		rtf = out;
		if (rtf.n > in.n * 17)
			abort();
	}
	if (rtf_text(a, rtf, &kind, &out, NULL, &e) != OK)
		return;
	if (utf8_valid(out) != out.n || out.n > 8 * rtf.n + 8)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool open;
	struct arena *a;
	struct err e;

	if (!open && charset_open(&e) != OK)
		return 0;
	open = true;
	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	check(a, span_of(data, size));
	arena_free(a);
	return 0;
}
