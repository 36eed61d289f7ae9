/* An age file: opened or refused, never more out than in. */
#include <stdlib.h>

#include "seal/age.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct seal_key secret = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	    25, 26, 27, 28, 29, 30, 31, 32}};
	struct age_reader *r = malloc(sizeof *r);
	struct seal_key k;
	struct err e;
	size_t total = 0;
	span s;

	if (r == NULL)
		return 0;
	(void)age_secret_read(span_of(data, size), &k);
	if (age_open(r, span_of(data, size), &secret, &e) == OK)
		while (age_next(r, &s, &e) == OK && s.n != 0)
			if ((total += s.n) > size)
				abort();
	age_read_close(r);
	free(r);
	return 0;
}
