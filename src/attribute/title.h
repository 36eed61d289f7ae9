/*
 * The title above a block of credentials: a short line that names somebody, with nothing but blank lines, rules and fields ("user: kg")
 * between it and the secret; or a host that stands alone or as a field, with a blank line below. "Acme VPN", "## Acme", "Customer:
 * Acme", "The access to Acme's portal:". Not a sentence of a letter, unless it is about access ("Below is the login for Acme."), and not a
 * line that has a secret of its own.
 */
#ifndef TOCSIN_ATTRIBUTE_TITLE_H
#define TOCSIN_ATTRIBUTE_TITLE_H

#include "attribute/mentions.h"

struct place { size_t at, end; };

/* "access to", "Zugang", "VPN", "mot de passe": is it about how to get into something? */
bool is_about_access(span line);
/* "Username", "Password:": what a value is, and no more. Not empty. */
bool is_bare_label(span line);

/* The title's line above text[from]; secrets are all of the text, in any order. False when there is none. */
bool title_above(span text, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t from, struct place *title);
/*
 * "Customer: Acme" below the secret in its block, where it is how the blocks end: none such stands above the first secret. The block
 * ends at a blank line or a rule. Of many secrets only those around this one in the list are asked for.
 */
bool field_below(span text, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t secret, struct place *field);
/* "Our account: x", "Anbei unsere Bankverbindung.": does what stands before text[at] in its line, or in the nearest one above, say so, and not "your"? */
bool called_ours(span text, size_t at);
/* The line below the one in which text[to] stands, when it is in brackets. */
bool note_below(span text, size_t to, struct place *note);

#endif
