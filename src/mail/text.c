#include "mail/text.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "mail/flowed.h"
#include "mail/pieces.h"
#include "mail/text-kind.h"
#include "stream/html.h"

/* Encoded bytes that are decoded to see what a part is, and of an HTML page to find its charset. */
enum { HEAD_BYTES = 4096, META_BYTES = 2048 };

static enum errc not_text(struct part_text *out, const char *reason)
{
	out->outcome = TEXT_NOT;
	out->reason = reason;
	return OK;
}

static void partial(struct part_text *out, const char *reason)
{
	if (out->outcome == TEXT_READ) {
		out->outcome = TEXT_PARTIAL;
		out->reason = reason;
	}
}

/* Whether the whole was put together ingest knows, and scan's keeper says instead: see store/pieces.h. */
static enum errc partial_piece(struct arena *a, const struct part *p, struct part_text *out, struct err *e)
{
	struct piece piece;
	const char *reason;

	if (!part_is_piece(p, &piece))
		return OK;
	reason = piece.number == 0 ? "piece ?" : piece.total == 0 ? arena_printf(a, "piece %u", piece.number) :
	    arena_printf(a, "piece %u of %u", piece.number, piece.total);
	if (reason != NULL)
		reason = arena_printf(a, "%s of a message that was sent in pieces (message/partial): read as it is, not put together", reason);
	if (reason == NULL)
		return err_memory(e);
	partial(out, reason);
	return OK;
}

/* The content of the part, of at most `most` encoded bytes. */
static enum errc content_first(struct arena *a, const struct message *m, const struct part *p, size_t most, span *out,
    unsigned *problems, struct err *e)
{
	struct part first = *p;

	first.body = span_first(p->body, most);
	return part_content(a, m, &first, out, problems, e);
}

/* The value behind `key` and "=" in a piece of markup, without quotes; empty when it does not occur. */
static span markup_value(span s, span key)
{
	size_t at = span_find_nocase(s, key), n = 0;

	if (at == s.n)
		return SPAN_EMPTY;
	s = span_trim(span_from(s, at + key.n));
	if (s.n == 0 || s.p[0] != '=')
		return SPAN_EMPTY;
	s = span_trim(span_from(s, 1));
	if (s.n > 0 && (s.p[0] == '"' || s.p[0] == '\''))
		s = span_from(s, 1);
	while (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '-' || s.p[n] == '_' || s.p[n] == ':' || s.p[n] == '.'))
		n++;
	return span_first(s, n);
}

/* What the text says of itself: <meta charset>, <?xml encoding?>. */
static const struct charset *by_markup(const struct part_text *t)
{
	span head = span_first(t->content, META_BYTES), name = SPAN_EMPTY;
	const struct charset *c;

	if (span_starts(head, SPAN_LIT("<?xml")))
		name = markup_value(span_first(head, span_find_byte(head, '>')), SPAN_LIT("encoding"));
	if (name.n == 0 && t->html)
		name = markup_value(head, SPAN_LIT("charset"));
	if (name.n == 0 || (c = charset_find(name)) == NULL)
		return NULL;
	/* It could be read as ASCII, so it is no UTF-16 (HTML 5, 13.2.3.2). */
	return span_starts_nocase(name, SPAN_LIT("utf-16")) || span_starts_nocase(name, SPAN_LIT("utf-32")) ? NULL : c;
}

static bool has_mark(span s)
{
	return span_starts(s, SPAN_LIT(UTF8_MARK)) || span_starts(s, SPAN_LIT("\xff\xfe")) ||
	       span_starts(s, SPAN_LIT("\xfe\xff"));
}

static bool has_high_bytes(span s)
{
	unsigned char all = 0;

	for (size_t i = 0; i < s.n; i++)
		all |= s.p[i];
	return all >= 0x80;
}

/* As many spaces as between words of ASCII. */
static bool has_words(span s)
{
	enum { WORD = 12 };
	size_t spaces = 0;

	for (size_t i = 0; i < s.n; i++)
		spaces += s.p[i] == ' ';
	return s.n != 0 && spaces >= s.n / WORD;
}

/* As many letters of several bytes as bytes that fit no other: text that was cut or damaged, and not of another charset. */
static bool is_damaged_utf8(span s)
{
	size_t good = 0, bad = 0;

	for (size_t at = span_ascii(s), n; at < s.n; at += n + span_ascii(span_from(s, at + n))) {
		(void)utf8_get(span_from(s, at), &n);
		good += n > 1;
		bad += n == 1;
	}
	return good != 0 && good >= bad;
}

/* By how the text is written; why is what a reader of the case is told where it is not the usual charset. */
static const struct charset *by_writing(struct part_text *t, const char *why)
{
	const struct charset *c = charset_guess(t->content);

	if (c != charset_utf8() && c != charset_find(SPAN_LIT("windows-1252")) &&
	    charset_told(t->content) == NULL)
		t->guess = why;
	return c;
}

static const struct charset *by_markup_or_writing(struct part_text *t, const char *why)
{
	const struct charset *own = by_markup(t);

	return own != NULL ? own : by_writing(t, why);
}

/* Mail programs that do not know what text is in put a Western charset, or that of the country they were made for. */
static const struct charset *by_declared(struct part_text *t, const struct charset *declared)
{
	const struct charset *clear = charset_instead(declared, t->content);

	if (clear == NULL)
		return declared;
	t->problems |= MIME_BAD_CHARSET;
	t->guess = declared == charset_find(SPAN_LIT("windows-1252")) ? "charset declared as a Western one, which it is not"
								      : "charset declared as one that it is not in";
	return clear;
}

/* In text of no charset but UTF-16 every second byte is zero, whatever is declared; NULL where it is not so. */
static const struct charset *by_zeros(const struct part_text *t)
{
	span head = span_first(t->content, META_BYTES);
	const struct charset *c = span_find_byte(head, 0) < head.n ? charset_told(t->content) : NULL;

	return c != NULL && strncmp(charset_name(c), "utf-16", 6) == 0 ? c : NULL;
}

static bool is_wide(const struct charset *c)
{
	return strncmp(charset_name(c), "utf-16", 6) == 0 || strncmp(charset_name(c), "utf-32", 6) == 0;
}

/* The charset that the text is in, as far as it can be known; what was declared and is not so is noted. */
static const struct charset *charset_for(const struct part *p, struct part_text *t)
{
	const struct charset *declared = charset_find(p->charset), *wide;
	const struct charset *utf8 = charset_utf8();

	if (has_mark(t->content))
		return charset_guess(t->content);
	if (declared != NULL && declared != charset_find(SPAN_EMPTY) && (wide = by_zeros(t)) != NULL) {
		if (wide != declared && declared != charset_find(SPAN_LIT("utf-16"))) {
			t->problems |= MIME_BAD_CHARSET;
			t->guess = "charset declared as one that it is not in";
		}
		return wide;
	}
	if (declared == NULL) {
		t->problems |= MIME_BAD_CHARSET;
		declared = by_writing(t, "unknown charset");
		if (declared != utf8 && t->guess == NULL)
			partial(t, "unknown charset, read as a guess");
	} else if (declared == charset_find(SPAN_EMPTY)) {
		declared = by_markup_or_writing(t, "charset not declared");
	} else if (charset_is_ascii(p->charset)) {
		declared = by_markup_or_writing(t, "charset declared as us-ascii, which it is not");
		if (has_high_bytes(t->content))
			t->problems |= MIME_BAD_CHARSET;
	} else if (is_wide(declared) && span_find_byte(t->content, 0) == t->content.n &&
	           (utf8_valid(t->content) == t->content.n || has_words(t->content))) {
		/* Not one zero byte: a mail program converted the text and kept the label. */
		t->problems |= MIME_BAD_CHARSET;
		declared = utf8_valid(t->content) == t->content.n ? utf8 : by_writing(t, "charset declared as one of zero bytes, which it has not");
	} else {
		declared = by_declared(t, declared);
	}
	if (declared == utf8 && utf8_valid(t->content) != t->content.n) {
		t->problems |= MIME_BAD_CHARSET;
		if (!is_damaged_utf8(t->content))
			declared = by_writing(t, "charset declared as utf-8, which it is not");
	}
	return declared;
}

static enum errc convert(struct arena *a, const struct part *p, struct part_text *t, struct err *e)
{
	enum flowing how;
	size_t bad;
	enum errc rc;

	if (t->content.n > LIMIT_TEXT_BYTES) {
		t->content = span_first(t->content, LIMIT_TEXT_BYTES);
		t->problems |= MIME_LIMIT_SIZE;
		partial(t, "longer than what is read as text");
	}
	t->charset = charset_for(p, t);
	if ((rc = charset_to_utf8(a, t->charset, t->content, &t->source, &bad, e)) != OK)
		return rc;
	if (bad > 0)
		t->problems |= MIME_BAD_CHARSET;
	if (bad > 0 && t->charset != charset_utf8() && charset_told(t->content) == charset_utf8()) {
		t->charset = charset_utf8();
		if ((rc = charset_to_utf8(a, t->charset, t->content, &t->source, &bad, e)) != OK)
			return rc;
	}
	t->utf8 = t->source;
	/* A file is shown with its lines. */
	how = text_is_json(p->type, p->filename) ? FLOW_JSON : span_ends_nocase(p->filename, SPAN_LIT(".properties")) ? FLOW_PROPERTIES :
	    !p->flowed || p->filename.n != 0 ? FLOW_NOT : p->delsp ? FLOW_DELSP : FLOW_SOFT;
	if (!t->html && (rc = flowed_text(a, t->source, how, &t->utf8, &t->flow, e)) != OK)
		return rc;
	if (t->html && ((rc = html_text(a, t->source, &t->utf8, e)) != OK ||
	                   (rc = html_places_new(a, t->source, &t->html_places, e)) != OK))
		return rc;
	/* Nothing but a byte order mark was taken away: the places are the same. */
	if (bad == 0 && (t->content.n == 0 || (t->source.n <= t->content.n && t->source.p == t->content.p + (t->content.n - t->source.n))))
		return OK;
	return charset_places_new(a, t->charset, t->content, &t->charset_places, e);
}

/* Of text in a form its charset may be declared; what can be UTF-8, or says itself what it is in, is read as that. */
static enum errc form_decode(struct arena *a, const struct part *p, span *bytes, struct err *e)
{
	const struct charset *declared = charset_find(p->charset);

	if (p->charset.n == 0 || declared == NULL || declared == charset_utf8() || charset_is_ascii(p->charset) || charset_told(*bytes) != NULL)
		return OK;
	return charset_to_utf8(a, charset_instead(declared, *bytes) != NULL ? charset_instead(declared, *bytes) : declared, *bytes, bytes, NULL, e);
}

/* Leaves *out as it is when it is no document after all. */
static enum errc read_document(struct arena *a, const struct message *m, const struct part *p, struct passwords *passwords,
    struct part_text *out, struct err *e)
{
	struct document *d = arena_zero(a, 1, sizeof *d);
	struct arena *own;
	struct err why = {0};
	span bytes;
	enum errc rc;

	if (d == NULL)
		return err_memory(e);
	if ((rc = arena_new(&own, LIMIT_DOCUMENT_ARENA, e)) != OK)
		return rc;
	if ((rc = part_content(own, m, p, &bytes, &out->problems, &why)) == OK) {
		enum document_kind kind = document_kind(bytes);

		if (kind == DOCUMENT_NONE) {
			arena_free(own);
			return OK;
		}
		if (kind != DOCUMENT_FORM || (rc = form_decode(own, p, &bytes, &why)) == OK)
			rc = document_read(a, bytes, passwords, d, &why);
	}
	arena_free(own);
	if (rc == ERR_EVIDENCE || rc == ERR_LIMIT || rc == ERR_MEMORY) {
		out->outcome = TEXT_NOT;
		out->reason = rc == ERR_MEMORY ? "a document that needs more memory than one is given" : arena_cstr(a, span_str(why.text));
		return out->reason != NULL ? OK : err_memory(e);
	}
	if (rc != OK)
		return err_set(e, rc, "%s", why.text);
	out->document = d;
	out->charset = charset_utf8();
	out->content = out->source = out->utf8 = d->text;
	if (d->problem != NULL)
		partial(out, d->problem);
	return OK;
}

enum errc part_text(struct arena *a, const struct message *m, const struct part *p, struct passwords *passwords,
    struct part_text *out, struct err *e)
{
	/* Three encoded bytes a byte is the most that an encoding takes. */
	size_t most = 3 * LIMIT_TEXT_BYTES + HEAD_BYTES;
	enum declared declared = text_declared(p->type, p->filename);
	const char *kind;
	unsigned unused = 0;
	bool certain, open;
	span head;
	enum errc rc;

	*out = (struct part_text){0};
	if (p->kind != PART_LEAF)
		return not_text(out, NULL);
	if ((kind = part_sealed(p)) != NULL)
		return not_text(out, kind);
	if (p->opened)
		return not_text(out, p->signed_data ? "S/MIME, not encrypted: what it holds is parts of its own"
						      : "TNEF (winmail.dat): what it holds is parts of its own");
	if ((rc = content_first(a, m, p, HEAD_BYTES, &head, &unused, e)) != OK)
		return rc;
	if (document_may_be(head)) {
		if ((rc = read_document(a, m, p, passwords, out, e)) != OK || out->document != NULL || out->reason != NULL)
			return rc;
	}
	if ((kind = text_openpgp_says(text_openpgp(head, p->filename))) != NULL)
		return not_text(out, kind);
	kind = text_kind(head, &certain);
	if (kind != NULL && (certain || !text_looks(head)))
		return not_text(out, kind);
	open = declared == DECLARED_NOTHING || declared == DECLARED_OTHER;
	if (open && !text_looks(head))
		return not_text(out, text_kind_by_type(p->type, p->filename));
	out->html = declared == DECLARED_HTML || (declared == DECLARED_NOTHING && text_is_html(head));
	if ((rc = content_first(a, m, p, most, &out->content, &out->problems, e)) != OK)
		return rc;
	if (p->body.n > most)
		partial(out, "longer than what is read as text");
	if ((rc = partial_piece(a, p, out, e)) != OK)
		return rc;
	if (span_eq(p->type, SPAN_LIT("message/external-body")))
		partial(out, "what it holds lies elsewhere (message/external-body)");
	/* Most that write it place letters one by one, or call them by numbers of their own. */
	if (kind != NULL && span_starts(head, SPAN_LIT("%!PS")))
		partial(out, "PostScript document: words were read where they stand in its program as such, not as it draws them");
	return convert(a, p, out, e);
}

enum errc subject_text(struct arena *a, const struct message *m, struct part_text *out, struct err *e)
{
	const struct field *f;

	*out = (struct part_text){.outcome = TEXT_NOT};
	for (f = headers_get(&m->headers, "Subject"); f != NULL && out->utf8.n == 0; f = headers_next(&m->headers, f))
		if ((out->utf8 = header_text(a, f->value, m->headers.charset)).p == NULL)
			return err_memory(e);
	if (out->utf8.n == 0)
		return OK;
	out->outcome = TEXT_READ;
	out->charset = charset_utf8();
	out->content = out->source = out->utf8;
	return flowed_text(a, out->source, FLOW_NOT, &out->utf8, &out->flow, e);
}

const char *const loose_paths[LOOSE_PATHS] = {SUBJECT_PATH, NAMES_PATH, "fields", "preamble", "epilogue"};

/* The next part from `i` on that is one of the multipart `in` as it is written; NULL when there is none. */
static const struct part *part_within(const struct message *m, size_t in, size_t i)
{
	for (; i < m->n_parts && m->parts[i].depth > m->parts[in].depth; i++)
		if (m->parts[i].parent == in && !m->parts[i].made && !m->parts[i].uuencoded && m->parts[i].header.p != NULL)
			return &m->parts[i];
	return NULL;
}

/* From `from` up to the delimiter of that part, which is the line before its header, or where there is none to `end`. */
static span before_part(const unsigned char *from, const struct part *p, const unsigned char *end)
{
	if (p != NULL && (p->header.p <= from || p->header.p > end))
		return SPAN_EMPTY;
	if (p != NULL)
		for (end = p->header.p - 1; end > from && end[-1] != '\n'; end--)
			;
	return from < end ? span_of(from, (size_t)(end - from)) : SPAN_EMPTY;
}

/* Of the multipart `i`: before the delimiter of its first part; behind its closing one. */
static span outside_of(const struct message *m, size_t i, bool before)
{
	const struct part *p = &m->parts[i], *in;
	const unsigned char *end = p->body.p + p->body.n;

	if (before) {
		in = part_within(m, i, i + 1);
		return in != NULL ? before_part(p->body.p, in, end) : SPAN_EMPTY;
	}
	if (i == 0)
		return before_part(end, NULL, m->text.p + m->text.n);
	if (p->parent >= m->n_parts)
		return SPAN_EMPTY;
	in = &m->parts[p->parent];
	return before_part(end, part_within(m, p->parent, i + 1), in->body.p + in->body.n);
}

/* Without empty lines, and those that close what is around the multipart: a delimiter, with "--" at both ends. */
static void put_loose(struct buf *out, span text)
{
	span line;

	while (span_line(&text, &line))
		if (span_trim(line).n != 0 && !(span_starts(line, SPAN_LIT("--")) && span_ends_nocase(span_trim(line), SPAN_LIT("--")))) {
			buf_put(out, line);
			buf_byte(out, '\n');
		}
}

/* That of all multiparts of the message. Of the outermost alone, as nearly all have it, it is given as it stands. */
static enum errc outside_parts(struct arena *a, const struct message *m, bool before, span *out, struct err *e)
{
	struct buf b;
	enum errc rc;

	*out = SPAN_EMPTY;
	if (m->n_parts < 2 || m->parts[0].kind != PART_MULTIPART)
		return OK;
	*out = outside_of(m, 0, before);
	buf_init(&b, LIMIT_TEXT_BYTES);
	for (size_t i = 1; i < m->n_parts; i++)
		if (m->parts[i].kind == PART_MULTIPART && !m->parts[i].made && !m->parts[i].uuencoded)
			put_loose(&b, outside_of(m, i, before));
	if (b.n != 0) {
		put_loose(&b, *out);
		*out = arena_copy(a, buf_span(&b));
	}
	rc = b.n != 0 && out->p == NULL ? err_memory(e) : OK;
	buf_wipe(&b);
	return rc;
}

static void put_name(struct buf *out, span name)
{
	if (name.n == 0)
		return;
	buf_put(out, name_without_ending(name));
	buf_byte(out, '\n');
}

static enum errc names_text(struct arena *a, const struct message *m, struct part_text *out, struct err *e)
{
	struct buf b;
	span rest, line;

	buf_init(&b, MIB);
	for (size_t i = 0; i < m->n_parts; i++) {
		rest = m->parts[i].other_names;
		put_name(&b, m->parts[i].filename);
		while (span_line(&rest, &line))
			put_name(&b, line);
	}
	*out = (struct part_text){.outcome = b.n != 0 ? TEXT_READ : TEXT_NOT, .names = true, .charset = charset_utf8()};
	if (b.failed)
		partial(out, "more names of files than are read of one message");
	out->content = out->source = arena_copy(a, buf_span(&b));
	buf_free(&b);
	return out->source.p != NULL ? flowed_text(a, out->source, FLOW_NOT, &out->utf8, &out->flow, e) : err_memory(e);
}

static enum errc fields_text(struct arena *a, const struct message *m, struct part_text *out, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, MIB);
	rc = header_words(a, m, &b, e);
	*out = (struct part_text){.outcome = b.n != 0 ? TEXT_READ : TEXT_NOT, .charset = charset_utf8()};
	if (b.failed)
		partial(out, "more header fields than are read of one message");
	out->content = out->source = arena_copy(a, buf_span(&b));
	buf_wipe(&b);
	if (rc != OK || out->source.p == NULL)
		return rc != OK ? rc : err_memory(e);
	return flowed_text(a, out->source, FLOW_NOT, &out->utf8, &out->flow, e);
}

enum errc loose_text(struct arena *a, const struct message *m, span path, struct part_text *out, struct err *e)
{
	static const struct part plain = {.path = "", .type = {(const unsigned char *)"text/plain", 10}};
	enum errc rc;

	if (span_eq(path, SPAN_LIT(SUBJECT_PATH)))
		return subject_text(a, m, out, e);
	if (span_eq(path, SPAN_LIT(NAMES_PATH)))
		return names_text(a, m, out, e);
	if (span_eq(path, SPAN_LIT("fields")))
		return fields_text(a, m, out, e);
	*out = (struct part_text){.outcome = TEXT_NOT};
	if (!span_eq(path, SPAN_LIT("preamble")) && !span_eq(path, SPAN_LIT("epilogue")))
		return OK;
	if ((rc = outside_parts(a, m, span_eq(path, SPAN_LIT("preamble")), &out->content, e)) != OK || span_trim(out->content).n == 0)
		return rc;
	out->outcome = TEXT_READ;
	return convert(a, &plain, out, e);
}

static size_t content_place(const struct part_text *t, size_t at)
{
	return t->charset_places != NULL ? charset_place(t->charset_places, at) : t->content.n - t->source.n + at;
}

void part_text_place(const struct part_text *t, size_t at, size_t n, uint64_t *at_byte, uint64_t *n_bytes)
{
	size_t from = at, to = at + n;

	if (t->html)
		html_place(t->html_places, at, n != 0 ? n : 1, &from, &to);
	if (t->flow != NULL) {
		from = flow_source(t->flow, at);
		to = n != 0 ? flow_source_end(t->flow, at + n) : from;
	}
	from = content_place(t, from);
	*at_byte = from;
	*n_bytes = n != 0 ? content_place(t, to) - from : 0;
}

static size_t source_place(const struct part_text *t, uint64_t at_byte)
{
	size_t at = at_byte < t->content.n ? (size_t)at_byte : t->content.n, mark = t->content.n - t->source.n;

	if (t->charset_places != NULL)
		return charset_text_at(t->charset_places, at);
	return at > mark ? at - mark : 0;
}

void part_text_at(const struct part_text *t, uint64_t at_byte, uint64_t n_bytes, size_t *at, size_t *n)
{
	size_t from = source_place(t, at_byte), to = source_place(t, n_bytes < UINT64_MAX - at_byte ? at_byte + n_bytes : at_byte);

	if (t->flow != NULL) {
		from = flow_text(t->flow, from);
		to = flow_text(t->flow, to);
	}
	*at = from;
	*n = to - from;
	if (t->html)
		html_find(t->html_places, from, to, at, n);
}

enum errc part_text_value(const struct part_text *t, uint64_t at_byte, uint64_t n_bytes, span *value, struct err *e)
{
	size_t at, n;

	*value = SPAN_EMPTY;
	if (t->outcome == TEXT_NOT)
		return OK;
	if (at_byte > t->content.n || n_bytes > t->content.n - at_byte)
		return err_set(e, ERR_EVIDENCE, "the part has no bytes %llu to %llu", (unsigned long long)at_byte,
		    (unsigned long long)(at_byte + n_bytes));
	part_text_at(t, at_byte, n_bytes, &at, &n);
	*value = span_sub(t->utf8, at, n);
	return OK;
}
