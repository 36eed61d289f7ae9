#include "base/json.h"
#include "base/utf8.h"
#include "case/people.h"
#include "notify/private.h"

/* Different people by construction: notify_approve keeps one row a person. */
enum errc approvals_count(const struct notify *n, const struct wave *w, const struct digest *plan,
    struct approval_count *out, struct err *e)
{
	struct arena *a;
	struct approval *v;
	size_t n_v;
	enum errc rc;

	*out = (struct approval_count){.needed = n->config->approvals < 2 ? 2 : n->config->approvals};
	if ((rc = arena_new(&a, 1 << 20, e)) != OK)
		return rc;
	if ((rc = approvals_of(n->store, a, w->number, &v, &n_v, e)) == OK)
		for (size_t i = 0; i < n_v; i++) {
			if (memcmp(&v[i].plan, plan, sizeof *plan) == 0)
				out->valid++;
			else
				out->outdated++;
		}
	arena_free(a);
	return rc;
}

static enum errc keep_digests(void *ctx, const struct dossier_view *d, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < d->n_letters && rc == OK; i++) {
		const struct letter_view *l = &d->letters[i];

		if (l->eml.n != 0 && memcmp(&l->sha256, &l->notice->sha256, sizeof l->sha256) != 0)
			rc = notice_set_digest(ctx, l->notice->id, &l->sha256, e);
	}
	return rc;
}

/* ERR_REFUSED when it is to be planned anew, and why. */
static enum errc still_due(const struct notify *n, const struct wave *w, struct err *e)
{
	int64_t stale;
	enum errc rc = wave_stale(n->store, w->number, n->config->notify_mentioned, &stale, e);

	if (rc != OK)
		return rc;
	if (stale != 0)
		return err_set(e, ERR_REFUSED, "wave %lld tells %lld facts that no longer hold (a link or an earlier notice was withdrawn, a person"
		    " withheld something, or a message is known to be opened, or not opened); plan it anew: tocsin notify plan", (long long)w->number, (long long)stale);
	if ((rc = wave_misaddressed(n->store, w->number, &stale, e)) != OK)
		return rc;
	if (stale != 0)
		return err_set(e, ERR_REFUSED, "%lld notices of wave %lld go to addresses that are no contacts of their organisations any more; plan it anew:"
		    " tocsin notify plan", (long long)stale, (long long)w->number);
	return OK;
}

enum errc wave_recheck(const struct notify *n, const struct wave *w, struct digest *plan, struct err *e)
{
	enum errc rc = still_due(n, w, e);

	return rc != OK ? rc : wave_walk(n, w, NULL, true, keep_digests, n->store, plan, e);
}

static enum errc look_only(void *ctx, const struct dossier_view *d, struct err *e)
{
	(void)ctx;
	(void)d;
	(void)e;
	return OK;
}

enum errc wave_today(const struct notify *n, const struct wave *w, struct digest *today, struct err *e)
{
	return wave_walk(n, w, NULL, true, look_only, NULL, today, e);
}

enum errc wave_stands_as(const struct notify *n, const struct wave *w, const struct digest *today, struct notify_standing *out, struct err *e)
{
	struct approval_count c;
	struct err why = {0};
	enum errc rc = approvals_count(n, w, today, &c, e);

	if (rc != OK)
		return rc;
	*out = (struct notify_standing){.wave = w->number, .state = w->state, .plan = *today, .needed = c.needed};
	if (w->state != WAVE_WRITTEN) {
		if ((rc = still_due(n, w, &why)) != OK && rc != ERR_REFUSED) {
			*e = why;
			return rc;
		}
		out->anew = rc == ERR_REFUSED;
		out->state = !out->anew && c.valid >= c.needed ? WAVE_APPROVED : WAVE_PLANNED;
	}
	out->approvals = out->anew ? 0 : c.valid;
	out->outdated = out->anew ? c.valid + c.outdated : c.outdated;
	return OK;
}

enum errc wave_stands(const struct notify *n, const struct wave *w, struct notify_standing *out, struct err *e)
{
	struct approval_count c;
	struct digest today;
	enum errc rc = approvals_count(n, w, &w->plan, &c, e);

	if (rc != OK)
		return rc;
	/* All its mails are composed only where that can matter. */
	if (w->number == 0 || w->state == WAVE_WRITTEN || c.valid + c.outdated == 0) {
		*out = (struct notify_standing){.wave = w->number, .state = w->state, .plan = w->plan, .approvals = c.valid, .outdated = c.outdated, .needed = c.needed};
		return OK;
	}
	rc = wave_today(n, w, &today, e);
	return rc != OK ? rc : wave_stands_as(n, w, &today, out, e);
}

enum errc notify_stands(const struct notify *n, struct notify_standing *out, struct err *e)
{
	struct wave w;
	enum errc rc = wave_newest(n->store, &w, e);

	return rc != OK ? rc : wave_stands(n, &w, out, e);
}

/* Whoever approved an earlier version of the plan may approve again; for this one a second word does not count. */
static enum errc make_room(const struct notify *n, const struct wave *w, const char *by, const struct digest *plan,
    struct err *e)
{
	struct arena *a;
	struct approval_count c;
	struct approval *v;
	size_t n_v;
	bool same, enough;
	enum errc rc = approvals_count(n, w, plan, &c, e);

	if (rc != OK || (rc = arena_new(&a, 1 << 20, e)) != OK)
		return rc;
	enough = c.valid >= c.needed;
	rc = approvals_of(n->store, a, w->number, &v, &n_v, e);
	for (size_t i = 0; i < n_v && rc == OK; i++) {
		if ((rc = person_same(v[i].name, by, &same, e)) != OK || !same)
			continue;
		if (memcmp(&v[i].plan, plan, sizeof *plan) == 0)
			rc = err_set(e, ERR_REFUSED, "%s has approved wave %lld already, and counts once; %s", v[i].name, (long long)w->number,
			    enough ? "it has all its approvals: tocsin notify write" : "different people must: another person has to approve it too");
		else
			rc = approval_drop(n->store, w->number, v[i].name, e);
	}
	arena_free(a);
	return rc;
}

static enum errc record(const struct notify *n, const struct wave *w, const char *by, const struct digest *plan,
    const struct approval_count *c, struct err *e)
{
	struct ledger_note note;

	ledger_begin(&note);
	json_i64(&note.j, "wave", w->number);
	json_str(&note.j, "by", by);
	json_digest(&note.j, "plan", plan);
	json_u64(&note.j, "approvals", c->valid);
	json_u64(&note.j, "needed", c->needed);
	return ledger_end(&note, n->store, c->valid >= c->needed ? "wave approved" : "wave approval", e);
}

enum errc notify_approve(const struct notify *n, uint64_t number, const char *by, struct notify_approved *out,
    struct err *e)
{
	struct approval_count c;
	struct approval v = {.when_utc = n->now_utc};
	struct wave w;
	struct buf name;
	enum errc rc;

	*out = (struct notify_approved){0};
	buf_init(&name, 1024);
	utf8_show(&name, span_trim(span_str(by)));
	v.name = buf_cstr(&name);
	if (name.failed || v.name[0] == '\0') {
		rc = err_set(e, ERR_USAGE, "--by wants the name of the person who approves");
		goto out;
	}
	if ((rc = wave_find(n, number, &w, e)) != OK)
		goto out;
	if (w.state == WAVE_WRITTEN) {
		rc = err_set(e, ERR_REFUSED, "wave %lld is written already", (long long)w.number);
		goto out;
	}
	if ((rc = wave_recheck(n, &w, &v.plan, e)) != OK || (rc = make_room(n, &w, v.name, &v.plan, e)) != OK ||
	    (rc = approval_put(n->store, w.number, &v, e)) != OK || (rc = approvals_count(n, &w, &v.plan, &c, e)) != OK ||
	    (rc = wave_mark(n->store, w.number, c.valid >= c.needed ? WAVE_APPROVED : WAVE_PLANNED, &v.plan, e)) != OK ||
	    (rc = withheld_totals(n->store, n->config->notify_mentioned, &out->withheld, e)) != OK ||
	    (rc = record(n, &w, v.name, &v.plan, &c, e)) != OK || (rc = store_commit(n->store, e)) != OK)
		goto out;
	*out = (struct notify_approved){w.number, v.plan, c.valid, c.needed, c.outdated,
	    memcmp(&w.plan, &v.plan, sizeof v.plan) != 0, out->withheld};
out:
	buf_free(&name);
	return rc;
}
