#include "base/cursor.h"

uint16_t cursor_u16(struct cursor *c)
{
	unsigned low = cursor_u8(c);

	return (uint16_t)(low | (unsigned)cursor_u8(c) << 8);
}
