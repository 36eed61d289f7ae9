#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_BY_ONE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_BY_ONE 1
#endif
#endif
#ifndef ONE_BY_ONE
#define ONE_BY_ONE 0
#endif

enum { ALIGN = alignof(max_align_t), FIRST_BLOCK = 16 * 1024, KEEP = 1024 * 1024 };

struct block {
	struct block *next;
	size_t cap;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks; /* newest first */
	size_t used;          /* of the newest */
	size_t total, max;    /* bytes handed out */
	bool secret;
};

enum errc arena_new(struct arena **out, size_t max, struct err *e)
{
	if ((*out = calloc(1, sizeof **out)) == NULL)
		return err_memory(e);
	(*out)->max = max;
	return OK;
}

enum errc arena_new_secret(struct arena **out, size_t max, struct err *e)
{
	enum errc rc = arena_new(out, max, e);

	if (rc == OK)
		(*out)->secret = true;
	return rc;
}

static void block_wipe(const struct arena *a, struct block *b)
{
	if (a->secret)
		explicit_bzero(b->bytes, b->cap);
}

static void blocks_free(const struct arena *a, struct block *b)
{
	for (struct block *next; b != NULL; b = next) {
		next = b->next;
		block_wipe(a, b);
		free(b);
	}
}

void arena_reset(struct arena *a)
{
	struct block *keep = NULL;

	if (!ONE_BY_ONE && a->blocks != NULL && a->blocks->cap <= KEEP) {
		keep = a->blocks;
		a->blocks = keep->next;
	}
	blocks_free(a, a->blocks);
	if (keep != NULL) {
		keep->next = NULL;
		block_wipe(a, keep);
	}
	a->blocks = keep;
	a->used = a->total = 0;
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	blocks_free(a, a->blocks);
	free(a);
}

static bool block_add(struct arena *a, size_t n)
{
	size_t cap = n;
	struct block *b;

	if (!ONE_BY_ONE) {
		size_t grown = a->blocks != NULL ? a->blocks->cap * 2 : FIRST_BLOCK;

		if (grown > KEEP)
			grown = KEEP;
		if (cap < grown)
			cap = grown;
	}
	if (cap > SIZE_MAX - sizeof *b || (b = malloc(sizeof *b + cap)) == NULL)
		return false;
	b->next = a->blocks;
	b->cap = cap;
	a->blocks = b;
	a->used = 0;
	return true;
}

void *arena_alloc(struct arena *a, size_t n)
{
	void *p;

	if (n > SIZE_MAX - ALIGN)
		return NULL;
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (n == 0)
		n = ALIGN;
	if (n > a->max - a->total)
		return NULL;
	if ((ONE_BY_ONE || a->blocks == NULL || n > a->blocks->cap - a->used) && !block_add(a, n))
		return NULL;
	p = a->blocks->bytes + a->used;
	a->used += n;
	a->total += n;
	return p;
}

void *arena_zero(struct arena *a, size_t count, size_t size)
{
	size_t n;
	void *p;

	if (__builtin_mul_overflow(count, size, &n) || (p = arena_alloc(a, n)) == NULL)
		return NULL;
	return memset(p, 0, n);
}

void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size, size_t first)
{
	size_t more = *cap != 0 ? 2 * *cap : first;
	void *w;

	if (n < *cap)
		return v;
	if ((w = arena_zero(a, more, size)) == NULL)
		return NULL;
	if (n != 0)
		memcpy(w, v, n * size);
	*cap = more;
	return w;
}

span arena_copy(struct arena *a, span s)
{
	unsigned char *p;

	if (s.n == SIZE_MAX || (p = arena_alloc(a, s.n + 1)) == NULL)
		return SPAN_EMPTY;
	if (s.n != 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (span){p, s.n};
}

char *arena_cstr(struct arena *a, span s)
{
	span copy = arena_copy(a, s);

	return (char *)(uintptr_t)copy.p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || (p = arena_alloc(a, (size_t)n + 1)) == NULL)
		return NULL;
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void arena_shrink(struct arena *a, void *p, size_t n, size_t used)
{
	size_t whole = n == 0 ? ALIGN : (n + ALIGN - 1) / ALIGN * ALIGN;
	size_t kept = used == 0 ? ALIGN : (used + ALIGN - 1) / ALIGN * ALIGN;

	assert(used <= n);
	if (ONE_BY_ONE || a->blocks == NULL || a->used < whole || a->blocks->bytes + a->used - whole != p)
		return;
	a->used -= whole - kept;
	a->total -= whole - kept;
}
