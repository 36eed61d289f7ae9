/*
 * A secret in a table: the cell that says whose its row or column is. Cells are apart by tabs, bars, semicolons, commas or two blanks. In a row that
 * begins with an empty cell, as spreadsheets group them, it is the cell above that one; in a row that says itself what its cells are
 * ("Password"), it is the heading of the secret's column.
 */
#ifndef TOCSIN_ATTRIBUTE_COLUMN_H
#define TOCSIN_ATTRIBUTE_COLUMN_H

#include "attribute/title.h"

enum column_heading {
	HEADING_NONE,
	HEADING_NAMES, /* *cell has a name */
	HEADING_CUSTOMER, /* *cell, of the secret's own row, has one, and its column is headed "Customer"; others of the row have names, too */
	HEADING_OTHER, /* it is of somebody whom the directory does not have: no name beside it counts */
};

/* The heading over the secret text[from, to), or the cell that it is grouped under. */
enum column_heading column_above(span text, const struct mentions *l, size_t from, size_t to, struct place *cell);

#endif
