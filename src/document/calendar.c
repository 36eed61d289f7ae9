/*
 * iCalendar and vCard (RFC 5545, 6350; vCalendar and vCard 2.1): lines are folded, between two bytes of one character too, and escaped,
 * values may be encoded, be a page of HTML, or be a file.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "document/legacy.h"
#include "stream/decode.h"

struct content_line { span name, parameters, value; };

struct reading {
	struct layout *l;
	const struct charset *charset; /* of the file, by its bytes */
	span rest;                     /* of it */
	uint32_t number;               /* of the line that was read last */
	struct buf joined, text;
};

/* "NAME;PARAMETER=\"a:b\":value" */
static bool line_split(span line, struct content_line *out)
{
	size_t at = 0, name;
	bool quoted = false;

	while (at < line.n && (quoted || line.p[at] != ':')) {
		quoted ^= line.p[at] == '"';
		at++;
	}
	if (at == line.n)
		return false;
	name = span_find_byte(span_first(line, at), ';');
	out->name = span_first(line, name);
	/* "item1.EMAIL" */
	if (span_find_byte(out->name, '.') < out->name.n)
		out->name = span_from(out->name, span_find_byte(out->name, '.') + 1);
	out->parameters = span_sub(line, name, at - name);
	out->value = span_from(line, at + 1);
	return true;
}

/* The next of ";NAME=value;VALUE" without its quotes; the name is empty where there is none, as in vCard 2.1. */
static bool parameter_next(span *rest, span *name, span *value)
{
	size_t n = 1, equal;
	bool quoted = false;
	span one;

	if (rest->n == 0)
		return false;
	for (; n < rest->n && (quoted || rest->p[n] != ';'); n++)
		quoted ^= rest->p[n] == '"';
	one = span_sub(*rest, 1, n - 1);
	*rest = span_from(*rest, n);
	equal = span_find_byte(one, '=');
	*name = equal < one.n ? span_trim(span_first(one, equal)) : SPAN_EMPTY;
	*value = span_trim(equal < one.n ? span_from(one, equal + 1) : one);
	if (value->n > 1 && value->p[0] == '"' && value->p[value->n - 1] == '"')
		*value = span_sub(*value, 1, value->n - 2);
	return true;
}

static span parameter(const struct content_line *c, span wanted)
{
	span rest = c->parameters, name, value;

	while (parameter_next(&rest, &name, &value))
		if (span_eq_nocase(name, wanted))
			return value;
	return SPAN_EMPTY;
}

/* vCard 2.1 leaves "ENCODING=" out. */
static enum encoding encoding_said(const struct content_line *c)
{
	span rest = c->parameters, name, value;

	while (parameter_next(&rest, &name, &value)) {
		if (name.n != 0 && !span_eq_nocase(name, SPAN_LIT("ENCODING")))
			continue;
		if (span_eq_nocase(value, SPAN_LIT("QUOTED-PRINTABLE")))
			return ENCODING_QUOTED_PRINTABLE;
		if (span_eq_nocase(value, SPAN_LIT("BASE64")) || (name.n != 0 && span_eq_nocase(value, SPAN_LIT("B"))))
			return ENCODING_BASE64;
	}
	return ENCODING_IDENTITY;
}

static bool is_base64_only(span line)
{
	line = span_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (!ascii_is_alnum(line.p[i]) && line.p[i] != '+' && line.p[i] != '/' && line.p[i] != '=')
			return false;
	return line.n != 0;
}

/*
 * The next line with those that go on with it: behind white space; in quoted-printable behind "="; of base64 in vCard 2.1 as they are.
 * Nothing of a character is known yet.
 */
static bool line_join(struct reading *r, span *out)
{
	struct content_line c;
	enum encoding encoding;
	span line;

	buf_clear(&r->joined);
	if (!span_line(&r->rest, &line))
		return false;
	buf_put(&r->joined, line);
	encoding = line_split(line, &c) ? encoding_said(&c) : ENCODING_IDENTITY;
	for (++r->number; r->rest.n > 0; ++r->number) {
		bool soft = encoding == ENCODING_QUOTED_PRINTABLE && r->joined.n > 0 && r->joined.p[r->joined.n - 1] == '=';
		bool folded = !soft && (r->rest.p[0] == ' ' || r->rest.p[0] == '\t');
		span before = r->rest;

		if (!soft && !folded && encoding != ENCODING_BASE64)
			break;
		(void)span_line(&r->rest, &line);
		if (!soft && !folded && !is_base64_only(line)) {
			r->rest = before;
			break;
		}
		r->joined.n -= soft;
		buf_put(&r->joined, folded ? span_from(line, 1) : line);
	}
	*out = buf_span(&r->joined);
	return true;
}

/* Of the line in the charset that it says, or else the file is in. */
static enum errc to_utf8(struct reading *r, const struct content_line *c, span bytes, span *out, struct err *e)
{
	const struct charset *said = charset_find(parameter(c, SPAN_LIT("CHARSET")));

	if (utf8_valid(bytes) == bytes.n)
		said = charset_utf8();
	else if (said == NULL || said == charset_utf8() || said == charset_find(SPAN_EMPTY))
		said = r->charset != charset_utf8() ? r->charset : charset_guess(bytes);
	return charset_to_utf8(r->l->a, said, bytes, out, NULL, e);
}

/* RFC 6868: what cannot stand in a parameter. */
static void put_parameters(struct layout *l, span s)
{
	while (s.n > 0) {
		size_t n = span_find_byte(s, '^');
		unsigned char next = n + 1 < s.n ? s.p[n + 1] : 0;

		layout_text(l, span_first(s, n));
		if (n >= s.n)
			return;
		layout_text(l, next == 'n' ? SPAN_LIT(" ") : next == '\'' ? SPAN_LIT("'") : SPAN_LIT("^"));
		s = span_from(s, n + (next == 'n' || next == '\'' || next == '^' ? 2 : 1));
	}
}

/* Descriptions are pages where they say so, and where a calendar on the web wrote them. */
static bool is_markup(const struct content_line *c, span value)
{
	return span_eq_nocase(parameter(c, SPAN_LIT("FMTTYPE")), SPAN_LIT("text/html")) || (span_find_byte(value, '<') < value.n &&
	       span_has_one_of_nocase(value, SPAN_WORDS("<br", "</p>", "</b>", "</a>", "</span>", "</div>", "</html>")));
}

/* The file that a value is: its bytes, where it is one. "data:" (RFC 2397) may have the escapes of text. */
static enum errc file_of(struct layout *l, const struct content_line *c, enum encoding encoding, span *out, bool *is, struct err *e)
{
	span value = c->value;
	unsigned problems = 0;

	*is = encoding == ENCODING_BASE64;
	if (!*is && span_starts_nocase(value, SPAN_LIT("data:"))) {
		span head = span_first(value, 256);
		size_t at = span_find_nocase(head, SPAN_LIT(";base64")), comma = at + 7 + (at + 7 < value.n && value.p[at + 7] == '\\');

		*is = at < head.n && comma < value.n && value.p[comma] == ',';
		value = span_from(value, comma + 1);
	}
	return *is ? decode(l->a, ENCODING_BASE64, value, out, &problems, e) : OK;
}

static enum errc put_value(struct reading *r, const struct content_line *c, struct err *e)
{
	enum encoding encoding = encoding_said(c);
	struct layout *l = r->l;
	unsigned problems = 0;
	span value = c->value, text;
	bool file;
	enum errc rc;

	if ((rc = file_of(l, c, encoding, &value, &file, e)) != OK)
		return rc;
	if (file) {
		span name = parameter(c, SPAN_LIT("FILENAME"));

		name = name.n > 0 ? name : parameter(c, SPAN_LIT("X-FILENAME"));
		name = name.n > 0 ? name : c->name;
		layout_line(l);
		return embedded_read(l, name, value, e);
	}
	if (encoding == ENCODING_QUOTED_PRINTABLE && (rc = decode(l->a, encoding, c->value, &value, &problems, e)) != OK)
		return rc;
	if ((rc = to_utf8(r, c, value, &text, e)) != OK)
		return rc;
	if (encoding == ENCODING_IDENTITY) {
		buf_clear(&r->text);
		backslash_unescape(&r->text, text, true); /* a semicolon parts the fields of names and addresses, and stays */
		text = buf_span(&r->text);
	}
	if (is_markup(c, text))
		return markup_put(l, text, e);
	layout_text(l, text);
	return OK;
}

static const char *component_of(span name)
{
	static const struct { const char *name, *kind; } known[] = {{"VEVENT", "event"}, {"VTODO", "task"}, {"VJOURNAL", "journal"},
		{"VFREEBUSY", "free time"}, {"VCARD", "contact"}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_eq_nocase(name, span_str(known[i].name)))
			return known[i].kind;
	return NULL;
}

/* What the component that begins here is called: its SUMMARY or FN. */
static span component_name(span rest)
{
	span line;

	while (span_line(&rest, &line) && !span_starts_nocase(line, SPAN_LIT("END:")) && !span_starts_nocase(line, SPAN_LIT("BEGIN:"))) {
		size_t n = span_starts_nocase(line, SPAN_LIT("SUMMARY")) ? 7 : span_starts_nocase(line, SPAN_LIT("FN")) ? 2 : 0;

		if (n != 0 && n < line.n && (line.p[n] == ':' || line.p[n] == ';'))
			return span_from(line, span_find_byte(line, ':') + 1);
	}
	return SPAN_EMPTY;
}

static enum errc line_read(struct reading *r, span line, uint32_t first, struct err *e)
{
	struct layout *l = r->l;
	struct content_line c;
	const char *kind;
	span text;
	enum errc rc = OK;

	if (line.n == 0 || !line_split(line, &c))
		c = (struct content_line){.value = line};
	kind = span_eq_nocase(c.name, SPAN_LIT("BEGIN")) ? component_of(span_trim(c.value)) : NULL;
	if (kind != NULL && (rc = to_utf8(r, &c, component_name(r->rest), &text, e)) == OK)
		layout_lines(l, kind, text);
	layout_at(l, first, 0);
	if (rc == OK && c.name.n != 0 && (rc = to_utf8(r, &c, span_of(c.name.p, c.name.n + c.parameters.n), &text, e)) == OK) {
		put_parameters(l, text);
		layout_text(l, SPAN_LIT(": "));
	}
	if (rc == OK)
		rc = put_value(r, &c, e);
	layout_line(l);
	return rc;
}

/* Its charset, as if no line were folded. */
static enum errc charset_of(struct layout *l, span content, const struct charset **out, struct err *e)
{
	unsigned char *p;
	size_t n = 0;

	*out = charset_utf8();
	if (utf8_valid(content) == content.n)
		return OK;
	if ((p = arena_alloc(l->a, content.n)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < content.n; i++) {
		size_t end = i + (content.p[i] == '\r' && i + 1 < content.n && content.p[i + 1] == '\n');

		if ((content.p[i] == '\n' || content.p[i] == '\r') && end + 1 < content.n && (content.p[end + 1] == ' ' || content.p[end + 1] == '\t'))
			i = end + 1;
		else
			p[n++] = content.p[i];
	}
	if (utf8_valid(span_of(p, n)) != n)
		*out = charset_guess(span_of(p, n));
	return OK;
}

/* Lines that end in CR alone, as lines. */
static enum errc lines_of(struct layout *l, span *content, struct err *e)
{
	unsigned char *p;

	if (span_find_byte(*content, '\n') < content->n || span_find_byte(*content, '\r') == content->n)
		return OK;
	if ((p = arena_alloc(l->a, content->n)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < content->n; i++)
		p[i] = content->p[i] == '\r' ? '\n' : content->p[i];
	*content = span_of(p, content->n);
	return OK;
}

enum errc calendar_read(struct layout *l, span content, struct err *e)
{
	struct reading r = {.l = l};
	enum errc rc = OK;
	span line;

	if (charset_told(content) != NULL && (rc = charset_to_utf8(l->a, charset_told(content), content, &content, NULL, e)) != OK)
		return rc;
	if ((rc = lines_of(l, &content, e)) != OK || (rc = charset_of(l, content, &r.charset, e)) != OK)
		return rc;
	r.rest = span_starts(content, SPAN_LIT(UTF8_MARK)) ? span_from(content, 3) : content;
	buf_init(&r.joined, LIMIT_TEXT_BYTES);
	buf_init(&r.text, LIMIT_TEXT_BYTES);
	while (rc == OK && !l->text.failed) {
		uint32_t first = r.number + 1;

		if (!line_join(&r, &line) || r.joined.failed)
			break;
		rc = line_read(&r, line, first, e);
	}
	if (r.joined.failed || r.text.failed)
		layout_problem(l, "a line longer than what is read of one");
	buf_wipe(&r.joined);
	buf_wipe(&r.text);
	return rc;
}
