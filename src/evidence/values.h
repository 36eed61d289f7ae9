/* What was found in a message, read again where it stands: for --reveal, and for who masks it. */
#ifndef TOCSIN_EVIDENCE_VALUES_H
#define TOCSIN_EVIDENCE_VALUES_H

#include "mail/text.h"

/* A place as a finding recorded it; value is its text, in the arena, once known. */
struct wanted { span path, value; uint64_t at, n; bool known; };
/* Each text of the message is made once, for all that stands in it. What cannot be read stays unknown. passwords may be NULL. */
MUST_CHECK enum errc values_read(struct arena *a, const struct message *m, struct passwords *passwords, struct wanted *v, size_t n, struct err *e);

#endif
