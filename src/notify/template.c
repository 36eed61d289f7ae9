#include "notify/template.h"

#include "base/limits.h"

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERSE };

struct node {
	enum node_kind kind;
	unsigned line;
	span text;          /* literal text, or the name */
	struct node *first; /* of a section */
	struct node *next;
};

struct template {
	const char *file;
	struct node *first;
};

struct parser {
	struct arena *a;
	const char *file;
	span rest;
	unsigned line;
	bool fresh; /* nothing but blanks since the line began */
};

static int printed(span s) { return s.n < 60 ? (int)s.n : 60; }

static bool is_name(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	return s.n != 0;
}

static enum errc node_new(struct parser *p, struct node ***tail, struct node n, struct node **out, struct err *e)
{
	if ((*out = arena_alloc(p->a, sizeof **out)) == NULL)
		return err_memory(e);
	**out = n;
	**tail = *out;
	*tail = &(*out)->next;
	return OK;
}

static unsigned lines_in(span s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* The blanks at the end of s when they are all that its last line has; fresh: s begins where only blanks stood. */
static bool ends_fresh(span s, bool fresh, size_t *blanks)
{
	size_t at = s.n;

	while (at != 0 && (s.p[at - 1] == ' ' || s.p[at - 1] == '\t'))
		at--;
	*blanks = s.n - at;
	return at == 0 ? fresh : s.p[at - 1] == '\n';
}

/* Takes the rest of the line off when it is blank. */
static bool skip_blank_line(struct parser *p)
{
	size_t at = 0;

	while (at < p->rest.n && (p->rest.p[at] == ' ' || p->rest.p[at] == '\t' || p->rest.p[at] == '\r'))
		at++;
	if (at < p->rest.n && p->rest.p[at] != '\n')
		return false;
	p->line += at < p->rest.n;
	p->rest = span_from(p->rest, at + 1);
	return true;
}

/*
 * The text up to the next tag and the tag: its mark ('#', '^', '/' or 0) and name. *tag is false at the end. A section
 * tag alone on its line takes the line with it.
 */
static enum errc piece(struct parser *p, span *text, bool *tag, unsigned char *mark, span *name, struct err *e)
{
	size_t open = span_find(p->rest, SPAN_LIT("{{")), close, blanks;

	*text = span_first(p->rest, open);
	*tag = open < p->rest.n;
	p->rest = span_from(p->rest, open);
	p->line += lines_in(*text);
	if (!*tag)
		return OK;
	p->fresh = ends_fresh(*text, p->fresh, &blanks);
	p->rest = span_from(p->rest, 2);
	close = span_find(p->rest, SPAN_LIT("}}"));
	*name = span_first(p->rest, close);
	if (close == p->rest.n || span_find_byte(*name, '\n') != name->n)
		return err_set(e, ERR_USAGE, "%s:%u: {{ without }} on its line", p->file, p->line);
	p->rest = span_from(p->rest, close + 2);
	*mark = name->n != 0 && (name->p[0] == '#' || name->p[0] == '^' || name->p[0] == '/') ? name->p[0] : 0;
	*name = span_trim(span_from(*name, *mark != 0));
	if (!is_name(*name))
		return err_set(e, ERR_USAGE, "%s:%u: \"%.*s\" is no name", p->file, p->line, printed(*name),
		    (const char *)name->p);
	if (*mark == 0)
		p->fresh = false;
	return OK;
}

/* Nodes up to the closing tag of `section` (NULL: up to the end). */
static enum errc nodes(struct parser *p, const struct node *section, unsigned depth, struct node **first, struct err *e)
{
	struct node **tail = first, *n;
	unsigned char mark = 0;
	span text, name;
	enum errc rc;
	bool tag;

	*first = NULL;
	for (;;) {
		unsigned line = p->line, at;
		size_t blanks;

		if ((rc = piece(p, &text, &tag, &mark, &name, e)) != OK)
			return rc;
		at = p->line;
		if (tag && mark != 0 && p->fresh && skip_blank_line(p)) {
			(void)ends_fresh(text, true, &blanks);
			text = span_first(text, text.n - blanks);
		} else if (tag) {
			p->fresh = false;
		}
		if (text.n != 0 && (rc = node_new(p, &tail, (struct node){NODE_TEXT, line, text, NULL, NULL}, &n, e)) != OK)
			return rc;
		if (!tag)
			return section == NULL ? OK
					       : err_set(e, ERR_USAGE, "%s:%u: section \"%.*s\" is not closed", p->file,
					             section->line, printed(section->text), (const char *)section->text.p);
		if (mark == '/') {
			if (section == NULL || !span_eq(name, section->text))
				return err_set(e, ERR_USAGE, "%s:%u: {{/%.*s}} closes nothing that is open", p->file, at,
				    printed(name), (const char *)name.p);
			return OK;
		}
		if ((rc = node_new(p, &tail, (struct node){mark == '#' ? NODE_SECTION : mark == '^' ? NODE_INVERSE : NODE_VALUE,
		         at, name, NULL, NULL}, &n, e)) != OK)
			return rc;
		if (mark == 0)
			continue;
		if (depth >= LIMIT_TEMPLATE_DEPTH)
			return err_set(e, ERR_USAGE, "%s:%u: sections nested deeper than %d", p->file, at, LIMIT_TEMPLATE_DEPTH);
		if ((rc = nodes(p, n, depth + 1, &n->first, e)) != OK)
			return rc;
	}
}

enum errc template_parse(struct arena *a, span text, const char *file, unsigned line, struct template **out,
    struct err *e)
{
	struct parser p = {.a = a, .file = file, .rest = text, .line = line, .fresh = true};

	*out = NULL;
	if (text.n > LIMIT_TEMPLATE_BYTES)
		return err_set(e, ERR_USAGE, "%s: larger than %zu bytes", file, LIMIT_TEMPLATE_BYTES);
	if ((*out = arena_zero(a, 1, sizeof **out)) == NULL)
		return err_memory(e);
	(*out)->file = file;
	return nodes(&p, NULL, 0, &(*out)->first, e);
}

/* The sections around a node, innermost first. */
struct around { span name; const struct around *outer; };

static bool known(span name, const struct around *in, const struct template_name *names)
{
	for (; names->name != NULL; names++) {
		if (!span_eq(name, span_str(names->name)))
			continue;
		if (names->within == NULL)
			return true;
		for (const struct around *s = in; s != NULL; s = s->outer)
			if (span_eq(s->name, span_str(names->within)))
				return true;
	}
	return false;
}

static enum errc check(const struct template *t, const struct node *n, const struct around *in,
    const struct template_name *names, struct err *e)
{
	enum errc rc = OK;

	for (; n != NULL && rc == OK; n = n->next) {
		/* Nothing of a list is there where it is empty. */
		struct around here = {n->kind == NODE_SECTION ? n->text : SPAN_EMPTY, in};

		if (n->kind != NODE_TEXT && !known(n->text, in, names))
			return err_set(e, ERR_USAGE, "%s:%u: \"%.*s\" is not known here", t->file, n->line, printed(n->text),
			    (const char *)n->text.p);
		/* A list within itself would go out to the power of its depth. */
		for (const struct around *s = in; s != NULL && n->kind == NODE_SECTION; s = s->outer)
			if (span_eq(s->name, n->text))
				return err_set(e, ERR_USAGE, "%s:%u: section \"%.*s\" stands within itself", t->file, n->line,
				    printed(n->text), (const char *)n->text.p);
		rc = check(t, n->first, &here, names, e);
	}
	return rc;
}

enum errc template_check(const struct template *t, const struct template_name *names, struct err *e)
{
	return check(t, t->first, NULL, names, e);
}

static const struct template_var *lookup(const struct template_scope *s, span name)
{
	for (; s != NULL; s = s->outer)
		for (size_t i = 0; i < s->n; i++)
			if (span_eq(name, span_str(s->vars[i].name)))
				return &s->vars[i];
	return NULL;
}

/* "of Harbour Inc" ends a sentence with a full stop; "of Harbour Inc." has it already. */
static span behind(const struct buf *out, span text)
{
	const bool stopped = out->n != 0 && out->p[out->n - 1] == '.';

	return span_from(text, stopped && span_starts(text, SPAN_LIT(".")) && !span_starts(text, SPAN_LIT("..")) ? 1 : 0);
}

static enum errc write_nodes(const struct template *t, const struct node *n, const struct template_scope *s,
    struct buf *out, struct err *e)
{
	enum errc rc = OK;

	for (; n != NULL && rc == OK; n = n->next) {
		const struct template_var *v = NULL;
		bool full;

		if (n->kind == NODE_TEXT) {
			buf_put(out, behind(out, n->text));
			continue;
		}
		if ((v = lookup(s, n->text)) == NULL)
			return err_set(e, ERR_USAGE, "%s:%u: \"%.*s\" is not known here", t->file, n->line, printed(n->text),
			    (const char *)n->text.p);
		full = v->text.n != 0 || v->n != 0;
		switch (n->kind) {
		case NODE_TEXT:
			break;
		case NODE_VALUE:
			if (v->text.n == 0)
				return err_set(e, ERR_USAGE, "%s:%u: \"%s\" has no value here", t->file, n->line, v->name);
			buf_put(out, v->text);
			break;
		case NODE_INVERSE:
			if (!full)
				rc = write_nodes(t, n->first, s, out, e);
			break;
		case NODE_SECTION:
			if (v->n == 0 && full)
				rc = write_nodes(t, n->first, s, out, e);
			for (size_t i = 0; i < v->n && rc == OK; i++) {
				struct template_scope in = v->v[i];

				in.outer = s;
				rc = write_nodes(t, n->first, &in, out, e);
			}
			break;
		}
	}
	return rc;
}

enum errc template_write(const struct template *t, const struct template_scope *s, struct buf *out, struct err *e)
{
	enum errc rc = write_nodes(t, t->first, s, out, e);

	return rc != OK ? rc : buf_check(out, e);
}
