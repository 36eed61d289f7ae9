/* Every rule against its own examples. */
#include "scan/private.h"

static enum errc example_test(struct engine *en, const struct rule_set *set, size_t rule, const struct example *x,
    struct err *e)
{
	const struct rule_source *src = &set->sources[rule];
	const struct rule *r = &set->rules[rule];
	span seen = SPAN_EMPTY;
	struct hits hits;
	enum errc rc;

	engine_only(en, rule);
	rc = engine_detect(en, x->text, &hits, e);
	if (rc != OK)
		return rc;
	if (hits.given_up)
		return err_set(e, ERR_USAGE, "%s:%u: %.*s: its pattern takes too many steps at an example", src->file, x->line,
		    (int)r->id.n, (const char *)r->id.p);
	for (size_t i = 0; i < hits.n; i++) {
		seen = span_sub(x->text, hits.v[i].at, hits.v[i].n);
		if (x->match && span_eq(seen, x->value))
			return OK;
	}
	if (x->match && seen.n > 0)
		return err_set(e, ERR_USAGE, "%s:%u: %.*s: the value found is \"%.*s\", not \"%.*s\"", src->file, x->line,
		    (int)r->id.n, (const char *)r->id.p, (int)seen.n, (const char *)seen.p, (int)x->value.n,
		    (const char *)x->value.p);
	if (x->match)
		return err_set(e, ERR_USAGE, "%s:%u: %.*s: its example does not match", src->file, x->line, (int)r->id.n,
		    (const char *)r->id.p);
	if (seen.n > 0)
		return err_set(e, ERR_USAGE, "%s:%u: %.*s: its counter-example matches: \"%.*s\"", src->file, x->line,
		    (int)r->id.n, (const char *)r->id.p, (int)seen.n, (const char *)seen.p);
	return OK;
}

enum errc rules_test(const struct rule_set *set, span packed, size_t *n, struct buf *all, struct err *e)
{
	struct engine *en = NULL;
	struct err first = {0};
	enum errc rc = engine_open(&en, packed, e);

	*n = 0;
	if (rc == OK)
		rc = engine_compile(en, e);
	for (size_t i = 0; i < set->n_rules && rc == OK; i++)
		for (size_t k = 0; k < set->sources[i].n_examples && rc == OK; k++) {
			if ((rc = example_test(en, set, i, &set->sources[i].examples[k], e)) == OK)
				++*n;
			if (rc != ERR_USAGE || all == NULL)
				continue;
			buf_printf(all, "%s\n", e->text);
			if (first.code == OK)
				first = *e;
			rc = OK;
		}
	engine_close(en);
	if (rc != OK || first.code == OK)
		return rc;
	*e = first;
	return first.code;
}
