/*
 * CSV as spreadsheets write it (RFC 4180, and Excel: BOM, ';' or tab, UTF-16, CR LF in quotes). Streams over a
 * span that is already UTF-8; keeps the line number for messages.
 */
#ifndef TOCSIN_STREAM_CSV_H
#define TOCSIN_STREAM_CSV_H

#include "base/arena.h"

struct csv {
	span rest;
	unsigned char separator;
	unsigned char end; /* of a line: '\n', with or without a CR before it, or '\r' alone; 0 is '\n' */
	uint64_t line;   /* of the record csv_next gave last, from 1 */
	uint64_t next_line;
};

/* Text in any of UTF-8, UTF-8 with BOM, UTF-16: *out as UTF-8 without BOM, in the arena where it must change. */
MUST_CHECK enum errc csv_text(struct arena *a, span file, span *out, struct err *e);

/* Finds the separator (',', ';', tab, '|') and the end of lines by the first one. */
void csv_open(struct csv *c, span utf8);

/*
 * The next record: *fields points to *n spans, borrowed from the text, or in the arena where quotes had to be
 * undone. *n is 0 at the end. Empty lines are passed over. ERR_USAGE: an unclosed quote (with its line).
 */
MUST_CHECK enum errc csv_next(struct csv *c, struct arena *a, span **fields, size_t *n, struct err *e);

#endif
