/* Tables of logs, records and verdicts. */
#include "case/names.h"
#include "store/db.h"
#include "store/tables.h"

static const struct column log_source_columns[] = {
    TEXT("path", 40), TEXT("member", 20), WORD("state", source_state_name, 8), WORD("outcome", outcome_name, 8),
    TEXT("envelope", 30), NUMBER("n_bytes", 12), NUMBER("records", 9), NUMBER("duplicates", 10), NUMBER("partial", 8),
    NUMBER("failed", 8), TEXT("note", 40), DIGEST("sha256", 12),
};
const struct table table_log_sources = {
    .name = "log_sources",
    .spared = "path outcome failed note",
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

static const struct column log_problem_columns[] = {
    TEXT("path", 40), TEXT("member", 20), NUMBER("at_byte", 12), NUMBER("n_bytes", 10), TIME("when", 20), TEXT("mailbox", 30),
    TEXT("operation", 20), TEXT("record_id", 0), TEXT("problems", 60), DIGEST("event", 0),
};
const struct table table_log_problems = {
    .name = "log_problems",
    .says = "A record of a log that was read and is not as it should be: a count that differs, no id, no date.",
    .sql = "SELECT 0, s.path, nullif(s.member_name, ''), e.at_byte, e.n_bytes, e.when_utc, e.mailbox, e.operation, e.record_id,"
	   " e.reason, e.key FROM event e JOIN log_source s ON s.id = e.source_id WHERE e.reason <> ''"
	   " ORDER BY s.path, s.member, e.at_byte",
    COLUMNS(log_problem_columns),
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
    TEXT("product", 0), NUMBER("record_type", 0), TEXT("record_id", 0), BOOL("success", 0), BOOL("throttled", 0),
    NUMBER("operation_count", 0), NUMBER("accesses", 8), TEXT("problems", 0), {.name = "detail", .kind = CELL_JSON, .width = 60},
    TEXT("path", 0), TEXT("member", 0), NUMBER("at_byte", 0), NUMBER("n_bytes", 0), BOOL("repeated", 0), DIGEST("event", 0),
};
const struct table table_events = {
    .name = "events",
    .spared = "when operation mailbox user ip",
    .says = "One record of a log; the same Id counts once.",
    .sql = "SELECT e.id, e.when_utc, e.kind, e.operation, e.mailbox, " ACTOR_SQL ", " CONTEXT_SQL ", e.product, e.record_type,"
	   " e.record_id, nullif(e.success, 0) - 1, e.throttled, e.operation_count, (SELECT count(*) FROM access a WHERE a.event_id = e.id),"
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
    TEXT("item_id", 0), TIME("missing", 0), TEXT("unread_file", 0),
};
const struct table table_mailbox_verdicts = {
    .name = "verdicts",
    .says = "What is known of the intruder's access to one message in one mailbox; or what was reached and is not in evidence.",
    .sql = "SELECT v.id, nullif(v.mailbox, ''), nullif(v.rfc822_id, ''), v.verdict, v.reason, v.confidence, v.n_records,"
	   " v.first_utc, v.last_utc, f.key, l.key, m.sha256, v.message_id IS NOT NULL, nullif(v.item_id, ''), v.missing_utc,"
	   " " LOG_SOURCE_SHOWN " FROM verdict v"
	   " LEFT JOIN message m ON m.id = v.message_id LEFT JOIN event f ON f.id = v.first_event"
	   " LEFT JOIN event l ON l.id = v.last_event LEFT JOIN mailbox b ON b.id = v.mailbox_id LEFT JOIN log_source s ON s.id = v.unread_id"
	   " ORDER BY v.mailbox, b.root, m.id IS NULL, v.rfc822_id, v.item_id, m.sha256",
    COLUMNS(verdict_columns),
};

static const struct column unread_file_columns[] = {
    TEXT("path", 40), TEXT("note", 40), NUMBER("mailboxes", 9), NUMBER("verdicts", 9),
};
const struct table page_unread_files = {
    .name = "unread_files",
    .sql = "SELECT s.id, " LOG_SOURCE_SHOWN ", s.note, count(DISTINCT v.mailbox_id), count(*)"
	   " FROM verdict v JOIN log_source s ON s.id = v.unread_id GROUP BY s.id ORDER BY s.path, s.member",
    COLUMNS(unread_file_columns),
};

static const struct column log_day_columns[] = {
    TEXT("mailbox", 34), TEXT("day", 10), NUMBER("records", 8), NUMBER("binds", 8), NUMBER("syncs", 8), NUMBER("actor", 8),
    NUMBER("maybe_actor", 11), BOOL("throttled", 9), BOOL("can_prove", 9), BOOL("in_evidence", 11), NUMBER("not_identified", 14), TEXT("kinds", 40),
};
/* Days without any record of a mailbox that has records before and after are rows with 0: gaps. */
#define OF_A_DAY "e.mailbox <> '' AND instr(e.mailbox, ';') = 0 AND e.when_utc IS NOT NULL AND e.same_as IS NULL "
const struct table table_log_days = {
    .name = "log_days",
    .spared = "mailbox day can_prove in_evidence not_identified",
    .says = "A mailbox on one day: which records there are, and whether they could prove that a message was not accessed.",
    .sql = "WITH RECURSIVE d AS (SELECT lower(e.mailbox) AS mailbox, e.when_utc / 86400 AS day, count(*) AS n, sum(e.kind = 'bind') AS binds,"
	   " sum(e.kind = 'sync') AS syncs, sum(coalesce(p.certain = 1, 0)) AS actor, sum(coalesce(p.certain = 0, 0)) AS maybe,"
	   " max(e.throttled) AS throttled FROM event e LEFT JOIN suspect p ON p.event_id = e.id WHERE " OF_A_DAY "GROUP BY 1, 2),"
	   " k AS (SELECT mailbox, day, group_concat(kind) AS kinds FROM (SELECT DISTINCT lower(e.mailbox) AS mailbox, e.when_utc / 86400 AS day, e.kind"
	   " FROM event e WHERE " OF_A_DAY "ORDER BY 1, 2, 3) GROUP BY 1, 2),"
	   " b AS (SELECT mailbox, min(day) AS first, min(max(day), min(day) + 3660) AS last FROM d GROUP BY mailbox),"
	   " u AS (SELECT mailbox, first_utc / 86400 AS day, count(*) AS n FROM verdict WHERE reason = 4 GROUP BY 1, 2),"
	   " c AS (SELECT mailbox, first AS day, last FROM b UNION ALL SELECT mailbox, day + 1, last FROM c WHERE day < last)"
	   " SELECT 0, c.mailbox, strftime('%Y-%m-%d', c.day * 86400, 'unixepoch'), coalesce(d.n, 0), coalesce(d.binds, 0),"
	   " coalesce(d.syncs, 0), coalesce(d.actor, 0), coalesce(d.maybe, 0), coalesce(d.throttled, 0),"
	   " coalesce(d.binds + d.syncs > 0, 0) AND NOT coalesce(d.throttled, 0),"
	   " EXISTS (SELECT 1 FROM mailbox m WHERE lower(m.owner) = c.mailbox),"
	   " coalesce(u.n, 0), coalesce(k.kinds, '')"
	   " FROM c LEFT JOIN d ON d.mailbox = c.mailbox AND d.day = c.day LEFT JOIN k ON k.mailbox = c.mailbox AND k.day = c.day LEFT JOIN u ON u.mailbox = c.mailbox AND u.day = c.day ORDER BY c.mailbox, c.day",
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
/* Of a record with two addresses the first, which is the device's: an actor file takes one at a time. */
#define DEVICE " substr(c.ip, 1, instr(c.ip || ' ', ' ') - 1) "
/*
 * Sign-ins with the network of their address: /24 of IPv4, an IPv6 address for itself. Where most succeed, people mistype;
 * where most fail, somebody tries.
 */
#define SIGN_INS \
	"sign_ins AS (SELECT *, iif(ip LIKE '%:%', ip, rtrim(ip, '0123456789') || '0/24') AS net FROM" \
	" (SELECT" DEVICE "AS ip, c.user, coalesce(nullif(c.user_agent, ''), c.client_info) AS client, e.when_utc, e.success = 1 AS bad" \
	" FROM event e JOIN context c ON c.id = e.context_id WHERE e.kind = 'sign_in' AND e.success <> 0 AND c.ip <> '' AND e.same_as IS NULL))," \
	" failed AS (SELECT * FROM sign_ins WHERE bad)"
#define MOSTLY_FAIL " sum(bad) > sum(NOT bad) AND count(DISTINCT iif(bad, user, NULL))"
#define OF_FAILED " count(DISTINCT iif(bad, user, NULL)), sum(bad), min(iif(bad, when_utc, NULL)), max(iif(bad, when_utc, NULL))"
/* Reading by applications, from when on each read each mailbox. */
#define READING \
	"reading AS (SELECT c.app_id, e.mailbox, count(*) AS n, min(e.when_utc) AS first, max(e.when_utc) AS last FROM event e" \
	" JOIN context c ON c.id = e.context_id WHERE e.kind IN ('bind', 'sync', 'graph_request') AND c.app_id <> '' GROUP BY c.app_id, e.mailbox)"
/* Domains of our own mailboxes: what a rule sends elsewhere leaves the house. */
#define OWN \
	"own AS (SELECT lower(substr(owner, instr(owner, '@') + 1)) AS domain FROM mailbox WHERE owner LIKE '%@%'" \
	" UNION SELECT substr(mailbox, instr(mailbox, '@') + 1) FROM event WHERE mailbox LIKE '%@%')"
const struct table table_suggestions = {
    .name = "suggestions",
    .says = "Who the intruder may be, and why: for a person to put into the actor file, never used by itself.",
    .sql = "WITH span AS (SELECT min(when_utc) AS first, max(when_utc) AS last FROM event),"
	   " late AS (SELECT first + (last - first) / 5 AS at FROM span),"
	   " seen AS (SELECT mailbox, min(when_utc) AS first FROM event GROUP BY mailbox), " SIGN_INS ", " READING ", " OWN ","
	   " outside AS (SELECT e.id, e.context_id, e.mailbox, e.when_utc, t.value AS target FROM event e, json_each(e.detail, '$.targets') t"
	   " WHERE e.kind IN ('inbox_rule', 'forwarding') AND json_valid(e.detail) AND e.same_as IS NULL"
	   " AND lower(substr(t.value, instr(t.value, '@') + 1)) NOT IN (SELECT domain FROM own))"
	   " SELECT 0, 'app_id', r.app_id, count(*), sum(r.n), min(r.first), max(r.last),"
	   " 'an application that was given a role or consent and then read mail' FROM reading r"
	   " WHERE EXISTS (SELECT 1 FROM event g WHERE g.kind IN ('consent', 'app_role', 'app_credential')"
	   " AND instr(lower(g.detail), lower(r.app_id)) > 0 AND g.when_utc <= r.last) GROUP BY r.app_id"
	   " UNION ALL SELECT 0, 'app_id', r.app_id, count(*), sum(r.n), min(r.first), max(r.last),"
	   " 'an application that began late in the logs to read mailboxes that it had not read before' FROM reading r"
	   " JOIN seen s ON s.mailbox = r.mailbox WHERE r.first > (SELECT at FROM late) AND s.first < r.first GROUP BY r.app_id"
	   " UNION ALL SELECT 0, 'user_agent', c.client_info, count(DISTINCT e.mailbox), count(*), min(e.when_utc), max(e.when_utc),"
	   " 'a client string first seen late in the logs' FROM event e JOIN context c ON c.id = e.context_id WHERE c.client_info <> ''"
	   " AND e.kind IN ('bind', 'sync') GROUP BY c.client_info HAVING min(e.when_utc) > (SELECT at FROM late)"
	   " UNION ALL SELECT 0, 'ip', ip," OF_FAILED ", 'failed sign-ins to several accounts from one address: a password spray'"
	   " FROM sign_ins GROUP BY ip HAVING" MOSTLY_FAIL " >= 3"
	   " UNION ALL SELECT 0, 'ip', net," OF_FAILED ", 'failed sign-ins to ' || count(DISTINCT iif(bad, user, NULL)) || ' accounts from '"
	   " || count(DISTINCT iif(bad, ip, NULL)) || ' addresses of one network, few from each: a slow password spray' FROM sign_ins"
	   " GROUP BY net HAVING" MOSTLY_FAIL " >= 3 AND count(DISTINCT iif(bad, ip, NULL)) >= 3"
	   " AND sum(bad) <= 5 * count(DISTINCT iif(bad, ip, NULL))"
	   " UNION ALL SELECT 0, 'user_agent', client," OF_FAILED ", 'failed sign-ins to ' || count(DISTINCT iif(bad, user, NULL)) ||"
	   " ' accounts from ' || count(DISTINCT iif(bad, net, NULL)) || ' networks with one client, few from each: a slow password spray'"
	   " FROM sign_ins WHERE client <> '' GROUP BY client HAVING" MOSTLY_FAIL " >= 5"
	   " AND count(DISTINCT iif(bad, net, NULL)) >= 5 AND sum(bad) <= 5 * count(DISTINCT iif(bad, net, NULL))"
	   " UNION ALL SELECT 0, 'ip', g.ip, count(DISTINCT g.user), sum(g.n), min(g.first), max(g.last),"
	   " 'an address not seen before that signed in to an account after others had failed to, and then read mail' FROM"
	   " (SELECT" DEVICE "AS ip, c.user, count(*) AS n, min(e.when_utc) AS first, max(e.when_utc) AS last FROM event e"
	   " JOIN context c ON c.id = e.context_id WHERE e.kind = 'sign_in' AND e.success = 2 AND c.ip <> '' GROUP BY 1, c.user) g"
	   " JOIN (SELECT user, min(when_utc) AS first FROM failed GROUP BY user HAVING count(DISTINCT ip) >= 3) f ON f.user = g.user"
	   " JOIN (SELECT DISTINCT" DEVICE "AS ip FROM event e JOIN context c ON c.id = e.context_id WHERE e.kind IN ('bind', 'sync')) b ON b.ip = g.ip"
	   " WHERE g.first > f.first GROUP BY g.ip"
	   " UNION ALL SELECT 0, 'ip'," DEVICE "AS ip, count(DISTINCT o.mailbox), count(DISTINCT o.id), min(o.when_utc), max(o.when_utc),"
	   " 'an address that made a rule or setting which forwards outside, to ' || group_concat(DISTINCT o.target)"
	   " FROM outside o JOIN context c ON c.id = o.context_id WHERE c.ip <> '' GROUP BY" DEVICE "ORDER BY 2, 8, 3",
    COLUMNS(suggestion_columns),
};
