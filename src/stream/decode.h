/*
 * Content-transfer-encodings undone (RFC 2045 6, and uuencode, yEnc and BinHex as found in old mail). A decoder takes the
 * encoded bytes as they lie, gives the decoded bytes in the arena (or, for identity, the same bytes) and a set
 * of problems; damaged input decodes as far as it can and never fails. The only errors are memory and limits.
 * The hot decoders have a vector and a scalar form, chosen at run time; a test holds them equal.
 */
#ifndef TOCSIN_STREAM_DECODE_H
#define TOCSIN_STREAM_DECODE_H

#include "base/arena.h"

enum encoding {
	ENCODING_IDENTITY, /* 7bit, 8bit, binary, none */
	ENCODING_BASE64,
	ENCODING_QUOTED_PRINTABLE,
	ENCODING_UUENCODE,
	ENCODING_UNKNOWN, /* a token nobody knows: taken as identity, noted */
	ENCODING_YENC,
	ENCODING_BINHEX, /* the data fork of what it holds */
};

enum decode_problem {
	DECODE_GARBAGE = 1u << 0,   /* bytes outside the alphabet were skipped */
	DECODE_TRUNCATED = 1u << 1, /* ended within a group, an escape, or without the end line */
	DECODE_MALFORMED = 1u << 2, /* "=" not followed by two digits, and kept as it was; padding in the middle */
};

enum encoding encoding_of(span token); /* the value of Content-Transfer-Encoding, any case, spaces around */

/* *out lives as long as the arena (identity: as long as `in`). problems gets bits or'ed in. */
MUST_CHECK enum errc decode(struct arena *a, enum encoding enc, span in, span *out, unsigned *problems, struct err *e);

/* Into out, which has room for in.n bytes; returns how many came out. For tests and for the fuzz targets. */
size_t base64_decode(span in, unsigned char *out, unsigned *problems);
/* The same, or the alphabet of URLs (RFC 4648 5) where the text is clearly in that; then the garbage of the other is noted. */
size_t base64_decode_either(span in, unsigned char *out, unsigned *problems);
size_t base64_decode_scalar(span in, unsigned char *out, unsigned *problems);
size_t quoted_printable_decode(span in, unsigned char *out, unsigned *problems);
size_t quoted_printable_decode_scalar(span in, unsigned char *out, unsigned *problems);

/* A uuencoded file within text: where its "begin" line starts, its name and where it ends; false when none. */
struct uu { size_t at, n; span name, body; };
bool uu_find(span text, size_t from, struct uu *out);
/* The same in base64 (uuencode -m, "begin-base64"). */
bool uu_base64_find(span text, size_t from, struct uu *out);
/* The same of yEnc: where its "=ybegin" line starts. */
bool yenc_find(span text, size_t from, struct uu *out);
/* The same of BinHex 4.0, whose name is in what it encodes, and therefore copied. */
bool binhex_find(struct arena *a, span text, size_t from, struct uu *out);

#endif
