/*
 * The files below the paths that a person gave, in the order of their names: evidence of mail and of logs alike.
 * Symbolic links and devices are listed and not followed. What cannot be read is listed with the reason; a lack of
 * memory or descriptors is no fact about the evidence and ends the run, so that the next one reads it.
 */
#ifndef TOCSIN_EVIDENCE_WALK_H
#define TOCSIN_EVIDENCE_WALK_H

#include "base/arena.h"

struct walked_file {
	const char *path;   /* absolute, in the arena */
	size_t base_n;      /* how much of it is the path that was given */
	uint64_t n_bytes;
	int64_t mtime_ns;
	const char *cannot; /* why it is not to be read (symbolic link, no permission, device), or NULL */
	bool no_file;       /* nothing that could hold evidence: a link, a device; `cannot` says which */
};
struct walked_files { struct walked_file *v; size_t n, cap; };

/* All of them, sorted by path, each once. ERR_USAGE when a path is not there. The list is the caller's to free. */
MUST_CHECK enum errc walk_files(struct arena *a, const char *const *paths, size_t n, struct walked_files *out, struct err *e);

#endif
