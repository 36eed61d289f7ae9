#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_init(struct buf *b, size_t max) { *b = (struct buf){.max = max}; }

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_wipe(struct buf *b)
{
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	buf_free(b);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

bool buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap;
	unsigned char *p;

	if (b->failed)
		return false;
	if (n > b->max - b->n) {
		b->failed = true;
		return false;
	}
	if (cap == 0)
		cap = b->max < 256 ? b->max : 256;
	while (cap - b->n < n)
		cap = cap > b->max / 2 ? b->max : cap * 2;
	/* Not realloc: it may leave what was there in memory that nobody overwrites. */
	if ((p = malloc(cap)) == NULL) {
		b->failed = true;
		return false;
	}
	if (b->p != NULL) {
		memcpy(p, b->p, b->n);
		explicit_bzero(b->p, b->cap);
		free(b->p);
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_str(struct buf *b, const char *s) { buf_put(b, span_str(s)); }

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_room(b, (size_t)n + 1)) {
		b->failed = true;
		return;
	}
	va_start(ap, fmt);
	(void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_percent(struct buf *b, span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_byte(b, c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

void buf_set_u32(struct buf *b, size_t at, uint32_t v)
{
	if (b->failed)
		return;
	assert(at <= b->n && b->n - at >= 4);
	for (size_t i = 0; i < 4; i++)
		b->p[at + i] = (unsigned char)(v >> (8 * i));
}

const char *buf_cstr(struct buf *b)
{
	if (!buf_room(b, 1))
		return "";
	b->p[b->n] = '\0';
	return (const char *)b->p;
}

enum errc buf_check(const struct buf *b, struct err *e)
{
	return b->failed ? err_set(e, ERR_MEMORY, "out of memory, or more than %zu bytes", b->max) : OK;
}
