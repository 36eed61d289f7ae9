/*
 * What an organisation is due, in words of SQL: of this room, for waves.c, which freezes what is due, and taken-back.c, which says what is
 * due again. ?2 is there the policy on mere mentions.
 */
#ifndef TOCSIN_STORE_DUE_H
#define TOCSIN_STORE_DUE_H

#include "store/db.h"
#include "store/waves.h"

/* A link l makes its organisation due to be told of it. */
#define LINK_IS_DUE " l.counts = 1 AND (l.role <> 3 OR ?2) "
/* It took part in the message, so that it had what stands in it. */
#define LINK_IS_PARTY " l.role IN (1, 2, 5) "
/* RFC 5321 4.1.2: dot-string characters only; quoted local parts and SMTPUTF8 are not for notices. */
#define CONTACT_IS_USABLE                                                                                      \
	" c.address GLOB '?*@?*.?*' AND c.address NOT GLOB '*[^A-Za-z0-9.!#$%&''*+/=?^_`{|}~@-]*'"            \
	" AND c.address NOT LIKE '%@%@%' AND c.address NOT LIKE '%..%' AND length(c.address) <= 254 "

/* The intruder's own records say that he sent message m. */
#define SENT_BY_INTRUDER                                                                                       \
	" EXISTS (SELECT 1 FROM access a JOIN event s ON s.id = a.event_id AND s.kind = 'send' JOIN suspect p"  \
	" ON p.event_id = s.id AND p.certain = 1 WHERE a.rfc822_id = m.rfc822_id AND a.rfc822_id <> '') "

/* Known only as a sender of mail that the intruder sent, and from no directory. */
#define MAYBE_INTRUDER(org)                                                                                     \
	" (EXISTS (SELECT 1 FROM org o WHERE o.id = " org " AND o.origin <> 2"                                    \
	"  AND EXISTS (SELECT 1 FROM link l WHERE l.org_id = o.id AND l.role = 1)"                                \
	"  AND NOT EXISTS (SELECT 1 FROM link l JOIN message m ON m.id = l.message_id WHERE l.org_id = o.id"      \
	"   AND NOT (l.role = 1 AND" SENT_BY_INTRUDER ")))) "

/* What a scan found no more and kept only because these rows tell it: it goes with them. */
#define DROP_UNFOUND(these) \
	"DELETE FROM exposure WHERE id IN (SELECT exposure_id FROM told WHERE " these ")" \
	" AND id NOT IN (SELECT exposure_id FROM finding) AND id NOT IN (SELECT exposure_id FROM told WHERE NOT (" these "))"

/*
 * Takes back, for wave `number` to tell anew, what earlier ones told nobody, or what stands no more; *n dossiers. Notices and their rows
 * stay. Twice: what no address took goes too where this wave tells the organisation something, which is known when it is frozen.
 */
MUST_CHECK enum errc take_back(struct store *st, int64_t number, int64_t *n, struct err *e);

#endif
