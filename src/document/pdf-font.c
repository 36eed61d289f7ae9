/*
 * Codes to characters (ISO 32000-1, 9.6 to 9.10): by the font's ToUnicode map, else by the names of its encoding, else by
 * the encoding itself. Widths are kept, because the gap between two words is often nothing but a move.
 */
#include <stdlib.h>

#include "base/bisect.h"
#include "base/utf8.h"
#include "document/glyphs.h"
#include "document/pdf.h"
#include "stream/charset.h"

struct range { uint32_t from, to, bytes; uint32_t first; span text; }; /* text: of `from` when it is more than one character */

struct pdf_font {
	bool wide;               /* codes of two bytes */
	bool one_byte_codes, two_byte_codes; /* as the map's code spaces say */
	bool utf16;              /* codes are characters, where the map has none */
	bool by_name;            /* the map is known by its name alone: codes are no glyphs, and widths not theirs */
	const struct charset *coded; /* codes are those of a charset, of one or two bytes; NULL: they are not */
	bool kana;               /* of these, bytes from 0xa1 to 0xdf are one character each */
	uint32_t *met;           /* by such a code: its character, once it was looked up */
	struct arena *a;
	struct range *ranges;    /* of ToUnicode, ascending */
	size_t n_ranges, cap_ranges;
	uint32_t simple[256];    /* characters of a simple font; 0: none known */
	span *spelled;           /* of each, where it stands for several; NULL: none does */
	bool macintosh;          /* codes are glyphs in the order of Apple's fonts, of which simple[] has the characters */
	uint32_t latin;          /* code of the blank, behind which ASCII follows, in a collection of Adobe's; 0: it is none */
	double widths[256], width;
	struct { uint32_t from, to; double width; } *wide_widths;
	size_t n_wide_widths;
};

static uint32_t code_of(span s)
{
	uint32_t v = 0;

	for (size_t i = 0; i < s.n && i < 4; i++)
		v = v << 8 | s.p[i];
	return v;
}

static bool range_add(struct pdf *f, struct pdf_font *k, struct range r)
{
	if (k->n_ranges == k->cap_ranges) {
		size_t cap = k->cap_ranges != 0 ? 2 * k->cap_ranges : 64;
		struct range *v = cap <= 1u << 20 ? arena_zero(f->a, cap, sizeof *v) : NULL;

		if (v == NULL)
			return false;
		if (k->n_ranges != 0)
			memcpy(v, k->ranges, k->n_ranges * sizeof *v);
		k->ranges = v;
		k->cap_ranges = cap;
	}
	k->ranges[k->n_ranges++] = r;
	return true;
}

/* UTF-16BE of a map's target: one character as a number, more as text. */
static void target(struct pdf *f, struct range *r, span utf16)
{
	if (utf16.n <= 2) {
		r->first = code_of(utf16);
	} else if (charset_to_utf8(f->a, charset_find(SPAN_LIT("utf-16be")), utf16, &r->text, NULL, NULL) != OK) {
		r->text = SPAN_EMPTY;
	}
}

static int by_code(const void *va, const void *vb)
{
	const struct range *a = va, *b = vb;

	return (a->from > b->from) - (a->from < b->from);
}

/* "<01> <05> <0041>" or "<01> <03> [<0041> <0042> <0043>]" */
static bool map_range(struct pdf *f, struct pdf_font *k, span *rest, span from)
{
	span to = pdf_string(f->a, pdf_next(rest)), v = pdf_next(rest);
	struct range r = {.from = code_of(pdf_string(f->a, from)), .to = code_of(to), .bytes = (uint32_t)to.n};

	if (v.n > 0 && v.p[0] == '[') {
		span list = span_from(v, 1), one;
		uint32_t code = r.from;

		for (; code <= r.to && (one = pdf_next(&list)).n > 1 && one.p[0] == '<'; code++) {
			struct range single = {.from = code, .to = code, .bytes = r.bytes};

			target(f, &single, pdf_string(f->a, one));
			if (!range_add(f, k, single))
				return false;
		}
		return true;
	}
	target(f, &r, pdf_string(f->a, v));
	return r.to < r.from || range_add(f, k, r);
}

static void map_read(struct pdf *f, struct pdf_font *k, span map)
{
	enum { NOTHING, SPACES, CHARACTERS, RANGES } what = NOTHING;
	span v;
	bool sorted = true;

	while ((v = pdf_next(&map)).p != NULL && v.n > 0) {
		if (span_eq(v, SPAN_LIT("begincodespacerange")))
			what = SPACES;
		else if (span_eq(v, SPAN_LIT("beginbfchar")))
			what = CHARACTERS;
		else if (span_eq(v, SPAN_LIT("beginbfrange")))
			what = RANGES;
		else if (span_starts(v, SPAN_LIT("end")))
			what = NOTHING;
		else if (v.p[0] == '<' && what == SPACES) {
			span code = pdf_string(f->a, v);

			k->one_byte_codes |= code.n == 1;
			k->two_byte_codes |= code.n == 2;
			(void)pdf_next(&map);
		} else if (v.p[0] == '<' && what == CHARACTERS) {
			span code = pdf_string(f->a, v);
			struct range r = {.from = code_of(code), .to = code_of(code), .bytes = (uint32_t)code.n};

			target(f, &r, pdf_string(f->a, pdf_next(&map)));
			if (!range_add(f, k, r))
				return;
		} else if (v.p[0] == '<' && what == RANGES && !map_range(f, k, &map, v)) {
			return;
		}
	}
	for (size_t i = 1; i < k->n_ranges && sorted; i++)
		sorted = k->ranges[i - 1].from <= k->ranges[i].from;
	if (!sorted)
		qsort(k->ranges, k->n_ranges, sizeof *k->ranges, by_code);
}

/* The base encoding of a simple font, as a charset: Standard and PDFDoc are near enough to Windows' but for their quotes. */
static void base_encoding(struct pdf_font *k, span name, bool symbolic)
{
	const struct charset *c = charset_find(pdf_is_name(name, "MacRomanEncoding") ? SPAN_LIT("macintosh") : SPAN_LIT("windows-1252"));
	struct arena *a;
	struct err e;

	if (c == NULL || arena_new(&a, (size_t)1 << 16, &e) != OK)
		return;
	for (unsigned i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)i;
		span out;
		size_t n;

		if (i >= 0x20 && charset_to_utf8(a, c, span_of(&byte, 1), &out, NULL, &e) == OK && out.n > 0)
			k->simple[i] = utf8_get(out, &n);
	}
	arena_free(a);
	if (name.n == 0 && !symbolic)
		for (size_t i = 0; i < sizeof glyph_standard / sizeof *glyph_standard; i++)
			k->simple[glyph_standard[i].code] = glyph_standard[i].character;
}

/* "fi" where one glyph is both. */
static void spell(struct pdf_font *k, unsigned code, const uint32_t *letters, size_t n)
{
	unsigned char text[4 * GLYPH_LETTERS];
	size_t bytes = 0;

	if (k->spelled == NULL && (k->spelled = arena_zero(k->a, 256, sizeof *k->spelled)) == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		bytes += utf8_write(text + bytes, letters[i]);
	k->spelled[code] = arena_copy(k->a, span_of(text, bytes));
}

/* Names that say nothing but the code ("a84", "C84"), as TeX has them for its bitmaps: codes are ASCII there. */
static bool says_code(span name, unsigned code)
{
	size_t at = 0;
	unsigned n = 0;

	while (at < name.n && at < 2 && ascii_is_alpha(name.p[at]))
		at++;
	if (at == 0 || name.n - at < 2 || name.n - at > 3)
		return false;
	for (; at < name.n; at++) {
		if (!ascii_is_digit(name.p[at]))
			return false;
		n = 10 * n + (name.p[at] - '0');
	}
	return n == code && code > ' ' && code < 0x7f;
}

static void differences(struct pdf_font *k, span list)
{
	span rest = span_from(list, 1), v;
	unsigned code = 0;

	if (list.n == 0 || list.p[0] != '[')
		return;
	while ((v = pdf_next(&rest)).n > 0 && v.p[0] != ']') {
		if (v.p[0] == '/') {
			uint32_t letters[GLYPH_LETTERS] = {0};
			span name = span_from(v, 1);
			size_t n = code < 256 ? glyph_spell(name, letters) : 0;

			if (code >= 256)
				continue;
			k->simple[code] = n == 1 ? letters[0] : n == 0 && says_code(name, code) ? code : 0;
			if (n > 1)
				spell(k, code, letters, n);
			code++;
		} else {
			double n = pdf_number(v, 256);

			code = n >= 0 && n < 256 ? (unsigned)n : 256;
		}
	}
}

/*
 * An embedded font says itself which glyph a code is, one of Type 1 in its clear text (Adobe Type 1 Font Format, 2.2): "dup 12 /fi put". That is what
 * a document means that has no encoding of its own (9.6.6.1).
 */
static enum errc builtin_encoding(struct pdf *f, struct pdf_font *k, span d, struct err *e)
{
	const struct pdf_object *file;
	span program, rest, word, descriptor = pdf_get(f, d, "FontDescriptor");
	enum errc rc;

	(void)pdf_resolve(f, pdf_key(descriptor, "FontFile3"), &file);
	if (file != NULL && file->stream.p != NULL) {
		if ((rc = pdf_stream(f, file, &program, e)) == OK)
			pdf_cff_encoding(program, k->simple);
		return rc;
	}
	(void)pdf_resolve(f, pdf_key(descriptor, "FontFile"), &file);
	if (file == NULL || file->stream.p == NULL)
		return OK;
	if ((rc = pdf_stream(f, file, &program, e)) != OK)
		return rc;
	program = span_first(program, span_find(program, SPAN_LIT("eexec")));
	rest = span_from(program, span_find(program, SPAN_LIT("/Encoding")));
	rest = span_first(rest, span_find(rest, SPAN_LIT("readonly")));
	while ((rest = span_from(rest, span_find(rest, SPAN_LIT("dup ")))).n > 0) {
		double code;
		uint32_t c;

		rest = span_from(rest, 4);
		code = pdf_number(pdf_next(&rest), 256);
		word = pdf_next(&rest);
		if (code >= 0 && code < 256 && word.n > 1 && word.p[0] == '/' && (c = glyph_character(span_from(word, 1))) != 0)
			k->simple[(unsigned)code] = c;
	}
	return OK;
}

static void widths_read(struct pdf *f, struct pdf_font *k, span d)
{
	span list = pdf_get(f, d, "Widths"), rest = span_from(list, 1), v;
	double first = pdf_number(pdf_get(f, d, "FirstChar"), 0);
	unsigned at = first >= 0 && first < 256 ? (unsigned)first : 256;

	k->width = pdf_number(pdf_get(f, pdf_get(f, d, "FontDescriptor"), "MissingWidth"), 0);
	for (unsigned i = 0; i < 256; i++)
		k->widths[i] = k->width > 0 ? k->width : 500;
	if (list.n == 0 || list.p[0] != '[') {
		pdf_standard_widths(pdf_get(f, d, "BaseFont"), k->widths);
		return;
	}
	for (; at < 256 && (v = pdf_next_value(&rest)).p != NULL; at++)
		k->widths[at] = pdf_number(pdf_resolve(f, v, NULL), 500);
}

/* 9.7.4.3: "c [w1 w2 ...]" and "from to w" */
static void wide_widths_read(struct pdf *f, struct pdf_font *k, span d)
{
	span list = pdf_get(f, d, "W"), rest = span_from(list, 1), v;
	size_t cap = list.n / 2 < 4096 ? list.n / 2 + 1 : 4096;

	k->width = pdf_number(pdf_get(f, d, "DW"), 1000);
	if (list.n == 0 || list.p[0] != '[' || (k->wide_widths = arena_zero(f->a, cap, sizeof *k->wide_widths)) == NULL)
		return;
	while ((v = pdf_next(&rest)).n > 0 && v.p[0] != ']' && k->n_wide_widths < cap) {
		uint32_t from = (uint32_t)pdf_number(v, 0);

		v = pdf_next(&rest);
		if (v.n > 0 && v.p[0] == '[') {
			span each = span_from(v, 1), w;

			for (; (w = pdf_next(&each)).n > 0 && w.p[0] != ']' && k->n_wide_widths < cap; from++) {
				k->wide_widths[k->n_wide_widths].from = k->wide_widths[k->n_wide_widths].to = from;
				k->wide_widths[k->n_wide_widths++].width = pdf_number(w, 1000);
			}
		} else {
			k->wide_widths[k->n_wide_widths].from = from;
			k->wide_widths[k->n_wide_widths].to = (uint32_t)pdf_number(v, 0);
			k->wide_widths[k->n_wide_widths++].width = pdf_number(pdf_next(&rest), 1000);
		}
	}
}

/*
 * Codes of a font of Chinese, Japanese or Korean that has no map: by the name of one of the maps that every reader has (9.7.5.2), which
 * say what is written (Unicode, or the charset that was usual) and not how it looks. In the same way some programs name a map as ToUnicode.
 */
static enum errc named_map(struct pdf_font *k, span name, struct err *e)
{
	static const struct { const char *part, *charset; } maps[] = {
	    {"RKSJ", "shift_jis"}, {"GB", "gb18030"}, {"B5", "big5"}, {"KSC", "euc-kr"}, {"/EUC", "euc-jp"}};

	k->by_name = !pdf_is_name(name, "Identity-H") && !pdf_is_name(name, "Identity-V");
	if (span_starts(name, SPAN_LIT("/Uni"))) {
		k->utf16 = !span_has(name, SPAN_LIT("UTF8")) && !span_has(name, SPAN_LIT("UTF32"));
		return OK;
	}
	for (size_t i = 0; i < sizeof maps / sizeof *maps && k->coded == NULL; i++)
		if (span_has(name, span_str(maps[i].part)))
			k->coded = charset_find(span_str(maps[i].charset));
	k->kana = k->coded != NULL && k->coded == charset_find(SPAN_LIT("shift_jis"));
	if (k->coded != NULL && (k->met = arena_zero(k->a, 1u << 16, sizeof *k->met)) == NULL)
		return err_memory(e);
	return OK;
}

/* Glyphs of a collection of Adobe's have fixed numbers: ASCII comes first in each (Adobe technical notes 5078 to 5080, 5093). */
static uint32_t latin_of(span ordering)
{
	return span_is_one_of(ordering, SPAN_WORDS("Japan1", "GB1", "CNS1", "Korea1", "KR")) ? 1 : 0;
}

/*
 * Codes that are glyphs of a font which is not in the file: who shows it takes that of Windows, whose first glyphs are those of the Macintosh in the
 * order of its charset (Apple, "TrueType Reference Manual", post, format 1; Microsoft's core fonts have kept it).
 */
static bool is_core_font(struct pdf *f, span d)
{
	static const char *const families[] = {"Arial", "TimesNewRoman", "Times New Roman", "CourierNew", "Courier New", "Verdana", "Tahoma", "Georgia",
	    "Trebuchet", "ComicSans", "Comic Sans", "Impact"};
	span name = pdf_get(f, d, "BaseFont"), descriptor = pdf_get(f, d, "FontDescriptor");
	char plain[64];
	size_t n = 0;

	if (!pdf_is_name(pdf_get(f, d, "Subtype"), "CIDFontType2") || pdf_key(descriptor, "FontFile2").n > 0 || pdf_key(descriptor, "FontFile3").n > 0 || name.n < 2)
		return false;
	for (name = span_from(name, 1); name.n > 0 && n < sizeof plain;)
		plain[n++] = (char)pdf_name_next(&name);
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (span_starts(span_of(plain, n), span_str(families[i])))
			return true;
	return false;
}

enum { MACINTOSH_BLANK = 3, MACINTOSH_LAST = 225 }; /* of its charset 0x20 and 0xff, without 0x7f */

static uint32_t macintosh(const struct pdf_font *k, uint32_t glyph)
{
	return glyph >= MACINTOSH_BLANK && glyph <= MACINTOSH_LAST ? k->simple[glyph - MACINTOSH_BLANK + ' ' + (glyph > 97)] : 0;
}

enum errc pdf_font_new(struct pdf *f, span d, struct pdf_font **out, struct err *e)
{
	struct pdf_font *k = arena_zero(f->a, 1, sizeof *k);
	span encoding = pdf_get(f, d, "Encoding"), descendants = pdf_get(f, d, "DescendantFonts"), map, named;
	double flags = pdf_number(pdf_get(f, pdf_get(f, d, "FontDescriptor"), "Flags"), 0);
	const struct pdf_object *to_unicode;
	enum errc rc;

	if ((*out = k) == NULL)
		return err_memory(e);
	k->a = f->a;
	k->wide = pdf_is_name(pdf_get(f, d, "Subtype"), "Type0");
	named = pdf_resolve(f, pdf_key(d, "ToUnicode"), &to_unicode);
	if (to_unicode != NULL && to_unicode->stream.p != NULL) {
		if ((rc = pdf_stream(f, to_unicode, &map, e)) != OK)
			return rc;
		map_read(f, k, map);
	}
	if (k->wide) {
		k->utf16 = pdf_is_name(named, "Identity-H") || pdf_is_name(named, "Identity-V");
		if (k->n_ranges == 0 && !k->utf16 && (rc = named_map(k, encoding, e)) != OK)
			return rc;
		if (descendants.n > 1 && descendants.p[0] == '[') {
			span rest = span_from(descendants, 1), of = pdf_resolve(f, pdf_next_value(&rest), NULL);

			wide_widths_read(f, k, of);
			k->macintosh = k->n_ranges == 0 && !k->by_name && !k->utf16 && is_core_font(f, of);
			if (k->macintosh)
				base_encoding(k, SPAN_LIT("/MacRomanEncoding"), true);
			else if (k->n_ranges == 0 && !k->by_name)
				k->latin = latin_of(pdf_string(f->a, pdf_get(f, pdf_get(f, of, "CIDSystemInfo"), "Ordering")));
		}
		return OK;
	}
	widths_read(f, k, d);
	if (span_starts(encoding, SPAN_LIT("<<"))) {
		base_encoding(k, pdf_get(f, encoding, "BaseEncoding"), ((unsigned)flags & 4) != 0);
		if (pdf_key(encoding, "BaseEncoding").n == 0 && (rc = builtin_encoding(f, k, d, e)) != OK)
			return rc;
		differences(k, pdf_get(f, encoding, "Differences"));
	} else {
		base_encoding(k, encoding, ((unsigned)flags & 4) != 0);
		if (encoding.n == 0)
			return builtin_encoding(f, k, d, e);
	}
	return OK;
}

static const struct range *mapped(const struct pdf_font *k, uint32_t code)
{
	size_t low;

	BISECT(low, k->n_ranges, k->ranges[low].from <= code);
	return low > 0 && k->ranges[low - 1].to >= code ? &k->ranges[low - 1] : NULL;
}

static double width_of(const struct pdf_font *k, uint32_t code)
{
	for (size_t i = 0; i < k->n_wide_widths; i++)
		if (code >= k->wide_widths[i].from && code <= k->wide_widths[i].to)
			return k->wide_widths[i].width;
	return k->width;
}

/* Nobody knows the glyph of a code without the map: one of Latin is half as wide as others. */
static double wide_width(const struct pdf_font *k, uint32_t code)
{
	return !k->by_name ? width_of(k, code) : code < 0x80 ? 500 : k->width;
}

/* One of a charset's characters. */
static double coded_next(const struct pdf_font *k, span *s, struct buf *out)
{
	unsigned char first = s->p[0];
	bool two = s->n >= 2 && first > 0x80 && !(k->kana && first >= 0xa1 && first <= 0xdf);
	span bytes = span_first(*s, two ? 2 : 1), text;
	uint32_t code = code_of(bytes);
	struct err e;
	size_t n;

	if (k->met[code] == 0)
		k->met[code] = charset_to_utf8(k->a, k->coded, bytes, &text, NULL, &e) == OK && text.n > 0 ? utf8_get(text, &n) : 0xfffd;
	utf8_put(out, k->met[code]);
	*s = span_from(*s, bytes.n);
	return wide_width(k, code);
}

double pdf_font_next(const struct pdf_font *k, span *s, struct buf *out, bool *blank)
{
	bool two = k->wide && s->n >= 2 && !(k->one_byte_codes && !k->two_byte_codes);
	uint32_t code = code_of(span_first(*s, two ? 2 : 1)), c = 0;
	const struct range *r = mapped(k, code);

	*blank = !two && code == ' ';
	if (k->coded != NULL)
		return coded_next(k, s, out);
	*s = span_from(*s, two ? 2 : 1);
	if (r != NULL && r->text.n > 0 && code == r->from) {
		buf_put(out, r->text);
	} else if (r == NULL && k->spelled != NULL && code < 256 && k->spelled[code].n > 0) {
		buf_put(out, k->spelled[code]);
	} else {
		c = r != NULL && r->text.n == 0 ? r->first + (code - r->from) : k->utf16 ? code : !k->wide && code < 256 ? k->simple[code] : 0;
		if (k->macintosh)
			c = macintosh(k, code);
		if (r == NULL && k->latin != 0 && code >= k->latin && code < k->latin + 94)
			c = code - k->latin + ' ';
		if (c >= 0x110000 || (c >= 0xd800 && c <= 0xdfff))
			c = 0;
		utf8_put(out, c == 0 ? 0xfffd : c);
	}
	return k->wide ? wide_width(k, code) : k->widths[code & 255];
}
