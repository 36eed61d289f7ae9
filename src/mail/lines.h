/*
 * Fast looks at raw mail: beginnings of lines (boundaries, From_ lines, uuencode, quoted From) and bytes that
 * should not be there. AVX2 where the processor has it, else byte by byte; both are here so that a test can hold
 * them equal. A line begins at offset 0 and behind every LF.
 */
#ifndef TOCSIN_MAIL_LINES_H
#define TOCSIN_MAIL_LINES_H

#include "base/span.h"

#define LINE_ANY (-1)

/*
 * The first offset i >= from at the beginning of a line where s[i] == a and s[i + 1] == b (LINE_ANY: whatever
 * follows, or nothing); s.n when there is none.
 */
size_t line_find(span s, size_t from, unsigned char a, int b);
size_t line_find_scalar(span s, size_t from, unsigned char a, int b);

enum bytes_odd { BYTES_NUL = 1u << 0, BYTES_BARE_CR = 1u << 1 };
/* Is there a NUL; is there a CR without LF behind it (one at the very end of s does not count)? */
unsigned bytes_odd(span s);
unsigned bytes_odd_scalar(span s);

/* Is there a byte above 0x7f? */
bool bytes_8bit(span s);

#endif
