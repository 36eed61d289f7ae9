/* What the makers of records share: texts, pairs, items, folders, targets, times. */
#include "base/utf8.h"
#include "logs/private.h"

span making_text(const struct making *m, enum log_field f)
{
	span s = span_trim(json_text(m->f[f]));

	/* Words for nothing: of Azure's pipelines, of CSV exports, of Exchange. */
	if (span_eq_nocase(s, SPAN_LIT("<null>")) || span_eq_nocase(s, SPAN_LIT("null")))
		return SPAN_EMPTY;
	return s;
}

span making_first(const struct making *m, const enum log_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		span s = making_text(m, fields[i]);

		if (s.n != 0)
			return s;
	}
	return SPAN_EMPTY;
}

void making_problem(struct making *m, enum log_problem p, const char *reason)
{
	m->r->problems |= p;
	if (m->r->outcome == LOG_PARSED) {
		m->r->outcome = LOG_PARTIAL;
		m->r->reason = reason != NULL ? reason : log_problem_text(p);
	}
}

span making_copy(struct making *m, span s)
{
	span c = arena_copy(m->a, s);

	if (c.p == NULL)
		m->no_memory = true;
	return c.p != NULL ? c : SPAN_EMPTY;
}

/* *cut: it ends early; the tree is what stood before that. */
static const struct json_node *tree_of(struct making *m, const struct json_node *n, bool *cut)
{
	struct json_node *tree;
	unsigned problems = 0;
	size_t used;
	enum errc rc;
	span s;

	*cut = false;
	if (n == NULL || n->type != JSON_STRING)
		return n;
	s = span_trim(n->text);
	if (s.n < 2 || (s.p[0] != '{' && s.p[0] != '['))
		return n;
	if (python_sniff(s) && python_json(m->a, s, &s, &used, NULL) != OK)
		m->no_memory = true;
	rc = json_read(m->a, s, &tree, &used, &problems, NULL);
	if (rc == ERR_MEMORY)
		m->no_memory = true;
	*cut = rc == ERR_EVIDENCE && tree != NULL && used >= s.n;
	return *cut || (rc == OK && span_trim(span_from(s, used)).n == 0) ? tree : n;
}

const struct json_node *making_tree(struct making *m, const struct json_node *n)
{
	bool cut;
	const struct json_node *tree = tree_of(m, n, &cut);

	return cut ? n : tree;
}

const struct json_node *making_list(struct making *m, const struct json_node *n)
{
	bool cut;
	const struct json_node *tree = tree_of(m, n, &cut);

	if (cut)
		making_problem(m, LOG_TRUNCATED, NULL);
	return tree;
}

bool text_is_true(span s) { return span_eq_nocase(s, SPAN_LIT("true")) || span_eq(s, SPAN_LIT("1")); }

bool text_u64(span s, uint64_t *v) { return span_digits(s, 19, v) > 0; }

void making_time(struct making *m, span text, bool zone_is_known)
{
	enum when_zone zone;
	bool ambiguous;

	if (!when_parse(text, m->date_forms, &m->r->when_utc, &m->r->when_nanos, &zone, &ambiguous)) {
		making_problem(m, LOG_NO_TIME, NULL);
		return;
	}
	if (ambiguous)
		making_problem(m, LOG_DATE_AMBIGUOUS, NULL);
	if (text.n > 0 && !ascii_is_digit(text.p[0]) && time_to_civil(m->r->when_utc).year == NO_YEAR)
		making_problem(m, LOG_NO_YEAR, NULL);
	if (zone == WHEN_UNKNOWN || (zone == WHEN_NOT_SAID && !zone_is_known))
		making_problem(m, LOG_TIME_GUESSED, NULL);
}

void making_ip(struct making *m, span text)
{
	char out[64];

	if (text.n == 0)
		return;
	m->r->ip = ip_parse(text, out);
	if (m->r->ip.n != 0)
		m->r->ip = span_eq(m->r->ip, text) ? text : making_copy(m, m->r->ip);
	if (!span_eq(m->r->ip, text))
		m->r->ip_logged = text;
}

static void *grown(struct making *m, void *v, size_t n, size_t *cap, size_t size, size_t first)
{
	void *w = arena_grow(m->a, v, n, cap, size, first);

	m->no_memory = m->no_memory || w == NULL;
	return w;
}

void making_pair(struct making *m, span name, span value)
{
	struct log_record *r = m->r;
	struct log_pair *v = grown(m, m->pairs, r->n_pairs, &m->cap_pairs, sizeof *v, 16);

	if (v == NULL)
		return;
	r->pairs = m->pairs = v;
	v[r->n_pairs++] = (struct log_pair){name, value};
}

struct log_item *making_item(struct making *m, uint32_t folder)
{
	struct log_record *r = m->r;
	struct log_item *v = grown(m, m->items, r->n_items, &m->cap_items, sizeof *v, 8);

	if (v == NULL)
		return NULL;
	r->items = m->items = v;
	if (folder != LOG_FOLDER_NONE) {
		if (m->folders[folder].n_items++ == 0)
			m->folders[folder].first_item = (uint32_t)r->n_items;
	}
	v += r->n_items++;
	*v = (struct log_item){.folder = folder};
	return v;
}

span folder_last(span path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '\\' && path.p[i - 1] != '/')
		i--;
	return span_from(path, i);
}

uint32_t making_folder(struct making *m, span id, span path, span name)
{
	struct log_record *r = m->r;
	struct log_folder *v;

	/* Exchange writes this where it did not look the path up. */
	if (span_eq_nocase(path, SPAN_LIT("Not Available")))
		path = SPAN_EMPTY;
	if (id.n == 0 && path.n == 0 && name.n == 0)
		return LOG_FOLDER_NONE;
	if ((v = grown(m, m->folders, r->n_folders, &m->cap_folders, sizeof *v, 4)) == NULL)
		return LOG_FOLDER_NONE;
	r->folders = m->folders = v;
	v[r->n_folders] = (struct log_folder){.id = id, .path = path, .name = name.n != 0 ? name : folder_last(path),
	    .first_item = (uint32_t)r->n_items};
	return (uint32_t)r->n_folders++;
}

/* As header_message_id() reads the field, so that both are the same: "<a@b> (added by x)", "<<a@b>>", "a@b", "&lt;a@b&gt;". */
span message_id_bare(span s)
{
	size_t at, end = 0;

	s = span_trim(s);
	if ((at = span_find_byte(s, '<')) < s.n) {
		while (at < s.n && (s.p[at] == '<' || ascii_is_space(s.p[at])))
			at++;
		s = span_from(s, at);
		return span_trim(span_first(s, span_find_byte(s, '>')));
	}
	if (span_starts(s, SPAN_LIT("&lt;")))
		return span_sub(s, 4, span_find(s, SPAN_LIT("&gt;")) - 4);
	while (end < s.n && s.p[end] != '>' && !ascii_is_space(s.p[end]))
		end++;
	return span_first(s, end);
}

/* One of: a@b, smtp:a@b, "Name" [SMTP:a@b], Name <a@b>, a directory name. */
static span bare_target(span s)
{
	static const char *const kinds[] = {"[smtp:", "smtp:", "[ex:", "<"};

	s = span_trim(s);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t at = span_find_nocase(s, span_str(kinds[i]));

		if (at < s.n) {
			s = span_from(s, at + strlen(kinds[i]));
			break;
		}
	}
	while (s.n > 0 && (s.p[s.n - 1] == ']' || s.p[s.n - 1] == '>' || s.p[s.n - 1] == '"' || s.p[s.n - 1] == ' '))
		s.n--;
	while (s.n > 0 && (s.p[0] == '"' || s.p[0] == ' '))
		s = span_from(s, 1);
	return s;
}

span mailbox_bare(span s)
{
	bool one = span_find_byte(s, '@') < s.n && span_find_byte(s, ';') == s.n;

	return one && (span_starts_nocase(s, SPAN_LIT("smtp:")) || (span_ends_nocase(s, SPAN_LIT(">")) && span_has(s, SPAN_LIT("<")))) ? bare_target(s) : s;
}

void making_target(struct making *m, span address)
{
	struct log_record *r = m->r;

	while (address.n > 0) {
		size_t n = 0;
		span one, *v;

		while (n < address.n && address.p[n] != ';' && address.p[n] != ',' && address.p[n] != '\n')
			n++;
		one = bare_target(span_first(address, n));
		address = span_from(address, n + 1);
		if (one.n == 0)
			continue;
		if ((v = grown(m, m->targets, r->n_targets, &m->cap_targets, sizeof *v, 4)) == NULL)
			return;
		r->targets = m->targets = v;
		v[r->n_targets++] = one;
	}
}

span making_joined(struct making *m, const struct json_node *n)
{
	struct buf b;
	span s;

	if (n == NULL || (n->type != JSON_ARRAY && n->type != JSON_OBJECT))
		return json_text(n);
	if (n->n == 1 && n->child->type != JSON_ARRAY && n->child->type != JSON_OBJECT)
		return json_text(n->child);
	buf_init(&b, LIMIT_LOG_RECORD_BYTES);
	for (const struct json_node *c = n->child; c != NULL; c = c->next) {
		span v = json_text(c);

		if (c->type == JSON_OBJECT) /* {Name, Value}, {displayName, newValue}, {email} ... */
			for (const struct json_node *k = c->child; v.n == 0 && k != NULL; k = k->next)
				v = span_eq_nocase(k->key, SPAN_LIT("name")) ? SPAN_EMPTY : json_text(k);
		if (b.n != 0)
			buf_byte(&b, ';');
		buf_put(&b, v);
	}
	if (b.failed)
		m->no_memory = true;
	s = making_copy(m, buf_span(&b));
	buf_free(&b);
	return s;
}

/* The value of a parameter, of one or several: "a", "a","b", {"a", "b"}, $true. */
static span said_on_line(struct making *m, span value)
{
	struct buf b;
	span s;

	value = span_trim(value);
	if (value.n > 1 && value.p[0] == '"' && span_find_byte(span_from(value, 1), '"') == value.n - 2)
		return span_sub(value, 1, value.n - 2);
	buf_init(&b, LIMIT_LOG_RECORD_BYTES);
	for (size_t i = 0; i < value.n; i++)
		if (strchr("\"{}()$", value.p[i]) == NULL && !(value.p[i] == '@' && i == 0))
			buf_byte(&b, value.p[i]);
	m->no_memory = m->no_memory || b.failed;
	s = making_copy(m, span_trim(buf_span(&b)));
	buf_free(&b);
	return s;
}

/* Parameters as they are typed: -Name "x y" -Export -Format "Pst". */
static void pairs_on_line(struct making *m, span line)
{
	while (line.n > 0 && !m->no_memory) {
		size_t name = 1, end;
		bool quoted = false;

		while (name < line.n && ascii_is_alnum(line.p[name]))
			name++;
		for (end = name; end < line.n; end++) {
			quoted ^= line.p[end] == '"';
			if (!quoted && line.p[end] == '-' && ascii_is_space(line.p[end - 1]) && end + 1 < line.n && ascii_is_alpha(line.p[end + 1]))
				break;
		}
		making_pair(m, span_sub(line, 1, name - 1), said_on_line(m, span_sub(line, name, end - name)));
		line = span_from(line, end);
	}
}

/* {"AppRole_Value": {"NewValue": x, "OldValue": y}}, {"AppRole": {"Value": {"NewValue": x}}}, {"Name": x}. */
static void pair_of_object(struct making *m, const struct json_node *c)
{
	const struct json_node *value = json_get(c, "NewValue");

	making_pair(m, c->key, making_joined(m, value != NULL ? value : c));
	for (const struct json_node *k = value == NULL && c->type == JSON_OBJECT ? c->child : NULL; k != NULL && !m->no_memory; k = k->next) {
		struct buf b;

		if ((value = json_get(k, "NewValue")) == NULL)
			continue;
		buf_init(&b, LIMIT_LOG_RECORD_BYTES);
		buf_put(&b, c->key);
		buf_byte(&b, '.');
		buf_put(&b, k->key);
		m->no_memory = m->no_memory || b.failed;
		making_pair(m, making_copy(m, buf_span(&b)), making_joined(m, value));
		buf_free(&b);
	}
}

void making_pairs(struct making *m, const struct json_node *n)
{
	static const char *const values[] = {"value", "newvalue", "multivalue", "intvalue", "boolvalue",
	    "multiintvalue", "multistrvalue", "multiboolvalue", "messagevalue", NULL};

	n = making_tree(m, n);
	if (n != NULL && n->type == JSON_STRING && span_starts(span_trim(n->text), SPAN_LIT("-")))
		pairs_on_line(m, span_trim(n->text));
	if (n == NULL || (n->type != JSON_ARRAY && n->type != JSON_OBJECT))
		return;
	for (const struct json_node *c = n->child; c != NULL && !m->no_memory; c = c->next) {
		const struct json_node *name = NULL, *value = NULL;

		if (n->type == JSON_OBJECT) {
			pair_of_object(m, c);
			continue;
		}
		for (const struct json_node *k = c->type == JSON_OBJECT ? c->child : NULL; k != NULL; k = k->next) {
			if (span_eq_nocase(k->key, SPAN_LIT("name")) || span_eq_nocase(k->key, SPAN_LIT("displayname")) ||
			    span_eq_nocase(k->key, SPAN_LIT("key")) || span_eq_nocase(k->key, SPAN_LIT("type")))
				name = name == NULL || span_eq_nocase(k->key, SPAN_LIT("name")) ? k : name;
			for (size_t i = 0; values[i] != NULL; i++)
				if (k->type != JSON_NULL && span_eq_nocase(k->key, span_str(values[i])))
					value = k;
		}
		if (name != NULL)
			making_pair(m, json_text(name), making_joined(m, value));
	}
}

/* "ServicePrincipal_AppId" is "ServicePrincipal.AppId" too: Elastic keeps such names as fields, which can have no dot. */
static bool pair_is(span name, span want)
{
	if (name.n != want.n)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (ascii_lower(name.p[i]) != ascii_lower(want.p[i]) && !(name.p[i] == '_' && want.p[i] == '.'))
			return false;
	return true;
}

span log_pair_get(const struct log_record *r, const char *name)
{
	span want = span_str(name);

	for (size_t i = 0; i < r->n_pairs; i++)
		if (pair_is(r->pairs[i].name, want))
			return r->pairs[i].value;
	return SPAN_EMPTY;
}

bool log_has_pair(const struct log_record *r, const char *name)
{
	for (size_t i = 0; i < r->n_pairs; i++)
		if (pair_is(r->pairs[i].name, span_str(name)))
			return true;
	return false;
}

span pair_first(const struct log_record *r, const char *const *names)
{
	span s = SPAN_EMPTY;

	for (; *names != NULL && s.n == 0; names++)
		s = log_pair_get(r, *names);
	return s;
}
