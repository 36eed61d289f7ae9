/*
 * What lies encoded within a text, which keeps it too: files in uuencode, yEnc and BinHex, messages of OpenPGP that are signed and not encrypted,
 * entities of MIME that came there with their header fields, and base64 that lost them. Each is a part of its own behind that text, so that nothing is hidden.
 */
#include "mail/lines.h"
#include "mail/mime-private.h"
#include "stream/openpgp.h"

/* A part that is BinHex and nothing else: its encoding, whatever it calls that. */
static enum errc binhex_part(struct reader *r, struct part *p, struct err *e)
{
	struct uu file;

	if (p->encoding != ENCODING_IDENTITY || !span_eq(p->type, SPAN_LIT("application/mac-binhex40")) ||
	    !binhex_find(r->arena, p->body, 0, &file))
		return OK;
	p->encoding = ENCODING_BINHEX;
	/* The name within has no ".hqx" behind it. */
	p->filename = header_text(r->arena, file.name, r->m->headers.charset);
	return p->filename.p == NULL ? err_memory(e) : OK;
}

/* Are there as many parts as are taken? That is then said of the message. */
static bool is_full(struct reader *r)
{
	bool full = r->m->n_parts >= LIMIT_MIME_PARTS;

	if (full)
		r->m->problems |= MIME_LIMIT_PARTS;
	return full;
}

/* One more part that lies in part `i`; *n counts them. NULL: memory. */
static struct part *part_within(struct reader *r, size_t i, unsigned *n)
{
	const struct part in = r->m->parts[i]; /* which move */
	struct part *p = part_add(r);

	if (p == NULL)
		return NULL;
	*p = (struct part){.path = path_child(r->arena, in.path, ++*n, "u"), .depth = in.depth + 1, .parent = in.parent, .uuencoded = true};
	return p->path != NULL ? p : NULL;
}

/* A file within its text. */
static enum errc file_part(struct reader *r, size_t i, unsigned *n, const struct uu *file, enum encoding encoding, bool made, struct err *e)
{
	struct part *p = part_within(r, i, n);

	if (p == NULL)
		return err_memory(e);
	p->type = SPAN_LIT("application/octet-stream");
	p->filename = header_text(r->arena, file->name, r->m->headers.charset);
	p->encoding = encoding;
	p->body = file->body;
	p->made = made;
	return p->filename.p == NULL && file->name.n != 0 ? err_memory(e) : OK;
}

/* Written below other words, as few programs do that sign what they do not encrypt. */
static bool pgp_find(span text, size_t from, struct uu *out)
{
	*out = (struct uu){.at = 0};
	if (!openpgp_find(text, from, &out->at, &out->n))
		return false;
	out->body = span_sub(text, out->at, out->n);
	return true;
}

/* S/MIME as programs of the command line write it (RFC 7468 8, 9). */
static bool pem_find(span text, size_t from, struct uu *out)
{
	static const char *const labels[] = {"CMS-----", "PKCS7-----", "PKCS #7 SIGNED DATA-----"};
	const span begin = SPAN_LIT("-----BEGIN "), end = SPAN_LIT("\n-----END ");

	*out = (struct uu){.at = 0};
	for (size_t at = from; (at += span_find(span_from(text, at), begin)) < text.n; at += begin.n)
		for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
			span body = span_from(text, at + begin.n);

			if (!span_starts(body, span_str(labels[i])) || (at != 0 && text.p[at - 1] != '\n'))
				continue;
			body = span_from(body, strlen(labels[i]));
			body = span_first(body, span_find(body, end));
			*out = (struct uu){.at = at, .n = (size_t)(body.p - text.p) - at + body.n, .body = body};
			return true;
		}
	return false;
}

struct form { unsigned char a, b; bool (*find)(span, size_t, struct uu *); enum encoding encoding; };

/* Those of one form. */
static enum errc form_parts(struct reader *r, size_t i, const struct form *form, span text, bool made, unsigned *n, struct err *e)
{
	struct uu file;
	enum errc rc;

	for (size_t at = 0; (at = line_find(text, at, form->a, form->b)) < text.n; at = file.at + file.n) {
		if (!form->find(text, at, &file))
			break;
		if (is_full(r))
			return OK;
		if ((rc = file_part(r, i, n, &file, form->encoding, made, e)) != OK)
			return rc;
	}
	return OK;
}

/* The lines from `at` on that begin with the mark, without it; *end is behind them. */
static span unquoted(struct arena *a, span text, size_t at, span mark, size_t *end)
{
	span rest = span_from(text, at), line;
	unsigned char *p;
	size_t n = 0;

	*end = at;
	while (span_line(&rest, &line) && span_starts(line, mark))
		*end = text.n - rest.n;
	if ((p = arena_alloc(a, *end - at)) == NULL)
		return SPAN_EMPTY;
	for (; at < *end; at += line.n) {
		line = span_sub(text, at, span_find_byte(span_sub(text, at, *end - at), '\n') + 1);
		line = span_first(line, *end - at < line.n ? *end - at : line.n);
		memcpy(p + n, line.p + mark.n, line.n - mark.n);
		n += line.n - mark.n;
	}
	return span_of(p, n);
}

/* Files in uuencode of a mail that is quoted: each line has "> " before it. */
static enum errc quoted_parts(struct reader *r, size_t i, span text, unsigned *n, struct err *e)
{
	static const struct form forms[] = {{'b', 'e', uu_find, ENCODING_UUENCODE}, {'b', 'e', uu_base64_find, ENCODING_BASE64}};
	enum errc rc = OK;

	for (size_t at = 0, end; rc == OK && (at += span_find(span_from(text, at), SPAN_LIT("begin"))) < text.n; at = end) {
		size_t from = at;
		span lines;

		end = at + 1;
		while (from > 0 && (text.p[from - 1] == '>' || text.p[from - 1] == ' '))
			from--;
		if (from == at || text.p[from] != '>' || (from > 0 && text.p[from - 1] != '\n'))
			continue;
		if ((lines = unquoted(r->arena, text, from, span_sub(text, from, at - from), &end)).p == NULL)
			return err_memory(e);
		for (size_t f = 0; f < sizeof forms / sizeof *forms && rc == OK; f++)
			rc = form_parts(r, i, &forms[f], lines, true, n, e);
	}
	return rc;
}

/* What files may lie in as text. */
static enum errc files_text(struct reader *r, size_t i, span *text, bool *made, struct err *e)
{
	const struct part *p = &r->m->parts[i];
	unsigned ignored = 0;
	bool words = span_starts(p->type, SPAN_LIT("text/")), identity = p->encoding == ENCODING_IDENTITY;
	/* Encoded text is decoded where a file is announced in it; of base64 only the text itself can say. */
	bool base64 = words && p->encoding == ENCODING_BASE64;
	bool binhex = !identity && p->encoding != ENCODING_BINHEX && (span_eq(p->type, SPAN_LIT("application/mac-binhex40")) ||
	                               span_ends_nocase(p->filename, SPAN_LIT(".hqx")));
	enum errc rc = OK;

	*text = SPAN_EMPTY;
	*made = false;
	if (binhex || base64 || (words && p->encoding == ENCODING_QUOTED_PRINTABLE && (span_has(p->body, SPAN_LIT("\nbegin ")) || span_has(p->body, SPAN_LIT("\n-----BEGIN PGP MESSAGE")) ||
	                             span_has_nocase(p->body, SPAN_LIT("\ncontent-transfer-encoding:"))))) {
		*made = true;
		rc = part_content(r->arena, r->m, p, text, &ignored, e);
	} else if (identity && (words || span_starts(p->type, SPAN_LIT("application/")) || span_starts(p->type, SPAN_LIT("image/")) ||
	                        span_starts(p->type, SPAN_LIT("message/")))) {
		*text = p->body;
	}
	if (rc == ERR_LIMIT)
		*text = SPAN_EMPTY;
	return rc == ERR_LIMIT ? OK : rc;
}

/* An entity whose body is encoded, within a text: where its body is, and what its header section says. */
struct entity { struct mime_fields mime; span header, body; enum encoding encoding; };

/* What an encoded body is at least, so that mail about MIME is not taken for it. */
enum { ENTITY_BYTES = 16 };

#define ENCODING_FIELD SPAN_LIT("content-transfer-encoding:")

/* The lines of base64 at the beginning of a text. */
static span base64_run(span text)
{
	span rest = text, line;
	size_t n = 0;

	while (span_line(&rest, &line) && is_base64_line(line))
		n = text.n - rest.n;
	return span_first(text, n);
}

/*
 * Up to the delimiter that stood before the entity, or to the end of the text; empty where nothing in it is encoded, or nothing before the
 * next entity, which is looked at for itself.
 */
static span quoted_run(span text, span delimiter)
{
	span rest = text, line;
	size_t n = text.n;
	bool encoded = false;

	while (span_line(&rest, &line)) {
		if (delimiter.n > 2 && span_starts(line, delimiter)) {
			n = (size_t)(line.p - text.p);
			break;
		}
		if (!encoded && span_starts_nocase(line, ENCODING_FIELD))
			break;
		encoded |= span_find_byte(line, '=') < line.n;
	}
	return span_first(text, encoded ? n : 0);
}

/* Where the header section begins that has a field at `at`: not before `from`. *delimiter: the line of a boundary before it. */
static size_t section_begin(span text, size_t from, size_t at, span *delimiter)
{
	*delimiter = SPAN_EMPTY;
	while (at > from) {
		size_t line = at - 1;
		span before, name;

		while (line > from && text.p[line - 1] != '\n')
			line--;
		before = span_trim(span_sub(text, line, at - line));
		if (span_starts(before, SPAN_LIT("--"))) {
			*delimiter = before;
			return at;
		}
		if (before.n == 0 || (text.p[line] != ' ' && text.p[line] != '\t' && !field_begins(span_sub(text, line, at - line), &name)))
			return at;
		at = line;
	}
	return at;
}

/* The next one from *at on; *at is then behind it. */
static enum errc entity_next(struct arena *a, span text, size_t *at, struct entity *out, bool *found, struct err *e)
{
	size_t from = *at, field;
	span delimiter;
	enum errc rc;

	*found = false;
	while (!*found && (field = from + span_find_nocase(span_from(text, from), ENCODING_FIELD)) < text.n) {
		struct section s = {.text = text};

		if (field > 0 && text.p[field - 1] != '\n') {
			from = field + 1;
			continue;
		}
		s.at = section_begin(text, *at, field, &delimiter);
		if ((rc = section_read(a, &s, e)) != OK)
			return rc;
		*at = from = s.body_at > field ? s.body_at : field + 1;
		if (s.end == s.body_at || s.mime.encoding.p == NULL)
			continue;
		out->encoding = encoding_of(encoding_word(s.mime.encoding));
		out->body = span_from(text, s.body_at);
		out->body = out->encoding == ENCODING_BASE64 ? base64_run(out->body) :
		    out->encoding == ENCODING_QUOTED_PRINTABLE ? quoted_run(out->body, delimiter) : SPAN_EMPTY;
		out->mime = s.mime;
		out->header = span_sub(text, s.at, s.end - s.at);
		*found = out->body.n >= ENTITY_BYTES;
		*at = from += *found ? out->body.n : 0;
	}
	return OK;
}

/*
 * What is encoded and lies, with its header fields, in the middle of a text: mail that was returned or forwarded as text, and parts of a
 * multipart whose boundary is another or whose Content-Type is lost. No mail program shows it as text, so nobody sees what is in it.
 */
static enum errc entity_parts(struct reader *r, size_t i, span text, bool made, unsigned *n, struct err *e)
{
	span charset = r->m->parts[i].charset;
	struct entity found;
	struct part *p;
	bool any;
	span ignored;
	enum errc rc;

	for (size_t at = 0; (rc = entity_next(r->arena, text, &at, &found, &any, e)) == OK && any;) {
		if (is_full(r))
			return OK;
		if ((p = part_within(r, i, n)) == NULL)
			return err_memory(e);
		p->header = found.header;
		p->body = found.body;
		p->made = made;
		if ((rc = part_fields(r->arena, p, &found.mime, charset, &ignored, e)) != OK)
			return rc;
		if (p->type.n == 0 || span_starts(p->type, SPAN_LIT("multipart/")))
			p->type = SPAN_LIT("text/plain");
	}
	return rc;
}

/*
 * A part whose Content-Transfer-Encoding was lost on the way, as gateways do that put mail together anew: base64 and nothing else. It is read
 * beside the letters, which stay what the part is.
 */
static enum errc bare_part(struct reader *r, size_t i, span text, bool made, unsigned *n, struct err *e)
{
	const struct part in = r->m->parts[i];
	struct part *p;

	if (span_starts(in.type, SPAN_LIT("message/")) || !base64_is_known(span_trim(text), span_starts(in.type, SPAN_LIT("text/"))))
		return OK;
	if (is_full(r))
		return OK;
	if ((p = part_within(r, i, n)) == NULL)
		return err_memory(e);
	p->type = in.type;
	p->charset = in.charset;
	p->encoding = ENCODING_BASE64;
	p->body = span_trim(text);
	p->made = made;
	return OK;
}

/* In whatever form. */
static enum errc text_parts(struct reader *r, size_t i, span text, bool made, unsigned *n, struct err *e)
{
	static const struct form forms[] = {
	    {'b', 'e', uu_find, ENCODING_UUENCODE}, {'b', 'e', uu_base64_find, ENCODING_BASE64}, {'=', 'y', yenc_find, ENCODING_YENC},
	    {'-', '-', pgp_find, ENCODING_IDENTITY}, {'-', '-', pem_find, ENCODING_BASE64}};
	bool begins = line_find(text, 0, 'b', 'e') < text.n; /* which most texts do not: asked once for both forms */
	struct uu file;
	enum errc rc = OK;

	for (size_t f = 0; f < sizeof forms / sizeof *forms && rc == OK; f++)
		if (begins || forms[f].a != 'b')
			rc = form_parts(r, i, &forms[f], text, made, n, e);
	if (rc == OK)
		rc = quoted_parts(r, i, text, n, e);
	/* Of these a text has one. */
	if (rc == OK && binhex_find(r->arena, text, 0, &file) && !is_full(r))
		rc = file_part(r, i, n, &file, ENCODING_BINHEX, made, e);
	if (rc == OK)
		rc = bare_part(r, i, text, made, n, e);
	return rc != OK ? rc : entity_parts(r, i, text, made, n, e);
}

enum errc epilogue_parts(struct reader *r, struct err *e)
{
	const struct part *whole = &r->m->parts[0];
	size_t end = (size_t)(whole->body.p - r->text.p) + whole->body.n;
	unsigned n = 0;

	return whole->kind == PART_MULTIPART ? text_parts(r, 0, span_from(r->text, end), false, &n, e) : OK;
}

/*
 * Words below a file in base64, where no delimiter stands between, as in the last part of a multipart that nothing closes: they are no
 * bytes of the file, and a part of their own. Of a text they are part of it (part_content).
 */
static enum errc words_below(struct reader *r, size_t i, unsigned *n, struct err *e)
{
	const struct part in = r->m->parts[i];
	struct part *p;
	size_t end;

	if (in.encoding != ENCODING_BASE64 || span_starts(in.type, SPAN_LIT("text/")) || base64_ends(in.body) ||
	    (end = base64_text_end(in.body)) == in.body.n)
		return OK;
	if (is_full(r))
		return OK;
	if ((p = part_within(r, i, n)) == NULL)
		return err_memory(e);
	r->m->parts[i].body.n = end;
	p->type = SPAN_LIT("text/plain");
	p->body = span_from(in.body, end);
	return OK;
}

enum errc file_parts(struct reader *r, size_t i, struct err *e)
{
	unsigned n = 0;
	bool made;
	span text;
	enum errc rc;

	if (r->m->parts[i].kind != PART_LEAF)
		return OK;
	if ((rc = words_below(r, i, &n, e)) != OK)
		return rc;
	if ((rc = binhex_part(r, &r->m->parts[i], e)) != OK || (rc = files_text(r, i, &text, &made, e)) != OK)
		return rc;
	return text_parts(r, i, text, made, &n, e);
}
