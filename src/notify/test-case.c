#include "notify/test-case.h"

#include <dirent.h>
#include <unistd.h>

#include "base/clock.h"

const char *templates;
static const char *const us[] = {"us.example"};
static const char *const languages[] = {"en", "fr", "de", "es"};

void open_store(struct fixture *f)
{
	assert_ok(store_open(&f->n.store, f->dir, STORE_WRITE, &e));
}

struct fixture *fixture_new(void)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct err e = {0};

	assert_non_null(f);
	test_name(f->dir, sizeof f->dir);
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(store_create(f->dir, &e), OK);
	f->a = test_arena();
	f->config = (struct case_config){.dir = f->dir, .title = "Mailbox compromise of March 2024", .reference = "IR-7",
	    .detected_utc = 1709251200, .contained_utc = TIME_NONE, .contained_by_utc = TIME_NONE,
	    .first_access_utc = 1705276800, .last_access_utc = TIME_NONE, .last_access_by_utc = TIME_NONE,
	    .our_name = "Us Ltd", .our_domains = {(const char **)(uintptr_t)us, 1}, .sender_name = "Ada Example",
	    .sender_address = "ada@us.example", .sender_title = "Head of Security", .sender_phone = "+44 20 0000 0000",
	    .portal = "notices.us.example", .languages = {(const char **)(uintptr_t)languages, 2}, .notify_mentioned = true,
	    .approvals = 2, .remediation = {2, 14, 14, 30}};
	f->n = (struct notify){.config = &f->config, .key = SPAN_LIT("a key of thirty-two bytes, or so"), .templates = templates,
	    .now_utc = 1709629200};
	open_store(f);
	return f;
}

static void remove_all(const char *dir)
{
	DIR *d = opendir(dir);

	if (d == NULL)
		return;
	for (struct dirent *x; (x = readdir(d)) != NULL;) {
		char path[600];

		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", dir, x->d_name);
		remove_all(path);
		(void)remove(path);
	}
	(void)closedir(d);
	(void)rmdir(dir);
}

void fixture_free(struct fixture *f)
{
	store_close(f->n.store);
	arena_free(f->a);
	remove_all(f->dir);
	free(f);
}

struct notify_planned plan(struct fixture *f)
{
	struct notify_planned p;

	assert_ok(notify_plan(&f->n, f->a, &p, &e));
	return p;
}

struct notify_approved approve(struct fixture *f, const char *by)
{
	struct notify_approved p;

	assert_ok(notify_approve(&f->n, 0, by, &p, &e));
	return p;
}

struct notify_written write_wave(struct fixture *f)
{
	struct notify_written p;

	assert_ok(notify_write(&f->n, f->a, 0, &p, &e));
	return p;
}

void both_approve(struct fixture *f)
{
	(void)approve(f, "Ada");
	(void)approve(f, "Bob");
}

void approve_write(struct fixture *f)
{
	both_approve(f);
	(void)write_wave(f);
}

void plan_approve_write(struct fixture *f)
{
	(void)plan(f);
	approve_write(f);
}

const char *text_of(struct fixture *f, const char *org)
{
	struct notify_wave w;
	struct buf b;
	const char *s;

	buf_init(&b, 1 << 20);
	assert_ok(notify_show(&f->n, f->a, 0, org, true, &w, &b, &e));
	s = arena_printf(f->a, "%s", buf_cstr(&b));
	buf_free(&b);
	return s;
}

void small_case(struct fixture *f)
{
	struct store *st = f->n.store;

	rows_org(st, 1, "us", ORG_OURSELVES, "", "");
	rows_org(st, 2, "Customer plc", ORG_DIRECTORY, "GB", "");
	rows_contact(st, 2, 0, "security@customer.example");
	rows_message(st, 1, 1706000000, VERDICT_ACCESSED);
	rows_message(st, 2, 1707000000, VERDICT_UNKNOWN);
	rows_exposure(st, 1, "password", SEVERITY_HIGH, "su********99");
	rows_finding(st, 1, 1);
	rows_link(st, 1, 1, LINK_RECIPIENT, true);
	rows_link(st, 1, 2, LINK_SENDER, true);
	rows_link(st, 2, 2, LINK_MENTIONED, true);
}
