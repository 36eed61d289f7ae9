#include "base/limits.h"
#include "stream/json-read.h"

/* Depth and names below n, which is at that depth (from 1). The depth is bounded, so the recursion is. */
static const char *wrong(const struct json_node *n, unsigned depth)
{
	const char *why = NULL;

	if (depth > LIMIT_JSON_STRICT_DEPTH)
		return "nested too deeply";
	if (n->type == JSON_OBJECT && n->n > LIMIT_JSON_STRICT_MEMBERS)
		return "an object with too many members";
	for (const struct json_node *c = n->child; c != NULL && why == NULL; c = c->next) {
		for (const struct json_node *d = n->child; n->type == JSON_OBJECT && d != c; d = d->next)
			if (span_eq(c->key, d->key))
				return "a member stands twice";
		if (c->type == JSON_ARRAY || c->type == JSON_OBJECT)
			why = wrong(c, depth + 1);
	}
	return why;
}

enum errc json_read_strict(struct arena *a, span s, struct json_node **out, struct err *e)
{
	unsigned problems = 0;
	const char *why;
	size_t used;
	enum errc rc;

	if ((rc = json_read(a, s, out, &used, &problems, e)) != OK)
		return rc == ERR_LIMIT ? err_set(e, ERR_EVIDENCE, "not strict JSON: too many values") : rc;
	while (used < s.n && (s.p[used] == ' ' || s.p[used] == '\n' || s.p[used] == '\r' || s.p[used] == '\t'))
		used++;
	if (used != s.n)
		return err_set(e, ERR_EVIDENCE, "not strict JSON: something stands behind the value");
	if (problems != 0)
		return err_set(e, ERR_EVIDENCE, "not strict JSON: not as RFC 8259 has it");
	if ((why = wrong(*out, 1)) != NULL)
		return err_set(e, ERR_EVIDENCE, "not strict JSON: %s", why);
	return OK;
}

const struct json_node *json_member(const struct json_node *n, const char *name)
{
	if (n == NULL || n->type != JSON_OBJECT)
		return NULL;
	for (const struct json_node *c = n->child; c != NULL; c = c->next)
		if (span_eq(c->key, span_str(name)))
			return c;
	return NULL;
}

bool json_only(const struct json_node *n, const char *const names[])
{
	if (n == NULL || n->type != JSON_OBJECT)
		return false;
	for (const struct json_node *c = n->child; c != NULL; c = c->next)
		if (!span_is_one_of(c->key, names))
			return false;
	return true;
}
