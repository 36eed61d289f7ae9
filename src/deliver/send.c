#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "deliver/private.h"

/* A hand-over that was refused for now is tried again after so many minutes; then it counts as failed. */
static const int retry_minutes[] = {5, 15, 60, 240, 480, 960, 1440};
enum { N_RETRIES = sizeof retry_minutes / sizeof retry_minutes[0] };
/* So many addresses refused in a row are no accident of addresses: the run ends. */
enum { REFUSALS_IN_A_ROW = 5 };
/* Checks of yesterday say nothing about today's DNS. */
enum { PREFLIGHT_FRESH_S = 86400 };

struct run {
	const struct deliver *d;
	const struct deliver_send *o;
	struct deliver_sent *out;
	struct arena *a, *scratch;
	struct hand *hand;
	struct buf first;
	uint64_t last_ms;         /* when the last mail left */
	unsigned refused_in_a_row;
	size_t done, in_batch, batch;
};

/* Not when it began: between its batches a run may pause for hours, and when each was told is what is reported. */
static int64_t now(const struct run *r)
{
	int64_t t = time_now();

	return t > r->d->now_utc ? t : r->d->now_utc;
}

/* ---- may it be sent? ------------------------------------------------------------------------------------------- */

enum errc wave_to_send(const struct deliver *d, uint64_t number, struct wave *w, struct err *e)
{
	enum errc rc = number != 0 ? wave_get(d->store, (int64_t)number, w, e) : wave_newest(d->store, w, e);

	if (rc == OK && number == 0 && w->state != WAVE_WRITTEN && w->number > 1)
		rc = wave_get(d->store, w->number - 1, w, e); /* one is being planned behind it */
	if (rc != OK)
		return rc;
	if (w->number == 0 && number != 0)
		return err_set(e, ERR_USAGE, "there is no wave %llu", (unsigned long long)number);
	if (w->number == 0)
		return err_set(e, ERR_USAGE, "there is no wave yet; plan one with tocsin notify plan");
	if (w->state != WAVE_WRITTEN)
		return err_set(e, ERR_REFUSED, "wave %lld is %s, not written: two people approve it, then tocsin notify write",
		    (long long)w->number, wave_state_name(w->state));
	return OK;
}

struct gate { int64_t oldest_utc; size_t n; char failed[200]; };

static enum errc gate_visit(void *ctx, const struct check_row *c, struct err *e)
{
	struct gate *g = ctx;
	size_t n = strlen(g->failed);

	(void)e;
	g->n++;
	if (c->when_utc < g->oldest_utc)
		g->oldest_utc = c->when_utc;
	if (c->state == PREFLIGHT_FAILED && !c->overridden)
		(void)snprintf(g->failed + n, sizeof g->failed - n, "%s%s", n != 0 ? ", " : "", c->name);
	return OK;
}

static enum errc gate(const struct deliver *d, struct err *e)
{
	struct gate g = {.oldest_utc = INT64_MAX};
	enum errc rc = preflight_each(d->store, gate_visit, &g, e);

	if (rc != OK)
		return rc;
	if (g.n == 0)
		return err_set(e, ERR_REFUSED, "nothing leaves before it was checked: tocsin notify preflight");
	if (g.oldest_utc < d->now_utc - PREFLIGHT_FRESH_S)
		return err_set(e, ERR_REFUSED, "the last check is more than a day old: tocsin notify preflight");
	if (g.failed[0] != '\0')
		return err_set(e, ERR_REFUSED, "the preflight failed: %s; tocsin notify preflight says what to do", g.failed);
	return OK;
}

static enum errc may_send(struct run *r, struct err *e)
{
	const char *why;
	enum errc rc;

	if (r->d->config->delivery.by == DELIVERY_NOT_SET)
		return err_set(e, ERR_USAGE, "case.yaml does not say how mail leaves: give it a delivery section, see tocsin-case(5)");
	if ((rc = deliver_stopped(r->a, r->d->config->dir, &why, e)) != OK)
		return rc;
	if (why != NULL)
		return err_set(e, ERR_REFUSED, "sending is stopped: %s; lift it: tocsin notify stop --lift --by NAME", why);
	return gate(r->d, e);
}

/* ---- one mail ---------------------------------------------------------------------------------------------------- */

/* The bytes that were approved, or nothing. */
enum errc mail_read(const struct deliver *d, struct arena *a, const struct delivery *v, span *out, struct err *e)
{
	const char *path = arena_printf(a, "%s/%s", d->config->dir, v->file);
	struct digest is;
	enum errc rc;

	if (path == NULL)
		return err_memory(e);
	if ((rc = io_read_file(a, path, LIMIT_NOTICE_BYTES, out, e)) != OK)
		return rc;
	sha256_of(*out, &is);
	if (memcmp(&is, &v->sha256, sizeof is) != 0)
		return err_set(e, ERR_REFUSED, "%s is not the mail that was approved; tocsin notify write it anew", path);
	return OK;
}

static struct delivery_result result_of(struct run *r, const struct delivery *d, const struct hand_result *h)
{
	struct delivery_result out = {.queue_id = h->queue_id, .note = h->text, .due_utc = TIME_NONE};

	switch (h->outcome) {
	case HAND_TAKEN:
		out.state = DELIVERY_HANDED;
		r->out->n_handed++;
		break;
	case HAND_REFUSED:
		out.state = DELIVERY_FAILED;
		r->out->n_failed++;
		break;
	case HAND_UNKNOWN:
		out.state = DELIVERY_UNCERTAIN;
		r->out->n_uncertain++;
		break;
	case HAND_UNUSABLE: /* no fault of this mail's: it does not count as tried */
		out.state = DELIVERY_RETRY;
		out.due_utc = now(r);
		out.untried = true;
		r->out->n_retry++;
		break;
	case HAND_LATER:
		out.state = d->attempts < N_RETRIES ? DELIVERY_RETRY : DELIVERY_FAILED;
		if (out.state == DELIVERY_RETRY)
			out.due_utc = now(r) + retry_minutes[d->attempts] * 60;
		r->out->n_retry += out.state == DELIVERY_RETRY;
		r->out->n_failed += out.state == DELIVERY_FAILED;
		break;
	}
	return out;
}

static void look_back(struct run *r, const struct hand_result *h)
{
	r->refused_in_a_row = h->outcome == HAND_REFUSED ? r->refused_in_a_row + 1 : 0;
	if (h->outcome == HAND_UNUSABLE)
		r->out->stopped = arena_printf(r->a, "mail cannot leave this way: %s", h->text);
	else if (h->outcome == HAND_UNKNOWN)
		r->out->stopped = arena_printf(r->a, "nobody knows whether a mail was taken: %s", h->text);
	else if (r->refused_in_a_row >= REFUSALS_IN_A_ROW)
		r->out->stopped = arena_printf(r->a, "%u addresses in a row were refused, the last one with: %s", r->refused_in_a_row, h->text);
}

/* The intent is on the disk before, the result after. What happens in between is uncertain to whoever comes later. */
static enum errc send_one(struct run *r, const struct delivery *d, struct err *e)
{
	struct store *st = r->d->store;
	char mark[MARK_SIZE];
	struct hand_result h;
	struct delivery_result result;
	const char *from;
	span mail;
	enum errc rc;

	if ((rc = mail_read(r->d, r->scratch, d, &mail, e)) != OK ||
	    (rc = deliver_return_path(r->d, r->scratch, d->notice_id, d->address, &from, e)) != OK)
		return rc;
	mark_make(r->d->key, d->notice_id, d->address, mark);
	if ((rc = delivery_intent(st, d->notice_id, now(r), e)) != OK || (rc = store_commit(st, e)) != OK)
		return rc;
	r->last_ms = time_monotonic_ms();
	if ((rc = hand_over(r->hand, from, mark, d->address, mail, &h, e)) != OK)
		return rc;
	result = result_of(r, d, &h);
	look_back(r, &h);
	if ((rc = delivery_result(st, d->notice_id, &result, now(r), e)) != OK)
		return rc;
	return store_commit(st, e);
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

/* True when it must end: Ctrl-C, or somebody said stop. */
static bool must_end(struct run *r)
{
	struct err e = {0};
	const char *why = NULL;

	if (r->out->stopped != NULL)
		return true;
	if (stop_asked())
		r->out->stopped = "interrupted";
	else if (deliver_stopped(r->a, r->d->config->dir, &why, &e) != OK)
		r->out->stopped = "cannot see whether sending was stopped";
	else if (why != NULL)
		r->out->stopped = why;
	return r->out->stopped != NULL;
}

static void wait_until(struct run *r, uint64_t ms, const char *doing)
{
	while (!must_end(r) && time_monotonic_ms() < ms) {
		if (r->o->tick != NULL)
			r->o->tick(r->o->ctx, r->done, doing);
		(void)nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	}
}

/* A batch is whole: who is asked later sees that the first ones were small. */
static enum errc batch_end(struct run *r, struct err *e)
{
	char wave[24], batch[24], mails[24];
	enum errc rc;

	(void)snprintf(wave, sizeof wave, "%lld", (long long)r->out->wave);
	(void)snprintf(batch, sizeof batch, "%zu", ++r->batch);
	(void)snprintf(mails, sizeof mails, "%zu", r->in_batch);
	r->in_batch = 0;
	if ((rc = ledger_say(r->d->store, "batch sent", e, "wave", wave, "batch", batch, "mails", mails, NULL)) != OK)
		return rc;
	return store_commit(r->d->store, e);
}

static enum errc pace(struct run *r, struct err *e)
{
	const struct delivery_config *c = &r->d->config->delivery;
	unsigned size = c->batches[r->batch < c->n_batches ? r->batch : c->n_batches - 1];
	enum errc rc;

	if (r->in_batch == size) {
		if ((rc = batch_end(r, e)) != OK)
			return rc;
		wait_until(r, time_monotonic_ms() + (uint64_t)c->pause_s * 1000, "pause between batches");
	}
	if (r->last_ms != 0)
		wait_until(r, r->last_ms + 60000 / c->per_minute, "sending");
	return OK;
}

static enum errc send_all(struct run *r, int64_t wave, struct err *e)
{
	struct delivery d;
	bool found;
	enum errc rc;

	for (;;) {
		arena_reset(r->scratch);
		if ((rc = delivery_next(r->d->store, r->scratch, wave, now(r), &d, &found, e)) != OK || !found)
			return rc;
		if ((rc = pace(r, e)) != OK)
			return rc;
		if (must_end(r))
			return OK;
		if ((rc = send_one(r, &d, e)) != OK)
			return rc;
		r->done++;
		r->in_batch++;
		if (r->o->tick != NULL)
			r->o->tick(r->o->ctx, r->done, "sending");
	}
}

void deliver_keep(struct deliver_kept *k, const struct delivery *d)
{
	if (d->withdrawn || d->taken_back)
		return;
	if (d->unfit == UNFIT_OUTDATED)
		(*(d->beside ? &k->n_known : &k->n_outdated))++;
	else if (d->overtaken)
		(*(d->beside ? &k->n_beside : &k->n_overtaken))++;
	else if (d->unfit == UNFIT_MOVED)
		k->n_moved++;
}

static int by_id(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static bool is_changed(const struct run *r, const struct delivery *d)
{
	const struct text_list *l = &r->o->changed;

	return l->n != 0 && bsearch(&d->notice_id, l->v, l->n, sizeof *l->v, by_id) != NULL;
}

static enum errc count_visit(void *ctx, const struct delivery *d, struct err *e)
{
	struct run *r = ctx;
	bool due = (d->state == DELIVERY_COMPOSED || d->state == DELIVERY_RETRY) &&
	    (d->due_utc == TIME_NONE || d->due_utc <= now(r));

	(void)e;
	r->out->n_standby += d->state == DELIVERY_STANDBY;
	deliver_keep(&r->out->kept, d);
	r->out->n_held += d->held && (d->withdrawn || !(d->overtaken || d->unfit != 0)) && (due || d->state == DELIVERY_STANDBY);
	r->out->n_waiting += d->state == DELIVERY_RETRY && !due;
	r->out->n_changed += (d->state == DELIVERY_COMPOSED || d->state == DELIVERY_RETRY || d->state == DELIVERY_STANDBY) && !d->withdrawn &&
	    !d->taken_back && !d->overtaken && d->unfit == 0 && is_changed(r, d);
	if (due && !d->held && ++r->out->n_due <= 20) {
		buf_printf(&r->first, "%s ", d->notice_id);
		utf8_show(&r->first, span_str(d->address));
		buf_byte(&r->first, '\n');
	}
	return OK;
}

enum errc deliver_escalate(const struct deliver *d, int64_t *n_promoted, int64_t *n_tasks, struct err *e)
{
	const struct delivery_config *c = &d->config->delivery;
	const struct escalation x = {.now_utc = d->now_utc, .no_answer_utc = d->now_utc - (int64_t)c->answer_days * 86400,
	    .due_utc = d->now_utc + (int64_t)c->task_days * 86400, .at_once = c->at_once, .owner = c->task_owner};

	enum errc rc = heard_claims(d->store, d->now_utc, e);

	if (rc == OK)
		rc = deliveries_compare(d->store, d->config->notify_mentioned, e);
	return rc == OK ? deliveries_escalate(d->store, &x, n_promoted, n_tasks, e) : rc;
}

static enum errc escalate(struct run *r, struct err *e)
{
	int64_t n_promoted, n_tasks;
	enum errc rc = deliver_escalate(r->d, &n_promoted, &n_tasks, e);

	r->out->n_promoted += rc == OK ? n_promoted : 0;
	r->out->n_tasks += rc == OK ? n_tasks : 0;
	return rc;
}

/* What is refused for good is the next contact's at once. */
static enum errc send_all_and_next(struct run *r, int64_t wave, struct err *e)
{
	int64_t before;
	enum errc rc;

	do {
		before = r->out->n_promoted;
		if ((rc = send_all(r, wave, e)) == OK)
			rc = escalate(r, e);
	} while (rc == OK && r->out->n_promoted != before && r->out->stopped == NULL);
	return rc;
}

static enum errc record_end(struct run *r, struct err *e)
{
	char wave[24], handed[24], uncertain[24];

	(void)snprintf(wave, sizeof wave, "%lld", (long long)r->out->wave);
	(void)snprintf(handed, sizeof handed, "%zu", r->out->n_handed);
	(void)snprintf(uncertain, sizeof uncertain, "%zu", r->out->n_uncertain);
	if (r->done == 0 && r->out->stopped == NULL)
		return OK;
	return ledger_say(r->d->store, r->out->stopped != NULL ? "sending ended early" : "sending ended", e, "wave", wave, "handed_over", handed,
	    "uncertain", uncertain, "why", r->out->stopped != NULL ? r->out->stopped : "all was sent", NULL);
}

/* What an earlier wave told is said in a later one to have been told. */
static enum errc none_forgotten(const struct deliver *d, const struct wave *w, struct err *e)
{
	int64_t wave;
	enum errc rc = wave_never_sent(d->store, w->number, &wave, e);

	if (rc == OK && wave != 0)
		return err_set(e, ERR_REFUSED, "wave %lld is written and nothing of it was sent; send it first: tocsin notify send --wave %lld (or, where it was"
		    " handed over otherwise, say so: tocsin notify sent --wave %lld --by NAME)", (long long)wave, (long long)wave, (long long)wave);
	return rc;
}

/* Without a wave given, what of earlier ones is still to leave leaves too: another try, the next contact. */
static int64_t all_or(const struct deliver_send *o, const struct wave *w) { return o->wave != 0 ? w->number : 0; }

enum errc deliver_send(const struct deliver *d, struct arena *a, const struct deliver_send *o, struct deliver_sent *out,
    struct err *e)
{
	struct run r = {.d = d, .o = o, .out = out, .a = a};
	struct wave w;
	int64_t n_new, n_lost;
	enum errc rc;

	*out = (struct deliver_sent){0};
	buf_init(&r.first, MIB);
	if ((rc = wave_to_send(d, o->wave, &w, e)) != OK || (rc = arena_new(&r.scratch, 16 * MIB, e)) != OK ||
	    (o->wave == 0 && (rc = none_forgotten(d, &w, e)) != OK))
		goto out;
	out->wave = w.number;
	out->by_hand = w.by_hand == HAND_OVER_PERSON;
	if ((o->really && (rc = may_send(&r, e)) != OK) ||
	    (rc = deliveries_enlist(d->store, w.number, d->config->delivery.at_once, &n_new, e)) != OK ||
	    (rc = deliveries_recover(d->store, &n_lost, e)) != OK || (rc = escalate(&r, e)) != OK ||
	    (rc = deliveries_each(d->store, all_or(o, &w), d->now_utc, count_visit, &r, e)) != OK)
		goto out;
	out->n_found_uncertain = (size_t)n_lost;
	if ((out->first = arena_cstr(a, buf_span(&r.first))) == NULL)
		rc = err_memory(e);
	if (rc != OK || !o->really)
		goto out; /* nothing of it is kept */
	if (out->n_changed != 0 && !o->as_approved) {
		rc = err_set(e, ERR_REFUSED, "%zu mail%s written otherwise now: case.yaml, keys, a template, a name, a verdict or what became of an earlier notice has changed. Which: tocsin notify"
		    " show --text. Withdraw and plan anew, or say that they leave as they were approved: --as-approved", out->n_changed,
		    out->n_changed == 1 ? " would be" : "s would be");
		goto out;
	}
	if (out->n_changed != 0) {
		char n[24];

		(void)snprintf(n, sizeof n, "%zu", out->n_changed);
		if ((rc = ledger_say(d->store, "sent as approved", e, "mails", n, "why", "they would be written otherwise now", NULL)) != OK)
			goto out;
	}
	if ((rc = store_durable(d->store, e)) != OK || (rc = hand_open(&r.hand, &d->config->delivery, e)) != OK ||
	    (rc = send_all_and_next(&r, all_or(o, &w), e)) != OK || (rc = record_end(&r, e)) != OK)
		goto out;
	rc = store_commit(d->store, e);
out:
	hand_close(r.hand);
	arena_free(r.scratch);
	buf_free(&r.first);
	return rc;
}
