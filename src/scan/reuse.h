/*
 * What a worker found in an attachment, kept so that the same attachment in another message is not read again. A result rests on
 * the attachment alone (its bytes, type and name), so that what is given back is what reading it would give, and the
 * rows are the same whatever worker met it first. Each worker has its own: nothing is asked of the keeper.
 */
#ifndef TOCSIN_SCAN_REUSE_H
#define TOCSIN_SCAN_REUSE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "mail/mime.h"

/* Records of one part as worker.c writes them, each with its path first. */
struct part_result {
	span coverage, findings;
	uint32_t n_covered, n_members;
	size_t n_findings;
	uint64_t n_text;
	size_t path_n; /* bytes of the part's own path, with which the path of each record begins */
	bool told;
};

struct reuse;
MUST_CHECK enum errc reuse_new(struct reuse **out, struct err *e);

/* Is it worth it? What is small or lies there as text is read as fast as it is looked up. */
bool reuse_fits(const struct part *p);
/* The name of what p is. The decoded bytes are in the arena for the time being only. */
MUST_CHECK enum errc reuse_key(struct reuse *r, struct arena *a, const struct message *m, const struct part *p, struct digest *key,
    struct err *e);
const struct part_result *reuse_find(const struct reuse *r, const struct digest *key);
/* Copied. Without memory it is not kept. */
void reuse_keep(struct reuse *r, const struct digest *key, const struct part_result *result);

/* Records whose path begins with the first `path_n` bytes, appended with `path` in their place. */
enum record_kind { RECORD_COVERAGE, RECORD_FINDING };
MUST_CHECK enum errc reuse_replay(struct buf *out, span records, enum record_kind kind, size_t path_n, const char *path,
    struct err *e);

#endif
