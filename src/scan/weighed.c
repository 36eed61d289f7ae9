/* What is weighed (weigh.h) becomes a candidate: near the anchors of what is told in sentences. */
#include "case/names.h"
#include "scan/engine-private.h"
#include "scan/told-private.h"

#define NEAR_BEFORE 250 /* bytes before an anchor, and behind it */
#define NEAR_BEHIND 400
#define WEIGHED_SURE 150 /* a sum of so much is no guess */

/* By what stands around it is it something else, however much speaks for it? */
static bool is_none(const struct engine *en, span v, bool code)
{
	size_t at = (size_t)(v.p - en->text.p);
	struct told_words words;

	if (!code)
		return word_is_of_thing(en->text, at, v);
	words = engine_words_told(en, SHAPE_TOLD_CODE);
	/* a number that is written in groups is no other's, whatever leads to it */
	if (span_find_byte(v, ' ') == v.n && lead_of(&words, en->text, at, at + v.n) == LEAD_NONE)
		return true;
	return lead_counts(&words, en->text, at + v.n) || pad_code_is_dialled(en->text, v) || pad_code_is_of_place(en->text, v) || pad_code_is_priced(en->text, v);
}

static bool weighed_offer(void *ctx, size_t at, size_t n, bool code, int sum)
{
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = at, .certainty = sum >= WEIGHED_SURE ? CERTAINTY_MEDIUM : CERTAINTY_LOW};
	uint16_t rule = en->shape_rule[code ? SHAPE_WEIGHED_CODE : SHAPE_WEIGHED_WORD];

	if (rule == 0 || is_none(en, span_sub(en->text, at, n), code) || (!code && !take_value(en->text, at, TAKE_TOKEN, STRENGTH_SLOT, &c)))
		return true;
	return engine_offer(en, (uint16_t)(rule - 1), &c);
}

bool engine_weigh(struct engine *en, size_t at)
{
	const struct weighed_reader reader = {.found = weighed_offer, .ctx = en};
	size_t from = at > NEAR_BEFORE ? at - NEAR_BEFORE : 0, to;
	bool more = true;

	if (en->weigher == NULL)
		return true;
	/* Some anchors are told of at their end, and some wait for others: they come nearly in order. */
	if (from > en->near_to && en->near_to > en->near_from) {
		more = weigh(en->weigher, en->text, en->near_from, en->near_to, en->asked != NULL ? en->asked : &reader);
		en->near_from = en->near_to;
	}
	if (at == SIZE_MAX)
		return more;
	to = en->text.n - at > NEAR_BEHIND ? at + NEAR_BEHIND : en->text.n;
	if (en->near_to <= en->near_from) /* nothing waits */
		en->near_from = from > en->near_from ? from : en->near_from;
	if (to > en->near_to)
		en->near_to = to;
	return more;
}
