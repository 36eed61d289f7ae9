/*
 * Documents of Word 97 to 2003 (MS-DOC) by their piece table, which has the text in its order with what was deleted under
 * tracking and what is hidden; of Word 6 and 95, whose text is mostly in bytes; and of those before. One run of characters holds, one
 * after the other, the main text, footnotes, headers, comments, endnotes and text boxes.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "document/legacy.h"

enum { MARK_CELL = 7, MARK_BREAK = 11, MARK_PAGE = 12, MARK_PARAGRAPH = 13, FIELD_BEGIN = 19, FIELD_MIDDLE = 20, FIELD_END = 21,
	HYPHEN_HARD = 30, HYPHEN_SOFT = 31 };
/* Of Word 6 and 95: where the table of fonts is told of, where in one of them its charset is, and what charsets are foreign. */
enum { WESTERN = 1252, MACINTOSH = 10000, CHARSET_MACINTOSH = 256, FIB_FONTS = 0xd0, FONT_CHARSET = 4, FONT_FOREIGN = 128, FONT_OEM = 254 };
enum { FIB_ENCRYPTED = 0x100, FIB_TABLE_1 = 0x200, FIB_COMPLEX = 4, FIB_WIDE = 0x1000, FIB_OBFUSCATED = 0x8000, NFIB_97 = 105, FIELDS_DEEP = 16, STORIES = 7 };

/* Word 2 and 1 by the first two bytes and their version; Word for DOS; and how near pieces are that one save wrote. */
enum { MAGIC_2 = 0xa5db, NFIB_2 = 45, MAGIC_1 = 0xa59b, NFIB_1 = 33, DOS_TEXT = 0x80, NEAR = 512 };
#define DOS_MAGIC SPAN_LIT("1\xbe\0\0\0\xab\0")

struct piece { size_t from, to, number; bool narrow; };
struct story { const char *kind; uint32_t n; };
struct doc {
	struct layout *l;
	span text, table;             /* the streams */
	bool old;                     /* Word 6 or 95 */
	bool wide;                    /* of Word 95: its characters are of two bytes */
	struct piece *pieces;         /* of a file that was saved fast, as they come */
	size_t n_pieces;
	unsigned page;                /* of its bytes */
	bool two_scripts;             /* words of Latin letters and of those of the page stand beside each other */
	uint32_t upper[2][128];       /* then: what the upper half is in words of either */
	struct story stories[STORIES];
	size_t story;
	uint32_t left;                /* characters of the story to come */
	uint32_t paragraph;
	bool cell;                    /* the last mark ended a cell */
	bool begun;                   /* the paragraph has text */
	unsigned depth;               /* fields within fields */
	bool code[FIELDS_DEEP + 1];   /* in the instructions of the field, not its result */
	struct doc_changes changes;
	enum doc_change change;       /* of the run under way */
	struct beside beside;         /* paragraphs as they were before their changes */
	struct buf codes;             /* instructions of the paragraph's fields: the targets of links */
	uint32_t high;
};

static unsigned le16(span s, size_t at)
{
	span v = span_sub(s, at, 2);

	return v.n == 2 ? (unsigned)v.p[0] | (unsigned)v.p[1] << 8 : 0;
}

static void story_begin(struct doc *d)
{
	while (d->story < STORIES && d->stories[d->story].n == 0)
		d->story++;
	if (d->story >= STORIES)
		return;
	layout_group(d->l, false, d->stories[d->story].kind, SPAN_EMPTY);
	d->left = d->stories[d->story].n;
	d->paragraph = 0;
	d->begun = d->cell = false;
	d->depth = 0;
}

/* Instructions that only say what kind of field of a form it is: a label before them is not theirs. */
static bool only_names_forms(span codes)
{
	static const span kinds[] = {SPAN_LIT("FORMTEXT"), SPAN_LIT("FORMDROPDOWN"), SPAN_LIT("FORMCHECKBOX")};

	for (codes = span_trim(codes); codes.n > 0;) {
		size_t n = span_find_byte(codes, ' ');

		if (!span_among(kinds, sizeof kinds / sizeof *kinds, span_first(codes, n)))
			return false;
		codes = span_trim(span_from(codes, n));
	}
	return true;
}

/* Links and other instructions stand on a line of their own behind the paragraph, so that they do not cut it in two. */
static void paragraph_end(struct doc *d)
{
	layout_byte(d->l, '\n');
	if (!only_names_forms(buf_span(&d->codes))) {
		layout_text(d->l, buf_span(&d->codes));
		layout_byte(d->l, '\n');
	}
	buf_clear(&d->codes);
	beside_paragraph(&d->beside);
	d->begun = d->cell = false;
}

/* In the text as it is, as it was, or in both. */
static void put_shown(struct doc *d, span s)
{
	if (d->change != DOC_DELETED)
		layout_text(d->l, s);
	if (d->change != DOC_INSERTED)
		beside_before(&d->beside, s);
	d->beside.changed |= d->change != DOC_KEPT;
}

static void put(struct doc *d, uint32_t c)
{
	unsigned char bytes[4];
	span s = span_of(bytes, utf8_write(bytes, c));

	if (d->code[d->depth]) {
		buf_put(&d->codes, s);
		return;
	}
	if (!d->begun)
		layout_at(d->l, ++d->paragraph, 0);
	d->begun = true;
	d->cell = false;
	put_shown(d, s);
}

static void field(struct doc *d, uint32_t c)
{
	if (c == FIELD_BEGIN && d->depth < FIELDS_DEEP) {
		d->code[++d->depth] = true;
		if (d->codes.n > 0)
			buf_byte(&d->codes, ' ');
	} else if (c == FIELD_MIDDLE && d->depth > 0) {
		/* The result of a field within instructions is part of them. */
		d->code[d->depth] = d->code[d->depth - 1];
	} else if (c == FIELD_END && d->depth > 0) {
		d->depth--;
	}
}

static void character(struct doc *d, uint32_t c)
{
	if (d->left == 0 && d->story < STORIES) {
		d->story++;
		story_begin(d);
	}
	d->left -= d->left > 0;
	switch (c) {
	case MARK_CELL:
		/* A row ends with a mark of its own behind that of its last cell. */
		if (d->cell) {
			paragraph_end(d);
		} else {
			layout_byte(d->l, '\t');
			beside_before(&d->beside, SPAN_LIT("\t"));
			d->cell = true;
			d->begun = false;
		}
		break;
	case MARK_PARAGRAPH: case MARK_PAGE: case 14:
		paragraph_end(d);
		break;
	case MARK_BREAK: layout_byte(d->l, '\n'); break;
	case FIELD_BEGIN: case FIELD_MIDDLE: case FIELD_END: field(d, c); break;
	case HYPHEN_HARD: put(d, '-'); break;
	case HYPHEN_SOFT: break;
	default:
		if (c >= 0x20 || c == '\t')
			put(d, c);
	}
}

static void wide_run(struct doc *d, span bytes)
{
	for (size_t i = 0; i + 1 < bytes.n && !d->l->text.failed; i += 2) {
		uint32_t c = (uint32_t)bytes.p[i] | (uint32_t)bytes.p[i + 1] << 8;

		if (utf16_ends(&d->high, &c))
			character(d, c);
		else
			d->left -= d->left > 0;
	}
}

/*
 * What font each run of Word 6 and 95 is in takes its styles to say; its table of fonts says which code pages there can be: the first
 * that is not Western is taken. Where that has letters of its own, words with Latin ones in them are not in it.
 */
static enum errc fonts_read(struct doc *d, struct err *e)
{
	span fonts = span_from(span_sub(d->text, le32_at(d->text, FIB_FONTS), le32_at(d->text, FIB_FONTS + 4)), 2);
	enum errc rc = OK;

	for (; fonts.n > FONT_CHARSET && d->page == WESTERN; fonts = span_from(fonts, (size_t)fonts.p[0] + 1)) {
		unsigned char charset = fonts.p[FONT_CHARSET];
		unsigned page = charset >= FONT_FOREIGN && charset < FONT_OEM ? charset_page_of_font(charset) : 0;

		if (page != 0 && charset_find_page(page) != NULL)
			d->page = page;
	}
	d->two_scripts = d->page == 1251 || d->page == 1253 || d->page == 1255 || d->page == 1256;
	for (unsigned i = 0; d->two_scripts && i < 256 && rc == OK; i++) {
		unsigned char c = (unsigned char)(0x80 | (i & 0x7f));
		span utf8;
		size_t n;

		rc = charset_to_utf8(d->l->a, charset_find_page(i < 128 ? WESTERN : d->page), span_of(&c, 1), &utf8, NULL, e);
		if (rc == OK)
			d->upper[i / 128][i % 128] = utf8_get(utf8, &n);
	}
	return rc;
}

/* Word by word: a single letter, and what is between, goes as the word before it. */
static void two_scripts_run(struct doc *d, span bytes)
{
	const uint32_t *upper = d->upper[1];

	while (bytes.n > 0 && !d->l->text.failed) {
		size_t n = 0;
		bool latin = false;

		for (; n < bytes.n && (bytes.p[n] >= 0x80 || ascii_is_alpha(bytes.p[n])); n++)
			latin |= bytes.p[n] < 0x80;
		if (n > 1)
			upper = d->upper[!latin];
		n += n == 0;
		for (size_t i = 0; i < n; i++)
			character(d, bytes.p[i] < 0x80 ? bytes.p[i] : upper[bytes.p[i] - 0x80]);
		bytes = span_from(bytes, n);
	}
}

static enum errc narrow_run(struct doc *d, span bytes, struct err *e)
{
	span utf8;
	size_t n;
	enum errc rc;

	if (d->two_scripts) {
		two_scripts_run(d, bytes);
		return OK;
	}
	rc = charset_to_utf8(d->l->a, charset_find_page(d->page), bytes, &utf8, NULL, e);

	for (; rc == OK && utf8.n > 0 && !d->l->text.failed; utf8 = span_from(utf8, n))
		character(d, utf8_get(utf8, &n));
	return rc;
}

/* In Word 95 two bytes are a byte of the code page or, in one of East Asia, two. */
static enum errc codes_run(struct doc *d, span bytes, struct err *e)
{
	bool two = d->page == 932 || d->page == 936 || d->page == 949 || d->page == 950;
	enum errc rc = OK;
	struct buf codes;

	buf_init(&codes, LIMIT_TEXT_BYTES);
	for (size_t i = 0; i + 1 < bytes.n && rc == OK; i += 2) {
		unsigned char high = bytes.p[i + 1];

		if (high != 0 && two)
			buf_put(&codes, span_of(&high, 1));
		if (high == 0 || two) {
			buf_put(&codes, span_sub(bytes, i, 1));
			continue;
		}
		rc = narrow_run(d, buf_span(&codes), e);
		buf_clear(&codes);
		character(d, le16(bytes, i));
	}
	if (rc == OK)
		rc = codes.failed ? err_memory(e) : narrow_run(d, buf_span(&codes), e);
	buf_wipe(&codes);
	return rc;
}

static enum errc run_of(struct doc *d, span bytes, bool narrow, struct err *e)
{
	if (narrow)
		return narrow_run(d, bytes, e);
	if (d->old)
		return codes_run(d, bytes, e);
	wide_run(d, bytes);
	return OK;
}

/* Its bytes lie in the text's stream: what was changed of them is told by where. */
static enum errc run(struct doc *d, span bytes, bool narrow, struct err *e)
{
	enum errc rc = OK;

	while (bytes.n > 0 && rc == OK && !d->l->text.failed) {
		size_t at = (size_t)(bytes.p - d->text.p), until;

		d->change = doc_change_at(&d->changes, at, &until);
		until += !narrow && until < bytes.n + at && (until - at) % 2 != 0; /* a character is not parted */
		rc = run_of(d, span_first(bytes, until - at), narrow, e);
		bytes = span_from(bytes, until - at);
	}
	d->change = DOC_KEPT;
	return rc;
}

/* The piece table (2.8.35): positions of characters, then for each piece where its bytes are. */
static enum errc pieces_read(struct doc *d, span plc, struct err *e)
{
	size_t n = plc.n < 4 ? 0 : (plc.n - 4) / 12;
	uint64_t given = 0;
	enum errc rc = OK;

	if ((le16(d->text, 10) & FIB_COMPLEX) != 0 && n > 0 && (d->pieces = arena_zero(d->l->a, n, sizeof *d->pieces)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n && rc == OK; i++) {
		uint32_t from = le32_at(plc, 4 * i), to = le32_at(plc, 4 * i + 4), at = le32_at(plc, 4 * (n + 1) + 8 * i + 2);
		bool narrow = d->old ? !d->wide : (at & 0x40000000u) != 0;
		uint64_t characters = to > from ? to - from : 0;
		span bytes;

		if (!d->old)
			at = narrow ? (at & 0x3fffffffu) / 2 : at & 0x3fffffffu;
		bytes = span_sub(d->text, at, narrow ? characters : 2 * characters);
		if (bytes.n < (narrow ? characters : 2 * characters) || to <= from)
			layout_problem(d->l, "damaged: part of its text is not there");
		/* Pieces may lie about each other; together they are not more than what can be. */
		if ((given += bytes.n) > LIMIT_TEXT_BYTES) {
			layout_problem(d->l, "longer than what is read of a document");
			break;
		}
		if (d->pieces != NULL && bytes.n > 0)
			d->pieces[d->n_pieces++] = (struct piece){at, at + bytes.n, i, narrow};
		rc = run(d, bytes, narrow, e);
	}
	return rc;
}

static int by_place(const void *va, const void *vb)
{
	const struct piece *a = va, *b = vb;

	return (a->from > b->from) - (a->from < b->from);
}

/* What no piece is has nothing that says how wide its characters are. */
static bool looks_wide(span bytes)
{
	size_t wide = 0;

	for (size_t i = 0; i + 1 < bytes.n; i += 2)
		wide += bytes.p[i + 1] < 7 || (bytes.p[i + 1] == 0x20 && bytes.p[i] < 0x40 && bytes.p[i] != 0x20);
	return wide > bytes.n * 3 / 8;
}

/* Behind the text lie pages of what is no text. */
static bool is_written(span bytes, bool narrow)
{
	static const span marks = SPAN_LIT("\1\2\5\7\t\13\14\r\16\23\24\25\36\37");

	for (size_t i = 0; i < bytes.n; i += narrow ? 1 : 2)
		if (bytes.p[i] < 0x20 && (narrow || le16(bytes, i) < 0x20) && span_find_byte(marks, bytes.p[i]) == marks.n)
			return false;
	return true;
}

/* What was written there; empty: nothing. */
static span between(const struct doc *d, size_t from, size_t to, bool *narrow)
{
	span bytes = span_sub(d->text, from, to > from ? to - from : 0);

	if (bytes.n >= 16 && !d->old)
		*narrow = !looks_wide(bytes);
	return is_written(bytes, *narrow) ? bytes : SPAN_EMPTY;
}

static enum errc between_run(struct doc *d, size_t from, size_t to, bool narrow, struct err *e)
{
	span bytes = between(d, from, to, &narrow);

	return bytes.n > 0 ? run(d, bytes, narrow, e) : OK;
}

/* Does something that was replaced stand before or behind the piece? */
static bool replaces(const struct doc *d, size_t i, size_t at)
{
	const struct piece *p = &d->pieces[i], *next = i + 1 < d->n_pieces ? p + 1 : p;
	bool narrow = p->narrow;

	return (p->from < at + NEAR && between(d, at, p->from, &narrow).n > 0) || (next->from < p->to + NEAR && between(d, p->to, next->from, &narrow).n > 0);
}

/*
 * In the order of the file: the text as it was saved whole (fcMin to fcMac), then what was written behind it, with the bytes between,
 * which a later piece has replaced.
 */
static enum errc replaced_run(struct doc *d, struct err *e)
{
	size_t at = le32_at(d->text, 0x18), whole = le32_at(d->text, 0x1c);
	size_t number = 0;
	bool narrow = d->old ? !d->wide : false;
	enum errc rc = OK;

	for (size_t i = 0; i < d->n_pieces && rc == OK && !d->l->text.failed; i++) {
		const struct piece *p = &d->pieces[i];
		size_t from = p->from > at ? p->from : at;

		if (at < whole && p->from > at)
			rc = between_run(d, at, p->from < whole ? p->from : whole, narrow, e);
		/* Behind it each save put what was typed at other places. */
		if (p->from >= at + NEAR || (p->from >= whole && p->from == at && p->number != number + 1))
			paragraph_end(d);
		else if (rc == OK && at >= whole && p->from > at)
			rc = between_run(d, at, p->from, narrow, e);
		if (rc == OK && p->to > from && (from < whole || replaces(d, i, at)))
			rc = run(d, span_sub(d->text, from, p->to - from), p->narrow, e);
		narrow = p->narrow;
		number = p->number;
		at = p->to > at ? p->to : at;
	}
	if (rc == OK)
		rc = between_run(d, at, whole, narrow, e);
	paragraph_end(d);
	return rc;
}

/* A fast save leaves in the file what it replaces: a password that was changed since stands there with the words around it. */
static enum errc replaced_read(void *ctx, struct layout *l, struct err *e)
{
	struct doc was = *(const struct doc *)ctx;
	enum errc rc;

	qsort(was.pieces, was.n_pieces, sizeof *was.pieces, by_place);
	was.l = l;
	was.story = STORIES;
	was.left = was.depth = was.high = 0;
	was.begun = was.cell = false;
	was.changes = (struct doc_changes){0};
	beside_init(&was.beside, l);
	buf_init(&was.codes, 4 * MIB);
	rc = replaced_run(&was, e);
	if (rc == OK)
		rc = beside_done(&was.beside, e);
	buf_wipe(&was.codes);
	return rc;
}

/* Behind runs of formatting (1) the piece table (2) (2.9.38). */
static span piece_table(span clx)
{
	while (clx.n > 3 && clx.p[0] == 1)
		clx = span_from(clx, 3 + (size_t)le16(clx, 1));
	return clx.n > 5 && clx.p[0] == 2 ? span_sub(clx, 5, le32_at(clx, 1)) : SPAN_EMPTY;
}

static void stories_find(struct doc *d, size_t at)
{
	static const char *const kinds[STORIES] = {"text", "footnotes", "page headers and footers", "comments", "endnotes", "text boxes",
	    "text boxes of page headers"};
	/* After ccpHdd comes a field that is reserved (2.5.4). */
	static const size_t offsets[STORIES] = {0, 4, 8, 16, 20, 24, 28};

	for (size_t i = 0; i < STORIES; i++)
		d->stories[i] = (struct story){kinds[i], le32_at(d->text, at + offsets[i])};
}

static enum errc text_read(struct doc *d, span clx, struct err *e)
{
	span pieces = piece_table(clx);

	story_begin(d);
	if (pieces.n > 0)
		return pieces_read(d, pieces, e);
	if (!d->old) {
		layout_problem(d->l, "damaged: without the table of its text");
		return OK;
	}
	/* Not saved in pieces: from fcMin to fcMac. */
	return run(d, span_sub(d->text, le32_at(d->text, 0x18), (size_t)(le32_at(d->text, 0x1c) - le32_at(d->text, 0x18)) & 0x7fffffff), !d->wide, e);
}

enum errc doc_read(struct layout *l, span text, span table_0, span table_1, struct err *e)
{
	struct doc d = {.l = l, .text = text, .page = WESTERN};
	unsigned magic = le16(text, 0), flags = le16(text, 10);
	size_t before = l->text.n;
	span clx;
	enum errc rc;

	if (text.n < 0x80 || (magic != 0xa5ec && magic != 0xa5dc && magic != 0xa699 && magic != 0xa697))
		return err_set(e, ERR_EVIDENCE, "not a document of Word 6 or later");
	d.old = le16(text, 2) < NFIB_97;
	if ((flags & FIB_ENCRYPTED) != 0) {
		span *table = (flags & FIB_TABLE_1) != 0 ? &table_1 : &table_0;

		if (d.old || (flags & FIB_OBFUSCATED) != 0)
			return err_set(e, ERR_EVIDENCE, ENCRYPTED_OFFICE);
		if ((rc = doc_unlock(l, &d.text, table, e)) != OK)
			return rc;
		text = d.text;
	}
	if (d.old) {
		d.wide = (flags & FIB_WIDE) != 0;
		d.page = le16(text, 0x14) == CHARSET_MACINTOSH ? MACINTOSH : WESTERN;
		stories_find(&d, 0x34);
		if ((rc = fonts_read(&d, e)) != OK)
			return rc;
		clx = (flags & FIB_COMPLEX) != 0 ? span_sub(text, le32_at(text, 0x160), le32_at(text, 0x164)) : SPAN_EMPTY;
	} else {
		d.table = (flags & FIB_TABLE_1) != 0 ? table_1 : table_0;
		stories_find(&d, 0x4c);
		clx = span_sub(d.table, le32_at(text, 0x1a2), le32_at(text, 0x1a6));
		if (!doc_changes_read(l->a, text, span_sub(d.table, le32_at(text, 0xfa), le32_at(text, 0xfe)), &d.changes))
			return err_memory(e);
	}
	beside_init(&d.beside, l);
	buf_init(&d.codes, 4 * MIB);
	rc = text_read(&d, clx, e);
	paragraph_end(&d);
	if (rc == OK)
		rc = beside_done(&d.beside, e);
	if (rc == OK && !d.old) {
		buf_clear(&d.codes);
		drawn_read(span_sub(d.table, le32_at(text, 0x22a), le32_at(text, 0x22e)), &d.codes);
		if (d.codes.n > 0) {
			layout_group(l, false, "text boxes", SPAN_EMPTY);
			layout_text(l, buf_span(&d.codes));
		}
		doc_authors_put(l, text, d.table);
	}
	buf_wipe(&d.codes);
	return rc == OK && d.n_pieces > 0 ? earlier_read(l, before, replaced_read, &d, e) : rc;
}

static bool is_dos(span s) { return span_starts(s, DOS_MAGIC) && le32_at(s, 14) > DOS_TEXT && le32_at(s, 14) <= s.n; }

bool old_doc_is(span s)
{
	unsigned magic = le16(s, 0), version = le16(s, 2);

	return s.n > DOS_TEXT && ((magic == MAGIC_2 && version == NFIB_2) || (magic == MAGIC_1 && version == NFIB_1) || is_dos(s));
}

enum errc old_doc_read(struct layout *l, span content, struct err *e)
{
	struct doc d = {.l = l, .text = content, .old = true, .page = WESTERN};
	size_t from = le32_at(content, 0x18), to = le32_at(content, 0x1c);
	unsigned flags = le16(content, 10);
	enum errc rc;

	if (is_dos(content)) {
		d.page = 850;
		from = DOS_TEXT;
		to = le32_at(content, 14);
		d.stories[0] = (struct story){"text", (uint32_t)to};
	} else if ((flags & FIB_ENCRYPTED) != 0) {
		return err_set(e, ERR_EVIDENCE, ENCRYPTED_OFFICE);
	} else {
		stories_find(&d, 0x34);
		if ((flags & FIB_COMPLEX) != 0)
			layout_problem(l, "saved fast: its text is in the order of its bytes");
	}
	beside_init(&d.beside, l);
	buf_init(&d.codes, 4 * MIB);
	story_begin(&d);
	if (to > content.n || to < from)
		layout_problem(l, "damaged: part of its text is not there");
	rc = narrow_run(&d, span_sub(content, from, to > from ? to - from : 0), e);
	paragraph_end(&d);
	if (rc == OK)
		rc = beside_done(&d.beside, e);
	buf_wipe(&d.codes);
	return rc;
}

/*
 * Pictures and fields of forms, one behind the other: length, length of the header, header. A field's data (FFData, 2.9.78) begins with
 * a version of all ones; its strings are UTF-16. A document with a password has this stream encrypted: then nothing is found in it.
 */
void doc_data_read(struct layout *l, span data)
{
	static const unsigned char version[4] = {0xff, 0xff, 0xff, 0xff};
	bool any = false;

	while (data.n > 0x48 && !l->text.failed) {
		uint32_t n = le32_at(data, 0);
		unsigned header = le16(data, 4);
		span field = span_sub(data, header, n > header ? n - header : 0);

		if (n < header || header < 0x44)
			return;
		if (span_starts(field, span_of(version, sizeof version))) {
			if (!any)
				layout_group(l, false, "fields of forms", SPAN_EMPTY);
			any = true;
			letters_put(l, span_from(field, 8));
		}
		data = span_from(data, n);
	}
}
