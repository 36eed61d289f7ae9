#include "base/pages.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *pages_new(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, n, MADV_HUGEPAGE);
	return p;
}

void pages_free(void *p, size_t n)
{
	if (p != NULL)
		(void)munmap(p, n);
}

void pages_heap(void)
{
#ifdef __GLIBC__
	const size_t small = (size_t)1 << 18, page = 4096, huge = (size_t)1 << 21, header = 2 * sizeof(size_t);
	static void *volatile gap;
	uintptr_t at, from, to;
	void *first;

	(void)mallopt(M_MMAP_THRESHOLD, PAGES_HEAP);
	(void)mallopt(M_TRIM_THRESHOLD, 16 * PAGES_HEAP);
	(void)mallopt(M_TOP_PAD, PAGES_HEAP);
	/* More than what there is of the heap so far: it grows by that and the pad. */
	if ((first = malloc(small)) == NULL)
		return;
	at = (uintptr_t)first;
	from = (at + page - 1) & ~(uintptr_t)(page - 1);
	to = (uintptr_t)sbrk(0);
	free(first);
	if (to > from && to - from <= small + 2 * PAGES_HEAP) {
		(void)madvise((void *)from, to - from, MADV_HUGEPAGE); /* NOLINT(performance-no-int-to-ptr) */
		/*
		 * What lies before the first of them that nobody has touched yet is taken and never written: it would come in small ones. The
		 * end of `first` has been touched.
		 */
		gap = malloc(((at + small + page + huge - 1) & ~(uintptr_t)(huge - 1)) - header - at);
	}
	(void)gap;
	(void)mallopt(M_TOP_PAD, small);
#endif
}
