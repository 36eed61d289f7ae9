/* What stands in one cell of the directory: lists, domains, contacts as people write them. */
#ifndef TOCSIN_ATTRIBUTE_CELLS_H
#define TOCSIN_ATTRIBUTE_CELLS_H

#include "base/span.h"

/* What stands between the pieces of a list. */
enum cell_apart {
	APART_STRONG = 1, /* ; | and line ends */
	APART_COMMA = 2,
	APART_SPACE = 4,
};

/* Takes the next piece off a list, trimmed; apart is a set of the above. False at the end; pieces may be empty. */
bool cell_next(span *rest, unsigned apart, span *piece);

/* Without the comma where something stronger occurs: an alias may hold one ("Acme, Inc."). */
unsigned cell_apart(span cell);

/* "n/a", "-", "(blank)" and the like: nothing, in a spreadsheet's words. */
bool cell_is_nothing(span piece);

/* "soc@b.example (security)", "security: soc@b.example", "Desk <soc@b.example>". False when there is no address. */
bool cell_contact(span piece, span *address, span *role);

/* "ie", "IRL", "Irland": "IE" in code (ISO 3166-1 alpha-2). False, and "", where it is the name of none that is known. */
bool country_read(span cell, char code[3]);

#endif
