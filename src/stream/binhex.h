/* The decoder behind decode(): see decode.h for what it promises. */
#ifndef TOCSIN_STREAM_BINHEX_H
#define TOCSIN_STREAM_BINHEX_H

#include "base/span.h"

/* How many bytes its data fork has, as far as it is there and up to `most`. */
size_t binhex_size(span in, size_t most);
/* Into out, which has room for as many; returns how many came out. The resource fork, which is no content, is passed over. */
size_t binhex_decode(span in, unsigned char *out, size_t room, unsigned *problems);

#endif
