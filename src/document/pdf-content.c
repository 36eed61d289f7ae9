/*
 * What a content stream shows (ISO 32000-1, 9.4), in the order in which it shows it: text on one line stays on one, moves to
 * the right become a blank or, where they are wide, a tab, and any other move a new line.
 */
#include <math.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "document/glyphs.h"
#include "document/pdf.h"

enum { OPERANDS = 64, SAVED = 32, FONTS = 512, FORM_DEPTH = 12, FORM_COSTS = 4096, LOOK_FREE = 8192 /* dictionaries that are looked through for nothing */ };

struct matrix { double a, b, c, d, e, f; };
static const struct matrix identity = {1, 0, 0, 1, 0, 0};

struct graphics { struct matrix now; struct pdf_font *font; double size, character, word, scale, leading, rise; };
/* Pages share their fonts, and one of six thousand pages has ten. */
struct pdf_fonts { struct { span dictionary; struct pdf_font *font; } v[FONTS]; size_t n; };

struct content {
	struct content *next; /* among the spare ones */
	struct pdf *f;
	span resources;
	unsigned depth;
	struct graphics g, saved[SAVED];
	size_t n_saved;
	struct matrix text, line;
	span operands[OPERANDS];
	size_t n_operands;
	struct buf shown;
	bool placed;          /* something was shown: end_x and end_y are where it ended */
	double end_x, end_y, end_size, end_character;
	bool end_word; /* more than a glyph was shown there */
};

static struct matrix times(struct matrix m, struct matrix n)
{
	return (struct matrix){m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d,
	    m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

static double operand(const struct content *c, size_t i)
{
	return i < c->n_operands ? pdf_number(c->operands[i], 0) : 0;
}

static struct matrix operand_matrix(const struct content *c)
{
	return (struct matrix){operand(c, 0), operand(c, 1), operand(c, 2), operand(c, 3), operand(c, 4), operand(c, 5)};
}

/* What the operand "/name" stands for among the resources of a kind; empty where it cannot be said. */
static span resource(struct content *c, const char *kind)
{
	span name = c->operands[0], all;
	char key[128];
	size_t n = 0;

	if (name.n < 2 || name.n > sizeof key)
		return SPAN_EMPTY;
	for (name = span_from(name, 1); name.n > 0;)
		key[n++] = (char)pdf_name_next(&name);
	key[n] = '\0';
	if (c->resources.n > LOOK_FREE && !pdf_spend(c->f, c->resources.n))
		return SPAN_EMPTY;
	all = pdf_get(c->f, c->resources, kind);
	return all.n > LOOK_FREE && !pdf_spend(c->f, all.n) ? SPAN_EMPTY : pdf_key(all, key);
}

static enum errc font_set(struct content *c, struct err *e)
{
	span named = resource(c, "Font"), d;
	struct pdf_fonts *all;
	enum errc rc;

	c->g.size = operand(c, 1);
	if (named.n == 0)
		return OK;
	d = pdf_resolve(c->f, named, NULL);
	if (c->f->fonts == NULL && (c->f->fonts = arena_zero(c->f->a, 1, sizeof *c->f->fonts)) == NULL)
		return err_memory(e);
	all = c->f->fonts;
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].dictionary.p == d.p && d.p != NULL) {
			c->g.font = all->v[i].font;
			return OK;
		}
	if ((rc = pdf_font_new(c->f, d, &c->g.font, e)) != OK)
		return rc;
	if (d.p != NULL && all->n < FONTS) {
		all->v[all->n].dictionary = d;
		all->v[all->n++].font = c->g.font;
	}
	return OK;
}

/*
 * From the end of the last thing shown to the begin of the next, whose glyphs are as m has them: along the line and across it, which may run in any
 * direction (a page that was scanned on its side); and how wide its glyphs are.
 */
struct move { double along, across, wide; };
#define OTHER_LINE 0.45 /* of the size: what moves farther across is in none with what was before it */

static struct move move_to(const struct content *c, const struct matrix *m)
{
	double wide = hypot(m->a, m->b), x = m->e - c->end_x, y = m->f - c->end_y;

	return wide > 0 ? (struct move){(x * m->a + y * m->b) / wide, fabs(y * m->a - x * m->b) / wide, wide} : (struct move){x, fabs(y), 0};
}

/*
 * What lies between the last thing shown and the next. word: that is a word, so that between two of them less is a space than between letters that
 * are spaced for their looks.
 */
static void gap(struct content *c, struct move to, double size, bool word)
{
	struct layout *l = c->f->l;
	double em = size > 0 ? size : 1, wide = to.wide > 0 ? to.wide : em, larger = em > c->end_size ? em : c->end_size; /* what is raised or lowered is smaller than what it stands by */
	unsigned char last = l->text.n > 0 ? l->text.p[l->text.n - 1] : '\n';

	if (!c->placed || last == '\n')
		return;
	if (to.across > OTHER_LINE * larger || to.along < -0.6 * em - 0.1 * fabs(c->end_size))
		layout_byte(l, '\n');
	else if (to.along > 0.95 * wide && last != ' ' && last != '\t')
		layout_byte(l, '\t');
	else if ((to.along > (word && c->end_word ? 0.12 : 0.17) * wide && last != ' ' && last != '\t') || (ascii_is_digit(last) && size < c->end_size && to.across > 0.1 * larger))
		layout_byte(l, ' '); /* a figure that is raised behind a number is none of it */
}

/*
 * Ligatures as their letters (U+FB00 to U+FB06), as whoever copies the text types them; and a soft hyphen that is shown as what it looks like: so a
 * hyphen is called in the encodings of Windows and Macintosh (annex D.2, note 6).
 */
static void put_letters(struct layout *l, span text)
{
	static const char *const ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};

	for (size_t from = 0, at = 0, n = 0; at < text.n || from < text.n; at += n) {
		uint32_t c = at < text.n ? utf8_get(span_from(text, at), &n) : 0;
		bool ligature = c >= 0xfb00 && c < 0xfb00 + sizeof ligatures / sizeof *ligatures;

		if (at < text.n && !ligature && c != 0xad)
			continue;
		layout_text(l, span_sub(text, from, at - from));
		if (at >= text.n)
			return;
		layout_text(l, ligature ? span_str(ligatures[c - 0xfb00]) : SPAN_LIT("-"));
		from = at + n;
	}
}

/*
 * Hebrew, Arabic and its forms within words, by their first bytes. A glyph of several letters has them in the order in which they
 * are written, while the glyphs of a line have not.
 */
static void right_to_left(struct content *c, size_t from)
{
	UNFILLED unsigned char glyph[32];
	size_t n = c->shown.n - from, len;

	memcpy(glyph, c->shown.p + from, n < sizeof glyph ? n : 0);
	if (n < 2 || n >= sizeof glyph || (glyph[0] > 0xe0 && !(glyph[0] == 0xef && glyph[1] >= 0xac && glyph[1] <= 0xbb)))
		return;
	c->f->right_to_left = true;
	c->shown.n = from;
	for (size_t at = 0; at < n; at += len)
		pdf_letter_put(&c->shown, utf8_get(span_from(span_of(glyph, n), at), &len));
	if (c->shown.failed)
		return;
	n = c->shown.n - from;
	(void)utf8_get(span_of(c->shown.p + from, n), &len);
	if (len < n) /* one is as it is */
		pdf_lines_turn(c->shown.p + from, n);
}

/*
 * Troff kerns the last letter of a word and the first of the next, and shows the two as one string: the word space, and the kerning
 * in it, is a character spacing (9.3.2) that nothing beside them has. Letters that are spaced for their looks have it all.
 */
static bool parted_by_spacing(const struct content *c, bool joined)
{
	return joined && c->placed && c->g.character > 0.17 * fabs(c->g.size) && c->g.character != c->end_character;
}

/* The accent that the text ends in, as the names of glyphs that have one end; NULL: it ends in none. */
static const char *accent_of(span text, size_t *n)
{
	static const struct { const char *sign, *name; } accents[] = {{"\xc2\xb4", "acute"}, {"`", "grave"}, {"\xc2\xa8", "dieresis"}, {"^", "circumflex"},
	    {"\xcb\x86", "circumflex"}, {"~", "tilde"}, {"\xcb\x9c", "tilde"}, {"\xcb\x87", "caron"}, {"\xcb\x98", "breve"}, {"\xcb\x9a", "ring"},
	    {"\xcb\x99", "dotaccent"}, {"\xcb\x9d", "hungarumlaut"}, {"\xc2\xb8", "cedilla"}, {"\xc2\xaf", "macron"}};

	for (size_t i = 0; i < sizeof accents / sizeof *accents; i++)
		if (span_ends_nocase(text, span_str(accents[i].sign))) {
			*n = strlen(accents[i].sign);
			return accents[i].name;
		}
	return NULL;
}

/*
 * TeX sets an accent and then, moving back, the letter that has it (OT1 has few letters with one): together they are one, as the reader sees it.
 * *letter: the bytes of what it is set over, *accent: of what was set. 0: it is none of these.
 */
static uint32_t accented(const struct content *c, struct move to, size_t *letter, size_t *accent)
{
	span shown = buf_span(&c->shown);
	bool dotless = span_starts(shown, SPAN_LIT("\xc4\xb1")); /* i, under an accent */
	const char *of;
	char name[24];

	if (!c->placed || to.wide <= 0 || to.along > -0.1 * to.wide || to.along < -to.wide || to.across > OTHER_LINE * to.wide || shown.n == 0 || (!dotless && !ascii_is_alpha(shown.p[0])) ||
	    (of = accent_of(buf_span(&c->f->l->text), accent)) == NULL)
		return 0;
	*letter = dotless ? 2 : 1;
	(void)snprintf(name, sizeof name, "%c%s", dotless ? 'i' : shown.p[0], of);
	return glyph_character(span_str(name));
}

/* By a letter or figure, not by a mark, before which what is slanted stands off, nor by one of a script that is written to the left. */
static bool begins_word(span s)
{
	return s.n > 0 && (ascii_is_alnum(s.p[0]) || (s.p[0] >= 0xc3 && s.p[0] < 0xd6));
}

/* second: where the second of two glyphs begins that are no blanks; 0: there are others. */
static void put_shown(struct content *c, struct move to, double size, size_t glyphs, size_t second)
{
	struct layout *l = c->f->l;
	span shown = buf_span(&c->shown);
	size_t at = l->text.n, letter, accent;
	uint32_t one = accented(c, to, &letter, &accent);

	if (one != 0) {
		l->text.n -= accent;
		utf8_put(&l->text, one);
		put_letters(l, span_from(shown, letter));
		return;
	}
	gap(c, to, size, glyphs > 1 && begins_word(shown));
	if (second > 0 && parted_by_spacing(c, at > 0 && at == l->text.n && l->text.p[at - 1] > ' ')) {
		put_letters(l, span_first(shown, second));
		layout_byte(l, ' ');
		shown = span_from(shown, second);
	}
	put_letters(l, shown);
}

static void show(struct content *c, span string)
{
	struct graphics *g = &c->g;
	size_t glyphs = 0, second = 0;
	bool blanks = false;
	struct matrix m = times(times((struct matrix){g->size * g->scale, 0, 0, g->size, 0, g->rise}, c->text), g->now);
	double size = hypot(m.c, m.d), advance = 0;

	if (g->font == NULL || string.n == 0)
		return;
	buf_clear(&c->shown);
	while (string.n > 0 && c->shown.n < MIB) {
		bool blank;
		size_t before = c->shown.n;
		double width = pdf_font_next(g->font, &string, &c->shown, &blank);

		blanks |= blank;
		if (++glyphs == 2)
			second = before;
		if (c->shown.n > before && c->shown.p[before] >= 0xd6)
			right_to_left(c, before);

		advance += (width / 1000 * g->size + g->character + (blank ? g->word : 0)) * g->scale;
	}
	put_shown(c, move_to(c, &m), size, glyphs, glyphs == 2 && !blanks ? second : 0);
	c->text = times((struct matrix){1, 0, 0, 1, advance, 0}, c->text);
	m = times(c->text, g->now);
	c->end_x = m.e;
	c->end_y = m.f;
	c->end_size = size;
	c->end_character = g->character;
	c->end_word = glyphs > 1;
	c->placed = true;
}

static void show_array(struct content *c, span array)
{
	span rest = span_from(array, 1), v;

	while (array.n > 0 && array.p[0] == '[' && (v = pdf_next_value(&rest)).p != NULL) {
		if (v.p[0] == '(' || v.p[0] == '<')
			show(c, pdf_string(c->f->a, v));
		else
			c->text = times((struct matrix){1, 0, 0, 1, -pdf_number(v, 0) / 1000 * c->g.size * c->g.scale, 0}, c->text);
	}
}

static void next_line(struct content *c, double x, double y)
{
	c->line = times((struct matrix){1, 0, 0, 1, x, y}, c->line);
	c->text = c->line;
}

static enum errc form_show(struct content *c, struct err *e)
{
	span content, resources;
	const struct pdf_object *o;
	struct matrix before = c->g.now;
	enum errc rc;

	(void)pdf_resolve(c->f, resource(c, "XObject"), &o);
	if (o == NULL || o->stream.p == NULL || !pdf_is_name(pdf_get(c->f, o->value, "Subtype"), "Form"))
		return OK;
	if (c->depth >= FORM_DEPTH || c->f->budget == 0) {
		layout_limit(c->f->l, "forms within forms, deeper than is read of a PDF");
		return OK;
	}
	/* A form of a few bytes may show itself at many places, and so on: showing it is work, however short it is. */
	(void)pdf_spend(c->f, FORM_COSTS);
	if ((rc = pdf_stream(c->f, o, &content, e)) != OK)
		return rc;
	resources = pdf_get(c->f, o->value, "Resources");
	layout_line(c->f->l);
	rc = pdf_content(c->f, content, resources.n > 0 ? resources : c->resources, c->depth + 1, e);
	layout_line(c->f->l);
	c->g.now = before;
	return rc;
}

/* Where a word of two letters that begins with one of `first` and ends with one of `second` stands alone; s.n: nowhere. */
static size_t find_alone(span s, const char *first, const char *second)
{
	for (size_t i = 0; i + 2 <= s.n; i++)
		if (ascii_is_one_of(s.p[i], first) && ascii_is_one_of(s.p[i + 1], second) &&
		    (i == 0 || ascii_is_space(s.p[i - 1]) || ascii_is_one_of(s.p[i - 1], ")]>")) &&
		    (i + 2 == s.n || ascii_is_space(s.p[i + 2]) || ascii_is_one_of(s.p[i + 2], "([</")))
			return i;
	return s.n;
}

/* Bits of a sample of an inline image, by the name of its color space (8.9.7); 0: not known. */
static unsigned components_of(span space)
{
	if (span_is_one_of_nocase(space, SPAN_WORDS("/G", "/DeviceGray", "/CalGray", "/I", "/Indexed")) || span_starts(space, SPAN_LIT("[")))
		return 1;
	if (span_is_one_of_nocase(space, SPAN_WORDS("/RGB", "/DeviceRGB", "/CalRGB")))
		return 3;
	return span_is_one_of_nocase(space, SPAN_WORDS("/CMYK", "/DeviceCMYK")) ? 4 : 0;
}

/*
 * "BI /W 8 /H 8 ... ID": *rest stands behind the blank that follows. *n: how many bytes come then, where *exact, or no more than that: what is packed is
 * seldom larger than what was. False: no dictionary of an image.
 */
static bool image_begin(span *rest, double *n, bool *exact)
{
	enum { ENTRIES = 64, LARGER = 3, SLACK = 4096 };
	span s = *rest;
	double width = -1, height = -1, bits = 8, length = -1;
	unsigned components = 0;
	bool packed = false;

	for (unsigned i = 0; i < ENTRIES; i++) {
		span key = pdf_next(&s), value;

		if (span_eq(key, SPAN_LIT("ID"))) {
			*exact = length >= 0 || (width >= 0 && height >= 0 && components != 0 && !packed);
			*n = length >= 0 ? length : height * ceil(width * bits * (components != 0 ? components : 4) / 8);
			if (!*exact)
				*n = width >= 0 && height >= 0 ? LARGER * *n + SLACK : HUGE_VAL;
			*rest = span_from(s, 1);
			return true;
		}
		value = pdf_next(&s);
		if (key.n < 2 || key.p[0] != '/' || value.n == 0)
			return false;
		if (span_eq(key, SPAN_LIT("/W")) || span_eq(key, SPAN_LIT("/Width")))
			width = pdf_number(value, -1);
		else if (span_eq(key, SPAN_LIT("/H")) || span_eq(key, SPAN_LIT("/Height")))
			height = pdf_number(value, -1);
		else if (span_eq(key, SPAN_LIT("/BPC")) || span_eq(key, SPAN_LIT("/BitsPerComponent")))
			bits = pdf_number(value, 8);
		else if (span_eq(key, SPAN_LIT("/L")) || span_eq(key, SPAN_LIT("/Length")))
			length = pdf_number(value, -1);
		else if (span_eq(key, SPAN_LIT("/CS")) || span_eq(key, SPAN_LIT("/ColorSpace")))
			components = components_of(value);
		else if (span_eq(key, SPAN_LIT("/F")) || span_eq(key, SPAN_LIT("/Filter")))
			packed = true;
		else if ((span_eq(key, SPAN_LIT("/IM")) || span_eq(key, SPAN_LIT("/ImageMask"))) && span_eq(value, SPAN_LIT("true")))
			bits = components = 1;
	}
	return false;
}

/*
 * The bytes of an inline image end at an EI that stands alone: where its dictionary says, or before as much as it can be. Where there is none,
 * what follows its bytes is read, or the next text.
 */
static void image_skip(struct content *c, span *rest)
{
	double n = 0;
	bool exact = false, begun = image_begin(rest, &n, &exact);
	size_t most = begun && n < (double)rest->n ? (size_t)(n > 0 ? n : 0) : rest->n, at;
	span behind = span_from(*rest, most), where;

	while (behind.n > 0 && ascii_is_space(behind.p[0]))
		behind = span_from(behind, 1);
	if (begun && exact && find_alone(span_first(behind, 3), "E", "I") == 0 && behind.n >= 2) {
		*rest = span_from(behind, 2);
		return;
	}
	/* Some end their rows otherwise than they should. */
	where = span_first(*rest, exact ? most + most / 4 + 64 : most);
	if (begun && (at = find_alone(where, "E", "I")) < where.n) {
		*rest = span_from(*rest, at + 2);
		return;
	}
	layout_problem(c->f->l, "damaged: an image on a page does not end");
	if (!begun)
		return;
	at = find_alone(*rest, "B", "T");
	*rest = span_from(*rest, exact && most < at ? most : at);
}

/* A string, an array or a dictionary that does not end takes all that follows: it ends before the next operator of text. */
static bool value_cut(struct content *c, span *v, span *rest)
{
	span all = *v;
	size_t at = find_alone(all, "T", "jJdDmf*"), end = find_alone(span_first(all, at), "BE", "T");

	if (span_starts(all, SPAN_LIT("<<")))
		end = span_find(span_first(all, end), SPAN_LIT("BDC"));
	layout_problem(c->f->l, "damaged: a text on a page does not end");
	*v = span_first(all, end);
	*rest = span_from(all, end);
	if (rest->n == 0 && v->p[0] == '(')
		show(c, pdf_string(c->f->a, *v));
	return pdf_spend(c->f, all.n);
}

/* /Span << /ActualText (...) >> BDC: what the glyphs within stand for. A hyphen or a ligature says nothing beside them. */
static enum errc marked(struct content *c, struct err *e)
{
	struct pdf *f = c->f;
	span value = span_starts(c->operands[1], SPAN_LIT("<<")) ? pdf_key(c->operands[1], "ActualText") : SPAN_EMPTY, text;
	enum errc rc;

	if (value.n < 6)
		return OK;
	if ((rc = pdf_text(f, pdf_string(f->a, value), &text, e)) != OK || text.n < 4)
		return rc;
	buf_put(&f->actual, text);
	buf_byte(&f->actual, '\n');
	return OK;
}

static enum errc operate(struct content *c, span op, span *rest, struct err *e)
{
	struct graphics *g = &c->g;
	enum { MAX = 3 };
	char name[MAX + 1] = {0};

	if (op.n > MAX)
		return OK;
	memcpy(name, op.p, op.n);
	if (strcmp(name, "q") == 0) {
		if (c->n_saved < SAVED)
			c->saved[c->n_saved++] = *g;
	} else if (strcmp(name, "Q") == 0) {
		if (c->n_saved > 0)
			*g = c->saved[--c->n_saved];
	} else if (strcmp(name, "cm") == 0) {
		g->now = times(operand_matrix(c), g->now);
	} else if (strcmp(name, "BT") == 0) {
		c->text = c->line = identity;
	} else if (strcmp(name, "Tf") == 0) {
		return font_set(c, e);
	} else if (strcmp(name, "Tc") == 0) {
		g->character = operand(c, 0);
	} else if (strcmp(name, "Tw") == 0) {
		g->word = operand(c, 0);
	} else if (strcmp(name, "Tz") == 0) {
		g->scale = operand(c, 0) / 100;
	} else if (strcmp(name, "TL") == 0) {
		g->leading = operand(c, 0);
	} else if (strcmp(name, "Ts") == 0) {
		g->rise = operand(c, 0);
	} else if (strcmp(name, "Td") == 0) {
		next_line(c, operand(c, 0), operand(c, 1));
	} else if (strcmp(name, "TD") == 0) {
		g->leading = -operand(c, 1);
		next_line(c, operand(c, 0), operand(c, 1));
	} else if (strcmp(name, "Tm") == 0) {
		c->text = c->line = operand_matrix(c);
	} else if (strcmp(name, "T*") == 0) {
		next_line(c, 0, -g->leading);
	} else if (strcmp(name, "Tj") == 0) {
		show(c, pdf_string(c->f->a, c->operands[0]));
	} else if (strcmp(name, "TJ") == 0) {
		show_array(c, c->operands[0]);
	} else if (strcmp(name, "'") == 0) {
		next_line(c, 0, -g->leading);
		show(c, pdf_string(c->f->a, c->operands[0]));
	} else if (strcmp(name, "\"") == 0) {
		g->word = operand(c, 0);
		g->character = operand(c, 1);
		next_line(c, 0, -g->leading);
		show(c, pdf_string(c->f->a, c->operands[2]));
	} else if (strcmp(name, "Do") == 0) {
		return form_show(c, e);
	} else if (strcmp(name, "BDC") == 0) {
		return marked(c, e);
	} else if (strcmp(name, "BI") == 0) {
		image_skip(c, rest);
	}
	return OK;
}

enum errc pdf_content(struct pdf *f, span content, span resources, unsigned depth, struct err *e)
{
	struct content *c = f->spare != NULL ? f->spare : arena_zero(f->a, 1, sizeof *c);
	span v;
	enum errc rc = OK;

	if (c == NULL)
		return err_memory(e);
	f->spare = c->next;
	*c = (struct content){.f = f, .resources = resources, .depth = depth, .g = {.now = identity, .scale = 1}, .text = identity, .line = identity};
	buf_init(&c->shown, 4 * MIB);
	while (rc == OK && !f->l->text.failed && (v = pdf_next(&content)).n > 0) {
		bool value = ascii_is_digit(v.p[0]) || ascii_is_one_of(v.p[0], "+-.(<[/") || span_eq(v, SPAN_LIT("true")) ||
			     span_eq(v, SPAN_LIT("false")) || span_eq(v, SPAN_LIT("null"));

		if (value && content.n == 0 && ascii_is_one_of(v.p[0], "([<") && !ascii_is_one_of(v.p[v.n - 1], ")]>") && !value_cut(c, &v, &content))
			break;
		if (value) {
			if (c->n_operands < OPERANDS)
				c->operands[c->n_operands++] = v;
			continue;
		}
		rc = operate(c, v, &content, e);
		memset(c->operands, 0, sizeof c->operands[0] * c->n_operands);
		c->n_operands = 0;
	}
	if (rc == OK && c->shown.failed)
		rc = err_memory(e);
	buf_wipe(&c->shown);
	c->next = f->spare;
	f->spare = c;
	return rc;
}
