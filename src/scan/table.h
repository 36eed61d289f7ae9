/*
 * Between the files about tables: a line comes apart into cells (table-line.c), a head is told from a sentence and its labels
 * from other names (table-head.c), and what stands below a label is offered (table.c). Cells are places in their line.
 */
#ifndef TOCSIN_SCAN_TABLE_H
#define TOCSIN_SCAN_TABLE_H

#include "scan/private.h"

#define COLUMNS_MAX 40
#define CELL_MAX ((size_t)40) /* of a label */
#define BOX SPAN_LIT("\xe2\x94\x82") /* U+2502, a bar between cells */
#define BY_BOX 0xe2

struct column { size_t at, n; };

/* The cells of a line; by is the byte that parts them, ' ' two blanks and more. 0 of a line that is longer than rows are. */
size_t table_split(span line, unsigned char by, struct column out[COLUMNS_MAX]);
/* What parts the header into two cells or more; 0: nothing does. */
unsigned char table_separator(span header);
/* line[at, at + n) without the blanks and the quotes around it */
struct column table_cell(span line, size_t at, size_t n);
/* Without the marks of a quoted mail before it. */
span line_unquoted(span line);
size_t spaces_in(span cell);

/* The line that `at` stands in, when it may be a header; where it begins behind its marks of quoting, and what follows it. */
bool table_head_line(span text, size_t at, size_t *begin, span *line, span *rest);
/* Are the cells short names, not a sentence, and no release or address ("3.6.1")? Some may be empty. */
bool table_is_head(span line, const struct column *c, size_t n);
/* What stands around the anchor between marks that part cells, whichever the table has: no label holds one of them. */
span table_cell_around(span text, size_t at, size_t n);
/* Without marks of emphasis around it. */
span cell_unmarked(span cell);
/* Is text[at, at + n) one name of a list in brackets: "(user, `password`)"? */
bool name_is_listed(span text, size_t at, size_t n);

#endif
