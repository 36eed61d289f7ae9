/* What the files of this room share: an open case, and the words of SQL that must mean the same in several of them. */
#ifndef TOCSIN_STORE_DB_H
#define TOCSIN_STORE_DB_H

#include "base/arena.h"
#include "sql/sql.h"
#include "store/store.h"

struct store {
	struct sql *sql;
	int lock_fd;
	bool alone; /* keeps others out while it reads */
	unsigned scope; /* bits of enum verdict: the SQL function in_scope(verdict) */
	void (*mail_free)(struct store *); /* address cache of store/parties.c */
	void *mail;
};

/* The SQL function in_scope(verdict), by the policy: see scope_policy_set. */
MUST_CHECK enum errc scope_policy_install(struct store *st, struct err *e);

/* Its queries must mean the same by it: external organisations (no persons) that a message in scope makes a party. */
#define CONCERNED \
	" FROM org o WHERE o.origin NOT IN (1, 4) AND EXISTS (SELECT 1 FROM link l JOIN message m ON m.id = l.message_id" \
	" WHERE l.org_id = o.id AND l.counts AND in_scope(m.verdict))"

/*
 * Where finding n stands, in words that a person can follow: "sheet Hosts, cell D14 of dir/inventory.xlsx in archive.zip"; nothing
 * for the text of the message itself.
 */
#define ATTACHED \
	"(SELECT iif(instr(n.path, '!/') > 0, substr(n.path, instr(n.path, '!/') + 2) || ' in ', '')" \
	" || iif(instr(n.path, '!/') > 0 AND p.filename = '', 'an attachment', p.filename) FROM part p WHERE p.message_id = n.message_id" \
	" AND p.path = iif(instr(n.path, '!/') > 0, substr(n.path, 1, instr(n.path, '!/') - 1), n.path))"
#define IN_WORDS "n.place || coalesce(iif(n.place <> '' AND " ATTACHED " <> '', ' of ', '') || " ATTACHED ", '')"

/* Two people have withdrawn a notice of that wave to that organisation; its others say the same. */
#define IS_WITHDRAWN(wave_, org) \
	" EXISTS (SELECT 1 FROM withdrawal w JOIN notice wn ON wn.id = w.notice_id WHERE wn.wave = " wave_ " AND wn.org_id = " org \
	" GROUP BY w.notice_id HAVING count(*) > 1) "
/* When: at the second person's word about one of them, whatever a third says. NULL: they hold. */
#define WITHDRAWN_UTC(wave_, org) \
	" (SELECT min((SELECT x.when_utc FROM withdrawal x WHERE x.notice_id = wn.id ORDER BY x.when_utc LIMIT 1 OFFSET 1))" \
	" FROM notice wn WHERE wn.wave = " wave_ " AND wn.org_id = " org ") "

/* A mail that is uncertain, or has left, whatever became of it but for a failure. */
#define MAY_HAVE_ARRIVED(d) " (" d ".state IN (3, 4) OR (" d ".handed_utc IS NOT NULL AND " d ".state <> 10)) "

/* What a wave told the organisation and was taken back, since it was withdrawn: the notices stand there, the dossier is gone. */
#define TAKEN_BACK(n) \
	" (" n ".state = 2 AND NOT EXISTS (SELECT 1 FROM dossier td WHERE td.wave = " n ".wave AND td.org_id = " n ".org_id)) "

/* The records that are certainly the intruder's, each once. */
#define INTRUDER " FROM event e JOIN suspect p ON p.event_id = e.id WHERE p.certain AND e.same_as IS NULL"

/* Message m has attachments that scan has still to read: what is known of it is not all. */
#define WAITS(m) "EXISTS (SELECT 1 FROM waiting WHERE message_id = " m " AND state <> 2)"
/* The rule set that has read all of message m, whose row of scanned is s; 0: none. */
#define SCANNED_BY(m, s) "iif(" WAITS(m) ", 0, coalesce(" s ".ruleset_id, 0))"

/* What a credential is marked as; "not ours" is no mark any more when the last question about it was decided against. */
#define MARK_OF \
	" coalesce((SELECT r.mark FROM sealed_exposure s JOIN remediation r ON r.org_id = s.org_id AND r.exposure = s.exposure" \
	"  WHERE s.org_id = c.org_id AND s.exposure_id = c.exposure_id AND NOT (r.mark = 'not_ours' AND 'rejected' IS (SELECT k.decision" \
	"  FROM question k WHERE k.org_id = r.org_id AND k.kind = 'not_ours' AND k.exposure = r.exposure ORDER BY k.id DESC LIMIT 1))), '')"

#endif
