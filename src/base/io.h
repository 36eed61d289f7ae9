/* Whole reads and writes on descriptors and small files, with EINTR and short counts dealt with. */
#ifndef TOCSIN_BASE_IO_H
#define TOCSIN_BASE_IO_H

#include "base/arena.h"
#include "base/buf.h"

/* What to say, with errno, when the file tmp that is to become path could not be made: by the name that somebody gave, where its folder hinders. */
MUST_CHECK enum errc io_unmade(const char *path, const char *tmp, struct err *e);

MUST_CHECK enum errc io_write(int fd, span s, struct err *e);
/* Appends up to the end of the file; ERR_LIMIT when it does not fit into out->max. */
MUST_CHECK enum errc io_read_fd(int fd, struct buf *out, struct err *e);
/* A whole small file (our own: configuration, rules, directories), at most max bytes. */
MUST_CHECK enum errc io_read_file(struct arena *a, const char *path, size_t max, span *out, struct err *e);
/*
 * Writes path by way of a temporary beside it, fsync and rename: a crash leaves the old file or the new one.
 */
MUST_CHECK enum errc io_write_file(const char *path, span s, unsigned mode, struct err *e);
/*
 * The same without fsync, for who writes thousands of files: nothing may count on any of them before io_sync, after which all that was
 * written to the file system that dir is in, names of files too, is on the disk.
 */
MUST_CHECK enum errc io_write_unsynced(const char *path, span s, unsigned mode, struct err *e);
MUST_CHECK enum errc io_sync(const char *dir, struct err *e);
/* The name of a new file is on the disk when its folder is. */
MUST_CHECK enum errc io_sync_name(const char *path, struct err *e);
/* OK where nothing is at that path, or a file: a device, a pipe or a folder is not replaced by whatever is written. */
MUST_CHECK enum errc io_replaceable(const char *path, struct err *e);
/*
 * Both in steps, for thousands of files that others look at: each is written beside path, io_sync, and each takes its place, so that a
 * crash leaves the old file or the new one. What is not to take it is dropped.
 */
MUST_CHECK enum errc io_write_new(const char *path, span s, unsigned mode, struct err *e);
MUST_CHECK enum errc io_take_new(const char *path, struct err *e);
void io_drop_new(const char *path);
/* Makes one directory; an existing one is fine. */
MUST_CHECK enum errc io_make_dir(const char *path, unsigned mode, struct err *e);
/* Is there room on its disk for n bytes more behind what the file has? It has them for a moment. */
MUST_CHECK enum errc io_room(int fd, size_t n, struct err *e);
/*
 * How many descriptors may be open at once besides the program's own, after asking for as many as are wanted: a login has 1,024 and may
 * mostly have more.
 */
size_t io_descriptors(size_t wanted);
/* Closes all of them, those whose numbers follow each other in one call. */
void io_close_all(const int *fds, size_t n);

#endif
