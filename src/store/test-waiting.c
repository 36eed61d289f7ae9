/* Attachments that were put off: what is written of one that could not be read, for all of its key, and what the next run finds. */
#include "base/test.h"

#include <stdio.h>

#include "base/buf.h"
#include "store/db.h"
#include "store/test-rows.h"
#include "store/waiting.h"

static char dir[] = "/tmp/tocsin-waiting-XXXXXX";
static struct store *st;

#define RUN(...) assert_ok(sql_run(st->sql, &e, __VA_ARGS__))

/* A message with one attachment, "2", which is the same in all. */
static void message(int64_t id)
{
	rows_message(st, id, 1700000000, VERDICT_ACCESSED);
	RUN("INSERT INTO part VALUES (?, 1, '2', 'application/pdf', '', 'a.pdf', 0, 10, zeroblob(32), 0)", "i", id);
	RUN("INSERT INTO scanned VALUES (?, 1, 100, 1, 0, 0)", "i", id);
	assert_ok(waiting_put(st, id, SPAN_LIT("2"), SPAN_EMPTY, &e));
}

static void says(const char *sql, const char *want)
{
	struct arena *a = test_arena();
	sqlite3_stmt *q;
	struct buf b;
	struct err e = {0};
	enum errc rc = OK;

	assert_non_null(q = sql_query(st->sql, &e, sql, ""));
	buf_init(&b, 4096);
	while (sql_next(st->sql, q, &rc, &e)) {
		for (int i = 0; i < sqlite3_column_count(q); i++)
			buf_printf(&b, "%s%s", i != 0 ? " " : "", (const char *)sqlite3_column_text(q, i));
		buf_byte(&b, '\n');
	}
	sql_done(q);
	assert_int_equal(rc, OK);
	assert_span(buf_span(&b), want);
	buf_free(&b);
	arena_free(a);
}

#define COVERAGE "SELECT message_id, path, outcome, reason FROM coverage ORDER BY 1, 2"

/*
 * A worker that another mail has taken over may say of an attachment both that it waits and why it was not read. When its like
 * then ends a worker, there is one row about it, the later one; and the next run tries all of them again.
 */
static void what_failed_has_one_row_whatever_was_said_of_it_before(void **state)
{
	uint64_t n;

	(void)state;
	for (int64_t id = 1; id <= 3; id++)
		message(id);
	RUN("INSERT INTO coverage VALUES (2, '2', 'application/pdf', 'a.pdf', 10, 2, 'said too soon')", "");
	RUN("UPDATE scanned SET n_parts = 2, n_unread = 1 WHERE message_id = 2", "");
	assert_ok(waiting_failed(st, 1, SPAN_LIT("2"), SPAN_LIT("the worker crashed"), &n, &e));
	says(COVERAGE, "1 2 3 the worker crashed\n2 2 3 the worker crashed\n3 2 3 the worker crashed\n");
	says("SELECT message_id, n_unread FROM scanned ORDER BY 1", "1 1\n2 1\n3 1\n");
	/* Once more is no error either: two of one key may stand in two tasks. */
	assert_ok(waiting_failed(st, 3, SPAN_LIT("2"), SPAN_LIT("the worker stalled"), &n, &e));
	says(COVERAGE, "1 2 3 the worker stalled\n2 2 3 the worker stalled\n3 2 3 the worker stalled\n");
	assert_ok(store_commit(st, &e));
	assert_ok(waiting_begin(st, &e));
	says(COVERAGE, "");
	says("SELECT count(*), min(state), max(state) FROM waiting", "3 0 0\n");
	says("SELECT message_id, n_unread FROM scanned ORDER BY 1", "1 0\n2 0\n3 0\n");
}

static int set_up(void **state)
{
	struct err e = {0};

	(void)state;
	st = rows_case(dir);
	return sql_run(st->sql, &e, "INSERT INTO ruleset VALUES (1, zeroblob(32), 1)", "") != OK ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	return rows_case_end(st, dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_failed_has_one_row_whatever_was_said_of_it_before),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
