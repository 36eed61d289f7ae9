#include "mail/mime.h"

#include "mail/foreign.h"
#include "mail/lines.h"
#include "mail/mime-private.h"
#include "mail/words.h"
#include "mail/signed.h"
#include "mail/tnef.h"
#include "mail/writing.h"

static enum errc parse(struct arena *a, span raw, bool from_quoted, unsigned nest, size_t *room, struct message **out, struct err *e);

/*
 * One with words behind it, since "it is sufficient that the boundary appear in its entirety following the CRLF" (RFC 2046 5.1.1): parted by
 * white space, so that it is not the beginning of another boundary. Behind a CR alone stands the next line: *n is up to there.
 */
static enum delimiter delimiter_begins(span line, span boundary, size_t *n)
{
	span rest;
	bool close;

	if (line.n - 2 < boundary.n || memcmp(line.p + 2, boundary.p, boundary.n) != 0)
		return DELIMITER_NONE;
	rest = span_from(line, 2 + boundary.n);
	if (span_eq(span_trim(rest), SPAN_LIT("-")) && boundary.p[boundary.n - 1] != '-') { /* the last dash was lost; no line of dashes */
		*n = line.n;
		return DELIMITER_CLOSE;
	}
	close = span_starts(rest, SPAN_LIT("--"));
	rest = span_from(rest, close ? 2 : 0);
	if (rest.n == 0 || !ascii_is_space(rest.p[0]))
		return DELIMITER_NONE;
	/* What stands behind the end of all parts is outside of them, in its line already. */
	*n = (size_t)(rest.p - line.p) + (close ? 0 : span_find_byte(rest, '\r') + 1);
	return close ? DELIMITER_CLOSE : DELIMITER_NEXT;
}

/* The line at `at` begins with "--": is it a delimiter of an open multipart, the innermost first? */
static enum delimiter delimiter_at(const struct reader *r, size_t at, size_t *level, size_t *next)
{
	span rest = span_from(r->text, at), line;
	enum delimiter d;
	size_t n;

	if (rest.n < 3 || rest.p[0] != '-' || rest.p[1] != '-')
		return DELIMITER_NONE;
	line = span_first(rest, span_find_byte(rest, '\n'));
	*next = at + line.n + (line.n < rest.n ? 1 : 0);
	for (size_t i = r->n_open; i-- != 0;) {
		if ((d = delimiter_is(line, r->open[i].boundary)) != DELIMITER_NONE) {
			*level = i;
			return d;
		}
	}
	for (size_t i = r->n_open; i-- != 0;)
		if ((d = delimiter_begins(line, r->open[i].boundary, &n)) != DELIMITER_NONE) {
			*level = i;
			*next = n < line.n ? at + n : *next;
			return d;
		}
	return DELIMITER_NONE;
}

static bool delimiter_stops(const void *ctx, size_t line_at)
{
	size_t level, next;

	return delimiter_at(ctx, line_at, &level, &next) != DELIMITER_NONE;
}

const char *path_child(struct arena *a, const char *parent, unsigned number, const char *mark)
{
	size_t n = strlen(parent), n_mark = strlen(mark), at = 0;
	char *path = arena_alloc(a, n + n_mark + 12), digits[10];
	unsigned n_digits = 0;

	if (path == NULL)
		return NULL;
	if (n != 0) {
		memcpy(path, parent, n);
		path[n] = '.';
		at = n + 1;
	}
	memcpy(path + at, mark, n_mark);
	at += n_mark;
	do {
		digits[n_digits++] = (char)('0' + number % 10);
	} while ((number /= 10) != 0);
	while (n_digits != 0)
		path[at++] = digits[--n_digits];
	path[at] = '\0';
	return path;
}

struct part *part_add(struct reader *r)
{
	struct message *m = r->m;
	struct part *p;

	if (m->n_parts == r->cap) {
		size_t cap = r->cap != 0 ? r->cap * 2 : 2;

		if ((p = arena_alloc(r->arena, cap * sizeof *p)) == NULL)
			return NULL;
		if (m->n_parts != 0)
			memcpy(p, m->parts, m->n_parts * sizeof *p);
		m->parts = p;
		r->cap = cap;
	}
	p = &m->parts[m->n_parts++];
	*p = (struct part){.parent = NONE};
	return p;
}

static bool is_multipart(span type) { return span_starts(type, SPAN_LIT("multipart/")); }

static bool is_message(span type)
{
	return span_eq(type, SPAN_LIT("message/rfc822")) || span_eq(type, SPAN_LIT("message/global")) ||
	       span_eq(type, SPAN_LIT("message/news"));
}

/* A type without subtype. RFC 2045 5.2: what cannot be read is text/plain; but these say that they are no text. */
static span half_type(span type)
{
	if (span_eq(type, SPAN_LIT("multipart")))
		return SPAN_LIT("multipart/mixed");
	return span_is_one_of(type, SPAN_WORDS("application", "image", "audio", "video", "font", "model")) ?
	    SPAN_LIT("application/octet-stream") : SPAN_LIT("text/plain");
}

/* A further name of its file. */
static enum errc name_add(struct arena *a, struct part *p, span name, struct err *e)
{
	struct text t = {.arena = a};

	if (name.n == 0 || span_eq(name, p->filename))
		return OK;
	text_put(&t, p->other_names);
	text_put(&t, name);
	text_byte(&t, '\n');
	p->other_names = text_span(&t);
	return t.failed ? err_memory(e) : OK;
}

/* All that are parameters of that name. */
static enum errc names_add(struct arena *a, struct part *p, const struct param *params, size_t n, const char *name, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < n && rc == OK; i++)
		if (span_eq(params[i].name, span_str(name)))
			rc = name_add(a, p, params[i].value, e);
	return rc;
}

/* What Content-Type says of p; *boundary is empty when it has none. */
static enum errc part_type(struct arena *a, struct part *p, span value, span charset, span *boundary, struct err *e)
{
	struct param *params;
	size_t n, slash;
	span type;
	enum errc rc = header_params(a, value, charset, &type, &params, &n, e);

	if (rc != OK)
		return rc;
	slash = span_find_byte(type, '/');
	if (slash == 0 || type.n <= slash + 1)
		type = half_type(span_first(type, slash));
	p->type = type;
	p->declared = true;
	p->charset = param_get(params, n, "charset");
	p->filename = param_get(params, n, "name");
	if ((rc = names_add(a, p, params, n, "name", e)) != OK)
		return rc;
	if (n != 0 && span_eq(type, SPAN_LIT("text/plain"))) {
		p->flowed = span_eq_nocase(param_get(params, n, "format"), SPAN_LIT("flowed"));
		p->delsp = p->flowed && span_eq_nocase(param_get(params, n, "delsp"), SPAN_LIT("yes"));
	}
	if (n != 0 && span_eq(type, SPAN_LIT("message/partial"))) {
		p->piece = param_get(params, n, "number");
		p->pieces = param_get(params, n, "total");
		p->piece_id = param_get(params, n, "id");
	}
	*boundary = param_get(params, n, "boundary");
	while (boundary->n != 0 && ascii_is_space(boundary->p[boundary->n - 1]))
		boundary->n--;
	return OK;
}

enum errc part_fields(struct arena *a, struct part *p, const struct mime_fields *f, span charset, span *boundary,
    struct err *e)
{
	struct param *params = NULL;
	size_t n = 0;
	span filename = SPAN_EMPTY, name, ignored;
	enum errc rc;

	*boundary = SPAN_EMPTY;
	if (f->type.p != NULL && (rc = part_type(a, p, f->type, charset, boundary, e)) != OK)
		return rc;
	if (f->disposition.p != NULL) {
		if ((rc = header_params(a, f->disposition, p->charset.n != 0 ? p->charset : charset, &p->disposition, &params, &n, e)) != OK)
			return rc;
		filename = param_get(params, n, "filename");
	}
	/* "inline", and "attachment; filename=x" in a second field, as Notes has it: the first counts, and the name. */
	if (filename.n == 0 && f->disposition_again.p != NULL) {
		if ((rc = header_params(a, f->disposition_again, p->charset.n != 0 ? p->charset : charset, &ignored, &params, &n, e)) != OK)
			return rc;
		filename = param_get(params, n, "filename");
	}
	if (filename.n != 0) {
		name = p->filename;
		p->filename = filename;
		if ((rc = name_add(a, p, name, e)) != OK || (rc = names_add(a, p, params, n, "filename", e)) != OK)
			return rc;
	}
	if (f->encoding.p != NULL) {
		p->encoding = encoding_of(encoding_word(f->encoding));
		if (p->encoding == ENCODING_UNKNOWN)
			p->problems |= MIME_UNKNOWN_ENCODING;
	}
	if (f->id.p != NULL && (p->content_id = header_message_id(a, f->id)).p == NULL)
		return err_memory(e);
	p->location = f->location;
	return OK;
}

/* Opens the multipart p for its children, or says why it is read as a leaf. */
static void multipart_open(struct reader *r, struct part *p, span boundary)
{
	if (boundary.n == 0) {
		p->problems |= MIME_NO_BOUNDARY;
		p->type = SPAN_LIT("text/plain");
	} else if (r->n_open == LIMIT_MIME_DEPTH) {
		p->problems |= MIME_LIMIT_DEPTH;
	} else {
		p->kind = PART_MULTIPART;
		r->open[r->n_open++] = (struct open_multipart){
		    .part = (size_t)(p - r->m->parts),
		    .boundary = boundary,
		    .digest = span_eq(p->type, SPAN_LIT("multipart/digest")),
		};
	}
}

/* The entity (the message, or one part) whose header section begins at `at`; *body_at is where to go on. */
static enum errc entity_open(struct reader *r, size_t at, size_t *body_at, struct err *e)
{
	struct open_multipart *in = r->n_open != 0 ? &r->open[r->n_open - 1] : NULL;
	struct section s = {.text = r->text, .at = at, .stops = in != NULL ? delimiter_stops : NULL, .ctx = r,
	    .fields = in == NULL ? &r->m->headers : NULL};
	struct part *p = part_add(r);
	span boundary;
	enum errc rc;

	if (p == NULL)
		return err_memory(e);
	if ((rc = section_read(r->arena, &s, e)) != OK || (rc = part_fields(r->arena, p, &s.mime, r->m->headers.charset, &boundary, e)) != OK)
		return rc;
	p->problems |= s.problems;
	if (p->type.n == 0)
		p->type = in != NULL && in->digest ? SPAN_LIT("message/rfc822") : SPAN_LIT("text/plain");
	/* What it was before it was made UTF-16 is over; what is encoded still is in what it declares. */
	if (r->utf8 && p->encoding == ENCODING_IDENTITY)
		p->charset = SPAN_LIT("utf-8");
	if (r->m->headers.charset.n == 0 && span_starts(p->type, SPAN_LIT("text/")))
		r->m->headers.charset = p->charset;
	p->path = "";
	if (in != NULL) {
		p->parent = in->part;
		p->in_encrypted = span_eq(r->m->parts[in->part].type, SPAN_LIT("multipart/encrypted"));
		p->depth = r->m->parts[in->part].depth + 1;
		p->path = path_child(r->arena, r->m->parts[in->part].path, ++in->n_children, "");
		if (p->path == NULL)
			return err_memory(e);
	}
	p->header = span_sub(r->text, s.at, s.end - s.at);
	p->body = span_from(r->text, s.body_at);
	encoding_again(p, s.mime.encoding_again);
	if (is_message(p->type))
		p->kind = PART_MESSAGE;
	else if (is_multipart(p->type)) {
		if ((rc = boundary_settle(r->arena, s.mime.type, p->body, in == NULL, &boundary, e)) != OK)
			return rc;
		multipart_open(r, p, boundary);
	}
	if (in == NULL && p->kind != PART_MULTIPART)
		p->path = "1";
	r->leaf = p->kind == PART_MULTIPART ? NONE : r->m->n_parts - 1;
	*body_at = s.body_at;
	return OK;
}

/* What a TNEF or signed part holds, as parts behind it: those of a message. */
static enum errc parts_within(struct reader *r, size_t i, span message, struct err *e)
{
	struct part from = r->m->parts[i], *p;
	struct message *m;
	unsigned n = 0;
	enum errc rc = parse(r->arena, message, false, r->nest + 1, r->room, &m, e);

	if (rc == OK) {
		r->m->problems |= m->problems & MIME_LIMIT_ANY;
		if (m->parts[0].kind == PART_MULTIPART)
			r->m->parts[i].inner_header = m->parts[0].header;
	}
	for (size_t k = 0; rc == OK && k < m->n_parts; k++) {
		if (m->parts[k].kind == PART_MULTIPART)
			continue;
		if (r->m->n_parts >= LIMIT_MIME_PARTS) {
			r->m->problems |= MIME_LIMIT_PARTS;
			return OK;
		}
		if ((p = part_add(r)) == NULL)
			return err_memory(e);
		*p = m->parts[k];
		p->made = true;
		p->parent = from.parent;
		p->depth = from.depth + 1;
		if ((p->path = path_child(r->arena, from.path, ++n, "t")) == NULL)
			return err_memory(e);
	}
	return rc;
}

/* How it begins, decoded without memory: which of a dozen bytes says whether it is CMS. */
static enum cms cms_begins(const struct part *p)
{
	enum { HEAD = 64 };
	unsigned char head[HEAD];
	span first = span_first(p->body, HEAD);
	unsigned ignored = 0;

	if (p->encoding == ENCODING_BASE64)
		first = span_of(head, base64_decode(first, head, &ignored));
	return cms_kind(first);
}

/* What lies open in S/MIME, whatever the part calls itself. */
static enum errc signed_part(struct reader *r, size_t i, struct err *e)
{
	struct part *p = &r->m->parts[i];
	unsigned ignored = 0;
	span content, inner;
	bool cut, more = false;
	enum cms kind;
	enum errc rc;

	if (p->kind != PART_LEAF || (!part_is_smime(p) && cms_begins(p) == CMS_NONE))
		return OK;
	if ((rc = part_content(r->arena, r->m, p, &content, &ignored, e)) != OK)
		return rc == ERR_LIMIT ? OK : rc;
	if ((rc = cms_content(r->arena, content, &inner, &kind, &cut, e)) != OK ||
	    (kind == CMS_PACKED && inner.n != 0 && (rc = compressed_content(r->arena, inner, r->room, &inner, &more, e)) != OK))
		return rc;
	p->encrypted = kind == CMS_ENCRYPTED;
	if (cut || more)
		p->problems |= MIME_TRUNCATED;
	if (inner.n == 0)
		return OK;
	if (r->nest == LIMIT_NEST_DEPTH) {
		p->problems |= MIME_LIMIT_NEST;
		return OK;
	}
	p->opened = p->signed_data = true;
	return parts_within(r, i, inner, e);
}

/* Of the files that lay in the text of part `i`: those from `first` on. One that lost its label is opened as the file is. */
static enum errc signed_parts(struct reader *r, size_t i, size_t first, struct err *e)
{
	enum errc rc = OK;

	for (size_t k = first, n = r->m->n_parts; rc == OK && k < n; k++) {
		rc = signed_part(r, k, e);
		if (r->m->parts[k].opened && part_is_smime(&r->m->parts[i]))
			r->m->parts[i].opened = r->m->parts[i].signed_data = true;
	}
	return rc;
}

/* Does it begin as a message in a form of its own does? Few bodies begin so that all of them must be decoded. */
static enum errc foreign_begins(struct arena *a, const struct part *p, bool *begins, struct err *e)
{
	enum { HEAD = 256 };
	unsigned ignored = 0;
	span head;
	enum errc rc = decode(a, p->encoding, p->encoding == ENCODING_IDENTITY ? p->body : span_first(p->body, HEAD), &head, &ignored, e);

	*begins = rc == OK && foreign_sniff(head);
	return rc;
}

/* A leaf that is one, whatever it calls itself. */
static enum errc foreign_part(struct reader *r, size_t i, struct err *e)
{
	struct part *p = &r->m->parts[i];
	struct foreign f;
	struct err why;
	unsigned ignored = 0;
	span content;
	bool begins;
	enum errc rc;

	if (p->kind != PART_LEAF)
		return OK;
	if ((rc = foreign_begins(r->arena, p, &begins, e)) != OK || !begins)
		return rc;
	if ((rc = part_content(r->arena, r->m, p, &content, &ignored, e)) != OK)
		return rc == ERR_LIMIT ? OK : rc;
	if (r->nest == LIMIT_NEST_DEPTH && tnef_sniff(content)) {
		p->problems |= MIME_LIMIT_NEST;
		return OK;
	}
	if ((rc = foreign_read(r->arena, content, &f, &why)) == ERR_MEMORY)
		return err_memory(e);
	if (rc != OK || f.form == NULL)
		return OK;
	if (f.missing[0] != '\0')
		p->problems |= MIME_DAMAGED;
	if (tnef_sniff(content)) {
		p->opened = true;
		return parts_within(r, i, f.rendered, e);
	}
	p->foreign = true;
	p->rendered = f.rendered;
	p->kind = PART_MESSAGE;
	return OK;
}

/* Those from `first` on that are, of the files that lay in a text. */
static enum errc foreign_parts(struct reader *r, size_t first, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = first, n = r->m->n_parts; rc == OK && i < n; i++)
		rc = foreign_part(r, i, e);
	return rc;
}

static void body_end(const struct reader *r, struct part *p, size_t end)
{
	size_t begin = (size_t)(p->body.p - r->text.p);

	p->body.n = end > begin ? end - begin : 0;
}

/* The innermost multipart, in which no part was found, is read as text, so that nothing is hidden. */
static void multipart_is_text(struct reader *r)
{
	struct part *p = &r->m->parts[r->leaf = r->open[--r->n_open].part];

	p->problems |= MIME_BOUNDARY_MISSING;
	p->kind = PART_LEAF;
	p->type = SPAN_LIT("text/plain");
	if (p->parent == NONE)
		p->path = "1";
}

/* Takes the innermost multipart off. */
static enum errc multipart_close(struct reader *r, size_t end, unsigned problems, struct err *e)
{
	struct open_multipart *o = &r->open[r->n_open - 1];
	struct part *p = &r->m->parts[o->part];
	size_t files = r->m->n_parts;
	enum errc rc;

	body_end(r, p, end);
	if (o->n_children != 0) {
		p->problems |= problems;
		r->n_open--;
		return OK;
	}
	multipart_is_text(r);
	r->leaf = NONE;
	return (rc = file_parts(r, o->part, e)) != OK ? rc : foreign_parts(r, files, e);
}

/* Ends the leaf that is open, and the multiparts from `level` on, before `end`. */
static enum errc parts_close(struct reader *r, size_t level, size_t end, unsigned problems, struct err *e)
{
	size_t files;
	enum errc rc = OK;

	if (r->leaf != NONE) {
		body_end(r, &r->m->parts[r->leaf], end);
		encoding_doubt(&r->m->parts[r->leaf]);
		files = r->m->n_parts;
		if ((rc = file_parts(r, r->leaf, e)) == OK && (rc = foreign_parts(r, files, e)) == OK)
			rc = foreign_part(r, r->leaf, e);
		if (rc == OK && (rc = signed_part(r, r->leaf, e)) == OK)
			rc = signed_parts(r, r->leaf, files, e);
		r->leaf = NONE;
	}
	while (rc == OK && r->n_open > level)
		rc = multipart_close(r, end, problems, e);
	return rc;
}

/* Where the content before the delimiter line at `at` ends: the line end is the delimiter's (RFC 2046 5.1.1). */
static size_t before_delimiter(span text, size_t at)
{
	if (at != 0 && text.p[at - 1] == '\n')
		at--;
	if (at != 0 && text.p[at - 1] == '\r')
		at--;
	return at;
}

/* Walks from delimiter to delimiter. No recursion: what is open stands in r->open. */
static enum errc parts_walk(struct reader *r, size_t at, struct err *e)
{
	size_t level = 0, next = 0, after, files;
	enum errc rc;

	while (r->n_open != 0) {
		enum delimiter d = DELIMITER_NONE;

		while ((at = line_find(r->text, at, '-', '-')) < r->text.n &&
		    (d = delimiter_at(r, at, &level, &next)) == DELIMITER_NONE)
			at++;
		if (d == DELIMITER_NONE)
			break;
		if ((rc = parts_close(r, level + 1, before_delimiter(r->text, at), MIME_BOUNDARY_UNCLOSED, e)) != OK)
			return rc;
		if (d == DELIMITER_CLOSE && r->open[level].n_children == 0) {
			multipart_is_text(r); /* with what follows: it is no epilogue of anything */
			at = next;
		} else if (d == DELIMITER_CLOSE) {
			if ((rc = multipart_close(r, next, 0, e)) != OK)
				return rc;
			at = next;
		} else if (next == r->text.n || delimiter_at(r, next, &level, &after) != DELIMITER_NONE) {
			at = next; /* nothing before the next delimiter or the end, not even an empty line: no part */
		} else if (r->m->n_parts >= LIMIT_MIME_PARTS) {
			r->m->problems |= MIME_LIMIT_PARTS;
			break;
		} else if ((rc = entity_open(r, next, &at, e)) != OK) {
			return rc;
		}
	}
	if ((rc = parts_close(r, 0, r->text.n, MIME_BOUNDARY_UNCLOSED | MIME_TRUNCATED, e)) != OK)
		return rc;
	files = r->m->n_parts;
	return (rc = epilogue_parts(r, e)) != OK ? rc : foreign_parts(r, files, e);
}

static enum errc parse(struct arena *a, span raw, bool from_quoted, unsigned nest, size_t *room, struct message **out, struct err *e)
{
	struct message *m = arena_zero(a, 1, sizeof *m);
	struct reader r = {.arena = a, .m = m, .leaf = NONE, .nest = nest, .room = room};
	struct writing_view view;
	size_t body_at;
	unsigned odd;
	enum errc rc;

	if (m == NULL)
		return err_memory(e);
	if ((rc = writing_view(a, span_first(raw, LIMIT_MESSAGE_BYTES), &view, e)) != OK)
		return rc;
	r.text = view.text;
	r.utf8 = view.writing.charset != NULL;
	odd = bytes_odd(r.text) | (view.writing.cr ? BYTES_BARE_CR : 0u);
	m->raw = raw;
	m->text = r.text;
	m->from_quoted = from_quoted;
	if (r.text.p == NULL)
		r.text = SPAN_LIT("");
	if ((rc = entity_open(&r, message_begin(r.text), &body_at, e)) != OK)
		return rc;
	if (m->headers.n == 0)
		m->parts[0].problems = MIME_NO_HEADERS;
	m->body = m->parts[0].body;
	if ((rc = parts_walk(&r, body_at, e)) != OK)
		return rc;
	m->problems |= (raw.n > LIMIT_MESSAGE_BYTES ? MIME_LIMIT_SIZE : 0u) | (r.utf8 ? MIME_UTF16 : 0u) | (odd & BYTES_NUL ? MIME_NUL : 0u) |
	    (odd & BYTES_BARE_CR ? MIME_BARE_CR : 0u) | (!r.utf8 && bytes_8bit(m->headers.raw) ? MIME_HEADER_8BIT : 0u);
	for (size_t i = 0; i < m->n_parts; i++)
		m->problems |= m->parts[i].problems;
	*out = m;
	return OK;
}

enum errc mime_parse(struct arena *a, span raw, bool from_quoted, struct message **out, struct err *e)
{
	size_t room = LIMIT_ATTACHED_MEMBER;

	return parse(a, raw, from_quoted, 0, &room, out, e);
}
