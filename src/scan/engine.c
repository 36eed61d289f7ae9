/*
 * One text through all rules: anchors, each confirmed by its rule's pattern; shapes by their hand
 * scanners; then checks, and of overlapping candidates the best. Nothing is allocated where nothing is found.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "scan/engine-private.h"

static const struct word_list *list_named(const struct rule_set *set, const char *name)
{
	for (size_t i = 0; i < set->n_words; i++)
		if (span_eq(set->words[i].name, span_str(name)))
			return &set->words[i];
	return NULL;
}

enum errc engine_compile(struct engine *en, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < en->set->n_rules && rc == OK; i++)
		rc = pattern_ready(&en->patterns[i], &en->set->rules[i], e);
	return rc;
}

static enum errc weigher_open(struct engine *en, struct err *e)
{
	struct weigher_lists lists = {.values = list_named(en->set, "weights"), .plain = list_named(en->set, "plain-weights")};

	if (lists.values == NULL || en->shape_rule[SHAPE_TOLD_CODE] == 0 || en->shape_rule[SHAPE_TOLD_WORD] == 0)
		return OK;
	for (size_t i = 0; i < WEIGH_ROLES; i++)
		lists.roles[i] = list_named(en->set, weigh_role_lists[i]);
	lists.codes = engine_words_told(en, SHAPE_TOLD_CODE);
	lists.passwords = engine_words_told(en, SHAPE_TOLD_WORD);
	return weigher_new(en->a, &lists, &en->weigher) ? OK : err_memory(e);
}

static enum errc engine_init(struct engine *en, span packed, struct err *e)
{
	enum errc rc;

	if ((rc = arena_new(&en->a, 64 * MIB, e)) != OK || (rc = rules_unpack(en->a, packed, &en->set, e)) != OK ||
	    (rc = anchors_new(en->a, en->set->anchors, en->set->n_anchors, &en->anchors, e)) != OK)
		return rc;
	if ((en->patterns = arena_zero(en->a, en->set->n_rules + 1, sizeof *en->patterns)) == NULL ||
	    (en->progress = arena_zero(en->a, en->set->n_rules + 1, sizeof *en->progress)) == NULL ||
	    (en->awaited = arena_zero(en->a, en->set->n_rules + 1, sizeof *en->awaited)) == NULL ||
	    (en->needs = arena_zero(en->a, en->set->n_rules + 1, sizeof *en->needs)) == NULL ||
	    (en->calls = arena_zero(en->a, en->set->n_anchors + 1, sizeof *en->calls)) == NULL)
		return err_memory(e);
	if ((rc = sieves_new(&en->sieves, e)) != OK)
		return rc;
	for (size_t i = 0; i < en->set->n_anchors; i++) {
		const struct anchor *n = &en->set->anchors[i];
		const struct rule *r = &en->set->rules[n->rule];

		en->calls[i] = shape_is_told(r->shape) && word_list_tells(&en->set->words[r->told[TOLD_TOPICS]], n->text, true);
	}
	for (size_t i = 0; i < en->set->n_rules; i++) {
		const struct rule *r = &en->set->rules[i];

		if (r->shape != SHAPE_NONE && en->shape_rule[r->shape] == 0)
			en->shape_rule[r->shape] = (uint16_t)(i + 1);
		if (r->shape != SHAPE_NONE && r->shape < SHAPE_PEM)
			en->shapes |= 1u << r->shape;
		if (r->behind != SHAPE_NONE)
			en->behind[r->behind] = (uint16_t)(i + 1);
		for (size_t k = 0; k < r->needs.n; k++)
			en->needs[i][r->needs.p[k] / 64] |= (uint64_t)1 << r->needs.p[k] % 64;
		if (r->needs_rule != NO_RULE)
			en->awaited[r->needs_rule] = true;
	}
	en->only = SIZE_MAX;
	en->not_secret = list_named(en->set, "not-a-secret");
	en->named = list_named(en->set, "names-with-digits");
	en->users = list_named(en->set, "user-columns");
	en->labels = list_named(en->set, "password-columns");
	en->others = list_named(en->set, "code-others");
	if ((rc = weigher_open(en, e)) != OK)
		return rc;
	if ((en->match = pcre2_match_data_create(64, NULL)) == NULL ||
	    (en->limits = pcre2_match_context_create(NULL)) == NULL)
		return err_memory(e);
	return OK;
}

enum errc engine_open(struct engine **out, span packed, struct err *e)
{
	struct engine *en = calloc(1, sizeof *en);
	enum errc rc;

	if (en == NULL)
		return err_memory(e);
	if ((rc = engine_init(en, packed, e)) != OK) {
		engine_close(en);
		return rc;
	}
	*out = en;
	return OK;
}

void engine_close(struct engine *en)
{
	if (en == NULL)
		return;
	for (size_t i = 0; en->patterns != NULL && i < en->set->n_rules; i++)
		pattern_done(&en->patterns[i]);
	pcre2_match_data_free(en->match);
	pcre2_match_context_free(en->limits);
	sieves_free(en->sieves);
	free(en->hits);
	arena_free(en->a);
	free(en);
}

const struct rule *engine_rule(const struct engine *en, size_t i)
{
	return &en->set->rules[i];
}

void engine_only(struct engine *en, size_t rule)
{
	en->only = rule;
}

void engine_ask(struct engine *en, const struct weighed_reader *reader)
{
	en->asked = reader;
}

/* Is the character that byte `at` is in a letter or digit? Quotation marks, bullets and marks of direction are none. */
static bool is_word(span text, size_t at)
{
	size_t n;

	return text.p[at] < 0x80 ? ascii_is_alnum(text.p[at]) : utf8_is_letter(utf8_get(span_from(text, utf8_start(text, at)), &n));
}

/*
 * One of the bytes that the rule needs, before the end of the line; for a number of a person or account, or a day of birth, of the next where
 * the anchor, a label, is all that its line has.
 */
static bool needed_follows(const struct rule *r, const uint64_t wanted[4], span text, size_t at, size_t anchor_n)
{
	span rest = span_sub(text, at, r->needs_within);
	bool label = r->class == CLASS_BANK_ACCOUNT || r->class == CLASS_NATIONAL_ID || r->class == CLASS_DATE_OF_BIRTH;

	for (size_t i = 0; i < rest.n; i++) {
		if ((wanted[rest.p[i] / 64] >> rest.p[i] % 64 & 1) != 0)
			return true;
		if (rest.p[i] != '\n')
			continue;
		if (!label || i > anchor_n + 12)
			return false;
		label = false;
	}
	return false;
}

static bool place_try(struct engine *en, const struct anchor *n, size_t at)
{
	if (en->n_tried++ == en->max_tried) {
		en->cut = true;
		return false;
	}
	if (en->n_tried == LIMIT_SCAN_ANCHORS)
		pcre2_set_match_limit(en->limits, LIMIT_MATCH_STEPS_LATE);
	en->called |= en->calls[n - en->set->anchors];
	/* what a person is asked for above a short answer */
	en->spoken |= en->set->rules[n->rule].class == CLASS_NATIONAL_ID || en->set->rules[n->rule].class == CLASS_DATE_OF_BIRTH;
	if (en->set->rules[n->rule].shape != SHAPE_NONE)
		return engine_try_shape(en, n->rule, at, n->text.n);
	return engine_try_pattern(en, n->rule, at, n->text.n);
}

static bool waiting_add(struct engine *en, const struct anchor *n, size_t at)
{
	if (en->n_waiting == WAITING_MAX) {
		struct waiting first = en->waiting[0];

		memmove(en->waiting, en->waiting + 1, --en->n_waiting * sizeof *en->waiting);
		/* One that is out of reach of all that may come waits in vain. */
		if (at - first.at <= en->set->rules[first.anchor->rule].needs_within &&
		    !place_try(en, first.anchor, first.at))
			return false;
	}
	en->waiting[en->n_waiting++] = (struct waiting){n, at};
	return true;
}

/* An anchor of the rule stands at `at`: those that waited for it are tried, or were too far away. */
static bool waiting_release(struct engine *en, uint16_t rule, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < en->n_waiting; i++) {
		struct waiting w = en->waiting[i];
		const struct rule *r = &en->set->rules[w.anchor->rule];

		if (r->needs_rule != rule || w.at >= at) {
			en->waiting[n++] = w;
			continue;
		}
		if (at - w.at <= r->needs_within && !place_try(en, w.anchor, w.at))
			return false;
	}
	en->n_waiting = n;
	return true;
}

/* One rule's anchor; false ends the scan. */
static bool anchor_try(struct engine *en, const struct anchor *n, size_t at)
{
	const struct rule *r = &en->set->rules[n->rule];

	if (en->awaited[n->rule] && !waiting_release(en, n->rule, at))
		return false;
	if (r->needs.n > 0 && !needed_follows(r, en->needs[n->rule], en->text, at, n->text.n))
		return true;
	return r->needs_rule != NO_RULE ? waiting_add(en, n, at) : place_try(en, n, at);
}

/* id is the first of the anchors with that text: each may be another rule's. */
static bool on_anchor(void *ctx, size_t id, size_t to)
{
	struct engine *en = ctx;
	const struct anchor *n = &en->set->anchors[id], *end = en->set->anchors + en->set->n_anchors;
	size_t at = to - n->text.n;
	bool within = at > 0 && is_word(en->text, at - 1) && is_word(n->text, 0), goes_on = to < en->text.n && is_word(en->text, to);

	do
		if (!(n->word_start && within) && !(n->word_end && goes_on) && !anchor_try(en, n, at))
			return false;
	while (++n < end && !n->first);
	return true;
}

enum errc engine_detect(struct engine *en, span text, struct hits *out, struct err *e)
{
	en->text = text;
	en->n_hits = en->n_tried = en->n_waiting = 0;
	en->n_texts++;
	pcre2_set_match_limit(en->limits, LIMIT_MATCH_STEPS);
	en->max_tried = text.n / LIMIT_SCAN_ANCHOR_BYTES;
	if (en->max_tried < LIMIT_SCAN_ANCHORS)
		en->max_tried = LIMIT_SCAN_ANCHORS;
	en->cut = en->given_up = en->spoken = en->called = false;
	en->near_from = en->near_to = 0;
	en->rc = OK;
	*out = (struct hits){0};
	if (text.n == 0)
		return OK;
	if (text.n > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "a text of more than 4 GiB");
	if (anchors_find(en->anchors, text, on_anchor, en) && !en->cut) {
		engine_try_alone(en);
		(void)engine_weigh(en, SIZE_MAX);
	}
	if (en->shapes != 0 && en->rc == OK)
		shapes_walk(text, en->shapes, engine_shape_offer, en);
	if (en->rc != OK)
		return err_memory(e);
	en->n_hits = hits_settle(en->set, text, en->hits, en->n_hits);
	*out = (struct hits){en->hits, en->n_hits, en->cut, en->given_up, en->spoken, en->called};
	return OK;
}
