/* Tables of the reading room: what was sealed, what came back, what is asked of us. */
#include "case/names.h"
#include "store/db.h"
#include "store/tables.h"

static const struct column sealed_columns[] = {
    TEXT("org", 32), TEXT("case", 32), NUMBER("wave", 5), NUMBER("version", 7), NUMBER("generation", 10), NUMBER("messages", 8),
    NUMBER("exposures", 9), NUMBER("withheld", 8), TIME("sealed", 20), DIGEST("sha256", 12)};
const struct table table_sealed = {
    .name = "sealed",
    .says = "A sealed bundle that was made for an organisation.",
    .sql = "SELECT 0, o.key, s.case_id, s.wave, s.version, s.generation, s.n_messages, s.n_exposures, s.n_withheld, s.when_utc, s.sha256"
	   " FROM sealed s JOIN org o ON o.id = s.org_id ORDER BY o.key, s.generation, s.version",
    COLUMNS(sealed_columns),
};

static const struct column remediation_columns[] = {
    TEXT("org", 32), TEXT("exposure", 16), TEXT("class", 18), TEXT("masked", 24), TEXT("mark", 13), TEXT("person", 20), TIME("when", 20),
    TEXT("application", 20), TEXT("note", 40), DIGEST("case_exposure", 12), TEXT("said", 12)};
const struct table table_remediations = {
    .name = "remediations",
    .says = "A credential that an organisation was told of, or one of our own, and what it says it did with it.",
    .sql = "WITH c AS (SELECT t.org_id, t.exposure_id" FROM_CREDENTIALS_TOLD
	   "  UNION SELECT s.org_id, s.exposure_id FROM sealed_exposure s JOIN exposure x ON x.id = s.exposure_id WHERE x.class NOT IN (" PERSONAL_CLASSES "))"
	   " SELECT 0, o.key, s.exposure, x.class, x.masked, coalesce(h.mark, r.mark, 'open'), nullif(iif(h.mark IS NULL, r.person, h.person), ''),"
	   " iif(h.mark IS NULL, r.when_utc, h.when_utc), iif(h.mark IS NULL, nullif(r.application, ''), NULL),"
	   " nullif(iif(h.mark IS NULL, r.note, h.note), ''), x.digest, iif(h.mark IS NOT NULL, 'by hand', iif(r.mark IS NOT NULL, 'reading room', NULL))"
	   " FROM c JOIN org o ON o.id = c.org_id JOIN exposure x ON x.id = c.exposure_id"
	   " LEFT JOIN sealed_exposure s ON s.org_id = c.org_id AND s.exposure_id = c.exposure_id"
	   " LEFT JOIN remediation r ON r.org_id = s.org_id AND r.exposure = s.exposure"
	   " LEFT JOIN marked h ON h.org_id = c.org_id AND h.digest = x.digest ORDER BY o.key, s.exposure, x.digest",
    COLUMNS(remediation_columns),
};

static const struct column question_columns[] = {
    NUMBER("id", 6), TEXT("org", 32), TEXT("kind", 9), TEXT("record", 16), TEXT("exposure", 16), DIGEST("message_sha256", 12),
    TEXT("text", 50), TEXT("person", 20), TIME("when", 20), TEXT("decision", 9), TEXT("decided_by", 20), TEXT("why", 30),
    DIGEST("case_exposure", 12)};
const struct table table_questions = {
    .name = "questions",
    .says = "What an organisation asks to be looked at again: an exposure that was missed, or one that is not its own.",
    .sql = "SELECT 0, q.id, o.key, q.kind, nullif(q.record, ''), nullif(q.exposure, ''),"
	   " (SELECT m.sha256 FROM sealed_record s JOIN message m ON m.id = s.message_id WHERE s.org_id = q.org_id AND s.record = q.record),"
	   " q.text, q.person, q.when_utc, nullif(q.decision, ''), nullif(q.decided_by, ''), nullif(q.why, ''),"
	   " (SELECT x.digest FROM sealed_exposure s JOIN exposure x ON x.id = s.exposure_id WHERE s.org_id = q.org_id AND s.exposure = q.exposure)"
	   " FROM question q JOIN org o ON o.id = q.org_id ORDER BY q.id",
    COLUMNS(question_columns),
};

static const struct column portal_columns[] = {
    NUMBER("number", 7), TIME("when", 20), TEXT("event", 10), TEXT("org", 32), {.name = "entry", .kind = CELL_JSON, .width = 60}};
const struct table table_portal_events = {
    .name = "portal_events",
    .says = "One entry of the reading room's log.",
    .sql = "SELECT 0, p.number, p.when_utc, p.event, o.key, p.entry FROM portal_event p LEFT JOIN org o ON o.id = p.org_id"
	   " ORDER BY p.number",
    COLUMNS(portal_columns),
};

static const struct column count_columns[] = {
    TEXT("org", 32), TEXT("state", 11), TIME("told", 20), TIME("claimed", 20), TIME("read", 20), NUMBER("exposed", 7), NUMBER("reset", 6),
    NUMBER("needs_no_reset", 7), NUMBER("open", 6), NUMBER("questions", 9)};
/* What `report resets` counts, without the clock. */
const struct table table_reset_counts = {
    .name = "reset_counts",
    .says = "Each told organisation, and ourselves: how far its claim is, and where the credentials stand that it was told of.",
    .figures = true,
    .sql = "WITH c AS (SELECT DISTINCT t.org_id, t.exposure_id" FROM_CREDENTIALS_TOLD "),"
	   " k AS MATERIALIZED (SELECT c.org_id," MARK_OF " AS mark FROM c),"
	   " g AS (SELECT n.org_id, min(w.planned_utc) AS told FROM notice n JOIN wave w ON w.number = n.wave"
	   "  WHERE n.state = 2 AND NOT" TOLD_AS_PERSON("n.wave", "n.org_id") "AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id") "GROUP BY 1"
	   "  UNION ALL SELECT c.org_id, NULL FROM c JOIN org u ON u.id = c.org_id AND u.origin = 1 GROUP BY 1)"
	   " SELECT 0, o.key, nullif(p.state, ''), g.told, p.claimed_utc, p.read_utc, (SELECT count(*) FROM k WHERE k.org_id = o.id),"
	   " (SELECT count(*) FROM k WHERE k.org_id = o.id AND mark IN ('rotated', 'revoked', 'deactivated')),"
	   " (SELECT count(*) FROM k WHERE k.org_id = o.id AND mark IN ('not_ours', 'false_alarm', 'risk_accepted')),"
	   " (SELECT count(*) FROM k WHERE k.org_id = o.id AND mark = ''),"
	   " (SELECT count(*) FROM question q WHERE q.org_id = o.id AND q.decision = '')"
	   " FROM g JOIN org o ON o.id = g.org_id LEFT JOIN portal_case p ON p.org_id = o.id ORDER BY o.key",
    COLUMNS(count_columns),
};
