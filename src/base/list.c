#include "base/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool list_grow(void **v, size_t *cap, size_t size)
{
	size_t n = *cap != 0 ? 2 * *cap : 64;
	void *more = n <= SIZE_MAX / size ? realloc(*v, n * size) : NULL;

	if (more == NULL)
		return false;
	memset((char *)more + *cap * size, 0, (n - *cap) * size);
	*v = more;
	*cap = n;
	return true;
}
