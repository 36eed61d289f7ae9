/* The files below the paths that were given, in the order of their names, and the mailbox that each belongs to. */
#ifndef TOCSIN_INGEST_WALK_H
#define TOCSIN_INGEST_WALK_H

#include "base/arena.h"
#include "ingest/folder.h"

struct found_file {
	const char *path;  /* absolute */
	size_t base_n;     /* how much of it is the PATH that was given */
	uint64_t n_bytes;
	int64_t mtime_ns;
	const char *cannot; /* why it is not to be read (symbolic link, no permission, device), or NULL */
	bool no_file;       /* nothing that could hold mail: a link, a device; `cannot` says which */
	bool unlooked;      /* its size is not known yet: see walk_files */
	bool in_mailbox;    /* root_n and folder are known by its path */
	size_t root_n;
	span folder;
};
struct file_list { struct found_file *v; size_t n, n_unlooked; uint64_t n_bytes; };

/* All of them, sorted by path, each once. ERR_USAGE when a path is not there. The list is the caller's to free. later: as of walk_files. */
MUST_CHECK enum errc walk_paths(struct arena *a, const char *const *paths, size_t n, bool later, struct file_list *out, struct err *e);
/* One of the list that was left: open as fd, or by its path where that is -1. */
MUST_CHECK enum errc found_look(struct arena *a, struct file_list *l, struct found_file *f, int fd, struct err *e);

#endif
