/*
 * Records whose members a program made columns of: "events.0.parameters.1.name", "protoPayload.metadata.event[0].eventName",
 * "google_workspace.token.client.id". As the objects and lists that they were. Lists of one, as Elasticsearch has every value in "fields", are that one.
 */
#include "logs/private.h"

enum { MOST = 512, STEPS = 24 }; /* each member is looked for among those before it */

static struct json_node *child(struct making *m, struct json_node *of, span key)
{
	struct json_node **tail = &of->child;

	for (; *tail != NULL; tail = &(*tail)->next)
		if (span_eq((*tail)->key, key))
			return *tail;
	if ((*tail = arena_zero(m->a, 1, sizeof **tail)) == NULL) {
		m->no_memory = true;
		return NULL;
	}
	(*tail)->type = JSON_OBJECT;
	(*tail)->key = key;
	of->n++;
	return *tail;
}

/* The next step of a path: up to a dot or bracket. */
static span step_of(span *path)
{
	size_t n = 0, behind;
	span step;

	while (n < path->n && path->p[n] != '.' && path->p[n] != '[' && path->p[n] != ']')
		n++;
	step = span_first(*path, n);
	for (behind = n; behind < path->n && (path->p[behind] == '.' || path->p[behind] == '[' || path->p[behind] == ']');)
		behind++;
	*path = span_from(*path, behind);
	return step;
}

static bool is_number(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]))
			return false;
	return s.n > 0 && s.n < 6;
}

const struct json_node *json_alone(const struct json_node *n)
{
	return n != NULL && n->type == JSON_ARRAY && n->n == 1 && n->child->type != JSON_ARRAY && n->child->type != JSON_OBJECT ? n->child : n;
}

static bool is_path(span key)
{
	size_t dot = span_find_byte(key, '.');

	return dot > 0 && dot + 1 < key.n && span_find_byte(key, ' ') == key.n;
}

/* What has numbers for names is a list. */
static void lists(struct json_node *n)
{
	for (struct json_node *c = n->child; c != NULL; c = c->next) {
		bool numbers = c->type == JSON_OBJECT && c->child != NULL;

		for (const struct json_node *k = c->child; k != NULL && numbers; k = k->next)
			numbers = is_number(k->key);
		if (c->type != JSON_OBJECT)
			continue;
		lists(c);
		if (!numbers)
			continue;
		c->type = JSON_ARRAY;
		for (struct json_node *k = c->child; k != NULL; k = k->next)
			k->key = SPAN_EMPTY;
	}
}

const struct json_node *json_nested(struct making *m, const struct json_node *n)
{
	struct json_node *root = NULL, *at;
	size_t paths = 0, members = 0;

	for (const struct json_node *c = n->child; c != NULL; c = c->next)
		paths += is_path(c->key);
	if (paths == 0 || (root = arena_zero(m->a, 1, sizeof *root)) == NULL) {
		m->no_memory |= paths != 0;
		return NULL;
	}
	root->type = JSON_OBJECT;
	for (const struct json_node *c = n->child; c != NULL && !m->no_memory; c = c->next) {
		const struct json_node *v = json_alone(c);
		span path = c->key;
		size_t steps = 0;

		if (v->type == JSON_NULL || (v->type == JSON_STRING && v->text.n == 0))
			continue;
		if (members++ == MOST) {
			m->r->problems |= LOG_LIMITED;
			break;
		}
		for (at = root; at != NULL && path.n > 0 && steps < STEPS; steps++)
			at = child(m, at, is_path(c->key) ? step_of(&path) : c->key), path = is_path(c->key) ? path : SPAN_EMPTY;
		if (at == NULL || at == root || at->child != NULL || at->type != JSON_OBJECT)
			continue;
		*at = (struct json_node){.type = v->type, .n = v->n, .key = at->key, .text = v->text, .child = v->child, .next = at->next};
	}
	lists(root);
	return root;
}
