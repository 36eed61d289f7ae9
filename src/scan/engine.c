/*
 * One text through all rules: anchors by vectorscan, each confirmed by its rule's pattern; shapes by their hand
 * scanners; then checks, and of overlapping candidates the best. Nothing is allocated where nothing is found.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "case/names.h"
#include "scan/pattern.h"
#include "scan/vectorscan.h"
#include "scan/wrapped.h"

/* How far a rule has come in the text under way: where its last table or told stretch ended, and its line of heads. */
struct progress { size_t table_head, table_end; };

/* Anchors that wait for one of another rule: few are in reach of each other, one too many is tried at once. */
#define WAITING_MAX 32
struct waiting { const struct anchor *anchor; size_t at; };

struct engine {
	struct arena *a;
	struct rule_set *set;
	struct pattern *patterns;     /* beside set->rules */
	struct sieves *sieves;
	struct progress *progress;    /* beside set->rules */
	bool *awaited;                /* beside set->rules: another rule needs its anchors */
	bool *calls;                  /* beside set->anchors: is what a secret is called */
	uint16_t shape_rule[N_SHAPES]; /* 1 + index of the rule with that shape; 0: none */
	unsigned shapes;              /* bits of the digit shapes that rules want */
	uint16_t behind[N_SHAPES];    /* 1 + index of the rule whose pattern is tried at each value of that shape, too; 0: none */
	const struct word_list *not_secret, *named, *users, *labels, *others;
	hs_database_t *db;
	hs_scratch_t *scratch;
	pcre2_match_data *match;
	pcre2_match_context *limits;
	struct hit *hits; size_t n_hits, cap_hits;
	/* of the text under way */
	span text;
	size_t n_tried, max_tried, only;
	struct waiting waiting[WAITING_MAX];
	size_t n_waiting;
	bool cut, given_up, spoken, called, progressed;
	enum errc rc;
	/* of the anchor under way */
	uint16_t rule;
	size_t label_at;
};

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

static enum errc engine_init(struct engine *en, span packed, struct err *e)
{
	span db;
	enum errc rc;

	if ((rc = arena_new(&en->a, 64 * MIB, e)) != OK || (rc = rules_unpack(en->a, packed, &en->set, &db, e)) != OK)
		return rc;
	if ((en->patterns = arena_zero(en->a, en->set->n_rules + 1, sizeof *en->patterns)) == NULL ||
	    (en->progress = arena_zero(en->a, en->set->n_rules + 1, sizeof *en->progress)) == NULL ||
	    (en->awaited = arena_zero(en->a, en->set->n_rules + 1, sizeof *en->awaited)) == NULL ||
	    (en->calls = arena_zero(en->a, en->set->n_anchors + 1, sizeof *en->calls)) == NULL)
		return err_memory(e);
	if ((rc = sieves_new(&en->sieves, e)) != OK || (rc = hs_load(e)) != OK)
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
		if (r->needs_rule != NO_RULE)
			en->awaited[r->needs_rule] = true;
	}
	en->only = SIZE_MAX;
	en->not_secret = list_named(en->set, "not-a-secret");
	en->named = list_named(en->set, "names-with-digits");
	en->users = list_named(en->set, "user-columns");
	en->labels = list_named(en->set, "password-columns");
	en->others = list_named(en->set, "code-others");
	if (db.n > 0 && (hs.deserialize_database((const char *)db.p, db.n, &en->db) != HS_SUCCESS ||
	    hs.alloc_scratch(en->db, &en->scratch) != HS_SUCCESS))
		return err_set(e, ERR_WORLD, "the compiled anchors do not fit this processor");
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
	if (en->db != NULL) {
		hs.free_scratch(en->scratch);
		hs.free_database(en->db);
	}
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

static bool hit_add(struct engine *en, uint16_t rule, const struct candidate *c)
{
	if (en->n_hits == LIMIT_FINDINGS) {
		en->cut = true;
		return false;
	}
	if (en->n_hits == en->cap_hits) {
		size_t cap = en->cap_hits == 0 ? 64 : 2 * en->cap_hits;
		struct hit *v = realloc(en->hits, cap * sizeof *v);

		if (v == NULL) {
			en->rc = ERR_MEMORY;
			return false;
		}
		en->hits = v;
		en->cap_hits = cap;
	}
	en->hits[en->n_hits++] = (struct hit){.at = c->span_n > 0 ? c->span_at : c->at, .n = c->span_n > 0 ? c->span_n : c->n,
	    .key_at = c->at, .key_n = c->n, .rule = rule, .certainty = c->certainty, .host_at = c->host_at, .host_n = c->host_n};
	return true;
}

/* The checks that all candidates pass, whichever way they were found. True when it is one. */
static bool confirm(struct engine *en, const struct rule *r, struct candidate *c)
{
	span value = span_sub(c->text, c->at, c->n);
	size_t from = c->label_at > r->near_before ? c->label_at - r->near_before : 0;
	/* What is said of a table's column is said at its head. */
	size_t to = (r->shape == SHAPE_TABLE ? c->label_at : c->at + c->n) + r->near_after, other;

	if (c->n == 0)
		return false;
	for (unsigned i = 0; i < r->n_checks; i++)
		if (!check_value(&r->checks[i], en->set->words, value))
			return false;
	if (r->near != NO_WORDS && !word_list_near(&en->set->words[r->near], c->text, from, to)) {
		/* A number printed as on its card needs no word beside it, but is less sure without. */
		if (r->shape == SHAPE_NONE || c->certainty < CERTAINTY_HIGH)
			return false;
		c->certainty = CERTAINTY_LOW;
	}
	if (r->not_near != NO_WORDS && (other = word_list_last(&en->set->words[r->not_near], c->text, from, c->at)) != SIZE_MAX &&
	    (r->near == NO_WORDS || word_list_last(&en->set->words[r->near], c->text, other, c->at) == SIZE_MAX))
		return false;
	if (r->strength != STRENGTH_NONE) {
		uint8_t sure = judge_secret(c, (enum strength)r->strength, en->not_secret, en->named);

		if (sure == 0 || label_says_sealed(c->text, c->label_at) || (r->shape == SHAPE_NONE && table_head_cell(c, en->labels)))
			return false;
		if (sure < c->certainty)
			c->certainty = sure;
	}
	if (is_from_a_manual(value))
		c->certainty = CERTAINTY_LOW;
	if (c->host_n == 0)
		host_near(c->text, c->at, c->n, &c->host_at, &c->host_n);
	return true;
}

static bool offer(struct engine *en, uint16_t rule, struct candidate *c)
{
	if (en->only != SIZE_MAX && en->only != rule)
		return true;
	return confirm(en, &en->set->rules[rule], c) ? hit_add(en, rule, c) : true;
}

/* Codes come in lists: those behind the first, apart by blanks, commas, slashes, line ends, numbers and bullets. */
static bool list_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	span first = span_sub(en->text, c.at, c.n);

	if (!offer(en, rule, &c))
		return false;
	for (unsigned i = 0; i < LIMIT_LIST_VALUES; i++) {
		size_t at = c.at + c.n, gap = at;
		span v;

		while (gap < en->text.n && gap - at < 16 && strchr(" \t\r\n,;/>*-|", en->text.p[gap]) != NULL && en->text.p[gap] != '\0')
			gap++;
		if (gap == at)
			return true;
		/* "2." */
		for (size_t k = gap; k < en->text.n && k < gap + 3; k++)
			if ((en->text.p[k] == '.' || en->text.p[k] == ')') && k > gap && k + 1 < en->text.n && en->text.p[k + 1] == ' ') {
				gap = k + 2;
				break;
			} else if (!ascii_is_digit(en->text.p[k])) {
				break;
			}
		v = span_sub(en->text, gap, first.n);
		if (v.n < first.n || !is_alike(first, v) || (gap + v.n < en->text.n && ascii_is_alnum(en->text.p[gap + v.n])))
			return true;
		c.at = gap;
		c.host_n = 0;
		if (!offer(en, rule, &c))
			return false;
	}
	return true;
}

/* Codes of several things stand beside each other, each behind what it is for; none but the first has what announces it. */
static bool named_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	size_t n = c.n;

	if ((en->only != SIZE_MAX && en->only != rule) || !confirm(en, &en->set->rules[rule], &c))
		return true;
	for (unsigned i = 0; i < LIMIT_LIST_VALUES; i++) {
		span next;

		if (!hit_add(en, rule, &c))
			return false;
		if (en->others == NULL || (next = pad_code_named_next(en->others, en->text, c.at + c.n, n)).n == 0)
			break;
		c.at = (size_t)(next.p - en->text.p);
		c.host_n = 0;
		if (c.certainty > CERTAINTY_MEDIUM)
			c.certainty = CERTAINTY_MEDIUM;
	}
	return true;
}

/* Values of a list stand each at the end of its line, behind the mark that is before the first, and nothing has a blank. */
static bool lines_offer(struct engine *en, uint16_t rule, struct candidate c)
{
	span line = line_of(en->text, c.at), head = span_first(line, c.at - (size_t)(line.p - en->text.p));
	size_t n;

	if (!offer(en, rule, &c))
		return false;
	for (unsigned i = 0; head.n > 0 && i < LIMIT_LIST_VALUES && (size_t)(line.p - en->text.p) + line.n + 1 < en->text.n; i++) {
		span value;

		line = line_of(en->text, (size_t)(line.p - en->text.p) + line.n + 1);
		for (value = span_trim(line); value.n > 0 && value.p[0] == '>'; value = span_trim(span_from(value, 1)));
		for (n = value.n; n > 0 && value.p[n - 1] != head.p[head.n - 1];)
			n--;
		if (n < 4 || n == value.n || span_find_byte(value, ' ') < value.n || (span_find_byte(value, '@') < n) != (span_find_byte(head, '@') < head.n))
			return true;
		c.at = (size_t)(value.p - en->text.p) + n;
		c.n = value.n - n;
		c.host_n = 0;
		if (!offer(en, rule, &c))
			return false;
	}
	return true;
}

static bool list_as(struct engine *en, uint16_t rule, struct candidate c, enum listing list)
{
	switch (list) {
	case LISTING_YES: return list_offer(en, rule, c);
	case LISTING_NAMED: return named_offer(en, rule, c);
	case LISTING_LINES: return lines_offer(en, rule, c);
	case LISTING_NO: case N_LISTINGS: break;
	}
	return offer(en, rule, &c);
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

/* The rule's pattern at an anchor. The window is widened once when the value runs into its end. */
static bool pattern_try(struct engine *en, uint16_t rule, size_t at, size_t anchor_n)
{
	const struct rule *r = &en->set->rules[rule];
	struct pattern *k = &en->patterns[rule];
	size_t start = utf8_start(en->text, at > r->back ? at - r->back : 0);
	size_t base = utf8_start(en->text, start > 64 ? start - 64 : 0), ahead = r->ahead;
	struct sieve *sieve = &k->sieve;
	bool cut = r->form == FORM_KEY && r->take == TAKE_GROUP && r->back == 0 && wrapped_at(en->text, at);
	struct candidate c = {.text = en->text, .label_at = at, .certainty = r->certainty};
	struct err why;

	if (!sieve->made && !sieve_make(en->sieves, en->a, r->pattern, r->fold, r->back > 0, sieve)) {
		en->rc = ERR_MEMORY;
		return false;
	}
	if (!cut && !sieve_passes(en->sieves, sieve, span_first(en->text, utf8_end(en->text, at + ahead)), start, at, at + anchor_n))
		return true;
	if (pattern_ready(k, r, &why) != OK) { /* engine_compile could: there is no memory */
		en->rc = ERR_MEMORY;
		return false;
	}
	if (cut && wrapped_value(k, en->text, at, en->match, en->limits, &c.at, &c.n))
		return list_as(en, rule, c, (enum listing)r->list);
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
			return list_as(en, rule, c, (enum listing)r->list);
		ahead = 4 * ahead;
	}
}

static bool cell_offer(void *ctx, size_t at, size_t n, size_t host_at, size_t host_n)
{
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = en->label_at, .host_at = host_at,
	    .host_n = host_n, .cell = true, .certainty = en->set->rules[en->rule].certainty};

	return offer(en, en->rule, &c);
}

static bool told_offer(void *ctx, size_t at, size_t n, uint8_t certainty)
{
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = en->label_at, .certainty = certainty};

	return offer(en, en->rule, &c);
}

static bool shape_offer(void *ctx, enum shape shape, size_t at, size_t n, uint8_t certainty)
{
	struct engine *en = ctx;
	struct candidate c = {.text = en->text, .at = at, .n = n, .label_at = at, .certainty = certainty};
	size_t before = en->n_hits;

	if (!offer(en, (uint16_t)(en->shape_rule[shape] - 1), &c))
		return false;
	if (en->behind[shape] == 0 || (en->n_hits == before && en->only == SIZE_MAX))
		return true;
	return pattern_try(en, (uint16_t)(en->behind[shape] - 1), at, 0);
}

static bool anchored_shape(struct engine *en, uint16_t rule, size_t at, size_t n)
{
	const struct rule *r = &en->set->rules[rule];
	struct candidate c = {.text = en->text, .at = at, .label_at = at, .certainty = r->certainty};
	size_t end;

	en->rule = rule;
	en->label_at = at;
	en->progressed = true;
	if (r->shape == SHAPE_TABLE) {
		struct progress *k = &en->progress[rule];

		/* A row is not the head of the next, but a head may name two columns. Only a password needs to be somebody's. */
		if ((at >= k->table_end || at < k->table_head) && (end = table_cells(en->text, at, n, &en->set->words[r->columns],
		    r->strength != STRENGTH_NONE ? en->users : NULL, cell_offer, en)) > 0) {
			k->table_head = at + span_find_byte(span_from(en->text, at), '\n');
			k->table_end = end;
		}
		return en->rc == OK && !en->cut;
	}
	if (shape_is_told(r->shape)) {
		const struct word_list *w = en->set->words;
		const struct told_words words = {&w[r->told[TOLD_TOPICS]], &w[r->told[TOLD_THINGS]], &w[r->told[TOLD_ACTS]],
		    &w[r->told[TOLD_LEADS]], &w[r->told[TOLD_OTHERS]], en->not_secret, en->named, r->shape == SHAPE_TOLD_CODE};

		en->spoken = true;
		en->progress[rule].table_end = told_values(&words, en->text, at, en->progress[rule].table_end, told_offer, en);
		return en->rc == OK && !en->cut;
	}
	if ((end = pem_end(en->text, at)) == 0)
		return true;
	c.n = end - at;
	return offer(en, rule, &c);
}

/* Is the character that byte `at` is in a letter or digit? Quotation marks, bullets and marks of direction are none. */
static bool is_word(span text, size_t at)
{
	size_t n;

	return text.p[at] < 0x80 ? ascii_is_alnum(text.p[at]) : utf8_is_letter(utf8_get(span_from(text, utf8_start(text, at)), &n));
}

/* One of the bytes that the rule needs, before the end of the line. */
static bool needed_follows(const struct rule *r, span text, size_t at)
{
	span rest = span_sub(text, at, r->needs_within);
	uint64_t wanted[4] = {0};

	for (size_t i = 0; i < r->needs.n; i++)
		wanted[r->needs.p[i] / 64] |= (uint64_t)1 << r->needs.p[i] % 64;
	for (size_t i = 0; i < rest.n && rest.p[i] != '\n'; i++)
		if ((wanted[rest.p[i] / 64] >> rest.p[i] % 64 & 1) != 0)
			return true;
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
	if (en->set->rules[n->rule].shape != SHAPE_NONE)
		return anchored_shape(en, n->rule, at, n->text.n);
	return pattern_try(en, n->rule, at, n->text.n);
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
	if (r->needs.n > 0 && !needed_follows(r, en->text, at))
		return true;
	return r->needs_rule != NO_RULE ? waiting_add(en, n, at) : place_try(en, n, at);
}

/* id is the first of the anchors with that text: each may be another rule's. */
static int on_anchor(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	struct engine *en = ctx;
	const struct anchor *n = &en->set->anchors[id], *end = en->set->anchors + en->set->n_anchors;
	size_t at = (size_t)to - n->text.n;
	bool within = at > 0 && is_word(en->text, at - 1) && is_word(n->text, 0), goes_on = to < en->text.n && is_word(en->text, (size_t)to);

	(void)from;
	(void)flags;
	do
		if (!(n->word_start && within) && !(n->word_end && goes_on) && !anchor_try(en, n, at))
			return 1;
	while (++n < end && !n->first);
	return 0;
}

enum errc engine_detect(struct engine *en, span text, struct hits *out, struct err *e)
{
	hs_error_t scanned = HS_SUCCESS;

	en->text = text;
	en->n_hits = en->n_tried = en->n_waiting = 0;
	if (en->progressed)
		memset(en->progress, 0, en->set->n_rules * sizeof *en->progress);
	pcre2_set_match_limit(en->limits, LIMIT_MATCH_STEPS);
	en->max_tried = text.n / LIMIT_SCAN_ANCHOR_BYTES;
	if (en->max_tried < LIMIT_SCAN_ANCHORS)
		en->max_tried = LIMIT_SCAN_ANCHORS;
	en->cut = en->given_up = en->spoken = en->called = en->progressed = false;
	en->rc = OK;
	*out = (struct hits){0};
	if (text.n == 0)
		return OK;
	if (text.n > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "a text of more than 4 GiB");
	if (en->db != NULL)
		scanned = hs.scan(en->db, (const char *)text.p, (unsigned)text.n, 0, en->scratch, on_anchor, en);
	if (scanned != HS_SUCCESS && scanned != HS_SCAN_TERMINATED)
		return err_set(e, ERR_WORLD, "vectorscan: error %d", scanned);
	if (en->shapes != 0 && en->rc == OK)
		shapes_walk(text, en->shapes, shape_offer, en);
	if (en->rc != OK)
		return err_memory(e);
	en->n_hits = hits_settle(en->set, en->hits, en->n_hits);
	*out = (struct hits){en->hits, en->n_hits, en->cut, en->given_up, en->spoken, en->called};
	return OK;
}
