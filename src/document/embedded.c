/*
 * Files within documents, by their content: documents, archives, pages, text; how they were packed into the document is undone.
 */
#include "base/limits.h"
#include "document/legacy.h"
#include "stream/decode.h"
#include "stream/html.h"
#include "stream/member.h"

enum { LETTERS_OF = 64 * 1024, ACTIVE_MIME_HEAD = 50 };

/* An archive that is embedded: each of its members like a file that is. */
static enum errc archive_read_in(struct layout *l, span name, span content, struct err *e)
{
	struct archive_reader *r;
	struct member *m;
	struct buf data;
	size_t n = 0;
	enum errc rc;

	if (l->depth >= LIMIT_DOCUMENT_DEPTH) {
		layout_problem(l, "documents within documents, deeper than is read");
		return OK;
	}
	buf_init(&data, LIMIT_TEXT_BYTES);
	l->depth++;
	if ((rc = archive_open_span(&r, content, &data, SPAN_EMPTY, e)) == OK) {
		while ((rc = archive_next(r, l->a, &m, e)) == OK && m != NULL && n++ < LIMIT_ATTACHED_MEMBERS && !l->text.failed) {
			const char *path = arena_printf(l->a, "%.*s!/%.*s", (int)(name.n < 200 ? name.n : 200), (const char *)name.p,
			    (int)(m->name.n < 200 ? m->name.n : 200), (const char *)m->name.p);

			if (m->outcome != MEMBER_READ && m->outcome != MEMBER_NOT_FILE)
				layout_problem(l, m->reason);
			if (path == NULL)
				rc = err_memory(e);
			else if (m->outcome == MEMBER_READ || m->outcome == MEMBER_PARTIAL)
				rc = embedded_read(l, span_str(path), buf_span(&data), e);
			if (rc != OK)
				break;
		}
		archive_close(r);
	}
	l->depth--;
	buf_wipe(&data);
	return rc;
}

/* Pictures are beside the text, what else is none was to be read: of a small one the letters are. */
static void not_text(struct layout *l, span name, span content)
{
	if (content.n == 0 || is_picture(content))
		return;
	layout_problem(l, "an embedded file of a kind that is not read");
	if (content.n > LETTERS_OF)
		return;
	layout_group(l, false, "letters of embedded file", name);
	letters_put(l, content);
}

/* Or a piece of one, as word processors take their text from. */
static bool is_page(span name, span text)
{
	span head = span_trim(span_first(text, 512));

	return span_ends_nocase(name, SPAN_LIT(".html")) || span_ends_nocase(name, SPAN_LIT(".htm")) || span_ends_nocase(name, SPAN_LIT(".xhtml")) ||
	       span_starts_nocase(head, SPAN_LIT("<!doctype html")) || (head.n > 1 && head.p[0] == '<' && ascii_is_alpha(head.p[1]));
}

enum errc markup_put(struct layout *l, span page, struct err *e)
{
	span shown, hidden;
	bool cut;
	enum errc rc;

	if ((rc = html_text(l->a, page, &shown, e)) != OK || (rc = html_hidden(l->a, page, &hidden, &cut, e)) != OK)
		return rc;
	if (cut)
		layout_problem(l, "longer than what is read of a document");
	layout_text(l, shown);
	layout_line(l);
	layout_text(l, hidden);
	layout_line(l);
	return OK;
}

/* A page of the web as a mail (MHTML, RFC 2557), from which a document takes its text. */
static bool is_mht(span content)
{
	span head = span_first(content, 2048);

	return span_has_nocase(head, SPAN_LIT("MIME-Version:")) && span_has_nocase(head, SPAN_LIT("boundary="));
}

static span mht_boundary(span content)
{
	span s = span_from(content, span_find_nocase(content, SPAN_LIT("boundary=")) + 9);
	bool quoted = s.n > 0 && s.p[0] == '"';
	size_t n = 0;

	s = span_from(s, quoted);
	while (n < s.n && n < 200 && s.p[n] != '"' && !ascii_is_space(s.p[n]) && (quoted || s.p[n] != ';'))
		n++;
	return span_first(s, n);
}

/* One part: its encoding is undone, and it is a file like any that is embedded. */
static enum errc mht_part(struct layout *l, span name, span part, struct err *e)
{
	span line, token = SPAN_EMPTY, bytes;
	unsigned problems = 0;
	enum errc rc;

	(void)span_line(&part, &line); /* what is left of the delimiter's */
	while (span_line(&part, &line) && span_trim(line).n > 0)
		if (span_starts_nocase(line, SPAN_LIT("Content-Transfer-Encoding:")))
			token = span_trim(span_from(line, 26));
	if (span_trim(part).n == 0)
		return OK;
	if ((rc = decode(l->a, encoding_of(token), part, &bytes, &problems, e)) != OK)
		return rc;
	return embedded_read(l, name, bytes, e);
}

static enum errc mht_read(struct layout *l, span name, span content, struct err *e)
{
	span boundary = mht_boundary(content), delimiter;
	const char *text = arena_printf(l->a, "--%.*s", (int)boundary.n, (const char *)boundary.p);
	enum errc rc = OK;
	size_t n;

	if (text == NULL)
		return err_memory(e);
	if (boundary.n == 0 || l->depth >= LIMIT_DOCUMENT_DEPTH) {
		layout_problem(l, "a saved page that cannot be taken apart");
		return OK;
	}
	delimiter = span_str(text);
	content = span_from(content, span_find(content, delimiter));
	l->depth++;
	while (rc == OK && content.n > delimiter.n && !l->text.failed) {
		content = span_from(content, delimiter.n);
		n = span_find(content, delimiter);
		rc = mht_part(l, name, span_first(content, n), e);
		content = span_from(content, n);
	}
	l->depth--;
	return rc;
}

/* What Word and Excel put their macros and objects in where a file is text (ActiveMime): a header, then a stream of zlib. */
static enum errc active_mime_read(struct layout *l, span name, span content, struct err *e)
{
	span packed = span_from(content, ACTIVE_MIME_HEAD), out;
	const char *why = NULL;
	enum errc rc;

	if (l->depth >= LIMIT_DOCUMENT_DEPTH) {
		layout_problem(l, "documents within documents, deeper than is read");
		return OK;
	}
	if (packed.n < 8 || packed.p[0] != 0x78) {
		layout_problem(l, "an embedded file of a kind that is not read");
		return OK;
	}
	if ((rc = zip_inflate(l->a, span_from(packed, 2), packed.n, LIMIT_TEXT_BYTES, &out, &why, e)) != OK)
		return rc;
	if (why != NULL)
		layout_problem(l, why);
	l->depth++;
	rc = embedded_read(l, name, out, e);
	l->depth--;
	return rc;
}

static bool looks_base64(span text, size_t least)
{
	span s = span_first(span_trim(text), 256);

	if (s.n < least)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '/' && s.p[i] != '=' && !ascii_is_space(s.p[i]))
			return false;
	return true;
}

enum errc base64_read(struct layout *l, span name, span text, bool is_file, bool *taken, struct err *e)
{
	unsigned problems = 0;
	span bytes;
	enum errc rc;

	*taken = false;
	if (!looks_base64(text, is_file ? 1 : 64))
		return OK;
	if ((rc = decode(l->a, ENCODING_BASE64, text, &bytes, &problems, e)) != OK)
		return rc;
	/* Queries of Excel (MS-QDEFF): version and length, then a package. */
	if (span_eq(span_sub(bytes, 8, 4), SPAN_LIT("PK\3\4")))
		bytes = span_from(bytes, 8);
	*taken = is_file || document_kind(bytes) != DOCUMENT_NONE || archive_sniff(bytes) || span_starts(bytes, SPAN_LIT("ActiveMime"));
	return !*taken ? OK : embedded_read(l, name, bytes, e);
}

/* An embedded file that is no document but text. */
static enum errc plain_read(struct layout *l, span name, span content, struct err *e)
{
	span text;
	enum errc rc;

	if (archive_sniff(content))
		return archive_read_in(l, name, content, e);
	if (span_starts(content, SPAN_LIT("ActiveMime")))
		return active_mime_read(l, name, content, e);
	if (!letters_only(content)) {
		not_text(l, name, content);
		return OK;
	}
	if (is_mht(content))
		return mht_read(l, name, content, e);
	if ((rc = charset_to_utf8(l->a, charset_guess(content), content, &text, NULL, e)) != OK)
		return rc;
	if (is_page(name, text)) {
		layout_group(l, false, "embedded file", name);
		return markup_put(l, text, e);
	}
	layout_lines(l, "embedded file", name);
	for (uint32_t line = 1; text.n > 0; line++) {
		span s;

		if (!span_line(&text, &s))
			break;
		layout_at(l, line, 0);
		layout_text(l, s);
		layout_byte(l, '\n');
	}
	return OK;
}

enum errc embedded_read(struct layout *l, span name, span content, struct err *e)
{
	enum document_kind kind = document_kind(content);
	span outer = l->prefix;
	struct err why = {0};
	struct buf b;
	span prefix;
	enum errc rc;

	if (kind == DOCUMENT_NONE)
		return plain_read(l, name, content, e);
	if (l->depth >= LIMIT_DOCUMENT_DEPTH) {
		layout_problem(l, "documents within documents, deeper than is read");
		return OK;
	}
	buf_init(&b, 8192);
	buf_put(&b, outer);
	buf_str(&b, "embedded file ");
	utf8_show(&b, span_first(name, 200));
	buf_str(&b, ", ");
	prefix = b.failed ? SPAN_EMPTY : arena_copy(l->a, buf_span(&b));
	buf_free(&b);
	if (prefix.p == NULL)
		return err_memory(e);
	l->prefix = prefix;
	l->depth++;
	rc = document_read_into(l, kind, content, &why);
	l->depth--;
	l->prefix = outer;
	if (rc == ERR_EVIDENCE) {
		layout_problem(l, "an embedded document cannot be read");
		return OK;
	}
	if (rc != OK)
		*e = why;
	return rc;
}

