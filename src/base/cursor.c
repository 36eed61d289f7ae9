#include "base/cursor.h"

span cursor_take(struct cursor *c, size_t n)
{
	span s;

	if (c->bad || n > c->rest.n) {
		c->bad = true;
		return SPAN_EMPTY;
	}
	s = span_first(c->rest, n);
	c->rest = span_from(c->rest, n);
	return s;
}

static uint64_t le(struct cursor *c, size_t n)
{
	span s = cursor_take(c, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v |= (uint64_t)s.p[i] << (8 * i);
	return v;
}

uint8_t cursor_u8(struct cursor *c) { return (uint8_t)le(c, 1); }
uint16_t cursor_u16(struct cursor *c)
{
	unsigned low = cursor_u8(c);

	return (uint16_t)(low | (unsigned)cursor_u8(c) << 8);
}

uint32_t cursor_u32(struct cursor *c) { return (uint32_t)le(c, 4); }
uint64_t cursor_u64(struct cursor *c) { return le(c, 8); }
span cursor_bytes(struct cursor *c) { return cursor_take(c, cursor_u32(c)); }
