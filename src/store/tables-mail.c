/* The tables of what was read: evidence, messages, parts, and what was found in them. */
#include "case/names.h"
#include "store/db.h"
#include "store/due.h"
#include "store/tables.h"

static const struct column source_columns[] = {
    TEXT("path", 48), WORD("kind", source_kind_name, 8), WORD("state", source_state_name, 8), NUMBER("n_bytes", 13),
    NUMBER("items", 9), TEXT("owner", 30), DIGEST("sha256", 12), TIME("modified", 0), TEXT("mailbox", 0),
    TEXT("folder", 0), DIGEST("replaces", 0), TEXT("note", 40),
};
const struct table table_sources = {
    .name = "sources",
    .spared = "path state note",
    .says = "A file of evidence.",
    .sql = "SELECT s.id, s.path, s.kind, s.state, s.n_bytes, (SELECT count(*) FROM item i WHERE i.source_id = s.id), m.owner,"
	   " nullif(s.sha256, zeroblob(32)), nullif(s.mtime_ns / 1000000000, 0), m.root, s.folder, (SELECT nullif(r.sha256, zeroblob(32)) FROM source r WHERE r.id = s.replaces), s.note"
	   " FROM source s LEFT JOIN mailbox m ON m.id = s.mailbox_id ORDER BY s.path, s.sha256, s.state, s.id",
    COLUMNS(source_columns),
};

static const struct column mailbox_columns[] = {
    TEXT("root", 48), TEXT("owner", 32), WORD("grade", owner_grade_name, 9), NUMBER("sources", 9), TEXT("ground", 50),
};
const struct table table_mailboxes = {
    .name = "mailboxes",
    .says = "A compromised account's mail, and why that owner.",
    .sql = "SELECT m.id, m.root, m.owner, m.grade, n.n, m.ground FROM mailbox m LEFT JOIN"
	   " (SELECT mailbox_id, count(*) AS n FROM source WHERE mailbox_id IS NOT NULL GROUP BY mailbox_id) n"
	   " ON n.mailbox_id = m.id ORDER BY m.root",
    COLUMNS(mailbox_columns),
};

static const struct column item_columns[] = {
    TEXT("source", 44), NUMBER("member", 6), TEXT("member_name", 20), NUMBER("at_byte", 13), NUMBER("n_bytes", 11),
    WORD("outcome", outcome_name, 8), TEXT("reason", 40), DIGEST("message_sha256", 12), DIGEST("content_digest", 0),
    DIGEST("source_sha256", 0),
};
const struct table table_items = {
    .name = "items",
    .spared = "source at_byte outcome reason",
    .says = "Anything met inside a source, and what became of it.",
    .walk = WALK_SOURCES,
    .sql = "SELECT i.id, s.path, nullif(i.member, -1), i.member_name, i.at_byte, i.n_bytes, i.outcome, i.reason, l.sha256,"
	   " m.content_digest, nullif(s.sha256, zeroblob(32)) FROM item i JOIN source s ON s.id = i.source_id"
	   " LEFT JOIN message m ON m.id = i.message_id"
	   " LEFT JOIN location l ON l.message_id = i.message_id AND l.item_id = i.id AND l.nest = ''"
	   " WHERE i.source_id = ?1 ORDER BY i.member, i.at_byte, i.id",
    COLUMNS(item_columns),
};

const struct table table_item_problems = {
    .name = "item_problems",
    .spared = "source at_byte outcome reason",
    .says = "An item that could not be read, or not wholly, and why; those that failed first.",
    .sql = "SELECT i.id, s.path, nullif(i.member, -1), i.member_name, i.at_byte, i.n_bytes, i.outcome, i.reason, NULL, NULL,"
	   " s.sha256 FROM item i JOIN source s ON s.id = i.source_id WHERE i.outcome IN (2, 3)"
	   " ORDER BY i.outcome DESC, s.path, s.sha256, i.member, i.at_byte, i.id",
    COLUMNS(item_columns),
};

static const struct column location_columns[] = {
    TEXT("source", 0), NUMBER("member", 0), TEXT("member_name", 0), NUMBER("at_byte", 0), NUMBER("n_bytes", 0), DIGEST("message_sha256", 0),
    TEXT("nest", 0), TEXT("mailbox", 0), TEXT("folder", 0), TEXT("reason", 0),
};
static const struct column message_columns[] = {
    TIME("date", 20),
    {.name = "from", .kind = CELL_LIST, .n_lists = 7, .width = 30,
	.sql = "SELECT CASE p.role WHEN 1 THEN 0 WHEN 4 THEN 1 WHEN 5 THEN 2 WHEN 6 THEN 3 END, a.address,"
	       " CASE p.role WHEN 1 THEN 4 WHEN 4 THEN 5 WHEN 5 THEN 6 END, p.name"
	       " FROM party p JOIN address a ON a.id = p.address_id WHERE p.message_id = ? AND p.role BETWEEN 1 AND 6"
	       " ORDER BY p.seq"},
    FILLED("to", 30), FILLED("cc", 0), FILLED("bcc", 0), FILLED("from_names", 0), FILLED("to_names", 0), FILLED("cc_names", 0),
    TEXT("subject", 50),
    DIGEST("message_sha256", 12), DIGEST("content_digest", 0), TEXT("message_id", 0), NUMBER("n_bytes", 10),
    LIST("mailboxes", 0,
	"SELECT DISTINCT coalesce(b.owner, b.root) FROM location l JOIN item i ON i.id = l.item_id"
	" JOIN source s ON s.id = i.source_id JOIN mailbox b ON b.id = s.mailbox_id WHERE l.message_id = ? ORDER BY 1"),
    ROWS("locations", location_columns,
	"SELECT s.path, nullif(i.member, -1), i.member_name, nullif(l.at_byte, -1), l.n_bytes, l.sha256, l.nest,"
	" coalesce(b.owner, b.root), s.folder, i.reason FROM location l JOIN item i ON i.id = l.item_id JOIN source s ON s.id = i.source_id"
	" LEFT JOIN mailbox b ON b.id = s.mailbox_id WHERE l.message_id = ?"
	" ORDER BY s.path, s.sha256, i.member, i.at_byte, l.nest"),
    NUMBER("versions", 0), {.name = "problems", .kind = CELL_PROBLEMS}, {.name = "traits", .kind = CELL_WORDS},
    WORD("verdict", verdict_name, 8), TEXT("verified_domain", 0), DIGEST("parent", 0),
};
/* versions stops at 1,000: a Message-ID that one sender used for everything would cost its square. */
const struct table table_messages = {
    .name = "messages",
    .spared = "date from subject verdict",
    .says = "One distinct mail content, at all the places where it lies.",
    .walk = WALK_MESSAGES,
    .sql = "SELECT m.id, m.when_utc, m.subject, m.sha256, m.content_digest, m.rfc822_id, m.n_bytes,"
	   " CASE m.rfc822_id WHEN '' THEN 1 ELSE (SELECT count(*) FROM (SELECT 1 FROM message v"
	   " WHERE v.rfc822_id = m.rfc822_id AND v.rfc822_id <> '' LIMIT 1000)) END,"
	   " m.problems, m.traits, m.verdict, m.verified_domain,"
	   " (SELECT min(p.sha256) FROM location l JOIN message p ON p.id = l.parent_id WHERE l.message_id = m.id)"
	   " FROM message m WHERE m.id = ?1",
    COLUMNS(message_columns),
};

static const struct column part_columns[] = {
    DIGEST("message_sha256", 12), TEXT("part", 8), TEXT("type", 36), TEXT("filename", 36), NUMBER("n_bytes", 11),
    DIGEST("sha256", 12), {.name = "problems", .kind = CELL_PROBLEMS}, TEXT("content_type", 0),
};
const struct table table_parts = {
    .name = "parts",
    .says = "One decoded MIME part of a message.",
    .walk = WALK_MESSAGES,
    .sql = "SELECT p.seq, m.sha256, p.path, p.type, p.filename, p.n_bytes, p.sha256, p.problems, p.content_type FROM part p"
	   " JOIN message m ON m.id = p.message_id WHERE p.message_id = ?1 ORDER BY p.seq",
    COLUMNS(part_columns),
};

static const struct column coverage_columns[] = {
    DIGEST("message_sha256", 12), TEXT("part", 8), TEXT("type", 36), TEXT("filename", 36), NUMBER("n_bytes", 11),
    WORD("outcome", coverage_name, 9), TEXT("reason", 50),
};
const struct table table_coverage = {
    .name = "coverage",
    .says = "A part that was not, or not wholly, read as text, and why.",
    .walk = WALK_MESSAGES,
    .sql = "SELECT 0, m.sha256, c.path, c.type, c.filename, c.n_bytes, c.outcome, c.reason FROM coverage c"
	   " JOIN message m ON m.id = c.message_id WHERE c.message_id = ?1 ORDER BY c.path",
    COLUMNS(coverage_columns),
};

static const struct column finding_columns[] = {
    WORD("severity", severity_name, 8), TEXT("class", 18), TEXT("masked", 28), TEXT("detector", 28),
    DIGEST("message_sha256", 12), TEXT("part", 8), TEXT("part_type", 0), NUMBER("at_byte", 9), NUMBER("n_bytes", 7),
    WORD("certainty", certainty_name, 9), TEXT("host", 28), TEXT("place", 0), TEXT("where", 40), DIGEST("exposure", 12), DIGEST("outer_sha256", 0),
};
const struct table table_findings = {
    .name = "findings",
    .spared = "severity class masked message_sha256 where",
    .says = "One place in one part that matches a detector.",
    .walk = WALK_MESSAGES,
    .sql = "SELECT n.id, n.severity, n.class, n.masked, n.detector, m.sha256, n.path, n.part_type, n.at_byte, n.n_bytes,"
	   " n.certainty, n.host, n.place, " IN_WORDS ", x.digest,"
	   " coalesce((SELECT l.sha256 FROM location l WHERE l.message_id = m.id AND l.nest = '' AND l.sha256 = m.sha256 LIMIT 1),"
	   " (SELECT o.sha256 FROM location l JOIN item i ON i.id = l.item_id JOIN source s ON s.id = i.source_id"
	   "  JOIN location o ON o.message_id = i.message_id AND o.item_id = i.id AND o.nest = '' WHERE l.message_id = m.id"
	   "  ORDER BY l.nest <> '', s.path, s.sha256, i.member, i.at_byte, l.nest LIMIT 1))"
	   " FROM finding n JOIN message m ON m.id = n.message_id LEFT JOIN exposure x ON x.id = n.exposure_id"
	   " WHERE n.message_id = ?1 ORDER BY n.path, n.at_byte, n.n_bytes, n.detector, n.id",
    COLUMNS(finding_columns),
};

static const struct column exposure_columns[] = {
    WORD("severity", severity_name, 8), TEXT("class", 18), TEXT("masked", 32), NUMBER("findings", 8), NUMBER("messages", 8),
    TIME("first_date", 20), TIME("last_date", 20), WORD("certainty", certainty_name, 9),
    LIST("owners", 30, "SELECT o.key FROM owner w JOIN org o ON o.id = w.org_id WHERE w.exposure_id = ? ORDER BY o.key"),
    LIST("hosts", 30, "SELECT DISTINCT host FROM finding WHERE exposure_id = ? AND host <> '' ORDER BY host LIMIT 20"),
    DIGEST("exposure", 12), TEXT("last_from", 0), DIGEST("last_message_sha256", 0), TEXT("last_where", 0),
};
/* Something of the newest message that an exposure stands in. */
#define NEWEST(what) \
	"(SELECT " what " FROM finding n JOIN message m ON m.id = n.message_id WHERE n.exposure_id = x.id" \
	" ORDER BY m.when_utc DESC, m.content_digest, n.path, n.at_byte, n.id LIMIT 1)"
#define EXPOSURE_ROWS(where) \
	"SELECT x.id, x.severity, x.class, x.masked, count(f.id), count(DISTINCT f.message_id), min(m.when_utc)," \
	" max(m.when_utc), max(f.certainty), x.digest, " \
	NEWEST("(SELECT a.address FROM party p JOIN address a ON a.id = p.address_id WHERE p.message_id = m.id AND p.role = 1" \
	" ORDER BY p.seq LIMIT 1)") ", " NEWEST("m.sha256") ", " NEWEST(IN_WORDS) " FROM exposure x LEFT JOIN finding f ON f.exposure_id = x.id" \
	" LEFT JOIN message m ON m.id = f.message_id" where " GROUP BY x.id ORDER BY x.severity DESC, x.class, 9 DESC, 5 DESC, x.digest"
const struct table table_exposures = {
    .name = "exposures",
    .says = "One distinct secret or datum, with how often it was found.",
    .sql = EXPOSURE_ROWS(""),
    COLUMNS(exposure_columns),
};
const struct table page_exposures_untold = {
    .name = "exposures",
    .sql = EXPOSURE_ROWS(" WHERE" IS_UNTOLD("x")),
    COLUMNS(exposure_columns),
};

/* Those whose owner no person gave. */
const struct table page_mailboxes = {
    .name = "mailboxes",
    .sql = "SELECT m.id, m.root, m.owner, m.grade, NULL, m.ground FROM mailbox m WHERE m.grade <> 1 AND " HOLDS_MAIL("m")
	   " ORDER BY m.root",
    COLUMNS(mailbox_columns),
};

/* ---- figures -------------------------------------------------------------------------------------------------- */

static const struct column outcome_columns[] = {
    WORD("outcome", outcome_name, 10), TEXT("reason", 60), NUMBER("items", 9), NUMBER("n_bytes", 14),
};
const struct table table_outcomes = {
    .name = "item_outcomes",
    .says = "What became of everything that was met, by outcome and reason.",
    .figures = true,
    .sql = "SELECT 0, outcome, reason, count(*), sum(n_bytes) FROM item GROUP BY outcome, reason"
	   " ORDER BY outcome, 4 DESC, reason",
    COLUMNS(outcome_columns),
};

static const struct column part_type_columns[] = {
    TEXT("type", 48), NUMBER("parts", 9), NUMBER("n_bytes", 14), NUMBER("unread_parts", 12), NUMBER("unread_bytes", 14),
};
const struct table table_part_types = {
    .name = "part_types",
    .says = "Parts of messages in scope by type (of what they hold, where their bytes show it), and how much of them was not, or not wholly, read as text.",
    .figures = true,
    .sql = "SELECT 0, coalesce(nullif(p.content_type, ''), p.type) AS what, count(*), sum(p.n_bytes), count(c.path), coalesce(sum(iif(c.path IS NULL, 0, p.n_bytes)), 0)"
	   /* An archive of which a member was not read was not wholly read. */
	   " FROM part p JOIN message m ON m.id = p.message_id AND in_scope(m.verdict) LEFT JOIN (SELECT DISTINCT message_id, iif(instr(path, '!/') > 0, substr(path, 1, instr(path, '!/') - 1), path)"
	   " AS path FROM coverage) c ON c.message_id = p.message_id AND c.path = p.path"
	   " WHERE p.type NOT LIKE 'multipart/%' AND p.type NOT LIKE 'message/rfc822'"
	   " GROUP BY what ORDER BY 4 DESC, what",
    COLUMNS(part_type_columns),
};

static const struct column unread_columns[] = {
    WORD("outcome", coverage_name, 9), TEXT("reason", 60), NUMBER("parts", 9), NUMBER("messages", 9), NUMBER("n_bytes", 14),
};
const struct table table_unread = {
    .name = "unread",
    .says = "What was not, or not wholly, read as text, by reason.",
    .figures = true,
    .sql = "SELECT 0, outcome, reason, count(*), count(DISTINCT message_id), sum(n_bytes) FROM coverage"
	   " GROUP BY outcome, reason ORDER BY outcome, 4 DESC, reason",
    COLUMNS(unread_columns),
};

static const struct column month_columns[] = {
    TEXT("month", 7), NUMBER("messages", 9), NUMBER("with_findings", 9),
};
const struct table table_months = {
    .name = "months",
    .says = "Messages by month of their Date (UTC); an empty month stands for messages without a usable date.",
    .figures = true,
    .sql = "SELECT 0, coalesce(strftime('%Y-%m', when_utc, 'unixepoch'), ''), count(*),"
	   " sum(id IN (SELECT message_id FROM finding)) FROM message GROUP BY 2 ORDER BY 2",
    COLUMNS(month_columns),
};

static const struct column class_columns[] = {
    TEXT("class", 24), NUMBER("critical", 9), NUMBER("high", 9), NUMBER("medium", 9), NUMBER("low", 9),
    NUMBER("exposures", 9), NUMBER("findings", 9), NUMBER("messages", 9),
};
const struct table table_classes = {
    .name = "classes",
    .says = "Distinct exposures by class and severity, with their findings and the messages they stand in.",
    .figures = true,
    .sql = "WITH f AS (SELECT x.class, count(*) AS n, count(DISTINCT n.message_id) AS messages FROM finding n JOIN exposure x ON x.id = n.exposure_id GROUP BY x.class)"
	   " SELECT 0, x.class, sum(x.severity = 4), sum(x.severity = 3), sum(x.severity = 2), sum(x.severity = 1), count(*),"
	   " coalesce(f.n, 0), coalesce(f.messages, 0) FROM exposure x LEFT JOIN f ON f.class = x.class"
	   " WHERE EXISTS (SELECT 1 FROM finding n WHERE n.exposure_id = x.id) GROUP BY x.class"
	   " ORDER BY 3 DESC, 4 DESC, 5 DESC, 6 DESC, x.class",
    COLUMNS(class_columns),
};

static const struct column verdict_columns[] = {WORD("verdict", verdict_name, 14), NUMBER("messages", 9)};
const struct table table_verdicts = {
    .name = "message_verdicts",
    .says = "Messages by what is known of the intruder's access to them.",
    .figures = true,
    .sql = "SELECT 0, verdict, count(*) FROM message GROUP BY verdict ORDER BY verdict",
    COLUMNS(verdict_columns),
};
