#include <stdlib.h>

#include "base/bisect.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "notify/private.h"

/* "api_token 1, password 3": the class with the most urgent value first. */
static const char *class_counts(struct arena *a, const struct facts *f)
{
	enum { MAX_CLASSES = 64 };
	struct { const char *class; size_t n; } seen[MAX_CLASSES];
	size_t n_seen = 0, other = 0;
	struct buf b;
	const char *s;

	for (size_t i = 0, k; i < f->n_exposures; i++) {
		for (k = 0; k < n_seen && strcmp(seen[k].class, f->exposures[i].class) != 0; k++)
			;
		if (k == MAX_CLASSES) {
			other++;
			continue;
		}
		if (k == n_seen) {
			seen[n_seen].class = f->exposures[i].class;
			seen[n_seen++].n = 0;
		}
		seen[k].n++;
	}
	buf_init(&b, MIB);
	for (size_t i = 0; i < n_seen; i++)
		buf_printf(&b, "%s%s %zu", i != 0 ? ", " : "", seen[i].class, seen[i].n);
	if (other != 0)
		buf_printf(&b, ", other %zu", other);
	s = b.failed ? NULL : arena_cstr(a, buf_span(&b));
	buf_free(&b);
	return s;
}

int hold_now(const struct wave_org *o, int64_t now_utc)
{
	return o->hold == HOLD_CEASED || o->hold_until_utc == TIME_NONE || o->hold_until_utc > now_utc ? o->hold : 0;
}

static enum errc summary_org(struct summary *s, const struct dossier_view *d, struct notify_org *o, struct err *e)
{
	*o = (struct notify_org){
	    .key = arena_cstr(s->a, span_str(d->org->key)),
	    .name = arena_cstr(s->a, span_str(d->org->name)),
	    .country = arena_cstr(s->a, span_str(d->org->country)),
	    .track = d->org->track,
	    .version = d->org->version,
	    .anew = d->org->version > 1 && !d->facts->before.anything,
	    .messages = d->facts->messages,
	    .sent = d->facts->role[LINK_SENDER],
	    .received = d->facts->role[LINK_RECIPIENT],
	    .mentioned = d->facts->role[LINK_MENTIONED],
	    .owned = d->facts->role[LINK_OWNER],
	    .bulk = d->facts->role[LINK_BULK],
	    .exposures = (int64_t)d->facts->n_exposures,
	    .classes = class_counts(s->a, d->facts),
	    .why_none = "",
	    .hold = hold_now(d->org, s->now_utc),
	    .contacts = arena_zero(s->a, d->n_letters, sizeof *o->contacts),
	    .notices = arena_zero(s->a, d->n_letters, sizeof *o->notices),
	};
	if (o->key == NULL || o->name == NULL || o->country == NULL || o->classes == NULL || o->contacts == NULL || o->notices == NULL)
		return err_memory(e);
	for (size_t i = 0; i < d->n_letters; i++) {
		const struct notice *n = d->letters[i].notice;

		if (n->state == NOTICE_NO_CONTACT) {
			if ((o->why_none = arena_cstr(s->a, span_str(n->contact_role))) == NULL)
				return err_memory(e);
			continue;
		}
		o->contacts[o->n_contacts] = arena_cstr(s->a, span_str(n->address));
		o->notices[o->n_contacts] = arena_cstr(s->a, span_str(n->id));
		if (o->contacts[o->n_contacts] == NULL || o->notices[o->n_contacts] == NULL)
			return err_memory(e);
		o->n_contacts++;
	}
	return OK;
}

static void put_letter(struct buf *out, const struct summary *s, const struct letter_view *l)
{
	size_t at = 0;

	buf_printf(out, "---- notice %s to ", l->notice->id);
	utf8_show(out, span_str(l->notice->address));
	buf_printf(out, " (%s)%s ----\n", l->notice->language, l->key.bytes.n == 0 ? "" : l->key.form == KEY_SMIME ? ", encrypted (S/MIME)" : ", encrypted (OpenPGP)");
	/* What was written stays as it was; the case may have moved on since. */
	if (s->wave->state == WAVE_WRITTEN && memcmp(&l->sha256, &l->notice->sha256, sizeof l->sha256) != 0)
		buf_printf(out, "(The mail that was written differs from this text of today: see %s.)\n", l->notice->file);
	buf_str(out, "Subject: ");
	buf_put(out, l->subject);
	buf_str(out, "\n\n");
	/* The access code is for its recipient: whoever approves need not have it. */
	if (l->code != NULL && (at = span_find(l->text, span_str(l->code))) < l->text.n) {
		buf_put(out, span_first(l->text, at));
		buf_str(out, "(access code: in the mail only)");
		at += strlen(l->code);
	}
	buf_put(out, span_from(l->text, at == l->text.n ? 0 : at));
	buf_byte(out, '\n');
}

/* We get no notice of what concerns ourselves: this is what it would say. */
static void put_internal(struct buf *out, const struct dossier_view *d)
{
	const struct facts *f = d->facts;

	buf_str(out, "---- our own dossier: no notice is sent of it ----\n");
	buf_printf(out, "%lld message%s nobody but us, or hold%s what is ours: %lld sent, %lld received, %lld with a secret of ours\n\n",
	    (long long)f->messages, f->messages == 1 ? " concerns" : "s concern", f->messages == 1 ? "s" : "", (long long)f->role[LINK_SENDER], (long long)f->role[LINK_RECIPIENT], (long long)f->role[LINK_OWNER]);
	for (size_t i = 0; i < f->n_exposures; i++) {
		const struct told_exposure *x = &f->exposures[i];
		char day[TIME_TEXT] = "no date";

		if (x->first_utc != TIME_NONE)
			(void)time_date(x->first_utc, day);
		buf_printf(out, "- %s  ", x->class);
		utf8_show(out, span_str(x->masked));
		buf_printf(out, "  in %lld message%s, first %s\n", (long long)x->n_messages, x->n_messages == 1 ? "" : "s", day);
	}
	buf_str(out, "\nWhere each stands: tocsin list exposures; which messages: tocsin list told (org ourselves).\n\n");
}

static enum errc add_language(struct summary *s, const char *code, struct err *e)
{
	struct text_list *l = &s->out->languages;
	const char **v;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], code) == 0)
			return OK;
	if ((v = arena_grow(s->a, l->v, l->n, &s->cap_languages, sizeof *v, 4)) == NULL || (v[l->n] = arena_cstr(s->a, span_str(code))) == NULL)
		return err_memory(e);
	l->v = v;
	l->n++;
	return OK;
}

enum errc summary_add(void *ctx, const struct dossier_view *d, struct err *e)
{
	struct summary *s = ctx;
	struct notify_wave *w = s->out;
	struct notify_org *o, *v = arena_grow(s->a, w->orgs, w->n_orgs, &s->cap, sizeof *v, 64);
	enum errc rc;

	if (v == NULL)
		return err_memory(e);
	w->orgs = v;
	o = &w->orgs[w->n_orgs];
	if ((rc = summary_org(s, d, o, e)) != OK)
		return rc;
	w->n_orgs++;
	w->n_held += o->hold != 0 && o->n_contacts != 0;
	for (size_t i = 0; i < d->n_letters && o->n_contacts != 0; i++)
		if ((rc = add_language(s, d->letters[i].notice->language, e)) != OK)
			return rc;
	if (s->text != NULL && o->track == TRACK_INTERNAL)
		put_internal(s->text, d);
	if (s->text != NULL)
		for (size_t i = 0; i < d->n_letters; i++)
			if (d->letters[i].eml.n != 0)
				put_letter(s->text, s, &d->letters[i]);
	return OK;
}

/* One of which a plan has taken back what the wave told it: its notices stand as they were written. */
static enum errc summary_gone(struct summary *s, struct store *st, const struct wave_told_row *r, struct err *e)
{
	struct notify_wave *w = s->out;
	struct notify_org *v = arena_grow(s->a, w->orgs, w->n_orgs, &s->cap, sizeof *v, 64), *o;
	struct notice *notices;
	size_t n;
	enum errc rc = v != NULL ? notices_of(st, s->a, w->number, r->org_id, &notices, &n, e) : err_memory(e);

	if (rc != OK)
		return rc;
	w->orgs = v;
	o = &v[w->n_orgs++];
	*o = (struct notify_org){.key = r->key, .name = r->name, .country = "", .track = r->track, .version = r->version, .anew = r->anew, .withdrawn = true, .gone = true,
	    .messages = r->messages, .exposures = r->exposures, .classes = "", .why_none = "", .contacts = arena_zero(s->a, n, sizeof *o->contacts),
	    .notices = arena_zero(s->a, n, sizeof *o->notices), .n_contacts = n};
	if (o->contacts == NULL || o->notices == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++) {
		o->contacts[i] = notices[i].address;
		o->notices[i] = notices[i].id;
	}
	return OK;
}

static int by_key(const void *a, const void *b) { return strcmp(((const struct notify_org *)a)->key, ((const struct notify_org *)b)->key); }

/* Marks those whose notices of a written wave hold no more, and adds them where they have no dossier any more. */
static enum errc add_withdrawn(struct summary *s, struct store *st, const char *org, struct err *e)
{
	struct notify_wave *w = s->out;
	struct wave_told_row *rows;
	size_t n, known = w->n_orgs;
	enum errc rc;

	if (w->n.withdrawn + w->n.persons_withdrawn == 0)
		return OK;
	if ((rc = wave_told_rows(st, s->a, w->number, &rows, &n, e)) != OK)
		return rc;
	for (size_t i = 0; rc == OK && i < n; i++) {
		size_t k = 0;

		if (!rows[i].withdrawn || (org != NULL && strcmp(org, rows[i].key) != 0))
			continue;
		BISECT(k, known, strcmp(w->orgs[k].key, rows[i].key) < 0);
		if (k < known && strcmp(w->orgs[k].key, rows[i].key) == 0)
			w->orgs[k].withdrawn = true;
		else
			rc = summary_gone(s, st, &rows[i], e);
	}
	if (rc == OK && w->n_orgs != known)
		qsort(w->orgs, w->n_orgs, sizeof *w->orgs, by_key);
	return rc;
}

enum errc notify_show(const struct notify *n, struct arena *a, uint64_t number, const char *org, bool want_text,
    struct notify_wave *out, struct buf *text, struct err *e)
{
	struct summary s = {.a = a, .out = out, .text = want_text ? text : NULL, .now_utc = n->now_utc};
	struct notify_standing now;
	struct digest today;
	struct wave w;
	bool unwritten;
	enum errc rc;

	*out = (struct notify_wave){0};
	if ((rc = wave_find(n, number, &w, e)) != OK || (rc = wave_numbers(n->store, w.number, &out->n, e)) != OK)
		return rc;
	if (org != NULL && (rc = wave_org_named(n, a, w.number, org, &org, e)) != OK)
		return rc;
	s.wave = &w;
	out->number = w.number;
	today = w.plan;
	unwritten = w.state != WAVE_WRITTEN;
	/* A wave that is not written is shown with the digest of what would be written now. */
	if ((org != NULL && unwritten && (rc = wave_today(n, &w, &today, e)) != OK) ||
	    (rc = wave_walk(n, &w, org, want_text, summary_add, &s, org == NULL && unwritten ? &today : NULL, e)) != OK ||
	    (rc = add_withdrawn(&s, n->store, org, e)) != OK || (rc = wave_stands_as(n, &w, &today, &now, e)) != OK || (rc = wave_reason(n->store, a, w.number, &out->reason, e)) != OK ||
	    (rc = withheld_totals(n->store, n->config->notify_mentioned, &out->withheld, e)) != OK)
		return rc;
	out->state = now.state;
	out->plan = now.plan;
	out->planned_utc = w.planned_utc;
	out->approvals = now.approvals;
	out->outdated = now.outdated;
	out->anew = now.anew;
	out->needed = now.needed;
	return text != NULL ? buf_check(text, e) : OK;
}

struct changed { struct arena *a; struct text_list *out; size_t cap; };

static enum errc changed_visit(void *ctx, const struct dossier_view *d, struct err *e)
{
	struct changed *c = ctx;

	for (size_t i = 0; i < d->n_letters; i++) {
		const struct letter_view *l = &d->letters[i];
		const char **v;

		if (l->eml.n == 0 || memcmp(&l->sha256, &l->notice->sha256, sizeof l->sha256) == 0)
			continue;
		if ((v = arena_grow(c->a, c->out->v, c->out->n, &c->cap, sizeof *v, 64)) == NULL || (v[c->out->n] = arena_cstr(c->a, span_str(l->notice->id))) == NULL)
			return err_memory(e);
		c->out->v = v;
		c->out->n++;
	}
	return OK;
}

static int by_id(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

enum errc notify_changed(const struct notify *n, struct arena *a, struct text_list *out, struct err *e)
{
	struct changed c = {.a = a, .out = out};
	struct wave newest, w;
	int64_t left = 0;
	enum errc rc = wave_newest(n->store, &newest, e);

	*out = (struct text_list){0};
	for (int64_t number = 1; rc == OK && number <= newest.number; number++)
		if ((rc = wave_get(n->store, number, &w, e)) == OK && w.state == WAVE_WRITTEN && (rc = wave_to_leave(n->store, number, &left, e)) == OK && left != 0)
			rc = wave_walk(n, &w, NULL, true, changed_visit, &c, NULL, e);
	if (out->n > 1)
		qsort(out->v, out->n, sizeof *out->v, by_id);
	return rc;
}
