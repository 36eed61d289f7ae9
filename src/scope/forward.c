/* Rules and settings that send mail on: from when to when each stood, and which mail it could concern. */
#include "base/clock.h"
#include "scope/judge.h"

/* A setting of the mailbox forwards by itself; its name is the parameter's, and no rule's. */
static bool is_setting(const struct event_seen *v) { return span_eq_nocase(v->operation, SPAN_LIT("Set-Mailbox")); }

/* Everybody in a list of JSON has an address of the organisation, and is no guest, whose address Entra makes one of it. */
static bool all_ours(const struct judge *j, span list)
{
	while (list.n > 2) {
		size_t n = 1 + span_find_byte(span_from(list, 1), ',');
		span one = span_trim(span_first(list, n));

		one = span_from(one, span_find_byte(one, '"') + 1);
		one = span_first(one, span_find_byte(one, '"'));
		if (span_find_byte(one, '@') == one.n || span_has_nocase(one, SPAN_LIT("#EXT#")) || !is_in_our_domains(j, one))
			return false;
		list = span_from(list, n);
	}
	return true;
}

enum errc forward_in(struct judge *j, const struct event_seen *v, const struct suspect *s, struct err *e)
{
	struct forward f = {.ident = s->ident, .from = s->since, .to = ALWAYS, .event = v->id, .truth = s->truth, .confidence = s->confidence,
	    .setting = is_setting(v), .asleep = span_has(v->detail, SPAN_LIT("\"removed\":true"))};
	const char *words, *from, *senders, *where, *group, *targets;
	enum errc rc;

	if ((rc = detail_text(j->st, j->a, v->id, "$.rule.conditions.SubjectContainsWords", &words, e)) != OK ||
	    (rc = detail_text(j->st, j->a, v->id, "$.rule.conditions.FromAddressContainsWords", &from, e)) != OK ||
	    (rc = detail_text(j->st, j->a, v->id, "$.rule.conditions.From", &senders, e)) != OK ||
	    (rc = detail_text(j->st, j->a, v->id, "$.rule.conditions.SenderAddressLocation", &where, e)) != OK ||
	    (rc = detail_text(j->st, j->a, v->id, "$.rule.conditions.\"" LOG_TO_GROUP "\"", &group, e)) != OK ||
	    (rc = detail_text(j->st, j->a, v->id, "$.targets", &targets, e)) != OK)
		return rc;
	f.group = span_str(group);
	if (f.group.n != 0 && f.truth != TRUTH_YES && all_ours(j, span_str(targets))) /* every day somebody joins one */
		return OK;
	f.words = span_str(words);
	/* The sender of the envelope is not the one of the header, and mail need not keep it (RFC 5321 4.4): it may be any. */
	if (where[0] == '\0' || span_eq_nocase(span_str(where), SPAN_LIT("Header"))) {
		f.from_words = span_str(from);
		f.senders = span_str(senders);
	}
	if (!ROOM(j->forwards, j->n_forwards, j->cap_forwards))
		return err_memory(e);
	j->forwards[j->n_forwards++] = f;
	return OK;
}

enum errc forward_change_in(struct judge *j, const struct event_seen *v, uint32_t ident, struct err *e)
{
	struct rule_change r = {.ident = ident, .when = v->when_utc, .event = v->id, .fate = RULE_CHANGED, .setting = is_setting(v),
	    .renames = span_has(v->detail, SPAN_LIT("\"renamed\":true"))};
	const char *name, *id;
	enum errc rc;

	if (span_has(v->detail, SPAN_LIT("\"removed\":true")))
		r.fate = RULE_GONE;
	else if (span_starts_nocase(v->operation, SPAN_LIT("Enable-")))
		r.fate = RULE_ENABLED;
	else if (!span_has(v->detail, SPAN_LIT("\"changed\":true")))
		return OK;
	if (!ROOM(j->rule_changes, j->n_rule_changes, j->cap_rule_changes))
		return err_memory(e);
	if ((rc = detail_text(j->st, j->a, v->id, "$.rule.name", &name, e)) != OK ||
	    (rc = detail_text(j->st, j->a, v->id, "$.rule.id", &id, e)) != OK)
		return rc;
	r.name = span_str(name);
	r.id = span_str(id);
	j->rule_changes[j->n_rule_changes++] = r;
	return OK;
}

static bool plain(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

/*
 * Could one of the words, separated by ";" or ",", stand in the text? What is not ASCII, or starred out, is not decided, nor
 * words that are written as some list of another form.
 */
static bool words_in(span words, span text)
{
	if (words.n == 0 || !plain(words) || span_has_one_of_nocase(text, SPAN_WORDS("=?", "*")) || span_has_one_of_nocase(words, SPAN_WORDS("{", "[")))
		return true;
	while (words.n != 0) {
		size_t end = 0;
		span word;

		while (end < words.n && words.p[end] != ';' && words.p[end] != ',')
			end++;
		word = span_trim(span_first(words, end));
		if (word.n >= 2 && word.p[0] == '"' && word.p[word.n - 1] == '"')
			word = span_sub(word, 1, word.n - 2);
		if (word.n != 0 && span_has_nocase(text, word))
			return true;
		words = span_from(words, end + 1);
	}
	return false;
}

/* Somebody's of the organisation: by its domain, by that which Microsoft gives, or as the actor file says. */
static bool is_internal(const struct judge *j, span address, bool *aliased)
{
	span domain = span_from(address, span_find_byte(address, '@') + 1);

	for (size_t i = 0; i < j->actor->n_aliases && !*aliased; i++)
		*aliased = span_eq_nocase(span_str(j->actor->aliases[i].also), address) || span_eq_nocase(span_str(j->actor->aliases[i].mailbox), address);
	return *aliased || is_in_our_domains(j, address) || domain_is_within(domain, SPAN_LIT("onmicrosoft.com"));
}

static bool is_an_owner(const struct judge *j, span address)
{
	for (size_t i = 0; i < j->n_boxes; i++)
		if (span_eq_nocase(j->boxes[i].owner, address))
			return true;
	return false;
}

/*
 * Who is named by one address of the organisation may send by another one. Two by which the evidence has mailboxes are of two, unless the actor
 * file says more of one of them, or mailboxes were renamed.
 */
static bool may_be_same_person(const struct judge *j, span one, span senders)
{
	bool aliased = false, owner = j->n_renamed == 0 && is_an_owner(j, one);

	if (!is_internal(j, one, &aliased))
		return false;
	while (senders.n != 0) {
		size_t end = span_find_byte(senders, ' ');
		span sender = span_first(senders, end);
		bool also = aliased;

		if (is_internal(j, sender, &also) && (also || !owner || !is_an_owner(j, sender)))
			return true;
		senders = span_from(senders, end + 1);
	}
	return false;
}

/* Could the sender be one of those? Only addresses decide: a name may be anybody's, and an internal one is a path of a directory. */
static bool is_sender(const struct judge *j, span senders, span from)
{
	span rest = senders, one;

	while (rest.n != 0) {
		size_t end = 0;

		while (end < rest.n && rest.p[end] != ';' && rest.p[end] != ',')
			end++;
		one = span_trim(span_first(rest, end));
		rest = span_from(rest, end + 1);
		if (one.n != 0 && (may_be_same_person(j, one, from) || span_find_byte(one, '@') == one.n || span_find_byte(one, ' ') < one.n || span_find_byte(one, '/') < one.n))
			return true;
	}
	return words_in(senders, from);
}

/* By its address, or by the name before the @. */
static bool goes_to(span group, span recipients)
{
	while (recipients.n != 0) {
		size_t end = span_find_byte(recipients, ' ');
		span one = span_first(recipients, end);

		if (span_eq_nocase(one, group) || span_eq_nocase(span_first(one, span_find_byte(one, '@')), span_first(group, span_find_byte(group, '@'))))
			return true;
		recipients = span_from(recipients, end + 1);
	}
	return false;
}

/*
 * A rule of a mailbox is for what comes in. Of mail that its owner sent to others a copy may have: by a list, or in Bcc, which what was sent
 * need not show. A group has other addresses and names, and may be in another one, or in Bcc.
 */
static bool is_doubtful(const struct judge *j, const struct place *p, const struct forward *f, span recipients)
{
	if (f->group.n != 0)
		return !goes_to(f->group, recipients);
	return p->sent && !j->idents[f->ident].any && !goes_to(j->boxes[p->box].owner, recipients);
}

void apply_forward(const struct judge *j, struct place *p, const struct forward *f)
{
	const struct message_text *text = &j->texts[p->outer];
	bool yes = f->truth == TRUTH_YES, outside = p->by_then < f->from || p->there > f->to;
	struct ground g = {yes ? VERDICT_PRESUMED : VERDICT_UNKNOWN, yes ? REASON_FORWARDED : REASON_MAY_BE_ACTOR, f->confidence, 1,
	    f->from == INT64_MIN + 1 ? TIME_NONE : f->from, f->from == INT64_MIN + 1 ? TIME_NONE : f->from, f->event, f->event};

	/* It can have waited at a server of ours that has its stamp above (RFC 5321 4.5.4.1), which is rare. */
	if (p->sure && !p->sent && !outside && p->there + 2 * CLOCK_SLACK < f->from)
		g.confidence = CERTAINTY_LOW;
	if (f->asleep || !in_ident(&j->idents[f->ident], p->box) || (outside && p->sure))
		return;
	if (outside)
		ground_date_only(&g);
	if (g.verdict == VERDICT_PRESUMED && is_doubtful(j, p, f, text->recipients)) {
		g.verdict = VERDICT_UNKNOWN;
		g.reason = REASON_NOT_NARROWED;
		g.confidence = CERTAINTY_LOW;
	}
	/* Of several that could be meant, or none, one could be the sender. */
	if (words_in(f->words, text->subject) && (text->senders.n == 0 || (words_in(f->from_words, text->senders) && is_sender(j, f->senders, text->senders))))
		place_reach(p, &g);
}

static bool asks(const struct forward *f) { return f->words.n != 0 || f->from_words.n != 0 || f->senders.n != 0; }

/* One may name the mailbox by its address, the other by its alias: the same only when both can be nothing else. */
static bool same_mailbox(const struct judge *j, uint32_t one, uint32_t other)
{
	const struct ident *a = &j->idents[one], *b = &j->idents[other];

	return one == other || (!a->any && !b->any && a->n_boxes == 1 && b->n_boxes == 1 && a->boxes[0] == b->boxes[0]);
}

static bool may_be_same_mailbox(const struct judge *j, uint32_t one, uint32_t other)
{
	const struct ident *a = &j->idents[one];

	for (size_t i = 0; i < a->n_boxes; i++)
		if (in_ident(&j->idents[other], a->boxes[i]))
			return true;
	return one == other;
}

/* Did a rule of that mailbox get another name before that? Then one of the old name may be another rule. */
static bool renamed_before(const struct judge *j, const struct forward *f, int64_t when)
{
	for (size_t k = 0; k < j->n_rule_changes; k++) {
		const struct rule_change *r = &j->rule_changes[k];

		if (r->renames && r->setting == f->setting && may_be_same_mailbox(j, r->ident, f->ident) && (r->when == TIME_NONE || (r->when >= f->from && r->when <= when)))
			return true;
	}
	return false;
}

/* A rule ends when one of its name, or of its id, is removed or disabled; a setting, when it is emptied. */
static void forward_end(const struct judge *j, struct forward *f, span name, span id)
{
	for (size_t k = 0; k < j->n_rule_changes; k++) {
		const struct rule_change *r = &j->rule_changes[k];
		bool it = (name.n != 0 && span_eq(r->name, name)) || (id.n != 0 && span_eq(r->id, id)) ||
		    (f->setting && span_eq(r->name, SPAN_LIT(LOG_ALL_FORWARDING)) && !span_starts_nocase(name, SPAN_LIT(LOG_MODERATION)));

		if (it && r->fate == RULE_GONE && r->setting == f->setting && same_mailbox(j, r->ident, f->ident) && r->when != TIME_NONE &&
		    r->when >= f->from && r->when < f->to && ((id.n != 0 && span_eq(r->id, id)) || !renamed_before(j, f, r->when)))
			f->to = r->when;
	}
}

/*
 * What follows on it without its conditions: from the first change of a rule of that mailbox on what it asked for may no longer be
 * asked, and once a rule is enabled it may be this one that had ended. Changes name rules in many ways, so the name decides nothing.
 */
static bool forward_follows(const struct judge *j, const struct forward *f, struct forward *out)
{
	int64_t since = ALWAYS;

	for (size_t k = 0; k < j->n_rule_changes; k++) {
		const struct rule_change *r = &j->rule_changes[k];
		int64_t when = r->when == TIME_NONE || r->when < f->from ? f->from : r->when;

		if (!may_be_same_mailbox(j, r->ident, f->ident) || r->setting != f->setting || r->event == f->event || r->fate == RULE_GONE || (r->when != TIME_NONE && r->when < f->from) || when >= since)
			continue;
		if (when < f->to ? asks(f) : r->fate == RULE_ENABLED)
			since = when;
	}
	*out = *f;
	out->asleep = false;
	out->from = since;
	out->to = since < f->to ? f->to : ALWAYS;
	out->words = out->from_words = out->senders = SPAN_EMPTY;
	return since != ALWAYS;
}

enum errc forwards_finish(struct judge *j, struct err *e)
{
	for (size_t i = 0, n = j->n_forwards; i < n; i++) {
		struct forward more;
		const char *name, *id;
		enum errc rc;

		if ((rc = detail_text(j->st, j->a, j->forwards[i].event, "$.rule.name", &name, e)) != OK ||
		    (rc = detail_text(j->st, j->a, j->forwards[i].event, "$.rule.id", &id, e)) != OK)
			return rc;
		forward_end(j, &j->forwards[i], span_str(name), span_str(id));
		if (!forward_follows(j, &j->forwards[i], &more))
			continue;
		if (!ROOM(j->forwards, j->n_forwards, j->cap_forwards))
			return err_memory(e);
		j->forwards[j->n_forwards++] = more;
	}
	return OK;
}
