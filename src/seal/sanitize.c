#include "seal/sanitize.h"

#include <gumbo.h>
#include <setjmp.h>
#include <stdio.h>

#include "base/library.h"
#include "base/limits.h"

/* Elements within elements that are written; deeper ones give their text only. */
enum { DEPTH_MAX = 200 };
/* Rounds until parsing the output gives the output. Real mail needs two. */
enum { ROUNDS_MAX = 8 };

enum treat {
	DROP = 0,  /* with all that is in it */
	OPEN_UP,   /* its content stands for it */
	KEEP,
	KEEP_EMPTY /* has no content: br, hr */
};

/* What is not in this list is opened up, or dropped where its content is not text for a reader. */
static const struct { GumboTag tag; const char *open, *close; bool apart; } kept[] = {
	{GUMBO_TAG_P, "<p>", "</p>", true}, {GUMBO_TAG_DIV, "<div>", "</div>", true}, {GUMBO_TAG_SPAN, "<span>", "</span>", false},
	{GUMBO_TAG_B, "<b>", "</b>", false}, {GUMBO_TAG_STRONG, "<strong>", "</strong>", false},
	{GUMBO_TAG_I, "<i>", "</i>", false}, {GUMBO_TAG_EM, "<em>", "</em>", false}, {GUMBO_TAG_U, "<u>", "</u>", false},
	{GUMBO_TAG_S, "<s>", "</s>", false}, {GUMBO_TAG_SUB, "<sub>", "</sub>", false}, {GUMBO_TAG_SUP, "<sup>", "</sup>", false},
	{GUMBO_TAG_CODE, "<code>", "</code>", false}, {GUMBO_TAG_PRE, "<pre>", "</pre>", true},
	{GUMBO_TAG_BLOCKQUOTE, "<blockquote>", "</blockquote>", true},
	{GUMBO_TAG_UL, "<ul>", "</ul>", true}, {GUMBO_TAG_OL, "<ol>", "</ol>", true}, {GUMBO_TAG_LI, "<li>", "</li>", true},
	{GUMBO_TAG_DL, "<dl>", "</dl>", true}, {GUMBO_TAG_DT, "<dt>", "</dt>", true}, {GUMBO_TAG_DD, "<dd>", "</dd>", true},
	{GUMBO_TAG_H1, "<h1>", "</h1>", true}, {GUMBO_TAG_H2, "<h2>", "</h2>", true}, {GUMBO_TAG_H3, "<h3>", "</h3>", true},
	{GUMBO_TAG_H4, "<h4>", "</h4>", true}, {GUMBO_TAG_H5, "<h5>", "</h5>", true}, {GUMBO_TAG_H6, "<h6>", "</h6>", true},
	{GUMBO_TAG_TABLE, "<table>", "</table>", true}, {GUMBO_TAG_CAPTION, "<caption>", "</caption>", true},
	{GUMBO_TAG_THEAD, "<thead>", "</thead>", true}, {GUMBO_TAG_TBODY, "<tbody>", "</tbody>", true},
	{GUMBO_TAG_TFOOT, "<tfoot>", "</tfoot>", true}, {GUMBO_TAG_TR, "<tr>", "</tr>", true},
	{GUMBO_TAG_TH, "<th>", "</th>", true}, {GUMBO_TAG_TD, "<td>", "</td>", true},
	{GUMBO_TAG_BR, "<br>", NULL, true}, {GUMBO_TAG_HR, "<hr>", NULL, true},
};
static const GumboTag dropped[] = {
	GUMBO_TAG_HEAD, GUMBO_TAG_TITLE, GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_TEMPLATE, GUMBO_TAG_NOSCRIPT,
	GUMBO_TAG_NOEMBED, GUMBO_TAG_NOFRAMES, GUMBO_TAG_IFRAME, GUMBO_TAG_XMP, GUMBO_TAG_PLAINTEXT, GUMBO_TAG_TEXTAREA,
	GUMBO_TAG_SELECT, GUMBO_TAG_OBJECT, GUMBO_TAG_EMBED, GUMBO_TAG_APPLET, GUMBO_TAG_AUDIO, GUMBO_TAG_VIDEO, GUMBO_TAG_CANVAS,
	GUMBO_TAG_SVG, GUMBO_TAG_MATH, GUMBO_TAG_FRAMESET, GUMBO_TAG_FRAME, GUMBO_TAG_BASE, GUMBO_TAG_LINK, GUMBO_TAG_META,
	GUMBO_TAG_COLGROUP, GUMBO_TAG_COL, GUMBO_TAG_PARAM, GUMBO_TAG_SOURCE, GUMBO_TAG_TRACK, GUMBO_TAG_INPUT,
	GUMBO_TAG_KEYGEN, GUMBO_TAG_AREA, GUMBO_TAG_BGSOUND, GUMBO_TAG_ISINDEX,
};

static struct {
	__typeof__(gumbo_parse_with_options) *parse;
	__typeof__(gumbo_get_attribute) *attribute;
	const GumboOptions *defaults;
} gumbo;

static const struct library_name gumbo_names[] = {{"gumbo_parse_with_options", &gumbo.parse},
    {"gumbo_get_attribute", &gumbo.attribute}, {"kGumboDefaultOptions", &gumbo.defaults}};
static struct library gumbo_library = LIBRARY(SONAME_GUMBO, gumbo_names);

enum errc html_load(struct err *e) { return library_load(&gumbo_library, e); }

/* ---- memory: gumbo's comes from the arena, and ends the parse when there is no more ---------------------------- */

struct room { struct arena *a; size_t left; jmp_buf out; };

static void *room_alloc(void *ctx, size_t n)
{
	struct room *r = ctx;
	void *p = n <= r->left ? arena_alloc(r->a, n) : NULL;

	if (p == NULL)
		longjmp(r->out, 1);
	r->left -= n;
	return p;
}

static void room_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

/* Not inlined, so that nothing of the caller's lives across the jump. */
static __attribute__((noinline)) GumboOutput *parse(struct room *r, span in)
{
	GumboOptions o = *gumbo.defaults;

	o.allocator = room_alloc;
	o.deallocator = room_free;
	o.userdata = r;
	o.max_errors = 0;
	return setjmp(r->out) != 0 ? NULL : gumbo.parse(&o, (const char *)in.p, in.n);
}

/* ---- pieces --------------------------------------------------------------------------------------------------- */

static enum errc piece_add(struct arena *a, struct html_pieces *p, struct html_piece v, struct err *e)
{
	struct html_piece *more = arena_grow(a, p->v, p->n, &p->cap, sizeof *more, 256);

	if (more == NULL)
		return err_memory(e);
	p->v = more;
	p->v[p->n++] = v;
	return OK;
}

/* Without control characters but tab and line end. */
static enum errc put_text(struct arena *a, struct html_pieces *p, span s, struct err *e)
{
	unsigned char *t = arena_alloc(a, s.n);
	size_t n = 0;

	if (t == NULL)
		return err_memory(e);
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] >= 0x20 || s.p[i] == '\t' || s.p[i] == '\n') && s.p[i] != 0x7f)
			t[n++] = s.p[i];
	return n != 0 ? piece_add(a, p, (struct html_piece){.text = span_of(t, n)}, e) : OK;
}

static enum errc put_tag(struct arena *a, struct html_pieces *p, const char *tag, bool apart, struct err *e)
{
	return piece_add(a, p, (struct html_piece){.tag = tag, .apart = apart}, e);
}

static const char *attribute(const GumboElement *el, const char *name)
{
	const GumboAttribute *at = gumbo.attribute(&el->attributes, name);

	return at != NULL ? at->value : NULL;
}

/* "[image: alt]", " [href]": what an attribute said, as text. */
static enum errc put_said(struct arena *a, struct html_pieces *p, const char *before, const char *value, struct err *e)
{
	enum errc rc = put_text(a, p, span_str(before), e);

	if (rc == OK)
		rc = put_text(a, p, span_trim(span_str(value)), e);
	return rc == OK ? put_text(a, p, SPAN_LIT("]"), e) : rc;
}

/* colspan and rowspan as plain numbers; nothing else of any attribute is kept. */
static enum errc cell_tag(struct arena *a, const GumboElement *el, const char **tag, struct err *e)
{
	static const char *const names[] = {"colspan", "rowspan"};
	char text[64];
	int n = snprintf(text, sizeof text, "%.3s", *tag);

	for (size_t i = 0; i < 2; i++) {
		const char *v = attribute(el, names[i]);
		unsigned number = 0;

		for (; v != NULL && *v >= '0' && *v <= '9' && number < 10000; v++)
			number = 10 * number + (unsigned)(*v - '0');
		if (v != NULL && *v == '\0' && number > 1 && number <= 1000)
			n += snprintf(text + n, sizeof text - (size_t)n, " %s=\"%u\"", names[i], number);
	}
	if (n == 3)
		return OK;
	*tag = arena_printf(a, "%s>", text);
	return *tag != NULL ? OK : err_memory(e);
}

static enum treat treat_of(const GumboNode *node, size_t *which)
{
	const GumboElement *el = &node->v.element;

	if (node->type == GUMBO_NODE_TEMPLATE || el->tag_namespace != GUMBO_NAMESPACE_HTML)
		return DROP;
	for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
		if (el->tag == dropped[i])
			return DROP;
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (el->tag == kept[i].tag) {
			*which = i;
			return kept[i].close != NULL ? KEEP : KEEP_EMPTY;
		}
	return OPEN_UP;
}

/* Goes into an element: *enter says whether its children are walked. */
static enum errc open_element(struct arena *a, const GumboNode *node, unsigned *depth, struct html_pieces *out, bool *enter,
    struct err *e)
{
	const GumboElement *el = &node->v.element;
	const char *tag, *alt;
	size_t which = 0;
	enum errc rc = OK;

	*enter = false;
	if (el->tag == GUMBO_TAG_IMG) {
		alt = attribute(el, "alt");
		return put_said(a, out, alt != NULL && *alt != '\0' ? "[image: " : "[image", alt, e);
	}
	switch (treat_of(node, &which)) {
	case DROP:
		return OK;
	case KEEP_EMPTY:
		return put_tag(a, out, kept[which].open, true, e);
	case KEEP:
		tag = kept[which].open;
		if (el->tag == GUMBO_TAG_TD || el->tag == GUMBO_TAG_TH)
			rc = cell_tag(a, el, &tag, e);
		if (rc == OK && (*depth)++ < DEPTH_MAX)
			rc = put_tag(a, out, tag, kept[which].apart, e);
		break;
	case OPEN_UP:
		break;
	}
	*enter = true;
	return rc;
}

static enum errc close_element(struct arena *a, const GumboNode *node, unsigned *depth, struct html_pieces *out, struct err *e)
{
	const GumboElement *el = &node->v.element;
	const char *href;
	size_t which = 0;

	if (el->tag == GUMBO_TAG_A && (href = attribute(el, "href")) != NULL && *href != '\0')
		return put_said(a, out, " [", href, e);
	if (treat_of(node, &which) == KEEP && --*depth < DEPTH_MAX)
		return put_tag(a, out, kept[which].close, kept[which].apart, e);
	return OK;
}

static bool is_element(const GumboNode *n) { return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE; }

/* Down, across and up again without recursion: a tree may be as deep as the mail is long. */
static enum errc walk(struct arena *a, const GumboNode *root, struct html_pieces *out, struct err *e)
{
	const GumboNode *node = root;
	unsigned depth = 0;
	enum errc rc = OK;

	while (rc == OK) {
		bool enter = false;

		if (is_element(node))
			rc = open_element(a, node, &depth, out, &enter, e);
		else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE || node->type == GUMBO_NODE_CDATA)
			rc = put_text(a, out, span_str(node->v.text.text), e);
		if (rc == OK && enter && node->v.element.children.length != 0) {
			node = node->v.element.children.data[0];
			continue;
		}
		if (rc == OK && enter)
			rc = close_element(a, node, &depth, out, e);
		while (rc == OK && node != root) {
			const GumboNode *up = node->parent;

			if (node->index_within_parent + 1 < up->v.element.children.length) {
				node = up->v.element.children.data[node->index_within_parent + 1];
				break;
			}
			node = up;
			rc = close_element(a, node, &depth, out, e);
		}
		if (node == root)
			return rc;
	}
	return rc;
}

static enum errc once(struct arena *a, span in, struct html_pieces *out, struct err *e)
{
	struct room r = {.a = a, .left = LIMIT_SAFE_HTML_MEMORY};
	GumboOutput *tree = parse(&r, in);

	*out = (struct html_pieces){0};
	if (tree == NULL)
		return err_set(e, ERR_LIMIT, "HTML whose tree takes too much memory");
	return walk(a, tree->root, out, e);
}

enum errc html_safe(struct arena *a, span in, struct html_pieces *out, struct err *e)
{
	span was, now;
	enum errc rc;

	if (in.n > LIMIT_SAFE_HTML_BYTES)
		return err_set(e, ERR_LIMIT, "HTML of %zu bytes", in.n);
	if ((rc = once(a, in, out, e)) != OK || (rc = html_write(a, out, &was, e)) != OK)
		return rc;
	for (int round = 1; round < ROUNDS_MAX; round++) {
		if ((rc = once(a, was, out, e)) != OK || (rc = html_write(a, out, &now, e)) != OK || span_eq(was, now))
			return rc;
		was = now;
	}
	return err_set(e, ERR_EVIDENCE, "HTML that means something else each time it is parsed");
}

/* ---- out ------------------------------------------------------------------------------------------------------ */

enum errc html_flat(struct arena *a, const struct html_pieces *p, span *out, struct err *e)
{
	unsigned char *t;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->v[i].tag != NULL ? p->v[i].apart : p->v[i].text.n;
	if ((t = arena_alloc(a, n)) == NULL)
		return err_memory(e);
	*out = span_of(t, n);
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].tag != NULL) {
			if (p->v[i].apart)
				*t++ = '\n';
			continue;
		}
		if (p->v[i].text.n != 0)
			memcpy(t, p->v[i].text.p, p->v[i].text.n);
		t += p->v[i].text.n;
	}
	return OK;
}

/* text NULL: how long it would be. */
static size_t escape(span s, unsigned char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *as = s.p[i] == '&' ? "&amp;" : s.p[i] == '<' ? "&lt;" : s.p[i] == '>' ? "&gt;" : NULL;
		size_t k = as != NULL ? strlen(as) : 1;

		if (out != NULL)
			memcpy(out + n, as != NULL ? (const unsigned char *)as : s.p + i, k);
		n += k;
	}
	return n;
}

enum errc html_write(struct arena *a, const struct html_pieces *p, span *out, struct err *e)
{
	unsigned char *t = NULL;
	size_t n = 0;

	for (int writing = 0; writing < 2; writing++) {
		n = 0;
		for (size_t i = 0; i < p->n; i++) {
			const struct html_piece *v = &p->v[i];

			if (v->tag == NULL) {
				n += escape(v->text, writing ? t + n : NULL);
				continue;
			}
			if (writing)
				memcpy(t + n, v->tag, strlen(v->tag));
			n += strlen(v->tag);
			/* A parser passes over a line end right behind <pre>: one more keeps it. */
			if (strcmp(v->tag, "<pre>") == 0 && i + 1 < p->n && p->v[i + 1].tag == NULL && p->v[i + 1].text.n != 0 &&
			    p->v[i + 1].text.p[0] == '\n') {
				if (writing)
					t[n] = '\n';
				n++;
			}
		}
		if (!writing && (t = arena_alloc(a, n)) == NULL)
			return err_memory(e);
	}
	*out = span_of(t, n);
	return OK;
}
