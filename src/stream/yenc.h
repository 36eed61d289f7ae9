/* The decoder behind decode(): see decode.h for what it promises. */
#ifndef TOCSIN_STREAM_YENC_H
#define TOCSIN_STREAM_YENC_H

#include "base/span.h"

/* Into out, which has room for in.n bytes; returns how many came out. */
size_t yenc_decode(span in, unsigned char *out, unsigned *problems);

#endif
