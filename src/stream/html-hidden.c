/*
 * What a page has and does not show: its comments and scripts, what its fields are filled with, and what it says in attributes to a
 * program or to who cannot see it.
 */
#include "base/buf.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "stream/decode.h"
#include "stream/html.h"
#include "stream/html-private.h"

struct hidden {
	struct arena *a;
	span in;
	struct buf out;
	struct html_missing missing;
	bool cut; /* LIMIT_TEXT_BYTES were reached: nothing more is put */
	size_t comment_end; /* of the one that was put last: none begins within it */
};

/* A line of it, as far as there is room. */
static void line(struct hidden *h, span name, span text)
{
	size_t room = LIMIT_TEXT_BYTES - h->out.n, least = (name.n > 0 ? name.n + 2 : 0) + 1;

	if (h->cut || least > room) {
		h->cut = true;
		return;
	}
	if (text.n > room - least) {
		h->cut = true;
		text = span_first(text, utf8_valid(span_first(text, room - least)));
	}
	if (name.n > 0) {
		buf_put(&h->out, name);
		buf_str(&h->out, ": ");
	}
	buf_put(&h->out, text);
	buf_byte(&h->out, '\n');
}

/* Without tags, on a line of its own; "name: " before it where it has one. */
static enum errc put(struct hidden *h, span name, span written, struct err *e)
{
	span text = written;
	enum errc rc = span_find_byte(written, '<') < written.n || span_find_byte(written, '&') < written.n ?
	    html_text(h->a, written, &text, e) : OK;

	text = span_trim(text);
	if (rc == OK && text.n > 0)
		line(h, name, text);
	return rc;
}

static bool has_words(span text)
{
	size_t letters = 0;

	for (size_t i = 0; i < text.n; i++)
		letters += ascii_is_alnum(text.p[i]) || text.p[i] >= 0x80;
	return letters > 3;
}

/*
 * A comment: what a page of it would show. What only one program is to see (<!--[if mso]>) is mostly none but settings, whose words
 * (true, 96) are the elements' of that program.
 */
static enum errc comment(struct hidden *h, span body, struct err *e)
{
	bool conditional = span_starts(body, SPAN_LIT("[if"));

	if (conditional) {
		body = span_from(body, span_find_byte(body, '>') + 1);
		body = span_first(body, span_find(body, SPAN_LIT("<![endif]")));
		if (span_has(body, SPAN_LIT("OfficeDocumentSettings")) || span_has(body, SPAN_LIT("WordDocument>")) ||
		    span_has(body, SPAN_LIT("shapedefaults")))
			return OK;
	}
	return conditional && !has_words(body) ? OK : put(h, SPAN_EMPTY, body, e);
}

#define IS_ANY(name, ...) span_is_one_of_nocase(name, SPAN_WORDS(__VA_ARGS__))

/* Of a field: what it is called, and whether what is typed there is not to be seen. */
struct field { span name, value; bool secret; };

static bool is_field(span element)
{
	return IS_ANY(element, "input", "option", "button", "param", "output", "data");
}

/* Attributes that say something to a person or to a script; those that html_text shows already are not among them. */
static bool says(span attribute, span element)
{
	if (IS_ANY(attribute, "placeholder", "summary", "label", "standby", "abbr") ||
	    span_starts_nocase(attribute, SPAN_LIT("aria-label")) || span_starts_nocase(attribute, SPAN_LIT("data-")) ||
	    span_starts_nocase(attribute, SPAN_LIT("on")))
		return true;
	return IS_ANY(attribute, "title", "alt") && !IS_ANY(element, "img", "input", "meta", "area", "iframe", "param", "button", "abbr");
}

/* Where a form is sent to and the like, with words in it; addresses that html_text shows are not among them. */
static bool is_place(span attribute, span element, span value)
{
	size_t query = span_find_byte(value, '?');

	if (query == value.n && span_find_byte(value, '@') == value.n)
		return false;
	if (span_starts_nocase(value, SPAN_LIT("data:")) || span_starts_nocase(value, SPAN_LIT("cid:")) || span_starts_nocase(value, SPAN_LIT("mailto:")) ||
	    (span_find_byte(value, '@') == value.n && span_find_byte(span_from(value, query), '=') == value.n - query))
		return false;
	return IS_ANY(attribute, "action", "formaction", "data", "cite", "poster", "longdesc", "background") ||
	       (span_eq_nocase(attribute, SPAN_LIT("src")) && !IS_ANY(element, "img", "input", "iframe", "meta", "area", "param", "button", "abbr", "script")) ||
	       (span_eq_nocase(attribute, SPAN_LIT("href")) && !IS_ANY(element, "a", "area", "link"));
}

/* Words, not a number, an address or the name of a class. */
static bool is_said(span value)
{
	return value.n > 3 && (span_find_byte(value, ' ') < value.n || span_find_byte(value, ':') < value.n || span_find_byte(value, '=') < value.n);
}

/* A text that lies in an address itself (RFC 2397), as pages give what is to be saved, or what a frame shows. */
static enum errc data_put(struct hidden *h, span value, struct err *e)
{
	size_t comma = span_find_byte(value, ','), n = 0;
	span body = span_from(value, comma + 1), text;
	unsigned char *p = arena_alloc(h->a, body.n + 1);
	unsigned ignored = 0;

	if (p == NULL)
		return err_memory(e);
	if (span_ends_nocase(span_first(value, comma), SPAN_LIT(";base64"))) {
		n = base64_decode_either(body, p, &ignored);
	} else {
		for (size_t i = 0; i < body.n; i++) {
			bool escaped = body.p[i] == '%' && hex_read(span_sub(body, i + 1, 2), p + n, 1);

			if (!escaped)
				p[n] = body.p[i];
			i += escaped ? 2 : 0;
			n++;
		}
	}
	text = utf8_clean(h->a, span_of(p, n));
	return text.p == NULL ? err_memory(e) : put(h, SPAN_EMPTY, text, e);
}

static enum errc tag_attributes(struct hidden *h, const struct html_tag *t, struct err *e)
{
	struct html_attribute a;
	struct field f = {0};
	enum errc rc = OK;

	for (size_t at = 0; rc == OK && html_attribute(h->in, t, &at, &a);) {
		if (span_starts_nocase(a.value, SPAN_LIT("data:text/")))
			rc = data_put(h, a.value, e);
		else if (span_eq_nocase(a.name, SPAN_LIT("value")))
			f.value = a.value;
		else if (span_eq_nocase(a.name, SPAN_LIT("name")) || (f.name.n == 0 && span_eq_nocase(a.name, SPAN_LIT("id"))))
			f.name = a.value;
		else if (span_eq_nocase(a.name, SPAN_LIT("type")) && span_eq_nocase(a.value, SPAN_LIT("password")))
			f.secret = true;
		else if (span_eq_nocase(a.name, SPAN_LIT("srcdoc")) && (rc = html_text(h->a, a.value, &a.value, e)) == OK)
			rc = put(h, SPAN_EMPTY, a.value, e);
		else if (rc == OK && ((says(a.name, t->name) && is_said(a.value)) || is_place(a.name, t->name, a.value)))
			rc = put(h, SPAN_EMPTY, a.value, e);
	}
	if (rc == OK && f.value.n > 0 && is_field(t->name) && (f.secret || f.name.n > 0 || is_said(f.value)))
		rc = put(h, f.secret ? SPAN_LIT("password") : f.name, f.value, e);
	return rc;
}

/* The script that begins with the tag at `at`, as it is; moves *at to its end. */
static void script(struct hidden *h, size_t *at)
{
	span rest = span_from(h->in, *at), text;
	size_t n = span_find_byte(rest, '>') + 1;

	if (n > rest.n) {
		h->missing.tag_end = true;
		return;
	}
	rest = span_from(rest, n);
	n = h->missing.script_end ? rest.n : span_find_nocase(rest, SPAN_LIT("</script"));
	h->missing.script_end = n == rest.n;
	text = span_trim(span_first(rest, n));
	*at = (size_t)(rest.p - h->in.p) + (n < rest.n ? n : rest.n) - 1;
	if (text.n > 0)
		line(h, SPAN_EMPTY, text);
}

/* The "<" at *at. Within a comment tags go on being looked at: a field may be commented out. */
static enum errc look(struct hidden *h, size_t *at, struct err *e)
{
	span rest = span_from(h->in, *at);
	struct html_tag t;

	if (!h->missing.tag_end && span_starts_nocase(rest, SPAN_LIT("<script"))) {
		script(h, at);
		return OK;
	}
	if (span_starts(rest, SPAN_LIT("<!--")) && *at >= h->comment_end) {
		rest = span_from(rest, 4);
		rest = span_first(rest, span_find(rest, SPAN_LIT("-->")));
		h->comment_end = (size_t)(rest.p - h->in.p) + rest.n;
		return comment(h, rest, e);
	}
	if (rest.n < 2 || !ascii_is_alpha(rest.p[1]) || !html_tag(h->in, *at, &h->missing, &t))
		return OK;
	*at = t.end - 1;
	return t.attributes + 3 < t.end ? tag_attributes(h, &t, e) : OK;
}

enum errc html_hidden(struct arena *a, span in, span *out, bool *cut, struct err *e)
{
	struct hidden h = {.a = a, .in = in};
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	buf_init(&h.out, LIMIT_TEXT_BYTES);
	for (size_t at = 0; rc == OK && !h.cut && (at += span_find_byte(span_from(in, at), '<')) < in.n; at++)
		rc = look(&h, &at, e);
	*cut = h.cut;
	if (rc == OK && (h.out.failed || (h.out.n > 0 && (*out = arena_copy(a, buf_span(&h.out))).p == NULL)))
		rc = err_memory(e);
	buf_wipe(&h.out);
	return rc;
}
