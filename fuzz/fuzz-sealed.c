/* A bundle whose manifest is hostile and signed all the same: read or refused, and every blob within its data. */
#include <stdlib.h>

#include "base/limits.h"
#include "seal/bundle-write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, span file, const struct verify_key *key)
{
	struct seal_bundle b;
	struct err e;
	span s;

	if (seal_bundle_read(a, file, key, &b, &e) != OK)
		return;
	for (size_t i = 0; i < b.n_records; i++)
		if (b.records[i].offset > b.data.n || b.records[i].length > b.data.n - b.records[i].offset ||
		    seal_bundle_find(&b, span_str(b.records[i].record)) != &b.records[i])
			abort();
	if (seal_bundle_get(&b, &b.export, &s, &e) == OK && s.n != b.export.length)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seal_signer signer;
	struct buf file, signature;
	struct arena *a;
	struct err e;

	if (arena_new(&a, 256 * MIB, &e) != OK || sign_derive(SPAN_LIT("fuzz"), &signer, &e) != OK)
		return 0;
	buf_init(&file, 64 * MIB);
	buf_init(&signature, MIB);
	if (sign_put(&signer, span_of(data, size), "x", &signature, &e) == OK) {
		buf_str(&file, BUNDLE_MAGIC);
		buf_bytes(&file, span_of(data, size));
		buf_bytes(&file, buf_span(&signature));
		for (int i = 0; i < 6; i++)
			buf_str(&file, "0123456789");
		check(a, buf_span(&file), &signer.public);
		check(a, span_of(data, size), &signer.public);
	}
	buf_free(&file);
	buf_free(&signature);
	arena_free(a);
	return 0;
}
