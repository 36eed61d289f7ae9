/* base64url without padding (RFC 4648 5), one form for one value: what has other bits in its last character is refused. */
#ifndef TOCSIN_SERVE_B64_H
#define TOCSIN_SERVE_B64_H

#include "base/arena.h"

enum { ID_BYTES = 16, ID_TEXT = 22 };

char *b64_text(struct arena *a, span s); /* NULL when out of memory */
/* In the arena; false: it is not base64url. */
bool b64_read(struct arena *a, span text, span *out);
/* Exactly n bytes. */
bool b64_read_n(span text, unsigned char *out, size_t n);
/* Does it look like an id of ours (22 characters, 16 bytes)? */
bool id_ok(span text);
/* 16 random bytes as text. */
void id_new(char out[ID_TEXT + 1]);

#endif
