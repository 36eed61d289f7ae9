/* How notices leave: checks before the first one, sending, stopping, holds, what is uncertain, and where all stands. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "cmd/notify-desk.h"

/* ---- preflight --------------------------------------------------------------------------------------------------- */

struct checks { struct desk *k; struct json j; bool json; };

static enum errc check_print(void *ctx, const struct check_row *r, struct err *e)
{
	struct checks *p = ctx;
	struct buf *out = &p->k->out;

	(void)e;
	if (p->json) {
		json_open(&p->j, NULL, '{');
		json_str(&p->j, "check", r->name);
		json_str(&p->j, "state", preflight_state_name(r->state));
		json_str(&p->j, "found", r->found);
		json_str(&p->j, "advice", r->state == PREFLIGHT_PASSED ? "" : r->advice);
		json_bool(&p->j, "overridden", r->overridden);
		json_bool(&p->j, "lapsed", r->lapsed);
		json_close(&p->j, '}');
		return OK;
	}
	buf_printf(out, "  %-7s  %-24s  ", preflight_state_name(r->state), r->name);
	cmd_shown(out, r->found);
	if (r->state != PREFLIGHT_PASSED) {
		buf_printf(out, "\n           %s", r->overridden ? "two people said that it may be so; else: " :
		    r->lapsed ? "what two people allowed was something else; do: " : "do: ");
		cmd_shown(out, r->advice);
	}
	buf_byte(out, '\n');
	return OK;
}

enum errc notify_cmd_preflight(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	struct text_list by = {0};
	const char *check = NULL, *why = NULL, *received = NULL;
	const struct cmd_option options[] = {
	    {"received", "FILE", "a mail that went through the mail server, as it arrived: where that one signs", .text = &received, .read = true},
	    {"override", "CHECK", "two people take this failed check on themselves", .text = &check},
	    {"why", "TEXT", "for what reason", .text = &why},
	    {"by", "NAME", "who; given twice", .list = &by},
	};
	struct deliver_preflight p = {0};
	struct checks print = {.k = &k};
	enum errc rc;

	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK)
		return desk_close(&k, c, rc);
	if (check != NULL) {
		rc = deliver_override(&k.d, c->a, check, why, by.n == 2 ? by.v[0] : NULL, by.n == 2 ? by.v[1] : NULL, &c->e);
		if (rc == OK && !c->json)
			buf_printf(&k.out, "%s is overridden, as long as the same is found.\n", check);
		return desk_close(&k, c, rc);
	}
	k.d.without_jail = c->without_jail;
	if (received != NULL && !c->config.dkim_mta)
		return desk_close(&k, c, err_set(&c->e, ERR_USAGE, "--received is for where the mail server signs: dkim: mta in case.yaml"));
	if ((rc = deliver_preflight(&k.d, c->a, received, &p, &c->e)) != OK)
		return desk_close(&k, c, rc);
	print.json = c->json;
	print.j = json_to(&k.out);
	if (c->json) {
		json_open(&print.j, NULL, '{');
		json_u64(&print.j, "failed", p.n_failed);
		json_open(&print.j, "checks", '[');
	}
	rc = preflight_each(c->store, check_print, &print, &c->e);
	if (c->json) {
		json_close(&print.j, ']');
		json_close(&print.j, '}');
		json_end_line(&print.j);
	} else {
		buf_printf(&k.out, "%zu check%s, %zu failed.%s\n", p.n, cmd_s(p.n), p.n_failed, p.n_failed != 0 ? " Nothing is sent until they pass or two people override them." : "");
	}
	if (p.n_failed != 0)
		*status = 1;
	return desk_close(&k, c, rc);
}

/* ---- send -------------------------------------------------------------------------------------------------------- */

/* by_hand: what was written counts as handed over, so that another plan tells it anew only once it is withdrawn. */
static void put_kept(struct buf *out, const struct deliver_kept *k, bool by_hand)
{
	const char *anew = by_hand ? "Hand none of them over, and withdraw it, two people: tocsin notify withdraw; then tocsin notify plan"
	                           : "What holds is told anew: tocsin notify plan";
	const struct { size_t n; const char *why; } lines[] = {
	    {k->n_overtaken, "an earlier notice, of which is said that it stands, stands no more"},
	    {k->n_outdated, "something that is told is no longer due"},
	    {k->n_known, "something that is told is no longer due, and another address of the organisation has it:"
	        " two people withdraw it, tocsin notify withdraw, and then tocsin notify plan"},
	    {k->n_beside, "an earlier notice, of which is said that it stands, stands no more. Another address of the organisation has what is told"},
	    {k->n_moved, "the address is no contact of the organisation any more. The next contact is asked; one that is known since, by tocsin notify plan"}};
	bool any = false;

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (lines[i].n != 0) {
			buf_printf(out, "%zu mail%s not leave: %s%s%s\n", lines[i].n, lines[i].n == 1 ? " does" : "s do", lines[i].why, i < 2 ? ". " : "",
			    i < 2 ? anew : "");
			any = true;
		}
	if (any)
		buf_str(out, "Which they are: tocsin notify status\n");
}

/* What a person has to do something about. */
static bool is_kept(const struct deliver_kept *k) { return k->n_overtaken + k->n_outdated + k->n_known + k->n_moved != 0; }

static void put_sent(struct cmd *c, struct desk *k, const struct deliver_sent *s, bool really)
{
	struct json j = json_to(&k->out);
	struct buf *out = &k->out;

	if (c->json) {
		json_open(&j, NULL, '{');
		json_i64(&j, "wave", s->wave);
		json_bool(&j, "sent", really);
		json_u64(&j, "due", s->n_due);
		json_u64(&j, "handed_over", s->n_handed);
		json_u64(&j, "to_retry", s->n_retry);
		json_u64(&j, "failed", s->n_failed);
		json_u64(&j, "uncertain", s->n_uncertain);
		json_u64(&j, "found_uncertain", s->n_found_uncertain);
		json_i64(&j, "standing_by", s->n_standby);
		json_i64(&j, "held", s->n_held);
		json_u64(&j, "overtaken", s->kept.n_overtaken);
		json_u64(&j, "outdated", s->kept.n_outdated);
		json_u64(&j, "outdated_and_known", s->kept.n_known);
		json_u64(&j, "overtaken_and_known", s->kept.n_beside);
		json_u64(&j, "address_gone", s->kept.n_moved);
		json_u64(&j, "changed", s->n_changed);
		json_i64(&j, "waiting", s->n_waiting);
		json_i64(&j, "new_tasks", s->n_tasks);
		json_str(&j, "stopped", s->stopped != NULL ? s->stopped : "");
		json_close(&j, '}');
		json_end_line(&j);
		return;
	}
	if (s->by_hand)
		buf_printf(out, "Wave %" PRId64 " was handed over by hand: tocsin sends nothing of it but what it had begun to.\n", s->wave);
	if (s->by_hand && !really && s->n_due == 0)
		return;
	if (!really) {
		buf_printf(out, "Wave %" PRId64 ": %zu mail%s would be sent now%s\n%s", s->wave, s->n_due, cmd_s(s->n_due),
		    s->n_due == 0 ? "" : s->n_due == 1 ? ", to" : ", the first to", s->first);
		put_kept(out, &s->kept, c->config.delivery.by == DELIVERY_NOT_SET);
		if (s->n_changed != 0)
			buf_printf(out, "%zu mail%s be written otherwise now, by case.yaml, keys, templates, names, verdicts and earlier notices; which, tocsin notify show --text says.\n"
			    "--send wants --as-approved for %s; or withdraw and plan anew: tocsin notify withdraw\n", s->n_changed, s->n_changed == 1 ? " would" : "s would",
			    s->n_changed == 1 ? "it" : "them");
		buf_str(out, s->n_due == 0 ? "There is nothing to send.\n" :
		    c->config.delivery.by != DELIVERY_NOT_SET ? "Nothing was sent. Send them: tocsin notify send --send\n" :
		    "Nothing was sent, and nothing can be: case.yaml does not say how mail leaves (delivery, see tocsin-case(5)).\n"
		    "Who hands the notices over says so: tocsin notify sent\n");
		return;
	}
	buf_printf(out, "Wave %" PRId64 ": %zu of %zu mail%s handed over.\n", s->wave, s->n_handed, s->n_due, cmd_s(s->n_due));
	cmd_line(out, "to be tried again", "%zu", s->n_retry + (size_t)s->n_waiting);
	cmd_line(out, "refused for good", "%zu", s->n_failed);
	cmd_line(out, "uncertain", "%zu%s", s->n_uncertain + s->n_found_uncertain,
	    s->n_uncertain + s->n_found_uncertain != 0 ? ": tocsin notify resolve" : "");
	cmd_line(out, "standing by", "%" PRId64, s->n_standby);
	cmd_line(out, "held back", "%" PRId64, s->n_held);
	cmd_line(out, "new tasks", "%" PRId64, s->n_tasks);
	put_kept(out, &s->kept, c->config.delivery.by == DELIVERY_NOT_SET);
	if (s->stopped != NULL) {
		buf_str(out, "Ended early: ");
		cmd_shown(out, s->stopped);
		buf_byte(out, '\n');
	}
}

enum errc notify_cmd_send(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	struct notify_door door = {0};
	struct deliver_send o = {.tick = desk_tick};
	const struct cmd_option options[] = {
	    NOTIFY_WAVE(&door), NOTIFY_TEMPLATES(&door),
	    {"send", NULL, "send; else it is only said what would be sent", .flag = &o.really},
	    {"as-approved", NULL, "also what would be written otherwise now", .flag = &o.as_approved},
	};
	struct deliver_sent s;
	struct progress p;
	enum errc rc = notify_door_open(&door, c, v, argc, argv, options, sizeof options / sizeof options[0]);

	if (rc == OK)
		rc = notify_changed(&door.n, c->a, &o.changed, &c->e);
	notify_door_close(&door);
	desk_set(&k, c);
	if (rc != OK || (rc = desk_key(&k, c)) != OK)
		return desk_close(&k, c, rc);
	o.wave = door.wave;
	o.ctx = &p;
	progress_begin(&p, !c->quiet && o.really, "send", "mails", 0);
	rc = deliver_send(&k.d, c->a, &o, &s, &c->e);
	progress_end(&p);
	if (rc != OK)
		return desk_close(&k, c, rc);
	put_sent(c, &k, &s, o.really);
	if (s.stopped != NULL || s.n_failed + s.n_uncertain + s.n_found_uncertain != 0 || is_kept(&s.kept) || (s.n_changed != 0 && !o.really))
		*status = 1;
	return desk_close(&k, c, OK);
}

enum errc notify_cmd_sent(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	uint64_t wave = 0;
	const char *by = NULL, *how = "";
	bool not_so = false;
	const struct cmd_option options[] = {
	    {"wave", "N", "which wave", .number = &wave},
	    {"by", "NAME", "who handed it over", .text = &by},
	    {"how", "TEXT", "how, and to whom", .text = &how},
	    {"not", NULL, "it was said by mistake: tocsin is to send it", .flag = &not_so},
	};
	int64_t n = 0, n_held = 0;
	enum errc rc;

	(void)status;
	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK)
		return desk_close(&k, c, rc);
	if (wave == 0 || by == NULL || span_trim(span_str(by)).n == 0)
		rc = err_set(&c->e, ERR_USAGE, "wants --wave N and --by NAME: which wave was handed over, and by whom");
	else if ((rc = deliver_by_hand(&k.d, wave, not_so, by, how, &n, &n_held, &c->e)) == OK && !c->json)
		buf_printf(&k.out, "Wave %" PRIu64 ": %" PRId64 " notice%s %s.\n", wave, n, cmd_s((uint64_t)n),
		    not_so ? n == 1 ? "is to be sent: tocsin notify send" : "are to be sent: tocsin notify send" : n == 1 ? "counts as handed over by hand: tocsin will not send it" : "count as handed over by hand: tocsin will not send them");
	if (rc == OK && n_held != 0 && !c->json)
		buf_printf(&k.out, "Not these: %" PRId64 " notice%s of organisations that are held or ceased. When one is resumed, say it again of what was handed over then.\n",
		    n_held, cmd_s((uint64_t)n_held));
	return desk_close(&k, c, rc);
}

/* To stop needs no lock: `send` holds it. To lift is an entry in the ledger. */
enum errc notify_cmd_stop(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	struct verb own = *v;
	const char *by = NULL, *why = NULL;
	bool lift = false;
	const struct cmd_option options[] = {
	    {"by", "NAME", "who says so", .text = &by},
	    {"why", "TEXT", "for what reason", .text = &why},
	    {"lift", NULL, "let sending start again", .flag = &lift},
	};
	enum errc rc;

	(void)status;
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--lift") == 0)
			own.need = NEED_CASE_WRITE;
	if ((rc = desk_open(&k, c, &own, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK)
		return desk_close(&k, c, rc);
	if (by == NULL || (why == NULL) != lift)
		rc = err_set(&c->e, ERR_USAGE, "wants --by NAME and --why TEXT, or --by NAME and --lift");
	else if ((rc = lift ? deliver_stop_lift(&k.d, by, &c->e) : deliver_stop(c->dir, by, why, &c->e)) == OK && !c->json)
		buf_str(&k.out, lift ? "Mail may leave again: tocsin notify send --send\n" :
		    "No mail leaves behind the one that is under way, until somebody says: tocsin notify stop --lift --by NAME\n");
	return desk_close(&k, c, rc);
}

/* ---- people decide ----------------------------------------------------------------------------------------------- */

/* hold, cease, resume: one thing said in three ways. */
static enum errc set_hold(struct cmd *c, const struct verb *v, int argc, char **argv, int state, const char *words)
{
	struct desk k = {0};
	const char *why = NULL, *until = NULL, *key = NULL;
	const struct cmd_option options[] = {
	    {"why", "TEXT", "for what reason", .text = &why},
	    {"until", "DAY", "it ends by itself on this day, 2026-12-24", .text = &until},
	};
	int64_t until_utc = TIME_NONE;
	enum errc rc;

	if ((rc = desk_open(&k, c, v, argc, argv, options, state == HOLD_HELD ? 2 : 1, 1)) != OK)
		return desk_close(&k, c, rc);
	if (why == NULL)
		rc = err_set(&c->e, ERR_USAGE, "wants an organisation and --why TEXT");
	else if (until != NULL && !time_parse(span_str(until), &until_utc))
		rc = err_set(&c->e, ERR_USAGE, "--until wants a day like 2026-12-24, not \"%s\"", until);
	else if (until != NULL && until_utc <= k.d.now_utc)
		rc = err_set(&c->e, ERR_USAGE, "--until %s has come already: nothing would be held back", until);
	else if ((rc = deliver_hold(&k.d, c->a, k.operand[0], state, why, until_utc, &key, &c->e)) == OK && !c->json) {
		cmd_shown(&k.out, key);
		buf_printf(&k.out, ": %s.\n", words);
	}
	return desk_close(&k, c, rc);
}

enum errc notify_cmd_hold(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	(void)status;
	return set_hold(c, v, argc, argv, HOLD_HELD, "held back");
}

enum errc notify_cmd_cease(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	(void)status;
	return set_hold(c, v, argc, argv, HOLD_CEASED, "nothing more is sent to it");
}

enum errc notify_cmd_resume(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	(void)status;
	return set_hold(c, v, argc, argv, 0, "mail to it goes on");
}

enum errc notify_cmd_resolve(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	const char *log = NULL, *notice = NULL, *by = NULL, *why = NULL;
	bool sent = false, not_sent = false, answered = false, failed = false;
	const struct cmd_option options[] = {
	    {"notice", "ID", "the notice that is uncertain", .text = &notice},
	    {"sent", NULL, "it left", .flag = &sent},
	    {"not-sent", NULL, "it did not leave, and will be sent", .flag = &not_sent},
	    {"answered", NULL, "somebody answered, --why says how", .flag = &answered},
	    {"failed", NULL, "it cannot be delivered, --why says who says so", .flag = &failed},
	    {"by", "NAME", "who found out", .text = &by},
	    {"why", "TEXT", "what was said, by whom", .text = &why},
	    {"log", "FILE", "the mail server's log says it, of all that are uncertain", .text = &log, .read = true},
	};
	size_t n_sent, n_left;
	enum errc rc;

	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK)
		return desk_close(&k, c, rc);
	if (log != NULL && notice == NULL && sent + not_sent + answered + failed == 0) {
		if ((rc = desk_key(&k, c)) == OK && (rc = deliver_resolve_log(&k.d, c->a, log, &n_sent, &n_left, &c->e)) == OK) {
			if (!c->json)
				buf_printf(&k.out, "%zu left as the log says; %zu are still uncertain.\n", n_sent, n_left);
			*status = n_left != 0;
		}
	} else if (log != NULL || notice == NULL || by == NULL || sent + not_sent + answered + failed != 1 || ((answered || failed) && why == NULL)) {
		rc = err_set(&c->e, ERR_USAGE, "wants --notice ID, --by NAME, and --sent, --not-sent, or --answered or --failed with --why TEXT; or --log FILE");
	} else if (answered || failed) {
		rc = deliver_heard(&k.d, c->a, notice, answered ? HEARD_ANSWER : HEARD_FAILED, by, why, &c->e);
	} else {
		rc = deliver_resolve(&k.d, c->a, notice, sent, by, &c->e);
	}
	if (rc == OK && notice != NULL && !c->json) {
		cmd_shown(&k.out, notice);
		buf_printf(&k.out, ": %s.\n", sent ? "it left" : not_sent ? "it did not leave, and is sent by the next tocsin notify send --send" :
		    answered ? "somebody answered" : "it cannot be delivered");
	}
	return desk_close(&k, c, rc);
}

enum errc notify_cmd_done(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	const char *by = NULL, *note = NULL;
	const struct cmd_option options[] = {
	    {"by", "NAME", "who did it", .text = &by},
	    {"note", "TEXT", "what came of it", .text = &note},
	};
	uint64_t id = 0;
	enum errc rc;

	(void)status;
	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 1)) != OK)
		return desk_close(&k, c, rc);
	if (!span_number(span_str(k.operand[0]), INT64_MAX, &id) || by == NULL || note == NULL)
		rc = err_set(&c->e, ERR_USAGE, "wants the number of a task, --by NAME and --note TEXT: tocsin notify status");
	else if ((rc = deliver_task_done(&k.d, id, by, note, &c->e)) == OK && !c->json)
		buf_printf(&k.out, "Task %" PRIu64 " is done.\n", id);
	return desk_close(&k, c, rc);
}
