#include "scope/scope.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fit.h"
#include "base/io.h"
#include "base/near.h"
#include "base/utf8.h"
#include "cmd/verbs.h"
#include "report/report.h"

static bool none_read(const struct scope_tally *t) { return t->files_unchanged == 0 && t->files == t->files_skipped + t->files_failed; }

static void tell_counts(struct buf *out, const struct scope_tally *t)
{
	cmd_line(out, "log files read", "%" PRIu64 " (%" PRIu64 " unchanged, %" PRIu64 " no logs, %" PRIu64 " failed)", t->files,
	    t->files_unchanged, t->files_skipped, t->files_failed);
	cmd_line(out, "records read", "%" PRIu64 " (%" PRIu64 " repeated, %" PRIu64 " in part)", t->records, t->duplicates, t->partial);
	cmd_line(out, "records not readable", "%" PRIu64, t->failed);
	cmd_line(out, "records in the case", "%" PRIu64, t->events);
	cmd_line(out, "the intruder's", "%" PRIu64 " (%" PRIu64 " more may be)", t->of_actor, t->maybe_actor);
	cmd_line(out, "accessed", "%" PRIu64, t->messages[VERDICT_ACCESSED]);
	cmd_line(out, "presumed", "%" PRIu64, t->messages[VERDICT_PRESUMED]);
	cmd_line(out, "unknown", "%" PRIu64, t->messages[VERDICT_UNKNOWN]);
	cmd_line(out, "not accessed", "%" PRIu64, t->messages[VERDICT_NOT_ACCESSED]);
	cmd_line(out, "reached, not in evidence", "%" PRIu64, t->not_in_evidence);
	cmd_line(out, "reached, not identified", "%" PRIu64 "%s", t->not_identified,
	    t->not_identified != 0 ? " (ids that nothing resolves: see --id-map)" : "");
	cmd_line(out, "verdicts changed", "%" PRIu64 " (%" PRIu64 " into scope, %" PRIu64 " out of it)", t->changed, t->entered, t->left);
}

/* What to do about it, line by line. */
static void tell_hints(struct buf *out, bool given, const struct scope_tally *t)
{
	if (!t->has_actor)
		buf_str(out, "  Nobody has said who the intruder is, so nothing can be told apart: every verdict is unknown.\n"
			     "  See tocsin scope --suggest, and --actor FILE.yaml.\n");
	else if (t->n_actors != 0 && t->events != 0 && t->of_actor + t->maybe_actor == 0)
		buf_str(out, "  NO RECORD FITS what the actor file says of the intruder. Is each value spelled as in the logs? tocsin scope --suggest\n");
	if (given && t->files + t->files_unchanged == 0)
		buf_str(out, "  There is no file in what was given as logs.\n");
	else if (given && none_read(t))
		buf_str(out, "  NONE of what was given was read as an audit log.\n");
	if (t->files_skipped != 0)
		buf_str(out, "  What the files are that are no logs: tocsin list log_sources\n");
	if (t->full != 0)
		buf_printf(out, "  %" PRIu64 " %s the 50,000 records that one can have, so that there may have been more: see tocsin list log_sources\n", t->full,
		    t->full == 1 ? "export has" : "exports have");
	if (t->unnamed != 0) {
		buf_printf(out, "  %" PRIu64 " mailbox%s of the evidence stand%s in no record of these logs: ", t->unnamed, t->unnamed == 1 ? "" : "es", t->unnamed == 1 ? "s" : "");
		utf8_show(out, span_str(t->unnamed_owner));
		buf_printf(out, "%s. Is it spelled as there? tocsin list mailboxes, ingest --mailbox, aliases in the actor file\n", t->unnamed == 1 ? "" : " and others");
	}
	if (t->unread_file != 0)
		buf_printf(out, "  %" PRIu64 " %s not proved while nobody has looked at a file that is no log: see unread_file in tocsin list verdicts;\n"
			     "  once somebody has, accept_unreadable: true in the actor file says so\n",
		    t->unread_file, t->unread_file == 1 ? "verdict is" : "verdicts are");
	if (t->partial != 0)
		buf_str(out, "  What is wrong with those read in part: tocsin list log_problems\n");
	if (t->failed + t->files_failed != 0)
		buf_str(out, "  What was not read, and why: tocsin list log_failures, tocsin list log_sources\n");
}

static void tell_json(struct buf *out, const struct cmd *c, const struct scope_tally *t)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_u64(&j, "files", t->files);
	json_u64(&j, "files_unchanged", t->files_unchanged);
	json_u64(&j, "files_skipped", t->files_skipped);
	json_u64(&j, "files_full", t->full);
	json_u64(&j, "files_failed", t->files_failed);
	json_u64(&j, "records", t->records);
	json_u64(&j, "duplicates", t->duplicates);
	json_u64(&j, "partial", t->partial);
	json_u64(&j, "failed", t->failed);
	json_u64(&j, "events", t->events);
	json_u64(&j, "of_actor", t->of_actor);
	json_u64(&j, "maybe_actor", t->maybe_actor);
	json_bool(&j, "has_actor", t->has_actor);
	json_u64(&j, "accessed", t->messages[VERDICT_ACCESSED]);
	json_u64(&j, "presumed", t->messages[VERDICT_PRESUMED]);
	json_u64(&j, "unknown", t->messages[VERDICT_UNKNOWN]);
	json_u64(&j, "not_accessed", t->messages[VERDICT_NOT_ACCESSED]);
	json_u64(&j, "not_in_evidence", t->not_in_evidence);
	json_u64(&j, "not_identified", t->not_identified);
	json_u64(&j, "unread_file", t->unread_file);
	json_u64(&j, "mailboxes_in_no_record", t->unnamed);
	json_u64(&j, "changed", t->changed);
	json_u64(&j, "entered_scope", t->entered);
	json_u64(&j, "left_scope", t->left);
	json_bool(&j, "jailed", !c->without_jail);
	json_close(&j, '}');
	json_end_line(&j);
}

/* What these print are rows of the case: `tocsin list` by another name. */
static enum errc list_kind(struct cmd *c, const char *kind, const char *nothing)
{
	struct list_run run = {.fd = STDOUT_FILENO, .store = c->store, .case_dir = c->dir, .kind = kind, .jsonl = c->json, .columns = fit_terminal(STDOUT_FILENO),
	    .n_workers = c->workers, .without_jail = c->without_jail};
	struct list_tally tally;
	enum errc rc = report_list(&run, &tally, &c->e);

	if (rc == OK && tally.rows == 0 && !c->json)
		rc = io_write(STDOUT_FILENO, span_str(nothing), &c->e);
	return rc;
}

/* Only reading a case needs no lock: known before it is opened. */
static bool only_shows(int argc, char **argv)
{
	static const char *const words[] = {"coverage", "timeline", "explain", "suggest", "--suggest", "--what-if"};

	for (int i = 0; i < argc; i++)
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (strncmp(argv[i], words[k], strlen(words[k])) == 0 && (argv[i][0] == '-' || i == 0))
				return true;
	return false;
}

static enum errc read_and_judge(struct cmd *c, const struct scope_options *o, struct buf *out, int *status)
{
	struct scope_tally tally;
	enum errc rc = scope_run(c->store, &c->config, o, &tally, &c->e);

	if (rc != OK)
		return rc;
	*status = tally.failed + tally.files_failed != 0 || (o->n_logs != 0 && none_read(&tally));
	if (c->json) {
		tell_json(out, c, &tally);
	} else {
		tell_counts(out, &tally);
		tell_hints(out, o->n_logs != 0, &tally);
	}
	return OK;
}

/* --logs a b c: what stands behind the first path are paths too. A map of ids is known by its content, like any log. NULL: no memory. */
static const char **all_paths(struct arena *a, const struct text_list *logs, const char *const *operand, size_t n, const struct text_list *id_maps)
{
	const char **paths = arena_zero(a, logs->n + n + id_maps->n + 1, sizeof *paths), **to = paths;

	for (size_t i = 0; i < logs->n && paths != NULL; i++)
		*to++ = logs->v[i];
	for (size_t i = 0; i < n && paths != NULL; i++)
		*to++ = operand[i];
	for (size_t i = 0; i < id_maps->n && paths != NULL; i++)
		*to++ = id_maps->v[i];
	return paths;
}

enum errc cmd_scope(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *actor = NULL, *what_if = NULL, *written = NULL, *abandoned = NULL;
	int64_t written_utc = TIME_NONE;
	bool suggest = false;
	struct text_list logs = {0}, id_maps = {0};
	const struct cmd_option options[] = {
	    {"logs", "PATH", "audit logs: a file or a folder; may be given several times", .list = &logs, .read = true},
	    {"id-map", "PATH", "which item id is which Message-ID: CSV or JSON; may be given several times", .list = &id_maps, .read = true},
	    {"written", "DAY", "when logs whose dates have no year end: a day or time; else their files' times say", .text = &written},
	    {"actor", "FILE.yaml", "who the intruder is: see tocsin-actor(5)", .text = &actor, .read = true},
	    {"what-if", "FILE.yaml", "the difference that another actor file would make; writes nothing", .text = &what_if, .read = true},
	    {"abandon", "PATH", "reads nothing: what was stopped there stays as it is, since the path is gone; the ledger says so", .text = &abandoned},
	    {"suggest", NULL, "who the intruder may be, with reasons; never used by itself", .flag = &suggest},
	};
	struct scope_options o = {0};
	struct near near;
	const char *const *operand;
	struct verb own = *v;
	const char **paths;
	struct buf out;
	size_t n;
	enum errc rc;

	if (only_shows(argc, argv))
		own.need = NEED_CASE_READ;
	if ((rc = cmd_start(c, &own, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	digests_only();
	if (abandoned != NULL)
		return n == 0 && logs.n == 0 ? reading_abandon(c->store, READING_LOGS, abandoned, &c->e) : err_set(&c->e, ERR_USAGE, "--abandon reads nothing; leave the logs out");
	if (n == 1 && strcmp(operand[0], "coverage") == 0)
		return list_kind(c, "log_days", "No log was read: tocsin scope --logs PATH\n");
	if (suggest || (n == 1 && strcmp(operand[0], "suggest") == 0))
		return list_kind(c, "suggestions", "Nothing in the logs stands out. A person says who the intruder is: --actor FILE.yaml\n");
	buf_init(&out, (size_t)1 << 30);
	if (what_if != NULL) {
		rc = scope_what_if(c->store, &c->config, what_if, c->json, &out, &c->e);
	} else if (n == 1 && strcmp(operand[0], "timeline") == 0) {
		rc = scope_timeline(c->store, &c->config, c->json, &out, &c->e);
	} else if (n != 0 && strcmp(operand[0], "explain") == 0) {
		rc = n == 2 ? scope_explain(c->store, operand[1], c->json, &out, &c->e)
			    : err_set(&c->e, ERR_USAGE, "explain wants one message: the beginning of its SHA-256, or its Message-ID");
	} else if (n != 0 && logs.n == 0 && id_maps.n == 0) {
		near = near_among(span_str(operand[0]), SPAN_WORDS("coverage", "timeline", "explain"));
		rc = err_set(&c->e, ERR_USAGE, "takes coverage, timeline, explain MESSAGE, or nothing, not \"%s\"%s; logs are given by --logs", operand[0], near_says(&near));
	} else if (written != NULL && !time_parse_end(span_str(written), &written_utc)) {
		rc = err_set(&c->e, ERR_USAGE, "--written wants a day or a time, 2025-06-30 or 2025-06-30T12:00:00Z, not \"%s\"", written);
	} else if ((paths = all_paths(c->a, &logs, operand, n, &id_maps)) == NULL) {
		rc = err_memory(&c->e);
	} else {
		o = (struct scope_options){.logs = paths, .n_logs = logs.n + n + id_maps.n, .actor = actor, .written_utc = written_utc, .n_workers = c->workers,
		    .without_jail = c->without_jail, .progress = !c->quiet};
		rc = read_and_judge(c, &o, &out, status);
	}
	if (rc == OK)
		rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
