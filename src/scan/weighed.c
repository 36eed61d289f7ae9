/* What is weighed (weigh.h) becomes a candidate: near the anchors of what is told in sentences. */
#include "case/names.h"
#include "scan/engine-private.h"

#define NEAR_BEFORE 250 /* bytes before an anchor, and behind it */
#define NEAR_BEHIND 400
#define WEIGHED_SURE 150 /* a sum of so much is no guess */

static bool weighed_offer(void *ctx, size_t at, size_t n, enum weighed what, int sum)
{
	static const enum shape shapes[] = {[WEIGHED_CODE] = SHAPE_WEIGHED_CODE, [WEIGHED_WORD] = SHAPE_WEIGHED_WORD, [WEIGHED_PLAIN] = SHAPE_WEIGHED_PLAIN};
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = at, .certainty = sum >= WEIGHED_SURE ? CERTAINTY_MEDIUM : CERTAINTY_LOW};
	uint16_t rule = en->shape_rule[shapes[what]];

	if (rule == 0 || (what == WEIGHED_WORD && !take_value(en->text, at, TAKE_TOKEN, STRENGTH_SLOT, &c)))
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
