#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "notify/eml.h"
#include "notify/private.h"

enum {
	DAY = 86400,
	MAX_VALUE = 200, /* bytes of a name or masked value; no honest one is longer */
	MAX_SAID = 2000, /* of what the case says in a sentence or two */
};

enum letter_var {
	V_ID, V_DATE, V_ORGANISATION, V_OUR_NAME, V_TITLE, V_REFERENCE,
	V_SENDER_NAME, V_SENDER_TITLE, V_SENDER_PHONE, V_SENDER_ADDRESS, V_PORTAL, V_CODE, V_DOMAIN,
	V_SENDER_DOMAIN, V_SIGN_KEY, V_SIGN_DKIM, V_SIGN_SMIME,
	V_DETECTED, V_CONTAINED, V_FIRST_ACCESS, V_LAST_ACCESS, V_MEASURES,
	V_MESSAGES, V_SINGLE, V_PERIOD_FROM, V_PERIOD_TO, V_UNDATED,
	V_SENT, V_RECEIVED, V_MENTIONED, V_OWNED, V_OWNED_MAYBE, V_BULK, V_OVERLAP,
	V_ACCESSED, V_PRESUMED, V_UNKNOWN, V_UNCERTAIN, V_UNREAD, V_FORGED,
	V_EXPOSURES, V_RESET, V_BANK, V_RESET_BY, V_URGENT_BY, V_KINDS, V_OTHERS, V_OTHER_KINDS, V_ANY_DUTY, V_DUTIES, V_RIGHTS,
	V_SUPPLEMENT, V_WITHDRAWN_DATE, V_WITHDRAWN_MANY, V_PREVIOUS_DATE, V_PREVIOUS_MESSAGES, V_PREVIOUS_SINGLE, V_PREVIOUS_EXPOSURES, V_NEW_MESSAGES, V_AGAIN_MESSAGES, V_NOW_OPENED,
	N_VARS,
};
static const char *const var_names[N_VARS] = {
	"id", "date", "organisation", "our_name", "title", "reference",
	"sender_name", "sender_title", "sender_phone", "sender_address", "portal", "code", "domain",
	"sender_domain", "sign_key", "sign_dkim", "sign_smime",
	"detected", "contained", "first_access", "last_access", "measures",
	"messages", "single", "period_from", "period_to", "undated",
	"sent", "received", "mentioned", "owned", "owned_maybe", "bulk", "overlap",
	"accessed", "presumed", "unknown", "uncertain", "unread", "forged",
	"exposures", "reset", "bank", "reset_by", "urgent_by", "kinds", "others", "other_kinds", "any_duty", "duties", "rights",
	"supplement", "withdrawn_date", "withdrawn_many", "previous_date", "previous_messages", "previous_single", "previous_exposures", "new_messages", "again_messages", "now_opened",
};

struct render {
	struct arena *a;
	const struct letter *l;
	struct template_var v[N_VARS];
	enum errc rc;
	struct err *e;
};

static bool has_link(span s)
{
	return span_has(s, SPAN_LIT("://")) || span_has_nocase(s, SPAN_LIT("www.")) || span_has_nocase(s, SPAN_LIT("mailto:"));
}

/*
 * Text that came from evidence or a directory, fit for a letter: no control characters, and what a mail program would
 * make a link of is broken up.
 */
static span shown(struct render *r, span s, size_t most)
{
	struct buf b, out;
	span done, rest;

	buf_init(&b, 4 * most);
	buf_init(&out, 8 * most);
	utf8_show(&b, span_first(s, most));
	rest = span_trim(buf_span(&b));
	while (rest.n != 0) {
		bool colon = rest.p[0] == ':' && (span_starts(rest, SPAN_LIT("://")));
		bool dot = span_starts_nocase(rest, SPAN_LIT("www."));
		bool mail = span_starts_nocase(rest, SPAN_LIT("mailto:"));
		size_t n = dot ? 3 : mail ? 6 : colon ? 0 : 1;

		buf_put(&out, span_first(rest, n));
		rest = span_from(rest, n);
		if (n != 1) {
			buf_byte(&out, '[');
			buf_put(&out, span_first(rest, 1));
			buf_byte(&out, ']');
			rest = span_from(rest, 1);
		}
	}
	if (s.n > most)
		buf_str(&out, "...");
	if (r->rc == OK && (r->rc = buf_check(&out, r->e)) == OK) {
		done = arena_copy(r->a, buf_span(&out));
		if (done.p == NULL)
			r->rc = err_memory(r->e);
	} else {
		done = SPAN_EMPTY;
	}
	buf_free(&b);
	buf_free(&out);
	return done;
}

static void set_text(struct render *r, enum letter_var i, const char *s) { r->v[i].text = shown(r, span_str(s), MAX_VALUE); }

/* In the language of the letter, where the case says it in that. */
static void set_said(struct render *r, enum letter_var i, const struct yaml *by_language, const char *otherwise)
{
	r->v[i].text = shown(r, case_said(by_language, r->l->language->code, otherwise), MAX_SAID);
}

static void set_date(struct render *r, enum letter_var i, int64_t when_utc)
{
	if (r->rc == OK)
		r->rc = say_date(r->a, r->l->language, when_utc, &r->v[i].text, r->e);
}

/* No value for none, so that a section says it or leaves it out. */
static void set_count(struct render *r, enum letter_var i, const struct counted *c, int64_t n)
{
	if (r->rc == OK && n > 0)
		r->rc = say_count(r->a, r->l->language, c, n, &r->v[i].text, r->e);
}

static enum errc said_ok(const struct yaml *by_language, const char *name, struct err *e)
{
	for (const struct yaml *c = by_language != NULL ? by_language->first : NULL; c != NULL; c = c->next)
		if (has_link(c->text))
			return yaml_err(c, e, "%s has a link in it: a notice has names that people type, no links", name);
	return OK;
}

enum errc letter_config_ok(const struct case_config *c, struct err *e)
{
	const struct { const char *name, *value; bool needed; } said[] = {
	    {"us: name", c->our_name, true}, {"us: domains", c->our_domains.n != 0 ? "there are" : "", true}, {"incident: title", c->title, true},
	    {"sender: name", c->sender_name, true},
	    {"sender: title", c->sender_title, true}, {"sender: address", c->sender_address, true}, {"sender: phone", c->sender_phone, true},
	    {"incident: measures", c->measures, false}, {"incident: reference", c->reference, false}, {"portal", c->portal, false}};
	char missing[200] = "";
	unsigned n = 0;
	enum errc rc;

	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		span v = span_str(said[i].value);

		if (said[i].needed && span_trim(v).n == 0)
			(void)snprintf(missing + strlen(missing), sizeof missing - strlen(missing), "%s%s", n++ > 0 ? ", " : "", said[i].name);
		if (has_link(v))
			return err_set(e, ERR_USAGE, "case.yaml: %s has a link in it: a notice has names that people type, no links", said[i].name);
	}
	if (n > 0)
		return err_set(e, ERR_USAGE, "case.yaml: missing: %s (a notice says who lost the mail, what happened, and which person its readers can call; by our domains we are told from those to tell)", missing);
	if ((rc = said_ok(c->titles, "incident: title", e)) != OK || (rc = said_ok(c->measures_said, "incident: measures", e)) != OK ||
	    (rc = said_ok(c->sender_titles, "sender: title", e)) != OK)
		return rc;
	if (c->sealed && span_trim(span_str(c->portal)).n == 0)
		return err_set(e, ERR_USAGE, "case.yaml: sealed wants portal: the name of the reading room, where the access code is entered");
	if (!eml_address_ok(span_str(c->sender_address)))
		return err_set(e, ERR_USAGE, "case.yaml: sender: address is no plain mail address");
	return OK;
}

static void set_people(struct render *r)
{
	const struct case_config *c = r->l->config;

	set_text(r, V_ID, r->l->notice->id);
	set_date(r, V_DATE, r->l->wave->planned_utc);
	set_text(r, V_ORGANISATION, r->l->org->name);
	set_text(r, V_OUR_NAME, c->our_name);
	set_said(r, V_TITLE, c->titles, c->title);
	set_text(r, V_REFERENCE, c->reference);
	set_text(r, V_SENDER_NAME, c->sender_name);
	set_said(r, V_SENDER_TITLE, c->sender_titles, c->sender_title);
	set_text(r, V_SENDER_PHONE, c->sender_phone);
	set_text(r, V_SENDER_ADDRESS, c->sender_address);
	set_text(r, V_PORTAL, c->portal);
	if (r->l->code != NULL)
		set_text(r, V_CODE, r->l->code);
	set_text(r, V_DOMAIN, r->l->org->has_domain ? "yes" : "");
	set_text(r, V_SENDER_DOMAIN, strchr(c->sender_address, '@') != NULL ? strchr(c->sender_address, '@') + 1 : "");
	set_text(r, V_SIGN_KEY, r->l->signing->key);
	set_text(r, V_SIGN_DKIM, r->l->signing->key[0] != '\0' && r->l->signing->dkim ? "yes" : "");
	set_text(r, V_SIGN_SMIME, r->l->signing->key[0] != '\0' && r->l->signing->smime ? "yes" : "");
	set_date(r, V_DETECTED, case_local(c->detected_utc, c->offset_s.detected));
	set_date(r, V_CONTAINED, case_local(c->contained_utc, c->offset_s.contained));
	set_date(r, V_FIRST_ACCESS, case_local(c->first_access_utc, c->offset_s.first_access));
	set_date(r, V_LAST_ACCESS, case_local(c->last_access_utc, c->offset_s.last_access));
	set_said(r, V_MEASURES, c->measures_said, c->measures);
}

/* One message alone: "this message" where other letters say "these". */
static void set_single(struct render *r, enum letter_var i, int64_t n)
{
	if (n == 1)
		r->v[i].text = SPAN_LIT("yes");
}

static void set_messages(struct render *r)
{
	const struct facts *f = r->l->facts;
	const struct counted *m = &r->l->language->messages;

	set_count(r, V_MESSAGES, m, f->messages);
	set_single(r, V_SINGLE, f->messages);
	set_date(r, V_PERIOD_FROM, f->from_utc);
	set_date(r, V_PERIOD_TO, f->to_utc);
	if (span_eq(r->v[V_PERIOD_FROM].text, r->v[V_PERIOD_TO].text))
		r->v[V_PERIOD_TO].text = SPAN_EMPTY;
	set_count(r, V_UNDATED, m, f->undated);
	set_count(r, V_SENT, m, f->role[LINK_SENDER]);
	set_count(r, V_RECEIVED, m, f->role[LINK_RECIPIENT]);
	set_count(r, V_MENTIONED, m, f->role[LINK_MENTIONED]);
	set_count(r, V_OWNED, m, f->role[LINK_OWNER] - f->owned_maybe);
	set_count(r, V_OWNED_MAYBE, m, f->owned_maybe);
	set_count(r, V_BULK, m, f->role[LINK_BULK]);
	if (f->role[LINK_SENDER] + f->role[LINK_RECIPIENT] + f->role[LINK_MENTIONED] + f->role[LINK_OWNER] + f->role[LINK_BULK] > f->messages)
		r->v[V_OVERLAP].text = SPAN_LIT("yes");
	set_count(r, V_ACCESSED, m, f->verdict[VERDICT_ACCESSED]);
	set_count(r, V_PRESUMED, m, f->verdict[VERDICT_PRESUMED]);
	set_count(r, V_UNKNOWN, m, f->verdict[VERDICT_UNKNOWN]);
	if (f->verdict[VERDICT_UNKNOWN] == f->messages)
		r->v[V_UNCERTAIN].text = SPAN_LIT("yes");
	set_count(r, V_UNREAD, m, f->unread);
	set_count(r, V_FORGED, m, f->forged);
}

/* "5 March 2024 (TN-7Q4K-2M9D); 6 March 2024": each wave once, with the number of the notice that this address may have. */
static void set_withdrawn(struct render *r, const struct told_before *b)
{
	size_t n = 0;
	struct buf days;
	span day;

	buf_init(&days, LIMIT_NOTICE_BYTES);
	for (size_t i = 0, next; i < b->n_withdrawn && r->rc == OK; i = next) {
		const char *id = NULL;

		for (next = i; next < b->n_withdrawn && b->withdrawn[next].wave == b->withdrawn[i].wave; next++)
			if (span_eq_nocase(span_str(b->withdrawn[next].address), span_str(r->l->notice->address)))
				id = b->withdrawn[next].id;
		if ((r->rc = say_date(r->a, r->l->language, b->withdrawn[i].planned_utc, &day, r->e)) != OK)
			break;
		if (n++ != 0)
			buf_put(&days, r->l->language->between);
		buf_put(&days, day);
		if (id != NULL)
			buf_printf(&days, " (%s)", id);
	}
	if (r->rc == OK && (r->rc = buf_check(&days, r->e)) == OK && n != 0 &&
	    (r->v[V_WITHDRAWN_DATE].text = arena_copy(r->a, buf_span(&days))).p == NULL)
		r->rc = err_memory(r->e);
	if (n > 1)
		r->v[V_WITHDRAWN_MANY].text = SPAN_LIT("yes");
	buf_free(&days);
}

static void set_before(struct render *r)
{
	const struct facts *f = r->l->facts;
	const struct language *l = r->l->language;

	set_withdrawn(r, &f->before);
	if (r->l->org->version <= 1 || f->before.planned_utc == TIME_NONE) /* first told, or all of it withdrawn */
		return;
	r->v[V_SUPPLEMENT].text = span_str(arena_printf(r->a, "%d", r->l->org->version - 1));
	if (r->v[V_SUPPLEMENT].text.p == NULL)
		r->rc = err_memory(r->e);
	set_date(r, V_PREVIOUS_DATE, f->before.planned_utc);
	set_count(r, V_PREVIOUS_MESSAGES, &l->messages, f->before.messages);
	set_single(r, V_PREVIOUS_SINGLE, f->before.messages);
	set_count(r, V_PREVIOUS_EXPOSURES, &l->exposures, f->before.exposures);
	set_count(r, V_NEW_MESSAGES, &l->messages, f->messages - f->again);
	set_count(r, V_AGAIN_MESSAGES, &l->messages, f->again);
	set_count(r, V_NOW_OPENED, &l->messages, f->now_opened);
}

/* One kind: how many, their masked forms as far as they fit, what to do. n > 0 exposures of one class. */
static void set_kind(struct render *r, struct told_exposure *x, size_t n, struct template_scope *out)
{
	const struct language *l = r->l->language;
	const struct class_words *w = language_class(l, x->class);
	struct template_var *v = arena_zero(r->a, 4, sizeof *v);
	/* Said of a value only where it is not so of all mail. */
	const bool some_opened = r->l->facts->verdict[VERDICT_ACCESSED] < r->l->facts->messages;
	size_t named = 0;
	struct buf b;

	if (v == NULL) {
		r->rc = err_memory(r->e);
		return;
	}
	buf_init(&b, LIMIT_NOTICE_BYTES);
	for (; named < n && named < LIMIT_NOTICE_VALUES && r->rc == OK; named++) {
		span masked = shown(r, span_str(x[named].masked), MAX_VALUE), value;

		x[named].opened &= some_opened;
		if (r->rc != OK || (r->rc = say_value(r->a, l, masked, &x[named], &value, r->e)) != OK)
			break;
		if (named != 0)
			buf_put(&b, l->between);
		buf_put(&b, value);
	}
	v[0].name = "kind";
	v[1] = (struct template_var){.name = "values", .text = arena_copy(r->a, buf_span(&b))};
	v[2].name = "more";
	v[3] = (struct template_var){.name = "advice",
	    .text = r->l->org->track == TRACK_PERSON ? w->to_person : w->advice};
	if (r->rc == OK)
		r->rc = v[1].text.p == NULL ? err_memory(r->e) : say_count(r->a, l, &w->count, (int64_t)n, &v[0].text, r->e);
	if (r->rc == OK && named == LIMIT_NOTICE_VALUES && n > named)
		r->rc = say_count(r->a, l, &l->more, (int64_t)(n - named), &v[2].text, r->e);
	buf_free(&b);
	*out = (struct template_scope){v, 4, NULL};
}

/*
 * By which day credentials are to be reset: what was surely read (urgent) in fewer days, if the policy says so, and all. Counted from the day
 * that the notice bears, which is known when it is approved, as in the bundle and in reminders.
 */
static void set_days(struct render *r)
{
	const struct case_remediation *policy = &r->l->config->remediation;
	const unsigned all = policy->credential_days, urgent = policy->immediate_days < all ? policy->immediate_days : all;
	const struct facts *f = r->l->facts;
	size_t n = 0, opened = 0;

	for (size_t i = 0; i < f->n_exposures; i++) {
		if (class_is_personal(f->exposures[i].class) || f->exposures[i].whose == WHOSE_ANOTHERS)
			continue;
		n++;
		opened += f->exposures[i].opened;
	}
	if (n != 0)
		set_date(r, V_RESET_BY, r->l->wave->planned_utc + (int64_t)(opened == n ? urgent : all) * DAY);
	if (opened != 0 && opened != n && urgent != all)
		set_date(r, V_URGENT_BY, r->l->wave->planned_utc + (int64_t)urgent * DAY);
}

/*
 * The kinds, most urgent first: which to reset first. A class whose values differ in that stands where it begins. In *said each with its
 * number. What is the reader's, as far as is known, and what is another's stand apart: the reader can only deal with the one.
 */
static void set_kinds(struct render *r, bool others, enum letter_var list, enum letter_var said)
{
	const struct facts *f = r->l->facts;
	struct told_exposure *x = arena_zero(r->a, f->n_exposures, sizeof *x);
	struct template_scope *kinds = arena_zero(r->a, f->n_exposures, sizeof *kinds);
	bool *taken = arena_zero(r->a, f->n_exposures, sizeof *taken);
	struct buf b;

	if (x == NULL || kinds == NULL || taken == NULL) {
		r->rc = err_memory(r->e);
		return;
	}
	buf_init(&b, LIMIT_NOTICE_BYTES);
	for (size_t i = 0; i < f->n_exposures && r->rc == OK; i++) {
		const struct class_words *w = language_class(r->l->language, f->exposures[i].class);
		size_t n = 0;

		for (size_t k = i; k < f->n_exposures; k++) {
			if (taken[k] || (f->exposures[k].whose == WHOSE_ANOTHERS) != others || (n == 0 && k != i) ||
			    language_class(r->l->language, f->exposures[k].class) != w)
				continue;
			taken[k] = true;
			x[n++] = f->exposures[k];
		}
		if (n == 0)
			continue;
		set_kind(r, x, n, &kinds[r->v[list].n]);
		if (r->v[list].n++ != 0)
			buf_put(&b, r->l->language->list);
		if (r->rc == OK)
			buf_put(&b, kinds[r->v[list].n - 1].vars[0].text);
	}
	r->v[list].v = kinds;
	if (r->rc == OK && (r->rc = buf_check(&b, r->e)) == OK && b.n != 0 && (r->v[said].text = arena_copy(r->a, buf_span(&b))).p == NULL)
		r->rc = err_memory(r->e);
	buf_free(&b);
}

static void set_exposures(struct render *r)
{
	const struct facts *f = r->l->facts;

	set_kinds(r, false, V_KINDS, V_EXPOSURES);
	set_kinds(r, true, V_OTHER_KINDS, V_OTHERS);
	for (size_t i = 0; i < f->n_exposures; i++) {
		const struct told_exposure *x = &f->exposures[i];

		if (x->whose != WHOSE_ANOTHERS && !class_is_personal(x->class))
			r->v[V_RESET].text = SPAN_LIT("yes");
		if (x->whose != WHOSE_ANOTHERS && (strcmp(x->class, "bank_account") == 0 || strcmp(x->class, "payment_card") == 0))
			r->v[V_BANK].text = SPAN_LIT("yes");
	}
}

/* What an organisation may owe in its turn, or a person can do, by its country and in the notice's language. */
static void set_law(struct render *r)
{
	const struct clocks *c = r->l->clocks;
	const bool person = r->l->org->track == TRACK_PERSON;
	struct template_scope *said = arena_zero(r->a, c != NULL ? c->n : 0, sizeof *said);
	size_t n = 0;

	for (size_t i = 0; c != NULL && i < c->n && r->rc == OK; i++) {
		span text = yaml_text(c->v[i].notice, r->l->language->code);
		struct template_var *v;

		if (text.n == 0) /* better than not to be told of it */
			text = yaml_text(c->v[i].notice, "en");
		if (text.n == 0 || !clock_told(&c->v[i], c, person, r->l->org->country))
			continue;
		if (said == NULL || (v = arena_zero(r->a, 1, sizeof *v)) == NULL) {
			r->rc = err_memory(r->e);
			return;
		}
		*v = (struct template_var){.name = person ? "right" : "duty", .text = text};
		said[n++] = (struct template_scope){v, 1, NULL};
	}
	r->v[person ? V_RIGHTS : V_DUTIES].v = said;
	r->v[person ? V_RIGHTS : V_DUTIES].n = n;
	if (n != 0 && !person)
		r->v[V_ANY_DUTY].text = SPAN_LIT("yes");
}

enum errc letter_write(struct arena *a, const struct letter *l, span *subject, span *text, struct err *e)
{
	struct render r = {.a = a, .l = l, .e = e};
	struct template_scope scope = {r.v, N_VARS, NULL};
	const struct letter_text *t = l->org->track == TRACK_PERSON ? &l->language->person : &l->language->notice;
	struct buf b, filled;

	buf_init(&b, LIMIT_NOTICE_BYTES);
	buf_init(&filled, LIMIT_NOTICE_BYTES);
	for (size_t i = 0; i < N_VARS; i++)
		r.v[i].name = var_names[i];
	set_people(&r);
	set_messages(&r);
	set_before(&r);
	set_exposures(&r);
	set_days(&r);
	set_law(&r);
	if (r.rc != OK || (r.rc = template_write(t->subject, &scope, &b, e)) != OK)
		goto out;
	*subject = arena_copy(a, buf_span(&b));
	buf_clear(&b);
	if ((r.rc = template_write(t->body, &scope, &b, e)) != OK)
		goto out;
	text_fill(&filled, buf_span(&b));
	if ((r.rc = buf_check(&filled, e)) != OK)
		goto out;
	*text = arena_copy(a, buf_span(&filled));
	if (subject->p == NULL || text->p == NULL)
		r.rc = err_memory(e);
out:
	buf_free(&b);
	buf_free(&filled);
	return r.rc;
}
