#include "base/pages.h"

#include <sys/mman.h>

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
