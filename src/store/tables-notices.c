/* The tables of how notices left, what was heard of them, and what people have to do. */
#include "case/names.h"
#include "store/db.h"
#include "store/tables.h"

static const struct column delivery_columns[] = {
    TEXT("notice", 12), NUMBER("wave", 5), TEXT("org", 30), TEXT("org_name", 0), NUMBER("version", 7), TEXT("address", 34),
    NUMBER("place", 5), WORD("state", delivery_state_name, 12), NUMBER("attempts", 8), TIME("due", 0), TIME("intent", 0),
    TIME("handed_over", 20), TEXT("queue_id", 14), TEXT("note", 50), BOOL("escalated", 0), BOOL("withdrawn", 0), BOOL("overtaken", 0),
};
const struct table table_deliveries = {
    .name = "deliveries",
    .spared = "notice org address state note",
    .says = "How a notice left for its address, and what became of it.",
    .sql = "SELECT 0, d.notice_id, d.wave, o.key, o.name, d.version, n.address, d.place, d.state, d.attempts, d.due_utc, d.intent_utc,"
	   " d.handed_utc, d.queue_id, d.note, d.escalated," IS_WITHDRAWN("d.wave", "d.org_id") ", NOT" MAY_HAVE_ARRIVED("d") "AND" IS_OVERTAKEN("d.wave", "d.org_id") "FROM delivery d JOIN org o ON o.id = d.org_id JOIN notice n ON n.id = d.notice_id"
	   " ORDER BY d.wave, o.key, d.place, d.notice_id",
    COLUMNS(delivery_columns),
};

static const struct column heard_columns[] = {
    TIME("sent", 20), WORD("kind", heard_kind_name, 13), TEXT("notice", 12), TEXT("org", 24), BOOL("certain", 7), TEXT("how", 20),
    TEXT("sender", 28), TEXT("subject", 30), TEXT("status", 40), TEXT("text", 0), TIME("collected", 0), TEXT("path", 0),
    NUMBER("at_byte", 0), DIGEST("digest", 0),
};
const struct table table_heard = {
    .name = "heard",
    .says = "A mail that came back, which notice it is about, and whether it proves anything.",
    .sql = "SELECT 0, h.sent_utc, h.kind, h.notice_id, o.key, h.certain, h.how, h.sender, h.subject, h.status, h.text, h.collected_utc,"
	   " h.path, h.at_byte, h.digest FROM heard h LEFT JOIN delivery d ON d.notice_id = h.notice_id LEFT JOIN org o ON o.id = d.org_id"
	   " ORDER BY coalesce(h.sent_utc, h.collected_utc), h.digest",
    COLUMNS(heard_columns),
};

static const struct column task_columns[] = {
    NUMBER("task", 5), WORD("kind", todo_kind_name, 9), TEXT("org", 28), TEXT("org_name", 0), NUMBER("wave", 5), TIME("due", 20),
    TEXT("owner", 20), TEXT("what", 60), TIME("made", 0), TIME("done", 20), TEXT("done_by", 0), TEXT("note", 0),
};
const struct table table_tasks = {
    .name = "tasks",
    .spared = "task org due what",
    .says = "What a person has to do: call, write a letter, ask a CSIRT to pass a word on, reply, say that a notice was withdrawn.",
    .sql = "SELECT t.id, t.id, t.kind, o.key, o.name, t.wave, t.due_utc, t.owner, t.what, t.made_utc, t.done_utc, t.done_by, t.note"
	   " FROM task t JOIN org o ON o.id = t.org_id ORDER BY t.done_utc IS NOT NULL, t.due_utc, o.key, t.kind, t.id",
    COLUMNS(task_columns),
};

static const struct column withdrawal_columns[] = {
    TIME("when", 20), TEXT("notice", 12), NUMBER("wave", 5), TEXT("org", 28), TEXT("org_name", 0), TEXT("by", 20), TEXT("why", 50),
    BOOL("withdrawn", 9), BOOL("told_anew", 9),
};
const struct table table_withdrawals = {
    .name = "withdrawals",
    .says = "A person's word that a notice no longer holds: with a second one it is withdrawn, and then told anew as far as it holds.",
    .sql = "SELECT 0, x.when_utc, n.id, n.wave, o.key, o.name, x.said_by, x.why, (SELECT count(*) FROM withdrawal y WHERE y.notice_id = n.id) > 1,"
	   TAKEN_BACK("n") "AND EXISTS (SELECT 1 FROM dossier d JOIN wave w ON w.number = d.wave WHERE d.org_id = n.org_id AND d.wave > n.wave"
	   " AND w.state = 3) FROM withdrawal x JOIN notice n ON n.id = x.notice_id JOIN org o ON o.id = n.org_id ORDER BY x.when_utc, n.id, x.name",
    COLUMNS(withdrawal_columns),
};

static const struct column withheld_columns[] = {
    TIME("when", 20), WORD("kind", withheld_kind_name, 8), DIGEST("message_sha256", 12), DIGEST("exposure", 12), TEXT("class", 18),
    NUMBER("told", 4), TEXT("by", 20), TEXT("why", 40), DIGEST("content_digest", 0),
};
#define HAVE_NOTICE \
	" FROM told t JOIN wave v ON v.number = t.wave AND v.state = 3 JOIN notice n ON n.wave = t.wave AND n.org_id = t.org_id AND n.state = 2 WHERE "
const struct table table_withheld = {
    .name = "withheld",
    .spared = "kind message_sha256 exposure by why",
    .says = "A message or an exposure that nobody is told of, by the decision of a person.",
    .sql = "WITH o AS (SELECT 1 AS kind, t.message_id AS id, count(DISTINCT t.org_id) AS n" HAVE_NOTICE "t.message_id IN (SELECT id FROM withheld_message) GROUP BY 2"
	   " UNION ALL SELECT 2, t.exposure_id, count(DISTINCT t.org_id)" HAVE_NOTICE "t.exposure_id IN (SELECT id FROM withheld_exposure) GROUP BY 2)"
	   " SELECT 0, w.when_utc, w.kind, m.sha256, iif(w.kind = 2, w.digest, NULL), x.class, coalesce(o.n, 0), w.name, w.why, iif(w.kind = 1, w.digest, NULL)"
	   " FROM withheld w LEFT JOIN message m ON w.kind = 1 AND m.content_digest = w.digest LEFT JOIN exposure x ON w.kind = 2 AND x.digest = w.digest"
	   " LEFT JOIN o ON o.kind = w.kind AND o.id = coalesce(m.id, x.id) ORDER BY w.when_utc, w.kind, w.digest",
    COLUMNS(withheld_columns),
};

static const struct column delivery_count_columns[] = {WORD("state", delivery_state_name, 12), NUMBER("notices", 8), NUMBER("organisations", 13)};
const struct table table_delivery_counts = {
    .name = "delivery_counts",
    .says = "Notices by where they stand.",
    .figures = true,
    .sql = "SELECT 0, state, count(*), count(DISTINCT org_id) FROM delivery GROUP BY state ORDER BY state",
    COLUMNS(delivery_count_columns),
};
