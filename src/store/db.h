/* What the files of this room share: an open case, and the words of SQL that must mean the same in several of them. */
#ifndef TOCSIN_STORE_DB_H
#define TOCSIN_STORE_DB_H

#include "base/arena.h"
#include "case/names.h"
#include "sql/sql.h"
#include "store/store.h"

struct store {
	struct sql *sql;
	char name[4096]; /* DIR/case.db, as errors call it */
	int lock_fd;
	bool alone; /* keeps others out while it reads */
	unsigned scope; /* bits of enum verdict: the SQL function in_scope(verdict) */
	int64_t not_approved; /* see wave_not_approved */
	char parties[DIGEST_HEX]; /* see parties_set; "": nobody said */
	char who[128]; /* who runs it, as the ledger says it; "": not looked up yet */
	bool lesser_known; /* the tables of find_lesser (scope.c) are those of all records */
	int64_t last_item, last_source; /* id of the newest row, put aside or not; 0: to be asked for */
	/* The first bytes of the digests of messages that came since `before` was the newest; see store_message_put. */
	struct met { int64_t last, before; uint64_t *v; size_t n, cap; } met;
	void (*mail_free)(struct store *); /* address cache of store/parties.c */
	void *mail;
	/* The message that was new last, and whom it names: for store_mailbox_met. */
	struct newest { int64_t message; struct party_id { enum party_role role; int64_t id; } *v; size_t n, cap; } newest;
	struct tallies *tallies; /* of store/mailbox.c */
};

/* Keys of settings: behind them stands the path of a reading that has begun and not ended; see store/unfinished.c. */
#define READING_MAIL_KEY "reading mail "
#define READING_LOGS_KEY "reading logs "

void tallies_free(struct store *st);
/* A mailbox whose owner is to be asked for has been made. */
MUST_CHECK enum errc store_mailbox_new(struct store *st, int64_t id, span root, struct err *e);

/* The SQL function in_scope(verdict), by the policy: see scope_policy_set. */
MUST_CHECK enum errc scope_policy_install(struct store *st, struct err *e);

/* The SQL function wave_not_approved(number): see there. */
MUST_CHECK enum errc wave_not_approved_install(struct store *st, struct err *e);

/* Whose the mail is was attributed by case.yaml as it is now. */
#define ATTRIBUTED_BY_KEY "attributed by"
MUST_CHECK enum errc parties_attributed(struct store *st, struct err *e);

/* A reader is kept from writing into any table, also into those of its own that nobody else sees: but not between these two. */
MUST_CHECK enum errc temp_begin(struct store *st, bool *reads, struct err *e);
MUST_CHECK enum errc temp_end(struct store *st, bool reads, struct err *e);

/* The rows of a query as an array in the arena: take() sets the fields of one, which are zero, and answers false when memory is out. */
typedef bool take_fn(struct arena *a, sqlite3_stmt *q, void *row);
MUST_CHECK enum errc rows_gather(struct store *st, struct arena *a, sqlite3_stmt *q, take_fn *take, size_t size, void **out, size_t *n, struct err *e);
#define GATHER(st, a, q, take, out, n, e) rows_gather(st, a, q, take, sizeof **(out), (void **)(out), n, e)

/* Its queries must mean the same by it: external organisations (no persons) that a message in scope makes a party. */
#define CONCERNED \
	" FROM org o WHERE o.origin NOT IN (1, 4) AND EXISTS (SELECT 1 FROM link l JOIN message m ON m.id = l.message_id" \
	" WHERE l.org_id = o.id AND l.counts AND in_scope(m.verdict))"

/*
 * A person decided that nobody is told of it (notify withhold). Where nothing is withheld each is a look into an empty table that is made once a
 * statement.
 */
#define MESSAGE_IS_WITHHELD(m) " (" m " IN (SELECT id FROM withheld_message)) "
#define EXPOSURE_IS_WITHHELD(x) " (" x " IN (SELECT id FROM withheld_exposure)) "
/* So is link l, or row l of told that tells one: who is named as the owner of secrets is so by those that are not withheld. */
#define LINK_IS_WITHHELD(l) \
	" (" l ".message_id IN (SELECT id FROM withheld_message) OR (" l ".role = 4 AND EXISTS (SELECT 1 FROM withheld_exposure)" \
	" AND (SELECT min(wf.exposure_id IN (SELECT id FROM withheld_exposure)) FROM finding wf JOIN owner wo ON wo.exposure_id = wf.exposure_id" \
	" WHERE wf.message_id = " l ".message_id AND wo.org_id = " l ".org_id) IS 1)) "

/* How many private persons: an address is one, in whatever letters it is written. */
#define PERSONS "count(DISTINCT lower(pa.address)) FROM person p JOIN address pa ON pa.id = p.address_id"

/*
 * Where finding n stands, in words that a person can follow: "sheet Hosts, cell D14 of dir/inventory.xlsx in archive.zip"; nothing
 * for the text of the message itself.
 */
#define ATTACHED \
	"(SELECT iif(instr(n.path, '!/') > 0, substr(n.path, instr(n.path, '!/') + 2, length(n.path) - instr(n.path, '!/') - 1" \
	" - iif(n.place = 'name' AND substr(n.path, -5) = '!name', 5, 0)) || ' in ', '')" \
	" || iif(instr(n.path, '!/') > 0 AND p.filename = '', 'an attachment', p.filename) FROM part p WHERE p.message_id = n.message_id" \
	" AND p.path = iif(instr(n.path, '!/') > 0, substr(n.path, 1, instr(n.path, '!/') - 1), n.path))"
#define IN_WORDS "n.place || coalesce(iif(n.place <> '' AND " ATTACHED " <> '', ' of ', '') || " ATTACHED ", '')"
/* A log by its path, "logs.zip!/inner.json" of an archive's member; s is log_source. */
#define LOG_SOURCE_SHOWN "s.path || iif(s.member_name <> '', '!/' || s.member_name, '')"

/* Two people have withdrawn a notice of that wave to that organisation; its others say the same. */
#define IS_WITHDRAWN(wave_, org) \
	" EXISTS (SELECT 1 FROM withdrawal w JOIN notice wn ON wn.id = w.notice_id WHERE wn.wave = " wave_ " AND wn.org_id = " org \
	" GROUP BY w.notice_id HAVING count(*) > 1) "
/* That wave told it as a private person, whatever it is now: who is told so is asked for nothing. By what it is now where the dossier was taken back. */
#define TOLD_AS_PERSON(wave_, org) \
	" coalesce((SELECT td.track = 3 FROM dossier td WHERE td.wave = " wave_ " AND td.org_id = " org "), (SELECT po.origin = 4 FROM org po WHERE po.id = " org ")) "
/*
 * Row t of told is for its organisation to deal with: it was told as one then, or of more since, with a dossier of all that it had been told;
 * and nobody has said since that it is none.
 */
#define IS_TO_RESET \
	" EXISTS (SELECT 1 FROM dossier rd WHERE rd.org_id = t.org_id AND rd.wave >= t.wave AND rd.track <> 3) AND NOT" EXPOSURE_IS_WITHHELD("t.exposure_id")
/* When: at the second person's word about one of them, whatever a third says. NULL: they hold. */
#define WITHDRAWN_UTC(wave_, org) \
	" (SELECT min((SELECT x.when_utc FROM withdrawal x WHERE x.notice_id = wn.id ORDER BY x.when_utc LIMIT 1 OFFSET 1))" \
	" FROM notice wn WHERE wn.wave = " wave_ " AND wn.org_id = " org ") "

/* A mail that is uncertain, or has left, whatever became of it but for a failure. */
#define MAY_HAVE_ARRIVED(d) " (" d ".state IN (3, 4) OR (" d ".handed_utc IS NOT NULL AND " d ".state <> 10)) "

/* Row t of told is of no dossier that two people have withdrawn: what that told is told anew, and nobody's to reset until then. */
#define NOT_WITHDRAWN \
	" (t.wave, t.org_id) NOT IN (SELECT wn.wave, wn.org_id FROM withdrawal wd JOIN notice wn ON wn.id = wd.notice_id" \
	" GROUP BY wd.notice_id HAVING count(*) > 1) "

/* Nothing of that wave has been sent to the organisation, nor will be: somebody has it from a person here. */
#define BY_HAND(wave_, org) \
	" (EXISTS (SELECT 1 FROM wave hw WHERE hw.number = " wave_ " AND hw.by_hand) AND NOT EXISTS (SELECT 1 FROM delivery hd WHERE hd.wave = " wave_ \
	" AND hd.org_id = " org ")) "

/* Somebody has said that nothing leaves for it: for good, until it is resumed, or until a day that has not come at now_. */
#define ON_HOLD(org, now_) \
	" EXISTS (SELECT 1 FROM hold kh WHERE kh.org_id = " org " AND (kh.state = 2 OR kh.until_utc IS NULL OR kh.until_utc > " now_ ")) "
/* So that nothing of that wave has left for it, nor been handed over: it has been told nothing by it. As of the ledger's last entry: reports have no clock. */
#define KEPT_BACK(wave_, org) \
	" (" ON_HOLD(org, "(SELECT max(when_utc) FROM ledger)") "AND NOT" BY_HAND(wave_, org) "AND NOT EXISTS (SELECT 1 FROM delivery kd WHERE kd.wave = " wave_ \
	" AND kd.org_id = " org " AND" MAY_HAVE_ARRIVED("kd") ")) "

/*
 * Mails that have not left, and why they do not: enum unfit_reason. A table of the connection's own, which deliveries_compare fills: asked
 * anew for each mail that leaves it would cost more than the mail.
 */
#define UNFIT_TABLE "CREATE TEMP TABLE unfit (notice_id TEXT PRIMARY KEY, why INTEGER NOT NULL) WITHOUT ROWID"

/* What that wave told the organisation was taken back by a later plan. */
#define IS_TAKEN_BACK(wave_, org) " EXISTS (SELECT 1 FROM taken_back kb WHERE kb.org_id = " org " AND kb.wave = " wave_ ") "
/* The first wave since that tells the organisation something; NULL: nothing of it holds, or no plan has been made since. */
#define ANEW_WAVE(wave_, org) \
	" (SELECT min(an.wave) FROM taken_back kb JOIN notice an ON an.org_id = kb.org_id AND an.wave >= kb.by_wave WHERE kb.org_id = " org \
	" AND kb.wave = " wave_ ") "
/* Its notices n were written, and what they tell was taken back. */
#define TAKEN_BACK(n) " (" n ".state = 2 AND" IS_TAKEN_BACK(n ".wave", n ".org_id") ") "
/* What that wave tells the organisation stands no more, or was taken back. */
#define NO_LONGER_TOLD(wave_, org) " (" IS_WITHDRAWN(wave_, org) "OR" IS_TAKEN_BACK(wave_, org) ") "
/*
 * That wave says of an earlier notice to the organisation that it stands, and it was withdrawn or taken back since. A wave that was
 * planned after it was taken back knows of it.
 */
#define IS_OVERTAKEN(wave_, org) \
	" (EXISTS (SELECT 1 FROM withdrawal w JOIN notice wn ON wn.id = w.notice_id WHERE wn.org_id = " org " AND wn.wave < " wave_ \
	" AND NOT" IS_TAKEN_BACK("wn.wave", "wn.org_id") "GROUP BY w.notice_id HAVING count(*) > 1) OR EXISTS (SELECT 1 FROM taken_back ob" \
	" WHERE ob.org_id = " org " AND ob.wave < " wave_ " AND ob.by_wave > " wave_ ")) "
/* Somebody was told something by an earlier wave, and it stood when that wave was planned. */
#define HAD_BEFORE(wave_, org) \
	" (EXISTS (SELECT 1 FROM dossier hb WHERE hb.org_id = " org " AND hb.wave < " wave_ " AND" HAS_REACHED("hb") ") OR EXISTS (SELECT 1" \
	" FROM taken_back tb WHERE tb.org_id = " org " AND tb.wave < " wave_ " AND tb.by_wave > " wave_ " AND tb.why <> 1)) "
/* Notice n was written to organisation o, or to one that is one with it now. */
#define IS_TO(o) " n.org_id IN (SELECT " o ".id UNION ALL SELECT j.org_id FROM joined j WHERE j.into_id = " o ".id) "
/* There was somebody to write dossier d to; our own has nobody. */
#define HAS_REACHED(d) " NOT EXISTS (SELECT 1 FROM notice rn WHERE rn.wave = " d ".wave AND rn.org_id = " d ".org_id AND rn.state = 3) "

/* Why a wave was planned, as somebody said last: when it is planned anew that still holds, when it was dropped it does not. */
#define REASON_OF(wave_) \
	" coalesce((SELECT json_extract(rl.detail, '$.reason') FROM ledger rl WHERE rl.what IN ('wave planned', 'wave dropped') AND json_valid(rl.detail)" \
	" AND json_extract(rl.detail, '$.wave') = " wave_ " AND (rl.what = 'wave dropped' OR json_type(rl.detail, '$.reason') = 'text')" \
	" ORDER BY rl.seq DESC LIMIT 1), '') "

/* A mailbox in which something was found that is no other file: a folder beside it in which only pictures lie makes none. */
#define HOLDS_MAIL(m) "EXISTS (SELECT 1 FROM source WHERE mailbox_id = " m ".id AND kind <> 0)"

/* The records that are certainly the intruder's, each once. */
#define INTRUDER " FROM event e JOIN suspect p ON p.event_id = e.id WHERE p.certain AND e.same_as IS NULL"

/* Message m has attachments that scan has still to read: what is known of it is not all. */
#define WAITS(m) "EXISTS (SELECT 1 FROM waiting WHERE message_id = " m " AND state <> 2)"
/* The rule set that has read all of message m, whose row of scanned is s; 0: none. */
#define SCANNED_BY(m, s) "iif(" WAITS(m) ", 0, coalesce(" s ".ruleset_id, 0))"

/* What a person marked credential c as ("open": no longer what the reading room says), NULL where none did. */
#define MARKED_BY_HAND \
	" (SELECT mh.mark FROM exposure mx JOIN marked mh ON mh.org_id = c.org_id AND mh.digest = mx.digest WHERE mx.id = c.exposure_id) "
/* What a credential is marked as; "not ours" is no mark any more when the last question about it was decided against. */
#define MARK_OF \
	" coalesce(nullif(coalesce(" MARKED_BY_HAND ", (SELECT r.mark FROM sealed_exposure s JOIN remediation r ON r.org_id = s.org_id AND r.exposure = s.exposure" \
	"  WHERE s.org_id = c.org_id AND s.exposure_id = c.exposure_id AND NOT (r.mark = 'not_ours' AND 'rejected' IS (SELECT k.decision" \
	"  FROM question k WHERE k.org_id = r.org_id AND k.kind = 'not_ours' AND k.exposure = r.exposure ORDER BY k.id DESC LIMIT 1)))), 'open'), '')"
/*
 * Rows t of told, of wave w and exposure x, that tell a credential which somebody has to reset: an organisation what a notice told it; we our own as
 * soon as a wave is planned, since nobody writes to us.
 */
#define FROM_CREDENTIALS_TOLD \
	" FROM told t JOIN wave w ON w.number = t.wave JOIN exposure x ON x.id = t.exposure_id WHERE (t.org_id IN (SELECT id FROM org WHERE origin = 1) OR (w.state = 3 AND EXISTS (SELECT 1 FROM notice tn WHERE tn.org_id = t.org_id" \
	" AND tn.wave = t.wave AND tn.state = 2))) AND x.class NOT IN (" PERSONAL_CLASSES ") AND" IS_TO_RESET "AND" NOT_WITHDRAWN

/*
 * Two views of the connection's, which expect the macros above: wave_org, a row of each organisation and wave as wave_told_org has it, of waves
 * that are not written as their rows have it now, and whether what it was told stands no more; and wave_numbers, a row of each wave.
 */
extern const char wave_views[];

#endif
