/*
 * logic between the others: this test is the log and the rest of them, and answers as it likes. What a request asks of the state
 * is listed, which says the same on a slow day.
 */
#include "serve/test-logic.h"

#include <sys/stat.h>

#include "base/io.h"
#include "seal/bundle-write.h"

static unsigned claim(struct buf *answer, const char *notice, const char *auth, span *body)
{
	char text[200];

	(void)snprintf(text, sizeof text, "{\"notice\":\"%s\",\"auth_a\":\"%s\"}", notice, auth);
	return ask(answer, "/api/claim", text, "", body);
}

#define WRONG "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"

/* The checklist's rows 49 and 51: an answer that comes too late is not taken for that to the next question. */
static void who_did_not_answer_in_time_is_asked_no_more(void **state)
{
	struct buf answer;
	span body;

	(void)state;
	buf_init(&answer, WIRE_MAX);
	answer_log();
	assert_int_equal(claim(&answer, "TN-0000-0001", WRONG, &body), 403);
	/* The log does not answer: what cannot be logged is refused. */
	assert_int_equal(claim(&answer, "TN-0000-0001", WRONG, &body), 503);
	assert_span(body, "{\"error\":\"unavailable\"}");
	/* Now it does. Nobody has ended, and still nothing is served: all are to begin anew. */
	answer_log();
	answer_log();
	assert_int_equal(claim(&answer, "TN-0000-0001", WRONG, &body), 503);
	assert_true(l->lost);
	buf_free(&answer);
}

static int note_statement(unsigned kind, void *ctx, void *q, void *text)
{
	(void)kind;
	(void)ctx;
	(void)q;
	buf_str(&said, text);
	buf_byte(&said, '\n');
	return 0;
}

/* The checklist's row 26: what is not there, what is there with another code, and what is locked cost the same statements. */
static void an_unknown_notice_is_asked_the_same_of_the_state_as_a_known_one(void **state)
{
	static const char *const unknown[] = {"TN-0000-0000", "", "x", "TN-ZZZZ-ZZZZ"};
	struct arena *a = test_arena();
	struct buf answer;
	span want = SPAN_EMPTY, first = SPAN_EMPTY, body;
	int64_t locked;

	(void)state;
	buf_init(&answer, WIRE_MAX);
	/* The same minute's limits each time. */
	for (int i = 0; i < 14; i++) {
		const char *notice = i < 3 || i >= 7 ? "TN-0000-0001" : unknown[i - 3];

		assert_ok(sql_script(l->db, "DELETE FROM tally", &e));
		buf_clear(&said);
		assert_int_equal(sqlite3_trace_v2(l->db->db, SQLITE_TRACE_STMT, note_statement, NULL), 0);
		answer_log();
		assert_int_equal(claim(&answer, notice, WRONG, &body), 403);
		(void)sqlite3_trace_v2(l->db->db, 0, NULL, NULL);
		if (i == 0) {
			want = arena_copy(a, buf_span(&said));
			first = arena_copy(a, buf_span(&answer));
			assert_true(want.n > 500);
		}
		/* The tenth wrong code locks it, which is told to its contacts. */
		assert_ok(sql_int(l->db, &locked, 0, &e, "SELECT locked_until FROM notice WHERE id = 'TN-0000-0001'", ""));
		assert_int_equal(locked != 0, i >= 13);
		if (i < 13 && !span_eq(buf_span(&said), want))
			fail_msg("%s: %.*s\nand not\n%.*s", notice, (int)said.n, (const char *)said.p, (int)want.n, (const char *)want.p);
		assert_true(span_eq(buf_span(&answer), first));
	}
	/* And while it is locked; the right code too. */
	assert_ok(sql_script(l->db, "UPDATE notice SET auth = x'66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925' WHERE id <> ''",
	    &e)); /* SHA-256 of 32 zeros */
	for (int i = 0; i < 24; i++) {
		assert_ok(sql_script(l->db, "DELETE FROM tally", &e));
		buf_clear(&said);
		(void)sqlite3_trace_v2(l->db->db, SQLITE_TRACE_STMT, note_statement, NULL);
		answer_log();
		assert_int_equal(claim(&answer, "TN-0000-0001", i % 2 == 0 ? ZEROS : WRONG, &body), 403);
		(void)sqlite3_trace_v2(l->db->db, 0, NULL, NULL);
		assert_true(span_eq(buf_span(&said), want));
		assert_true(span_eq(buf_span(&answer), first));
	}
	assert_ok(sql_int(l->db, &locked, 0, &e, "SELECT locked_until FROM notice WHERE id = 'TN-0000-0001'", ""));
	assert_int_equal(locked, NOW + LOCK_SECONDS);
	buf_free(&answer);
	arena_free(a);
}

/* auth is asked and says no; the log takes what is told of it. */
static void answer_auth(void)
{
	static const unsigned char no[5] = {0};

	assert_ok(wire_send(others[1], WIRE_ANSWER, span_of(no, sizeof no), &e));
}

#define ID_KNOWN "AAAAAAAAAAAAAAAAAAAAAA"
#define ID_OTHER "AAAAAAAAAAAAAAAAAAAAAQ"
#define ASSERTION(id) "{\"id\":\"" id "\",\"clientDataJSON\":\"e30\",\"authenticatorData\":\"AA\",\"signature\":\"AA\",\"userHandle\":null}"

/* Row 26 for whatever else is refused without a word: objection, invitation, sign-in. */
static void what_is_not_there_is_refused_with_the_same_work(void **state)
{
	static const struct { const char *path, *json[3]; bool logged, signs; } calls[] = {
	    {"/api/objection", {"{\"notice\":\"TN-0000-0001\",\"auth_a\":\"" WRONG "\",\"text\":\"\"}",
	        "{\"notice\":\"TN-0000-0009\",\"auth_a\":\"" WRONG "\",\"text\":\"\"}", "{\"notice\":\"x\",\"auth_a\":\"" ZEROS "\",\"text\":\"\"}"}, true, false},
	    {"/api/invitation", {"{\"invitation\":\"" ID_KNOWN "\",\"auth\":\"" WRONG "\"}", "{\"invitation\":\"" ID_OTHER "\",\"auth\":\"" WRONG "\"}",
	        "{\"invitation\":\"" ID_OTHER "\",\"auth\":\"" ZEROS "\"}"}, false, false},
	    {"/api/sign-in", {ASSERTION("AQ"), ASSERTION("Ag"), ASSERTION("AwME")}, true, true},
	};
	struct arena *a = test_arena();
	struct buf answer;

	(void)state;
	buf_init(&answer, WIRE_MAX);
	assert_ok(sql_script(l->db, "INSERT INTO invitation VALUES ('" ID_KNOWN "', '11111111111111111111111111111111', 4, 'Ann', zeroblob(32),"
	    " zeroblob(60), 1, 1, 'x', 1, 9999999999, 'open'); INSERT INTO passkey (id, room, account, alg, key, counter, added)"
	    " VALUES (x'01', '11111111111111111111111111111111', '" ID_KNOWN "', -7, zeroblob(64), 0, 1)", &e));
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
		span want = SPAN_EMPTY, first = SPAN_EMPTY, body;

		for (size_t k = 0; k < 3; k++) {
			/* One session of the cookie of zeros, with a challenge that was not used. */
			assert_ok(sql_script(l->db, "DELETE FROM tally; INSERT OR REPLACE INTO session (hash, kind, room, subject, account, name, made, used,"
			    " challenge, challenge_for, challenge_at) VALUES (x'66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925', 'none', '',"
			    " '', '', '', 1700000000, 1700000000, zeroblob(32), 'sign-in', 1700000000)", &e));
			buf_clear(&said);
			assert_int_equal(sqlite3_trace_v2(l->db->db, SQLITE_TRACE_STMT, note_statement, NULL), 0);
			if (calls[i].logged)
				answer_log();
			if (calls[i].signs)
				answer_auth();
			assert_int_equal(ask(&answer, calls[i].path, calls[i].json[k], calls[i].signs ? ZEROS : "", &body), 403);
			(void)sqlite3_trace_v2(l->db->db, 0, NULL, NULL);
			if (k == 0) {
				want = arena_copy(a, buf_span(&said));
				first = arena_copy(a, buf_span(&answer));
				assert_true(want.n > 100);
			}
			if (!span_eq(buf_span(&said), want))
				fail_msg("%s: %.*s\nand not\n%.*s", calls[i].json[k], (int)said.n, (const char *)said.p, (int)want.n, (const char *)want.p);
			assert_true(span_eq(buf_span(&answer), first));
		}
	}
	assert_false(l->lost);
	buf_free(&answer);
	arena_free(a);
}

/* The log is kept for good, for all cases and in memory: nobody who has no account makes it grow for as long as he likes. */
static void who_goes_on_trying_is_logged_no_more(void **state)
{
	struct buf answer;
	span body;

	(void)state;
	buf_init(&answer, WIRE_MAX);
	for (int i = 0; i < 6; i++) {
		answer_log();
		assert_int_equal(claim(&answer, "TN-0000-0001", WRONG, &body), i < 5 ? 403 : 429);
	}
	for (int i = 0; i < 60; i++) {
		answer_log();
		answer_auth();
		assert_int_equal(ask(&answer, "/api/sign-in", ASSERTION("AQ"), "", &body), 403);
	}
	/* From here on nobody answers logic, and it asks nobody. */
	for (int i = 0; i < 20; i++) {
		assert_int_equal(claim(&answer, "TN-0000-0001", WRONG, &body), 429);
		assert_int_equal(ask(&answer, "/api/sign-in", ASSERTION("Ag"), "", &body), 429);
	}
	assert_false(l->lost);
	assert_string_equal(client_network(l->a, SPAN_LIT("::FFFF:192.0.2.1")), "192.0.2.0/24");
	buf_free(&answer);
}

/* Each step of SQLite's machine is counted. */
static int counted(void *steps)
{
	++*(size_t *)steps;
	return 0;
}

static void each_sealed_file_is_one_look_up_however_many_cases_there_are(void **state)
{
	enum { CASES = 2000, FILES = 50 };
	static char sealed[] = "/tmp/tocsin-sealed-XXXXXX";
	struct serve_config c = config;
	size_t steps = 0;
	char path[160];

	(void)state;
	assert_non_null(mkdtemp(sealed));
	c.sealed_dir = sealed;
	l->c = &c;
	assert_ok(sql_script(l->db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO room (id, state, since, generation,"
	    " version, wave, file, manifest_at, manifest_n, signature_at, signature_n, data_at) SELECT printf('%032x', i), 2, 1, 1, 1, 1, printf('%032x-1-1', i),"
	    " 0, 0, 0, 0, 0 FROM n", &e));
	/* Half of them are no case's. */
	for (unsigned i = 0; i < FILES; i++) {
		FILE *f;

		(void)snprintf(path, sizeof path, "%s/%032x-1-1", sealed, CASES - FILES / 2 + i + 1);
		f = fopen(path, "w");
		assert_non_null(f);
		assert_int_equal(fclose(f), 0);
	}
	sqlite3_progress_handler(l->db->db, 1, counted, &steps);
	assert_ok(sealed_sweep(l, &e));
	sqlite3_progress_handler(l->db->db, 0, NULL, NULL);
	assert_true(steps != 0 && steps < FILES * 100);
	for (unsigned i = 0; i < FILES; i++) {
		(void)snprintf(path, sizeof path, "%s/%032x-1-1", sealed, CASES - FILES / 2 + i + 1);
		assert_int_equal(unlink(path), i < FILES / 2 ? 0 : -1);
	}
	assert_int_equal(rmdir(sealed), 0);
	l->c = &config;
}

/* Signed; an index, so many messages and an export of so many bytes. */
static void bundle_make(const char *path, const char *spool, const struct seal_signer *signer, uint32_t version, unsigned messages, size_t bytes)
{
	struct seal_bundle head = {.id = {{0x22}}, .round = {1, version}, .wave = 1, .created_utc = NOW};
	struct bundle_notice notice = {.id = "TN-7Q4K-2M9D"};
	struct seal_key key = {{9}};
	struct seal_writer *w;
	struct digest sha;
	struct buf b, identity;
	uint64_t n;
	int fd = open(spool, O_RDWR | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	buf_init(&b, 64 * MIB);
	buf_init(&identity, MIB);
	assert_ok(seal_put_identity(&key, &head.id, notice.id, SPAN_LIT("{\"v\":1}"), &identity, &e));
	notice.identity = buf_span(&identity);
	head.notices = &notice;
	head.n_notices = 1;
	assert_ok(seal_writer_new(&w, fd, &e));
	assert_ok(seal_put_record(&key, &head.id, "index", SPAN_LIT("{\"v\":1}"), &b, &e));
	assert_ok(seal_writer_add(w, "index", 0, buf_span(&b), &e));
	for (unsigned i = 1; i <= messages; i++) {
		char id[BUNDLE_RECORD_MAX];

		(void)snprintf(id, sizeof id, "%016x", i);
		assert_ok(seal_writer_add(w, id, i, buf_span(&b), &e));
	}
	buf_clear(&b);
	assert_true(buf_room(&b, bytes));
	memset(b.p, 'x', bytes);
	assert_ok(seal_writer_export(w, span_of(b.p, bytes), &e));
	assert_ok(seal_writer_write(w, &head, signer, path, &sha, &n, &e));
	seal_writer_free(w);
	buf_free(&b);
	buf_free(&identity);
	(void)close(fd);
	assert_int_equal(unlink(spool), 0);
}

static void who_asks_is_answered_while_a_large_bundle_is_taken(void **state)
{
	enum { BYTES = 24 * MIB };
	static char dir[] = "/tmp/tocsin-large-XXXXXX";
	struct serve_config c = config;
	struct seal_signer signer;
	struct stat sb, sb2;
	struct buf answer;
	char file[160], sealed[160], spool[160], copy[160], refused[200];
	size_t between = 0;
	int64_t rooms = 0;
	bool more = true;

	(void)state;
	buf_init(&answer, WIRE_MAX);
	assert_non_null(mkdtemp(dir));
	assert_ok(sign_derive(SPAN_LIT("0123456789abcdef0123456789abcdef"), &signer, &e));
	c.signer = signer.public;
	c.drop = c.sealed_dir = dir;
	l->c = &c;
	(void)snprintf(file, sizeof file, "%s/22000000000000000000000000000000.bundle", dir);
	(void)snprintf(sealed, sizeof sealed, "%s/22000000000000000000000000000000-1-1", dir);
	(void)snprintf(copy, sizeof copy, "%s/.arriving", dir);
	(void)snprintf(spool, sizeof spool, "%s/spool", dir);
	/* First one that is damaged at its end: all of it is looked at. */
	for (int damaged = 1; damaged >= 0; damaged--) {
		bundle_make(file, spool, &signer, 1, 0, BYTES);
		assert_int_equal(stat(file, &sb), 0);
		if (damaged) {
			int fd = open(file, O_WRONLY);

			assert_int_equal(pwrite(fd, "y", 1, sb.st_size - 1), 1);
			(void)close(fd);
		}
		answer_log();
		for (between = 0, more = true; more && access(file, F_OK) == 0; between++) {
			assert_int_equal(about(&answer), 200);
			assert_ok(drop_step(l, &more, &e));
			assert_ok(sql_int(l->db, &rooms, 0, &e, "SELECT count(*) FROM room", ""));
			if (between == 0) /* it has but begun */
				assert_true(access(copy, F_OK) == 0 && rooms == 1);
		}
		assert_true(between >= 2 * BYTES / (8 * MIB)); /* copied and checked, no step more than 8 MiB of it */
		assert_int_equal(rooms, damaged ? 1 : 2);
		assert_int_equal(access(copy, F_OK), -1);
		if (damaged) {
			(void)snprintf(refused, sizeof refused, "%s.refused", file);
			assert_int_equal(unlink(refused), 0);
		}
	}
	assert_int_equal(stat(sealed, &sb2), 0);
	assert_int_equal(sb2.st_size, sb.st_size);
	/* What was on its way when the portal ended is no case's. */
	assert_ok(io_write_file(copy, SPAN_LIT("x"), 0600, &e));
	assert_ok(sealed_sweep(l, &e));
	assert_int_equal(access(copy, F_OK), -1);
	assert_int_equal(unlink(sealed), 0);
	assert_int_equal(rmdir(dir), 0);
	buf_free(&answer);
	l->c = &config;
}

/* Rows of the state that the step changed. */
static int64_t step_rows(enum errc (*step)(struct logic *l, struct err *e))
{
	int64_t before = sqlite3_total_changes(l->db->db);

	assert_ok(step(l, &e));
	return sqlite3_total_changes(l->db->db) - before;
}

static enum errc step_drop(struct logic *of, struct err *err) { return drop_step(of, &of->to_look, err); }
static enum errc step_sweep(struct logic *of, struct err *err) { return logic_do(of, records_sweep, NULL, err); }

/* Where the state can have but a page more: the bundle waits, and people are answered. Then there is room again. */
static void step_without_room(const char *file)
{
	struct buf answer;
	char most[64];
	bool more = true;

	buf_init(&answer, WIRE_MAX);
	(void)snprintf(most, sizeof most, "PRAGMA max_page_count = %d", (int)number("PRAGMA page_count") + 1);
	assert_ok(sql_script(l->db, most, &e));
	while (more)
		assert_ok(drop_step(l, &more, &e));
	assert_int_equal(access(file, F_OK), 0);
	assert_int_equal(about(&answer), 200);
	assert_ok(sql_script(l->db, "PRAGMA max_page_count = 1000000", &e));
	while (l->stale)
		(void)step_rows(step_sweep);
	buf_free(&answer);
}

static void where_many_records_lie_is_written_and_removed_in_steps(void **state)
{
	enum { MESSAGES = 3500, MOST = RECORDS_STEP + 100 };
	static char dir[] = "/tmp/tocsin-many-XXXXXX";
	struct serve_config c = config;
	struct seal_signer signer;
	struct buf answer;
	char file[160], spool[160], sealed[160];
	size_t steps = 0;
	span body;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_ok(sign_derive(SPAN_LIT("0123456789abcdef0123456789abcdef"), &signer, &e));
	c.signer = signer.public;
	c.drop = c.sealed_dir = dir;
	l->c = &c;
	(void)snprintf(file, sizeof file, "%s/22000000000000000000000000000000.bundle", dir);
	(void)snprintf(spool, sizeof spool, "%s/spool", dir);
	assert_ok(step_sweep(l, &e));
	for (uint32_t version = 1; version <= 2; version++) {
		bundle_make(file, spool, &signer, version, MESSAGES, 10);
		answer_log();
		if (version == 1)
			step_without_room(file);
		while (access(file, F_OK) == 0) {
			assert_in_range(step_rows(step_drop), 0, MOST);
			/* Until it is taken the case has what it had. */
			if (access(file, F_OK) == 0)
				assert_int_equal(number("SELECT count(*) FROM record JOIN room ON room.file = record.file"), version == 1 ? 0 : MESSAGES + 2);
		}
		assert_int_equal(number("SELECT count(*) FROM record JOIN room ON room.file = record.file WHERE room.version = "
		    "(SELECT max(version) FROM room)"), MESSAGES + 2);
		assert_int_equal(l->stale, version == 2);
	}
	while (l->stale)
		assert_in_range(step_rows(step_sweep), 0, MOST);
	assert_int_equal(number("SELECT count(*) FROM record"), MESSAGES + 2);
	assert_int_equal(number("SELECT count(DISTINCT file) FROM record"), 1);
	/* And a reader who asks for what is nobody's has not all of them looked through. */
	assert_ok(sql_script(l->db, "UPDATE room SET state = 7 WHERE version = 2; INSERT INTO account (id, room, name, roles, status, since) VALUES ('ann',"
	    " '22000000000000000000000000000000', 'Ann', 4, 'active', 1); INSERT INTO session (hash, kind, room, subject, account, name, made, used) VALUES"
	    " (x'66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925', 'account', '22000000000000000000000000000000', '', 'ann', '', 1700000000,"
	    " 1700000000); INSERT INTO exposure SELECT 'another', id FROM record", &e));
	buf_init(&answer, WIRE_MAX);
	sqlite3_progress_handler(l->db->db, 1, counted, &steps);
	assert_int_equal(answered(&answer, &(struct request){.method = METHOD_GET, .path = SPAN_LIT("/api/record/nobodys"), .client = SPAN_LIT("192.0.2.1"),
	    .cookie = SPAN_LIT(ZEROS)}, &body), 404);
	assert_in_range(steps, 1, MESSAGES);
	assert_int_equal(ask(&answer, "/api/marks", "{\"marks\":[{\"exposure\":\"ffffffffffffffff\",\"mark\":\"rotated\",\"note\":\"\",\"application\":\"\"}]}", ZEROS, &body), 404);
	assert_in_range(steps, 1, 2 * MESSAGES);
	sqlite3_progress_handler(l->db->db, 0, NULL, NULL);
	buf_free(&answer);
	(void)snprintf(sealed, sizeof sealed, "%s/22000000000000000000000000000000-1-2", dir);
	assert_int_equal(unlink(sealed), 0);
	assert_int_equal(rmdir(dir), 0);
	l->c = &config;
}

static void set_clock(int fd, int64_t to)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%lld\n", (long long)(to - time_now()));
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

#define ROOM(id, state, since, until) "INSERT INTO room (id, state, since, until, notified, generation, version, wave, file, manifest_at, manifest_n," \
    " signature_at, signature_n, data_at) VALUES ('" id "', " state ", " since ", " until ", " since ", 1, 1, 1, '', 0, 0, 0, 0, 0);"

/* A clock that is set back by a year: the room is open, nobody is in it, and no end is nearer or out of reach. */
static void a_clock_that_is_set_back_lets_nobody_stay_and_ends_nothing(void **state)
{
	enum { YEAR = 365 * DAY };
	struct serve_config c = config;
	char path[] = "/tmp/tocsin-clock-XXXXXX";
	struct buf answer;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0 && unlink(path) == 0);
	buf_init(&answer, WIRE_MAX);
	fds.clock = fd;
	c.objection_seconds = DAY;
	c.leap_seconds = HOUR;
	l->c = &c;
	set_clock(fd, NOW + YEAR);
	assert_ok(clock_read(l, &e));
	assert_true(l->now >= NOW + YEAR);
	assert_ok(sql_script(l->db,
	    ROOM("wait", "4", "1731500000", "1731586400") ROOM("resolved", "8", "1731500000", "1739276000") ROOM("notified", "2", "1699990000", "1715542000")
	    "INSERT INTO session (hash, kind, room, subject, account, name, made, used) VALUES (x'01', 'account', 'wait', '', '', '', 1731535990, 1731535999);"
	    "INSERT INTO invitation VALUES ('i', 'wait', 4, 'Ann', zeroblob(32), zeroblob(60), 1, 1, 'x', 1731536000, 1731795200, 'open');"
	    "INSERT INTO export (id, room, account, made) VALUES ('x', 'wait', 'a', 1731535999);"
	    "INSERT INTO word VALUES ('wait', 'open', 7, 'Op', 1731535999, '');"
	    "INSERT INTO proof (room, claim, method, target, state, made, next, waiting, good, first_good) VALUES ('wait', 'k', 'dns', 'd', 'working',"
	    " 1731535000, 1731536100, 1731535999, 1, 1731535999); UPDATE notice SET locked_until = 1731539000 WHERE id <> '';", &e));
	set_clock(fd, NOW);
	answer_log();
	assert_ok(clock_read(l, &e));
	assert_true(l->now < NOW + MINUTE);
	assert_int_equal(about(&answer), 200);
	assert_int_equal(number("SELECT count(*) FROM session"), 0);
	assert_int_equal(number("SELECT used FROM export"), 1);
	assert_int_equal(number("SELECT count(*) FROM word"), 0);
	assert_true(number("SELECT expires FROM invitation") <= l->now + INVITATION_SECONDS);
	assert_true(number("SELECT max(locked_until) FROM notice") <= l->now + LOCK_SECONDS);
	assert_true(number("SELECT max(next, first_good, waiting) FROM proof") <= l->now);
	assert_int_equal(number("SELECT until FROM room WHERE id = 'wait'"), l->now + DAY);
	assert_int_equal(number("SELECT until FROM room WHERE id = 'resolved'"), 1739276000);
	assert_int_equal(number("SELECT until FROM room WHERE id = 'notified'"), 1715542000);
	/* And it is not set back once more by the next look. */
	assert_ok(clock_read(l, &e));
	/* The year was right after all: what ends is held, and what a case came to meanwhile ends a year later, too. */
	assert_ok(sql_script(l->db, "UPDATE room SET until = since + 90 * 86400 WHERE id = 'notified'", &e));
	assert_int_equal(clock_held(l), false);
	set_clock(fd, NOW + YEAR);
	assert_ok(clock_read(l, &e));
	assert_ok(clock_look(l, CLOCK_LEAP, &e));
	assert_int_equal(clock_held(l), true);
	assert_true(number("SELECT until FROM room WHERE id = 'notified'") >= 1699990000 + 90 * DAY + YEAR - MINUTE);
	assert_int_equal(number("SELECT until FROM room WHERE id = 'resolved'"), 1739276000);
	assert_int_equal(number("SELECT until FROM room WHERE id = 'wait'"), l->now + DAY);
	fds.clock = -1;
	(void)close(fd);
	buf_free(&answer);
	l->c = &config;
}

static enum errc expire(struct logic *of, void *ctx, struct err *err)
{
	(void)ctx;
	return rooms_expire(of, err);
}

/* A code that is used anew each week keeps nobody's records for ever. */
static void a_claim_that_ends_when_the_time_to_claim_is_over_ends_the_case(void **state)
{
	(void)state;
	assert_ok(sql_script(l->db, "DELETE FROM room;" ROOM("old", "3", "1699390000", "1699999999") ROOM("young", "3", "1699390000", "1699999999")
	    "UPDATE room SET notified = 1700000000 - 186 * 86400 WHERE id = 'old'", &e));
	answer_log();
	assert_ok(logic_do(l, expire, NULL, &e));
	assert_int_equal(number("SELECT state FROM room WHERE id = 'old'"), ROOM_WITHDRAWN);
	assert_int_equal(number("SELECT state FROM room WHERE id = 'young'"), ROOM_NOTIFIED);
}

static enum errc look(struct logic *of, void *ctx, struct err *err)
{
	(void)ctx;
	return proofs_due(of, err);
}

static void what_a_claim_left_unproven_keeps_no_other_from_being_proven(void **state)
{
	enum wire_kind kind;
	struct buf asked;

	(void)state;
	buf_init(&asked, KIB);
	assert_ok(sql_script(l->db, "INSERT INTO claim (id, room, notice, made, network, value, expires) VALUES ('old', 'r', 'n', 1, '', 'v', 1699999999),"
	    " ('new', 's', 'm', 1, '', 'w', 1700600000); INSERT INTO proof (room, claim, method, target, state, made, next) VALUES"
	    " ('r', 'old', 'file', 'a.example', 'working', 1, 1699999000), ('s', 'new', 'file', 'b.example', 'working', 1, 1699999500)", &e));
	assert_ok(logic_do(l, look, NULL, &e));
	assert_ok(wire_receive(others[2], &kind, &asked, &e));
	assert_true(kind == WIRE_FILE && span_has(buf_span(&asked), SPAN_LIT("b.example")));
	buf_free(&asked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_sealed_file_is_one_look_up_however_many_cases_there_are, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(who_asks_is_answered_while_a_large_bundle_is_taken, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(where_many_records_lie_is_written_and_removed_in_steps, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_clock_that_is_set_back_lets_nobody_stay_and_ends_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_claim_that_ends_when_the_time_to_claim_is_over_ends_the_case, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_a_claim_left_unproven_keeps_no_other_from_being_proven, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(who_did_not_answer_in_time_is_asked_no_more, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_unknown_notice_is_asked_the_same_of_the_state_as_a_known_one, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(who_goes_on_trying_is_logged_no_more, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_not_there_is_refused_with_the_same_work, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
