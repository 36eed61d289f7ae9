/*
 * The rules of the verdict, as tocsin-scope(1) has them. Every doubt is decided towards reached: a place is not
 * accessed only when nothing reaches it and the logs of its mailbox and time are whole.
 */
#include <stdlib.h>

#include "base/bisect.h"
#include "base/clock.h"
#include "base/limits.h"
#include "scope/judge.h"

/* ---- wide reaches ---- */

static int by_until(const void *a, const void *b)
{
	const struct reach *x = a, *y = b;

	if (x->until != y->until)
		return x->until < y->until ? -1 : 1;
	return x->event < y->event ? -1 : x->event > y->event;
}

/* Of v[i..]: the first and the last time, so that a place needs one search. */
static enum errc groups_finish(struct judge *j, struct err *e)
{
	for (size_t k = 0; k < j->n_groups; k++) {
		struct group *g = &j->groups[k];
		int64_t first = TIME_NONE, last = TIME_NONE, fe = 0, le = 0;

		qsort(g->v, g->n, sizeof *g->v, by_until);
		g->first_from = arena_zero(j->a, g->n, sizeof(int64_t));
		g->last_from = arena_zero(j->a, g->n, sizeof(int64_t));
		g->first_event = arena_zero(j->a, g->n, sizeof(int64_t));
		g->last_event = arena_zero(j->a, g->n, sizeof(int64_t));
		if (g->first_from == NULL || g->last_from == NULL || g->first_event == NULL || g->last_event == NULL)
			return err_memory(e);
		for (size_t i = g->n; i-- > 0;) {
			const struct reach *r = &g->v[i];

			if (fe == 0 || (r->when != TIME_NONE && (first == TIME_NONE || r->when <= first))) {
				first = r->when;
				fe = r->event;
			}
			if (le == 0 || (r->when != TIME_NONE && (last == TIME_NONE || r->when > last))) {
				last = r->when;
				le = r->event;
			}
			g->first_from[i] = first;
			g->last_from[i] = last;
			g->first_event[i] = fe;
			g->last_event[i] = le;
		}
	}
	return OK;
}

const struct log_folder_seen *log_folder(const struct judge *j, int64_t id)
{
	size_t lo;

	BISECT(lo, j->n_log_folders, j->log_folders[lo].id < id);
	return lo < j->n_log_folders && j->log_folders[lo].id == id ? &j->log_folders[lo] : NULL;
}

static int by_id_and_path(const void *a, const void *b)
{
	const struct log_folder_seen *x = a, *y = b;
	int c = span_cmp(x->folder_id, y->folder_id);

	return c != 0 ? c : span_cmp(x->path, y->path);
}

enum errc log_folders_index(struct judge *j, struct err *e)
{
	struct log_folder_seen *v = j->folders_by_id = arena_zero(j->a, j->n_log_folders + 1, sizeof *v);
	size_t n = 0;

	if (v == NULL)
		return err_memory(e);
	for (size_t i = 0; i < j->n_log_folders; i++)
		if (j->log_folders[i].path.n != 0 && j->log_folders[i].folder_id.n != 0)
			v[n++] = j->log_folders[i];
	qsort(v, n, sizeof *v, by_id_and_path);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_id_and_path(&v[i], &v[j->n_folders_by_id - 1]) != 0)
			v[j->n_folders_by_id++] = v[i];
	return OK;
}

enum folder_fit folder_fit(const struct judge *j, int64_t folder, span evidence, bool *whole)
{
	const struct log_folder_seen *f = log_folder(j, folder), *same;
	enum folder_fit best = FOLDER_NONE, fit;
	bool by_id = false;
	size_t i;

	*whole = false;
	if (f == NULL)
		return FOLDER_NONE;
	BISECT(i, f->path.n == 0 && f->folder_id.n != 0 ? j->n_folders_by_id : 0, span_cmp(j->folders_by_id[i].folder_id, f->folder_id) < 0);
	for (; f->path.n == 0 && i < j->n_folders_by_id && span_eq((same = &j->folders_by_id[i])->folder_id, f->folder_id); i++) {
		by_id = true;
		*whole |= folder_is_whole(same->path);
		if ((fit = folder_fits(same->path, f->name, evidence)) > best)
			best = fit;
	}
	if (by_id && best != FOLDER_NONE)
		return best;
	*whole = folder_is_whole(f->path) || folder_is_standard(f->path, f->name);
	return folder_fits(f->path, f->name, evidence);
}

static bool is_no_mail(const struct judge *j, int64_t folder)
{
	const struct log_folder_seen *f = log_folder(j, folder);

	return f != NULL && folder_is_no_mail(f->path);
}

/*
 * What a folder of the evidence is to a group: the folder named, one that may be it, another one, all there is since none matches, or one that the
 * mail there never lay in.
 */
enum fit { FIT_UNSET, FIT_SAME, FIT_MAYBE, FIT_OTHER, FIT_NONE, FIT_APART };

/*
 * Which of the folders in a mailbox is the one that a record names: the whole path decides where the evidence has it. Of those that lie deeper
 * than the record says one may be it, below a root that the record does not know. A record that has only a name can mean each that is called so.
 */
static void fits_of(const struct judge *j, const struct group *g, enum folder_fit *is)
{
	const struct box *b = &j->boxes[g->box];
	enum folder_fit best = FOLDER_NONE;
	bool apart = is_no_mail(j, g->folder), whole = false, any = false, many = false;
	span first = SPAN_EMPTY;

	for (size_t i = 0; i < b->n_folders; i++) {
		span path = j->folders[b->folders[i]].path;
		bool of_this = false;

		is[i] = folder_fit(j, g->folder, path, &of_this);
		whole |= of_this;
		if (is[i] > FOLDER_LEAF && !many && best > FOLDER_LEAF)
			many = folder_fits(first, SPAN_EMPTY, path) != FOLDER_WHOLE;
		else if (is[i] > FOLDER_LEAF && best <= FOLDER_LEAF)
			first = path;
		if (is[i] > best)
			best = is[i];
	}
	for (size_t i = 0; i < b->n_folders; i++) {
		enum fit fit = FIT_OTHER;

		/* Mail without a folder may have lain in any. */
		if (j->folders[b->folders[i]].path.n == 0 && !apart)
			fit = FIT_MAYBE;
		else if (is[i] > FOLDER_LEAF && !whole)
			fit = many ? FIT_MAYBE : FIT_SAME;
		else if (is[i] > FOLDER_LEAF && (is[i] == best || is[i] == FOLDER_WITHIN))
			fit = is[i] == best ? FIT_SAME : FIT_MAYBE;
		any |= fit != FIT_OTHER;
		g->fits[i] = (unsigned char)(apart && fit == FIT_OTHER ? FIT_APART : fit);
	}
	for (size_t i = 0; i < b->n_folders && !any && !apart; i++)
		g->fits[i] = FIT_NONE;
}

static enum errc fits_make(struct judge *j, struct err *e)
{
	enum folder_fit *is = calloc(j->n_folders + 1, sizeof *is);
	enum errc rc = is != NULL ? OK : err_memory(e);

	for (size_t k = 0; k < j->n_groups && rc == OK; k++) {
		struct group *g = &j->groups[k];

		if (g->folder == 0)
			continue;
		if ((g->fits = arena_zero(j->a, j->boxes[g->box].n_folders + 1, 1)) != NULL)
			fits_of(j, g, is);
		else
			rc = err_memory(e);
	}
	free(is);
	return rc;
}

static void apply_group(const struct judge *j, struct place *p, const struct group *g)
{
	enum fit fit = g->fits != NULL ? (enum fit)g->fits[j->folders[p->folder].at] : FIT_UNSET;
	int64_t there = p->there;
	size_t lo;
	bool late;
	struct ground gr;

	/* Of mail without a folder a record may say that it lay there. */
	if (fit == FIT_MAYBE && j->folders[p->folder].path.n == 0 && lain_when(j, p, g->folder, g->n != 0 ? g->first_from[0] : 0) == LAY_THERE)
		fit = FIT_SAME;
	BISECT(lo, g->n, g->v[lo].until < there);
	late = lo == g->n;
	if (g->n == 0 || (late && p->sure) || fit == FIT_APART)
		return;
	if (late)
		lo = 0;
	gr = (struct ground){g->verdict, g->reason, g->best, (uint32_t)(g->n - lo), g->first_from[lo], g->last_from[lo],
	    g->first_event[lo], g->last_event[lo]};
	if (g->folder != 0 && fit == FIT_OTHER) {
		enum lay lay = lain_when(j, p, g->folder, g->first_from[lo]);

		if (lay == LAY_UNSAID && j->actor->folders_unchanged)
			return;
		if (lay != LAY_THERE) {
			gr.verdict = VERDICT_UNKNOWN;
			gr.reason = REASON_ELSEWHERE;
		}
	} else if (g->folder != 0 && g->reason != REASON_MAY_BE_ACTOR && (fit == FIT_NONE || fit == FIT_MAYBE)) {
		gr.reason = REASON_NOT_NARROWED;
	}
	if (gr.verdict == VERDICT_PRESUMED && (fit == FIT_NONE || fit == FIT_MAYBE))
		gr.confidence = CERTAINTY_LOW;
	if (late)
		ground_date_only(&gr);
	place_reach(p, &gr);
}

/* ---- is it proved? ---- */

/* Days of the window without proof, for one mailbox: the reason by day, and from each day the next one that has any. */
struct proof { int64_t first_day, n_days; unsigned char *bad; uint32_t *next_bad; const struct audit_change *audit; };
enum { WINDOW_DAYS = 36525 };

/* Does what somebody vouches for, or of that what may be quiet, reach from the one time to the other? */
static bool vouched_for(const struct actor_file *a, span owner, int64_t from, int64_t to, bool quiet)
{
	bool more = true;

	while (more && from <= to) {
		more = false;
		for (size_t i = 0; i < a->n_coverage; i++) {
			const struct vouched *v = &a->coverage[i];

			if ((v->mailbox != NULL && !span_eq_nocase(span_str(v->mailbox), owner)) || (quiet && !v->quiet_days) || v->from > from || v->to < from)
				continue;
			from = v->to + 1;
			more = true;
		}
	}
	return from > to;
}

/* The first change of auditing that may hide what the intruder did: none after he had lost access. */
static const struct audit_change *hiding(const struct judge *j, const struct ident *d, const struct audit_change *first)
{
	for (size_t i = 0; i < d->n_audit; i++) {
		const struct audit_change *a = &d->audit[i];

		if (a->since <= j->to && (first == NULL || a->since < first->since || (a->since == first->since && a->event < first->event)))
			first = a;
	}
	return first;
}

static enum errc proof_make(struct judge *j, uint32_t box, struct proof *p, struct err *e)
{
	span owner = j->boxes[box].owner;
	int64_t from = j->from, to = j->to;
	bool can_prove = false;

	*p = (struct proof){0};
	if (to == TIME_NONE || owner.n == 0)
		return OK;
	p->first_day = from != TIME_NONE && from / 86400 > to / 86400 - WINDOW_DAYS ? from / 86400 : to / 86400 - WINDOW_DAYS;
	p->n_days = to / 86400 - p->first_day + 1;
	p->bad = arena_zero(j->a, (size_t)p->n_days, 1);
	p->next_bad = arena_zero(j->a, (size_t)p->n_days + 1, sizeof *p->next_bad);
	if (p->bad == NULL || p->next_bad == NULL)
		return err_memory(e);
	for (size_t d = 0; d < j->n_idents; d++) {
		const struct ident *id = &j->idents[d];

		if (id->any || in_ident(id, box))
			p->audit = hiding(j, id, p->audit);
		/* Only what is logged under its own name proves that this mailbox is logged at all. */
		if (id->any || !in_ident(id, box))
			continue;
		can_prove = can_prove || id->n_days != 0;
		for (size_t i = 0; i < id->n_days; i++)
			if (id->days[i] >= p->first_day && id->days[i] - p->first_day < p->n_days)
				p->bad[id->days[i] - p->first_day] = 1;
	}
	p->next_bad[p->n_days] = (uint32_t)p->n_days;
	for (int64_t i = p->n_days - 1; i >= 0; i--) {
		/* Of its first and last day what lies in the window. */
		int64_t begin = (p->first_day + i) * 86400, end = begin + 86399;
		bool vouched, quiet, logged = p->bad[i] != 0;

		begin = from != TIME_NONE && begin < from ? from : begin;
		end = end > to ? to : end;
		vouched = vouched_for(j->actor, owner, begin, end, false);
		quiet = vouched && vouched_for(j->actor, owner, begin, end, true);
		/* A quiet day says something only where a reading would have been a record. */
		quiet = quiet && (can_prove || !j->has_google);
		p->bad[i] = !vouched ? REASON_NOT_DECLARED : !logged && !quiet ? REASON_GAP : 0;
		p->next_bad[i] = p->bad[i] != 0 ? (uint32_t)i : p->next_bad[i + 1];
	}
	return OK;
}

/* The reason why nothing can be proved, or COVERED, or ARRIVED_AFTER. */
static enum verdict_reason proved(const struct judge *j, struct place *p, const struct proof *pf)
{
	int64_t day;
	uint32_t bad;

	if (j->n_events == 0)
		return REASON_NO_LOGS;
	if (j->actor == NULL)
		return REASON_NO_ACTOR;
	if (j->boxes[p->box].owner.n == 0)
		return REASON_NO_OWNER;
	if (j->to == TIME_NONE)
		return REASON_NO_WINDOW;
	if (p->sure && p->there > j->to)
		return REASON_ARRIVED_AFTER;
	if (j->n_unreadable != 0 && !j->actor->accept_unreadable)
		return REASON_UNREADABLE;
	if (unread_of(j, p) != 0)
		return REASON_UNREAD_FILE;
	if (pf->audit != NULL)
		return REASON_AUDIT_CHANGED;
	if (j->from == TIME_NONE && !p->sure)
		return REASON_NO_WINDOW;
	day = p->sure ? p->there / 86400 - (p->there < 0) : pf->first_day;
	if (day < pf->first_day) {
		if (j->from == TIME_NONE || j->from / 86400 < pf->first_day)
			return REASON_NO_WINDOW;
		day = pf->first_day;
	}
	/* Mail that came after a day without logs as well: a rule that was made on that day would have forwarded it. */
	bad = pf->next_bad[j->from != TIME_NONE ? 0 : day - pf->first_day];
	if (bad == pf->n_days)
		return REASON_COVERED;
	p->missing = (pf->first_day + bad) * 86400;
	return (enum verdict_reason)pf->bad[bad];
}

/* Named by nothing and without a name: a record could not have named it, if there is any of the intruder's. */
static bool nameless(const struct judge *j, const struct place *p)
{
	if (j->messages[p->outer].rfc822_id.n != 0)
		return false;
	for (size_t i = 0; i < j->n_suspects; i++)
		if (j->suspects[i].kind == S_NAMES && !j->suspects[i].nowhere && in_ident(&j->idents[j->suspects[i].ident], p->box))
			return true;
	return false;
}

/* ---- the run ---- */

/* Outside the window there was no access; where a record of the intruder's lies outside, the window was wrong. */
static void window(struct judge *j)
{
	j->from = j->actor != NULL ? j->actor->from : TIME_NONE;
	j->to = j->actor != NULL && j->actor->to != TIME_NONE ? j->actor->to : j->config->contained_by_utc;
	for (size_t i = 0; i < j->n_suspects; i++) {
		int64_t when = j->suspects[i].when;

		if (j->suspects[i].truth != TRUTH_YES || when == TIME_NONE || j->suspects[i].shut_out)
			continue;
		/* Of two readings of a date the one within it. */
		if (j->suspects[i].or_when >= j->from && j->to != TIME_NONE && j->suspects[i].or_when <= j->to)
			continue;
		if (j->from != TIME_NONE && when < j->from)
			j->from = when;
		if (j->to != TIME_NONE && when > j->to)
			j->to = when;
	}
}

/* What auditing depends on, changed while the intruder was there. */
static enum errc licences(struct judge *j, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < j->n_licences && rc == OK; i++) {
		const struct licence_change *l = &j->licences[i];

		if (j->from == TIME_NONE || l->until >= j->from)
			rc = note_audit(&j->idents[l->ident], l->since, l->event, e);
	}
	return rc;
}

static enum errc assumed(struct judge *j, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < j->actor->n_hands && rc == OK; i++) {
		const struct hands *h = &j->actor->hands[i];
		struct reach r = {h->to == TIME_NONE ? ALWAYS : h->to, h->from, 0, h->confidence};

		for (size_t b = 0; b < j->n_boxes && rc == OK; b++)
			if (h->mailbox == NULL || span_eq_nocase(span_str(h->mailbox), j->boxes[b].owner))
				rc = group_add(j, (uint32_t)b, 0, VERDICT_PRESUMED, REASON_WHOLE_MAILBOX, r, e);
	}
	/* MailItemsAccessed is not logged for 24 hours after a mailbox was throttled. */
	for (size_t d = 0; d < j->n_idents; d++) {
		const struct ident *id = &j->idents[d];

		for (size_t i = 0; i < id->n_throttled && rc == OK; i++) {
			const struct throttle *t = &id->throttled[i];
			bool undated = t->until == ALWAYS;
			struct reach r = {undated ? ALWAYS : t->until + 86400, undated ? TIME_NONE : t->until, t->event, CERTAINTY_MEDIUM};

			if (!undated && ((j->from != TIME_NONE && r.until < j->from) || (j->to != TIME_NONE && t->since > j->to)))
				continue;
			for (size_t b = 0; b < id->n_boxes && rc == OK; b++)
				rc = group_add(j, id->boxes[b], 0, VERDICT_PRESUMED, REASON_THROTTLED, r, e);
		}
	}
	return rc;
}

static enum errc judge_places(struct judge *j, struct err *e)
{
	struct proof *proofs = NULL;
	enum errc rc;

	window(j);
	if ((rc = licences(j, e)) != OK)
		return rc;
	if (j->actor != NULL && (rc = assumed(j, e)) != OK)
		return rc;
	if ((proofs = arena_zero(j->a, j->n_boxes, sizeof *proofs)) == NULL)
		return err_memory(e);
	for (size_t b = 0; b < j->n_boxes && j->actor != NULL && rc == OK; b++)
		rc = proof_make(j, (uint32_t)b, &proofs[b], e);
	if (rc != OK || (rc = groups_finish(j, e)) != OK || (rc = fits_make(j, e)) != OK || (rc = lain_load(j, e)) != OK ||
	    (rc = forwards_finish(j, e)) != OK)
		return rc;
	for (size_t i = 0; i < j->n_places; i++) {
		struct place *p = &j->places[i];
		const struct box *b = &j->boxes[p->box];
		struct ground g = {.confidence = CERTAINTY_HIGH, .first = TIME_NONE, .last = TIME_NONE};

		for (size_t k = 0; k < b->n_groups; k++)
			apply_group(j, p, &j->groups[b->groups[k]]);
		for (size_t k = 0; k < j->n_forwards; k++)
			apply_forward(j, p, &j->forwards[k]);
		if (p->verdict != VERDICT_NOT_ACCESSED)
			continue;
		g.reason = proved(j, p, &proofs[p->box]);
		if (g.reason == REASON_AUDIT_CHANGED)
			g.first_event = g.last_event = proofs[p->box].audit->event; /* not counted: it is no record of the intruder's reading */
		if ((g.reason == REASON_GAP || g.reason == REASON_NOT_DECLARED) && !p->sure && p->there > j->to) {
			g.reason = REASON_DATE_ONLY;
			p->missing = TIME_NONE;
		}
		g.verdict = g.reason >= REASON_COVERED ? VERDICT_NOT_ACCESSED : VERDICT_UNKNOWN;
		if (g.reason == REASON_COVERED && nameless(j, p)) {
			g.verdict = VERDICT_UNKNOWN;
			g.reason = REASON_NO_MESSAGE_ID;
		}
		place_reach(p, &g);
		p->reason = g.reason;
	}
	return OK;
}

/* A message's verdict is the worst of its places'; and of where it was reached without being in evidence. */
static void worst_of_places(struct judge *j)
{
	for (size_t i = 0; i < j->n_messages; i++)
		j->messages[i].verdict = VERDICT_NOT_ACCESSED;
	for (size_t i = 0; i < j->n_places; i++) {
		struct judged_message *m = &j->messages[j->places[i].message];

		if (verdict_rank(j->places[i].verdict) > verdict_rank(m->verdict))
			m->verdict = j->places[i].verdict;
	}
	for (size_t i = 0; i < j->n_absents; i++) {
		enum verdict v = j->absents[i].reason == REASON_MAY_BE_ACTOR ? VERDICT_UNKNOWN : VERDICT_ACCESSED;
		uint32_t m = j->absents[i].message;

		if (m == 0)
			continue;
		/* It may lie nowhere but within another, where no record can name it: its original was there. */
		if (verdict_rank(v) > verdict_rank(j->messages[m - 1].verdict))
			j->messages[m - 1].verdict = v;
		/* What it carries was reached with it. */
		for (size_t k = j->places_of[m - 1]; k < j->places_of[m]; k++) {
			struct judged_message *of = &j->messages[j->places[j->by_outer[k]].message];

			if (verdict_rank(v) > verdict_rank(of->verdict))
				of->verdict = v;
		}
	}
}

static bool lies_somewhere(const struct judge *j, size_t message, size_t *at)
{
	while (*at < j->n_places && j->places[*at].message < message)
		++*at;
	return *at < j->n_places && j->places[*at].message == message;
}

enum errc judge_new(struct judge **out, struct store *st, const struct case_config *config, const struct actor_file *actor,
    struct err *e)
{
	struct judge *j = calloc(1, sizeof *j);
	size_t at = 0;
	enum errc rc;

	*out = j;
	if (j == NULL)
		return err_memory(e);
	j->st = st;
	j->config = config;
	j->actor = actor;
	j->now = time_now();
	if ((rc = arena_new(&j->a, 16 * GIB, e)) != OK || (rc = judge_load(j, e)) != OK)
		return rc;
	/* Accesses were applied while loading: places begin as not accessed, the lowest rank. */
	if ((rc = judge_places(j, e)) != OK)
		return rc;
	worst_of_places(j);
	/* A message whose source is gone lies nowhere: nothing is known of it. */
	for (size_t i = 0; i < j->n_messages; i++)
		if (!lies_somewhere(j, i, &at) && j->messages[i].verdict == VERDICT_NOT_ACCESSED)
			j->messages[i].verdict = VERDICT_UNKNOWN;
	return OK;
}

const struct judged_message *judge_messages(const struct judge *j, size_t *n)
{
	*n = j->n_messages;
	return j->messages;
}

void judge_free(struct judge *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->n_boxes; i++) {
		free(j->boxes[i].groups);
		free(j->boxes[i].folders);
	}
	for (size_t i = 0; i < j->n_idents; i++) {
		free(j->idents[i].days);
		free(j->idents[i].throttled);
		free(j->idents[i].audit);
	}
	for (size_t i = 0; i < j->n_groups; i++)
		free(j->groups[i].v);
	free(j->contexts);
	free(j->boxes);
	free(j->idents);
	free(j->ident_slots);
	free(j->messages);
	free(j->texts);
	free(j->id_slots);
	free(j->odd_ids);
	free(j->folders);
	free(j->folder_slots);
	free(j->unread);
	free(j->places);
	free(j->places_of);
	free(j->by_outer);
	free(j->suspects);
	free(j->groups);
	free(j->forwards);
	free(j->rule_changes);
	free(j->licences);
	free(j->absents);
	free(j->log_folders);
	free(j->lain);
	free(j->searches);
	free(j->search_slots);
	free(j->ended);
	free(j->items);
	free(j->known);
	arena_free(j->a);
	free(j);
}
