/* main: the table of verbs, in the order of the work, and what each needs. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/near.h"
#include "base/pages.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "cmd/verbs.h"

static const struct verb verbs[] = {
    {"init", NEED_NOTHING, "DIR", "make a case", "~/case --title \"Mailboxes read in March\" --domain us.example", cmd_init, .alone = true},
    {"ingest", NEED_CASE_WRITE, "PATH...", "read mail: which messages are there, and was all of it read?", "/evidence/maeve.pst --mailbox maeve@us.example", cmd_ingest},
    {"scope", NEED_CASE_WRITE, "[--logs PATH...] [coverage|timeline|explain MESSAGE]",
	"read audit logs: what did the intruder reach?", "--logs /evidence/logs --actor actor.yaml", cmd_scope,
	"  coverage                   of which mailbox and day there are logs, and what they can prove\n"
	"  timeline                   what the intruder did, step by step\n"
	"  explain MESSAGE            why a message has its verdict, with the records: by its Message-ID or the beginning of its SHA-256\n"},
    {"scan", NEED_CASE_WRITE, "", "read the mail: what does it give away?", "--passwords passwords.txt", cmd_scan},
    {"attribute", NEED_CASE_WRITE, "", "say whose the mail and its secrets are", "--directory customers.csv", cmd_attribute},
    {"notify", NEED_CASE_WRITE, "SUBCOMMAND", "who is told what, once: waves of notices", "plan", cmd_notify},
    {"serve", NEED_NOTHING, "--config FILE", "the reading room, where an organisation sees what was exposed and says what it reset", "--config /etc/tocsin-serve/serve.yaml --check", cmd_serve},
    {"report", NEED_CASE_READ, "[clocks|regulator|resets]", "show the case, and prove that the job is done", "--check", cmd_report,
	"  clocks                     what the law wants when, by the dates of the case\n"
	"  regulator                  the facts that a supervisory authority asks for, as a page\n"
	"  resets                     what the organisations did with the credentials that they were told of\n"},
    {"status", NEED_CASE_READ, "", "how far the case is, and what comes next", "", cmd_status},
    {"list", NEED_CASE_READ, "KIND", "the rows of the case: sources, items, messages, findings, orgs, links, waves ...", "findings --jsonl", cmd_list},
    {"open", NEED_NOTHING, "FILE", "an organisation's reader: an export of the reading room, checked and unpacked", "export.age --out dossier", cmd_open, .alone = true},
    {"verify", NEED_CASE_READ, "[NOTICE]", "is this notice real? without one: the ledger's chain, and with --evidence every source's digest", "notice.eml --key notice.pub --explain", cmd_verify},
};
enum { N_VERBS = sizeof verbs / sizeof verbs[0] };

static int usage(FILE *to, int status)
{
	(void)fprintf(to, "usage: tocsin VERB [options] ...\n\n"
			  "From a compromised mailbox to every organisation concerned told exactly what was taken from it.\n\n");
	for (size_t i = 0; i < N_VERBS; i++)
		(void)fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
	(void)fprintf(to, "\ntocsin VERB --help says more; so does man tocsin.\n");
	return status;
}

/*
 * A message may name a file, and a file's name may hold anything: none of it reaches the terminal as an order to it. Where no memory is left,
 * which may be what it says, its letters are shown.
 */
static void complain(const char *text)
{
	struct buf line;

	buf_init(&line, 64 * KIB);
	utf8_show(&line, span_str(text));
	for (const char *c = line.failed ? text : buf_cstr(&line); *c != '\0'; c++)
		(void)fputc(line.failed && (*c < ' ' || *c > '~') ? '?' : *c, stderr);
	(void)fputc('\n', stderr);
	buf_free(&line);
}

/* Did who reads our output go away, as head(1) does? Then there is nobody to complain to: we end as a program does that knows no better. */
static bool reader_gone(const struct err *e)
{
	struct pollfd out = {.fd = STDOUT_FILENO};
	span end = SPAN_LIT("write: Broken pipe"), text = span_str(e->text);

	return e->code == ERR_WORLD && text.n >= end.n && span_eq(span_from(text, text.n - end.n), end) && poll(&out, 1, 0) == 1 &&
	    (out.revents & POLLERR) != 0;
}

static int run(const struct verb *v, int argc, char **argv)
{
	struct cmd c = {.verb = v->name};
	int status = 0;
	enum errc rc;

	stop_on_signals(v->need != NEED_CASE_READ);
	if ((rc = arena_new(&c.a, (size_t)1 << 30, &c.e)) == OK)
		rc = v->run(&c, v, argc, argv, &status);
	store_close(c.store);
	arena_free(c.a);
	if (rc == ERR_STOPPED && c.e.code == OK)
		return 0;
	if (rc == OK)
		return status;
	if (reader_gone(&c.e)) {
		(void)signal(SIGPIPE, SIG_DFL);
		(void)raise(SIGPIPE);
	}
	err_in(&c.e, "tocsin %s", c.verb); /* with its subcommand */
	complain(c.e.text);
	return err_exit_status(rc);
}

/*
 * Standard descriptors that were closed would go to the next file that is opened, and our words into it. What stands in for them
 * can be neither read nor written, so that output that nobody gets is a failure, as on a full disk.
 */
static void descriptors_take(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(4);
}

static int printed(int status)
{
	if (fflush(stdout) == 0)
		return status;
	(void)fprintf(stderr, "tocsin: write: %s\n", strerror(errno));
	return 4;
}

int main(int argc, char **argv)
{
	struct near near;
	struct err e;

	descriptors_take();
	/* Evidence and keys pass through this process: no core file ever, and no debugger of another process. */
	(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	pages_heap();
	if (argc < 2)
		return usage(stderr, 2);
	if (strcmp(argv[1], "worker") == 0)
		return cmd_worker(argc - 2, argv + 2);
	if (strcmp(argv[1], "help") == 0 && argc > 2) { /* help scan: scan --help */
		static char asked[] = "--help";

		for (int i = 1; i < argc - 1; i++)
			argv[i] = argv[i + 1];
		argv[argc - 1] = asked;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
		return printed(usage(stdout, 0));
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("tocsin " TOCSIN_VERSION);
		return printed(0);
	}
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return run(&verbs[i], argc - 2, argv + 2);
	if (argv[1][0] == '-') {
		(void)err_set(&e, ERR_USAGE, "tocsin: the verb comes first, and %s behind it; see tocsin --help", argv[1]);
		complain(e.text);
		return 2;
	}
	near = near_to(span_str(argv[1]));
	for (size_t i = 0; i < N_VERBS; i++)
		near_try(&near, span_str(verbs[i].name));
	(void)err_set(&e, ERR_USAGE, "tocsin: unknown verb %s%s; see tocsin --help", argv[1], near_says(&near));
	complain(e.text);
	return 2;
}
