/* Of the places that rules found in one text: which stay, and what is written beside them. */
#include <stdlib.h>

#include "base/bisect.h"
#include "scan/private.h"

/* By place; of equal places the better first. */
static int hit_order(const void *va, const void *vb)
{
	const struct hit *a = va, *b = vb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static bool better(const struct rule_set *set, const struct hit *a, const struct hit *b)
{
	const struct rule *ra = &set->rules[a->rule], *rb = &set->rules[b->rule];

	if (ra->rank != rb->rank)
		return ra->rank > rb->rank;
	if (a->certainty != b->certainty)
		return a->certainty > b->certainty;
	return ra->severity > rb->severity;
}

/* Two secrets side by side: one of them may look like a host name, and hosts are written down. */
static void hosts_settle(struct hit *hits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct hit *h = &hits[i];
		size_t low;

		/* The first hit that ends behind the start of the host. */
		BISECT(low, n, hits[low].at + hits[low].n <= h->host_at);
		if (h->host_n > 0 && low < n && hits[low].key_at < h->host_at + h->host_n &&
		    h->host_at < hits[low].key_at + hits[low].key_n)
			h->host_n = 0;
	}
}

static bool overlap(const struct hit *a, const struct hit *b)
{
	return a->at < b->at + b->n && b->at < a->at + a->n;
}

/* Behind the hits from `from` on that hang together by overlapping; *best: of them. What went has no length. */
static size_t group_end(const struct rule_set *set, const struct hit *hits, size_t from, size_t n_hits, size_t *best, size_t *n)
{
	size_t end = hits[from].at + hits[from].n, to = from;

	*best = from;
	for (*n = 0; to < n_hits && (hits[to].n == 0 || to == from || hits[to].at < end); to++) {
		if (hits[to].n == 0)
			continue;
		if (hits[to].at + hits[to].n > end)
			end = hits[to].at + hits[to].n;
		if (to != from && better(set, &hits[to], &hits[*best]))
			*best = to;
		++*n;
	}
	return to;
}

/* The first cell of a row whose code stands in another one, below the head of its column: the extension before its PIN */
static bool is_beside_code(const struct rule_set *set, span text, const struct hit *hits, size_t n, size_t i)
{
	span line = line_of(text, hits[i].at);
	size_t begin = (size_t)(line.p - text.p);

	for (size_t at = begin; at < hits[i].at; at++)
		if (!is_blank(text.p[at]) && text.p[at] != '|' && text.p[at] != '>')
			return false;
	for (size_t k = i + 1; k < n && hits[k].at < begin + line.n; k++)
		if (set->rules[hits[k].rule].shape == SHAPE_TABLE && set->rules[hits[k].rule].class == set->rules[hits[i].rule].class)
			return true;
	return false;
}

/* Codes told in sentences that a table tells better. */
static size_t told_settle(const struct rule_set *set, span text, struct hit *hits, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (set->rules[hits[i].rule].shape != SHAPE_TOLD_CODE || !is_beside_code(set, text, hits, n, i))
			hits[kept++] = hits[i];
	return kept;
}

/* Of hits that overlap the best stays, then the best of those that it leaves: one that is beaten takes nobody with it. */
size_t hits_settle(const struct rule_set *set, span text, struct hit *hits, size_t n_hits)
{
	size_t n = 0, in_group, best;

	if (n_hits > 1)
		qsort(hits, n_hits, sizeof *hits, hit_order);
	for (size_t from = 0, to; from < n_hits;) {
		if (hits[from].n == 0) {
			from++;
			continue;
		}
		to = group_end(set, hits, from, n_hits, &best, &in_group);
		if (in_group == 1) {
			hits[n++] = hits[from];
			from = to;
			continue;
		}
		for (size_t i = from; i < to; i++)
			if (i != best && overlap(&hits[best], &hits[i]))
				hits[i].n = 0;
	}
	n = told_settle(set, text, hits, n);
	hosts_settle(hits, n);
	return n;
}
