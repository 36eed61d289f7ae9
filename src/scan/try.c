/* One anchor tried: its rule's pattern or shape reads a candidate there. */
#include "base/utf8.h"
#include "scan/engine-private.h"
#include "scan/wrapped.h"

static bool sieve_ready(struct engine *en, const struct rule *r, span pattern, bool searched, struct sieve *v)
{
	if (!v->made && !sieve_make(en->sieves, en->a, pattern, r->fold, searched, v))
		en->rc = ERR_MEMORY;
	return en->rc == OK;
}

/* May what must match directly behind the anchor, at `at`, match there? false, too, where there is no memory. */
static bool next_may_match(struct engine *en, const struct rule *r, struct pattern *k, size_t at)
{
	return sieve_ready(en, r, r->needs_next, false, &k->next_sieve) &&
	    sieve_passes(en->sieves, &k->next_sieve, span_first(en->text, utf8_end(en->text, at + r->needs_within)), at, at, at);
}

/* Does what must match directly behind the anchor? */
static bool next_matches(struct engine *en, const struct rule *r, const struct pattern *k, size_t at, size_t anchor_n)
{
	span window = span_sub(en->text, at, utf8_end(en->text, at + anchor_n + r->needs_within) - at);
	int groups;

	pcre2_set_offset_limit(en->limits, anchor_n);
	groups = pcre2_match(k->next, window.p, window.n, anchor_n, PCRE2_NO_UTF_CHECK | PCRE2_ANCHORED, en->match, en->limits);
	en->given_up |= groups == PCRE2_ERROR_MATCHLIMIT;
	return groups >= 0;
}

static bool made_ready(struct engine *en, const struct rule *r, struct pattern *k)
{
	struct err why;

	if (pattern_ready(k, r, &why) != OK) /* engine_compile could: there is no memory */
		en->rc = ERR_MEMORY;
	return en->rc == OK;
}

/* The rule's pattern at an anchor. The window is widened once when the value runs into its end. */
bool engine_try_pattern(struct engine *en, uint16_t rule, size_t at, size_t anchor_n)
{
	const struct rule *r = &en->set->rules[rule];
	struct pattern *k = &en->patterns[rule];
	size_t start = utf8_start(en->text, at > r->back ? at - r->back : 0);
	size_t base = utf8_start(en->text, start > 64 ? start - 64 : 0), ahead = r->ahead;
	bool cut = r->form == FORM_KEY && r->take == TAKE_GROUP && r->back == 0 && wrapped_at(en->text, at);
	struct candidate c = {.text = en->text, .label_at = at, .certainty = r->certainty};

	/* what is asked directly behind the anchor says no sooner than what may begin before it, or goes on for a line */
	if (!cut && r->needs_next.n > 0 && !next_may_match(en, r, k, at + anchor_n))
		return en->rc == OK;
	if (!sieve_ready(en, r, r->pattern, r->back > 0, &k->sieve))
		return false;
	if (!cut && !sieve_passes(en->sieves, &k->sieve, span_first(en->text, utf8_end(en->text, at + ahead)), start, at, at + anchor_n))
		return true;
	if (!made_ready(en, r, k))
		return false;
	if (cut && wrapped_value(k, en->text, at, en->match, en->limits, &c.at, &c.n))
		return engine_offer_listed(en, rule, c, (enum listing)r->list);
	if (k->next != NULL && !next_matches(en, r, k, at, anchor_n))
		return true;
	for (int again = 0; ; again++) {
		span window = span_sub(en->text, base, utf8_end(en->text, at + ahead) - base);
		const PCRE2_SIZE *ov = pcre2_get_ovector_pointer(en->match);
		bool more = base + window.n < en->text.n && again == 0;
		PCRE2_SIZE from = start - base;

		/* A match begins at the anchor or up to `back` bytes before it, never behind; one that ends before it is another's. */
		pcre2_set_offset_limit(en->limits, at - base);
		do {
			int groups = pcre2_match(k->code, window.p, window.n, from,
			    PCRE2_NO_UTF_CHECK | (r->back == 0 ? PCRE2_ANCHORED : 0), en->match, en->limits);

			en->given_up |= groups == PCRE2_ERROR_MATCHLIMIT;
			if (groups <= 0)
				return true;
		} while (base + ov[1] < at + anchor_n && ov[1] > from && (from = ov[1]) + base <= at);
		if (base + ov[0] > at || base + ov[1] < at + anchor_n)
			return true;
		c = (struct candidate){.text = en->text, .label_at = base + ov[0], .certainty = r->certainty};
		if (r->take == TAKE_GROUP) {
			if (!pattern_group(ov, k->value, base, &c.at, &c.n)) {
				c.at = base + ov[0];
				c.n = ov[1] - ov[0];
			}
		} else if (!take_value(en->text, base + ov[1], (enum take)r->take, (enum strength)r->strength, &c)) {
			return true;
		}
		pattern_group(ov, k->host, base, &c.host_at, &c.host_n);
		if (pattern_group(ov, k->whole, base, &c.span_at, &c.span_n)) {
			c.span_n = sentence_end(en->text, c.span_at, c.span_n, c.at + c.n == c.span_at + c.span_n);
			/* The mark that closes the sentence is no part of the secret at the end of it either. */
			if (c.at >= c.span_at && c.at - c.span_at <= c.span_n && c.n > c.span_n - (c.at - c.span_at))
				c.n = c.span_n - (c.at - c.span_at);
		}
		if (!more || r->take != TAKE_GROUP || base + ov[1] < base + window.n)
			return engine_offer_listed(en, rule, c, (enum listing)r->list);
		ahead = 4 * ahead;
	}
}

static bool cell_offer(void *ctx, size_t at, size_t n, size_t host_at, size_t host_n)
{
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = en->label_at, .host_at = host_at,
	    .host_n = host_n, .cell = true, .certainty = en->set->rules[en->rule].certainty};

	return engine_offer(en, en->rule, &c);
}

static bool told_offer(void *ctx, size_t at, size_t n, uint8_t certainty)
{
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = en->label_at, .certainty = certainty};

	return engine_offer(en, en->rule, &c);
}

static struct told_words words_told(const struct engine *en, const struct rule *r)
{
	const struct word_list *w = en->set->words;

	return (struct told_words){&w[r->told[TOLD_TOPICS]], &w[r->told[TOLD_THINGS]], &w[r->told[TOLD_ACTS]], &w[r->told[TOLD_LEADS]],
	    &w[r->told[TOLD_OTHERS]], en->not_secret, en->named, r->shape == SHAPE_TOLD_CODE};
}

struct told_words engine_words_told(const struct engine *en, enum shape shape) { return words_told(en, &en->set->rules[en->shape_rule[shape] - 1]); }

static bool alone_offer(void *ctx, size_t at, size_t n, uint8_t certainty)
{
	struct engine *en = ctx;

	en->label_at = at;
	return told_offer(en, at, n, certainty);
}

void engine_try_alone(struct engine *en)
{
	const struct rule *r;

	if (en->shape_rule[SHAPE_TOLD_WORD] == 0)
		return;
	en->rule = (uint16_t)(en->shape_rule[SHAPE_TOLD_WORD] - 1);
	r = &en->set->rules[en->rule];
	if (en->only == SIZE_MAX || en->only == en->rule) {
		const struct told_words words = words_told(en, r);

		told_alone(&words, en->text, en->spoken, alone_offer, en);
	}
}

bool engine_shape_offer(void *ctx, enum shape shape, size_t at, size_t n, uint8_t certainty)
{
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = at, .certainty = certainty};
	size_t before = en->n_hits;

	if (!engine_offer(en, (uint16_t)(en->shape_rule[shape] - 1), &c))
		return false;
	if (en->behind[shape] == 0 || (en->n_hits == before && en->only == SIZE_MAX))
		return true;
	return engine_try_pattern(en, (uint16_t)(en->behind[shape] - 1), at, 0);
}

/* How far the rule has come in this text. Few rules have anything to do in one, so what others knew of earlier texts stays until it is asked for. */
static struct progress *progress_of(struct engine *en, uint16_t rule)
{
	struct progress *k = &en->progress[rule];

	if (k->text != en->n_texts)
		*k = (struct progress){.text = en->n_texts};
	return k;
}

bool engine_try_shape(struct engine *en, uint16_t rule, size_t at, size_t n)
{
	const struct rule *r = &en->set->rules[rule];
	struct candidate c = {.text = en->text, .at = at, .label_at = at, .certainty = r->certainty};
	size_t end;

	en->rule = rule;
	en->label_at = at;
	if (r->shape == SHAPE_TABLE) {
		struct progress *k = progress_of(en, rule);

		/* A row is not the head of the next, but a head may name two columns. Only a password needs to be somebody's. */
		if ((at >= k->table_end || at < k->table_head) && (end = table_cells(en->text, at, n, &en->set->words[r->columns],
		    r->strength != STRENGTH_NONE ? en->users : NULL, cell_offer, en)) > 0) {
			k->table_head = at + span_find_byte(span_from(en->text, at), '\n');
			k->table_end = end;
		}
		return en->rc == OK && !en->cut;
	}
	if (r->shape == SHAPE_PAIRS || r->shape == SHAPE_LINES) {
		struct progress *k = progress_of(en, rule);

		if (at >= k->table_end && (end = (r->shape == SHAPE_PAIRS ? pair_cells : line_cells)(en->text, at, n, cell_offer, en)) > 0)
			k->table_end = end;
		return en->rc == OK && !en->cut;
	}
	if (shape_is_told(r->shape)) {
		const struct told_words words = words_told(en, r);
		struct progress *k;

		if (!engine_weigh(en, at))
			return false;
		if (shape_is_told_near(r->shape)) {
			(r->shape == SHAPE_TOLD_PLAIN ? told_plain : r->shape == SHAPE_TOLD_ANSWER ? told_answer : told_spelled)(&words, en->text, at, at + n, told_offer, en);
			return en->rc == OK && !en->cut;
		}
		en->spoken = true;
		k = progress_of(en, rule);
		k->table_end = told_values(&words, en->text, at, k->table_end, told_offer, en);
		return en->rc == OK && !en->cut;
	}
	if ((end = pem_end(en->text, at)) == 0)
		return true;
	c.n = end - at;
	return engine_offer(en, rule, &c);
}
