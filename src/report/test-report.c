#include "base/test.h"

#include <ftw.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "report/page.h"
#include "report/private.h"
#include "report/report.h"
#include "store/db.h"

struct fixture {
	char dir[64];
	struct store *st;
	struct arena *a;
	struct case_config config;
};

static void sql(struct fixture *f, const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(f->st->sql->db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

/* A case through all stages: two messages of one mbox, one organisation, one exposure, one written wave. */
static const char whole_case[] =
    "INSERT INTO mailbox VALUES (1, 'ev/a.mbox', 'anna@us.example', 2, 'folder name');"
    "INSERT INTO source VALUES (1, 'ev/a.mbox', 2, 100, 0, zeroblob(32), 1, 1, '', NULL, NULL);"
    "INSERT INTO source VALUES (2, 'ev/b.zip', 3, 70, 0, zeroblob(32), 1, NULL, '', NULL, NULL);"
    "INSERT INTO message VALUES (1, x'a1', x'11', 'one@x', 1700000000, '=SUM(A1) <b>bold</b>', 40, 1, 0, '', 0);"
    "INSERT INTO message VALUES (2, x'a2', x'22', '', NULL, 'second', 60, 0, 0, '', 0);"
    "UPDATE message SET content_digest = randomblob(32), sha256 = CAST(printf('%032d', id) AS BLOB);"
    "INSERT INTO item VALUES (1, 1, -1, '', 0, 40, 1, '', 1);"
    "INSERT INTO item VALUES (2, 1, -1, '', 40, 60, 2, 'cut', 2);"
    "INSERT INTO item VALUES (3, 2, 0, 'a.txt', 0, 9, 4, 'text', NULL);"
    "INSERT INTO item VALUES (4, 2, 1, 'b.png', 0, 9, 4, 'picture', NULL);"
    "INSERT INTO location SELECT id, id, '', 0, n_bytes, sha256, NULL, 1, NULL, '', 0, NULL FROM message;"
    "INSERT INTO address VALUES (1, 'anna@us.example', 'us.example'), (2, 'info@them.example', 'them.example');"
    "INSERT INTO party_list VALUES (1, '[[1,1,\"Anna\"],[4,2]]');"
    "INSERT INTO part VALUES (1, 0, '1', 'text/plain', '', '', 0, 30, zeroblob(32), 0), (2, 0, '1', 'text/plain', '', '', 0, 50, zeroblob(32), 0);"
    "INSERT INTO ruleset VALUES (1, zeroblob(32), 3);"
    "INSERT INTO scanned VALUES (1, 1, 30, 1, 0, 0), (2, 1, 50, 1, 0, 0);"
    "INSERT INTO exposure VALUES (1, CAST(printf('%032d', 7) AS BLOB), 'password', 4, 'h****2');"
    "INSERT INTO finding VALUES (1, 1, '1', 'text/plain', 5, 6, 'password', 'prose', 4, 3, 'h****2', 'vpn.them.example', '', 1);"
    "INSERT INTO log_source VALUES (1, '/e/audit.jsonl', -1, '', 900, 1, zeroblob(32), 'audit log', 1, 2, '', 2, 0, 1, 0);"
    "INSERT INTO log_failure VALUES (1, 450, 20, 0, 'not JSON');"
    "INSERT INTO context VALUES (1, zeroblob(32), 'anna@us.example', '', '', '198.51.100.7', '', 'Client=OWA', '', '', '', '', '', '',"
    " '', '', 0, NULL, 0);"
    "INSERT INTO event VALUES (1, zeroblob(32), zeroblob(32), NULL, 1, 0, 450, 'm365', 'bind', 50, 'MailItemsAccessed', 'r1',"
    " 1700000000, 'anna@us.example', '', 1, 2, 0, 1, 0, '', '{}');"
    "INSERT INTO log_folder VALUES (1, 'LgA=', '\\Inbox', 'Inbox');"
    "INSERT INTO access VALUES (1, 0, '1@them.example', '', '', 1);"
    "INSERT INTO suspect VALUES (1, 1, 3, 'intruder');"
    "INSERT INTO verdict VALUES (1, NULL, 'anna@us.example', NULL, 'gone@them.example', '', 1, 1, 3, 1, 1700000000, 1700000000, 1, 1, NULL, NULL),"
    " (2, 1, 'anna@us.example', 1, 'one@x', '', 2, 10, 2, 1, 1700000000, 1700000000, 1, 1, NULL, NULL),"
    " (3, 1, 'anna@us.example', 2, '', '', 0, 27, 3, 0, NULL, NULL, NULL, NULL, NULL, NULL);"
    "UPDATE message SET verdict = 2 WHERE id = 1;"
    "INSERT INTO directory VALUES (1, zeroblob(32), 'd.csv', 1);"
    "INSERT INTO org VALUES (1, 'Them', 'Them Ltd', 2, 'GB', 'en', '', '');"
    "INSERT INTO org_domain VALUES ('them.example', 1);"
    "INSERT INTO contact VALUES (1, 0, 'security@them.example', 'security');"
    "INSERT INTO attributed VALUES (1, 1, 1, 1), (2, 1, 5, 1);"
    "INSERT INTO link VALUES (1, 1, 2, 3, 'To: info@them.example', 'To', 1, '');"
    "INSERT INTO wave VALUES (1, 3, zeroblob(32), 1700100000, 1);"
    "INSERT INTO told VALUES (1, 1, 2, 0, 0, 1), (1, 1, 0, 1, 0, 1);"
    "INSERT INTO dossier VALUES (1, 1, 1, 1, 1, 1);"
    "INSERT INTO wave_told VALUES (1, 1, 1, 1700000000, 1700000000); INSERT INTO wave_told_org VALUES (1, 1, 'Them', 1, 1, 1, 1, 0, 1);"
    "INSERT INTO notice VALUES ('TN-1', 1, 1, 'security@them.example', 'security', 'en', 2, zeroblob(32), 'out/1.eml', 0);"
    "INSERT INTO approval VALUES (1, 'Ada', zeroblob(32), 1700200000), (1, 'Bo', zeroblob(32), 1700200001);";

static int make_case(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct err e = {0};

	*state = f;
	f->a = test_arena();
	test_name(f->dir, sizeof f->dir);
	if (mkdtemp(f->dir) == NULL || store_create(f->dir, &e) != OK || store_open(&f->st, f->dir, STORE_WRITE, &e) != OK)
		return 1;
	f->config = (struct case_config){.dir = f->dir, .title = "A & B <incident>", .reference = "", .our_name = "Us",
	    .detected_utc = 1700300000, .contained_utc = TIME_NONE, .contained_by_utc = TIME_NONE, .first_access_utc = 1699900000,
	    .last_access_utc = TIME_NONE, .approvals = 2, .notify_mentioned = true};
	sql(f, whole_case);
	return ledger_add(f->st, "ingest", "{\"items\":4}", &e) != OK || ledger_add(f->st, "scan", "{}", &e) != OK ||
	       ledger_add(f->st, "attribute", "{}", &e) != OK || ledger_add(f->st, "wave planned", "{}", &e) != OK ||
	       ledger_add(f->st, "wave written", "{\"wave\":1,\"organisations\":1,\"persons\":0,\"notices\":1,\"messages\":1,\"exposures\":1}", &e) != OK;
}

static int remove_one(const char *path, const struct stat *sb, int type, struct FTW *w)
{
	(void)sb;
	(void)type;
	(void)w;
	return remove(path);
}

static int remove_case(void **state)
{
	struct fixture *f = *state;
	int rc;

	store_close(f->st);
	arena_free(f->a);
	rc = nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return rc;
}

/* ---- checks --------------------------------------------------------------------------------------------------- */

struct seen { const char *name; enum check_state state; int64_t n_broken; char row[200]; };

static enum errc note_check(void *ctx, const struct check_result *r, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	if (strcmp(r->name, s->name) == 0) {
		s->state = r->state;
		s->n_broken = r->n_broken;
		if (r->n_rows != 0)
			(void)snprintf(s->row, sizeof s->row, "%.*s", (int)r->rows[0].n, (const char *)r->rows[0].p);
	} else if (r->state == CHECK_BROKEN) {
		s->n_broken -= 1000; /* another one is broken too */
	}
	return OK;
}

static struct seen look(struct fixture *f, const char *name)
{
	struct seen s = {.name = name, .state = CHECK_NOT_YET};

	assert_ok(checks_run(f->st, policy_of(&f->config), note_check, &s, &e));
	return s;
}

static void a_whole_case_breaks_nothing(void **state)
{
	struct fixture *f = *state;
	struct report_proof proof;
	struct buf out;

	buf_init(&out, 1 << 20);
	assert_ok(report_check(f->st, &f->config, false, &out, &proof, &e));
	if (proof.broken != 0 || proof.not_yet != 0)
		fail_msg("%s", buf_cstr(&out));
	buf_free(&out);
}

static void verdicts_without_reason_or_record_are_found(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(look(f, "verdicts").state, CHECK_OK);
	assert_int_equal(look(f, "reasons").state, CHECK_OK);
	assert_int_equal(look(f, "logs").state, CHECK_OK);
	sql(f, "UPDATE verdict SET reason = 40 WHERE id = 2");
	assert_non_null(strstr(look(f, "reasons").row, "does not fit"));
	sql(f, "UPDATE verdict SET reason = 10, n_records = 0 WHERE id = 2");
	assert_non_null(strstr(look(f, "reasons").row, "no record says so"));
	sql(f, "UPDATE verdict SET n_records = 1, verdict = 0, reason = 14 WHERE id = 2"); /* not_narrowed, where it may be none */
	assert_int_equal(look(f, "reasons").state, CHECK_OK);
	sql(f, "UPDATE verdict SET verdict = 2, reason = 10 WHERE id = 2");
	sql(f, "UPDATE message SET verdict = 3 WHERE id = 1");
	assert_non_null(strstr(look(f, "verdicts").row, "not the strongest"));
	sql(f, "UPDATE message SET verdict = 2 WHERE id = 1; DELETE FROM log_failure");
	assert_non_null(strstr(look(f, "logs").row, "records not read: 1, listed 0"));
	sql(f, "UPDATE log_source SET n_failed = 0, state = 0");
	assert_non_null(strstr(look(f, "logs").row, "not read to its end"));
}

static void stages_that_have_not_run_are_not_yet_and_not_broken(void **state)
{
	struct fixture *f = *state;
	struct report_proof proof;
	struct buf out;

	sql(f, "DELETE FROM told; DELETE FROM dossier; DELETE FROM notice; DELETE FROM approval; DELETE FROM wave_told; DELETE FROM wave_told_org; DELETE FROM wave;"
	       "DELETE FROM link; DELETE FROM attributed; DELETE FROM finding; DELETE FROM exposure; DELETE FROM scanned");
	buf_init(&out, 1 << 20);
	assert_ok(report_check(f->st, &f->config, false, &out, &proof, &e));
	assert_int_equal(proof.broken, 0);
	assert_int_equal(proof.not_yet, 12);
	buf_free(&out);
}

static void mail_that_came_after_the_scan_waits_for_it(void **state)
{
	struct fixture *f = *state;

	sql(f, "DELETE FROM scanned WHERE message_id = 2");
	assert_int_equal(look(f, "scanned").state, CHECK_BROKEN);
	assert_ok(ledger_add(f->st, "ingest", "{}", &e));
	assert_int_equal(look(f, "scanned").state, CHECK_NOT_YET);
}

/* Every way to break the case, the check that must see it, and the words that name the row. */
static const struct { const char *breakage, *check, *row; } breakages[] = {
    {"UPDATE item SET at_byte = 41, n_bytes = 59 WHERE id = 2", "bytes", "ev/a.mbox: no item for bytes from 40 to 41"},
    {"UPDATE item SET n_bytes = 50 WHERE id = 1", "bytes", "ev/a.mbox: two items for bytes from 40 to 50"},
    {"UPDATE source SET n_bytes = 120 WHERE id = 1", "bytes", "ev/a.mbox: no item for bytes from 100 to 120"},
    {"UPDATE source SET n_bytes = 90 WHERE id = 1", "bytes", "ev/a.mbox: an item past the end, from 100 to 90"},
    {"UPDATE item SET at_byte = 10, n_bytes = 9223372036854775807 WHERE id = 4", "bytes", NULL},
    {"UPDATE item SET n_bytes = -5 WHERE id = 4", "bytes", "ev/b.zip, member 1: an item that cannot be, from 0 to -5"},
    {"DELETE FROM item WHERE id = 3", "bytes", "ev/b.zip, member 1: no item for members from 0 to 1"},
    {"DELETE FROM item WHERE source_id = 2", "bytes", "ev/b.zip: archive without any item"},
    {"UPDATE source SET state = 0 WHERE id = 2", "read", "ev/b.zip"},
    {"UPDATE item SET outcome = 0 WHERE id = 3", "outcomes", "ev/b.zip, byte 0: no outcome"},
    {"UPDATE item SET reason = '' WHERE id = 3", "outcomes", "ev/b.zip, byte 0: no reason"},
    {"UPDATE item SET outcome = 3, reason = 'x' WHERE id = 1", "outcomes", "ev/a.mbox, byte 0: a message, but not parsed"},
    {"UPDATE item SET outcome = 1 WHERE id = 3", "outcomes", "ev/b.zip, byte 0: parsed, but no message"},
    {"DELETE FROM scanned WHERE message_id = 1", "scanned", NULL},
    {"UPDATE scanned SET n_parts = 0 WHERE message_id = 2", "parts",
	"3030303030303030303030303030303030303030303030303030303030303032: 0 of 1 parts have an outcome"},
    {"UPDATE scanned SET n_unread = 1 WHERE message_id = 2", "parts",
	"3030303030303030303030303030303030303030303030303030303030303032: 0 of 1 rows of what was not read"},
    {"INSERT INTO coverage VALUES (2, '7', 'image/png', '', 5, 2, 'a picture'); UPDATE scanned SET n_unread = 1 WHERE message_id = 2", "parts",
	"3030303030303030303030303030303030303030303030303030303030303032, part 7: no such part"},
    {"INSERT INTO exposure VALUES (9, randomblob(32), 'password', 4, 'z***')", "exposures",
	"password z***: exposure without finding"},
    {"DELETE FROM attributed WHERE message_id = 2", "attributed", NULL},
    {"UPDATE attributed SET disposition = 9 WHERE message_id = 2", "attributed", NULL},
    {"UPDATE attributed SET disposition = 1 WHERE message_id = 2", "dossiers", NULL},
    {"UPDATE attributed SET disposition = 5 WHERE message_id = 1", "dossiers", NULL},
    {"INSERT INTO link VALUES (2, 1, 5, 3, 'From', 'From', 0, '')", "why_not", NULL},
    {"INSERT INTO link VALUES (1, 1, 4, 3, 'name', '1:4', 1, '')", "due", "Them: links not told: 1"},
    {"UPDATE dossier SET n_messages = 2", "told",
	"wave 1, Them: the dossier says 2 messages and 1 exposures, told are 1 and 1"},
    {"UPDATE dossier SET n_exposures = 0", "told", NULL},
    {"UPDATE dossier SET version = 2", "versions", "Them, wave 1: version 2"},
    {"INSERT INTO notice SELECT 'TN-2', wave, org_id, address, contact_role, language, state, text_sha256, file, place FROM notice",
	"once", "wave 1, Them: 2 notices to security@them.example"},
    {"DELETE FROM notice", "notices", "wave 1, Them: no notice"},
    {"UPDATE notice SET state = 3", "notices", "wave 1, TN-1: listed as without contact, but has an address"},
    {"DELETE FROM approval WHERE name = 'Bo'", "approved", "wave 1: 1 approvals of this plan, 2 are needed"},
    {"UPDATE approval SET plan_digest = randomblob(32) WHERE name = 'Bo'", "approved", NULL},
    {"UPDATE wave_told SET n_messages = 2", "waves",
	"wave 1: the ledger says 1 organisations, 0 persons, 1 notices, 1 messages and 1 exposures, the case 1, 0, 1, 2 and 1"},
    {"DELETE FROM dossier", "waves", "wave 1, Them: nothing is told any more, and nobody took it back"},
    {"UPDATE dossier SET n_messages = 2", "waves", "wave 1, Them: the dossier is another than was written"},
    {"DELETE FROM wave_told_org", "waves", NULL},
    {"INSERT INTO delivery VALUES ('TN-1', 1, 1, 1, 'security@them.example', 0, 11, 1, NULL, 0, 0, '', '', 0)", "sent", "TN-1: no answer is there"},
    {"INSERT INTO delivery VALUES ('TN-1', 1, 1, 1, 'security@them.example', 0, 6, 1, NULL, 0, 0, '', '', 0); UPDATE notice SET state = 1", "sent",
	"TN-1: sent, but not written"},
    {"INSERT INTO link VALUES (2, 77, 5, 3, 'From', 'From', 0, 'bulk')", "references", "link row ?: no such org"},
    {"UPDATE ledger SET who = 'somebody else' WHERE seq = 2", "ledger", "entry 2 does not follow from the one before"},
};

static void every_kind_of_breakage_is_found_by_its_check(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof breakages / sizeof breakages[0]; i++) {
		struct seen s;

		sql(f, "SAVEPOINT whole");
		sql(f, breakages[i].breakage);
		s = look(f, breakages[i].check);
		if (s.state != CHECK_BROKEN || s.row[0] == '\0' || (breakages[i].row != NULL && strcmp(s.row, breakages[i].row) != 0))
			fail_msg("%s: check %s says \"%s\", \"%s\"", breakages[i].breakage, breakages[i].check,
			    check_state_name(s.state), s.row);
		sql(f, "ROLLBACK TO whole");
	}
}

static void a_message_that_lies_nowhere_is_found(void **state)
{
	struct fixture *f = *state;

	sql(f, "DELETE FROM location WHERE message_id = 2");
	assert_int_equal(look(f, "places").n_broken, 2); /* the message, and the item that says it has it */
}

/* ---- what is written ------------------------------------------------------------------------------------------ */

static void csv(struct buf *b, const char *s)
{
	buf_clear(b);
	csv_cell(b, span_str(s));
}

static void a_cell_that_a_spreadsheet_would_run_is_made_text(void **state)
{
	static const char *const formulas[] = {"=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", " =1", "\n=1"};
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof formulas / sizeof formulas[0]; i++) {
		csv(&b, formulas[i]);
		assert_int_equal(b.p[b.p[0] == '"' ? 1 : 0], '\'');
	}
	csv(&b, "a \"b\", c");
	assert_span(buf_span(&b), "\"a \"\"b\"\", c\"");
	csv(&b, "=HYPERLINK(\"x\")");
	assert_span(buf_span(&b), "\"'=HYPERLINK(\"\"x\"\")\"");
	csv(&b, "two\nlines");
	assert_span(buf_span(&b), "\"two\nlines\"");
	csv(&b, "plain");
	assert_span(buf_span(&b), "plain");
	csv(&b, "");
	assert_span(buf_span(&b), "");
	buf_free(&b);
}

static void evidence_on_the_page_is_neither_markup_nor_control(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	html_text_of(&b, span_str("<a href=\"x\" title='y'>&amp;</a>\x1b[31m\xe2\x80\xaegpj\xff"));
	assert_span(buf_span(&b), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;\xef\xbf\xbd[31m\xef\xbf\xbd"
				  "gpj\xef\xbf\xbd");
	buf_free(&b);
}

static span written(struct fixture *f, enum report_format format, const char *name)
{
	const char *path = arena_printf(f->a, "%s/%s", f->dir, name);
	struct report_run run = {.store = f->st, .config = &f->config, .format = format, .output = path};
	span s = SPAN_EMPTY;

	assert_ok(report_write(&run, &e));
	if (format == REPORT_CSV)
		path = arena_printf(f->a, "%s/messages.csv", path);
	assert_ok(io_read_file(f->a, path, 64 << 20, &s, &e));
	return s;
}

/* A page without it would look whole. */
static void a_drawing_whose_rows_cannot_be_read_ends_the_page(void **state)
{
	struct fixture *f = *state;
	const struct report_run run = {.store = f->st, .config = &f->config};
	struct page p = {.run = &run, .config = &f->config, .a = f->a, .f = {.log_first_utc = 1700000000, .log_last_utc = 1700000000}};
	struct err why = {0};

	buf_init(&p.b, MIB);
	sql(f, "PRAGMA foreign_keys = OFF; DROP TABLE suspect");
	assert_int_equal(chart_log_days(&p, &why), ERR_USAGE);
	assert_non_null(strstr(why.text, "no such table"));
	buf_free(&p.b);
}

static void the_same_case_gives_the_same_bytes(void **state)
{
	static const char *const names[] = {"page.html", "folder", "object.json"};
	struct fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		span one = written(f, (enum report_format)i, names[i]);
		span two = written(f, (enum report_format)i, names[i]);

		assert_true(one.n > 0);
		assert_true(span_eq(one, two));
	}
}

static void the_page_loads_nothing_and_says_what_is_in_the_case(void **state)
{
	struct fixture *f = *state;
	span page = written(f, REPORT_HTML, "page.html");

	assert_true(span_has(page, SPAN_LIT("default-src 'none'")));
	assert_false(span_has(page, SPAN_LIT("<script")));
	assert_true(!span_has(page, SPAN_LIT("http://")) && !span_has(page, SPAN_LIT("https://")));
	assert_true(span_has(page, SPAN_LIT("A &amp; B &lt;incident&gt;")));
	assert_false(span_has(page, SPAN_LIT("<incident>")));
	assert_true(span_has(page, SPAN_LIT("Them Ltd")));
	assert_true(span_has(page, SPAN_LIT("h****2")));
	assert_true(span_has(page, SPAN_LIT("security@<wbr>them.example")));
}

static void one_wrong_date_does_not_stand_for_the_period(void **state)
{
	struct fixture *f = *state;
	span page;

	sql(f, "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO message"
	       " SELECT i, CAST(printf('%032d', i) AS BLOB), zeroblob(32), '', 1700000000 + i * 3600, '', 1, 0, 0, '', 0 FROM n");
	sql(f, "UPDATE message SET when_utc = 4000000000 WHERE id = 1");
	page = written(f, REPORT_HTML, "page.html");
	assert_true(span_has(page, SPAN_LIT("99 in 100 of them dated from 15\xc2\xa0November\xc2\xa0" "2023")));
	assert_true(span_has(page, SPAN_LIT("Messages by day of their date")));
	assert_true(span_has(page, SPAN_LIT("1\xc2\xa0message is dated outside this period")));
}

static void an_empty_case_has_a_page_too(void **state)
{
	struct fixture *f = *state;

	sql(f, "DELETE FROM told; DELETE FROM dossier; DELETE FROM notice; DELETE FROM approval; DELETE FROM wave_told; DELETE FROM wave_told_org; DELETE FROM wave; DELETE FROM link;"
	       "DELETE FROM attributed; DELETE FROM finding; DELETE FROM exposure; DELETE FROM scanned; DELETE FROM part;"
	       "DELETE FROM party_list; DELETE FROM location; DELETE FROM item; DELETE FROM message; DELETE FROM source;"
	       "DELETE FROM mailbox; DELETE FROM contact; DELETE FROM org_domain; DELETE FROM org; DELETE FROM ledger");
	for (int i = 0; i < 3; i++)
		assert_true(written(f, (enum report_format)i, i == 1 ? "folder" : "file").n > 0);
}

static span listed(struct fixture *f, const char *kind, bool jsonl)
{
	struct list_run run = {.store = f->st, .kind = kind, .jsonl = jsonl};
	struct list_tally tally;
	FILE *file = tmpfile();
	struct buf b;
	span s;

	assert_non_null(file);
	run.fd = fileno(file);
	assert_ok(report_list(&run, &tally, &e));
	buf_init(&b, 1 << 20);
	assert_int_equal(lseek(run.fd, 0, SEEK_SET), 0);
	assert_ok(io_read_fd(run.fd, &b, &e));
	s = arena_copy(f->a, buf_span(&b));
	buf_free(&b);
	(void)fclose(file);
	return s;
}

static int64_t is_json(struct fixture *f, span line)
{
	int64_t v;

	assert_ok(sql_int(f->st->sql, &v, 0, &e, "SELECT json_valid(?)", "s", line));
	return v;
}

static void every_line_of_every_kind_is_one_object(void **state)
{
	struct fixture *f = *state;
	size_t n;
	const struct table *const *all = tables(&n);

	sql(f, "INSERT INTO conflict VALUES ('d.example', 'a \"quoted\" name', x'ff'); INSERT INTO person VALUES (1, 2, 2);"
	       "INSERT INTO coverage VALUES (1, '2', 'image/png', 'a' || char(10) || 'b', 5, 2, 'a picture');"
	       "INSERT INTO sealed VALUES (1, 1, 1, 1, 'aa', x'00', 1, 1, 0, 0);"
	       "INSERT INTO sealed_exposure SELECT 1, 'bb', min(id) FROM exposure WHERE class = 'password';"
	       "INSERT INTO remediation VALUES (1, 'bb', 'rotated', 'A \"B\"', 'a' || char(10) || 'b', '', 0);"
	       "INSERT INTO question (id, org_id, kind, record, exposure, text, person, when_utc) VALUES (1, 1, 'missed', '', '', x'ff', '', 0);"
	       "INSERT INTO delivery VALUES ('TN-1', 1, 1, 1, 'security@them.example', 0, 10, 1, NULL, 0, 0, 'Q\"1', x'ff', 1);"
	       "INSERT INTO heard VALUES (1, zeroblob(32), x'ff', 0, 1, 'TN-1', 1, 'text', NULL, 0, 'a \"b\"', x'ff', '', 'a' || char(10) || 'b');"
	       "INSERT INTO task VALUES (1, 1, 1, 1, 'call \"them\"', '', 0, 0, NULL, '', '');"
	       "INSERT INTO withdrawal VALUES ('TN-1', 'a \"b\"', 'a \"b\"', x'ff', 0); INSERT INTO withheld VALUES (2, x'00', 'a \"b\"', x'ff', 0);"
	       "INSERT INTO portal_event VALUES (0, NULL, 0, 'start', '{\"not json');"
	       "INSERT INTO ledger VALUES (99, 0, 'x', 'y', '{\"not json', zeroblob(32)), (100, 0, 'x', 'y', '[1,' || char(10) || '2]', x'00')");
	sql(f, "UPDATE event SET reason = 'a \"b\"'");
	for (size_t i = 0; i < n && !all[i]->figures; i++) {
		span rest = listed(f, all[i]->name, true), line;
		size_t lines = 0;

		while (span_line(&rest, &line)) {
			if (is_json(f, line) != 1)
				fail_msg("%s: %.*s", all[i]->name, (int)line.n, (const char *)line.p);
			lines++;
		}
		if (lines == 0 && strcmp(all[i]->name, "suggestions") != 0)
			fail_msg("%s: no line", all[i]->name);
	}
}

static void messages_come_in_the_order_of_the_evidence(void **state)
{
	struct fixture *f = *state;
	span s;

	/* The second message gets a place before the first, and the first a nested one before that. */
	sql(f, "INSERT INTO source VALUES (3, 'ev/0.eml', 1, 60, 0, zeroblob(32), 1, NULL, '', NULL, NULL);"
	       "INSERT INTO item VALUES (9, 3, -1, '', 0, 60, 1, '', 2);"
	       "INSERT INTO location SELECT 2, 9, '', 0, 60, sha256, NULL, 0, NULL, '', 0, NULL FROM message WHERE id = 2");
	s = listed(f, "messages", true);
	assert_true(span_find(s, SPAN_LIT("\"second\"")) < span_find(s, SPAN_LIT("=SUM")));
	sql(f, "DELETE FROM location WHERE item_id = 9; UPDATE item SET message_id = 1 WHERE id = 9;"
	       "INSERT INTO location SELECT 1, 9, '', 0, 60, sha256, NULL, 0, NULL, '', 0, NULL FROM message WHERE id = 1;"
	       "INSERT INTO location SELECT 2, 9, '2', -1, 60, sha256, 1, 0, NULL, '', 0, NULL FROM message WHERE id = 2");
	s = listed(f, "messages", true);
	assert_true(span_find(s, SPAN_LIT("=SUM")) < span_find(s, SPAN_LIT("\"second\"")));
	assert_true(span_has(s, SPAN_LIT("\"nest\":\"2\"")));
}

static void a_finding_in_a_nested_message_names_the_message_that_carries_it(void **state)
{
	struct fixture *f = *state;
	span s;

	sql(f, "DELETE FROM location WHERE message_id = 1; UPDATE item SET outcome = 4, message_id = NULL, reason = 'x' WHERE id = 1;"
	       "INSERT INTO location SELECT 1, 2, '2', -1, 9, sha256, 2, 0, NULL, '', 0, NULL FROM message WHERE id = 1");
	s = listed(f, "findings", true);
	/* The digests of the fixture are the ids as 32 digits. */
	assert_true(span_has(s, SPAN_LIT("\"message_sha256\":\"3030303030303030303030303030303030303030303030303030303030303031\"")));
	assert_true(span_has(s, SPAN_LIT("\"outer_sha256\":\"3030303030303030303030303030303030303030303030303030303030303032\"")));
}

static void a_table_for_people_shows_no_control_characters(void **state)
{
	struct fixture *f = *state;
	span s;

	sql(f, "UPDATE message SET subject = 'a' || char(27) || '[31m' || char(10) || 'b' WHERE id = 2");
	s = listed(f, "messages", false);
	for (size_t i = 0; i < s.n; i++)
		assert_true(s.p[i] >= 0x20 || s.p[i] == '\n');
	assert_true(span_has(s, SPAN_LIT("[31m b")));
}

static void an_unknown_kind_is_refused_with_where_all_stand(void **state)
{
	struct fixture *f = *state;
	struct list_run run = {.store = f->st, .kind = "secrets", .fd = -1};
	struct list_tally tally;
	struct err e = {0};

	assert_int_equal(report_list(&run, &tally, &e), ERR_USAGE);
	assert_non_null(strstr(e.text, "tocsin list --help"));
	run.kind = "months"; /* a table of the report, not a kind */
	assert_int_equal(report_list(&run, &tally, &e), ERR_USAGE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_case, remove_case)
	const struct CMUnitTest tests[] = {
	    TEST(a_whole_case_breaks_nothing),
	    TEST(verdicts_without_reason_or_record_are_found),
	    TEST(stages_that_have_not_run_are_not_yet_and_not_broken),
	    TEST(mail_that_came_after_the_scan_waits_for_it),
	    TEST(every_kind_of_breakage_is_found_by_its_check),
	    TEST(a_message_that_lies_nowhere_is_found),
	    cmocka_unit_test(a_cell_that_a_spreadsheet_would_run_is_made_text),
	    cmocka_unit_test(evidence_on_the_page_is_neither_markup_nor_control),
	    TEST(a_drawing_whose_rows_cannot_be_read_ends_the_page),
	    TEST(the_same_case_gives_the_same_bytes),
	    TEST(the_page_loads_nothing_and_says_what_is_in_the_case),
	    TEST(one_wrong_date_does_not_stand_for_the_period),
	    TEST(an_empty_case_has_a_page_too),
	    TEST(every_line_of_every_kind_is_one_object),
	    TEST(messages_come_in_the_order_of_the_evidence),
	    TEST(a_finding_in_a_nested_message_names_the_message_that_carries_it),
	    TEST(a_table_for_people_shows_no_control_characters),
	    TEST(an_unknown_kind_is_refused_with_where_all_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
