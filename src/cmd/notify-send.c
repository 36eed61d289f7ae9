/* How notices leave: checks before the first one, sending, stopping, holds, what is uncertain, and where all stands. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/progress.h"
#include "cmd/notify.h"
#include "deliver/deliver.h"

/* What these subcommands have in common. */
struct desk {
	struct deliver d;
	unsigned char key[CASE_KEY_SIZE];
	struct buf out; /* the caller frees it whatever desk_open returned */
	const char *const *operand;
	size_t n_operands;
};

static enum errc desk_open(struct desk *k, struct cmd *c, const struct verb *v, int argc, char **argv, const struct cmd_option *options,
    size_t n_options, size_t want)
{
	enum errc rc;

	buf_init(&k->out, (size_t)1 << 30);
	if ((rc = cmd_start(c, v, argc, argv, options, n_options, &k->operand, &k->n_operands)) != OK)
		return rc;
	if (k->n_operands != want)
		return want == 0 ? err_set(&c->e, ERR_USAGE, "%s takes options only, not \"%s\"", v->name, k->operand[0])
		                 : err_set(&c->e, ERR_USAGE, "%s wants %s", v->name, v->args);
	k->d = (struct deliver){.store = c->store, .config = &c->config, .now_utc = time_now()};
	return OK;
}

/* For who makes or looks for the marks of return paths. */
static enum errc desk_key(struct desk *k, struct cmd *c)
{
	enum errc rc = case_key(c->dir, k->key, &c->e);

	k->d.key = span_of(k->key, sizeof k->key);
	return rc;
}

static enum errc desk_close(struct desk *k, struct cmd *c, enum errc rc)
{
	if (rc == OK && k->out.n > 0)
		rc = cmd_print(&k->out, &c->e);
	buf_free(&k->out);
	explicit_bzero(k->key, sizeof k->key);
	return rc;
}

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
		json_close(&p->j, '}');
		return OK;
	}
	buf_printf(out, "  %-7s  %-24s  ", preflight_state_name(r->state), r->name);
	cmd_shown(out, r->found);
	if (r->state != PREFLIGHT_PASSED) {
		buf_printf(out, "\n           %s", r->overridden ? "two people said that it may be so; else: " : "do: ");
		cmd_shown(out, r->advice);
	}
	buf_byte(out, '\n');
	return OK;
}

enum errc notify_cmd_preflight(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	struct text_list by = {0};
	const char *check = NULL, *why = NULL;
	const struct cmd_option options[] = {
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
		rc = deliver_override(&k.d, check, why, by.n == 2 ? by.v[0] : NULL, by.n == 2 ? by.v[1] : NULL, &c->e);
		return desk_close(&k, c, rc);
	}
	if ((rc = deliver_preflight(&k.d, c->a, &p, &c->e)) != OK)
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
		buf_printf(&k.out, "%zu checks, %zu failed.%s\n", p.n, p.n_failed, p.n_failed != 0 ? " Nothing is sent until they pass or two people override them." : "");
	}
	if (p.n_failed != 0)
		*status = 1;
	return desk_close(&k, c, rc);
}

/* ---- send -------------------------------------------------------------------------------------------------------- */

static void sending_tick(void *ctx, size_t done, const char *doing)
{
	struct progress *p = ctx;

	(void)doing;
	p->done_items = done;
	progress_show(p);
}

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
		json_i64(&j, "waiting", s->n_waiting);
		json_i64(&j, "new_tasks", s->n_tasks);
		json_str(&j, "stopped", s->stopped != NULL ? s->stopped : "");
		json_close(&j, '}');
		json_end_line(&j);
		return;
	}
	if (!really) {
		buf_printf(out, "Wave %" PRId64 ": %zu mails would be sent now, the first to\n%s", s->wave, s->n_due, s->first);
		buf_str(out, "Nothing was sent. Send them: tocsin notify send --send\n");
		return;
	}
	buf_printf(out, "Wave %" PRId64 ": %zu of %zu mails handed over.\n", s->wave, s->n_handed, s->n_due);
	cmd_line(out, "to be tried again", "%zu", s->n_retry + (size_t)s->n_waiting);
	cmd_line(out, "refused for good", "%zu", s->n_failed);
	cmd_line(out, "uncertain", "%zu%s", s->n_uncertain + s->n_found_uncertain,
	    s->n_uncertain + s->n_found_uncertain != 0 ? ": tocsin notify resolve" : "");
	cmd_line(out, "standing by", "%" PRId64, s->n_standby);
	cmd_line(out, "held back", "%" PRId64, s->n_held);
	cmd_line(out, "new tasks", "%" PRId64, s->n_tasks);
	if (s->stopped != NULL) {
		buf_str(out, "Ended early: ");
		cmd_shown(out, s->stopped);
		buf_byte(out, '\n');
	}
}

enum errc notify_cmd_send(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	struct deliver_send o = {.wave = UINT64_MAX, .tick = sending_tick};
	const struct cmd_option options[] = {
	    {"wave", "N", "which wave; else the newest", .number = &o.wave},
	    {"send", NULL, "send; else it is only said what would be sent", .flag = &o.really},
	};
	struct deliver_sent s;
	struct progress p;
	enum errc rc;

	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK)
		return desk_close(&k, c, rc);
	if (o.wave == 0)
		return desk_close(&k, c, err_set(&c->e, ERR_USAGE, "--wave wants a number from 1"));
	if (o.wave == UINT64_MAX)
		o.wave = 0;
	if ((rc = desk_key(&k, c)) != OK)
		return desk_close(&k, c, rc);
	o.ctx = &p;
	progress_begin(&p, !c->quiet && o.really, "send", "mails", 0);
	rc = deliver_send(&k.d, c->a, &o, &s, &c->e);
	progress_end(&p);
	if (rc != OK)
		return desk_close(&k, c, rc);
	put_sent(c, &k, &s, o.really);
	if (s.stopped != NULL || s.n_failed + s.n_uncertain + s.n_found_uncertain != 0)
		*status = 1;
	return desk_close(&k, c, OK);
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
	else
		rc = lift ? deliver_stop_lift(&k.d, by, &c->e) : deliver_stop(c->dir, by, why, &c->e);
	return desk_close(&k, c, rc);
}

/* ---- people decide ----------------------------------------------------------------------------------------------- */

enum errc notify_cmd_hold(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	const char *why = NULL, *until = NULL, *key = NULL;
	bool cease = false, resume = false;
	const struct cmd_option options[] = {
	    {"why", "TEXT", "for what reason", .text = &why},
	    {"until", "DAY", "it ends by itself on this day, 2026-12-24", .text = &until},
	    {"cease", NULL, "for good", .flag = &cease},
	    {"resume", NULL, "neither held nor ceased any more", .flag = &resume},
	};
	int64_t until_utc = TIME_NONE;
	enum errc rc;

	(void)status;
	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 1)) != OK)
		return desk_close(&k, c, rc);
	if (why == NULL || (cease && resume) || (until != NULL && (cease || resume)))
		rc = err_set(&c->e, ERR_USAGE, "wants an organisation and --why TEXT; --until DAY, --cease or --resume, one of them");
	else if (until != NULL && !time_parse(span_str(until), &until_utc))
		rc = err_set(&c->e, ERR_USAGE, "--until wants a day like 2026-12-24, not \"%s\"", until);
	else if ((rc = deliver_hold(&k.d, c->a, k.operand[0], cease ? HOLD_CEASED : resume ? 0 : HOLD_HELD, why, until_utc, &key, &c->e)) == OK && !c->json) {
		cmd_shown(&k.out, key);
		buf_printf(&k.out, ": %s.\n", cease ? "nothing more is sent to it" : resume ? "mail to it goes on" : "held back");
	}
	return desk_close(&k, c, rc);
}

enum errc notify_cmd_resolve(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	const char *log = NULL, *notice = NULL, *by = NULL;
	bool sent = false, not_sent = false;
	const struct cmd_option options[] = {
	    {"notice", "ID", "the notice that is uncertain", .text = &notice},
	    {"sent", NULL, "it left", .flag = &sent},
	    {"not-sent", NULL, "it did not leave, and will be sent", .flag = &not_sent},
	    {"by", "NAME", "who found out", .text = &by},
	    {"log", "FILE", "the mail server's log says it, of all that are uncertain", .text = &log},
	};
	size_t n_sent, n_left;
	enum errc rc;

	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK)
		return desk_close(&k, c, rc);
	if (log != NULL && notice == NULL && !sent && !not_sent) {
		if ((rc = desk_key(&k, c)) == OK && (rc = deliver_resolve_log(&k.d, c->a, log, &n_sent, &n_left, &c->e)) == OK) {
			if (!c->json)
				buf_printf(&k.out, "%zu left as the log says; %zu are still uncertain.\n", n_sent, n_left);
			*status = n_left != 0;
		}
	} else if (log == NULL && notice != NULL && sent != not_sent && by != NULL) {
		rc = deliver_resolve(&k.d, c->a, notice, sent, by, &c->e);
	} else {
		rc = err_set(&c->e, ERR_USAGE, "wants --notice ID, --sent or --not-sent, and --by NAME; or --log FILE");
	}
	return desk_close(&k, c, rc);
}

/* ---- status ------------------------------------------------------------------------------------------------------ */

struct standing { struct desk *k; struct json j; bool json; size_t n; };

static enum errc delivery_print(void *ctx, const struct delivery *d, struct err *e)
{
	struct standing *s = ctx;
	struct buf *out = &s->k->out;

	(void)e;
	s->n++;
	if (s->json) {
		json_open(&s->j, NULL, '{');
		json_str(&s->j, "notice", d->notice_id);
		json_i64(&s->j, "wave", d->wave);
		json_str(&s->j, "organisation", d->org_name);
		json_str(&s->j, "address", d->address);
		json_str(&s->j, "state", delivery_state_name(d->state));
		json_i64(&s->j, "attempts", d->attempts);
		json_bool(&s->j, "held", d->held);
		json_str(&s->j, "queue_id", d->queue_id != NULL ? d->queue_id : "");
		json_str(&s->j, "note", d->note != NULL ? d->note : "");
		json_close(&s->j, '}');
		return OK;
	}
	buf_printf(out, "  %-12s  %-17s  ", delivery_state_name(d->state), d->notice_id);
	cmd_shown(out, d->org_name);
	buf_str(out, ", ");
	cmd_shown(out, d->address);
	buf_printf(out, "%s%s", d->held ? " (held)" : "", d->note != NULL && d->note[0] != '\0' ? ": " : "");
	cmd_shown(out, d->note);
	buf_byte(out, '\n');
	return OK;
}

static enum errc task_print(void *ctx, const struct task_row *t, struct err *e)
{
	struct standing *s = ctx;
	char due[TIME_TEXT];

	(void)e;
	time_rfc3339(t->due_utc, due);
	if (s->json) {
		json_open(&s->j, NULL, '{');
		json_i64(&s->j, "task", t->id);
		json_str(&s->j, "kind", todo_kind_name(t->kind));
		json_str(&s->j, "organisation", t->org_name);
		json_str(&s->j, "what", t->what);
		json_str(&s->j, "owner", t->owner);
		json_str(&s->j, "due", due);
		json_close(&s->j, '}');
		return OK;
	}
	buf_printf(&s->k->out, "  task %-7" PRId64 "  %-17.10s  ", t->id, due);
	cmd_shown(&s->k->out, t->org_name);
	buf_str(&s->k->out, ": ");
	cmd_shown(&s->k->out, t->what);
	buf_byte(&s->k->out, '\n');
	return OK;
}

enum errc notify_cmd_status(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	uint64_t wave = 0;
	const struct cmd_option options[] = {{"wave", "N", "of one wave; else of all", .number = &wave}};
	struct standing s = {.k = &k};
	const char *why;
	enum errc rc;

	(void)status;
	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK ||
	    (rc = deliver_stopped(c->a, c->dir, &why, &c->e)) != OK)
		return desk_close(&k, c, rc);
	s.json = c->json;
	s.j = json_to(&k.out);
	if (c->json) {
		json_open(&s.j, NULL, '{');
		json_str(&s.j, "stopped", why != NULL ? why : "");
		json_open(&s.j, "notices", '[');
	} else if (why != NULL) {
		buf_str(&k.out, "Sending is stopped: ");
		cmd_shown(&k.out, why);
		buf_byte(&k.out, '\n');
	}
	rc = deliveries_each(c->store, (int64_t)wave, k.d.now_utc, delivery_print, &s, &c->e);
	if (c->json) {
		json_close(&s.j, ']');
		json_open(&s.j, "tasks", '[');
	} else if (rc == OK && s.n == 0) {
		buf_str(&k.out, "No mail has been sent, none is due: tocsin notify send\n");
	}
	if (rc == OK)
		rc = tasks_each(c->store, true, task_print, &s, &c->e);
	if (c->json) {
		json_close(&s.j, ']');
		json_close(&s.j, '}');
		json_end_line(&s.j);
	}
	return desk_close(&k, c, rc);
}
