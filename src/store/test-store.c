#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/checks.h"
#include "store/db.h"
#include "store/named.h"
#include "store/mail.h"
#include "store/test-rows.h"
#include "store/parties.h"

static char dir[64];

static int make_case(void **state)
{
	struct err e = {0};

	(void)state;
	test_name(dir, sizeof dir);
	return mkdtemp(dir) == NULL || store_create(dir, &e) != OK;
}

static int remove_case(void **state)
{
	(void)state;
	return rows_case_end(NULL, dir);
}

static void a_second_writer_is_told_that_the_case_is_locked(void **state)
{
	struct store *one, *two;
	struct err e = {0};

	(void)state;
	assert_int_equal(store_open(&one, dir, STORE_WRITE, &e), OK);
	assert_int_equal(store_open(&two, dir, STORE_WRITE, &e), ERR_LOCKED);
	assert_non_null(strstr(e.text, "another tocsin is writing"));
	assert_int_equal(store_open(&two, dir, STORE_READ, &e), OK);
	store_close(two);
	store_close(one);
}

/* Where the case may only be read: whatever is asked of it; and what happens just before a reader has the lock. */
static bool read_only;
static void (*before_lock)(void);

int access(const char *path, int mode)
{
	if (read_only && (mode & W_OK) != 0) {
		errno = EROFS;
		return -1;
	}
	return faccessat(AT_FDCWD, path, mode, 0);
}

int flock(int fd, int how)
{
	void (*first)(void) = before_lock;

	before_lock = NULL;
	if (first != NULL)
		first();
	return (int)syscall(SYS_flock, fd, how);
}

static void a_writer_commits_and_is_killed(void)
{
	bool was = read_only;
	pid_t pid;
	int status = 0;

	read_only = false;
	if ((pid = fork()) == 0) {
		struct store *st;
		struct err e = {0};

		if (store_open(&st, dir, STORE_WRITE, &e) != OK || store_set(st, "late", "1", &e) != OK || store_commit(st, &e) != OK)
			_exit(1);
		(void)raise(SIGKILL);
	}
	assert_true(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	read_only = was;
}

static void who_may_only_read_misses_nothing_that_was_committed(void **state)
{
	struct arena *a = test_arena();
	struct store *st;
	const char *v;

	(void)state;
	assert_ok(store_open(&st, dir, STORE_WRITE, &e)); /* there is a file to lock */
	store_close(st);
	read_only = true;
	before_lock = a_writer_commits_and_is_killed;
	assert_ok(store_open(&st, dir, STORE_READ, &e));
	read_only = false;
	assert_null(before_lock);
	assert_ok(store_setting(st, a, "late", &v, &e));
	assert_non_null(v);
	store_close(st);
	arena_free(a);
}

static void who_may_only_read_and_who_writes_are_told_of_each_other(void **state)
{
	struct store *reader, *writer;
	struct err e = {0};

	(void)state;
	/* What a killed writer left goes into the file, as it does when the next one has ended. */
	assert_int_equal(store_open(&writer, dir, STORE_WRITE, &e), OK);
	store_close(writer);
	read_only = true;
	assert_int_equal(store_open(&reader, dir, STORE_READ, &e), OK);
	read_only = false;
	assert_int_equal(store_open(&writer, dir, STORE_WRITE, &e), ERR_LOCKED);
	assert_non_null(strstr(e.text, "another tocsin is reading this case"));
	store_close(reader);
	assert_int_equal(store_open(&writer, dir, STORE_WRITE, &e), OK);
	read_only = true;
	assert_int_equal(store_open(&reader, dir, STORE_READ, &e), ERR_LOCKED);
	assert_non_null(strstr(e.text, "another tocsin is writing to this case"));
	read_only = false;
	store_close(writer);
}

static void what_was_not_committed_is_gone_and_what_was_stays(void **state)
{
	struct arena *a = test_arena();
	struct store *st;
	const char *v;

	(void)state;
	assert_ok(store_open(&st, dir, STORE_WRITE, &e));
	assert_ok(store_set(st, "one", "1", &e));
	assert_ok(store_commit(st, &e));
	assert_ok(store_set(st, "two", "2", &e));
	store_close(st);
	assert_ok(store_open(&st, dir, STORE_READ, &e));
	assert_ok(store_setting(st, a, "one", &v, &e));
	assert_string_equal(v, "1");
	assert_ok(store_setting(st, a, "two", &v, &e));
	assert_null(v);
	store_close(st);
	arena_free(a);
}

static void a_changed_or_missing_ledger_entry_is_found(void **state)
{
	struct store *st;
	int64_t n, bad;

	(void)state;
	assert_ok(store_open(&st, dir, STORE_WRITE, &e));
	for (int i = 0; i < 5; i++)
		assert_ok(ledger_add(st, "test", "{\"n\":1}", &e));
	assert_ok(ledger_verify(st, &n, &bad, &e));
	assert_int_equal(n, 6); /* and the one that the case began with */
	assert_int_equal(bad, 0);
	assert_ok(sql_run(st->sql, &e, "UPDATE ledger SET detail = '{\"n\":2}' WHERE seq = 3", ""));
	assert_ok(ledger_verify(st, &n, &bad, &e));
	assert_int_equal(bad, 3);
	assert_ok(sql_run(st->sql, &e, "UPDATE ledger SET detail = '{\"n\":1}' WHERE seq = 3", ""));
	assert_ok(sql_run(st->sql, &e, "DELETE FROM ledger WHERE seq = 2", ""));
	assert_ok(ledger_verify(st, &n, &bad, &e));
	assert_int_equal(bad, 2);
	store_close(st);
}

static void parties_come_back_as_they_were_given(void **state)
{
	static const struct mail_party given[] = {
	    {PARTY_FROM, SPAN_LIT("a@one.example"), SPAN_LIT("one.example"), SPAN_LIT("Anna \"the\" \\ [1,2],\x01\n\t\xc3\xa9")},
	    {PARTY_TO, SPAN_LIT("b@two.example"), SPAN_LIT("two.example"), SPAN_EMPTY},
	    {PARTY_DELIVERED_TO, SPAN_LIT("a@one.example"), SPAN_LIT("one.example"), SPAN_LIT("]]")},
	};
	struct arena *a = test_arena();
	struct party_seen seen;
	struct store *st;
	sqlite3_stmt *q;
	struct err why = {0};
	enum errc rc;
	span list;

	(void)state;
	assert_ok(store_open(&st, dir, STORE_WRITE, &e));
	assert_ok(store_parties_put(st, 7, given, 3, &e));
	assert_ok(store_commit(st, &e));
	assert_non_null(q = sql_query(st->sql, &why, "SELECT p.seq, p.role, a.address, p.name FROM party p JOIN address a ON"
	    " a.id = p.address_id WHERE p.message_id = 7 ORDER BY p.seq", ""));
	for (int i = 0; i < 3; i++) {
		assert_true(sql_next(st->sql, q, &rc, &why));
		assert_int_equal(sqlite3_column_int(q, 0), i);
		assert_int_equal(sqlite3_column_int(q, 1), given[i].role);
		assert_span(sql_col(q, 2), (const char *)given[i].address.p);
		assert_span(sql_col(q, 3), given[i].name.p != NULL ? (const char *)given[i].name.p : "");
	}
	assert_false(sql_next(st->sql, q, &rc, &why));
	assert_non_null(q = sql_query(st->sql, &why, "SELECT list FROM party_list", ""));
	assert_true(sql_next(st->sql, q, &rc, &why));
	list = sql_col(q, 0);
	for (size_t n = 0; n < list.n; n++) { /* cut anywhere it is damaged, and says so */
		span rest = span_first(list, n);

		while (party_next(&rest, &seen))
			assert_non_null(party_name(a, &seen));
		assert_int_equal(party_end(rest, &why), ERR_WORLD);
	}
	for (int i = 0; i < 3; i++) {
		assert_true(party_next(&list, &seen));
		assert_int_equal(seen.role, given[i].role);
		assert_int_equal(seen.address_id, i == 1 ? 2 : 1);
		assert_string_equal(party_name(a, &seen), given[i].name.p != NULL ? (const char *)given[i].name.p : "");
	}
	assert_ok(party_end(list, &e));
	store_close(st);
	arena_free(a);
}

static void rows_that_are_put_aside_are_there_when_all_are_asked_for(void **state)
{
	static const char into[] = "INSERT OR FAIL INTO t (id, at, name, bytes, of)";
	const struct digest d = {{7}};
	struct store *st;
	struct err why = {0};
	char name[8];

	(void)state;
	assert_ok(store_open(&st, dir, STORE_WRITE, &e));
	assert_ok(sql_script(st->sql, "CREATE TABLE t (id INTEGER PRIMARY KEY, at INTEGER, name TEXT, bytes BLOB, of INTEGER)", &e));
	for (int64_t n = 0, id = 0; n < 40; n++) {
		for (int64_t i = 0; i < n; i++, id++) {
			(void)snprintf(name, sizeof name, "%d", (int)id);
			assert_ok(sql_put(st->sql, &e, into, "iutdz", id, id % 2 == 0 ? TIME_NONE : id, id % 3 == 0 ? NULL : name, &d, id % 5));
		}
		memset(name, 0, sizeof name); /* what was pointed to is not needed any more */
		assert_ok(sql_flush(st->sql, &e));
		assert_int_equal(rows_count(st, "SELECT count(*) FROM t"), id);
	}
	assert_int_equal(rows_count(st, "SELECT count(*) FROM t WHERE at IS iif(id % 2 = 0, NULL, id) AND name IS iif(id % 3 = 0, NULL, '' || id)"
	    " AND hex(bytes) = '07' || hex(zeroblob(31)) AND of IS iif(id % 5 = 0, NULL, id % 5)"), 780);
	assert_ok(sql_put(st->sql, &e, into, "iutdz", (int64_t)3, TIME_NONE, NULL, &d, (int64_t)0));
	assert_int_equal(store_commit(st, &why), ERR_WORLD); /* one of that id is there */
	store_close(st);
}

/* One whose digest has these bytes at its ends. */
static int64_t put(struct store *st, unsigned char begins, unsigned char ends, bool *is_new)
{
	struct message_row m = {.content_digest = {{begins}}, .when_utc = TIME_NONE};
	int64_t id;

	m.content_digest.b[DIGEST_SIZE - 1] = ends;
	assert_ok(store_message_put(st, &m, &id, is_new, &e));
	return id;
}

static void a_message_is_put_once_wherever_its_row_is(void **state)
{
	struct mail_party who = {PARTY_FROM, SPAN_LIT("a@one.example"), SPAN_LIT("one.example"), SPAN_EMPTY};
	struct store *st;
	bool is_new;

	(void)state;
	assert_ok(store_open(&st, dir, STORE_WRITE, &e));
	assert_int_equal(put(st, 1, 0, &is_new), 1);
	assert_true(is_new);
	assert_int_equal(put(st, 1, 1, &is_new), 2); /* begins like another */
	assert_true(is_new);
	assert_int_equal(put(st, 1, 0, &is_new), 1); /* put aside */
	assert_false(is_new);
	assert_int_equal(put(st, 0, 5, &is_new), 3);
	for (int i = 0; i < 3000; i++) {
		assert_int_equal(put(st, (unsigned char)(2 + i % 200), (unsigned char)(i / 200), &is_new), 4 + i);
		assert_true(is_new);
	}
	assert_int_equal(put(st, 1, 1, &is_new), 2); /* in the table */
	assert_false(is_new);
	assert_ok(store_parties_put(st, 1, &who, 1, &e));
	assert_ok(store_commit(st, &e));
	store_close(st);
	assert_ok(store_open(&st, dir, STORE_WRITE, &e));
	assert_int_equal(put(st, 1, 1, &is_new), 2); /* of an earlier run */
	assert_false(is_new);
	assert_int_equal(put(st, 255, 0, &is_new), 3004);
	assert_true(is_new);
	assert_int_equal(put(st, 255, 0, &is_new), 3004);
	assert_false(is_new);
	assert_ok(store_parties_put(st, 3, &who, 1, &e));
	who.address = SPAN_LIT("c@one.example");
	assert_ok(store_parties_put(st, 4, &who, 1, &e));
	assert_ok(store_commit(st, &e));
	assert_int_equal(rows_count(st, "SELECT count(*) FROM message"), 3004);
	assert_int_equal(rows_count(st, "SELECT count(*) FROM address"), 2);
	assert_int_equal(rows_count(st, "SELECT count(*) FROM party_list WHERE list = iif(message_id = 4, '[[1,2]]', '[[1,1]]')"), 3);
	store_close(st);
}

static void an_organisation_that_two_are_called_is_asked_back_and_a_key_is_one(void **state)
{
	struct arena *a = test_arena();
	struct org_named o;
	struct err e = {0};
	struct store *st;

	(void)state;
	assert_int_equal(store_open(&st, dir, STORE_WRITE, &e), OK);
	rows_org(st, 1, "Harbour Ltd", ORG_DIRECTORY, "GB", "en");
	rows_org(st, 2, "harbour ltd", ORG_DIRECTORY, "IE", "en");
	rows_org(st, 3, "Übersee AG", ORG_DIRECTORY, "DE", "de");
	assert_int_equal(org_named(st, a, "harbour ltd", &o, &e), OK);
	assert_int_equal(o.id, 2);
	assert_int_equal(org_named(st, a, "übersee ag", &o, &e), OK);
	assert_int_equal(o.id, 3);
	assert_int_equal(org_named(st, a, "HARBOUR LTD", &o, &e), ERR_USAGE);
	assert_non_null(strstr(e.text, "Harbour Ltd; harbour ltd"));
	store_close(st);
	arena_free(a);
}

static enum errc proofs_say(void *ctx, const struct check_result *r, struct err *e)
{
	char *first = ctx;

	(void)e;
	if (strcmp(r->name, "proofs") == 0)
		(void)snprintf(first, 100, "%d %.*s", (int)r->n_broken, r->n_rows != 0 ? (int)r->rows[0].n : 0, r->n_rows != 0 ? (const char *)r->rows[0].p : "");
	return OK;
}

static int step(void *n)
{
	++*(uint64_t *)n;
	return 0;
}

/* Notices [from, to) to one organisation, each signed and with its entry in the ledger; what checking them costs. */
static uint64_t steps_to_check(struct store *st, int from, int to, char first[100])
{
	uint64_t n = 0;

	for (int64_t i = from; i < to; i++) {
		assert_ok(sql_run(st->sql, &e, "INSERT INTO notice VALUES ('TN-' || ?1, 1, 1, 'a@them.example', '', 'en', 2, zeroblob(32), '', ?1)", "i", i));
		assert_ok(sql_run(st->sql, &e, "INSERT INTO notice_proof SELECT 'TN-' || ?1, json_object('id', 'TN-' || ?1, 'type', 'tocsin-notice-1',"
		    " 'organisation', 'Them'), ?1, zeroblob(32)", "i", i));
		assert_ok(ledger_say(st, "notice handed over", &e, "notice", "TN", NULL));
	}
	sqlite3_progress_handler(st->sql->db, 100, step, &n);
	assert_ok(checks_run(st, (struct check_policy){2, true}, proofs_say, first, &e));
	sqlite3_progress_handler(st->sql->db, 0, NULL, NULL);
	return n;
}

static void each_statement_is_held_against_its_organisation_once_whatever_the_ledger_has(void **state)
{
	char first[100];
	struct store *st;
	uint64_t few;

	(void)state;
	assert_ok(store_open(&st, dir, STORE_WRITE, &e));
	rows_org(st, 1, "Them", ORG_DIRECTORY, "GB", "en");
	assert_ok(sql_run(st->sql, &e, "INSERT INTO wave VALUES (1, 3, zeroblob(32), 0, 0)", ""));
	few = steps_to_check(st, 0, 100, first);
	assert_string_equal(first, "0 ");
	assert_true(steps_to_check(st, 100, 400, first) < 7 * few); /* four times as many; their square were sixteen */
	assert_ok(sql_run(st->sql, &e, "UPDATE org SET key = 'Others', name = 'Others Ltd'", ""));
	(void)steps_to_check(st, 400, 400, first);
	assert_non_null(strstr(first, "400 TN-"));
	assert_non_null(strstr(first, "names another organisation than it was written to"));
	assert_ok(ledger_say(st, "organisation renamed", &e, "was", "Them", "is", "Others", NULL));
	(void)steps_to_check(st, 400, 400, first);
	assert_string_equal(first, "0 ");
	store_close(st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_second_writer_is_told_that_the_case_is_locked, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(who_may_only_read_misses_nothing_that_was_committed, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(who_may_only_read_and_who_writes_are_told_of_each_other, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(what_was_not_committed_is_gone_and_what_was_stays, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(a_changed_or_missing_ledger_entry_is_found, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(parties_come_back_as_they_were_given, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(rows_that_are_put_aside_are_there_when_all_are_asked_for, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(a_message_is_put_once_wherever_its_row_is, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(an_organisation_that_two_are_called_is_asked_back_and_a_key_is_one, make_case, remove_case),
	    cmocka_unit_test_setup_teardown(each_statement_is_held_against_its_organisation_once_whatever_the_ledger_has, make_case, remove_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
