#include "mail/fields.h"

#include "base/limits.h"
#include "mail/mime.h"

bool field_begins(span text, span *name)
{
	size_t i = 0, n;

	while (i < text.n && text.p[i] > ' ' && text.p[i] < 0x7f && text.p[i] != ':')
		i++;
	n = i;
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t')) /* RFC 5322 4.5 */
		i++;
	*name = span_first(text, n);
	return n != 0 && i < text.n && text.p[i] == ':';
}

/* A line as it lies: [at, end) without its line end, the next one from `next` on. */
struct line { size_t at, end, next; };

static struct line line_at(span text, size_t at)
{
	struct line l = {at, at + span_find_byte(span_from(text, at), '\n'), 0};

	l.next = l.end < text.n ? l.end + 1 : l.end;
	while (l.end > at && text.p[l.end - 1] == '\r')
		l.end--;
	return l;
}

static bool is_blank(unsigned char c) { return c == ' ' || c == '\t'; }

enum { AHEAD = 8 }; /* lines of folding behind a line that is no field */

/* A field but for letters of its name that are not ASCII? */
static bool nearly_field(span line)
{
	span word = span_first(line, span_find_byte(line, ':'));

	return word.n != 0 && word.n < line.n && span_find_byte(word, ' ') == word.n && !span_is_ascii(word);
}

/*
 * Behind a line that is no field: does one follow that belongs to a header, perhaps behind lines that look folded, so that the line is
 * passed over? Else the body begins with it, so that nothing is hidden: "Password: x" is a field to look at and the text of a mail
 * without its empty line. GMime and Python's email begin the body at such a line whatever follows, which loses the fields behind a junk line.
 */
static bool goes_on(const struct section *s, struct line l)
{
	size_t at = l.at, next = l.next;
	bool nearly = nearly_field(span_sub(s->text, l.at, l.end - l.at));
	span text = s->text;
	span name;

	if (span_starts(span_from(text, at), SPAN_LIT("--"))) /* a boundary: the empty line is missing */
		return false;
	for (int i = 0; i < AHEAD && next < text.n; i++, next = line_at(text, next).next) {
		if (field_begins(span_from(text, next), &name))
			return nearly || (s->stops != NULL ? span_starts_nocase(name, SPAN_LIT("content-")) : field_is_known(name));
		if (!is_blank(text.p[next]))
			return false;
	}
	return false;
}

/* A line of blanks alone is folding; but where no field follows it was meant as the empty line. */
static bool ends_section(const struct section *s, struct line l)
{
	span name;

	return is_blank(s->text.p[l.end - 1]) && span_trim(span_sub(s->text, l.at, l.end - l.at)).n == 0 &&
	       (s->n_fields == 0 || (l.next < s->text.n && !is_blank(s->text.p[l.next]) &&
	       !field_begins(span_from(s->text, l.next), &name) && line_at(s->text, l.next).end != l.next));
}

static void mime_pick(struct mime_fields *m, const struct field *f)
{
	static const struct { span name; size_t member; } wanted[] = {
	    {{(const unsigned char *)"content-type", 12}, offsetof(struct mime_fields, type)},
	    {{(const unsigned char *)"content-transfer-encoding", 25}, offsetof(struct mime_fields, encoding)},
	    {{(const unsigned char *)"content-disposition", 19}, offsetof(struct mime_fields, disposition)},
	    {{(const unsigned char *)"content-id", 10}, offsetof(struct mime_fields, id)},
	    {{(const unsigned char *)"content-location", 16}, offsetof(struct mime_fields, location)},
	};

	if (f->name.n < 10 || ascii_lower(f->name.p[0]) != 'c')
		return;
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		span *to = (span *)(void *)((char *)m + wanted[i].member);

		if (!span_eq_nocase(f->name, wanted[i].name))
			continue;
		if (to->p == NULL)
			*to = f->value;
		else if (to == &m->encoding && m->encoding_again.p == NULL)
			m->encoding_again = f->value;
		else if (to == &m->disposition && m->disposition_again.p == NULL)
			m->disposition_again = f->value;
	}
}

static enum errc field_keep(struct arena *a, struct section *s, const struct field *f, size_t *cap, struct err *e)
{
	struct headers *h = s->fields;

	mime_pick(&s->mime, f);
	if (h == NULL)
		return OK;
	if (h->n == *cap) {
		size_t grown = *cap != 0 ? *cap * 2 : 32;
		struct field *v = arena_alloc(a, grown * sizeof *v);

		if (v == NULL)
			return err_memory(e);
		if (h->n != 0)
			memcpy(v, h->fields, h->n * sizeof *v);
		h->fields = v;
		*cap = grown;
	}
	h->fields[h->n++] = *f;
	return OK;
}

static struct field field_at(span text, struct line l, span name)
{
	size_t at = l.at + name.n;

	while (text.p[at] != ':')
		at++;
	at++;
	while (at < l.end && is_blank(text.p[at]))
		at++;
	return (struct field){name, at < l.end ? span_sub(text, at, l.end - at) : span_sub(text, l.end, 0)};
}

enum errc section_read(struct arena *a, struct section *s, struct err *e)
{
	struct field open = {0};
	size_t cap = 0, at = s->at, next;
	enum errc rc = OK;
	span name;

	for (s->end = at; at < s->text.n; at = s->end = next) {
		struct line l = line_at(s->text, at);

		next = l.next;
		if (l.end == l.at) { /* the empty line */
			at = next;
			break;
		}
		if (next - s->at > LIMIT_HEADER_BYTES || s->n_fields >= LIMIT_HEADER_FIELDS) {
			s->problems |= MIME_LIMIT_HEADERS;
			break;
		}
		if (is_blank(s->text.p[at]) && ends_section(s, l)) {
			at = next;
			break;
		}
		if (is_blank(s->text.p[at]) && s->n_fields != 0) {
			open.value.n = l.end - (size_t)(open.value.p - s->text.p);
			continue;
		}
		if (s->stops != NULL && s->text.p[at] == '-' && s->stops(s->ctx, at))
			break;
		if (field_begins(span_sub(s->text, l.at, l.end - l.at), &name)) {
			if (s->n_fields++ != 0 && (rc = field_keep(a, s, &open, &cap, e)) != OK)
				return rc;
			open = field_at(s->text, l, name);
			continue;
		}
		s->problems |= MIME_BAD_HEADER_LINE;
		if (!goes_on(s, l))
			break;
	}
	s->body_at = at;
	if (s->n_fields != 0 && (rc = field_keep(a, s, &open, &cap, e)) != OK)
		return rc;
	if (s->fields != NULL)
		s->fields->raw = span_sub(s->text, s->at, s->end - s->at);
	return OK;
}
