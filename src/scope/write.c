/* Verdicts into rows: one a mailbox and message, and one for what is reached and not in evidence. */
#include <stdio.h>

#include <stdlib.h>

#include "base/clock.h"
#include "scope/judge.h"

/* The log_source that UNREAD_FILE is about; else 0. */
static int64_t unread_id(const struct judge *j, const struct place *p)
{
	return p->reason == REASON_UNREAD_FILE ? j->unread[unread_of(j, p) - 1] : 0;
}

static enum errc write_places(struct judge *j, struct scope_tally *tally, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < j->n_places && rc == OK; i++) {
		const struct place *p = &j->places[i];
		struct verdict_row v = {.mailbox_id = j->boxes[p->box].id, .message_id = j->messages[p->message].id,
		    .mailbox = j->boxes[p->box].owner, .rfc822_id = j->messages[p->message].rfc822_id, .verdict = p->verdict,
		    .reason = p->reason, .confidence = p->confidence, .n_records = p->n_records, .first_utc = p->first,
		    .last_utc = p->last, .first_event = p->first_event, .last_event = p->last_event, .missing_utc = p->missing,
		    .unread_id = unread_id(j, p)};

		/* One row a mailbox and message: the worst of its folders. */
		while (i + 1 < j->n_places && j->places[i + 1].message == p->message && j->places[i + 1].box == p->box) {
			const struct place *o = &j->places[++i];

			if (verdict_rank(o->verdict) <= verdict_rank(v.verdict))
				continue;
			v.verdict = o->verdict;
			v.reason = o->reason;
			v.confidence = o->confidence;
			v.n_records = o->n_records;
			v.first_utc = o->first;
			v.last_utc = o->last;
			v.first_event = o->first_event;
			v.last_event = o->last_event;
			v.missing_utc = o->missing;
			v.unread_id = unread_id(j, o);
		}
		tally->unread_file += v.unread_id != 0;
		rc = verdict_add(j->st, &v, e);
	}
	return rc;
}

static int absent_cmp(const void *a, const void *b)
{
	const struct absent *x = a, *y = b;
	int c;

	if (x->ident != y->ident)
		return x->ident < y->ident ? -1 : 1;
	if ((c = span_cmp(x->rfc822_id, y->rfc822_id)) != 0 || (c = span_cmp(x->item_id, y->item_id)) != 0)
		return c;
	if (x->message != y->message)
		return x->message < y->message ? -1 : 1;
	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return x->event < y->event ? -1 : x->event > y->event;
}

static enum errc write_absents(struct judge *j, struct scope_tally *tally, struct err *e)
{
	enum errc rc = OK;

	if (j->n_absents != 0)
		qsort(j->absents, j->n_absents, sizeof *j->absents, absent_cmp);
	for (size_t i = 0; i < j->n_absents && rc == OK; i++) {
		const struct absent *x = &j->absents[i];
		bool maybe = x->reason == REASON_MAY_BE_ACTOR;
		struct verdict_row v = {.message_id = x->message != 0 ? j->messages[x->message - 1].id : 0,
		    .mailbox = j->idents[x->ident].text, .rfc822_id = x->rfc822_id, .item_id = x->item_id, .verdict = maybe ? VERDICT_UNKNOWN : VERDICT_ACCESSED,
		    .reason = x->reason, .confidence = x->confidence, .n_records = 1, .first_utc = x->when, .last_utc = x->when,
		    .first_event = x->event, .last_event = x->event, .missing_utc = TIME_NONE};

		while (i + 1 < j->n_absents && j->absents[i + 1].ident == x->ident && j->absents[i + 1].message == x->message &&
		    span_eq(j->absents[i + 1].rfc822_id, x->rfc822_id) && span_eq(j->absents[i + 1].item_id, x->item_id)) {
			const struct absent *o = &j->absents[++i];

			v.n_records++;
			v.last_utc = o->when;
			v.last_event = o->event;
			if (o->reason != REASON_MAY_BE_ACTOR && v.verdict != VERDICT_ACCESSED) {
				v.verdict = VERDICT_ACCESSED;
				v.reason = o->reason;
			}
			if (o->confidence > v.confidence)
				v.confidence = o->confidence;
		}
		tally->not_in_evidence += x->message == 0 && x->item_id.n == 0;
		tally->not_identified += x->item_id.n != 0;
		rc = verdict_add(j->st, &v, e);
	}
	return rc;
}

/* A mailbox that no record names was not audited, or is spelled otherwise there: that no record reaches it proves less then. */
static enum errc count_unnamed(const struct judge *j, struct scope_tally *tally, struct err *e)
{
	bool *named = arena_zero(j->a, j->n_boxes + 1, sizeof *named);

	if (named == NULL)
		return err_memory(e);
	for (size_t i = 0; i < j->n_idents; i++)
		for (size_t b = 0; b < j->idents[i].n_boxes && !j->idents[i].any; b++)
			named[j->idents[i].boxes[b]] = true;
	for (size_t b = 0; b < j->n_boxes && j->n_events != 0; b++) {
		span owner = j->boxes[b].owner;

		if (owner.n != 0 && !named[b] && tally->unnamed++ == 0)
			(void)snprintf(tally->unnamed_owner, sizeof tally->unnamed_owner, "%.*s", (int)owner.n, (const char *)owner.p);
	}
	return OK;
}

enum errc judge_write(struct judge *j, struct scope_tally *tally, struct err *e)
{
	enum errc rc = verdicts_begin(j->st, e);

	tally->events = (uint64_t)j->n_events;
	tally->has_actor = j->actor != NULL;
	tally->n_actors = j->actor != NULL ? j->actor->n_actors : 0;
	if (rc == OK)
		rc = count_unnamed(j, tally, e);
	for (size_t i = 0; i < j->n_suspects && rc == OK; i++) {
		const struct suspect *s = &j->suspects[i];

		tally->of_actor += s->truth == TRUTH_YES;
		tally->maybe_actor += s->truth == TRUTH_MAYBE;
		rc = suspect_add(j->st, s->event, s->truth == TRUTH_YES, s->confidence, s->actor, e);
	}
	if (rc != OK || (rc = write_places(j, tally, e)) != OK || (rc = write_absents(j, tally, e)) != OK)
		return rc;
	for (size_t i = 0; i < j->n_messages && rc == OK; i++) {
		const struct judged_message *m = &j->messages[i];

		tally->messages[m->verdict]++;
		if (m->verdict == m->before)
			continue;
		tally->changed++;
		tally->entered += !in_scope(j->config, m->before) && in_scope(j->config, m->verdict);
		tally->left += in_scope(j->config, m->before) && !in_scope(j->config, m->verdict);
		rc = message_verdict_set(j->st, m->id, m->verdict, e);
	}
	return rc;
}
