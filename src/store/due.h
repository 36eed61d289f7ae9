/*
 * What an organisation is due, in words of SQL: of this room, for waves.c, which freezes what is due, and taken-back.c, which says what is
 * due again. ?2 is there the policy on mere mentions.
 */
#ifndef TOCSIN_STORE_DUE_H
#define TOCSIN_STORE_DUE_H

#include "store/db.h"
#include "store/orgs.h"
#include "store/waves.h"

/* A link l makes its organisation due to be told of it, but for what a person withheld. */
#define LINK_WOULD_BE_DUE " l.counts = 1 AND (l.role <> 3 OR ?2) "
#define LINK_IS_DUE LINK_WOULD_BE_DUE "AND NOT" LINK_IS_WITHHELD("l")
/* It took part in the message, so that it had what stands in it. */
#define LINK_IS_PARTY " l.role IN (1, 2, 5) "
/*
 * Row t told it to organisation `org` as what is known of message m now: that m was opened is news to who was told of it as one that may
 * have been. Not to private persons, whom it asks for nothing else, nor to ourselves.
 */
#define TOLD_AS_KNOWN(org) \
	" (t.opened >= (m.verdict = 1) OR EXISTS (SELECT 1 FROM org no WHERE no.id = " org " AND no.origin IN (1, 4))) "
/* Row t was told to it as a private person, who is told what stands in his mail, but not what of it is whose. */
#define TOLD_A_PERSON " EXISTS (SELECT 1 FROM dossier pd WHERE pd.wave = t.wave AND pd.org_id = t.org_id AND pd.track = 3) "
/* The address that party link pl is there by: the last word of its ground. */
#define ADDRESS_OF_GROUND " lower(substr(pl.ground, length(rtrim(pl.ground, replace(pl.ground, ' ', ''))) + 1)) "
/*
 * Somebody else was told of message m at an address of free mail that is the organisation's now: as a private person, or as one who had nothing
 * but that address; of all that was found in it, and as what is known of it. Organisation and message are those of row x. Asked only where
 * somebody was told at such an address.
 */
#define TOLD_AT_ITS_ADDRESS(x) \
	" (EXISTS (SELECT 1 FROM org_was aw JOIN dossier ad ON ad.org_id = aw.org_id WHERE instr(aw.domain, '@') > 0) AND EXISTS (SELECT 1 FROM link pl" \
	" JOIN org_was pw ON pw.domain =" ADDRESS_OF_GROUND "AND pw.org_id <> pl.org_id JOIN told t ON t.org_id = pw.org_id AND t.message_id = pl.message_id" \
	" WHERE pl.message_id = " x ".message_id AND pl.org_id = " x ".org_id AND pl.role IN (1, 2, 5) AND pl.counts" \
	" AND (NOT EXISTS (SELECT 1 FROM org_was pd WHERE pd.org_id = pw.org_id AND instr(pd.domain, '@') = 0) OR (" TOLD_A_PERSON \
	"  AND EXISTS (SELECT 1 FROM notice pn WHERE pn.org_id = t.org_id AND pn.wave = t.wave AND pn.address = pw.domain)))" \
	" AND t.role IN (1, 2, 5) AND t.exposure_id = 0 AND" TOLD_AS_KNOWN(x ".org_id") "AND NOT EXISTS (SELECT 1 FROM finding pf WHERE pf.message_id = m.id" \
	" AND NOT" EXPOSURE_IS_WITHHELD("pf.exposure_id") "AND NOT EXISTS (SELECT 1 FROM told px WHERE px.org_id = pw.org_id AND px.message_id = m.id AND px.role = 0 AND px.exposure_id = pf.exposure_id)))) "
/*
 * Row t of told is of the message of row x, and told it to one that is one with the organisation of row x now (joined), at an address or by a person:
 * where it was told to nobody, it is due to them still.
 */
#define TOLD_TO_ONE_OF_THEM(x, what) \
	" EXISTS (SELECT 1 FROM joined j CROSS JOIN told t ON t.org_id = j.org_id AND t.message_id = " x ".message_id WHERE j.into_id = " x ".org_id" \
	" AND" what "AND" HAS_REACHED("t") ") "
/*
 * Link l is told. Who was told of a message is told nothing new by being mentioned in it, too; nor who was told of it as a party by being
 * another one, as when two organisations become one: as a party he was shown all of it. Nor a private person by being an organisation now, nor
 * the organisation that has his address now.
 */
#define LINK_IS_TOLD \
	" (EXISTS (SELECT 1 FROM told t WHERE t.org_id = l.org_id AND t.message_id = l.message_id AND" TELLS_LINK ")" \
	" OR" TOLD_TO_ONE_OF_THEM("l", TELLS_LINK) "OR" TOLD_AT_ITS_ADDRESS("l") ") "
#define TELLS_LINK \
	" (t.role = l.role OR l.role = 3 OR (t.role IN (1, 2, 5) AND (" LINK_IS_PARTY "OR (l.role = 4 AND" TOLD_A_PERSON ")))) " \
	" AND t.exposure_id = 0 AND" TOLD_AS_KNOWN("l.org_id")
/* That exposure in the message of row x is told to its organisation, as what is known of the message. */
#define EXPOSURE_IS_TOLD(x, exposure) \
	" (EXISTS (SELECT 1 FROM told t WHERE t.org_id = " x ".org_id AND t.message_id = " x ".message_id AND" TELLS_EXPOSURE(x, exposure) ")" \
	" OR" TOLD_TO_ONE_OF_THEM(x, TELLS_EXPOSURE(x, exposure)) ") "
#define TELLS_EXPOSURE(x, exposure) " t.role = 0 AND t.exposure_id = " exposure " AND" TOLD_AS_KNOWN(x ".org_id")
/* Row t of told no longer holds: a link withdrawn or in another role, a message proved not accessed, a secret that is none, or what a person withheld. */
#define NO_LONGER_DUE \
	" (NOT EXISTS (SELECT 1 FROM message m WHERE m.id = t.message_id AND in_scope(m.verdict))" \
	" OR (t.exposure_id = 0 AND NOT EXISTS (SELECT 1 FROM link l INDEXED BY link_org" \
	"   WHERE l.org_id = t.org_id AND l.message_id = t.message_id AND l.role = t.role AND" LINK_IS_DUE "))" \
	" OR (t.exposure_id <> 0 AND NOT (EXISTS (SELECT 1 FROM finding f WHERE f.message_id = t.message_id" \
	"   AND f.exposure_id = t.exposure_id) AND NOT" EXPOSURE_IS_WITHHELD("t.exposure_id") \
	"  AND EXISTS (SELECT 1 FROM link l WHERE l.message_id = t.message_id AND l.org_id = t.org_id AND" LINK_IS_DUE \
	"   AND (" LINK_IS_PARTY "OR EXISTS (SELECT 1 FROM owner o WHERE o.exposure_id = t.exposure_id" \
	"     AND o.org_id = t.org_id)))))) "
/*
 * enum whose of the exposure (its id and class given), to the organisation: only guessed where nothing beside it names an owner, as is what
 * nobody is known to own. Of data of persons nothing is said where nobody is known: they are of a third, whoever wrote them.
 */
#define WHOSE(exposure, class, org) \
	" CASE WHEN EXISTS (SELECT 1 FROM owner o WHERE o.exposure_id = " exposure " AND o.org_id = " org " AND o.ground NOT IN " GUESSED_GROUNDS ") THEN 0" \
	" WHEN EXISTS (SELECT 1 FROM owner o WHERE o.exposure_id = " exposure " AND o.org_id = " org ") THEN 1" \
	" WHEN EXISTS (SELECT 1 FROM owner o WHERE o.exposure_id = " exposure ") THEN 2 WHEN " class " IN (" PERSONAL_CLASSES ") THEN 0 ELSE 1 END "
/* What dossier d tells is not what is due. */
#define IS_OUTDATED(d) " EXISTS (SELECT 1 FROM told t WHERE t.wave = " d ".wave AND t.org_id = " d ".org_id AND" NO_LONGER_DUE ") "
/* Notice n goes to an address that is no contact of its organisation any more. */
#define IS_MOVED(n) \
	" NOT EXISTS (SELECT 1 FROM usable_contact uc WHERE uc.org_id = " n ".org_id AND lower(uc.address) = lower(" n ".address)) "
/*
 * RFC 5321 4.1.2 and 4.5.3.1: dot-strings of at most 64 characters before the @ and 254 in all; quoted local parts and SMTPUTF8 are not
 * for notices. What passes here eml_address_ok takes, or one address would stop a wave.
 */
#define CONTACT_IS_USABLE                                                                                      \
	" c.address GLOB '?*@?*.?*' AND c.address NOT GLOB '*[^A-Za-z0-9.!#$%&''*+/=?^_`{|}~@-]*'"            \
	" AND c.address NOT LIKE '%@%@%' AND c.address NOT LIKE '%..%' AND c.address NOT LIKE '.%' AND c.address NOT LIKE '%.@%'" \
	" AND c.address NOT LIKE '%@.%' AND c.address NOT LIKE '%.' AND instr(c.address, '@') <= 65 AND length(c.address) <= 254 "

/* The mails of a dossier d; the organisation has an address that mail can be sent to, and one beside theirs. */
#define ITS_MAILS " FROM delivery x WHERE x.wave = d.wave AND x.org_id = d.org_id "
#define CONTACT_OF(org) " EXISTS (SELECT 1 FROM usable_contact c WHERE c.org_id = " org " AND" CONTACT_IS_USABLE
#define ANOTHER_CONTACT CONTACT_OF("d.org_id") "AND lower(c.address) NOT IN (SELECT x.address" ITS_MAILS ")) "

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

/* Exposure x was found and stands in no wave: nobody is told, and no person decided so. */
#define IS_UNTOLD(x) \
	" " x ".id NOT IN (SELECT exposure_id FROM told) AND EXISTS (SELECT 1 FROM finding uf WHERE uf.exposure_id = " x ".id AND NOT" \
	MESSAGE_IS_WITHHELD("uf.message_id") ") AND NOT" EXPOSURE_IS_WITHHELD(x ".id")

/* What a scan found no more and kept only because these rows tell it: it goes with them. */
#define DROP_UNFOUND(these) \
	"DELETE FROM exposure WHERE id IN (SELECT exposure_id FROM told WHERE " these ")" \
	" AND id NOT IN (SELECT exposure_id FROM finding) AND id NOT IN (SELECT exposure_id FROM told WHERE NOT (" these "))"

/*
 * Takes back, for wave `number` to tell anew, what earlier ones told nobody, or what stands no more; *n dossiers. Notices and their rows
 * stay. Twice: what no address took goes too where this wave tells the organisation something, which is known when it is frozen.
 */
MUST_CHECK enum errc take_back(struct store *st, int64_t number, bool mentioned, int64_t *n, struct err *e);

/* What a wave tells whom, before it counts as written: wave-numbers.c. */
MUST_CHECK enum errc wave_keep_numbers(struct store *st, int64_t number, struct err *e);

#endif
