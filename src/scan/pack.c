/*
 * A rule set as one block of bytes for the workers. Made and read by the same program, but read like any frame: every length is checked, every index is in range.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "scan/private.h"

#define MAGIC SPAN_LIT("tocsin rules 1")

static void rule_put(struct buf *b, const struct rule *r)
{
	buf_bytes(b, r->id);
	buf_bytes(b, r->name);
	buf_u8(b, r->class);
	buf_u8(b, r->severity);
	buf_u8(b, r->certainty);
	buf_u8(b, r->shape);
	buf_u8(b, r->take);
	buf_u8(b, r->strength);
	buf_u8(b, r->form);
	buf_u8(b, r->mask);
	buf_u8(b, r->rank);
	buf_u8(b, r->list);
	buf_u8(b, r->behind);
	buf_u8(b, r->fold);
	buf_u32(b, r->back);
	buf_u32(b, r->ahead);
	buf_u8(b, r->n_checks);
	for (unsigned i = 0; i < r->n_checks; i++) {
		buf_u8(b, r->checks[i].kind);
		buf_u32(b, r->checks[i].number);
	}
	buf_u32(b, r->near);
	buf_u32(b, r->near_before);
	buf_u32(b, r->near_after);
	buf_u32(b, r->not_near);
	buf_u8(b, r->same_sentence);
	buf_u32(b, r->columns);
	for (unsigned i = 0; i < N_TOLD; i++)
		buf_u32(b, r->told[i]);
	buf_bytes(b, r->needs);
	buf_u32(b, r->needs_rule);
	buf_u32(b, r->needs_within);
	buf_bytes(b, r->needs_next);
	buf_bytes(b, r->pattern);
}

static void rule_get(struct cursor *c, const struct rule_set *set, struct rule *r)
{
	r->id = cursor_bytes(c);
	r->name = cursor_bytes(c);
	r->class = cursor_u8(c);
	r->severity = cursor_u8(c);
	r->certainty = cursor_u8(c);
	r->shape = cursor_u8(c);
	r->take = cursor_u8(c);
	r->strength = cursor_u8(c);
	r->form = cursor_u8(c);
	r->mask = cursor_u8(c);
	r->rank = cursor_u8(c);
	r->list = cursor_u8(c);
	r->behind = cursor_u8(c);
	r->fold = cursor_u8(c) != 0;
	r->back = (uint16_t)cursor_u32(c);
	r->ahead = (uint16_t)cursor_u32(c);
	if ((r->n_checks = cursor_u8(c)) > RULE_CHECKS) {
		c->bad = true;
		r->n_checks = 0;
	}
	for (unsigned i = 0; i < r->n_checks; i++) {
		r->checks[i].kind = cursor_u8(c);
		r->checks[i].number = (uint16_t)cursor_u32(c);
		if (r->checks[i].kind >= N_CHECKS ||
		    (r->checks[i].kind == CHECK_NOT_WORDS && r->checks[i].number >= set->n_words) ||
		    (r->checks[i].kind == CHECK_NUMBER && r->checks[i].number >= number_kinds()))
			c->bad = true;
	}
	r->near = (uint16_t)cursor_u32(c);
	r->near_before = (uint16_t)cursor_u32(c);
	r->near_after = (uint16_t)cursor_u32(c);
	r->not_near = (uint16_t)cursor_u32(c);
	r->same_sentence = cursor_u8(c) != 0;
	r->columns = (uint16_t)cursor_u32(c);
	for (unsigned i = 0; i < N_TOLD; i++) {
		r->told[i] = (uint16_t)cursor_u32(c);
		if (shape_is_told(r->shape) ? r->told[i] >= set->n_words : r->told[i] != NO_WORDS)
			c->bad = true;
	}
	r->needs = cursor_bytes(c);
	r->needs_rule = (uint16_t)cursor_u32(c);
	r->needs_within = (uint16_t)cursor_u32(c);
	r->needs_next = cursor_bytes(c);
	r->pattern = cursor_bytes(c);
	if (r->class >= N_CLASSES || r->shape >= N_SHAPES || r->behind >= SHAPE_PEM || r->take >= N_TAKES || r->strength >= N_STRENGTHS ||
	    r->form >= N_FORMS || r->mask >= N_MASKS || (r->near != NO_WORDS && r->near >= set->n_words) ||
	    (r->not_near != NO_WORDS && r->not_near >= set->n_words) ||
	    (r->shape == SHAPE_TABLE ? r->columns >= set->n_words : r->columns != NO_WORDS))
		c->bad = true;
}

enum errc rules_pack(const struct rule_set *set, struct buf *out, struct digest *digest, struct err *e)
{
	buf_bytes(out, MAGIC);
	buf_u32(out, (uint32_t)set->n_words);
	for (size_t i = 0; i < set->n_words; i++) {
		buf_bytes(out, set->words[i].name);
		buf_u32(out, (uint32_t)set->words[i].n);
		for (size_t k = 0; k < set->words[i].n; k++)
			buf_bytes(out, set->words[i].v[k]);
	}
	buf_u32(out, (uint32_t)set->n_rules);
	for (size_t i = 0; i < set->n_rules; i++)
		rule_put(out, &set->rules[i]);
	buf_u32(out, (uint32_t)set->n_anchors);
	for (size_t i = 0; i < set->n_anchors; i++) {
		const struct anchor *n = &set->anchors[i];

		buf_bytes(out, n->text);
		buf_u32(out, n->rule);
		buf_u8(out, (uint8_t)(n->fold | n->word_start << 1 | n->word_end << 2 | n->first << 3));
	}
	sha256_of(buf_span(out), digest);
	return buf_check(out, e);
}

/* A count that cannot be more than the bytes that remain. */
static size_t count_get(struct cursor *c, size_t max)
{
	size_t n = cursor_u32(c);

	if (n > max || n > c->rest.n) {
		c->bad = true;
		return 0;
	}
	return n;
}

/* A list and what finds its words; places is NULL when there is no memory. */
static struct word_list words_get(struct arena *a, struct cursor *c)
{
	struct word_list l = {.name = cursor_bytes(c), .begins = arena_zero(a, 256, sizeof *l.begins)};
	uint32_t *places;

	l.n = count_get(c, UINT32_MAX / 4);
	for (l.n_places = 4; l.n_places < 2 * l.n; l.n_places *= 2)
		;
	places = arena_zero(a, l.n_places, sizeof *places);
	if (l.begins == NULL || places == NULL || (l.v = arena_zero(a, l.n + 1, sizeof *l.v)) == NULL)
		return l;
	for (size_t i = 0; i < l.n; i++) {
		size_t at;

		l.v[i] = cursor_bytes(c);
		if (l.v[i].n > 0) {
			unsigned char last = l.v[i].p[l.v[i].n - 1];

			l.begins[l.v[i].p[0]] |= UINT32_C(1) << (l.v[i].n < 31 ? l.v[i].n : 31);
			l.ends[last / 64] |= (uint64_t)(l.v[i].p[0] == '*') << last % 64;
		}
		for (at = span_hash_word(l.v[i]); places[at & (l.n_places - 1)] != 0;)
			at++;
		places[at & (l.n_places - 1)] = (uint32_t)(i + 1);
	}
	l.places = places;
	return l;
}

enum errc rules_unpack(struct arena *a, span packed, struct rule_set **out, struct err *e)
{
	struct cursor c = cursor_of(packed);
	struct rule_set *set = arena_zero(a, 1, sizeof *set);

	if (set == NULL)
		return err_memory(e);
	if (!span_eq(cursor_bytes(&c), MAGIC))
		return err_set(e, ERR_USAGE, "not a packed rule set");
	set->n_words = count_get(&c, UINT16_MAX - 1);
	if ((set->words = arena_zero(a, set->n_words + 1, sizeof *set->words)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < set->n_words; i++)
		if ((set->words[i] = words_get(a, &c)).places == NULL)
			return err_memory(e);
	set->n_rules = count_get(&c, LIMIT_RULES);
	if ((set->rules = arena_zero(a, set->n_rules + 1, sizeof *set->rules)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < set->n_rules; i++) {
		rule_get(&c, set, &set->rules[i]);
		if (set->rules[i].needs_rule != NO_RULE && set->rules[i].needs_rule >= set->n_rules)
			c.bad = true;
	}
	set->n_anchors = count_get(&c, SIZE_MAX);
	if ((set->anchors = arena_zero(a, set->n_anchors + 1, sizeof *set->anchors)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < set->n_anchors; i++) {
		struct anchor *n = &set->anchors[i];
		uint8_t bits;

		n->text = cursor_bytes(&c);
		n->rule = (uint16_t)cursor_u32(&c);
		bits = cursor_u8(&c);
		n->fold = bits & 1;
		n->word_start = bits & 2;
		n->word_end = bits & 4;
		n->first = bits & 8;
		if (n->rule >= set->n_rules || n->text.n < 2 || n->text.n > 2 * LIMIT_RULE_ANCHOR)
			c.bad = true;
	}
	if (!cursor_done(&c))
		return err_set(e, ERR_USAGE, "a packed rule set that is cut or damaged");
	*out = set;
	return OK;
}
