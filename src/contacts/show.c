/* Whom an organisation's notice would go to, in the order of rank, and where that is known from. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "contacts/private.h"
#include "store/deliveries.h"

struct showing {
	const struct contacts_show *o;
	struct arena *a, *one; /* one: of one organisation */
	struct buf *out;
	struct json j;
	struct task_row *tasks; /* open, the first that is due first; those about an answer are no calls */
	size_t n_tasks, cap_tasks;
	const struct task_row **mine; /* of the organisation that is shown */
	size_t n_mine, n_shown, n_late;
	struct task_said said; /* of the last call or letter to it */
	struct contacts_tally tally;
};

static bool can_be_written_to(const struct contact_known *c)
{
	return c->mail && address_is_plain(span_str(c->address)) && (c->state == CONTACT_USABLE || c->state == CONTACT_GUESSED);
}

static span domain_of(const char *address)
{
	span s = span_str(address);

	return span_from(s, span_find_byte(s, '@') + 1);
}

bool contacts_are_enough(const struct contact_known *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && can_be_written_to(&c[i]); k++)
			if (can_be_written_to(&c[k]) && !span_eq_nocase(span_str(c[i].address), span_str(c[k].address)) &&
			    (c[i].source != c[k].source || !span_eq_nocase(domain_of(c[i].address), domain_of(c[k].address))))
				return true;
	return false;
}

static enum errc take_task(void *ctx, const struct task_row *t, struct err *e)
{
	struct showing *s = ctx;
	struct task_row *v, copy = *t;

	if (t->kind == TODO_ANSWER || t->kind == TODO_WITHDRAWN)
		return OK;
	if ((v = arena_grow(s->a, s->tasks, s->n_tasks, &s->cap_tasks, sizeof *v, 64)) == NULL ||
	    (copy.what = arena_cstr(s->a, span_str(t->what))) == NULL || (copy.owner = arena_cstr(s->a, span_str(t->owner))) == NULL)
		return err_memory(e);
	s->tasks = v;
	v[s->n_tasks++] = copy;
	return OK;
}

/* Of one organisation, into mine. */
static enum errc find_tasks(struct showing *s, int64_t org_id, struct err *e)
{
	s->n_mine = 0;
	if ((s->mine = arena_alloc(s->one, (s->n_tasks + 1) * sizeof(void *))) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < s->n_tasks; i++)
		if (s->tasks[i].org_id == org_id)
			s->mine[s->n_mine++] = &s->tasks[i];
	return OK;
}

static void tasks_json(struct showing *s)
{
	json_open(&s->j, "tasks", '[');
	for (size_t i = 0; i < s->n_mine; i++) {
		const struct task_row *t = s->mine[i];

		json_open(&s->j, NULL, '{');
		json_i64(&s->j, "task", t->id);
		json_str(&s->j, "kind", todo_kind_name(t->kind));
		json_str(&s->j, "what", t->what);
		json_str(&s->j, "owner", t->owner);
		json_time(&s->j, "due", t->due_utc);
		json_bool(&s->j, "overdue", t->due_utc < s->o->now_utc);
		json_close(&s->j, '}');
	}
	json_close(&s->j, ']');
}

static void owner_text(struct buf *out, const char *owner)
{
	buf_str(out, "for ");
	utf8_show(out, span_str(*owner != '\0' ? owner : "nobody yet (task_owner of case.yaml)"));
}

static void tasks_text(struct showing *s, bool thin)
{
	char text[TIME_TEXT];

	for (size_t i = 0; i < s->n_mine; i++) {
		const struct task_row *t = s->mine[i];

		buf_printf(s->out, "  task %" PRId64 " ", t->id);
		owner_text(s->out, t->owner);
		buf_printf(s->out, ", %s %s: ", t->due_utc < s->o->now_utc ? "was due" : "due", time_date(t->due_utc, text));
		utf8_show(s->out, span_str(t->what));
		buf_byte(s->out, '\n');
	}
	if (thin && s->n_mine == 0 && s->said.when_utc != TIME_NONE) {
		buf_printf(s->out, "  no task is open: on %s ", time_date(s->said.when_utc, text));
		utf8_show(s->out, span_str(s->said.by));
		buf_str(s->out, " said: ");
		utf8_show(s->out, span_str(s->said.note));
		buf_byte(s->out, '\n');
	} else if (thin && s->n_mine == 0) {
		buf_str(s->out, "  no task yet: it is made when tocsin sends its wave (one that is handed over by hand makes none), ");
		owner_text(s->out, s->o->owner);
		buf_printf(s->out, ", due after %u %s\n", s->o->days, s->o->days == 1 ? "day" : "days");
	}
}

static void show_json(struct showing *s, const struct contact_org *o, const struct contact_known *c, size_t n)
{
	struct json *j = &s->j;

	json_open(j, NULL, '{');
	json_str(j, "org", o->key);
	json_str(j, "name", o->name);
	json_bool(j, "enough", contacts_are_enough(c, n));
	if (s->o->tasks)
		tasks_json(s);
	json_open(j, "contacts", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_i64(j, "rank", c[i].source);
		json_str(j, "source", contact_source_name((int)c[i].source));
		json_str(j, "address", c[i].address);
		json_str(j, "role", c[i].role);
		json_str(j, "state", contact_state_name((int)c[i].state));
		json_bool(j, "written_to", can_be_written_to(&c[i]));
		json_str(j, "ground", c[i].ground);
		json_time(j, "seen", c[i].seen_utc);
		json_time(j, "expires", c[i].expires_utc);
		json_str(j, "note", c[i].note);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void column(struct buf *out, const char *s, size_t width)
{
	size_t before = out->n;

	utf8_show(out, span_str(s));
	for (size_t n = out->n - before; n < width; n++)
		buf_byte(out, ' ');
	buf_byte(out, ' ');
}

static void show_text(struct showing *s, const struct contact_org *o, const struct contact_known *c, size_t n)
{
	int64_t now_utc = s->o->now_utc;
	struct buf *out = s->out;
	char text[TIME_TEXT];

	utf8_show(out, span_str(o->name));
	buf_str(out, n == 0 ? ": nobody is known: call or write a letter\n" :
	    contacts_are_enough(c, n) ? "\n" : ": fewer than two independent addresses: call or write a letter, too\n");
	if (s->o->tasks)
		tasks_text(s, !contacts_are_enough(c, n));
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "  %d ", (int)c[i].source);
		column(out, contact_source_name((int)c[i].source), 13);
		column(out, c[i].address, 36);
		column(out, c[i].role, 14);
		column(out, contact_state_name((int)c[i].state), 8);
		if (c[i].seen_utc != TIME_NONE)
			buf_printf(out, "%" PRId64 " %s old; ", (now_utc - c[i].seen_utc) / 86400, (now_utc - c[i].seen_utc) / 86400 == 1 ? "day" : "days");
		if (c[i].expires_utc != TIME_NONE)
			buf_printf(out, "%s %s; ", c[i].expires_utc < now_utc ? "expired" : "until", time_date(c[i].expires_utc, text));
		utf8_show(out, span_str(c[i].ground));
		buf_str(out, *c[i].note != '\0' ? "; " : "");
		utf8_show(out, span_str(c[i].note));
		buf_byte(out, '\n');
	}
}

void contacts_count(const struct contact_known *c, size_t n, struct contacts_tally *tally)
{
	tally->thin += !contacts_are_enough(c, n);
	for (size_t i = 0; i < n; i++) {
		tally->found += can_be_written_to(&c[i]);
		tally->unusable += !can_be_written_to(&c[i]);
	}
}

static enum errc show_org(struct showing *s, struct store *st, const struct contact_org *o, struct err *e)
{
	struct contact_known *c;
	bool enough;
	size_t n;
	enum errc rc;

	arena_reset(s->one);
	if ((rc = contacts_of(st, s->one, o->id, &c, &n, e)) != OK || (rc = find_tasks(s, o->id, e)) != OK || (s->o->tasks && (rc = task_last_done(st, s->one, o->id, &s->said, e)) != OK))
		return rc;
	contacts_count(c, n, &s->tally);
	enough = contacts_are_enough(c, n);
	if (enough && (s->o->thin || (s->o->tasks && s->n_mine == 0)))
		return OK;
	for (size_t i = 0; i < s->n_mine; i++)
		s->n_late += s->mine[i]->due_utc < s->o->now_utc;
	s->n_shown += s->n_mine;
	if (s->o->as_json)
		show_json(s, o, c, n);
	else
		show_text(s, o, c, n);
	return OK;
}

static void show_end(struct showing *s, size_t n_orgs)
{
	if (s->o->as_json) {
		json_close(&s->j, ']');
		json_u64(&s->j, "thin", s->tally.thin);
		json_close(&s->j, '}');
		json_end_line(&s->j);
		return;
	}
	buf_printf(s->out, "\n%zu %s: %" PRIu64 " addresses that are written to, %" PRIu64 " that are not; %" PRIu64 " %s fewer than two independent addresses.\n",
	    n_orgs, n_orgs == 1 ? "organisation" : "organisations", s->tally.found, s->tally.unusable, s->tally.thin,
	    s->tally.thin == 1 ? "organisation has" : "organisations have");
	if (s->o->tasks)
		buf_printf(s->out, "%zu open: call, write, or ask a relay%s; %zu past the day.\n", s->n_shown,
		    s->n_shown != 0 ? ", then tocsin notify done TASK --by NAME --note TEXT" : "", s->n_late);
}

enum errc contacts_show(struct store *st, const struct contacts_show *o, struct buf *out, struct err *e)
{
	struct showing s = {.o = o, .out = out, .j = json_to(out)};
	struct contact_org *orgs;
	size_t n_orgs;
	enum errc rc;

	if ((rc = arena_new(&s.a, GIB, e)) != OK || (rc = arena_new(&s.one, GIB, e)) != OK || (rc = contact_orgs(st, s.a, o->org, &orgs, &n_orgs, e)) != OK)
		goto out;
	if (o->tasks && (rc = tasks_open(st, take_task, &s, e)) != OK)
		goto out;
	if (o->as_json) {
		json_open(&s.j, NULL, '{');
		json_open(&s.j, "organisations", '[');
	}
	for (size_t i = 0; i < n_orgs && rc == OK; i++)
		rc = show_org(&s, st, &orgs[i], e);
	show_end(&s, n_orgs);
	if (rc == OK)
		rc = buf_check(out, e);
out:
	arena_free(s.one);
	arena_free(s.a);
	return rc;
}
