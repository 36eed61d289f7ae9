#include "store/checks.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "case/names.h"
#include "store/db.h"
#include "store/due.h"
#include "store/withheld.h"

/* A check whose work is not one query. Reports rows by broken(). */
struct checking;
typedef enum errc own_fn(struct checking *c, struct err *e);

/* Stages in the order of the work: a check waits when its stage has not run since the ones before it. */
enum stage { STAGE_INGEST, STAGE_SCOPE, STAGE_SCAN, STAGE_ATTRIBUTE, STAGE_NOTIFY, N_STAGES, STAGE_NONE };

struct check {
	const char *name;
	const char *says;
	enum stage stage; /* until it has run, there is nothing to prove */
	bool waits;       /* rows that break it may only be waiting for the stage to run again */
	const char *sql; /* one column of text for each row that breaks it; ?1: approvals needed, ?2: mentioned are told */
	own_fn *own;
};

struct checking {
	struct store *st;
	struct arena *a;
	struct check_policy policy;
	struct check_result r;
	span *rows;
};

const char *check_state_name(enum check_state s)
{
	switch (s) {
	case CHECK_OK:
		return "ok";
	case CHECK_NOT_YET:
		return "not yet";
	case CHECK_BROKEN:
		break;
	}
	return "BROKEN";
}

static enum errc broken(struct checking *c, span row, struct err *e)
{
	c->r.n_broken++;
	if (c->r.n_rows == CHECK_ROWS)
		return OK;
	if ((c->rows[c->r.n_rows] = arena_copy(c->a, row)).p == NULL)
		return err_memory(e);
	c->r.n_rows++;
	return OK;
}

/* ---- every byte ----------------------------------------------------------------------------------------------- */

static enum errc gap(struct checking *c, const char *path, int64_t member, const char *what, int64_t from, int64_t to,
    struct err *e)
{
	char in[48] = "";
	const char *row = "";

	if (member >= 0)
		(void)snprintf(in, sizeof in, ", member %" PRId64, member);
	if (c->r.n_rows < CHECK_ROWS &&
	    (row = arena_printf(c->a, "%s%s: %s from %" PRId64 " to %" PRId64, path, in, what, from, to)) == NULL)
		return err_memory(e);
	return broken(c, span_str(row), e);
}

/* The items of one source (or archive member) lie end to end from byte 0. */
static enum errc one_source(struct checking *c, int64_t id, const char *path, int64_t n_bytes, bool archive, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->st->sql, e,
	    "SELECT member, at_byte, n_bytes FROM item WHERE source_id = ? "
	    "ORDER BY iif(member < 0, member, member & 2097151), member, at_byte, n_bytes", "i", id);
	int64_t member = -1, end = 0, n_members = 0;
	bool whole = false; /* an archive that could not be opened is one item */
	enum errc rc = OK;

	while (rc == OK && sql_next(c->st->sql, q, &rc, e)) {
		int64_t m = sqlite3_column_int64(q, 0), at = sqlite3_column_int64(q, 1), n = sqlite3_column_int64(q, 2);

		if (m != member) {
			/* The lowest 21 bits number the members of the archive itself; what is above is archives within it. */
			int64_t top = m < 0 ? m : m & 2097151;

			if (top != n_members && top != n_members - 1)
				rc = gap(c, path, m, "no item for members", n_members, top, e);
			n_members = top + 1;
			member = m;
			end = 0;
		}
		whole = whole || m < 0;
		if (at < 0 || n < 0 || n > INT64_MAX - at) {
			rc = gap(c, path, m, "an item that cannot be,", at, n, e);
			continue;
		}
		if (rc == OK && at > end)
			rc = gap(c, path, m, "no item for bytes", end, at, e);
		else if (rc == OK && at < end)
			rc = gap(c, path, m, "two items for bytes", at, end < at + n ? end : at + n, e);
		if (at + n > end)
			end = at + n;
	}
	sql_done(q);
	if (rc == OK && !archive && end != n_bytes)
		rc = gap(c, path, -1, end < n_bytes ? "no item for bytes" : "an item past the end,", end, n_bytes, e);
	if (rc == OK && archive && n_members == 0 && !whole) {
		const char *row = arena_printf(c->a, "%s: archive without any item", path);

		rc = row == NULL ? err_memory(e) : broken(c, span_str(row), e);
	}
	return rc;
}

static enum errc every_byte(struct checking *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->st->sql, e,
	    "SELECT id, path, n_bytes, kind FROM source WHERE state <> 0 ORDER BY path, sha256, id", "");
	struct arena *a = NULL;
	enum errc rc = OK;

	if ((rc = arena_new(&a, MIB, e)) != OK)
		return rc;
	while (rc == OK && sql_next(c->st->sql, q, &rc, e)) {
		const char *path;

		arena_reset(a);
		path = sql_text(a, q, 1);
		rc = path == NULL ? err_memory(e)
				  : one_source(c, sqlite3_column_int64(q, 0), path, sqlite3_column_int64(q, 2),
					source_has_members((enum source_kind)sqlite3_column_int(q, 3)), e);
	}
	sql_done(q);
	arena_free(a);
	return rc;
}

static enum errc chain_holds(struct checking *c, struct err *e)
{
	int64_t n, bad;
	enum errc rc = ledger_verify(c->st, &n, &bad, e);
	char row[64];

	if (rc != OK || bad == 0)
		return rc;
	(void)snprintf(row, sizeof row, "entry %" PRId64 " does not follow from the one before", bad);
	return broken(c, span_str(row), e);
}

/* ---- the checks ----------------------------------------------------------------------------------------------- */

/* A message and an organisation as a person can look them up. */
#define MESSAGE(id) "(SELECT lower(hex(sha256)) FROM message WHERE id = " id ")"
#define ORG(id) "coalesce((SELECT key FROM org WHERE id = " id "), 'organisation row ' || " id ")"
/* By the policy of case.yaml; not_accessed never is. */
#define IN_SCOPE "in_scope(m.verdict)"

/* Reasons are numbered by the verdict that they give; 12 is the only one that a person gives without a record. */
#define FITS \
	"CASE v.verdict WHEN 1 THEN v.reason BETWEEN 1 AND 9 WHEN 2 THEN v.reason BETWEEN 10 AND 19 WHEN 3 THEN v.reason >= 40" \
	" ELSE v.reason IN (0, 14) OR v.reason BETWEEN 20 AND 39 END" /* 14: not_narrowed, which is either */

/* A number in an entry of the ledger, also where it stands as text. */
#define SAID(name) " CAST(coalesce(json_extract(detail, '$." name "'), 0) AS INTEGER) "

static const struct check checks[] = {
    {"bytes", "every byte of every source belongs to one item", STAGE_INGEST, false, NULL, every_byte},
    {"read", "every source was read to its end", STAGE_INGEST, true,
	"SELECT path FROM source WHERE state = 0"
	" UNION ALL SELECT substr(key, length('" READING_MAIL_KEY "') + 1) || ': the ingest of it was stopped; run it again' FROM setting WHERE key GLOB '" READING_MAIL_KEY "*' ORDER BY 1", NULL},
    {"outcomes", "every item has an outcome: a message, or a reason why there is none", STAGE_INGEST, false,
	"SELECT s.path || ', byte ' || i.at_byte || ': ' || CASE WHEN i.outcome NOT IN (1, 2, 3, 4) THEN 'no outcome'"
	" WHEN i.outcome IN (1, 2) THEN 'parsed, but no message' WHEN i.message_id IS NOT NULL THEN 'a message, but not parsed'"
	" ELSE 'no reason' END FROM item i LEFT JOIN source s ON s.id = i.source_id"
	" WHERE i.outcome NOT IN (1, 2, 3, 4) OR (i.outcome IN (1, 2)) <> (i.message_id IS NOT NULL)"
	" OR (i.outcome IN (3, 4) AND i.reason = '') ORDER BY i.source_id, i.at_byte", NULL},
    {"places", "every message lies somewhere in the evidence, and every item at its own place", STAGE_INGEST, false,
	"SELECT lower(hex(m.sha256)) || ': a message that lies nowhere' FROM message m"
	" WHERE NOT EXISTS (SELECT 1 FROM location l WHERE l.message_id = m.id)"
	" UNION ALL SELECT s.path || ', byte ' || i.at_byte || ': the message does not lie here' FROM item i"
	" JOIN source s ON s.id = i.source_id WHERE i.message_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM location l"
	" WHERE l.message_id = i.message_id AND l.item_id = i.id AND l.nest = '')", NULL},
    {"logs", "every log file was read to its end, or says why not, and each record that could not be read is listed", STAGE_SCOPE, false,
	"SELECT s.path || iif(s.member_name = '', '', ', ' || s.member_name) || ': ' || CASE WHEN s.state = 0 THEN 'not read to its end'"
	" WHEN s.outcome NOT IN (1, 2, 3, 4) THEN 'no outcome' WHEN s.outcome IN (3, 4) AND s.note = '' THEN 'no reason'"
	" ELSE 'records not read: ' || s.n_failed || ', listed ' || (SELECT count(*) FROM log_failure f WHERE f.source_id = s.id) END"
	" FROM log_source s WHERE s.state = 0 OR s.outcome NOT IN (1, 2, 3, 4) OR (s.outcome IN (3, 4) AND s.note = '')"
	" OR s.n_failed <> (SELECT count(*) FROM log_failure f WHERE f.source_id = s.id)"
	" UNION ALL SELECT substr(key, length('" READING_LOGS_KEY "') + 1) || ': the reading of its logs was stopped; run it again' FROM setting WHERE key GLOB '" READING_LOGS_KEY "*' ORDER BY 1", NULL},
    {"verdicts", "every message has a verdict in each mailbox that holds it, and the strongest of them is its own", STAGE_SCOPE, true,
	"SELECT lower(hex(m.sha256)) || ': ' || iif(v.strongest IS NULL, 'no verdict', 'not the strongest of its verdicts') FROM message m"
	" LEFT JOIN (SELECT message_id, min(CASE verdict WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 0 THEN 3 ELSE 4 END) AS strongest FROM verdict"
	" GROUP BY message_id) v ON v.message_id = m.id"
	" WHERE EXISTS (SELECT 1 FROM log_source) AND v.strongest IS NOT CASE m.verdict WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 0 THEN 3 ELSE 4 END", NULL},
    {"reasons", "every verdict has a reason that fits it, and what is said to be reached has the records that say so", STAGE_SCOPE, false,
	"SELECT v.mailbox || ', ' || coalesce(" MESSAGE("v.message_id") ", v.rfc822_id) || ': ' || CASE WHEN NOT (" FITS ")"
	" THEN 'the reason does not fit the verdict' ELSE 'no record says so' END FROM verdict v WHERE NOT (" FITS ")"
	" OR (v.verdict IN (1, 2) AND v.reason <> 12 AND (v.n_records = 0 OR v.first_event IS NULL))", NULL},
    {"scanned", "every message in scope was scanned, or is recorded as not readable", STAGE_SCAN, true,
	"SELECT lower(hex(m.sha256)) || ': not scanned' FROM message m WHERE " IN_SCOPE
	" AND NOT EXISTS (SELECT 1 FROM scanned s WHERE s.message_id = m.id)"
	" AND NOT EXISTS (SELECT 1 FROM coverage c WHERE c.message_id = m.id AND c.path = '' AND c.outcome = 3)"
	" UNION ALL SELECT lower(hex(m.sha256)) || ': its attachments are still to be read' FROM message m WHERE " WAITS("m.id"), NULL},
    {"parts", "every part of every message that was scanned was read, or is recorded with the reason why not", STAGE_SCAN, false,
	"SELECT lower(hex(m.sha256)) || ': ' || s.n_parts || ' of ' || count(p.seq) || ' parts have an outcome' FROM scanned s"
	" JOIN message m ON m.id = s.message_id LEFT JOIN part p ON p.message_id = m.id WHERE NOT " WAITS("m.id") " GROUP BY m.id HAVING s.n_parts <> count(p.seq)"
	" UNION ALL SELECT lower(hex(m.sha256)) || ': ' || count(c.path) || ' of ' || s.n_unread || ' rows of what was not read' FROM scanned s"
	" JOIN message m ON m.id = s.message_id LEFT JOIN coverage c ON c.message_id = m.id GROUP BY m.id HAVING s.n_unread <> count(c.path)"
	" UNION ALL SELECT lower(hex(m.sha256)) || ', part ' || c.path || ': ' || iif(c.reason = '', 'no reason', 'no such part') FROM coverage c"
	" JOIN message m ON m.id = c.message_id WHERE c.reason = '' OR (c.path NOT IN ('', 'subject', 'names', 'fields', 'preamble', 'epilogue') AND NOT EXISTS (SELECT 1 FROM part p"
	" WHERE p.message_id = m.id AND p.path = iif(instr(c.path, '!/') > 0, substr(c.path, 1, instr(c.path, '!/') - 1), c.path)))", NULL},
    {"exposures", "every finding belongs to an exposure, and every exposure was found somewhere or was told", STAGE_SCAN, false,
	"SELECT lower(hex(m.sha256)) || ', part ' || f.path || ', byte ' || f.at_byte || ': finding without exposure'"
	" FROM finding f LEFT JOIN message m ON m.id = f.message_id LEFT JOIN exposure x ON x.id = f.exposure_id"
	" WHERE x.id IS NULL UNION ALL SELECT x.class || ' ' || x.masked || ': exposure without finding' FROM exposure x"
	" WHERE NOT EXISTS (SELECT 1 FROM finding f WHERE f.exposure_id = x.id) AND NOT EXISTS (SELECT 1 FROM told t"
	" WHERE t.exposure_id = x.id)", NULL}, /* what was told stays, whatever is found later */
    {"attributed", "every message in scope is in a dossier, or has a recorded reason why in none", STAGE_ATTRIBUTE, true,
	"SELECT lower(hex(m.sha256)) || ': not attributed' FROM message m WHERE " IN_SCOPE
	" AND NOT EXISTS (SELECT 1 FROM attributed a WHERE a.message_id = m.id AND a.disposition BETWEEN 1 AND 6)", NULL},
    {"dossiers", "a message goes into a dossier exactly when a link that counts says whose", STAGE_ATTRIBUTE, false,
	"SELECT " MESSAGE("a.message_id") " || ': disposition dossier, but no link counts' FROM attributed a"
	" WHERE a.disposition = 1 AND NOT EXISTS (SELECT 1 FROM link l JOIN org o ON o.id = l.org_id"
	" WHERE l.message_id = a.message_id AND l.counts AND o.origin <> 1)"
	" UNION ALL SELECT DISTINCT " MESSAGE("l.message_id") " || ': a link counts for ' || o.key || ', but the message is in"
	" no dossier' FROM link l JOIN org o ON o.id = l.org_id LEFT JOIN attributed a ON a.message_id = l.message_id"
	" WHERE l.counts AND o.origin <> 1 AND coalesce(a.disposition, 0) NOT IN (1, 6)", NULL}, /* 6: by its headers alone */
    {"why_not", "every link that does not count says why", STAGE_ATTRIBUTE, false,
	"SELECT " MESSAGE("message_id") " || ', ' || " ORG("org_id") " || ': no reason' FROM link WHERE NOT counts"
	" AND why_not = ''", NULL},
    {"due", "every organisation was told, or is planned to be told, all that it is due and no person withheld", STAGE_NOTIFY, true,
	"SELECT " ORG("l.org_id") " || ': links not told: ' || count(*) FROM link l JOIN message m ON m.id = l.message_id"
	" WHERE" LINK_IS_DUE "AND " IN_SCOPE " AND NOT" LINK_IS_TOLD "GROUP BY l.org_id", NULL},
    {"withheld", "what is withheld was so by decisions that the ledger has, all of those that stand, and no wave that was written since tells it", STAGE_NONE, false,
	"WITH said AS (SELECT json_extract(detail, '$.digest') AS digest, max(seq) AS seq, what FROM ledger WHERE what IN ('" SAID_MESSAGE_WITHHELD "',"
	" '" SAID_MESSAGE_RELEASED "', '" SAID_EXPOSURE_WITHHELD "', '" SAID_EXPOSURE_RELEASED "') AND json_valid(detail) GROUP BY 1),"
	" held AS (SELECT w.kind, w.digest, lower(hex(w.digest)) AS hex, s.seq, s.what FROM withheld w LEFT JOIN said s ON s.digest = lower(hex(w.digest))),"
	" tells AS (SELECT h.hex, h.seq, t.wave FROM held h JOIN message m ON h.kind = 1 AND m.content_digest = h.digest JOIN told t ON t.message_id = m.id"
	"  UNION SELECT h.hex, h.seq, t.wave FROM held h JOIN exposure x ON h.kind = 2 AND x.digest = h.digest JOIN told t ON t.exposure_id = x.id)"
	" SELECT hex || ': withheld, and the ledger does not say so' FROM held WHERE what IS NULL OR what NOT IN ('" SAID_MESSAGE_WITHHELD "', '" SAID_EXPOSURE_WITHHELD "')"
	" UNION ALL SELECT digest || ': not withheld, as the ledger says' FROM said WHERE what IN ('" SAID_MESSAGE_WITHHELD "', '" SAID_EXPOSURE_WITHHELD "') AND digest NOT IN (SELECT hex FROM held)"
	" UNION ALL SELECT r.hex || ': withheld, and told by wave ' || r.wave || ', which was written since' FROM tells r WHERE EXISTS (SELECT 1 FROM ledger p"
	"  WHERE p.what = 'wave written' AND p.seq > r.seq AND json_valid(p.detail) AND json_extract(p.detail, '$.wave') = r.wave)", NULL},
    {"told", "what was told is the sum of the dossiers", STAGE_NOTIFY, false,
	"WITH t AS (SELECT wave, org_id, count(DISTINCT message_id) AS messages,"
	" count(DISTINCT nullif(exposure_id, 0)) AS exposures FROM told GROUP BY wave, org_id)"
	" SELECT 'wave ' || d.wave || ', ' || " ORG("d.org_id") " || ': the dossier says ' || d.n_messages || ' messages and ' ||"
	" d.n_exposures || ' exposures, told are ' || coalesce(t.messages, 0) || ' and ' || coalesce(t.exposures, 0)"
	" FROM dossier d LEFT JOIN t ON t.wave = d.wave AND t.org_id = d.org_id"
	" WHERE d.n_messages IS NOT coalesce(t.messages, 0) OR d.n_exposures IS NOT coalesce(t.exposures, 0)"
	" UNION ALL SELECT 'wave ' || t.wave || ', ' || " ORG("t.org_id") " || ': told ' || t.messages || ' messages without a"
	" dossier' FROM t WHERE NOT EXISTS (SELECT 1 FROM dossier d WHERE d.wave = t.wave AND d.org_id = t.org_id)", NULL},
    {"once", "no organisation is told the same thing twice", STAGE_NOTIFY, false,
	"SELECT " ORG("org_id") " || ': told ' || count(*) || ' times of ' || " MESSAGE("message_id") " FROM told"
	" GROUP BY org_id, message_id, role, exposure_id, opened HAVING count(*) > 1"
	" UNION ALL SELECT 'wave ' || wave || ', ' || " ORG("org_id") " || ': ' || count(*) || ' notices to ' || address"
	" FROM notice GROUP BY wave, org_id, address HAVING count(*) > 1", NULL},
    {"versions", "an organisation's dossiers that reached it are numbered from 1 in the order of their waves", STAGE_NOTIFY, false,
	"SELECT " ORG("d.org_id") " || ', wave ' || d.wave || ': version ' || d.version FROM dossier d WHERE d.version <> 1 +"
	" (SELECT count(*) FROM dossier b WHERE b.org_id = d.org_id AND b.wave < d.wave AND NOT EXISTS (SELECT 1 FROM notice n"
	" WHERE n.wave = b.wave AND n.org_id = b.org_id AND n.state = 3)) + (SELECT count(DISTINCT n.wave) FROM notice n WHERE"
	" n.org_id = d.org_id AND n.wave < d.wave AND" TAKEN_BACK("n") ")", NULL},
    {"notices", "every dossier that is to be notified has its notice, or is listed as without contact", STAGE_NOTIFY, false,
	"SELECT 'wave ' || d.wave || ', ' || " ORG("d.org_id") " || ': no notice' FROM dossier d WHERE d.track IN (1, 3)"
	" AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.wave = d.wave AND n.org_id = d.org_id)"
	" UNION ALL SELECT 'wave ' || n.wave || ', ' || n.id || ': a notice without dossier' FROM notice n"
	" WHERE n.state <> 3 AND NOT EXISTS (SELECT 1 FROM dossier d WHERE d.wave = n.wave AND d.org_id = n.org_id)"
	" AND NOT" IS_TAKEN_BACK("n.wave", "n.org_id")
	" UNION ALL SELECT 'wave ' || b.wave || ', ' || " ORG("b.org_id") " || ': taken back, and still told' FROM taken_back b WHERE b.by_wave <= b.wave"
	" OR EXISTS (SELECT 1 FROM dossier d WHERE d.wave = b.wave AND d.org_id = b.org_id)"
	" UNION ALL SELECT 'wave ' || n.wave || ', ' || n.id || ': ' || CASE WHEN n.state = 3 THEN 'listed as without contact,"
	" but has an address' ELSE 'no address' END FROM notice n WHERE (n.state = 3) <> (n.address = '')", NULL},
    {"approved", "nothing was written that different people had not approved as it is", STAGE_NOTIFY, false,
	"SELECT 'wave ' || w.number || ': ' || (SELECT count(*) FROM approval a WHERE a.wave = w.number AND"
	" a.plan_digest = w.plan_digest) || ' approvals of this plan, ' || ?1 || ' are needed' FROM wave w WHERE (w.state > 1 OR"
	" EXISTS (SELECT 1 FROM notice n WHERE n.wave = w.number AND n.state = 2)) AND (SELECT count(*) FROM approval a"
	" WHERE a.wave = w.number AND a.plan_digest = w.plan_digest) < ?1", NULL},
    {"sent", "no notice was handed over twice or after it was withdrawn, none but those of written waves, and who counts as having answered did", STAGE_NONE, false,
	"SELECT json_extract(detail, '$.notice') || ': handed over ' || count(*) || ' times' FROM ledger WHERE what = 'notice handed over' AND json_valid(detail)"
	" GROUP BY json_extract(detail, '$.notice') HAVING count(*) > 1"
	" UNION ALL SELECT d.notice_id || ': sent, but not written' FROM delivery d JOIN notice n ON n.id = d.notice_id WHERE n.state <> 2"
	" UNION ALL SELECT d.notice_id || ': no answer is there' FROM delivery d WHERE d.state = 11 AND NOT EXISTS (SELECT 1 FROM heard h"
	" WHERE h.notice_id = d.notice_id AND h.kind = 7 AND h.certain)"
	" UNION ALL SELECT n.id || ': sent after it was withdrawn' || iif(n.id = g.id, '', ' with ' || g.id || ', which says the same')"
	" FROM (SELECT json_extract(detail, '$.notice') AS id, min(seq) AS seq FROM ledger"
	"  WHERE what = 'notice withdrawn' AND json_valid(detail) GROUP BY 1) g JOIN notice w ON w.id = g.id JOIN notice n ON n.wave = w.wave"
	" AND n.org_id = w.org_id JOIN ledger l ON l.seq > g.seq WHERE l.what = 'notice intent'"
	" AND json_valid(l.detail) AND json_extract(l.detail, '$.notice') = n.id"
	/* One that was written before and left after says that what was withdrawn stands. */
	" UNION ALL SELECT DISTINCT n.id || ': sent after ' || g.id || ' was withdrawn, which it says stands' FROM"
	" (SELECT json_extract(detail, '$.notice') AS id, min(seq) AS seq FROM ledger WHERE what = 'notice withdrawn' AND json_valid(detail) GROUP BY 1) g"
	" JOIN notice w ON w.id = g.id JOIN notice n ON n.org_id = w.org_id AND n.wave > w.wave JOIN ledger l ON l.seq > g.seq AND l.what = 'notice intent'"
	" AND json_valid(l.detail) AND json_extract(l.detail, '$.notice') = n.id WHERE EXISTS (SELECT 1 FROM ledger p WHERE p.what = 'wave written'"
	" AND json_valid(p.detail) AND json_extract(p.detail, '$.wave') = n.wave AND p.seq < g.seq)", NULL},
    {"proofs", "where notices are signed, each written one has its statement, about itself, at a place of its own in the notice log", STAGE_NONE, false,
	"SELECT n.id || ': written, and has no statement' FROM notice n WHERE n.state = 2 AND n.wave IN (SELECT b.wave FROM notice_proof q"
	" JOIN notice b ON b.id = q.notice_id) AND NOT EXISTS (SELECT 1 FROM notice_proof p WHERE p.notice_id = n.id)"
	" UNION ALL SELECT p.notice_id || ': its statement is about another notice, or none' FROM notice_proof p WHERE NOT json_valid(p.statement)"
	" OR json_extract(p.statement, '$.id') IS NOT p.notice_id OR json_extract(p.statement, '$.type') IS NOT 'tocsin-notice-1'"
	" UNION ALL SELECT p.notice_id || ': its statement names another organisation than it was written to' FROM notice_proof p"
	" JOIN notice n ON n.id = p.notice_id JOIN org o ON o.id = n.org_id WHERE json_valid(p.statement)"
	" AND json_extract(p.statement, '$.organisation') NOT IN (o.key, o.name)"
	" AND json_extract(p.statement, '$.organisation') NOT IN (SELECT json_extract(l.detail, '$.was')"
	"  FROM ledger l WHERE l.what = 'organisation renamed' AND json_valid(l.detail))"
	" UNION ALL SELECT 'entry ' || p.log_index || ' of the notice log is that of ' || count(*) || ' notices' FROM notice_proof p"
	" GROUP BY p.log_index HAVING count(*) > 1"
	" UNION ALL SELECT 'the notice log has ' || (1 + max(log_index)) || ' entries, and ' || count(*) || ' notices have one' FROM notice_proof"
	" HAVING count(*) <> 1 + max(log_index)"
	" UNION ALL SELECT w.notice_id || ': withdrawn, and never signed' FROM withdrawal w WHERE NOT EXISTS (SELECT 1 FROM notice_proof p"
	"  WHERE p.notice_id = w.notice_id)", NULL},
    /* Who could not be told may be told by a later wave, and what was told may be withdrawn: what was said of a wave stays what it was. */
    {"manifests", "each signed manifest counts the organisations that its wave told, for the first time, again and anew, and the private persons", STAGE_NONE, false,
	"SELECT 'the manifest of wave ' || n.wave || ' says ' || s.first || ', ' || s.more || ', ' || s.anew || ' and ' || s.persons || ' private persons, the wave told '"
	" || n.first || ', ' || n.supplements || ', ' || n.anew || ' and ' || n.persons FROM (SELECT" SAID("wave") "AS wave," SAID("told_first") "AS first,"
	SAID("supplemented") "AS more," SAID("told_anew") "AS anew," SAID("persons") "AS persons FROM ledger WHERE what = 'manifest signed' AND json_valid(detail)) s"
	" JOIN wave_numbers n USING (wave) WHERE (s.first, s.more, s.anew, s.persons) IS NOT (n.first, n.supplements, n.anew, n.persons)", NULL},
    {"waves", "what is said of a written wave is what the ledger said when it was written, and no number has lost what was withdrawn since", STAGE_NONE, false,
	"SELECT 'wave ' || w.number || ': the ledger does not say what it told' FROM wave w WHERE w.state = 3 AND NOT EXISTS (SELECT 1 FROM ledger"
	"  WHERE what = 'wave written' AND json_valid(detail) AND" SAID("wave") "= w.number AND json_type(detail, '$.organisations') = 'integer')"
	" UNION ALL SELECT 'wave ' || n.wave || ': the ledger says ' || s.organisations || ' organisations, ' || s.persons || ' persons, ' || s.notices || ' notices, ' || s.messages"
	"  || ' messages and ' || s.exposures || ' exposures, the case ' || n.organisations || ', ' || n.persons || ', ' || n.notices || ', ' || n.messages || ' and ' || n.exposures"
	"  FROM (SELECT" SAID("wave") "AS wave," SAID("organisations") "AS organisations," SAID("persons") "AS persons," SAID("notices") "AS notices," SAID("messages") "AS messages,"
	SAID("exposures") "AS exposures FROM ledger WHERE what = 'wave written' AND json_valid(detail)) s JOIN wave_numbers n USING (wave)"
	"  WHERE (s.organisations, s.persons, s.notices, s.messages, s.exposures) IS NOT (n.organisations, n.persons, n.notices, n.messages, n.exposures)"
	" UNION ALL SELECT 'wave ' || x.wave || ', ' || x.org || ': ' || iif(d.wave IS NULL, 'nothing is told any more, and nobody took it back', 'the dossier is another than was written')"
	"  FROM wave_told_org x LEFT JOIN dossier d ON d.wave = x.wave AND d.org_id = x.org_id WHERE (d.version, d.n_messages, d.n_exposures, d.track) IS NOT"
	"  (x.version, x.n_messages, x.n_exposures, x.track) AND NOT (d.wave IS NULL AND" IS_TAKEN_BACK("x.wave", "x.org_id") ")"
	" UNION ALL SELECT 'wave ' || d.wave || ', ' || " ORG("d.org_id") " || ': a dossier that was not there when the wave was written' FROM dossier d JOIN wave w"
	"  ON w.number = d.wave AND w.state = 3 WHERE NOT EXISTS (SELECT 1 FROM wave_told_org x WHERE x.wave = d.wave AND x.org_id = d.org_id)", NULL},
    {"remediation", "every credential of a sealed dossier has a remediation state, and what was marked is in a dossier", STAGE_NONE, false,
	"SELECT o.key || ': exposure ' || t.exposure_id || ' of wave ' || t.wave || ' is not in its sealed dossier' FROM told t"
	" JOIN org o ON o.id = t.org_id JOIN exposure x ON x.id = t.exposure_id WHERE t.exposure_id <> 0 AND t.wave <="
	" (SELECT max(s.wave) FROM sealed s WHERE s.org_id = t.org_id) AND NOT EXISTS (SELECT 1 FROM sealed_exposure e"
	"  WHERE e.org_id = t.org_id AND e.exposure_id = t.exposure_id) AND NOT" MESSAGE_IS_WITHHELD("t.message_id") "AND NOT" EXPOSURE_IS_WITHHELD("t.exposure_id")
	" UNION ALL SELECT o.key || ': ' || r.exposure || ' is marked and in no dossier' FROM remediation r JOIN org o ON o.id = r.org_id"
	" WHERE NOT EXISTS (SELECT 1 FROM sealed_exposure e WHERE e.org_id = r.org_id AND e.exposure = r.exposure)", NULL},
    {"references", "every row refers to rows that are there", STAGE_NONE, false,
	"SELECT \"table\" || ' row ' || coalesce(rowid, '?') || ': no such ' || parent FROM pragma_foreign_key_check", NULL},
    {"ledger", "the ledger's chain holds: no entry was changed, removed or put in between", STAGE_NONE, false, NULL,
	chain_holds},
};

/* ---- running -------------------------------------------------------------------------------------------------- */

static const struct {
	const char *has_run; /* SQL */
	const char *wait;    /* what to say until then */
} stages[N_STAGES] = {
    [STAGE_INGEST] = {"SELECT EXISTS (SELECT 1 FROM source)", "ingest has not run"},
    [STAGE_SCOPE] = {"SELECT 1", ""}, /* without logs nothing is said, and that holds */
    [STAGE_SCAN] = {"SELECT EXISTS (SELECT 1 FROM scanned) OR EXISTS (SELECT 1 FROM coverage)", "scan has not run"},
    [STAGE_ATTRIBUTE] = {"SELECT EXISTS (SELECT 1 FROM attributed)", "attribute has not run"},
    [STAGE_NOTIFY] = {"SELECT EXISTS (SELECT 1 FROM wave)", "no wave is planned"},
};

/* True when an earlier stage has written into the ledger after this one: its rows may wait for the rerun. */
static enum errc is_stale(struct store *st, enum stage stage, bool *stale, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "WITH l AS (SELECT CASE WHEN what LIKE 'ingest%' THEN 0 WHEN what LIKE 'scope%' THEN 1 WHEN what LIKE 'scan%' THEN 2"
	    " WHEN what LIKE 'attribute%' THEN 3 WHEN what LIKE 'wave plan%' OR what LIKE 'notify plan%' THEN 4"
	    " WHEN what IN ('" SAID_MESSAGE_RELEASED "', '" SAID_EXPOSURE_RELEASED "') THEN 9 END AS stage, max(seq) AS last FROM ledger GROUP BY 1)"
	    /* 9: no stage, but another plan tells what it makes due again. */
	    " SELECT coalesce((SELECT max(last) FROM l WHERE iif(?1 < 4, stage < ?1, stage IN (1, 3, 9))), 0) >"
	    " coalesce((SELECT last FROM l WHERE stage = ?1), 0)", "i", (int64_t)stage);
	enum errc rc;

	if (sql_next(st->sql, q, &rc, e)) {
		*stale = sqlite3_column_int(q, 0) != 0;
		sql_done(q);
	}
	return rc;
}

static enum errc query_rows(struct checking *c, const char *sql, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->st->sql, e, sql, "");
	enum errc rc = OK;

	if (sqlite3_bind_parameter_count(q) >= 1 && sqlite3_bind_int64(q, 1, c->policy.approvals) != SQLITE_OK)
		rc = sql_failed(c->st->sql, e, "bind");
	if (sqlite3_bind_parameter_count(q) >= 2 && sqlite3_bind_int(q, 2, c->policy.notify_mentioned) != SQLITE_OK)
		rc = sql_failed(c->st->sql, e, "bind");
	while (rc == OK && sql_next(c->st->sql, q, &rc, e))
		rc = broken(c, sql_col(q, 0), e);
	sql_done(q);
	return rc;
}

static enum errc run_one(struct checking *c, const struct check *k, struct err *e)
{
	int64_t has_run = 1;
	bool stale = false;
	enum errc rc = OK;

	if (k->stage != STAGE_NONE && (rc = sql_int(c->st->sql, &has_run, 0, e, stages[k->stage].has_run, "")) != OK)
		return rc;
	if (has_run == 0) {
		c->r.state = CHECK_NOT_YET;
		c->r.why = stages[k->stage].wait;
		return OK;
	}
	if ((rc = k->sql != NULL ? query_rows(c, k->sql, e) : k->own(c, e)) != OK)
		return rc;
	if (c->r.n_broken == 0) {
		/* Its rows hold, and say what case.yaml said then. */
		if (k->stage == STAGE_ATTRIBUTE && (rc = parties_changed(c->st, &stale, e)) == OK && stale) {
			c->r.state = CHECK_NOT_YET;
			c->r.why = "case.yaml has other names, domains or policy than when attribute ran";
		}
		return rc;
	}
	if (k->waits && (rc = is_stale(c->st, k->stage, &stale, e)) != OK)
		return rc;
	c->r.state = stale ? CHECK_NOT_YET : CHECK_BROKEN;
	c->r.why = stale ? "it waits for its stage to run again" : NULL;
	return OK;
}

enum errc checks_run(struct store *st, struct check_policy policy, check_fn *each, void *ctx, struct err *e)
{
	struct checking c = {.st = st, .policy = policy};
	enum errc rc = arena_new(&c.a, 16 * MIB, e);

	for (size_t i = 0; rc == OK && i < sizeof checks / sizeof checks[0]; i++) {
		arena_reset(c.a);
		if ((c.rows = arena_zero(c.a, CHECK_ROWS, sizeof *c.rows)) == NULL) {
			rc = err_memory(e);
			break;
		}
		c.r = (struct check_result){.name = checks[i].name, .says = checks[i].says, .rows = c.rows};
		if ((rc = run_one(&c, &checks[i], e)) == OK)
			rc = each(ctx, &c.r, e);
		else
			err_in(e, "check %s", checks[i].name);
	}
	arena_free(c.a);
	return rc;
}
