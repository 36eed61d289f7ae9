/*
 * Memory for tables of megabytes: in huge pages where the kernel gives them (transparent_hugepage of always or madvise). A table that is
 * filled in the order of hashes meets another page at each step; small ones cost a fault each, and a miss of the TLB at each look.
 */
#ifndef TOCSIN_BASE_PAGES_H
#define TOCSIN_BASE_PAGES_H

#include <stddef.h>

/* n bytes of zero, n > 0; NULL when there is no memory. */
void *pages_new(size_t n);
/* NULL is fine. */
void pages_free(void *p, size_t n);

#endif
