/* Transfer encodings: the vector and the scalar form say the same, and nothing is written past the input's size. */
#include <stdlib.h>
#include <string.h>

#include "stream/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef size_t decoder(span in, unsigned char *out, unsigned *problems);

static void agree(decoder *fast, decoder *slow, span in)
{
	unsigned char *a = malloc(in.n != 0 ? in.n : 1), *b = malloc(in.n != 0 ? in.n : 1);
	unsigned problems_a = 0, problems_b = 0;
	size_t na, nb;

	if (a == NULL || b == NULL)
		abort();
	na = fast(in, a, &problems_a);
	nb = slow(in, b, &problems_b);
	if (na != nb || problems_a != problems_b || memcmp(a, b, na) != 0)
		abort();
	free(a);
	free(b);
}

static void find_all(span text)
{
	struct uu f;

	for (size_t from = 0; uu_find(text, from, &f); from = f.at + f.n)
		if (f.at < from || f.n == 0 || f.n > text.n - f.at || f.body.n > f.n || f.name.n == 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span in = span_of(data, size), out;
	struct arena *a;
	struct err e;
	unsigned problems = 0;

	agree(base64_decode, base64_decode_scalar, in);
	agree(quoted_printable_decode, quoted_printable_decode_scalar, in);
	find_all(in);
	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	if (decode(a, ENCODING_UUENCODE, in, &out, &problems, &e) == OK && out.n > size + size / 2)
		abort();
	if (decode(a, ENCODING_YENC, in, &out, &problems, &e) == OK && out.n > size)
		abort();
	if (decode(a, ENCODING_BINHEX, in, &out, &problems, &e) == OK && out.n > 4 * size + ((size_t)1 << 20))
		abort();
	(void)encoding_of(in);
	arena_free(a);
	return 0;
}
