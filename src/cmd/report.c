#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fit.h"
#include "base/io.h"
#include "base/near.h"
#include "cmd/notify.h"
#include "report/report.h"

static const struct { const char *word, *file; } formats[] = {
    [REPORT_HTML] = {"html", "report.html"},
    [REPORT_CSV] = {"csv", "report-csv"},
    [REPORT_JSON] = {"json", "report.json"},
};

/* Where nobody said where to: out/ of the case, which is made again where somebody has cleared it away. */
static enum errc own_output(struct cmd *c, const char *name, const char **out)
{
	const char *dir = arena_printf(c->a, "%s/out", c->dir);

	*out = dir != NULL ? arena_printf(c->a, "%s/%s", dir, name) : NULL;
	return *out != NULL ? io_make_dir(dir, 0700, &c->e) : err_memory(&c->e);
}

static enum errc check(struct cmd *c, int *status)
{
	struct report_proof proof;
	struct buf out;
	enum errc rc;

	buf_init(&out, (size_t)64 << 20);
	if ((rc = report_check(c->store, &c->config, c->json, &out, &proof, &c->e)) == OK &&
	    (rc = cmd_print(&out, &c->e)) == OK && proof.broken != 0)
		*status = 1;
	buf_free(&out);
	return rc;
}

static bool is_stdout(const char *output) { return output != NULL && strcmp(output, "-") == 0; }

static enum errc say(struct cmd *c, const struct report_run *run)
{
	struct buf out;
	enum errc rc;

	if (is_stdout(run->output))
		return OK;
	buf_init(&out, 65536);
	if (c->json) {
		struct json j = json_to(&out);

		json_open(&j, NULL, '{');
		json_str(&j, "format", formats[run->format].word);
		json_str(&j, "output", run->output);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&out, "Report written: %s\n", run->output);
	}
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}

/* A day, a time, or so many days ago: "7d". */
static bool since_read(const char *text, int64_t now_utc, int64_t *out)
{
	span s = span_str(text);
	uint64_t days;
	size_t i = span_digits(s, 5, &days);

	*out = now_utc - (int64_t)days * 86400;
	return (i != 0 && i + 1 == s.n && s.p[i] == 'd') || time_parse(s, out);
}

/* To standard output: it is as of now, and no part of the report, which has no clock. */
static enum errc resets(struct cmd *c, const char *format, const char *since)
{
	int64_t now = time_now(), from = TIME_NONE;
	enum report_resets_format f = c->json ? RESETS_JSON : RESETS_TEXT;
	struct buf out;
	enum errc rc;

	if (format != NULL && strcmp(format, "csv") == 0)
		f = RESETS_CSV;
	else if (format != NULL && strcmp(format, "json") == 0)
		f = RESETS_JSON;
	else if (format != NULL)
		return err_set(&c->e, ERR_USAGE, "report resets is text, --format csv or --format json");
	if (since != NULL && (!since_read(since, now, &from) || from >= now))
		return err_set(&c->e, ERR_USAGE, "--since wants a day or a time that has been, or days as 7d, not \"%s\"", since);
	buf_init(&out, (size_t)256 << 20);
	if ((rc = report_resets(c->store, &c->config, f, now, from, fit_terminal(STDOUT_FILENO), &out, &c->e)) == OK)
		rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}

static enum errc clocks(struct cmd *c, bool all, int *status)
{
	const char *law;
	struct buf out;
	unsigned overdue = 0;
	enum errc rc;

	buf_init(&out, (size_t)4 << 20);
	if ((rc = cmd_share(c, NULL, "TOCSIN_LAW", "law", &law)) == OK &&
	    (rc = report_clocks(c->a, &c->config, law, all, c->json, &out, &overdue, &c->e)) == OK &&
	    (rc = cmd_print(&out, &c->e)) == OK && overdue != 0)
		*status = 1;
	buf_free(&out);
	return rc;
}

enum errc cmd_report(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *format = NULL, *output = NULL, *since = NULL, *law;
	bool prove = false, all = false;
	const struct cmd_option options[] = {
	    {"format", "html|csv|json", "a page, a folder of tables, or one object; html", .text = &format},
	    {"output", "PATH", "where to, - is standard output; else report.html, report-csv or report.json in out/ of the case", .text = &output},
	    {"since", "TIME", "with resets: what moved from then on; a day, a time, or 7d", .text = &since},
	    {"all", NULL, "with clocks: also those that are off, and those of whom we tell", .flag = &all},
	    {"check", NULL, "prove the case's invariants instead; exit status 1 when one is broken", .flag = &prove},
	};
	struct report_run run = {.format = REPORT_HTML};
	struct notify_standing now;
	struct near near;
	const char *const *operand;
	size_t n;
	enum errc rc;

	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (notify_door_stands(c, &now) != OK) /* no row says whether approvals still count; where it cannot be told, rows stand as they are */
		c->e = (struct err){0};
	if (is_stdout(output) && c->json)
		return err_set(&c->e, ERR_USAGE, "--output - and --json would both be on standard output: leave out one of them");
	if (n == 1 && strcmp(operand[0], "resets") == 0 && !prove && output == NULL)
		return resets(c, format, since);
	if (since != NULL)
		return err_set(&c->e, ERR_USAGE, "--since goes with resets");
	if (n == 1 && (strcmp(operand[0], "clocks") == 0 || strcmp(operand[0], "regulator") == 0) && format != NULL)
		return err_set(&c->e, ERR_USAGE, "report %s takes no --format: it is %s", operand[0], operand[0][0] == 'c' ? "text, or --json" : "a page");
	if (n == 1 && strcmp(operand[0], "clocks") == 0 && !prove && format == NULL && output == NULL)
		return clocks(c, all, status);
	if (n == 1 && strcmp(operand[0], "regulator") == 0 && !prove && format == NULL) {
		run.store = c->store;
		run.config = &c->config;
		run.output = output;
		if (output == NULL && (rc = own_output(c, "regulator.html", &run.output)) != OK)
			return rc;
		if ((rc = cmd_share(c, NULL, "TOCSIN_LAW", "law", &law)) != OK || (rc = report_regulator(&run, law, &c->e)) != OK)
			return rc;
		return say(c, &run);
	}
	if (n != 0) {
		near = near_among(span_str(operand[0]), SPAN_WORDS("clocks", "regulator", "resets"));
		return err_set(&c->e, ERR_USAGE, "takes one of clocks, regulator, resets, or nothing, not \"%s%s%s\"%s", operand[0], n > 1 ? " " : "",
		    n > 1 ? operand[1] : "", near_says(&near));
	}
	if (prove && (format != NULL || output != NULL))
		return err_set(&c->e, ERR_USAGE, "--check writes no report: leave out --format and --output");
	if (prove)
		return check(c, status);
	while (format != NULL && strcmp(formats[run.format].word, format) != 0)
		if (run.format++ == REPORT_JSON) {
			near = near_among(span_str(format), SPAN_WORDS("html", "csv", "json"));
			return err_set(&c->e, ERR_USAGE, "--format wants html, csv or json, not \"%s\"%s", format, near_says(&near));
		}
	if (run.format == REPORT_CSV && is_stdout(output))
		return err_set(&c->e, ERR_USAGE, "--format csv is a folder of tables: --output wants its path");
	run.store = c->store;
	run.config = &c->config;
	run.output = output;
	if (output == NULL && (rc = own_output(c, formats[run.format].file, &run.output)) != OK)
		return rc;
	if ((rc = report_write(&run, &c->e)) != OK)
		return rc;
	return say(c, &run);
}
