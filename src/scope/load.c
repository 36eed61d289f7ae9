/* The rows of the case as lists in memory: 200 bytes a message or so, and of records only the intruder's. */
#include <stdlib.h>

#include "base/bisect.h"
#include "base/clock.h"
#include "base/limits.h"
#include "scope/judge.h"

enum errc judge_copy(struct judge *j, span s, span *out, struct err *e)
{
	*out = arena_copy(j->a, s);
	return out->p == NULL ? err_memory(e) : OK;
}

static enum errc context_in(void *ctx, const struct context_seen *c, struct err *e)
{
	struct judge *j = ctx;
	enum errc rc = OK;

	while ((size_t)c->id >= j->cap_contexts)
		if (!list_grow((void **)&j->contexts, &j->cap_contexts, sizeof *j->contexts))
			return err_memory(e);
	j->contexts[c->id] = c->row;
	for (size_t i = 0; i < CONTEXT_TEXTS && rc == OK; i++)
		rc = judge_copy(j, c->row.text[i], &j->contexts[c->id].text[i], e);
	if ((size_t)c->id >= j->n_contexts)
		j->n_contexts = (size_t)c->id + 1;
	return rc;
}

static enum errc box_in(void *ctx, const struct mailbox_seen *m, struct err *e)
{
	struct judge *j = ctx;

	if (!ROOM(j->boxes, j->n_boxes, j->cap_boxes))
		return err_memory(e);
	j->boxes[j->n_boxes].id = m->id;
	return judge_copy(j, m->owner, &j->boxes[j->n_boxes++].owner, e);
}

static uint32_t box_index(const struct judge *j, int64_t id)
{
	size_t lo;

	BISECT(lo, j->n_boxes, j->boxes[lo].id < id);
	return (uint32_t)lo;
}

/* ---- messages ---- */

static enum errc odd_id(struct judge *j, uint32_t message, struct err *e)
{
	if (!ROOM(j->odd_ids, j->n_odd_ids, j->cap_odd_ids))
		return err_memory(e);
	j->odd_ids[j->n_odd_ids++] = message;
	return OK;
}

static enum errc message_in(void *ctx, const struct message_seen *m, struct err *e)
{
	struct judge *j = ctx;
	size_t cap = j->cap_messages;
	struct judged_message *to;
	enum errc rc;

	if (!ROOM(j->messages, j->n_messages, j->cap_messages))
		return err_memory(e);
	if (cap != j->cap_messages) {
		struct message_text *more = realloc(j->texts, j->cap_messages * sizeof *more);

		if (more == NULL)
			return err_memory(e);
		j->texts = more;
	}
	to = &j->messages[j->n_messages];
	*to = (struct judged_message){.id = m->id, .when = m->when_utc, .before = m->verdict};
	if (to->when != TIME_NONE && to->when > j->now + DATE_SLACK)
		to->when = TIME_NONE;
	if ((rc = judge_copy(j, m->rfc822_id, &to->rfc822_id, e)) != OK ||
	    (rc = judge_copy(j, span_first(m->subject, 2000), &j->texts[j->n_messages].subject, e)) != OK ||
	    (rc = judge_copy(j, m->from, &j->texts[j->n_messages].from, e)) != OK ||
	    (rc = judge_copy(j, m->senders, &j->texts[j->n_messages].senders, e)) != OK ||
	    (rc = judge_copy(j, m->recipients, &j->texts[j->n_messages].recipients, e)) != OK)
		return rc;
	/* Encoded (RFC 2047), which no Message-ID can be. */
	if (span_has(to->rfc822_id, SPAN_LIT("=?")) && (rc = odd_id(j, (uint32_t)j->n_messages, e)) != OK)
		return rc;
	j->n_messages++;
	return OK;
}

/* The message of that id, by binary search, or UINT32_MAX. */
static uint32_t message_index(const struct judge *j, int64_t id)
{
	size_t lo;

	BISECT(lo, j->n_messages, j->messages[lo].id < id);
	return lo < j->n_messages && j->messages[lo].id == id ? (uint32_t)lo : UINT32_MAX;
}

/* By a hash that does not see the case of letters: an id is looked up with it, and without. */
static enum errc index_ids(struct judge *j, struct err *e)
{
	for (j->cap_ids = 64; j->cap_ids < 2 * j->n_messages;)
		j->cap_ids *= 2;
	if ((j->id_slots = calloc(j->cap_ids, sizeof *j->id_slots)) == NULL)
		return err_memory(e);
	for (size_t k = j->n_messages; k-- > 0;) {
		struct judged_message *m = &j->messages[k];
		size_t i = span_hash_own_nocase(m->rfc822_id) & (j->cap_ids - 1);

		if (m->rfc822_id.n == 0)
			continue;
		while (j->id_slots[i] != 0 && !span_eq(j->messages[j->id_slots[i] - 1].rfc822_id, m->rfc822_id))
			i = (i + 1) & (j->cap_ids - 1);
		m->next_same = j->id_slots[i];
		j->id_slots[i] = (uint32_t)k + 1;
	}
	return OK;
}

uint32_t message_by_rfc822(const struct judge *j, span id, bool fold)
{
	for (size_t i = span_hash_own_nocase(id) & (j->cap_ids - 1); j->id_slots[i] != 0; i = (i + 1) & (j->cap_ids - 1)) {
		span of = j->messages[j->id_slots[i] - 1].rfc822_id;

		if (fold ? span_eq_nocase(of, id) : span_eq(of, id))
			return j->id_slots[i];
	}
	return 0;
}

/* ---- where messages lie, and since when ---- */

/* A server of ours, or of those who run mailboxes for others: none of a sender's stamps stands above theirs. */
static bool is_our_server(const struct judge *j, span host)
{
	static const char *const providers[] = {"prod.outlook.com", "protection.outlook.com", "mx.google.com"};
	const struct text_list *const ours[] = {&j->config->our_domains, &j->config->trusted_hosts};

	for (size_t i = 0; i < sizeof providers / sizeof *providers; i++)
		if (domain_is_within(host, span_str(providers[i])))
			return true;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < ours[k]->n; i++)
			if (domain_is_within(host, span_str(ours[k]->v[i])))
				return true;
	return false;
}

/* Lies among sent mail, never passed a server, and is from us: the Date is our own client's. */
static bool we_sent(const struct judge *j, const struct judged_message *m, span from, span owner, const struct lying *l)
{
	span domain = span_from(from, span_find_byte(from, '@') + 1);
	bool ours = owner.n != 0 && span_eq_nocase(from, owner);

	for (size_t i = 0; i < j->config->our_domains.n; i++)
		ours = ours || domain_is_within(domain, span_str(j->config->our_domains.v[i]));
	return ours && l->sent && m->when != TIME_NONE && l->received_utc == TIME_NONE;
}

/*
 * From when to when it may have come. Too early costs a notice that was not due, too late a "not accessed" that is not
 * true: so the earliest of what is known counts, and what a sender can have written is no proof (place.sure).
 */
static void place_dates(const struct judge *j, const struct lying *l, struct place *p)
{
	const struct judged_message *m = &j->messages[p->outer];
	int64_t when = m->when, received = l->received_utc;

	p->there = INT64_MIN + 1;
	p->by_then = ALWAYS;
	if (received != TIME_NONE && received <= j->now + CLOCK_SLACK && is_our_server(j, l->received_by)) {
		p->sure = true;
		p->there = received - CLOCK_SLACK;
		p->by_then = received + QUEUE_SLACK;
		return;
	}
	p->sure = p->sent = we_sent(j, m, j->texts[p->outer].from, j->boxes[p->box].owner, l);
	if (when == TIME_NONE || (received != TIME_NONE && received < when))
		when = received;
	if (when == TIME_NONE || when > j->now + DATE_SLACK)
		return;
	p->there = when - DATE_SLACK;
	p->by_then = when + DATE_SLACK;
}

static size_t folder_slot(const struct judge *j, uint32_t box, span path)
{
	size_t i = hash_folded(span_hash_own(path), box, 0x9e3779b97f4a7c15u) & (j->cap_folder_slots - 1);

	while (j->folder_slots[i] != 0 && (j->folders[j->folder_slots[i] - 1].box != box || !span_eq(j->folders[j->folder_slots[i] - 1].path, path)))
		i = (i + 1) & (j->cap_folder_slots - 1);
	return i;
}

static enum errc folder_slots_grow(struct judge *j, struct err *e)
{
	free(j->folder_slots);
	j->cap_folder_slots = j->cap_folder_slots != 0 ? 2 * j->cap_folder_slots : 64;
	if ((j->folder_slots = calloc(j->cap_folder_slots, sizeof *j->folder_slots)) == NULL)
		return err_memory(e);
	for (size_t k = 0; k < j->n_folders; k++)
		j->folder_slots[folder_slot(j, j->folders[k].box, j->folders[k].path)] = (uint32_t)k + 1;
	return OK;
}

/* An archive can have a folder for each of its messages. */
static enum errc folder_of(struct judge *j, const struct lying *l, uint32_t box, uint32_t *out, struct err *e)
{
	span path = l->member_name.n != 0 ? folder_of_member(l->member_name) : l->folder;
	struct box *b = &j->boxes[box];
	struct lying_folder *f;
	enum errc rc;
	size_t i;

	if (2 * j->n_folders >= j->cap_folder_slots && (rc = folder_slots_grow(j, e)) != OK)
		return rc;
	i = folder_slot(j, box, path);
	*out = j->folder_slots[i] - 1;
	if (j->folder_slots[i] != 0)
		return OK;
	if (!ROOM(j->folders, j->n_folders, j->cap_folders) || !ROOM(b->folders, b->n_folders, b->cap_folders))
		return err_memory(e);
	f = &j->folders[*out = (uint32_t)j->n_folders];
	if ((rc = judge_copy(j, path, &f->path, e)) != OK)
		return rc;
	f->box = box;
	f->at = (uint32_t)b->n_folders;
	b->folders[b->n_folders++] = *out;
	j->folder_slots[i] = (uint32_t)++j->n_folders;
	return OK;
}

static enum errc lying_in(void *ctx, const struct lying *l, struct err *e)
{
	struct judge *j = ctx;
	struct place p = {.box = box_index(j, l->mailbox_id), .message = message_index(j, l->message_id),
	    .outer = message_index(j, l->outer_id), .verdict = VERDICT_NOT_ACCESSED, .first = TIME_NONE, .last = TIME_NONE, .missing = TIME_NONE};
	enum errc rc;

	if (p.message == UINT32_MAX)
		return OK;
	if (p.outer == UINT32_MAX)
		p.outer = p.message;
	if ((rc = folder_of(j, l, p.box, &p.folder, e)) != OK || (l->two_ids && (rc = odd_id(j, p.outer, e)) != OK))
		return rc;
	place_dates(j, l, &p);
	if (!ROOM(j->places, j->n_places, j->cap_places))
		return err_memory(e);
	j->places[j->n_places++] = p;
	return OK;
}

static int by_message(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->message != y->message)
		return x->message < y->message ? -1 : 1;
	if (x->box != y->box)
		return x->box < y->box ? -1 : 1;
	if (x->outer != y->outer)
		return x->outer < y->outer ? -1 : 1;
	return x->folder < y->folder ? -1 : x->folder > y->folder;
}

/* Places by their outermost message: a counting sort. */
static enum errc index_places(struct judge *j, struct err *e)
{
	size_t kept = 0;

	if (j->n_places != 0)
		qsort(j->places, j->n_places, sizeof *j->places, by_message);
	for (size_t i = 0; i < j->n_places; i++) {
		struct place *last = kept != 0 ? &j->places[kept - 1] : NULL, *p = &j->places[i];

		if (last == NULL || by_message(last, p) != 0) {
			j->places[kept++] = *p;
			continue;
		}
		last->there = p->there < last->there ? p->there : last->there;
		last->by_then = p->by_then > last->by_then ? p->by_then : last->by_then;
		last->sure = last->sure && p->sure;
		last->sent = last->sent && p->sent;
	}
	j->n_places = kept;
	j->places_of = calloc(j->n_messages + 2, sizeof *j->places_of);
	j->by_outer = calloc(kept + 1, sizeof *j->by_outer);
	if (j->places_of == NULL || j->by_outer == NULL)
		return err_memory(e);
	for (size_t i = 0; i < kept; i++)
		j->places_of[j->places[i].outer + 2]++;
	for (size_t i = 2; i < j->n_messages + 2; i++)
		j->places_of[i] += j->places_of[i - 1];
	for (size_t i = 0; i < kept; i++)
		j->by_outer[j->places_of[j->places[i].outer + 1]++] = (uint32_t)i;
	return OK;
}

/* ---- records ---- */

static enum errc note_day(struct ident *d, int64_t when, struct err *e)
{
	uint32_t day = when < 0 || when / 86400 > UINT32_MAX - 1 ? 0 : (uint32_t)(when / 86400);

	if (day == d->last_day)
		return OK;
	d->last_day = day;
	if (!ROOM(d->days, d->n_days, d->cap_days))
		return err_memory(e);
	d->days[d->n_days++] = day;
	return OK;
}

static enum errc note_throttle(struct ident *d, const struct suspect *s, struct err *e)
{
	if (!ROOM(d->throttled, d->n_throttled, d->cap_throttled))
		return err_memory(e);
	d->throttled[d->n_throttled++] = (struct throttle){s->since, s->until, s->event};
	return OK;
}

enum errc note_audit(struct ident *d, int64_t since, int64_t event, struct err *e)
{
	if (!ROOM(d->audit, d->n_audit, d->cap_audit))
		return err_memory(e);
	d->audit[d->n_audit++] = (struct audit_change){since, event};
	return OK;
}

static bool is(span word, enum log_kind k) { return span_eq(word, span_str(log_kind_name(k))); }

/*
 * A date like 5/3/2024 may be of May or of March, and one without a zone of any: what comes of it counts from the earlier
 * reading to the later.
 */
static void readings(const struct event_seen *v, struct suspect *s)
{
	struct civil c;
	int64_t swapped = v->when_utc, zone = (v->problems & LOG_TIME_GUESSED) != 0 ? 15 * 3600 : 0;

	s->since = v->when_utc == TIME_NONE ? INT64_MIN + 1 : v->when_utc;
	s->until = v->when_utc == TIME_NONE ? ALWAYS : v->when_utc;
	if (v->when_utc == TIME_NONE)
		return;
	c = time_to_civil(v->when_utc);
	if ((v->problems & LOG_DATE_AMBIGUOUS) != 0 && c.day <= 12) {
		int month = c.month;

		c.month = c.day;
		c.day = month;
		swapped = time_from_civil(c);
	}
	s->or_when = swapped;
	s->since = (swapped < v->when_utc ? swapped : v->when_utc) - zone;
	s->until = (swapped > v->when_utc ? swapped : v->when_utc) + zone;
}

/* A command that failed changed nothing, and ends nothing. */
bool failed_change(const struct event_seen *v)
{
	static const enum log_kind kinds[] = {LOG_INBOX_RULE, LOG_FORWARDING, LOG_MAILBOX_PERMISSION, LOG_EXPORT, LOG_SEARCH, LOG_AUDIT_CONFIG};
	bool change = false;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		change = change || is(v->kind, kinds[i]);
	return change && v->success == LOG_NO;
}

/* Changed every day by those whose work it is: it hides something only where the intruder did it, or may have: directories often log no address. */
static bool is_licence(span operation) { return span_has_nocase(operation, SPAN_LIT("license")); }

static bool changes_audit(const struct event_seen *v)
{
	if (failed_change(v) || is_licence(v->operation))
		return false;
	return is(v->kind, LOG_AUDIT_CONFIG) ? !span_has(v->detail, SPAN_LIT("\"audit_on\":true")) : span_has(v->detail, SPAN_LIT("\"audit_too\":true"));
}

/* Whoever is past auditing is so in every mailbox (Microsoft, Set-MailboxAuditBypassAssociation). */
static enum errc audit_by_intruder(struct judge *j, const struct event_seen *v, const struct suspect *s, struct err *e)
{
	uint32_t whose;
	enum errc rc;

	if (is_licence(v->operation)) {
		if (!ROOM(j->licences, j->n_licences, j->cap_licences))
			return err_memory(e);
		j->licences[j->n_licences++] = (struct licence_change){s->ident, s->since, s->until, s->event};
		return OK;
	}
	if (!span_has_nocase(v->operation, SPAN_LIT("AuditBypass")))
		return OK;
	if ((rc = ident_of(j, SPAN_EMPTY, &whose, e)) == OK)
		rc = note_audit(&j->idents[whose], s->since, s->event, e);
	return rc;
}

static bool is_a_strangers(const struct judge *j, const struct ident *d)
{
	size_t at = span_find_byte(d->text, '@');
	span domain = span_from(d->text, at + 1);

	if (d->n_boxes != 0 || d->any || at == d->text.n || is_in_our_domains(j, d->text) || domain_is_within(domain, SPAN_LIT("onmicrosoft.com")))
		return false;
	for (size_t i = 0; i < j->n_boxes; i++)
		if (span_ends_nocase(j->boxes[i].owner, span_from(d->text, at)))
			return false;
	return true;
}

static enum errc event_in(void *ctx, const struct event_seen *v, struct err *e)
{
	struct judge *j = ctx;
	struct suspect s = {.event = v->id, .when = v->when_utc, .or_when = v->when_utc};
	struct match m = {TRUTH_NO, 0, NULL};
	struct ident *d;
	bool mail = (is(v->kind, LOG_BIND) || is(v->kind, LOG_SYNC)) && span_eq_nocase(v->operation, SPAN_LIT("MailItemsAccessed"));
	enum errc rc;

	if (is(v->kind, LOG_ITEM_ID)) /* a map, no event */
		return OK;
	readings(v, &s);
	j->n_events++;
	j->has_google = j->has_google || span_eq(v->product, span_str(log_product_name(LOG_GOOGLE)));
	if ((rc = ident_of(j, v->mailbox.n != 0 ? v->mailbox : v->mailbox_guid, &s.ident, e)) != OK)
		return rc;
	/* A rule that names no mailbox is taken for one in that of who made it. Somebody of another organisation has none here: whose it is is not said. */
	if (is(v->kind, LOG_INBOX_RULE) && is_a_strangers(j, &j->idents[s.ident]) && (rc = ident_of(j, SPAN_EMPTY, &s.ident, e)) != OK)
		return rc;
	d = &j->idents[s.ident];
	/* A list that somebody made says nothing of throttling: it shows what was reached, not what was not. */
	if (mail && span_eq(v->product, span_str(log_product_name(LOG_M365))) && v->when_utc != TIME_NONE &&
	    (v->problems & (LOG_TIME_GUESSED | LOG_DATE_AMBIGUOUS)) == 0 && (rc = note_day(d, v->when_utc, e)) != OK)
		return rc;
	if (v->throttled && (rc = note_throttle(d, &s, e)) != OK)
		return rc;
	/* What only turns it on hides nothing afterwards, and what was hidden before are days without a record. */
	if (changes_audit(v) && (rc = note_audit(d, s.since, s.event, e)) != OK)
		return rc;
	if ((is(v->kind, LOG_INBOX_RULE) || is(v->kind, LOG_FORWARDING)) && !failed_change(v) && (rc = forward_change_in(j, v, s.ident, e)) != OK)
		return rc;
	if ((is(v->kind, LOG_SEARCH) || is(v->kind, LOG_EXPORT) || is(v->kind, LOG_HARD_DELETE)) && (rc = search_in(j, v, &s.search, e)) != OK)
		return rc;
	if ((rc = session_end_in(j, v, e)) != OK || j->actor == NULL || (size_t)v->context_id >= j->n_contexts)
		return rc;
	m = actor_match(j->actor, &j->contexts[v->context_id], v->when_utc, v->mailbox);
	if (m.truth == TRUTH_NO) {
		m = (struct match){granted(j, v) == TRUTH_MAYBE ? TRUTH_MAYBE : in_shared_session(j, v), CERTAINTY_LOW, j->actor->n_actors != 0 ? j->actor->actors[0].name : NULL};
		if (m.truth == TRUTH_NO)
			return OK;
	}
	s.truth = m.truth;
	s.confidence = m.confidence;
	s.actor = m.actor;
	if (is(v->kind, LOG_AUDIT_CONFIG) && !failed_change(v) && (rc = audit_by_intruder(j, v, &s, e)) != OK)
		return rc;
	if ((rc = suspect_class(j, v, &s, e)) != OK)
		return rc;
	j->has_ids = j->has_ids || s.kind == S_IDS || (v->problems & LOG_ITEM_NO_MESSAGE_ID) != 0;
	if (!ROOM(j->suspects, j->n_suspects, j->cap_suspects))
		return err_memory(e);
	j->suspects[j->n_suspects++] = s;
	return OK;
}

static enum errc access_in(void *ctx, const struct access_seen *v, struct err *e)
{
	struct judge *j = ctx;
	struct suspect *s;

	while (j->at_suspect < j->n_suspects && j->suspects[j->at_suspect].event < v->event_id)
		j->at_suspect++;
	if (j->at_suspect == j->n_suspects || j->suspects[j->at_suspect].event != v->event_id)
		return OK;
	s = &j->suspects[j->at_suspect];
	if (v->rfc822_id.n != 0) {
		s->has_access = true;
		return s->kind == S_NAMES || s->kind == S_SYNC ? reach_named(j, s, v->rfc822_id, e) : OK;
	}
	if ((s->kind == S_IDS && v->item_id.n != 0) || (s->kind == S_NAMES && (v->item_id.n != 0 || v->immutable_id.n != 0)))
		return reach_item(j, s, v->item_id, v->immutable_id, e);
	if (v->folder == 0)
		return OK;
	s->has_access = s->has_access || s->kind == S_SYNC;
	return s->kind == S_SYNC ? reach_folder(j, s, v->folder, e) : OK;
}

static enum errc log_folder_in(void *ctx, const struct log_folder_seen *f, struct err *e)
{
	struct judge *j = ctx;
	struct log_folder_seen *to;
	enum errc rc;

	if (!ROOM(j->log_folders, j->n_log_folders, j->cap_log_folders))
		return err_memory(e);
	to = &j->log_folders[j->n_log_folders];
	to->id = f->id;
	if ((rc = judge_copy(j, f->folder_id, &to->folder_id, e)) != OK || (rc = judge_copy(j, f->path, &to->path, e)) != OK ||
	    (rc = judge_copy(j, f->name, &to->name, e)) != OK)
		return rc;
	j->n_log_folders++;
	return OK;
}

enum errc judge_load(struct judge *j, struct err *e)
{
	struct mailbox_seen nobodys = {0};
	enum errc rc;

	/* Box 0 is for mail that belongs to no mailbox. */
	if ((rc = box_in(j, &nobodys, e)) != OK || (rc = mailboxes_walk(j->st, box_in, j, e)) != OK ||
	    (rc = known_as_walk(j->st, known_in, j, e)) != OK ||
	    (rc = contexts_walk(j->st, context_in, j, e)) != OK || (rc = sessions_join(j, e)) != OK || (rc = sessions_shared(j, e)) != OK ||
	    (rc = scope_messages_walk(j->st, message_in, j, e)) != OK ||
	    (rc = index_ids(j, e)) != OK || (rc = lying_walk(j->st, lying_in, j, e)) != OK || (rc = index_places(j, e)) != OK ||
	    (rc = log_folders_walk(j->st, log_folder_in, j, e)) != OK || (rc = log_folders_index(j, e)) != OK || (rc = scope_unreadable(j->st, &j->n_unreadable, e)) != OK ||
	    (j->actor != NULL && (rc = grants_walk(j->st, grant_in, j, e)) != OK) ||
	    (rc = events_walk(j->st, EVENT_LESS, LOG_COUNT_MISMATCH, event_in, j, e)) != OK)
		return rc;
	if ((rc = searches_join(j, e)) != OK || (rc = items_load(j, e)) != OK || (rc = unread_load(j, e)) != OK || (rc = accesses_walk(j->st, access_in, j, e)) != OK)
		return rc;
	sessions_ended(j);
	rc = batches_told(j, e);
	/* What names nothing, or not all of it, reaches the whole mailbox. */
	for (size_t i = 0; i < j->n_suspects && rc == OK; i++) {
		struct suspect *s = &j->suspects[i];
		bool names = s->kind == S_NAMES || s->kind == S_SYNC || s->kind == S_IDS;

		if (s->unresolved)
			s->reason = REASON_NOT_NARROWED;
		if (s->wide || s->unresolved || (names && !s->has_access))
			rc = reach_wide(j, s, e);
	}
	return rc;
}
