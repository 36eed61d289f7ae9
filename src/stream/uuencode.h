/* The decoder behind decode(): see decode.h for what it promises. */
#ifndef TOCSIN_STREAM_UUENCODE_H
#define TOCSIN_STREAM_UUENCODE_H

#include "base/span.h"

/* Into out, which has room for UU_ROOM(in.n) bytes (lines lose their trailing spaces); returns how many came out. */
#define UU_ROOM(n) ((n) + (n) / 2)
size_t uu_decode(span in, unsigned char *out, unsigned *problems);

#endif
