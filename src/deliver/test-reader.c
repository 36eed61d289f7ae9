/*
 * What a reader costs that dies on its way to a mail. The test program is its own worker, which may write files of 64 KiB only: it
 * dies where a larger member is unpacked.
 */
#include "base/test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "deliver/deliver.h"
#include "store/test-rows.h"

static const char *rules;
static char dir[64];

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	const struct rlimit most = {64 * 1024, 64 * 1024};

	if (setrlimit(RLIMIT_FSIZE, &most) != 0)
		return err_sys(e, "limit");
	return returned_job.start(ctx, state, init, fds, n_fds, e);
}

static FILE *made(const char *name)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/mail/%s", dir, name);
	assert_non_null(f = fopen(path, "w"));
	return f;
}

static const char *bounce(struct arena *a, const char *whom)
{
	return arena_printf(a, "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\nContent-Type: multipart/report; boundary=b\n\n--b\n"
	    "Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no %s here\n\n--b--\n", whom);
}

/* POSIX.1-1988 ustar: a header whose sum is that of its bytes with blanks in the place of the sum. */
static void tar_member(FILE *f, const char *name, const char *text)
{
	char head[512] = {0};
	unsigned sum = 8 * ' ';
	size_t n = strlen(text);

	(void)snprintf(head, 100, "%s", name);
	(void)snprintf(head + 100, 8, "0000600");
	(void)snprintf(head + 124, 12, "%011o", (unsigned)n);
	(void)snprintf(head + 136, 12, "%011o", 0);
	head[156] = '0';
	memcpy(head + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof head; i++)
		sum += (unsigned char)head[i];
	(void)snprintf(head + 148, 8, "%06o", sum);
	assert_int_equal(fwrite(head, 1, sizeof head, f), sizeof head);
	assert_int_equal(fwrite(text, 1, n, f), n);
	for (; n % 512 != 0; n++)
		(void)fputc('\0', f);
}

static void who_dies_on_the_way_to_a_mail_takes_none_before_it_along(void **state)
{
	static const struct case_config config = {.dir = dir, .our_name = "Us"};
	struct arena *a = test_arena();
	struct deliver d = {.config = &config, .key = SPAN_LIT("k"), .rules = rules, .now_utc = 1700000000};
	const char *mail;
	struct deliver_collect o = {.paths = &mail, .n = 1};
	struct deliver_collected out;
	FILE *f;

	(void)state;
	test_name(dir, sizeof dir);
	d.store = rows_case(dir);
	assert_non_null(mail = arena_printf(a, "%s/mail", dir));
	assert_int_equal(mkdir(mail, 0700), 0);
	(void)fputs(bounce(a, "ann"), f = made("a"));
	assert_int_equal(fclose(f), 0);
	tar_member(f = made("b"), "1.eml", bounce(a, "bob"));
	tar_member(f, "2.eml", bounce(a, "bea"));
	tar_member(f, "large", arena_printf(a, "%0100000d", 0));
	tar_member(f, "3.eml", bounce(a, "ben"));
	assert_int_equal(fclose(f), 0);
	(void)fputs(bounce(a, "cat"), f = made("c"));
	assert_int_equal(fclose(f), 0);
	assert_ok(deliver_collect(&d, a, &o, &out, &e));
	assert_int_equal(rows_count(d.store, "SELECT count(*) FROM heard WHERE status LIKE '5.1.1 550 no ___ here'"), 4); /* all but ben */
	assert_int_equal(out.n_unreadable, 1);
	assert_int_equal(rows_count(d.store, "SELECT count(*) FROM heard WHERE status LIKE 'not read%'"), 1);
	assert_int_equal(rows_count(d.store, "SELECT at_byte FROM heard WHERE path LIKE '%/b' AND status LIKE 'not read from here to the end%: the worker %'"), 2);
	store_close(d.store);
	arena_free(a);
	assert_int_equal(system(arena_printf(a = test_arena(), "rm -r %s", dir)), 0);
	arena_free(a);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_dies_on_the_way_to_a_mail_takes_none_before_it_along),
	};

	if (argc > 2 && strcmp(argv[1], "worker") == 0) {
		const struct jail_job job = {"returned", NULL, start, returned_job.task};

		return jail_serve(&job, false);
	}
	rules = argc > 1 ? argv[1] : "rules";
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
