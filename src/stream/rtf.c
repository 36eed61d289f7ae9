#include "stream/rtf-words.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "stream/charset.h"

/* Of a tracked change: what was deleted stands only in the text as it was, what was inserted only in that as it is. */
enum change { KEPT = 0, DELETED, INSERTED };

struct group {
	enum destination destination;
	enum change change;
	unsigned page;     /* of the font, 0: the document's */
	unsigned uc;       /* characters that follow a \u for readers that do not know it */
	bool remark;       /* no paragraph of the text: it is a remark or a name, or lies in one */
	bool label;        /* a name: its value follows */
	bool html_rtf;     /* between \htmlrtf and \htmlrtf0: only there for readers of RTF */
	size_t link_at;    /* LINK, REMARK, FILLED, NAME: where its text begins in out */
};

struct font { int number; unsigned page; };

struct rtf {
	struct arena *a;
	struct buf out, bytes; /* bytes: of one code page, not yet converted */
	struct buf remarks;    /* of the paragraph under way */
	struct buf was;        /* it, without its tracked changes */
	size_t was_seen, was_line; /* how far lines were looked for in it, and where the last begins */
	bool changed;          /* by them */
	struct buf filled;     /* what a field of a form holds, a line each */
	bool shown;            /* what it shows comes next */
	unsigned bytes_page;
	struct group groups[LIMIT_RTF_DEPTH + 1];
	size_t depth, too_deep;
	size_t variable;   /* depth of the group of a variable, until its first group, which is its name, has ended */
	struct font *fonts;
	size_t n_fonts;
	int font_now;      /* in the font table: the font that is described */
	int font_default;
	unsigned page;     /* the document's */
	unsigned to_skip;  /* characters left to pass over behind a \u */
	uint32_t high;     /* first half of a surrogate pair */
	bool described;    /* the property of a shape that was named last has words for a value */
	bool opened;       /* nothing has stood in the group yet */
	bool star;         /* \* was just met at the beginning of one: what nobody knows is to be ignored */
	enum rtf_kind kind;
	unsigned problems;
};

bool rtf_sniff(span bytes) { return span_starts(bytes, SPAN_LIT("{\\rtf")); }

/* ---- text out ---- */

static struct group *now(struct rtf *r) { return &r->groups[r->depth]; }

static bool wanted(struct rtf *r)
{
	const struct group *g = now(r);

	if (g->destination == SKIP || g->destination == FONTS || g->destination == TWICE)
		return false;
	return r->kind == RTF_IS_RTF || g->destination == HTML_TAG || !g->html_rtf;
}

static void put(struct rtf *r, span text)
{
	const struct group *g = now(r);
	bool tracks = r->kind == RTF_IS_RTF && g->destination == TEXT && !g->remark;

	if (!tracks || g->change != DELETED)
		buf_put(&r->out, text);
	if (tracks && g->change != INSERTED)
		buf_put(&r->was, text);
	r->changed |= tracks && g->change != KEPT;
}

/* The bytes of one code page, converted. */
static enum errc flush(struct rtf *r, struct err *e)
{
	const struct charset *c;
	size_t bad = 0;
	span text;
	enum errc rc;

	if (r->bytes.n == 0)
		return OK;
	if ((c = charset_find_page(r->bytes_page)) == NULL) {
		r->problems |= RTF_CHARSET;
		c = charset_find(SPAN_LIT("windows-1252"));
	}
	if ((rc = charset_to_utf8(r->a, c, buf_span(&r->bytes), &text, &bad, e)) != OK)
		return rc;
	if (bad != 0)
		r->problems |= RTF_CHARSET;
	put(r, text);
	buf_clear(&r->bytes);
	return OK;
}

static enum errc put_bytes(struct rtf *r, span s, struct err *e)
{
	/* A tag of HTML is in the document's code page, whatever the font (MS-OXRTFEX 2.1.3.1.6). */
	unsigned page = now(r)->page != 0 && now(r)->destination != HTML_TAG ? now(r)->page : r->page;
	enum errc rc;

	if (!wanted(r) || s.n == 0)
		return OK;
	if (page != r->bytes_page && (rc = flush(r, e)) != OK)
		return rc;
	r->bytes_page = page;
	buf_put(&r->bytes, s);
	return OK;
}

static enum errc put_char(struct rtf *r, uint32_t c, struct err *e)
{
	unsigned char bytes[4];
	enum errc rc;

	if (!wanted(r))
		return OK;
	if ((rc = flush(r, e)) == OK)
		put(r, span_of(bytes, utf8_write(bytes, c)));
	return rc;
}

/* A character that readers without \u get instead of the one before: passed over. */
static bool passed_over(struct rtf *r)
{
	if (r->to_skip == 0)
		return false;
	r->to_skip--;
	return true;
}

static enum errc put_unicode(struct rtf *r, long v, struct err *e)
{
	uint32_t c = (uint32_t)(v < 0 ? v + 65536 : v);

	r->to_skip = now(r)->uc;
	if (!utf16_ends(&r->high, &c))
		return OK;
	/* Symbol fonts: U+F0xx are the font's own bytes. */
	if (c >= 0xf020 && c <= 0xf07e)
		c -= 0xf000;
	return put_char(r, c == 0 || c > 0x10ffff ? 0xfffd : c, e);
}

/* ---- fonts ---- */

static enum errc font_page(struct rtf *r, unsigned page, struct err *e)
{
	if (now(r)->destination != FONTS || page == 0)
		return OK;
	if (r->n_fonts == LIMIT_RTF_FONTS) {
		r->problems |= RTF_LIMIT;
		return OK;
	}
	if (r->fonts == NULL && (r->fonts = arena_zero(r->a, LIMIT_RTF_FONTS, sizeof *r->fonts)) == NULL)
		return err_memory(e);
	r->fonts[r->n_fonts++] = (struct font){r->font_now, page};
	return OK;
}

static unsigned page_of_font(const struct rtf *r, int number)
{
	/* The last word on a font counts: \cpg stands behind \fcharset. */
	for (size_t i = r->n_fonts; i > 0; i--)
		if (r->fonts[i - 1].number == number)
			return r->fonts[i - 1].page;
	return 0;
}

/* ---- groups ---- */

static void group_open(struct rtf *r)
{
	r->to_skip = 0;
	if (r->depth == LIMIT_RTF_DEPTH) {
		r->too_deep++;
		r->problems |= RTF_LIMIT;
		return;
	}
	r->groups[r->depth + 1] = r->groups[r->depth];
	r->depth++;
}

/*
 * What a field of a form holds before somebody fills it in, and what may be chosen there: the paragraph, as it is told beside its tracked changes,
 * has each of them in the place of what the field shows.
 */
static void filled_end(struct rtf *r)
{
	span rest = buf_span(&r->filled), line, before;
	char *copy = NULL;

	for (; r->was_seen < r->was.n; r->was_seen++)
		if (r->was.p[r->was_seen] == '\n')
			r->was_line = r->was_seen + 1;
	before = span_from(buf_span(&r->was), r->was_line);
	/* Of one thing alone the paragraph needs no copy. */
	if (rest.n == 0 || r->kind != RTF_IS_RTF || r->was.failed || (span_find_byte(rest, '\n') + 1 < rest.n && (copy = arena_cstr(r->a, before)) == NULL))
		return;
	for (bool first = true; rest.n != 0; first = false) {
		line = span_first(rest, span_find_byte(rest, '\n'));
		rest = span_from(rest, line.n + 1);
		if (!first) {
			buf_byte(&r->was, '\n');
			buf_put(&r->was, span_of(copy, before.n));
		}
		buf_put(&r->was, line);
	}
	buf_clear(&r->filled);
	r->changed = r->shown = true;
}

/*
 * HYPERLINK "http://..." becomes <http://...>. What another field is told is of interest where it names a source or a text of its own; the
 * number of a page is nothing to read.
 */
static void link_end(struct rtf *r, size_t at)
{
	span target = rtf_field_says(span_trim(span_from(buf_span(&r->out), at)));
	char *copy;

	copy = target.n != 0 ? arena_cstr(r->a, target) : NULL;
	r->out.n = at;
	if (copy != NULL) {
		buf_str(&r->out, " <");
		buf_put(&r->out, span_of(copy, target.n));
		buf_str(&r->out, "> ");
	}
	filled_end(r);
}

/* Of the properties of shapes and pictures, those that somebody typed. */
static void name_end(struct rtf *r, size_t at)
{
	r->described = span_is_one_of_nocase(span_trim(span_from(buf_span(&r->out), at)),
	    SPAN_WORDS("gtextUNICODE", "wzDescription", "wzTooltip", "pihlShape"));
	r->out.n = at;
}

static void line_end(struct rtf *r)
{
	if (r->out.n != 0 && r->out.p[r->out.n - 1] != '\n')
		buf_byte(&r->out, '\n');
}

/* What stands from `at` on is put aside, as a line. */
static void aside_end(struct rtf *r, struct buf *to, size_t at)
{
	if (r->out.failed || r->out.n <= at)
		return;
	buf_put(to, span_from(buf_span(&r->out), at));
	if (r->out.p[r->out.n - 1] != '\n')
		buf_byte(to, '\n');
	r->out.n = at;
}

/* A paragraph ended: what it was before its changes follows, and what was remarked in it. */
static enum errc paragraph_end(struct rtf *r, struct err *e)
{
	bool more = r->remarks.n > 0 || r->filled.n > 0 || r->changed;
	enum errc rc;

	if (now(r)->remark)
		return OK;
	if (more && (rc = flush(r, e)) != OK)
		return rc;
	if (more)
		line_end(r);
	if (r->changed && span_trim(buf_span(&r->was)).n > 0) {
		buf_put(&r->out, span_trim(buf_span(&r->was)));
		buf_byte(&r->out, '\n');
	}
	buf_put(&r->out, buf_span(&r->remarks));
	buf_put(&r->out, buf_span(&r->filled));
	if (r->remarks.failed || r->filled.failed || r->was.failed)
		r->problems |= RTF_LIMIT;
	buf_clear(&r->remarks);
	buf_clear(&r->filled);
	buf_clear(&r->was);
	r->was_seen = r->was_line = 0;
	r->changed = false;
	return OK;
}

static enum errc group_close(struct rtf *r, struct err *e)
{
	struct group was = *now(r);
	enum errc rc;

	r->to_skip = 0;
	if (r->too_deep != 0) {
		r->too_deep--;
		return OK;
	}
	if (r->depth == 0)
		return OK;
	if (was.destination != r->groups[r->depth - 1].destination || was.page != r->groups[r->depth - 1].page ||
	    was.change != r->groups[r->depth - 1].change)
		if ((rc = flush(r, e)) != OK)
			return rc;
	r->depth--;
	if (r->variable > r->depth)
		r->variable = 0;
	if (was.label != now(r)->label || (r->variable != 0 && r->depth == r->variable)) {
		r->variable = 0;
		if ((rc = put_char(r, ':', e)) != OK || (rc = put_char(r, ' ', e)) != OK)
			return rc;
		return flush(r, e);
	}
	if (was.destination == LINK && now(r)->destination != LINK && !r->out.failed)
		link_end(r, was.link_at);
	else if (was.destination == NAME && now(r)->destination != NAME && !r->out.failed)
		name_end(r, was.link_at);
	else if (was.destination == LINES && now(r)->destination != LINES)
		buf_byte(&r->out, '\n');
	else if (was.destination == REMARK && now(r)->destination != REMARK)
		aside_end(r, &r->remarks, was.link_at);
	else if (was.destination == FILLED && now(r)->destination != FILLED)
		aside_end(r, &r->filled, was.link_at);
	else if (was.destination == ASIDE && now(r)->destination != ASIDE)
		line_end(r);
	return OK;
}

static enum errc destination_set(struct rtf *r, enum destination d, struct err *e)
{
	struct group *g = now(r);
	enum errc rc = flush(r, e);

	/* What lies in something that is not read is not read, but for \ud, the better twin. */
	if (rc != OK || g->destination == SKIP || g->destination == FONTS || g->destination == TWICE || g->destination == d)
		return rc;
	/* In HTML only what is HTML counts. */
	if (r->kind == RTF_IS_HTML && (d == LINK || d == LINES || d == FILLED || d == NAME))
		d = SKIP;
	if (d == NOTE)
		d = g->remark ? ASIDE : REMARK;
	if (d == ASIDE)
		line_end(r);
	g->destination = d;
	g->remark |= d == REMARK || d == NAME; /* a name is taken out again, and what a paragraph in it would put there */
	g->link_at = r->out.n;
	return OK;
}

static bool is(const struct word *w, const char *name) { return rtf_is(w->name, name); }

static enum errc change_set(struct rtf *r, enum change c, bool begins, struct err *e)
{
	enum errc rc = flush(r, e);

	if (begins)
		now(r)->change = c;
	else if (now(r)->change == c)
		now(r)->change = KEPT;
	return rc;
}

/* Code pages, fonts and what is said of the document. *known false when the word is none of these. */
static enum errc word_setting(struct rtf *r, const struct word *w, bool *known, struct err *e)
{
	enum errc rc = OK;

	*known = true;
	if (is(w, "ansicpg") && w->value > 0 && w->value < 65536)
		r->page = (unsigned)w->value;
	else if (is(w, "mac"))
		r->page = 10000;
	else if (is(w, "pc"))
		r->page = 437;
	else if (is(w, "pca"))
		r->page = 850;
	else if (is(w, "deff"))
		r->font_default = (int)w->value;
	else if (is(w, "fcharset"))
		rc = font_page(r, charset_page_of_font(w->value), e);
	else if (is(w, "cpg") && w->value > 0 && w->value < 65536)
		rc = font_page(r, (unsigned)w->value, e);
	else if (is(w, "uc"))
		now(r)->uc = w->value >= 0 && w->value < 64 ? (unsigned)w->value : 1;
	else if (is(w, "plain"))
		now(r)->page = page_of_font(r, r->font_default);
	else if (is(w, "deleted") || is(w, "revised") || is(w, "mvf") || is(w, "mvt"))
		rc = change_set(r, is(w, "deleted") || is(w, "mvf") ? DELETED : INSERTED, !w->has_value || w->value != 0, e);
	else if (is(w, "htmlrtf"))
		now(r)->html_rtf = !w->has_value || w->value != 0;
	else if (is(w, "fromhtml"))
		r->kind = RTF_IS_HTML;
	else if (is(w, "fromtext"))
		r->kind = RTF_IS_TEXT;
	else if (is(w, "f") && now(r)->destination == FONTS)
		r->font_now = (int)w->value;
	else if (is(w, "f"))
		now(r)->page = page_of_font(r, (int)w->value);
	else
		*known = false;
	return rc;
}

/* Also where its mark alone was deleted: two paragraphs are no line. */
static enum errc line_break(struct rtf *r, struct err *e)
{
	enum errc rc;

	if (!wanted(r))
		return paragraph_end(r, e);
	if ((rc = flush(r, e)) != OK)
		return rc;
	if (r->kind == RTF_IS_HTML)
		buf_byte(&r->out, '\r'); /* HTML has its own line ends */
	buf_byte(&r->out, '\n');
	return paragraph_end(r, e);
}

static enum errc word_take(struct rtf *r, const struct word *w, struct err *e)
{
	bool star = r->star, known;
	enum destination to;
	uint32_t c;
	enum errc rc;

	r->star = r->opened = false;
	if (is(w, "u") && w->has_value)
		return put_unicode(r, w->value, e);
	if (passed_over(r))
		return OK;
	if ((c = rtf_character(w->name)) != 0)
		return c == '\n' ? line_break(r, e) : put_char(r, c, e);
	if ((rc = word_setting(r, w, &known, e)) != OK || known)
		return rc;
	if (rtf_destination(w->name, &to)) {
		if (is(w, "docvar"))
			r->variable = r->depth;
		now(r)->label |= is(w, "propname");
		if (is(w, "fldrslt") && r->shown && now(r)->change == KEPT)
			now(r)->change = INSERTED;
		r->shown = r->shown && !is(w, "fldrslt");
		/* \ud lies within \upr, which is there for readers that do not know it; the words of a picture lie in it. */
		if ((is(w, "ud") && now(r)->destination == TWICE) || (is(w, "picprop") && r->kind == RTF_IS_RTF))
			now(r)->destination = TEXT;
		return destination_set(r, is(w, "sv") && r->described ? REMARK : to, e);
	}
	/* A style of characters is none, though some programs write it so: "{\*\cs12 text}". */
	return star && !is(w, "cs") ? destination_set(r, SKIP, e) : OK;
}

/* ---- the bytes ---- */

static enum errc symbol(struct rtf *r, span *rest, struct err *e)
{
	unsigned char c = rest->p[0], byte;

	*rest = span_from(*rest, 1);
	if (c == '*') {
		r->star = r->opened;
		return OK;
	}
	r->opened = false;
	if (c == '\'') {
		int high = rest->n > 1 ? hex_value(rest->p[0]) : -1, low = rest->n > 1 ? hex_value(rest->p[1]) : -1;

		if (high < 0 || low < 0)
			return OK;
		*rest = span_from(*rest, 2);
		byte = (unsigned char)(high * 16 + low);
		return passed_over(r) ? OK : put_bytes(r, span_of(&byte, 1), e);
	}
	if (passed_over(r))
		return OK;
	switch (c) {
	case '\\':
	case '{':
	case '}':
		return put_bytes(r, span_of(&c, 1), e);
	case '~':
		return put_char(r, 0xa0, e);
	case '_':
		return put_char(r, '-', e);
	case '\r':
	case '\n':
		return put_char(r, '\n', e);
	case '\t':
		return put_char(r, '\t', e);
	default:
		return OK; /* optional hyphens, index entries, formulas */
	}
}

/* Plain bytes up to the next that means something. */
static enum errc plain(struct rtf *r, span *rest, struct err *e)
{
	size_t n = 0;
	enum errc rc;

	while (r->to_skip != 0 && n < rest->n && rest->p[n] != '\\' && rest->p[n] != '{' && rest->p[n] != '}') {
		if (rest->p[n] != '\r' && rest->p[n] != '\n')
			r->to_skip--;
		n++;
	}
	*rest = span_from(*rest, n);
	for (n = 0; n < rest->n && rest->p[n] != '\\' && rest->p[n] != '{' && rest->p[n] != '}' && rest->p[n] != '\r' &&
	     rest->p[n] != '\n';)
		n++;
	r->opened = r->opened && n == 0;
	rc = put_bytes(r, span_first(*rest, n), e);
	*rest = span_from(*rest, n);
	while (rest->n != 0 && (rest->p[0] == '\r' || rest->p[0] == '\n'))
		*rest = span_from(*rest, 1);
	return rc;
}

static enum errc read_all(struct rtf *r, span rest, struct err *e)
{
	struct word w;
	enum errc rc = OK;

	while (rest.n != 0 && rc == OK && !r->out.failed && !r->bytes.failed) {
		switch (rest.p[0]) {
		case '{':
			rest = span_from(rest, 1);
			r->star = false;
			r->opened = true;
			group_open(r);
			break;
		case '}':
			rest = span_from(rest, 1);
			rc = group_close(r, e);
			if (r->depth == 0 && r->too_deep == 0)
				rest = SPAN_EMPTY; /* what follows the document is none of it */
			break;
		case '\\':
			rest = span_from(rest, 1);
			if (rest.n == 0)
				break;
			if (!ascii_is_alpha(rest.p[0])) {
				rc = symbol(r, &rest, e);
				break;
			}
			rtf_word_read(&rest, &w);
			if (is(&w, "bin")) {
				rest = span_from(rest, w.value > 0 ? (size_t)w.value : 0);
				(void)passed_over(r);
			} else {
				rc = word_take(r, &w, e);
			}
			break;
		default:
			rc = plain(r, &rest, e);
		}
	}
	if (r->depth != 0)
		r->problems |= RTF_TRUNCATED;
	if (rc != OK || (rc = flush(r, e)) != OK)
		return rc;
	r->depth = 0;
	return paragraph_end(r, e);
}

enum errc rtf_text(struct arena *a, span in, enum rtf_kind *kind, span *out, unsigned *problems, struct err *e)
{
	struct rtf *r = arena_zero(a, 1, sizeof *r);
	enum errc rc;

	*out = SPAN_EMPTY;
	*kind = RTF_IS_RTF;
	if (r == NULL)
		return err_memory(e);
	r->a = a;
	r->page = 1252;
	r->groups[0].uc = 1;
	buf_init(&r->out, LIMIT_TEXT_BYTES);
	buf_init(&r->bytes, LIMIT_TEXT_BYTES);
	buf_init(&r->remarks, LIMIT_TEXT_BYTES);
	buf_init(&r->was, LIMIT_TEXT_BYTES);
	buf_init(&r->filled, LIMIT_TEXT_BYTES);
	rc = read_all(r, in, e);
	if (rc == OK) {
		if (r->out.failed || r->bytes.failed || r->remarks.failed)
			r->problems |= RTF_LIMIT;
		*kind = r->kind;
		*out = arena_copy(a, buf_span(&r->out));
		if (out->p == NULL)
			rc = err_memory(e);
		if (problems != NULL)
			*problems |= r->problems;
	}
	buf_free(&r->out);
	buf_free(&r->bytes);
	buf_free(&r->remarks);
	buf_free(&r->was);
	buf_free(&r->filled);
	return rc;
}
