/*
 * An array that grows by doubling, of whatever lives longer than an arena or moves within itself (arena_grow is for what does not). Zero is
 * an empty one; whoever owns it frees it.
 */
#ifndef TOCSIN_BASE_LIST_H
#define TOCSIN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* Room for one more behind the n of a list, zeroed; false when out of memory: it is as it was. */
#define ROOM(list, n, cap) ((n) < (cap) || list_grow((void **)&(list), &(cap), sizeof *(list)))
bool list_grow(void **v, size_t *cap, size_t size);

#endif
