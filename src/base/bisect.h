/* A sorted list is searched by halves. */
#ifndef TOCSIN_BASE_BISECT_H
#define TOCSIN_BASE_BISECT_H

#include <stddef.h>

/* i, a size_t, becomes the first of 0 to n - 1 of which `before`, an expression of i, is false, and n where there is none. Of none behind it may
   `before` be true. */
#define BISECT(i, n, before)                                        \
	do {                                                        \
		size_t bisect_from = 0, bisect_to = (n);            \
                                                                    \
		while (bisect_from < bisect_to) {                   \
			(i) = bisect_from + (bisect_to - bisect_from) / 2; \
			if (before)                                 \
				bisect_from = (i) + 1;              \
			else                                        \
				bisect_to = (i);                    \
		}                                                   \
		(i) = bisect_from;                                  \
	} while (0)

#endif
