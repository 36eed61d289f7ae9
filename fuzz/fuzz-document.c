/* Documents: whatever comes, the text is valid UTF-8 within its limit, its places ascend, and each can be said in words. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "document/document.h"
#include "stream/charset.h"
#include "stream/passwords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every byte of a picture is there to be read, and they are counted without a gap. */
static enum errc look(void *ctx, size_t number, span picture, struct err *e)
{
	size_t *n = ctx, valid = utf8_valid(picture);

	(void)e;
	if (number != ++*n || number > LIMIT_DOCUMENT_PICTURES || valid > picture.n)
		abort();
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const span tried[] = {SPAN_LIT("secret")}; /* as the seeds have it */
	static bool open;
	struct passwords passwords = {.v = tried, .n = 1, .work = 100000};
	struct document d;
	struct arena *a;
	size_t n = 0;
	struct err e;

	if (!open && charset_open(&e) != OK)
		abort();
	open = true;
	if (arena_new(&a, 256 * MIB, &e) != OK)
		abort();
	if (document_read(a, span_of(data, size), &passwords, &d, &e) == OK) {
		if (utf8_valid(d.text) != d.text.n || d.text.n > LIMIT_TEXT_BYTES)
			abort();
		for (size_t i = 0; i < d.n_places; i++)
			if (d.places[i].at >= d.text.n + 1 || (i > 0 && d.places[i - 1].at > d.places[i].at) ||
			    document_where(a, &d, d.places[i].at) == NULL)
				abort();
	}
	if (document_pictures(a, span_of(data, size), look, &n, &e) == ERR_WORLD)
		abort();
	arena_free(a);
	return 0;
}
