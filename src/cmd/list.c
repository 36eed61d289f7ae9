#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fit.h"
#include "cmd/notify.h"
#include "report/report.h"

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

/* For the help: the kinds, as many as fit on a line. */
static enum errc kinds_text(struct cmd *c, const char **out)
{
	struct buf kinds, text;
	size_t column = 0;

	buf_init(&kinds, 4096);
	buf_init(&text, 4096);
	list_kinds(&kinds);
	for (span rest = buf_span(&kinds), word; rest.n != 0; rest = span_from(rest, word.n < rest.n ? word.n + 2 : word.n)) {
		word = span_first(rest, span_find_byte(rest, ','));
		if (column + word.n > 90)
			column = 0;
		buf_str(&text, column == 0 ? text.n == 0 ? "  " : "\n  " : " ");
		buf_put(&text, word);
		column += word.n + 1;
	}
	*out = buf_check(&text, &c->e) == OK ? arena_printf(c->a, "%s\n", buf_cstr(&text)) : NULL;
	buf_free(&kinds);
	buf_free(&text);
	return *out != NULL ? OK : err_memory(&c->e);
}

enum errc cmd_list(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	bool jsonl = false, reveal = false;
	const char *passwords = NULL, *rules;
	struct buf given = {0};
	const struct cmd_option options[] = {
	    {"jsonl", NULL, "one JSON object a line: the stable machine interface", .flag = &jsonl},
	    {"reveal", NULL, "findings only: their values, read again from the evidence; entered into the ledger", .flag = &reveal},
	    {"passwords", "FILE", "with --reveal: those that scan was given, to read again what they opened", .text = &passwords, .read = true},
	};
	struct verb own = *v;
	struct list_run run = {.fd = STDOUT_FILENO};
	struct list_tally tally;
	struct notify_standing now;
	const char *const *operand;
	size_t n;
	enum errc rc;

	if (asks_to_reveal(argc, argv))
		own.need = NEED_CASE_WRITE;
	if ((rc = kinds_text(c, &own.words)) != OK)
		return rc;
	if ((rc = cmd_start(c, &own, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (n != 1)
		return wants_kind(c);
	if (reveal && strcmp(operand[0], "findings") != 0)
		return err_set(&c->e, ERR_USAGE, "--reveal goes with findings only: nothing else has a value");
	/* Whether approvals still count no row says; where it cannot be told, the rows stand as they are. */
	if (strcmp(operand[0], "waves") == 0 && notify_door_stands(c, &now) != OK)
		c->e = (struct err){0};
	run.store = c->store;
	run.case_dir = c->dir;
	run.kind = operand[0];
	run.jsonl = jsonl || c->json;
	run.columns = fit_terminal(STDOUT_FILENO);
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
