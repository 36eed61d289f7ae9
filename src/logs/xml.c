/*
 * XML of three kinds, record by record, as objects of strings and lists: what Exchange sends for New-MailboxAuditLogSearch and
 * New-AdminAuditLogSearch (<SearchResults><Event A="...">, Microsoft, "Administrator audit log structure"), what PowerShell's
 * Export-Clixml makes of any records ([MS-PSRP] 2.2.5): objects whose members carry their name in N, and results of a search in Splunk
 * (<results><result><field k="..."><value><text>).
 */
#include "base/digest.h"
#include "base/utf8.h"
#include "logs/private.h"
#include "stream/xml.h"

struct tag { span name; span attributes; size_t end; bool closes, is_empty; };

struct reading { struct arena *a; span s; size_t at; uint32_t nodes; bool cut, no_memory, too_many; };

/* The tag at s.p[at] == '<'; comments, processing instructions and declarations have an empty name. False: it does not end. */
static bool tag_at(span s, size_t at, struct tag *t)
{
	span rest = span_from(s, at);
	size_t i = 1, n;

	*t = (struct tag){0};
	if (span_starts(rest, SPAN_LIT("<!--")) || span_starts(rest, SPAN_LIT("<?")) || span_starts(rest, SPAN_LIT("<!"))) {
		span end = span_starts(rest, SPAN_LIT("<!--")) ? SPAN_LIT("-->") : SPAN_LIT(">");

		n = span_find(rest, end);
		t->end = at + n + end.n;
		return n < rest.n;
	}
	t->closes = rest.n > 1 && rest.p[1] == '/';
	i += t->closes;
	for (n = i; n < rest.n && !ascii_is_space(rest.p[n]) && rest.p[n] != '>' && rest.p[n] != '/';)
		n++;
	t->name = span_sub(rest, i, n - i);
	for (i = n; i < rest.n && rest.p[i] != '>' && rest.p[i] != '<'; i++)
		if (rest.p[i] == '"' || rest.p[i] == '\'')
			i += 1 + span_find_byte(span_from(rest, i + 1), rest.p[i]);
	if (i >= rest.n || rest.p[i] != '>')
		return false;
	t->is_empty = rest.p[i - 1] == '/';
	t->attributes = span_sub(rest, n, i - t->is_empty - n);
	t->end = at + i + 1;
	return true;
}

/* Where the first "_x000A_" of Export-Clixml stands, and the UTF-16 of it; s.n: there is none. */
static size_t clixml_escape(span s, uint32_t *c)
{
	unsigned char unit[2] = {0};
	size_t at = 0;

	while ((at += span_find(span_from(s, at), SPAN_LIT("_x"))) < s.n &&
	       (s.n - at < 7 || s.p[at + 6] != '_' || !hex_read(span_sub(s, at + 2, 4), unit, 2)))
		at++;
	*c = (uint32_t)unit[0] << 8 | unit[1];
	return at;
}

static span text_of(struct reading *r, span s)
{
	struct buf b;
	uint32_t c;
	size_t n;

	s = utf8_clean(r->a, s);
	if (span_find_byte(s, '&') == s.n && !span_has(s, SPAN_LIT("_x")))
		return s;
	buf_init(&b, LIMIT_LOG_RECORD_BYTES);
	while (s.n != 0) {
		n = clixml_escape(s, &c);
		xml_unescape(&b, span_first(s, n));
		if (n < s.n)
			utf8_put(&b, c < 0xd800 || c > 0xdfff ? c : 0xfffd);
		s = span_from(s, n + 7);
	}
	s = arena_copy(r->a, buf_span(&b));
	r->no_memory = r->no_memory || b.failed || s.p == NULL;
	buf_free(&b);
	return s;
}

static struct json_node *node_new(struct reading *r, enum json_type type, span key)
{
	struct json_node *n;

	if (r->nodes++ >= LIMIT_JSON_NODES) {
		r->too_many = true;
		return NULL;
	}
	if ((n = arena_zero(r->a, 1, sizeof *n)) == NULL) {
		r->no_memory = true;
		return NULL;
	}
	n->type = type;
	n->key = key;
	return n;
}

struct members { struct json_node *of, *last; };

static void put(struct members *m, struct json_node *n)
{
	if (n == NULL)
		return;
	*(m->last == NULL ? &m->of->child : &m->last->next) = n;
	m->last = n;
	m->of->n++;
}

/* The next NAME="value"; false at the end. */
static bool attribute(span *s, span *name, span *value)
{
	size_t n = 0, end;

	*s = span_trim(*s);
	while (n < s->n && s->p[n] != '=' && !ascii_is_space(s->p[n]))
		n++;
	*name = span_first(*s, n);
	*s = span_trim(span_from(*s, n));
	if (name->n == 0 || s->n < 2 || s->p[0] != '=')
		return false;
	*s = span_trim(span_from(*s, 1));
	if (s->n == 0 || (s->p[0] != '"' && s->p[0] != '\''))
		return false;
	end = span_find_byte(span_from(*s, 1), s->p[0]);
	*value = span_sub(*s, 1, end);
	*s = span_from(*s, end + 2);
	return true;
}

/* Of PowerShell: what only holds members, or elements; what says nothing here. */
static const char *const holders[] = {"Props", "MS", "LST", "IE", "STK", "QUE", "DCT", NULL};
static const char *const silent[] = {"TN", "TNRef", "Ref", "Nil", NULL};

static struct json_node *element(struct reading *r, const struct tag *open, bool top, unsigned depth);
static span contents(struct reading *r, const struct tag *open, struct members *m, unsigned depth);

static void held(struct reading *r, const struct tag *t, struct members *m, unsigned depth)
{
	struct json_node other = {.type = JSON_OBJECT};
	struct members of_list = {&other, NULL};

	if (m->of->type == JSON_ARRAY && m->of->n != 0) /* members of a list: Count and the like */
		m = &of_list;
	(void)contents(r, t, m, depth + 1);
}

static void child(struct reading *r, const struct tag *t, struct members *m, unsigned depth, span *text)
{
	struct json_node *n = element(r, t, false, depth + 1);

	if (n == NULL || span_is_one_of_nocase(t->name, silent))
		return;
	if (span_eq(t->name, SPAN_LIT("ToString"))) {
		*text = n->text;
		return;
	}
	if (!span_eq(n->key, t->name)) /* it has a name of its own */
		m->of->type = JSON_OBJECT;
	put(m, n);
}

/* What stands between an element's tags, into m; its text, when there is any before the first of its elements, or what stands for it. */
static span contents(struct reading *r, const struct tag *open, struct members *m, unsigned depth)
{
	size_t from = r->at;
	span text = SPAN_EMPTY, data;
	bool first = true;
	struct tag t;

	while (!r->cut && !r->no_memory && !r->too_many) {
		r->at += span_find_byte(span_from(r->s, r->at), '<');
		if (first)
			text = text_of(r, span_sub(r->s, from, r->at - from));
		first = false;
		data = span_from(r->s, r->at);
		if (span_starts(data, SPAN_LIT("<![CDATA["))) {
			text = utf8_clean(r->a, span_sub(data, 9, span_find(span_from(data, 9), SPAN_LIT("]]>"))));
			r->at += 9 + text.n + 3;
			r->cut = r->at > r->s.n;
			continue;
		}
		if (data.n == 0 || !tag_at(r->s, r->at, &t) || (span_eq(t.name, SPAN_LIT("Event")) && !t.closes) ||
		    (t.closes && !span_eq(t.name, open->name))) {
			r->cut = true;
			break;
		}
		r->at = t.end;
		if (t.closes)
			break;
		if (span_is_one_of_nocase(t.name, holders) && !t.is_empty)
			held(r, &t, m, depth);
		else if (t.name.n != 0)
			child(r, &t, m, depth, &text);
	}
	return text;
}

/* Its attributes as members. N names the element itself. */
static void attributes(struct reading *r, const struct tag *open, struct members *m)
{
	span rest = open->attributes, name, value;

	while (attribute(&rest, &name, &value)) {
		struct json_node *n;

		if (span_eq(name, SPAN_LIT("N"))) {
			m->of->key = text_of(r, value);
		} else if (!span_eq(name, SPAN_LIT("RefId")) && !span_starts(name, SPAN_LIT("xml")) &&
		           (n = node_new(r, JSON_STRING, text_of(r, name))) != NULL) {
			n->text = text_of(r, value);
			put(m, n);
		}
	}
}

/* A text of Splunk's, in which the words that were searched for are marked. */
static struct json_node *marked_text(struct reading *r, const struct tag *open)
{
	struct json_node *n = node_new(r, JSON_STRING, SPAN_EMPTY);
	struct buf b;
	struct tag t = {0};

	buf_init(&b, LIMIT_LOG_RECORD_BYTES);
	while (n != NULL && !(t.closes && span_eq(t.name, open->name))) {
		size_t at = r->at + span_find_byte(span_from(r->s, r->at), '<');

		buf_put(&b, text_of(r, span_sub(r->s, r->at, at - r->at)));
		r->cut = r->cut || at >= r->s.n || !tag_at(r->s, at, &t);
		if (r->cut)
			break;
		r->at = t.end;
	}
	if (n != NULL && (n->text = arena_copy(r->a, buf_span(&b))).p == NULL)
		r->no_memory = true;
	r->no_memory = r->no_memory || b.failed;
	buf_free(&b);
	return n;
}

/* A field of Splunk's, which has its name in k: a text, or a list of them. */
static struct json_node *splunk_field(struct reading *r, const struct tag *open)
{
	static const char *const texts[] = {"text", "v", NULL};
	struct json_node *n = node_new(r, JSON_ARRAY, SPAN_EMPTY);
	struct members m = {n, NULL};
	span rest = open->attributes, name, value;
	struct tag t = {0};

	while (n != NULL && attribute(&rest, &name, &value))
		if (span_eq(name, SPAN_LIT("k")))
			n->key = text_of(r, value);
	while (n != NULL && !open->is_empty && !r->no_memory && !r->too_many && !(t.closes && span_eq(t.name, open->name))) {
		r->at += span_find_byte(span_from(r->s, r->at), '<');
		r->cut = r->cut || r->at >= r->s.n || !tag_at(r->s, r->at, &t) || (span_eq(t.name, SPAN_LIT("result")) && !t.closes);
		if (r->cut)
			break;
		r->at = t.end;
		if (!t.closes && !t.is_empty && span_is_one_of_nocase(t.name, texts))
			put(&m, marked_text(r, &t));
	}
	if (n != NULL && n->n == 1 && !r->no_memory) {
		n->type = JSON_STRING;
		n->text = n->child->text;
		n->child = NULL;
		n->n = 0;
	}
	return n;
}

static struct json_node *splunk_result(struct reading *r, const struct tag *open)
{
	struct json_node *n = node_new(r, JSON_OBJECT, SPAN_EMPTY);
	struct members m = {n, NULL};
	struct tag t = {0};

	while (n != NULL && !open->is_empty && !r->cut && !r->no_memory && !r->too_many && !(t.closes && span_eq(t.name, open->name))) {
		r->at += span_find_byte(span_from(r->s, r->at), '<');
		if (r->at >= r->s.n || !tag_at(r->s, r->at, &t) || (span_eq(t.name, open->name) && !t.closes)) {
			r->cut = true;
			break;
		}
		r->at = t.end;
		if (span_eq(t.name, SPAN_LIT("field")) && !t.closes)
			put(&m, splunk_field(r, &t));
	}
	return n;
}

/* A text where there is nothing else, a list where its elements have no names of their own and it has no attributes, else an object. */
static struct json_node *element(struct reading *r, const struct tag *open, bool top, unsigned depth)
{
	struct json_node *n = node_new(r, JSON_OBJECT, text_of(r, open->name));
	struct members m = {n, NULL};
	span text;

	if (depth > LIMIT_JSON_DEPTH)
		r->too_many = true;
	if (n == NULL || r->too_many)
		return NULL;
	attributes(r, open, &m);
	if (n->n == 0 && !top)
		n->type = open->is_empty ? JSON_NULL : JSON_ARRAY;
	if (open->is_empty)
		return n;
	text = contents(r, open, &m, depth);
	/* <Obj N="LogonType"><ToString>Owner</ToString><I32>0</I32></Obj>: the word says more than the number. */
	if (!top && (n->n == 0 || (n->type == JSON_ARRAY && n->n == 1 && n->child->type == JSON_STRING && span_trim(text).n != 0))) {
		n->type = JSON_STRING;
		n->text = text;
		n->child = NULL;
		n->n = 0;
	}
	return n;
}

/* A list of objects is looked into: <Obj RefId="0"><TN>...</TN><LST><Obj ...>. */
static bool is_list(span s, size_t at)
{
	struct tag t;

	for (unsigned tags = 0; tags < 64; tags++) {
		at += span_find_byte(span_from(s, at), '<');
		if (at >= s.n || !tag_at(s, at, &t))
			return false;
		if (span_eq(t.name, SPAN_LIT("Props")) || span_eq(t.name, SPAN_LIT("MS")))
			return false;
		if (span_eq(t.name, SPAN_LIT("LST")) || span_eq(t.name, SPAN_LIT("IE")))
			return true;
		at = t.end;
	}
	return false;
}

static size_t next_record(span s, size_t at)
{
	while ((at += span_find_byte(span_from(s, at), '<')) < s.n && !span_starts(span_from(s, at), SPAN_LIT("<Event")) &&
	       !span_starts(span_from(s, at), SPAN_LIT("<Obj ")) && !span_starts(span_from(s, at), SPAN_LIT("<result ")))
		at++;
	return at;
}

bool xml_log_sniff(span s)
{
	s = span_trim(span_first(s, 4 * KIB));
	return s.n > 0 && s.p[0] == '<' && (span_has(s, SPAN_LIT("<SearchResults")) || span_has(s, SPAN_LIT("<Objs")) ||
	    (span_has(s, SPAN_LIT("<results ")) && span_has(s, SPAN_LIT("<meta>"))));
}

/* To the next record's tag; false at the end, or where something else stands, which raw is then. */
static bool to_record(struct xml_log *x, struct tag *t, struct raw *raw)
{
	static const char *const around[] = {"", "SearchResults", "Objs", "Obj", "LST", "IE", "TN", "TNRef", "results", "meta", "fieldOrder", "messages", NULL},
	    *const words[] = {"T", "ToString", "field", "msg", NULL};
	span s = x->file;
	size_t next;

	for (;; x->at = t->end) {
		while (x->at < s.n && ascii_is_space(s.p[x->at]))
			x->at++;
		if (x->at >= s.n)
			return false;
		*t = (struct tag){0};
		if (s.p[x->at] == '<' && tag_at(span_first(s, x->at + LIMIT_LOG_RECORD_BYTES), x->at, t)) {
			if (!t->closes && (span_eq(t->name, SPAN_LIT("Event")) || span_eq(t->name, SPAN_LIT("result")) || (span_eq(t->name, SPAN_LIT("Obj")) && !is_list(s, t->end))))
				return true;
			if (span_is_one_of_nocase(t->name, words) && !t->closes && !t->is_empty)
				t->end += span_find_byte(span_from(s, t->end), '<');
			if (span_is_one_of_nocase(t->name, around) || span_is_one_of_nocase(t->name, words))
				continue;
		}
		next = next_record(s, x->at + 1);
		*raw = (struct raw){.at = x->at, .n = next - x->at, .problems = LOG_ODD_SHAPE,
		    .reason = s.p[x->at] == '<' && t->end == 0 ? "the XML ends within a tag" : "text, or XML of another kind"};
		x->at = next;
		return false;
	}
}

enum errc xml_log_next(struct xml_log *x, struct arena *a, struct raw *raw, struct err *e)
{
	struct reading r = {.a = a};
	struct tag t;

	*raw = (struct raw){0};
	if (!to_record(x, &t, raw))
		return OK;
	raw->at = x->at;
	r.s = span_first(x->file, x->at + LIMIT_LOG_RECORD_BYTES);
	r.at = t.end;
	raw->node = span_eq(t.name, SPAN_LIT("result")) ? splunk_result(&r, &t) : element(&r, &t, true, 0);
	if (r.no_memory)
		return err_memory(e);
	if (r.cut || r.too_many) {
		r.at = next_record(x->file, t.end);
		raw->problems = r.too_many ? LOG_LIMITED : LOG_TRUNCATED;
		raw->reason = r.too_many ? "XML of too many elements, or too deep" : "the XML of the record is cut short";
	}
	if (raw->node != NULL && raw->node->child == NULL)
		raw->node = NULL;
	if (raw->node == NULL && raw->reason == NULL)
		raw->reason = "a record of which nothing is left";
	raw->n = r.at - raw->at;
	x->at = r.at;
	return OK;
}
