/* What stands in one cell of the directory: lists, domains, contacts as people write them. */
#ifndef TOCSIN_ATTRIBUTE_CELLS_H
#define TOCSIN_ATTRIBUTE_CELLS_H

#include "base/span.h"

/* Takes the next piece off a list, trimmed; apart at any byte of separators. False at the end; pieces may be empty. */
bool cell_next(span *rest, const char *separators, span *piece);

/* ";|\n" where one of them occurs, else with the comma too: an alias may hold a comma ("Acme, Inc."). */
const char *cell_separators(span cell);

/* "n/a", "-", "(blank)" and the like: nothing, in a spreadsheet's words. */
bool cell_is_nothing(span piece);

/* "soc@b.example (security)", "security: soc@b.example", "Desk <soc@b.example>". False when there is no address. */
bool cell_contact(span piece, span *address, span *role);

#endif
