/* Tables of logs, records and verdicts. */
#include "case/names.h"
#include "store/tables.h"

static const struct column log_source_columns[] = {
    TEXT("path", 40), TEXT("member", 20), WORD("state", source_state_name, 8), WORD("outcome", outcome_name, 8),
    TEXT("envelope", 30), NUMBER("n_bytes", 12), NUMBER("records", 9), NUMBER("duplicates", 10), NUMBER("partial", 8),
    NUMBER("failed", 8), TEXT("note", 40), DIGEST("sha256", 12),
};
const struct table table_log_sources = {
    .name = "log_sources",
    .says = "One file of audit logs, or member of an archive of them: what it is, and whether all of it was read.",
    .sql = "SELECT id, path, nullif(member_name, ''), state, outcome, envelope, n_bytes, n_records, n_duplicates, n_partial,"
	   " n_failed, note, sha256 FROM log_source ORDER BY path, member",
    COLUMNS(log_source_columns),
};

static const struct column log_failure_columns[] = {
    TEXT("path", 40), TEXT("member", 20), NUMBER("at_byte", 12), NUMBER("n_bytes", 10), NUMBER("line", 8), TEXT("reason", 60),
};
const struct table table_log_failures = {
    .name = "log_failures",
    .says = "A record of a log that could not be read, and why.",
    .sql = "SELECT 0, s.path, nullif(s.member_name, ''), f.at_byte, f.n_bytes, nullif(f.line, 0), f.reason FROM log_failure f"
	   " JOIN log_source s ON s.id = f.source_id ORDER BY s.path, s.member, f.at_byte",
    COLUMNS(log_failure_columns),
};

/* Whose a record is: the intruder's, perhaps, or nobody's in particular. */
#define ACTOR_COLUMNS TEXT("actor", 12), BOOL("certain", 7), WORD("confidence", certainty_name, 10)
#define ACTOR_SQL "p.actor, p.certain, p.confidence"
#define CONTEXT_COLUMNS \
	TEXT("user", 30), TEXT("ip", 16), TEXT("client_info", 30), TEXT("user_agent", 0), TEXT("session_id", 0), \
	TEXT("aad_session_id", 0), TEXT("unique_token_id", 0), TEXT("token_object_id", 0), TEXT("app_id", 0), \
	TEXT("client_app_id", 0), TEXT("app_name", 0), TEXT("user_id", 0), TEXT("service_principal", 0), TEXT("country", 0), \
	NUMBER("logon_type", 0), NUMBER("user_type", 0), BOOL("external", 0)
#define CONTEXT_SQL \
	"c.user, c.ip, c.client_info, c.user_agent, c.session_id, c.aad_session_id, c.unique_token_id, c.token_object_id," \
	" c.app_id, c.client_app_id, c.app_name, c.user_id, c.service_principal, c.country, c.logon_type, c.user_type, c.external"

static const struct column event_columns[] = {
    TIME("when", 20), TEXT("kind", 16), TEXT("operation", 24), TEXT("mailbox", 30), ACTOR_COLUMNS, CONTEXT_COLUMNS,
    TEXT("product", 0), NUMBER("record_type", 0), TEXT("record_id", 0), NUMBER("success", 0), BOOL("throttled", 0),
    NUMBER("operation_count", 0), NUMBER("accesses", 8), TEXT("problems", 0), {.name = "detail", .kind = CELL_JSON, .width = 60},
    TEXT("path", 0), TEXT("member", 0), NUMBER("at_byte", 0), NUMBER("n_bytes", 0), BOOL("repeated", 0), DIGEST("event", 0),
};
const struct table table_events = {
    .name = "events",
    .says = "One record of a log; the same Id counts once.",
    .sql = "SELECT e.id, e.when_utc, e.kind, e.operation, e.mailbox, " ACTOR_SQL ", " CONTEXT_SQL ", e.product, e.record_type,"
	   " e.record_id, e.success, e.throttled, e.operation_count, (SELECT count(*) FROM access a WHERE a.event_id = e.id),"
	   " e.reason, e.detail, s.path, nullif(s.member_name, ''), e.at_byte, e.n_bytes, e.same_as IS NOT NULL, e.key"
	   " FROM event e JOIN context c ON c.id = e.context_id JOIN log_source s ON s.id = e.source_id"
	   " LEFT JOIN suspect p ON p.event_id = e.id ORDER BY e.when_utc, e.key",
    COLUMNS(event_columns),
};

static const struct column access_columns[] = {
    TIME("when", 20), TEXT("kind", 12), TEXT("mailbox", 30), TEXT("message_id", 40), TEXT("folder", 24), ACTOR_COLUMNS,
    CONTEXT_COLUMNS, TEXT("folder_name", 0), TEXT("folder_id", 0), TEXT("item_id", 0), TEXT("operation", 0),
    TEXT("record_id", 0), NUMBER("seq", 0), NUMBER("messages", 8), DIGEST("event", 0),
};
const struct table table_accesses = {
    .name = "accesses",
    .says = "What a record names: one message, or with a null message_id one whole folder.",
    .sql = "SELECT e.id, e.when_utc, e.kind, e.mailbox, nullif(a.rfc822_id, ''), f.path, " ACTOR_SQL ", " CONTEXT_SQL ","
	   " f.name, f.folder_id, nullif(a.item_id, ''), e.operation, e.record_id, a.seq,"
	   " iif(a.rfc822_id = '', NULL, (SELECT count(*) FROM message m WHERE m.rfc822_id = a.rfc822_id AND m.rfc822_id <> '')), e.key"
	   " FROM event e JOIN access a ON a.event_id = e.id JOIN context c ON c.id = e.context_id"
	   " LEFT JOIN log_folder f ON f.id = a.folder_id LEFT JOIN suspect p ON p.event_id = e.id"
	   " ORDER BY e.when_utc, e.key, a.seq",
    COLUMNS(access_columns),
};

static const struct column verdict_columns[] = {
    TEXT("mailbox", 30), TEXT("message_id", 40), WORD("verdict", verdict_name, 12), WORD("reason", verdict_reason_name, 16),
    WORD("confidence", certainty_name, 10), NUMBER("records", 8), TIME("first", 20), TIME("last", 20),
    DIGEST("first_event", 0), DIGEST("last_event", 0), DIGEST("message_sha256", 12), BOOL("in_evidence", 11),
};
const struct table table_mailbox_verdicts = {
    .name = "verdicts",
    .says = "What is known of the intruder's access to one message in one mailbox; or what was reached and is not in evidence.",
    .sql = "SELECT v.id, nullif(v.mailbox, ''), nullif(v.rfc822_id, ''), v.verdict, v.reason, v.confidence, v.n_records,"
	   " v.first_utc, v.last_utc, f.key, l.key, m.sha256, v.message_id IS NOT NULL FROM verdict v"
	   " LEFT JOIN message m ON m.id = v.message_id LEFT JOIN event f ON f.id = v.first_event"
	   " LEFT JOIN event l ON l.id = v.last_event LEFT JOIN mailbox b ON b.id = v.mailbox_id"
	   " ORDER BY v.mailbox, b.root, m.id IS NULL, v.rfc822_id, m.sha256",
    COLUMNS(verdict_columns),
};
