/*
 * Opens files of evidence, read-only and never through a link at the end. Neighbours lie in one folder: it stays open from one
 * file to the next, so that the way to it is walked once.
 */
#ifndef TOCSIN_EVIDENCE_OPENER_H
#define TOCSIN_EVIDENCE_OPENER_H

#include <limits.h>
#include <stddef.h>

struct opener { int folder_fd; size_t n; char folder[PATH_MAX]; }; /* n is 0 when none is open: zero is a fresh one */

/* A descriptor, or -1 with errno. path is absolute. */
int opener_open(struct opener *o, const char *path);
void opener_done(struct opener *o);

#endif
