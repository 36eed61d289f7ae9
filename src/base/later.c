#include "base/later.h"

/* A worker has one thread, and is told once. */
static struct { unsigned what; void (*lacks)(enum later what); } left;

void later_leave(unsigned what, void (*lacks)(enum later what))
{
	left.what = what;
	left.lacks = lacks;
}

bool later_waits(enum later what) { return (left.what & what) != 0; }

void later_need(enum later what)
{
	if (later_waits(what))
		left.lacks(what);
}
