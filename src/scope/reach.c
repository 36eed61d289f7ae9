/* What each record of the intruder's reaches: messages by name, folders, whole mailboxes. */
#include <stdlib.h>

#include "base/clock.h"
#include "scope/judge.h"

/* ---- what a record of the intruder's reaches ---- */

static bool is(span word, enum log_kind k) { return span_eq(word, span_str(log_kind_name(k))); }

/* So long a subscription to mail lasts at most, unless it is renewed (Microsoft Graph, "subscription resource type"). */
#define SUBSCRIPTION_SECONDS ((int64_t)7 * 86400)

#define UNTOLD (LOG_NO_ITEMS | LOG_ITEM_NO_MESSAGE_ID | LOG_COUNT_MISMATCH | LOG_TRUNCATED | LOG_LIMITED | LOG_ODD_SHAPE | LOG_ITEM_UNNAMED)

/* AttachmentAccess, drafts: items by their ids alone, which other records can have with a Message-ID. One that is damaged names nothing. */
static bool lacks_only_names(const struct event_seen *v)
{
	return (v->problems & (UNTOLD | LOG_BAD_UTF8)) == LOG_ITEM_NO_MESSAGE_ID && span_eq(v->product, span_str(log_product_name(LOG_M365)));
}

static void wide(struct suspect *s, enum verdict v, enum verdict_reason r, bool forever)
{
	s->wide = true;
	s->verdict = v;
	s->reason = r;
	if (forever)
		s->until = ALWAYS;
}

/* A content search of Purview: its locations can be groups. Others are of one mailbox. */
static bool is_content_search(span operation)
{
	return span_has_nocase(operation, SPAN_LIT("ComplianceSearch")) || (span_starts_nocase(operation, SPAN_LIT("Search")) &&
	    !span_starts_nocase(operation, SPAN_LIT("SearchQuery")) && span_find_byte(operation, '-') == operation.n);
}

/* An id among what a record says, as it is written there. */
static enum errc detail_id(struct judge *j, span detail, span key, span *out, struct err *e)
{
	span s = span_from(detail, span_find(detail, key) + key.n);

	return s.n == 0 ? OK : judge_copy(j, span_first(s, span_find_byte(s, '"')), out, e);
}

/* Requests of Graph by what they ask a mailbox for; one that was refused brought nothing. */
static enum errc graph_class(struct judge *j, const struct event_seen *v, struct suspect *s, struct err *e)
{
	enum errc rc = detail_id(j, v->detail, SPAN_LIT("\"batch\":\""), &s->batch, e);

	if (rc != OK || (v->success == LOG_NO && span_has(v->detail, SPAN_LIT("\"result\":\"4"))))
		return rc;
	if (span_has(v->detail, SPAN_LIT("\"resource\":\"search\""))) {
		wide(s, VERDICT_UNKNOWN, REASON_SEARCHED, false);
	} else if (span_has(v->detail, SPAN_LIT("\"resource\":\"export\""))) {
		wide(s, VERDICT_PRESUMED, REASON_EXPORTED, false);
	} else if (span_has(v->detail, SPAN_LIT("\"resource\":\"batch\""))) {
		s->is_batch = true;
		wide(s, VERDICT_UNKNOWN, REASON_NOT_NARROWED, false);
	} else if (span_has(v->detail, SPAN_LIT("\"resource\":\"rule\""))) {
		wide(s, VERDICT_UNKNOWN, REASON_NOT_NARROWED, true); /* where to is not said: perhaps to nobody */
	} else if (span_has(v->detail, SPAN_LIT("\"resource\":\"subscription\""))) {
		wide(s, VERDICT_UNKNOWN, REASON_NOT_NARROWED, false);
		s->until = s->until == ALWAYS ? ALWAYS : s->until + SUBSCRIPTION_SECONDS;
	} else if (span_has(v->detail, SPAN_LIT("\"resource\":\"messages\"")) || !span_has(v->detail, SPAN_LIT("\"request_uri\""))) {
		s->kind = S_IDS; /* messages by their ids, or what a list of them shows: then all */
		s->reason = REASON_APPLICATION;
	}
	return OK;
}

static int by_batch(const void *a, const void *b)
{
	const struct suspect *const *x = a, *const *y = b;

	return span_cmp((*x)->batch, (*y)->batch);
}

enum errc batches_told(struct judge *j, struct err *e)
{
	struct suspect **v = calloc(j->n_suspects + 1, sizeof *v);
	size_t n = 0;

	if (v == NULL)
		return err_memory(e);
	for (size_t i = 0; i < j->n_suspects; i++)
		if (j->suspects[i].batch.n != 0)
			v[n++] = &j->suspects[i];
	qsort(v, n, sizeof *v, by_batch);
	for (size_t i = 0, end; i < n; i = end) {
		bool others = false;

		for (end = i; end < n && by_batch(&v[i], &v[end]) == 0; end++)
			others = others || !v[end]->is_batch;
		for (size_t k = i; k < end && others; k++)
			v[k]->wide = v[k]->wide && !v[k]->is_batch;
	}
	free(v);
	return OK;
}

enum errc suspect_class(struct judge *j, const struct event_seen *v, struct suspect *s, struct err *e)
{
	span k = v->kind;

	s->kind = S_OTHER;
	s->verdict = VERDICT_PRESUMED;
	s->reason = REASON_NOT_NARROWED;
	s->folder_reason = REASON_FOLDER_SYNC;
	s->name_reason = REASON_NAMED;
	s->shut_out = v->success == LOG_NO && (is(k, LOG_SIGN_IN) || (is(k, LOG_GRAPH_REQUEST) && span_has(v->detail, SPAN_LIT("\"result\":\"401\""))));
	if (failed_change(v))
		return OK;
	if (is(k, LOG_SIGN_IN) && v->success == LOG_YES && span_eq(v->product, span_str(log_product_name(LOG_DOVECOT)))) {
		s->login = j->contexts[v->context_id].text[C_SESSION];
		s->wide = true;
	} else if (is(k, LOG_BIND) || is(k, LOG_MAIL_READ_GOOGLE)) {
		s->kind = S_NAMES;
		s->by_ids = lacks_only_names(v);
		s->wide = !s->by_ids && (v->problems & UNTOLD) != 0;
		/* Quarantine names what it showed by an id of its own, and hardly ever to whom that was sent. */
		if (span_starts_nocase(v->operation, SPAN_LIT("Quarantine")) && v->mailbox.n == 0)
			wide(s, VERDICT_UNKNOWN, REASON_NOT_NARROWED, false);
	} else if (is(k, LOG_SYNC)) {
		s->kind = S_SYNC;
		s->wide = (v->problems & (LOG_NO_FOLDER | LOG_TRUNCATED | LOG_LIMITED)) != 0;
	} else if (is(k, LOG_FOLDER_OPENED)) {
		s->kind = S_SYNC;
		s->verdict = VERDICT_UNKNOWN; /* a list of its mail was shown; what of it was opened other records say */
		s->folder_reason = REASON_NOT_NARROWED;
		s->wide = (v->problems & (LOG_NO_FOLDER | LOG_TRUNCATED | LOG_LIMITED)) != 0;
	} else if (is(k, LOG_OTHER) && span_eq(v->product, span_str(log_product_name(LOG_M365)))) {
		s->kind = S_NAMES; /* an operation that is not known here: what it names it had before it */
		s->nowhere = v->mailbox.n == 0 && v->mailbox_guid.n == 0;
		s->has_access = true;
	} else if (is(k, LOG_SEND) || is(k, LOG_CREATE)) {
		s->kind = S_NAMES;
		s->name_reason = REASON_SENT;
		s->has_access = true;
	} else if (is(k, LOG_UPDATE) || is(k, LOG_SOFT_DELETE) || is(k, LOG_HARD_DELETE) || is(k, LOG_MOVE)) {
		s->kind = S_NAMES;
		s->name_reason = REASON_DESTROYED;
		s->has_access = true;
		if ((v->problems & UNTOLD) != 0)
			wide(s, VERDICT_UNKNOWN, REASON_NOT_NARROWED, false);
		s->by_ids = lacks_only_names(v);
		s->wide = s->wide && !s->by_ids;
	} else if (is(k, LOG_SEARCH)) {
		s->over_groups = is_content_search(v->operation);
		wide(s, VERDICT_UNKNOWN, REASON_SEARCHED, false);
	} else if (is(k, LOG_EXPORT)) {
		s->over_groups = is_content_search(v->operation);
		wide(s, VERDICT_PRESUMED, REASON_EXPORTED, false);
	} else if (is(k, LOG_MAILBOX_PERMISSION) && (span_has_nocase(v->operation, SPAN_LIT("RecipientPermission")) || span_eq_nocase(v->operation, SPAN_LIT("Set-Mailbox")))) {
		s->kind = S_OTHER; /* to send in its name: nothing of it is read by that */
	} else if (is(k, LOG_MAILBOX_PERMISSION) && !span_has_nocase(v->operation, SPAN_LIT("remove"))) {
		s->kind = S_SYNC; /* of the folder that it names, else of all */
		s->reason = s->folder_reason = REASON_DELEGATED;
		s->until = ALWAYS;
	} else if (is(k, LOG_TOKEN) && span_has(v->detail, SPAN_LIT("\"resource\":\"no mail\""))) {
		s->kind = S_OTHER; /* calendars, files */
	} else if (is(k, LOG_TOKEN) && !span_has_nocase(v->operation, SPAN_LIT("revoke"))) {
		wide(s, VERDICT_PRESUMED, REASON_APPLICATION, true);
	} else if (is(k, LOG_GRAPH_REQUEST)) {
		return graph_class(j, v, s, e);
	} else if ((is(k, LOG_INBOX_RULE) || is(k, LOG_FORWARDING)) && (v->problems & (LOG_ODD_SHAPE | LOG_TRUNCATED | LOG_LIMITED)) != 0 &&
	    !span_has(v->detail, SPAN_LIT("\"targets\":[")) && !span_has(v->detail, SPAN_LIT("\"removed\":true"))) {
		wide(s, VERDICT_UNKNOWN, REASON_NOT_NARROWED, true); /* where to is lost: perhaps to nobody */
	} else if ((is(k, LOG_INBOX_RULE) || is(k, LOG_FORWARDING)) && span_has(v->detail, SPAN_LIT("\"targets\":["))) {
		s->kind = S_FORWARD;
		return forward_in(j, v, s, e);
	}
	return OK;
}

/* ---- states of places ---- */

int verdict_rank(enum verdict v)
{
	switch (v) {
	case VERDICT_ACCESSED:
		return 3;
	case VERDICT_PRESUMED:
		return 2;
	case VERDICT_UNKNOWN:
		return 1;
	case VERDICT_NOT_ACCESSED:
		return 0;
	}
	return 1;
}

void place_reach(struct place *p, const struct ground *g)
{
	if (verdict_rank(g->verdict) > verdict_rank(p->verdict)) {
		p->verdict = g->verdict;
		p->reason = g->reason;
		p->confidence = g->confidence;
		p->n_records = 0;
		p->first = p->last = TIME_NONE;
		p->first_event = p->last_event = 0;
	} else if (g->verdict != p->verdict) {
		return;
	}
	if (g->confidence > p->confidence) {
		p->confidence = g->confidence;
		p->reason = g->reason;
	}
	/* What the actor file says is no record: its times stand where no record has any. */
	if (g->first_event == 0 && g->last_event == 0 && p->n_records != 0)
		return;
	if (g->first_event != 0 || g->last_event != 0) {
		if (p->n_records == 0)
			p->first = p->last = TIME_NONE;
		p->n_records = g->n < UINT32_MAX - p->n_records ? p->n_records + g->n : UINT32_MAX;
	}
	if (g->first != TIME_NONE && (p->first == TIME_NONE || g->first < p->first)) {
		p->first = g->first;
		p->first_event = g->first_event;
	}
	if (g->last != TIME_NONE && (p->last == TIME_NONE || g->last >= p->last)) {
		p->last = g->last;
		p->last_event = g->last_event;
	}
	if (p->first_event == 0)
		p->first_event = g->first_event;
	if (p->last_event == 0)
		p->last_event = g->last_event;
}

/* It came too late, or too early, for what reaches it; but only its sender says so. */
void ground_date_only(struct ground *g)
{
	g->verdict = VERDICT_UNKNOWN;
	g->reason = REASON_DATE_ONLY;
	g->confidence = CERTAINTY_LOW;
}

bool in_ident(const struct ident *d, uint32_t box)
{
	for (size_t i = 0; i < d->n_boxes; i++)
		if (d->boxes[i] == box)
			return true;
	return false;
}

static bool has_space(span id)
{
	for (size_t i = 0; i < id.n; i++)
		if (ascii_is_space(id.p[i]))
			return true;
	return false;
}

static span without_space(struct arena *a, span id)
{
	unsigned char *p = arena_alloc(a, id.n + 1);
	size_t n = 0;

	for (size_t i = 0; p != NULL && i < id.n; i++)
		if (!ascii_is_space(id.p[i]))
			p[n++] = id.p[i];
	return span_of(p, n);
}

enum errc reach_named(struct judge *j, const struct suspect *s, span rfc822_id, struct err *e)
{
	const struct ident *d = &j->idents[s->ident];
	bool yes = s->truth == TRUTH_YES, found = false;
	uint32_t first = message_by_rfc822(j, rfc822_id, false), folded;
	struct ground g = {yes ? VERDICT_ACCESSED : VERDICT_UNKNOWN, yes ? s->name_reason : REASON_MAY_BE_ACTOR, s->confidence, 1,
	    s->when, s->when, s->event, s->event};
	span kept, unfolded;

	/* A field that is folded within its id: the evidence has it without what folds it, logs at times with it. */
	if (first == 0 && has_space(rfc822_id)) {
		if ((unfolded = without_space(j->a, rfc822_id)).p == NULL)
			return err_memory(e);
		first = message_by_rfc822(j, unfolded, false);
	}
	folded = first == 0 ? message_by_rfc822(j, rfc822_id, true) : 0;
	for (uint32_t m = first; m != 0; m = j->messages[m - 1].next_same)
		for (size_t k = j->places_of[m - 1]; k < j->places_of[m]; k++) {
			struct place *p = &j->places[j->by_outer[k]];

			/* Nobody knows whose mailbox this is: it may be this one. */
			if (!in_ident(d, p->box) && (j->boxes[p->box].owner.n != 0 || d->n_boxes != 0))
				continue;
			place_reach(p, &g);
			found = true;
		}
	if (found)
		return OK;
	/*
	 * Ids are compared as they are (RFC 5322 3.6.4). But what logs went through (search indexes, lists made by hand) folds their case:
	 * where no mail has it so, it may be the one that has it in another.
	 */
	g.verdict = yes ? VERDICT_PRESUMED : VERDICT_UNKNOWN;
	g.reason = yes ? REASON_NOT_NARROWED : REASON_MAY_BE_ACTOR;
	g.confidence = CERTAINTY_LOW;
	for (uint32_t m = folded; m != 0; m = j->messages[m - 1].next_same)
		for (size_t k = j->places_of[m - 1]; k < j->places_of[m]; k++)
			if (in_ident(d, j->places[j->by_outer[k]].box))
				place_reach(&j->places[j->by_outer[k]], &g);
	/* Or it is one that is written so that a server may have read another from it. */
	g.verdict = VERDICT_UNKNOWN;
	for (size_t i = 0; i < j->n_odd_ids && first == 0 && folded == 0; i++)
		for (size_t k = j->places_of[j->odd_ids[i]]; k < j->places_of[j->odd_ids[i] + 1]; k++)
			if (in_ident(d, j->places[j->by_outer[k]].box))
				place_reach(&j->places[j->by_outer[k]], &g);
	g.reason = yes ? s->name_reason : REASON_MAY_BE_ACTOR;
	if ((kept = arena_copy(j->a, rfc822_id)).p == NULL)
		return err_memory(e);
	/* Reached in a mailbox whose evidence does not have it; the same content may lie elsewhere. */
	for (uint32_t m = first; m != 0; m = j->messages[m - 1].next_same) {
		if (!ROOM(j->absents, j->n_absents, j->cap_absents))
			return err_memory(e);
		j->absents[j->n_absents++] = (struct absent){s->ident, kept, SPAN_LIT(""), m, s->when, s->event, g.reason, s->confidence};
	}
	if (first != 0 || !yes)
		return OK;
	if (!ROOM(j->absents, j->n_absents, j->cap_absents))
		return err_memory(e);
	j->absents[j->n_absents++] = (struct absent){s->ident, kept, SPAN_LIT(""), 0, s->when, s->event, g.reason, s->confidence};
	return OK;
}

enum errc group_add(struct judge *j, uint32_t box, int64_t folder, enum verdict v, enum verdict_reason reason,
    struct reach reach, struct err *e)
{
	struct box *b = &j->boxes[box];
	struct group *g = NULL;

	for (size_t i = 0; i < b->n_groups && g == NULL; i++) {
		struct group *of = &j->groups[b->groups[i]];

		if (of->folder == folder && of->verdict == v && of->reason == reason)
			g = of;
	}
	if (g == NULL) {
		if (!ROOM(j->groups, j->n_groups, j->cap_groups) ||
		    (b->n_groups == b->cap_groups && !list_grow((void **)&b->groups, &b->cap_groups, sizeof *b->groups)))
			return err_memory(e);
		b->groups[b->n_groups++] = (uint32_t)j->n_groups;
		g = &j->groups[j->n_groups++];
		*g = (struct group){.box = box, .folder = folder, .verdict = v, .reason = reason};
	}
	if (reach.confidence > g->best)
		g->best = reach.confidence;
	if (!ROOM(g->v, g->n, g->cap))
		return err_memory(e);
	g->v[g->n++] = reach;
	return OK;
}

static enum errc reach_boxes(struct judge *j, const struct suspect *s, int64_t folder, struct err *e)
{
	const struct ident *d = &j->idents[s->ident];
	bool yes = s->truth == TRUTH_YES;
	struct reach reach = {s->until, s->when, s->event, s->confidence};
	bool members = s->over_groups && ident_may_be_group(j, d);
	enum errc rc = OK;

	for (size_t i = 0; i < d->n_boxes && rc == OK; i++)
		rc = group_add(j, d->boxes[i], folder, yes ? s->verdict : VERDICT_UNKNOWN,
		    !yes ? REASON_MAY_BE_ACTOR : folder != 0 ? s->folder_reason : s->reason, reach, e);
	/* Nothing names the members of a group. */
	for (size_t i = 0; rc == OK && members && i < j->n_boxes; i++)
		if (!in_ident(d, (uint32_t)i))
			rc = group_add(j, (uint32_t)i, 0, VERDICT_UNKNOWN, yes ? REASON_SEARCHED : REASON_MAY_BE_ACTOR, reach, e);
	return rc;
}

enum errc reach_folder(struct judge *j, const struct suspect *s, int64_t folder, struct err *e)
{
	return reach_boxes(j, s, folder, e);
}

enum errc reach_wide(struct judge *j, const struct suspect *s, struct err *e) { return reach_boxes(j, s, 0, e); }
