/* Where all stands: organisations, their mails, and what people have to do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/progress.h"
#include "cmd/notify-desk.h"
#include "store/figures.h"
#include "store/waves.h"

void desk_tick(void *ctx, size_t done, const char *doing)
{
	struct progress *p = ctx;

	(void)doing;
	p->done_items = done;
	progress_show(p);
}

void desk_set(struct desk *k, struct cmd *c)
{
	buf_init(&k->out, (size_t)1 << 30);
	k->d = (struct deliver){.store = c->store, .config = &c->config, .now_utc = time_now()};
}

enum errc desk_open(struct desk *k, struct cmd *c, const struct verb *v, int argc, char **argv, const struct cmd_option *options,
    size_t n_options, size_t want)
{
	enum errc rc;

	desk_set(k, c);
	if ((rc = cmd_start(c, v, argc, argv, options, n_options, &k->operand, &k->n_operands)) != OK)
		return rc;
	if (k->n_operands != want)
		return want == 0 ? err_set(&c->e, ERR_USAGE, "takes options only, not \"%s\"", k->operand[0])
		                 : err_set(&c->e, ERR_USAGE, "wants %s", v->args);
	k->d.store = c->store;
	return OK;
}

enum errc desk_key(struct desk *k, struct cmd *c)
{
	enum errc rc = case_key(c->dir, k->key, &c->e);

	k->d.key = span_of(k->key, sizeof k->key);
	return rc;
}

enum errc desk_close(struct desk *k, struct cmd *c, enum errc rc)
{
	/* What has no figures to give was done, or there would be an error. */
	if (rc == OK && k->out.n == 0 && c->json) {
		struct json j = json_to(&k->out);

		json_open(&j, NULL, '{');
		json_str(&j, "done", c->verb);
		json_close(&j, '}');
		json_end_line(&j);
	}
	if (rc == OK && k->out.n > 0)
		rc = cmd_print(&k->out, &c->e);
	buf_free(&k->out);
	explicit_bzero(k->key, sizeof k->key);
	return rc;
}

struct org_standing { int64_t id, wave; int state; bool escalated, held, withdrawn, person; size_t n; char name[400]; };
struct whom { int64_t id; bool person; };
struct standing {
	struct desk *k;
	struct json j;
	bool json;
	size_t n, n_orgs, n_escalated, n_withdrawn, n_state[DELIVERY_ACKNOWLEDGED + 1];
	struct org_standing org; /* whose mails are being passed */
	struct arena *a;
	struct whom *whom; /* one for each organisation and wave: n_orgs */
	size_t cap_whom;
};

static void put_why_not(struct buf *out, const struct delivery *d)
{
	const char *word = d->withdrawn ? "withdrawn" : d->unfit == UNFIT_OUTDATED ? "outdated" : d->overtaken ? "overtaken"
	    : d->unfit == UNFIT_MOVED ? "no contact any more" : d->taken_back ? d->state == DELIVERY_FAILED ? "not reached" : "taken back" : d->held ? "held" : NULL;

	if (word == NULL)
		return;
	buf_printf(out, " (%s", word);
	if ((d->unfit == UNFIT_OUTDATED || d->overtaken) && d->beside)
		buf_str(out, d->unfit == UNFIT_OUTDATED ? "; others of theirs have it: withdraw it" : "; others of theirs have it");
	if (d->anew_wave != 0)
		buf_printf(out, "; wave %" PRId64 " tells anew what holds", d->anew_wave);
	buf_byte(out, ')');
}

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
		json_bool(&s->j, "withdrawn", d->withdrawn);
		json_bool(&s->j, "overtaken", d->overtaken);
		json_bool(&s->j, "outdated", d->unfit == UNFIT_OUTDATED);
		json_bool(&s->j, "address_gone", d->unfit == UNFIT_MOVED);
		json_i64(&s->j, "anew_wave", d->anew_wave);
		json_bool(&s->j, "escalated", d->escalated);
		json_str(&s->j, "queue_id", d->queue_id != NULL ? d->queue_id : "");
		json_str(&s->j, "note", d->note != NULL ? d->note : "");
		json_close(&s->j, '}');
		return OK;
	}
	buf_printf(out, "  %-12s  %-17s  ", delivery_state_name(d->state), d->notice_id);
	cmd_shown(out, d->org_name);
	buf_str(out, ", ");
	cmd_shown(out, d->address);
	put_why_not(out, d);
	buf_printf(out, "%s%s", d->escalated ? " (escalated)" : "", d->note != NULL && d->note[0] != '\0' ? ": " : "");
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

/* ---- by organisation --------------------------------------------------------------------------------------------- */

/* Which of its mails says most about where an organisation stands; failed only when all are. */
static int weight(int state)
{
	static const int order[] = {DELIVERY_STANDBY, DELIVERY_FAILED, DELIVERY_COMPOSED, DELIVERY_RETRY, DELIVERY_HANDING, DELIVERY_UNCERTAIN,
	    DELIVERY_HANDED, DELIVERY_DELAYED, DELIVERY_RELAYED, DELIVERY_DELIVERED, DELIVERY_ACKNOWLEDGED};

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (order[i] == state)
			return (int)i;
	return -1;
}

static enum errc org_end(struct standing *s, struct err *e)
{
	struct org_standing *o = &s->org;
	struct whom *v;

	if (o->n == 0)
		return OK;
	if ((v = arena_grow(s->a, s->whom, s->n_orgs, &s->cap_whom, sizeof *v, 64)) == NULL)
		return err_memory(e);
	s->whom = v;
	v[s->n_orgs++] = (struct whom){o->id, o->person};
	s->n_state[o->state >= 0 && o->state <= DELIVERY_ACKNOWLEDGED ? o->state : 0]++;
	s->n_escalated += o->escalated;
	s->n_withdrawn += o->withdrawn;
	if (s->json) {
		json_open(&s->j, NULL, '{');
		json_str(&s->j, "organisation", o->name);
		json_i64(&s->j, "wave", o->wave);
		json_str(&s->j, "state", delivery_state_name(o->state));
		json_bool(&s->j, "escalated", o->escalated);
		json_bool(&s->j, "held", o->held);
		json_bool(&s->j, "withdrawn", o->withdrawn);
		json_bool(&s->j, "person", o->person);
		json_u64(&s->j, "mails", o->n);
		json_close(&s->j, '}');
	}
	o->n = 0;
	return OK;
}

static enum errc org_visit(void *ctx, const struct delivery *d, struct err *e)
{
	struct standing *s = ctx;
	struct org_standing *o = &s->org;
	enum errc rc;

	if (o->n != 0 && (o->id != d->org_id || o->wave != d->wave) && (rc = org_end(s, e)) != OK)
		return rc;
	if (o->n++ == 0) {
		*o = (struct org_standing){.id = d->org_id, .wave = d->wave, .state = d->state, .person = d->person, .n = 1};
		(void)snprintf(o->name, sizeof o->name, "%s", d->org_name);
	}
	if (weight(d->state) > weight(o->state))
		o->state = d->state;
	o->escalated = o->escalated || d->escalated;
	o->held = o->held || d->held;
	o->withdrawn = o->withdrawn || d->withdrawn;
	return buf_check(&s->k->out, e);
}

static int whom_order(const void *a, const void *b)
{
	const struct whom *x = a, *y = b;

	return x->person != y->person ? (x->person ? 1 : -1) : (x->id > y->id) - (x->id < y->id);
}

/* Who is told in several waves is one, and stands in each of them somewhere. */
static void put_counts(struct standing *s)
{
	struct buf *out = &s->k->out;
	const char *comma = "";
	size_t n[2] = {0};

	qsort(s->whom, s->n_orgs, sizeof *s->whom, whom_order);
	for (size_t i = 0; i < s->n_orgs; i++)
		n[s->whom[i].person] += i == 0 || whom_order(&s->whom[i - 1], &s->whom[i]) != 0;
	buf_printf(out, "%zu organisation%s", n[false], cmd_s(n[false]));
	if (n[true] != 0)
		buf_printf(out, " and %zu private person%s", n[true], cmd_s(n[true]));
	buf_str(out, n[false] + n[true] < s->n_orgs ? ", some in several waves: " : ": ");
	for (int state = DELIVERY_ACKNOWLEDGED; state >= DELIVERY_STANDBY; state--)
		if (s->n_state[state] != 0) {
			buf_printf(out, "%s%zu %s", comma, s->n_state[state], delivery_state_name(state));
			comma = ", ";
		}
	if (s->n_escalated != 0)
		buf_printf(out, "; %zu escalated", s->n_escalated);
	if (s->n_withdrawn != 0)
		buf_printf(out, "; %zu withdrawn", s->n_withdrawn);
	buf_str(out, ".\n");
}

enum errc notify_cmd_status(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct desk k = {0};
	uint64_t wave = 0;
	const struct cmd_option options[] = {{"wave", "N", "of one wave; else of all", .number = &wave}};
	struct standing s = {.k = &k};
	struct figures f;
	struct wave named;
	int64_t n_anew;
	const char *why;
	enum errc rc;

	(void)status;
	if ((rc = desk_open(&k, c, v, argc, argv, options, sizeof options / sizeof options[0], 0)) != OK ||
	    (rc = deliver_stopped(c->a, c->dir, &why, &c->e)) != OK ||
	    (rc = wave_to_tell_anew(c->store, c->config.notify_mentioned, &n_anew, &c->e)) != OK ||
	    (rc = deliveries_compare(c->store, c->config.notify_mentioned, &c->e)) != OK || (rc = figures_read(c->store, &f, &c->e)) != OK)
		return desk_close(&k, c, rc);
	if (wave != 0 && ((rc = wave_get(c->store, (int64_t)wave, &named, &c->e)) != OK || named.number == 0)) {
		rc = rc != OK ? rc : err_set(&c->e, ERR_USAGE, "there is no wave %" PRIu64, wave);
		return desk_close(&k, c, rc);
	}
	s.json = c->json;
	s.a = c->a;
	s.j = json_to(&k.out);
	if (c->json) {
		json_open(&s.j, NULL, '{');
		json_str(&s.j, "stopped", why != NULL ? why : "");
		json_i64(&s.j, "to_tell_anew", n_anew);
		json_i64(&s.j, "organisations_handed_notices", f.by_hand_orgs);
		json_open(&s.j, "organisations", '[');
	} else if (why != NULL) {
		buf_str(&k.out, "Sending is stopped: ");
		cmd_shown(&k.out, why);
		buf_byte(&k.out, '\n');
	}
	if ((rc = deliveries_each(c->store, (int64_t)wave, k.d.now_utc, org_visit, &s, &c->e)) != OK)
		return desk_close(&k, c, rc);
	if ((rc = org_end(&s, &c->e)) != OK)
		return desk_close(&k, c, rc);
	if (c->json) {
		json_close(&s.j, ']');
		json_open(&s.j, "notices", '[');
	} else if (s.n_orgs != 0) {
		put_counts(&s);
	}
	rc = deliveries_each(c->store, (int64_t)wave, k.d.now_utc, delivery_print, &s, &c->e);
	if (c->json) {
		json_close(&s.j, ']');
		json_open(&s.j, "tasks", '[');
	} else if (rc == OK && s.n == 0) {
		if (f.by_hand_orgs != 0)
			buf_printf(&k.out, "%" PRId64 " organisation%s handed their notices by a person.\n", f.by_hand_orgs, f.by_hand_orgs == 1 ? " was" : "s were");
		buf_str(&k.out, c->config.delivery.by != DELIVERY_NOT_SET ? "No mail has been sent, none is due: tocsin notify send\n" :
		    "No mail has been sent: case.yaml does not say how mail leaves (delivery, see tocsin-case(5))\n");
	}
	if (rc == OK)
		rc = tasks_open(c->store, task_print, &s, &c->e);
	if (c->json) {
		json_close(&s.j, ']');
		json_close(&s.j, '}');
		json_end_line(&s.j);
	} else if (n_anew != 0) {
		buf_printf(&k.out, "Next: tocsin notify plan\n      %" PRId64 " organisation%s to be told anew: what was withdrawn, had not left before it was withdrawn or changed, or reached no address\n",
		    n_anew, n_anew == 1 ? " is" : "s are");
	}
	return desk_close(&k, c, rc);
}
