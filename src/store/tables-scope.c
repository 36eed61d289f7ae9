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
    TEXT("item_id", 0),
};
const struct table table_mailbox_verdicts = {
    .name = "verdicts",
    .says = "What is known of the intruder's access to one message in one mailbox; or what was reached and is not in evidence.",
    .sql = "SELECT v.id, nullif(v.mailbox, ''), nullif(v.rfc822_id, ''), v.verdict, v.reason, v.confidence, v.n_records,"
	   " v.first_utc, v.last_utc, f.key, l.key, m.sha256, v.message_id IS NOT NULL, nullif(v.item_id, '') FROM verdict v"
	   " LEFT JOIN message m ON m.id = v.message_id LEFT JOIN event f ON f.id = v.first_event"
	   " LEFT JOIN event l ON l.id = v.last_event LEFT JOIN mailbox b ON b.id = v.mailbox_id"
	   " ORDER BY v.mailbox, b.root, m.id IS NULL, v.rfc822_id, v.item_id, m.sha256",
    COLUMNS(verdict_columns),
};

static const struct column log_day_columns[] = {
    TEXT("mailbox", 34), TEXT("day", 10), NUMBER("records", 8), NUMBER("binds", 8), NUMBER("syncs", 8), NUMBER("actor", 8),
    NUMBER("maybe_actor", 11), BOOL("throttled", 9), BOOL("can_prove", 9), BOOL("in_evidence", 11), NUMBER("not_identified", 14), TEXT("kinds", 40),
};
/* Days without any record of a mailbox that has records before and after are rows with 0: gaps. */
const struct table table_log_days = {
    .name = "log_days",
    .says = "A mailbox on one day: which records there are, and whether they could prove that a message was not accessed.",
    .sql = "WITH RECURSIVE d AS (SELECT lower(e.mailbox) AS mailbox, e.when_utc / 86400 AS day, count(*) AS n, sum(e.kind = 'bind') AS binds,"
	   " sum(e.kind = 'sync') AS syncs, sum(coalesce(p.certain = 1, 0)) AS actor, sum(coalesce(p.certain = 0, 0)) AS maybe,"
	   " max(e.throttled) AS throttled, group_concat(DISTINCT e.kind) AS kinds FROM event e LEFT JOIN suspect p ON p.event_id = e.id"
	   " WHERE e.mailbox <> '' AND e.when_utc IS NOT NULL AND e.same_as IS NULL GROUP BY 1, 2),"
	   " b AS (SELECT mailbox, min(day) AS first, min(max(day), min(day) + 3660) AS last FROM d GROUP BY mailbox),"
	   " u AS (SELECT mailbox, first_utc / 86400 AS day, count(*) AS n FROM verdict WHERE reason = 4 GROUP BY 1, 2),"
	   " c AS (SELECT mailbox, first AS day, last FROM b UNION ALL SELECT mailbox, day + 1, last FROM c WHERE day < last)"
	   " SELECT 0, c.mailbox, strftime('%Y-%m-%d', c.day * 86400, 'unixepoch'), coalesce(d.n, 0), coalesce(d.binds, 0),"
	   " coalesce(d.syncs, 0), coalesce(d.actor, 0), coalesce(d.maybe, 0), coalesce(d.throttled, 0),"
	   " coalesce(d.binds + d.syncs > 0, 0) AND NOT coalesce(d.throttled, 0),"
	   " EXISTS (SELECT 1 FROM mailbox m WHERE lower(m.owner) = c.mailbox),"
	   " coalesce(u.n, 0), coalesce(d.kinds, '')"
	   " FROM c LEFT JOIN d ON d.mailbox = c.mailbox AND d.day = c.day LEFT JOIN u ON u.mailbox = c.mailbox AND u.day = c.day ORDER BY c.mailbox, c.day",
    COLUMNS(log_day_columns),
};

static const struct column timeline_columns[] = {
    TIME("when", 20), TEXT("what", 16), TEXT("mailbox", 34), NUMBER("records", 8), NUMBER("messages", 8), TEXT("actor", 12),
    {.name = "detail", .kind = CELL_TEXT, .width = 60}, DIGEST("event", 0),
};
/* What the intruder did, by hour and kind; what matters alone stands alone. */
const struct table table_timeline = {
    .name = "timeline",
    .says = "What the intruder did: volume by hour, and each rule, grant, sign-in, search and deletion by itself.",
    .sql = "SELECT 0, * FROM (SELECT min(e.when_utc) AS at, e.kind AS what, e.mailbox AS mailbox, count(DISTINCT e.id),"
	   " count(nullif(a.rfc822_id, '')), p.actor, '', NULL AS key FROM event e JOIN suspect p ON p.event_id = e.id AND p.certain = 1"
	   " LEFT JOIN access a ON a.event_id = e.id WHERE e.kind IN ('bind', 'sync', 'update', 'create', 'send') AND e.same_as IS NULL"
	   " GROUP BY e.when_utc / 3600, e.kind, e.mailbox, p.actor"
	   " UNION ALL SELECT e.when_utc, e.kind, e.mailbox, 1, (SELECT count(nullif(a.rfc822_id, '')) FROM access a WHERE a.event_id = e.id),"
	   " p.actor, e.operation || ' ' || e.detail, e.key FROM event e JOIN suspect p ON p.event_id = e.id AND p.certain = 1"
	   " WHERE e.kind NOT IN ('bind', 'sync', 'update', 'create', 'send') AND e.same_as IS NULL) ORDER BY at, what, mailbox, key",
    COLUMNS(timeline_columns),
};

static const struct column suggestion_columns[] = {
    TEXT("what", 16), TEXT("value", 40), NUMBER("mailboxes", 9), NUMBER("records", 8), TIME("first", 20), TIME("last", 20),
    TEXT("why", 80),
};
const struct table table_suggestions = {
    .name = "suggestions",
    .says = "Who the intruder may be, and why: for a person to put into the actor file, never used by itself.",
    .sql = "WITH span AS (SELECT min(when_utc) AS first, max(when_utc) AS last FROM event),"
	   " late AS (SELECT first + (last - first) / 5 AS at FROM span)"
	   " SELECT 0, 'app_id', c.app_id, count(DISTINCT e.mailbox), count(*), min(e.when_utc), max(e.when_utc),"
	   " 'an application that was given a role or consent and then read mail' FROM event e JOIN context c ON c.id = e.context_id"
	   " WHERE e.kind IN ('bind', 'sync') AND c.app_id <> '' AND EXISTS (SELECT 1 FROM event g WHERE g.kind IN ('consent', 'app_role',"
	   " 'app_credential') AND instr(lower(g.detail), lower(c.app_id)) > 0 AND g.when_utc <= e.when_utc) GROUP BY c.app_id"
	   " UNION ALL SELECT 0, 'app_id', c.app_id, count(DISTINCT e.mailbox), count(*), min(e.when_utc), max(e.when_utc),"
	   " 'an application first seen late in the logs, reading mail' FROM event e JOIN context c ON c.id = e.context_id"
	   " WHERE e.kind IN ('bind', 'sync') AND c.app_id <> '' GROUP BY c.app_id HAVING min(e.when_utc) > (SELECT at FROM late)"
	   " UNION ALL SELECT 0, 'user_agent', c.client_info, count(DISTINCT e.mailbox), count(*), min(e.when_utc), max(e.when_utc),"
	   " 'a client string first seen late in the logs' FROM event e JOIN context c ON c.id = e.context_id WHERE c.client_info <> ''"
	   " AND e.kind IN ('bind', 'sync') GROUP BY c.client_info HAVING min(e.when_utc) > (SELECT at FROM late)"
	   " UNION ALL SELECT 0, 'ip', c.ip, count(DISTINCT c.user), count(*), min(e.when_utc), max(e.when_utc),"
	   " 'failed sign-ins to several accounts from one address: a password spray' FROM event e JOIN context c ON c.id = e.context_id"
	   " WHERE e.kind = 'sign_in' AND e.success = 1 AND c.ip <> '' GROUP BY c.ip HAVING count(DISTINCT c.user) >= 3"
	   " UNION ALL SELECT 0, 'ip', c.ip, count(DISTINCT e.mailbox), count(*), min(e.when_utc), max(e.when_utc),"
	   " 'an address that made a rule or setting which forwards to ' || min((SELECT group_concat(t.value, ', ') FROM"
	   " json_each(e.detail, '$.targets') t)) FROM event e JOIN context c ON c.id = e.context_id WHERE e.kind IN ('inbox_rule', 'forwarding')"
	   " AND c.ip <> '' AND json_valid(e.detail) AND json_array_length(e.detail, '$.targets') > 0 GROUP BY c.ip ORDER BY 2, 8, 3",
    COLUMNS(suggestion_columns),
};
