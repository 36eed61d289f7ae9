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
	bool unlooked;      /* a file by what its folder says of it, and nothing else is known yet */
};
struct walked_files { struct walked_file *v; size_t n, cap; };

/*
 * All of them, sorted by path, each once. ERR_USAGE when a path is not there. The list is the caller's to free. later: where a folder has
 * WALK_MANY files or more they are left unlooked, for who opens them anyway: to ask an open file costs a third of asking by its name.
 */
enum { WALK_MANY = 256 };
MUST_CHECK enum errc walk_files(struct arena *a, const char *const *paths, size_t n, bool later, struct walked_files *out, struct err *e);
/* What the system says of one that was left: open as fd, or by its path where that is -1. */
MUST_CHECK enum errc walk_look(struct arena *a, struct walked_file *f, int fd, struct err *e);

#endif
