#include <stdlib.h>

#include "attribute/private.h"
#include "base/bisect.h"
#include "base/limits.h"

enum { SEEN_FIRST = 256 };

struct job {
	struct dictionary dictionary;
	struct words words; /* legal forms and given names */
	struct arena *a;
	struct seen { uint64_t hash; uint64_t message; } *seen; /* what was told of the message at hand */
	size_t n_seen, cap_seen;
	uint64_t message;
};

static enum errc read_words(struct job *j, span init, struct err *e)
{
	struct cursor c = cursor_of(init);
	enum errc rc = OK;

	while (c.rest.n >= sizeof(uint64_t) && rc == OK) {
		uint64_t slot = cursor_u64(&c);

		rc = words_add(j->a, &j->words, slot, slot & WORD_KINDS, e);
	}
	return rc;
}

static enum errc start(void **state, span init, int init_fd, struct err *e)
{
	struct job *j = calloc(1, sizeof *j);
	enum errc rc;

	if (j == NULL || (j->seen = calloc(SEEN_FIRST, sizeof *j->seen)) == NULL)
		return err_memory(e);
	j->cap_seen = SEEN_FIRST;
	*state = j;
	if ((rc = dictionary_open(&j->dictionary, init_fd, e)) != OK ||
	    (rc = arena_new(&j->a, 64 * MIB, e)) != OK)
		return rc;
	return read_words(j, init, e);
}

static bool seen_grow(struct job *j)
{
	struct seen *old = j->seen;
	size_t n = j->cap_seen;

	if ((j->seen = calloc(2 * n, sizeof *j->seen)) == NULL) {
		j->seen = old;
		return false;
	}
	j->cap_seen = 2 * n;
	for (size_t i = 0; i < n; i++)
		if (old[i].message == j->message) {
			size_t at = old[i].hash & (j->cap_seen - 1);

			while (j->seen[at].message == j->message)
				at = (at + 1) & (j->cap_seen - 1);
			j->seen[at] = old[i];
		}
	free(old);
	return true;
}

/* True the first time in a message. Forgets by itself with the next message. */
static bool is_first(struct job *j, uint64_t hash)
{
	size_t at;

	if (j->n_seen >= j->cap_seen / 2 && !seen_grow(j))
		return true;
	for (at = hash & (j->cap_seen - 1); j->seen[at].message == j->message; at = (at + 1) & (j->cap_seen - 1))
		if (j->seen[at].hash == hash)
			return false;
	j->seen[at] = (struct seen){hash, j->message};
	j->n_seen++;
	return true;
}

/* What makes two mentions the same for the message: the organisation of a name; else the host, or a listed address. */
static uint64_t sameness(const struct job *j, span text, const struct mention *m)
{
	span s = span_sub(text, m->at, m->n);
	unsigned char lower[512];
	size_t sign = 0;

	if (m->kind == MENTION_NAME)
		return span_hash_own(span_of(&m->org, sizeof m->org)) ^ (m->weak ? 0x5851f42d4c957f2du : 0);
	s = span_first(s, sizeof lower);
	for (size_t i = 0; i < s.n; i++) {
		lower[i] = ascii_lower(s.p[i]);
		if (lower[i] == '@')
			sign = i + 1;
	}
	if (sign != 0 && dictionary_find(&j->dictionary, dictionary_address_hash(span_of(lower, s.n))).class == ENTRY_ADDRESS)
		sign = 0;
	return span_hash_own(span_of(lower + sign, s.n - sign)) + (m->kind == MENTION_HOST);
}

static void tell_first(struct job *j, span path, span text, const struct part_text *t, const struct mentions *l,
    struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct mention *m = &l->v[i];
		UNFILLED char plain[HOST_NAME_LONGEST];
		uint64_t at_byte = m->at, n_bytes;

		if (!is_first(j, sameness(j, text, m)))
			continue;
		if (t != NULL)
			part_text_place(t, m->at, m->n, &at_byte, &n_bytes);
		told_put(out, &(struct told_mention){m->kind, m->weak, TOLD_BESIDE, m->org, SECRET_NONE, at_byte, path,
		    mention_text(text, m, plain)});
	}
}

/* ---- the secrets of a text ---------------------------------------------------------------------------------- */

/* Those of a message, by the path of their text; numbered as the keeper told of them. */
struct numbered { struct secret secret; uint32_t number; };

/*
 * A subject about access that names one organisation alone, or a file's name that does: whose the secrets in it are where nothing else
 * says so.
 */
struct subject { span text; struct mention name; bool decides; };

static struct subject only_name(span text, const struct mentions *l)
{
	struct subject s = {.text = text};
	size_t others = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == MENTION_NAME && !l->v[i].weak) {
			others += s.decides && s.name.org != l->v[i].org;
			s.name = l->v[i];
			s.decides = true;
		}
	s.decides = s.decides && others == 0;
	return s;
}

static struct subject subject_of(span text, const struct mentions *l)
{
	struct subject s = only_name(text, l);

	s.decides = s.decides && is_about_access(text);
	return s;
}

static void subject_put(const struct subject *s, enum told_where where, const struct numbered *secret, struct buf *out)
{
	if (s->decides)
		told_put(out, &(struct told_mention){MENTION_NAME, false, where, s->name.org, secret->number, secret->secret.at_byte,
		    secret->secret.path, span_sub(s->text, s->name.at, s->name.n)});
}

struct secrets { struct numbered *v; size_t n; struct member_names names; };

static int by_path(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	int order = span_cmp(x->secret.path, y->secret.path);

	return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static enum errc secrets_read(struct arena *a, struct cursor c, struct secrets *out, struct err *e)
{
	size_t cap = 0;
	struct secret s;
	enum errc rc = OK;

	*out = (struct secrets){0};
	while (secret_get(&c, &s)) {
		struct numbered *more = arena_grow(a, out->v, out->n, &cap, sizeof *more, 64);

		if (more == NULL)
			return err_memory(e);
		out->v = more;
		out->v[out->n] = (struct numbered){s, (uint32_t)out->n};
		out->n++;
	}
	if (c.bad)
		return err_set(e, ERR_EVIDENCE, "the list of its findings is damaged");
	if (out->n > 1)
		qsort(out->v, out->n, sizeof *out->v, by_path);
	for (size_t i = 0; i < out->n && rc == OK; i++)
		rc = member_names_add(a, &out->names, out->v[i].secret.path, e);
	member_names_sort(&out->names);
	return rc;
}

/* Those of one text, in their order. */
static const struct numbered *secrets_of(const struct secrets *l, span path, size_t *n)
{
	size_t low;

	BISECT(low, l->n, span_cmp(l->v[low].secret.path, path) < 0);
	for (*n = 0; low + *n < l->n && span_eq(l->v[low + *n].secret.path, path);)
		++*n;
	return l->n > 0 ? l->v + low : NULL;
}

/* Whom the name of the sheet names in whose cells byte `at` of the part stands. *name, *sheet: of the secret before, often the same. */
static enum errc sheet_of(struct job *j, struct arena *a, const struct part_text *t, size_t at, span *name, struct subject *sheet,
    struct err *e)
{
	span of = t->document != NULL ? document_sheet(t->document, at) : SPAN_EMPTY;
	struct mentions l = {0};
	enum errc rc;

	if (of.p == name->p && of.n == name->n)
		return OK;
	*name = of;
	if ((rc = mentions_read(a, &j->dictionary, &j->words, of, &l, e)) == OK)
		*sheet = only_name(of, &l);
	return rc;
}

/* What stands beside each secret of this part, in their order. */
static enum errc tell_secrets(struct job *j, struct arena *a, const struct part_text *t, const struct mentions *l, const struct subject *subject,
    const struct subject *file, const struct secrets *secrets, span path, struct buf *out, struct err *e)
{
	size_t n;
	const struct numbered *v = secrets_of(secrets, path, &n);
	struct subject sheet = {0};
	span name = SPAN_EMPTY;
	struct place *places;
	enum errc rc;

	if (n == 0)
		return OK;
	if ((places = arena_alloc(a, n * sizeof *places)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++) {
		size_t length;

		part_text_at(t, v[i].secret.at_byte, v[i].secret.n_bytes, &places[i].at, &length);
		places[i].at = places[i].at < t->utf8.n ? places[i].at : t->utf8.n;
		places[i].end = places[i].at + (length < t->utf8.n - places[i].at ? length : t->utf8.n - places[i].at);
	}
	for (size_t i = 0; i < n; i++) {
		beside_tell(t, l, places, n, i, &v[i].secret, v[i].number, out);
		if ((rc = sheet_of(j, a, t, (size_t)v[i].secret.at_byte, &name, &sheet, e)) != OK)
			return rc;
		subject_put(&sheet, TOLD_SHEET, &v[i], out);
		subject_put(file, TOLD_FILE, &v[i], out);
		subject_put(subject, TOLD_SUBJECT, &v[i], out);
		quoted_tell(t->utf8, l, places[i].at, &v[i].secret, v[i].number, out);
	}
	return OK;
}

/* ---- one message -------------------------------------------------------------------------------------------- */

/* The names of attached files, with blanks for "_" between words. */
static enum errc words_of_name(struct arena *a, span name, span *out, struct err *e)
{
	unsigned char *apart = arena_alloc(a, name.n);

	if (apart == NULL)
		return err_memory(e);
	for (size_t i = 0; i < name.n; i++)
		apart[i] = name.p[i] == '_' ? ' ' : name.p[i];
	*out = span_of(apart, name.n);
	return OK;
}

struct parts { struct job *j; struct arena *a; struct secrets secrets; struct buf *out; struct subject subject; };

/* Whom the name of the file names, where there are secrets in it. */
static enum errc file_of(struct parts *r, const struct part *p, struct subject *file, struct err *e)
{
	struct mentions l = {0};
	size_t n, ending = p->filename.n;
	enum errc rc;
	span name;

	*file = (struct subject){0};
	(void)secrets_of(&r->secrets, span_str(p->path), &n);
	if (n == 0 || p->filename.n == 0)
		return OK;
	while (ending > 0 && p->filename.p[ending - 1] != '.')
		ending--;
	name = ending > 1 ? span_first(p->filename, ending - 1) : p->filename; /* "Acme.txt" would be a host */
	if ((rc = words_of_name(r->a, name, &name, e)) == OK &&
	    (rc = mentions_read(r->a, &r->j->dictionary, &r->j->words, name, &l, e)) == OK)
		*file = only_name(name, &l);
	return rc;
}

static enum errc read_text(void *ctx, const struct part *p, const struct part_text *text, struct err *e)
{
	struct subject file;
	struct parts *r = ctx;
	struct job *j = r->j;
	struct buf *out = r->out;
	struct mentions l = {0};
	struct part_text t = *text;
	span path = span_str(p->path);
	enum errc rc;

	if ((rc = evidence_beat(e)) != OK)
		return rc;
	if (t.outcome == TEXT_NOT || t.utf8.n == 0 || t.names)
		return OK;
	t.utf8 = span_first(t.utf8, UINT32_MAX);
	if ((rc = mentions_read(r->a, &j->dictionary, &j->words, t.utf8, &l, e)) != OK)
		return rc;
	tell_first(j, path, t.utf8, &t, &l, out);
	if ((rc = file_of(r, p, &file, e)) != OK)
		return rc;
	return tell_secrets(j, r->a, &t, &l, &r->subject, &file, &r->secrets, path, out, e);
}

static enum errc read_names(struct parts *r, const struct message *m, struct err *e)
{
	struct mentions l = {0};
	struct part_text t;
	enum errc rc = loose_text(r->a, m, SPAN_LIT(NAMES_PATH), &t, e);

	if (rc != OK || t.outcome == TEXT_NOT)
		return rc;
	if ((rc = words_of_name(r->a, t.utf8, &t.utf8, e)) == OK &&
	    (rc = mentions_read(r->a, &r->j->dictionary, &r->j->words, t.utf8, &l, e)) == OK)
		tell_first(r->j, SPAN_LIT(NAMES_PATH), t.utf8, NULL, &l, r->out);
	return rc;
}

static enum errc name_in(void *ctx, const char *holder, span name, uint64_t index, span *shown, struct err *e)
{
	struct parts *r = ctx;
	span stars = member_name_in(&r->secrets.names, holder, name, index);

	(void)e;
	if (stars.n != 0)
		*shown = stars;
	return OK;
}

static enum errc unread_read(struct arena *a, struct cursor *c, span **paths, size_t *n, struct err *e)
{
	*n = cursor_u32(c);
	if (c->bad || *n > c->rest.n / 4)
		return err_set(e, ERR_EVIDENCE, "the list of its unread parts is damaged");
	if ((*paths = arena_zero(a, *n + 1, sizeof **paths)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < *n; i++)
		(*paths)[i] = cursor_bytes(c);
	return c->bad ? err_set(e, ERR_EVIDENCE, "the list of its unread parts is damaged") : OK;
}

static enum errc message(void *state, struct arena *scratch, const struct message *m, span input, struct buf *out,
    struct err *e)
{
	const struct field *subject = headers_get(&m->headers, "Subject");
	struct job *j = state;
	struct parts r = {.j = j, .a = scratch, .out = out};
	struct cursor c = cursor_of(input);
	struct passwords passwords;
	struct mentions l = {0};
	span *unread = NULL;
	size_t n_unread;
	enum errc rc = reopen_get(scratch, &c, &passwords, e);

	if (rc != OK || (rc = unread_read(scratch, &c, &unread, &n_unread, e)) != OK || (rc = secrets_read(scratch, c, &r.secrets, e)) != OK)
		return rc;
	j->message++;
	j->n_seen = 0;
	if (subject != NULL) {
		span text = header_text(scratch, subject->value, m->headers.charset);

		if (text.p == NULL)
			return err_memory(e);
		if ((rc = mentions_read(scratch, &j->dictionary, &j->words, text, &l, e)) == OK)
			tell_first(j, SPAN_LIT("Subject"), text, NULL, &l, out);
		r.subject = subject_of(text, &l);
	}
	for (size_t i = 0; i < m->n_parts && rc == OK; i++)
		if (m->parts[i].kind == PART_LEAF && !span_among(unread, n_unread, span_str(m->parts[i].path)) &&
		    (rc = part_texts(scratch, m, &m->parts[i], &passwords, read_text, name_in, &r, e)) == ERR_LIMIT)
			rc = OK; /* a part that is too large was recorded when it was scanned */
	if (rc == OK)
		rc = read_names(&r, m, e);
	return rc != OK ? rc : buf_check(out, e);
}

const struct evidence_job attribute_job = {"attribute", start, message};
