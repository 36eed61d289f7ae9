#include "store/figures.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/due.h"

#define IN_SCOPE " in_scope(verdict)"
/* Records that are certainly the intruder's; and the kinds that show mail being read. */
#define READS " ('bind', 'sync', 'graph_request', 'mail_read_google')"
/* Multipart and message parts hold other parts or messages: their bytes would be counted twice. */
#define LEAF " type NOT LIKE 'multipart/%' AND type <> 'message/rfc822'"
/* Only what is in scope is scanned: of what was proved untouched nothing was read, and nothing is said. */
#define LEAVES_IN_SCOPE " FROM part p JOIN message m ON m.id = p.message_id WHERE in_scope(m.verdict) AND" LEAF
#define NOT_SCANNED(id) " NOT EXISTS (SELECT 1 FROM scanned s WHERE s.message_id = " id ")"
/* What was told is kept when it is found no more, and counts no more. */
#define IS_FOUND " EXISTS (SELECT 1 FROM finding f WHERE f.exposure_id = x.id)"
/* What was withdrawn tells nobody anything. */
#define TOLD_AND_HOLDS \
	" FROM told t WHERE (t.wave, t.org_id) IN (SELECT n.wave, n.org_id FROM notice n WHERE n.state = 2 AND NOT" TOLD_AS_PERSON("n.wave", "n.org_id") \
	"AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id") "AND NOT" KEPT_BACK("n.wave", "n.org_id") ")"

/* Organisation o has a notice that was written; and one that holds, and tells it as an organisation. */
#define HAS_ANY(more) " EXISTS (SELECT 1 FROM notice n WHERE" IS_TO("o") "AND n.state = 2 " more ") "
#define HAS_NOTICE(more) HAS_ANY("AND NOT" TOLD_AS_PERSON("n.wave", "n.org_id") "AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id") more)

static const struct {
	size_t at;
	const char *sql;
} counts[] = {
#define COUNT(field, query) {offsetof(struct figures, field), "SELECT " query}
    COUNT(mailboxes, "count(DISTINCT coalesce(owner, root)) FROM mailbox m WHERE " HOLDS_MAIL("m")),
    COUNT(mailboxes_inferred, "count(*) FROM mailbox m WHERE grade = 2 AND " HOLDS_MAIL("m")),
    COUNT(mailboxes_unknown, "count(*) FROM mailbox m WHERE grade = 0 AND " HOLDS_MAIL("m")),
    COUNT(mail_unfinished, "count(*) FROM setting WHERE key GLOB '" READING_MAIL_KEY "*'"),
    COUNT(logs_unfinished, "count(*) FROM setting WHERE key GLOB '" READING_LOGS_KEY "*'"),
    COUNT(sources, "count(*) FROM source"),
    COUNT(source_bytes, "sum(n_bytes) FROM source"),
    COUNT(sources_failed, "count(*) FROM source WHERE state = 3"),
    COUNT(sources_replaced, "count(*) FROM source WHERE state = 2"),
    COUNT(items, "count(*) FROM item"),
    COUNT(parsed, "count(*) FROM item WHERE outcome = 1"),
    COUNT(partial, "count(*) FROM item WHERE outcome = 2"),
    COUNT(failed, "count(*) FROM item WHERE outcome = 3"),
    COUNT(skipped, "count(*) FROM item WHERE outcome = 4"),
    COUNT(messages, "count(*) FROM message"),
    COUNT(nested, "count(DISTINCT message_id) FROM location WHERE nest <> '' AND (instr(nest, '#') = 0 OR nest GLOB '*#*/*')"),
    COUNT(from_pieces, "count(DISTINCT message_id) FROM location WHERE nest GLOB '*#*' AND nest NOT GLOB '*#*/*'"),
    /* What was put together of pieces counts where its first piece lies. */
    COUNT(locations, "count(*) FROM location WHERE instr(nest, '#') = 0 OR nest GLOB '*#1of*'"),
    COUNT(undated, "count(*) FROM message WHERE when_utc IS NULL"),
    COUNT(in_scope, "count(*) FROM message WHERE" IN_SCOPE),
    COUNT(accessed, "count(*) FROM message WHERE verdict = 1"),
    COUNT(presumed, "count(*) FROM message WHERE verdict = 2"),
    COUNT(not_accessed, "count(*) FROM message WHERE verdict = 3"),
    COUNT(unknown, "count(*) FROM message WHERE verdict = 0"),
    COUNT(log_sources, "count(*) FROM log_source WHERE outcome <> 4 AND envelope <> ''"),
    COUNT(log_skipped, "count(*) FROM log_source WHERE outcome = 4"),
    COUNT(log_unread, "count(DISTINCT unread_id) FROM verdict"),
    COUNT(log_records, "sum(n_records) FROM log_source"),
    COUNT(log_duplicates, "sum(n_duplicates) FROM log_source"),
    COUNT(log_failed, "count(*) FROM log_failure"),
    COUNT(log_problems, "count(*) FROM event WHERE reason <> ''"),
    COUNT(not_in_evidence, "count(*) FROM verdict WHERE message_id IS NULL AND item_id = '' AND in_scope(verdict)"),
    COUNT(log_first_utc, "min(when_utc) FROM event WHERE mailbox <> ''"),
    COUNT(log_last_utc, "max(when_utc) FROM event WHERE mailbox <> ''"),
    COUNT(intruder_first_utc, "min(e.when_utc)" INTRUDER),
    COUNT(intruder_last_utc, "max(e.when_utc)" INTRUDER),
    COUNT(missing_first_utc, "min(missing_utc) FROM verdict"),
    COUNT(missing_last_utc, "max(missing_utc) FROM verdict"),
    COUNT(read_first_utc, "min(e.when_utc)" INTRUDER " AND e.kind IN" READS),
    COUNT(read_last_utc, "max(e.when_utc)" INTRUDER " AND e.kind IN" READS),
    COUNT(part_bytes, "sum(p.n_bytes)" LEAVES_IN_SCOPE),
    COUNT(unread_parts, "count(*) FROM coverage WHERE outcome <> 1 AND path <> '' AND" LEAF),
    COUNT(unread_bytes,
	"(SELECT coalesce(sum(n_bytes), 0) FROM coverage WHERE outcome <> 1 AND path <> '' AND instr(path, '!/') = 0 AND" LEAF ")"
	" + (SELECT coalesce(sum(p.n_bytes), 0)" LEAVES_IN_SCOPE " AND" NOT_SCANNED("m.id") ")"),
    COUNT(unscanned, "count(*) FROM message m WHERE in_scope(m.verdict) AND" NOT_SCANNED("m.id")),
    COUNT(unreadable, "count(*) FROM coverage c JOIN message m ON m.id = c.message_id WHERE c.path = '' AND c.outcome = 3 AND in_scope(m.verdict)"),
    COUNT(unreadable_yet, "count(*) FROM coverage c JOIN message m ON m.id = c.message_id WHERE c.path = '' AND c.outcome = 3 AND in_scope(m.verdict)"
	" AND EXISTS (SELECT 1 FROM location l JOIN item i ON i.id = l.item_id JOIN source s ON s.id = i.source_id WHERE l.message_id = m.id AND s.state <> 2)"),
    COUNT(members, "sum(n_members) FROM scanned"),
    COUNT(unread_members, "count(*) FROM coverage WHERE instr(path, '!/') > 0"),
    COUNT(cut_parts, "count(*) FROM coverage WHERE outcome = 1 AND" LEAF),
    COUNT(scanned, "count(*) FROM scanned"),
    COUNT(attributed, "count(*) FROM attributed"),
    COUNT(findings, "count(*) FROM finding"),
    COUNT(messages_exposed, "count(DISTINCT message_id) FROM finding"),
    COUNT(exposures, "count(*) FROM exposure x WHERE" IS_FOUND),
    COUNT(exposures_untold, "count(*) FROM exposure x WHERE" IS_UNTOLD("x")),
    COUNT(critical, "count(*) FROM exposure x WHERE severity = 4 AND" IS_FOUND),
    COUNT(high, "count(*) FROM exposure x WHERE severity = 3 AND" IS_FOUND),
    COUNT(sure, "count(*) FROM exposure x WHERE EXISTS (SELECT 1 FROM finding f WHERE f.exposure_id = x.id AND f.certainty = 3)"),
    COUNT(unsure, "count(*) FROM exposure x WHERE" IS_FOUND " AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.exposure_id = x.id AND f.certainty > 1)"),
    COUNT(orgs, "count(*)" CONCERNED),
    COUNT(orgs_directory, "count(*)" CONCERNED " AND o.origin = 2"),
    COUNT(orgs_derived, "count(*)" CONCERNED " AND o.origin = 3"),
    COUNT(orgs_without_contact, "count(*)" CONCERNED " AND NOT" CONTACT_OF("o.id") ")"),
    COUNT(orgs_exposed,
	"count(*)" CONCERNED " AND (o.id IN (SELECT org_id FROM owner) OR EXISTS (SELECT 1 FROM link l"
	" JOIN message m ON m.id = l.message_id JOIN finding f ON f.message_id = l.message_id WHERE l.org_id = o.id"
	" AND l.counts AND l.role IN (1, 2, 5) AND in_scope(m.verdict)))"),
    COUNT(persons, PERSONS),
    COUNT(bulk, "count(*) FROM attributed WHERE disposition = 4"),
    COUNT(conflicts, "count(*) FROM conflict"),
    COUNT(waves, "count(*) FROM wave"),
    COUNT(waves_written, "count(*) FROM wave WHERE state = 3"),
    COUNT(told_orgs, "count(*)" CONCERNED " AND" HAS_NOTICE("AND NOT" KEPT_BACK("n.wave", "n.org_id"))),
    COUNT(told_persons, "count(DISTINCT n.org_id) FROM notice n WHERE n.state = 2 AND" TOLD_AS_PERSON("n.wave", "n.org_id") "AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id") "AND NOT" KEPT_BACK("n.wave", "n.org_id")),
    COUNT(told_messages,
	"count(DISTINCT t.message_id)" TOLD_AND_HOLDS),
    COUNT(told_exposures,
	"count(DISTINCT nullif(t.exposure_id, 0))" TOLD_AND_HOLDS),
    COUNT(by_hand_orgs, "count(*)" CONCERNED " AND" HAS_NOTICE("AND EXISTS (SELECT 1 FROM wave w WHERE w.number = n.wave AND w.by_hand = 2)"
	" AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.wave = n.wave AND d.org_id = n.org_id)")),
    COUNT(mails_left, "count(*) FROM delivery WHERE handed_utc IS NOT NULL"),
    COUNT(sent_orgs, "count(DISTINCT org_id) FROM delivery d WHERE handed_utc IS NOT NULL AND NOT" TOLD_AS_PERSON("d.wave", "d.org_id")),
    COUNT(answered_orgs, "count(DISTINCT org_id) FROM delivery d WHERE state = 11 AND NOT" TOLD_AS_PERSON("d.wave", "d.org_id")),
    COUNT(unreached_orgs, "count(*) FROM (SELECT org_id FROM delivery d WHERE NOT" TOLD_AS_PERSON("d.wave", "d.org_id") "GROUP BY org_id HAVING min(state) = 10 AND max(state) = 10)"),
    COUNT(open_tasks, "count(*) FROM task WHERE done_utc IS NULL"),
    COUNT(untold_orgs, "count(*)" CONCERNED " AND NOT" HAS_ANY("AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id"))),
    COUNT(withdrawn_orgs, "count(*)" CONCERNED " AND NOT" HAS_ANY("AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id")) "AND" HAS_ANY("")),
    COUNT(held_orgs, "count(*)" CONCERNED " AND" HAS_NOTICE("") "AND NOT" HAS_NOTICE("AND NOT" KEPT_BACK("n.wave", "n.org_id"))),
    COUNT(joined_orgs, "count(DISTINCT j.org_id) FROM joined j JOIN notice n ON n.org_id = j.org_id AND n.state = 2"),
    COUNT(past_orgs, "count(DISTINCT n.org_id) FROM notice n WHERE n.state = 2 AND NOT" TOLD_AS_PERSON("n.wave", "n.org_id") "AND NOT" NO_LONGER_TOLD("n.wave", "n.org_id")
	"AND NOT" KEPT_BACK("n.wave", "n.org_id") "AND n.org_id NOT IN (SELECT o.id" CONCERNED ") AND n.org_id NOT IN (SELECT j.org_id FROM joined j JOIN org o ON o.id = j.into_id"
	" WHERE o.id IN (SELECT o.id" CONCERNED "))"),
    COUNT(ledger_entries, "count(*) FROM ledger"),
    COUNT(unlocked_parts, "count(DISTINCT json_extract(detail, '$.message') || ' ' || json_extract(detail, '$.part'))"
	" FROM ledger WHERE what = 'open' AND json_valid(detail)"),
    COUNT(without_walls, "count(*) FROM ledger WHERE json_extract(iif(json_valid(detail), detail, '{}'), '$.jailed') = 0"),
#undef COUNT
};

enum errc figures_read(struct store *st, struct figures *out, struct err *e)
{
	sqlite3_stmt *q;
	enum errc rc;

	*out = (struct figures){0};
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		int64_t v;

		if ((rc = sql_int(st->sql, &v, 0, e, counts[i].sql, "")) != OK)
			return rc;
		memcpy((char *)out + counts[i].at, &v, sizeof v);
	}
	out->ledger_utc = TIME_NONE;
	q = sql_query(st->sql, e, "SELECT hash, when_utc FROM ledger ORDER BY seq DESC LIMIT 1", "");
	if (sql_next(st->sql, q, &rc, e)) {
		sql_digest(q, 0, &out->ledger_hash);
		out->ledger_utc = sqlite3_column_int64(q, 1);
		sql_done(q);
	}
	return rc;
}

enum errc figures_addresses(struct store *st, int64_t *all, int64_t *ours, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "WITH ours AS MATERIALIZED (SELECT d.domain FROM org o JOIN org_domain d ON d.org_id = o.id WHERE o.origin = 1)"
	    " SELECT count(DISTINCT lower(a.address)), count(DISTINCT iif(EXISTS (SELECT 1 FROM ours d"
	    " WHERE a.domain = d.domain OR substr(a.domain, -length(d.domain) - 1) = '.' || d.domain), lower(a.address), NULL)) FROM address a"
	    " WHERE a.id IN (SELECT p.address_id FROM party p JOIN message m ON m.id = p.message_id WHERE in_scope(m.verdict))", "");
	enum errc rc;

	if (sql_next(st->sql, q, &rc, e)) {
		*all = sqlite3_column_int64(q, 0);
		*ours = sqlite3_column_int64(q, 1);
		sql_done(q);
	}
	return rc;
}

enum errc figures_days(struct store *st, struct arena *a, struct day **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT when_utc / 86400 - (when_utc % 86400 < 0), count(*), sum(id IN (SELECT message_id FROM finding))"
	    " FROM message WHERE when_utc IS NOT NULL GROUP BY 1 ORDER BY 1", "");
	size_t cap = 0;
	enum errc rc;

	*out = NULL;
	*n = 0;
	while (sql_next(st->sql, q, &rc, e)) {
		struct day *more = arena_grow(a, *out, *n, &cap, sizeof *more, 512);

		if (more == NULL) {
			sql_done(q);
			return err_memory(e);
		}
		*out = more;
		(*out)[(*n)++] = (struct day){sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2)};
	}
	return rc;
}
