/* Tables of the reading room: what was sealed, what came back, what is asked of us. */
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
    TEXT("application", 20), TEXT("note", 40)};
const struct table table_remediations = {
    .name = "remediations",
    .says = "A credential that an organisation was told of in a sealed dossier, and what it says it did with it.",
    .sql = "SELECT 0, o.key, s.exposure, x.class, x.masked, coalesce(r.mark, 'open'), nullif(r.person, ''), r.when_utc,"
	   " nullif(r.application, ''), nullif(r.note, '') FROM sealed_exposure s JOIN org o ON o.id = s.org_id"
	   " JOIN exposure x ON x.id = s.exposure_id LEFT JOIN remediation r ON r.org_id = s.org_id AND r.exposure = s.exposure"
	   " WHERE x.class NOT IN ('payment_card', 'bank_account', 'national_id', 'date_of_birth') ORDER BY o.key, s.exposure",
    COLUMNS(remediation_columns),
};

static const struct column question_columns[] = {
    NUMBER("id", 6), TEXT("org", 32), TEXT("kind", 9), TEXT("record", 16), TEXT("exposure", 16), DIGEST("message_sha256", 12),
    TEXT("text", 50), TEXT("person", 20), TIME("when", 20), TEXT("decision", 9), TEXT("decided_by", 20), TEXT("why", 30)};
const struct table table_questions = {
    .name = "questions",
    .says = "What an organisation asks to be looked at again: an exposure that was missed, or one that is not its own.",
    .sql = "SELECT 0, q.id, o.key, q.kind, nullif(q.record, ''), nullif(q.exposure, ''),"
	   " (SELECT m.sha256 FROM sealed_record s JOIN message m ON m.id = s.message_id WHERE s.org_id = q.org_id AND s.record = q.record),"
	   " q.text, q.person, q.when_utc, nullif(q.decision, ''), nullif(q.decided_by, ''), nullif(q.why, '')"
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
