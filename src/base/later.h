/*
 * What takes a worker milliseconds to load and few messages need. A worker may begin without, and whoever comes to need it says so
 * first: behind walls nothing can be loaded, so the worker ends there and the keeper goes on with one that has it (jail/jail.h). In
 * any other process nothing is left for later, and later_need does nothing.
 */
#ifndef TOCSIN_BASE_LATER_H
#define TOCSIN_BASE_LATER_H

#include <stdbool.h>

enum later {
	LATER_ARCHIVES = 1, /* libarchive, with XML and Unicode behind it */
	LATER_OUTLOOK = 2,  /* libpff */
	LATER_CHARSETS = 4, /* those of East Asia, which iconv has modules for */
	LATER_ALL = 7,
};

/* For jail: `what` is not to be loaded by this process; lacks() is called for what is needed of it, and does not return. */
void later_leave(unsigned what, void (*lacks)(enum later what));
bool later_waits(enum later what);
void later_need(enum later what);

#endif
