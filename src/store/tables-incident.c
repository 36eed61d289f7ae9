/* What the logs sum up to, for the report: verdicts by reason, the intruder's steps, volume, and what the logs cover. */
#include "case/names.h"
#include "store/tables.h"

/* Kinds of record that show mail being read. */
#define READS "('bind', 'sync', 'graph_request', 'mail_read_google')"
/* Kinds of which each record is a step of its own. */
#define CHANGES \
	"('inbox_rule', 'forwarding', 'mailbox_permission', 'consent', 'app_credential', 'app_role', 'export', 'audit_config', 'search')"

static const struct column reason_columns[] = {
    WORD("verdict", verdict_name, 14), WORD("reason", verdict_reason_name, 20), NUMBER("messages", 9),
    NUMBER("mailboxes", 9), TIME("first", 20), TIME("last", 20)};
const struct table table_verdict_reasons = {
    .name = "verdict_reasons",
    .says = "Verdicts by their reason; a message in two mailboxes counts twice.",
    .figures = true,
    .sql = "SELECT 0, verdict, reason, count(*), count(DISTINCT mailbox), min(first_utc), max(last_utc) FROM verdict"
	   " WHERE message_id IS NOT NULL GROUP BY verdict, reason"
	   " ORDER BY CASE verdict WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 0 THEN 3 ELSE 4 END, count(*) DESC, reason",
    COLUMNS(reason_columns),
};

#define WHAT \
	"iif(e.success = 1 AND e.kind IN " CHANGES ", 'tried, and failed: ', '') ||" \
	" CASE e.kind WHEN 'bind' THEN 'opened messages' WHEN 'sync' THEN 'synchronised whole folders' WHEN 'send' THEN 'sent mail'" \
	" WHEN 'create' THEN 'wrote mail' WHEN 'soft_delete' THEN 'deleted mail' WHEN 'hard_delete' THEN 'destroyed mail'" \
	" WHEN 'move' THEN 'moved mail' WHEN 'search' THEN 'searched' WHEN 'inbox_rule' THEN 'changed a rule of the mailbox'" \
	" WHEN 'forwarding' THEN 'changed forwarding' WHEN 'mailbox_permission' THEN 'changed who may open a mailbox'" \
	" WHEN 'consent' THEN 'gave an application consent' WHEN 'app_credential' THEN 'gave an application a credential'" \
	" WHEN 'app_role' THEN 'gave an application a role' WHEN 'sign_in' THEN iif(e.success = 1, 'tried to sign in, and failed', 'signed in') WHEN 'export' THEN 'exported'" \
	" WHEN 'folder_opened' THEN 'opened folders' WHEN 'audit_config' THEN 'changed what is logged' WHEN 'graph_request' THEN 'read by Microsoft Graph'" \
	" WHEN 'mail_read_google' THEN 'opened messages for the first time' WHEN 'token' THEN 'used a token' ELSE e.operation END"
static const struct column step_columns[] = {
    TIME("first", 20), TIME("last", 20), TEXT("step", 18), TEXT("what", 30), TEXT("mailbox", 30), TEXT("user", 30), NUMBER("records", 8),
    TEXT("ip", 24), TEXT("actor", 14), {.name = "detail", .kind = CELL_JSON, .width = 40}};
const struct table table_incident_steps = {
    .name = "incident_steps",
    .says = "What the intruder did, in the order of time: each change, and each kind of access to each mailbox as one.",
    .figures = true,
    .sql = "SELECT 0, min(e.when_utc) AS first, max(e.when_utc), e.kind, " WHAT ", nullif(e.mailbox, ''), nullif(c.user, ''), count(*),"
	   " iif(count(DISTINCT c.ip) < 2, nullif(max(c.ip), ''), count(DISTINCT c.ip) || ' addresses'), p.actor,"
	   " iif(e.kind IN " CHANGES ", e.detail, '{}')"
	   " FROM event e JOIN suspect p ON p.event_id = e.id AND p.certain JOIN context c ON c.id = e.context_id"
	   " WHERE e.same_as IS NULL AND e.when_utc IS NOT NULL"
	   " GROUP BY p.actor, e.kind, e.mailbox, c.user, e.kind = 'sign_in' AND e.success = 1, iif(e.kind IN " CHANGES ", e.id, 0)"
	   " ORDER BY first, e.kind, e.mailbox, c.user, p.actor, min(e.key)",
    COLUMNS(step_columns),
};

static const struct column hour_columns[] = {
    TIME("hour", 20), NUMBER("records", 8), NUMBER("syncs", 8), NUMBER("items", 8)};
const struct table table_access_hours = {
    .name = "access_hours",
    .says = "The intruder's reading by hour: records, those of whole folders among them, and messages named.",
    .figures = true,
    .sql = "SELECT 0, e.when_utc / 3600 * 3600 AS hour, count(*), sum(e.kind = 'sync'),"
	   " sum((SELECT count(*) FROM access a WHERE a.event_id = e.id AND a.rfc822_id <> '')) FROM event e"
	   " JOIN suspect p ON p.event_id = e.id AND p.certain WHERE e.same_as IS NULL AND e.when_utc IS NOT NULL"
	   " AND e.kind IN " READS " GROUP BY hour ORDER BY hour",
    COLUMNS(hour_columns),
};

static const struct column log_day_columns[] = {
    TEXT("mailbox", 30), TIME("day", 20), NUMBER("records", 8), NUMBER("reads", 8), NUMBER("throttled", 9),
    NUMBER("intruder", 8)};
const struct table table_mailbox_days = {
    .name = "mailbox_days",
    .says = "The records of one mailbox on one day: of any kind, of reading, throttled, the intruder's. A day without a row is a gap.",
    .figures = true,
    .sql = "SELECT 0, e.mailbox AS mailbox, e.when_utc / 86400 * 86400 AS day, count(*), sum(e.kind IN " READS "),"
	   " sum(e.throttled <> 0), count(p.event_id) FROM event e LEFT JOIN suspect p ON p.event_id = e.id AND p.certain"
	   " WHERE e.same_as IS NULL AND e.when_utc IS NOT NULL AND e.mailbox <> '' GROUP BY e.mailbox, day"
	   " UNION ALL SELECT DISTINCT 0, lower(b.owner), NULL, 0, 0, 0, 0 FROM mailbox b WHERE b.owner IS NOT NULL"
	   " AND EXISTS (SELECT 1 FROM event) AND NOT EXISTS (SELECT 1 FROM event e WHERE e.mailbox = lower(b.owner)"
	   " AND e.when_utc IS NOT NULL AND e.same_as IS NULL) ORDER BY mailbox, day",
    COLUMNS(log_day_columns),
};

static const struct column missing_columns[] = {
    TEXT("mailbox", 30), TEXT("message_id", 50), WORD("verdict", verdict_name, 14), WORD("reason", verdict_reason_name, 16),
    TIME("first", 20), TIME("last", 20), NUMBER("records", 8)};
const struct table table_not_in_evidence = {
    .name = "not_in_evidence",
    .says = "A message that the intruder reached and that no evidence holds: destroyed mail, or a missing export.",
    .figures = true,
    .sql = "SELECT 0, nullif(mailbox, ''), rfc822_id, verdict, reason, first_utc, last_utc, n_records FROM verdict"
	   " WHERE message_id IS NULL AND in_scope(verdict) ORDER BY mailbox, first_utc, rfc822_id",
    COLUMNS(missing_columns),
};
