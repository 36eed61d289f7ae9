/* What comes back, as mail and from the reading room: into the case; questions decided, who is to be reminded. */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "case/names.h"
#include "cmd/notify-desk.h"
#include "store/portal.h"

enum { DAY = 86400 };

static void put_collected(struct cmd *c, struct buf *out, const struct notify_collected *p)
{
	struct json j = json_to(out);

	if (c->json) {
		json_open(&j, NULL, '{');
		json_u64(&j, "entries", p->n_entries);
		json_u64(&j, "new", p->n_new);
		json_u64(&j, "unknown_case", p->n_unknown);
		json_u64(&j, "unreadable", p->n_bad);
		json_u64(&j, "marks", p->n_marks);
		json_u64(&j, "questions", p->n_questions);
		json_bool(&j, "checkpoint_checked", p->checkpoint_held);
		json_close(&j, '}');
		json_end_line(&j);
		return;
	}
	buf_printf(out, "%" PRIu64 " event%s in the log, %" PRIu64 " of them new.\n", p->n_entries, cmd_s(p->n_entries), p->n_new);
	cmd_line(out, "credentials marked", "%" PRIu64, p->n_marks);
	cmd_line(out, "questions to decide", "%" PRIu64 "%s", p->n_questions, p->n_questions != 0 ? " (tocsin list questions)" : "");
	if (p->n_unknown != 0)
		cmd_line(out, "about cases not sealed here", "%" PRIu64, p->n_unknown);
	if (p->n_bad != 0)
		cmd_line(out, "no event at all", "%" PRIu64, p->n_bad);
	buf_printf(out, "%s\n", p->checkpoint_held ? "The log is what its key signed, and goes on from what was collected before."
	                                           : "It goes on from what was collected before. Who signed it was NOT checked: --checkpoint and --log-key.");
}

static void put_mail(struct cmd *c, struct buf *out, const struct deliver_collected *p)
{
	struct json j = json_to(out);

	if (c->json) {
		json_open(&j, NULL, '{');
		json_u64(&j, "files", p->n_files);
		json_u64(&j, "mails", p->n_mails);
		json_u64(&j, "new", p->n_new);
		for (int kind = HEARD_FAILED; kind <= HEARD_OTHER; kind++)
			json_u64(&j, heard_kind_name(kind), p->n_kind[kind]);
		json_u64(&j, "proves_nothing", p->n_doubtful);
		json_u64(&j, "about_no_notice", p->n_unknown);
		json_u64(&j, "no_mail", p->n_no_mail);
		json_u64(&j, "unreadable", p->n_unreadable);
		json_i64(&j, "next_contacts", p->n_promoted);
		json_u64(&j, "new_tasks", p->n_tasks);
		json_close(&j, '}');
		json_end_line(&j);
		return;
	}
	buf_printf(out, "%" PRIu64 " mail%s in %" PRIu64 " file%s, %" PRIu64 " of them new.\n", p->n_mails, cmd_s(p->n_mails), p->n_files, cmd_s(p->n_files),
	    p->n_new);
	for (int kind = HEARD_FAILED; kind <= HEARD_OTHER; kind++)
		if (p->n_kind[kind] != 0)
			cmd_line(out, heard_kind_name(kind), "%" PRIu64, p->n_kind[kind]);
	if (p->n_doubtful != 0)
		cmd_line(out, "proves nothing", "%" PRIu64 " (tocsin list heard)", p->n_doubtful);
	if (p->n_unknown != 0)
		cmd_line(out, "about no notice of ours", "%" PRIu64, p->n_unknown);
	if (p->n_no_mail != 0)
		cmd_line(out, "files that are no mail", "%" PRIu64, p->n_no_mail);
	if (p->n_unreadable != 0)
		cmd_line(out, "could not be read", "%" PRIu64, p->n_unreadable);
	if (p->n_promoted != 0)
		cmd_line(out, "next contacts", "%" PRId64 " (tocsin notify send)", p->n_promoted);
	if (p->n_tasks != 0)
		cmd_line(out, "new tasks", "%" PRIu64 " (tocsin notify status)", p->n_tasks);
}

static enum errc collect_mail(struct cmd *c, const char *const *paths, size_t n, struct buf *out, int *status)
{
	struct deliver d = {.store = c->store, .config = &c->config, .now_utc = time_now()};
	struct deliver_collect o = {.paths = paths, .n = n, .without_jail = c->without_jail, .tick = desk_tick};
	unsigned char key[CASE_KEY_SIZE];
	struct deliver_collected p;
	struct progress progress;
	enum errc rc;

	if ((rc = case_key(c->dir, key, &c->e)) != OK || (rc = cmd_share(c, NULL, "TOCSIN_RULES", "rules", &d.rules)) != OK)
		goto end;
	d.key = span_of(key, sizeof key);
	o.ctx = &progress;
	progress_begin(&progress, !c->quiet, "collect", "mails", 0);
	rc = deliver_collect(&d, c->a, &o, &p, &c->e);
	progress_end(&progress);
	if (rc == OK) {
		put_mail(c, out, &p);
		*status = p.n_doubtful != 0 || p.n_unreadable != 0;
	}
end:
	explicit_bzero(key, sizeof key);
	return rc;
}

/* A claim answers the notices that left before it. */
static enum errc follow(struct cmd *c, int64_t now_utc)
{
	const struct deliver d = {.store = c->store, .config = &c->config, .now_utc = now_utc};
	int64_t n_promoted, n_tasks;
	enum errc rc = OK;

	if (c->config.delivery.by != DELIVERY_NOT_SET && (rc = deliver_escalate(&d, &n_promoted, &n_tasks, &c->e)) == OK)
		rc = store_commit(c->store, &c->e);
	return rc;
}

/* The reading room's log begins with its first entry's salt; a mail never does. */
static bool is_event_log(const char *path)
{
	static const char begin[] = "{\"salt\":\"";
	char first[sizeof begin - 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool is = fd >= 0 && read(fd, first, sizeof first) == (ssize_t)sizeof first && memcmp(first, begin, sizeof first) == 0;

	if (fd >= 0)
		(void)close(fd);
	return is;
}

enum errc notify_cmd_collect(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *checkpoint = NULL, *key = NULL;
	const struct cmd_option options[] = {
	    {"checkpoint", "FILE", "with LOG: its checkpoint (log/checkpoint), to prove that it is whole", .text = &checkpoint, .read = true},
	    {"log-key", "FILE", "with LOG: the key that signs it (log/key), from the host of the reading room", .text = &key, .read = true},
	};
	struct notify n = {.now_utc = time_now()};
	struct notify_collect o = {0};
	struct notify_collected p;
	const char *const *operand;
	size_t n_operands;
	bool events = false;
	struct buf out;
	enum errc rc;

	buf_init(&out, MIB);
	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n_operands)) != OK)
		goto end;
	for (size_t i = 0; i < n_operands; i++)
		events = events || is_event_log(operand[i]);
	if (n_operands == 0 || (n_operands != 1 && events) || (checkpoint == NULL) != (key == NULL)) {
		rc = err_set(&c->e, ERR_USAGE, "wants mail, or the reading room's event log alone, with --checkpoint and --log-key or neither");
		goto end;
	}
	if (!c->without_jail && (rc = jail_possible(&c->e)) != OK)
		goto end;
	if (!events && checkpoint == NULL) {
		if ((rc = collect_mail(c, operand, n_operands, &out, status)) == OK)
			rc = cmd_print(&out, &c->e);
		goto end;
	}
	if (checkpoint != NULL && ((rc = io_read_file(c->a, checkpoint, 64 * KIB, &o.checkpoint, &c->e)) != OK ||
	                              (rc = io_read_file(c->a, key, 4 * KIB, &o.log_key, &c->e)) != OK))
		goto end;
	n.store = c->store;
	n.config = &c->config;
	o.log = operand[0];
	o.without_jail = c->without_jail;
	if ((rc = notify_collect(&n, &o, &p, &c->e)) != OK || (rc = follow(c, n.now_utc)) != OK)
		goto end;
	put_collected(c, &out, &p);
	if (p.n_bad != 0 || p.n_unknown != 0)
		*status = 1;
	rc = cmd_print(&out, &c->e);
end:
	buf_free(&out);
	return rc;
}

enum errc notify_cmd_decide(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	bool accept = false, reject = false;
	const char *by = NULL, *why = NULL;
	const struct cmd_option options[] = {
	    {"accept", NULL, "it is as they say", .flag = &accept},
	    {"reject", NULL, "it is not", .flag = &reject},
	    {"by", "NAME", "who decides", .text = &by},
	    {"why", "TEXT", "for what reason", .text = &why},
	};
	struct notify n = {.now_utc = time_now()};
	const char *const *operand;
	size_t n_operands;
	uint64_t id = 0;
	struct buf out;
	struct json j = json_to(&out);
	enum errc rc;

	(void)status;
	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n_operands)) != OK)
		return rc;
	if (n_operands != 1 || !span_number(span_str(operand[0]), INT64_MAX, &id) || accept == reject || by == NULL || why == NULL)
		return err_set(&c->e, ERR_USAGE, "wants the number of a question, --accept or --reject, --by NAME and --why TEXT");
	n.store = c->store;
	n.config = &c->config;
	if ((rc = notify_decide(&n, id, accept, by, why, &c->e)) != OK)
		return rc;
	buf_init(&out, 4 * KIB);
	if (c->json) {
		json_open(&j, NULL, '{');
		json_u64(&j, "question", id);
		json_str(&j, "decision", accept ? "accepted" : "rejected");
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&out, "Question %" PRIu64 " is %s.\n", id, accept ? "accepted" : "rejected");
		if (accept)
			buf_str(&out, "What is due stays what it is: what is another's is put right in the directory (tocsin attribute), what is no secret at all is told to\n"
			              "nobody when somebody says so (tocsin notify withhold).\n");
	}
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}

/* ---- reminders ------------------------------------------------------------------------------------------------- */

struct reminding { struct cmd *c; struct buf out; struct json j; int64_t now; size_t n; };

static void remind(struct reminding *r, const struct reset_row *x, const char *why, const char *text)
{
	char date[TIME_TEXT];

	r->n++;
	if (r->c->json) {
		json_open(&r->j, NULL, '{');
		json_str(&r->j, "org", x->key);
		json_str(&r->j, "why", why);
		json_time(&r->j, "told", x->told_utc);
		json_i64(&r->j, "open", x->open);
		json_i64(&r->j, "overdue", x->overdue);
		json_time(&r->j, "due", x->due_utc);
		json_close(&r->j, '}');
		json_end_line(&r->j);
		return;
	}
	utf8_show(&r->out, span_str(x->name));
	buf_printf(&r->out, ": %s", text);
	if (x->ours)
		buf_printf(&r->out, " (our own: %" PRId64 " open, %" PRId64 " overdue)\n", x->open, x->overdue);
	else if (x->open != 0)
		buf_printf(&r->out, " (told %.10s; %" PRId64 " open, %" PRId64 " overdue)\n", time_rfc3339(x->told_utc, date), x->open, x->overdue);
	else
		buf_printf(&r->out, " (told %.10s)\n", time_rfc3339(x->told_utc, date));
}

/* At day 14, 30 and 60 who has not claimed; who has open credentials past their day; who asked and has no answer. */
static enum errc remind_org(void *ctx, const struct reset_row *x, struct err *e)
{
	struct reminding *r = ctx;
	int64_t days = x->told_utc != TIME_NONE ? (r->now - x->told_utc) / DAY : 0;
	bool has_room = x->logs_due_utc != TIME_NONE;

	if (has_room && x->claimed_utc == TIME_NONE && days >= 14)
		remind(r, x, days >= 60 ? "unclaimed_60" : days >= 30 ? "unclaimed_30" : "unclaimed_14", "has not claimed its dossier");
	else if (x->overdue != 0)
		remind(r, x, "overdue", "has credentials that are past their day");
	else if (x->claimed_utc != TIME_NONE && x->read_utc == TIME_NONE && days >= 7)
		remind(r, x, "unread", "has claimed its dossier and read nothing of it");
	else if (x->tasks_overdue != 0 && x->read_utc != TIME_NONE)
		remind(r, x, "tasks", x->logs_done ? "has not read all of its dossier by its day" : "has not reviewed its own logs by its day");
	if (x->questions != 0)
		remind(r, x, "question", "waits for an answer of ours (tocsin list questions)");
	return buf_check(&r->out, e);
}

enum errc notify_cmd_reminders(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct reminding r = {.c = c, .now = time_now()};
	const char *const *operand;
	size_t n;
	enum errc rc;

	(void)status;
	buf_init(&r.out, 64 * MIB);
	r.j = json_to(&r.out);
	if ((rc = cmd_start(c, v, argc, argv, NULL, 0, &operand, &n)) != OK)
		goto end;
	if (n != 0) {
		rc = err_set(&c->e, ERR_USAGE, "takes options only");
		goto end;
	}
	rc = resets_each(c->store, reset_policy_of(&c->config, r.now, TIME_NONE), remind_org, &r, &c->e);
	if (rc == OK && r.n == 0 && !c->json)
		buf_str(&r.out, "Nobody is to be reminded today.\n");
	if (rc == OK)
		rc = cmd_print(&r.out, &c->e);
end:
	buf_free(&r.out);
	return rc;
}
