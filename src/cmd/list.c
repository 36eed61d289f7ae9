#include <inttypes.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/verbs.h"
#include "report/report.h"

static unsigned terminal_columns(void)
{
	struct winsize w;

	return isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

/* A reveal is entered into the ledger, so it needs the case for writing: known before the case is opened. */
static bool asks_to_reveal(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--reveal") == 0)
			return true;
	return false;
}

static enum errc wants_kind(struct cmd *c)
{
	struct buf kinds;
	enum errc rc;

	buf_init(&kinds, 4096);
	list_kinds(&kinds);
	rc = err_set(&c->e, ERR_USAGE, "wants one kind of rows: %s", buf_cstr(&kinds));
	buf_free(&kinds);
	return rc;
}

enum errc cmd_list(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	bool jsonl = false, reveal = false;
	const char *passwords = NULL, *rules;
	struct buf given = {0};
	const struct cmd_option options[] = {
	    {"jsonl", NULL, "one JSON object a line: the stable machine interface", .flag = &jsonl},
	    {"reveal", NULL, "findings only: their values, read again from the evidence; entered into the ledger", .flag = &reveal},
	    {"passwords", "FILE", "with --reveal: those that scan was given, to read again what they opened", .text = &passwords},
	};
	struct verb own = *v;
	struct list_run run = {.fd = STDOUT_FILENO};
	struct list_tally tally;
	const char *const *operand;
	size_t n;
	enum errc rc;

	if (asks_to_reveal(argc, argv))
		own.need = NEED_CASE_WRITE;
	if ((rc = cmd_start(c, &own, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (n != 1)
		return wants_kind(c);
	if (reveal && strcmp(operand[0], "findings") != 0)
		return err_set(&c->e, ERR_USAGE, "--reveal goes with findings only: nothing else has a value");
	run.store = c->store;
	run.case_dir = c->dir;
	run.kind = operand[0];
	run.jsonl = jsonl || c->json;
	run.columns = run.jsonl ? 0 : terminal_columns();
	run.reveal = reveal;
	run.n_workers = c->workers;
	run.without_jail = c->without_jail;
	run.progress = !c->quiet;
	if (passwords != NULL && !reveal)
		return err_set(&c->e, ERR_USAGE, "--passwords goes with --reveal only");
	if (reveal && cmd_share(c, NULL, "TOCSIN_RULES", "rules", &rules) != OK)
		rules = NULL;
	if (reveal && (rc = cmd_reopen(c, rules, passwords, &given)) != OK)
		goto out;
	run.passwords = buf_span(&given);
	rc = report_list(&run, &tally, &c->e);
out:
	buf_wipe(&given);
	if (rc != OK)
		return rc;
	if (tally.not_revealed != 0) {
		(void)fprintf(stderr, "tocsin list: %" PRIu64 " of %" PRIu64 " values could not be read again\n",
		    tally.not_revealed, tally.rows);
		*status = 1;
	}
	return OK;
}
