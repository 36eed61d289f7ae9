/*
 * What discovery makes of answers, which lie in the case already: nobody is asked. The test program is its own worker, and dies of a page
 * that says so.
 */
#include "base/test.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

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

/* An organisation with a contact of the network that its host had; which: what the DNS says of it now. */
static void networked(int64_t id, const char *domain, const char *address, int status)
{
	char url[128];

	organisation(id, domain);
	assert_ok(contact_put(st, domain, &(struct contact_known){.source = CONTACT_RDAP_NETWORK, .address = address, .role = "", .ground = "before",
	    .note = "", .seen_utc = NOW - 100, .expires_utc = TIME_NONE, .state = CONTACT_REVIEW}, &e));
	(void)snprintf(url, sizeof url, "dns:a:%s", domain);
	unanswered(url, status, "");
	(void)snprintf(url, sizeof url, "dns:aaaa:%s", domain);
	unanswered(url, 404, "");
	(void)snprintf(url, sizeof url, "https://%s/.well-known/security.txt", domain);
	unanswered(url, 404, "");
	(void)snprintf(url, sizeof url, "https://%s/security.txt", domain);
	unanswered(url, 404, "");
}

static void a_network_that_its_host_left_is_asked_for_it_no_more(void **state)
{
	char path[128];
	const char *files[] = {path};
	const struct case_config config = {.dir = dir, .our_name = "Us", .network.rdap_bootstrap = {.v = files, .n = 1}};
	struct contacts_discover o = {.now_utc = NOW, .stale_utc = NOW - 1};
	struct contacts_tally t;
	FILE *f;

	(void)state;
	(void)snprintf(path, sizeof path, "%s/ipv4.json", dir);
	assert_non_null(f = fopen(path, "w"));
	assert_true(fputs("{\"services\":[[[\"192.0.2.0/24\"],[\"https://rdap.test/\"]]]}", f) >= 0);
	assert_int_equal(fclose(f), 0);
	networked(9, "nowhere.example", "noc@before.example", 404);
	networked(10, "silent.example", "noc@still.example", 0);
	for (unsigned i = 0; i < 2; i++) {
		o.org = i == 0 ? "nowhere.example" : "silent.example";
		assert_ok(contacts_discover(st, &config, &o, &t, &e));
	}
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE address = 'noc@before.example'"), 0);
	assert_int_equal(count("SELECT count(*) FROM contact_found WHERE address = 'noc@still.example'"), 1);
	assert_int_equal(unlink(path), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_not_read_whole_is_counted),
	    cmocka_unit_test(what_is_known_stays_until_there_is_something_to_replace_it),
	    cmocka_unit_test(a_network_that_its_host_left_is_asked_for_it_no_more),
	};

	if (argc > 2 && strcmp(argv[1], "worker") == 0) {
		const struct jail_job job = {"contacts", NULL, contacts_job.start, task};

		return jail_serve(&job, false);
	}
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
