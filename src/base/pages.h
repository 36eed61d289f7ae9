/*
 * Memory for tables of megabytes: in huge pages where the kernel gives them (transparent_hugepage of always or madvise). A table that is
 * filled in the order of hashes meets another page at each step; small ones cost a fault each, and a miss of the TLB at each look.
 */
#ifndef TOCSIN_BASE_PAGES_H
#define TOCSIN_BASE_PAGES_H

#include <stddef.h>

/*
 * Once, at the start of a program: the first PAGES_HEAP bytes of its heap are to be such pages too, and memory that was freed is kept for
 * what comes next. Nothing is taken: a page is there when it is first written.
 */
enum { PAGES_HEAP = 32 * 1024 * 1024 };
void pages_heap(void);

/* n bytes of zero, n > 0; NULL when there is no memory. */
void *pages_new(size_t n);
/* NULL is fine. */
void pages_free(void *p, size_t n);

#endif
