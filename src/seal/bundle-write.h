/*
 * Making a bundle: sealed values go into a spool as they come, in any order; at the end the manifest is signed and the file
 * written, by way of a temporary beside it. The spool is a descriptor of the caller's (a file without a name): what
 * goes into it is sealed.
 */
#ifndef TOCSIN_SEAL_BUNDLE_WRITE_H
#define TOCSIN_SEAL_BUNDLE_WRITE_H

#include "seal/bundle.h"
#include "seal/sign.h"

struct seal_writer;
MUST_CHECK enum errc seal_writer_new(struct seal_writer **out, int spool, struct err *e);
void seal_writer_free(struct seal_writer *w);

/* A sealed record; those of messages stand in the bundle in the order of `order`, index and lists before them. */
MUST_CHECK enum errc seal_writer_add(struct seal_writer *w, const char *record, uint64_t order, span sealed, struct err *e);
/* The export, piece by piece; last of all. */
MUST_CHECK enum errc seal_writer_export(struct seal_writer *w, span piece, struct err *e);

/*
 * head: id, round, wave, created_utc, share_b, notices, earlier. *sha256 is of the whole file, *n_bytes its length.
 */
MUST_CHECK enum errc seal_writer_write(struct seal_writer *w, const struct seal_bundle *head, const struct seal_signer *signer,
    const char *path, struct digest *sha256, uint64_t *n_bytes, struct err *e);

#endif
