/* Of the places that rules found in one text: which stay, and what is written beside them. */
#include <stdlib.h>

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
		size_t low = 0, high = n;

		/* The first hit that ends behind the start of the host. */
		while (low < high) {
			size_t mid = low + (high - low) / 2;

			if (hits[mid].at + hits[mid].n > h->host_at)
				high = mid;
			else
				low = mid + 1;
		}
		if (h->host_n > 0 && low < n && hits[low].key_at < h->host_at + h->host_n &&
		    h->host_at < hits[low].key_at + hits[low].key_n)
			h->host_n = 0;
	}
}

/* Of hits that overlap one stays. */
size_t hits_settle(const struct rule_set *set, struct hit *hits, size_t n_hits)
{
	size_t n = 0;

	if (n_hits > 1)
		qsort(hits, n_hits, sizeof *hits, hit_order);
	for (size_t i = 0; i < n_hits; i++) {
		struct hit *h = &hits[i];
		bool keep = true;

		while (keep && n > 0 && h->at < hits[n - 1].at + hits[n - 1].n) {
			if (better(set, h, &hits[n - 1]))
				n--;
			else
				keep = false;
		}
		if (keep)
			hits[n++] = *h;
	}
	hosts_settle(hits, n);
	return n;
}
