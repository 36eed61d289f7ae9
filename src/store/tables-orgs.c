/* The tables of whose it is, who was told, and who did what. */
#include "case/names.h"
#include "store/db.h"
#include "store/due.h"
#include "store/tables.h"
#include "store/withheld.h"

static const struct column contact_columns[] = {TEXT("address", 0), TEXT("role", 0)};
static const struct column org_columns[] = {
    TEXT("org", 32), TEXT("name", 36), WORD("origin", org_origin_name, 9), TEXT("country", 7), TEXT("language", 0),
    TEXT("tenant", 0), TEXT("notes", 0), NUMBER("messages", 8), NUMBER("sender", 8), NUMBER("recipient", 9),
    NUMBER("mentioned", 9), NUMBER("owner", 8), NUMBER("not_counted", 11), NUMBER("withheld", 0), NUMBER("exposures", 9), WORD("severity", severity_name, 0),
    NUMBER("owned", 0), NUMBER("told_first", 10), NUMBER("told_last", 0), NUMBER("planned_wave", 0), WORD("hold", hold_state_name, 0),
    LIST("domains", 0, "SELECT domain FROM org_domain WHERE org_id = ? ORDER BY domain"),
    ROWS("contacts", contact_columns, "SELECT address, role FROM contact WHERE org_id = ? ORDER BY seq"),
};
/* What `notify` tells; exposures: all in mail it sent or received, else its own only. What would count and is withheld stands in its own column. */
#define ORG_ROWS \
	"WITH k AS (SELECT l.message_id, l.org_id, l.role, l.counts AND NOT" LINK_IS_WITHHELD("l") "AS counts, l.counts AS counted" \
	" FROM link l JOIN message m ON m.id = l.message_id WHERE in_scope(m.verdict))," \
	" l AS (SELECT org_id, count(DISTINCT iif(counts, message_id, NULL)) AS messages," \
	" sum(counts AND role = 1) AS sender, sum(counts AND role = 2) AS recipient, sum(counts AND role = 3) AS mentioned," \
	" sum(counts AND role = 4) AS owner, sum(NOT counted) AS not_counted, count(DISTINCT iif(counted AND NOT counts, message_id, NULL)) AS withheld" \
	" FROM k GROUP BY org_id)," \
	" x AS (SELECT org_id, count(DISTINCT exposure_id) AS exposures, max(severity) AS severity FROM" \
	" (SELECT k.org_id, f.exposure_id, f.severity FROM k JOIN finding f ON f.message_id = k.message_id" \
	" WHERE k.counts AND k.role IN (1, 2, 5) UNION ALL SELECT w.org_id, w.exposure_id, x.severity FROM owner w" \
	" JOIN exposure x ON x.id = w.exposure_id) WHERE NOT" EXPOSURE_IS_WITHHELD("exposure_id") "GROUP BY org_id)," \
	" w AS (SELECT org_id, count(*) AS owned FROM owner GROUP BY org_id)," \
	" n AS (SELECT org_id, wave, iif(state <> 2, state, iif(" NO_LONGER_TOLD("notice.wave", "notice.org_id") "OR" KEPT_BACK("notice.wave", "notice.org_id") ", 0, 2)) AS state" \
	" FROM notice)," \
	" d AS (SELECT org_id, min(iif(state = 2, wave, NULL)) AS first, max(iif(state = 2, wave, NULL)) AS last, max(iif(state = 1, wave, NULL)) AS planned" \
	/* Who became one is told with the other. */ \
	" FROM (SELECT * FROM n UNION ALL SELECT j.into_id, n.wave, n.state FROM n JOIN joined j ON j.org_id = n.org_id) GROUP BY org_id)" \
	" SELECT o.id, o.key, o.name, o.origin, o.country, o.language, o.tenant, o.notes, coalesce(l.messages, 0)," \
	" coalesce(l.sender, 0), coalesce(l.recipient, 0), coalesce(l.mentioned, 0), coalesce(l.owner, 0)," \
	" coalesce(l.not_counted, 0), coalesce(l.withheld, 0), coalesce(x.exposures, 0), nullif(x.severity, 0), coalesce(w.owned, 0), d.first, d.last, d.planned," \
	" (SELECT h.state FROM hold h WHERE h.org_id = o.id AND" ON_HOLD("o.id", "(SELECT max(when_utc) FROM ledger)") ")" \
	" FROM org o LEFT JOIN l ON l.org_id = o.id LEFT JOIN x ON x.org_id = o.id LEFT JOIN w ON w.org_id = o.id" \
	" LEFT JOIN d ON d.org_id = o.id"

const struct table table_orgs = {
    .name = "orgs",
    .spared = "org messages exposures told_first",
    .says = "An organisation that a message, a secret or our own configuration names.",
    .sql = ORG_ROWS " ORDER BY o.key",
    COLUMNS(org_columns),
};
const struct table page_orgs = {
    .name = "orgs",
    .sql = ORG_ROWS " WHERE o.origin NOT IN (1, 4) AND l.messages + l.withheld > 0 ORDER BY coalesce(x.severity, 0) DESC, coalesce(x.exposures, 0) DESC,"
	   " l.messages DESC, o.key",
    COLUMNS(org_columns),
};
const struct table page_orgs_without_contact = {
    .name = "orgs",
    .sql = ORG_ROWS " WHERE o.origin NOT IN (1, 4) AND l.messages + l.withheld > 0 AND NOT" CONTACT_OF("o.id") ")"
	   " ORDER BY coalesce(x.severity, 0) DESC, coalesce(x.exposures, 0) DESC, l.messages DESC, o.key",
    COLUMNS(org_columns),
};

/* Where those concerned are: which authorities and laws that may touch. */
static const struct column country_columns[] = {TEXT("country", 8), NUMBER("organisations", 9)};
const struct table page_countries = {
    .name = "orgs",
    .sql = "SELECT 0, coalesce(nullif(o.country, ''), 'not known'), count(*)" CONCERNED
	   " GROUP BY 2 ORDER BY o.country = '', 3 DESC, 2",
    COLUMNS(country_columns),
};

static const struct column link_columns[] = {
    DIGEST("message_sha256", 12), TEXT("org", 30), TEXT("org_name", 0), WORD("role", link_role_name, 9), TEXT("ground", 44),
    TEXT("at", 14), WORD("certainty", certainty_name, 9), BOOL("counts", 6), TEXT("why_not", 0),
    WORD("disposition", disposition_name, 11),
};
const struct table table_links = {
    .name = "links",
    .says = "A message and an organisation, in which role, and how that is known.",
    .walk = WALK_MESSAGES,
    .sql = "SELECT 0, m.sha256, o.key, o.name, l.role, l.ground, l.at, l.certainty, l.counts, l.why_not, a.disposition"
	   " FROM link l JOIN message m ON m.id = l.message_id JOIN org o ON o.id = l.org_id"
	   " LEFT JOIN attributed a ON a.message_id = l.message_id WHERE l.message_id = ?1 ORDER BY o.key, l.role",
    COLUMNS(link_columns),
};

static const struct column person_columns[] = {
    DIGEST("message_sha256", 12), TEXT("address", 40), WORD("role", link_role_name, 12),
};
const struct table table_persons = {
    .name = "persons",
    .says = "A private person in a message.",
    .walk = WALK_MESSAGES,
    .sql = "SELECT 0, m.sha256, a.address, p.role FROM person p JOIN message m ON m.id = p.message_id"
	   " JOIN address a ON a.id = p.address_id WHERE p.message_id = ?1 ORDER BY a.address",
    COLUMNS(person_columns),
};

static const struct column conflict_columns[] = {TEXT("domain", 32), TEXT("first", 40), TEXT("second", 40)};
const struct table table_conflicts = {
    .name = "conflicts",
    .says = "A domain that the directory gives to two organisations: to be settled by a person.",
    .sql = "SELECT 0, domain, first, second FROM conflict ORDER BY domain, first, second",
    COLUMNS(conflict_columns),
};

static const struct column approval_columns[] = {
    TEXT("name", 0), TIME("when", 0), BOOL("current", 0),
};
static const struct column wave_columns[] = {
    NUMBER("wave", 5), WORD("state", wave_state_name, 9), TIME("planned", 20), NUMBER("organisations", 13),
    NUMBER("new", 6), NUMBER("supplements", 11), NUMBER("anew", 6), NUMBER("no_contact", 10), NUMBER("withdrawn", 9), NUMBER("internal", 8), NUMBER("persons", 7), NUMBER("persons_no_contact", 0),
    NUMBER("persons_withdrawn", 0), NUMBER("messages", 9), NUMBER("exposures", 9), NUMBER("notices", 8), NUMBER("written", 8), DIGEST("plan_digest", 0), BOOL("by_hand", 7), TEXT("reason", 40),
    ROWS("approvals", approval_columns,
	"SELECT a.name, a.when_utc, a.plan_digest = w.plan_digest AND NOT wave_not_approved(w.number) FROM approval a JOIN wave w ON w.number = a.wave"
	" WHERE a.wave = ? ORDER BY a.when_utc, a.name"),
};
const struct table table_waves = {
    .name = "waves",
    .says = "A reviewed, frozen set of notices.",
    .sql = "SELECT w.number, w.number, iif(wave_not_approved(w.number), 1, w.state), w.planned_utc, n.organisations, n.first, n.supplements, n.anew, n.no_contact, n.withdrawn,"
	   " n.internal, n.persons, n.persons_unreached, n.persons_withdrawn, n.messages, n.exposures, n.notices, (SELECT count(*) FROM notice x WHERE x.wave = w.number AND x.state = 2),"
	   " w.plan_digest, w.by_hand <> 0," REASON_OF("w.number") "FROM wave w JOIN wave_numbers n ON n.wave = w.number ORDER BY w.number",
    COLUMNS(wave_columns),
};

static const struct column notice_columns[] = {
    TEXT("notice", 12), NUMBER("wave", 5), TEXT("org", 30), TEXT("org_name", 0), NUMBER("version", 7),
    WORD("track", track_name, 9), NUMBER("messages", 8), NUMBER("exposures", 9), TEXT("address", 34),
    TEXT("contact_role", 12), TEXT("language", 8), WORD("state", notice_state_name, 10), TEXT("file", 40),
    DIGEST("text_sha256", 0), WORD("taken_back", back_reason_name, 10), NUMBER("anew_wave", 9),
};
const struct table table_notices = {
    .name = "notices",
    .spared = "notice wave org address state",
    .says = "The message that tells one address of an organisation's dossier version.",
    .sql = "SELECT 0, n.id, n.wave, o.key, o.name, d.version, d.track, d.n_messages, d.n_exposures, n.address, n.contact_role,"
	   " n.language, n.state, n.file, n.text_sha256, b.why," ANEW_WAVE("n.wave", "n.org_id") "FROM notice n JOIN org o ON o.id = n.org_id"
	   " LEFT JOIN taken_back b ON b.org_id = n.org_id AND b.wave = n.wave"
	   " LEFT JOIN wave_org d ON d.wave = n.wave AND d.org_id = n.org_id ORDER BY n.wave, o.key, n.address, n.id",
    COLUMNS(notice_columns),
};

static const struct column told_columns[] = {
    NUMBER("wave", 5), TEXT("org", 32), DIGEST("message_sha256", 12), WORD("role", link_role_name, 9),
    DIGEST("exposure", 12), BOOL("opened", 6),
};
const struct table table_told = {
    .name = "told",
    .says = "What a wave tells an organisation for the first time, or anew as opened: a message in a role, or an exposure in a message.",
    .sql = "SELECT 0, t.wave, o.key, m.sha256, nullif(t.role, 0), x.digest, t.opened FROM told t JOIN org o ON o.id = t.org_id"
	   " JOIN message m ON m.id = t.message_id LEFT JOIN exposure x ON x.id = t.exposure_id"
	   " ORDER BY t.wave, o.key, m.sha256, m.content_digest, t.role, x.digest",
    COLUMNS(told_columns),
};

static const struct column ledger_columns[] = {
    NUMBER("seq", 6), TIME("when", 20), TEXT("who", 16), TEXT("what", 20), {.name = "detail", .kind = CELL_JSON, .width = 80},
    DIGEST("hash", 0),
};
const struct table table_ledger = {
    .name = "ledger",
    .says = "Who did what in the case; each entry's hash covers the one before.",
    .sql = "SELECT seq, seq, when_utc, who, what, detail, hash FROM ledger ORDER BY seq",
    COLUMNS(ledger_columns),
};

/* Without the runs that read evidence; whom it is of and why, as far as an entry says them. */
static const struct column decision_columns[] = {
    NUMBER("seq", 6), TIME("when", 20), TEXT("by", 20), TEXT("what", 20), TEXT("of", 30), TEXT("why", 40),
};
/* Of the runs that only read, those that were given another actor file or directory: whoever gave it decided what all verdicts, or all links, rest on. */
const struct table page_decisions = {
    .name = "ledger",
    .sql = "SELECT seq, seq, when_utc, iif(coalesce(d ->> '$.by', '') IN ('', who), who, (d ->> '$.by') || ' (account ' || who || ')'),"
	   " iif(given IS NULL, what, what || ', ' || iif(what = 'scope', 'actor file', 'directory') || ' given'),"
	   " coalesce('SHA-256 ' || substr(given, 1, 12), 'wave ' || (d ->> '$.wave'), d ->> '$.org', d ->> '$.notice', d ->> '$.check', d ->> '$.path',"
	   /* As lists have it: there is no other name of either. */
	   " iif(what IN ('" SAID_MESSAGE_WITHHELD "', '" SAID_MESSAGE_RELEASED "'), 'message ' || substr(d ->> '$.message', 1, 12), NULL),"
	   " iif(what IN ('" SAID_EXPOSURE_WITHHELD "', '" SAID_EXPOSURE_RELEASED "'), 'exposure ' || substr(d ->> '$.digest', 1, 12), NULL), ''),"
	   " coalesce(d ->> '$.why', d ->> '$.reason', d ->> '$.how', '')"
	   " FROM (SELECT *, nullif(given_all, coalesce(lag(given_all) OVER (PARTITION BY what ORDER BY seq), '')) AS given"
	   "  FROM (SELECT *, CASE what WHEN 'scope' THEN d ->> '$.actor' WHEN 'attribute' THEN d ->> '$.directory' END AS given_all"
	   "   FROM (SELECT seq, when_utc, who, what, iif(json_valid(detail), detail, '{}') AS d FROM ledger)))"
	   " WHERE what NOT IN ('ingest', 'scope', 'scan', 'attribute') OR given IS NOT NULL ORDER BY seq",
    COLUMNS(decision_columns),
};

static const struct column disposition_columns[] = {WORD("disposition", disposition_name, 12), NUMBER("messages", 9)};
const struct table table_dispositions = {
    .name = "dispositions",
    .says = "Messages by what became of them: in a dossier, or why in none.",
    .figures = true,
    .sql = "SELECT 0, iif(disposition IN (1, 2, 3, 6) AND" MESSAGE_IS_WITHHELD("message_id") "AND message_id NOT IN (SELECT message_id FROM told), 7, disposition)"
	   " AS became, count(*) FROM attributed GROUP BY became ORDER BY became",
    COLUMNS(disposition_columns),
};

const struct table *const *tables(size_t *n)
{
	static const struct table *const all[] = {
	    &table_sources, &table_mailboxes, &table_items, &table_item_problems, &table_messages, &table_parts, &table_log_sources,
	    &table_log_failures, &table_log_problems, &table_events, &table_accesses, &table_mailbox_verdicts, &table_log_days,
	    &table_timeline, &table_suggestions, &table_coverage, &table_findings,
	    &table_exposures, &table_orgs, &table_links, &table_persons, &table_conflicts, &table_waves, &table_notices,
	    &table_told, &table_deliveries, &table_heard, &table_tasks, &table_withdrawals, &table_withheld, &table_sealed, &table_remediations, &table_questions, &table_portal_events, &table_ledger, &table_delivery_counts, &table_reset_counts, &table_outcomes, &table_part_types, &table_unread, &table_months, &table_classes,
	    &table_verdicts, &table_verdict_reasons, &table_incident_steps, &table_access_hours, &table_mailbox_days,
	    &table_not_in_evidence, &table_dispositions,
	};

	*n = N_OF(all);
	return all;
}
