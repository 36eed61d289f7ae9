/* Charsets: whatever the bytes, the text is valid UTF-8 and its places lie within them. The first byte chooses. */
#include <stdlib.h>

#include "base/utf8.h"
#include "stream/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"", "utf-8", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32be", "utf-7",
	"windows-1252", "windows-1253", "koi8-r", "gb18030", "big5", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr",
	"iso-2022-kr"};

static void check(struct arena *a, const struct charset *c, span in)
{
	struct charset_places *places;
	struct err e;
	span out;
	size_t bad, last = 0, step;

	if (charset_to_utf8(a, c, in, &out, &bad, &e) != OK || charset_places_new(a, c, in, &places, &e) != OK)
		return;
	if (utf8_valid(out) != out.n || bad > in.n)
		abort();
	step = 1 + out.n / 8;
	for (size_t at = 0; at < out.n; at += step) {
		size_t place = charset_place(places, at);

		if (place > in.n || place < last)
			abort();
		last = place;
	}
	if (charset_place(places, out.n) != in.n || charset_text_at(places, in.n) != out.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct charset *c;
	struct arena *a;
	struct err e;

	if (size == 0 || charset_open(&e) != OK || arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	(void)charset_find(span_of(data, size));
	c = charset_find(span_str(names[data[0] % (sizeof names / sizeof *names)]));
	if (c != NULL)
		check(a, c, span_of(data + 1, size - 1));
	arena_free(a);
	return 0;
}
