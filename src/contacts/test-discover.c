/*
 * What discovery makes of answers, which lie in the case already: nobody is asked. The test program is its own worker, and dies of a page
 * that says so.
 */
#include "base/test.h"

#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "contacts/contacts.h"
#include "store/db.h"
#include "store/test-rows.h"

enum { NOW = 1750000000 };
static char dir[] = "/tmp/tocsin-discover-XXXXXX";
static struct store *st;

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	if (span_has(payload, SPAN_LIT("deadly")))
		abort();
	return contacts_job.task(state, out, payload, fds, n_fds, e);
}

static void answered(const char *url, const char *body)
{
	assert_ok(fetched_put(st, &(struct fetched){.url = url, .final_url = url, .type = "", .note = "", .when_utc = NOW,
	    .status = *body != '\0' ? 200 : 404, .body = span_str(body)}, &e));
}

/* No page, and why. */
static void unanswered(const char *url, int status, const char *why)
{
	assert_ok(fetched_put(st, &(struct fetched){.url = url, .final_url = url, .type = "", .note = why, .when_utc = NOW, .status = status}, &e));
}

static void organisation(int64_t id, const char *domain)
{
	char url[128];

	rows_org(st, id, domain, ORG_DIRECTORY, "", "en");
	assert_ok(sql_run(st->sql, &e, "INSERT INTO org_domain VALUES (?, ?)", "ti", domain, id));
	rows_link(st, 1, id, LINK_SENDER, true);
	(void)snprintf(url, sizeof url, "dns:mx:%s", domain);
	answered(url, "");
}

static int64_t count(const char *sql)
{
	int64_t n = -1;

	assert_ok(sql_int(st->sql, &n, 0, &e, sql, ""));
	return n;
}

static int set_up(void **state)
{
	(void)state;
	st = rows_case(dir);
	rows_message(st, 1, NOW, VERDICT_ACCESSED);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return rows_case_end(st, dir);
}

static void what_was_not_read_whole_is_counted(void **state)
{
	static const struct case_config config = {.dir = dir, .our_name = "Us"};
	const struct contacts_discover o = {.now_utc = NOW, .stale_utc = NOW - 1};
	struct contacts_tally t;
	struct buf b;

	(void)state;
	organisation(1, "a.example");
	organisation(2, "b.example");
	answered("https://a.example/.well-known/security.txt", "Contact: mailto:deadly@a.example\n");
	buf_init(&b, 4096);
	for (int i = 0; i < 33; i++)
		buf_printf(&b, "Contact: mailto:p%d@b.example\n", i);
	answered("https://b.example/.well-known/security.txt", buf_cstr(&b));
	buf_free(&b);
	assert_ok(contacts_discover(st, &config, &o, &t, &e));
	assert_int_equal(t.asked, 0);
	assert_int_equal(t.failed, 0);
	assert_int_equal(t.unread, 2);
	assert_int_equal(count("SELECT count(*) FROM ledger WHERE what = 'answer not read' AND detail LIKE '%https://a.example/%'"), 1);
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE source = 2 AND note LIKE '%; more are named there than the 32 that are taken'"), 32);
}

static void known(const char *whose, const char *address)
{
	assert_ok(contact_put(st, whose, &(struct contact_known){.source = CONTACT_SECURITY_TXT, .address = address, .role = "", .ground = "before",
	    .note = "", .seen_utc = NOW - 100, .expires_utc = TIME_NONE, .state = CONTACT_USABLE}, &e));
}

static void what_is_known_stays_until_there_is_something_to_replace_it(void **state)
{
	static const struct case_config config = {.dir = dir, .our_name = "Us"};
	const struct contacts_discover o = {.now_utc = NOW, .stale_utc = NOW - 1};
	struct contacts_tally t;

	(void)state;
	organisation(3, "deadly.example");
	organisation(4, "read.example");
	organisation(5, "gone.example");
	organisation(6, "half.example");
	organisation(7, "large.example");
	organisation(8, "large404.example");
	known("deadly.example", "before@deadly.example");
	known("read.example", "before@read.example");
	known("gone.example", "before@gone.example");
	known("half.example", "before@half.example");
	known("large.example", "before@large.example");
	known("large404.example", "before@large404.example");
	answered("https://deadly.example/.well-known/security.txt", "Contact: mailto:deadly@deadly.example\n");
	answered("https://read.example/.well-known/security.txt", "Contact: mailto:now@read.example\n");
	answered("https://gone.example/.well-known/security.txt", "");
	answered("https://gone.example/security.txt", "");
	answered("https://half.example/.well-known/security.txt", "");
	unanswered("https://half.example/security.txt", 0, "timed out");
	unanswered("https://large.example/.well-known/security.txt", 200, "larger than 256 KiB");
	answered("https://large.example/security.txt", "");
	unanswered("https://large404.example/.well-known/security.txt", 404, "larger than 256 KiB");
	answered("https://large404.example/security.txt", "");
	assert_ok(contacts_discover(st, &config, &o, &t, &e));
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE address = 'before@deadly.example'"), 1);
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE whose = 'read.example' AND source = 2"), 1);
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE address = 'now@read.example'"), 1);
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE whose = 'gone.example' AND source = 2"), 0);
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE address = 'before@half.example'"), 1);
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE address = 'before@large.example'"), 1);
	assert_int_equal(t.unread, 4); /* with the two of before */
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE whose = 'large404.example' AND source = 2"), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_not_read_whole_is_counted),
	    cmocka_unit_test(what_is_known_stays_until_there_is_something_to_replace_it),
	};

	if (argc > 2 && strcmp(argv[1], "worker") == 0) {
		const struct jail_job job = {"contacts", NULL, contacts_job.start, task};

		return jail_serve(&job, false);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
